"""Verdicts, outlooks and impacts for people: as plain text, and as JSON with texts, in every language of the definition."""

from workflow.verdicts.render.impact_plain import impact_json
from workflow.verdicts.render.impacts import Tellers, render_impact
from workflow.verdicts.render.outlooks import render_outlook
from workflow.verdicts.render.plain import outlook_json, verdict_json
from workflow.verdicts.render.verdicts import render_verdict

__all__ = [
    "Tellers",
    "impact_json",
    "outlook_json",
    "render_impact",
    "render_outlook",
    "render_verdict",
    "verdict_json",
]

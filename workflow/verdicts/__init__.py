"""From requirements and facts to findings, verdicts and the words they are told in."""

from workflow.verdicts.findings import Finding, Person, Position, Shortfall, Verdict, Waived
from workflow.verdicts.outlook import Outlook, Waypoint
from workflow.verdicts.render import outlook_json, render_outlook, render_verdict, verdict_json
from workflow.verdicts.schemas import schema

__all__ = [
    "Finding",
    "Outlook",
    "Person",
    "Position",
    "Shortfall",
    "Verdict",
    "Waived",
    "Waypoint",
    "outlook_json",
    "render_outlook",
    "render_verdict",
    "schema",
    "verdict_json",
]

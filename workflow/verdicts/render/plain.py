"""Verdicts and outlooks as JSON values with texts beside the codes: for programs that show them to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from workflow.definition.model import Definition
from workflow.verdicts.codec import to_plain
from workflow.verdicts.findings import STANDING, Finding, Verdict
from workflow.verdicts.outlook import Outlook, Waypoint
from workflow.verdicts.render import outlooks, verdicts
from workflow.verdicts.render.findings import finding_text, shortfall_text
from workflow.verdicts.render.levels import level_json
from workflow.verdicts.render.rules import rule_lines
from workflow.verdicts.render.voice import Voice

Plain = dict[str, Any]


def verdict_json(definition: Definition, verdict: Verdict, lang: str, *, names: Mapping[str, str] = MappingProxyType({})) -> Plain:
    """The verdict with the texts of one language, as `verdict.schema.json` describes it."""
    voice = Voice(definition, lang, full=True, names=names)
    return {**_verdict(voice, verdict), "text": verdicts.conclusion(voice, verdict)}


def outlook_json(definition: Definition, outlook: Outlook, lang: str, *, names: Mapping[str, str] = MappingProxyType({})) -> Plain:
    """The outlook with the texts of one language, as `outlook.schema.json` describes it."""
    voice = Voice(definition, lang, full=True, names=names)
    return {
        **to_plain(outlook),
        "state_title": voice.state(outlook.state),
        "final": outlook.final,
        "now": [_waypoint(voice, point) for point in outlook.now],
        "later": [_waypoint(voice, point) for point in outlook.later],
        "ending": [_waypoint(voice, point) for point in outlook.ending],
        "text": outlooks.conclusion(voice, outlook),
    }


def _waypoint(voice: Voice, point: Waypoint) -> Plain:
    people = [{"id": person.id, "name": person.name} for person in point.people]
    title = voice.move(point.move, point.verdict.source)
    return {"move": point.move, "title": title, "by": list(point.by), "people": people, "verdict": _verdict(voice, point.verdict)}


def _verdict(voice: Voice, verdict: Verdict) -> Plain:
    return {**to_plain(verdict), "findings": [_finding(voice, verdict, finding) for finding in verdict.findings]}


def _finding(voice: Voice, verdict: Verdict, finding: Finding) -> Plain:
    plain = {**to_plain(finding), "blocks": finding.blocks, "title": voice.title(finding.code), **level_json(voice, verdict, finding)}
    if finding.is_rule:
        said = rule_lines(voice, verdict, finding) if finding.status != "met" else []
        return {**plain, "text": voice.clauses(said)}
    requirement = voice.definition.requirements[finding.code]
    found = {**plain, "text": finding_text(voice, finding), "remedy": voice.remedy(finding.code), "basis": _basis(voice, requirement.basis)}
    if finding.owner:
        found["owner_title"] = voice.role(finding.owner)
    if finding.owner and finding.status in STANDING:
        found["who"] = voice.who([finding.owner], finding.holders)
    if finding.short:
        found["short"] = [{**p, "text": shortfall_text(voice, finding.code, s)} for p, s in zip(plain["short"], finding.short, strict=True)]
    return found


def _basis(voice: Voice, names: Sequence[str]) -> list[dict[str, str]]:
    """Every source by id; instruments also by title."""
    known = voice.definition.instruments
    return [{"id": name, "title": voice.instrument(name)} if name in known else {"id": name} for name in names]

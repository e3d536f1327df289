"""The built-in rules in words: whose turn, whose right, whose own work, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.clock import local_date, read_stamp
from workflow.definition.model import MEMBERS, OPEN
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.render import words
from workflow.verdicts.render.voice import Voice


def rule_lines(voice: Voice, verdict: Verdict, finding: Finding) -> list[str]:
    """What a rule asks, and how things are."""
    match finding.code:
        case "rule.phase":
            return [_case_phase(voice, verdict, finding.detail) if "case" in finding.detail else _phase(voice, verdict, finding)]
        case "rule.role":
            return [_role(voice, finding.detail)]
        case "rule.separation":
            return _separation(voice, verdict, finding.detail)
        case _:
            return [_step(voice, finding.detail)]


def _phase(voice: Voice, verdict: Verdict, finding: Finding) -> str:
    detail = finding.detail
    stage = detail["state"].partition(".")[0]
    near = [source for source in detail["sources"] if source.partition(".")[0] == stage] or list(detail["sources"])
    since = finding.since or local_date(read_stamp(detail["since"]), voice.definition.calendar.zone).isoformat()
    return voice.say(
        words.CLOSED_AT if detail.get("closing") else words.MADE_FROM,
        move=voice.move(verdict.subject, near[0] if near else ""),
        sources=voice.say(words.OR).join(voice.state(source) for source in near) or voice.say(words.NOWHERE),
        branch=voice.branch,
        state=voice.state(detail["state"]),
        since=since,
    )


def _case_phase(voice: Voice, verdict: Verdict, detail: Mapping[str, Any]) -> str:
    case, _, move = verdict.subject.partition(":")
    return voice.say(
        words.CASE_FROM,
        move=voice.case_move(case, move),
        sources=voice.say(words.OR).join(voice.case_state(case, source) for source in detail["sources"]),
        case=case,
        state=voice.case_state(case, detail["state"]),
    )


def _role(voice: Voice, detail: Mapping[str, Any]) -> str:
    by_role: dict[str, list[str]] = {role: [] for role in detail["wanted"]}
    for person in detail["people"]:
        by_role[person["role"]].append(person["name"])
    who = [
        voice.say(words.HOLDER, name=voice.cut(names), role=voice.role(role)) if names else voice.say(words.NOBODY, role=voice.role(role))
        for role, names in by_role.items()
    ]
    holds = []
    if detail["here"]:
        holds.append(voice.say(words.HOLDS_HERE, roles=voice.roles(detail["here"]), branch=voice.branch))
    if detail["elsewhere"]:
        holds.append(voice.say(words.HOLDS_ELSEWHERE, roles=voice.roles(detail["elsewhere"]), branch=voice.branch))
    held = voice.say(words.AND_ALSO).join(holds) or voice.say(words.HOLDS_NOTHING)
    return voice.say(words.WHO_MAY, who=voice.listed(who), actor=voice.name(detail["actor"]), holds=held)


def _separation(voice: Voice, verdict: Verdict, detail: Mapping[str, Any]) -> list[str]:
    case, _, move = verdict.subject.rpartition(":")
    that = voice.case_move(case, move) if case else voice.move(move, verdict.source)
    return [_clash(voice, verdict, name, detail["actor"], that) for name in detail["clashes"]]


def _clash(voice: Voice, verdict: Verdict, name: str, actor: str, that: str) -> str:
    actor = voice.name(actor)
    case = verdict.subject.rpartition(":")[0]
    if name == MEMBERS:
        return voice.say(words.ON_ROLL, actor=actor, branch=voice.branch, that=that)
    if not case:
        return voice.say(words.DID_THAT, actor=actor, move=voice.move(name, verdict.source), that=that)
    if name == OPEN:
        return voice.say(words.OPENED_IT, actor=actor, that=that)
    kind = voice.case_kind(case)
    if kind is not None and name in kind.all_fields:
        return voice.say(words.IS_NAMED, actor=actor, field=voice.say(kind.all_fields[name].title), that=that)
    return voice.say(words.DID_THAT_CASE, actor=actor, move=voice.case_move(case, name), that=that)


def _step(voice: Voice, detail: Mapping[str, Any]) -> str:
    if detail["closed"]:
        return voice.say(words.CLOSED_ALREADY)
    return voice.say(words.CLOSE_BEFORE, steps=voice.listed(voice.step(step) for step in detail["waiting"]))

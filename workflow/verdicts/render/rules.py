"""The built-in rules in words: whose turn, whose right, whose own work, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.clock import local_date, read_stamp
from workflow.definition.model import MEMBERS, OPEN, POWER_TITLES
from workflow.verdicts.findings import Finding, Person, Verdict
from workflow.verdicts.render import motion_words, words
from workflow.verdicts.render.motion_rules import motion_lines
from workflow.verdicts.render.voice import Voice


def rule_lines(voice: Voice, verdict: Verdict, finding: Finding) -> list[str]:
    """What a rule asks, and how things are; of another branch than the verdict's with its name."""
    lines, other = _lines(voice, verdict, finding), finding.detail.get("of")
    return lines if other is None else [voice.say(motion_words.ELSEWHERE, branch=voice.name(other), text=line) for line in lines]


def _lines(voice: Voice, verdict: Verdict, finding: Finding) -> list[str]:
    match finding.code:
        case "rule.phase":
            return [_case_phase(voice, verdict, finding.detail) if "case" in finding.detail else _phase(voice, verdict, finding)]
        case "rule.role":
            return [_role(voice, verdict, finding.detail)]
        case "rule.separation":
            return _separation(voice, verdict, finding.detail)
        case "rule.step":
            return [_step(voice, finding.detail)]
        case _:
            return motion_lines(voice, verdict, finding)


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


def _role(voice: Voice, verdict: Verdict, detail: Mapping[str, Any]) -> str:
    if "power" in detail and not detail["wanted"]:
        key = detail["power"]
        return voice.say(motion_words.NO_AUTHORITY, power=POWER_TITLES[key], key=key)
    people = [Person(id=person["id"], name=person["name"], role=person["role"]) for person in detail["people"]]
    empty = [role for role in detail["wanted"] if not any(person.role == role for person in people)]
    who = [*([voice.who(detail["wanted"], people)] if people else []), *(voice.say(words.NOBODY, role=voice.role(role)) for role in empty)]
    holds = []
    if detail["here"]:
        holds.append(voice.say(words.HOLDS_HERE, roles=voice.roles(detail["here"]), branch=voice.branch))
    if detail["elsewhere"]:
        said = words.HOLDS_ELSEWHERE if verdict.branch else words.HOLDS_A_PART
        holds.append(voice.say(said, roles=voice.roles(detail["elsewhere"]), branch=voice.branch))
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
        attempt = voice.definition.cycle_at(verdict.source) or words.AN_ATTEMPT
        return voice.say(words.DID_THAT, actor=actor, move=voice.move(name, verdict.source), that=that, attempt=attempt)
    if name == OPEN:
        return voice.say(words.OPENED_IT, actor=actor, that=that)
    kind = voice.case_kind(case)
    if kind is not None and name in kind.all_fields:
        return voice.say(words.IS_NAMED, actor=actor, field=voice.say(kind.all_fields[name].title), that=that)
    return voice.say(words.DID_THAT_CASE, actor=actor, move=voice.case_move(case, name), that=that)


def _step(voice: Voice, detail: Mapping[str, Any]) -> str:
    if detail["closed"]:
        by = voice.listed(voice.name(person) for person in detail.get("by", ()))
        return voice.say(words.CLOSED_ALREADY_BY, who=by) if by else voice.say(words.CLOSED_ALREADY)
    return voice.say(words.CLOSE_BEFORE, steps=voice.listed(voice.step(step) for step in detail["waiting"]))

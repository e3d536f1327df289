"""An outlook in words: may the branch go on, what stands in the way, what comes later, and what is in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from workflow.definition.model import Definition
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.outlook import Outlook, Waypoint
from workflow.verdicts.render import motion_words, words
from workflow.verdicts.render.findings import block, count_text
from workflow.verdicts.render.verdicts import standing_text, the_rest
from workflow.verdicts.render.voice import Voice


def render_outlook(
    definition: Definition, outlook: Outlook, lang: str, *, full: bool = False, names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The outlook as plain text for a person; each requirement is printed once. `full` leaves nothing out."""
    voice = Voice(definition, lang, full, names)
    lines = [conclusion(voice, outlook), _circumstances(voice, outlook)]
    if outlook.final:
        return "\n".join(lines)
    standing = _once(_standing(outlook.now))
    if outlook.suspended and standing:
        lines += ["", voice.say(motion_words.STILL_IN_THE_WAY)]
    for verdict, finding in standing:
        lines += ["", *block(voice, verdict, finding)]
    lines += ["", _could_come(voice, outlook), *(_now(voice, point) for point in outlook.now)]
    if outlook.later:
        lines += ["", voice.say(words.LATER), *(_later(voice, point) for point in outlook.later)]
    if outlook.ending:
        lines += ["", _to_the_end(voice, outlook), *(_later(voice, point) for point in outlook.ending)]
    rest = [f for _, f in _once((w.verdict, f) for w in outlook.now for f in w.verdict.findings if not f.is_rule)]
    return "\n".join(lines + the_rest(voice, outlook.now[0].verdict, rest))


def conclusion(voice: Voice, outlook: Outlook) -> str:
    """May it go on, in one sentence."""
    branch, state = voice.called(outlook.title), voice.state(outlook.state)
    if outlook.ended:
        return _ended(voice, outlook)
    if outlook.final:
        return voice.say(words.FINAL, branch=branch, state=state)
    if outlook.suspended:
        return voice.say(motion_words.IS_SUSPENDED, branch=branch, state=state, day=outlook.suspended)
    standing = [finding for _, finding in _once(_standing(outlook.now))]
    if outlook.blocker is not None and outlook.next_attempt is not None:
        around, said = voice.attempt(outlook.next_attempt, outlook.state), standing_text(voice, standing)
        return voice.say(words.CANNOT_GO_AROUND, branch=branch, state=state, attempt=around, standing=said)
    if outlook.blocker is not None:
        return voice.say(words.CANNOT_GO_ON, branch=branch, state=state, standing=standing_text(voice, standing))
    if outlook.waiting_for is None:
        return voice.say(words.STUCK, branch=branch, state=state)
    who, move = voice.who(outlook.roles, outlook.hands), voice.move(outlook.waiting_for, outlook.state)
    return voice.say(words.WAITS, branch=branch, state=state, move=move, who=who)


def _ended(voice: Voice, outlook: Outlook) -> str:
    text = motion_words.WAS_TAKEN_OVER if outlook.successor else motion_words.WAS_DISSOLVED
    into, state = voice.name(outlook.successor or ""), voice.state(outlook.state)
    return voice.say(text, branch=voice.called(outlook.title), day=outlook.ended, state=state, into=into)


def _circumstances(voice: Voice, outlook: Outlook) -> str:
    attempt = voice.attempt(outlook.attempt, outlook.state)
    if outlook.ended:
        return voice.say(motion_words.STOOD_SINCE, day=outlook.since, days=_stood(voice, outlook, outlook.ended), attempt=attempt)
    line = voice.say(words.HERE_SINCE, day=outlook.since, days=_stood(voice, outlook, outlook.day), attempt=attempt)
    end = outlook.planned_end
    if end is not None and end < outlook.day:
        line += voice.say(words.PLANNED_END_PAST, day=end, days=voice.days_between(end, outlook.day))
    elif end is not None:
        line += voice.say(words.PLANNED_END, day=end)
    if outlook.blocker is not None and outlook.roles:
        return line + voice.say(words.TO_ACT, who=voice.who(outlook.roles, outlook.hands))
    return line + voice.say(words.STOP)


def _stood(voice: Voice, outlook: Outlook, until: str) -> str:
    """How long in its phase; days it was suspended are named, since they are not counted."""
    paused = (date.fromisoformat(until) - date.fromisoformat(outlook.since)).days - outlook.days
    if paused <= 0:
        return voice.days(outlook.days)
    counted = voice.say(words.DAY if outlook.days == 1 else words.DAYS, n=f"{outlook.days:,}")
    return voice.say(motion_words.NOT_SUSPENDED, days=counted, paused=voice.days(paused))


def _could_come(voice: Voice, outlook: Outlook) -> str:
    if outlook.suspended:
        return voice.say(motion_words.COULD_COME_THEN)
    if outlook.next_attempt is None:
        return voice.say(words.COULD_COME)
    return voice.say(words.COULD_COME_AROUND, attempt=voice.attempt(outlook.next_attempt, outlook.state))


def _to_the_end(voice: Voice, outlook: Outlook) -> str:
    stage = voice.definition.stage_of(outlook.state)
    following = None if stage is None else voice.definition.next_stage(stage)
    return voice.say(words.TO_THE_END) if following is None else voice.say(words.TO_STAGE, stage=following.title)


def _standing(points: Iterable[Waypoint]) -> list[tuple[Verdict, Finding]]:
    return [(point.verdict, finding) for point in points for finding in point.standing]


def _once(findings: Iterable[tuple[Verdict, Finding]]) -> list[tuple[Verdict, Finding]]:
    """The first of each code."""
    found: dict[str, tuple[Verdict, Finding]] = {}
    for verdict, finding in findings:
        found.setdefault(finding.code, (verdict, finding))
    return list(found.values())


def _now(voice: Voice, point: Waypoint) -> str:
    """One move that could come next: ready, after which steps, or which requirements it lacks."""
    order = next((f for f in point.verdict.standing if f.code == "rule.step"), None)
    said = []
    if order is not None and order.detail["waiting"]:
        said.append(voice.say(words.AFTER, steps=voice.listed(voice.step(step) for step in order.detail["waiting"])))
    if point.standing:
        codes = voice.listed(f.code for f in point.standing)
        said.append(f"{standing_text(voice, point.standing)} [{codes}]")
    later = order is not None or any(f.code == "rule.running" for f in point.verdict.standing)
    mark = words.MARKS["not_applicable" if later else "unmet" if point.standing else "met"]
    return _line(voice, mark, point, voice.clauses(said) or voice.say(words.READY))


def _later(voice: Voice, point: Waypoint) -> str:
    required = [f for f in point.verdict.findings if f.level == "block"]
    if not required:
        return _line(voice, words.MARKS["not_applicable"], point, voice.say(words.NOTHING_REQUIRED))
    unmet = voice.clauses(count_text(voice, f) for f in point.standing)
    said = voice.say(words.WAYPOINT_SHORT, n=len(point.standing), total=len(required), listed=unmet) if unmet else voice.say(words.READY)
    return _line(voice, words.MARKS["not_applicable" if unmet else "met"], point, said)


def _line(voice: Voice, mark: str, point: Waypoint, said: str) -> str:
    who = voice.who(point.by, point.people)
    return f"{mark} {voice.say(words.WAYPOINT, move=voice.move(point.move, point.verdict.source), who=who, said=said)}"

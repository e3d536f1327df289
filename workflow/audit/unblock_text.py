"""What would unblock a branch, in words and as JSON."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from workflow.audit import unblock_words as words
from workflow.audit.remedies.actions import Action, Remedies
from workflow.audit.remedies.telling import action_text, person_text
from workflow.audit.telling import bearings_json, position_text, voice_of
from workflow.audit.unblock import Hopeless, Unblocking
from workflow.audit.what_if import Supposed
from workflow.engine.campaign import Campaign
from workflow.verdicts.codec import to_plain
from workflow.verdicts.findings import STANDING, Finding
from workflow.verdicts.render.findings import count_text
from workflow.verdicts.render.rules import rule_lines
from workflow.verdicts.render.verdicts import standing_text
from workflow.verdicts.render.voice import Voice

_INDENT = "   "


def explain_unblocking(campaign: Campaign, answer: Unblocking, lang: str = "en", *, full: bool = False) -> str:
    """The answer in words: the conclusion, then each set with its actions, in the order in which they are to be done."""
    voice = voice_of(campaign, answer.verdict.definition, lang, full=full)
    lines = [conclusion(voice, answer), voice.say(words.TRIED, day=answer.verdict.day)]
    for n, remedies in enumerate(answer.sets, 1):
        lines += ["", *_set(voice, answer, n, remedies)]
    for hopeless in answer.hopeless:
        lines += ["", *_hopeless(voice, answer, hopeless)]
    if answer.untried:
        said = voice.say(words.UNTRIED_ONE if answer.untried == 1 else words.UNTRIED, n=f"{answer.untried:,}")
        lines += ["", said + (voice.say(words.MORE) if answer.sets else "")]
    return "\n".join([*lines, "", position_text(voice, answer.position, answer.in_force)])


def conclusion(voice: Voice, answer: Unblocking) -> str:
    """Can it be unblocked, in one sentence."""
    values = {
        "branch": voice.called(voice.name(answer.branch)),
        "move": voice.move(answer.move, answer.verdict.source),
        "standing": standing_text(voice, answer.verdict.standing),
    }
    if answer.verdict.allowed:
        return voice.say(words.ALLOWED, **values)
    if answer.hopeless:
        return voice.say(words.HOPELESS, **values, n=len(answer.hopeless))
    if not answer.sets:
        return voice.say(words.NONE, **values)
    ways = voice.say(words.ONE_WAY if len(answer.sets) == 1 else words.WAYS, n=len(answer.sets))
    return voice.say(words.SETS, **values, actions=_actions(voice, answer.sets[0]), ways=ways)


def _actions(voice: Voice, remedies: Remedies) -> str:
    n = len(remedies.actions)
    return voice.say(words.ACTION if n == 1 else words.ACTIONS, n=n)


def _set(voice: Voice, answer: Unblocking, number: int, remedies: Remedies) -> list[str]:
    n = len(remedies.people)
    people = voice.say((words.NOBODY, words.PERSON)[n] if n < 2 else words.PEOPLE, n=n)
    day = voice.say(words.TODAY if remedies.day == answer.verdict.day else words.ON, day=remedies.day)
    lines = [voice.say(words.SET, n=number, actions=_actions(voice, remedies), people=people, day=day)]
    lines += [f"{_INDENT}· {action_text(voice, action, answer.verdict.source)}" for action in remedies.actions]
    lines.append(f"{_INDENT}→ {_then(voice, answer, remedies)}")
    if remedies.each:
        lines.append(f"{_INDENT}{voice.say(words.EACH)}")
    return lines


def _then(voice: Voice, answer: Unblocking, remedies: Remedies) -> str:
    move = voice.move(answer.move, answer.verdict.source)
    if remedies.mover is None:
        return voice.say(words.THEN_NOBODY, move=move)
    return voice.say(words.THEN, move=move, who=person_text(voice, remedies.mover.name, remedies.mover.role))


def _hopeless(voice: Voice, answer: Unblocking, hopeless: Hopeless) -> list[str]:
    finding = hopeless.finding
    title = voice.title(finding.code) if finding.is_rule else count_text(voice, finding)
    lines = [voice.with_code(f"✗ {title}", finding.code)]
    if finding.is_rule:
        lines += [f"    {line}" for line in rule_lines(voice, answer.verdict, finding)]
    return [*lines, f"    {reason_text(voice, answer, hopeless)}"]


def reason_text(voice: Voice, answer: Unblocking, hopeless: Hopeless) -> str:
    """Why nothing could be worked out."""
    finding = hopeless.finding
    if hopeless.roles:
        return voice.say(words.NO_HOLDER, roles=voice.roles(hopeless.roles))
    if finding.code in ("rule.role", "rule.separation"):
        others = voice.listed(person_text(voice, person.name, person.role) for person in answer.others)
        return voice.say(words.OTHERS, who=others) if others else voice.say(words.OTHERS_NOBODY)
    if finding.code == "rule.phase":
        return voice.say(words.NOT_ITS_TURN, moves=voice.listed(voice.move(move, answer.verdict.source) for move in answer.ahead))
    if finding.is_rule:
        return voice.clauses(rule_lines(voice, answer.verdict, finding))
    return voice.say(words.UNKNOWN_SHAPE, remedy=voice.remedy(finding.code))


def unblocking_json(campaign: Campaign, answer: Unblocking, lang: str = "en") -> dict[str, Any]:
    """The same as values: every action with all it takes to carry it out, beside it the words of one language."""
    voice = voice_of(campaign, answer.verdict.definition, lang, full=True)
    return {
        "branch": answer.branch,
        "move": answer.move,
        "allowed": answer.verdict.allowed,
        "standing": [f.code for f in answer.verdict.standing],
        "sets": [_set_json(voice, answer, remedies) for remedies in answer.sets],
        "hopeless": [_hopeless_json(voice, answer, hopeless) for hopeless in answer.hopeless],
        "untried": answer.untried,
        "verdict": to_plain(answer.verdict),
        **bearings_json(voice, answer.position, answer.in_force),
        "text": conclusion(voice, answer),
    }


def _set_json(voice: Voice, answer: Unblocking, remedies: Remedies) -> dict[str, Any]:
    return {
        "actions": [action_json(voice, action, answer.verdict.source) for action in remedies.actions],
        "people": [asdict(person) for person in remedies.people],
        "day": remedies.day,
        "mover": None if remedies.mover is None else asdict(remedies.mover),
        "tried": remedies.tried,
        "all_tried": not remedies.each,
    }


def action_json(voice: Voice, action: Action, state: str) -> dict[str, Any]:
    return {**asdict(action), "text": action_text(voice, action, state)}


def _hopeless_json(voice: Voice, answer: Unblocking, hopeless: Hopeless) -> dict[str, Any]:
    finding: Finding = hopeless.finding
    short = [each.id for each in finding.short if each.status in STANDING]
    return {"code": finding.code, "title": voice.title(finding.code), "short": short, "roles": list(hopeless.roles)} | {
        "text": reason_text(voice, answer, hopeless)
    }


def explain_supposed(campaign: Campaign, supposed: Supposed, lang: str = "en", *, full: bool = False) -> str:
    """What was supposed, and where the branch would stand then."""
    voice = voice_of(campaign, supposed.outlook.definition, lang, full=full)
    lines = [f"{_INDENT}· {action_text(voice, action, supposed.outlook.state)}" for action in supposed.actions]
    return "\n".join([voice.say(words.IF), *lines, "", campaign.explain(supposed.outlook, lang, full=full)])


def supposed_json(campaign: Campaign, supposed: Supposed, lang: str = "en") -> dict[str, Any]:
    """The same as values; the outlook as `outlook.schema.json` has it."""
    voice = voice_of(campaign, supposed.outlook.definition, lang, full=True)
    actions = [action_json(voice, action, supposed.outlook.state) for action in supposed.actions]
    return {"if": actions, "outlook": campaign.as_json(supposed.outlook, lang)}

"""Stored verdicts and what turned between them, in words and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from workflow.audit import words
from workflow.audit.attempts import TURNED, Attempt, Comparison, Stored, Turn
from workflow.audit.bearings import InForce
from workflow.audit.telling import INDENT, document_json, document_lines, position_text, stored_json, stored_line, version_text, voice_of
from workflow.definition.differences import Difference
from workflow.engine.campaign import Campaign
from workflow.ledger import branch_stream
from workflow.verdicts.codec import to_plain
from workflow.verdicts.findings import STANDING, Finding
from workflow.verdicts.render import words as common
from workflow.verdicts.render.findings import finding_text, shortfall_text
from workflow.verdicts.render.rules import rule_lines
from workflow.verdicts.render.voice import Voice

_SIDES = {"met": "{was} → {now}", "unmet": "{was} → {now}", "new": "+ {now}", "gone": "- {was}", "still": "{now}", "rule": "{now}"}


def explain_attempt(campaign: Campaign, found: Attempt, lang: str = "en", *, full: bool = False, move: str | None = None) -> str:
    """The last decision in an attempt (on `move`, if given) as stored, then all moves asked for in it."""
    voice = voice_of(campaign, found.asked[-1].verdict.definition if found.asked else campaign.definition.hash, lang, full=full)
    head = voice.say(
        words.ATTEMPT,
        branch=voice.called(voice.name(found.branch)),
        stage=_stage(voice, found.stage),
        attempt=voice.attempt(found.number, found.stage),
        ordinal=found.ordinal,
        began=found.began,
    )
    outcome = voice.move(found.outcome) if found.outcome else ""
    head += voice.say(words.ENDED, ended=found.ended, move=outcome) if found.ended else voice.say(words.RUNNING)
    last = found.telling(move)
    if last is None:
        return f"{head}\n{voice.say(words.NOTHING_ASKED)}"
    lines = [head, "", voice.say(words.AS_STORED, day=last.day, seq=last.position.seq)]
    lines += [campaign.explain(last.verdict, lang, full=full), "", voice.say(words.MOVES_ASKED, n=len(found.asked))]
    lines += [INDENT + stored_line(voice_of(campaign, each.verdict.definition, lang), each) for each in found.asked]
    return "\n".join([*lines, "", position_text(voice, last.position, last.in_force)])


def attempt_json(campaign: Campaign, found: Attempt, lang: str = "en", *, move: str | None = None) -> dict[str, Any]:
    """The attempt with all stored verdicts; `last` is the one it is told by, in full."""
    last, names = found.telling(move), ("branch", "ordinal", "stage", "number", "began", "ended", "outcome")
    asked = [stored_json(campaign, each, lang) for each in found.asked]
    told = None if last is None else {**stored_json(campaign, last, lang), "verdict": campaign.as_json(last.verdict, lang)}
    return {**{name: getattr(found, name) for name in names}, "asked": asked, "last": told}


# -- what turned -----------------------------------------------------------------------------------------------------------


@frozen
class _Side:
    """One of two verdicts, in the words of its own version."""

    voice: Voice
    stored: Stored

    @property
    def version(self) -> InForce:
        return self.stored.in_force

    def knows(self, code: str) -> bool:
        return code.startswith("rule.") or code in self.voice.definition.requirements

    def text(self, code: str, finding: Finding | None) -> str:
        """What was found, in one line."""
        voice = self.voice
        if finding is None:
            if self.knows(code):
                return voice.say(words.NOT_ASKED)
            return voice.say(words.NOT_IN_VERSION, version=version_text(voice, self.version))
        if finding.is_rule:
            said = [] if finding.status == "met" else rule_lines(voice, self.stored.verdict, finding)
            return voice.clauses(said) or voice.say(words.IN_ORDER)
        plain = voice.say(words.ASIDE if finding.status == "not_applicable" else words.IN_ORDER)
        return voice.clauses((finding_text(voice, finding) or plain, *self._shortfalls(finding)))

    def _shortfalls(self, finding: Finding) -> list[str]:
        """Who falls short, those with the same figures together."""
        alike: dict[str, list[str]] = {}
        for short in finding.short:
            name = self._name(finding, short.id, short.name)
            alike.setdefault(shortfall_text(self.voice, finding.code, short), []).append(name)
        return [self.voice.say(words.WHO, names=self.voice.cut(names), text=text) for text, names in alike.items()]

    def _name(self, finding: Finding, ident: str, name: str) -> str:
        return self.voice.step(ident) if finding.each == "step" else name or ident


def explain_comparison(campaign: Campaign, found: Comparison, lang: str = "en", *, full: bool = False) -> str:
    """What turned, each finding with its figures before and after and the evidence that made the difference."""
    before, after = (_Side(voice_of(campaign, s.verdict.definition, lang, full=full), s) for s in (found.before, found.after))
    voice = after.voice
    lines = [summary(before, after, found), voice.say(words.STORED)]
    lines += [INDENT + position_text(voice, side.stored.position, side.version) for side in (before, after)]
    short = [] if full else [turn for turn in found.turns if _as_before(turn)]
    for turn in found.turns:
        if turn not in short:
            lines += ["", *_turn_lines(before, after, turn)]
    if short:
        lines += ["", voice.say(words.STILL), *(_head(before, after, turn) for turn in short)]
    return "\n".join(lines)


def summary(before: _Side, after: _Side, found: Comparison) -> str:
    voice, counted = after.voice, Counter(turn.kind for turn in found.turns)
    parts = [voice.say(words.COUNTS[kind], n=counted[kind]) for kind in TURNED if counted[kind]]
    return voice.say(
        words.COMPARED,
        move=voice.move(found.move, found.after.verdict.source),
        branch=voice.called(voice.name(found.branch)),
        before=_side(before, found.first),
        after=_side(after, found.second),
        said=voice.listed([*parts, voice.say(words.SAME, n=found.same)]),
    )


def _side(side: _Side, attempt: Attempt) -> str:
    voice, stored = side.voice, side.stored
    answer = voice.say(words.ALLOWED if stored.verdict.allowed else words.REFUSED)
    number = voice.say(common.IN_ATTEMPT, state=_stage(voice, attempt.stage), attempt=voice.attempt(attempt.number, attempt.stage))
    return voice.say(words.SIDE, attempt=number, seq=stored.position.seq, day=stored.day, answer=answer)


def _as_before(turn: Turn) -> bool:
    """Unmet in both, by the same rule, and in nobody's way: told in one line."""
    return turn.kind == "still" and not turn.rules and not (turn.before and turn.before.blocks) and not (turn.after and turn.after.blocks)


def _head(before: _Side, after: _Side, turn: Turn) -> str:
    voice = (after if turn.after is not None else before).voice
    return voice.with_code(f"{_marks(turn)} {voice.title(turn.code)}", turn.code)


def _turn_lines(before: _Side, after: _Side, turn: Turn) -> Iterator[str]:
    voice, home = after.voice, branch_stream(after.stored.verdict.branch)
    yield _head(before, after, turn)
    yield INDENT + voice.say(words.BEFORE, text=before.text(turn.code, turn.before))
    yield INDENT + voice.say(words.AFTER, text=after.text(turn.code, turn.after))
    for rule in turn.rules:
        yield INDENT + _rule(voice, rule)
    for heading, documents in ((words.NEW_EVIDENCE, turn.evidence), (words.OLD_EVIDENCE, turn.dropped)):
        if documents:
            yield INDENT + voice.say(heading, n=len(documents))
            yield from (INDENT + line for line in document_lines(voice, documents, home))
    rests = turn.after is not None and (turn.after.evidence or turn.after.campaign_evidence)
    if rests and not turn.evidence and not turn.dropped:
        yield INDENT + voice.say(words.SAME_EVIDENCE)


def _rule(voice: Voice, rule: Difference) -> str:
    was, now = (words.NONE if text is None else text for text in (rule.was, rule.now))
    return voice.say(words.CHANGED_RULE, what=rule.title, was=was, now=now)


def _marks(turn: Turn) -> str:
    was, now = (common.MARKS[each.status] if each else "" for each in (turn.before, turn.after))
    return _SIDES[turn.kind].format(was=was, now=now)


def _stage(voice: Voice, stage: str) -> str:
    found = voice.definition.stages.get(stage)
    return stage if found is None else voice.say(found.title)


def comparison_json(campaign: Campaign, found: Comparison, lang: str = "en") -> dict[str, Any]:
    """The comparison as values, with the texts of one language."""
    before, after = (_Side(voice_of(campaign, s.verdict.definition, lang, full=True), s) for s in (found.before, found.after))
    return {
        "branch": found.branch,
        "move": found.move,
        "before": stored_json(campaign, found.before, lang),
        "after": stored_json(campaign, found.after, lang),
        "turns": [_turn_json(before, after, turn) for turn in found.turns],
        "same": found.same,
        "text": summary(before, after, found),
    }


def _turn_json(before: _Side, after: _Side, turn: Turn) -> dict[str, Any]:
    sides = ((before, turn.before), (after, turn.after))
    was, now = (None if f is None else {**to_plain(f), "text": side.text(turn.code, f)} for side, f in sides)
    speaks = after if turn.after is not None else before
    rules = [{"path": r.path, "text": _rule(after.voice, r)} for r in turn.rules]
    return {
        "code": turn.code,
        "title": speaks.voice.title(turn.code),
        "kind": turn.kind,
        "standing": turn.after is not None and turn.after.status in STANDING,
        "before": was,
        "after": now,
        "rules": rules,
        "evidence": [document_json(after.voice, each) for each in turn.evidence],
        "dropped": [document_json(before.voice, each) for each in turn.dropped],
    }

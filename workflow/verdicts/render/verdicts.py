"""A verdict in words: the conclusion, what stands in the way, and the rest in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from workflow.definition.model import Definition
from workflow.verdicts.findings import STANDING, Finding, Verdict
from workflow.verdicts.render import motion_words, words
from workflow.verdicts.render.findings import block, count_text, noun
from workflow.verdicts.render.motion import motion_lines, motion_values
from workflow.verdicts.render.voice import Voice


def render_verdict(
    definition: Definition, verdict: Verdict, lang: str, *, full: bool = False, names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The verdict as plain text for a person. `names` says what branches and people are called (default: their ids); `full` leaves
    nothing out."""
    voice = Voice(definition, lang, full, names)
    lines = [conclusion(voice, verdict), circumstances(voice, verdict), *_particulars(voice, verdict)]
    for finding in verdict.standing:
        lines += ["", *block(voice, verdict, finding)]
    lines += the_rest(voice, verdict, verdict.findings)
    return "\n".join(lines)


def conclusion(voice: Voice, verdict: Verdict) -> str:
    """The answer in one sentence."""
    values: dict[str, object] = {
        "branch": voice.called(voice.name(verdict.branch)) if verdict.branch else voice.say(words.CAMPAIGN),
        "standing": standing_text(voice, verdict.standing),
    }
    if verdict.command in motion_words.DONE:
        texts = motion_words.DONE if verdict.allowed else motion_words.REFUSED
        return voice.say(texts[verdict.command], **(values | motion_values(voice, verdict)))
    kind, more = _values(voice, verdict)
    texts = words.REFUSED if not verdict.allowed else words.MAY if verdict.event is None and kind in words.MAY else words.DONE
    return voice.say(texts[kind], **(values | more))


def _values(voice: Voice, verdict: Verdict) -> tuple[str, dict[str, object]]:
    """What kind of sentence it is, and what it says beside its branch."""
    kind, name = verdict.about
    match kind:
        case "move":
            return kind, {"move": voice.move(name, verdict.source), "source": voice.state(verdict.source), "way": _way(voice, verdict)}
        case "record" if name in voice.definition.records:
            return kind, {"kind": voice.say(voice.definition.records[name].title)}
        case "open" if name in voice.definition.cases:
            return kind, {"kind": voice.say(voice.definition.cases[name].title), "created": verdict.created}
        case "withdraw":
            return kind, {"seq": name, "what": stood(voice, verdict.detail)}
        case "waive":
            return kind, {"requirement": voice.requirement(name)}
        case case:
            source, way = voice.case_state(case, verdict.source), _way(voice, verdict, case)
            return "case", {"case": case, "move": voice.case_move(case, name), "source": source, "way": way}


def standing_text(voice: Voice, standing: Sequence[Finding]) -> str:
    """`3 requirements stand in the way`"""
    rules = sum(1 for f in standing if f.is_rule)
    requirements = len(standing) - rules
    if rules and requirements:
        return voice.say(
            words.BOTH_STAND,
            rules=voice.say(words.ONE_RULE if rules == 1 else words.N_RULES, n=rules),
            requirements=voice.say(words.ONE_REQUIREMENT if requirements == 1 else words.N_REQUIREMENTS, n=requirements),
        )
    if rules:
        return voice.say(words.RULE_STANDS if rules == 1 else words.RULES_STAND, n=rules)
    return voice.say(words.REQUIREMENT_STANDS if requirements == 1 else words.REQUIREMENTS_STAND, n=requirements)


def circumstances(voice: Voice, verdict: Verdict) -> str:
    """When, by whom, in which attempt, and where it was kept."""
    parts = [verdict.day]
    if verdict.actor:
        name = voice.name(verdict.actor)
        who = voice.say(words.HOLDER, name=name, role=voice.role(verdict.role)) if verdict.role else name
        parts.append(voice.say(words.ACTED_BY, who=who))
    if verdict.attempt:
        parts.append(voice.attempt(verdict.attempt, verdict.source))
    parts.append(voice.say(words.KEPT, seq=verdict.event.seq) if verdict.event else voice.say(words.ASKED_ONLY))
    if verdict.repeated:
        parts.append(voice.say(words.ANSWERED_BEFORE))
    return " · ".join(parts)


def _particulars(voice: Voice, verdict: Verdict) -> list[str]:
    """Of a gap accepted: for whom, until when and why; of a withdrawal: why; of a campaign in motion: all that came of it."""
    detail = verdict.detail
    if not verdict.allowed or "reason" not in detail:
        return []
    if verdict.command in motion_words.DONE:
        return [f"    {line}" for line in motion_lines(voice, verdict)]
    lines = [voice.say(words.REASON, text=detail["reason"])]
    if verdict.command == "waive":
        until = voice.say(words.GAP_UNTIL, day=detail["until"]) if detail.get("until") else voice.say(words.GAP_FOR_GOOD)
        lines = [_gap_of(voice, detail), until, *lines]
    return [f"    {line}" for line in lines]


def _gap_of(voice: Voice, detail: Mapping[str, Any]) -> str:
    each, members = voice.definition.requirements[detail["requirement"]].each, detail["members"]
    if each is None or "total" not in detail:
        return voice.listed(map(voice.name, members)) or voice.say(words.GAP_OF_BRANCH, branch=voice.branch)
    measured = noun(voice, each, many=detail["total"] != 1)
    total = f"{detail['total']:,} {measured}"
    if not members:
        return voice.say(words.GAP_OF_ALL, total=total)
    return voice.say(words.GAP_OF, n=len(members), total=total, measure=measured[:1], listed=voice.cut([*map(voice.name, members)]))


def stood(voice: Voice, detail: Mapping[str, Any]) -> str:
    """What was withdrawn, in brackets."""
    if detail.get("record") in voice.definition.records:
        return voice.say(words.THE_RECORD, title=voice.say(voice.definition.records[detail["record"]].title))
    return voice.say(words.THE_GAP, title=voice.requirement(detail["requirement"])) if "requirement" in detail else ""


def the_rest(voice: Voice, verdict: Verdict, findings: Sequence[Finding]) -> list[str]:
    """What does not stand in the way: what should still be put right, then counts of all; in full every paragraph."""
    beside = [f for f in findings if f.status in STANDING and not f.blocks]
    lines: list[str] = []
    if beside:
        lines += ["", voice.say(words.NOT_IN_THE_WAY), *_beside(voice, verdict, beside)]
    if voice.full:
        passed = [f for f in findings if f.status not in STANDING]
        return lines + [line for f in passed for line in ["", *block(voice, verdict, f)]]
    counted = _counted(voice, [f for f in findings if not f.is_rule])
    return lines + (["", *counted] if counted else [])


def _beside(voice: Voice, verdict: Verdict, beside: Sequence[Finding]) -> list[str]:
    if voice.full:
        return [line for f in beside for line in [*block(voice, verdict, f), ""]][:-1]
    return [line for f in beside for line in (block(voice, verdict, f) if f.is_rule else [_short(voice, f)])]


def _short(voice: Voice, finding: Finding) -> str:
    return voice.with_code(f"{words.MARKS[finding.status]} {count_text(voice, finding)}", finding.code)


def _counted(voice: Voice, findings: Sequence[Finding]) -> list[str]:
    """One line each for what is met, waived, not applicable; gaps that were accepted are named, also those of single members."""
    total = len(findings)
    met = sum(1 for f in findings if f.status == "met")
    waived = [f for f in findings if f.status == "waived"]
    aside = sum(1 for f in findings if f.status == "not_applicable")
    lines = []
    if met:
        lines.append(f"{words.MARKS['met']} {voice.say(words.MET, n=met, total=total)}")
    if waived:
        names = voice.clauses(_waived(voice, f) for f in waived)
        lines.append(f"{words.MARKS['waived']} {voice.say(words.ARE_WAIVED, n=len(waived), total=total, listed=names)}")
    if aside:
        lines.append(f"{words.MARKS['not_applicable']} {voice.say(words.NOT_APPLICABLE, n=aside, total=total)}")
    return lines


def _waived(voice: Voice, finding: Finding) -> str:
    if finding.each is None:
        return voice.title(finding.code)
    names = voice.cut([s.name or s.id for s in finding.short if s.waived])
    total = f"{finding.total:,} {noun(voice, finding.each, many=finding.total != 1)}"
    n = sum(1 for s in finding.short if s.waived)
    return voice.say(words.WAIVED_OF, title=voice.title(finding.code), n=n, total=total, listed=names)


def _way(voice: Voice, verdict: Verdict, case: str = "") -> str:
    def state(name: str) -> str:
        return voice.case_state(case, name) if case else voice.state(name)

    if verdict.target is None or verdict.target == verdict.source:
        return voice.say(words.STAYS, source=state(verdict.source))
    return voice.say(words.ARROW, source=state(verdict.source), target=state(verdict.target))

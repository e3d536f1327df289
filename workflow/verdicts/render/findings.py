"""One finding as a paragraph: the requirement, the figures, who falls short, who acts, what helps, and what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workflow.verdicts.findings import STANDING, Finding, Shortfall, Verdict, Waived
from workflow.verdicts.render import words
from workflow.verdicts.render.figures import figure_lines, figures_text
from workflow.verdicts.render.levels import level_text
from workflow.verdicts.render.rules import rule_lines
from workflow.verdicts.render.voice import MOST, Voice, padded, width

_INDENT = "    "
_ORDER = ("unmet", "unknown", "error", "waived")
_ALIKE = 4  # so many with the same figures are named in one line
_RUNS = 12  # runs of event numbers shown before the rest is counted


def block(voice: Voice, verdict: Verdict, finding: Finding) -> list[str]:
    """The paragraph of one finding, its lines without line ends."""
    head = voice.with_code(f"{words.MARKS[finding.status]} {voice.title(finding.code)}", finding.code)
    if finding.is_rule:
        said = [*rule_lines(voice, verdict, finding), level_text(voice, verdict, finding)] if finding.status != "met" else []
        return [head, *(_INDENT + line for line in said if line)]
    lines = figure_lines(voice, finding.figures) if len(finding.figures) > 1 else [finding_text(voice, finding)]
    lines += [f"  {line}" for line in _shortfalls(voice, finding)]
    if finding.waived is not None:
        lines.append(waived_text(voice, finding.waived))
    if finding.status in STANDING:
        lines.append(_who_acts(voice, verdict, finding))
        lines.append(voice.say(words.REMEDY, text=voice.remedy(finding.code)))
    if finding.status in STANDING or voice.full:
        lines += [_rests_on(voice, finding), level_text(voice, verdict, finding)]
    return [head, *(_INDENT + line for line in lines if line)]


def finding_text(voice: Voice, finding: Finding) -> str:
    """What was found, in one line: counts for `each`, otherwise the figures."""
    if finding.error is not None:
        return voice.say(words.CHECK_BROKE, error=finding.error)
    if finding.each is not None:
        return _counts(voice, finding) if finding.total else voice.say(words.NONE)
    if finding.figures:
        return figures_text(voice, finding.figures, _check(voice, finding.code, finding.status))
    return "" if finding.status in ("met", "not_applicable") else voice.say(words.NO_FIGURES)


def count_text(voice: Voice, finding: Finding) -> str:
    """The title, with how many of how many fall short."""
    title = voice.title(finding.code)
    standing = sum(1 for short in finding.short if short.status in STANDING)
    return voice.say(words.COUNTED, title=title, n=standing, total=finding.total) if finding.each else title


def shortfall_text(voice: Voice, code: str, short: Shortfall) -> str:
    """The figures of one who falls short."""
    if short.waived is not None:
        return waived_text(voice, short.waived)
    if short.error is not None:
        return voice.say(words.CHECK_BROKE, error=short.error)
    return figures_text(voice, short.figures, _check(voice, code, short.status)) if short.figures else voice.say(words.NO_FIGURES)


def _check(voice: Voice, code: str, status: str) -> str:
    """The text a single figure is of; none where it may as well be of the condition whether the requirement applies."""
    requirement = voice.definition.requirements[code]
    return "" if status == "unknown" and requirement.when is not None else requirement.check.text


def waived_text(voice: Voice, waived: Waived) -> str:
    text = words.WAIVED_BY if waived.role else words.WAIVED_BY_ANYBODY
    until = voice.say(words.WAIVED_UNTIL, day=waived.until) if waived.until else ""
    return voice.say(text, by=voice.name(waived.by), role=voice.role(waived.role), reason=waived.reason) + until + f" · #{waived.seq}"


def noun(voice: Voice, each: str, *, many: bool = True) -> str:
    """What `each` counts."""
    match each:
        case "member":
            word = voice.say(voice.definition.member_label)
        case "step":
            word = voice.say(words.STEP)
        case "child":
            word = voice.branch
        case kind:
            word = voice.say(voice.definition.cases[kind].title)
    said = voice.plural(word) if many else word
    if each == "child":
        said = voice.say(words.CHILD, noun=said)
    return voice.say(words.MEMBERS if each == "member" else words.CASES if each in voice.definition.cases else words.OTHERS, noun=said)


def _counts(voice: Voice, finding: Finding) -> str:
    each = str(finding.each)
    by_status = Counter(short.status for short in finding.short)
    one = finding.total == 1
    parts = [
        voice.say(words.MEETS if one else words.MEET, met=finding.met, total=f"{finding.total:,}", noun=noun(voice, each, many=not one))
    ]
    unmet = by_status["unmet"]
    if unmet:
        parts.append(voice.say(words.SHORT_ONE if unmet == 1 else words.SHORT, n=unmet))
    for status, text in (("unknown", words.NOT_KNOWN), ("error", words.BROKEN), ("waived", words.WAIVED)):
        if by_status[status]:  # type: ignore[index]
            parts.append(voice.say(text, n=by_status[status]))  # type: ignore[index]
    if finding.not_applicable:
        parts.append(voice.say(words.ASIDE, n=finding.not_applicable))
    return ("，" if voice.lang == "zh" else ", ").join(parts)


def _shortfalls(voice: Voice, finding: Finding) -> list[str]:
    """A line for each who falls short; many with the very same figures share one."""
    alike: dict[tuple[str, str], list[str]] = {}
    for short in sorted(finding.short, key=lambda s: _ORDER.index(s.status)):
        alike.setdefault((short.status, shortfall_text(voice, finding.code, short)), []).append(_name(voice, finding, short))
    single = [(status, name, text) for (status, text), names in alike.items() if len(names) < _ALIKE for name in names]
    shown = single if voice.full else single[:MOST]
    column = max((width(name) for _, name, _ in shown), default=0)
    lines = [f"{_mark(status)} {padded(name, column)}  {text}" for status, name, text in shown]
    if len(single) > len(shown):
        lines.append("  " + voice.say(words.AND_MORE, n=len(single) - len(shown)))
    for (status, text), names in alike.items():
        if len(names) >= _ALIKE:
            lines.append(f"{_mark(status)} {voice.say(words.ALIKE, text=text, n=len(names), names=voice.cut(names))}")
    return lines


def _mark(status: str) -> str:
    return " " if status == "unmet" else words.MARKS[status]


def _name(voice: Voice, finding: Finding, short: Shortfall) -> str:
    name = voice.step(short.id) if finding.each == "step" else short.name
    return voice.say(words.IN_BRACKETS, text=name, more=short.id) if name and name != short.id else short.id


def _who_acts(voice: Voice, verdict: Verdict, finding: Finding) -> str:
    line = voice.say(words.WHO_ACTS, who=voice.who([finding.owner] if finding.owner else [], finding.holders))
    if finding.due is not None:
        if finding.due < verdict.day:
            line += voice.say(words.BY_DAY_LATE, day=finding.due, days=voice.days_between(finding.due, verdict.day))
        else:
            line += voice.say(words.BY_DAY, day=finding.due)
        line += voice.say(words.UNCONFIRMED) if finding.unconfirmed else ""
    if finding.since is not None:
        line += voice.say(words.OPEN_SINCE, day=finding.since, days=voice.days_between(finding.since, verdict.day))
    return line


def _rests_on(voice: Voice, finding: Finding) -> str:
    line = voice.say(words.BASIS, text=voice.basis(finding.code))
    n = len(finding.evidence) + len(finding.campaign_evidence)
    if not n:
        return line
    documents = voice.say(words.DOCUMENT) if n == 1 else voice.plural(voice.say(words.DOCUMENT))
    said = voice.say(words.EVIDENCE, n=n, documents=documents, numbers=_all_numbers(voice, finding))
    return line + said


def _all_numbers(voice: Voice, finding: Finding) -> str:
    """Those in the branch's stream, then those in the campaign's, which is named."""
    own = [numbers(voice, finding.evidence)] if finding.evidence else []
    common = [voice.say(words.OF_CAMPAIGN, numbers=numbers(voice, finding.campaign_evidence))] if finding.campaign_evidence else []
    return voice.listed([*own, *common])


def numbers(voice: Voice, seqs: Sequence[int]) -> str:
    """Event numbers, runs of them joined: `#3, #12-#25`."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and seq == runs[-1][1] + 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    shown = runs if voice.full else runs[:_RUNS]
    said = voice.listed(f"#{first}" if first == last else f"#{first}-#{last}" for first, last in shown)
    left = sum(last - first + 1 for first, last in runs[len(shown) :])
    return voice.say(words.IN_BRACKETS, text=said, more=voice.say(words.AND_MORE, n=left)) if left else said

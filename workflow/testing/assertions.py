"""Assertions that say why they fail: what was expected and found, and then the explanation in words.

Each takes `lang`, "en" or "zh"; a `Rehearsal` says in which it speaks if that is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from workflow.engine import Campaign
from workflow.engine.entry import read_day, several
from workflow.errors import not_found
from workflow.testing import words
from workflow.testing.rehearsal import Rehearsal
from workflow.texts import Text
from workflow.verdicts import Finding, Outlook, Verdict
from workflow.verdicts.dues import DueItem
from workflow.verdicts.findings import STANDING, Status
from workflow.verdicts.render import Tellers
from workflow.verdicts.render.dues import due_on, due_rows, lateness, what_is_due

Differences = tuple[Text, Text, Text]  # expected and found, expected only, found only


def assert_allowed(campaign: Campaign, verdict: Verdict, *, lang: str | None = None) -> Verdict:
    """The verdict allows what was asked; it is returned."""
    __tracebackhide__ = True
    if not verdict.allowed:
        said = _lang(campaign, lang)
        codes = _listed([f.code for f in verdict.standing], said)
        raise AssertionError(_message(words.NOT_ALLOWED.say(said, codes=codes), campaign.explain(verdict, said)))
    return verdict


def assert_refused(
    campaign: Campaign, verdict: Verdict, codes: str | Collection[str] | None = None, *, only: bool = True, lang: str | None = None
) -> Verdict:
    """The verdict refuses; with `codes` just for these requirements and rules, or (not `only`) for these among others."""
    __tracebackhide__ = True
    said = _lang(campaign, lang)
    wanted = None if codes is None else _each(codes)
    if verdict.allowed:
        text = words.NOT_REFUSED if wanted is None else words.NOT_REFUSED_BY.filled(codes=_listed(wanted, said))
        raise AssertionError(_message(text.say(said), campaign.explain(verdict, said, full=True)))
    found = [f.code for f in verdict.standing]
    if wanted is None or set(wanted) == set(found) or (not only and set(wanted) < set(found)):
        return verdict
    shown = {f.code: words.STATUS[f.status].say(said) for f in verdict.findings if f.code not in found}
    absent = {code: words.STANDS_AT.say(said, listed=code, status=shown[code]) for code in wanted if code in shown}
    lines = _differences(wanted, found, (words.AS_EXPECTED, words.NOT_THERE, words.BESIDE), said, absent)
    raise AssertionError(_message(words.OTHER_REASONS.say(said), *lines, campaign.explain(verdict, said)))


def assert_unmet(campaign: Campaign, branch: str, code: str, members: Iterable[str] | None = None, *, lang: str | None = None) -> Finding:
    """A requirement of some move ahead of the branch stands in its way; with `members`, because of just these (for `each:` case, step or
    child the ids of these). Its finding is returned."""
    __tracebackhide__ = True
    finding, outlook = _found(campaign, branch, code, "unmet", lang)
    said = _lang(campaign, lang)
    if finding.status not in STANDING:
        raise AssertionError(_message(_not_standing(finding, branch, "unmet", said), campaign.explain(outlook, said, full=True)))
    wanted, short = None if members is None else _each(members), [s.id for s in finding.short if s.status in STANDING]
    if wanted is not None and set(wanted) != set(short):
        lines = _differences(wanted, short, (words.SHORT_TOO, words.NOT_SHORT, words.SHORT_BESIDE), said)
        raise AssertionError(_message(words.OTHERS_SHORT.say(said, code=code, branch=branch), *lines, campaign.explain(outlook, said)))
    return _witnessed(campaign, outlook, finding)


def assert_met(campaign: Campaign, branch: str, code: str, *, lang: str | None = None) -> Finding:
    """A requirement of some move ahead of the branch is met (not: waived, or not applicable). Its finding is returned."""
    __tracebackhide__ = True
    finding, outlook = _found(campaign, branch, code, "met", lang)
    if finding.status != "met":
        said = _lang(campaign, lang)
        raise AssertionError(_message(_not_standing(finding, branch, "met", said), campaign.explain(outlook, said)))
    return _witnessed(campaign, outlook, finding)


def assert_at(campaign: Campaign, branch: str, state: str, *, lang: str | None = None) -> Outlook:
    """The branch stands in a state, `stage.phase`. Its outlook is returned."""
    __tracebackhide__ = True
    states = campaign.definition.states
    if state not in states:
        raise not_found("there is no state", "没有状态", state, list(states), "state")
    outlook = campaign.why(branch)
    if outlook.state != state:
        said = _lang(campaign, lang)
        text = words.OTHER_STATE.say(said, branch=branch, wanted=state, found=outlook.state)
        raise AssertionError(_message(text, campaign.explain(outlook, said)))
    return outlook


def assert_due(
    campaign: Campaign,
    branch: str,
    deadline: str,
    on: date | str | None = None,
    *,
    subjects: str | Iterable[str] | None = None,
    lang: str | None = None,
) -> tuple[DueItem, ...]:
    """A deadline is open for the branch; `on` that day, and for just these `subjects`: members or cases, or the branch itself. Its items
    are returned."""
    __tracebackhide__ = True
    found, said = _dues(campaign, branch, deadline), _lang(campaign, lang)
    if not found:
        raise AssertionError(_message(words.NOT_DUE.say(said, deadline=deadline, branch=branch), _open(campaign, branch, said)))
    day = None if on is None else read_day(on, campaign.definition.calendar.zone)
    if day is not None and {item.day for item in found} != {day}:
        days = _listed(dict.fromkeys(item.day or "?" for item in found), said)
        text = words.OTHER_DAYS.say(said, deadline=deadline, branch=branch, found=days, wanted=day)
        raise AssertionError(_message(text, _open(campaign, branch, said)))
    wanted, due = None if subjects is None else _each(subjects), [item.subject or item.branch for item in found]
    if wanted is not None and set(wanted) != set(due):
        lines = _differences(wanted, due, (words.DUE_TOO, words.DUE_NOT, words.DUE_BESIDE), said)
        text = words.OTHER_SUBJECTS.say(said, deadline=deadline, branch=branch)
        raise AssertionError(_message(text, *lines, _open(campaign, branch, said)))
    return found


def assert_not_due(campaign: Campaign, branch: str, deadline: str, *, lang: str | None = None) -> None:
    """A deadline is not open for the branch: it is settled, or has not begun."""
    __tracebackhide__ = True
    if _dues(campaign, branch, deadline):
        said = _lang(campaign, lang)
        raise AssertionError(_message(words.STILL_DUE.say(said, deadline=deadline, branch=branch), _open(campaign, branch, said)))


# -- what was found ----------------------------------------------------------------------------------------------------


def _found(campaign: Campaign, branch: str, code: str, wanted: Status, lang: str | None) -> tuple[Finding, Outlook]:
    """The finding of a requirement on the way of a branch: of the nearest move that asks for it."""
    __tracebackhide__ = True
    known = campaign.definition.requirements
    if code not in known:
        raise not_found("there is no requirement", "没有条件", code, list(known), "requirement", "requirements")
    outlook = campaign.why(branch)
    ahead = [f for way in (*outlook.now, *outlook.later, *outlook.ending) for f in way.verdict.findings if not f.is_rule]
    found = next((f for f in ahead if f.code == code), None)
    if found is None:
        said = _lang(campaign, lang)
        about = {"code": code, "branch": branch, "wanted": words.STATUS[wanted].say(said)}
        listed = _listed(dict.fromkeys(f.code for f in ahead), said) or words.NOTHING.say(said)
        raise AssertionError(_message(words.NOT_ASKED.say(said, listed=listed, **about), campaign.explain(outlook, said)))
    return found, outlook


def _witnessed(campaign: Campaign, outlook: Outlook, finding: Finding) -> Finding:
    """What an assertion was about has been seen, though no move asked for it."""
    if isinstance(campaign, Rehearsal):
        campaign.witness(outlook.definition, finding)
    return finding


def _not_standing(finding: Finding, branch: str, wanted: Status, lang: str) -> str:
    status = words.STATUS[finding.status].say(lang)
    return words.NOT_STANDING.say(lang, code=finding.code, branch=branch, wanted=words.STATUS[wanted].say(lang), status=status)


def _dues(campaign: Campaign, branch: str, deadline: str) -> tuple[DueItem, ...]:
    known = campaign.definition.deadlines
    if deadline not in known:
        raise not_found("there is no deadline", "没有期限", deadline, list(known), "deadline")
    return tuple(item for item in campaign.dues(branch) if item.deadline == deadline)


def _open(campaign: Campaign, branch: str, lang: str) -> str:
    """Every open deadline of the branch, in words."""
    tellers, today = Tellers(campaign.version, lang, True, names=campaign.names()), campaign.today
    rows = due_rows(campaign.dues(branch), today)
    lines = [(words.OPEN_ON if rows else words.NOTHING_OPEN).say(lang, branch=branch, day=today)]
    for row in rows:
        voice, item = tellers.of(row.first.definition), row.first
        when = [part for part in (due_on(voice, item), lateness(voice, item, today)) if part]
        who = voice.who([item.owner], item.holders)
        lines.append("    " + " · ".join([*when, what_is_due(voice, row, voice.listed), who]) + f"  [{item.deadline}]")
    return "\n".join(lines)


# -- what is said ------------------------------------------------------------------------------------------------------


def _lang(campaign: Campaign, lang: str | None) -> str:
    return lang or (campaign.lang if isinstance(campaign, Rehearsal) else "en")


def _each(names: str | Iterable[str]) -> Sequence[str]:
    return several(names if isinstance(names, str) else sorted(names))


def _listed(names: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(names)


def _differences(
    wanted: Sequence[str], found: Sequence[str], texts: Differences, lang: str, absent: dict[str, str] | None = None
) -> list[str]:
    """What was expected and found, what only the one, what only the other; nothing of what is empty."""
    both, beside = [each for each in wanted if each in found], [each for each in found if each not in wanted]
    lacking = [(absent or {}).get(each, each) for each in wanted if each not in found]
    return [text.say(lang, listed=_listed(names, lang)) for text, names in zip(texts, (both, lacking, beside), strict=True) if names]


def _message(*parts: str) -> str:
    """What differed, a blank line, and the explanation, which comes last."""
    *differed, explained = parts
    return "\n".join([*differed, "", explained])

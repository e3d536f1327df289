"""Calendars and due times in a definition: what may be said, and what is said of what may not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workflow.calendars import Closed
from workflow.definition import load_file, load_text
from workflow.definition.differences import differences
from workflow.definition.lint import lint
from workflow.definition.model import Due
from workflow.errors import DefinitionFault
from workflow.texts import Text

BASE = """\
definition: visits
title: Visits
calendar:
  country: CN
  zone: Asia/Shanghai
  closed:
    - {from: 2005-03-01, to: 2005-03-05, title: Congress}
    - {from: 2005-02-05, to: 2005-02-20, title: Festival}
roles: {clerk: {scope: branch}, office: {scope: all}}
members: {status: [in_post]}
records:
  note: {of: member, fields: {good: boolean, until: date}, by: clerk}
  plan: {of: branch, fields: {ends: date, pages: integer}, by: clerk}
  congress: {of: campaign, fields: {opens: date}, by: office}
gates:
  gate: {phases: [working, applied], moves: {apply: {from: working, to: applied, by: clerk}, pass: {from: applied, to: next_stage, by: office}}}
stages:
  first: {gate: gate, lasts: 45d}
  second: {gate: gate}
cases:
  trip:
    of: member
    by: clerk
    fields: {returns: date, where: text}
    states: {away: away, back: back, closed: {title: closed, final: true}}
    moves: {land: {from: away, to: back, by: clerk, takes: {landed: date}}, close: {from: back, to: closed, by: clerk}}
deadlines:
  due: {title: Due, due: 2005-03-01, owner: clerk, ladder: [0d]}
"""


def with_due(due: str, more: str = "") -> str:
    return BASE.replace("due: 2005-03-01, owner", f"due: {due}, {more}owner")


def fault(text: str) -> tuple[str, str]:
    """The only fault, in both languages."""
    with pytest.raises(DefinitionFault) as caught:
        load_text(text, "d.yaml")
    (found,) = caught.value.faults
    return found.say("en"), found.say("zh")


@pytest.mark.parametrize(
    ("due", "more", "meant"),
    [
        ("2005-01-31", "", Due(on=date(2005, 1, 31))),
        ("{on: congress}", "", Due(after="congress", days=0)),
        ("{on: first.planned_end}", "", Due(after="first.planned_end", days=0)),
        ("{after: first, days: 45}", "", Due(after="first", days=45)),
        ("{after: first.applied, working_days: 7}", "", Due(after="first.applied", working_days=7)),
        ("{before: first.planned_end, days: 3}", "", Due(before="first.planned_end", days=3)),
        ("{before: plan.ends, working_days: 3}", "", Due(before="plan.ends", working_days=3)),
        ("{before: congress.opens, days: 3}", "", Due(before="congress.opens", days=3)),
        ("{after: note, days: 3}", "each: member, ", Due(after="note", days=3)),
        ("{after: first, days: 3}", "each: member, until: len(member.note) > 0, ", Due(after="first", days=3)),
        ("{after: trip.returns, days: 10}", "each: trip, ", Due(after="trip.returns", days=10)),
        ("{after: trip.landed, days: 10}", "each: trip, ", Due(after="trip.landed", days=10)),
        ("{after: trip.back, working_days: 10}", "each: trip, until: not trip.open, ", Due(after="trip.back", working_days=10)),
        (
            "{every: week, day: friday, after: first}",
            "each: member, until: any(n.happened >= begins and n.happened <= ends for n in member.note), ",
            Due(after="first", every="week", day=5),
        ),
        (
            "{every: month, day: 21, after: second}",
            "until: any(p.happened >= begins for p in branch.plan), ",
            Due(after="second", every="month", day=21),
        ),
    ],
)
def test_what_may_be_said(due: str, more: str, meant: Due) -> None:
    definition = load_text(with_due(due, more))
    assert definition.deadlines["due"].due == meant
    assert [finding for finding in lint(definition) if finding.path[0] == "deadlines"] == []


@pytest.mark.parametrize(
    ("due", "more", "en", "zh"),
    [
        ("{after: frist, days: 1}", "", "deadlines.due.due.after: there is no stage, state, record kind or case kind frist, did you mean first?", "没有阶段、状态、记录种类或事项种类 frist"),
        ("{after: first.planed_end, days: 1}", "", "first.planed_end, did you mean first.planned_end?", "是否指 first.planned_end？"),
        ("{after: plan.end, days: 1}", "", "plan.end, did you mean plan.ends?", "是否指 plan.ends？"),
        ("{after: plan.pages, days: 1}", "", "there is no stage, state, record kind or case kind plan.pages", "plan.pages"),
        ("{after: trip.return, days: 1}", "each: trip, ", "trip.return, did you mean trip.returns?", "是否指 trip.returns？"),
        ("{after: trip.returns, days: 1}", "", "deadlines.due.due.after: it is due for each trip, each: trip was expected beside due", "逐个 trip 到期，due 旁应有 each: trip"),
        ("{after: trip, days: 1}", "each: member, ", "deadlines.due.each: it is due for each trip, each: trip was expected", "逐个 trip 到期"),
        ("{after: note, days: 1}", "", "deadlines.due.due.after: it is due for each member, each: member was expected beside due", "逐个 member 到期，due 旁应有 each: member"),
        ("{before: first.planned_end, days: 1}", "each: trip, ", "deadlines.due.each: each: trip goes with after: trip, found before: first.planned_end", "each: trip 应与 after: trip 同用"),
        ("2005-02-01", "each: trips, ", "deadlines.due.each: there is no member or case kind trips, did you mean trip?", "没有member 或事项种类 trips"),
        ("{before: first, days: 1}", "", "deadlines.due.due.before: the day of first is known only once it has come; STAGE.planned_end or a date field such as travel.returns was expected", "first 的日期事到方知"),
        ("{before: plan, days: 1}", "", "the day of plan is known only once it has come", "plan 的日期事到方知"),
        ("{before: trip.back, days: 1}", "each: trip, ", "the day of trip.back is known only once it has come", "trip.back 的日期事到方知"),
        ("{on: second.planned_end}", "", "deadlines.due.due.on: second has no planned end, lasts: was expected in it", "second 没有计划结束日期，其中应有 lasts"),
        ("{days: 3}", "", "deadlines.due.due: after is missing, on, after, before or every was expected here", "此处应有 on、after、before 或 every"),
        ("{after: first}", "", "days is missing, days or working_days was expected here", "此处应有 days 或 working_days"),
        ("{before: first.planned_end}", "", "days is missing, days or working_days was expected here", "此处应有 days 或 working_days"),
        ("{after: first, days: 1, working_days: 2}", "", "days may not stand here: give either days or working_days", "只能有一个"),
        ("{on: congress, days: 1}", "", "days may not stand here: on is the day itself", "on 即当日"),
        ("{on: congress, after: first}", "", "after may not stand here: give one of on, after and before", "on、after、before 只能有一个"),
        ("{before: plan.ends, after: first, days: 1}", "", "after may not stand here: give one of on, after and before", "只能有一个"),
        ("{after: first, days: 1, day: 3}", "", "day may not stand here: day goes with every", "day 须与 every 同用"),
        ("{every: week, day: fryday, after: first}", "until: len(branch.plan) > 0 and begins < today, ", "deadlines.due.due.day: fryday is unknown, one of monday, tuesday, wednesday, thursday, friday, saturday, sunday was expected; did you mean friday?", "fryday"),
        ("{every: month, day: 32, after: first}", "until: begins < today, ", "deadlines.due.due.day: 32 is too great, at most 31 was expected", "32 过大，应不大于 31"),
        ("{every: month, day: friday, after: first}", "until: begins < today, ", "deadlines.due.due.day: a text stands here (friday), a whole number was expected", "应为整数"),
        ("{every: week, day: friday}", "until: begins < today, ", "deadlines.due.due: after is missing, it is required here", "缺少 after，此处必填"),
        ("{every: fortnight, day: 2, after: first}", "until: begins < today, ", "deadlines.due.due.every: fortnight is unknown, one of week, month was expected", "fortnight"),
        ("{every: week, day: friday, after: first}", "", "deadlines.due.due.every: it recurs and nothing ever settles it, until: with begins and ends was expected beside due", "此期限按期重复而永不了结"),
        ("{every: week, day: friday, after: first}", "until: len(branch.plan) > 0, ", "deadlines.due.until: it recurs, but this does not say in which period; begins or ends was expected here", "此期限按期重复，但未说明所指的一期"),
        ("{after: first, days: 1}", "until: begins < today, ", "deadlines.due.until: unknown name begins", "begins"),
    ],
)  # fmt: skip
def test_what_may_not_be_said(due: str, more: str, en: str, zh: str) -> None:
    said = fault(with_due(due, more))
    assert en in said[0]
    assert zh in said[1]
    assert said[0].startswith("d.yaml:28:")


# -- closed periods ----------------------------------------------------------------------------------------------------


def test_closed_periods_stand_in_the_order_of_their_days() -> None:
    festival, congress = load_text(BASE).calendar.closed
    assert festival == Closed(date(2005, 2, 5), date(2005, 2, 20), Text({"en": "Festival"}))
    assert (congress.start, congress.end) == (date(2005, 3, 1), date(2005, 3, 5))


@pytest.mark.parametrize(
    ("was", "is_now", "en", "zh"),
    [
        ("to: 2005-03-05", "to: 2005-02-25", "d.yaml:7:30: calendar.closed[0].to: it ends before it begins on 2005-03-01, that day or a later one was expected", "早于开始日期 2005-03-01，应为当日或之后"),
        ("from: 2005-03-01", "from: 2005-02-20", "d.yaml:7:14: calendar.closed[0].from: within Festival (2005-02-05 to 2005-02-20), a day after it was expected", "在“Festival”（2005-02-05 至 2005-02-20）之内，应在其后"),
        ("from: 2005-03-01", "from: 2005-02-30", "calendar.closed[0].from: 2005-02-30 does not exist in the calendar", "历法中没有 2005-02-30"),
        (", title: Congress", "", "d.yaml:7:7: calendar.closed[0]: title is missing, it is required here", "缺少 title，此处必填"),
        ("title: Congress", "titel: Congress", "the key titel is unknown here, did you mean title?", "没有键 titel"),
        ("from: 2005-03-01", "from: soon", "calendar.closed[0].from: soon does not fit, a date such as 2005-01-31 was expected", "soon 不合要求"),
    ],
)  # fmt: skip
def test_faults_of_closed_periods(was: str, is_now: str, en: str, zh: str) -> None:
    said = fault(BASE.replace(was, is_now))
    assert en in said[0]
    assert zh in said[1]


OVERLAY = (
    "definition: district\ntitle: District\nextends: base.yaml\ncalendar: {closed: [{from: 2005-05-01, to: 2005-05-07, title: Fair}]}\n"
)


def laid(folder: Path, base: str, overlay: str = OVERLAY) -> Path:
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    path = folder / "district.yaml"
    path.write_text(overlay, encoding="utf-8")
    return path


def test_a_lower_level_closes_more(tmp_path: Path) -> None:
    found = load_file(laid(tmp_path, BASE))
    assert [closed.title.say("en") for closed in found.calendar.closed] == ["Festival", "Congress", "Fair"]
    assert found.calendar.country == "CN"


def test_a_lower_level_closes_where_nothing_was_prescribed(tmp_path: Path) -> None:
    bare = BASE[: BASE.index("calendar:")] + BASE[BASE.index("roles:") :]
    found = load_file(laid(tmp_path, bare))
    assert [closed.title.say("en") for closed in found.calendar.closed] == ["Fair"]
    assert found.calendar.country is None


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("calendar: {closed: ~}", "it cannot be removed here"),
        ("calendar: {country: DE}", "it cannot be restated here as DE"),
        (
            "calendar: {closed: [{from: 2005-02-20, to: 2005-02-21, title: Fair}]}",
            "district.yaml:4:28: calendar.closed[2].from: within Festival",
        ),
    ],
)
def test_a_lower_level_opens_nothing(tmp_path: Path, stated: str, said: str) -> None:
    overlay = OVERLAY.splitlines()[:3]
    with pytest.raises(DefinitionFault) as caught:
        load_file(laid(tmp_path, BASE, "\n".join([*overlay, stated, ""])))
    assert any(said in found.say("en") for found in caught.value.faults), [found.say("en") for found in caught.value.faults]


# -- from version to version -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "more", "en", "zh"),
    [
        ("{on: congress}", "", "the day of congress", "congress当日"),
        ("{before: first.planned_end, days: 3}", "", "3 d before planned end of first", "first计划结束前3天"),
        ("{before: plan.ends, working_days: 3}", "", "3 working days before plan: ends", "plan：ends前3个工作日"),
        ("{after: trip.back, days: 3}", "each: trip, ", "3 d after trip: back", "trip：back后3天"),
        ("{every: week, day: friday, after: first}", "until: begins < today, ", "every week on Friday, from first on", "自first起每周五"),
        (
            "{every: month, day: 21, after: first.applied}",
            "until: begins < today, ",
            "every month on day 21, from first · applied on",
            "自first · applied起每月21日",
        ),
    ],
)
def test_what_changes_is_told(due: str, more: str, en: str, zh: str) -> None:
    found = {each.path: each for each in differences(load_text(BASE), load_text(with_due(due, more)))}["deadlines.due.due"]
    assert found.now is not None
    assert (found.now.say("en"), found.now.say("zh")) == (en, zh)


def test_closed_periods_are_told() -> None:
    (found,) = differences(load_text(BASE), load_text(BASE.replace("to: 2005-02-20", "to: 2005-02-15")))
    assert (found.path, found.kind) == ("calendar.closed", "changed")
    assert found.was is not None
    assert found.was.say("en") == "Festival: 2005-02-05 to 2005-02-20, Congress: 2005-03-01 to 2005-03-05"

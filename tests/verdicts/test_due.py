"""By when things are due, and what of it is open: every way a due time may be said, walked through day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import workflow
from tests.visits import DEFINITION, START, on, opened
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.verdicts.dues import DueItem
from workflow.verdicts.periods import period, periods


@pytest.fixture
def visits() -> Iterator[Campaign]:
    with opened() as made:
        yield made


def items(made: Campaign, deadline: str, branch: str | None = "b1") -> list[DueItem]:
    return [item for item in made.dues(branch) if item.deadline == deadline]


def days(made: Campaign, deadline: str) -> list[str | None]:
    return [item.day for item in items(made, deadline)]


def done(verdict: Any) -> Any:
    assert verdict.allowed, verdict
    return verdict


# -- each way to say it ------------------------------------------------------------------------------------------------


def test_days_fixed_and_counted_from_the_stage(visits: Campaign) -> None:
    assert days(visits, "fixed") == ["2026-03-20"]
    assert days(visits, "stage") == ["2026-03-13"]  # closed on the 9th and the 10th
    done(visits.record("b1", "plan", by="ann"))
    assert days(visits, "fixed") == days(visits, "stage") == []
    assert [item.branch for item in items(visits, "fixed", None)] == ["b2"]


def test_the_planned_end_follows_extensions_and_pauses(visits: Campaign) -> None:
    assert (days(visits, "end"), days(visits, "before_end")) == (["2026-04-01"], ["2026-03-27"])
    assert all(visits.extend(10, branches=["b1"], by="olga", reason="Spring Festival"))
    assert (days(visits, "end"), days(visits, "before_end")) == (["2026-04-11"], ["2026-04-08"])  # Qingming: 4 to 6 April
    assert all(visits.suspend(branches=["b1"], by="olga", reason="flood"))
    on(visits, "2026-03-07")
    assert days(visits, "end") == ["2026-04-16"]
    assert days(visits, "fixed") == ["2026-03-20"]
    assert days(visits, "weekly") == []  # no week is due while nothing runs
    done(visits.move("b2", "skip", by="cho"))
    done(visits.move("b2", "pass", by="olga"))
    assert items(visits, "end", "b2") == []


def test_a_date_field_counts_back_from_the_latest_record(visits: Campaign) -> None:
    assert days(visits, "plan_end") == []
    done(visits.record("b1", "plan", by="ann", fields={"ends": "2026-03-30"}))
    on(visits, "2026-03-03")
    assert days(visits, "plan_end") == ["2026-03-27"]
    done(visits.record("b1", "plan", by="ann", fields={"ends": "2026-04-30"}))
    assert days(visits, "plan_end") == ["2026-04-27"]
    on(visits, "2026-03-04")
    done(visits.record("b1", "plan", by="ann"))
    assert days(visits, "plan_end") == []  # the latest says no day


def test_an_event_of_the_campaign_leaves_it_open_until_it_has_come(visits: Campaign) -> None:
    (item,) = items(visits, "congress_day")
    assert (item.day, item.ladder, item.days_late("2026-03-02")) == (None, (), 0)
    assert visits.dues("b1")[-1] == item  # what has no day comes last
    assert item not in visits.dues("b1", until="2099-01-01")
    on(visits, "2026-03-11")
    done(visits.record(None, "congress", by="olga", happened="2026-03-10", fields={"held": True}))
    (item,) = items(visits, "congress_day")
    assert (item.day, item.ladder, item.days_late("2026-03-11")) == ("2026-03-10", (("2026-03-09", "office"), ("2026-03-10", "office")), 1)


def test_a_member_has_a_day_of_their_own(visits: Campaign) -> None:
    assert days(visits, "first_note") == []
    note(visits, "bob")
    (item,) = items(visits, "first_note")
    assert (item.subject, item.name, item.day) == ("bob", "Bob", "2026-03-07")
    note(visits, "bob")
    assert items(visits, "first_note") == []


def note(made: Campaign, member: str, happened: str | None = None) -> Any:
    return done(made.record("b1", "note", by="ann", happened=happened, lines=[{"member": member, "good": True}]))


def test_a_case_is_due_by_what_it_says_and_by_its_state(visits: Campaign) -> None:
    case = done(visits.open_case("b1", "trip", by="ann", member="bob", fields={"returns": "2026-03-06"})).created
    assert [(item.subject, item.name, item.day) for item in items(visits, "made_up")] == [(case, "Bob", "2026-03-16")]
    assert days(visits, "closing") == []
    on(visits, "2026-03-06")
    done(visits.move_case("b1", case, "land", by="ann"))
    assert days(visits, "closing") == ["2026-03-12"]  # a weekend and two closed days
    done(visits.move_case("b1", case, "close", by="ann"))
    assert days(visits, "closing") == days(visits, "made_up") == []


def test_without_until_a_day_is_only_announced(visits: Campaign) -> None:
    assert [days(on(visits, day), "told") for day in ("2026-03-12", "2026-03-14", "2026-03-15")] == [["2026-03-12"], ["2026-03-12"], []]


# -- what recurs -------------------------------------------------------------------------------------------------------


def weeks(made: Campaign, member: str) -> list[str | None]:
    return [item.day for item in items(made, "weekly") if item.subject == member]


def test_every_week_of_every_member(visits: Campaign) -> None:
    assert weeks(visits, "bob") == weeks(visits, "ann") == ["2026-03-06", "2026-03-13"]  # this week, and the next to come
    note(visits, "bob")
    assert (weeks(visits, "bob"), weeks(visits, "ann")) == (["2026-03-13"], ["2026-03-06", "2026-03-13"])
    on(visits, "2026-03-19")
    assert weeks(visits, "bob") == ["2026-03-13", "2026-03-20", "2026-03-27"]
    assert weeks(visits, "ann") == ["2026-03-06", "2026-03-13", "2026-03-20", "2026-03-27"]
    note(visits, "ann", "2026-03-12")  # entered late, of last week: what was missed before it cannot be made good any more
    assert weeks(visits, "ann") == ["2026-03-20", "2026-03-27"]
    item = next(item for item in items(visits, "weekly") if item.subject == "bob")
    assert item.period == ("2026-03-09", "2026-03-15")
    assert item.ladder == (("2026-03-13", "clerk"), ("2026-03-16", "group"))
    assert [(each.id, each.role) for each in item.escalated] == [("gus", "group")]
    assert [each.id for each in item.holders] == ["ann"]


def test_weeks_lost_to_a_pause_are_not_missed(visits: Campaign) -> None:
    on(visits, "2026-03-10")
    assert all(visits.suspend(branches=["b1"], by="olga", reason="flood"))
    on(visits, "2026-03-17")
    assert all(visits.resume(branches=["b1"], by="olga", reason="dry again"))
    assert weeks(visits, "bob") == ["2026-03-06", "2026-03-20", "2026-03-27"]


def test_every_month_on_its_day(visits: Campaign) -> None:
    assert days(visits, "monthly") == ["2026-03-21", "2026-04-21"]
    on(visits, "2026-04-02")
    assert [(item.day, item.days_late("2026-04-02")) for item in items(visits, "monthly")] == [
        ("2026-03-21", 12),
        ("2026-04-21", -19),
        ("2026-05-21", -49),
    ]
    done(visits.record("b1", "monthly", by="ann", happened="2026-03-31", fields={"done": True}))
    assert days(visits, "monthly") == ["2026-04-21", "2026-05-21"]


def test_what_recurs_begins_after_the_event() -> None:
    with opened(datetime(2026, 3, 6, 1, tzinfo=UTC)) as late:
        assert weeks(late, "bob") == ["2026-03-13"]  # entered on a Friday: that Friday is not due


def test_it_ends_with_the_stage(visits: Campaign) -> None:
    done(visits.move("b1", "skip", by="ann"))
    done(visits.move("b1", "pass", by="olga"))
    assert items(visits, "weekly") == items(visits, "monthly") == []


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 31))
def test_periods_follow_each_other_without_a_gap(today: date, day: int) -> None:
    for every, number in (("week", min(day, 7)), ("month", day)):
        found = periods(every, number, today)  # type: ignore[arg-type]
        following, present, last = next(found), next(found), next(found)
        assert present == period(every, number, today)  # type: ignore[arg-type]
        assert present.begins <= today <= present.ends
        assert (following.begins, present.begins) == (present.ends + timedelta(days=1), last.ends + timedelta(days=1))
        for each in (following, present, last):
            assert each.begins <= each.due <= each.ends
            assert each.due.isoweekday() == number if every == "week" else each.due.day == min(number, each.ends.day)


# -- sets, marks, versions ---------------------------------------------------------------------------------------------


def test_all_branches_at_once_are_each_by_itself_and_in_order(visits: Campaign) -> None:
    on(visits, "2026-03-18")
    note(visits, "bob")
    together = visits.dues()
    assert sorted(together, key=lambda item: item.urgency) == list(together)
    assert {branch: [item for item in together if item.branch == branch] for branch in ("b1", "b2")} == {
        branch: list(visits.dues(branch)) for branch in ("b1", "b2")
    }
    assert visits.dues(until="2026-03-20") == tuple(item for item in together if item.day is not None and item.day <= "2026-03-20")


def test_the_number_of_queries_does_not_grow_with_the_branches(visits: Campaign) -> None:
    def queries() -> int:
        asked: list[str] = []
        connection = visits.store.db.connection()
        connection.set_trace_callback(lambda sql: asked.append(sql) if sql.lstrip().upper().startswith(("SELECT", "WITH")) else None)
        visits.dues()
        connection.set_trace_callback(None)
        return len(asked)

    before = queries()
    visits.import_roster([{"branch": f"more-{n}", "title": f"More {n}"} for n in range(50)])
    assert queries() == before


def test_a_day_over_a_year_nobody_has_announced_is_marked(visits: Campaign) -> None:
    (item,) = items(visits, "year_end")
    assert (item.day, item.confirmed) == ("2027-02-02", False)
    assert all(other.confirmed for other in visits.dues("b1") if other.deadline != "year_end")
    verdict = visits.ask("b1", "apply", by="ann")
    (finding,) = [finding for finding in verdict.findings if finding.code == "noted"]
    assert (finding.due, finding.unconfirmed) == (item.day, True)
    assert f", by {item.day} (unconfirmed)" in visits.explain(verdict, "en")
    assert f"期限 {item.day}（未公布，待定）" in visits.explain(verdict, "zh")
    assert [plain["code"] for plain in visits.as_json(verdict)["findings"] if plain.get("unconfirmed")] == ["noted"]
    Draft202012Validator(workflow.schema("verdict")).validate(visits.as_json(verdict))


def test_nothing_is_due_of_a_branch_that_was_dissolved() -> None:
    with Campaign.create(":memory:", DEFINITION, clock=VirtualClock(START), rehearsal=True) as campaign:
        campaign.import_roster(
            [{"branch": "b1", "title": "B1"}, {"branch": "b2", "title": "B2"}, {"person": "olga", "name": "Olga", "roles": "office"}]
        )
        assert campaign.dues("b2")
        assert campaign.dissolve("b2", by="olga", reason="no members")
        assert campaign.dues("b2") == ()

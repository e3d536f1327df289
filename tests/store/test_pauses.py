"""Clocks that stand still: the arithmetic, and the events it works on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_sample import Sample, definition

from workflow.errors import DatabaseFault
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.store.pauses import Pause, paused_days, pauses_text, read_pauses, stretched

START, END, TODAY = date(2005, 1, 20), date(2005, 3, 6), date(2005, 2, 10)


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ([], "2005-03-06"),
        ([("2005-01-25", "2005-02-01")], "2005-03-13"),  # seven days
        ([("2005-01-10", "2005-01-25")], "2005-03-11"),  # the five of them after the start
        ([("2005-01-01", "2005-01-20")], "2005-03-06"),  # over before the clock began
        ([("2005-01-25", "2005-01-25")], "2005-03-06"),  # taken back the same day
        ([("2005-02-07", None)], "2005-03-09"),  # until today
        ([("2005-02-12", None)], "2005-03-06"),  # announced for a day to come
        ([("2005-03-06", "2005-03-08")], "2005-03-08"),  # on the last day
        ([("2005-03-07", "2005-03-20")], "2005-03-06"),  # too late
        ([("2005-01-25", "2005-02-01"), ("2005-03-10", "2005-03-12")], "2005-03-15"),  # after the end, but not after the later one
        ([("2005-01-25", "2005-02-01"), ("2005-03-14", "2005-03-16")], "2005-03-13"),
        ([("2005-01-25", "2005-02-01"), ("2005-02-08", None)], "2005-03-15"),
    ],
)
def test_a_clock_runs_out_later_by_every_day_it_stood_still(pauses: list[Pause], end: str) -> None:
    assert stretched(START, END, pauses, TODAY).isoformat() == end


def test_days_paused_are_counted_until_today() -> None:
    pauses = [("2005-01-10", "2005-01-25"), ("2005-02-01", "2005-02-04"), ("2005-02-08", None)]
    assert paused_days(pauses, date.min, TODAY) == 15 + 3 + 2
    assert paused_days(pauses, START, TODAY) == 5 + 3 + 2
    assert paused_days(pauses, START, date(2005, 2, 3)) == 5 + 2
    assert paused_days([], START, TODAY) == 0


days = st.dates(date(2004, 1, 1), date(2006, 12, 31))
runs = st.lists(days, min_size=0, max_size=9, unique=True).map(sorted)


def paired(ends: list[date]) -> list[Pause]:
    """Days in order as pauses that follow each other; an odd one out begins the pause that lasts."""
    texts = [day.isoformat() for day in ends]
    return [(texts[n], texts[n + 1] if n + 1 < len(texts) else None) for n in range(0, len(texts), 2)]


@given(days, days, runs, days)
def test_a_pause_never_brings_an_end_forward(start: date, end: date, ends: list[date], today: date) -> None:
    pauses = paired(ends)
    later = stretched(start, end, pauses, today)
    assert stretched(start, end, [], today) == end <= later
    assert stretched(start, end, pauses[:-1], today) <= later <= stretched(start, end, pauses, today + timedelta(days=1))
    if start <= end:
        assert (later - end).days <= paused_days(pauses, start, max(today, later))


@given(days, st.integers(0, 90), runs, days)
def test_a_clock_never_runs_longer_than_it_was_given(start: date, lasts: int, ends: list[date], today: date) -> None:
    """Between its start and its end it went for exactly as many days as it lasts, with pauses that are over."""
    pauses = [pause for pause in paired(ends) if pause[1] is not None]
    later = stretched(start, start + timedelta(days=lasts), pauses, today)
    assert (later - start).days - paused_days(pauses, start, later) in range(lasts + 1)
    running = [day for n in range((later - start).days) if not paused(day := start + timedelta(days=n), pauses)]
    assert len(running) == lasts


def paused(day: date, pauses: list[Pause]) -> bool:
    return any(began <= day.isoformat() < str(over) for began, over in pauses)


@given(runs)
def test_pauses_are_read_as_they_were_written(ends: list[date]) -> None:
    assert list(read_pauses(pauses_text(paired(ends)))) == paired(ends)


def fact(sample: Sample, day: str = "2005-02-10") -> BranchFact:
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Facts.load(sample.store, definition(), FactNeeds(), now).branches["b1"]


def test_a_suspended_branch_has_an_end_that_moves_on(sample: Sample) -> None:
    sample.roster()
    before = fact(sample)
    assert (before.pauses, before.suspended, before.paused, before.planned_end) == ((), None, 0, "2005-03-06")
    sample.branch("suspended", {"on": "2005-01-25", "reason": "防汛"})
    assert sample.store.row("SELECT pauses FROM workflow_branch") == ('[["2005-01-25",null]]',)
    assert [(b.suspended, b.paused, b.planned_end) for b in (fact(sample), fact(sample, "2005-02-11"))] == [
        ("2005-01-25", 16, "2005-03-22"),
        ("2005-01-25", 17, "2005-03-23"),
    ]
    sample.branch("resumed", {"on": "2005-02-01", "reason": "汛期已过"})
    assert sample.store.row("SELECT pauses FROM workflow_branch") == ('[["2005-01-25","2005-02-01"]]',)
    after = fact(sample)
    assert (after.suspended, after.paused, after.planned_end) == (None, 7, "2005-03-13")
    sample.branch("suspended", {"on": "2005-02-05", "reason": "雨"})
    again = fact(sample)
    assert (again.pauses, again.paused) == ((("2005-01-25", "2005-02-01"), ("2005-02-05", None)), 12)


def test_an_earlier_pause_is_remembered_and_moves_no_later_attempt(sample: Sample) -> None:
    sample.roster()
    sample.branch("suspended", {"on": "2005-01-10", "reason": "r"})
    sample.branch("resumed", {"on": "2005-01-20", "reason": "r"})
    sample.move("approve", "analysis.working", attempt={"stage": "analysis", "number": 1})
    assert (fact(sample).paused, fact(sample).planned_end) == (10, "2005-03-06")


def test_an_extension_and_a_pause_add_up(sample: Sample) -> None:
    sample.roster()
    sample.branch("extended", {"days": 10, "reason": "春节"})
    sample.branch("extended", {"days": -3, "reason": "提前"})
    sample.branch("suspended", {"on": "2005-02-01", "reason": "r"})
    sample.branch("resumed", {"on": "2005-02-03", "reason": "r"})
    assert sample.store.row("SELECT extended FROM workflow_branch") == (7,)
    assert fact(sample).planned_end == "2005-03-15"


def test_what_does_not_run_cannot_be_suspended_nor_what_runs_resumed(sample: Sample) -> None:
    sample.roster()
    with pytest.raises(DatabaseFault, match="it is not suspended"):
        sample.branch("resumed", {"on": "2005-01-25", "reason": "r"})
    sample.branch("suspended", {"on": "2005-01-25", "reason": "r"})
    with pytest.raises(DatabaseFault, match="it is suspended since 2005-01-25"):
        sample.branch("suspended", {"on": "2005-01-26", "reason": "r"})
    for kind, said in (("suspended", {"on": "2005-01-25"}), ("extended", {"days": 1})):
        with pytest.raises(DatabaseFault, match="branch b9 is on no roster"):
            sample.branch(kind, said, branch="b9")

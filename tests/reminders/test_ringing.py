"""Who hears what, on which day and how late, whatever happens between the rung and the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import combinations
from pathlib import Path

import pytest
from attrs import define

from tests.reminders.bells import HEAD, ZONE, Inbox, at, bells, letters, of, only, run, texts
from tests.visits import START, TEXT, opened
from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.reminders import Message, tick
from workflow.reminders.due_table import catch_up
from workflow.reminders.entries import COLUMNS, entries
from workflow.reminders.posting import _TIME_HAS_COME, _WAITING_IN, post_digests
from workflow.reminders.ringing import _ANY, _RINGING, ring
from workflow.texts import Text

Make = Callable[[str], Campaign]


def replace(c: Campaign, clerk: str, by: str) -> None:
    c.relieve(clerk, "clerk", of="b1", by="olga", reason="replaced")
    c.appoint(by, "clerk", of="b1", by="olga", reason="replaced")


@pytest.fixture
def campaign() -> Iterator[Make]:
    """Makes a campaign of the visits; closes all that were made."""
    made: list[Campaign] = []

    def make(text: str) -> Campaign:
        made.append(opened(definition=load_text(text)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Callable[[str], tuple[Campaign, Campaign]]]:
    """Makes a campaign on a file that two processes have open, with one clock."""
    made: list[Campaign] = []

    def make(text: str) -> tuple[Campaign, Campaign]:
        path, clock = tmp_path / f"{len(made)}.db", VirtualClock(START)
        with closing(opened(definition=load_text(text))) as first:
            first.store.rows("VACUUM INTO ?", (str(path),))
        made.extend(Campaign.open(path, clock=clock) for _ in range(2))
        return made[-2], made[-1]

    yield make
    for each in made:
        each.close()


# -- who hears ---------------------------------------------------------------------------------------------------------


def test_whoever_knew_of_the_old_day_hears_that_it_moved(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group, +2d: office]"))
    run(c, "03-11 09:00", "03-13 09:00", "03-16 09:00")
    at(c, "03-20 10:00").extend(20, branches="b1", by="olga", reason="time")
    run(c, "03-20 10:01", "03-23 09:00")
    assert letters(c, "2026-03-14") == [
        "03-16 gus group b1 due 03-13",
        "03-16 gus group b2 due 03-13",
        "03-16 olga office b1 due 03-13",
        "03-16 olga office b2 due 03-13",
        "03-20 ann clerk b1 due 03-31 was 03-13",
        "03-20 gus group b1 due 03-31 was 03-13",
        "03-20 olga office b1 due 03-31 was 03-13",
    ]


def test_who_heard_nothing_yet_is_not_told_that_it_moved_but_for_the_owner(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group]"))
    run(c, "03-11 09:00")
    c.extend(20, branches="b1", by="olga", reason="time")
    run(c, "03-11 09:01", "03-12 09:00")
    assert letters(c) == ["03-11 ann clerk b1 due 03-31 was 03-13"]


def test_a_clerk_replaced_between_ring_and_letter_is_not_the_one_who_hears(campaign: Make) -> None:
    c = campaign(only("stage"))
    assert run(c, "03-12 09:00", "03-13 00:05").announced == 2
    replace(at(c, "03-13 07:00"), "ann", "bob")
    run(c, "03-13 09:00", "03-20 09:00")
    assert letters(c) == ["03-13 bob clerk b1 due 03-13", "03-13 cho clerk b2 due 03-13"]


@pytest.mark.parametrize(
    ("filled", "heard"),
    [
        ("03-13 10:00", "03-13 bob clerk b1 due 03-13"),
        ("03-17 10:00", "03-17 bob clerk b1 due 03-13 late 4"),
        ("03-14 10:00", "03-16 bob clerk b1 due 03-13 late 3"),  # a Saturday
    ],
)
def test_whoever_fills_a_vacancy_hears_what_waited_for_them(campaign: Make, filled: str, heard: str) -> None:
    c = campaign(only("stage"))
    assert at(c, "03-11 09:00").relieve("ann", "clerk", of="b1", by="olga", reason="left").allowed
    run(c, "03-11 09:01", "03-13 09:00", "03-13 09:01")
    at(c, filled).appoint("bob", "clerk", of="b1", by="olga", reason="filled")
    run(c, f"{filled[:-1]}1", "03-16 09:00", "03-17 09:00", "03-17 10:01", "03-30 09:00")
    assert of("bob", letters(c)) == [heard]


def test_in_the_place_of_a_vacancy_somebody_above_is_told_and_not_that_they_answer_for_it(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +3d: group, +6d: office]"))
    c.relieve("ann", "clerk", of="b1", by="olga", reason="left")
    assert run(c, "03-12 09:00", "03-13 09:00").unheard == ()
    assert letters(c) == ["03-13 cho clerk b2 due 03-13", "03-13 gus group b1 due 03-13"]
    assert "You are told of it as group. Who answers for it: clerk (nobody holds this role here yet)." in texts(c, "gus")[0]
    c.appoint("bob", "clerk", of="b1", by="olga", reason="filled")
    run(c, "03-13 09:01", "03-14 09:00")
    assert letters(c)[0] == "03-13 bob clerk b1 due 03-13"  # who fills it hears, too


def test_in_the_place_of_a_vacancy_nobody_below_is_told(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group, +6d: office]"))
    c.relieve("olga", "office", by="olga", reason="left")
    run(c, "03-11 09:00", "03-13 09:00", "03-16 09:00")
    before = letters(c)
    assert run(c, "03-19 09:00").digests == 0
    assert letters(c) == before


def test_what_nobody_hears_is_named_with_its_role(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +6d: office]"))
    c.relieve("olga", "office", by="olga", reason="left")
    assert run(c, "03-11 09:00", "03-13 09:00").unheard == ()
    for day in ("03-19", "03-20"):  # every day anew
        assert run(c, f"{day} 09:00").unheard == (("b1", "office"), ("b2", "office"))
    assert run(c, "03-20 09:01").unheard == ()


def test_who_holds_two_roles_by_then_hears_in_both(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group]"))
    run(c, "03-12 09:00", "03-13 00:05")
    at(c, "03-14 09:00").appoint("ann", "group", of="group:g1", by="olga", reason="promoted")
    run(c, "03-16 09:00", "03-17 09:00")
    assert of("ann", letters(c)) == ["03-16 ann clerk b1 due 03-13 late 3", "03-16 ann group b2 due 03-13"]
    assert c.store.rows("SELECT * FROM workflow_announcement") == []


def test_who_changed_to_a_role_above_hears_in_that_and_the_new_clerk_what_waited(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group]"))
    run(c, "03-12 09:00", "03-13 00:05")
    replace(at(c, "03-14 09:00"), "ann", "bob")
    c.appoint("ann", "group", of="group:g1", by="olga", reason="promoted")
    run(c, "03-16 09:00")
    assert of("ann", letters(c)) == ["03-16 ann group b1 due 03-13", "03-16 ann group b2 due 03-13"]
    assert of("bob", letters(c)) == ["03-16 bob clerk b1 due 03-13 late 3"]


# -- what has changed --------------------------------------------------------------------------------------------------


def test_a_version_that_another_process_enacts_for_a_later_day_is_heeded(two: Callable[[str], tuple[Campaign, Campaign]]) -> None:
    text = only("end")
    ticking, other = two(text)
    run(ticking, "03-02 10:00")
    other.enact(load_text(text.replace("lasts: 30d", "lasts: 15d")), starts="2026-03-10", by="olga", reason="stricter")
    assert run(ticking, "03-03 10:00").announced == 0
    run(ticking, "03-10 09:00", "03-11 09:00", "03-17 09:00", "03-20 09:00")
    assert letters(ticking) == [
        "03-11 ann clerk b1 due 03-17 was 04-01",  # the 10th is closed
        "03-11 cho clerk b2 due 03-17 was 04-01",
        "03-17 ann clerk b1 due 03-17",
        "03-17 cho clerk b2 due 03-17",
    ]


def test_a_child_that_goes_to_another_parent_is_due_there_only(campaign: Make) -> None:
    kids = "kids: {title: kids, due: 2026-03-20, owner: clerk, until: 'all(len(c.plan) > 0 for c in branch.children)', ladder: [0d]}"
    c = campaign(f"{HEAD}deadlines:\n  {kids}\n".replace("languages: [en, zh]", "languages: [en]"))
    c.import_roster([{"branch": "b3", "title": "B3", "parent": "b1"}])
    run(c, "03-11 09:00")
    assert [entry.branch for entry in entries(c.store, "1")] == ["b1"]
    at(c, "03-12 09:00").import_roster([{"branch": "b3", "title": "B3", "parent": "b2"}])
    run(c, "03-12 10:00")
    assert [entry.branch for entry in entries(c.store, "1")] == [item.branch for item in c.dues()] == ["b2"]
    run(c, "03-20 09:00")
    assert letters(c) == ["03-20 cho clerk b2 due 03-20"]


def test_a_day_withdrawn_is_said_and_one_put_back_rings_anew(campaign: Make) -> None:
    c = campaign(only("congress_day", "[-3d, -1d, 0d]").replace("owner: office", "owner: clerk"))
    run(c, "03-02 09:30")
    held = at(c, "03-11 09:00").record(None, "congress", by="olga", happened="2026-03-11", fields={"held": True})
    run(c, "03-11 09:01")
    assert held.event is not None
    at(c, "03-12 10:00").withdraw(None, held.event.seq, by="olga", reason="wrong")
    run(c, "03-12 10:01")
    at(c, "03-12 11:00").record(None, "congress", by="olga", happened="2026-03-06", fields={"held": True})
    run(c, "03-12 11:01", "03-13 09:00", "03-20 09:00")
    assert of("ann", letters(c)) == [
        "03-11 ann clerk b1 due 03-11",
        "03-12 ann clerk b1 due none was 03-11",
        "03-13 ann clerk b1 due 03-06",
    ]
    assert "2026-03-11" in texts(c, "ann")[1]


def test_a_day_moved_and_moved_back_before_anybody_was_told_is_not_said(campaign: Make) -> None:
    c = campaign(only("plan_end", "[-1d, 0d]"))
    for stamp, ends in (("03-03 09:00", "04-20"), ("03-07 09:00", "04-27"), ("03-07 10:00", "04-20")):
        at(c, stamp).record("b1", "plan", by="ann", fields={"ends": f"2026-{ends}"})
        run(c, f"{stamp[:-1]}9")
    run(c, "03-08 09:00", "03-11 09:00", "03-12 09:00")
    assert letters(c) == []
    assert c.store.rows("SELECT * FROM workflow_announcement") == []
    run(c, "04-16 09:00")
    assert letters(c) == ["04-16 ann clerk b1 due 04-17"]


# -- what is late ------------------------------------------------------------------------------------------------------


def test_nothing_is_late_whose_day_was_not_known(campaign: Make) -> None:
    c = campaign(only("congress_day").replace("owner: office", "owner: clerk"))
    run(c, "03-02 09:30", "03-20 08:30")
    c.record(None, "congress", by="olga", happened="2026-03-11", fields={"held": True})
    run(c, "03-20 10:01")
    assert letters(c) == ["03-20 ann clerk b1 due 03-11", "03-20 cho clerk b2 due 03-11"]


def test_nothing_is_late_whose_day_was_put_forward_into_the_past(campaign: Make) -> None:
    c = campaign(only("plan_end", "[-3d, 0d]"))
    for stamp, ends in (("03-03 09:00", "04-20"), ("03-25 09:00", "03-23")):
        at(c, stamp).record("b1", "plan", by="ann", fields={"ends": f"2026-{ends}"})
        run(c, f"{stamp[:-1]}9")
    assert letters(c) == ["03-25 ann clerk b1 due 03-20 was 04-17"]


def test_nothing_is_late_that_a_new_version_put_into_the_past(campaign: Make) -> None:
    c = campaign(only("end"))
    run(c, "03-02 09:30")
    shorter = load_text(only("end").replace("lasts: 30d", "lasts: 20d"))
    at(c, "03-25 09:00").enact(shorter, starts="2026-03-25", by="olga", reason="stricter")
    run(c, "03-25 09:01")
    assert letters(c) == ["03-25 ann clerk b1 due 03-22 was 04-01", "03-25 cho clerk b2 due 03-22 was 04-01"]


@pytest.mark.parametrize("something_else", [False, True])
def test_what_could_be_known_is_late_whatever_else_was_entered_since(campaign: Make, something_else: bool) -> None:
    c = campaign(only("closing"))
    run(c, "03-02 10:00")
    trip = at(c, "03-03 09:00").open_case("b1", "trip", by="ann", member="bob", fields={"returns": "2026-03-04"}).created
    c.move_case("b1", str(trip), "land", by="ann")
    if something_else:
        at(c, "03-19 12:00").record("b1", "monthly", by="ann", fields={"done": True})
    run(c, "03-20 09:00")
    assert letters(c) == ["03-20 ann clerk b1 due 03-05 late 15"]


@pytest.mark.parametrize("ticks", [(), ("03-31 09:00",), ("03-27 09:00", "04-01 09:00")])
def test_what_a_suspension_held_back_is_not_late_by_the_pause(campaign: Make, ticks: tuple[str, ...]) -> None:
    c = campaign(only("stage", "[-1d, 0d]"))
    run(c, "03-11 09:00", "03-12 00:05")
    at(c, "03-12 07:00").suspend(branches="b1", by="olga", reason="flood")
    run(c, "03-12 09:00", *ticks)
    at(c, "04-02 07:00").resume(branches="b1", by="olga", reason="dry")
    run(c, "04-02 09:00", "04-03 09:00")
    assert of("ann", letters(c)) == ["04-02 ann clerk b1 due 04-03 was 03-13", "04-03 ann clerk b1 due 04-03"]


def test_what_a_suspension_held_back_is_not_late_by_the_weekend_on_which_it_ended(campaign: Make) -> None:
    c = campaign(only("fixed", "[0d]"))
    run(c, "03-19 09:00", "03-20 00:05")
    at(c, "03-20 07:00").suspend(branches="b1", by="olga", reason="flood")
    run(c, "03-20 09:00")
    at(c, "03-21 09:00").resume(branches="b1", by="olga", reason="dry")
    run(c, "03-23 09:00")
    assert of("ann", letters(c)) == ["03-23 ann clerk b1 due 03-20"]


def test_what_rang_after_the_letter_of_today_is_heard_tomorrow_and_not_late(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: office]"))
    run(c, "03-11 09:00", "03-13 09:00")
    at(c, "03-13 10:00").extend(1, branches="b1", by="olga", reason="time")
    run(c, "03-13 10:01", "03-14 09:00", "03-16 09:00")
    assert of("ann", letters(c)) == ["03-13 ann clerk b1 due 03-13", "03-16 ann clerk b1 due 03-16 was 03-13"]


def test_a_clock_a_month_ahead_for_one_tick_swallows_nothing(campaign: Make) -> None:
    c = campaign(only("end", "[-3d, 0d, +1d: group]"))
    run(c, "03-02 10:00", "04-20 09:00")
    at(c, "03-05 09:00").extend(10, branches="b1", by="olga", reason="time")
    run(c, "03-05 09:05", *(f"04-{day:02} 09:00" for day in range(1, 20)))
    assert [line for line in letters(c) if "b1 due 04-11" in line] == [
        "03-05 ann clerk b1 due 04-11 was 04-01",
        "04-08 ann clerk b1 due 04-11",
        "04-10 ann clerk b1 due 04-11",  # Saturday is due, Friday is worked
        "04-13 gus group b1 due 04-11",
    ]


# -- who ticks ---------------------------------------------------------------------------------------------------------


def test_delivery_stops_when_the_quiet_hours_begin() -> None:
    @define
    class Slow(Inbox):
        """It takes a minute for each message."""

        def send(self, message: Message) -> str:
            kept = super().send(message)
            self.clock.advance(minutes=1)
            return kept

    clock = VirtualClock(datetime(2026, 3, 6, 19, 58, tzinfo=ZONE))
    box = Slow(clock)
    with bells(clock, date(2026, 3, 6), "0d", branches=5, reminders="at: 08:00, quiet: {from: '20:00', to: '07:00'}") as c:
        assert tick(c, [box]).digests == 5
        assert [f"{when.astimezone(ZONE):%H:%M}" for when, _ in box.taken] == ["19:58", "19:59"]
        clock.set(datetime(2026, 3, 7, 7, tzinfo=ZONE))
        tick(c, [box])
        assert sorted(message.person for _, message in box.taken) == ["c0", "c1", "c2", "c3", "c4"]


STEPS: tuple[Callable[[Campaign], object], ...] = (catch_up, lambda c: ring(c, c.today), lambda c: post_digests(c, c.now))


@pytest.mark.parametrize("turns", list(combinations(range(6), 3)), ids=str)
def test_two_processes_say_nothing_twice_whoever_is_faster(two: Callable[[str], tuple[Campaign, Campaign]], turns: tuple[int, ...]) -> None:
    """Each does its three steps in order; `turns` are the ones of the first."""
    first, second = two(only("stage", "[0d, +1d: group]"))
    run(first, "03-11 09:00")
    at(first, "03-13 07:00").extend(1, branches="b1", by="olga", reason="time")
    for day in ("03-13", "03-14", "03-16", "03-17"):
        at(first, f"{day} 09:00")
        mine, others = iter(STEPS), iter(STEPS)
        for turn in range(6):
            next(mine)(first) if turn in turns else next(others)(second)
    assert (
        letters(first)
        == letters(second)
        == [
            "03-13 ann clerk b1 due 03-16 was 03-13",
            "03-13 cho clerk b2 due 03-13",
            "03-16 ann clerk b1 due 03-16",
            "03-16 gus group b2 due 03-13",
            "03-17 gus group b1 due 03-16",
        ]
    )


def test_a_tick_inside_a_transaction_is_refused(campaign: Make) -> None:
    c = campaign(only("stage"))
    with c.store.write(), pytest.raises(Misuse, match="a tick is done outside of transactions only") as raised:
        tick(c)
    assert raised.value.text == Text.of("a tick is done outside of transactions only", "不能在事务内处理提醒")
    assert run(c, "03-13 09:00").digests == 2


# -- what it costs -----------------------------------------------------------------------------------------------------


def plan(c: Campaign, sql: str, *parameters: object) -> list[str]:
    return [row[3] for row in c.store.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]


def test_what_rings_is_found_by_its_day(campaign: Make) -> None:
    c = campaign(TEXT)
    run(c, "03-11 09:00")
    found = plan(c, f"SELECT {COLUMNS} FROM workflow_due WHERE {_RINGING}", "")
    assert found[0] == "SEARCH workflow_due USING INDEX workflow_due_ring (ring<?)"
    assert plan(c, _ANY, "") == ["SEARCH workflow_due USING COVERING INDEX workflow_due_ring (ring<?)"]


def test_whether_there_are_letters_to_write_is_asked_of_what_waits_alone(campaign: Make) -> None:
    """That is looked through, not searched: it is what nobody has heard yet, not all that is due."""
    c = campaign(TEXT)
    run(c, "03-11 09:00")
    assert plan(c, _TIME_HAS_COME, "", "[]") == ["SCAN workflow_announcement", "LIST SUBQUERY 1", "SCAN json_each VIRTUAL TABLE INDEX 1:"]


def test_what_waits_for_a_group_of_people_is_found_by_its_branches(campaign: Make) -> None:
    """Or else the whole pile would be gone through for every group."""
    found = plan(campaign(TEXT), _WAITING_IN, "", "[]")
    assert [step for step in found if step.startswith(("SEARCH", "SCAN a", "SCAN d"))] == [
        "SEARCH a USING PRIMARY KEY (branch=?)",
        "SEARCH d USING PRIMARY KEY (branch=? AND deadline=? AND subject=? AND period=?)",
    ]

"""Clocks jump, hosts sleep, and summer time begins and ends: nothing is lost, nothing is said twice, and what is late says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reminders.bells import Inbox, bells
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.reminders import tick

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)
SUMMER, WINTER = date(2026, 3, 29), date(2026, 10, 25)  # Sundays; at 2:00 it becomes 3:00, at 3:00 it becomes 2:00


def ticking(campaign: Campaign, box: Inbox, first: datetime, last: datetime, every: timedelta) -> None:
    """Ticks from the first instant to the last, both in the campaign's own zone."""
    now, end = first.astimezone(UTC), last.astimezone(UTC)
    while now <= end:
        box.clock.set(now)
        tick(campaign, [box])
        now += every


def always(_: datetime) -> bool:
    return True


def never(_: datetime) -> bool:
    return False


def first_line(text: str) -> str:
    return text.partition("\n")[0]


# -- jumps -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MONDAY)


@pytest.fixture
def campaign(clock: VirtualClock) -> Iterator[Campaign]:
    """Due on Friday the 6th; announced on Wednesday and on Friday, a week later to the office, two weeks later to both."""
    with bells(clock, date(2026, 3, 6), "-2d, 0d, +7d: office, +14d, +14d: office") as made:
        yield made


def test_forward_a_month_and_back(campaign: Campaign, clock: VirtualClock) -> None:
    box = Inbox(clock)
    ticking(campaign, box, MONDAY, MONDAY + timedelta(days=2), timedelta(hours=1))
    assert box.ids("c0") == ["digest:c0:2026-03-04"]
    clock.advance(days=30)
    done = tick(campaign, [box])
    assert (done.day, done.announced, done.digests) == ("2026-04-03", 4, 3)
    assert box.ids("c0") == ["digest:c0:2026-03-04", "digest:c0:2026-04-03"]
    assert first_line(box.texts("c0")[-1]) == "This reminder was to be written on 2026-03-06; it was written 28 days late."
    assert first_line(box.texts("olga")[-1]) == "This reminder was to be written on 2026-03-13; it was written 21 days late."
    clock.advance(hours=-1)
    ticking(campaign, box, clock.now(), clock.now() + timedelta(hours=2), timedelta(minutes=10))
    assert len(box.taken) == 5
    clock.set(MONDAY + timedelta(days=2, hours=1))  # the month was wrong altogether: what was said of it is not said again
    ticking(campaign, box, clock.now(), MONDAY + timedelta(days=40), timedelta(hours=6))
    assert len(box.taken) == 5


def test_what_comes_up_after_a_wrong_month_is_said_on_its_days(campaign: Campaign, clock: VirtualClock) -> None:
    box = Inbox(clock)
    clock.advance(days=32)
    assert tick(campaign, [box]).digests == 3
    clock.set(MONDAY)
    new = [{"branch": "b9", "title": "Branch 9"}, {"branch": "b9", "person": "c0", "name": "Clerk 0", "roles": "clerk"}]
    campaign.import_roster(new)
    ticking(campaign, box, MONDAY, MONDAY + timedelta(days=31), timedelta(hours=6))
    own = ["2026-03-04", "2026-03-06", "2026-03-20"]
    assert box.ids("c0") == ["digest:c0:2026-04-03", *(f"digest:c0:{day}" for day in own)]
    assert box.ids("olga") == ["digest:olga:2026-04-03", "digest:olga:2026-03-13", "digest:olga:2026-03-20"]
    campaign.import_roster(
        [{"branch": "b10", "title": "Branch 10"}, {"branch": "b10", "person": "c0", "name": "Clerk 0", "roles": "clerk"}]
    )
    ticking(campaign, box, MONDAY + timedelta(days=32), MONDAY + timedelta(days=40), timedelta(hours=6))
    assert box.ids("c0")[-1] == "digest:c0:2026-04-04"  # the letter of the 3rd was written when it was not yet the 3rd
    assert "Branch 10" in box.texts("c0")[-1]
    assert len(box.ids("c0")) == 5


def test_a_host_that_sleeps_for_a_week(campaign: Campaign, clock: VirtualClock) -> None:
    """It falls asleep with a letter in its hands: the channel was down."""
    box = Inbox(clock)
    ticking(campaign, box, MONDAY, MONDAY + timedelta(days=1), timedelta(hours=1))
    box.down = always
    ticking(campaign, box, MONDAY + timedelta(days=2), MONDAY + timedelta(days=2, minutes=3), timedelta(minutes=1))
    box.down = never
    awake = MONDAY + timedelta(days=9, hours=3)
    ticking(campaign, box, awake, awake + timedelta(days=2, hours=1), timedelta(minutes=30))
    assert box.ids("c0") == ["digest:c0:2026-03-04", "digest:c0:2026-03-11"]
    delivered_late, written_late = box.texts("c0")
    assert first_line(delivered_late) == "This was to reach you 7 days ago: it could not be delivered before."
    assert first_line(written_late) == "This reminder was to be written on 2026-03-06; it was written 5 days late."
    assert "Due 2026-03-06: 5 days overdue." in written_late
    assert box.ids("olga") == ["digest:olga:2026-03-13"]
    assert "late" not in box.texts("olga")[0].partition("Overdue")[0]


def test_what_waits_for_an_instant_that_was_wrong_is_sent_now(campaign: Campaign, clock: VirtualClock) -> None:
    box = Inbox(clock, always)
    clock.advance(days=32)
    assert tick(campaign, [box]).delivered.waiting == 3  # the next attempt is in April
    box.down = never
    clock.set(MONDAY + timedelta(days=1))
    assert tick(campaign, [box]).delivered.sent == 3
    assert tick(campaign, [box]).delivered.waiting == 0


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-40 * 24, 40 * 24), st.integers(0, 30)), max_size=8))
def test_however_the_clock_jumps_everything_is_said_and_nothing_twice(jumps: list[tuple[int, int]]) -> None:
    clock = VirtualClock(MONDAY)
    box = Inbox(clock)
    with bells(clock, date(2026, 3, 6), "-2d, 0d, +7d: office, +14d, +14d: office", branches=1) as campaign:
        for hours, ticks in jumps:
            clock.advance(hours=hours)
            ticking(campaign, box, clock.now(), clock.now() + timedelta(hours=ticks), timedelta(hours=1))
        last = max(clock.now(), MONDAY) + timedelta(days=60)
        ticking(campaign, box, min(clock.now(), MONDAY), last, timedelta(hours=12))
        ids = [message.id for _, message in box.taken]
        assert len(ids) == len(set(ids))
        assert 1 <= len(box.ids("c0")) <= 3  # as many rungs as there are for each
        assert 1 <= len(box.ids("olga")) <= 2
        assert campaign.store.rows("SELECT * FROM workflow_due WHERE ring IS NOT NULL") == []
        assert campaign.store.rows("SELECT * FROM workflow_announcement") == []


# -- summer time -------------------------------------------------------------------------------------------------------


def night(day: date, reminders: str, down: Callable[[datetime], bool] = never) -> Inbox:
    """Ticks from Saturday noon to Tuesday noon about a day in Berlin: something is due on it, and is to be said the day before and after."""
    noon = datetime.combine(day, datetime.min.time(), BERLIN).replace(hour=12)
    clock = VirtualClock(noon - timedelta(days=2))
    box = Inbox(clock, down)
    with bells(clock, day, "-1d, 0d, +1d", branches=1, where=("DE", "Europe/Berlin"), reminders=reminders) as campaign:
        ticking(campaign, box, noon - timedelta(days=1, hours=12), noon + timedelta(days=2), timedelta(minutes=10))
    return box


def sent(box: Inbox) -> list[str]:
    """When, as clocks on the wall have it."""
    return [f"{at.astimezone(BERLIN):%d %H:%M %Z}" for at, _ in box.taken]


@pytest.mark.parametrize(
    ("at", "instants"),
    [
        ("01:50", ["28 01:50 CET", "29 01:50 CET", "30 01:50 CEST"]),
        ("02:00", ["28 02:00 CET", "29 03:00 CEST", "30 02:00 CEST"]),
        ("02:30", ["28 02:30 CET", "29 03:00 CEST", "30 02:30 CEST"]),
        ("02:59", ["28 03:00 CET", "29 03:00 CEST", "30 03:00 CEST"]),
        ("03:00", ["28 03:00 CET", "29 03:00 CEST", "30 03:00 CEST"]),
    ],
)
def test_in_the_hour_that_is_missing(at: str, instants: list[str]) -> None:
    box = night(SUMMER, f"at: {at}")
    assert sent(box) == instants
    assert [message.day for _, message in box.taken] == ["2026-03-28", "2026-03-29", "2026-03-30"]
    assert [first_line(text) for text in box.texts("c0")] == ["Dear Clerk 0,"] * 3  # none is late


@pytest.mark.parametrize(
    ("at", "instants"),
    [
        ("01:50", ["24 01:50 CEST", "25 01:50 CEST", "26 01:50 CET"]),
        ("02:00", ["24 02:00 CEST", "25 02:00 CEST", "26 02:00 CET"]),
        ("02:30", ["24 02:30 CEST", "25 02:30 CEST", "26 02:30 CET"]),
        ("02:59", ["24 03:00 CEST", "25 03:00 CET", "26 03:00 CET"]),  # passed over between two ticks, it comes again
        ("03:00", ["24 03:00 CEST", "25 03:00 CET", "26 03:00 CET"]),
    ],
)
def test_in_the_hour_that_comes_twice(at: str, instants: list[str]) -> None:
    box = night(WINTER, f"at: {at}")
    assert sent(box) == instants
    assert [first_line(text) for text in box.texts("c0")] == ["Dear Clerk 0,"] * 3


def test_quiet_hours_that_end_in_the_missing_hour_end_with_it() -> None:
    box = night(SUMMER, "at: 02:30, quiet: {from: '22:00', to: '02:30'}")
    assert sent(box) == ["28 02:30 CET", "29 03:00 CEST", "30 02:30 CEST"]


def test_where_the_only_hour_for_letters_is_missing_they_are_a_day_late_and_say_so() -> None:
    box = night(SUMMER, "at: 02:30, quiet: {from: '03:00', to: '02:00'}")
    assert sent(box) == ["28 02:30 CET", "30 02:00 CEST"]
    assert first_line(box.texts("c0")[-1]) == "This reminder was to be written on 2026-03-29; it was written 1 day late."


def test_quiet_hours_in_the_hour_that_comes_twice_come_twice() -> None:
    """The letter of the day is written at the first half past two; the channel is down until the second time it is two o'clock."""
    first, two_again = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
    box = night(WINTER, "at: 02:30, quiet: {from: '22:00', to: '02:30'}", lambda at: first <= at < two_again)
    assert [message.id for _, message in box.taken] == [f"digest:c0:2026-10-{day}" for day in (24, 25, 26)]
    assert sent(box) == ["24 02:30 CEST", "25 02:30 CET", "26 02:30 CET"]
    assert [f"{at.astimezone(BERLIN):%H:%M %Z}" for at in box.tried] == ["02:30 CEST", "02:40 CEST", "02:50 CEST"]

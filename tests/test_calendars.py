"""Working days: held day by day against the official notices, closed periods, and years nobody has announced yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendars import Calendar, Closed
from workflow.clock import local_date
from workflow.texts import Text

CHINA = Calendar(country="CN")
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))

# What the notices of the General Office of the State Council say: the days off in a row, and the weekend days that are worked.
# 2005: 关于2005年部分节假日安排的通知; its last day: 国办发明电〔2005〕35号. 2026: 国办发明电〔2025〕7号.
OFF = {
    2005: ["01-01 01-03", "02-09 02-15", "05-01 05-07", "10-01 10-07"],
    2026: ["01-01 01-03", "02-15 02-23", "04-04 04-06", "05-01 05-05", "06-19 06-21", "09-25 09-27", "10-01 10-07"],
}
WORKED = {
    2005: ["02-05", "02-06", "04-30", "05-08", "10-08", "10-09", "12-31"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


def by_notice(day: date) -> bool:
    shown = day.isoformat()[5:]
    if shown in WORKED[day.year]:
        return True
    return day.weekday() < 5 and not any(first <= shown <= last for first, last in (span.split() for span in OFF[day.year]))


@pytest.mark.parametrize(("year", "working_days"), [(2005, 251), (2026, 248)])
def test_every_day_of_the_year_is_as_the_notice_has_it(year: int, working_days: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if CHINA.is_working_day(day) != by_notice(day)] == []
    assert sum(map(CHINA.is_working_day, days)) == working_days


def test_new_year_2006_was_arranged_by_the_notice_of_the_year_after() -> None:
    turn = {
        day: CHINA.is_working_day(date.fromisoformat(day))
        for day in ("2005-12-30", "2005-12-31", "2006-01-01", "2006-01-02", "2006-01-03", "2006-01-04")
    }
    assert turn == {
        "2005-12-30": True,
        "2005-12-31": True,
        "2006-01-01": False,
        "2006-01-02": False,
        "2006-01-03": False,
        "2006-01-04": True,
    }
    assert CHINA.add_working_days(date(2005, 12, 30), 2) == date(2006, 1, 4)


def test_what_is_confirmed() -> None:
    assert [year for year in range(1999, 2031) if CHINA.is_confirmed(year)][-2:] == [2025, 2026]
    assert CHINA.is_confirmed(2005)
    assert not CHINA.is_confirmed(2027)
    assert Calendar().is_confirmed(2999)
    assert Calendar(country="DE").is_confirmed(2030)  # by law: no notice moves anything
    assert not Calendar(country="DE").is_confirmed(2999)


@pytest.mark.parametrize(
    ("country", "first", "last", "confirmed"),
    [
        ("CN", "2026-11-30", "2026-12-27", True),
        ("CN", "2026-11-30", "2026-12-28", False),  # as 31 December 2005: the notice for 2027 has its say
        ("CN", "2026-12-28", "2026-11-30", False),
        ("CN", "2026-12-20", "2027-01-08", False),
        ("CN", "2005-12-01", "2006-02-01", True),
        ("DE", "2026-12-20", "2027-01-08", True),
        (None, "2026-12-20", "2027-01-08", True),
    ],
)
def test_a_stretch_of_days_rests_on_confirmed_years(country: str | None, first: str, last: str, confirmed: bool) -> None:
    assert Calendar(country=country).rests_on_confirmed(date.fromisoformat(first), date.fromisoformat(last)) is confirmed


def test_closed_periods_are_no_working_days() -> None:
    festival = Closed(date(2005, 2, 5), date(2005, 2, 20), Text.of("Spring Festival", "春节"))
    closed = Calendar(country="CN", closed=(festival,))
    assert [closed.is_working_day(date(2005, 2, day)) for day in (4, 5, 6, 16, 18, 20, 21)] == [True, *[False] * 5, True]
    assert closed.add_working_days(date(2005, 2, 4), 1) == date(2005, 2, 21)
    assert closed.add_working_days(date(2005, 2, 21), -1) == date(2005, 2, 4)
    assert closed.closing(date(2005, 2, 20)) == festival
    assert closed.closing(date(2005, 2, 21)) is None


@given(start=DAYS, days=st.integers(1, 60), country=st.sampled_from(["CN", "DE", None]))
def test_adding_working_days_and_counting_back_agree(start: date, days: int, country: str | None) -> None:
    closed = (Closed(date(2005, 2, 1), date(2005, 2, 28), Text.same("closed")),)
    calendar = Calendar(country=country, closed=closed)
    end = calendar.add_working_days(start, days)
    assert calendar.is_working_day(end)
    assert sum(calendar.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)) == days
    assert calendar.add_working_days(end, -days) <= start
    if calendar.is_working_day(start):
        assert calendar.add_working_days(end, -days) == start


@given(st.datetimes(datetime(2005, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))
def test_days_are_local_where_clocks_change(moment: datetime) -> None:
    """In Berlin a day has 23 or 25 hours twice a year: it is still one day, and the next one follows."""
    day = local_date(moment, "Europe/Berlin")
    assert abs((day - moment.date()).days) <= 1
    assert local_date(moment + timedelta(hours=25), "Europe/Berlin") > day
    assert (local_date(moment + timedelta(hours=25), "Europe/Berlin") - day).days in (1, 2)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T22:59:59+00:00", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),  # 23 hours long
        ("2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),  # 25 hours long
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_the_days_the_clocks_change_in_berlin(moment: str, day: str) -> None:
    assert local_date(datetime.fromisoformat(moment), "Europe/Berlin").isoformat() == day

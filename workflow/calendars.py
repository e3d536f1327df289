"""Working days: of a country, less the times a campaign closes, and how far they are known.

The days come from `holidays`. For China they are those of the yearly notice of the General Office of the State Council,
make-up workdays (调休) included:

- 2005: notice on the public holidays of 2005 (关于2005年部分节假日安排的通知). Worked: 5 and 6 February, 30 April, 8 May, 8 and 9 October.
- 2006: 国办发明电〔2005〕35号 of 16 December 2005. It moves the rest day of Saturday, 31 December 2005 to 3 January 2006: that Saturday
  was worked, by the notice of the year after. (The public list `chinesecalendar` has it wrong.)
- 2026: 国办发明电〔2025〕7号 of 4 November 2025.

A test holds 2005 and 2026 against these notices day by day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, Protocol

import holidays
from attrs import frozen

from workflow.texts import Text

_DAY = timedelta(days=1)
_TURN = (12, 28)  # from here on the notice of the year after has its say: 31 December 2005, 29 and 31 December 2007


@frozen
class Notice:
    """Official arrangements for a year: what is off although it is a weekday, and what is worked although it is a weekend."""

    source: str
    off: frozenset[date]
    worked: frozenset[date]


def _days(year: int, *months_and_days: tuple[int, int]) -> frozenset[date]:
    return frozenset(date(year, month, day) for month, day in months_and_days)


# What releases of `holidays` that we allow lack: those before November 2025 do not know 2026.
_NOTICES: Mapping[tuple[str, int], Notice] = {
    ("CN", 2026): Notice(
        source="国办发明电〔2025〕7号, 2025-11-04",
        off=_days(
            2026,
            *((1, 1), (1, 2)),
            *((2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (2, 23)),
            *((4, 6), (5, 1), (5, 4), (5, 5), (6, 19), (9, 25)),
            *((10, 1), (10, 2), (10, 5), (10, 6), (10, 7)),
        ),
        worked=_days(2026, (1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ),
}


class WorkingDays(Protocol):
    """Working days from elsewhere, such as the shift plan of a plant. The same day must always get the same answer."""

    def is_working_day(self, day: date) -> bool: ...

    def is_confirmed(self, year: int) -> bool:
        """Whether the working days of a year are settled."""
        ...


@frozen
class Closed:
    """A time a campaign closes, its first and its last day included: no day of it is a working day."""

    start: date
    end: date
    title: Text


@frozen(kw_only=True)
class Calendar:
    """A definition's calendar: the working days of a country (an ISO code; without one Monday to Friday), less what is `closed`.

    `zone` makes an instant a date. `closed` stands in order and does not overlap. `source` names where working days come from
    instead of a country's `holidays`, and `days` is it.
    """

    country: str | None = None
    zone: str = "UTC"
    closed: tuple[Closed, ...] = ()
    source: str | None = None
    days: WorkingDays | None = None

    def is_working_day(self, day: date) -> bool:
        """Worked in the country, make-up workdays included, and not within a closed period."""
        worked = day in _worked(self.country, day.year) if self.days is None else self.days.is_working_day(day)
        return worked and self.closing(day) is None

    def closing(self, day: date) -> Closed | None:
        """The closed period a day lies in."""
        return next((closed for closed in self.closed if closed.start <= day <= closed.end), None)

    def add_working_days(self, start: date, days: int) -> date:
        """The `days`-th working day after `start`, or before it where `days` is negative; `start` itself for 0.

        Raises `OverflowError` where there is no such day before the calendar ends.
        """
        step = _DAY if days >= 0 else -_DAY
        day = start
        for _ in range(abs(days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def is_confirmed(self, year: int) -> bool:
        """Whether the working days of a year are settled.

        False where the official notice is not out, or the year lies beyond what is known. Without a country every year is.
        """
        if self.days is not None:
            return self.days.is_confirmed(year)
        return self.country is None or year in _known(self.country)

    def rests_on_confirmed(self, start: date, end: date) -> bool:
        """Whether every working day from the one day to the other is settled.

        The last days of December are settled by the notice of the year after.
        """
        first, last = min(start, end), max(start, end)
        turned = (last.month, last.day) >= _TURN
        return all(self.is_confirmed(year) for year in range(first.year, last.year + (2 if turned and _moves_days(self.country) else 1)))


def known_country(country: str) -> bool:
    """Whether the holiday calendar of an ISO country code is known."""
    return country in holidays.list_supported_countries()


@lru_cache(maxsize=256)
def _worked(country: str | None, year: int) -> frozenset[date]:
    """All working days of a year, closed periods apart."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)]
    if country is None:
        return frozenset(day for day in days if day.weekday() < 5)
    notice = _NOTICES.get((country, year))
    if notice is not None:
        return frozenset(day for day in days if day in notice.worked or (day.weekday() < 5 and day not in notice.off))
    # What is worked in December may be written down with the year after: without it older releases forget 31 December 2005.
    found = holidays.country_holidays(country, years=(year, min(year + 1, 9999)))
    return frozenset(day for day in days if found.is_working_day(day))


@cache
def _known(country: str) -> frozenset[int]:
    """The years of a country whose working days are settled.

    Where days are moved by a notice from year to year, only those with one: for others `holidays` gives what the law says alone.
    """
    kind = _kind(country)
    own = frozenset(year for code, year in _NOTICES if code == country)
    years = range(kind.start_year, min(kind.end_year, 9999) + 1)
    moved = _moved(country)
    return own | (frozenset(years) if not moved else frozenset(year for year in years if year <= max(moved)))


def _moves_days(country: str | None) -> bool:
    return country is not None and bool(_moved(country))


@cache
def _moved(country: str) -> frozenset[int]:
    """The years for which `holidays` knows days that were moved by a notice; none for a country that moves no days."""
    notices: Mapping[int, Any] = getattr(_kind(country), "special_public_holidays", None) or {}
    return frozenset(
        year
        for year, days in notices.items()
        if any(len(day) > 3 for day in (days if isinstance(days[0], tuple) else (days,)))  # (month, day, from month, from day)
    )


@cache
def _kind(country: str) -> Any:
    """The country's class: it carries what is known of which year."""
    return holidays.country_holidays(country, years=())

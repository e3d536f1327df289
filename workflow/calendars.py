"""Working days of a country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _year(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


def is_working_day(day: date, country: str | None) -> bool:
    """Monday to Friday and no public holiday, or a weekend day worked in exchange for one (调休) where a country has such days.

    Without a country every day from Monday to Friday counts.
    """
    if country is None:
        return day.weekday() < 5
    return _year(country, day.year).is_working_day(day)


def add_working_days(start: date, days: int, country: str | None) -> date:
    """The `days`-th working day after `start` (`days` >= 0)."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day, country):
            day += timedelta(days=1)
    return day


def known_country(country: str) -> bool:
    """Whether the holiday calendar of an ISO country code is known."""
    return country in holidays.list_supported_countries()

"""The weeks and months in which a duty recurs, each with the day it is due."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from attrs import frozen

Every = Literal["week", "month"]


@frozen
class Period:
    """A calendar week (Monday to Sunday) or month, from the day it `begins` to the day it `ends`, with what is `due` in it."""

    begins: date
    ends: date
    due: date


def period(every: Every, day: int, within: date) -> Period:
    """The week or month a day lies `within`, due on its `day`: of the week from 1 (Monday), of the month or else its last."""
    if every == "week":
        begins = within - timedelta(days=within.weekday())
        return Period(begins, begins + timedelta(days=6), begins + timedelta(days=day - 1))
    length = monthrange(within.year, within.month)[1]
    return Period(within.replace(day=1), within.replace(day=length), within.replace(day=min(day, length)))


def periods(every: Every, day: int, today: date) -> Iterator[Period]:
    """The period after the present one, the present one, and then back without end."""
    now = period(every, day, today)
    yield period(every, day, now.ends + timedelta(days=1))
    while True:
        yield now
        now = period(every, day, now.begins - timedelta(days=1))

"""The only source of time in the house."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Anything with `now()`: an aware instant in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved: for rehearsals and tests."""

    def __init__(self, now: datetime) -> None:
        self._now = as_utc(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = as_utc(now)

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`, e.g. `advance(days=3)`."""
        self._now += timedelta(**by)


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC; a naive one is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def in_zone(moment: datetime, zone: str) -> datetime:
    """An instant; without an offset it is meant in `zone`."""
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment


def stamp(moment: datetime) -> str:
    """An instant as the ledger writes it: UTC, microseconds, `Z`. Such texts sort as the instants do."""
    return as_utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_stamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def months_later(day: date, months: int) -> date:
    """The same day of the month, so many months later; where that month is too short, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day of an instant in the definition's zone."""
    return moment.astimezone(ZoneInfo(zone)).date()

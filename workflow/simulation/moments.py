"""Between the time of a simulation, in days, and the instants of a ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

_OPENS, _CLOSES = 8, 18
_HOURS = _CLOSES - _OPENS


@frozen
class Moments:
    """Time counts from `starts`, day 0. What a simulation calls a day are in a ledger the office hours from 8 to 18, local time: so what
    takes working days is done on a working day, by its evening, and nobody acts at night."""

    starts: date
    zone: str

    def instant(self, time_: float, *, evening: bool = False) -> datetime:
        """In UTC. A whole number is the morning of a day or, in the `evening`, the end of the day before: the same time."""
        day = int(time_ // 1)
        share = time_ - day
        if evening and share == 0.0:
            day, share = day - 1, 1.0
        opens = datetime.combine(self.starts + timedelta(days=day), time(_OPENS), ZoneInfo(self.zone))
        return (opens + timedelta(hours=share * _HOURS)).astimezone(UTC)  # within a day the hours are those of the wall clock

    def time(self, instant: datetime) -> float:
        """Before the office opens it is the time of the morning, after it has closed that of the evening."""
        local = instant.astimezone(ZoneInfo(self.zone))
        passed = local.hour - _OPENS + (local.minute + (local.second + local.microsecond / 1e6) / 60) / 60
        return self.day(local.date()) + min(max(passed / _HOURS, 0.0), 1.0)

    def day(self, day: date) -> float:
        """The time of a day's morning."""
        return float((day - self.starts).days)

    def planned_end(self, entered: datetime, end: date) -> float:
        """An engine counts a stage in days; a simulation knows at which time of the first of them it began, and ends the last so."""
        return self.day(end) + self.time(entered) - self.day(entered.astimezone(ZoneInfo(self.zone)).date())

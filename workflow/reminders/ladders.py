"""On which days a deadline is announced, and to whom."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import define, field

from workflow.calendars import Calendar
from workflow.definition.model import Deadline, Definition

Rung = tuple[str, str]  # the local day (ISO) and the role

_DAY = timedelta(days=1)


@define
class Ladders:
    """The rungs of every deadline, worked out once for each due day.

    On a day that is not worked nothing is said unless the deadline is urgent: what comes up to the due day is said on the last
    working day before, while there is time to act; what comes after it, on the next.
    """

    _known: dict[tuple[str, str, str], tuple[Rung, ...]] = field(factory=dict)

    def of(self, definition: Definition, deadline: str, day: str | None) -> tuple[Rung, ...]:
        """In the order of the days; none while the due day is not known."""
        if day is None:
            return ()
        key = (definition.hash, deadline, day)
        if key not in self._known:
            self._known[key] = _rungs(definition.calendar, definition.deadlines[deadline], date.fromisoformat(day))
        return self._known[key]


def _rungs(calendar: Calendar, deadline: Deadline, due: date) -> tuple[Rung, ...]:
    found = []
    for rung in deadline.ladder:
        day = due + timedelta(days=rung.days)
        if not deadline.urgent:
            day = open_day(calendar, day, -_DAY if rung.days <= 0 else _DAY)
        found.append((day.isoformat(), rung.to))
    return tuple(sorted(found, key=lambda each: each[0]))


def open_day(calendar: Calendar, day: date, step: timedelta = _DAY) -> date:
    """The day itself if it is a working day, or else the next one in the direction of `step`."""
    while not calendar.is_working_day(day):
        day += step
    return day

"""On which days a deadline is announced, and to whom."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import define, field

from workflow.calendars import Calendar
from workflow.definition.model import Deadline, Definition
from workflow.engine.campaign import Campaign
from workflow.reminders.entries import Entry, Rung

_DAY = timedelta(days=1)


@define
class Ladders:
    """The rungs of every deadline, worked out once for each due day.

    On a day that is not worked nothing is said unless the deadline is urgent: what comes up to the due day is said on the last
    working day before, while there is time to act; what comes after it, on the next.
    """

    campaign: Campaign
    _known: dict[tuple[str, str, str], tuple[Rung, ...]] = field(factory=dict)

    def definition(self, entry: Entry) -> Definition:
        return self.campaign.version(entry.definition)

    def deadline(self, entry: Entry) -> Deadline:
        return self.definition(entry).deadlines[entry.deadline]

    def of(self, entry: Entry, day: str | None) -> tuple[Rung, ...]:
        """The rungs to a due day, in the order of their days; none while it is not known."""
        if day is None:
            return ()
        key = (entry.definition, entry.deadline, day)
        if key not in self._known:
            self._known[key] = _rungs(self.definition(entry).calendar, self.deadline(entry), date.fromisoformat(day))
        return self._known[key]

    def may_ring(self, entry: Entry, day: date) -> bool:
        """Whether anything is said of it on a day."""
        return self.deadline(entry).urgent or self.definition(entry).calendar.is_working_day(day)

    def next_day(self, entry: Entry, day: date) -> date:
        """The day itself if it may ring then, or else the first after it."""
        while not self.may_ring(entry, day):
            day += _DAY
        return day


def _rungs(calendar: Calendar, deadline: Deadline, due: date) -> tuple[Rung, ...]:
    found = []
    for rung in deadline.ladder:
        day, step = due + timedelta(days=rung.days), -_DAY if rung.days <= 0 else _DAY
        while not (deadline.urgent or calendar.is_working_day(day)):
            day += step
        found.append((day.isoformat(), rung.to))
    return tuple(sorted(found, key=lambda each: each[0]))

"""What is to be done by the way, and the clock that passes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from attrs import define, field

from workflow.clock import VirtualClock


@define
class Diary:
    """Entries by instant; at one instant in the order in which they were made. The clock never goes back."""

    clock: VirtualClock
    _entries: list[tuple[datetime, int, Callable[[], None]]] = field(factory=list, init=False)
    _order: count[int] = field(factory=count, init=False)

    def at(self, instant: datetime, act: Callable[[], None]) -> None:
        heappush(self._entries, (instant, next(self._order), act))

    def daily(self, act: Callable[[], None], day: date, hour: time, zone: str) -> None:
        """Every day at this hour of the zone, from `day` on."""
        bell = datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
        self.at(bell, partial(self._ring, act, day, hour, zone))

    def _ring(self, act: Callable[[], None], day: date, hour: time, zone: str) -> None:
        act()
        self.daily(act, day + timedelta(days=1), hour, zone)

    def come_to(self, instant: datetime) -> None:
        """Do everything noted up to the instant, each at its time; then it is that time, or later."""
        while self._entries and self._entries[0][0] <= instant:
            when, _, act = heappop(self._entries)
            self._set(when)
            act()
        self._set(instant)

    def _set(self, instant: datetime) -> None:
        self.clock.set(max(self.clock.now(), instant))

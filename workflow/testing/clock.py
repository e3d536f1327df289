"""A clock for tests: it stands still, and is moved by days, by working days, or to a time of day where the campaign is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.calendars import Calendar
from workflow.clock import VirtualClock, as_utc
from workflow.errors import Misuse
from workflow.texts import Text

Moment = str | date | datetime  # "2026-03-02T09:00", "2026-03-02", or the like; without an offset it is local
START = "2026-03-02T09:00"  # a Monday
_MORNING = time(9)


class CampaignClock(VirtualClock):
    """A `VirtualClock` that knows the zone and the working days of its campaign.

    Under a clock made beforehand, the first campaign gives it both: what its clocks on the wall show stays the same.
    """

    def __init__(self, at: Moment = START, calendar: Calendar | None = None) -> None:
        self._calendar = calendar
        super().__init__(self._read(at, _MORNING))

    def keep(self, calendar: Calendar, at: Moment | None = None) -> None:
        """Be the clock of one more campaign, from `at` on. The first gives it its zone and working days, and may begin at any time."""
        if self._calendar is not None:
            self.to(self.now() if at is None else at)
            return
        wall = self.local.replace(tzinfo=ZoneInfo(calendar.zone))
        self._calendar = calendar
        self.set(as_utc(wall) if at is None else self._read(at, _MORNING))

    @property
    def calendar(self) -> Calendar:
        return self._calendar or Calendar()

    @property
    def local(self) -> datetime:
        """Date and time where the campaign is."""
        return self.now().astimezone(ZoneInfo(self.calendar.zone))

    @property
    def today(self) -> str:
        """The local date."""
        return self.local.date().isoformat()

    def to(self, moment: Moment) -> CampaignClock:
        """On to a local date and time; of a day without an hour, to the hour it is now. Raises `Misuse` for what is past, or no date."""
        found = self._read(moment, self.local.time())
        if found < self.now():
            zone = ZoneInfo(self.calendar.zone)
            is_now, asked = (f"{each.astimezone(zone):%Y-%m-%dT%H:%M}" for each in (self.now(), found))
            en = f"the clock shows {is_now}; it does not go back to {asked} ({zone.key})"
            raise Misuse(Text.of(en, f"时钟已到 {is_now}，不能回到 {asked}（{zone.key}）"), "too-early")
        self.set(found)
        return self

    def days(self, days: int = 1) -> CampaignClock:
        """On by so many days, to the same hour there."""
        return self.to(self.local.date() + timedelta(days=days))

    def working_days(self, days: int = 1) -> CampaignClock:
        """On to the same hour of the `days`-th working day from today."""
        return self.to(self.calendar.add_working_days(self.local.date(), days))

    def _read(self, moment: Moment, hour: time) -> datetime:
        if isinstance(moment, str):
            try:
                moment = date.fromisoformat(moment) if len(moment) <= len("2026-03-02") else datetime.fromisoformat(moment)
            except ValueError:
                en = f"{moment!r} is neither a date nor a time such as 2026-03-02T09:00"
                raise Misuse(Text.of(en, f"{moment!r} 不是日期，也不是形如 2026-03-02T09:00 的时间"), "date") from None
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, hour)
        local = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(self.calendar.zone))
        return local.astimezone(UTC)

"""A campaign as the ledger had it at the end of an earlier day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from attrs import frozen

from workflow.clock import VirtualClock, local_date, stamp
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Desk
from workflow.engine.versions import Version, Versions
from workflow.errors import Misuse
from workflow.simulation.compiling import Compiled
from workflow.simulation.live.history import History
from workflow.store import Store
from workflow.store.replay import as_of
from workflow.texts import Text

_LATER = "SELECT min(id) FROM workflow_event WHERE recorded_at > ?"
_LAST = "SELECT max(id) FROM workflow_event"
_DEFINITIONS = "SELECT DISTINCT definition FROM workflow_enactment"
_AHEAD = Text.of("{day} lies ahead: what will be so then is not in the ledger", "{day} 尚未到来：台账中没有届时的情况")
_BEFORE = Text.of("on {day} there was no campaign yet: nothing is in the ledger until then", "{day} 时活动尚未建立：截至该日台账中没有内容")


@frozen
class Seen:
    """A `campaign` with its tables as they stood, and the `ledger` up to the event `until` (None: all of it)."""

    campaign: Campaign
    ledger: Store
    until: int | None = None

    def history(self, compiled: Compiled) -> History:
        return History.of(self.campaign, compiled, ledger=self.ledger, until=self.until)

    @property
    def ahead(self) -> tuple[Version, ...]:
        """What was enacted, and holds from a later day on."""
        versions, today = self.campaign._desk.versions, local_date(self.campaign.now, self.campaign.definition.calendar.zone).isoformat()
        return tuple(version for version in versions.all if version.enactment.starts > today)


@contextmanager
def seen(campaign: Campaign, at: date | None) -> Iterator[Seen]:
    """The campaign as it stands; or as it stood in the evening of the day `at`, by what was recorded until then.

    Raises `Misuse` for a day that lies ahead, or before the campaign.
    """
    if at is None:
        yield Seen(campaign, campaign.store)
        return
    evening = datetime.combine(at, time.max.replace(fold=1), ZoneInfo(campaign.definition.calendar.zone))
    if at > local_date(campaign.now, campaign.definition.calendar.zone):
        raise Misuse(_AHEAD.filled(day=at), "ahead")
    store = campaign.store
    with store.read():
        ((later,),) = store.rows(_LATER, (stamp(evening),))
        ((last,),) = store.rows(_LAST)
        position = last if later is None else later - 1
        if position < 1:
            raise Misuse(_BEFORE.filled(day=at), "not-yet")
        past = as_of(store, campaign.version, position)
    try:
        versions = Versions(past, campaign.extensions)
        for (hashed,) in past.rows(_DEFINITIONS):
            versions.remember(campaign.version(hashed))
        versions.refresh()
        then = Campaign(Desk(past, versions, VirtualClock(min(evening, campaign.now))), campaign.name, rehearsal=True)
        yield Seen(then, store, position)
    finally:
        past.close()

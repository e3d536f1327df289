"""One tick: look what has changed, put down what rings, write the letters whose time has come, deliver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.progress import Progress, silent
from workflow.reminders.channels.base import Channel
from workflow.reminders.delivery import Delivered, deliver
from workflow.reminders.due_table import catch_up
from workflow.reminders.posting import post_digests
from workflow.reminders.ringing import ring
from workflow.texts import Text


@frozen(kw_only=True)
class Ticked:
    """What one tick came to, on the local `day`.

    `looked_at`: branches in which it was worked out anew what is due; `announced`: things that rang for a role; `digests`: letters
    posted; `unheard`: (branch, role) where something waits for a role that nobody holds, nor any above it on the ladder.
    """

    day: str
    looked_at: int
    announced: int
    digests: int
    unheard: tuple[tuple[str, str], ...]
    delivered: Delivered


def tick(campaign: Campaign, channels: Sequence[Channel] = (), *, link: str = "", progress: Progress = silent) -> Ticked:
    """Do what is due at the campaign's present instant; to be called every minute or so, by any number of processes.

    Whatever was missed while nobody ticked is said now, once, with how late it is. `link` is where people go to act, such as
    "https://host/branches/{branch}". Nothing is sent in the definition's quiet hours. Raises `Misuse` inside a transaction.
    """
    if campaign.store.in_transaction:
        raise Misuse(Text.of("a tick is done outside of transactions only", "不能在事务内处理提醒"))
    looked_at = catch_up(campaign, progress)
    now, zone = campaign.now, ZoneInfo(campaign.definition.calendar.zone)
    local, times = now.astimezone(zone), campaign.definition.reminders
    today = local.date().isoformat()
    announced = ring(campaign, today, over=times.is_quiet(local.time()) and local.time() >= times.at)
    posted = post_digests(campaign, now, link, progress)

    def awake(at: datetime) -> bool:
        return not times.is_quiet(at.astimezone(zone).time())

    return Ticked(
        day=today,
        looked_at=looked_at,
        announced=announced,
        digests=posted.digests,
        unheard=posted.unheard,
        delivered=deliver(campaign.store, lambda: campaign.now, channels, awake=awake),
    )

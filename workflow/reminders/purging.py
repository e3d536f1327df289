"""Old notices are deleted; the ledger, which says what was due when, stays as it is."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from workflow.engine.campaign import Campaign
from workflow.engine.entry import read_day
from workflow.errors import Misuse
from workflow.reminders.outbox import DEAD, WAITING
from workflow.texts import Text

_SENT = "sent"
_FARED = f"""SELECT fared, COUNT(*) FROM (
    SELECT CASE WHEN COUNT(d.state) = 0 OR MAX(d.state = '{WAITING}') THEN '{WAITING}'
                WHEN MAX(d.state = '{DEAD}') THEN '{DEAD}' ELSE '{_SENT}' END AS fared
    FROM workflow_notice n LEFT JOIN workflow_delivery d ON d.notice = n.id WHERE n.day < ? GROUP BY n.id) GROUP BY fared"""
_DELIVERY = "SELECT 1 FROM workflow_delivery d WHERE d.notice = workflow_notice.id"
_DELETE = f"DELETE FROM workflow_notice WHERE day < ? AND EXISTS ({_DELIVERY}) AND NOT EXISTS ({_DELIVERY} AND d.state = '{WAITING}')"
_RECEIPTS = "DELETE FROM workflow_delivery WHERE NOT EXISTS (SELECT 1 FROM workflow_notice n WHERE n.id = workflow_delivery.notice)"


@frozen
class Purged:
    """Notices of before a day: how many were deleted that had been `sent`, or were `given_up` on a channel, and how many are `kept`."""

    sent: int
    given_up: int
    kept: int


def purge(campaign: Campaign, before: date | str) -> Purged:
    """Delete the notices of before a day that were sent or given up. What waits, for its next attempt or for an address, is kept.

    Raises `Misuse` for a day that is yet to come: what was said today must be known, or it might be said again.
    """
    day = read_day(before, campaign.definition.calendar.zone)
    if day > campaign.today:
        raise Misuse(Text.of(f"{day} is yet to come: today at the latest", f"{day} 尚未到来：最晚为今天"), "too-late")
    with campaign.store.write():
        fared: dict[str, int] = dict(campaign.store.rows(_FARED, (day,)))
        campaign.store.execute(_DELETE, (day,))
        campaign.store.execute(_RECEIPTS)
    return Purged(fared.get(_SENT, 0), fared.get(DEAD, 0), fared.get(WAITING, 0))

"""What rings is put down for the roles that are to hear it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import evolve

from workflow.engine.campaign import Campaign
from workflow.reminders.entries import Entry, entries, put
from workflow.reminders.ladders import Ladders

_MANY = 5_000  # entries in one transaction: others may write in between

_ANY = "SELECT 1 FROM workflow_due WHERE ring <= ? LIMIT 1"
_RINGING = f"ring <= ? ORDER BY ring, branch LIMIT {_MANY}"
_PUT_DOWN = """INSERT INTO workflow_announcement (branch, deadline, subject, period, role, reached, meant, moved, heard, retry)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)
    ON CONFLICT DO UPDATE SET reached = MAX(reached, excluded.reached), meant = MIN(meant, excluded.meant),
    moved = COALESCE(moved, excluded.moved), heard = '[]', retry = MIN(retry, excluded.retry)"""


def ring(campaign: Campaign, today: str, *, over: bool = False) -> int:
    """Put down what rings up to today, for every role that is to hear it; returns how many things that are.

    `over`: no letter is written any more today; what rings now was never to be said but tomorrow.
    """
    store, ladders, announced = campaign.store, Ladders(campaign), 0
    while store.row(_ANY, (today,)) is not None:
        with store.write():
            ringing = entries(store, _RINGING, (today,))
            rows = [row for entry in ringing for row in _heard_by(ladders, entry, today, over)]
            store.executemany(_PUT_DOWN, rows)
            put(store, (_after(ladders, entry, today) for entry in ringing))
        announced += len(rows)
    return announced


def _heard_by(ladders: Ladders, entry: Entry, today: str, over: bool) -> Iterator[Sequence[object]]:
    """A row for every role that is to hear of an entry: whose rung was reached and, where its day moved, who knows of the old one."""
    reached = entry.reached(ladders.of(entry, entry.day), today)
    roles = dict(reached)
    if entry.moved is not None:
        told = entry.rung(ladders.of(entry, entry.agreed)) | entry.rung(ladders.of(entry, entry.day))
        roles |= dict.fromkeys((told | {ladders.deadline(entry).owner}) - reached.keys(), today)
    for role, meant in roles.items():
        # On a day on which it may not ring it was never to be said but on the next.
        first = date.fromisoformat(meant) + timedelta(days=over and meant == today)
        day = ladders.next_day(entry, first).isoformat()
        yield *entry.key, role, int(role in reached), day, entry.moved, min(day, today)


def _after(ladders: Ladders, entry: Entry, today: str) -> Entry:
    """The entry once this has rung."""
    told = evolve(entry, told=max(entry.told, today), agreed=entry.day)
    return told.ringing(ladders.of(entry, entry.day))

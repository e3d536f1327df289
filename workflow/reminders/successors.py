"""Whoever takes over a role hears what it was told of and is still open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from workflow.canonical import canonical
from workflow.engine.campaign import Campaign
from workflow.reminders.entries import Entry, entries
from workflow.reminders.hearers import Hearers
from workflow.reminders.ladders import Ladders
from workflow.store.facts import GROUP

_GRANTED = "SELECT json_extract(payload, '$.grants') FROM workflow_event WHERE id > ? AND id <= ? AND kind = 'people' ORDER BY id"
_TOLD = "told <> ''"
_OF_GROUP = f"{_TOLD} AND branch IN (SELECT id FROM workflow_branch WHERE grp = ?)"
_OF_BRANCH = f"{_TOLD} AND branch = ?"
# What waits for the role anyway is heard by all who hold it.
_PUT_DOWN = """INSERT INTO workflow_announcement (branch, deadline, subject, period, role, reached, meant, moved, heard, retry)
    VALUES (?, ?, ?, ?, ?, 1, ?, NULL, ?, ?) ON CONFLICT DO NOTHING"""


def hand_over(campaign: Campaign, after: int, until: int, today: str) -> None:
    """Put down what has rung already for the roles that were given from the event `after` to the event `until`, for those who got them.

    In the caller's transaction.
    """
    ladders = Ladders(campaign)
    for (granted,) in campaign.store.rows(_GRANTED, (after, until)):
        for grant in json.loads(granted or "[]"):
            inherited = [entry for entry in _told(campaign, grant["target"]) if grant["role"] in _heard(ladders, entry)]
            hearers = Hearers.load(campaign, sorted({entry.branch for entry in inherited}))
            rows = []
            for entry in inherited:
                others = sorted({each.id for each in hearers.of(entry.branch, grant["role"])} - {grant["person"]})
                day = ladders.next_day(entry, date.fromisoformat(today)).isoformat()
                rows.append((*entry.key, grant["role"], day, canonical(others), today))
            campaign.store.executemany(_PUT_DOWN, rows)


def _told(campaign: Campaign, target: str) -> Iterator[Entry]:
    """What is open and has rung, in the branches a role was given for."""
    if target == "*":
        yield from entries(campaign.store, _TOLD)
    elif target.startswith(GROUP):
        yield from entries(campaign.store, _OF_GROUP, (target.removeprefix(GROUP),))
    else:
        yield from entries(campaign.store, _OF_BRANCH, (target,))


def _heard(ladders: Ladders, entry: Entry) -> frozenset[str]:
    return entry.rung(ladders.of(entry, entry.day))

"""What is not delivered: what waits, what was given up and why, and who cannot be reached at all."""

from __future__ import annotations

import json
from datetime import datetime

from attrs import field, frozen

from workflow.clock import stamp
from workflow.store import Store
from workflow.texts import Text

WAITING, DEAD, UNADDRESSED = "waiting", "dead", "unaddressed"

_UNDELIVERED = """SELECT n.person, d.channel, COALESCE(a.address, ''), d.state, COUNT(*), MIN(n.day), MAX(n.day), MAX(d.attempts),
    MIN(d.next_at), d.error
    FROM workflow_delivery d JOIN workflow_notice n ON n.id = d.notice
    LEFT JOIN workflow_address a ON a.person = n.person AND a.channel = d.channel
    WHERE d.state = ? GROUP BY n.person, d.channel, d.error ORDER BY n.person, d.channel, MIN(n.day)"""
_UNADDRESSED = """SELECT n.person, COUNT(*), MIN(n.day), MAX(n.day) FROM workflow_notice n
    WHERE NOT EXISTS (SELECT 1 FROM workflow_address a WHERE a.person = n.person)
    AND NOT EXISTS (SELECT 1 FROM workflow_delivery d WHERE d.notice = n.id) GROUP BY n.person ORDER BY n.person"""
_UNREACHED = """SELECT (SELECT COUNT(*) FROM workflow_delivery WHERE state = ?), (SELECT COUNT(DISTINCT person) FROM workflow_notice n
    WHERE NOT EXISTS (SELECT 1 FROM workflow_address a WHERE a.person = n.person)
    AND NOT EXISTS (SELECT 1 FROM workflow_delivery d WHERE d.notice = n.id))"""
_REVIVE = """UPDATE workflow_delivery SET state = 'waiting', attempts = 0, next_at = ? WHERE state = 'dead' AND EXISTS
    (SELECT 1 FROM workflow_notice n JOIN workflow_address a ON a.person = n.person
     WHERE n.id = workflow_delivery.notice AND a.channel = workflow_delivery.channel)"""
_HURRY = "UPDATE workflow_delivery SET next_at = ?1 WHERE state = 'waiting' AND claimed_by IS NULL AND next_at > ?1"


def _text(error: str | None) -> Text | None:
    return None if error is None else Text(json.loads(error))


@frozen
class Undelivered:
    """Notices of one person that fare alike on one channel: how many, and of which days.

    `state` is "waiting" (tried again at `next_at`, a stamp), "dead" (given up) or "unaddressed" (the person had no address).
    """

    person: str
    channel: str
    address: str
    state: str
    notices: int
    first: str
    last: str
    attempts: int
    next_at: str
    error: Text | None = field(converter=_text)


@frozen
class Unreached:
    """How many messages were `given_up`, and how many people with a notice to get have no address (`without_address`)."""

    given_up: int
    without_address: int


def outbox(store: Store) -> list[Undelivered]:
    """All that is not delivered: first what was given up, then whom nobody can reach, then what waits."""
    with store.read():
        dead = [Undelivered(*row) for row in store.rows(_UNDELIVERED, (DEAD,))]
        waiting = [Undelivered(*row) for row in store.rows(_UNDELIVERED, (WAITING,))]
        nowhere = [Undelivered(who, "", "", UNADDRESSED, n, first, last, 0, "", None) for who, n, first, last in store.rows(_UNADDRESSED)]
    return [*dead, *nowhere, *waiting]


def unreached(store: Store) -> Unreached:
    """Whether anything wants somebody's attention, at the cost of a single query."""
    given_up, without_address = store.row(_UNREACHED, (DEAD,)) or (0, 0)
    return Unreached(given_up, without_address)


def again(store: Store, now: datetime) -> int:
    """Make all that was given up, or waits for its next attempt, due now; returns how many that are."""
    at = stamp(now)
    with store.write():
        return sum(store.execute(statement, (at,)).rowcount for statement in (_REVIVE, _HURRY))

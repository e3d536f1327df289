"""How far a subscription has come in the ledger, step by step, under a lease: one process at a time goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from attrs import define, field, frozen

from workflow.clock import stamp
from workflow.leases import at_work
from workflow.ledger import Event, event
from workflow.outgoing.subscriptions import OF_KIND, OF_OTHERS
from workflow.store import Store

LEASE = timedelta(minutes=5)  # longer than any receiver is waited for

Way = Literal["new", "stuck", "again"]
Claim = Literal["ours", "busy", "later", "gone"]

_READ = "SELECT kinds, whole, failures, next_at, claimed_by, lease FROM workflow_subscription WHERE name = ?"
_CLAIM = "UPDATE workflow_subscription SET claimed_by = ?, lease = ? WHERE name = ?"
_RENEW = "UPDATE workflow_subscription SET lease = ? WHERE name = ? AND claimed_by = ?"
_RELEASE = "UPDATE workflow_subscription SET claimed_by = NULL WHERE name = ? AND claimed_by = ?"
_WELL = "UPDATE workflow_subscription SET failures = 0, next_at = ?, error = NULL WHERE name = ?"
_DOWN = "UPDATE workflow_subscription SET failures = ?, next_at = ?, error = ? WHERE name = ?"
_REACHED = "UPDATE workflow_subscription SET position = ? WHERE name = ?"
_POSITION = "(SELECT position FROM workflow_subscription WHERE name = ?2)"

_AGAIN = """SELECT d.stream, d.seq, d.attempts FROM workflow_dead_letter d
    JOIN workflow_event e ON e.stream = d.stream AND e.seq = d.seq WHERE d.subscription = ? AND d.again = 1 ORDER BY e.id LIMIT 1"""
# What lies further ahead than any delay was put down before the clock was set back: it is due.
_STUCK = """SELECT stream, seq, attempts FROM workflow_stuck WHERE subscription = ? AND (next_at <= ? OR next_at > ?)
    ORDER BY next_at, stream LIMIT 1"""
_NEW = f"SELECT stream, seq, 0 FROM workflow_event WHERE id > {_POSITION} AND {OF_KIND} AND {OF_OTHERS} ORDER BY id LIMIT 1"
_UNREAD = f"SELECT MAX(id) FROM workflow_event WHERE id > {_POSITION.replace('?2', '?1')}"

_STICK = """INSERT INTO workflow_stuck (subscription, stream, seq, attempts, next_at, error) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (subscription, stream) DO UPDATE SET attempts = excluded.attempts, next_at = excluded.next_at, error = excluded.error"""
_FOLLOWING = f"SELECT MIN(seq) FROM workflow_event WHERE stream = ?3 AND seq > ?4 AND id <= {_POSITION} AND {OF_KIND}"
_FOLLOW = "UPDATE workflow_stuck SET seq = ?, attempts = 0, next_at = ?, error = NULL WHERE subscription = ? AND stream = ?"
_FREE = "DELETE FROM workflow_stuck WHERE subscription = ? AND stream = ?"
_BURY = """INSERT INTO workflow_dead_letter (subscription, stream, seq, attempts, died, again, error) VALUES (?, ?, ?, ?, ?, 0, ?)
    ON CONFLICT (subscription, stream, seq) DO UPDATE
    SET attempts = excluded.attempts, died = excluded.died, again = 0, error = excluded.error"""
_EXHUME = "DELETE FROM workflow_dead_letter WHERE subscription = ? AND stream = ? AND seq = ?"


@frozen
class Due:
    """An event to be sent, after so many attempts: as the next one of all, of a stream that was stuck, or of the dead letters."""

    event: Event
    attempts: int
    way: Way


@define
class Course:
    """One subscription, for the holder `me`. What changes it (all but `claim` and `release`) is called inside a write transaction."""

    store: Store
    name: str
    me: str
    kinds: str = field(default="[]", init=False)  # JSON
    whole: bool = field(default=False, init=False)
    _failures: int = field(default=0, init=False)

    # -- whose it is -------------------------------------------------------------------------------------------------

    def claim(self, now: datetime, longest: timedelta) -> Claim:
        """Take it on, unless another is at it, or its receiver is to be left alone (for no longer than `longest`)."""
        with self.store.write():
            found = self.store.row(_READ, (self.name,))
            if found is None:
                return "gone"
            self.kinds, whole, self._failures, next_at, claimed_by, lease = found
            self.whole = bool(whole)
            leased = claimed_by not in (None, self.me) and stamp(now) < lease <= stamp(now + LEASE)
            if leased or at_work(claimed_by, self.me):
                return "busy"
            if stamp(now) < next_at <= stamp(now + longest):
                return "later"
            self.store.execute(_CLAIM, (self.me, stamp(now + LEASE), self.name))
        return "ours"

    def renew(self, now: datetime) -> bool:
        """Whether it is ours still. If not, another goes on with it, or it was removed: nothing of it is ours to put down."""
        return self.store.execute(_RENEW, (stamp(now + LEASE), self.name, self.me)).rowcount > 0

    def release(self) -> None:
        with self.store.write():
            self.store.execute(_RELEASE, (self.name, self.me))

    # -- what is due -------------------------------------------------------------------------------------------------

    def next(self, now: datetime, longest: timedelta) -> Due | None:
        """The next event that may be sent; where there is none, the ledger counts as read to its end."""
        due = self._next(now, longest)
        if due is None and self.store.row(_UNREAD, (self.name,)) != (None,):
            with self.store.write():  # what was recorded in the meantime must not be passed over
                due = self._next(now, longest)
                (end,) = self.store.row(_UNREAD, (self.name,)) or (None,)
                if due is None and end is not None and self.renew(now):
                    self.store.execute(_REACHED, (end, self.name))
        return due

    def _next(self, now: datetime, longest: timedelta) -> Due | None:
        queries: dict[Way, tuple[str, tuple[str, ...]]] = {
            "again": (_AGAIN, (self.name,)),
            "stuck": (_STUCK, (self.name, stamp(now), stamp(now + longest))),
            "new": (_NEW, (self.kinds, self.name)),
        }
        # After a failure another stream goes first: what is taken shows that the receiver is well, and the fault is with one event.
        for way in reversed(queries) if self._failures else queries:
            query, parameters = queries[way]
            row = self.store.row(query, parameters)
            if row is not None:
                stream, seq, attempts = row
                return Due(event(self.store, stream, seq), attempts, way)
        return None

    # -- what came of it ---------------------------------------------------------------------------------------------

    def taken(self, due: Due, now: datetime) -> None:
        self._failures = 0
        self.store.execute(_WELL, (stamp(now), self.name))
        self._done_with(due, now)

    def down(self, error: str, later: Callable[[int], datetime]) -> None:
        """The receiver is left alone until the moment `later` gives for so many failures in a row."""
        self._failures += 1
        self.store.execute(_DOWN, (self._failures, stamp(later(self._failures)), error, self.name))

    def stick(self, due: Due, attempts: int, next_at: datetime, error: str) -> None:
        """Its stream waits; all others go on."""
        self.store.execute(_STICK, (self.name, due.event.stream, due.event.seq, attempts, stamp(next_at), error))
        if due.way == "new":
            self.store.execute(_REACHED, (due.event.position, self.name))

    def bury(self, due: Due, attempts: int, now: datetime, error: str) -> None:
        """It is given up, and its stream goes on without it."""
        if due.way != "again":
            self._done_with(due, now)
        self.store.execute(_BURY, (self.name, due.event.stream, due.event.seq, attempts, stamp(now), error))

    def _done_with(self, due: Due, now: datetime) -> None:
        stream, seq = due.event.stream, due.event.seq
        if due.way == "again":
            self.store.execute(_EXHUME, (self.name, stream, seq))
        elif due.way == "new":
            self.store.execute(_REACHED, (due.event.position, self.name))
        else:
            (following,) = self.store.row(_FOLLOWING, (self.kinds, self.name, stream, seq)) or (None,)
            if following is None:
                self.store.execute(_FREE, (self.name, stream))
            else:
                self.store.execute(_FOLLOW, (following, stamp(now), self.name, stream))

"""Dead letters: events a receiver did not take, however often it was asked."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from workflow.clock import stamp
from workflow.ledger import branch_of
from workflow.outgoing.subscriptions import require_subscription, text_of
from workflow.store import Store
from workflow.texts import Text

_CHOSEN = "(?1 = '' OR subscription = ?1)"
_DEAD = f"""SELECT d.subscription, d.stream, d.seq, e.hash, e.kind, e.recorded_at, d.attempts, d.died, d.again, d.error
    FROM workflow_dead_letter d JOIN workflow_event e ON e.stream = d.stream AND e.seq = d.seq
    WHERE {_CHOSEN} ORDER BY d.subscription, e.id"""
_AGAIN = f"UPDATE workflow_dead_letter SET again = 1 WHERE {_CHOSEN} AND (?2 IS NULL OR stream = ?2) AND (?3 IS NULL OR seq = ?3)"
_HURRY_STREAMS = f"UPDATE workflow_stuck SET next_at = ?2 WHERE {_CHOSEN} AND next_at > ?2"
_HURRY = "UPDATE workflow_subscription SET next_at = ?2 WHERE (?1 = '' OR name = ?1) AND next_at > ?2"


@frozen
class DeadLetter:
    """An event that was given up at `died` after so many attempts, `id` being that of its CloudEvent; `again` if it is to be sent anew."""

    subscription: str
    stream: str
    seq: int
    id: str
    kind: str
    recorded_at: str
    attempts: int
    died: str
    again: bool = field(converter=bool)
    error: Text | None = field(converter=text_of)

    @property
    def branch(self) -> str:
        """Empty for what concerns the campaign as a whole."""
        return branch_of(self.stream)


def dead(store: Store, name: str = "") -> list[DeadLetter]:
    """What was given up, of one subscription or of all, in the order it was recorded. Raises `NotFound`."""
    with store.read():
        if name:
            require_subscription(store, name)
        return [DeadLetter(*row) for row in store.rows(_DEAD, (name,))]


def replay(store: Store, now: datetime, name: str = "", *, stream: str | None = None, seq: int | None = None) -> int:
    """Have dead letters sent again, of one subscription or of all, of one `stream`, or the one `seq` of it; returns how many.

    They go out at the next `send`, once, in the order they were recorded: a letter that is not taken is dead again. All that waits for
    its next attempt is due with them. Their streams have gone on in the meantime: a receiver sees by `sequence` that they are old.
    """
    with store.write():
        if name:
            require_subscription(store, name)
        found = store.execute(_AGAIN, (name, stream, seq)).rowcount
        for statement in (_HURRY_STREAMS, _HURRY):
            store.execute(statement, (name, stamp(now)))
    return found

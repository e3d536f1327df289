"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import frozen

from workflow.canonical import canonical
from workflow.errors import NotFound
from workflow.store.database import Store
from workflow.store.events import COLUMNS, Event, event_of
from workflow.texts import Text

_HEAD = "SELECT seq, hash, recorded_at FROM workflow_event WHERE stream = ? ORDER BY seq DESC LIMIT 1"
_LAST = "SELECT MAX(recorded_at) FROM workflow_event"
_EVENT = f"SELECT {COLUMNS} FROM workflow_event WHERE stream = ? AND seq = ?"
_BY_KEY = f'SELECT {COLUMNS} FROM workflow_event WHERE "key" = ?'
_SEQS = f"SELECT {COLUMNS} FROM workflow_event WHERE stream = ? AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
_KINDS = " AND kind IN (SELECT value FROM json_each(?))"


@frozen
class Head:
    """The last event of a stream."""

    seq: int
    hash: str
    recorded_at: str


def head(store: Store, stream: str) -> Head | None:
    """The stream's head; None for a stream without events."""
    row = store.row(_HEAD, (stream,))
    return None if row is None else Head(*row)


def last_recorded(store: Store) -> str | None:
    """The stamp of the latest event of all; None in an empty ledger."""
    row = store.row(_LAST)
    return None if row is None else row[0]


def events(store: Store, stream: str | None = None, after: int = 0, kinds: Collection[str] | None = None) -> Iterator[Event]:
    """Events in the order they were written, of one stream or of all, of some kinds or of all, after the *position* `after`."""
    query, parameters = f"SELECT {COLUMNS} FROM workflow_event WHERE id > ?", [after]
    arguments: list[object] = list(parameters)
    if stream is not None:
        query += " AND stream = ?"
        arguments.append(stream)
    if kinds is not None:
        query += _KINDS
        arguments.append(canonical(sorted(kinds)))
    # Within a stream, seq is the order of id, and has the index.
    for row in store.execute(query + (" ORDER BY id" if stream is None else " ORDER BY seq"), arguments):
        yield event_of(row)


def event(store: Store, stream: str, seq: int) -> Event:
    """One event. Raises `NotFound`."""
    row = store.row(_EVENT, (stream, seq))
    if row is None:
        raise _not_found(stream, [seq])
    return event_of(row)


def by_key(store: Store, key: str) -> Event | None:
    """The event that was written under an idempotency key."""
    row = store.row(_BY_KEY, (key,))
    return None if row is None else event_of(row)


def events_at(store: Store, stream: str, seqs: Sequence[int]) -> tuple[Event, ...]:
    """The events of a stream with these numbers, in order of number. Raises `NotFound` if any is missing."""
    found = tuple(event_of(row) for row in store.execute(_SEQS, (stream, canonical(list(seqs)))))
    missing = sorted(set(seqs) - {each.seq for each in found})
    if missing:
        raise _not_found(stream, missing)
    return found


def _not_found(stream: str, seqs: Sequence[int]) -> NotFound:
    listed = ", ".join(map(str, seqs))
    return NotFound(Text.of(f"stream {stream} has no event {listed}", f"台账流 {stream} 中没有第 {listed} 号事件"))

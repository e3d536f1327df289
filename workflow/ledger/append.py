"""Writing to the ledger: the one place where an event is made."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from workflow.canonical import canonical
from workflow.clock import stamp
from workflow.errors import KeyReused, Misuse
from workflow.ledger.digest import GENESIS, digest
from workflow.ledger.read import Head, head
from workflow.store.database import Store
from workflow.store.events import Event
from workflow.texts import Text

_INSERT = """INSERT INTO workflow_event
    (stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash, "key")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def append(
    store: Store,
    *,
    stream: str,
    kind: str,
    subject: str,
    payload: dict[str, Any],
    actor: str,
    role: str,
    at: datetime,
    definition: str,
    key: str | None = None,
) -> Event:
    """Add one event to the end of a stream. Must be called inside `store.write()`.

    An instant before that of the stream's last event is taken to be the same: a clock set back never reorders a stream.
    Raises `KeyReused` if the key is taken, `Misuse` outside a transaction or for a payload that is not JSON.
    """
    if not store.in_transaction:
        raise Misuse(Text.of("an event is appended inside store.write() only", "只能在 store.write() 内追加事件"))
    last = head(store, stream) or Head(0, GENESIS, "")
    seq, prev, recorded_at, said = last.seq + 1, last.hash, max(stamp(at), last.recorded_at), canonical(payload)
    hashed = digest(stream, seq, recorded_at, actor, role, kind, subject, said, definition, prev, key)
    columns = (stream, seq, recorded_at, actor, role, kind, subject, said, definition, prev, hashed, key)
    try:
        position = store.execute(_INSERT, columns).lastrowid
    except sqlite3.IntegrityError as problem:
        if "workflow_event.key" not in str(problem):
            raise
        raise KeyReused(Text.of(f"the key {key} was used before", f"键 {key} 已被使用")) from problem
    assert position is not None
    event = Event(position, stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hashed, key)
    store.commits.note(event)
    return event

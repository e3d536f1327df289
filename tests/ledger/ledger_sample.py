"""Plain events for tests of the ledger alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from workflow.ledger import Event, append
from workflow.store import Store

START = datetime(2005, 1, 20, 8, tzinfo=UTC)
HASH = "d" * 64


def add(store: Store, stream: str = "branch:b1", payload: dict[str, Any] | None = None, **about: Any) -> Event:
    """One event in a transaction of its own."""
    said: dict[str, Any] = {"kind": "record", "subject": "b1", "actor": "李", "role": "clerk", "at": START, "definition": HASH}
    with store.write():
        return append(store, stream=stream, payload={"n": 1} if payload is None else payload, **(said | about))

"""An event: one row of the ledger, as it is written, read and projected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from workflow.errors import DatabaseFault
from workflow.texts import Text

CAMPAIGN = "campaign"
_BRANCH = "branch:"

COLUMNS = 'id, stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash, "key"'


@frozen
class Event:
    """One thing that happened. Fields stand in the order of `COLUMNS`.

    `position` is its place in the whole ledger, `seq` in its stream (from 1, without gaps). `recorded_at` is a stamp as
    `workflow.clock.stamp` writes it. `definition` is the hash of the definition in force. `prev` and `hash` chain the
    stream, both as 64 hexadecimal digits. `key` is the caller's idempotency key.
    """

    position: int
    stream: str
    seq: int
    recorded_at: str
    actor: str
    role: str
    kind: str
    subject: str
    payload: dict[str, Any]
    definition: str
    prev: str
    hash: str
    key: str | None = None

    @property
    def branch(self) -> str:
        """The branch of a branch stream; empty for the campaign's."""
        return branch_of(self.stream)


def event_of(row: Sequence[Any]) -> Event:
    """The event of a row that was selected by `COLUMNS`."""
    values = (*row[:8], json.loads(row[8]), *row[9:])
    return Event(*values)


def branch_stream(branch: str) -> str:
    """The name of a branch's stream."""
    return _BRANCH + branch


def branch_of(stream: str) -> str:
    """The branch whose stream it is; empty for the campaign's."""
    return stream.removeprefix(_BRANCH) if stream.startswith(_BRANCH) else ""


def unfit(event: Event, en: str, zh: str) -> DatabaseFault:
    """The fault of an event the tables do not fit, and why they do not."""
    place = f"{event.stream} {event.seq}"
    return DatabaseFault(
        Text.of(
            f"event {place} cannot be projected: {en}; run `workflow verify`",
            f"事件 {place} 无法投影：{zh}；请运行 `workflow verify`",
        ),
        code="unfit-event",
    )


def no_branch(event: Event) -> DatabaseFault:
    return unfit(event, f"branch {event.branch} is on no roster", f"支部 {event.branch} 不在任何名册中")

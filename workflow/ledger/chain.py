"""Proof that nobody rewrote the ledger: every hash made again, every link followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from workflow.ledger.digest import GENESIS, digest
from workflow.store.database import Store
from workflow.texts import Text

_COLUMNS = 'stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash, id, "key"'
_ALL = f"SELECT {_COLUMNS} FROM workflow_event ORDER BY id"
_ONE = f"SELECT {_COLUMNS} FROM workflow_event WHERE stream = ? ORDER BY id"


@frozen
class Break:
    """The first bad row of a stream: its place, and what is wrong with it. `position` is the row's id in the ledger."""

    stream: str
    seq: int
    position: int
    text: Text


def verify_chain(store: Store, stream: str | None = None, seen: Callable[[int, object], None] | None = None) -> tuple[Break, ...]:
    """The first break of every stream, or of one; empty if the chain is whole. `seen` is told the position and hash of each row.

    Rows are taken in the order they were written. Events cut off at the end of a stream leave no trace here: they show
    against a checkpoint, or against the live tables.
    """
    heads: dict[str, tuple[int, str]] = {}
    breaks: dict[str, Break] = {}
    with store.read():
        for row in store.execute(_ALL) if stream is None else store.execute(_ONE, (stream,)):
            if seen is not None:
                seen(row[11], row[10])
            of = row[0]
            if of in breaks:
                continue
            wrong = _wrong(row, *heads.get(of, (0, GENESIS)))
            if wrong is not None:
                breaks[of] = Break(str(of), row[1], row[11], wrong)
            heads[of] = (row[1], row[10])
    return tuple(breaks.values())


def _wrong(row: tuple[Any, ...], last: int, head: str) -> Text | None:
    """What is wrong with a row that should follow event number `last` with the hash `head`."""
    seq, prev, hashed = row[1], row[9], row[10]
    if seq != last + 1:
        return Text.of(
            f"event {seq} stands where event {last + 1} should: events are missing or out of order",
            f"此处应为第 {last + 1} 号事件，实为第 {seq} 号：有事件缺失或顺序颠倒",
        )
    if prev != head:
        before = Text.of(f"event {last}", f"第 {last} 号事件") if last else Text.of("the start of a stream", "流的起点")
        return Text.of(
            f"event {seq} does not follow {before}: it names {str(prev)[:12]}… as the hash before it, which is {str(head)[:12]}…",
            f"第 {seq} 号事件与{before.say('zh')}不衔接：它记载的前一哈希为 {str(prev)[:12]}…，实际为 {str(head)[:12]}…",
        )
    if not all(isinstance(value, str) for value in (row[0], *row[2:10])) or not _is_its_own(row, hashed):
        return Text.of(
            f"event {seq} does not match its hash: it was changed after it was written",
            f"第 {seq} 号事件与其哈希不符：写入后被改动过",
        )
    return None


def _is_its_own(row: tuple[Any, ...], hashed: str) -> bool:
    """Is the hash taken of this row? The key, too, is covered; in old ledgers it was not."""
    key = row[12]
    if key is not None and not isinstance(key, str):
        return False
    keyed: list[Any] = [*row[:10], key]
    return digest(*keyed) == hashed or (key is not None and digest(*row[:10]) == hashed)

"""The live tables against the ledger: made anew from it, or compared with it row by row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from attrs import frozen

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store.database import MEMORY, Row, Store
from workflow.store.events import COLUMNS, Event, event_of
from workflow.store.migrations import SCHEMA
from workflow.store.projection import WITHOUT_DEFINITION, Projector
from workflow.store.tables import PROJECTED
from workflow.texts import Text

DefinitionOf = Callable[[str], Definition]

_EVENTS = f"SELECT {COLUMNS} FROM workflow_event WHERE ?1 IS NULL OR id <= ?1 ORDER BY id"
_KINDS: dict[type, int] = {type(None): 0, str: 2, bytes: 3}  # numbers are 1
_OF_STREAMS = f"""SELECT {COLUMNS} FROM workflow_event
    WHERE stream IN (SELECT value FROM json_each(?2)) AND (?1 IS NULL OR id <= ?1) ORDER BY id"""
_TABLES = tuple(str(model._meta.table_name) for model in PROJECTED)


@frozen
class Difference:
    """The first row of a table in which the live tables and the ledger differ; `row` is its key, `others` how many more rows differ."""

    table: str
    row: tuple[str, ...]
    text: Text
    others: int


def rebuild(store: Store, definition_of: DefinitionOf) -> None:
    """Clear the projected tables and replay the whole ledger into them, in one transaction.

    `definition_of` is asked once for each definition hash, after the event that brought its document was projected, so it
    may read `workflow_definition`. Raises `DatabaseFault` where an event does not fit.
    """
    with store.write():
        for table in _TABLES:
            store.execute(f"DELETE FROM {table}{_but_schema(table)}")
        _replay(store, store, definition_of)


def compare(store: Store, definition_of: DefinitionOf) -> tuple[Difference, ...]:
    """Replay the ledger into an empty database of its own and compare every projected table: the first difference of each."""
    fresh = Store.temporary()
    try:
        with store.read():
            with fresh.write():
                _replay(store, fresh, definition_of)
            return differences(store, fresh)
    finally:
        fresh.close()


def differences(live: Store, fresh: Store) -> tuple[Difference, ...]:
    """The first difference of each projected table between the live tables and those replayed from the ledger."""
    found = [_first_difference(table, live, fresh) for table in _TABLES]
    return tuple(difference for difference in found if difference is not None)


def as_of(store: Store, definition_of: DefinitionOf, position: int, streams: Collection[str] | None = None) -> Store:
    """The tables as they stood after the event at `position` of the ledger, in a database of their own in memory; close it after use.

    With `streams` only those are replayed: an event touches rows of its own branch only (or of the campaign), so the rows of these
    branches are there, and are the same.
    """
    past = Store.create(MEMORY)
    with store.read(), past.write():
        for _ in replaying(store, past, definition_of, position, streams):
            pass
    return past


def replaying(
    source: Store, target: Store, definition_of: DefinitionOf, until: int | None = None, streams: Collection[str] | None = None
) -> Iterator[Event]:
    """Replay the ledger into `target`, event by event. Each is given out before it is projected: the tables are as it found them."""
    projectors: dict[str, Projector] = {}
    rows = source.execute(_EVENTS, (until,)) if streams is None else source.execute(_OF_STREAMS, (until, canonical(sorted(streams))))
    for row in rows:
        event = event_of(row)
        yield event
        if event.kind in WITHOUT_DEFINITION:
            WITHOUT_DEFINITION[event.kind](target, event)
            continue
        projector = projectors.get(event.definition)
        if projector is None:
            projector = projectors[event.definition] = Projector(target, definition_of(event.definition))
        projector.apply(event)


def _replay(source: Store, target: Store, definition_of: DefinitionOf, until: int | None = None) -> None:
    for _ in replaying(source, target, definition_of, until):
        pass


def _first_difference(table: str, live: Store, fresh: Store) -> Difference | None:
    about = sorted(live.rows(f"PRAGMA table_info({table})"), key=lambda column: int(column[5]))
    keys = [column[1] for column in about if column[5]]
    columns = keys + [column[1] for column in about if not column[5]]
    query = f"SELECT {_quoted(columns)} FROM {table}{_but_schema(table)} ORDER BY {_quoted(keys)}"
    differing = _differing(live.execute(query), fresh.execute(query), len(keys))
    first = next(differing, None)
    if first is None:
        return None
    found, expected = first
    key = (found or expected or ())[: len(keys)]
    return Difference(table, tuple(map(str, key)), _what(columns, found, expected), sum(1 for _ in differing))


def _differing(live: Iterator[Row], fresh: Iterator[Row], width: int) -> Iterator[tuple[Row | None, Row | None]]:
    """Pairs of rows that are not the same, of two lists sorted by their first `width` columns; None where one is missing."""
    mine, theirs = next(live, None), next(fresh, None)
    while mine is not None or theirs is not None:
        if mine == theirs:
            mine, theirs = next(live, None), next(fresh, None)
            continue
        here, there = _rank(mine, width), _rank(theirs, width)
        yield (mine if here <= there else None), (theirs if there <= here else None)
        if here <= there:
            mine = next(live, None)
        if there <= here:
            theirs = next(fresh, None)


def _rank(row: Row | None, width: int) -> list[tuple[int, Any]]:
    """Where SQLite sorts a row: nothing, numbers, texts, bytes, in this order. Past the end is after all."""
    if row is None:
        return [(9, None)]
    return [(_KINDS.get(type(value), 1), "" if value is None else value) for value in row[:width]]


def _what(columns: list[str], found: Row | None, expected: Row | None) -> Text:
    if found is None:
        return Text.of("missing from the tables, the ledger has it", "表中缺少此行，台账中有")
    if expected is None:
        return Text.of("in the tables, the ledger knows nothing of it", "表中有此行，台账中没有")
    column, value, said = next((c, a, b) for c, a, b in zip(columns, found, expected, strict=True) if a != b)
    return Text.of(f"{column} is {value!r}, the ledger says {said!r}", f"{column} 为 {value!r}，台账为 {said!r}")


def _but_schema(table: str) -> str:
    """The schema version is the one row that does not come from the ledger."""
    return f" WHERE name <> '{SCHEMA}'" if table == "workflow_meta" else ""


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)

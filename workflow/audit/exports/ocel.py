"""OCEL 2.0, as JSON and as SQLite: https://www.ocel-standard.org/specification (version 2.0 of 2023-10-16)."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from attrs import define, field

from workflow.audit.exports.log import Entry, Log
from workflow.audit.exports.objects import Object, Scalar

Types = dict[str, dict[str, str]]  # type of event or object -> attribute -> its type by the standard

_COLUMN = {"string": "TEXT", "integer": "INTEGER", "float": "REAL", "boolean": "BOOLEAN"}
_TABLES = """
    CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type (ocel_type));
    CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type (ocel_type));
    CREATE TABLE event_object (
        ocel_event_id TEXT REFERENCES event (ocel_id), ocel_object_id TEXT REFERENCES object (ocel_id), ocel_qualifier TEXT,
        PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
    CREATE TABLE object_object (
        ocel_source_id TEXT REFERENCES object (ocel_id), ocel_target_id TEXT REFERENCES object (ocel_id), ocel_qualifier TEXT,
        PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));
"""


def _learn(types: Types, kind: str, named: Iterable[tuple[str, Scalar]]) -> None:
    """Takes note of what attributes there are, and of a type that holds all their values."""
    known = types.setdefault(kind, {})
    for name, value in named:
        found = _type(value)
        before = known.setdefault(name, found)
        if before != found:
            known[name] = "float" if {before, found} == {"integer", "float"} else "string"


def _type(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "float" if isinstance(value, float) else "string"


# -- JSON ------------------------------------------------------------------------------------------------------------------


def write_json(log: Log, out: Path) -> int:
    """Gives the number of events. They are put aside while they are read: objects stand before them, and are known only afterwards."""
    types: Types = {}
    n = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as aside, out.open("w", encoding="utf-8", newline="\n") as file:
        for n, entry in enumerate(log.entries(), 1):
            _learn(types, entry.type, entry.attributes.items())
            aside.write(("" if n == 1 else ",\n") + _dumped(_event(entry)))
        kinds: Types = {}
        for each in log.objects.values():
            _learn(kinds, each.type, ((name, value) for _, name, value in each.changes))
        file.write(f'{{"objectTypes": {_dumped(_declared(kinds))},\n"eventTypes": {_dumped(_declared(types))},\n"objects": [\n')
        _write_listed(file, map(_object, log.objects.values()))
        file.write('],\n"events": [\n')
        aside.seek(0)
        shutil.copyfileobj(aside, file)
        file.write("]}\n")
    return n


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_listed(file: IO[str], values: Iterable[Mapping[str, Any]]) -> None:
    for n, value in enumerate(values):
        file.write((",\n" if n else "") + _dumped(value))


def _declared(types: Types) -> list[dict[str, Any]]:
    return [{"name": kind, "attributes": [{"name": n, "type": t} for n, t in named.items()]} for kind, named in types.items()]


def _related(relations: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": ident, "qualifier": qualifier} for ident, qualifier in relations]


def _event(entry: Entry) -> dict[str, Any]:
    said = [{"name": name, "value": value} for name, value in entry.attributes.items()]
    about = {"id": entry.id, "type": entry.type, "time": entry.time}
    return {**about, "attributes": said, "relationships": _related(entry.relations)}


def _object(each: Object) -> dict[str, Any]:
    said = [{"name": name, "time": time, "value": value} for time, name, value in each.changes]
    return {"id": each.id, "type": each.type, "attributes": said, "relationships": _related(each.related)}


# -- SQLite ----------------------------------------------------------------------------------------------------------------


def write_sqlite(log: Log, out: Path) -> int:
    """Gives the number of events. `out` must not be there yet."""
    n = 0
    with closing(sqlite3.connect(out, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _TABLES)
        events, objects = _Tables(connection, "event"), _Tables(connection, "object")
        for entry in log.entries():
            n += 1
            events.add(entry.id, entry.type)
            events.tell(entry.id, entry.type, {"ocel_time": entry.time}, entry.attributes)
            connection.executemany("INSERT INTO event_object VALUES (?, ?, ?)", [(entry.id, *relation) for relation in entry.relations])
        for each in log.objects.values():
            objects.add(each.id, each.type)
            for fixed, said in _states(each):
                objects.tell(each.id, each.type, fixed, said)
            connection.executemany("INSERT INTO object_object VALUES (?, ?, ?)", [(each.id, *relation) for relation in each.related])
        connection.execute("COMMIT")
    return n


def _states(each: Object) -> Iterable[tuple[dict[str, Any], dict[str, Scalar]]]:
    """What it was like at first, in one row without a changed field; then a row for each change."""
    first = each.changes[0][0] if each.changes else "1970-01-01T00:00:00.000000Z"
    initial: dict[str, Scalar] = {}
    later = []
    for time, name, value in each.changes:
        if time == first and name not in initial:
            initial[name] = value
        else:
            later.append(({"ocel_time": time, "ocel_changed_field": name}, {name: value}))
    return [({"ocel_time": first, "ocel_changed_field": None}, initial), *later]


@define
class _Tables:
    """The tables of all types of events, or of objects: made when a type is met, widened when an attribute is."""

    connection: sqlite3.Connection
    what: str  # "event" | "object"
    _names: dict[str, str] = field(factory=dict, init=False)  # type -> table
    _columns: dict[str, set[str]] = field(factory=dict, init=False)  # table -> attributes

    def add(self, ident: str, kind: str) -> None:
        if kind not in self._names:
            self._names[kind] = self._make(kind)
        self.connection.execute(f"INSERT INTO {self.what} VALUES (?, ?)", (ident, kind))

    def tell(self, ident: str, kind: str, fixed: Mapping[str, str | None], said: Mapping[str, Scalar]) -> None:
        table = self._names[kind]
        for name in said.keys() - self._columns[table]:
            self.connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {_COLUMN[_type(said[name])]}')
            self._columns[table].add(name)
        row = {"ocel_id": ident, **fixed, **said}
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', tuple(row.values()))

    def _make(self, kind: str) -> str:
        """The table of a type; its name has letters, digits and underscores only, and no other type has it."""
        mapped = re.sub(r"\W", "_", kind)
        while f"{self.what}_{mapped}" in self._names.values():
            mapped += "_"
        table = f"{self.what}_{mapped}"
        key, changed = (" PRIMARY KEY", "") if self.what == "event" else ("", ", ocel_changed_field TEXT")
        self.connection.execute(f"INSERT INTO {self.what}_map_type VALUES (?, ?)", (kind, mapped))
        refers = f"REFERENCES {self.what} (ocel_id)"
        self.connection.execute(f'CREATE TABLE "{table}" (ocel_id TEXT{key} {refers}, ocel_time TIMESTAMP{changed})')
        self._columns[table] = set()
        return table

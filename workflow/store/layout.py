"""Where a record's field values lie in a line: the columns f1, f2, ... in order of declaration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from workflow.canonical import canonical
from workflow.definition.model import Field, RecordKind, Value
from workflow.errors import Misuse
from workflow.store.tables import SLOTS
from workflow.texts import Text

Cell = str | int | float | None

_LINE_COLUMNS = 'kind, branch, member, seq, line, happened, recorded, "by", live'


def slots(kind: RecordKind) -> dict[str, int]:
    """Field id -> number of its column, from 1. Raises `Misuse` for a kind with more fields than a line has columns."""
    if len(kind.fields) > SLOTS:
        raise Misuse(
            Text.of(
                f"record {kind.id} has {len(kind.fields)} fields, at most {SLOTS} can be kept: split it into two records",
                f"记录 {kind.id} 有 {len(kind.fields)} 个字段，最多可存 {SLOTS} 个：请拆成两种记录",
            ),
            code="too-many-fields",
        )
    return {field: slot for slot, field in enumerate(kind.fields, 1)}


def encode(field: Field, value: Any) -> Cell:
    """A field's value as its column holds it: true as 1, a date as ISO text, a set of options as sorted JSON, missing as NULL."""
    if value is None:
        return None
    if field.many:
        return canonical(sorted(value))
    if field.type == "boolean":
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def decode(field: Field, cell: Cell) -> Value | None:
    """What `encode` was given; a set of options comes back as a sorted tuple."""
    if cell is None:
        return None
    if field.many:
        options: Iterable[str] = json.loads(str(cell))
        return tuple(options)
    if field.type == "boolean":
        return bool(cell)
    return date.fromisoformat(str(cell)) if field.type == "date" else cell


@frozen
class LineWriter:
    """How the lines of one record kind are written: `insert` takes what `row` gives."""

    kind: RecordKind
    insert: str

    @classmethod
    def of(cls, kind: RecordKind) -> LineWriter:
        columns = _LINE_COLUMNS + "".join(f", f{slot}" for slot in slots(kind).values())
        marks = ", ".join("?" * (columns.count(",") + 1))
        return cls(kind, f"INSERT INTO workflow_line ({columns}) VALUES ({marks})")

    def row(self, place: tuple[str, str, int, int], said: tuple[str, str, str], live: int, values: Mapping[str, Any]) -> tuple[Cell, ...]:
        """A line at `place` (branch, member, seq, line), with when it happened, when and by whom it was `said`, and its fields."""
        cells = (encode(field, values.get(name)) for name, field in self.kind.fields.items())
        return (self.kind.id, *place, *said, live, *cells)

"""Where a record's field values lie in a line: the columns f1, f2, ... in order of declaration."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from workflow.canonical import canonical
from workflow.definition.model import Field, RecordKind, Value
from workflow.errors import Misuse
from workflow.store.tables import SLOTS
from workflow.texts import Text

Cell = str | int | float | None


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

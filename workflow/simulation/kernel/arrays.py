"""Rows and tallies as numpy arrays, for compiled code: a row becomes a record with the same names."""

from __future__ import annotations

from array import array
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from workflow.simulation.kernel.agenda import BEGINNING, SLOTS, AgendaRow, Arrays
from workflow.simulation.kernel.laws import LawRow
from workflow.simulation.kernel.tables import CauseRow, NodeRow, NodeTally, ServerRow, Tables, Tally, UnitRow, WayRow

_LINE = 64  # bytes of a line of a processor's cache
_TABLES = {"nodes": NodeRow, "ways": WayRow, "causes": CauseRow, "laws": LawRow}
_TALLY = {"units": UnitRow, "servers": ServerRow, "nodes": NodeTally}
_WHOLE = {"visits": np.int16, "taken": np.int64, "failed": np.int64, "open_days": np.int64, "week": np.int64}

# Compiled code takes no objects of our classes: here the same fields are named tuples.
TablesOfArrays: Any = namedtuple("TablesOfArrays", [each.name for each in attrs.fields(Tables)])  # type: ignore[misc]
TallyOfArrays: Any = namedtuple("TallyOfArrays", [each.name for each in attrs.fields(Tally)])  # type: ignore[misc]


def tables_in_arrays(tables: Tables) -> Any:
    return TablesOfArrays(*(_array(each.name, getattr(tables, each.name), _TABLES) for each in attrs.fields(Tables)))


def tally_in_arrays(tally: Tally) -> Any:
    return TallyOfArrays(*(_array(each.name, getattr(tally, each.name), _TALLY) for each in attrs.fields(Tally)))


def copied(tally: Any) -> Any:
    """As it is, for a run to change."""
    return TallyOfArrays(*(_copied(each) for each in tally))


def agenda_in_arrays(tally: Any) -> Arrays:
    """Room for one event of each unit and, besides, one place that comes free with it. Four children lie in one line of the cache."""
    row, units = _record(AgendaRow), len(tally.units)
    return Arrays(
        heap=_aligned(units + 1, row, shift=_LINE - row.itemsize),
        rows=_aligned(units, row),
        slots=np.full(SLOTS, -1, np.int32),
        ring=np.zeros(1 << (2 * units + 1).bit_length(), np.int32),
        numbers=np.array(BEGINNING),
        now=np.zeros(1),
        units=tally.units,
        visits=tally.visits,
    )


def from_arrays(rows: NDArray[Any], name: str, code: str) -> array[Any]:
    """Of a tally in arrays."""
    made = array(code)
    made.frombytes((rows[name] if name else rows).tobytes())
    return made


def _array(name: str, values: Any, rows: dict[str, type]) -> Any:
    if isinstance(values, int):
        return values
    return records(values, rows[name]) if name in rows else np.array(values, _WHOLE.get(name, np.float64))


def _record(row: type) -> np.dtype[Any]:
    """The fields of a row in their order: 64 bits for a number, 32 for a whole one."""
    return np.dtype([(each.name, np.float64 if each.type == "float" else np.int32) for each in attrs.fields(row)], align=True)


def records(rows: Sequence[Any], row: type) -> NDArray[Any]:
    """Rows as one array."""
    made = _aligned(len(rows), _record(row))
    for each in attrs.fields(row):
        made[each.name] = [getattr(one, each.name) for one in rows]
    return made


def _aligned(count: int, record: np.dtype[Any], shift: int = 0) -> NDArray[Any]:
    """Zeros; what comes after the first `shift` bytes begins a line of the cache."""
    space = np.zeros(count * record.itemsize + 2 * _LINE, np.uint8)
    first = -(space.ctypes.data + shift) % _LINE
    return space[first : first + count * record.itemsize].view(record)


def _copied(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.names is None:
        return values.copy()
    made = _aligned(len(values), values.dtype)
    made.view(np.uint8)[:] = values.view(np.uint8)  # record by record it takes ten times as long
    return made

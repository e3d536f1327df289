"""Who waits for a server: a line, or by priority a pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986), linked through the units.

A unit waits in one queue at most, so two links in each unit are enough for any number of servers.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.simulation.kernel.jit import jitable
from workflow.simulation.kernel.tables import EARLIEST, FIRST_COME, SMALLEST, ServerRow, UnitRow


@jitable
def join(units: Sequence[UnitRow], server: ServerRow, index: int) -> None:
    """The unit waits at the server from now on."""
    unit = units[index]
    unit.next = -1
    if server.order != FIRST_COME:
        unit.key = unit.planned_end if server.order == EARLIEST else unit.size if server.order == SMALLEST else -unit.size
        unit.child = -1
        unit.order = server.joined
        server.head = _meld(units, server.head, index)
    elif server.length == 0:
        server.head = server.tail = index
    else:
        units[server.tail].next = index
        server.tail = index
    server.joined += 1
    server.length += 1


@jitable
def leave(units: Sequence[UnitRow], server: ServerRow) -> int:
    """Who is next; it waits no longer."""
    first = server.head
    server.head = units[first].next if server.order == FIRST_COME else _meld_all(units, units[first].child)
    server.length -= 1
    return first


@jitable
def _meld(units: Sequence[UnitRow], one: int, other: int) -> int:
    """Two heaps in one: the later root becomes the first child of the earlier."""
    if one < 0 or other < 0:
        return max(one, other)
    a, b = units[one], units[other]
    if b.key < a.key or (b.key == a.key and b.order < a.order):
        one, other = other, one
    units[other].next = units[one].child
    units[one].child = other
    return one


@jitable
def _meld_all(units: Sequence[UnitRow], child: int) -> int:
    """The children of a root that has gone: melded two by two from the left, then all with the last."""
    pairs = -1
    while child >= 0:
        other = units[child].next
        after = -1 if other < 0 else units[other].next
        pair = _meld(units, child, other)
        units[pair].next = pairs
        pairs, child = pair, after
    root = -1
    while pairs >= 0:
        after = units[pairs].next
        root = _meld(units, root, pairs)
        pairs = after
    return root

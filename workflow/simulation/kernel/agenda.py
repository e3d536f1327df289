"""What is scheduled: by time, and at one time in the order in which it was scheduled.

What is to happen at once needs no heap: it comes after all that was scheduled for this instant before. For the rest Python has a heap of
tuples. Compiled code has one for the next three hours only, and a list for each three to come: sorting few is quick, and the heap of a
nation would not lie in a processor's cache.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Any, NamedTuple

from attrs import define, field

from workflow.simulation.kernel.jit import compiled_as, jitable

NOTHING = -(2**31)  # no item is called so


@define
class Agenda:
    """Items, whole numbers, that are scheduled for later, and for the present time `now`."""

    later: list[tuple[float, int, int]] = field(factory=list)
    soon: deque[int] = field(factory=deque)
    now: float = 0.0
    scheduled: int = 0


def schedule(agenda: Agenda, time: float, item: int) -> None:
    """The time of the item is yet to come."""
    agenda.scheduled = order = agenda.scheduled + 1
    heappush(agenda.later, (time, order, item))


def at_once(agenda: Agenda, item: int) -> None:
    """The time of the item is now."""
    agenda.soon.append(item)


def idle(agenda: Agenda) -> bool:
    """Whether nothing more happens now: what is scheduled for now would be next."""
    return not agenda.soon and not (agenda.later and agenda.later[0][0] <= agenda.now)


def upcoming(agenda: Agenda) -> tuple[float, int]:
    """The next time and item, taken off; NOTHING where there is none."""
    later, soon = agenda.later, agenda.soon
    if soon and not (later and later[0][0] <= agenda.now):
        return agenda.now, soon.popleft()
    if not later:
        return agenda.now, NOTHING
    agenda.now, _, item = heappop(later)
    return agenda.now, item


@define
class AgendaRow:
    """A row of the compiled agenda: of the heap, or in the list of a slot to come."""

    time: float
    order: int
    item: int


_SIZE, _ORDER, _FIRST, _LAST, _NOW, _SEEN = range(6)
BEGINNING = (0, 0, 0, 0, -1, 0)  # no slot has begun
A_DAY, SLOTS = 8, 16_384  # slots of three hours for five years and a half; the last has all that is later


class Arrays(NamedTuple):
    """The agenda of compiled code."""

    heap: Any  # rows of this slot
    rows: Any  # by item: its row; the `item` in it is the next of the same slot
    slots: Any  # the first item of each, or -1
    ring: Any  # items that are to happen at once; as long as a power of two
    numbers: Any  # how many are in the heap, were scheduled, have left and entered the ring; this slot; no matter what
    now: Any
    units: Any  # the rows of the tally, by item
    visits: Any  # and its visits, as many for each


@compiled_as(schedule)
def schedule_in_arrays(agenda: Arrays, time: float, item: int) -> None:
    agenda.numbers[_ORDER] += 1
    slot = SLOTS - 1 if time * A_DAY >= SLOTS else int(time * A_DAY)
    row = agenda.rows[item]
    row.time = time
    row.order = agenda.numbers[_ORDER]
    if slot <= agenda.numbers[_NOW]:
        row.item = item
        _push(agenda, row)
    else:
        row.item = agenda.slots[slot]
        agenda.slots[slot] = item


@compiled_as(at_once)
def at_once_in_arrays(agenda: Arrays, item: int) -> None:
    agenda.ring[agenda.numbers[_LAST] & (len(agenda.ring) - 1)] = item
    agenda.numbers[_LAST] += 1


@compiled_as(idle)
def idle_in_arrays(agenda: Arrays) -> bool:
    return bool(agenda.numbers[_FIRST] == agenda.numbers[_LAST] and (agenda.numbers[_SIZE] == 0 or agenda.heap[0].time > agenda.now[0]))


@compiled_as(upcoming)
def upcoming_in_arrays(agenda: Arrays) -> tuple[float, int]:
    if agenda.numbers[_FIRST] < agenda.numbers[_LAST] and not (agenda.numbers[_SIZE] > 0 and agenda.heap[0].time <= agenda.now[0]):
        agenda.numbers[_FIRST] += 1
        return agenda.now[0], agenda.ring[(agenda.numbers[_FIRST] - 1) & (len(agenda.ring) - 1)]
    while agenda.numbers[_SIZE] == 0:
        if agenda.numbers[_NOW] == SLOTS - 1:
            return agenda.now[0], NOTHING
        agenda.numbers[_NOW] += 1
        _begin_slot(agenda)
    agenda.now[0] = agenda.heap[0].time
    return agenda.now[0], _pop(agenda)


@jitable
def _begin_slot(agenda: Arrays) -> None:
    """Everything of this slot into the heap.

    What its events will need is read once beforehand. A processor fetches many lines of memory at a time, while the events, one after
    the other, would each wait for their own: from 30,000 units on that is two fifths of the time.
    """
    first, seen = agenda.slots[agenda.numbers[_NOW]], 0
    item, nodes = first, len(agenda.visits) // max(1, len(agenda.units))
    while item >= 0:
        seen += agenda.units[item].where + agenda.visits[item * nodes]
        item = agenda.rows[item].item
    agenda.numbers[_SEEN] = seen  # so that the compiler does not leave it out
    item = first
    while item >= 0:
        row = agenda.rows[item]
        following = row.item
        row.item = item
        _push(agenda, row)
        item = following


@jitable
def _push(agenda: Arrays, row: AgendaRow) -> None:
    place = agenda.numbers[_SIZE]
    agenda.numbers[_SIZE] += 1
    while place > 0 and _earlier(row, agenda.heap[(place - 1) >> 2]):
        agenda.heap[place] = agenda.heap[(place - 1) >> 2]
        place = (place - 1) >> 2
    agenda.heap[place] = row


@jitable
def _pop(agenda: Arrays) -> int:
    item = agenda.heap[0].item
    agenda.numbers[_SIZE] -= 1
    size = agenda.numbers[_SIZE]
    place, child = 0, 1
    while child < size:
        best = child
        for other in range(child + 1, min(child + 4, size)):
            best = other if _earlier(agenda.heap[other], agenda.heap[best]) else best
        if not _earlier(agenda.heap[best], agenda.heap[size]):
            break
        agenda.heap[place] = agenda.heap[best]
        place, child = best, 4 * best + 1
    agenda.heap[place] = agenda.heap[size]
    return int(item)


@jitable
def _earlier(one: AgendaRow, other: AgendaRow) -> bool:
    """Without `and` and `or`: a processor would guess how they turn out, and half the time wrong."""
    return (one.time < other.time) | ((one.time == other.time) & (one.order < other.order))

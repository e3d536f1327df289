"""What is scheduled: by time, and at one time in the order in which it was scheduled.

What is to happen at once needs no heap: it comes after all that was scheduled for this instant before. Python has a heap of tuples
besides; compiled code has one in an array, with four children to a row, because they lie in one line of a processor's cache.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Any

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
    """A row of the compiled agenda's heap."""

    time: float
    order: int
    item: int


_SIZE, _ORDER, _FIRST, _LAST = range(4)
Arrays = tuple[Any, Any, Any, Any]  # the heap's rows; a ring of a power of two; its four numbers, as above; the present time


@compiled_as(schedule)
def schedule_in_arrays(agenda: Arrays, time: float, item: int) -> None:
    heap, _, numbers, _ = agenda
    place = numbers[_SIZE]
    numbers[_SIZE] += 1
    numbers[_ORDER] += 1
    while place > 0 and time < heap[(place - 1) >> 2].time:
        heap[place] = heap[(place - 1) >> 2]
        place = (place - 1) >> 2
    row = heap[place]
    row.time = time
    row.order = numbers[_ORDER]
    row.item = item


@compiled_as(at_once)
def at_once_in_arrays(agenda: Arrays, item: int) -> None:
    _, ring, numbers, _ = agenda
    ring[numbers[_LAST] & (len(ring) - 1)] = item
    numbers[_LAST] += 1


@compiled_as(upcoming)
def upcoming_in_arrays(agenda: Arrays) -> tuple[float, int]:
    heap, ring, numbers, now = agenda
    if numbers[_FIRST] < numbers[_LAST] and not (numbers[_SIZE] > 0 and heap[0].time <= now[0]):
        numbers[_FIRST] += 1
        return now[0], ring[(numbers[_FIRST] - 1) & (len(ring) - 1)]
    if numbers[_SIZE] == 0:
        return now[0], NOTHING
    now[0] = heap[0].time
    item = heap[0].item
    numbers[_SIZE] -= 1
    size = numbers[_SIZE]
    place, child = 0, 1
    while child < size:
        best = child
        for other in range(child + 1, min(child + 4, size)):
            best = other if earlier(heap[other], heap[best]) else best
        if not earlier(heap[best], heap[size]):
            break
        heap[place] = heap[best]
        place, child = best, 4 * best + 1
    heap[place] = heap[size]
    return now[0], item


@jitable
def earlier(one: AgendaRow, other: AgendaRow) -> bool:
    """Without `and` and `or`, which would be guessed, and guessed wrong half the time."""
    return (one.time < other.time) | ((one.time == other.time) & (one.order < other.order))

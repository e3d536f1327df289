"""What comes of one replication, as Python has numbers, whoever computed it."""

from __future__ import annotations

from array import array
from typing import Any

from attrs import frozen

from workflow.simulation.kernel.tables import Tables, Tally


@frozen(kw_only=True)
class Run:
    """One replication. Times are days from day 0; NaN where there was none. Tables of two sides are flat, row by row."""

    replication: int
    events: int
    finished: array[float]  # by unit: when
    waited: array[float]  # by unit: days in queues
    entered: array[float]  # unit x stage: when it first came to it
    visits: array[int]  # unit x node: how often it was there, what was before the beginning included
    stays: array[int]  # by node: how many are over
    node_waited: array[float]  # by node: days in its queue
    node_lasted: array[float]  # by node: the values drawn, added up, in the unit of the node
    served: array[int]  # by server: places given
    server_waited: array[float]  # by server: days in its queue
    longest_wait: array[float]  # by server: days
    longest_queue: array[int]  # by server: units
    queue_days: array[float]  # by server: the length of its queue over time, integrated
    busy: array[float]  # server x week: working days
    taken: array[int]  # by way and attempt, see `way_index`
    failed: array[int]  # by cause: how often units were held back
    lost: array[float]  # by cause: days until they were next at a node with causes, or finished

    def same(self, other: Run) -> bool:
        """Equal to the last bit. (`==` would not take NaN for NaN.)"""
        mine, its = ({name: getattr(run, name) for name in self.__slots__ if name != "__weakref__"} for run in (self, other))
        return all(value == its[name] if isinstance(value, int) else value.tobytes() == its[name].tobytes() for name, value in mine.items())


def way_index(tables: Tables, node: int, attempt: int, way: int) -> int:
    """Where `Run.taken` has a way of a node; `attempt` from 0, the last that has shares of its own stands for all after it."""
    row = tables.nodes[node]
    return row.first + min(attempt, row.attempts - 1) * row.width + way


def result(replication: int, events: int, tally: Tally, read: Any) -> Run:
    """`read(rows, name, code)` has the numbers of one name in rows, or, without a name, the numbers as they are."""
    return Run(
        replication=replication,
        events=events,
        finished=read(tally.units, "finished", "d"),
        waited=read(tally.units, "waited", "d"),
        entered=read(tally.entered, "", "d"),
        visits=read(tally.visits, "", "h"),
        stays=read(tally.nodes, "visits", "i"),
        node_waited=read(tally.nodes, "waited", "d"),
        node_lasted=read(tally.nodes, "lasted", "d"),
        served=read(tally.servers, "served", "i"),
        server_waited=read(tally.servers, "waited", "d"),
        longest_wait=read(tally.servers, "longest_wait", "d"),
        longest_queue=read(tally.servers, "longest", "i"),
        queue_days=read(tally.servers, "area", "d"),
        busy=read(tally.busy, "", "d"),
        taken=read(tally.taken, "", "q"),
        failed=read(tally.failed, "", "q"),
        lost=read(tally.lost, "", "d"),
    )


def from_rows(rows: Any, name: str, code: str) -> array[Any]:
    """Of Python's own tallies."""
    return array(code, [getattr(row, name) for row in rows] if name else rows)

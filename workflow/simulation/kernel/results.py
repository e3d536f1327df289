"""What comes of one replication, as Python has numbers, whoever computed it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from attrs import astuple, frozen

from workflow.simulation.kernel.tables import Tables


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
    lost: array[float]  # by cause: days until that node decided anew, or they failed elsewhere, or finished

    def same(self, other: Run) -> bool:
        """Equal to the last bit. (`==` does not take NaN for NaN.)"""
        return all(_bits(mine) == _bits(its) for mine, its in zip(astuple(self, recurse=False), astuple(other, recurse=False), strict=True))


def _bits(value: int | array[Any]) -> int | bytes:
    return value if isinstance(value, int) else value.tobytes()


def way_index(tables: Tables, node: int, attempt: int, way: int) -> int:
    """Where `Run.taken` has a way of a node; `attempt` from 0, the last that has shares of its own stands for all after it."""
    row = tables.nodes[node]
    return row.first + min(attempt, row.attempts - 1) * row.width + way


def result(replication: int, events: int, tally: Any, read: Callable[[Any, str, str], array[Any]]) -> Run:
    """Out of a `Tally`, or one in arrays. `read(rows, name, code)` has the numbers of one name in rows, or as they are without a name."""
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

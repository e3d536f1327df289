"""The network as the event loop reads it: one row for each thing. Python has objects, compiled code records of an array."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from attrs import define

from workflow.simulation.kernel.laws import LawRow

FIRST_COME, SMALLEST, LARGEST, EARLIEST = range(4)
ORDERS = {"first_come": FIRST_COME, "smallest": SMALLEST, "largest": LARGEST, "earliest_planned_end": EARLIEST}
NO_EFFECT, EXTEND, BEGIN = range(3)
EFFECTS = {"none": NO_EFFECT, "extend": EXTEND, "begin": BEGIN}


@define
class NodeRow:
    """Ways out stand in `Tables.ways` from `first` on: `width` for each of `attempts` attempts. A `law` is an index; -1 is none."""

    law: int
    working: int  # 1: counted in working days
    until_planned_end: int
    server: int
    by_group: int  # the server is `server` + this x the unit's group
    focus: int
    first: int
    width: int
    attempts: int
    first_cause: int
    causes: int
    stage: int


@define
class WayRow:
    """`upto`: the shares up to and with this one."""

    upto: float
    to: int
    effect: int
    law: int
    working: int
    fails: int


@define
class CauseRow:
    upto: float
    cause: int


@define
class UnitRow:
    """Where a unit stands, what came of it so far, and what is known of it beforehand.

    `next` and `child` link it with others in the queue it waits in, if any. `begun`: 1 if `elapsed` and `passed` hold for this stay.
    Compiled, a row fills two lines of a processor's cache; what every event needs stands in the first.
    """

    where: int
    group: int = 0
    focus: int = 0
    begun: int = 0
    phase: int = 0
    stage: int = -1
    cause: int = -1
    next: int = -1
    planned_end: float = 0.0
    since: float = 0.0  # when it came to the queue
    waited: float = 0.0  # days in queues
    finished: float = nan
    start: float = 0.0
    size: float = 0.0
    elapsed: float = 0.0
    passed: float = 0.0
    held: float = 0.0  # when it was held back
    key: float = 0.0
    child: int = -1
    order: int = 0
    held_at: int = -1


@define
class ServerRow:
    """`free` places, and who waits: `length` units linked from `head`. Then what a run tells of it, in days from arrival to place."""

    free: int
    order: int
    head: int = -1
    tail: int = -1
    length: int = 0
    joined: int = 0
    longest: int = 0
    served: int = 0
    waited: float = 0.0
    longest_wait: float = 0.0
    area: float = 0.0  # days x units waiting, added up
    changed: float = 0.0  # when `length` last changed


@define
class NodeTally:
    """`waited`: days in the queue; `lasted`: the values drawn, in the unit of the node."""

    visits: int = 0
    waited: float = 0.0
    lasted: float = 0.0


@define(kw_only=True)
class Tables:
    """What holds for every replication."""

    nodes: Sequence[NodeRow]
    ways: Sequence[WayRow]
    causes: Sequence[CauseRow]
    laws: Sequence[LawRow]
    values: Sequence[float]  # of empirical laws
    opened: Sequence[float]  # by day: 1 or 0
    worked: Sequence[float]  # by day, and one more: open days before it
    open_days: Sequence[int]
    week: Sequence[int]  # by day
    week_ends: Sequence[float]  # by week: open days up to its end
    always_open: int
    days: int  # as many as `opened` has
    stages: int


@define(kw_only=True)
class Tally:
    """One replication: where everything stands, and at the end what came out. Times are NaN where there was none."""

    units: Sequence[UnitRow]
    servers: Sequence[ServerRow]
    nodes: Sequence[NodeTally]
    visits: list[int]  # unit x node: how often it has been there
    entered: list[float]  # unit x stage: when it first came to it
    busy: list[float]  # server x week: working days
    taken: list[int]  # by row of `Tables.ways`
    failed: list[int]  # by cause: how often units were held back
    lost: list[float]  # by cause: days until it was decided anew

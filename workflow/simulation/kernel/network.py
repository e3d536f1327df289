"""What the kernel simulates: units that go from node to node, wait for servers and go on by chance. No word of campaigns here.

Time is in days from day 0, 00:00 local; a day is open or closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from workflow.simulation.plan.model import NO_TIME, Distribution, Order, Unit

END = -1  # where a unit has finished
Effect = Literal["none", "extend", "begin"]


@frozen(kw_only=True)
class Way:
    """A way out of a node: to the node `to`, or END; `shares` by attempt (the last holds on), those of a node make 1 at each attempt.

    Effect `extend` puts the planned end off by a draw from `days`; `begin` sets it to now and a draw from `days` (a stage begins, or
    begins anew), counted in `unit`. `fails`: the unit was held back here, for one of the node's causes.
    """

    to: int
    shares: tuple[float, ...] = (1.0,)
    effect: Effect = "none"
    days: Distribution = NO_TIME
    unit: Unit = "days"
    fails: bool = False


@frozen(kw_only=True)
class Node:
    """A unit stays for `takes`; or until its planned end and `takes`, where that is still to come.

    With a `server` it waits for a place there first: that of the index `server`, and `each_group`, `server` + the unit's group. Servers
    work on open days only: what has a server takes working days, whatever `unit` says. Units with focus take `focus` longer.
    `causes`: shares by cause (they make 1) of why a unit that fails here fails.
    """

    takes: Distribution
    unit: Unit = "days"
    until_planned_end: bool = False
    server: int = -1
    each_group: bool = False
    focus: Distribution | None = None
    ways: tuple[Way, ...]
    causes: tuple[tuple[int, float], ...] = ()
    stage: int = -1


@frozen(kw_only=True)
class Server:
    """So many places, given to those who wait in this order; among equals, first come first served."""

    places: int
    order: Order = "first_come"


@frozen(kw_only=True)
class Traveller:
    """A unit: the node it comes to first and when (a day, from 0 on).

    Of one that is there already: `elapsed`, how much of its first stay is over, in the unit of the node; `passed`, the share of the law
    that lies below that (`share_below`); `attempts`, how often it has been at a node before (by node).
    """

    node: int
    start: float = 0.0
    group: int = 0
    size: float = 0.0
    planned_end: float = 0.0
    focus: bool = False
    elapsed: float = 0.0
    passed: float = 0.0
    attempts: tuple[tuple[int, int], ...] = ()


@frozen(kw_only=True)
class Network:
    """`open_days` has True or False for each day from day 0 on; before and after every day is open. `weeks` has the index of the week
    each of these days lies in, for the use of servers (no weeks: everything in one)."""

    nodes: Sequence[Node]
    units: Sequence[Traveller]
    servers: Sequence[Server] = ()
    stages: int = 0
    causes: int = 0
    open_days: Sequence[bool] = ()
    weeks: Sequence[int] = field(default=())

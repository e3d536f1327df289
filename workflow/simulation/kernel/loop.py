"""The event loop: one function for Python and for numba.

Events happen by time, and at one time in the order in which they were scheduled. A unit that is given a place begins its stay by an
event of its own, and a place that comes free while others wait is given away by one: so units that come at the same instant compete by
the order of the server. (SimPy does the same, and finishes every unit at the same time.)
"""

from __future__ import annotations

from workflow.simulation.kernel import queues
from workflow.simulation.kernel.agenda import NOTHING, Agenda, at_once, idle, schedule, upcoming
from workflow.simulation.kernel.chances import affect, get_over, hold, lasting
from workflow.simulation.kernel.days import occupy, opening, when_worked, worked
from workflow.simulation.kernel.draws import CAUSE, DAYS, MOST_VISITS, WAY, Draws, uniform
from workflow.simulation.kernel.jit import jitable
from workflow.simulation.kernel.tables import NO_EFFECT, NodeRow, ServerRow, Tables, Tally, UnitRow

COMING, PLACED, STAYING, FINISHED, ASTRAY = range(5)  # a unit's next event: it comes, it has a place, its stay is over; then none


@jitable
def run(tables: Tables, tally: Tally, draws: Draws, agenda: Agenda) -> tuple[int, int]:
    """Let every unit go its way to the end. The number of events; and a unit that found none in `MOST_VISITS` visits to a node, or -1."""
    units, events = tally.units, 0
    for index in range(len(units)):
        schedule(agenda, units[index].start, index)
    while True:
        now, item = upcoming(agenda)
        if item == NOTHING:
            return events, -1
        events += 1
        if item < 0:
            give(tally, tally.servers[~item], now, agenda)
            continue
        unit = units[item]
        if unit.phase == STAYING:
            go_on(tables, tally, draws, item, unit, now, agenda)
            if unit.phase == FINISHED:
                continue
            if unit.phase == ASTRAY:
                return events, item
        if unit.phase == COMING and not come(tables, tally, item, unit, now, agenda):
            continue
        until = stay(tables, tally, draws, item, unit, now)
        if until > now:
            schedule(agenda, until, item)
        else:
            at_once(agenda, item)


@jitable
def come(tables: Tables, tally: Tally, index: int, unit: UnitRow, now: float, agenda: Agenda) -> bool:
    """The unit comes to a node. Whether it can stay there without being given a place first."""
    row = tables.nodes[unit.where]
    if row.stage != unit.stage:
        enter(tables, tally, index, unit, row.stage, now)
    if row.server < 0:
        return True
    server = tally.servers[row.server + row.by_group * unit.group]
    if server.free > 0 and server.length == 0:
        server.free -= 1
        server.served += 1
        unit.phase = PLACED
        if idle(agenda):
            return True
        at_once(agenda, index)
        return False
    unit.since = now
    count(server, now)
    queues.join(tally.units, server, index)
    server.longest = max(server.longest, server.length)
    give(tally, server, now, agenda)
    return False


@jitable
def enter(tables: Tables, tally: Tally, index: int, unit: UnitRow, stage: int, now: float) -> None:
    """The unit comes to a stage, perhaps not for the first time."""
    unit.stage = stage
    place = index * tables.stages + stage
    if stage >= 0 and tally.entered[place] != tally.entered[place]:
        tally.entered[place] = now


@jitable
def give(tally: Tally, server: ServerRow, now: float, agenda: Agenda) -> None:
    """A free place, if there is one, to the first of those who wait, if any."""
    if server.free == 0 or server.length == 0:
        return
    count(server, now)
    index = queues.leave(tally.units, server)
    unit = tally.units[index]
    wait = now - unit.since
    server.free -= 1
    server.served += 1
    server.waited += wait
    server.longest_wait = max(server.longest_wait, wait)
    unit.waited += wait
    tally.nodes[unit.where].waited += wait
    unit.phase = PLACED
    at_once(agenda, index)


@jitable
def count(server: ServerRow, now: float) -> None:
    """The queue is about to change."""
    server.area += server.length * (now - server.changed)
    server.changed = now


@jitable
def stay(tables: Tables, tally: Tally, draws: Draws, index: int, unit: UnitRow, now: float) -> float:
    """The unit begins its stay. Until when."""
    unit.phase = STAYING
    row = tables.nodes[unit.where]
    days = lasting(tables, tally, draws, index, unit, row)
    tally.nodes[unit.where].lasted += days
    if row.server >= 0:
        return serve(tables, tally, unit, row, now, days)
    since = unit.planned_end if row.until_planned_end else now
    until = when_worked(tables, worked(tables, since) + days) if row.working else since + days
    return until if until > now else now


@jitable
def serve(tables: Tables, tally: Tally, unit: UnitRow, row: NodeRow, now: float, days: float) -> float:
    """The same at a server, which works on open days only: what takes no time still waits for the morning."""
    done = worked(tables, now)
    last = done + days
    if row.until_planned_end:
        last = max(done, worked(tables, unit.planned_end) + days)
    occupy(tables, tally.busy, row.server + row.by_group * unit.group, now, done, last)
    return when_worked(tables, last) if last > done else opening(tables, now)


@jitable
def go_on(tables: Tables, tally: Tally, draws: Draws, index: int, unit: UnitRow, now: float, agenda: Agenda) -> None:
    """The stay is over: the unit leaves its place and finds its way on."""
    node = unit.where
    row = tables.nodes[node]
    leave(tally, unit, row, agenda)
    visit = been(tables, tally, index, node)
    number = node << 15 | visit << 3
    chosen = choose(tables, draws, index, row, visit, number)
    tally.taken[chosen] += 1
    way = tables.ways[chosen]
    if way.effect != NO_EFFECT:
        affect(tables, draws, index, unit, way, number | DAYS, now)
    if unit.cause >= 0 and (unit.held_at == node or way.fails or way.to < 0):
        get_over(tally, unit, now)
    if way.fails and row.causes > 0:
        hold(tables, tally, draws, index, unit, row, number | CAUSE, now)
    if visit >= MOST_VISITS:
        unit.phase = ASTRAY
        return
    unit.where = way.to
    unit.phase = COMING
    if way.to < 0:
        unit.phase = FINISHED
        unit.finished = now


@jitable
def leave(tally: Tally, unit: UnitRow, row: NodeRow, agenda: Agenda) -> None:
    """The unit's place, if it had one, is free."""
    tally.nodes[unit.where].visits += 1
    if row.server >= 0:
        which = row.server + row.by_group * unit.group
        server = tally.servers[which]
        server.free += 1
        if server.length > 0:
            at_once(agenda, ~which)


@jitable
def been(tables: Tables, tally: Tally, index: int, node: int) -> int:
    """How often the unit had been at the node before this visit, which is over now."""
    place = index * len(tables.nodes) + node
    visit = tally.visits[place]
    tally.visits[place] = visit + 1
    return visit


@jitable
def choose(tables: Tables, draws: Draws, index: int, row: NodeRow, visit: int, number: int) -> int:
    """The way on, a row of `Tables.ways`, by the draw of this visit."""
    chosen = row.first + (visit if visit < row.attempts else row.attempts - 1) * row.width
    if row.width > 1:
        u = uniform(draws, index, number | WAY)
        while u >= tables.ways[chosen].upto:
            chosen += 1
    return chosen

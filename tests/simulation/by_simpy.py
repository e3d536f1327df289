"""The same network as a SimPy program, fed the same draws: what the kernel is held against."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL, Event

from workflow.simulation.kernel import Network, Traveller
from workflow.simulation.kernel.building import tables
from workflow.simulation.kernel.days import opening, when_worked, worked
from workflow.simulation.kernel.draws import DAYS, FOCUS, STAY, WAY
from workflow.simulation.kernel.laws import value
from workflow.simulation.kernel.tables import BEGIN, EXTEND, Tables
from workflow.simulation.kernel.threefry import one

_KEYS = {
    "smallest": lambda unit, _: unit.size,
    "largest": lambda unit, _: -unit.size,
    "earliest_planned_end": lambda _, planned_end: planned_end,
}


class At(Event):
    """SimPy's Timeout for a time instead of a delay: now + (time - now) is not always the time."""

    def __init__(self, env: simpy.Environment, time: float) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        heappush(env._queue, (time, NORMAL, next(env._eid), self))


def finishing_times(network: Network, seed: int, replication: int = 0) -> list[float]:
    """When each unit finishes."""
    env = simpy.Environment()
    world = _World(network, tables(network), seed, replication, env)
    for index, unit in enumerate(network.units):
        env.process(world.life(index, unit))
    env.run()
    return world.finished


class _World:
    def __init__(self, network: Network, rows: Tables, seed: int, replication: int, env: simpy.Environment) -> None:
        self.network, self.rows, self.env, self.key = network, rows, env, (seed, replication)
        self.finished = [float("nan")] * len(network.units)
        self.servers = [
            simpy.Resource(env, server.places) if server.order == "first_come" else simpy.PriorityResource(env, server.places)
            for server in network.servers
        ]

    def life(self, index: int, unit: Traveller) -> Iterator[Event]:
        env, node, planned_end, visits = self.env, unit.node, unit.planned_end, dict(unit.attempts)
        first = True
        yield At(env, unit.start)
        while node >= 0:
            about, number = self.network.nodes[node], node << 15 | visits.get(node, 0) << 3
            if about.server < 0:
                days = self._lasting(index, unit, node, number, first)
                yield At(env, self._until(node, days, planned_end))
            else:
                which = about.server + unit.group * about.each_group
                with self._request(which, unit, planned_end) as place:
                    yield place
                    days = self._lasting(index, unit, node, number, first)
                    yield At(env, self._until(node, days, planned_end))
            first = False
            way = self._way(index, node, visits.get(node, 0), number)
            visits[node] = visits.get(node, 0) + 1
            if way.effect in (EXTEND, BEGIN):
                days = self._value(way.law, index, number | DAYS)
                since = planned_end if way.effect == EXTEND else env.now
                planned_end = when_worked(self.rows, worked(self.rows, since) + days) if way.working else since + days
            node = way.to
        self.finished[index] = env.now

    def _request(self, which: int, unit: Traveller, planned_end: float) -> Any:
        order = self.network.servers[which].order
        return self.servers[which].request(*(() if order == "first_come" else (_KEYS[order](unit, planned_end),)))

    def _value(self, law: int, index: int, number: int, passed: float = 0.0) -> float:
        u = one(*self.key, index, number)
        return value(self.rows.laws[law], self.rows.values, min(passed + u * (1.0 - passed), 1.0 - 2.0**-53))

    def _lasting(self, index: int, unit: Traveller, node: int, number: int, first: bool) -> float:
        row = self.rows.nodes[node]
        days = self._value(row.law, index, number | STAY, unit.passed if first else 0.0)
        if first:
            days = days - unit.elapsed if row.until_planned_end else max(0.0, days - unit.elapsed)
        if unit.focus and row.focus >= 0:
            days += self._value(row.focus, index, number | FOCUS)
        return days

    def _until(self, node: int, days: float, planned_end: float) -> float:
        now, about, rows = self.env.now, self.network.nodes[node], self.rows
        since = planned_end if about.until_planned_end else now
        if about.server < 0:
            until = when_worked(rows, worked(rows, since) + days) if about.unit == "working_days" else since + days
            return max(now, until)
        last = worked(rows, since) + days
        return when_worked(rows, last) if last > worked(rows, now) else opening(rows, now)

    def _way(self, index: int, node: int, visit: int, number: int) -> Any:
        row = self.rows.nodes[node]
        first = row.first + min(visit, row.attempts - 1) * row.width
        u = one(*self.key, index, number | WAY)
        return next(way for way in self.rows.ways[first : first + row.width] if u < way.upto)

"""The district of `simulation` as a SimPy program, written for this district alone: when each unit finishes, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappush

import simpy
from simpy.events import NORMAL, Event

from workflow.simulation.kernel import Network, Traveller
from workflow.simulation.kernel.building import tables
from workflow.simulation.kernel.days import opening, when_worked, worked
from workflow.simulation.kernel.draws import WAY, Draws
from workflow.simulation.kernel.laws import value


class At(Event):
    """SimPy's Timeout, for a time instead of a delay: now + (time - now) is not always the time."""

    def __init__(self, env: simpy.Environment, time: float) -> None:
        self.env, self.callbacks, self._value, self._ok = env, [], None, True
        heappush(env._queue, (time, NORMAL, next(env._eid), self))


class Program:
    """A network made ready. `draws` are made as they are asked for: a first run makes them, and the next is given them."""

    def __init__(self, network: Network) -> None:
        self.network, self.rows = network, tables(network)

    def draws(self, seed: int, replication: int) -> Draws:
        made = Draws(seed, replication, len(self.network.units))
        self.run(made)
        return made

    def run(self, draws: Draws) -> list[float]:
        env = simpy.Environment()
        servers = [simpy.Resource(env, server.places) for server in self.network.servers]
        finished = [0.0] * len(self.network.units)
        for index, unit in enumerate(self.network.units):
            env.process(self._life(env, servers, draws, finished, index, unit))
        env.run()
        return finished

    def _life(
        self, env: simpy.Environment, servers: list[simpy.Resource], draws: Draws, finished: list[float], index: int, unit: Traveller
    ) -> Iterator[Event]:
        rows, node = self.rows, unit.node
        visits: dict[int, int] = {}
        yield At(env, unit.start)
        while node >= 0:
            row, visit = rows.nodes[node], visits.get(node, 0)
            number = node << 15 | visit << 3
            days = value(rows.laws[row.law], rows.values, draws[number][index])
            if row.server < 0:
                yield At(env, env.now + days)
            else:
                with servers[row.server + row.by_group * unit.group].request() as place:
                    yield place
                    yield At(env, when_worked(rows, worked(rows, env.now) + days) if days > 0 else opening(rows, env.now))
            way = row.first + min(visit, row.attempts - 1) * row.width
            if row.width > 1:
                u = draws[number | WAY][index]
                while u >= rows.ways[way].upto:
                    way += 1
            visits[node] = visit + 1
            node = rows.ways[way].to
        finished[index] = env.now

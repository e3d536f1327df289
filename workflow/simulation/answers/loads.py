"""How busy the servers were, week by week, and who waited for them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count
from math import ceil
from operator import add, mul

from attrs import define, field

from workflow.simulation.answers.model import Queue, ServerUse, Week
from workflow.simulation.answers.statistics import Samples, mean, quantile, samples, share_of
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import Run

_ROUNDING = 1e-9
_CELL = 128  # more than the per cents there are


@define
class Loads:
    """`busy` are days of work by server and week, over all replications. `used` counts how often which per cent of its time a server was
    used in a week: cell x _CELL + per cent, those never used left out. The samples are by server."""

    compiled: Compiled
    open_days: list[int]  # by week
    per_cent: list[float]  # by server and week: what a day of work is of its time
    busy: list[float]
    served: list[Samples]
    wait: list[Samples]
    longest: list[Samples]
    longest_wait: list[Samples]
    used: Counter[int] = field(factory=Counter)

    @classmethod
    def of(cls, compiled: Compiled) -> Loads:
        network = compiled.network
        days = [0] * (max(network.weeks, default=0) + 1)
        for week, is_open in zip(network.weeks, network.open_days, strict=True):
            days[week] += is_open
        per_cent = [100.0 / (server.places * there) if there else 0.0 for server in network.servers for there in days]
        n = len(network.servers)
        return cls(
            compiled=compiled, open_days=days, per_cent=per_cent, busy=[0.0] * len(per_cent),
            served=samples(n), wait=samples(n), longest=samples(n), longest_wait=samples(n),
        )  # fmt: skip

    def add(self, run: Run) -> None:
        self.busy = list(map(add, self.busy, run.busy))
        shares = map(mul, run.busy, self.per_cent)
        self.used.update([cell + ceil(share - _ROUNDING) for cell, share in zip(count(0, _CELL), shares) if share > 0.0])
        for server in range(len(self.compiled.servers)):
            served = run.served[server]
            self.served[server].append(served)
            self.wait[server].append(run.server_waited[server] / served if served else 0.0)
            self.longest[server].append(run.longest_queue[server])
            self.longest_wait[server].append(run.longest_wait[server])

    def work(self, server: int) -> float:
        """Days of work of a server, over all replications."""
        weeks = len(self.open_days)
        return sum(self.busy[server * weeks : (server + 1) * weeks])

    # -- what comes of it ------------------------------------------------------------------------------------------

    def servers(self, replications: int) -> tuple[ServerUse, ...]:
        return tuple(
            ServerUse(
                capacity=capacity,
                group=group,
                places=self.compiled.network.servers[server].places,
                served=mean(self.served[server]),
                takes=self._takes(server),
                weeks=self._weeks(server, replications),
            )
            for server, (capacity, group) in enumerate(self.compiled.servers)
        )

    def _takes(self, server: int) -> float | None:
        """The days one piece of work takes, if that never differs."""
        groups = len(self.compiled.groups)
        ours = [
            node
            for node in self.compiled.network.nodes
            if node.server >= 0 and node.server <= server < node.server + (groups if node.each_group else 1)
        ]
        found = {node.takes.parameters[0] if node.takes.kind == "constant" and node.focus is None else None for node in ours}
        return found.pop() if len(found) == 1 else None

    def _weeks(self, server: int, replications: int) -> tuple[Week, ...]:
        first = server * len(self.open_days)
        used = [week for week in range(len(self.open_days)) if self.busy[first + week] > 0.0]
        return tuple(self._week(server, week, replications) for week in range(used[0], used[-1] + 1)) if used else ()

    def _week(self, server: int, week: int, replications: int) -> Week:
        cell = server * len(self.open_days) + week
        there = float(self.compiled.network.servers[server].places * self.open_days[week])
        busy = self.busy[cell] / replications
        return Week(
            starts=self.compiled.starts - timedelta(days=self.compiled.starts.weekday() - 7 * week),
            open=there,
            busy=busy,
            mean=busy / there if there else 0.0,
            p95=self._percent(cell, replications) / 100,
        )

    def _percent(self, cell: int, replications: int) -> int:
        """The per cent that 95 of 100 replications do not exceed."""
        left = replications - share_of(0.95, replications)  # so many may lie above
        for percent in range(100, 0, -1):
            left -= self.used.get(cell * _CELL + percent, 0)  # `[]` of a Counter is slow where nothing is
            if left < 0:
                return percent
        return 0

    def queues(self) -> tuple[Queue, ...]:
        """The longest first."""
        found = []
        for server, (capacity, group) in enumerate(self.compiled.servers):
            longest, waits = sorted(self.longest[server]), sorted(self.longest_wait[server])
            found.append(
                Queue(
                    capacity=capacity, group=group, wait=mean(self.wait[server]),
                    longest_p50=quantile(longest, 0.5), longest_p95=quantile(longest, 0.95),
                    longest_wait_p50=quantile(waits, 0.5), longest_wait_p95=quantile(waits, 0.95),
                )
            )  # fmt: skip
        return tuple(sorted(found, key=lambda queue: (-queue.longest_p95, -queue.wait.value, queue.capacity, queue.group or "")))

"""What befalls each branch: collected as one number a branch, however many replications there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from operator import add, gt

from attrs import define, field

from workflow.simulation.answers.model import GroupDelay, Risk
from workflow.simulation.answers.statistics import chance
from workflow.simulation.answers.times import limit
from workflow.simulation.compiling import Branch, Compiled
from workflow.simulation.kernel import Run


@define
class Branchwise:
    """By branch, over all replications: how often it was late, when it finished, days it waited, visits to states off the straight
    course (`detours` are their nodes)."""

    compiled: Compiled
    detours: Sequence[int]
    limits: list[float]
    late: list[int]
    finished: list[float]
    waited: list[float]
    set_back: list[int]
    replications: int = field(default=0)

    @classmethod
    def of(cls, compiled: Compiled, detours: Sequence[int]) -> Branchwise:
        n = len(compiled.branches)
        last = {batch.id: inf if batch.by is None else limit(compiled, batch.by) for batch in compiled.plan.batches.values()}
        limits = [last[branch.batch] for branch in compiled.branches]
        return cls(compiled, detours, limits, [0] * n, [0.0] * n, [0.0] * n, [0] * n)

    def add(self, run: Run) -> None:
        self.replications += 1
        self.late = list(map(add, self.late, map(gt, run.finished, self.limits)))
        self.finished = list(map(add, self.finished, run.finished))
        self.waited = list(map(add, self.waited, run.waited))
        nodes = len(self.compiled.network.nodes)
        for node in self.detours:
            self.set_back = list(map(add, self.set_back, run.visits[node::nodes]))

    # -- what comes of it ------------------------------------------------------------------------------------------

    def risks(self) -> tuple[Risk, ...]:
        """The likeliest to be late first; of those alike, who finishes last on average."""
        places: dict[str, list[int]] = {}
        for index, branch in enumerate(self.compiled.branches):
            if self.limits[index] < inf:
                places.setdefault(branch.batch, []).append(index)
        found = []
        for its in places.values():
            of_batch = sum(self.late[index] for index in its) / (self.replications * len(its))
            found += [self._risk(index, len(its), of_batch) for index in its]
        return tuple(sorted(found, key=lambda risk: (-risk.late.times, -risk.mean_finish, risk.branch)))

    def _risk(self, index: int, among: int, of_batch: float) -> Risk:
        branch, n = self.compiled.branches[index], self.replications
        finish = self.finished[index] / n
        return Risk(
            branch=branch.id,
            title=branch.title,
            batch=branch.batch,
            group=branch.group,
            size=branch.size,
            late=chance(self.late[index], n),
            of_batch=of_batch,
            stands_out=among > 1 and chance(self.late[index], n, among=among).low > of_batch,
            mean_finish=finish,
            mean_day=self.compiled.day(finish),
        )

    def groups(self, work: Callable[[int], float]) -> tuple[GroupDelay, ...]:
        """The slowest first; `work` are the days of service of a server, over all replications."""
        ours: dict[str | None, list[tuple[int, Branch]]] = {group: [] for group in self.compiled.groups}
        for index, branch in enumerate(self.compiled.branches):
            ours[branch.group].append((index, branch))
        days: dict[str | None, float] = dict.fromkeys(ours, 0.0)
        for place, (_, group) in enumerate(self.compiled.servers):
            if self._each(place):
                days[group] += work(place)
        found = [self._group(group, its, days[group]) for group, its in ours.items()]
        return tuple(sorted(found, key=lambda each: -each.waited))

    def _each(self, server: int) -> bool:
        return self.compiled.plan.capacities[self.compiled.servers[server][0]].each is not None

    def _group(self, group: str | None, ours: Sequence[tuple[int, Branch]], work: float) -> GroupDelay:
        times = self.replications * len(ours)
        dated = [index for index, _ in ours if self.limits[index] < inf]
        return GroupDelay(
            group=group,
            branches=len(ours),
            members=sum(branch.size for _, branch in ours),
            waited=sum(self.waited[index] for index, _ in ours) / times,
            set_back=sum(self.set_back[index] for index, _ in ours) / times,
            late=sum(self.late[index] for index in dated) / (self.replications * len(dated)) if dated else None,
            work=work / times,
        )

"""The course a branch takes and what leads it off: requirements it fails on, states it must go back to, time lost in each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field

from workflow.simulation.answers.model import Cause, MakeUp, Setback, Step
from workflow.simulation.answers.picking import Picker, by_batch, picker
from workflow.simulation.answers.statistics import Samples, mean, quantile, samples
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import END, Run, way_index
from workflow.simulation.kernel import quantile as quantile_of_law
from workflow.simulation.kernel.building import tables, visits
from workflow.simulation.kernel.tables import Tables


def detours(compiled: Compiled) -> list[int]:
    """The nodes a branch never comes to as long as it takes the first way out of each."""
    nodes = compiled.network.nodes
    straight: set[int] = set()
    for gate in range(len(compiled.states), len(nodes)):
        node = nodes[gate].ways[0].to
        while node != END and node not in straight:
            straight.add(node)
            node = nodes[node].ways[0].to
    return [node for node in range(len(compiled.states)) if node not in straight]


@define
class Course:
    """Samples of every replication: by cause, by node, by node and way, and by batch and node off the straight course."""

    compiled: Compiled
    detours: Sequence[int]
    tables: Tables
    before: list[int]
    pick: Mapping[str | None, Picker[int]]
    branches: Mapping[str | None, int]
    failed: list[Samples]
    lost: list[Samples]
    stays: list[Samples]
    waited: list[Samples]
    stayed: list[Samples]
    taken: dict[tuple[int, int], Samples] = field(factory=dict)
    came: dict[tuple[str | None, int], Samples] = field(factory=dict)

    @classmethod
    def of(cls, compiled: Compiled, off: Sequence[int]) -> Course:
        network = compiled.network
        places = by_batch(compiled)
        pick: dict[str | None, Picker[int]] = {batch: picker(its) for batch, its in places.items()}
        branches = {batch: len(its) for batch, its in places.items()}
        causes, nodes = len(compiled.causes), len(compiled.states)
        return cls(
            compiled=compiled, detours=off, tables=tables(network), before=visits(network), pick=pick, branches=branches,
            failed=samples(causes), lost=samples(causes), stays=samples(nodes), waited=samples(nodes), stayed=samples(nodes),
        )  # fmt: skip

    def add(self, run: Run) -> None:
        for cause in range(len(self.compiled.causes)):
            self.failed[cause].append(run.failed[cause])
            self.lost[cause].append(run.lost[cause])
        for node in range(len(self.compiled.states)):
            self.stays[node].append(run.stays[node])
            self.waited[node].append(run.node_waited[node])
            self.stayed[node].append(self._beyond(run, node))
        for node, way in self._failing():
            attempts = range(self.tables.nodes[node].attempts)
            times = sum(run.taken[way_index(self.tables, node, attempt, way)] for attempt in attempts)
            self.taken.setdefault((node, way), array("d")).append(times)
        for node in self.detours:
            column = [now - before for now, before in zip(self._column(run.visits, node), self._column(self.before, node), strict=True)]
            for batch, pick in self.pick.items():
                self.came.setdefault((batch, node), array("d")).append(sum(pick(column)))

    def _beyond(self, run: Run, node: int) -> float:
        """The time spent at a node but for what the straight course takes: one median stay of each branch that came to it."""
        its = self.compiled.network.nodes[node]
        if node in self.detours:
            return run.node_lasted[node]
        middle: float = quantile_of_law(its.takes, 0.5)
        if its.until_planned_end:  # what is drawn is the difference to the planned end: a second stay is no later for it
            return run.node_lasted[node] - middle * run.stays[node]
        return run.node_lasted[node] - middle * self._came_there(run, node)

    def _came_there(self, run: Run, node: int) -> int:
        """How many branches came to a node that had not been there before the beginning, or came again."""
        return sum(now > before for now, before in zip(self._column(run.visits, node), self._column(self.before, node), strict=True))

    def _column(self, table: Sequence[int], node: int) -> Sequence[int]:
        return table[node :: len(self.compiled.network.nodes)]

    def _failing(self) -> Iterator[tuple[int, int]]:
        for node in range(len(self.compiled.states)):
            yield from ((node, number) for number, way in enumerate(self.compiled.network.nodes[node].ways) if way.fails)

    # -- what comes of it ------------------------------------------------------------------------------------------

    def causes(self) -> tuple[Cause, ...]:
        found = [
            Cause(requirement=name, times=mean(self.failed[index]), days=mean(self.lost[index]))
            for index, name in enumerate(self.compiled.causes)
        ]
        return tuple(sorted(found, key=lambda cause: (-cause.days.value, cause.requirement)))

    def steps(self) -> tuple[Step, ...]:
        found = [self._step(node, state) for node, state in enumerate(self.compiled.states)]
        return tuple(sorted(found, key=lambda step: (-step.days, step.state)))

    def _step(self, node: int, state: str) -> Step:
        stage, its = self.compiled.definition.stage_of(state), self.compiled.network.nodes[node]
        return Step(
            state=state,
            stage=None if stage is None else stage.id,
            visits=mean(self.stays[node]),
            waited=mean(self.waited[node]),
            stayed=mean(self.stayed[node]),
            unit="working_days" if its.server >= 0 else its.unit,
            detour=node in self.detours,
        )

    def make_ups(self) -> tuple[MakeUp, ...]:
        found = []
        for (batch, node), times in self.came.items():
            state = self.compiled.states[node]
            stage = self.compiled.definition.stage_of(state)
            if stage is not None:
                branches, p95 = self.branches[batch], quantile(sorted(times), 0.95)
                found.append(MakeUp(batch=batch, stage=stage.id, state=state, branches=branches, times=mean(times), p95=p95))
        return tuple(found)

    def setbacks(self) -> tuple[Setback, ...]:
        found = []
        for (node, way), times in self.taken.items():
            state = self.compiled.states[node]
            stage = self.compiled.definition.stage_of(state)
            if stage is not None:
                move = self.compiled.plan.steps[state].outcomes[way].move
                found.append(Setback(stage=stage.id, state=state, move=move, times=mean(times)))
        return tuple(found)

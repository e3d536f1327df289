"""From replications to answers: each is taken in as it comes and let go, so that a thousand of a whole district stay small."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from attrs import define

from workflow.simulation.answers.branchwise import Branchwise
from workflow.simulation.answers.course import Course, detours
from workflow.simulation.answers.loads import Loads
from workflow.simulation.answers.model import Answers
from workflow.simulation.answers.times import Times, finished_share, spans
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import Progress, Run, replicate
from workflow.texts import Text


@define
class Collector:
    """Takes in the replications of one network, in any order that is always the same."""

    compiled: Compiled
    times: Times
    branchwise: Branchwise
    loads: Loads
    course: Course
    replications: int = 0
    events: int = 0

    @classmethod
    def of(cls, compiled: Compiled) -> Collector:
        off = detours(compiled)
        return cls(compiled, Times.of(compiled), Branchwise.of(compiled, off), Loads.of(compiled), Course.of(compiled, off))

    def add(self, run: Run) -> None:
        self.replications += 1
        self.events += run.events
        for part in (self.times, self.branchwise, self.loads, self.course):
            part.add(run)

    def answers(self, seed: int) -> Answers:
        """Of what was taken in: one replication at least."""
        compiled, times = self.compiled, self.times
        return Answers(
            plan=compiled.plan.id,
            plan_hash=compiled.plan.hash,
            definition=compiled.definition.id,
            definition_hash=compiled.definition.hash,
            seed=seed,
            replications=self.replications,
            events=self.events,
            starts=compiled.starts,
            branches=len(compiled.branches),
            share=finished_share(compiled),
            batches=spans(compiled),
            finishes=times.finishes(),
            targets=times.targets(),
            risks=self.branchwise.risks(),
            causes=self.course.causes(),
            steps=self.course.steps(),
            groups=self.branchwise.groups(self.loads.work),
            servers=self.loads.servers(self.replications),
            queues=self.loads.queues(),
            make_ups=self.course.make_ups(),
            setbacks=self.course.setbacks(),
            weeks=times.weeks(),
            progress=times.progress(),
            flow=times.flow(self.replications),
            stages=tuple(times.stages),
            titles=_titles(compiled),
        )


def simulate(
    compiled: Compiled,
    *,
    seed: int,
    replications: int,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Collector:
    """Every replication of a compiled plan, collected. Raises what `replicate` raises."""
    collector = Collector.of(compiled)
    runs = replicate(compiled.network, seed=seed, replications=replications, workers=workers, scheduler=scheduler, progress=progress)
    with closing(runs):  # at once, also when interrupted
        for run in runs:
            collector.add(run)
    return collector


def _titles(compiled: Compiled) -> Mapping[str, Text]:
    definition = compiled.definition
    found = {name: definition.roles[name].title for name in compiled.plan.capacities if name in definition.roles}
    found |= {state.partition(".")[2]: definition.states[state].title for state in compiled.states}
    found |= {stage.id: stage.title for stage in definition.stages.values()}
    found |= {state: Text({lang: definition.state_title(state, lang) for lang in definition.languages}) for state in compiled.states}
    known = (definition.requirements[name] for name in compiled.causes if name in definition.requirements)
    found |= {requirement.id: requirement.title.filled(**definition.texts) for requirement in known}
    return found | {
        outcome.move: definition.moves[outcome.move].title for step in compiled.plan.steps.values() for outcome in step.outcomes
    }

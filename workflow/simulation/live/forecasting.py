"""The forecast of a running campaign: the simulation, from where its branches stand."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from contextlib import closing
from math import fsum

from attrs import evolve, frozen

from workflow.simulation.answers import Answers, Collector
from workflow.simulation.answers.statistics import Samples, quantile
from workflow.simulation.kernel import Progress, Run, replicate
from workflow.simulation.live.standing import Standing


@frozen
class Forecast:
    """What was collected; and, where it was kept, when each branch finished, replication by replication."""

    standing: Standing
    collector: Collector
    finished: Sequence[Samples] = ()

    def answers(self, seed: int) -> Answers:
        """Batch by batch as in the plan, in whatever order the branches are taken up."""
        found, batches = self.collector.answers(seed), [None, *self.standing.compiled.plan.batches]
        targets = sorted(found.targets, key=lambda target: batches.index(target.batch))
        progress = sorted(found.progress, key=lambda each: batches.index(each.batch))
        return evolve(found, targets=tuple(targets), progress=tuple(progress))

    def finishes(self, *levels: float) -> Mapping[str, tuple[float, ...]]:
        """By branch: the time it has finished by in so great a share of the replications, for each of the levels."""
        found = {}
        for branch, times in zip(self.standing.compiled.branches, zip(*self.finished, strict=True), strict=True):
            ordered = sorted(times)
            found[branch.id] = tuple(quantile(ordered, level) for level in levels)
        return found

    def means(self) -> Mapping[str, float]:
        """By branch: when it finished, on average."""
        sums = zip(*self.finished, strict=True)
        return {branch.id: fsum(times) / len(times) for branch, times in zip(self.standing.compiled.branches, sums, strict=True)}


def forecast(
    standing: Standing,
    *,
    seed: int,
    replications: int,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    keep: bool = False,
) -> Forecast:
    """Every replication, collected; stages a branch came to before today it came to when it did. With `keep` every finish is kept.

    Raises what `replicate` raises.
    """
    collector, kept = Collector.of(standing.compiled), list[Samples]()
    network = standing.compiled.network
    all_runs = replicate(network, seed=seed, replications=replications, workers=workers, scheduler=scheduler, progress=progress)
    with closing(all_runs) as runs:
        for run in runs:
            collector.add(_since_the_beginning(run, standing.entered))
            if keep:
                kept.append(run.finished)
    return Forecast(standing, collector, kept)


def _since_the_beginning(run: Run, entered: Mapping[int, float]) -> Run:
    times = array("d", run.entered)
    for place, time in entered.items():
        times[place] = time
    return evolve(run, entered=times)

"""When batches had left their stages and finished: collected replication by replication."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from attrs import define, field

from workflow.simulation.answers.model import BAND_LEVELS, LEVELS, BatchSpan, Finish, Flow, Percentile, Progress, Target
from workflow.simulation.answers.picking import Picker, by_batch, picker
from workflow.simulation.answers.statistics import Samples, chance, mean, quantile, ranks, share_of
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import Run

Key = tuple[str | None, str | None, float]  # batch, stage, share
_CALLED_FINISHED = 0.95  # where the definition does not say of what share of a batch


def finished_share(compiled: Compiled) -> float:
    """The share of its branches with which a batch is called finished."""
    batches = compiled.definition.batches
    return _CALLED_FINISHED if batches is None else batches.share


def spans(compiled: Compiled) -> tuple[BatchSpan, ...]:
    found = []
    for batch in compiled.plan.batches.values():
        ours = [branch for branch in compiled.branches if branch.batch == batch.id]
        members = sum(branch.size for branch in ours)
        found.append(BatchSpan(batch=batch.id, branches=len(ours), members=members, starts=batch.start, by=batch.by))
    return tuple(each for each in found if each.branches)


def limit(compiled: Compiled, day: date) -> float:
    """What does not lie after this time is done by the evening of a day."""
    return float((day - compiled.starts).days + 1)


@define
class Times:
    """`samples` has for each batch, stage and share the days of every replication; `finished_by` for each batch the weekly counts."""

    compiled: Compiled
    shares: tuple[float, ...]
    batches: dict[str | None, int]  # how many branches
    pick: dict[str | None, Picker[float]]
    stages: list[str]  # those a branch comes to
    samples: dict[Key, Samples] = field(factory=dict)
    in_time: dict[str, Samples] = field(factory=dict)
    finished_by: dict[str | None, list[array[int]]] = field(factory=dict)
    reached: dict[str | None, list[float]] = field(factory=dict)  # by stage: how many come to it in each week, over all replications

    @classmethod
    def of(cls, compiled: Compiled) -> Times:
        places = by_batch(compiled)
        first = {stage.id for state in compiled.states if (stage := compiled.definition.stage_of(state)) is not None}
        return cls(
            compiled,
            tuple(sorted({finished_share(compiled), 1.0})),
            {batch: len(its) for batch, its in places.items()},
            {batch: picker(its) for batch, its in places.items()},
            [stage for stage in compiled.stages if stage in first],
        )

    def add(self, run: Run) -> None:
        came = self._came(run)
        for number, stage in enumerate([*self.stages, None]):
            ordered = sorted(came[number])
            self._count_weeks(stage, ordered)
            for batch, pick in self.pick.items():
                its = ordered if batch is None else sorted(pick(came[number]))
                if number > 0:  # who came to the next stage has left the one before
                    self._keep(batch, None if stage is None else self.stages[number - 1], its)
                if stage is None:
                    self._finished(batch, its)

    def _came(self, run: Run) -> list[Sequence[float]]:
        """By stage, and at last for the end: when each branch came to it or, where it did not, to a later one."""
        came: list[Sequence[float]] = [run.finished]
        width = len(self.compiled.stages)
        for stage in reversed(self.stages):
            entered = run.entered[self.compiled.stages.index(stage) :: width]
            came.append([time if time == time else after for time, after in zip(entered, came[-1], strict=True)])
        return came[::-1]

    def _keep(self, batch: str | None, stage: str | None, ordered: Sequence[float]) -> None:
        for share in self.shares:
            self.samples.setdefault((batch, stage, share), array("d")).append(quantile(ordered, share))

    def _count_weeks(self, stage: str | None, ordered: Sequence[float]) -> None:
        sums = self.reached.setdefault(stage, [])
        before = 0
        for week, count in enumerate(self._weekly(ordered)):
            if week == len(sums):
                sums.append(0.0)
            sums[week] += count - before
            before = count

    def _finished(self, batch: str | None, ordered: Sequence[float]) -> None:
        self.finished_by.setdefault(batch, []).append(self._weekly(ordered))
        by = self.compiled.plan.batches[batch].by if batch is not None else None
        if batch is not None and by is not None:
            self.in_time.setdefault(batch, array("d")).append(bisect_right(ordered, limit(self.compiled, by)))

    def _weekly(self, ordered: Sequence[float]) -> array[int]:
        """How many do not lie after the end of each week, up to the week of the last."""
        found, end = array("l"), 7.0 - self.compiled.starts.weekday()
        while not found or found[-1] < len(ordered):
            found.append(bisect_right(ordered, end))
            end += 7.0
        return found

    # -- what comes of it ------------------------------------------------------------------------------------------

    def finishes(self) -> tuple[Finish, ...]:
        return tuple(
            Finish(
                batch=batch,
                stage=stage,
                share=share,
                needed=share_of(share, self.batches[batch]),
                branches=self.batches[batch],
                mean=mean(samples),
                percentiles=percentiles(self.compiled, samples),
            )
            for (batch, stage, share), samples in self.samples.items()
        )

    def targets(self) -> tuple[Target, ...]:
        found = []
        for batch, in_time in self.in_time.items():
            by = self.compiled.plan.batches[batch].by
            assert by is not None
            for share in self.shares:
                needed = share_of(share, self.batches[batch])
                met = sum(count >= needed for count in in_time)
                found.append(
                    Target(
                        batch=batch, by=by, share=share, needed=needed, branches=self.batches[batch],
                        chance=chance(met, len(in_time)), in_time=mean(in_time),
                    )
                )  # fmt: skip
        return tuple(found)

    def weeks(self) -> tuple[date, ...]:
        monday = self.compiled.starts - timedelta(days=self.compiled.starts.weekday())
        return tuple(monday + timedelta(days=7 * week) for week in range(len(self.reached[None])))

    def progress(self) -> tuple[Progress, ...]:
        return tuple(self._progress(batch, counts, len(self.reached[None])) for batch, counts in self.finished_by.items())

    def _progress(self, batch: str | None, counts: Sequence[array[int]], weeks: int) -> Progress:
        branches = self.batches[batch]
        bands: dict[float, list[int]] = {level: [] for level in BAND_LEVELS}
        means = []
        for week in range(weeks):
            ordered = sorted(each[week] if week < len(each) else branches for each in counts)
            means.append(sum(ordered) / len(ordered))
            for level, band in bands.items():
                band.append(int(quantile(ordered, level)))
        return Progress(batch=batch, branches=branches, bands={level: tuple(band) for level, band in bands.items()}, mean=tuple(means))

    def flow(self, replications: int) -> tuple[Flow, ...]:
        weeks = len(self.reached[None])
        return tuple(Flow(stage=stage, reached=_added_up(sums, weeks, replications)) for stage, sums in self.reached.items())


def percentiles(compiled: Compiled, samples: Sequence[float]) -> tuple[Percentile, ...]:
    ordered = sorted(samples)
    found = []
    for level in LEVELS:
        days = quantile(ordered, level)
        low, high = (None if rank is None else ordered[rank - 1] for rank in ranks(len(ordered), level))
        low_day, high_day = (None if time is None else compiled.day(time) for time in (low, high))
        found.append(Percentile(level, days, compiled.day(days), low, high, low_day, high_day))
    return tuple(found)


def _added_up(sums: Sequence[float], weeks: int, replications: int) -> tuple[float, ...]:
    total, found = 0.0, []
    for week in range(weeks):
        total += sums[week] if week < len(sums) else 0.0
        found.append(total / replications)
    return tuple(found)

"""A forecast of an earlier day held against what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from workflow.simulation.answers.model import Chance, Estimate
from workflow.simulation.answers.picking import by_batch
from workflow.simulation.answers.statistics import chance, mean, quantile, share_of
from workflow.simulation.compiling import Compiled
from workflow.simulation.live.forecasting import Forecast
from workflow.simulation.live.history import History
from workflow.simulation.live.standing import finished_at, first_entries

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9  # the band and its middle; eight of ten truths are to lie within


@frozen(kw_only=True)
class Hit:
    """One forecast: the band, its middle, the mean, and the truth, in days from day 0; None where it is not over yet.

    `branch` None: of a share of a `batch` (None: of all) that had left a `stage`, or finished (None).
    """

    branch: str | None = None
    batch: str | None = None
    stage: str | None = None
    low: float
    middle: float
    high: float
    mean: float
    truth: float | None

    def within(self, now: float) -> bool | None:
        """Whether the truth lies within the band, by what is known `now`: of what is not over it does not, as soon as the band is
        (before that None)."""
        if self.truth is None:
            return False if self.high < now else None
        return self.low <= self.truth <= self.high


@frozen(kw_only=True)
class Tally:
    """How many lay `within` the band, of those that are over or whose band is; `error` is, of those that are over, the mean less the
    truth, in days: above 0, and the forecast was too late. (A middle would be too early by nature: what takes time takes much longer now
    and then.) Each is None where there are none. `open` are those not over yet."""

    within: Chance | None
    error: Estimate | None
    open: int

    @classmethod
    def of(cls, hits: Sequence[Hit], now: float) -> Tally:
        """By what is known `now`."""
        errors = [hit.mean - hit.truth for hit in hits if hit.truth is not None]
        settled = [within for within in (hit.within(now) for hit in hits) if within is not None]
        within = chance(sum(settled), len(settled)) if settled else None
        return cls(within=within, error=mean(errors) if errors else None, open=len(hits) - len(errors))


@frozen(kw_only=True)
class Score:
    """Of the `branches` that had not finished, and of the ends of batches and their stages that were still to come.

    `gone` are branches that were merged or dissolved since: they are in neither.
    """

    branches: Tally
    ends: Tally
    by_end: tuple[Hit, ...]
    by_branch: tuple[Hit, ...] = field(repr=False)
    gone: int


def score(forecast: Forecast, truth: History) -> Score:
    """Of a forecast that kept its finishes, by a history that goes on after its day."""
    return _Scoring(forecast, truth).all()


@frozen
class _Scoring:
    forecast: Forecast
    truth: History

    def all(self) -> Score:
        standing = self.forecast.standing
        finished = self._finished()
        gone = {branch.id for branch in standing.compiled.branches if branch.id in self.truth.ended and branch.id not in finished}
        means = self.forecast.means()
        branches = tuple(
            Hit(branch=branch, low=low, middle=middle, high=high, mean=means[branch], truth=finished.get(branch))
            for branch, (low, middle, high) in self.forecast.finishes(LOW, MIDDLE, HIGH).items()
            if branch not in standing.finished and branch not in gone
        )
        ends = tuple(self._ends(gone))
        of_branches, of_ends = (Tally.of(hits, self.truth.now) for hits in (branches, ends))
        return Score(branches=of_branches, ends=of_ends, by_end=ends, by_branch=branches, gone=len(gone))

    def _finished(self) -> dict[str, float]:
        compiled = self.forecast.standing.compiled
        found = {branch.id: finished_at(compiled.plan, self.truth.stays[branch.id]) for branch in compiled.branches}
        return {branch: time for branch, time in found.items() if time is not None}

    def _ends(self, gone: set[str]) -> list[Hit]:
        """Those that lay ahead: a stage the needed share had left by then was no forecast."""
        standing, samples = self.forecast.standing, self.forecast.collector.times.samples
        places, left = by_batch(standing.compiled), self._left()
        shares = {key[2] for key in samples}
        found = []
        for (batch, stage, share), values in samples.items():
            if batch is None or share != min(shares):
                continue
            ordered = sorted(values)
            if ordered[-1] <= standing.now:
                continue
            its = [standing.compiled.branches[place].id for place in places[batch]]
            low, middle, high = (quantile(ordered, level) for level in (LOW, MIDDLE, HIGH))
            true = _reached([left[stage].get(branch) for branch in its if branch not in gone], share)
            found.append(Hit(batch=batch, stage=stage, low=low, middle=middle, high=high, mean=mean(values).value, truth=true))
        batches, stages = [*standing.compiled.plan.batches], [*standing.compiled.stages, None]
        return sorted(found, key=lambda hit: (batches.index(hit.batch or ""), stages.index(hit.stage)))

    def _left(self) -> Mapping[str | None, Mapping[str, float]]:
        """By stage, and None for the end: when each branch had left it in truth."""
        compiled, finished = self.forecast.standing.compiled, self._finished()
        stages = self.forecast.collector.times.stages
        found: dict[str | None, dict[str, float]] = {stage: {} for stage in stages}
        found[None] = finished
        for branch in compiled.branches:
            times = _by_stage(compiled, self.truth, branch.id)
            for number, stage in enumerate(stages):
                after = [times[later] for later in stages[number + 1 :] if later in times]
                after += [finished[branch.id]] if branch.id in finished else []
                if after:
                    found[stage][branch.id] = after[0]
        return found


def _by_stage(compiled: Compiled, truth: History, branch: str) -> dict[str, float]:
    return {compiled.stages[number]: time for number, time in first_entries(compiled, truth.stays[branch]).items()}


def _reached(times: Sequence[float | None], share: float) -> float | None:
    """When so great a share had come; None where it has not."""
    known, needed = sorted(time for time in times if time is not None), share_of(share, len(times))
    return known[needed - 1] if times and len(known) >= needed else None

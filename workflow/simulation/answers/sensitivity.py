"""What the end of each batch does when one figure of the plan is a little lower or higher, with the same luck in every replication."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing

from attrs import define, frozen

from workflow.definition.model import Definition
from workflow.progress import Progress, silent
from workflow.simulation.answers.model import Estimate
from workflow.simulation.answers.picking import Picker, by_batch, picker
from workflow.simulation.answers.statistics import Samples, mean, quantile
from workflow.simulation.answers.times import finished_share
from workflow.simulation.answers.turning import Knob, Setting, What, knobs
from workflow.simulation.compiling import Branch, compile_plan
from workflow.simulation.kernel import Run, replicate
from workflow.simulation.plan import Plan, changed

LEVEL = 0.8  # of the finish that is compared

_Ends = Mapping[str | None, Samples]  # by batch, all of them under None: when it was called finished, by replication


@frozen
class Shift:
    """By how many days a batch finishes later (earlier below 0): the `p80` of its finish, and on average with the paired interval.
    `moved`: in how many replications at all."""

    batch: str | None
    p80: float
    mean: Estimate
    moved: int


@frozen
class Side:
    """One direction: `changes` as `--set` takes them, `amount` as `Setting` has it, and what each batch does."""

    amount: float
    changes: Mapping[str, str]
    shifts: tuple[Shift, ...]

    def of(self, batch: str | None) -> Shift:
        """Raises `KeyError` for a batch without branches."""
        for shift in self.shifts:
            if shift.batch == batch:
                return shift
        raise KeyError(batch)


@frozen(kw_only=True)
class Swing:
    """A figure of the plan turned both ways; `what`, `subject`, `names` and `now` as `Knob` has them. A side is None where there is none:
    nobody less than one, no day before day 0, none after the day to finish by."""

    what: What
    subject: str
    names: tuple[str, ...]
    now: str
    low: Side | None
    high: Side | None

    @property
    def sides(self) -> tuple[Side, ...]:
        return tuple(side for side in (self.low, self.high) if side is not None)

    def reach(self, batch: str | None) -> tuple[float, float]:
        """How far a batch is moved at most: its P80, and on average."""
        shifts = self._shifts(batch)
        return max((abs(each.p80) for each in shifts), default=0.0), max((abs(each.mean.value) for each in shifts), default=0.0)

    def moves(self, batch: str | None) -> bool:
        """Whether it makes any difference to a batch in any replication."""
        return any(each.moved for each in self._shifts(batch))

    def _shifts(self, batch: str | None) -> list[Shift]:
        return [shift for side in self.sides for shift in side.shifts if shift.batch == batch]


def sensitivities(
    plan: Plan,
    definition: Definition,
    branches: Sequence[Branch],
    *,
    seed: int,
    replications: int,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> tuple[Swing, ...]:
    """Of every figure in `knobs`, the widest swing of all batches together first, those without effect on them last. Raises what
    `replicate` raises."""

    def played(plan: Plan, progress: Progress) -> Generator[Run, None, None]:
        network = compile_plan(plan, definition, branches).network
        return replicate(network, seed=seed, replications=replications, workers=workers, scheduler=scheduler, progress=progress)

    turned = list(knobs(plan, definition))
    total = replications * (1 + sum(turn is not None for knob in turned for turn in (knob.low, knob.high)))
    compiled = compile_plan(plan, definition, branches)
    pick: dict[str | None, Picker[float]] = {batch: picker(places) for batch, places in by_batch(compiled).items()}
    trial = _Trial(plan, definition, finished_share(compiled), pick, played, progress or silent, total)
    before = trial.ends(None)
    found = [_swing(trial, knob, before) for knob in turned]
    return tuple(in_order(found, None))


def in_order(swings: Sequence[Swing], batch: str | None) -> list[Swing]:
    """The widest for a batch first; of those alike as they are."""
    return sorted(swings, key=lambda swing: (not swing.moves(batch), *(-reach for reach in swing.reach(batch))))


def parted(swings: Sequence[Swing], batch: str | None) -> tuple[list[Swing], list[Swing], list[Swing]]:
    """Those that move a batch, the widest first; those that do not; and those of figures that could be turned in neither direction."""
    ordered = in_order(swings, batch)
    moving = [swing for swing in ordered if swing.moves(batch)]
    rest = ordered[len(moving) :]
    return moving, [swing for swing in rest if swing.sides], [swing for swing in rest if not swing.sides]


@define
class _Trial:
    """Plays the plan out, changed or not; counts the replications over all of them."""

    plan: Plan
    definition: Definition
    share: float  # of a batch that is called finished
    pick: Mapping[str | None, Picker[float]]
    played: Callable[[Plan, Progress], Generator[Run, None, None]]
    progress: Progress
    total: int
    done: int = 0

    def ends(self, changes: Mapping[str, str] | None) -> _Ends:
        plan = changed(self.plan, changes, self.definition) if changes else self.plan
        found = {batch: array("d") for batch in self.pick}
        with closing(self.played(plan, self._told)) as runs:
            for run in runs:
                for batch, ours in self.pick.items():
                    found[batch].append(quantile(sorted(ours(run.finished)), self.share))
        return found

    def _told(self, _done: int, _of: int) -> None:
        self.done += 1
        self.progress(self.done, self.total)


def _swing(trial: _Trial, knob: Knob, before: _Ends) -> Swing:
    low, high = (None if turn is None else _side(trial, turn, before) for turn in (knob.low, knob.high))
    return Swing(what=knob.what, subject=knob.subject, names=knob.names, now=knob.now, low=low, high=high)


def _side(trial: _Trial, turn: Setting, before: _Ends) -> Side:
    return Side(turn.amount, turn.changes, tuple(_shifts(before, trial.ends(turn.changes))))


def _shifts(before: _Ends, after: _Ends) -> Iterator[Shift]:
    for batch, earlier in before.items():
        pairs = [new - old for old, new in zip(earlier, after[batch], strict=True)]
        p80 = quantile(sorted(after[batch]), LEVEL) - quantile(sorted(earlier), LEVEL)
        yield Shift(batch, p80, mean(pairs), sum(pair != 0 for pair in pairs))

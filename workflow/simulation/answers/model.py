"""The answers of a simulation, from which everything is printed and drawn. Intervals are at 95 % throughout.

Times are days from day 0, with the date beside them. `batch`, `stage` and `group` are None where all of them are meant together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from workflow.texts import Text

LEVELS = (0.5, 0.8, 0.95)  # of finishes, as in P50
BAND_LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)  # of how many have finished by a week


@frozen
class Estimate:
    """A mean over the replications and its interval (Student's t); one replication has no interval."""

    value: float
    low: float | None = None
    high: float | None = None


@frozen
class Chance:
    """`times` of `of`; the interval is Wilson's."""

    times: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.times / self.of


@frozen
class Percentile:
    """By `days`, on `day`, it was over in a share `level` of the replications.

    The interval rests on order statistics and is exact; an end is None where there were too few replications for it.
    """

    level: float
    days: float
    day: date
    low_days: float | None
    high_days: float | None
    low: date | None
    high: date | None


@frozen(kw_only=True)
class Finish:
    """When a batch had left a stage, or finished: so great a `share` of its branches, `needed` of `branches`."""

    batch: str | None
    stage: str | None
    share: float
    needed: int
    branches: int
    mean: Estimate  # days from day 0
    percentiles: tuple[Percentile, ...]  # by LEVELS

    def at(self, level: float) -> Percentile:
        return next(each for each in self.percentiles if each.level == level)


@frozen(kw_only=True)
class Target:
    """The chance that so great a share of a batch has finished by the day the plan sets; `in_time` is how many branches have."""

    batch: str
    by: date
    share: float
    needed: int
    branches: int
    chance: Chance
    in_time: Estimate


@frozen(kw_only=True)
class Risk:
    """The chance that a branch has not finished by the day its batch is to. `stands_out`: it is greater than its batch's on the whole,
    and by more than the luck of the draw among that many branches (Bonferroni)."""

    branch: str
    title: str
    batch: str
    group: str | None
    size: int
    late: Chance
    of_batch: float
    stands_out: bool
    mean_finish: float  # days from day 0
    mean_day: date


@frozen(kw_only=True)
class Cause:
    """A requirement: how often branches were held back for it, and the days until they were inspected again or finished, added up."""

    requirement: str
    times: Estimate
    days: Estimate


@frozen(kw_only=True)
class Step:
    """What a state cost beyond the straight course: days in its queue, and days of stay beyond the median, or, for what branches come to
    only after being held back, all of the stay. `unit` is that of the stay; the queue is in days."""

    state: str
    stage: str | None
    visits: Estimate
    waited: Estimate
    stayed: Estimate
    unit: str
    detour: bool

    @property
    def days(self) -> float:
        return self.waited.value + self.stayed.value


@frozen(kw_only=True)
class GroupDelay:
    """The branches of a group: days each waited in queues, visits to where they had to put things right, chance of one to be late."""

    group: str | None
    branches: int
    members: int
    waited: float  # days a branch
    set_back: float  # times a branch
    late: float | None  # None where no batch of theirs is to finish by a day
    work: float  # days of service a branch took from servers of the group's own


@frozen(kw_only=True)
class Week:
    """The use of a server in a week: `open` are its places x open days; `busy` days of work done. `p95` as a share of `open`, to the
    whole per cent; both shares are 0 where it was closed."""

    starts: date
    open: float
    busy: float
    mean: float
    p95: float


@frozen(kw_only=True)
class ServerUse:
    """A capacity (of one group, where each has its own), week by week from the first in which it was used to the last.

    `takes`: the days one piece of its work takes, where that is always the same: then `busy / takes` are pieces.
    """

    capacity: str
    group: str | None
    places: int
    served: Estimate  # pieces of work in all
    takes: float | None
    weeks: tuple[Week, ...]

    @property
    def name(self) -> str:
        return self.capacity if self.group is None else f"{self.capacity} {self.group}"


@frozen(kw_only=True)
class Queue:
    """Who waited for a server: the longest queue (branches) and the longest wait (days) of a replication, and the mean wait of all."""

    capacity: str
    group: str | None
    wait: Estimate  # days, of one served
    longest_p50: float
    longest_p95: float
    longest_wait_p50: float
    longest_wait_p95: float


@frozen(kw_only=True)
class MakeUp:
    """How often branches of a batch came to a state they only come to when held back (`make_up`, `extended`), in a stage."""

    batch: str | None
    stage: str
    state: str
    branches: int
    times: Estimate
    p95: float


@frozen(kw_only=True)
class Setback:
    """How often a move that holds branches back was made in a stage, redoing it included."""

    stage: str
    state: str
    move: str
    times: Estimate


@frozen(kw_only=True)
class Progress:
    """How many branches of a batch had finished by the end of each week: for each level of BAND_LEVELS one series, and the mean."""

    batch: str | None
    branches: int
    bands: Mapping[float, tuple[int, ...]]
    mean: tuple[float, ...]


@frozen(kw_only=True)
class Flow:
    """How many branches had come to a stage by the end of each week, on average; `stage` None: how many had finished."""

    stage: str | None
    reached: tuple[float, ...]


@frozen(kw_only=True)
class BatchSpan:
    """A batch: when its branches begin, and the day they are to have finished by."""

    batch: str
    branches: int
    members: int
    starts: date
    by: date | None


@frozen(kw_only=True)
class Answers:
    """Everything. `weeks` are the Mondays of the weeks `progress` and `flow` are about, each counted at its end."""

    plan: str
    plan_hash: str  # of its content
    definition: str
    definition_hash: str
    seed: int
    replications: int
    events: int  # of the kernel, in all replications
    starts: date
    branches: int
    share: float  # of a batch that is called finished
    batches: tuple[BatchSpan, ...]
    finishes: tuple[Finish, ...]
    targets: tuple[Target, ...]
    risks: tuple[Risk, ...]  # every branch of a batch with a day, the likeliest to be late first
    causes: tuple[Cause, ...]  # the costliest first
    steps: tuple[Step, ...]  # the costliest first
    groups: tuple[GroupDelay, ...]
    servers: tuple[ServerUse, ...]
    queues: tuple[Queue, ...]
    make_ups: tuple[MakeUp, ...]
    setbacks: tuple[Setback, ...]
    weeks: tuple[date, ...]
    progress: tuple[Progress, ...]
    flow: tuple[Flow, ...]
    stages: tuple[str, ...]
    titles: Mapping[str, Text] = field(repr=False)  # of what has an id here: stages, states, requirements, moves, capacities

    def finish(self, batch: str | None = None, stage: str | None = None, share: float = 1.0) -> Finish:
        """Raises `KeyError` where there is none."""
        for each in self.finishes:
            if (each.batch, each.stage, each.share) == (batch, stage, share):
                return each
        raise KeyError((batch, stage, share))

    def title(self, name: str) -> Text:
        """What an id is called; the id itself where it has no title."""
        return self.titles.get(name) or Text.same(name)

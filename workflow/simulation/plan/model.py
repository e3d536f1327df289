"""What a plan says: how long a branch of a campaign stays where it is, which way it goes on, and who serves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from attrs import field, frozen

from workflow.canonical import canonical
from workflow.texts import Text

Kind = Literal["constant", "uniform", "triangular", "exponential", "lognormal", "weibull", "empirical"]
Unit = Literal["days", "working_days"]
Order = Literal["first_come", "smallest", "largest", "earliest_planned_end"]

OTHER = "other"  # in `because`: what no requirement stands for


@frozen
class Distribution:
    """Days, or working days, by chance. `parameters` by kind, as they are written:

    constant (x), uniform (low, high), triangular (low, mode, high), exponential (mean), lognormal (median, p90),
    weibull (shape, scale), empirical (every value, each as likely as the other).
    """

    kind: Kind
    parameters: tuple[float, ...]

    @property
    def least(self) -> float:
        """No value drawn lies below it."""
        return min(self.parameters) if self.kind in ("constant", "uniform", "triangular", "empirical") else 0.0


NO_TIME = Distribution("constant", (0.0,))


@frozen(kw_only=True)
class Outcome:
    """A way out of a state: a move the definition has there, and how often it is taken, by attempt at the step.

    `shares` is as long for every outcome of a step; at each attempt those of a step make 1. The last holds for all attempts after it.
    """

    move: str
    shares: tuple[float, ...] = (1.0,)


@frozen(kw_only=True)
class StepPlan:
    """What happens in one state of the definition.

    The branch waits for one of the people of the capacity `served_by`, if any; stays for `takes`, or until its planned end and
    `plus` (no time at all, where that has passed); and leaves by one of `outcomes`. The first of them is to pass: `because` says
    of the others on which requirements the branch failed, in shares that make 1.
    """

    state: str
    takes: Distribution = NO_TIME
    unit: Unit = "days"
    until: Literal["planned_end"] | None = None
    plus: Distribution = NO_TIME
    served_by: str | None = None
    outcomes: tuple[Outcome, ...]
    because: Mapping[str, float] = field(factory=dict)


@frozen(kw_only=True)
class BatchPlan:
    """A batch: its branches enter the first stage on `start` and `plus` days, and are to have finished `by` a day, if one is set."""

    id: str
    start: date
    plus: Distribution = NO_TIME
    by: date | None = None


@frozen(kw_only=True)
class Capacity:
    """So many `people` serve at once: for all branches together or, where `each` says so, in every group for its own."""

    id: str
    people: int
    each: Literal["group"] | None = None


@frozen(kw_only=True)
class Focus:
    """A `share` of the branches (0 to 1) is looked at more closely: whoever serves them takes `plus` longer."""

    share: float
    plus: Distribution


@frozen(kw_only=True)
class Policy:
    """In which order a capacity serves those who wait (first come, first served where nothing is said), and the focus units."""

    order: Mapping[str, Order] = field(factory=dict)  # by capacity
    focus: Focus | None = None


@frozen(kw_only=True)
class Plan:
    """A whole plan, every name in it held against the definition.

    `steps` has every state a branch can come to under the plan, and every other one of which the plan speaks, but none of `goals`:
    the states in which a branch has finished. `extended` are days by which the planned end of a stage lies later for every branch;
    `extend_days` is what a move with the effect `extend` adds to it. `absence` is the chance that a member misses a session, by kind
    of record and status or flag; of several that fit a member the greatest counts. `document` is the file's content as plain data.
    """

    id: str
    title: Text
    definition: str
    starts: date
    batches: Mapping[str, BatchPlan]
    steps: Mapping[str, StepPlan]
    goals: frozenset[str]
    capacities: Mapping[str, Capacity] = field(factory=dict)
    policy: Policy = field(factory=Policy)
    extended: Mapping[str, float] = field(factory=dict)  # by stage
    extend_days: Distribution = Distribution("constant", (10.0,))
    absence: Mapping[str, Mapping[str, float]] = field(factory=dict)
    document: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def hash(self) -> str:
        """Of its content."""
        return sha256(canonical(self.document).encode()).hexdigest()

"""The figures of a plan out of the ledger, wherever it has seen enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import define, evolve, field, frozen

from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import quantile
from workflow.simulation.kernel.network import Node
from workflow.simulation.live.history import History, Stay
from workflow.simulation.live.measuring import Measure, timeless
from workflow.simulation.live.serving import Turns, turns
from workflow.simulation.live.survival import law_of
from workflow.simulation.plan.model import Distribution, Outcome, Plan, StepPlan

ENOUGH = 30  # completed stays, or ways taken, from which on they hold rather than the plan

What = Literal["stay", "offset", "service", "outcomes"]
Method = Literal["product_limit", "shares", "plan", "untimed", "set"]
_UNTIMED = 1e-3  # working days: what begins and ends in one entry was not timed


@frozen(kw_only=True)
class Fit:
    """What the ledger says of a figure of the plan, and what holds.

    `what`: how long a `stay` lasts, how long after the planned end it ends (`offset`), how long a `service` takes, or how often the way
    on is `move`, at the `attempt` (from 1). `n` stays were seen to their end, `censored` are not over. `plan` and `fit` are medians in
    `unit`, of outcomes shares. `method`: `product_limit` (Kaplan-Meier) or `shares` (counted, and the plan's as `ENOUGH` more: a few dozen
    do not know a share for certain). Else the figure of the plan holds, and `fit` is None: for want of history; since most services were
    entered as begun and ended at once (`untimed`); or since it was `set` for this forecast.
    """

    state: str
    what: What
    method: Method
    n: int
    censored: int = 0
    plan: float
    fit: float | None = None
    unit: str = "days"
    move: str | None = None
    attempt: int | None = None


@frozen
class Fitted:
    """The plan with what was fitted in it, and every figure that might have been."""

    plan: Plan
    fits: tuple[Fit, ...]


def fit(compiled: Compiled, history: History, given: Plan | None = None) -> Fitted:
    """Durations and shares by state. What the plan has otherwise than the `given` one (default: the same) was set, and stays so."""
    return _Fitting(compiled, history, given or compiled.plan).all()


@define
class _Seen:
    """Of one state: lengths of stays that are over and of those running, and the ways taken by attempt (from 0)."""

    over: list[float] = field(factory=list)
    running: list[float] = field(factory=list)
    ways: dict[int, Counter[str]] = field(factory=dict)


@define
class _Fitting:
    compiled: Compiled
    history: History
    given: Plan
    measure: Measure = field(init=False)
    turns: Turns = field(init=False)
    nodes: Mapping[str, Node] = field(init=False)
    focused: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiled = self.compiled
        self.measure, self.turns = Measure.of(compiled), turns(compiled, self.history)
        self.nodes = dict(zip(compiled.states, compiled.network.nodes, strict=False))
        pairs = zip(compiled.branches, compiled.network.units, strict=True)
        self.focused = frozenset(branch.id for branch, unit in pairs if unit.focus)

    def all(self) -> Fitted:
        seen = self._seen()
        steps, fits = {}, list[Fit]()
        for state, step in self.compiled.plan.steps.items():
            its = seen.get(state, _Seen())
            lasting, found = self._lasting(step, its)
            outcomes, others = self._outcomes(step, its)
            steps[state] = evolve(lasting, outcomes=outcomes)
            fits += [*found, *others]
        return Fitted(evolve(self.compiled.plan, steps=steps), tuple(fits))

    def _seen(self) -> dict[str, _Seen]:
        found: dict[str, _Seen] = {}
        for branch, stays in self.history.stays.items():
            been: Counter[str] = Counter()
            for stay in stays:
                if stay.state not in self.compiled.plan.steps:
                    continue
                its = found.setdefault(stay.state, _Seen())
                length = self._length(branch, stay)
                if length is not None:
                    (its.running if stay.move is None else its.over).append(length)
                if stay.move is not None:
                    its.ways.setdefault(been[stay.state], Counter())[stay.move] += 1
                    been[stay.state] += 1
        return found

    # -- how long ----------------------------------------------------------------------------------------------------

    def _length(self, branch: str, stay: Stay) -> float | None:
        """As its law counts it; None where it says nothing of the law: where it is not known when it began, where it was time to go
        when the branch came, before its turn, or where a focus unit takes longer."""
        node, step = self.nodes[stay.state], self.compiled.plan.steps[stay.state]
        end = self.history.now if stay.left is None else stay.left
        if not stay.sure or end < stay.began:
            return None
        if node.until_planned_end:
            return None if stay.began > stay.planned_end + step.plus.least else round(end - stay.planned_end, 9)
        since = stay.began
        if node.server >= 0:
            turn = self.turns.placed.get((branch, stay.position))
            if turn is None or (node.focus is not None and branch in self.focused):
                return None
            since = turn.time
        return self.measure.lasted(node, stay, since, end)

    def _lasting(self, step: StepPlan, its: _Seen) -> tuple[StepPlan, Iterator[Fit]]:
        law = step.plus if step.until else step.takes
        what: What = "offset" if step.until else "service" if step.served_by else "stay"
        before = self.given.steps.get(step.state)  # None: a change opened the state
        changed = before is None or (step.takes, step.plus, step.until, step.unit) != (before.takes, before.plus, before.until, before.unit)
        method: Method = "set" if changed else "plan" if len(its.over) < ENOUGH else "product_limit"
        if method == "product_limit" and what == "service" and 2 * sum(each < _UNTIMED for each in its.over) > len(its.over):
            method = "untimed"
        fitted = law_of(its.over, its.running, law) if method == "product_limit" else None
        said = self._said(step, what, method, its, law, fitted)
        if fitted is None:
            return step, said
        return evolve(step, plus=fitted) if step.until else evolve(step, takes=fitted), said

    def _said(
        self, step: StepPlan, what: What, method: Method, its: _Seen, law: Distribution, fitted: Distribution | None
    ) -> Iterator[Fit]:
        """Of a state without time nothing, as long as the ledger has none either."""
        median = None if fitted is None else quantile(fitted, 0.5)
        if timeless(step) and (fitted is None or fitted == law):
            return
        yield Fit(
            state=step.state, what=what, method=method, n=len(its.over), censored=len(its.running), plan=quantile(law, 0.5), fit=median,
            unit="working_days" if step.served_by else step.unit,
        )  # fmt: skip

    # -- which way ---------------------------------------------------------------------------------------------------

    def _outcomes(self, step: StepPlan, its: _Seen) -> tuple[tuple[Outcome, ...], list[Fit]]:
        """At each attempt that was seen often enough the shares of the ledger; at those after it the plan's, the last of which hold on.

        Moves that the plan does not take are not counted.
        """
        if len(step.outcomes) < 2:
            return step.outcomes, []
        moves = [outcome.move for outcome in step.outcomes]
        counts = {attempt: [ways[move] for move in moves] for attempt, ways in its.ways.items()}
        known = {attempt for attempt, count in counts.items() if sum(count) >= ENOUGH}
        before = self.given.steps.get(step.state)
        is_set = before is None or step.outcomes != before.outcomes
        attempts = max(len(step.outcomes[0].shares), *(attempt + 2 for attempt in known), 1)
        table, fits = list[list[float]](), list[Fit]()
        for attempt in range(attempts):
            count, planned = counts.get(attempt, [0]), [_share(outcome, attempt) for outcome in step.outcomes]
            n = sum(count)
            both = [(times + ENOUGH * share) / (n + ENOUGH) for times, share in zip(count, planned, strict=False)]
            fitted = both if attempt in known and not is_set else None
            table.append(fitted or planned)
            method: Method = "set" if is_set else "shares" if fitted else "plan"
            fits.append(
                Fit(
                    state=step.state, what="outcomes", method=method, n=n, plan=planned[0], fit=fitted[0] if fitted else None,
                    move=moves[0], attempt=attempt + 1,
                )
            )  # fmt: skip
        return tuple(evolve(o, shares=tuple(row[number] for row in table)) for number, o in enumerate(step.outcomes)), fits


def _share(outcome: Outcome, attempt: int) -> float:
    return outcome.shares[min(attempt, len(outcome.shares) - 1)]

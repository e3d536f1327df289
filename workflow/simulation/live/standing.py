"""Where the branches of a running campaign stand, as the kernel takes them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

from attrs import define, evolve, field, frozen

from workflow.definition.model import FINISHED
from workflow.engine.campaign import Campaign
from workflow.errors import Fault, InputFault
from workflow.simulation.compiling import Branch, Compiled
from workflow.simulation.kernel.network import END, Node, Traveller, Way
from workflow.simulation.live.history import History, Stay
from workflow.simulation.live.measuring import Measure, is_over, passed, timeless
from workflow.simulation.live.serving import Turns, turns
from workflow.simulation.plan.model import NO_TIME, Plan
from workflow.texts import Text

Order = tuple[int, float, int, int]  # in which travellers are put that start at the same time


@frozen(kw_only=True)
class Standing:
    """A compiled plan whose travellers start where the branches stand at `now` (days from day 0), in the order in which that matters.

    Every branch is `finished` (and when), `under_way` or has `not_begun`; those `suspended` are under way, and taken to go on today.
    `entered` is when a branch first came to a stage: by its place in a run's table of that name.
    """

    compiled: Compiled
    now: float
    finished: Mapping[str, float]
    under_way: tuple[str, ...]
    not_begun: tuple[str, ...]
    suspended: tuple[str, ...]
    entered: Mapping[int, float]


def standing(compiled: Compiled, campaign: Campaign, history: History | None = None) -> Standing:
    """The same plan from `campaign.now` on. Branches that were merged or dissolved are not to be among those of `compiled`.

    Raises `InputFault` that names every branch in a state the plan does not know.
    """
    history = history or History.of(campaign, compiled)
    _check(compiled, history)
    return _Placing(compiled, history).all()


def finished_at(plan: Plan, stays: Sequence[Stay]) -> float | None:
    """When a branch came to where it has finished, if it has not been taken back to where it has not."""
    over = list(takewhile(lambda stay: stay.state not in plan.steps, reversed(stays)))
    return next((stay.began for stay in reversed(over) if stay.state == FINISHED or stay.state in plan.goals), None)


def first_entries(compiled: Compiled, stays: Sequence[Stay]) -> dict[int, float]:
    """Stage (its number from 0) -> when a branch first came to it."""
    found: dict[int, float] = {}
    for stay in stays:
        stage = compiled.definition.stage_of(stay.state)
        if stage is not None:
            found.setdefault(stage.number - 1, stay.began)
    return found


def _check(compiled: Compiled, history: History) -> None:
    plan = compiled.plan
    lost = []
    for branch in compiled.branches:
        stays = history.stays[branch.id]
        if stays[-1].state not in plan.steps and finished_at(plan, stays) is None:
            lost.append((branch.id, stays[-1].state))
    if lost:
        raise InputFault([Fault(where=branch, path="state", text=_unknown(state), code="reference") for branch, state in lost])


def _unknown(state: str) -> Text:
    en = f"it stands in {state}, and the plan does not say how branches go on from there; add it under steps"
    return Text.of(en, f"它处于 {state}，计划未说明支部由此如何继续；请在 steps 中补充")


@define
class _Placing:
    """Branch by branch."""

    compiled: Compiled
    history: History
    measure: Measure = field(init=False)
    turns: Turns = field(init=False)
    index: Mapping[str, int] = field(init=False)
    gates: Mapping[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.measure, self.turns = Measure.of(self.compiled), turns(self.compiled, self.history)
        self.index = {state: number for number, state in enumerate(self.compiled.states)}
        self.gates = {batch: len(self.compiled.states) + number for number, batch in enumerate(self.compiled.plan.batches)}

    def all(self) -> Standing:
        compiled, network = self.compiled, self.compiled.network
        done = Node(takes=NO_TIME, ways=(Way(to=END),))
        placed = []
        for number, (branch, unit) in enumerate(zip(compiled.branches, network.units, strict=True)):
            order, traveller = self._place(number, branch, evolve(unit, node=len(network.nodes)))
            placed.append((order, branch, traveller))
        placed.sort(key=lambda each: each[0])
        travellers = [traveller for _, _, traveller in placed]
        there = evolve(
            compiled,
            branches=[branch for _, branch, _ in placed],
            network=evolve(network, nodes=[*network.nodes, done], units=travellers),
        )
        return self._told(there, {branch.id: traveller.node for _, branch, traveller in placed})

    def _told(self, there: Compiled, nodes: Mapping[str, int]) -> Standing:
        finished, under_way, not_begun, entered = dict[str, float](), list[str](), list[str](), dict[int, float]()
        for number, (branch, traveller) in enumerate(zip(there.branches, there.network.units, strict=True)):
            stays = self.history.stays[branch.id]
            if nodes[branch.id] == self.gates[branch.batch]:
                not_begun.append(branch.id)
                continue
            if nodes[branch.id] >= len(there.network.nodes) - 1:
                finished[branch.id] = traveller.start
            else:
                under_way.append(branch.id)
            entered |= {number * len(there.stages) + stage: time for stage, time in first_entries(there, stays).items()}
        suspended = sorted(branch for branch in under_way if self.history.stays[branch][-1].suspended)
        return Standing(
            compiled=there,
            now=self.history.now,
            finished=finished,
            under_way=tuple(sorted(under_way)),
            not_begun=tuple(sorted(not_begun)),
            suspended=tuple(suspended),
            entered=entered,
        )

    def _place(self, number: int, branch: Branch, unit: Traveller) -> tuple[Order, Traveller]:
        """`unit` has been put where branches are that have finished."""
        stays, plan = self.history.stays[branch.id], self.compiled.plan
        finished = finished_at(plan, stays)
        if finished is not None:
            return (0, 0.0, 0, number), evolve(unit, start=finished)
        if self._is_before_gate(branch, stays):
            return (0, 0.0, 0, number), self._at_gate(branch, unit)
        stay = stays[-1]
        attempts: dict[int, int] = {}
        for each in stays[:-1]:
            if each.move is not None and each.state in self.index:
                attempts[self.index[each.state]] = attempts.get(self.index[each.state], 0) + 1
        node = self.index[stay.state]
        unit = evolve(unit, node=node, start=self._now, attempts=tuple(sorted(attempts.items())), planned_end=stay.planned_end)
        return self._in_state(branch, stay, unit)

    @property
    def _now(self) -> float:
        return max(self.history.now, 0.0)

    # -- before its batch --------------------------------------------------------------------------------------------

    def _is_before_gate(self, branch: Branch, stays: Sequence[Stay]) -> bool:
        """Before its batch begins, whatever was prepared; after that where it has not moved, and nothing says that it is through."""
        stay, definition = stays[-1], self.compiled.definition
        no_time = timeless(self.compiled.plan.steps[stay.state])
        if self.history.now < self._opens(branch):
            prepared = definition.stage_of(stay.state) == definition.stage_of(definition.initial) and no_time
            return stay.first or (prepared and len({definition.stage_of(each.state) for each in stays}) == 1)
        return stay.first and not stay.late and ((no_time and not self._has_begun(branch, stay)) or self.history.now < stay.began)

    def _has_begun(self, branch: Branch, stay: Stay) -> bool:
        """Whether its batch has: where the ledger does not say so, as soon as by the plan it must have."""
        return stay.sure or is_over(self.compiled.plan.batches[branch.batch].plus, self.history.now - self._opens(branch))

    def _opens(self, branch: Branch) -> float:
        return self.history.moments.day(self.compiled.plan.batches[branch.batch].start)

    def _at_gate(self, branch: Branch, unit: Traveller) -> Traveller:
        opens, law = self._opens(branch), self.compiled.plan.batches[branch.batch].plus
        elapsed = max(self.history.now - opens, 0.0)
        share = passed(law, elapsed) if elapsed > 0 else 0.0
        return evolve(unit, node=self.gates[branch.batch], start=max(opens, self._now), elapsed=elapsed, passed=share)

    # -- on its way --------------------------------------------------------------------------------------------------

    def _in_state(self, branch: Branch, stay: Stay, unit: Traveller) -> tuple[Order, Traveller]:
        node, now = self.compiled.network.nodes[unit.node], self.history.now
        if node.until_planned_end:
            share = passed(node.takes, now - unit.planned_end)
            return (1, stay.began, stay.position, 0), evolve(unit, passed=share)
        since, order = stay.began, (1, stay.began, stay.position, 0)
        if node.server >= 0:
            key = (branch.id, stay.position)
            turn = self.turns.placed.get(key)
            if turn is None:
                return (2, 0.0, self.turns.waiting[key], 0), unit
            since, order = turn.time, (1, turn.time, turn.position, turn.number)
        elapsed = self.measure.lasted(node, stay, since, now)
        return order, evolve(unit, elapsed=elapsed, passed=passed(node.takes, elapsed) if elapsed > 0 else 0.0)

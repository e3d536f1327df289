"""From a plan, a definition and its branches to the network the kernel runs. The ways from state to state are the definition's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil, floor

from attrs import frozen

from workflow.definition.model import FINISHED, Definition, Edge, Stage
from workflow.errors import Fault, InputFault
from workflow.simulation.kernel.network import END, Network, Node, Server, Traveller, Way
from workflow.simulation.plan.model import BatchPlan, Distribution, Plan, StepPlan
from workflow.texts import Text

_HORIZON = 1_500  # days after the last batch begins for which working days are looked up; later every day is open
_MONTH = 365.25 / 12


@frozen(kw_only=True)
class Branch:
    """A branch to be simulated: `size` are its members, `parent` is the branch it belongs to."""

    id: str
    title: str
    batch: str
    group: str | None = None
    size: int = 0
    parent: str | None = None


@frozen(kw_only=True)
class Compiled:
    """A network, and what its numbers stand for: the state of each node (after them one for each batch), of each server its capacity and
    group, of each cause its requirement; `stages` in order; `starts` is day 0."""

    plan: Plan
    definition: Definition
    network: Network
    branches: Sequence[Branch]
    states: Sequence[str]
    servers: Sequence[tuple[str, str | None]]
    causes: Sequence[str]
    groups: Sequence[str | None]
    stages: Sequence[str]
    starts: date

    @property
    def parents(self) -> frozenset[str]:
        """Branches that others among them belong to."""
        return frozenset(branch.id for branch in self.branches) & {branch.parent for branch in self.branches if branch.parent}

    @property
    def about_others(self) -> tuple[str, ...]:
        """Requirements of the moves the plan takes that ask about the branches below: no simulation knows of them, a rehearsal does."""
        edges = (self.definition.edges_by_state[state][each.move] for state, step in self.plan.steps.items() for each in step.outcomes)
        asked = dict.fromkeys(name for edge in edges for name in edge.requires)
        found = (self.definition.requirements[name] for name in asked)
        return tuple(each.id for each in found if each.level == "block" and (each.each == "child" or each.check.children))

    def day(self, time: float) -> date:
        """The local day of an end: a whole number is the evening of the day before, as in a ledger (`Moments`)."""
        return self.starts + timedelta(days=max(ceil(time) - 1, min(floor(time), 0)))


def compile_plan(plan: Plan, definition: Definition, branches: Sequence[Branch]) -> Compiled:
    """Raises `InputFault` for branches whose batch the plan does not know."""
    _check(plan, branches)
    groups = sorted({branch.group for branch in branches}, key=lambda group: (group is None, group or ""))
    servers, first = _servers(plan, groups)
    causes = sorted({cause for step in plan.steps.values() for cause in step.because})
    states = list(plan.steps)
    make = _Maker(
        plan=plan,
        definition=definition,
        index={state: number for number, state in enumerate(states)},
        edges={(edge.source, edge.move.id): edge for edge in definition.edges},
        first_server=first,
        causes={cause: number for number, cause in enumerate(causes)},
    )
    days = _calendar(plan)
    monday = plan.starts - timedelta(days=plan.starts.weekday())
    network = Network(
        nodes=[*(make.node(plan.steps[state]) for state in states), *map(make.gate, plan.batches.values())],
        units=_travellers(plan, branches, groups, len(states)),
        servers=[server for server, _, _ in servers],
        stages=len(definition.stages),
        causes=len(causes),
        open_days=[definition.calendar.is_working_day(day) for day in days],
        weeks=[(day - monday).days // 7 for day in days],
    )
    return Compiled(
        plan=plan,
        definition=definition,
        network=network,
        branches=branches,
        states=states,
        servers=[(capacity, group) for _, capacity, group in servers],
        causes=causes,
        groups=groups,
        stages=list(definition.stages),
        starts=plan.starts,
    )


def _travellers(plan: Plan, branches: Sequence[Branch], groups: Sequence[str | None], gates: int) -> list[Traveller]:
    """The branches, each before the gate of its batch; the gates are the nodes from `gates` on."""
    gate = {batch: gates + number for number, batch in enumerate(plan.batches)}
    number_of = {group: number for number, group in enumerate(groups)}
    focused = _focused(plan, branches)
    return [
        Traveller(
            node=gate[branch.batch],
            start=float((plan.batches[branch.batch].start - plan.starts).days),
            group=number_of[branch.group],
            size=float(branch.size),
            focus=branch.id in focused,
        )
        for branch in branches
    ]


def _check(plan: Plan, branches: Sequence[Branch]) -> None:
    unknown = [branch for branch in branches if branch.batch not in plan.batches]
    if unknown:
        known = ", ".join(plan.batches)
        raise InputFault(
            [Fault(where=branch.id, path="batch", text=_no_batch(branch.batch, known), code="reference") for branch in unknown]
        )


def _no_batch(batch: str, known: str) -> Text:
    en = f"batch {batch or '(none)'} is not in the plan; its batches are {known}"
    return Text.of(en, f"计划中没有批次 {batch or '（无）'}；计划的批次为 {known}")


def _calendar(plan: Plan) -> list[date]:
    last = max(batch.start for batch in plan.batches.values())
    return [plan.starts + timedelta(days=n) for n in range((last - plan.starts).days + _HORIZON)]


def _servers(plan: Plan, groups: Sequence[str | None]) -> tuple[list[tuple[Server, str, str | None]], dict[str, int]]:
    """Every server with its capacity and group, and the index of each capacity's first."""
    servers: list[tuple[Server, str, str | None]] = []
    first = {}
    for capacity in plan.capacities.values():
        first[capacity.id] = len(servers)
        server = Server(places=capacity.people, order=plan.policy.order.get(capacity.id, "first_come"))
        servers += [(server, capacity.id, group) for group in (groups if capacity.each else [None])]
    return servers, first


def _focused(plan: Plan, branches: Sequence[Branch]) -> frozenset[str]:
    """The largest branches of each group, as many of a hundred as the plan says."""
    if plan.policy.focus is None:
        return frozenset()
    found: set[str] = set()
    for group in {branch.group for branch in branches}:
        ours = sorted((branch for branch in branches if branch.group == group), key=lambda branch: (-branch.size, branch.id))
        found |= {branch.id for branch in ours[: round(len(ours) * plan.policy.focus.share)]}
    return frozenset(found)


@frozen(kw_only=True)
class _Maker:
    """Nodes from steps."""

    plan: Plan
    definition: Definition
    index: Mapping[str, int]
    edges: Mapping[tuple[str, str], Edge]
    first_server: Mapping[str, int]
    causes: Mapping[str, int]

    def node(self, step: StepPlan) -> Node:
        capacity = None if step.served_by is None else self.plan.capacities[step.served_by]
        focus = self.plan.policy.focus
        return Node(
            takes=step.plus if step.until else step.takes,
            unit=step.unit,
            until_planned_end=step.until is not None,
            server=-1 if capacity is None else self.first_server[capacity.id],
            each_group=capacity is not None and capacity.each is not None,
            focus=focus.plus if focus is not None and capacity is not None else None,
            ways=tuple(self._way(step, number) for number in range(len(step.outcomes))),
            causes=tuple((self.causes[cause], share) for cause, share in step.because.items()),
            stage=self._number(step.state),
        )

    def gate(self, batch: BatchPlan) -> Node:
        """Where the branches of a batch begin: after `plus` days they enter the first stage."""
        state = self.definition.initial
        return Node(takes=batch.plus, ways=(self._begin(self.index[state], state, (1.0,), fails=False),))

    def _way(self, step: StepPlan, number: int) -> Way:
        outcome = step.outcomes[number]
        edge = self.edges[step.state, outcome.move]
        fails = bool(step.because) and number > 0
        if edge.target == FINISHED or edge.target in self.plan.goals:
            return Way(to=END, shares=outcome.shares, fails=fails)
        to = self.index[edge.target]
        kinds = {effect.kind for effect in edge.move.effects}
        if self._number(edge.target) != self._number(step.state) or "new_attempt" in kinds:
            return self._begin(to, edge.target, outcome.shares, fails=fails)
        if "extend" in kinds:
            return Way(to=to, shares=outcome.shares, effect="extend", days=self.plan.extend_days, fails=fails)
        return Way(to=to, shares=outcome.shares, fails=fails)

    def _begin(self, to: int, state: str, shares: tuple[float, ...], *, fails: bool) -> Way:
        """A stage begins: its planned end is as many days off as it lasts."""
        stage = self.definition.stage_of(state)
        days = 0.0 if stage is None else lasting(stage) + self.plan.extended.get(stage.id, 0.0)
        return Way(to=to, shares=shares, effect="begin", days=Distribution("constant", (days,)), fails=fails)

    def _number(self, state: str) -> int:
        stage = self.definition.stage_of(state)
        return -1 if stage is None else stage.number - 1


def lasting(stage: Stage) -> float:
    """Days; a calendar month is counted as a twelfth of a year."""
    return stage.months * _MONTH if stage.months is not None else float(stage.lasts or 0)

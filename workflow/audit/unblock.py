"""What would unblock a move: the shortest sets of actions, each proven by doing them and asking again. Nothing is written."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from math import prod
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.audit.bearings import AsOf, InForce, as_of, in_force
from workflow.audit.remedies.actions import Action, Remedies
from workflow.audit.remedies.candidates import Candidates
from workflow.audit.remedies.drafts import Plan, in_order, inserted, side_by_side
from workflow.audit.remedies.subsets import Subsets
from workflow.audit.remedies.trial import Outcome, Trial
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.ledger import branch_stream, event, head
from workflow.texts import Text
from workflow.verdicts.findings import Finding, Person, Verdict

TRIALS = 200  # plans tried at most
CHOICES = 2_000  # combinations made at most from the remedies of one refusal
_DEEPEST = 12  # refusals on the way that are followed


@frozen(kw_only=True)
class Hopeless:
    """Something in the way that no action could be worked out for. `roles` are those that could act, but nobody holds."""

    finding: Finding
    roles: tuple[str, ...] = ()


@frozen(kw_only=True)
class Unblocking:
    """What would let a branch make a move, as of the event `position` of its stream.

    `verdict` is the answer now. `sets` are proven and minimal, the fewest actions first, then the fewest people, then the earliest day;
    empty where it is allowed already, and where something in the way is `hopeless`: then `others` are people who could make the move
    instead, and `ahead` the moves that could come next. `untried` is how many combinations of remedies were not looked at.
    """

    branch: str
    move: str
    verdict: Verdict
    sets: tuple[Remedies, ...]
    hopeless: tuple[Hopeless, ...]
    untried: int
    position: AsOf
    in_force: InForce
    others: tuple[Person, ...] = ()
    ahead: tuple[str, ...] = ()


def unblock(
    campaign: Campaign,
    branch: str,
    move: str | None = None,
    *,
    by: str | None = None,
    takes: Mapping[str, Any] | None = None,
    most: int = 5,
) -> Unblocking:
    """The shortest sets of actions after which the move (default: the next one onward) is allowed; with `by`, to this person.

    Everything is tried in the database and taken back, so it waits for other writers as a command does. Raises `NotFound` for
    an unknown branch, move or person, `Misuse` for a branch that has no move ahead.
    """
    asked = move or _onward(campaign, branch)
    trial = Trial.of(campaign, branch, asked, by, takes or {})
    with trial.afresh():
        verdict = campaign.ask(branch, asked, by=by, takes=takes)
        position, version = _bearings(campaign, branch)
        found = _Search(trial, most).run(verdict) if not verdict.allowed else _Found()
        others = trial.others() if found.hopeless else ()
    return Unblocking(
        branch=branch,
        move=asked,
        verdict=verdict,
        sets=tuple(found.sets[:most]),
        hopeless=tuple(found.hopeless),
        untried=found.untried,
        position=position,
        in_force=version,
        others=others,
        ahead=tuple(point.move for point in campaign.why(branch).now) if found.hopeless else (),
    )


def _bearings(campaign: Campaign, branch: str) -> tuple[AsOf, InForce]:
    stream = branch_stream(branch)
    last = head(campaign.store, stream)
    assert last is not None, "a branch begins with an event"
    version = campaign._desk.in_force(branch, campaign._desk.now(stream))
    return as_of(campaign, event(campaign.store, stream, last.seq)), in_force(campaign, version)


def _onward(campaign: Campaign, branch: str) -> str:
    outlook = campaign.why(branch)
    if not outlook.now:
        raise Misuse(Text.of(f"no move is ahead of {branch}", f"{branch} 之后没有动作"), "no-move")
    return outlook.now[-1].move


@define
class _Found:
    sets: list[Remedies] = field(factory=list)
    hopeless: list[Hopeless] = field(factory=list)
    untried: int = 0


@frozen
class _Node:
    """A plan to be tried, and how many refusals led to it."""

    plan: Plan
    depth: int = 0


@define
class _Search:
    """Best first: the plan with the fewest actions is tried next; where it is stopped, what is in the way there is added to it.

    What leads to an allowed verdict waits in `_allowed` until no shorter plan is left to try; only then are its subsets tried.
    """

    trial: Trial
    most: int
    found: _Found = field(factory=_Found)
    _queue: list[tuple[int, int, str, int, _Node]] = field(factory=list)
    _seen: set[Plan] = field(factory=set)
    _cleared: set[str] = field(factory=set)  # what some plan by itself puts right
    _order: Iterator[int] = field(factory=count)
    _allowed: list[tuple[int, int, str, int, Remedies]] = field(factory=list)
    _candidates: Candidates = field(init=False)

    @_candidates.default
    def _of_trial(self) -> Candidates:
        return Candidates(self.trial)

    def run(self, verdict: Verdict) -> _Found:
        choices = self._choices(verdict.standing)
        if self.found.hopeless:
            return self.found
        self._push((in_order(plan) for plan in self._combinations(choices)), 1)
        tried = 0
        while len(self.found.sets) < self.most and (self._allowed or (self._queue and tried < TRIALS)):
            if self._allowed and (tried >= TRIALS or not self._queue or self._allowed[0][:3] <= self._queue[0][:3]):
                self._keep(heapq.heappop(self._allowed)[-1])
            else:
                tried += 1
                self._try(heapq.heappop(self._queue)[-1])
        if not self.found.sets:
            self.found.hopeless += [Hopeless(finding=finding) for finding in verdict.standing if finding.code not in self._cleared]
        self.found.untried += len(self._queue) + len(self._allowed) + self._candidates.cut
        self.found.sets.sort(key=rank)
        return self.found

    def _choices(self, standing: Sequence[Finding]) -> list[list[Plan]]:
        """For everything in the way the plans that are not dead by themselves."""
        choices = []
        for finding in standing:
            outcomes = [(plan, self._outcome(in_order(plan))) for plan in self._candidates.of(finding)]
            plans = [plan for plan, outcome in outcomes if not outcome.dead]
            if any(outcome.verdict and finding.code not in {f.code for f in outcome.standing} for _, outcome in outcomes):
                self._cleared.add(finding.code)
            if not plans:
                roles = tuple(dict.fromkeys(role for _, outcome in outcomes for role in outcome.nobody))
                self.found.hopeless.append(Hopeless(finding=finding, roles=roles))
            choices.append(plans)
        return choices

    def _outcome(self, plan: Plan) -> Outcome:
        with self.trial.afresh():
            return self.trial.run(plan)

    def _combinations(self, choices: Sequence[Sequence[Plan]]) -> list[Plan]:
        """One plan for each thing in the way, joined: those made of the first remedies first."""
        total, definition = prod(len(plans) for plans in choices), self.trial.definition
        found: dict[Plan, None] = {}
        for n, ranks in enumerate(by_rank([len(plans) for plans in choices])):
            if n == CHOICES:
                self.found.untried += total - CHOICES
                break
            found[side_by_side(definition, (plans[rank] for plans, rank in zip(choices, ranks, strict=True)))] = None
        return list(found)

    def _push(self, plans: Iterable[Plan], depth: int) -> None:
        for plan in plans:
            if plan not in self._seen:
                self._seen.add(plan)
                day = max((draft.subject for draft in plan if draft.kind == "wait"), default=self.trial.today)
                heapq.heappush(self._queue, (len(plan), self.trial.people_needed(plan), day, next(self._order), _Node(plan, depth)))

    def _try(self, node: _Node) -> None:
        with self.trial.afresh():
            outcome = self.trial.run(node.plan)
            more = [] if outcome.dead else [self._candidates.of(finding) for finding in outcome.standing]
        if outcome.allowed:
            self._wait(self.trial.with_fewer(node.plan, outcome).actions)
        elif more and all(more) and node.depth < _DEEPEST:
            grown = (inserted(self.trial.definition, node.plan, outcome.place, in_order(plan)) for plan in self._combinations(more))
            self._push((plan for plan in grown if plan != node.plan), node.depth + 1)

    def _wait(self, actions: tuple[Action, ...]) -> None:
        found = Remedies.of(actions, self.trial.today)
        heapq.heappush(self._allowed, (*rank(found), next(self._order), found))

    def _keep(self, remedies: Remedies) -> None:
        """The set itself or, where a part of it is enough, that part."""
        parts, tried, each = Subsets(self.trial).enough(remedies.actions)
        for part in parts:
            self._wait(part)
        if parts or any(remedies.same(known) for known in self.found.sets):
            return
        with self.trial.afresh():
            for action in remedies.actions:
                self.trial.repeat(action)
            mover = self.trial.mover()
        self.found.sets.append(evolve(remedies, mover=mover, tried=tried, each=each))


def by_rank(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of one out of each, those with the lowest sum of ranks first."""
    start = (0,) * len(sizes)
    queue, seen = [(0, start)], {start}
    while queue:
        total, ranks = heapq.heappop(queue)
        yield ranks
        for place, size in enumerate(sizes):
            further = (*ranks[:place], ranks[place] + 1, *ranks[place + 1 :])
            if further[place] < size and further not in seen:
                seen.add(further)
                heapq.heappush(queue, (total + 1, further))


def rank(remedies: Remedies) -> tuple[int, int, str]:
    """The fewest actions first, then the fewest people, then the earliest day."""
    return len(remedies.actions), len(remedies.people), remedies.day

"""What stands between a branch and its next stage, or its next time round this one, in whose hands, since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from workflow.definition.graph import Way, to_next_cycle, to_next_stage
from workflow.definition.model import CLOSE, Definition, Edge
from workflow.store.facts import BranchFact, Facts
from workflow.store.pauses import paused_days
from workflow.verdicts.findings import Finding, Person, Verdict
from workflow.verdicts.judge import Judge
from workflow.verdicts.people import holders, persons


@frozen(kw_only=True)
class Waypoint:
    """One move still to be made, the verdict on it as things stand, and who may make it."""

    move: str
    verdict: Verdict
    by: tuple[str, ...]
    people: tuple[Person, ...]

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The requirements in the way; that it is not yet its turn is none."""
        return tuple(f for f in self.verdict.standing if not f.is_rule)


@frozen(kw_only=True)
class Outlook:
    """The way from where a branch stands to its next stage; in a stage that repeats to `next_attempt` of it.

    `now` are the moves that could come next (steps to be closed, then the move onward), `later` the moves after them.
    `ending` are the moves beside these that lead out of a stage that repeats: what is between the branch and the end.
    `blocker` is the code of the first requirement in the way, None when the next move only waits for somebody to make it.
    `hands` are the people who must act now, `days` how long the branch has stood in its phase, days it was suspended left out.
    `suspended` is the day since when no move is made: then the blocker is "rule.running", and whoever may let it go on must act.
    `ended` is the day the branch ceased to be, `successor` the branch that took over what it had; then no move is ahead of it.
    """

    branch: str
    title: str
    batch: str | None
    group: str | None
    state: str
    attempt: int
    since: str
    days: int
    day: str
    planned_end: str | None
    now: tuple[Waypoint, ...]
    later: tuple[Waypoint, ...]
    blocker: str | None
    waiting_for: str | None  # the move that waits, when nothing blocks
    hands: tuple[Person, ...]
    roles: tuple[str, ...]
    definition: str
    next_attempt: int | None = None
    ending: tuple[Waypoint, ...] = ()
    suspended: str | None = None
    ended: str | None = None
    successor: str | None = None

    @property
    def final(self) -> bool:
        return not self.now


def outlook(definition: Definition, judge: Judge, branch: BranchFact, *, ahead: bool) -> Outlook:
    """The outlook of one branch. The judge's facts must cover `edges_now` of its state, with `ahead` `edges_ahead`."""
    before = _Ahead() if branch.ended else _ahead(definition, judge, branch, later=ahead)
    return _outlook(definition, judge, branch, before, _hold(definition, judge, branch, before.now))


@frozen
class _Ahead:
    """The moves before a branch, as `Outlook` has them."""

    now: tuple[Waypoint, ...] = ()
    later: tuple[Waypoint, ...] = ()
    ending: tuple[Waypoint, ...] = ()
    around: bool = False


@frozen
class _Hold:
    """What holds a branch up, and in whose hands that is, as `Outlook` has them."""

    blocker: str | None = None
    waiting_for: str | None = None
    roles: tuple[str, ...] = ()
    hands: tuple[Person, ...] = ()


def _outlook(definition: Definition, judge: Judge, branch: BranchFact, ahead: _Ahead, hold: _Hold) -> Outlook:
    return Outlook(
        branch=branch.id,
        title=branch.title,
        batch=branch.batch,
        group=branch.group,
        state=branch.state,
        attempt=branch.attempt,
        since=branch.since,
        days=_days(branch, judge.facts.today),
        day=judge.facts.today,
        planned_end=branch.planned_end,
        now=ahead.now,
        later=ahead.later,
        blocker=hold.blocker,
        waiting_for=hold.waiting_for,
        hands=hold.hands,
        roles=hold.roles,
        definition=definition.hash,
        next_attempt=branch.attempt + 1 if ahead.around else None,
        ending=ahead.ending,
        suspended=None if branch.ended else branch.suspended,
        ended=branch.ended,
        successor=branch.successor,
    )


def _ahead(definition: Definition, judge: Judge, branch: BranchFact, *, later: bool) -> _Ahead:
    ways = _ways(definition, branch.state)
    if _is_over(judge, branch, ways.ending):
        ways, open_steps = _Ways(ways.ending), []
    else:
        open_steps = [e for e in _closings(definition, branch.state) if e.move.step not in branch.closed]
    return _Ahead(
        now=tuple(_waypoint(definition, judge, branch, edge) for edge in (*open_steps, *ways.onward[:1])),
        later=tuple(_later(definition, judge, branch, edge) for edge in ways.onward[1:]) if later else (),
        ending=tuple(_later(definition, judge, branch, edge) for edge in ways.ending) if later else (),
        around=ways.around,
    )


def _hold(definition: Definition, judge: Judge, branch: BranchFact, now: Sequence[Waypoint]) -> _Hold:
    """The first requirement in the way; else the next move, for somebody to make it. While the branch is suspended, that it is."""
    if now and branch.suspended is not None:
        roles = definition.authority.get("suspend", ())
        return _Hold(blocker="rule.running", roles=roles, hands=_people(definition, judge.facts, branch, roles))
    ready_steps = [w for w in now if not any(f.code == "rule.step" for f in w.verdict.standing)]
    first = next((w for w in ready_steps if w.standing and w.move.startswith(CLOSE)), None) or next(iter(ready_steps), None)
    if first is None:
        return _Hold()
    blocker = next(iter(first.standing), None)
    if blocker is None:
        return _Hold(waiting_for=first.move, roles=first.by, hands=first.people)
    return _Hold(blocker=blocker.code, roles=(blocker.owner,) if blocker.owner else (), hands=blocker.holders)


@frozen
class _Ways:
    """The way on: to the next stage, or `around` to the next time through this one; then `ending` is what leads out of it beside."""

    onward: Way
    ending: Way = ()
    around: bool = False


def _ways(definition: Definition, state: str) -> _Ways:
    out, around = to_next_stage(definition, state), to_next_cycle(definition, state)
    return _Ways(around, tuple(edge for edge in out if edge not in around), around=True) if around else _Ways(out)


def _is_over(judge: Judge, branch: BranchFact, ending: Way) -> bool:
    """Is all there that a move out of a stage that repeats asks for (the event has come)? Then that is what the branch waits for.

    A way out that asks for nothing is open at any time, and is no reason to take it.
    """
    if not ending or ending[0].source != branch.state:
        return False
    asked = [finding for name in ending[0].requires if (finding := judge.requirement(branch, name)).level == "block"]
    return bool(asked) and not any(finding.blocks for finding in asked)


def edges_now(definition: Definition, state: str) -> tuple[Edge, ...]:
    """The moves that could come next from `state`: closing its steps, the move onward, and the move out of a stage that repeats."""
    ways = _ways(definition, state)
    return (*_closings(definition, state), *ways.onward[:1], *ways.ending[:1])


def edges_ahead(definition: Definition, state: str) -> tuple[Edge, ...]:
    """Every move from `state` to the next stage, or round and out."""
    ways = _ways(definition, state)
    return (*_closings(definition, state), *ways.onward, *ways.ending)


def _closings(definition: Definition, state: str) -> list[Edge]:
    return [edge for name, edge in definition.edges_by_state.get(state, {}).items() if name.startswith(CLOSE) and edge.move.step]


def _waypoint(definition: Definition, judge: Judge, branch: BranchFact, edge: Edge) -> Waypoint:
    verdict = judge.move(branch, edge, None, command="why")
    return Waypoint(move=edge.move.id, verdict=verdict, by=edge.move.by, people=_people(definition, judge.facts, branch, edge.move.by))


def _later(definition: Definition, judge: Judge, branch: BranchFact, edge: Edge) -> Waypoint:
    """A move not yet possible: its requirements as they stand today, without the rule that it is not its turn."""
    findings = [judge.requirement(branch, name) for name in edge.requires]
    verdict = judge.given(branch, edge, findings)
    return Waypoint(move=edge.move.id, verdict=verdict, by=edge.move.by, people=_people(definition, judge.facts, branch, edge.move.by))


def _people(definition: Definition, facts: Facts, branch: BranchFact, roles: Sequence[str]) -> tuple[Person, ...]:
    return persons([grant for role in roles for grant in holders(definition, facts, role, branch)])


def _days(branch: BranchFact, today: str) -> int:
    """How long the branch has stood (or stood until it ended) in its phase, less what it was suspended in that time."""
    since, until = date.fromisoformat(branch.since), date.fromisoformat(branch.ended or today)
    return max((until - since).days, 0) - paused_days(branch.pauses, since, until)

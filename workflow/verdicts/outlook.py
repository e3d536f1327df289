"""What stands between a branch and its next stage, or its next time round this one, in whose hands, since when."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from workflow.definition.graph import Way, to_next_cycle, to_next_stage
from workflow.definition.model import CLOSE, Definition, Edge
from workflow.store.facts import BranchFact, Facts
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
    `hands` are the people who must act now, `days` how long the branch has stood in its phase.
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

    @property
    def final(self) -> bool:
        return not self.now


def outlook(definition: Definition, judge: Judge, branch: BranchFact, *, ahead: bool) -> Outlook:
    """The outlook of one branch. The judge's facts must cover `edges_now` of its state, with `ahead` `edges_ahead`."""
    facts = judge.facts
    ways = _ways(definition, branch.state)
    if _is_over(judge, branch, ways.ending):
        ways, open_steps = _Ways(ways.ending), []
    else:
        open_steps = [e for e in _closings(definition, branch.state) if e.move.step not in branch.closed]
    now = [_waypoint(definition, judge, branch, edge) for edge in (*open_steps, *ways.onward[:1])]
    ready_steps = [w for w in now if not any(f.code == "rule.step" for f in w.verdict.standing)]
    later = [_later(definition, judge, branch, edge) for edge in ways.onward[1:]] if ahead else []
    ending = [_later(definition, judge, branch, edge) for edge in ways.ending] if ahead else []
    first = next((w for w in ready_steps if w.standing and w.move.startswith(CLOSE)), None) or next(iter(ready_steps), None)
    blocker = next(iter(first.standing), None) if first else None
    waits = None if blocker else first
    roles = (blocker.owner,) if blocker and blocker.owner else waits.by if waits else ()
    hands = blocker.holders if blocker else waits.people if waits else ()
    return Outlook(
        branch=branch.id,
        title=branch.title,
        batch=branch.batch,
        group=branch.group,
        state=branch.state,
        attempt=branch.attempt,
        since=branch.since,
        days=_days(facts, branch.since),
        day=facts.today,
        planned_end=branch.planned_end,
        now=tuple(now),
        later=tuple(later),
        blocker=blocker.code if blocker else None,
        waiting_for=waits.move if waits else None,
        hands=hands,
        roles=tuple(roles),
        definition=definition.hash,
        next_attempt=branch.attempt + 1 if ways.around else None,
        ending=tuple(ending),
    )


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
    return Waypoint(move=edge.move.id, verdict=verdict, by=edge.move.by, people=_people(definition, judge.facts, branch, edge))


def _later(definition: Definition, judge: Judge, branch: BranchFact, edge: Edge) -> Waypoint:
    """A move not yet possible: its requirements as they stand today, without the rule that it is not its turn."""
    findings = [judge.requirement(branch, name) for name in edge.requires]
    verdict = judge.given(branch, edge, findings)
    return Waypoint(move=edge.move.id, verdict=verdict, by=edge.move.by, people=_people(definition, judge.facts, branch, edge))


def _people(definition: Definition, facts: Facts, branch: BranchFact, edge: Edge) -> tuple[Person, ...]:
    return persons([grant for role in edge.move.by for grant in holders(definition, facts, role, branch)])


def _days(facts: Facts, since: str) -> int:
    return max((date.fromisoformat(facts.today) - date.fromisoformat(since)).days, 0)

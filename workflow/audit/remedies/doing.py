"""People at work in one branch: what stands in the way of a move is put right, for real, and one thing after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.audit.remedies.actions import Action, carry_out
from workflow.audit.remedies.candidates import Candidates
from workflow.audit.remedies.cast import CASTING, Cast
from workflow.audit.remedies.drafts import Bounds, Draft, Kind, Plan, in_order, side_by_side
from workflow.audit.remedies.foresight import asked_of
from workflow.audit.remedies.ground import Library
from workflow.definition.model import Definition, Edge
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Hearing
from workflow.errors import WorkflowError
from workflow.store.facts import FactNeeds
from workflow.verdicts.findings import Finding, Verdict

_ROUNDS = 12  # times one thing is tried again
_DEEPEST = 6  # things done for the sake of others
_MOST = 1_000  # attempts in one call
_NEVER: tuple[Kind, ...] = ("waive", "withdraw", "appoint", "resume")  # nobody accepts gaps, or undoes things, to get on
_ALONE: tuple[Kind, ...] = ("record", "move", "wait")  # each is of use by itself; what is done with cases is done to the end or not at all

Absent = Callable[[str, str], bool]


class _TakenBack(Exception):
    """Ends what was refused, or came to nothing."""


@frozen
class Reached:
    """What trying came to: the last verdict (None: there was nobody, or nothing, to try it with), and the day on which to try again where
    nothing but time is missing."""

    verdict: Verdict | None
    day: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict is not None and self.verdict.allowed


_STUCK = Reached(None)


@define
class Work:
    """One call for one branch, inside a transaction. `done` counts what was done; `takes` are what the move asked about takes.

    Whoever is `absent` stays off the sheets entered, and nobody goes after him: what he has missed is found out when it is missed.
    """

    campaign: Campaign
    branch: str
    libraries: dict[str, Library]
    absent: Absent | None = None
    takes: Mapping[str, Any] = field(factory=dict)
    done: int = 0
    cast: Cast = field(init=False)
    _stack: list[str] = field(factory=list)  # the moves being made, none of which can be done for its own sake
    _failed: dict[Draft, int] = field(factory=dict)  # what came to nothing, when so much had changed
    _changes: int = 0  # what was done, and what was taken back
    _attempts: int = 0
    _missed: dict[tuple[str, str], int] = field(factory=dict)  # kind of sheet and member -> the round in which he first was absent
    _round: int = 0

    @cast.default
    def _of_branch(self) -> Cast:
        with self.hearing(FactNeeds()) as heard:
            return Cast.of(self.campaign, heard)

    # -- what plans are worked out by ----------------------------------------------------------------------------------

    @property
    def definition(self) -> Definition:
        return self.cast.definition

    @property
    def group(self) -> str | None:
        return self.cast.branch.group

    def asked_of(self, edge: Edge) -> Bounds:
        """What a move asks of what it takes."""
        with self.hearing(FactNeeds()) as heard:
            return asked_of(Candidates(self, libraries=self.libraries).library, heard, edge)

    @contextmanager
    def hearing(self, needs: FactNeeds) -> Iterator[Hearing]:
        with self.campaign._desk.hearing(self.branch, lambda _version: needs) as heard:
            yield heard

    # -- one thing -----------------------------------------------------------------------------------------------------

    def reach(self, move: str, attempt: Callable[[], Verdict | None]) -> Reached:
        """Tries; does what is missing; tries again, until it is allowed or nothing helps."""
        self._stack.append(move)
        tried: set[tuple[str, Plan]] = set()
        try:
            for _ in range(_ROUNDS):
                verdict = attempt()
                if verdict is None or verdict.allowed:
                    return Reached(verdict)
                before = self.done
                day = self._put_right(verdict.standing, tried) if len(self._stack) <= _DEEPEST else ""
                if self.done == before:
                    break
            return Reached(verdict, day)
        finally:
            self._stack.pop()

    def _do(self, draft: Draft, number: int) -> Reached:
        """A draft, with all that it takes; `number` is the round in which it was thought of."""
        if draft.subject in self._stack or self._failed.get(draft) == self._changes:
            return _STUCK
        takes: dict[str, Any] = {}
        before, self.takes = self.takes, takes
        try:
            reached = self.reach(draft.subject, partial(self._attempt, draft, number, takes))
        finally:
            self.takes = before
        if not reached.allowed and not reached.day:
            self._failed[draft] = self._changes
        return reached

    def _attempt(self, draft: Draft, number: int, takes: dict[str, Any]) -> Verdict | None:
        """The draft carried out by whoever may; the refusal, taken back; None where it cannot even be tried."""
        self._attempts += 1
        cut = self._without_absent(draft, number) if draft.kind == "record" else draft
        if cut is None or self._attempts > _MOST:
            return None
        refused: Verdict | None = None
        for person in self.cast.able(draft):
            action = self.cast.settled(cut, person)
            if action is None:
                continue
            takes.update(action.fields)
            sheet = self.cast.on_paper(action)
            verdict = (sheet and self.carried_out(sheet)) or self.carried_out(action)
            if verdict is None or verdict.allowed:
                return verdict
            refused = refused or verdict
            if not any(f.code in CASTING for f in verdict.standing):
                return verdict
        return refused

    def carried_out(self, action: Action) -> Verdict | None:
        """Kept if it is allowed; the refusal, taken back; None for what makes no sense."""
        verdict: Verdict | None = None
        try:
            with self.campaign.store.write():
                verdict = carry_out(self.campaign, self.branch, action)
                if verdict is None or not verdict.allowed:
                    raise _TakenBack
        except _TakenBack:
            return verdict
        except WorkflowError:
            return None
        self.done += 1
        self._changes += 1
        return verdict

    def _without_absent(self, draft: Draft, number: int) -> Draft | None:
        """The sheet without the lines of whoever is absent; None if nobody is left."""
        if self.absent is None or not any(member for member, _ in draft.lines):
            return draft
        kind, there = draft.subject, []
        for member, bounds in draft.lines:
            if member and self._missed.get((kind, member), number) < number:
                continue
            if member and self.absent(kind, member):
                self._missed.setdefault((kind, member), number)
            else:
                there.append((member, bounds))
        return evolve(draft, lines=tuple(there)) if there else None

    # -- what is missing -----------------------------------------------------------------------------------------------

    def _put_right(self, standing: Sequence[Finding], tried: set[tuple[str, Plan]]) -> str:
        """The first plan not tried yet for each thing in the way. If all that is left comes with time, the day to go on; else nothing."""
        self._round += 1
        number = self._round
        chosen = self._chosen(standing, tried)
        loose = {code: plan for code, plan in chosen.items() if all(draft.kind in _ALONE for draft in plan)}
        joined = in_order(side_by_side(self.definition, loose.values()))
        come = {draft: self._do(draft, number) for draft in joined if draft.kind == "record"}
        whole = {code: self._whole(plan, number) for code, plan in chosen.items() if code not in loose}
        come |= {draft: self._do(draft, number) for draft in joined if draft.kind == "move"}
        days = {code: _day(plan, come) for code, plan in loose.items()} | {code: day for code, (day, _) in whole.items()}
        begun = {code for code, plan in loose.items() if any(d in come and come[d].allowed for d in plan)}
        begun |= {code for code, (_, done) in whole.items() if done}
        tried |= {(code, plan) for code, plan in chosen.items() if code in begun or not days[code]}
        found = [days.get(finding.code, "") for finding in standing]
        on_the_way = whole or any(reached.day for reached in come.values())  # then there may be more to do on the first of these days
        return "" if "" in found else (min if on_the_way else max)(found)

    def _chosen(self, standing: Sequence[Finding], tried: set[tuple[str, Plan]]) -> dict[str, Plan]:
        candidates = Candidates(self, libraries=self.libraries)
        chosen = {}
        for finding, plans in zip(standing, candidates.of_each(standing), strict=True):
            open_to = (in_order(plan) for plan in plans if not any(draft.kind in _NEVER for draft in plan))
            fresh = [plan for plan in open_to if (finding.code, plan) not in tried]
            if fresh:
                chosen[finding.code] = min(fresh, key=_reluctance)
        return chosen

    def _whole(self, plan: Plan, number: int) -> tuple[str, bool]:
        """A plan done from beginning to end, or none of it: the day to go on, where something waits for its time, and was anything done?"""
        before, day = self.done, max(_waits(plan), default="")
        try:
            with self.campaign.store.write():
                for draft in (draft for draft in plan if draft.kind != "wait"):
                    reached = self._do(draft, number)
                    if reached.day:
                        return reached.day, self.done > before
                    if not reached.allowed:
                        raise _TakenBack
        except _TakenBack:
            self.done = before
            self._changes += 1
            return "", False
        return day, True


def _day(plan: Plan, come: Mapping[Draft, Reached]) -> str:
    """When to go on with a plan of which something waits for its time."""
    later = [come[draft].day for draft in plan if draft in come and come[draft].day]
    return min(later) if later else max(_waits(plan), default="")


def _waits(plan: Plan) -> Iterable[str]:
    return [draft.subject for draft in plan if draft.kind == "wait"]


def _reluctance(plan: Plan) -> tuple[bool, bool]:
    """Sooner done than waited for, and what was begun is brought to an end before anything new is begun."""
    kinds = {draft.kind for draft in plan}
    return "wait" in kinds, "open" in kinds

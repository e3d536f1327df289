"""A campaign on trial: the same database, a clock of its own, everything done through the public API, and all of it taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen

from workflow.audit.remedies.actions import Action, carry_out
from workflow.audit.remedies.cast import CASTING
from workflow.audit.remedies.drafts import Draft, Plan, roles_of
from workflow.audit.remedies.settling import kind_at, settled
from workflow.clock import VirtualClock, as_utc
from workflow.definition.model import Definition
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Desk, Hearing
from workflow.errors import WorkflowError
from workflow.store.facts import FactNeeds
from workflow.verdicts.findings import Finding, Person, Verdict
from workflow.verdicts.people import holders, persons

_REASON = "on trial"
_PEOPLE = "SELECT id FROM workflow_person ORDER BY id"


@frozen
class Outcome:
    """What came of a plan: the actions carried out; where it stopped, the findings in the way of the draft at `place`.

    `place` is the length of the plan where the move itself was asked, and `verdict` the answer. `nobody` are the roles that
    nobody holds who could act; then, and where a command makes no sense, the plan is `dead`.
    """

    actions: tuple[Action, ...]
    place: int
    standing: tuple[Finding, ...] = ()
    verdict: Verdict | None = None
    dead: bool = False
    nobody: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.verdict is not None and self.verdict.allowed

    @property
    def people(self) -> frozenset[str]:
        return frozenset(action.by.id for action in self.actions if action.by)


@define
class Trial:
    """One branch and the move asked about, as long as the database is held. `campaign` must only be used inside `Store.undone`."""

    campaign: Campaign
    clock: VirtualClock
    branch: str
    move: str
    by: str | None
    takes: Mapping[str, Any]
    people: Sequence[str] = field(init=False)
    _may: dict[Draft, frozenset[str]] = field(factory=dict)
    _spared: frozenset[str] = frozenset()  # people who are not asked

    @people.default
    def _everybody(self) -> Sequence[str]:
        return [row[0] for row in self.campaign.store.rows(_PEOPLE)]

    @classmethod
    def of(cls, campaign: Campaign, branch: str, move: str, by: str | None, takes: Mapping[str, Any]) -> Trial:
        clock = VirtualClock(campaign.now)
        on_trial = Campaign(Desk(campaign.store, campaign._desk.versions, clock), campaign.name, rehearsal=True)
        return cls(on_trial, clock, branch, move, by, takes)

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Everything written inside is taken back, and the clock put back."""
        before = self.clock.now()
        try:
            with self.campaign.store.undone():
                yield
        finally:
            self.clock.set(before)

    @contextmanager
    def hearing(self, needs: FactNeeds) -> Iterator[Hearing]:
        with self.campaign._desk.hearing(self.branch, lambda _version: needs) as heard:
            yield heard

    @property
    def definition(self) -> Definition:
        """What is in force for the branch."""
        desk = self.campaign._desk
        return desk.in_force(self.branch, desk.now()).definition

    def ask(self) -> Verdict:
        return self.campaign.ask(self.branch, self.move, by=self.by, takes=self.takes)

    def mover(self) -> Person | None:
        """Who could make the move now."""
        if self.by is not None:
            return next((person for person in self._entitled() if person.id == self.by and self._may_move(person)), None)
        return next((person for person in self._entitled() if self._may_move(person)), None)

    def others(self) -> tuple[Person, ...]:
        """Whom no rule about persons keeps from the move, whatever else is in the way."""
        return tuple(person for person in self._entitled() if person.id != self.by and not self._kept(person))

    def _entitled(self) -> tuple[Person, ...]:
        with self.hearing(FactNeeds()) as heard:
            edge = heard.definition.edge_of(heard.branch.state, self.move)
        return self._holders(() if edge is None else edge.move.by)

    def _may_move(self, person: Person) -> bool:
        return self.campaign.ask(self.branch, self.move, by=person.id, takes=self.takes).allowed

    def _kept(self, person: Person) -> bool:
        verdict = self.campaign.ask(self.branch, self.move, by=person.id, takes=self.takes)
        return any(finding.code in CASTING for finding in verdict.standing)

    @property
    def group(self) -> str | None:
        """The group that supervises the branch."""
        with self.hearing(FactNeeds()) as heard:
            return heard.branch.group

    @property
    def today(self) -> str:
        return self.campaign._desk.day(self.campaign.now)

    def people_needed(self, plan: Plan) -> int:
        """How many people a plan takes, as far as roles tell: whoever may do most of what is left is taken first."""
        left = [self._able(draft) for draft in plan if draft.kind != "wait"]
        number = 0
        while left := [able for able in left if able]:
            number += 1
            best = max(sorted(frozenset().union(*left)), key=lambda person: sum(person in able for able in left))
            left = [able for able in left if best not in able]
        return number

    def _able(self, draft: Draft) -> frozenset[str]:
        """Who holds a role that may carry it out."""
        if draft not in self._may:
            self._may[draft] = frozenset(person.id for person in self._holders(self._roles(draft)))
        return self._may[draft]

    # -- carrying out ------------------------------------------------------------------------------------------------

    def run(self, plan: Plan) -> Outcome:
        """Carries a plan out, each draft by whoever may; asks the move at its end. Call it inside `afresh`."""
        actions: list[Action] = []
        for place, draft in enumerate(plan):
            done = self._act(draft, actions, plan)
            if isinstance(done, Outcome):
                return evolve(done, actions=tuple(actions), place=place)
            actions.append(done)
        verdict = self.ask()
        return Outcome(tuple(actions), len(plan), verdict.standing, verdict)

    def with_fewer(self, plan: Plan, outcome: Outcome) -> Outcome:
        """The plan carried out by as few people as will do. Call it outside `afresh`."""
        self._spared = frozenset()
        for person in sorted({action.by.id for action in outcome.actions if action.by}):
            before, self._spared = self._spared, self._spared | {person}
            with self.afresh():
                again = self.run(plan)
            if again.allowed and len(again.people) < len(outcome.people):
                outcome = again
            else:
                self._spared = before
        self._spared = frozenset()
        return outcome

    def repeat(self, action: Action) -> tuple[Finding, ...] | None:
        """Carries an action out as it was settled. What was in the way, if it was refused; None if it makes no sense now."""
        if action.kind == "wait":
            self._wait(action.subject)
            return ()
        try:
            verdict = carry_out(self.campaign, self.branch, action, reason=_REASON)
        except WorkflowError:
            return None
        return () if verdict is None else verdict.standing

    def _wait(self, day: str) -> None:
        """Until noon of the day."""
        zone = self.definition.calendar.zone
        self.clock.set(max(self.clock.now(), as_utc(datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(zone)))))

    def _act(self, draft: Draft, before: Sequence[Action], plan: Plan) -> Action | Outcome:
        """The action that was carried out, or what was in the way."""
        if draft.kind == "wait":
            self._wait(draft.subject)
            return Action(kind="wait", subject=draft.subject, by=None, day=draft.subject)
        roles = self._roles(draft)
        cast = self.cast(roles, before, plan)
        if not cast:
            return Outcome((), 0, dead=True, nobody=tuple(roles))
        refused: Verdict | None = None
        for person in cast:
            action = settled(self.campaign, self.branch, draft, person, self.people)
            if action is None:
                return Outcome((), 0, dead=True)
            try:
                verdict = carry_out(self.campaign, self.branch, action, reason=_REASON)
            except WorkflowError:
                continue
            if verdict is not None and verdict.allowed:
                return evolve(action, by=Person(id=person.id, name=person.name, role=verdict.role or person.role))
            refused = refused or verdict
            if verdict is not None and not any(f.code in CASTING for f in verdict.standing):
                return Outcome((), 0, verdict.standing)
        return Outcome((), 0, dead=True, nobody=tuple(roles) if refused is not None else ())

    # -- by whom -----------------------------------------------------------------------------------------------------

    def _roles(self, draft: Draft) -> Sequence[str]:
        """The roles that may carry it out."""
        if draft.kind == "withdraw":
            kind = kind_at(self.campaign, self.branch, draft)
            return self.definition.records[kind].by if kind in self.definition.records else ()
        return roles_of(self.definition, draft)

    def cast(self, roles: Sequence[str], before: Sequence[Action], plan: Plan = ()) -> list[Person]:
        """Who may act, first those who act already and those who may do most of the plan; whoever is to make the move comes last."""
        acting = {action.by.id for action in before if action.by}
        able = [self._able(draft) for draft in plan if draft.kind != "wait"]
        reach = {person: sum(person in each for each in able) for person in frozenset().union(*able)}
        found = [person for person in self._holders(roles) if person.id not in self._spared]
        return sorted(found, key=lambda person: (person.id == self.by, person.id not in acting, -reach.get(person.id, 0)))

    def _holders(self, roles: Sequence[str]) -> tuple[Person, ...]:
        with self.hearing(FactNeeds()) as heard:
            return persons([grant for role in roles for grant in holders(heard.definition, heard.facts, role, heard.branch)])

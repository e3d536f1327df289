"""What is due and not yet done: every open deadline of a branch, of its members and cases, and in whose hands it is."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import frozen

from workflow.definition.model import Deadline, Definition
from workflow.store.facts import BranchFact, CaseFact, FactNeeds, Facts
from workflow.verdicts.due import DueDay, Subject, open_days
from workflow.verdicts.evaluate import case_name
from workflow.verdicts.findings import Person
from workflow.verdicts.people import holders


@frozen(kw_only=True)
class DueItem:
    """One open deadline of a branch.

    `definition` is the hash of the rules it is under. Where it is due for each, `subject` is the member or case, called `name`. `day` is
    a local date; None where it stands open until an event of the campaign. It is not `confirmed` where it rests on a year whose working
    days are not settled yet. Of what recurs, `period` is the first and the last day of the week or month. `ladder` has the day and the
    role of every announcement; `escalated` are those who hold a role it has reached, beside the owner's `holders`. While the branch is
    `suspended` nobody is reminded of it.
    """

    definition: str
    branch: str
    deadline: str
    subject: str = ""
    name: str = ""
    day: str | None
    confirmed: bool = True
    period: tuple[str, str] | None = None
    owner: str
    holders: tuple[Person, ...] = ()
    ladder: tuple[tuple[str, str], ...] = ()
    escalated: tuple[Person, ...] = ()
    suspended: bool = False

    @property
    def urgency(self) -> tuple[str, str, str, str]:
        """What it is sorted by: the oldest day first, what has no day last."""
        return self.day or "~", self.branch, self.deadline, self.subject

    def days_late(self, today: str) -> int:
        """Days since the due day; negative before it, 0 without one."""
        return 0 if self.day is None else (date.fromisoformat(today) - date.fromisoformat(self.day)).days


def due_needs(definition: Definition) -> FactNeeds:
    """What has to be read to say what is due."""
    needs = FactNeeds()
    for deadline in definition.deadlines.values():
        needs.add_deadline(definition, deadline)
        if deadline.until is not None:
            needs.add(deadline.until)
    return needs


def dues(definition: Definition, facts: Facts, branch: BranchFact) -> tuple[DueItem, ...]:
    """Every open due item of a branch, the most urgent first."""
    found = [
        _item(definition, deadline, facts, branch, subject, day)
        for deadline in definition.deadlines.values()
        for subject, day in open_days(definition, deadline, facts, branch)
    ]
    return tuple(sorted(found, key=lambda item: item.urgency))


def _item(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact, subject: Subject, due: DueDay) -> DueItem:
    ladder = _ladder(deadline, due)
    reached = dict.fromkeys(role for day, role in ladder if day <= facts.today and role != deadline.owner)
    return DueItem(
        definition=definition.hash,
        branch=branch.id,
        deadline=deadline.id,
        subject="" if subject is None else subject.id,
        name=case_name(definition, facts, subject) if isinstance(subject, CaseFact) else "" if subject is None else subject.name,
        day=due.day,
        confirmed=due.confirmed,
        period=due.period,
        owner=deadline.owner,
        holders=_people(definition, facts, deadline.owner, branch),
        ladder=ladder,
        escalated=tuple(person for role in reached for person in _people(definition, facts, role, branch)),
        suspended=branch.suspended is not None,
    )


def _ladder(deadline: Deadline, due: DueDay) -> tuple[tuple[str, str], ...]:
    """The day and the role of each rung, in the order of the days; none while the day is not known."""
    if due.day is None:
        return ()
    day = date.fromisoformat(due.day)
    return tuple(((day + timedelta(days=rung.days)).isoformat(), rung.to) for rung in sorted(deadline.ladder, key=lambda rung: rung.days))


def _people(definition: Definition, facts: Facts, role: str, branch: BranchFact) -> tuple[Person, ...]:
    return tuple(Person(id=grant.person, name=grant.name, role=role) for grant in holders(definition, facts, role, branch))

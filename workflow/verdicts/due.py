"""By when something is due: a deadline, worked out from where the branch stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from attrs import frozen

from workflow.calendars import Calendar
from workflow.definition.expressions.runtime import HAPPENED, MISSING, RECORD_HEAD, WHOLE, earliest, latest
from workflow.definition.model import Deadline, Definition, Due, Requirement
from workflow.definition.moments import Moment, moment
from workflow.definition.reporting import BEGINS, ENDS
from workflow.store.facts import BranchFact, CaseFact, Facts, MemberFact
from workflow.store.pauses import stretched
from workflow.verdicts.periods import period, periods

Subject = MemberFact | CaseFact | None  # whom or what it is due for, beside the branch


@frozen
class DueDay:
    """A local day as ISO text; None where it is due on an event of the campaign that has not come.

    It is not `confirmed` where it rests on a year whose working days are not settled yet. Of what recurs, `period` is the first and the
    last day of the week or month it is due for.
    """

    day: str | None
    confirmed: bool = True
    period: tuple[str, str] | None = None


def due_day(definition: Definition, requirement: Requirement, facts: Facts, branch: BranchFact) -> DueDay | None:
    """By when a requirement is due; None when it has no deadline, or what starts it has not happened.

    Of a deadline that recurs or is due for many, the first day that is open.
    """
    if requirement.due is None:
        return None
    deadline = definition.deadlines[requirement.due]
    if deadline.each is None and deadline.due.every is None:
        found = deadline_day(definition, deadline, facts, branch)
        return None if found is None or found.day is None else found
    days = (day for _, day in open_days(definition, deadline, facts, branch) if day.day is not None)
    return min(days, key=lambda day: str(day.day), default=None)


def open_days(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact) -> Iterator[tuple[Subject, DueDay]]:
    """Each day that is still open, with whom or what it is due for. Nothing is of a branch that was merged or dissolved."""
    if branch.ended is not None:
        return
    for subject in _subjects(deadline, facts, branch):
        if deadline.due.every is not None:
            yield from ((subject, day) for day in _recurring(definition, deadline, facts, branch, subject))
        elif not _settled(deadline, facts, branch, subject):
            day = deadline_day(definition, deadline, facts, branch, subject)
            if day is not None and not _announced(deadline, day, facts.today):
                yield subject, day


def another_day(definition: Definition, facts: Facts, branch: BranchFact) -> str | None:
    """The first day after today on which something else may be open although nothing is entered until then; None if there is none."""
    if branch.ended is not None:
        return None
    today = date.fromisoformat(facts.today)
    tomorrow = (today + timedelta(days=1)).isoformat()
    if branch.suspended or any(_goes_by_today(deadline) for deadline in definition.deadlines.values()):
        return tomorrow
    days = [day for pause in branch.pauses for day in pause if day is not None and day > facts.today]
    for deadline in definition.deadlines.values():
        days += _turns(definition, deadline, facts, branch, today)
    return min(days, default=None)


def _goes_by_today(deadline: Deadline) -> bool:
    return deadline.until is not None and "today" in deadline.until.names


def _turns(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact, today: date) -> Iterator[str]:
    """The days on which a deadline turns by itself: where the next week or month begins, or what only announced a day is over."""
    due = deadline.due
    for subject in _subjects(deadline, facts, branch):
        if due.every is not None and due.day is not None and due.event is not None:
            if _began(definition, moment(definition, due.event), facts, branch, subject) is not None:
                yield (period(due.every, due.day, today).ends + timedelta(days=1)).isoformat()
        elif deadline.until is None:
            day = deadline_day(definition, deadline, facts, branch, subject)
            if day is not None and day.day is not None and not _announced(deadline, day, facts.today):
                yield (_last_word(deadline, day.day) + timedelta(days=1)).isoformat()


def _subjects(deadline: Deadline, facts: Facts, branch: BranchFact) -> Sequence[Subject]:
    if deadline.each is None:
        return (None,)
    return facts.members(branch) if deadline.each == "member" else facts.cases_of(deadline.each, branch)


def deadline_day(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact, subject: Subject = None) -> DueDay | None:
    """The day a deadline that does not recur is due for a branch, or for one of its members or cases; settled or not.

    Extensions of the stage move what is counted from its beginning; while the branch is suspended nothing runs. A fixed day stays.
    """
    due = deadline.due
    if due.event is None:
        return DueDay(due.on.isoformat()) if due.on is not None else None
    event = moment(definition, due.event)
    began = _began(definition, event, facts, branch, subject)
    if began is None:
        awaited = event.kind == "record" and definition.records[event.of].of == "campaign"
        return DueDay(None) if awaited else None
    start, extra = date.fromisoformat(began[0]), began[1]
    calendar, today = definition.calendar, date.fromisoformat(facts.today)
    if due.before is not None:
        end = _ahead(calendar, start, due)
    elif due.working_days is None:
        end = stretched(start, start + timedelta(days=(due.days or 0) + extra), branch.pauses, today)
    else:
        first = stretched(start, start + timedelta(days=extra), branch.pauses, today)
        end = _working_day(calendar, first, due.working_days, branch, facts.today)
    return DueDay(end.isoformat(), due.working_days is None or calendar.rests_on_confirmed(start, end))


def _ahead(calendar: Calendar, day: date, due: Due) -> date:
    if due.working_days is None:
        return day - timedelta(days=due.days or 0)
    return calendar.add_working_days(day, -due.working_days)


def _working_day(calendar: Calendar, start: date, days: int, branch: BranchFact, today: str) -> date:
    """The `days`-th working day after `start` on which the branch was not suspended."""
    day = start
    while days:
        day = calendar.add_working_days(day, 1)
        shown = day.isoformat()
        days -= not any(since <= shown < (until or today) for since, until in branch.pauses)
    return day


# -- what it is reckoned from ------------------------------------------------------------------------------------------


def _began(definition: Definition, event: Moment, facts: Facts, branch: BranchFact, subject: Subject) -> tuple[str, int] | None:
    """The day of an event, and the days of an extension; None where it has not come."""
    day: str | None = None
    match event.kind:
        case "stage":
            return (branch.entered, branch.extended) if branch.stage == event.of else None
        case "state":
            day = branch.since if branch.state == event.of else None
        case "planned_end":
            day = branch.planned_end if branch.stage == event.of else None
        case "record":
            day = _recorded(definition, event, facts, branch, subject)
        case "case":
            day = _of_case(event, subject)
    return None if day is None else (day, 0)


def _recorded(definition: Definition, event: Moment, facts: Facts, branch: BranchFact, subject: Subject) -> str | None:
    """The day the first record happened, or what the latest says in a field."""
    if not facts.has_records(event.of):
        return None
    kind = definition.records[event.of]
    owner = subject if kind.of == "member" and isinstance(subject, MemberFact) else WHOLE if kind.of == "campaign" else branch
    rows = facts.records(event.of, owner)
    row = latest(rows) if event.part else earliest(rows)
    if row is MISSING:
        return None
    day: str | None = row[len(RECORD_HEAD) + list(kind.fields).index(event.part) if event.part else HAPPENED]
    return day


def _of_case(event: Moment, subject: Subject) -> str | None:
    if not isinstance(subject, CaseFact):
        return None
    if not event.part:
        return subject.opened
    if event.part in subject.fields:
        return str(subject.fields[event.part])
    return subject.since if subject.state == event.part else None


# -- whether it is open ------------------------------------------------------------------------------------------------


def _recurring(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact, subject: Subject) -> Iterator[DueDay]:
    """The days that are open: of the next period, the present one, and those missed since the last that was settled.

    Once a later one is settled, nobody can make good an earlier one.
    """
    due = deadline.due
    began = None if due.event is None else _began(definition, moment(definition, due.event), facts, branch, subject)
    if began is None or due.every is None or due.day is None:
        return
    today = date.fromisoformat(facts.today)
    for turn in periods(due.every, due.day, today):
        begins, ends, day = (each.isoformat() for each in (turn.begins, turn.ends, turn.due))
        if day <= began[0] or (isinstance(subject, MemberFact) and day < subject.came):
            return
        if any(since <= day < (until or day + "~") for since, until in branch.pauses):
            continue
        if not _settled(deadline, facts, branch, subject, {BEGINS: begins, ENDS: ends}):
            yield DueDay(day, period=(begins, ends))
        elif begins <= facts.today:
            return


def _settled(deadline: Deadline, facts: Facts, branch: BranchFact, subject: Subject, names: Mapping[str, str] | None = None) -> bool:
    """Is its `until` true? One that breaks, or lacks a fact, settles nothing."""
    if deadline.until is None:
        return False
    env = deadline.until.env(facts, facts.today, branch, subject, names)
    try:
        return deadline.until.run(env) is True
    except ArithmeticError:
        return False


def _announced(deadline: Deadline, due: DueDay, today: str) -> bool:
    """Without an `until` a deadline only announces a day: it is over with its last rung."""
    if deadline.until is not None or due.day is None:
        return False
    return date.fromisoformat(today) > _last_word(deadline, due.day)


def _last_word(deadline: Deadline, day: str) -> date:
    """The day of the last rung, or the due day where all come before it."""
    last = max((rung.days for rung in deadline.ladder), default=0)
    return date.fromisoformat(day) + timedelta(days=max(last, 0))

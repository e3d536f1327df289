"""By when a requirement is due: its deadline, worked out from where the branch stands."""

from __future__ import annotations

from datetime import date, timedelta

from workflow.calendars import add_working_days
from workflow.definition.expressions.runtime import HAPPENED, WHOLE
from workflow.definition.model import Deadline, Definition, Due, Requirement
from workflow.store.facts import BranchFact, Facts
from workflow.store.pauses import stretched


def due_day(definition: Definition, requirement: Requirement, facts: Facts, branch: BranchFact) -> str | None:
    """The due day as ISO text; None when the requirement has no deadline or what starts it has not happened."""
    if requirement.due is None:
        return None
    return deadline_day(definition, definition.deadlines[requirement.due], facts, branch)


def deadline_day(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact) -> str | None:
    """The due day of a deadline for a branch.

    Extensions of the stage move what is counted from its beginning; while the branch is suspended nothing runs. A fixed day stays.
    """
    due = deadline.due
    if due.on is not None:
        return due.on.isoformat()
    began = _began(definition, due, facts, branch)
    if began is None:
        return None
    start, extra = date.fromisoformat(began[0]), began[1]
    today = date.fromisoformat(facts.today)
    if due.working_days is None:
        end = start + timedelta(days=(due.days or 0) + extra)
        return stretched(start, end, branch.pauses, today).isoformat()
    first = stretched(start, start + timedelta(days=extra), branch.pauses, today)
    return _working_day(first, due.working_days, definition.calendar.country, branch, facts.today).isoformat()


def _began(definition: Definition, due: Due, facts: Facts, branch: BranchFact) -> tuple[str, int] | None:
    """The day it is counted from, and the days of an extension; None where that has not come."""
    if due.after == branch.stage:
        return branch.entered, branch.extended
    if due.after == branch.state:
        return branch.since, 0
    if due.after is None or not facts.has_records(due.after):
        return None
    owner = WHOLE if definition.records[due.after].of == "campaign" else branch
    first = min((row[HAPPENED] for row in facts.records(due.after, owner)), default=None)
    return None if first is None else (first, 0)


def _working_day(start: date, days: int, country: str | None, branch: BranchFact, today: str) -> date:
    """The `days`-th working day after `start` on which the branch was not suspended."""
    day = start
    while days:
        day = add_working_days(day, 1, country)
        shown = day.isoformat()
        days -= not any(since <= shown < (until or today) for since, until in branch.pauses)
    return day

"""By when a requirement is due: its deadline, worked out from where the branch stands."""

from __future__ import annotations

from datetime import date, timedelta

from workflow.calendars import add_working_days
from workflow.definition.expressions.runtime import HAPPENED, WHOLE
from workflow.definition.model import Deadline, Definition, Requirement
from workflow.store.facts import BranchFact, Facts


def due_day(definition: Definition, requirement: Requirement, facts: Facts, branch: BranchFact) -> str | None:
    """The due day as ISO text; None when the requirement has no deadline or what starts it has not happened."""
    if requirement.due is None:
        return None
    return deadline_day(definition, definition.deadlines[requirement.due], facts, branch)


def deadline_day(definition: Definition, deadline: Deadline, facts: Facts, branch: BranchFact) -> str | None:
    """The due day of a deadline for a branch. Extensions of the stage move what is counted from its beginning."""
    due = deadline.due
    if due.on is not None:
        return due.on.isoformat()
    if due.after == branch.stage:
        start, extra = branch.entered, branch.extended
    elif due.after == branch.state:
        start, extra = branch.since, 0
    elif due.after is not None and facts.has_records(due.after):
        owner = WHOLE if definition.records[due.after].of == "campaign" else branch
        first = min((row[HAPPENED] for row in facts.records(due.after, owner)), default=None)
        if first is None:
            return None
        start, extra = first, 0
    else:
        return None
    first = date.fromisoformat(start)
    if due.working_days is not None:
        return add_working_days(first + timedelta(days=extra), due.working_days, definition.calendar.country).isoformat()
    return (first + timedelta(days=(due.days or 0) + extra)).isoformat()

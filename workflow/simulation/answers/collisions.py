"""Which milestones fall into times when nobody, or hardly anybody, is at work: closed times, festivals, busy seasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from attrs import frozen

from workflow.definition.model import Definition
from workflow.simulation.answers.model import Answers
from workflow.simulation.compiling import Compiled
from workflow.texts import Text

Kind = Literal["batch_starts", "batch_by", "deadline", "planned_end", "forecast"]

_DAY = timedelta(days=1)
_FESTIVAL = 3  # days off in a row, one of them Monday to Friday at least


@frozen
class Period:
    """From its first to its last day; `title` None: days the calendar has off."""

    first: date
    last: date
    title: Text | None = None


@frozen(kw_only=True)
class Milestone:
    """What is to happen on a day or, forecast, between two (P50 and P95). `name` is a deadline or a stage; None: the batch's end."""

    kind: Kind
    batch: str | None
    name: str | None
    first: date
    last: date


@frozen
class Collision:
    """A milestone and a period that share `days`."""

    milestone: Milestone
    period: Period
    days: int


@frozen
class Collisions:
    """All `periods` looked at, and what collides: by period, then by milestone, each in order of time."""

    periods: tuple[Period, ...]
    collisions: tuple[Collision, ...]


def collisions(compiled: Compiled, answers: Answers, against: Sequence[Period] = ()) -> Collisions:
    """Of the milestones of a plan and its forecast, with times off and the periods `against`."""
    milestones = sorted(_milestones(compiled, answers), key=lambda each: (each.first, each.last, each.kind, each.name or ""))
    last = max(milestone.last for milestone in milestones)
    periods = sorted([*against, *periods_off(compiled.definition, compiled.starts, last)], key=lambda each: (each.first, each.last))
    found = []
    for period in periods:
        for milestone in milestones:
            days = (min(period.last, milestone.last) - max(period.first, milestone.first)).days + 1
            if days > 0:
                found.append(Collision(milestone, period, days))
    return Collisions(tuple(periods), tuple(found))


def periods_off(definition: Definition, first: date, last: date) -> list[Period]:
    """The closed times of the definition, and what else its calendar has off for three days or more."""
    calendar = definition.calendar
    found = [Period(closed.start, closed.end, closed.title) for closed in calendar.closed if closed.end >= first and closed.start <= last]
    off: list[date] = []
    for number in range((last - first).days + 2):
        day = first + number * _DAY
        if day <= last and not calendar.is_working_day(day) and calendar.closing(day) is None:
            off.append(day)
            continue
        if len(off) >= _FESTIVAL and any(each.weekday() < 5 for each in off):
            found.append(Period(off[0], off[-1]))
        off = []
    return found


def _milestones(compiled: Compiled, answers: Answers) -> Iterator[Milestone]:
    for batch in answers.batches:
        yield Milestone(kind="batch_starts", batch=batch.batch, name=None, first=batch.starts, last=batch.starts)
        if batch.by is not None:
            yield Milestone(kind="batch_by", batch=batch.batch, name=None, first=batch.by, last=batch.by)
        yield from _planned_ends(compiled, batch.batch, batch.starts)
    for deadline in compiled.definition.deadlines.values():
        if deadline.due.on is not None and deadline.due.on >= compiled.starts:
            yield Milestone(kind="deadline", batch=None, name=deadline.id, first=deadline.due.on, last=deadline.due.on)
    for finish in answers.finishes:
        if finish.batch is not None and finish.share == answers.share:
            first, last = finish.at(0.5).day, finish.at(0.95).day
            yield Milestone(kind="forecast", batch=finish.batch, name=finish.stage, first=first, last=last)


def _planned_ends(compiled: Compiled, batch: str, begun: date) -> Iterator[Milestone]:
    """Of a branch that begins with its batch and is never late."""
    lasts = 0.0
    for stage in compiled.definition.stages.values():
        if stage.lasts:
            lasts += stage.lasts + compiled.plan.extended.get(stage.id, 0.0)
            day = begun + timedelta(days=int(lasts))
            yield Milestone(kind="planned_end", batch=batch, name=stage.id, first=day, last=day)

"""What the ledger says of the branches: where each stood from when to when, and by which move it left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.clock import local_date, read_stamp
from workflow.engine.campaign import Campaign
from workflow.ledger import branch_stream
from workflow.simulation.compiling import Compiled
from workflow.simulation.moments import Moments
from workflow.store import Store
from workflow.store.pauses import Pause, stretched

_PLACES = 9  # decimals of a day: a ledger knows microseconds, which leave no trace beyond; so what lasted a day lasted 1.0
_EVENTS = """SELECT id, stream, recorded_at, kind, json_extract(payload, '$.from', '$.to', '$.move', '$.step', '$.attempt.number',
    '$.extend', '$.days', '$.on', '$.state', '$.entered', '$.extended', '$.pauses', '$.restart.to') FROM workflow_event
    WHERE kind IN ('roster', 'founded', 'moved', 'reassigned', 'extended', 'suspended', 'resumed') AND stream <> 'campaign'
    AND (?1 IS NULL OR id <= ?1) ORDER BY id"""
_ENDED = "SELECT id, ended FROM workflow_branch WHERE ended IS NOT NULL"


@frozen(kw_only=True)
class Stay:
    """A branch in a state, from `began` to `left` (None: it is there still), by `move` (None: otherwise than by one); days from day 0.

    `planned_end` is that of its stage as it stood at the end of the stay, None where nothing is planned; `pauses` are the times within
    the stay in which the branch was suspended. `position` is the place in the ledger of the event it began with, `over` of that by
    which it ended. `first`: in the state in which branches come on the roster, before any move; that stay begins with the batch, and
    `sure` says whether it is known when: not where the branch was on the roster already and the batch takes its time by chance.
    """

    state: str
    began: float
    left: float | None = None
    move: str | None = None
    planned_end: float | None = None
    pauses: tuple[tuple[float, float], ...] = ()
    position: int
    over: int | None = None
    first: bool = False
    late: bool = False  # first, and came on the roster only when its batch had begun
    sure: bool = True

    @property
    def suspended(self) -> bool:
        """At its end, or now."""
        return bool(self.pauses) and self.pauses[-1][1] == float("inf")


@frozen(kw_only=True)
class History:
    """Up to `now`, in order: the stays of every branch that ever was, those that were merged or dissolved (`ended`, when) included."""

    now: float
    moments: Moments
    stays: Mapping[str, Sequence[Stay]]
    ended: Mapping[str, float]

    @classmethod
    def of(cls, campaign: Campaign, compiled: Compiled, *, ledger: Store | None = None, until: int | None = None) -> History:
        """Of a campaign as it stands; or as it stood after the event `until` of the `ledger`, where `campaign` has the tables of then."""
        moments = Moments(compiled.starts, compiled.definition.calendar.zone)
        reader = _Reader(compiled, campaign.renamed, moments, campaign.now)
        with campaign.store.read():
            for position, stream, recorded_at, kind, said in (ledger or campaign.store).execute(_EVENTS, (until,)):
                reader.take(position, stream, recorded_at, kind, json.loads(said))
            ended = {branch: _time(moments, read_stamp(stamp)) for branch, stamp in campaign.store.rows(_ENDED)}
        stays = {branch: course.told(ended.get(branch)) for branch, course in reader.courses.items()}
        return cls(now=_time(moments, campaign.now), moments=moments, stays=stays, ended=ended)


def _time(moments: Moments, instant: datetime) -> float:
    return round(moments.time(instant), _PLACES)


@define
class _Reader:
    """Event by event."""

    compiled: Compiled
    renamed: Mapping[str, str]
    moments: Moments
    now: datetime
    courses: dict[str, _Course] = field(factory=dict, init=False)
    _batches: dict[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._batches = {branch.id: branch.batch for branch in self.compiled.branches}

    def take(self, position: int, stream: str, recorded_at: str, kind: str, said: Sequence[Any]) -> None:
        source, to, move, step, attempt, extend, days, on, state, entered, extended, pauses, restart = said
        branch, at = stream.removeprefix(branch_stream("")), read_stamp(recorded_at)
        course = self.courses.get(branch)
        if course is None:
            began = at if entered is None else read_stamp(entered)
            course = self.courses[branch] = _Course(self, branch, began, extended or 0, [(first, last) for first, last in pauses or ()])
            course.come(self.name(state), at, position, first=kind == "roster")
        elif kind == "moved":
            state, to = self.name(source), self.name(to)
            if to != state or attempt is not None or (step is None and self._is_way(state, move)):
                course.leave(at, position, move)
                course.come(to, at, position, afresh=attempt is not None, extended=extend or 0)
            else:
                course.extended += extend or 0
        elif kind == "reassigned" and restart is not None:
            course.leave(at, position, None)
            course.come(self.name(restart), at, position, afresh=True)
        elif kind == "extended":
            course.extended += days
            course.granted += days
        elif kind == "suspended":
            course.pauses.append((on, None))
        elif kind == "resumed":
            course.pauses[-1] = (course.pauses[-1][0], on)

    def name(self, state: str) -> str:
        return self.renamed.get(state, state)

    def _is_way(self, state: str, move: str) -> bool:
        """Whether the plan takes a move that leads nowhere for one: then what follows it is another stay."""
        step = self.compiled.plan.steps.get(state)
        return step is not None and any(outcome.move == move for outcome in step.outcomes)

    def opens(self, branch: str) -> tuple[float, bool]:
        """When its batch begins, at the earliest; and whether that is for certain."""
        batch = self.compiled.plan.batches.get(self._batches.get(branch, ""))
        if batch is None:
            return float("-inf"), True
        return self.moments.day(batch.start) + batch.plus.least, batch.plus.kind == "constant"


@define
class _Course:
    """One branch. `entered` is when its attempt began, by the engine; `begun` when by the plan, where it waited for its batch first."""

    reader: _Reader
    branch: str
    entered: datetime
    extended: int
    pauses: list[Pause]
    begun: float = field(default=0.0, init=False)
    granted: int = field(default=0, init=False)  # days by which the office put the end off, in this attempt
    stays: list[Stay] = field(factory=list, init=False)

    def come(self, state: str, at: datetime, position: int, *, first: bool = False, afresh: bool = False, extended: int = 0) -> None:
        moments = self.reader.moments
        came = _time(moments, at)
        if first:
            opens, certain = self.reader.opens(self.branch)
            self.begun = max(came, opens)
            stay = Stay(state=state, began=self.begun, position=position, first=True, late=came > opens, sure=certain or came > opens)
            self.stays.append(stay)
            return
        if afresh:
            self.entered, self.extended, self.granted = at, extended, 0
        else:
            self.extended += extended
        if afresh or not self.stays:
            self.begun = _time(moments, self.entered)
        self.stays.append(Stay(state=state, began=came, position=position))

    def leave(self, at: datetime, position: int, move: str | None) -> None:
        left, stay = _time(self.reader.moments, at), self.stays[-1]
        if stay.first and left < stay.began:  # ahead of its batch, so that nothing of it is left when that begins
            self.begun = left
            stay = evolve(stay, began=left)
        self.stays[-1] = evolve(self._closed(stay, at), left=left, move=move, over=position)

    def told(self, ended: float | None) -> Sequence[Stay]:
        last = self._closed(self.stays[-1], self.reader.now)
        return (*self.stays[:-1], last if ended is None else evolve(last, left=max(ended, last.began)))

    def _closed(self, stay: Stay, at: datetime) -> Stay:
        return evolve(stay, planned_end=self._planned_end(stay.state, at), pauses=tuple(self._within(stay.began)))

    def _planned_end(self, state: str, at: datetime) -> float | None:
        """As the engine counts it, at the time of day at which the stage began; later where the branch had to wait for its batch, and by
        what the plan puts the end off for every branch, as far as that was not granted yet."""
        stage = self.reader.compiled.definition.stage_of(state)
        zone = self.reader.moments.zone
        start = local_date(self.entered, zone)
        end = None if stage is None else stage.planned_end(start, self.extended)
        if stage is None or end is None:
            return None
        if self.pauses:
            end = stretched(start, end, self.pauses, local_date(at, zone))
        waited = self.begun - _time(self.reader.moments, self.entered)
        to_come = max(self.reader.compiled.plan.extended.get(stage.id, 0.0) - self.granted, 0.0)
        return round(self.reader.moments.planned_end(self.entered, end) + waited + to_come, _PLACES)

    def _within(self, began: float) -> list[tuple[float, float]]:
        """The pauses since then; one that lasts has no end."""
        day = self.reader.moments.day
        spans = [
            (day(date.fromisoformat(first)), float("inf") if last is None else day(date.fromisoformat(last))) for first, last in self.pauses
        ]
        return [(max(first, began), last) for first, last in spans if last > began]

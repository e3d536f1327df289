"""What the ledger says of the branches: where each stood from when to when, and by which move it left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.clock import local_date, read_stamp
from workflow.definition.model import Definition
from workflow.engine.board import by_version
from workflow.engine.campaign import Campaign
from workflow.ledger import branch_stream
from workflow.simulation.compiling import Compiled
from workflow.simulation.moments import Moments
from workflow.store import Store
from workflow.store.pauses import Pause, stretched

_PLACES = 9  # decimals of a day: a ledger knows microseconds, which leave no trace beyond; so what lasted a day lasted 1.0
_SAID = (
    "from", "to", "move", "step", "attempt.number", "extend", "days", "on", "state", "entered", "extended", "pauses", "restart.to", "batch",
    "group",
)  # fmt: skip
_EVENTS = f"""SELECT id, stream, recorded_at, definition, kind, json_extract(payload, {", ".join(f"'$.{name}'" for name in _SAID)})
    FROM workflow_event WHERE stream <> 'campaign' AND (?1 IS NULL OR id <= ?1)
    AND kind IN ('roster', 'founded', 'moved', 'reassigned', 'extended', 'suspended', 'resumed', 'dissolved') ORDER BY id"""


@frozen(kw_only=True)
class Stay:
    """A branch in a state, from `began` to `left` (None: it is there still), by `move` (None: otherwise than by one); days from day 0.

    `group` is its supervision group; where groups serve, a stay ends with the reassignment to another, which takes it up anew.
    `planned_end` is that of its stage as it stood at the end of the stay, under the rules it was left by; where nothing is planned, when
    the branch came to the stage. `pauses` are the times within the stay in which the branch was suspended. `position` is the place in
    the ledger of the event it began with, `over` of that by which it ended. `first`: in the state in which branches come on the roster,
    before any move; that stay begins with the batch, and `sure` says whether it is known when: not where the branch was on the roster
    already and the batch takes its time by chance.
    """

    state: str
    group: str | None = None
    began: float
    left: float | None = None
    move: str | None = None
    planned_end: float = 0.0
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
    """Up to `now`, in order: the stays of every branch that ever was, those that were merged or dissolved (`ended`, when) included.

    States are called as in the definition the plan was compiled under, whatever they were called before, or are since.
    """

    now: float
    moments: Moments
    stays: Mapping[str, Sequence[Stay]]
    ended: Mapping[str, float]

    @classmethod
    def of(cls, campaign: Campaign, compiled: Compiled, *, ledger: Store | None = None, until: int | None = None) -> History:
        """Of a campaign as it stands; or as it stood after the event `until` of the `ledger`, where `campaign` has the tables of then."""
        reader = _Reader(compiled, campaign, campaign.now)
        with campaign.store.read():
            for position, stream, recorded_at, rules, kind, told in (ledger or campaign.store).execute(_EVENTS, (until,)):
                said = dict(zip(_SAID, json.loads(told), strict=True))
                at, definition = read_stamp(recorded_at), campaign.version(rules)
                reader.take(stream.removeprefix(branch_stream("")), _Event(position, at, definition, kind, said))
            found = by_version(campaign._desk, reader.now)
        in_force = {branch: version.definition for version, states in found for branch in states}
        stays = {branch: course.told(in_force[branch]) for branch, course in reader.courses.items()}
        ended = {branch: course.ended for branch, course in reader.courses.items() if course.ended is not None}
        return cls(now=reader.time(reader.now), moments=reader.moments, stays=stays, ended=ended)


@frozen
class _Event:
    """`rules`: those it was written under."""

    position: int
    at: datetime
    rules: Definition
    kind: str
    said: Mapping[str, Any]


@define
class _Reader:
    """Event by event."""

    compiled: Compiled
    campaign: Campaign
    now: datetime
    moments: Moments = field(init=False)
    courses: dict[str, _Course] = field(factory=dict, init=False)
    _names: Mapping[str, str] = field(init=False)  # of states: those of today, and what they are called in the plan

    def __attrs_post_init__(self) -> None:
        states, renamed = self.compiled.definition.states, self.campaign.renamed
        self.moments = Moments(self.compiled.starts, self.compiled.definition.calendar.zone)
        self._names = {renamed.get(state, state): state for state in reversed(states)}

    def take(self, branch: str, event: _Event) -> None:
        course, said = self.courses.get(branch), event.said
        if course is None:
            self.courses[branch] = self._new(event)
        elif event.kind == "moved":
            self._moved(course, event)
        elif event.kind == "reassigned" and said["restart.to"] is not None:
            course.restart(self.name(said["restart.to"]), event)
        elif event.kind in ("roster", "reassigned"):
            course.put(said["batch"], said["group"], event)
        elif event.kind == "extended":
            course.extended += said["days"]
            course.granted += said["days"]
        elif event.kind == "suspended":
            course.pauses.append((said["on"], None))
        elif event.kind == "resumed":
            course.pauses[-1] = (course.pauses[-1][0], said["on"])
        else:
            course.leave(event, None)
            course.ended = course.stays[-1].left

    def _new(self, event: _Event) -> _Course:
        said = event.said
        entered = event.at if said["entered"] is None else read_stamp(said["entered"])
        pauses = [(first, last) for first, last in said["pauses"] or ()]
        course = _Course(self, entered, said["extended"] or 0, pauses, said["batch"], said["group"])
        if event.kind == "founded":
            course.come(self.name(said["state"]), event)
            course.split_off(self.courses[said["from"]["branch"]])
        else:
            course.begin(self.name(said["state"]), event.position)
        return course

    def _moved(self, course: _Course, event: _Event) -> None:
        said = event.said
        state, to, attempt, extend = self.name(said["from"]), self.name(said["to"]), said["attempt.number"], said["extend"] or 0
        if to != state or attempt is not None or (said["step"] is None and self._is_way(state, said["move"])):
            course.leave(event, said["move"])
            if attempt is not None:
                course.enter(event.at, extend)
            else:
                course.extended += extend
            course.come(to, event)
        else:
            course.extended += extend

    def name(self, state: str) -> str:
        """As the plan has it: a name is never given to another state."""
        if state in self.compiled.definition.states:
            return state
        today = self.campaign.renamed.get(state, state)
        return self._names.get(today, today)

    def time(self, instant: datetime) -> float:
        return round(self.moments.time(instant), _PLACES)

    def _is_way(self, state: str, move: str) -> bool:
        """Whether the plan takes a move that leads nowhere for one: then what follows it is another stay."""
        step = self.compiled.plan.steps.get(state)
        return step is not None and any(outcome.move == move for outcome in step.outcomes)

    def by_groups(self, state: str) -> bool:
        """Whether each group serves its own branches there."""
        step = self.compiled.plan.steps.get(state)
        return step is not None and step.served_by is not None and self.compiled.plan.capacities[step.served_by].each is not None

    def opens(self, batch: str | None) -> tuple[float, bool]:
        """When it begins, at the earliest; and whether that is for certain."""
        found = self.compiled.plan.batches.get(batch or "")
        if found is None:
            return float("-inf"), True
        return self.moments.day(found.start) + found.plus.least, found.plus.kind == "constant"


@define
class _Course:
    """One branch. `entered` is when its attempt began, by the engine; `begun` when by the plan, where it waited for its batch first."""

    reader: _Reader
    entered: datetime
    extended: int
    pauses: list[Pause]
    batch: str | None
    group: str | None
    begun: float = field(default=0.0, init=False)
    granted: int = field(default=0, init=False)  # days by which the office put the end off, in this attempt
    stays: list[Stay] = field(factory=list, init=False)
    ended: float | None = field(default=None, init=False)

    def begin(self, state: str, position: int) -> None:
        """With its batch, in the state in which branches come on the roster."""
        came, (opens, certain) = self.reader.time(self.entered), self.reader.opens(self.batch)
        self.begun, late = max(came, opens), came > opens
        stay = Stay(state=state, group=self.group, began=self.begun, position=position, first=True, late=late, sure=certain or late)
        self.stays.append(stay)

    def restart(self, state: str, event: _Event) -> None:
        """In another batch, which may be still to begin."""
        self.leave(event, None)
        self.enter(event.at)
        self.batch, self.group = event.said["batch"], event.said["group"]
        self.begin(state, event.position)

    def put(self, batch: str | None, group: str | None, event: _Event) -> None:
        last, before = self.stays[-1], (self.batch, self.group)
        self.batch, self.group = batch, group
        if last.first and batch != before[0]:
            self.stays.pop()
            self.begin(last.state, last.position)
        elif group != before[1] and self.reader.by_groups(last.state) and last.began < self.reader.time(event.at):
            self.leave(event, None)
            self.come(last.state, event)
        else:
            self.stays[-1] = evolve(last, group=group)

    def split_off(self, parent: _Course) -> None:
        """In the attempt of the branch it was part of, and before its batch where that is."""
        self.begun, self.granted = parent.begun, parent.granted
        stay, its = self.stays[-1], parent.stays[-1]
        if its.first:
            self.stays[-1] = evolve(stay, began=max(stay.began, its.began), first=True, late=its.late, sure=its.sure)

    def enter(self, at: datetime, extended: int = 0) -> None:
        """An attempt begins."""
        self.entered, self.extended, self.granted = at, extended, 0
        self.begun = self.reader.time(at)

    def come(self, state: str, event: _Event) -> None:
        self.stays.append(Stay(state=state, group=self.group, began=self.reader.time(event.at), position=event.position))

    def leave(self, event: _Event, move: str | None) -> None:
        left, stay = self.reader.time(event.at), self.stays[-1]
        if stay.first and left < stay.began:  # ahead of its batch, so that nothing of it is left when that begins
            self.begun = left
            stay = evolve(stay, began=left)
        self.stays[-1] = evolve(self._closed(stay, event.at, event.rules), left=left, move=move, over=event.position)

    def told(self, rules: Definition) -> Sequence[Stay]:
        """`rules`: those it is under now."""
        return (*self.stays[:-1], self.stays[-1] if self.ended is not None else self._closed(self.stays[-1], self.reader.now, rules))

    def _closed(self, stay: Stay, at: datetime, rules: Definition) -> Stay:
        return evolve(stay, planned_end=self._planned_end(stay.state, at, rules), pauses=tuple(self._within(stay.began)))

    def _planned_end(self, state: str, at: datetime, rules: Definition) -> float:
        """As the engine counts it, at the time of day at which the stage began; later where the branch had to wait for its batch, and by
        what the plan puts the end off for every branch, as far as that was not granted yet."""
        moments, stage, start = self.reader.moments, rules.stage_of(state), local_date(self.entered, self.reader.moments.zone)
        if stage is None:
            return self.begun
        to_come = max(self.reader.compiled.plan.extended.get(stage.id, 0.0) - self.granted, 0.0)
        end = stage.planned_end(start, self.extended)
        if end is None:
            return round(self.begun + to_come, _PLACES)
        if self.pauses:
            end = stretched(start, end, self.pauses, local_date(at, moments.zone))
        waited = self.begun - self.reader.time(self.entered)
        return round(moments.planned_end(self.entered, end) + waited + to_come, _PLACES)

    def _within(self, began: float) -> list[tuple[float, float]]:
        """The pauses since then; one that lasts has no end."""
        day = self.reader.moments.day
        spans = [
            (day(date.fromisoformat(first)), float("inf") if last is None else day(date.fromisoformat(last))) for first, last in self.pauses
        ]
        return [(max(first, began), last) for first, last in spans if last > began]

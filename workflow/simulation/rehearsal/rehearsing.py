"""The event loop of the kernel, with an engine in it.

How long a stay lasts, who waits for whom, who is served and which way is tried are the kernel's, draw for draw; whether the move is made,
where it leads and when the stage is planned to end are the engine's. So a rehearsal and replication 0 of a forecast with the same seed
part only where a rule holds a branch up, or counts otherwise than the plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from attrs import define, field, frozen

from workflow.clock import VirtualClock, read_stamp
from workflow.definition.model import FINISHED as OVER
from workflow.engine.campaign import Campaign
from workflow.progress import Progress, silent
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import Astray, building
from workflow.simulation.kernel.agenda import NOTHING, Agenda, at_once, schedule, upcoming
from workflow.simulation.kernel.days import worked
from workflow.simulation.kernel.draws import DAYS, MOST_VISITS, Draws, uniform
from workflow.simulation.kernel.kernels import check_seed
from workflow.simulation.kernel.laws import value
from workflow.simulation.kernel.loop import ASTRAY, COMING, FINISHED, STAYING, been, choose, come, give, leave, stay
from workflow.simulation.kernel.tables import EXTEND, Tables, Tally, UnitRow
from workflow.simulation.moments import Moments
from workflow.simulation.rehearsal.diary import Diary
from workflow.simulation.rehearsal.people import Absence, People
from workflow.store.facts import FactNeeds
from workflow.verdicts.findings import Verdict

_SHORT = 1.0  # days: a shorter stay has no middle in which anything could be prepared
_TAKEN = re.compile(r"move\.(\w+)")  # a field of the move, and nothing else


@frozen(kw_only=True)
class Held:
    """A branch that got no further: the move it was to make in `state`, and why it was refused."""

    branch: str
    state: str
    move: str
    verdict: Verdict


@frozen(kw_only=True)
class Waited:
    """A branch that a rule let wait: the move it was to make in `state`, `on` which day, and `until` which it had to wait."""

    branch: str
    state: str
    move: str
    on: date
    until: date


@frozen(kw_only=True)
class Rehearsed:
    """What came of a rehearsal: `finished`, by branch, when (days from day 0); who was `held`, who `waited`; how many `moves` were made."""

    finished: Mapping[str, float]
    held: tuple[Held, ...]
    waited: tuple[Waited, ...]
    moves: int


def rehearse(
    campaign: Campaign,
    clock: VirtualClock,
    compiled: Compiled,
    people: People,
    *,
    seed: int,
    enter: Callable[[str], None] | None = None,
    morning: Callable[[], None] | None = None,
    until: date | None = None,
    progress: Progress = silent,
) -> Rehearsed:
    """Play a compiled plan out once, in a campaign that goes by `clock`, up to the evening of the day `until` (default: to the end).

    `enter` puts a branch on the roster as its batch begins (default: all are there already), `morning` is called every day at the hour
    of the definition's reminders. `progress` counts branches that are through. Raises `Misuse` for a seed beyond 32 bits, `Astray`.
    """
    check_seed(seed, 1)
    return _Rehearsal(campaign, clock, compiled, people, seed, enter, progress).run(morning, until)


@frozen
class _Going:
    """A move a branch is to make in a state, with what it takes."""

    state: str
    move: str
    takes: Mapping[str, Any]


@define
class _Rehearsal:
    campaign: Campaign
    clock: VirtualClock
    compiled: Compiled
    people: People
    seed: int
    enter: Callable[[str], None] | None
    progress: Progress
    tables: Tables = field(init=False)
    tally: Tally = field(init=False)
    draws: Draws = field(init=False)
    moments: Moments = field(init=False)
    diary: Diary = field(init=False)
    absence: Absence = field(init=False)
    agenda: Agenda = field(factory=Agenda, init=False)
    going: dict[int, _Going] = field(factory=dict, init=False)  # by branch, the move its people are about to make
    ends: dict[int, datetime] = field(factory=dict, init=False)  # by branch, when its stay is over
    answers: dict[int, Verdict | date | None] = field(factory=dict, init=False)  # and what came of it: None where it came on the roster
    waiting: set[int] = field(factory=set, init=False)  # branches whose move waits for a day
    held: list[Held] = field(factory=list, init=False)
    waited: list[Waited] = field(factory=list, init=False)
    finished: dict[str, float] = field(factory=dict, init=False)
    moves: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        network = self.compiled.network
        self.tables = building.tables(network)
        self.tally = building.tally(network, self.tables)
        self.draws = Draws(self.seed, 0, len(network.units))
        self.moments = Moments(self.compiled.starts, self.compiled.definition.calendar.zone)
        self.absence = Absence(self.campaign, self.compiled.plan, self.seed)
        self.diary = Diary(self.clock)

    def run(self, morning: Callable[[], None] | None, until: date | None) -> Rehearsed:
        definition = self.compiled.definition
        if morning is not None:
            self.diary.daily(morning, self.compiled.starts, definition.reminders.at, definition.calendar.zone)
        for index, unit in enumerate(self.tally.units):
            schedule(self.agenda, unit.start, index)
        end = None if until is None else self.moments.day(until) + 1.0
        while True:
            now, item = upcoming(self.agenda)
            if item == NOTHING or (end is not None and now > end):
                break
            if item < 0:
                give(self.tally, self.tally.servers[~item], now, self.agenda)
            else:
                self._event(item, self.tally.units[item], now)
        if end is not None:
            self.diary.come_to(self.moments.instant(end, evening=True))
        return Rehearsed(finished=self.finished, held=tuple(self.held), waited=tuple(self.waited), moves=self.moves)

    def _event(self, index: int, unit: UnitRow, now: float) -> None:
        """As in `run` of the kernel."""
        if unit.phase == STAYING:
            self._go_on(index, unit, now)
            if unit.phase != COMING:
                return
        if unit.phase == COMING and not come(self.tables, self.tally, index, unit, now, self.agenda):
            return
        until = stay(self.tables, self.tally, self.draws, index, unit, now)
        self._note(index, unit, now, until)
        if until > now:
            schedule(self.agenda, until, index)
        else:
            at_once(self.agenda, index)

    # -- during a stay -----------------------------------------------------------------------------------------------

    def _note(self, index: int, unit: UnitRow, now: float, until: float) -> None:
        """What people will do: get ready in the middle of the stay, and act at its end.

        They act by the calendar, where the evening of a day comes before the morning of the next; for the kernel both are one time.
        """
        branch, ends = self.compiled.branches[index].id, self._ends(unit, now, until)
        if self._before_gate(unit):
            self._due(index, ends, partial(self._enter, index, branch))
            return
        going = self.going[index] = self._going(index, unit)
        if until - now >= _SHORT:
            self.diary.at(self.moments.instant((now + until) / 2), partial(self._prepare, branch, going.move))
        self._due(index, ends, partial(self._act, index, branch))

    def _due(self, index: int, instant: datetime, act: Callable[[], None]) -> None:
        self.ends[index] = instant
        self.diary.at(instant, act)

    def _ends(self, unit: UnitRow, now: float, until: float) -> datetime:
        """A stay without time ends at once; one that ended with working time in the evening, any other in the morning."""
        if until == now:
            here = self.clock.now()
            return here if here >= self.moments.instant(now, evening=True) else self.moments.instant(now)
        row = self.tables.nodes[unit.where]
        return self.moments.instant(until, evening=bool(row.working) and worked(self.tables, until) > worked(self.tables, now))

    def _enter(self, index: int, branch: str) -> None:
        if self.enter is not None:
            self.enter(branch)
        self.answers[index] = None

    def _prepare(self, branch: str, move: str) -> None:
        self.people.prepare(branch, move, self.absence.at(branch))

    def _act(self, index: int, branch: str) -> None:
        going = self.going[index]
        answer = self.answers[index] = self.people.act(branch, going.move, going.takes)
        if isinstance(answer, date):
            self.waited.append(
                Waited(branch=branch, state=going.state, move=going.move, on=date.fromisoformat(self.campaign.today), until=answer)
            )
        elif answer.allowed:
            self.moves += 1
        else:
            self.held.append(Held(branch=branch, state=going.state, move=going.move, verdict=answer))

    def _before_gate(self, unit: UnitRow) -> bool:
        return unit.where >= len(self.compiled.states)

    def _going(self, index: int, unit: UnitRow) -> _Going:
        """The way the kernel draws for this visit, as a move of the definition."""
        node = unit.where
        visit = self.tally.visits[index * len(self.tables.nodes) + node]
        row, number, state = self.tables.nodes[node], node << 15 | visit << 3, self.compiled.states[node]
        chosen = choose(self.tables, self.draws, index, row, visit, number)
        move = self.compiled.plan.steps[state].outcomes[(chosen - row.first) % row.width].move
        way, takes = self.tables.ways[chosen], dict[str, Any]()
        if way.effect == EXTEND:
            days = value(self.tables.laws[way.law], self.tables.values, uniform(self.draws, index, number | DAYS))
            takes = dict.fromkeys(self._extending(state, move), max(1, round(days)))
        return _Going(state, move, takes)

    def _extending(self, state: str, move: str) -> list[str]:
        """The fields of the move that say by how many days it extends."""
        edge = self.compiled.definition.edges_by_state[state][move]
        texts = [effect.days.text for effect in edge.move.effects if effect.kind == "extend" and effect.days is not None]
        return [found[1] for text in texts if (found := _TAKEN.fullmatch(text.strip()))]

    # -- a stay is over ----------------------------------------------------------------------------------------------

    def _go_on(self, index: int, unit: UnitRow, now: float) -> None:
        if index in self.waiting:
            self.waiting.remove(index)
        else:
            leave(self.tally, unit, self.tables.nodes[unit.where], self.agenda)
            if been(self.tables, self.tally, index, unit.where) >= MOST_VISITS:
                raise Astray(index, unit.where)
        self.diary.come_to(self.ends.pop(index))
        branch, answer = self.compiled.branches[index].id, self.answers.pop(index)
        if isinstance(answer, date):
            self._wait(index, now, answer)
        elif answer is None or answer.allowed:
            self._stand(unit, branch, now)
        else:
            unit.phase = ASTRAY
            self._count()

    def _wait(self, index: int, now: float, day: date) -> None:
        """Until the morning of a day; then the same is tried again."""
        then = max(self.moments.day(day), now)
        self.waiting.add(index)
        self._due(index, self.moments.instant(then), partial(self._act, index, self.compiled.branches[index].id))
        schedule(self.agenda, then, index)

    def _stand(self, unit: UnitRow, branch: str, now: float) -> None:
        """Where the engine has the branch now."""
        with self.campaign._desk.hearing(branch, lambda _version: FactNeeds()) as heard:
            fact = heard.branch
        if fact.state == OVER or fact.state in self.compiled.plan.goals:
            unit.phase, unit.finished = FINISHED, now
            self.finished[branch] = now
            self._count()
            return
        unit.phase, unit.where = COMING, self.compiled.states.index(fact.state)
        if fact.planned_end is not None:
            unit.planned_end = self.moments.planned_end(read_stamp(fact.entered_at), date.fromisoformat(fact.planned_end))

    def _count(self) -> None:
        self.progress(len(self.finished) + len(self.held), len(self.compiled.branches))

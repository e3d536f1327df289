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
from math import ceil, floor, inf
from typing import Any

from attrs import define, field, frozen

from workflow.clock import VirtualClock, read_stamp
from workflow.definition.model import FINISHED as OVER
from workflow.engine.campaign import Campaign
from workflow.progress import Progress, silent
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import Astray, building
from workflow.simulation.kernel.agenda import NOTHING, Agenda, at_once, schedule, upcoming
from workflow.simulation.kernel.days import opening, when_worked, worked
from workflow.simulation.kernel.draws import DAYS, MOST_VISITS, Draws, uniform
from workflow.simulation.kernel.kernels import check_seed
from workflow.simulation.kernel.laws import value
from workflow.simulation.kernel.loop import ASTRAY, COMING, FINISHED, STAYING, been, choose, come, give, leave, stay
from workflow.simulation.kernel.tables import EXTEND, Tables, Tally, UnitRow
from workflow.simulation.moments import Moments
from workflow.simulation.rehearsal.acting import Acting, Going, Held, Waited
from workflow.simulation.rehearsal.diary import Diary
from workflow.simulation.rehearsal.extending import extended
from workflow.simulation.rehearsal.people import Absence, People

_SHORT = 1.0  # days: in a shorter stay nothing is done beforehand
_BEFOREHAND = 0.5, 0.75  # after so much of a stay people do what its end will ask for, and then make up for what they missed
_TAKEN = re.compile(r"move\.(\w+)")  # a field of the move, and nothing else


@frozen(kw_only=True)
class Rehearsed:
    """What came of a rehearsal: `finished`, by branch, when (days from day 0), and on which of the ledger's `days`; who was `held`, who
    `waited`; how many `moves` were made."""

    finished: Mapping[str, float]
    days: Mapping[str, date]
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
    until: datetime | None = None,
    progress: Progress = silent,
) -> Rehearsed:
    """Play a compiled plan out once, in a campaign that goes by `clock`, up to the instant `until` (default: to the end).

    `enter` puts a branch on the roster as its batch begins (default: all are there already), `morning` is called every day at the hour
    of the definition's reminders. `progress` counts branches that are through. Raises `Misuse` for a seed beyond 32 bits, and where
    nobody may extend a stage as the plan has it; `Astray`.
    """
    check_seed(seed, 1)
    return _Rehearsal(campaign, clock, compiled, people, seed, enter, progress).run(morning, until)


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
    acting: Acting = field(init=False)
    agenda: Agenda = field(factory=Agenda, init=False)
    finished: dict[str, float] = field(factory=dict, init=False)
    _again: set[int] = field(factory=set, init=False)  # branches whose stay is over, but not their move made
    _lost: set[str] = field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        network, plan = self.compiled.network, self.compiled.plan
        self.tables = building.tables(network)
        self.tally = building.tally(network, self.tables)
        self.draws = Draws(self.seed, 0, len(network.units))
        self.moments = Moments(self.compiled.starts, self.compiled.definition.calendar.zone)
        self.diary = Diary(self.clock)
        self.acting = Acting(self.campaign, plan, self.people, Absence(self.campaign, plan, self.seed), self.diary)

    def run(self, morning: Callable[[], None] | None, until: datetime | None) -> Rehearsed:
        definition = self.compiled.definition
        if morning is not None:
            self.diary.daily(morning, self.compiled.starts, definition.reminders.at, definition.calendar.zone)
        for index, unit in enumerate(self.tally.units):
            schedule(self.agenda, unit.start, index)
        end = inf if until is None else self.moments.time(until)
        while True:
            now, item = upcoming(self.agenda)
            if item == NOTHING:
                break
            if now > end:
                self.diary.come_to(until or self.clock.now())
                break
            if item < 0:
                give(self.tally, self.tally.servers[~item], now, self.agenda)
            elif until is None or not self._is_later(item, until):
                self._event(item, self.tally.units[item], now)
        done = self.acting
        held, waited = done.held(self._lost), (*done.waited, *done.waiting(self._lost))
        return Rehearsed(finished=self.finished, days=done.days, held=held, waited=waited, moves=done.moves)

    def _is_later(self, index: int, until: datetime) -> bool:
        """Whether the end of a stay is for the morning after the evening `until`, which for the kernel is the same time."""
        return self.tally.units[index].phase == STAYING and self.acting.due(self._name(index)) > until

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

    # -- a stay begins -------------------------------------------------------------------------------------------------

    def _note(self, index: int, unit: UnitRow, now: float, until: float) -> None:
        branch, ends = self._name(index), self._ends(unit, now, until)
        if self._before_gate(unit):
            self.acting.note(branch, ends, partial(self._enter, branch))
            return
        beforehand = [self._part(unit, now, until, share) for share in _BEFOREHAND] if until - now >= _SHORT else []
        self.acting.note_move(branch, self._going(index, unit), beforehand, ends)

    def _part(self, unit: UnitRow, now: float, until: float, share: float) -> datetime:
        """A share of the time, or of the working time; of a free day the next working day at that hour, if the stay lasts so long."""
        if self.tables.nodes[unit.where].working:
            began, ends = worked(self.tables, now), worked(self.tables, until)
            return self.moments.instant(when_worked(self.tables, began + share * (ends - began)), evening=True)
        time = now + share * (until - now)
        day = floor(time)
        working = opening(self.tables, float(day)) + (time - day)
        return self.moments.instant(working if working < until else time)

    def _enter(self, branch: str) -> None:
        if self.enter is not None:
            self.enter(branch)

    def _ends(self, unit: UnitRow, now: float, until: float) -> datetime:
        """A stay without time ends at once. A whole number is the evening of the day before; but the morning of a planned end, which is not
        over before its day, and of a day on which nobody has worked yet."""
        if until == now:
            here = self.clock.now()
            return here if here >= self.moments.instant(now, evening=True) else self.moments.instant(now)
        row = self.tables.nodes[unit.where]
        evening = worked(self.tables, until) > worked(self.tables, now) if row.working else not row.until_planned_end
        return self.moments.instant(until, evening=evening and not self._before_gate(unit))

    def _before_gate(self, unit: UnitRow) -> bool:
        return unit.where >= len(self.compiled.states)

    def _going(self, index: int, unit: UnitRow) -> Going:
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
        return Going(state, move, takes)

    def _extending(self, state: str, move: str) -> list[str]:
        """The fields of the move that say by how many days it extends."""
        edge = self.compiled.definition.edges_by_state[state][move]
        texts = [effect.days.text for effect in edge.move.effects if effect.kind == "extend" and effect.days is not None]
        return [found[1] for text in texts if (found := _TAKEN.fullmatch(text.strip()))]

    # -- a stay is over ------------------------------------------------------------------------------------------------

    def _go_on(self, index: int, unit: UnitRow, now: float) -> None:
        branch = self._name(index)
        answer = self.acting.came_of(branch)
        first = index not in self._again
        if first:
            leave(self.tally, unit, self.tables.nodes[unit.where], self.agenda)
            if been(self.tables, self.tally, index, unit.where) >= MOST_VISITS:
                raise Astray(index, unit.where)
        self._again.discard(index)
        if isinstance(answer, date):
            self._try_again(index, max(self.moments.day(answer), now))
        elif answer is None or answer.allowed:
            self._stand(unit, branch, now)
        elif not self.acting.is_hopeless(self._under_way()):
            # Others may yet move what stands in its way: every morning it is tried anew. (An evening is the time of the next morning.)
            self._try_again(index, opening(self.tables, float(ceil(now) if first else floor(now) + 1)))
        else:
            unit.phase = ASTRAY
            self._lost.add(branch)
            self._count()

    def _under_way(self) -> list[str]:
        return [branch.id for branch in self.compiled.branches if branch.id not in self.finished and branch.id not in self._lost]

    def _try_again(self, index: int, then: float) -> None:
        self._again.add(index)
        self.acting.note_again(self._name(index), self.moments.instant(then))
        schedule(self.agenda, then, index)

    def _stand(self, unit: UnitRow, branch: str, now: float) -> None:
        """Where the engine has the branch now."""
        fact = extended(self.campaign, self.compiled.plan, branch)
        if fact.state == OVER or fact.state in self.compiled.plan.goals:
            unit.phase, unit.finished = FINISHED, now
            self.finished[branch] = now
            self._count()
            return
        unit.phase, unit.where = COMING, self.compiled.states.index(fact.state)
        entered = read_stamp(fact.entered_at)
        if fact.planned_end is None:  # the kernel then has it where the stage began
            unit.planned_end = self.moments.time(entered)
        else:
            unit.planned_end = self.moments.planned_end(entered, date.fromisoformat(fact.planned_end))

    def _name(self, index: int) -> str:
        return self.compiled.branches[index].id

    def _count(self) -> None:
        self.progress(len(self.finished) + len(self._lost), len(self.compiled.branches))

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
from workflow.simulation.rehearsal.people import Absence, People
from workflow.store.facts import FactNeeds

_SHORT = 1.0  # days: a shorter stay has no middle in which anything could be prepared
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
    until: date | None = None,
    sharp: bool = False,
    progress: Progress = silent,
) -> Rehearsed:
    """Play a compiled plan out once, in a campaign that goes by `clock`, up to the evening of the day `until` (default: to the end).

    `enter` puts a branch on the roster as its batch begins (default: all are there already), `morning` is called every day at the hour
    of the definition's reminders. For the kernel the evening of `until` and the next morning are one time: what falls on that morning is
    done too, unless it is `sharp`. `progress` counts branches that are through. Raises `Misuse` for a seed beyond 32 bits, `Astray`.
    """
    check_seed(seed, 1)
    return _Rehearsal(campaign, clock, compiled, people, seed, enter, progress).run(morning, until, sharp)


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

    def run(self, morning: Callable[[], None] | None, until: date | None, sharp: bool) -> Rehearsed:
        definition = self.compiled.definition
        if morning is not None:
            self.diary.daily(morning, self.compiled.starts, definition.reminders.at, definition.calendar.zone)
        for index, unit in enumerate(self.tally.units):
            schedule(self.agenda, unit.start, index)
        end = inf if until is None else self.moments.day(until) + 1.0
        evening = None if until is None else self.moments.instant(end, evening=True)
        while True:
            now, item = upcoming(self.agenda)
            if item == NOTHING or now > end:
                break
            if item < 0:
                give(self.tally, self.tally.servers[~item], now, self.agenda)
            elif not (sharp and self._is_later(item, evening)):
                self._event(item, self.tally.units[item], now)
        if evening is not None:
            self.diary.come_to(evening)
        done = self.acting
        held = tuple(each for each in done.held() if each.branch in self._lost)  # on the day `until` others may only be waiting
        return Rehearsed(finished=self.finished, days=done.days, held=held, waited=tuple(done.waited), moves=done.moves)

    def _is_later(self, index: int, evening: datetime | None) -> bool:
        """Whether it is for the next morning, which for the kernel is the same time."""
        return evening is not None and self.tally.units[index].phase == STAYING and self.acting.due(self._name(index)) > evening

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
        if unit.where >= len(self.compiled.states):  # before the gate of its batch
            self.acting.note(branch, ends, partial(self._enter, branch))
            return
        middle = self._middle(unit, now, until) if until - now >= _SHORT else None
        self.acting.note_move(branch, self._going(index, unit), middle, ends)

    def _middle(self, unit: UnitRow, now: float, until: float) -> datetime:
        """Half of the time, or of the working time; of a free day the next working day at that hour, if the stay lasts so long."""
        if self.tables.nodes[unit.where].working:
            half = when_worked(self.tables, (worked(self.tables, now) + worked(self.tables, until)) / 2)
            return self.moments.instant(half, evening=True)
        half = (now + until) / 2
        day = floor(half)
        working = opening(self.tables, float(day)) + (half - day)
        return self.moments.instant(working if working < until else half)

    def _enter(self, branch: str) -> None:
        if self.enter is not None:
            self.enter(branch)

    def _ends(self, unit: UnitRow, now: float, until: float) -> datetime:
        """A stay without time ends at once; one that ended with working time in the evening, any other in the morning."""
        if until == now:
            here = self.clock.now()
            return here if here >= self.moments.instant(now, evening=True) else self.moments.instant(now)
        row = self.tables.nodes[unit.where]
        return self.moments.instant(until, evening=bool(row.working) and worked(self.tables, until) > worked(self.tables, now))

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
        elif not self.acting.is_hopeless(branch, len(self.compiled.branches) - len(self.finished)):
            # Others may yet move what stands in its way: every morning it is tried anew. (An evening is the time of the next morning.)
            self._try_again(index, opening(self.tables, float(ceil(now) if first else floor(now) + 1)))
        else:
            unit.phase = ASTRAY
            self._lost.add(branch)
            self._count()

    def _try_again(self, index: int, then: float) -> None:
        self._again.add(index)
        self.acting.note_again(self._name(index), self.moments.instant(then))
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

    def _name(self, index: int) -> str:
        return self.compiled.branches[index].id

    def _count(self) -> None:
        self.progress(len(self.finished) + len(self._lost), len(self.compiled.branches))

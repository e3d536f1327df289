"""What people do in a rehearsal, by the calendar: they get ready in the course of a stay, and act at its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.definition.model import FINISHED
from workflow.engine.campaign import Campaign
from workflow.simulation.plan.model import Plan
from workflow.simulation.rehearsal.diary import Diary
from workflow.simulation.rehearsal.people import Absence, People
from workflow.verdicts.findings import Verdict


@frozen(kw_only=True)
class Held:
    """A branch that was waiting still when nothing moved any more: the move it was to make in `state`, and why it was refused."""

    branch: str
    state: str
    move: str
    verdict: Verdict


@frozen(kw_only=True)
class Waited:
    """A branch that rules let wait although its people were ready: the move it was to make in `state`, the requirements and rules (`codes`)
    that stood in the way, `on` which day they first did, and `until` which; None where they still do."""

    branch: str
    state: str
    move: str
    codes: tuple[str, ...]
    on: date
    until: date | None


@frozen
class Going:
    """The move a branch is to make in a state, with what it takes."""

    state: str
    move: str
    takes: Mapping[str, Any]


@frozen
class _Delay:
    """Why a branch waits: what stood in the way on the day it was first tried, and, where nobody could help it, the verdict and how many
    moves had been made in all when it was last tried."""

    codes: tuple[str, ...]
    on: date
    verdict: Verdict | None = None
    moves: int = 0


def _nobody(_kind: str, _member: str) -> bool:
    return False


@define
class Acting:
    """Everybody's doings, by branch. What is `noted` is done when the calendar comes to it, which may be before the kernel asks for it:
    for the kernel the evening of a day and the morning of the next are one time."""

    campaign: Campaign
    plan: Plan
    people: People
    absence: Absence
    diary: Diary
    moves: int = 0
    waited: list[Waited] = field(factory=list)
    days: dict[str, date] = field(factory=dict)  # by branch that finished
    _going: dict[str, Going] = field(factory=dict)
    _due: dict[str, datetime] = field(factory=dict)
    _answers: dict[str, Verdict | date | None] = field(factory=dict)
    _delays: dict[str, _Delay] = field(factory=dict)

    # -- noted beforehand ------------------------------------------------------------------------------------------------

    def note(self, branch: str, at: datetime, act: Callable[[], None]) -> None:
        """Something else than a move."""
        self._put_down(branch, at, partial(self._other, branch, act))

    def note_move(self, branch: str, going: Going, beforehand: Sequence[datetime], at: datetime) -> None:
        """A move, and when people do beforehand what it will ask for."""
        self._going[branch] = going
        for instant in beforehand:
            self.diary.at(instant, partial(self._prepare, branch, going.move))
        self._put_down(branch, at, partial(self._act, branch))

    def note_again(self, branch: str, at: datetime) -> None:
        """The same move."""
        self._put_down(branch, at, partial(self._act, branch))

    def _put_down(self, branch: str, at: datetime, act: Callable[[], None]) -> None:
        self._due[branch] = at
        self.diary.at(at, act)

    def due(self, branch: str) -> datetime:
        """When what was noted is to be done."""
        return self._due[branch]

    def came_of(self, branch: str) -> Verdict | date | None:
        """What came of what was noted: of a move the allowed verdict, a day to try again on, or the refusal; None of anything else."""
        self.diary.come_to(self._due.pop(branch))
        return self._answers.pop(branch)

    # -- done ------------------------------------------------------------------------------------------------------------

    def _other(self, branch: str, act: Callable[[], None]) -> None:
        act()
        self._answers[branch] = None

    def _prepare(self, branch: str, move: str) -> None:
        self.people.prepare(branch, move, self.absence.at(branch))

    def _act(self, branch: str) -> None:
        going, delay = self._going[branch], self._delays.get(branch)
        if delay is not None and delay.verdict is not None and self._is_as_it_was(branch, going, delay):
            self._answers[branch] = delay.verdict  # nobody asks for the same refusal every day
            return
        answer = self._answers[branch] = self.people.act(branch, going.move, going.takes)
        if isinstance(answer, Verdict) and answer.allowed:
            self._made(branch, answer)
        else:
            on = self._today() if delay is None else delay.on
            verdict = None if isinstance(answer, date) else answer
            self._delays[branch] = _Delay(self._in_the_way(branch, going), on, verdict, self.moves)

    def _is_as_it_was(self, branch: str, going: Going, delay: _Delay) -> bool:
        """Where others have moved, what they made possible is done, before it is looked again what stands in the way."""
        if delay.moves < self.moves and delay.codes:
            self.people.prepare(branch, going.move, _nobody)
            self._delays[branch] = evolve(delay, moves=self.moves)
        return bool(delay.codes) and self._in_the_way(branch, going) == delay.codes

    def _in_the_way(self, branch: str, going: Going) -> tuple[str, ...]:
        return tuple(finding.code for finding in self.campaign.ask(branch, going.move, takes=going.takes).standing)

    def _made(self, branch: str, verdict: Verdict) -> None:
        self.moves += 1
        delay, today = self._delays.pop(branch, None), self._today()
        if delay is not None:
            self.waited.append(self._waited(branch, delay, today))
        if verdict.target in (FINISHED, *self.plan.goals):
            self.days[branch] = today

    def _today(self) -> date:
        return date.fromisoformat(self.campaign.today)

    # -- waiting ---------------------------------------------------------------------------------------------------------

    def is_hopeless(self, others: Collection[str]) -> bool:
        """Whether nobody will ever go on: all of these branches that are under way wait, with nobody to help them, since the last move of
        any."""
        delays = [self._delays.get(branch) for branch in others]
        return all(delay is not None and delay.verdict is not None and delay.moves == self.moves for delay in delays)

    def held(self, lost: Collection[str]) -> tuple[Held, ...]:
        """Of branches that are `lost`."""
        found = []
        for branch, delay in self._delays.items():
            if delay.verdict is not None and branch in lost:
                going = self._going[branch]
                found.append(Held(branch=branch, state=going.state, move=going.move, verdict=delay.verdict))
        return tuple(found)

    def waiting(self, lost: Collection[str]) -> tuple[Waited, ...]:
        """All others that still wait."""
        return tuple(self._waited(branch, delay, None) for branch, delay in self._delays.items() if branch not in lost)

    def _waited(self, branch: str, delay: _Delay, until: date | None) -> Waited:
        going = self._going[branch]
        return Waited(branch=branch, state=going.state, move=going.move, codes=delay.codes, on=delay.on, until=until)

"""What a command would change, branch by branch: it is carried out, everything is looked at, and all of it undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from workflow.clock import VirtualClock, as_utc
from workflow.engine import board
from workflow.engine.desk import Desk
from workflow.engine.entry import read_day
from workflow.engine.moves import LONGEST
from workflow.errors import Misuse
from workflow.texts import Text
from workflow.verdicts.findings import Verdict
from workflow.verdicts.impact import Change, Impact, Standing, compared

__all__ = ["Change", "Impact", "Standing", "preview"]

_MEMBERS = "SELECT branch, COUNT(*) FROM workflow_member GROUP BY branch"


def preview(desk: Desk, command: Callable[[], object], on: date | str | None) -> Impact:
    """The impact of a command: all branches with it and without it, as things stand now or will stand `on` a later day if nothing else
    happens. Nothing is written. Raises `Misuse` for a day that is past or too far ahead, and whatever the command raises."""
    clock = desk.clock
    stood = clock.now() if isinstance(clock, VirtualClock) else None
    try:
        with desk.store.undone():
            at = _moment(desk, on)
            before = _standings(desk, at)
            answers = tuple(evolve(verdict, event=None) for verdict in _verdicts(command()))
            after, day = _standings(desk, at), desk.day(at)
            return compared(day, desk.versions.newest(day).definition.hash, answers, before, after)
    finally:
        desk.versions.refresh()  # a version that was only tried out is not there
        if isinstance(clock, VirtualClock) and stood is not None:
            clock.set(stood)  # lines of an import may have their times


def _moment(desk: Desk, on: date | str | None) -> datetime:
    """Noon of the day, but not before now."""
    now = desk.now()
    if on is None:
        return now
    zone = desk.definition.calendar.zone
    day = read_day(on, zone)
    if day < desk.day(now):
        en = f"{day} is past (today is {desk.day(now)}): the future can be looked at, and today"
        raise Misuse(Text.of(en, f"{day} 已过（今天是 {desk.day(now)}）：只能查看今天或以后"), "past")
    if date.fromisoformat(day) - date.fromisoformat(desk.day(now)) > timedelta(days=LONGEST):
        en = f"{day} is too far ahead: the next {LONGEST:,} days can be looked at"
        raise Misuse(Text.of(en, f"{day} 过远：只能查看今后 {LONGEST:,} 天以内"), "too-far")
    return max(now, as_utc(datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(zone))))


def _standings(desk: Desk, at: datetime) -> dict[str, Standing]:
    members: dict[str, int] = dict(desk.store.rows(_MEMBERS))
    return {each.branch: Standing.of(each, members.get(each.branch, 0)) for each in board.each_outlook(desk, at, ahead=True)}


def _verdicts(answer: object) -> Iterator[Verdict]:
    """The verdicts a command answers with: one, several, or (it imports) none."""
    if isinstance(answer, Verdict):
        yield answer
    elif isinstance(answer, (tuple, list)):
        for each in answer:
            yield from _verdicts(each)

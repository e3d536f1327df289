"""One point of a letter in words: where, what, by when, why the person hears of it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import frozen

from workflow.reminders.letters import words
from workflow.reminders.letters.pages import Said
from workflow.reminders.links import where_to_act
from workflow.texts import Text
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import words as common
from workflow.verdicts.render.dues import DueRow, due_on, what_is_due
from workflow.verdicts.render.voice import Voice

_NAMES = 8  # said in one line


@frozen(kw_only=True)
class Point:
    """What is due, the role in which the person hears of it, and the day it was due before it was moved."""

    row: DueRow
    role: str
    moved: str | None

    @property
    def own(self) -> bool:
        """Is it the person who answers for it?"""
        return self.role == self.row.first.owner


@frozen(kw_only=True)
class Occasion:
    """To whom a letter goes, and the ISO day it is of.

    `late` has the days on which something in it was to be said before, the first one first. `link` is the address of a page about a
    branch, with `{branch}` for its id; or empty.
    """

    person: str
    day: str
    late: Sequence[str] = ()
    link: str = ""


def standing(voice: Voice, item: DueItem, day: str) -> str:
    """In which section it stands. What can only be announced, not done, is never overdue: its day is past."""
    late = item.days_late(day)
    if item.day is None:
        return "awaited"
    if late <= 0:
        return "ahead" if late else "today"
    return "past" if voice.definition.deadlines[item.deadline].until is None else "overdue"


def said(voice: Voice, point: Point, on: Occasion) -> Said:
    item = point.row.first
    what = what_is_due(voice, point.row, lambda names: _named(voice, names, words.MORE_NAMES))
    return Said(
        head=voice.say(words.WHERE, where=voice.name(item.branch), what=what),
        lines=(_when(voice, point, on.day), _why(voice, point, on), *_remedies(voice, item)),
        label=voice.say(words.OPEN if on.link else words.SEE),
        act=where_to_act(on.link, item.branch),
        linked=bool(on.link),
    )


def when_in_short(voice: Voice, item: DueItem, day: str) -> str:
    return voice.say(words.IN_SHORT[standing(voice, item, day)], days=voice.days(abs(item.days_late(day))))


def _when(voice: Voice, point: Point, day: str) -> str:
    item = point.row.first
    when = voice.say(words.WHEN[standing(voice, item, day)], day=due_on(voice, item), days=voice.days(abs(item.days_late(day))))
    if point.moved is None:
        return when
    return when + voice.say(words.WITHDRAWN if item.day is None else words.MOVED, moved=point.moved, day=item.day)


def _why(voice: Voice, point: Point, on: Occasion) -> str:
    """Why the person hears of it, and who else, or instead, answers for it."""
    item = point.row.first
    if not point.own:
        return voice.say(words.ANSWERS, told=_told(voice, item, point.role, on.day), who=_who(voice, item))
    role, others = voice.role(point.role), [holder.name for holder in item.holders if holder.id != on.person]
    if not others:
        return voice.say(words.YOURS, role=role)
    return voice.say(words.YOURS_WITH, role=role, names=_named(voice, others, words.MORE_PEOPLE))


def _told(voice: Voice, item: DueItem, role: str, day: str) -> str:
    """That somebody else's matter has come up to the person, by the last rung of the ladder it has reached."""
    title = voice.role(role)
    reached = [rung for rung, to in item.ladder if to == role and rung <= day]
    if item.day is None or not reached or standing(voice, item, day) != "overdue":
        return voice.say(words.TOLD, role=title)
    after = (date.fromisoformat(reached[-1]) - date.fromisoformat(item.day)).days
    return voice.say(words.COME_UP if after > 0 else words.COME_UP_ON_THE_DAY, role=title, days=voice.days(max(after, 0)))


def _who(voice: Voice, item: DueItem) -> str:
    if not item.holders:
        return voice.who([item.owner], ())
    names = _named(voice, [holder.name for holder in item.holders], words.MORE_PEOPLE)
    return voice.say(common.HOLDER, name=names, role=voice.role(item.owner))


def _remedies(voice: Voice, item: DueItem) -> Iterator[str]:
    """What helps, by the requirements that are to be met by this deadline; of several, some may be met already."""
    of = [code for code, requirement in voice.definition.requirements.items() if requirement.due == item.deadline]
    if of:
        yield voice.say(words.REMEDY if len(of) == 1 else words.REMEDIES, text=voice.clauses(dict.fromkeys(map(voice.remedy, of))))


def _named(voice: Voice, names: Sequence[str], more: Text) -> str:
    """At most _NAMES of them, and how many it leaves out."""
    if len(names) <= _NAMES:
        return voice.listed(names)
    return voice.say(more, names=voice.listed(names[:_NAMES]), n=f"{len(names) - _NAMES:,}")

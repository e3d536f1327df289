"""The whole letter: what stands in its subject, what it opens with, and its points by urgency."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from workflow.reminders.letters import words
from workflow.reminders.letters.pages import Page, Said, as_html, as_text
from workflow.reminders.letters.points import Occasion, Point, said, standing, when_in_short
from workflow.reminders.message import Letter
from workflow.verdicts.render import Tellers
from workflow.verdicts.render.dues import due_title
from workflow.verdicts.render.voice import Voice

_POINTS = 20  # told in one letter


def compose(tellers: Tellers, on: Occasion, points: Sequence[Point]) -> Letter:
    """A letter in one language; it has one point at least."""
    sections: dict[str, list[Point]] = {name: [] for name in words.SECTIONS}
    for point in sorted(points, key=lambda each: each.row.first.urgency):
        first = point.row.first
        sections[standing(tellers.of(first.definition), first, on.day)].append(point)
    return _Writer(tellers, on, {name: found for name, found in sections.items() if found}).letter()


@frozen
class _Writer:
    """`sections` holds all points, the most urgent first."""

    tellers: Tellers
    on: Occasion
    sections: dict[str, list[Point]]

    def letter(self) -> Letter:
        voice = self._voice
        left = self._count - _items(self._points[:_POINTS])
        page = Page(
            lang=voice.lang,
            opening=(*self._late(), voice.say(words.GREETING, name=voice.name(self.on.person)), self._outline()),
            sections=tuple(self._said()),
            closing=(voice.say(words.MORE if left > 1 else words.ONE_MORE, n=f"{left:,}"),) if left else (),
            label=voice.say(words.WHOLE),
            command=f"workflow due --for {shlex.quote(self.on.person)} --all",
            title=voice.say(voice.definition.title),
        )
        return Letter(self._subject(), as_text(page), as_html(page))

    @property
    def _voice(self) -> Voice:
        """What is said of the whole is said in the words of the first point's definition."""
        return self.tellers.of(self._points[0].row.first.definition)

    @property
    def _points(self) -> list[Point]:
        return [point for found in self.sections.values() for point in found]

    @property
    def _count(self) -> int:
        return _items(self._points)

    @property
    def _overdue(self) -> int:
        return _items(self.sections.get("overdue", ()))

    def _subject(self) -> str:
        voice, item, total, overdue = self._voice, self._points[0].row.first, self._count, self._overdue
        text = words.SUBJECT_ALL_OVERDUE if overdue == total else words.SUBJECT_OVERDUE if overdue else words.SUBJECT
        first = {"where": voice.name(item.branch), "what": due_title(voice, item), "when": when_in_short(voice, item, self.on.day)}
        return voice.say(words.SUBJECT_ONE if total == 1 else text, day=self.on.day, n=f"{total:,}", overdue=f"{overdue:,}", **first)

    def _late(self) -> Iterator[str]:
        late, voice = self.on.late, self._voice
        if late:
            text = words.LATE if len(late) == self._count and late[0] == late[-1] else words.LATE_IN_PART
            days = voice.days_between(late[0], self.on.day)
            yield voice.say(text, first=late[0], days=days, n=f"{len(late):,}", total=f"{self._count:,}")

    def _outline(self) -> str:
        """How many there are, how many of them are overdue, and how many the person answers for."""
        voice, total, overdue = self._voice, self._count, self._overdue
        if total == 1:
            return voice.say(words.ONE, day=self.on.day)
        text = words.ALL_OVERDUE if overdue == total else words.SOME_OVERDUE if overdue else words.SOME
        own = _items(point for point in self._points if point.own)
        whose = words.MIXED if 0 < own < total else words.ALL_OWN if own else words.NONE_OWN
        what = voice.say(text, day=self.on.day, n=f"{total:,}", overdue=f"{overdue:,}")
        return what + voice.say(whose, own=f"{own:,}", others=f"{total - own:,}")

    def _said(self) -> Iterator[tuple[str, tuple[Said, ...]]]:
        """Each section with the number of all its items, those not shown included."""
        voice, room, alone = self._voice, _POINTS, len(self._points) == 1
        for number, (name, found) in zip(words.NUMBERS, self.sections.items(), strict=False):
            if room <= 0:
                return
            heading = "" if alone else voice.say(words.SECTIONS[name], number=number, n=f"{_items(found):,}")
            yield heading, tuple(said(self.tellers.of(point.row.first.definition), point, self.on) for point in found[:room])
            room -= len(found)


def _items(points: Iterable[Point]) -> int:
    """The open items they stand for."""
    return sum(point.row.count for point in points)

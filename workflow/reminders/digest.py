"""One letter a day for each person, with all that they are to hear of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from workflow.reminders.letters import Occasion, Point, compose
from workflow.reminders.notices import Notice
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import Tellers
from workflow.verdicts.render.dues import due_plain, due_rows


@frozen(kw_only=True)
class Announcement:
    """One open deadline, as one person is to hear of it.

    `role` is the one they hear of it in: another than the item's owner where it has come up to them. `meant` is the ISO day on which
    it was to be said; `moved` the day it was due before it was moved.
    """

    item: DueItem
    role: str
    meant: str
    moved: str | None = None


def digest(tellers: Mapping[str, Tellers], person: str, day: str, announcements: Sequence[Announcement], link: str = "") -> Notice:
    """What a person is to hear of on a day (ISO), in the language of each teller; one announcement at least.

    `link` says where a branch is seen, `{branch}` stands for its id (`https://host/branches/{branch}`); without it the letter names the
    command. What is announced more than once is said once. Titles in the notice's items are in the first language.
    """
    told = _once(announcements, person)
    points = _points(told, day)
    on = Occasion(person=person, day=day, late=sorted(each.meant for each in told if each.meant < day), link=link)
    letters = {lang: compose(each, on, points) for lang, each in tellers.items()}
    first = next(iter(tellers.values()))
    return Notice(f"digest:{person}:{day}", person, day, letters, [_plain(first, each, day) for each in told])


def _once(announcements: Iterable[Announcement], person: str) -> list[Announcement]:
    """Each open deadline once, the most urgent first: as its owner where the person is that too, since the first day it was to be said.

    The clerk who is the secretary as well is not told, as clerk, that the secretary answers for it.
    """
    found: dict[tuple[object, ...], Announcement] = {}
    for said in sorted(announcements, key=lambda each: each.meant):
        item = said.item
        key = (item.branch, item.deadline, item.subject, item.period)
        before = found.setdefault(key, said)
        answers = before.role == item.owner or any(holder.id == person for holder in item.holders)
        role = item.owner if answers else said.role
        found[key] = evolve(said, role=role, meant=before.meant, moved=before.moved or said.moved)
    return sorted(found.values(), key=lambda each: each.item.urgency)


def _points(told: Iterable[Announcement], day: str) -> list[Point]:
    """Those due alike together, where the person hears of them for the same reason; what is overdue by itself."""
    alike: dict[tuple[str, str | None, str], list[DueItem]] = {}
    for said in told:
        alike.setdefault((said.role, said.moved, _side(said.item, day)), []).append(said.item)
    return [Point(row=row, role=role, moved=moved) for (role, moved, _), items in alike.items() for row in due_rows(items, day)]


def _side(item: DueItem, day: str) -> str:
    late = item.days_late(day)
    return "before" if late > 0 else "on" if late == 0 else "after"


def _plain(tellers: Tellers, said: Announcement, day: str) -> dict[str, Any]:
    """Without the whole ladder and who else was told: a letter may have thousands of these, of branches that run."""
    item = due_plain(tellers.of(said.item.definition), said.item, day)
    item = {name: value for name, value in item.items() if name not in ("ladder", "escalated", "suspended")}
    return {**item, "role": said.role, "meant": said.meant, "moved": said.moved}

"""What is due, in words: those due alike in one row, what they are called, by when and how late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import asdict, frozen

from workflow.texts import Text
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import words
from workflow.verdicts.render.voice import Voice

_LEFT = Text.of("in {days}", "还有 {days}")
_LATE = Text.of("{days} late", "逾期 {days}")
_SUSPENDED = Text.of("suspended", "已暂停")
_AWAITED = Text.of("when it comes", "待事件发生")
_MISSED = Text.of("{title} ({n} times missed)", "{title}（已缺 {n} 期）")
_FOR = Text.of("{title}: {names}", "{title}：{names}")
_FOR_SOME = Text.of("{title}, {n}: {names}", "{title}，{n} 项：{names}")


@frozen
class DueRow:
    """What is due in one branch by one deadline on one day.

    `items` has one for each whom or what it is due for, of what recurs the oldest; `missed` says how many periods each has missed,
    `count` how many open items all this stands for.
    """

    items: tuple[DueItem, ...]
    missed: int
    count: int

    @property
    def first(self) -> DueItem:
        return self.items[0]


def due_rows(found: Iterable[DueItem], today: str) -> list[DueRow]:
    """Those due alike together, what recurs once with its oldest day; in the order of urgency."""
    recurring: dict[tuple[str, str, str], list[DueItem]] = {}
    for item in found:
        recurring.setdefault((item.branch, item.deadline, item.subject), []).append(item)
    alike: dict[tuple[str, str, str | None, int], list[list[DueItem]]] = {}
    for items in recurring.values():
        first, missed = items[0], sum(item.days_late(today) > 0 for item in items)
        alike.setdefault((first.branch, first.deadline, first.day, missed), []).append(items)
    rows = [DueRow(tuple(items[0] for items in subjects), missed, sum(map(len, subjects))) for (*_, missed), subjects in alike.items()]
    return sorted(rows, key=lambda row: row.first.urgency)


def due_on(voice: Voice, item: DueItem) -> str:
    """The day, and whether it is settled."""
    if item.day is None:
        return voice.say(_AWAITED)
    return item.day if item.confirmed else item.day + voice.say(words.UNCONFIRMED)


def lateness(voice: Voice, item: DueItem, today: str) -> str:
    """`11 days late`, `today` or `in 3 days`; nothing without a day. `suspended` while nothing runs in the branch."""
    late = item.days_late(today)
    if item.suspended:
        return voice.say(_SUSPENDED)
    if item.day is None:
        return ""
    return voice.days(0) if late == 0 else voice.say(_LATE if late > 0 else _LEFT, days=voice.days(abs(late)))


def what_is_due(voice: Voice, row: DueRow, listed: Callable[[Sequence[str]], str]) -> str:
    """The deadline, how often it was missed, and for whom, as `listed` names them."""
    title = due_title(voice, row.first)
    if row.missed > 1:
        title = voice.say(_MISSED, title=title, n=row.missed)
    names = [item.name or item.subject for item in row.items if item.subject]
    if not names:
        return title
    return voice.say(_FOR if len(names) == 1 else _FOR_SOME, title=title, n=len(names), names=listed(names))


def due_title(voice: Voice, item: DueItem) -> str:
    return voice.say(voice.definition.deadlines[item.deadline].title, **voice.definition.texts)


def due_plain(voice: Voice, item: DueItem, today: str) -> dict[str, Any]:
    """For programs: the item with its title, what the branch is called, and how many days late it is."""
    late = max(item.days_late(today), 0)
    return {**asdict(item), "title": due_title(voice, item), "branch_title": voice.name(item.branch), "late": late}

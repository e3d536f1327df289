"""The command `due`: whom to chase today, in whose hands each thing is, and how late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import click
from attrs import asdict, frozen

from workflow.cli import show
from workflow.cli.facts import full
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.clock import local_date
from workflow.engine.campaign import Campaign
from workflow.errors import not_found
from workflow.texts import Text
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import Tellers, words
from workflow.verdicts.render.voice import Voice

_FARTHEST = 3660  # days
_TITLE = Text.of("Due by {day}: {n}", "至 {day} 到期：{n} 项")
_TITLE_ALL = Text.of("Open on {day}: {n}", "{day} 尚未了结：{n} 项")
_COLUMNS = (
    Text.of("due", "期限"),
    Text.of("late", "逾期"),
    Text.of("where", "所在"),
    Text.of("what", "事由"),
    Text.of("who acts", "责任人"),
    Text.of("told as well", "已上报"),
    Text.of("code", "代码"),
)
_LEFT = Text.of("in {days}", "还有 {days}")
_TODAY = Text.of("today", "今天")
_AWAITED = Text.of("when it comes", "待事件发生")
_MISSED = Text.of("{title} ({n} times missed)", "{title}（已缺 {n} 期）")
_FOR = Text.of("{title}: {names}", "{title}：{names}")
_FOR_SOME = Text.of("{title}, {n}: {names}", "{title}，{n} 项：{names}")
_LATER = Text.of(
    "{later} more are due later, {awaited} wait for an event; --all shows them",
    "另有 {later} 项期限在后，{awaited} 项待事件发生；加 --all 全部列出",
)
_NOTHING = Text.of("Nothing is due.", "没有到期事项。")


@frozen
class _Row:
    """What is due in one branch by one deadline on one day: for whom, and how many periods of what recurs have been missed."""

    items: tuple[DueItem, ...]
    missed: int

    @property
    def first(self) -> DueItem:
        return self.items[0]


@command(
    "due",
    "Say whom to chase: what is overdue or due soon, the most urgent first, in whose hands it is and how late. With --for, what is in the"
    " hands of one person, or has come up to them.",
    "列出应催办事项：已逾期或即将到期的，按紧急程度排列，注明责任人和逾期天数。加 --for 只列某人负责或已上报其处的事项。",
)
@option("--for", "person", metavar="PERSON", en="only what this person answers for, or was told of", zh="只列此人负责或已上报其处的事项")
@option(
    "--days",
    type=click.IntRange(0, _FARTHEST),
    default=7,
    metavar="DAYS",
    en="look so many days ahead (default: 7)",
    zh="提前天数（默认 7）",
)
@option("--branch", metavar="BRANCH", en="only this branch", zh="只看此支部")
@option("--all", "every", is_flag=True, en="all that is open, however far off", zh="全部未了结事项，不论远近")
@full
@click.pass_obj
def due(settings: Settings, person: str | None, days: int, branch: str | None, every: bool, full: bool) -> None:
    with settings.campaign() as campaign:
        today = local_date(campaign.now, campaign.definition.calendar.zone)
        last = (today + timedelta(days=days)).isoformat()
        found = _in_hands(campaign, person, campaign.dues(branch))
        chosen = found if every else [item for item in found if item.day is not None and item.day <= last]
        tellers = Tellers(campaign.version, settings.lang, full, names=campaign.names())
        voice = tellers.of(campaign.definition.hash)
        if settings.json:
            show.say_json([_plain(tellers.of(item.definition), item, today.isoformat()) for item in chosen])
            return
        text, day = (_TITLE_ALL, today.isoformat()) if every else (_TITLE, last)
        title = voice.say(text, day=day, n=f"{len(chosen):,}")
        show.draw(_table(tellers, title, _rows(chosen, today.isoformat()), today.isoformat()) if chosen else voice.say(_NOTHING))
        if len(found) > len(chosen):
            awaited = sum(item.day is None for item in found)
            show.say(voice.say(_LATER, later=f"{len(found) - len(chosen) - awaited:,}", awaited=f"{awaited:,}"))


def _in_hands(campaign: Campaign, person: str | None, found: Iterable[DueItem]) -> list[DueItem]:
    """What is in somebody's hands, or has come up to them. Raises `NotFound` for nobody known."""
    if person is None:
        return list(found)
    names = campaign.names()
    if person not in names:
        raise not_found("there is no person", "没有人员", person, names, "person", "people")
    return [item for item in found if any(each.id == person for each in (*item.holders, *item.escalated))]


def _rows(found: Iterable[DueItem], today: str) -> list[_Row]:
    """Those due alike together, what recurs once with its oldest day; in the order of urgency."""
    recurring: dict[tuple[str, str, str], list[DueItem]] = {}
    for item in found:
        key = (item.branch, item.deadline, item.subject)
        recurring.setdefault(key, []).append(item)
    alike: dict[tuple[str, str, str | None, int], list[DueItem]] = {}
    for items in recurring.values():
        first, missed = items[0], sum(item.days_late(today) > 0 for item in items)
        alike.setdefault((first.branch, first.deadline, first.day, missed), []).append(first)
    rows = [_Row(tuple(items), key[3]) for key, items in alike.items()]
    return sorted(rows, key=lambda row: row.first.urgency)


def _table(tellers: Tellers, title: str, rows: Sequence[_Row], today: str) -> Sheet:
    """A line for each row, in the words of the rules the branch is under."""
    table = show.table(title, *(column.say(tellers.lang) for column in _COLUMNS))
    for row in rows:
        first = row.first
        voice = tellers.of(first.definition)
        people = voice.who([first.owner], first.holders)
        told = voice.who([], first.escalated) if first.escalated else ""
        table.add_row(
            _day(voice, first), _late(voice, first, today), voice.name(first.branch), _what(voice, row), people, told, first.deadline
        )
    return table


def _day(voice: Voice, item: DueItem) -> str:
    if item.day is None:
        return voice.say(_AWAITED)
    return item.day if item.confirmed else item.day + voice.say(words.UNCONFIRMED)


def _late(voice: Voice, item: DueItem, today: str) -> str:
    late = item.days_late(today)
    if item.day is None:
        return ""
    return voice.say(_TODAY) if late == 0 else voice.days(late) if late > 0 else voice.say(_LEFT, days=voice.days(-late))


def _what(voice: Voice, row: _Row) -> str:
    title = voice.say(voice.definition.deadlines[row.first.deadline].title, **voice.definition.texts)
    if row.missed > 1:
        title = voice.say(_MISSED, title=title, n=row.missed)
    names = [item.name or item.subject for item in row.items if item.subject]
    if not names:
        return title
    return voice.say(_FOR if len(names) == 1 else _FOR_SOME, title=title, n=len(names), names=voice.cut(names))


def _plain(voice: Voice, item: DueItem, today: str) -> dict[str, Any]:
    title = voice.say(voice.definition.deadlines[item.deadline].title, **voice.definition.texts)
    return {**asdict(item), "title": title, "branch_title": voice.name(item.branch), "late": max(item.days_late(today), 0)}

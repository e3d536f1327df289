"""The command `due`: whom to chase today, in whose hands each thing is, and how late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import click

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
from workflow.verdicts.render import Tellers
from workflow.verdicts.render.dues import DueRow, due_on, due_plain, due_rows, lateness, what_is_due

_FARTHEST = 3660  # days
_TITLE = Text.of("Due by {day}: {n}", "至 {day} 到期：{n} 项")
_TITLE_ALL = Text.of("Open on {day}: {n}", "{day} 尚未了结：{n} 项")
_COLUMNS = (
    Text.of("due", "期限"),
    Text.of("when", "到期情况"),
    Text.of("where", "所在"),
    Text.of("what", "事由"),
    Text.of("who acts", "责任人"),
    Text.of("told as well", "已上报"),
    Text.of("code", "代码"),
)
_LATER = Text.of(
    "not shown: due later {later}, waiting for an event {awaited}; --all shows them",
    "未列出：期限在后 {later} 项，待事件发生 {awaited} 项；加 --all 全部列出",
)
_NOTHING = Text.of("Nothing is due.", "没有到期事项。")


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
@option("--only", metavar="DEADLINE", en="only this deadline, by its code", zh="只看此期限（代码）")
@option("--all", "every", is_flag=True, en="all that is open, however far off", zh="全部未了结事项，不论远近")
@full
@click.pass_obj
def due(settings: Settings, person: str | None, days: int, branch: str | None, only: str | None, every: bool, full: bool) -> None:
    with settings.campaign() as campaign:
        today = local_date(campaign.now, campaign.definition.calendar.zone)
        last = (today + timedelta(days=days)).isoformat()
        found = _of(campaign, only, _in_hands(campaign, person, campaign.dues(branch)))
        chosen = found if every else [item for item in found if item.day is not None and item.day <= last]
        tellers = Tellers(campaign.version, settings.lang, full, names=campaign.names())
        voice = tellers.of(campaign.definition.hash)
        if settings.json:
            show.say_json([due_plain(tellers.of(item.definition), item, today.isoformat()) for item in chosen])
            return
        text, day = (_TITLE_ALL, today.isoformat()) if every else (_TITLE, last)
        title = voice.say(text, day=day, n=f"{len(chosen):,}")
        show.draw(_table(tellers, title, due_rows(chosen, today.isoformat()), today.isoformat()) if chosen else voice.say(_NOTHING))
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


def _of(campaign: Campaign, only: str | None, found: list[DueItem]) -> list[DueItem]:
    """What is due by one deadline. Raises `NotFound` if neither the rules in force nor anything that is due know it."""
    if only is None:
        return found
    titles = {ident: deadline.title.say("en") for ident, deadline in campaign.definition.deadlines.items()}
    chosen = [item for item in found if item.deadline == only]
    if not chosen and only not in titles:
        raise not_found("there is no deadline", "没有期限", only, titles, "deadline", "deadlines")
    return chosen


def _table(tellers: Tellers, title: str, rows: Sequence[DueRow], today: str) -> Sheet:
    """A line for each row, in the words of the rules the branch is under."""
    table = show.table(title, *(column.say(tellers.lang) for column in _COLUMNS))
    for row in rows:
        first = row.first
        voice = tellers.of(first.definition)
        people = voice.who([first.owner], first.holders)
        told = voice.who([], first.escalated) if first.escalated else ""
        table.add_row(
            due_on(voice, first),
            lateness(voice, first, today),
            voice.name(first.branch),
            what_is_due(voice, row, voice.cut),
            people,
            told,
            first.deadline,
        )
    return table

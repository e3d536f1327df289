"""Commands that enter facts: record, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from workflow.cli import show, values
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.errors import Misuse
from workflow.texts import Text

by = option("--by", required=True, metavar="PERSON", en="id of the person acting", zh="经办人的编号")
key = option(
    "--key",
    metavar="KEY",
    en="repeating the command with the same key gives its first answer and does nothing",
    zh="以同一键重复命令时，只返回首次答复，不再执行",
)
fields = option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    en="a field (repeat for more; several options of one field joined by ;)",
    zh="一个字段（可重复；多选项以 ; 分隔）",
)
of_campaign = option("--campaign", "whole", is_flag=True, en="of the campaign as a whole: name no branch", zh="属于整个活动：不写支部")
full = option("--full", is_flag=True, en="leave nothing out", zh="全部列出")


@command(
    "record",
    "Enter a fact of a branch: a document of some KIND, with the lines of its members. With --campaign and no branch, one of the campaign"
    " as a whole. Refused, it is kept too, with the reasons.",
    "为支部录入一项事实：某种类的记录及其党员明细行。加 --campaign 且不写支部，则录入整个活动的事实。不予录入时，连同理由一并记入台账。",
)
@click.argument("place", nargs=-1, required=True, metavar="BRANCH KIND")
@of_campaign
@by
@option("--happened", metavar="DATE", en="the day it was so (default: today)", zh="发生日期（默认今天）")
@fields
@option(
    "--line",
    "members",
    multiple=True,
    metavar="MEMBER[:NAME=VALUE,...]",
    en="a member on the sheet, with fields of its own if they differ (repeat for more)",
    zh="表中一名党员，可另附其自身字段（可重复）",
)
@option(
    "--lines",
    "file",
    metavar="FILE",
    en="the members on the sheet from a CSV file with a column `member`, or a JSON file",
    zh="从含 member 列的 CSV 文件或 JSON 文件读入明细行",
)
@key
@click.pass_obj
def record(
    settings: Settings,
    place: tuple[str, ...],
    whole: bool,
    by: str,
    happened: str | None,
    given: tuple[str, ...],
    members: tuple[str, ...],
    file: str | None,
    key: str | None,
) -> int:
    branch, kind = _place(place, whole, "KIND")
    lines: list[Any] = [*(values.line(each) for each in members), *(values.lines_in(file) if file else ())]
    with settings.campaign() as campaign:
        verdict = campaign.record(branch, kind, by=by, happened=happened, fields=values.pairs(given), lines=lines, key=key)
        return show.answer(settings, campaign, verdict)


@command(
    "withdraw",
    "Withdraw the record or waiver that stands at event SEQ of a branch, or, with --campaign and no branch, of the campaign."
    " It stays readable and no longer counts.",
    "撤回支部台账第 SEQ 号的记录或经批准的缺口；加 --campaign 且不写支部，则为活动台账。原文仍可查阅，但不再计入。",
)
@click.argument("place", nargs=-1, required=True, metavar="BRANCH SEQ")
@of_campaign
@by
@option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")
@key
@click.pass_obj
def withdraw(settings: Settings, place: tuple[str, ...], whole: bool, by: str, reason: str, key: str | None) -> int:
    branch, number = event_place(place, whole)
    with settings.campaign() as campaign:
        return show.answer(settings, campaign, campaign.withdraw(branch, number, by=by, reason=reason, key=key))


def event_place(given: Sequence[str], whole: bool) -> tuple[str | None, int]:
    """The branch, or None for the campaign as a whole, and the number of an event there. Raises `Misuse`."""
    branch, number = _place(given, whole, "SEQ")
    if not number.isdecimal():
        raise Misuse(Text.of("SEQ: expected a whole number", "SEQ：应为整数"), "usage")
    return branch, int(number)


def _place(given: Sequence[str], whole: bool, name: str) -> tuple[str | None, str]:
    """The branch, or None for the campaign as a whole; and what is called `name`. Raises `Misuse` for too little or too much."""
    if len(given) != (1 if whole else 2):
        wanted = f"--campaign {name}" if whole else f"BRANCH {name}"
        shown = " ".join(given)
        raise Misuse(Text.of(f"expected {wanted}, found {shown}", f"应为 {wanted}，实为 {shown}"), "usage")
    return (None, given[0]) if whole else (given[0], given[1])

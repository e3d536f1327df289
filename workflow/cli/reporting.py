"""The command `report`: figures out of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import click

from workflow import reports
from workflow.cli import show
from workflow.cli.facts import full as full_option
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.definition import Definition
from workflow.definition.reporting import Each
from workflow.engine.campaign import Campaign
from workflow.engine.tables.export import write_sheets
from workflow.errors import Misuse
from workflow.reports import words
from workflow.reports.model import Report
from workflow.reports.render import Teller
from workflow.texts import Text

_WRITTEN = Text.of("written: {path}", "已写入：{path}")
_NONE = Text.of("This definition declares no reports.", "本方案未设报表。")


@command(
    "report",
    "Report figures out of the ledger, each with what it rests on: of BRANCH, of a batch, or of the whole campaign."
    " Without NAME, list the reports there are.",
    "由台账统计各项数字并注明依据：可统计某支部、某批次或整个活动。不写 NAME 则列出全部报表。",
)
@click.argument("name", required=False)
@click.argument("branch", required=False)
@option("--batch", metavar="BATCH", en="only this batch", zh="只统计此批次")
@option(
    "--each",
    type=click.Choice(get_args(Each)),
    en="break the whole down by this",
    zh="按支部、批次或督导组分项",
)
@option(
    "--on",
    metavar="DATE",
    en="a day or month in the period, such as 2005-03 (default: today)",
    zh="统计期内的某日或某月（默认今天）",
)
@option("--stage", metavar="STAGE", en="an earlier stage of the branch, as it ended", zh="支部此前的某阶段（以结束时为准）")
@option("--attempt", type=int, metavar="N", en="which attempt of that stage (default: the last)", zh="该阶段第几轮次（默认最后一轮）")
@option("--csv", "csv_file", metavar="FILE", en="write it as CSV", zh="写为 CSV 文件")
@option("--xlsx", "xlsx_file", metavar="FILE", en="write it as a workbook", zh="写为工作簿")
@full_option
@click.pass_obj
def report(
    settings: Settings,
    name: str | None,
    branch: str | None,
    batch: str | None,
    each: str | None,
    on: str | None,
    stage: str | None,
    attempt: int | None,
    csv_file: str | None,
    xlsx_file: str | None,
    full: bool,
) -> None:
    with settings.campaign() as campaign:
        if name is None:
            _list(settings, campaign.definition)
            return
        found = reports.report(campaign, name, branch, batch=batch, each=cast("Each | None", each), on=on, stage=stage, attempt=attempt)
        for path, kind in ((csv_file, "csv"), (xlsx_file, "xlsx")):
            if path is not None:
                _write(settings, campaign.definition, found, Path(path), kind)
        if settings.json:
            show.say_json(reports.plain(campaign.definition, found, settings.lang))
        elif csv_file is None and xlsx_file is None:
            _show(settings, campaign, found, full=full)


def _write(settings: Settings, definition: Definition, found: Report, path: Path, kind: str) -> None:
    if path.suffix.lower() != f".{kind}":
        raise Misuse(Text.of(f"--{kind} {path}: the name must end in .{kind}", f"--{kind} {path}：文件名应以 .{kind} 结尾"), "suffix")
    write_sheets(path, [reports.sheet(definition, found, settings.lang)])
    if not settings.json:
        show.say(_WRITTEN.say(settings.lang, path=path))


def _show(settings: Settings, campaign: Campaign, found: Report, *, full: bool) -> None:
    teller = Teller(campaign.definition, found, settings.lang, campaign.names(), full)
    if not found.parts:
        show.say(reports.text(campaign.definition, found, settings.lang, names=campaign.names(), full=full))
        return
    header, rows = teller.parts()
    table = Sheet(teller.head(), tuple(header), frozenset(header[1:]))
    for row in rows[:-1]:
        table.add_row(*row)
    table.add_row(*rows[-1], style="bold")
    show.draw(table, *(["", *teller.below()] if teller.below() else []))


def _list(settings: Settings, definition: Definition) -> None:
    lang = settings.lang
    if settings.json:
        show.say_json([{"name": kind.id, "title": kind.title.say(lang), "of": kind.of, "each": kind.each, "period": kind.period,
                        "lines": list(kind.lines)} for kind in definition.reports.values()])  # fmt: skip
        return
    if not definition.reports:
        show.say(_NONE.say(lang))
        return
    columns = [text.say(lang) for text in (words.CODE, words.TITLE, words.OF, words.EACH, words.SPAN)]
    table = show.table(words.REPORTS.say(lang, title=definition.title.say(lang)), *columns)
    for kind in definition.reports.values():
        each = words.PARTS[kind.each].say(lang) if kind.each else ""
        period = words.SPANS[kind.period].say(lang) if kind.period else ""
        table.add_row(kind.id, kind.title.say(lang), words.SCOPES[kind.of].say(lang), each, period)
    show.draw(table)

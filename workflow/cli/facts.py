"""Commands that enter facts: record, import, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from attrs import asdict

from workflow.cli import show, values
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.engine.imports import ImportReport
from workflow.engine.roster import RosterReport
from workflow.errors import Misuse
from workflow.texts import Text
from workflow.verdicts.codec import to_plain
from workflow.verdicts.render.verdicts import conclusion
from workflow.verdicts.render.voice import Voice

_ROSTERS, _RECORDS = (".csv", ".tsv", ".txt"), (".jsonl", ".ndjson", ".json")
_READ = Text.of("{file}: {report}", "{file}：{report}")
_REFUSED = Text.of("✗ {where}: {text}", "✗ {where}：{text}")
_MORE_REFUSED = Text.of("and {n} more refused; --full shows them all", "另有 {n} 项不予通过未列出；加 --full 全部列出")
_MOST = 20

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
full = option("--full", is_flag=True, en="leave nothing out", zh="全部列出")


@command(
    "record",
    "Enter a fact of a branch: a document of some KIND, with the lines of its members. Refused, it is kept too, with the reasons.",
    "为支部录入一项事实：某种类的记录及其党员明细行。不予录入时，连同理由一并记入台账。",
)
@click.argument("branch")
@click.argument("kind")
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
    branch: str,
    kind: str,
    by: str,
    happened: str | None,
    given: tuple[str, ...],
    members: tuple[str, ...],
    file: str | None,
    key: str | None,
) -> int:
    lines: list[Any] = [*(values.line(each) for each in members), *(values.lines_in(file) if file else ())]
    with settings.campaign() as campaign:
        verdict = campaign.record(branch, kind, by=by, happened=happened, fields=values.pairs(given), lines=lines, key=key)
        return show.answer(settings, campaign, verdict)


@command(
    "withdraw",
    "Withdraw the record or waiver that stands at event SEQ of a branch. It stays readable and no longer counts.",
    "撤回支部台账第 SEQ 号的记录或经批准的缺口。原文仍可查阅，但不再计入。",
)
@click.argument("branch")
@click.argument("seq", type=int)
@by
@option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")
@key
@click.pass_obj
def withdraw(settings: Settings, branch: str, seq: int, by: str, reason: str, key: str | None) -> int:
    with settings.campaign() as campaign:
        return show.answer(settings, campaign, campaign.withdraw(branch, seq, by=by, reason=reason, key=key))


@command(
    "import",
    "Import rosters (.csv) and records (.jsonl), one file after the other, each all or none."
    " Dirty rows of a roster are reported, and it goes on.",
    "依次导入名册（.csv）和记录（.jsonl），每个文件要么全部导入，要么全不导入。名册中有问题的行会逐一报告，其余照常导入。",
)
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@option("--by", default="", metavar="PERSON", en="who acts where a line names nobody", zh="未写明经办人的行由谁经办")
@full
@click.pass_obj
def import_(settings: Settings, paths: tuple[str, ...], by: str, full: bool) -> int:
    refused = 0
    reports: list[dict[str, Any]] = []
    with settings.campaign() as campaign:
        for path in paths:
            with show.progress(Path(path).name) as progress:
                report: RosterReport | ImportReport
                if _is_roster(path):
                    report = campaign.import_roster(path, by=by, progress=progress)
                else:
                    report = campaign.import_records(path, by=by, progress=progress)
            refused += len(report.refused) if isinstance(report, ImportReport) else 0
            if settings.json:
                reports.append({"file": path, "text": report.text.say(settings.lang), **_plain(settings, report)})
            else:
                _show(settings, campaign, path, report, full=full)
    if settings.json:
        show.say_json(reports)
    return 1 if refused else 0


def _is_roster(path: str) -> bool:
    suffix = Path(path).suffix.lower()
    if suffix in _ROSTERS or suffix in _RECORDS:
        return suffix in _ROSTERS
    with Path(path).open("rb") as file:
        start = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Misuse(Text.of(f"{path} is empty", f"{path} 是空文件"), "empty-file")
    return not start.startswith(b"{")


def _show(settings: Settings, campaign: Campaign, path: str, report: RosterReport | ImportReport, *, full: bool) -> None:
    show.say(_READ.say(settings.lang, file=Path(path).name, report=report.text))
    if isinstance(report, RosterReport):
        show.faults(settings, report.warnings, full=full)
        return
    voice = Voice(campaign.definition, settings.lang)
    shown = report.refused if full else report.refused[:_MOST]
    for refusal in shown:
        show.say(_REFUSED.say(settings.lang, where=refusal.where, text=conclusion(voice, refusal.verdict)))
    if len(report.refused) > len(shown):
        show.say(_MORE_REFUSED.say(settings.lang, n=len(report.refused) - len(shown)))


def _plain(settings: Settings, report: RosterReport | ImportReport) -> dict[str, Any]:
    if isinstance(report, RosterReport):
        return {**asdict(report, recurse=False), "warnings": [show.plain_fault(settings, fault) for fault in report.warnings]}
    refused = [{"where": refusal.where, "verdict": to_plain(refusal.verdict)} for refusal in report.refused]
    return {**asdict(report, recurse=False), "refused": refused}

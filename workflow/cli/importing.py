"""The commands `import` and `export`: rosters and records from files, and into files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.facts import full
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.engine.imports import ImportReport
from workflow.engine.tables.export import WHAT, What
from workflow.engine.tables.roster import RosterReport
from workflow.errors import Misuse
from workflow.texts import Text
from workflow.verdicts.codec import to_plain
from workflow.verdicts.render.verdicts import conclusion
from workflow.verdicts.render.voice import Voice

_TABLES, _COMMANDS = (".csv", ".tsv", ".txt", ".xlsx"), (".jsonl", ".ndjson", ".json")
_READ = Text.of("{file}: {report}", "{file}：{report}")
_REFUSED = Text.of("✗ {where}: {text} [{codes}]", "✗ {where}：{text} [{codes}]")
_LEFT_OUT = Text.of("✗ {text}", "✗ {text}")
_MORE = Text.of("and {n} more; --full shows them all", "另有 {n} 项未列出；加 --full 全部列出")
_MOST = 20
_WRITTEN = Text.of("written: {paths}", "已写入：{paths}")

Report = RosterReport | ImportReport


@command(
    "import",
    "Import rosters and records from spreadsheets (.csv, .xlsx), or commands (.jsonl), one file after the other."
    " A spreadsheet's heading says what it holds; what is sound in it goes in, and the rest is reported by row and column."
    " A file of commands is carried out as a whole or not at all.",
    "依次导入电子表格（.csv、.xlsx）中的名册和记录，或命令文件（.jsonl）。表格按表头识别内容，无误者导入，其余按行列逐一报告；"
    "命令文件要么全部执行，要么全不执行。",
)
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@option("--by", default="", metavar="PERSON", en="who acts where a line names nobody", zh="未写明经办人的行由谁经办")
@full
@click.pass_obj
def import_(settings: Settings, paths: tuple[str, ...], by: str, full: bool) -> int:
    undone = 0
    listed: list[dict[str, Any]] = []
    with settings.campaign() as campaign:
        for path in paths:
            for report in _read(settings, campaign, path, by, full=full):
                undone += len(report.refused) + len(report.left_out) if isinstance(report, ImportReport) else 0
                if settings.json:
                    listed.append({"file": path, "text": report.text.say(settings.lang), **_plain(settings, report)})
                else:
                    _show(settings, campaign, path, report, full=full)
    if settings.json:
        show.say_json(listed)
    return 1 if undone else 0


def _read(settings: Settings, campaign: Campaign, path: str, by: str, *, full: bool) -> Iterator[Report]:
    """What a file came to: rosters before records."""
    with show.progress(Path(path).name) as progress:
        if not _is_table(path):
            yield campaign.import_records(path, by=by, progress=progress)
            return
        found = campaign.import_tables(path, by=by, progress=progress)
    yield from found.rosters
    if found.records is not None:
        yield found.records
    if not settings.json:
        show.faults(settings, found.warnings, full=full)


def _is_table(path: str) -> bool:
    suffix = Path(path).suffix.lower()
    if suffix in _TABLES or suffix in _COMMANDS:
        return suffix in _TABLES
    with Path(path).open("rb") as file:
        start = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Misuse(Text.of(f"{path} is empty", f"{path} 是空文件"), "empty-file")
    return not start.startswith(b"{")


def _show(settings: Settings, campaign: Campaign, path: str, report: Report, *, full: bool) -> None:
    show.say(_READ.say(settings.lang, file=Path(path).name, report=report.text))
    if isinstance(report, ImportReport):
        voice = Voice(campaign.definition, settings.lang, names=campaign.names())
        refused = []
        for refusal in report.refused:
            codes = voice.listed(finding.code for finding in refusal.verdict.standing)
            refused.append(_REFUSED.say(settings.lang, where=refusal.where, text=conclusion(voice, refusal.verdict), codes=codes))
        _list(settings, refused, full=full)
        _list(settings, [_LEFT_OUT.say(settings.lang, text=text) for text in report.left_out], full=full)
    show.faults(settings, report.warnings, full=full)


def _list(settings: Settings, lines: Sequence[str], *, full: bool) -> None:
    shown = lines if full else lines[:_MOST]
    for line in shown:
        show.say(line)
    if len(lines) > len(shown):
        show.say(_MORE.say(settings.lang, n=len(lines) - len(shown)))


def _plain(settings: Settings, report: Report) -> dict[str, Any]:
    plain = {**asdict(report, recurse=False), "warnings": [show.plain_fault(settings, fault) for fault in report.warnings]}
    if isinstance(report, RosterReport):
        return plain
    refused = [{"where": refusal.where, "verdict": to_plain(refusal.verdict)} for refusal in report.refused]
    return {**plain, "refused": refused, "left_out": [text.say(settings.lang) for text in report.left_out]}


@command(
    "export",
    "Write the roster and all live records as a workbook (FILE.xlsx), or as CSV files into a folder, with headings in your language."
    " `import` reads them again without loss.",
    "将名册和全部有效记录写入工作簿（FILE.xlsx），或以 CSV 写入文件夹，表头用所选语言。可用 `import` 原样读回。",
)
@click.argument("out", metavar="DIR|FILE.xlsx")
@option(
    "--what",
    "chosen",
    multiple=True,
    type=click.Choice(WHAT),
    en="only this (repeat for more): roster, records or board",
    zh="只导出此项（可重复）：roster（名册）、records（记录）或 board（进度表）",
)
@click.pass_obj
def export(settings: Settings, out: str, chosen: tuple[str, ...]) -> None:
    with settings.campaign() as campaign, show.progress(Path(out).name):
        written = campaign.export(out, what=cast("tuple[What, ...]", chosen) or ("roster", "records"), lang=settings.lang)
    paths = [str(path) for path in written]
    if settings.json:
        show.say_json({"files": paths})
    else:
        show.say(_WRITTEN.say(settings.lang, paths=", ".join(paths)))

"""The command `verify`."""

from __future__ import annotations

from typing import Any

import click

from workflow.cli import show
from workflow.cli.program import command
from workflow.cli.settings import Settings
from workflow.engine.proof import Proof
from workflow.texts import Text, counted

_CHAIN = Text.of("the ledger, then the tables", "先核对台账，再核对各表")
_WHOLE = Text.of(
    "✓ The ledger is whole: {events} in {streams}, every hash and every link.",
    "✓ 台账完整：{streams} 条流、{events} 个事件，哈希与链接全部相符。",
)
_SAME = Text.of("✓ The tables say what the ledger says: each row was made again from it.", "✓ 各表与台账一致：逐行由台账重建并核对。")
_BROKEN = Text.of("✗ {stream} #{seq} (row {position}): {text}", "✗ {stream} 第 {seq} 号（第 {position} 行）：{text}")
_DIFFERS = Text.of("✗ table {table}, row {row}: {text}{others}", "✗ 表 {table}，行 {row}：{text}{others}")
_OTHERS = Text.of("; {n} more rows differ", "；另有 {n} 行不符")
_NOT_COMPARED = Text.of(
    "? The tables were not compared: there is no ledger left to compare them with.", "? 各表未核对：台账本身已不完整，无从核对。"
)


@command(
    "verify",
    "Verify that nobody rewrote the ledger: every hash and link, then every table against a replay. Exit code 1 names the place.",
    "核验台账未被改写：逐一核对哈希与链接，再由台账重建各表并比对。如有不符，指明位置，退出码为 1。",
    without=("now",),
)
@click.pass_obj
def verify(settings: Settings) -> int:
    with settings.campaign() as campaign, show.progress(_CHAIN.say(settings.lang)) as progress:
        found = campaign.verify(progress)
    lines = _lines(found, settings.lang)
    if settings.json:
        show.say_json({**_plain(found, settings.lang), "text": "\n".join(lines)})
    else:
        show.say("\n".join(lines))
    return 0 if found.whole else 1


def _lines(found: Proof, lang: str) -> list[str]:
    events, streams = (
        Text.of(counted(found.events, "event"), f"{found.events:,}"),
        Text.of(counted(found.streams, "stream"), f"{found.streams:,}"),
    )
    lines = [_BROKEN.say(lang, stream=b.stream, seq=b.seq, position=b.position, text=b.text) for b in found.breaks]
    lines = lines or [_WHOLE.say(lang, events=events, streams=streams)]
    for d in found.differences or ():
        others = _OTHERS.say(lang, n=d.others) if d.others else ""
        lines.append(_DIFFERS.say(lang, table=d.table, row=" ".join(d.row), text=d.text, others=others))
    if not found.differences:
        lines.append(_SAME.say(lang) if found.whole else _NOT_COMPARED.say(lang))
    return lines


def _plain(found: Proof, lang: str) -> dict[str, Any]:
    breaks = [{"stream": b.stream, "seq": b.seq, "position": b.position, "text": b.text.say(lang)} for b in found.breaks]
    differences = [{"table": d.table, "row": d.row, "others": d.others, "text": d.text.say(lang)} for d in found.differences or ()]
    compared = found.differences is not None
    return {
        "whole": found.whole,
        "events": found.events,
        "streams": found.streams,
        "compared": compared,
        "breaks": breaks,
        "differences": differences,
    }

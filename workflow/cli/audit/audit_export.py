"""The command `audit export`: the ledger as a log for process mining, as a table, or as pages to print."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from workflow.audit.exports import FORMATS, Format, Mask, export, key_in
from workflow.cli import show
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import Text, counted

_SUFFIXES: dict[str, Format] = {
    ".json": "ocel-json",
    ".jsonocel": "ocel-json",
    ".sqlite": "ocel-sqlite",
    ".xes": "xes",
    ".csv": "csv",
    ".html": "html",
    "": "html",
}
_DOING = Text.of("reading the ledger", "读取台账")
_WRITTEN = Text.of("written: {path} ({n})", "已写入：{path}（{n}）")
_KEY_MADE = Text.of(
    "a key was made: {path}. Whoever has it can find out who is who; with it the next export has the same pseudonyms.",
    "已生成密钥：{path}。持有密钥者可以辨认人员；下次导出使用同一密钥，代号不变。",
)


@command(
    "export",
    "Export the ledger, of BRANCHes or of the whole campaign: as a log for process mining (OCEL 2.0, XES), as a table (CSV), as pages to"
    " print (HTML). The name of FILE says which: .json or .sqlite (OCEL), .xes, .csv, .html; without a suffix it is a folder of pages."
    " With --mask, free texts are searched for every name on the rolls; one that is written otherwise cannot be recognised.",
    "导出若干支部或整个活动的台账：供流程挖掘的日志（OCEL 2.0、XES）、表格（CSV）、可打印的网页（HTML）。"
    "由文件名决定格式：.json 或 .sqlite（OCEL）、.xes、.csv、.html；无后缀则为网页文件夹。"
    "用 --mask 时，自由文本中凡与名册一致的姓名均被替换；写法不同的无法识别。",
)
@click.argument("branches", nargs=-1, metavar="[BRANCH]...")
@option("-o", "--out", required=True, metavar="FILE", en="where to", zh="输出文件")
@option("--format", "form", type=click.Choice(FORMATS), en="the format, if the file's name does not say it", zh="格式（文件名未表明时）")
@option(
    "--mask",
    "key",
    metavar="KEYFILE",
    en="pseudonyms in place of people, the same ones with the same key; the key is made if the file is not there",
    zh="以代号代替人员；密钥文件不存在则生成",
)
@option("--mask-branches", is_flag=True, en="with --mask: branches too", zh="与 --mask 同用：支部也以代号代替")
@option(
    "--with-refusals",
    is_flag=True,
    en="XES only: also the moves that were refused, marked as such",
    zh="仅限 XES：包括未予通过的动作并标明",
)
@click.pass_obj
def audit_export(
    settings: Settings, branches: tuple[str, ...], out: str, form: str | None, key: str | None, mask_branches: bool, with_refusals: bool
) -> None:
    found = _format(out, form)
    if mask_branches and key is None:
        raise Misuse(Text.of("--mask-branches goes with --mask KEYFILE", "--mask-branches 须与 --mask 密钥文件 同用"), "mask")
    if with_refusals and found != "xes":
        raise Misuse(
            Text.of("--with-refusals is for XES; other formats have them anyway", "--with-refusals 仅用于 XES；其他格式本已包括"), "format"
        )
    with settings.campaign() as campaign, show.progress(_DOING.say(settings.lang)) as progress:
        mask, made = (None, False) if key is None else _mask(campaign, Path(key), mask_branches)
        n = export(
            campaign, out, found, branches=branches, lang=settings.lang, mask=mask, refusals=with_refusals, progress=progress
        )  # fmt: skip
    if settings.json:
        show.say_json({"written": out, "format": found, "events": n, "masked": key is not None, "key": key, "key_made": made})
        return
    show.say(_WRITTEN.say(settings.lang, path=out, n=Text.of(counted(n, "event"), f"{n:,} 个事件")))
    if made:
        show.say(_KEY_MADE.say(settings.lang, path=key))


def _mask(campaign: Campaign, key: Path, branches: bool) -> tuple[Mask, bool]:
    found, made = key_in(key)
    return Mask.of(campaign.store, found, branches=branches), made


def _format(out: str, form: str | None) -> Format:
    """What is to be written. Raises `Misuse` where the name and the option disagree, or neither says it."""
    suffix = Path(out).suffix.lower()
    named = _SUFFIXES.get(suffix)
    if named is not None and suffix and form not in (None, named):
        said = Text.of(f"{out} is {named}, --format says {form}: leave one out", f"{out} 是 {named}，--format 却是 {form}：请去掉其一")
        raise Misuse(said, "format")
    found = form or named
    if found is None:
        en = f"{out}: which format? name it .json, .sqlite, .xes, .csv or .html, or give --format"
        raise Misuse(Text.of(en, f"{out}：何种格式？请用后缀 .json、.sqlite、.xes、.csv 或 .html，或给出 --format"), "format")
    return cast(Format, found)

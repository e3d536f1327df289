"""Commands about files: check, draw, new, example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click

from workflow.cli import show
from workflow.cli.catalogue import counts
from workflow.cli.examples import EXAMPLES, SEED, write_example
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.wording import summary
from workflow.clock import VirtualClock, in_zone
from workflow.definition import Definition, load_file
from workflow.definition.diagram import Format
from workflow.definition.diagram import draw as drawn
from workflow.definition.effective import effective_yaml
from workflow.definition.lint import LintFinding, lint
from workflow.definition.loading import from_source, read_file, shipped
from workflow.definition.loading.source import Source
from workflow.engine.campaign import Campaign
from workflow.errors import DefinitionFault, Fault, Misuse, NotFound, did_you_mean
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_FORMATS = {".svg": "svg", ".html": "html", ".mmd": "mermaid"}
_SUMMARY = Text.of("{title} ({id}, version {version}) is in order.", "{title}（{id}，第 {version} 版）检查无误。")
_HASH = Text.of("hash: {hash}\nWhat it holds in full: `workflow show {file}`", "哈希：{hash}\n详细内容：`workflow show {file}`")
_ADDED = Text.of("; the way is opened by what was added at {places}", "；此途径由以下位置的增补打开：{places}")
_WARNINGS = Text.of("{n} warnings.", "共 {n} 条警告。")
_CREATED = Text.of(
    "Campaign {name} is created in {db}, under {title} (hash {hash}). Next: `workflow import ROSTER.csv --db {db}`.",
    "已在 {db} 中创建活动 {name}，依据方案“{title}”（哈希 {hash}）。下一步：`workflow import 名册.csv --db {db}`。",
)
_REHEARSAL = Text.of(" It is a rehearsal: --now chooses its time.", "这是演练：可用 --now 自选时间。")
_WRITTEN = Text.of("written: {path}", "已写入：{path}")


def definition_file(name: str, others: Sequence[str] = ()) -> Path:
    """A file, or the definition of this name that comes with the program. Raises `NotFound`; `others` could have been meant too."""
    path, known = Path(name), shipped()
    if path.exists() or path.suffix:
        return path
    if name not in known:
        hint = did_you_mean(name, [*known, *others])
        en = f"there is no file {name}, nor a definition {name} that comes with the program; {hint.say('en')}"
        zh = f"没有文件 {name}，随程序附带的方案中也没有此名称；{hint.say('zh')}"
        raise NotFound(Text.of(en, zh), "definition-file")
    return known[name]


@command(
    "check",
    "Check a definition: every fault at once, each with its line; then what the definition holds."
    " FILE may be the name of one that comes with the program.",
    "检查方案：一次列出全部错误及其行号，然后概述方案内容。FILE 可为随程序附带的方案名称。",
    without=("db", "now"),
)
@click.argument("file")
@option(
    "--effective",
    is_flag=True,
    en="print the definition merged with all it extends, with the level each line comes from",
    zh="输出与上级方案合并后的方案，逐行注明出自哪一层级",
)
@click.pass_obj
def check(settings: Settings, file: str, effective: bool) -> None:
    definition, warnings = _sound(file)
    if effective:
        show.say_json(definition.document) if settings.json else click.echo(effective_yaml(definition, settings.lang), nl=False)
        return
    about = _about(definition)
    text = _SUMMARY.say(settings.lang, **about)
    if settings.json:
        plain = {**about, "title": definition.title.say(settings.lang), "text": text}
        show.say_json({**plain, "warnings": [show.plain_fault(settings, w) for w in warnings]})
        return
    show.faults(settings, warnings, full=True)
    if warnings:
        text += " " + _WARNINGS.say(settings.lang, n=len(warnings))
    show.draw(summary(Voice(definition, settings.lang), text), _HASH.say(settings.lang, hash=definition.hash, file=file))


def _sound(file: str) -> tuple[Definition, list[Fault]]:
    """A definition that loads and has nothing wrong with it but warnings. Raises `DefinitionFault`."""
    source = read_file(definition_file(file))
    definition = from_source(source)
    found = lint(definition)
    errors = [_fault(source, finding) for finding in found if finding.level == "error"]
    warnings = [_fault(source, finding) for finding in found if finding.level == "warning"]
    if errors:
        raise DefinitionFault([*errors, *warnings])
    return definition, warnings


def _fault(source: Source, finding: LintFinding) -> Fault:
    place = source.place(finding.path, key=True)
    text, others = finding.text, [source.place(path, key=True) for path in finding.along]
    added = ", ".join(dict.fromkeys(str(other) for other in others if other and place and other.file != place.file))
    if added:
        text = Text({lang: said + _ADDED.say(lang, places=added) for lang, said in text.by_language.items()})
    return Fault(str(place or ""), ".".join(finding.path), text, finding.code)


def _about(definition: Definition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "hash": definition.hash,
        **counts(definition),
    }


@command(
    "draw",
    "Draw a definition: its stages, phases, moves and what they require. FILE may be the name of one that comes with the program.",
    "画出方案：阶段、关口状态、动作及其条件。FILE 可为随程序附带的方案名称。",
    without=("db", "now"),
)
@click.argument("file")
@option(
    "-o",
    "--out",
    metavar="FILE",
    en="where to; .svg, .html or .mmd says the format (default: Mermaid to the screen)",
    zh="输出文件，后缀 .svg、.html 或 .mmd 决定格式（默认在屏幕上输出 Mermaid）",
)
@option(
    "--format",
    "form",
    type=click.Choice(sorted(_FORMATS.values())),
    en="the format, if the file's name does not say it",
    zh="格式（文件名未表明时）",
)
@click.pass_obj
def draw(settings: Settings, file: str, out: str | None, form: str | None) -> None:
    suffix = Path(out or "").suffix.lower()
    named = _FORMATS.get(suffix)
    if named is not None and form not in (None, named):
        said = Text.of(f"{out} is {named}, --format says {form}: leave one out", f"{out} 是 {named}，--format 却是 {form}：请去掉其一")
        raise Misuse(said, "format")
    form = form or named or ("mermaid" if out is None else None)
    if form is None:
        raise Misuse(
            Text.of(
                f"{out}: which format? name it .svg, .html or .mmd, or give --format",
                f"{out}：何种格式？请用后缀 .svg、.html 或 .mmd，或给出 --format",
            ),
            "format",
        )
    text = drawn(load_file(definition_file(file)), lang=settings.lang, format=cast(Format, form))
    if out is not None:
        Path(out).write_text(text, encoding="utf-8")
        _tell(settings, {"written": out, "format": form}, _WRITTEN.say(settings.lang, path=out))
    elif settings.json:
        show.say_json({"format": form, "text": text})
    else:
        click.echo(text)


@command(
    "new",
    "Create a campaign in a new database, pinned to a definition. FILE may be the name of one that comes with the program.",
    "在新数据库中创建活动，并固定其方案。FILE 可为随程序附带的方案名称。",
)
@click.argument("file")
@option(
    "--name", default="", metavar="NAME", en="what the campaign is called (default: the definition's id)", zh="活动名称（默认为方案标识）"
)
@option("--by", default="", metavar="PERSON", en="who creates it", zh="创建人")
@option("--rehearsal", is_flag=True, en="a rehearsal, whose time can be chosen with --now", zh="演练，可用 --now 自选时间")
@click.pass_obj
def new(settings: Settings, file: str, name: str, by: str, rehearsal: bool) -> None:
    definition, _ = _sound(file)
    clock = None if settings.now is None else VirtualClock(in_zone(settings.now, definition.calendar.zone))
    db = settings.database()
    with Campaign.create(db, definition, name=name, by=by, clock=clock, rehearsal=rehearsal) as campaign:
        about = {"name": campaign.name, "db": db, "title": definition.title.say(settings.lang), "hash": definition.hash[:12]}
    text = _CREATED.say(settings.lang, **about) + (_REHEARSAL.say(settings.lang) if rehearsal else "")
    _tell(settings, {**about, "hash": definition.hash, "rehearsal": rehearsal}, text)


@command(
    "example",
    "Write an example to a folder: a roster and records to import, the same for the same seed.",
    "把示例写入文件夹：可供导入的名册和记录；同一种子结果相同。",
    without=("db", "now"),
)
@click.argument("name", type=click.Choice(EXAMPLES))
@option("-o", "--out", required=True, metavar="DIR", en="the folder, made if it is not there", zh="文件夹，不存在则新建")
@option("--seed", type=int, default=SEED, en="seed of the random numbers (default 2005)", zh="随机数种子（默认 2005）")
@click.pass_obj
def example(settings: Settings, name: str, out: str, seed: int) -> None:
    with show.progress(name) as progress:
        written = write_example(name, Path(out), seed=seed, progress=progress)
    about = {"name": name, "out": out, "seed": seed, "files": [str(path) for path in written.files]}
    _tell(settings, about, written.text.say(settings.lang))


def _tell(settings: Settings, plain: dict[str, Any], text: str) -> None:
    if settings.json:
        show.say_json({**plain, "text": text})
    else:
        show.say(text)

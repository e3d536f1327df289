"""Commands about files: check, draw, new, example."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, cast

import click

from workflow.cli import show
from workflow.cli.examples import EXAMPLES, SEED, write_example
from workflow.cli.program import command, option
from workflow.cli.settings import Settings, local
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_file
from workflow.definition.diagram import Format
from workflow.definition.diagram import draw as drawn
from workflow.definition.lint import LintFinding, lint
from workflow.definition.loading import from_source, read_file
from workflow.definition.loading.source import Source
from workflow.engine.campaign import Campaign
from workflow.errors import DefinitionFault, Fault, Misuse
from workflow.texts import Text

_FORMATS = {".svg": "svg", ".html": "html", ".mmd": "mermaid"}
_SUMMARY = Text.of(
    "{title} ({id}, version {version}) is in order. Stages: {stages}, phases: {phases}, moves: {moves}, requirements: {requirements},"
    " kinds of record: {records}, kinds of case: {cases}, deadlines: {deadlines}, invariants proven: {invariants}. Hash: {hash}.",
    "{title}（{id}，第 {version} 版）检查无误。阶段 {stages} 个，关口状态 {phases} 个，动作 {moves} 种，条件 {requirements} 项，"
    "记录 {records} 种，事项 {cases} 种，期限 {deadlines} 个，不变式 {invariants} 条，均已证明。哈希 {hash}。",
)
_WARNINGS = Text.of("{n} warnings.", "共 {n} 条警告。")
_CREATED = Text.of(
    "Campaign {name} is created in {db}, under {title} (hash {hash}). Next: `workflow import ROSTER.csv --db {db}`.",
    "已在 {db} 中创建活动 {name}，依据方案“{title}”（哈希 {hash}）。下一步：`workflow import 名册.csv --db {db}`。",
)
_REHEARSAL = Text.of(" It is a rehearsal: --now chooses its time.", "这是演练：可用 --now 自选时间。")
_WRITTEN = Text.of("written: {path}", "已写入：{path}")


def definition_file(name: str) -> Path:
    """A file, or the definition of this name that comes with the program."""
    path = Path(name)
    if path.exists():
        return path
    for folder in (Path(str(resources.files("workflow.cli"))) / "definitions", Path(__file__).parents[2] / "definitions"):
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    return path


@command(
    "check",
    "Check a definition: every fault at once, each with its line; then what the definition holds."
    " FILE may be the name of one that comes with the program.",
    "检查方案：一次列出全部错误及其行号，然后概述方案内容。FILE 可为随程序附带的方案名称。",
)
@click.argument("file")
@click.pass_obj
def check(settings: Settings, file: str) -> None:
    source = read_file(definition_file(file))
    definition = from_source(source)
    found = lint(definition)
    errors = [_fault(source, finding) for finding in found if finding.level == "error"]
    warnings = [_fault(source, finding) for finding in found if finding.level == "warning"]
    if errors:
        raise DefinitionFault([*errors, *warnings])
    summary = _summary(definition)
    text = _SUMMARY.say(settings.lang, **summary)
    if settings.json:
        plain = {**summary, "title": definition.title.say(settings.lang), "text": text}
        show.say_json({**plain, "warnings": [show.plain_fault(settings, w) for w in warnings]})
        return
    show.faults(settings, warnings, full=True)
    if warnings:
        text += " " + _WARNINGS.say(settings.lang, n=len(warnings))
    show.say(text)


def _fault(source: Source, finding: LintFinding) -> Fault:
    place = source.place(finding.path, key=True)
    where = f"{source.faults.name}:{place.line}:{place.column}" if place else ""
    return Fault(where, ".".join(finding.path), finding.text, finding.code)


def _summary(definition: Definition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "hash": definition.hash,
        "stages": len(definition.stages),
        "phases": len(definition.states),
        "moves": len(definition.moves),
        "requirements": len(definition.requirements),
        "records": len(definition.records),
        "cases": len(definition.cases),
        "deadlines": len(definition.deadlines),
        "invariants": len(definition.invariants),
    }


@command(
    "draw",
    "Draw a definition: its stages, phases, moves and what they require. FILE may be the name of one that comes with the program.",
    "画出方案：阶段、关口状态、动作及其条件。FILE 可为随程序附带的方案名称。",
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
    form = form or _FORMATS.get(Path(out or ".mmd").suffix.lower()) or ("mermaid" if out is None else None)
    if form is None:
        raise Misuse(
            Text.of(
                f"{out}: which format? name it .svg, .html or .mmd, or give --format",
                f"{out}：何种格式？请用后缀 .svg、.html 或 .mmd，或给出 --format",
            ),
            "format",
        )
    text = drawn(load_file(definition_file(file)), lang=settings.lang, format=cast(Format, form))
    if out is None:
        click.echo(text)
        return
    Path(out).write_text(text, encoding="utf-8")
    _tell(settings, {"path": out, "format": form}, _WRITTEN.say(settings.lang, path=out))


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
    definition = load_file(definition_file(file))
    errors = [Fault(file, ".".join(f.path), f.text, f.code) for f in lint(definition) if f.level == "error"]
    if errors:
        raise DefinitionFault(errors)
    clock = None if settings.now is None else VirtualClock(local(settings.now, definition.calendar.zone))
    db = settings.database()
    with Campaign.create(db, definition, name=name, by=by, clock=clock, rehearsal=rehearsal) as campaign:
        about = {"name": campaign.name, "db": db, "title": definition.title.say(settings.lang), "hash": definition.hash[:12]}
    text = _CREATED.say(settings.lang, **about) + (_REHEARSAL.say(settings.lang) if rehearsal else "")
    _tell(settings, {**about, "hash": definition.hash, "rehearsal": rehearsal}, text)


@command(
    "example",
    "Write an example to a folder: a roster and records to import, the same for the same seed.",
    "把示例写入文件夹：可供导入的名册和记录；同一种子结果相同。",
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

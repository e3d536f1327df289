"""The main job from end to end: a branch is held back, told why, puts it right, and passes to the next stage."""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path

import click
from attrs import evolve, frozen

from workflow.cli import show
from workflow.cli.examples import SEED
from workflow.cli.examples.bureau import BRANCH, Bureau
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.errors import Misuse, WorkflowError
from workflow.texts import Text

Step = Text | tuple[str, int]  # a remark, or a command line and its exit code

_DATABASE = "demo.db"
_START = Text.of(
    "# A rehearsal in {folder}. Each command can be typed again after: export WORKFLOW_DB={db}",
    "# 在 {folder} 中演练。先执行 export WORKFLOW_DB={db}，以下命令即可照样键入。",
)
_END = Text.of(
    "# The ledger of {branch} holds {total} events: {listed}.",
    "# {branch} 的台账共 {total} 个事件：{listed}。",
)
_KINDS = {  # every kind of event in a branch's stream: together they are all of it
    "roster": Text.of("{n} of its roster", "名册 {n} 次"),
    "record": Text.of("{n} records", "记录 {n} 份"),
    "withdrawn": Text.of("{n} withdrawals", "撤回 {n} 次"),
    "moved": Text.of("{n} moves", "动作 {n} 次"),
    "case_opened": Text.of("{n} cases opened", "事项立项 {n} 项"),
    "case_moved": Text.of("{n} moves of cases", "事项办理 {n} 次"),
    "waived": Text.of("{n} gap accepted", "经批准的缺口 {n} 项"),
    "refused": Text.of("{n} refusals with all reasons", "不予通过 {n} 次（理由俱全）"),
}
_SEE = Text.of("# See `workflow timeline {branch} --db {db}`.", "# 参见 `workflow timeline {branch} --db {db}`。")
_GONE = Text.of(
    "# {folder} is removed again; --keep, or --dir with a folder of your own, leaves it to look at.",
    "# {folder} 已删除；加 --keep，或用 --dir 指定文件夹，即可保留备查。",
)
_STOPPED = Text.of(
    "the demonstration stopped: `{line}` ended with {code}, not {wanted}", "演示中止：`{line}` 以 {code} 结束，应为 {wanted}"
)

_FILES = Text.of(
    "# One branch of 29 members has been learning since January: its roster, and what it has entered.",
    "# 一个有 29 名党员的支部自一月起学习：名册及已录入的记录。",
)
_TRY = Text.of(
    "# All steps are closed. May the branch look back, and go on? It is refused (exit code 1), with every reason.",
    "# 各环节已办结。支部可否转入回头看？不予通过（退出码 1），并列明全部理由。",
)
_MAKE_UP = Text.of(
    "# What was missing is made up: lessons, essays, and the problem that had to be put right at once.",
    "# 补齐缺项：补课、补交心得，整改应立即整改的问题。",
)
_WAIVE = Text.of(
    "# One member, far away, has still not sat the test. The office accepts that gap, by name and with a reason.",
    "# 一名外出党员仍未参加测试。办公室具名批准该缺口，并写明理由。",
)
_LOOK_BACK = Text.of("# Now the look-back is open. Its four questions are answered.", "# 现在可以回头看，逐项答复四看。")
_MEETING = Text.of(
    "# The branch meets, the supervision group evaluates it, and the application goes to two addressees.",
    "# 召开转段分析会，督导组作出评价，申请分别报送两处。",
)
_INSPECTION = Text.of(
    "# Both sign for it. Before the inspection nobody may approve; afterwards the office does.",
    "# 两处签收。未经检查不得同意转段；检查合格后由办公室同意。",
)
_ARRIVED = Text.of("# Where everything stands now.", "# 现在的总体情况。")
_WORDS = {
    "reason": Text.of("works in another province; sits it on return", "在外省务工，返回后补测"),
    "evidence": Text.of("on file", "有台账可查"),
    "minutes": Text.of("the four looks gone through one by one", "对照四看逐项分析"),
    "opinion": Text.of("up to the requirements", "基本达到要求"),
}
_SCRIPT: tuple[Step, ...] = (
    _FILES,
    ("example bureau --out {files}", 0),
    ("new advanced-nature-2005 --rehearsal --now 2005-01-03", 0),
    ("import {files}/roster.csv {files}/records.jsonl", 0),
    _TRY,
    ("move {branch} open_look_back --by {secretary} --now 2005-03-12T09:00", 1),
    _MAKE_UP,
    ("import {files}/make-up.jsonl", 0),
    _WAIVE,
    ("waive {branch} test_sat --by {office} --member {absent} --reason {reason} --until 2005-06-30", 0),
    _LOOK_BACK,
    ("move {branch} open_look_back --by {secretary} --now 2005-03-17T09:00", 0),
    *((f"record {{branch}} look_back_answer --by {{secretary}} --set look={look} --set evidence={{evidence}}", 0) for look in (1, 2, 3, 4)),
    ("move {branch} close_look_back --by {secretary}", 0),
    _MEETING,
    (
        "record {branch} analysis_meeting --by {secretary} --set present=27 --set group_present=1 --set resolution=ready"
        " --set minutes={minutes} --now 2005-03-18T14:00",
        0,
    ),
    ("record {branch} group_evaluation --by {group} --set opinion={opinion} --set agrees=yes", 0),
    ("record {branch} application --by {secretary} --set addressee=office", 0),
    ("move {branch} apply --by {secretary}", 1),
    ("record {branch} application --by {secretary} --set addressee=group", 0),
    ("move {branch} apply --by {secretary}", 0),
    _INSPECTION,
    ("record {branch} receipt --by {group} --set addressee=group --now 2005-03-21T10:00", 0),
    ("record {branch} receipt --by {office} --set addressee=office", 0),
    ("move {branch} start_inspection --by {office}", 0),
    ("ask {branch} approve --by {secretary}", 1),
    ("record {branch} inspection --by {office} --set result=pass --set notes_drawn=5 --now 2005-03-22T15:00", 0),
    ("move {branch} approve --by {approver}", 0),
    _ARRIVED,
    ("board", 0),
)


@command(
    "demo",
    "Show the main job from end to end, in a rehearsal: each command as it is typed, and its answer.",
    "以演练展示主要流程：逐条显示所键入的命令及其答复。",
    without=("db", "now"),
)
@option(
    "--dir",
    "folder",
    metavar="DIR",
    en="where to (default: a temporary folder, removed at the end)",
    zh="所用文件夹（默认用临时文件夹，结束后删除）",
)
@option("--keep", is_flag=True, en="leave the temporary folder there", zh="保留临时文件夹")
@click.pass_context
def demo(ctx: click.Context, folder: str | None, keep: bool) -> None:
    where = Path(folder or tempfile.mkdtemp(prefix="workflow-demo-")).absolute()
    if (where / _DATABASE).exists():
        said = Text.of(
            f"{where / _DATABASE} is there already; name another folder, or none", f"{where / _DATABASE} 已存在；请另选文件夹，或不写 --dir"
        )
        raise Misuse(said, "campaign-exists")
    where.mkdir(parents=True, exist_ok=True)
    settings = ctx.ensure_object(Settings)
    stage = _Stage(ctx.find_root().command, Settings(db=str(where / _DATABASE), lang=settings.lang, json=settings.json))
    try:
        stage.play(where)
        if folder is None and not keep:
            stage.remark(_GONE, folder=where)
        else:
            stage.remark(_SEE, branch=BRANCH, db=where / _DATABASE)
    finally:
        if folder is None and not keep:
            shutil.rmtree(where)


@frozen
class _Stage:
    """Where the story is shown: as a terminal would show it or, in JSON, one step a line."""

    program: click.Command
    settings: Settings

    def play(self, where: Path) -> None:
        db = self.settings.database()
        self.remark(_START, folder=where, db=db)
        for step in _steps(where, self.settings.lang):
            if isinstance(step, Text):
                self.remark(step, before="\n")
            else:
                self._command(*step)
        with self.settings.campaign() as campaign:
            kinds = Counter(event.kind for event in campaign.timeline(BRANCH))
        lang = self.settings.lang
        listed = ("，" if lang == "zh" else ", ").join(text.say(lang, n=f"{kinds[kind]:,}") for kind, text in _KINDS.items() if kinds[kind])
        self.remark(_END, before="\n", branch=BRANCH, total=f"{kinds.total():,}", listed=listed)

    def remark(self, text: Text, before: str = "", **values: object) -> None:
        said = text.say(self.settings.lang, **values)
        if self.settings.json:
            _one_line({"remark": said.lstrip("# ")})
        else:
            show.say(before + said)

    def _command(self, line: str, wanted: int) -> None:
        if not self.settings.json:
            show.say(f"\n$ workflow {line}")
        with redirect_stdout(StringIO()) if self.settings.json else nullcontext() as answer:
            code = self.program.main(shlex.split(line), prog_name="workflow", standalone_mode=False, obj=evolve(self.settings)) or 0
        if answer is not None:
            _one_line({"command": f"workflow {line}", "exit_code": code, "answer": json.loads(answer.getvalue())})
        if code != wanted:
            raise WorkflowError(Text.same(_STOPPED.say(self.settings.lang, line=line, code=code, wanted=wanted)))


def _one_line(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def _steps(where: Path, lang: str) -> Iterator[Step]:
    """The script with the names of this example's people."""
    bureau = Bureau.of(SEED)
    cast = bureau.cast
    names = {
        "branch": BRANCH,
        "files": str(where / "files"),
        "secretary": cast.secretary,
        "group": cast.group,
        "office": cast.office,
        "approver": cast.approver,
        "absent": bureau.not_tested,
        **{name: text.say(lang) for name, text in _WORDS.items()},
    }
    quoted = {name: shlex.quote(value) for name, value in names.items()}
    for step in _SCRIPT:
        yield step if isinstance(step, Text) else (step[0].format_map(quoted), step[1])

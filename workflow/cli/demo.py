"""The main job from end to end: a branch is held back, told why, puts it right, and passes to the next stage."""

from __future__ import annotations

import shlex
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from workflow.cli import show
from workflow.cli.examples import SEED
from workflow.cli.examples.bureau import BRANCH, Bureau
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.errors import WorkflowError
from workflow.texts import Text

Step = Text | tuple[str, int]  # a remark, or a command line and its exit code

_DATABASE = "demo.db"
_START = Text.of(
    "# A rehearsal in {folder}. Each command can be typed again after: export WORKFLOW_DB={db}",
    "# 在 {folder} 中演练。先执行 export WORKFLOW_DB={db}，以下命令即可照样键入。",
)
_END = Text.of(
    "# The ledger of {branch} holds {total} events: {record} records, {moved} moves, {cases} about cases, {waived} gap accepted,"
    " {refused} refusals with all reasons.\n# See `workflow timeline {branch} --db {db}`.",
    "# {branch} 的台账共 {total} 个事件：记录 {record} 份，动作 {moved} 次，事项 {cases} 次，批准缺口 {waived} 项，"
    "不予通过 {refused} 次（理由俱全）。"
    "\n# 参见 `workflow timeline {branch} --db {db}`。",
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
)
@option("--dir", "folder", metavar="DIR", en="where to (default: a new temporary folder)", zh="所用文件夹（默认新建临时文件夹）")
@click.pass_context
def demo(ctx: click.Context, folder: str | None) -> None:
    lang = ctx.ensure_object(Settings).lang
    where = Path(folder or tempfile.mkdtemp(prefix="workflow-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    db = str(where / _DATABASE)
    show.say(_START.say(lang, folder=where, db=db))
    program = ctx.find_root().command
    for step in _steps(where, lang):
        if isinstance(step, Text):
            show.say(f"\n{step.say(lang)}")
            continue
        line, wanted = step
        show.say(f"\n$ workflow {line}")
        code = program.main(shlex.split(line), prog_name="workflow", standalone_mode=False, obj=Settings(db=db, lang=lang)) or 0
        if code != wanted:
            raise WorkflowError(Text.same(_STOPPED.say(lang, line=line, code=code, wanted=wanted)))
    with Settings(db=db).campaign() as campaign:
        kinds = Counter(event.kind for event in campaign.timeline(BRANCH))
    counts = {kind: kinds[kind] for kind in ("record", "moved", "refused", "waived")}
    show.say(f"\n{_END.say(lang, branch=BRANCH, db=db, total=kinds.total(), cases=kinds['case_opened'] + kinds['case_moved'], **counts)}")


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

"""Tables: the campaign at a glance, and the branches behind a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table

from workflow.cli import show
from workflow.definition.model import FINISHED, Definition
from workflow.engine.board import Board, Cell, Hold
from workflow.errors import NotFound, did_you_mean
from workflow.texts import Text
from workflow.verdicts.outlook import Outlook
from workflow.verdicts.render.voice import Voice

_WHERE = Text.of("On {day}: {n} {branches}", "{day}：共 {n} 个{branches}")
_ROLL = Text.of(" ({members} {noun} on the roll)", "（名册共 {members} 名{noun}）")
_STATE, _TOTAL = Text.of("state", "状态"), Text.of("total", "合计")
_BATCH, _NO_BATCH = Text.of("batch {batch}", "第 {batch} 批"), Text.of("no batch", "未列批次")
_CODE = Text.of("code", "代码")
_HOLDS = Text.of("What holds up how many", "什么卡住了多少")
_WHAT, _HANDS = Text.of("in the way, or waiting", "未满足的条件或等待的动作"), Text.of("who acts", "责任人")
_LONGEST = Text.of("longest", "最久")
_NAME, _BATCH_OF, _GROUP = Text.of("title", "名称"), Text.of("batch", "批次"), Text.of("group", "督导组")
_HERE_FOR = Text.of("here for", "已停留")
_WAITS_FOR = Text.of("waits for: {move}", "等待：{move}")
_SUM = Text.of("{running} on the way + {done} at the end = {total}", "进行中 {running} + 已到终点 {done} = {total}")
_LISTED = Text.of("{n} {branches}: {code}", "{n} 个{branches}：{code}")
_NO_BLOCKER = Text.of("nothing holds it up", "无阻碍")
_NOBODY = Text.of("nobody yet", "尚无人")


def board_tables(
    definition: Definition, lang: str, board: Board, outlooks: Mapping[str, Outlook], batch: str | None
) -> list[RenderableType]:
    """Batches beside states, and below it what holds up how many; of one batch, with the outlooks of all branches."""
    voice = Voice(definition, lang)
    cells = [cell for cell in board.cells if batch is None or cell.batch == batch]
    if batch is not None and not cells:
        raise _no_batch(batch, board)
    branches = {branch for cell in cells for branch in cell.branches}
    title = _WHERE.say(
        lang, n=f"{len(branches):,}", branches=voice.plural(voice.branch) if len(branches) != 1 else voice.branch, day=board.day
    )
    if batch is None and board.members:
        title += _ROLL.say(lang, members=f"{board.members:,}", noun=voice.plural(definition.member_label.say(lang)))
    done = len(branches & set(board.done))
    total = _SUM.say(lang, running=f"{len(branches) - done:,}", done=f"{done:,}", total=f"{len(branches):,}")
    return [_states(voice, cells, title), "", _holds(voice, board.holds, branches, outlooks, whole=batch is None), total]


def _states(voice: Voice, cells: Sequence[Cell], title: str) -> Table:
    """A row for each state anybody is in, a column for each batch."""
    batches = sorted({cell.batch for cell in cells}, key=lambda batch: batch or "")
    names = [_NO_BATCH.say(voice.lang) if batch is None else _BATCH.say(voice.lang, batch=batch) for batch in batches]
    total, code = _TOTAL.say(voice.lang), _CODE.say(voice.lang)
    table = show.table(title, _STATE.say(voice.lang), *names, total, code, right=[*names, total])
    counts = {(cell.state, cell.batch): len(cell.branches) for cell in cells}
    found = {cell.state for cell in cells}
    order = {state: n for n, state in enumerate([*voice.definition.states, FINISHED])}
    for stage in dict.fromkeys(state.partition(".")[0] for state in sorted(found, key=lambda s: order.get(s, len(order)))):
        states = [state for state in order if state in found and state.partition(".")[0] == stage]
        if len(states) > 1:
            table.add_row(
                _stage(voice, stage), *_figures([sum(counts.get((s, b), 0) for s in states) for b in batches]), stage, style="bold"
            )
        for state in states:
            table.add_row(voice.state(state), *_figures([counts.get((state, batch), 0) for batch in batches]), state)
    table.add_section()
    table.add_row(total, *_figures([sum(counts.get((s, b), 0) for s in found) for b in batches]), "", style="bold")
    return table


def _figures(row: list[int]) -> list[str]:
    """A row and its total."""
    return [f"{n:,}" if n else "·" for n in (*row, sum(row))]


def _stage(voice: Voice, stage: str) -> str:
    found = voice.definition.stages.get(stage)
    return voice.say(found.title) if found else voice.state(stage)


def _holds(voice: Voice, holds: Sequence[Hold], branches: set[str], outlooks: Mapping[str, Outlook], *, whole: bool) -> Table:
    columns = [text.say(voice.lang) for text in (_WHAT, _HANDS, _TOTAL, _LONGEST, _CODE)]
    table = show.table(_HOLDS.say(voice.lang), *columns, right=columns[2:4])
    counted = []
    for hold in holds:
        held = [branch for branch in hold.branches if branch in branches]
        if held:
            longest = hold.longest if whole else max(outlooks[branch].days for branch in held)
            counted.append((len(held), hold, longest))
    for n, hold, longest in sorted(counted, key=lambda row: (-row[0], row[1].code)):
        table.add_row(_held_by(voice, hold), voice.roles(hold.roles), f"{n:,}", voice.days(longest), hold.code)
    table.add_row(columns[2], "", f"{sum(n for n, _, _ in counted):,}", "", "", style="bold")
    return table


def _held_by(voice: Voice, hold: Hold) -> str:
    if hold.kind == "requirement":
        return voice.requirement(hold.code)
    return voice.say(_WAITS_FOR, move=voice.move(hold.code)) if hold.code else voice.say(_NO_BLOCKER)


def chosen(definition: Definition, outlooks: Mapping[str, Outlook], code: str, batch: str | None) -> list[Outlook]:
    """The branches behind a count. Raises `NotFound` for what is neither a state nor anything that could hold up a branch."""
    known = {*definition.states, *definition.stages, *definition.requirements, *definition.moves, FINISHED}
    if code not in known:
        hint = did_you_mean(code, sorted(known))
        en = f"{code} is no stage, state, requirement or move; {hint.say('en')}"
        raise NotFound(Text.of(en, f"{code} 不是阶段、状态、条件或动作；{hint.say('zh')}"), "code")
    found = [o for o in outlooks.values() if code in (o.state, o.state.partition(".")[0], o.blocker, o.waiting_for)]
    return [outlook for outlook in found if batch is None or outlook.batch == batch]


def listed(definition: Definition, lang: str, outlooks: Sequence[Outlook], code: str) -> Table:
    """A line for each branch."""
    voice = Voice(definition, lang)
    names = [voice.branch, *(column.say(lang) for column in (_NAME, _BATCH_OF, _GROUP, _STATE, _HERE_FOR, _WHAT, _HANDS))]
    branches = voice.plural(voice.branch) if len(outlooks) != 1 else voice.branch
    table = show.table(_LISTED.say(lang, n=f"{len(outlooks):,}", branches=branches, code=code), *names)
    for each in outlooks:
        hands = voice.cut([person.name for person in each.hands])
        table.add_row(
            each.branch, each.title, each.batch or "", each.group or "", voice.state(each.state), voice.days(each.days),
            _way(voice, each), "" if each.final else hands or _NOBODY.say(lang),
        )  # fmt: skip
    return table


def _way(voice: Voice, outlook: Outlook) -> str:
    if outlook.blocker is not None:
        return voice.requirement(outlook.blocker)
    if outlook.waiting_for is not None:
        return voice.say(_WAITS_FOR, move=voice.move(outlook.waiting_for, outlook.state))
    return "" if outlook.final else voice.say(_NO_BLOCKER)


def _no_batch(batch: str, board: Board) -> NotFound:
    hint = did_you_mean(batch, sorted({cell.batch for cell in board.cells if cell.batch}))
    return NotFound(Text.of(f"there is no batch {batch}; {hint.say('en')}", f"没有批次 {batch}；{hint.say('zh')}"), "batch")

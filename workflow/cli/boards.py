"""Tables: the campaign at a glance, and the branches behind a count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from workflow.cli import show
from workflow.cli.sheets import Sheet
from workflow.definition.model import FINISHED, Definition
from workflow.engine.board import ENDED, HALTED, TITLES, Board, Cell, Closed, Hold, HoldKind
from workflow.errors import NotFound, did_you_mean
from workflow.reminders import Unreached
from workflow.texts import Text, counted
from workflow.verdicts.outlook import Outlook
from workflow.verdicts.render.voice import Voice

Place = tuple[int, str]  # attempt (0 where the stage does not repeat) and state

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
_SUM = Text.of(
    "finished: {done} of {total} {branches}; on the way: {running}{still}{ended}",
    "已完成：{total} 个{branches}中 {done} 个；进行中：{running} 个{still}{ended}",
)
_SUM_ENDED = Text.of("; merged or dissolved: {n}", "；已合并或撤销：{n} 个")
_SUM_SUSPENDED = Text.of(" (suspended: {n})", "（其中暂停 {n} 个）")
_CLOSED = Text.of(
    "batch {batch} was closed on {day}: {finished} of {total} {branches} had finished",
    "批次 {batch} 已于 {day} 收尾：{total} 个{branches}中已完成 {finished} 个",
)
_STRAGGLER = Text.of("  not finished then: {branch}: {reason}", "  收尾时未完成：{branch}：{reason}")
_LISTED = Text.of("{what} [{code}]: {n} {branches}", "{what} [{code}]：{n} 个{branches}")
_NONE = Text.of("{what} [{code}]: no {branch} is here, or held up by it.", "{what} [{code}]：没有{branch}处于此处或卡在此处。")
_FIRST = Text.of(
    "{what} [{code}]: the first thing in the way of {n} {branches}, wanting in {lacking} (--all lists them)",
    "{what} [{code}]：{n} 个{branches}首先卡在此处，共 {lacking} 个{branches}未满足（加 --all 全部列出）",
)
_LACKING = Text.of(
    "{what} [{code}]: wanting in {lacking} {branches}, the first thing in the way of {n}",
    "{what} [{code}]：共 {lacking} 个{branches}未满足，其中 {n} 个首先卡在此处",
)
_UNREACHED = Text.of("! not delivered: {parts}; see `workflow remind outbox`", "! 未送达：{parts}；查看：`workflow remind outbox`")
_NO_BLOCKER = Text.of("nothing holds it up", "无阻碍")
NOBODY_YET = Text.of("nobody yet", "尚无人")


def board_tables(definition: Definition, lang: str, board: Board, outlooks: Mapping[str, Outlook], batch: str | None) -> list[Sheet | str]:
    """Batches beside states, and below it what holds up how many; of one batch, with the outlooks of all branches."""
    voice = Voice(definition, lang)
    cells = [cell for cell in board.cells if batch is None or cell.batch == batch]
    if batch is not None and not cells:
        raise _no_batch(batch, {cell.batch for cell in board.cells})
    branches = {branch for cell in cells for branch in cell.branches}
    n, noun = f"{len(branches):,}", counted_noun(voice, len(branches))
    title = voice.say(_WHERE, n=n, branches=noun, day=board.day)
    if batch is None and board.members:
        title += voice.say(_ROLL, members=f"{board.members:,}", noun=voice.plural(definition.member_label.say(lang)))
    holds = _holds(voice, board.holds, branches, outlooks, whole=batch is None)
    closed = [line for each in board.closed if batch in (None, each.batch) for line in closed_lines(voice, each)]
    below = [_sum(voice, board, branches), *closed]
    tables: list[Sheet | str] = [_states(voice, cells, title), ""]
    return [*tables, holds, "", *below] if holds.rows else [*tables, *below]


def _sum(voice: Voice, board: Board, branches: set[str]) -> str:
    """Everybody once: finished, on the way, and no longer there."""
    done, ended, still = (len(branches & set(each)) for each in (board.done, board.ended, board.suspended))
    counts = {"total": f"{len(branches):,}", "done": f"{done:,}", "running": f"{len(branches) - done - ended:,}"}
    return voice.say(
        _SUM,
        branches=counted_noun(voice, len(branches)),
        still=voice.say(_SUM_SUSPENDED, n=f"{still:,}") if still else "",
        ended=voice.say(_SUM_ENDED, n=f"{ended:,}") if ended else "",
        **counts,
    )


def unreached_line(lang: str, unreached: Unreached) -> str:
    """That reminders do not get through, and where to look; empty where they do."""
    dead, nowhere = unreached.given_up, unreached.without_address
    parts = [Text.of(f"{counted(dead, 'message')} given up", f"已放弃 {dead:,} 份通知")] if dead else []
    if nowhere:
        parts.append(Text.of(f"{counted(nowhere, 'person', 'people')} without an address", f"{nowhere:,} 人没有联系地址"))
    said = [part.say(lang) for part in parts]
    return _UNREACHED.say(lang, parts=("，" if lang == "zh" else ", ").join(said)) if said else ""


def closed_lines(voice: Voice, closed: Closed) -> list[str]:
    """What was found when a batch was closed, and who was named as not finished."""
    finished, total, noun = f"{closed.finished:,}", f"{closed.total:,}", counted_noun(voice, closed.total)
    first = voice.say(_CLOSED, batch=closed.batch, day=closed.day, finished=finished, total=total, branches=noun)
    return [first, *(voice.say(_STRAGGLER, branch=voice.name(b), reason=reason) for b, reason in closed.stragglers.items())]


def counted_noun(voice: Voice, n: int) -> str:
    """`branch` or `branches`, as the definition calls them."""
    return voice.branch if n == 1 else voice.plural(voice.branch)


def _states(voice: Voice, cells: Sequence[Cell], title: str) -> Sheet:
    """A row for each state anybody is in, a column for each batch."""
    batches = sorted({cell.batch for cell in cells}, key=lambda batch: batch or "")
    if batches == [None]:
        batches = []
    names = [batch_title(voice, batch) for batch in batches]
    total, code = _TOTAL.say(voice.lang), _CODE.say(voice.lang)
    table = show.table(title, _STATE.say(voice.lang), *names, total, code, right=[*names, total])
    counts = {((cell.attempt or 0, cell.state), cell.batch): len(cell.branches) for cell in cells}
    order = {state: n for n, state in enumerate([*voice.definition.states, FINISHED, ENDED])}
    # In a stage that repeats those who are furthest behind come first: by attempt, then by state.
    found = sorted({place for place, _ in counts}, key=lambda place: (place[0], order.get(place[1], len(order))))
    for stage in dict.fromkeys(_stage_of(state) for _, state in sorted(found, key=lambda place: order.get(place[1], len(order)))):
        places = [place for place in found if _stage_of(place[1]) == stage]
        if len(places) > 1:
            table.add_row(_stage(voice, stage), *_figures(counts, places, batches), stage, style="bold")
        for attempt, state in places:
            name = voice.say(TITLES[ENDED]) if state == ENDED else voice.standing(state, attempt or None)
            shown = f"  {name.removeprefix(f'{_stage(voice, stage)} · ')}" if len(places) > 1 else name  # below its stage, which sums it up
            table.add_row(shown, *_figures(counts, [(attempt, state)], batches), state)
    table.add_row(total, *_figures(counts, found, batches), "", style="bold")
    return table


def batch_title(voice: Voice, batch: str | None) -> str:
    """`batch 1`, `第 1 批`; a name of its own stays as it is."""
    if batch is None:
        return voice.say(_NO_BATCH)
    return voice.say(_BATCH, batch=batch) if batch.isdecimal() else batch


def _stage_of(state: str) -> str:
    return state.partition(".")[0]


def _figures(counts: Mapping[tuple[Place, str | None], int], places: Sequence[Place], batches: Sequence[str | None]) -> list[str]:
    """What stands in these places, by batch and in all."""
    row = [sum(counts.get((place, batch), 0) for place in places) for batch in batches]
    return [f"{n:,}" if n else "·" for n in (*row, sum(n for (place, _), n in counts.items() if place in places))]


def _stage(voice: Voice, stage: str) -> str:
    found = voice.definition.stages.get(stage)
    return voice.say(found.title) if found else voice.state(stage)


def _holds(voice: Voice, holds: Sequence[Hold], branches: set[str], outlooks: Mapping[str, Outlook], *, whole: bool) -> Sheet:
    columns = [text.say(voice.lang) for text in (_WHAT, _HANDS, _TOTAL, _LONGEST, _CODE)]
    table = show.table(_HOLDS.say(voice.lang), *columns, right=columns[2:4])
    counted = []
    for hold in holds:
        held = [branch for branch in hold.branches if branch in branches]
        if held:
            longest = hold.longest if whole else max(outlooks[branch].days for branch in held)
            counted.append((len(held), hold, longest))
    for n, hold, longest in sorted(counted, key=lambda row: (-row[0], row[1].code)):
        table.add_row(reason(voice, hold.kind, hold.code), voice.roles(hold.roles), f"{n:,}", voice.days(longest), hold.code)
    if counted:
        table.add_row(columns[2], "", f"{sum(n for n, _, _ in counted):,}", "", "", style="bold")
    return table


def reason(voice: Voice, kind: HoldKind, code: str) -> str:
    """What holds branches up: a requirement or rule in the way, or the move that waits to be made."""
    if kind != "move":
        return _in_the_way(voice, code)
    return voice.say(_WAITS_FOR, move=voice.move(code)) if code else voice.say(_NO_BLOCKER)


def _in_the_way(voice: Voice, code: str) -> str:
    """A requirement, or that the branch is suspended; by its code what only an earlier version has."""
    if code in TITLES:
        return voice.say(TITLES[code])
    return voice.requirement(code) if code in voice.definition.requirements else code


@frozen
class Chosen:
    """The branches behind a count: those it is the first thing in the way of (or that stand there), and all in which it is wanting."""

    code: str
    first: tuple[Outlook, ...]
    lacking: tuple[Outlook, ...]


def chosen(definition: Definition, outlooks: Mapping[str, Outlook], code: str, batch: str | None) -> Chosen:
    """Raises `NotFound` for what is neither a state nor anything that could hold up a branch, and for an unknown batch."""
    known = {*definition.states, *definition.stages, *definition.requirements, *definition.moves, FINISHED, ENDED, HALTED}
    known |= {outlook.blocker for outlook in outlooks.values() if outlook.blocker}  # of an earlier version, maybe
    if code not in known:
        hint = did_you_mean(code, sorted(known), "stages")
        en = f"{code} is no stage, state, requirement or move; {hint.say('en')}"
        raise NotFound(Text.of(en, f"{code} 不是阶段、状态、条件或动作；{hint.say('zh')}"), "code")
    batches = {outlook.batch for outlook in outlooks.values()}
    if batch is not None and batch not in batches:
        raise _no_batch(batch, batches)
    among = [outlook for outlook in outlooks.values() if batch is None or outlook.batch == batch]
    first = tuple(o for o in among if code in ((ENDED,) if o.ended else (o.state, _stage_of(o.state), o.blocker, o.waiting_for)))
    lacking = tuple(o for o in among if any(f.code == code for point in o.now for f in point.standing))
    return Chosen(code, first, lacking)


def listed(definition: Definition, lang: str, found: Chosen, *, every: bool) -> Sheet | str:
    """A line for each branch, or a sentence if there is none."""
    voice = Voice(definition, lang)
    table = branches_table(voice, _heading(voice, found, every=every), found.lacking if every else found.first)
    return table if table.rows else table.title


def branches_table(voice: Voice, title: str, outlooks: Iterable[Outlook]) -> Sheet:
    """A line for each branch: where it stands, for how long, what is in the way and in whose hands that is."""
    columns = [voice.branch, *(voice.say(column) for column in (_NAME, _BATCH_OF, _GROUP, _STATE, _HERE_FOR, _WHAT, _HANDS))]
    table = show.table(title, *columns)
    for each in outlooks:
        hands = "" if each.final else voice.who(each.roles, each.hands) if each.hands else voice.say(NOBODY_YET)
        about = (each.branch, each.title, each.batch or "", each.group or "")
        table.add_row(*about, _where(voice, each), voice.days(each.days), _way(voice, each), hands)
    return table


def _heading(voice: Voice, found: Chosen, *, every: bool) -> str:
    is_requirement = found.code in voice.definition.requirements
    n, lacking = len(found.first), len(found.lacking)
    if n + lacking == 0:
        return voice.say(_NONE, what=_called(voice, found.code), code=found.code, branch=voice.branch)
    text = _LISTED if not is_requirement or n == lacking else _LACKING if every else _FIRST
    branches = counted_noun(voice, lacking if every and is_requirement else n)
    return voice.say(text, what=_called(voice, found.code), code=found.code, n=f"{n:,}", lacking=f"{lacking:,}", branches=branches)


def _called(voice: Voice, code: str) -> str:
    if code in voice.definition.requirements:
        return voice.requirement(code)
    if code in voice.definition.moves:
        return voice.say(_WAITS_FOR, move=voice.move(code))
    return voice.say(TITLES[code]) if code in TITLES else _stage(voice, code)


def _where(voice: Voice, outlook: Outlook) -> str:
    if outlook.ended:
        return voice.say(TITLES[ENDED])
    stage = voice.definition.stage_of(outlook.state)
    return voice.standing(outlook.state, outlook.attempt if stage and stage.cycle else None)


def _way(voice: Voice, outlook: Outlook) -> str:
    if outlook.blocker is not None:
        return _in_the_way(voice, outlook.blocker)
    if outlook.waiting_for is not None:
        return voice.say(_WAITS_FOR, move=voice.move(outlook.waiting_for, outlook.state))
    return "" if outlook.final else voice.say(_NO_BLOCKER)


def _no_batch(batch: str, batches: Iterable[str | None]) -> NotFound:
    hint = did_you_mean(batch, sorted(each for each in batches if each))
    return NotFound(Text.of(f"there is no batch {batch}; {hint.say('en')}", f"没有批次 {batch}；{hint.say('zh')}"), "batch")

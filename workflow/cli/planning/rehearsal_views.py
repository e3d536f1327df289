"""What the command `rehearse` says of a rehearsal: in words, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from attrs import frozen

from workflow.canonical import canonical
from workflow.cli import show
from workflow.cli.planning.plain import to_plain
from workflow.cli.planning.sources import Subject
from workflow.cli.sheets import Sheet
from workflow.simulation.compiling import Compiled
from workflow.simulation.plan import Plan
from workflow.simulation.rehearsal import Outcome, Rehearsed
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_ROWS = 10  # of a table

_PLAN = Text.of(
    "Rehearsal of plan {plan} ({hash}) under {definition} ({rules}), seed {seed}: {branches} from {starts}; branches of {where}.",
    "演练计划 {plan}（{hash}），依据 {definition}（{rules}），随机种子 {seed}：{branches}，自 {starts} 起；支部取自{where}。",
)
_SET = Text.of("Changed: {changes}.", "已更改：{changes}。")
_LEDGER = Text.of(
    "{moves} moves were made and {refused} commands refused; {db} holds the ledger of {events} events, and stands at {now}.",
    "共作出 {moves} 个动作，{refused} 项申请不予通过；台账 {events} 个事件存于 {db}，时间停在 {now}。",
)
_LETTERS = Text.of("{letters} letters went to {people} people.", "共发出 {letters} 封提醒信，收信 {people} 人。")
_BATCHES = Text.of("When they finished", "各批次结束情况")
_COLUMNS = (
    Text.of("batch", "批次"),
    Text.of("finished", "已结束"),
    Text.of("half of them", "半数"),
    Text.of("most of them", "大多数"),
    Text.of("by the plan alone", "仅按计划"),
    Text.of("the last", "全部"),
    Text.of("in time", "按期"),
)
_OF = Text.of("{n} of {all}", "{all} 中的 {n}")
_MOST = Text.of("{day} ({needed})", "{day}（{needed}）")
_IN_TIME = Text.of("{n} by {by}", "截至 {by} 有 {n}")
_REFUSALS = Text.of("What was in the way when it was tried", "尝试时被卡住的条件")
_REFUSAL_COLUMNS = Text.of("requirement or rule", "条件或规则"), Text.of("times", "次数"), Text.of("branches", "支部")
_NONE_REFUSED = Text.of("Nothing was refused.", "没有不予通过的情况。")
_HELD_TITLE = Text.of("Held up for good: nobody could do anything about it", "始终未能通过：无人能够解决")
_HELD_COLUMNS = Text.of("branch", "支部"), Text.of("stands at", "所处状态"), Text.of("move", "动作"), Text.of("in the way", "卡在")
_WAITED_TITLE = Text.of("Had to wait although their own people were ready: the longest first", "本支部已就绪仍须等待的（最久者在前）")
_WAITED_COLUMNS = (
    Text.of("branch", "支部"),
    Text.of("move", "动作"),
    Text.of("in the way", "卡在"),
    Text.of("from", "自"),
    Text.of("until", "至"),
)
_MORE = Text.of("and {n} more; --json lists them", "另有 {n} 项；加 --json 可全部列出")
_SEE = Text.of(
    "More: workflow --db {db} board, why BRANCH, timeline BRANCH, blocked, verify, remind outbox; --now shows them as of another day.",
    "详见：workflow --db {db} board、why 支部、timeline 支部、blocked、verify、remind outbox；加 --now 可查看其他日期的情形。",
)
_CODED = Text.of("{title} ({code})", "{title}（{code}）")
_NOTHING = "·"


@frozen(kw_only=True)
class Played:
    """A rehearsal and all that is told of it. `letters` and `people` say how many were written to how many: None where nobody was."""

    about: Subject
    compiled: Compiled
    seed: int
    changes: Sequence[str]
    done: Rehearsed
    outcome: Outcome
    db: str
    now: str
    letters: int | None
    people: int | None


# -- in words ----------------------------------------------------------------------------------------------------------


def words(voice: Voice, played: Played) -> Iterator[Sheet | str]:
    found, plan = played.outcome, played.compiled.plan
    yield voice.say(
        _PLAN,
        plan=plan.id,
        hash=plan_hash(plan)[:8],
        definition=played.about.definition.id,
        rules=played.about.definition.hash[:8],
        seed=played.seed,
        branches=_branches(voice, len(played.compiled.branches)),
        starts=played.compiled.starts,
        where=played.about.where,
    )
    if played.changes:
        yield voice.say(_SET, changes=voice.listed(played.changes))
    figures = {"moves": f"{found.moves:,}", "refused": f"{found.refused:,}", "events": f"{found.events:,}"}
    yield voice.say(_LEDGER, **figures, db=played.db, now=played.now)
    if played.letters is not None:
        yield voice.say(_LETTERS, letters=f"{played.letters:,}", people=f"{played.people:,}")
    yield ""
    yield _batches(voice, found)
    yield ""
    yield from _refusals(voice, found)
    yield from _stuck(voice, played.done)
    yield ""
    yield voice.say(_SEE, db=played.db)


def _branches(voice: Voice, n: int) -> str:
    noun = voice.branch if n == 1 else voice.plural(voice.branch)
    return f"{n:,} 个{noun}" if voice.lang == "zh" else f"{n:,} {noun}"


def _batches(voice: Voice, found: Outcome) -> Sheet:
    sheet = show.table(voice.say(_BATCHES), *map(voice.say, _COLUMNS))
    for each in found.batches:
        if each.branches:
            finished = voice.say(_OF, n=f"{each.finished:,}", all=f"{each.branches:,}")
            most = _NOTHING if each.most is None else voice.say(_MOST, day=each.most, needed=f"{each.needed:,}")
            in_time = _NOTHING if each.by is None else voice.say(_IN_TIME, n=f"{each.in_time:,}", by=each.by)
            sheet.add_row(each.batch, finished, each.half or _NOTHING, most, each.planned or _NOTHING, each.last or _NOTHING, in_time)
    return sheet


def _refusals(voice: Voice, found: Outcome) -> Iterator[Sheet | str]:
    if not found.refusals:
        yield voice.say(_NONE_REFUSED)
        return
    columns = [voice.say(column) for column in _REFUSAL_COLUMNS]
    sheet = show.table(voice.say(_REFUSALS), *columns, right=columns[1:])
    for each in found.refusals[:_ROWS]:
        sheet.add_row(_coded(voice, each.code), f"{each.times:,}", f"{each.branches:,}")
    yield sheet
    yield from _more(voice, len(found.refusals))


def _stuck(voice: Voice, done: Rehearsed) -> Iterator[Sheet | str]:
    """Who was held up for good, and who had to wait for a day."""
    if done.held:
        sheet = show.table(voice.say(_HELD_TITLE), *map(voice.say, _HELD_COLUMNS))
        for held in done.held[:_ROWS]:
            why = voice.clauses(_coded(voice, finding.code) for finding in held.verdict.standing)
            sheet.add_row(held.branch, voice.state(held.state), voice.move(held.move, held.state), why)
        yield ""
        yield sheet
        yield from _more(voice, len(done.held))
    if done.waited:
        sheet = show.table(voice.say(_WAITED_TITLE), *map(voice.say, _WAITED_COLUMNS))
        for waited in sorted(done.waited, key=lambda each: each.on - each.until)[:_ROWS]:
            why = voice.clauses(_coded(voice, code) for code in waited.codes)
            sheet.add_row(waited.branch, voice.move(waited.move, waited.state), why, waited.on, waited.until)
        yield ""
        yield sheet
        yield from _more(voice, len(done.waited))


def _coded(voice: Voice, code: str) -> str:
    return voice.say(_CODED, title=voice.title(code), code=code)


def _more(voice: Voice, total: int) -> Iterator[str]:
    """That a list was cut, and how to see the rest."""
    if total > _ROWS:
        yield voice.say(_MORE, n=f"{total - _ROWS:,}")


# -- as plain data -----------------------------------------------------------------------------------------------------


def plain(played: Played) -> dict[str, Any]:
    """`workflow.schema("rehearsal")` describes it."""
    done, plan = played.done, played.compiled.plan
    return {
        "plan": plan.id,
        "plan_hash": plan_hash(plan),
        "changes": list(played.changes),
        "definition": played.about.definition.id,
        "definition_hash": played.about.definition.hash,
        "seed": played.seed,
        "branches": len(played.compiled.branches),
        "branches_of": to_plain(played.about.where),
        "db": played.db,
        "stands_at": played.now,
        "outcome": to_plain(played.outcome),
        "finished": {branch: day.isoformat() for branch, day in done.days.items()},
        "held": [
            {"branch": held.branch, "state": held.state, "move": held.move, "codes": [f.code for f in held.verdict.standing]}
            for held in done.held
        ],
        "waited": to_plain(done.waited),
        "letters": None if played.letters is None else {"written": played.letters, "people": played.people},
    }


def plan_hash(plan: Plan) -> str:
    """Of its content, as a simulation says it."""
    return sha256(canonical(plan.document).encode()).hexdigest()

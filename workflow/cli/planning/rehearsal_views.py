"""What the command `rehearse` says of a rehearsal: in words, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import frozen

from workflow.cli import show
from workflow.cli.planning.asking import told_changes
from workflow.cli.planning.plain import to_plain
from workflow.cli.planning.sources import Subject
from workflow.cli.sheets import Sheet
from workflow.simulation.answers.words import branches, nouns
from workflow.simulation.compiling import Compiled
from workflow.simulation.rehearsal import Held, Outcome, Rehearsed, Waited
from workflow.texts import Text, counted
from workflow.verdicts.render.voice import Voice

_ROWS = 10  # of a table

_PLAN = Text.of(
    "Rehearsal of plan {plan} ({hash}) under {definition} ({rules}), seed {seed}: {branches} from {starts}; {nouns} of {where}.",
    "演练计划 {plan}（{hash}），依据 {definition}（{rules}），随机种子 {seed}：{branches}，自 {starts} 起；{noun}取自{where}。",
)
_LEDGER = Text.of(
    "{moves} made and {refused} refused; {db} holds the ledger of {events}, and stands at {now}.",
    "共作出 {moves} 个动作，{refused} 项申请不予通过；台账 {events} 个事件存于 {db}，时间停在 {now}。",
)
_UNTIL = Text.of(
    "It was played up to the evening of {day}: give --now {day}T18:00 to stand there.",
    "演练到 {day} 傍晚为止：加 --now {day}T18:00 即以该时刻为准。",
)
_SENT = Text.of("{letters} went to {people}.", "共发出 {letters} 封提醒信，收信 {people} 人。")
_KEPT = Text.of("{letters} {were} written to {people}, and kept.", "共写好 {letters} 封提醒信，收信 {people} 人；信件留存，未发出。")
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
_REFUSAL_COLUMNS = Text.of("requirement or rule", "条件或规则"), Text.of("times", "次数"), Text.of("{nouns}", "{noun}")
_NONE_REFUSED = Text.of("Nothing was refused.", "没有不予通过的情况。")
_HELD_TITLE = Text.of("Held up for good: nobody could do anything about it", "始终未能通过：无人能够解决")
_HELD_COLUMNS = Text.of("{noun}", "{noun}"), Text.of("stands at", "所处状态"), Text.of("move", "动作"), Text.of("in the way", "卡在")
_WAITED_TITLE = Text.of("Had to wait although their own people were ready: the longest first", "本{noun}已就绪仍须等待的（最久者在前）")
_WAITED_COLUMNS = (
    Text.of("{noun}", "{noun}"),
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
_NOBODY = Text.of("nobody who may ({roles})", "无人有权办理（{roles}）")
_NOTHING = "·"


@frozen(kw_only=True)
class Played:
    """A rehearsal and all that is told of it. `letters` and `people` say how many were written to how many: None where none were
    to be. `sent`: they went to a file."""

    about: Subject
    compiled: Compiled
    seed: int
    changes: Sequence[str]
    done: Rehearsed
    outcome: Outcome
    db: str
    now: str
    until: date | None
    sent: bool
    letters: int | None
    people: int | None


# -- in words ----------------------------------------------------------------------------------------------------------


def words(voice: Voice, played: Played) -> Iterator[Sheet | str]:
    found, plan = played.outcome, played.compiled.plan
    yield voice.say(
        _PLAN,
        **nouns(voice),
        plan=plan.id,
        hash=plan.hash[:8],
        definition=played.about.definition.id,
        rules=played.about.definition.hash[:8],
        seed=played.seed,
        branches=branches(voice, len(played.compiled.branches)),
        starts=played.compiled.starts,
        where=played.about.where,
    )
    yield from told_changes(voice, played.changes)
    yield voice.say(_LEDGER, **_figures(found), db=played.db, now=played.now)
    if played.until is not None:
        yield voice.say(_UNTIL, day=played.until)
    if played.letters:
        yield _letters(voice, played)
    yield ""
    yield _batches(voice, found)
    yield ""
    yield from _refusals(voice, found)
    yield from _stuck(voice, played.done)
    yield ""
    yield voice.say(_SEE, db=played.db)


def _figures(found: Outcome) -> dict[str, Text]:
    moves, refused = counted(found.moves, "move was", "moves were"), counted(found.refused, "command")
    return {
        "moves": Text.of(moves, f"{found.moves:,}"),
        "refused": Text.of(refused, f"{found.refused:,}"),
        "events": Text.of(counted(found.events, "event"), f"{found.events:,}"),
    }


def _letters(voice: Voice, played: Played) -> str:
    letters, people = played.letters or 0, played.people or 0
    return voice.say(
        _SENT if played.sent else _KEPT,
        letters=Text.of(counted(letters, "letter"), f"{letters:,}"),
        were="was" if letters == 1 else "were",
        people=Text.of(counted(people, "person", "people"), f"{people:,}"),
    )


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
    columns = _columns(voice, _REFUSAL_COLUMNS)
    sheet = show.table(voice.say(_REFUSALS), *columns, right=columns[1:])
    for each in found.refusals[:_ROWS]:
        sheet.add_row(_coded(voice, each.code), f"{each.times:,}", f"{each.branches:,}")
    yield sheet
    yield from _more(voice, len(found.refusals))


def _stuck(voice: Voice, done: Rehearsed) -> Iterator[Sheet | str]:
    """Who was held up for good, and who had to wait for a day."""
    if done.held:
        sheet = show.table(voice.say(_HELD_TITLE), *_columns(voice, _HELD_COLUMNS))
        for held in done.held[:_ROWS]:
            why = _in_the_way(voice, held, [finding.code for finding in held.verdict.standing])
            sheet.add_row(held.branch, voice.state(held.state), voice.move(held.move, held.state), why)
        yield ""
        yield sheet
        yield from _more(voice, len(done.held))
    if done.waited:
        sheet = show.table(voice.say(_WAITED_TITLE, **nouns(voice)), *_columns(voice, _WAITED_COLUMNS))
        for waited in sorted(done.waited, key=_longest)[:_ROWS]:
            why = _in_the_way(voice, waited, waited.codes)
            sheet.add_row(waited.branch, voice.move(waited.move, waited.state), why, waited.on, waited.until or _NOTHING)
        yield ""
        yield sheet
        yield from _more(voice, len(done.waited))


def _longest(waited: Waited) -> tuple[bool, timedelta]:
    """Who still waits comes first."""
    return waited.until is not None, waited.on - (waited.until or date.max)


def _in_the_way(voice: Voice, it: Held | Waited, codes: Sequence[str]) -> str:
    """Requirements and rules; where there are none, only somebody is missing who may make the move."""
    if codes:
        return voice.clauses(_coded(voice, code) for code in codes)
    edge = voice.definition.edge_of(it.state, it.move)
    return voice.say(_NOBODY, roles=voice.roles(edge.move.by if edge is not None else ()))


def _columns(voice: Voice, texts: Sequence[Text]) -> list[str]:
    return [voice.say(text, **nouns(voice)) for text in texts]


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
        "plan_hash": plan.hash,
        "changes": list(played.changes),
        "definition": played.about.definition.id,
        "definition_hash": played.about.definition.hash,
        "seed": played.seed,
        "branches": len(played.compiled.branches),
        "branches_of": to_plain(played.about.where),
        "db": played.db,
        "stands_at": played.now,
        "until": None if played.until is None else played.until.isoformat(),
        "outcome": to_plain(played.outcome),
        "finished": {branch: day.isoformat() for branch, day in done.days.items()},
        "held": [
            {"branch": held.branch, "state": held.state, "move": held.move, "codes": [f.code for f in held.verdict.standing]}
            for held in done.held
        ],
        "waited": to_plain(done.waited),
        "letters": None if played.letters is None else {"written": played.letters, "people": played.people},
    }

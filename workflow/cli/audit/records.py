"""The command `records`: what was entered for a branch, with its fields and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from attrs import asdict, evolve

from workflow.audit.checks.ground import days
from workflow.audit.entries import Entry, entries
from workflow.cli import show
from workflow.cli.facts import full as full_option
from workflow.cli.facts import of_campaign
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.definition.model import Field
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import Text, counted
from workflow.verdicts.render.figures import value_text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS, STATE

_FEW = 40  # records shown before the rest is counted
_TITLE = Text.of("{where}: {n}{late}, {counting} of which count", "{where}：{n} 份记录{late}，其中计入的 {counting} 份")
_LATE = Text.of(" entered after a move made later than they happened", "（发生在某动作之前、作出之后才录入）")
_NONE = Text.of("{where}: no such record{late}", "{where}：没有此类记录{late}")
_WHOLE = Text.of("The campaign", "整个活动")
_COLUMNS = (
    Text.of("event", "事件"),
    Text.of("record", "记录"),
    Text.of("happened", "发生"),
    Text.of("entered", "录入"),
    Text.of("by", "经办人"),
    Text.of("what it says", "内容"),
    Text.of("lines", "明细"),
    Text.of("standing", "效力"),
)
_STANDING = {
    "counts": Text.of("counts", "计入"),
    "frozen": Text.of("of an earlier attempt", "属此前轮次"),
    "withdrawn": Text.of("withdrawn {day} by {by}: {reason}", "{day} 由{by}撤回：{reason}"),
    "left": Text.of("left with its member", "已随党员转出"),
}
_TAKEN_BACK = Text.of("withdrawn where it was entered", "已在录入处撤回")
_FROM = Text.of("came from {branch}", "由{branch}转来")
_AFTER = Text.of("entered {days} later, after {moves}", "{days}后录入，晚于{moves}")
_MOVE = Text.of("“{move}” #{seq}", "“{move}”第 {seq} 号")
_MORE = Text.of("… and {n} more; --full shows them all, with their lines", "……另有 {n} 份；加 --full 全部列出，并列明细")
_LINE = Text.of("{member}: {fields}", "{member}：{fields}")


@command(
    "records",
    "List what was entered for BRANCH, of some KINDs or of all: each record with its day, who entered it when, what it says, and whether it"
    " still counts. With --campaign and no branch, of the campaign as a whole.",
    "列出支部录入的记录，可只列某些种类：发生日期、何人何时录入、内容、是否仍计入。加 --campaign 且不写支部，则为整个活动的记录。",
)
@click.argument("place", nargs=-1, metavar="[BRANCH] [KIND]...")
@of_campaign
@option(
    "--late",
    is_flag=True,
    en="only those entered after a move that was made later than they happened",
    zh="只列发生在某动作之前、作出之后才录入的",
)
@full_option
@click.pass_obj
def records(settings: Settings, place: tuple[str, ...], whole: bool, late: bool, full: bool) -> None:
    branch, kinds = _place(place, whole)
    with settings.campaign() as campaign:
        found = entries(campaign, branch, kinds, late=late)
        if settings.json:
            show.say_json([_plain(campaign, each, settings.lang) for each in found])
            return
        voice = Voice(campaign.definition, settings.lang, full, campaign.names())
        show.draw(*_parts(campaign, voice, branch, found, late=late))


def _place(given: Sequence[str], whole: bool) -> tuple[str | None, Sequence[str]]:
    """The branch, or None for the campaign as a whole, and the kinds. Raises `Misuse` where neither is said."""
    if whole:
        return None, given
    if not given:
        raise Misuse(Text.of("name a branch, or give --campaign", "请写明支部，或给出 --campaign"), "which-records")
    return given[0], given[1:]


# -- in words ------------------------------------------------------------------------------------------------------------


def _parts(campaign: Campaign, voice: Voice, branch: str | None, found: Sequence[Entry], *, late: bool) -> Iterator[Sheet | str]:
    where = voice.say(_WHOLE) if branch is None else voice.name(branch)
    about = {"where": where, "late": voice.say(_LATE) if late else ""}
    if not found:
        yield voice.say(_NONE, **about)
        return
    counting = sum(1 for each in found if each.standing == "counts")
    n = counted(len(found), "record") if voice.lang == "en" else f"{len(found):,}"
    title = voice.say(_TITLE, **about, n=n, counting=f"{counting:,}")
    columns = [voice.say(column) for column in _COLUMNS]
    table = show.table(title, *columns, right=[columns[0], columns[6]])
    shown = found if voice.full else found[:_FEW]
    for each in shown:
        table.add_row(*_cells(_of_its_day(campaign, voice, each), each))
        if voice.full:
            for line in _lines(_of_its_day(campaign, voice, each), each):
                table.add_row("", "", "", "", "", line, "", "")
    yield table
    if len(shown) < len(found):
        yield voice.say(_MORE, n=f"{len(found) - len(shown):,}")


def _of_its_day(campaign: Campaign, voice: Voice, entry: Entry) -> Voice:
    """Speaks the words of the version a record was entered under."""
    return voice if entry.definition == voice.definition.hash else evolve(voice, definition=campaign.version(entry.definition))


def _cells(voice: Voice, entry: Entry) -> tuple[str, ...]:
    document = entry.document
    kind = voice.definition.records[document.record]
    # A member's own record with one line is told in that line.
    said = _fields(voice, kind.fields, entry.fields)
    if not said and len(entry.lines) == 1:
        said = next(_lines(voice, entry))
    lines = f"{len(entry.lines):,}" if entry.lines else "·"
    head = (f"#{document.seq}", voice.say(kind.title), document.happened, document.recorded, voice.name(document.by))
    return (*head, said, lines, voice.clauses(_remarks(voice, entry)))


def _remarks(voice: Voice, entry: Entry) -> Iterator[str]:
    document = entry.document
    if entry.standing == "withdrawn":
        by = {"day": document.withdrawn, "by": voice.name(document.withdrawn_by or ""), "reason": document.reason}
        yield voice.say(_STANDING["withdrawn"], **by) if document.withdrawn else voice.say(_TAKEN_BACK)
    else:
        yield voice.say(_STANDING[entry.standing])
    if entry.came is not None:
        yield voice.say(_FROM, branch=voice.name(entry.came))
    if entry.after:
        moves = [voice.say(_MOVE, move=voice.move(move, source), seq=seq) for seq, move, source in entry.after]
        yield voice.say(_AFTER, days=days(voice, entry.days), moves=voice.cut(moves))


def _lines(voice: Voice, entry: Entry) -> Iterator[str]:
    kind = voice.definition.records[entry.document.record]
    own = kind if kind.of == "member" else voice.definition.records.get(kind.lines or "")
    for line in entry.lines:
        said = _fields(voice, own.fields if own else {}, line.fields)
        name = voice.name(line.member)
        yield voice.say(_LINE, member=name, fields=said) if said else name


def _fields(voice: Voice, declared: Mapping[str, Field], values: Mapping[str, Any]) -> str:
    """`form: lecture, hours: 2 h`, in the order of the definition."""
    return voice.clauses(_said(voice, each, values[each.id]) for each in declared.values() if each.id in values)


def _said(voice: Voice, declared: Field, value: Any) -> str:
    if declared.type == "person":
        shown = voice.say(IN_BRACKETS, text=voice.name(str(value)), more=value)
    else:
        shown = value_text(voice, value, declared.unit, declared.options)
    return voice.say(STATE, label=declared.title, value=shown)


# -- as JSON -------------------------------------------------------------------------------------------------------------


def _plain(campaign: Campaign, entry: Entry, lang: str) -> dict[str, Any]:
    voice = Voice(campaign.version(entry.definition), lang, full=True, names=campaign.names())
    after = [{"seq": seq, "move": move} for seq, move, _ in entry.after]
    title = voice.say(voice.definition.records[entry.document.record].title)
    lines: Iterable[dict[str, Any]] = ({"member": line.member, "name": voice.name(line.member), **line.fields} for line in entry.lines)
    about = {"title": title, "standing": entry.standing, "came": entry.came, "days": entry.days, "after": after}
    return {**asdict(entry.document), **about, "fields": dict(entry.fields), "lines": list(lines)}

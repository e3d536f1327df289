"""The command `audit check`: what changed and what smells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from workflow.audit import checks as auditing
from workflow.audit.checks import LATE, Check, Checked, Found, Place, Row
from workflow.audit.checks.ground import branch_of
from workflow.cli import show
from workflow.cli.facts import full as full_option
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_FEW = 20  # rows of one check shown before the rest is counted
_PLACES = 3  # events of one row
_DOING = Text.of("looking through the ledger", "通查台账")
_HEAD = Text.of("On {day}{branch}: {said}", "{day}{branch}：{said}")
_OF = Text.of(", {branch}", "，{branch}")
_NOTHING = Text.of("nothing was found by {checks} of the checks, all that look for something", "{checks} 项核查均未发现问题")
_SOMETHING = Text.of("{n} found by {k} of {checks} checks", "{checks} 项核查中有 {k} 项共发现 {n} 处")
_BLIND = Text.of("; {n} could not be answered, for want of facts", "；{n} 项因缺少事实无法判断")
_LISTED = Text.of("; listed: {listed}", "；另列出：{listed}")
_LIST_OF = Text.of("{n} {of}", "{n} {of}")
_COUNT = Text.of("{what}: {n}", "{what} {n} 处")
_CHECK, _FOUND, _LOOKED = Text.of("looked for", "核查内容"), Text.of("found", "发现"), Text.of("looked at", "已查")
_UNKNOWN, _CODE, _WHERE = Text.of("not known", "不详"), Text.of("code", "代码"), Text.of("from", "来源")
_DAY, _WHO, _WHAT, _EVENTS = Text.of("day", "日期"), Text.of("who", "何人"), Text.of("what", "事由"), Text.of("events", "事件")
_ROWS = Text.of("{mark} {title} [{code}]: {n} of {total} {of}", "{mark} {title} [{code}]：{total} {of}中 {n} 处")
_ALL = Text.of("{mark} {title} [{code}]: {n} {of}", "{mark} {title} [{code}]：{n} {of}")
_BASIS = Text.of("basis: {basis}", "依据：{basis}")
_MORE = Text.of("… and {n} more; --full shows them all", "……另有 {n} 处；加 --full 全部列出")
_MANY = Text.of("{listed} … ({n} in all)", "{listed}……（共 {n} 个）")
_WHOLE = Text.of("campaign", "活动台账")
_CHECKS = Text.of("Checks: {n}", "核查项：{n}")
_BASED, _LOOKS = Text.of("basis", "依据"), Text.of("what it looks for", "查什么")
_SOURCES = {"program": Text.of("program", "程序"), "definition": Text.of("definition", "方案")}


@command(
    "check",
    "Check the ledger for what smells: papers that came after the decision, back-dated records, people who wear two hats, evidence"
    " withdrawn, impossible figures; and whatever the definition's own audits say. All checks, or those named. Exit code 1 if something"
    " was found.",
    "核查台账中的疑点：先决定后补材料、事后补录、一人两角、依据被撤回、数字不可能，以及方案自设的核查项。"
    "可全部核查，也可只查所列各项。有发现时退出码为 1。",
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@option("--branch", metavar="BRANCH", en="only this branch", zh="只查此支部")
@option(
    "--days",
    type=int,
    default=LATE,
    metavar="N",
    en=f"a record entered more than so many days after it happened is back-dated (default {LATE})",
    zh=f"发生后超过多少天才录入算作补录（默认 {LATE}）",
)
@option("--list", "only_list", is_flag=True, en="list the checks, and make none", zh="只列出有哪些核查项，不作核查")
@full_option
@click.pass_obj
def audit_check(settings: Settings, names: tuple[str, ...], branch: str | None, days: int, only_list: bool, full: bool) -> int:
    with settings.campaign() as campaign:
        if only_list:
            _list(settings, auditing.checklist(campaign))
            return 0
        with show.progress(_DOING.say(settings.lang)) as progress:
            found = auditing.check(campaign, names, branch=branch, days=days, progress=progress)
        voice = Voice(campaign.definition, settings.lang, full, campaign.names())
        if settings.json:
            show.say_json(_plain(voice, found))
        else:
            show.draw(*_parts(voice, found))
    return 1 if found.reproaches else 0


def _list(settings: Settings, checks: Sequence[Check]) -> None:
    lang = settings.lang
    if settings.json:
        show.say_json([_plain_check(each, lang) for each in checks])
        return
    columns = [text.say(lang) for text in (_CODE, _CHECK, _LOOKS, _BASED, _WHERE)]
    table = show.table(_CHECKS.say(lang, n=len(checks)), *columns)
    for each in checks:
        table.add_row(each.id, each.title.say(lang), each.looks_for.say(lang), each.basis.say(lang), _SOURCES[each.source].say(lang))
    show.draw(table)


# -- in words ------------------------------------------------------------------------------------------------------------


def _parts(voice: Voice, found: Checked) -> Iterator[Sheet | str]:
    """The conclusion, then all checks with their counts, then what each found."""
    yield _conclusion(voice, found)
    if len(found.found) > 1:
        yield _overview(voice, found)
    for each in sorted(found.found, key=lambda each: each.check.lists):
        if each.rows:
            yield ""
            yield from _rows(voice, each)


def _conclusion(voice: Voice, found: Checked) -> str:
    checks = [each for each in found.found if not each.check.lists]
    hits = [each for each in checks if each.rows]
    said = voice.say(_NOTHING, checks=len(checks))
    if hits:
        said = voice.say(_SOMETHING, n=f"{found.reproaches:,}", k=len(hits), checks=len(checks))
    lists = [each for each in found.found if each.check.lists]
    listed = voice.listed(voice.say(_COUNT, what=each.check.title, n=f"{len(each.rows):,}") for each in lists)
    if not checks:
        said = listed
    elif lists:
        said += voice.say(_LISTED, listed=listed)
    blind = sum(1 for each in checks if each.looked_at and each.unknown == each.looked_at)
    if blind:
        said += voice.say(_BLIND, n=blind)
    branch = voice.say(_OF, branch=voice.name(found.branch)) if found.branch else ""
    return voice.say(_HEAD, day=found.day, branch=branch, said=said)


def _overview(voice: Voice, found: Checked) -> Sheet:
    columns = [voice.say(text) for text in (_CHECK, _FOUND, _LOOKED, _UNKNOWN, _CODE)]
    table = show.table("", *columns, right=columns[1:2] + columns[3:4])
    for each in found.found:
        looked = voice.say(_LIST_OF, n=f"{each.looked_at:,}", of=each.of)
        unknown = f"{each.unknown:,}" if each.unknown else "·"
        table.add_row(
            f"{_mark(each)} {voice.say(each.check.title)}", f"{len(each.rows):,}" if each.rows else "·", looked, unknown, each.check.id
        )
    return table


def _mark(found: Found) -> str:
    if found.rows:
        return "·" if found.check.lists else "✗"
    return "·" if not found.looked_at else "?" if found.unknown == found.looked_at else "✓"


def _rows(voice: Voice, found: Found) -> Iterator[Sheet | str]:
    check, n = found.check, len(found.rows)
    about = {"mark": _mark(found), "title": check.title, "code": check.id, "n": f"{n:,}", "total": f"{found.looked_at:,}", "of": found.of}
    columns = [voice.branch, *(voice.say(text) for text in (_DAY, _WHO, _WHAT, _EVENTS))]
    table = show.table(voice.say(_ALL if check.lists and n == found.looked_at else _ROWS, **about), *columns)
    shown = found.rows if voice.full else found.rows[:_FEW]
    for row in shown:
        who = voice.cut([voice.name(person) for person in row.who])
        table.add_row(row.branch or voice.say(_WHOLE), row.day, who, voice.say(row.what), _events(voice, row))
    yield table
    if len(shown) < n:
        yield voice.say(_MORE, n=f"{n - len(shown):,}")
    yield from (f"  {voice.say(note)}" for note in found.notes)
    yield f"  {voice.say(_BASIS, basis=check.basis)}"


def _events(voice: Voice, row: Row) -> str:
    """`#107, #112`; those of another stream than the row's branch with where they stand."""
    places = row.events if voice.full else row.events[:_PLACES]
    listed = voice.listed(_place(voice, place, row.branch) for place in places)
    return voice.say(_MANY, listed=listed, n=f"{len(row.events):,}") if len(places) < len(row.events) else listed


def _place(voice: Voice, place: Place, branch: str) -> str:
    home = branch_of(place.stream)
    return f"#{place.seq}" if home == branch else f"{home or voice.say(_WHOLE)} #{place.seq}"


# -- as JSON -------------------------------------------------------------------------------------------------------------


def _plain(voice: Voice, found: Checked) -> dict[str, Any]:
    text = _conclusion(voice, found)
    plain = [_plain_found(voice, each) for each in found.found]
    return {"day": found.day, "branch": found.branch, "found": found.reproaches, "text": text, "checks": plain}


def _plain_check(check: Check, lang: str) -> dict[str, Any]:
    said = {"title": check.title.say(lang), "looks_for": check.looks_for.say(lang), "basis": check.basis.say(lang)}
    return {"id": check.id, **said, "source": check.source, "lists": check.lists}


def _plain_found(voice: Voice, found: Found) -> dict[str, Any]:
    counts = {"found": len(found.rows), "looked_at": found.looked_at, "of": voice.say(found.of), "unknown": found.unknown}
    notes = [voice.say(note) for note in found.notes]
    return {**_plain_check(found.check, voice.lang), **counts, "notes": notes, "rows": [_plain_row(voice, row) for row in found.rows]}


def _plain_row(voice: Voice, row: Row) -> dict[str, Any]:
    who = [{"id": person, "name": voice.name(person)} for person in row.who]
    events = [{"stream": place.stream, "seq": place.seq} for place in row.events]
    return {"branch": row.branch, "day": row.day, "who": who, "text": voice.say(row.what), "events": events}

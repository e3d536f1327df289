"""Commands about cases: case open, ask, move, list, show."""

from __future__ import annotations

import re
from collections import Counter

import click
from attrs import asdict

from workflow.cli import show, values
from workflow.cli.case_file import case_show
from workflow.cli.facts import by, fields, full, key
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.store.facts import CaseFact
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS

_COLUMNS = (
    Text.of("case", "事项"),
    Text.of("what", "内容"),
    Text.of("kind", "种类"),
    Text.of("member", "所属人员"),
    Text.of("state", "状态"),
    Text.of("since", "自"),
    Text.of("opened", "立项日"),
)
_TITLE = Text.of("cases: {n}, still open: {open}", "事项共 {n} 项，其中尚未办结 {open} 项")
_NONE = Text.of("There are no cases.", "没有事项。")
_NONE_OPEN = Text.of("No case is open.", "没有尚未办结的事项。")
_NONE_OF = Text.of("There are no cases of the kind {kind}. There are: {others}.", "没有 {kind} 类事项。现有：{others}。")
_NUMBERS = re.compile(r"(\d+)")

case = Group(
    "case",
    text=Text.of(
        "Open, ask about, move and list cases: the smaller matters hung on a branch or a member.",
        "事项的立项、询问、办理和列表：挂在支部或党员名下的较小流程。",
    ),
)


@command("open", "Open a case of some KIND for a branch, or for one of its members.", "为支部或其党员立项一项某种类的事项。")
@click.argument("branch")
@click.argument("kind")
@by
@option("--member", metavar="MEMBER", en="whose case it is, for cases of members", zh="党员事项所属党员")
@fields
@key
@click.pass_obj
def open_(settings: Settings, branch: str, kind: str, by: str, member: str | None, given: tuple[str, ...], key: str | None) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.open_case(branch, kind, by=by, member=member, fields=values.pairs(given), key=key)
        return show.answer(settings, campaign, verdict)


@command("ask", "Ask whether a CASE may make a MOVE now. Nothing is written.", "询问某事项现在可否作出某动作。不作任何登记。")
@click.argument("branch")
@click.argument("ident", metavar="CASE")
@click.argument("move")
@option("--by", metavar="PERSON", en="who would make it (default: anybody entitled)", zh="拟由谁经办（默认：任何有权者）")
@fields
@full
@click.pass_obj
def ask(settings: Settings, branch: str, ident: str, move: str, by: str | None, given: tuple[str, ...], full: bool) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.ask_case(branch, ident, move, by=by, takes=values.pairs(given))
        return show.answer(settings, campaign, verdict, full=full)


@command("move", "Make a MOVE of a CASE, or be refused with all reasons.", "使某事项作出某动作；不予通过时列明全部理由。")
@click.argument("branch")
@click.argument("ident", metavar="CASE")
@click.argument("move")
@by
@fields
@key
@full
@click.pass_obj
def move(settings: Settings, branch: str, ident: str, move: str, by: str, given: tuple[str, ...], key: str | None, full: bool) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.move_case(branch, ident, move, by=by, takes=values.pairs(given), key=key)
        return show.answer(settings, campaign, verdict, full=full)


@command("list", "List the cases of a branch, those of its members included.", "列出支部的事项，包括其党员的事项。")
@click.argument("branch")
@option("--kind", metavar="KIND", en="only of this kind", zh="只列此种类")
@option("--open", "still", is_flag=True, en="only those still open", zh="只列尚未办结的")
@click.pass_obj
def list_(settings: Settings, branch: str, kind: str | None, still: bool) -> None:
    with settings.campaign() as campaign:
        found = sorted((case for case in campaign.cases(branch, kind) if case.open or not still), key=_place)
        if settings.json:
            show.say_json([asdict(each) for each in found])
        elif found:
            _draw(Voice(campaign.definition, settings.lang, names=campaign.names()), found)
        else:
            show.say(_nothing(settings.lang, campaign.cases(branch), kind, still=still))


def _place(case: CaseFact) -> tuple[bool, list[str | int]]:
    """What is still open comes first; within that `make_up-2` before `make_up-10`."""
    return not case.open, [int(part) if part.isdecimal() else part for part in _NUMBERS.split(case.id)]


def _nothing(lang: str, there: list[CaseFact], kind: str | None, *, still: bool) -> str:
    others = Counter(case.kind for case in there if case.open or not still)
    if kind is None or not others:
        return (_NONE_OPEN if still and there else _NONE).say(lang)
    counted = [IN_BRACKETS.say(lang, text=name, more=n) for name, n in sorted(others.items())]
    return _NONE_OF.say(lang, kind=kind, others=("、" if lang == "zh" else ", ").join(counted))


def _draw(voice: Voice, found: list[CaseFact]) -> None:
    lang = voice.lang
    title = _TITLE.say(lang, n=len(found), open=sum(1 for each in found if each.open))
    table = show.table(title, *(column.say(lang) for column in _COLUMNS))
    for each in found:
        kind = voice.definition.cases[each.kind]
        what = next((each.fields[f.id] for f in kind.fields.values() if f.type == "text" and f.id in each.fields), "")
        title, state = kind.title.say(lang), kind.states[each.state].title.say(lang)
        table.add_row(each.id, what, title, voice.name(each.member), state, each.since, each.opened)
    show.draw(table)


for each in (open_, ask, move, list_, case_show):
    case.add_command(each)

"""Commands about cases: case open, ask, move, list."""

from __future__ import annotations

import click
from attrs import asdict

from workflow.cli import show, values
from workflow.cli.facts import by, fields, full, key
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.definition.model import Definition
from workflow.store.facts import CaseFact
from workflow.texts import Text

_COLUMNS = (
    Text.of("case", "事项"),
    Text.of("what", "内容"),
    Text.of("kind", "种类"),
    Text.of("member", "所属人员"),
    Text.of("state", "状态"),
    Text.of("since", "自"),
    Text.of("opened", "立项日"),
)
_TITLE = Text.of("cases: {n}, still open: {open}", "共 {n} 个事项，其中 {open} 个未办结")
_NONE = Text.of("There are no cases.", "没有事项。")

case = Group(
    "case",
    text=Text.of(
        "Open, ask about, move and list cases: the smaller matters hung on a branch or a member.",
        "事项的立项、询问、办理和列表：挂在支部或党员名下的较小流程。",
    ),
)


@command("open", "Open a case of some KIND for a branch, or for one of its members.", "为支部或其党员立项一个某种类的事项。")
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
@click.pass_obj
def list_(settings: Settings, branch: str, kind: str | None) -> None:
    with settings.campaign() as campaign:
        found = campaign.cases(branch, kind)
        if settings.json:
            show.say_json([asdict(each) for each in found])
        elif not found:
            show.say(_NONE.say(settings.lang))
        else:
            _draw(campaign.definition, settings.lang, found)


def _draw(definition: Definition, lang: str, found: list[CaseFact]) -> None:
    title = _TITLE.say(lang, n=len(found), open=sum(1 for each in found if each.open))
    table = show.table(title, *(column.say(lang) for column in _COLUMNS))
    for each in found:
        kind = definition.cases[each.kind]
        what = next((each.fields[f.id] for f in kind.fields.values() if f.type == "text" and f.id in each.fields), "")
        table.add_row(each.id, what, kind.title.say(lang), each.member, kind.states[each.state].title.say(lang), each.since, each.opened)
    show.draw(table)


for each in (open_, ask, move, list_):
    case.add_command(each)

"""Commands about rolls in motion: member enrol, transfer, change, remove, show; and roles: appoint, relieve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click
from attrs import asdict

from workflow.cli import show, values
from workflow.cli.facts import by, fields, key
from workflow.cli.motion import carrying
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.engine.motion.member_file import MemberFile, StayFact
from workflow.texts import Text
from workflow.verdicts.render.figures import value_text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS, STATE

_ON = Text.of("on the roll of {branch}: {listed}", "在{branch}名册上：{listed}")
_NOWHERE = Text.of("on no roll any more", "已不在任何名册上")
_ROLES = Text.of("roles: {listed}", "职务：{listed}")
_ROLE_OF = Text.of("{role} ({target})", "{role}（{target}）")
_STAYS = Text.of("stays: {n}", "在册经历：{n} 段")
_COLUMNS = (
    Text.of("branch", "支部"),
    Text.of("from", "自"),
    Text.of("came", "来自"),
    Text.of("until", "至"),
    Text.of("left", "去向"),
    Text.of("records", "随转记录"),
    Text.of("cases", "随转事项"),
)
_CAME = {
    "roster": Text.of("with the roster", "名册导入"),
    "enrolled": Text.of("enrolled", "入册"),
    "transferred": Text.of("transferred", "转接"),
    "merged": Text.of("merged", "合并"),
    "split": Text.of("split off", "分设"),
    "dissolved": Text.of("dissolved", "撤销"),
    "removed": Text.of("removed", "除册"),
}
_RECORDS = Text.of("{kind} {n}", "{kind} {n} 份")
_CASE = Text.of("{old} → {new}", "{old} → {new}")

Function = Callable[..., Any]

member = Group(
    "member",
    text=Text.of(
        "Members who join, move, change and leave while the campaign runs; their records and cases go with them.",
        "活动进行中党员的入册、转接、变更和除册，其记录和事项随之转移。",
    ),
)
reason = option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")
status = option("--status", metavar="STATUS", en="status, by id or title", zh="状态，可写编号或名称")
flag = option("--flag", "flags", multiple=True, metavar="FLAG", en="a flag that is set (repeat for more)", zh="加上的标记（可重复）")
name = option("--name", default="", metavar="NAME", en="name, of a person who is not known yet", zh="姓名，尚未登记的人员须写明")
of = option(
    "--of",
    metavar="BRANCH|group:GROUP",
    en="for whom (default: the campaign as a whole)",
    zh="任职范围：支部或 group:督导组（默认整个活动）",
)


def _ordered(function: Function) -> Function:
    """Who gives the order, why, under which key, and whether it is only tried out."""
    for decorate in (carrying.dry_run, key, reason, by):
        function = decorate(function)
    return function


@command(
    "enrol",
    "Put somebody on the roll of a BRANCH. Who was on a roll before brings along what is on file there.",
    "将某人列入支部名册。曾在册者，原有记录和事项一并带来。",
)
@click.argument("branch")
@click.argument("person", metavar="MEMBER")
@name
@status
@flag
@fields
@_ordered
@click.pass_obj
def enrol(settings: Settings, /, branch: str, person: str, given: tuple[str, ...], dry_run: bool, **said: Any) -> int:
    pairs = values.pairs(given)
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.enrol(branch, person, fields=pairs, **said), dry_run=dry_run)


@command(
    "transfer",
    "Move a MEMBER to the roll of the branch TO, with all records and cases. The roles held for the old branch end.",
    "将党员转接到支部 TO，记录和事项随之转移；在原支部的职务随之终止。",
)
@click.argument("person", metavar="MEMBER")
@click.argument("to")
@option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE",
    en="a role held for the new branch (repeat for more)",
    zh="在新支部担任的职务（可重复）",
)
@_ordered
@click.pass_obj
def transfer(settings: Settings, /, person: str, to: str, dry_run: bool, **said: Any) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.transfer(person, to, **said), dry_run=dry_run)


@command(
    "change",
    "Change the status, flags or fields of a MEMBER: contact lost, found again.",
    "变更党员的状态、标记或字段，例如失联、重新取得联系。",
)
@click.argument("person", metavar="MEMBER")
@status
@flag
@option("--unflag", multiple=True, metavar="FLAG", en="a flag that is taken away (repeat for more)", zh="去掉的标记（可重复）")
@fields
@_ordered
@click.pass_obj
def change(settings: Settings, /, person: str, flags: tuple[str, ...], given: tuple[str, ...], dry_run: bool, **said: Any) -> int:
    pairs = values.pairs(given)
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.change(person, flag=flags, fields=pairs, **said), dry_run=dry_run)


@command(
    "remove",
    "Take a MEMBER off the roll for good. What is on file stays readable, and all their roles end.",
    "将党员除册。已有记录仍可查阅，其全部职务终止。",
)
@click.argument("person", metavar="MEMBER")
@option("--departure", metavar="WHY", en="why, as the definition has it: died, ...", zh="缘由，按方案所列，如去世")
@_ordered
@click.pass_obj
def remove(settings: Settings, /, person: str, dry_run: bool, **said: Any) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.remove(person, **said), dry_run=dry_run)


@command(
    "appoint",
    "Give a PERSON a ROLE: of a branch, of a group or, for a role of the whole campaign, without --of.",
    "任命某人担任某角色：属于支部或督导组的须写 --of，属于整个活动的不写。",
)
@click.argument("person")
@click.argument("role")
@of
@name
@_ordered
@click.pass_obj
def appoint(settings: Settings, /, person: str, role: str, dry_run: bool, **said: Any) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.appoint(person, role, **said), dry_run=dry_run)


@command("relieve", "Take a ROLE back from a PERSON.", "免去某人担任的某角色。")
@click.argument("person")
@click.argument("role")
@of
@_ordered
@click.pass_obj
def relieve(settings: Settings, /, person: str, role: str, dry_run: bool, **said: Any) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.relieve(person, role, **said), dry_run=dry_run)


# -- where somebody is and was -------------------------------------------------------------------------------------------


@command(
    "show",
    "Show where a MEMBER is and was, with what came along each time.",
    "显示党员现在和曾经所在的支部，以及每次随转的记录和事项。",
)
@click.argument("person", metavar="MEMBER")
@click.pass_obj
def show_(settings: Settings, person: str) -> None:
    with settings.campaign() as campaign:
        found = campaign.member(person)
        if settings.json:
            show.say_json(asdict(found))
            return
        voice = Voice(campaign.definition, settings.lang, names=campaign.names())
        show.draw(*_now(voice, found), "", _stays(voice, found))


def _now(voice: Voice, found: MemberFile) -> Iterator[str]:
    yield voice.say(IN_BRACKETS, text=found.name, more=found.id) if found.name != found.id else found.id
    here = voice.say(_NOWHERE)
    if found.branch is not None:
        here = voice.say(_ON, branch=voice.called(voice.name(found.branch)), listed=voice.listed(_entry(voice, found)))
    yield f"    {here}"
    if found.roles:
        roles = [voice.say(_ROLE_OF, role=voice.role(each["role"]), target=each["target"]) for each in found.roles]
        yield f"    {voice.say(_ROLES, listed=voice.listed(roles))}"


def _entry(voice: Voice, found: MemberFile) -> Iterator[str]:
    """Status, flags and fields by their titles."""
    members = voice.definition.members
    if members is None:
        return
    for title in (members.status.get(found.status or ""), *(members.flags.get(each) for each in found.flags)):
        if title is not None:
            yield voice.say(title)
    for ident, value in found.fields.items():
        declared = members.fields[ident]
        yield voice.say(STATE, label=declared.title, value=value_text(voice, value, declared.unit, declared.options))


def _stays(voice: Voice, found: MemberFile) -> Sheet:
    table = show.table(voice.say(_STAYS, n=len(found.stays)), *(voice.say(column) for column in _COLUMNS))
    for stay in found.stays:
        table.add_row(
            voice.name(stay.branch),
            stay.joined,
            _way(voice, stay.came, stay.origin),
            stay.left or "",
            _way(voice, stay.gone, stay.successor, stay.departure),
            voice.listed(_records(voice, stay)),
            voice.listed(voice.say(_CASE, old=old, new=new) for old, new in stay.cases.items()),
        )
    return table


def _way(voice: Voice, how: str | None, branch: str | None, departure: str | None = None) -> str:
    """How somebody came or went, and which branch or reason that was about."""
    if how is None:
        return ""
    members = voice.definition.members
    why = members.departures.get(departure or "") if members else None
    about = voice.name(branch) if branch else "" if why is None else voice.say(why)
    return voice.say(IN_BRACKETS, text=voice.say(_CAME[how]), more=about) if about else voice.say(_CAME[how])


def _records(voice: Voice, stay: StayFact) -> Iterator[str]:
    known = voice.definition.records
    for kind, n in stay.records.items():
        yield voice.say(_RECORDS, kind=known[kind].title if kind in known else kind, n=f"{n:,}")


for each in (enrol, transfer, change, remove, show_):
    member.add_command(each)

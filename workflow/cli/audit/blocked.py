"""The command `blocked`: what holds up how many, in whose hands, since when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast, get_args

import click

from workflow.audit.blocked import Blocked, Hold, Sort
from workflow.audit.blocked import blocked as held_up
from workflow.cli import show
from workflow.cli.boards import NOBODY_YET, batch_title, branches_table, counted_noun, reason
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_LONGER = re.compile(r"(\d{1,5})d?")
_TITLE = Text.of("On {day}: {n} {branches} held up, {sort}", "{day}：{n} 个{branches}受阻，{sort}")
_SORTS = {
    "reason": Text.of("by what is first in the way", "按首先受阻的原因"),
    "group": Text.of("by supervision group", "按督导组"),
    "person": Text.of("by those in whose hands it is", "按经办人"),
    "batch": Text.of("by batch", "按批次"),
}
_FIRST = {
    "reason": Text.of("in the way, or waiting", "未满足的条件或等待的动作"),
    "group": Text.of("group", "督导组"),
    "person": Text.of("in the hands of", "经办人"),
    "batch": Text.of("batch", "批次"),
}
_HANDS, _MOSTLY = Text.of("who acts", "责任人"), Text.of("first in the way of most", "最多受阻于")
_N, _SINCE, _LONGEST = Text.of("how many", "个数"), Text.of("since", "自"), Text.of("longest", "最久")
_CODE, _TOTAL = Text.of("code", "代码"), Text.of("total", "合计")
_MOST = Text.of("{reason} ({n})", "{reason}（{n}）")
_SUM = Text.of(
    "on the way: {running} of {total} {branches} = {held} held up{shorter}; finished: {done}; merged or dissolved: {ended}",
    "进行中：{total} 个{branches}中 {running} 个，其中受阻 {held} 个{shorter}；已完成 {done} 个；已合并或撤销 {ended} 个",
)
_SHORTER = Text.of(" for more than {days} + {n} not so long", "（超过 {days}）、未超过的 {n} 个")
_OFTEN = Text.of(
    "Counted {counted} times: each of the {held} {branches} stands with everybody who could act.",
    "共计 {counted} 次：{held} 个{branches}中，每个都列在所有可办理的人名下。",
)
_NO_GROUP, _NONE = Text.of("no group", "未列督导组"), Text.of("Nothing is held up.", "没有受阻的支部。")
_OF = Text.of(
    "{what} [{code}]: {n} {branches}, the longest for {longest}, since {since}",
    "{what} [{code}]：{n} 个{branches}，最久 {longest}，自 {since} 起",
)


@command(
    "blocked",
    "Show what holds up how many branches, in whose hands, since when. With CODE (a requirement, a move, a group, a person or a batch, as"
    " --by says) the branches behind the count.",
    "显示什么卡住了多少支部、在谁手里、自何时起。加 CODE（随 --by 为条件、动作、督导组、人员或批次）则列出相应的支部。",
)
@click.argument("code", required=False)
@option(
    "--by", "sort", type=click.Choice(get_args(Sort)), default="reason", en="count by this (default: reason)", zh="按何统计（默认按原因）"
)
@option(
    "--longer-than",
    "longer",
    metavar="DAYS",
    en="only those held up for more than so many days, such as 7d",
    zh="只看受阻超过多少天的，如 7d",
)
@click.pass_obj
def blocked(settings: Settings, code: str | None, sort: str, longer: str | None) -> None:
    with settings.campaign() as campaign:
        found = held_up(campaign, cast("Sort", sort), longer_than=None if longer is None else _days(longer))
        hold = None if code is None else found.hold(code)
        if settings.json:
            show.say_json(_plain(campaign, settings.lang, found) if hold is None else _plain_hold(campaign, settings.lang, hold))
            return
        voice = Voice(campaign.definition, settings.lang, names=campaign.names())
        show.draw(*(_tables(voice, found) if hold is None else [_listed(voice, found, hold)]))


def _days(said: str) -> int:
    given = _LONGER.fullmatch(said.strip())
    if given is None:
        raise Misuse(Text.of(f"--longer-than {said}: days such as 7d were expected", f"--longer-than {said}：应为天数，如 7d"), "days")
    return int(given[1])


# -- in words ------------------------------------------------------------------------------------------------------------


def _tables(voice: Voice, found: Blocked) -> Iterator[Sheet | str]:
    if found.holds:
        yield _holds(voice, found)
        yield ""
    else:
        yield voice.say(_NONE)
    if found.counted != found.held:
        yield voice.say(_OFTEN, counted=f"{found.counted:,}", held=f"{found.held:,}", branches=counted_noun(voice, found.held))
    yield _sum(voice, found)


def _holds(voice: Voice, found: Blocked) -> Sheet:
    by_reason = found.by == "reason"
    columns = [_FIRST[found.by], *((_HANDS,) if by_reason else ()), _N, _LONGEST, _SINCE, *(() if by_reason else (_MOSTLY,)), _CODE]
    names = [voice.say(column) for column in columns]
    branches = counted_noun(voice, found.held)
    title = voice.say(_TITLE, day=found.day, n=f"{found.held:,}", branches=branches, sort=_SORTS[found.by])
    table = show.table(title, *names, right=[voice.say(_N), voice.say(_LONGEST)])
    for hold in found.holds:
        figures = (f"{len(hold.branches):,}", voice.days(hold.longest), hold.since)
        if by_reason:
            table.add_row(_name(voice, found, hold), voice.roles(hold.roles), *figures, hold.key)
        else:
            table.add_row(_name(voice, found, hold), *figures, _mostly(voice, hold), hold.key)
    if found.counted == found.held:
        total = [voice.say(_TOTAL), *([""] if by_reason else []), f"{found.held:,}"]
        table.add_row(*total, *[""] * (len(names) - len(total)), style="bold")
    return table


def _name(voice: Voice, found: Blocked, hold: Hold) -> str:
    match found.by:
        case "reason":
            return reason(voice, hold.kind or "move", hold.key)
        case "person":
            return voice.name(hold.key) if hold.key else voice.say(NOBODY_YET)
        case "batch":
            return batch_title(voice, hold.key or None)
        case _:
            return hold.key or voice.say(_NO_GROUP)


def _mostly(voice: Voice, hold: Hold) -> str:
    """What is first in the way of most of these branches."""
    (kind, code), n = hold.reasons[0]
    return voice.say(_MOST, reason=reason(voice, kind, code), n=f"{n:,}")


def _sum(voice: Voice, found: Blocked) -> str:
    shorter = ""
    if found.longer_than is not None:
        shorter = voice.say(_SHORTER, days=voice.days(found.longer_than), n=f"{found.shorter:,}")
    counts = {name: f"{getattr(found, name):,}" for name in ("running", "total", "held", "done", "ended")}
    return voice.say(_SUM, branches=counted_noun(voice, found.total), shorter=shorter, **counts)


def _listed(voice: Voice, found: Blocked, hold: Hold) -> Sheet:
    n = len(hold.branches)
    about = {"what": _name(voice, found, hold), "code": hold.key, "n": f"{n:,}", "branches": counted_noun(voice, n), "since": hold.since}
    return branches_table(voice, voice.say(_OF, longest=voice.days(hold.longest), **about), hold.branches)


# -- as JSON -------------------------------------------------------------------------------------------------------------


def _plain(campaign: Campaign, lang: str, found: Blocked) -> dict[str, Any]:
    names = ("by", "day", "longer_than", "total", "running", "held", "shorter", "done", "ended", "counted")
    voice = Voice(campaign.definition, lang, names=campaign.names())
    holds = [
        {
            "key": hold.key,
            "kind": hold.kind,
            "name": _name(voice, found, hold),
            "roles": list(hold.roles),
            "since": hold.since,
            "longest": hold.longest,
            "branches": [each.branch for each in hold.branches],
        }
        for hold in found.holds
    ]
    return {**{name: getattr(found, name) for name in names}, "holds": holds}


def _plain_hold(campaign: Campaign, lang: str, hold: Hold) -> list[dict[str, Any]]:
    return [campaign.as_json(each, lang) for each in hold.branches]

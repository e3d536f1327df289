"""Commands about branches as a whole: branch reassign, merge, split, dissolve; and about batches: batch close, show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from workflow.cli import show, values
from workflow.cli.boards import batch_title, closed_lines
from workflow.cli.facts import by, key
from workflow.cli.motion import carrying
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.engine.campaign import Campaign
from workflow.engine.motion.batches import BatchStanding
from workflow.engine.tables.roster_cells import plain_id
from workflow.errors import Fault, Misuse, did_you_mean, not_found
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS

_BATCHES = Text.of("batches: {n}", "批次：{n}")
_NONE = Text.of("No branch belongs to a batch.", "没有支部编入批次。")
_COLUMNS = (
    Text.of("batch", "批次"),
    Text.of("branches", "支部"),
    Text.of("finished", "已完成"),
    Text.of("not finished", "未完成"),
    Text.of("share", "完成比例"),
    Text.of("ended", "已合并或撤销"),
    Text.of("closed", "收尾日"),
    Text.of("stragglers", "列明的未完成"),
)
_FIRST = Text.of("no branch was in {name} before; {hint}", "此前没有支部属于 {name}；{hint}")
_BATCH_IDS = "SELECT DISTINCT batch FROM workflow_branch WHERE batch IS NOT NULL ORDER BY batch"
_GROUP_IDS = "SELECT DISTINCT grp FROM workflow_branch WHERE grp IS NOT NULL ORDER BY grp"
_UNKNOWN = Text.of("not defined", "未规定")
_NOT_FINISHED = Text.of("not finished: {listed}", "未完成：{listed}")
_GONE = Text.of("merged or dissolved: {listed}", "已合并或撤销：{listed}")

branch = Group(
    "branch",
    text=Text.of(
        "Put branches in another batch or group, merge, split and dissolve them while the campaign runs.",
        "活动进行中支部的调整：改编批次或督导组，合并、分设、撤销。",
    ),
)
batch = Group("batch", text=Text.of("Close batches, and see how far they are.", "批次收尾，以及查看各批次进度。"))

reason = option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")


@command(
    "reassign",
    "Put branches in another batch or supervision group. One that has started changes its batch only with --restart.",
    "将支部调整到其他批次或督导组。已启动的支部须加 --restart 方可调整批次。",
)
@click.argument("branches", nargs=-1, required=True, metavar="BRANCH...")
@option("--batch", metavar="BATCH", en="the batch they go to", zh="调整到的批次")
@option("--group", metavar="GROUP", en="the supervision group they go to", zh="调整到的督导组")
@option("--restart", is_flag=True, en="begin again at the first phase; earlier attempts are kept", zh="从第一个状态重新开始，原有轮次保留")
@by
@reason
@key
@carrying.dry_run
@click.pass_obj
def reassign(
    settings: Settings,
    branches: tuple[str, ...],
    batch: str | None,
    group: str | None,
    restart: bool,
    by: str,
    reason: str,
    key: str | None,
    dry_run: bool,
) -> int:
    with settings.campaign() as campaign:
        new = [*_new(campaign, "--batch", _BATCH_IDS, batch), *_new(campaign, "--group", _GROUP_IDS, group)]
        code = carrying.carry_out(
            settings,
            campaign,
            lambda c: c.reassign(branches, batch=batch, group=group, restart=restart, by=by, reason=reason, key=key),
            dry_run=dry_run,
        )
        show.faults(settings, [] if code else new, full=True)
        return code


def _new(campaign: Campaign, option: str, query: str, name: str | None) -> list[Fault]:
    """A batch or group begins with the first branch put into it; that a name is new must be said, for it may be a slip."""
    known = [str(row[0]) for row in campaign.store.rows(query)]
    if name is None or plain_id(name) in known:
        return []
    return [Fault("", option, _FIRST.filled(name=name, hint=did_you_mean(name, known)), "new")]


@command(
    "merge",
    "Make a BRANCH part of another: its members join that roll with their records and cases, its open cases are taken over there.",
    "将支部并入另一支部。党员连同其记录和事项列入该支部名册，未办结事项由其承接。",
)
@click.argument("branch")
@click.argument("into")
@by
@reason
@key
@carrying.dry_run
@click.pass_obj
def merge(settings: Settings, branch: str, into: str, by: str, reason: str, key: str | None, dry_run: bool) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(settings, campaign, lambda c: c.merge(branch, into, by=by, reason=reason, key=key), dry_run=dry_run)


@command(
    "split",
    "Make some members of a BRANCH a branch of their own, NEW, at the beginning of the stage the old one is in."
    " What was entered for the branch as a whole stays with the old one.",
    "将支部的部分党员分设为新支部 NEW，从原支部所处阶段的起点开始。以支部名义录入的记录留在原支部。",
)
@click.argument("branch")
@click.argument("new")
@option("--title", required=True, metavar="TEXT", en="what the new branch is called", zh="新支部名称")
@option(
    "--member", "members", multiple=True, required=True, metavar="MEMBER", en="who goes (repeat for more)", zh="随同分设的党员（可重复）"
)
@by
@reason
@key
@carrying.dry_run
@click.pass_obj
def split(
    settings: Settings, branch: str, new: str, title: str, members: tuple[str, ...], by: str, reason: str, key: str | None, dry_run: bool
) -> int:
    with settings.campaign() as campaign:
        return carrying.carry_out(
            settings,
            campaign,
            lambda c: c.split(branch, new, title=title, members=members, by=by, reason=reason, key=key),
            dry_run=dry_run,
        )


@command(
    "dissolve",
    "End a BRANCH. Refused while any of its members or open cases has no branch to go to.",
    "撤销支部。党员或未办结事项尚无去处的，不予撤销。",
)
@click.argument("branch")
@option("--to", metavar="BRANCH", en="the branch all its members join", zh="全体党员转入的支部")
@option(
    "--member",
    "members",
    multiple=True,
    metavar="MEMBER=BRANCH",
    en="the branch a member joins (repeat for more)",
    zh="某名党员转入的支部（可重复）",
)
@option("--cases", metavar="BRANCH", en="the branch that takes over its open cases", zh="承接未办结事项的支部")
@by
@reason
@key
@carrying.dry_run
@click.pass_obj
def dissolve(
    settings: Settings,
    branch: str,
    to: str | None,
    members: tuple[str, ...],
    cases: str | None,
    by: str,
    reason: str,
    key: str | None,
    dry_run: bool,
) -> int:
    if to is not None and members:
        raise Misuse(
            Text.of("either --to for all members, or --member for each", "全体党员用 --to，逐名写明用 --member，只能取其一"), "usage"
        )
    homes: Mapping[str, str] | str = to if to is not None else values.pairs(members, "--member", "MEMBER=BRANCH")
    with settings.campaign() as campaign:
        return carrying.carry_out(
            settings,
            campaign,
            lambda c: c.dissolve(branch, members=homes, cases=cases, by=by, reason=reason, key=key),
            dry_run=dry_run,
        )


@command(
    "close",
    "Close a BATCH: enough of its branches have finished, and every other one is named with the reason why not.",
    "批次收尾：完成比例达到要求，其余支部逐一列明并说明理由。",
)
@click.argument("batch")
@option(
    "--straggler",
    "stragglers",
    multiple=True,
    metavar="BRANCH=REASON",
    en="a branch that has not finished, and why (repeat for more)",
    zh="未完成的支部及其理由（可重复）",
)
@by
@reason
@key
@carrying.dry_run
@click.pass_obj
def close(settings: Settings, batch: str, stragglers: tuple[str, ...], by: str, reason: str, key: str | None, dry_run: bool) -> int:
    named = values.pairs(stragglers, "--straggler", "BRANCH=REASON")
    with settings.campaign() as campaign:
        return carrying.carry_out(
            settings,
            campaign,
            lambda c: c.close_batch(batch, stragglers=named, by=by, reason=reason, key=key),
            dry_run=dry_run,
        )


@command(
    "show",
    "Show how far each batch is: its branches, how many have finished, and who was named when it was closed. With BATCH, that one by name.",
    "显示各批次进度：支部数、已完成数，以及收尾时列明的未完成支部。写明 BATCH 则详列该批次。",
)
@click.argument("batch", required=False)
@click.pass_obj
def show_(settings: Settings, batch: str | None) -> None:
    with settings.campaign() as campaign:
        found = campaign.batches()
        if batch is not None:
            known = [each.batch for each in found]
            found = tuple(each for each in found if each.batch == batch)
            if not found:
                raise not_found("there is no batch", "没有批次", batch, known, "batch")
        if settings.json:
            show.say_json([_plain(each) for each in found])
            return
        voice = Voice(campaign.definition, settings.lang, full=batch is not None, names=campaign.names())
        if not found:
            show.say(_NONE.say(settings.lang))
            return
        show.draw(_table(voice, found), *([] if batch is None else ["", *_particulars(voice, found[0])]))


def _plain(each: BatchStanding) -> dict[str, Any]:
    closed = each.closed
    about = {"batch": each.batch, "total": each.total, "finished": list(each.finished), "unfinished": list(each.unfinished)}
    at = (
        None
        if closed is None
        else {"day": closed.day, "finished": closed.finished, "total": closed.total, "stragglers": dict(closed.stragglers)}
    )
    return {**about, "ended": list(each.ended), "closed": at}


def _table(voice: Voice, found: tuple[BatchStanding, ...]) -> Sheet:
    names = [column.say(voice.lang) for column in _COLUMNS]
    table = show.table(voice.say(_BATCHES, n=f"{len(found):,}"), *names, right=[*names[1:6], names[7]])
    for each in found:
        closed = each.closed
        at = ("", "") if closed is None else (closed.day, f"{len(closed.stragglers):,}")
        table.add_row(batch_title(voice, each.batch), f"{each.total:,}", *_done(voice, each), f"{len(each.ended):,}", *at)
    return table


def _done(voice: Voice, each: BatchStanding) -> tuple[str, str, str]:
    """How many have finished and have not, and their share; nothing of it where the definition does not say what that means."""
    if voice.definition.batches is None:
        return voice.say(_UNKNOWN), "", ""
    share = f"{len(each.finished) / each.total:.1%}" if each.total else ""
    return f"{len(each.finished):,}", f"{len(each.unfinished):,}", share


def _particulars(voice: Voice, each: BatchStanding) -> list[str]:
    parts = ((_NOT_FINISHED, each.unfinished if voice.definition.batches else {}), (_GONE, each.ended))
    lines = [
        voice.say(text, listed=voice.listed(_called(voice, title, ident) for ident, title in there.items()))
        for text, there in parts
        if there
    ]
    return [*lines, *(closed_lines(voice, each.closed) if each.closed else [])]


def _called(voice: Voice, title: str, ident: str) -> str:
    return voice.say(IN_BRACKETS, text=title, more=ident) if title != ident else ident


for each in (reassign, merge, split, dissolve):
    branch.add_command(each)
for each in (close, show_):
    batch.add_command(each)

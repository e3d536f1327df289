"""Commands about time: extend, suspend, resume, of one branch or of many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import click

from workflow.cli import show
from workflow.cli.facts import by, key
from workflow.cli.motion.carrying import dry_run, what
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.engine.campaign import Campaign
from workflow.texts import Text
from workflow.verdicts import Verdict
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import REASON

_WHOLE = 3  # refusals shown in full before the rest is named
_NAMED = 20  # branches named before the rest is counted
_DONE = {
    "extend": Text.of("{n} {branches} extended by {days}:", "{n} 个{branches}延期 {days}："),
    "suspend": Text.of("{n} {branches} suspended from {day} on: {listed}", "{n} 个{branches}自 {day} 起暂停：{listed}"),
    "resume": Text.of("{n} {branches} resumed on {day}: {listed}", "{n} 个{branches}自 {day} 起恢复：{listed}"),
}
_REFUSED = Text.of(
    "Refused for {n} {branches}, and nothing was done for the others either.", "{n} 个{branches}不予办理，其余亦未作任何改变。"
)
_ALSO = Text.of("Refused as well, {n} more: {listed} (--json says why)", "另有 {n} 个亦不予办理：{listed}（理由见 --json）")
_MORE = Text.of("{listed} and {n} more (--json names them all)", "{listed}，另有 {n} 个未列出（--json 列出全部）")
_REPEATED = Text.of("the first answers; nothing was written now", "此为首次答复，本次未作登记")
_FROM, _TO = Text.of("planned end before", "原计划结束日"), Text.of("planned end now", "现计划结束日")

Function = Callable[..., Any]


def _choice(function: Function) -> Function:
    """The branches an order is for, who gives it and why."""
    for decorate in (
        dry_run,
        key,
        option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见"),
        by,
        option("--stage", metavar="STAGE", en="only those in this stage", zh="只限处于该阶段的"),
        option("--all", "everywhere", is_flag=True, en="every branch", zh="全部支部"),
        option("--batch", metavar="BATCH", en="the branches of a batch", zh="某一批次的支部"),
        click.argument("branches", nargs=-1, metavar="[BRANCH]..."),
    ):
        function = decorate(function)
    return function


@command(
    "extend",
    "Give the running stage of some branches more days: of those named, of a batch or of all. All of them get it or, if any is refused,"
    " none. What is chosen by the batch or the stage is passed over where there is no planned end to move.",
    "为若干支部的当前阶段延期：可逐一写明，或按批次，或全部。有一个不予办理，则全部不办。按批次或阶段选定时，没有计划结束日的略过。",
)
@option("--days", type=int, required=True, metavar="N", en="how many days more", zh="延长的天数")
@_choice
@click.pass_obj
def extend(settings: Settings, /, days: int, by: str, reason: str, key: str | None, *, dry_run: bool, **chosen: Any) -> int:
    return _carry_out(settings, lambda campaign: campaign.extend(days, by=by, reason=reason, key=key, **chosen), chosen, dry_run=dry_run)


@command(
    "suspend",
    "Stop the clocks of some branches: they make no moves until they are resumed, and no day counts. Facts may still be entered.",
    "暂停若干支部：恢复之前不办理动作，期限停止计算；事实仍可录入。",
)
@_choice
@click.pass_obj
def suspend(settings: Settings, /, by: str, reason: str, key: str | None, *, dry_run: bool, **chosen: Any) -> int:
    return _carry_out(settings, lambda campaign: campaign.suspend(by=by, reason=reason, key=key, **chosen), chosen, dry_run=dry_run)


@command(
    "resume",
    "Let suspended branches go on: every clock has as many days left as when it stopped.",
    "恢复已暂停的支部：各项期限按暂停时所余天数续计。",
)
@_choice
@click.pass_obj
def resume(settings: Settings, /, by: str, reason: str, key: str | None, *, dry_run: bool, **chosen: Any) -> int:
    return _carry_out(settings, lambda campaign: campaign.resume(by=by, reason=reason, key=key, **chosen), chosen, dry_run=dry_run)


def _carry_out(settings: Settings, order: Callable[[Campaign], tuple[Verdict, ...]], chosen: dict[str, Any], *, dry_run: bool) -> int:
    """As for any command; but the answers for several branches are summed up, and one refusal speaks for all that were chosen."""
    with settings.campaign() as campaign:
        said = what(settings, campaign, order, dry_run=dry_run)
        alone = len(said.answers) == 1 and (said.code == 0 or len(set(chosen["branches"])) == 1)
        if settings.json:
            show.say_json(said.plain)
        elif dry_run or alone:
            show.say(said.text)
        else:
            voice = Voice(campaign.definition, settings.lang)
            show.draw(*(_refused(voice, campaign, said.answers) if said.code else _done(voice, said.answers)))
    return said.code


def _done(voice: Voice, verdicts: Sequence[Verdict]) -> list[Sheet | str]:
    first = verdicts[0]
    text = _DONE[first.command]
    many = {"n": f"{len(verdicts):,}", "branches": voice.plural(voice.branch)}
    tail = [voice.say(REASON, text=first.detail["reason"]), *([voice.say(_REPEATED)] if first.repeated else [])]
    if first.command != "extend":
        listed = _named(voice, [verdict.branch for verdict in verdicts])
        return [voice.say(text, **many, day=first.detail["on"], listed=listed), *tail]
    table = show.table(voice.say(text, **many, days=voice.days(first.detail["days"])), *_columns(voice), right=[many["branches"]])
    ends = Counter((verdict.detail["was"], verdict.detail["planned_end"]) for verdict in verdicts)
    for (was, planned_end), n in sorted(ends.items()):
        table.add_row(was, planned_end, f"{n:,}")
    return [table, "", *tail]


def _named(voice: Voice, branches: Sequence[str]) -> str:
    listed, left = voice.listed(branches[:_NAMED]), len(branches) - _NAMED
    return voice.say(_MORE, listed=listed, n=f"{left:,}") if left > 0 else listed


def _columns(voice: Voice) -> tuple[str, ...]:
    return voice.say(_FROM), voice.say(_TO), voice.plural(voice.branch)


def _noun(voice: Voice, n: int) -> str:
    return voice.branch if n == 1 else voice.plural(voice.branch)


def _refused(voice: Voice, campaign: Campaign, verdicts: Sequence[Verdict]) -> list[Sheet | str]:
    """The first few with all their reasons, the others by name."""
    parts: list[Sheet | str] = [voice.say(_REFUSED, n=f"{len(verdicts):,}", branches=_noun(voice, len(verdicts)))]
    for verdict in verdicts[:_WHOLE]:
        parts += ["", campaign.explain(verdict, voice.lang)]
    left = [verdict.branch for verdict in verdicts[_WHOLE:]]
    return [*parts, *(["", voice.say(_ALSO, n=f"{len(left):,}", listed=_named(voice, left))] if left else [])]

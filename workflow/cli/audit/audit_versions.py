"""The command `audit versions`: when a rule took effect, and whom it touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from workflow.audit.editions import Edition, editions
from workflow.cli import show
from workflow.cli.boards import counted_noun
from workflow.cli.facts import full as full_option
from workflow.cli.motion.enacting import difference_json, difference_line
from workflow.cli.program import command
from workflow.cli.settings import Settings
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_FEW = 20  # changes of one version shown before the rest is counted
_HASH = 8  # digits of a hash that are shown
_ALIKE = Text.of("All {n} {branches} on the way are under version {number}.", "进行中的 {n} 个{branches}均适用第 {number} 版。")
_UNLIKE = Text.of(
    "The {n} {branches} on the way are under different versions: {listed}.", "进行中的 {n} 个{branches}适用不同版本：{listed}。"
)
_EACH = Text.of("version {number}: {n}", "第 {number} 版 {n} 个")
_FIRST = Text.of(
    "Version {number} ({name}), in force from {since} on: the campaign began with it",
    "第 {number} 版（{name}），自 {since} 起：活动开始时的方案",
)
_LATER = Text.of(
    "Version {number} ({name}), in force from {since} on, {scope}: enacted by {by} (campaign #{seq}), {reason}",
    "第 {number} 版（{name}），自 {since} 起，{scope}：由{by}施行（活动台账第 {seq} 号），{reason}",
)
_SCOPES = {
    "running": Text.of("for attempts that were running too", "进行中的轮次同样适用"),
    "new": Text.of("for attempts that begin from then on", "仅适用于此后开始的轮次"),
}
_TOUCHED = Text.of(
    "now under it: {n} {branches}, {running} of them on their way when it took effect, {begun} since",
    "现适用的{branches} {n} 个：施行时已在途 {running} 个，此后开始 {begun} 个",
)
_NOW = Text.of("now under it: {n} {branches}", "现适用的{branches} {n} 个")
_NAMED = Text.of("on their way when it took effect: {listed}", "施行时在途：{listed}")
_MORE = Text.of("… and {n} more changes; --full shows them all, and the branches", "……另有 {n} 处变化；加 --full 全部列出，并列支部")
_UNTOUCHED = Text.of("No later version changed {item}.", "此后没有版本变更 {item}。")


@command(
    "versions",
    "Tell which versions of the rules there were: what each changed, from when on, by whom, and which branches it touched on their way, all"
    " alike or not. With ITEM (the id of a requirement, a parameter ...) only what changed it.",
    "说明方案有过哪些版本：各自变更了什么、自何时起、由谁施行、影响哪些在途支部、是否一视同仁。"
    "加 ITEM（条件、参数等的标识）则只列与之有关的变更。",
)
@click.argument("item", required=False)
@full_option
@click.pass_obj
def audit_versions(settings: Settings, item: str | None, full: bool) -> None:
    with settings.campaign() as campaign:
        found = editions(campaign, item)
        voice = Voice(campaign.definition, settings.lang, full, campaign.names())
        everybody = editions(campaign) if item else found
    if settings.json:
        show.say_json([_plain(each, settings.lang) for each in found])
        return
    lines = [_conclusion(voice, everybody), *(line for each in found for line in _edition(voice, each))]
    if item and len(found) == 1:
        lines.append(voice.say(_UNTOUCHED, item=item))
    show.say("\n".join(lines))


def _conclusion(voice: Voice, found: Sequence[Edition]) -> str:
    under = [each for each in found if each.branches]
    total = sum(each.branches for each in under)
    about = {"n": f"{total:,}", "branches": counted_noun(voice, total)}
    if len(under) == 1:
        return voice.say(_ALIKE, **about, number=under[0].number)
    listed = voice.listed(voice.say(_EACH, number=each.number, n=f"{each.branches:,}") for each in under)
    return voice.say(_UNLIKE, **about, listed=listed)


def _edition(voice: Voice, found: Edition) -> Iterator[str]:
    name = f"{found.version or '-'} [{found.definition[:_HASH]}]"
    about = {"number": found.number, "name": name, "since": found.since}
    yield ""
    if found.number == 1:
        yield voice.say(_FIRST, **about)
    else:
        yield voice.say(_LATER, **about, scope=_SCOPES[found.scope], by=voice.name(found.by), seq=found.seq, reason=found.reason)
    shown = found.changes if voice.full else found.changes[:_FEW]
    yield from (difference_line(each, voice.lang) for each in shown)
    if len(shown) < len(found.changes):
        yield f"  {voice.say(_MORE, n=f'{len(found.changes) - len(shown):,}')}"
    yield f"  {_touched(voice, found)}"
    if voice.full and found.running:
        yield f"  {voice.say(_NAMED, listed=voice.listed(found.running))}"


def _touched(voice: Voice, found: Edition) -> str:
    n = found.branches
    about = {"n": f"{n:,}", "branches": counted_noun(voice, n)}
    if found.number == 1:
        return voice.say(_NOW, **about)
    return voice.say(_TOUCHED, **about, running=f"{len(found.running):,}", begun=f"{len(found.begun):,}")


def _plain(found: Edition, lang: str) -> dict[str, Any]:
    names = ("number", "version", "definition", "since", "scope", "by", "reason", "seq")
    branches = {"running": list(found.running), "begun": list(found.begun)}
    return {
        **{name: getattr(found, name) for name in names},
        "changes": [difference_json(each, lang) for each in found.changes],
        **branches,
    }

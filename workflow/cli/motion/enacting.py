"""The command that puts a later version of the definition in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import click

from workflow.cli import show, values
from workflow.cli.facts import by, key
from workflow.cli.files import definition_file
from workflow.cli.motion import carrying
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.definition import Definition, load_file
from workflow.definition.differences import Difference, differences
from workflow.engine.campaign import Campaign
from workflow.texts import Text
from workflow.verdicts.findings import Verdict

_HEAD = Text.of("What changes in the rules ({was} → {now}): {n}", "规则的变化（{was} → {now}）：共 {n} 处")
_SAME = Text.of("Nothing changes in the rules ({was} → {now}) but words.", "规则没有变化（{was} → {now}），仅文字有别。")
_ALIKE = Text.of(
    "Both are called version {version}: write another `version` in the file, so that people can tell them apart.",
    "两者都称为第 {version} 版：请在文件中改写 version，以便区分。",
)
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_FROM_TO = Text.of("{was} → {now}", "{was} → {now}")
_NOTHING = Text.of("none", "无")


@command(
    "enact",
    "Put the definition in FILE in force as a later version, from a day on: shows what changes in the rules, with --dry-run also what would"
    " change for every branch. What was decided before stays as it was decided. FILE may be the name of one that comes with the program.",
    "自某日起施行 FILE 中的方案，作为新版本：列出规则的变化；加 --dry-run 还列出各支部将有何变化。"
    "此前已作的决定不变。FILE 可为随程序附带的方案名称。",
)
@click.argument("file")
@option("--from", "starts", metavar="DATE", en="the first day it holds (default: today)", zh="自何日起施行（默认今天）")
@option(
    "--for",
    "scope",
    type=click.Choice(["running", "new"]),
    default="running",
    en="for whatever runs from then on, or only for attempts that begin from then on (default: running)",
    zh="适用于此后进行中的全部轮次（running，默认），或仅适用于此后开始的轮次（new）",
)
@option(
    "--state",
    "states",
    multiple=True,
    metavar="OLD=NEW",
    en="where branches stand in it whose state it does not have any more (repeat for more)",
    zh="新版本取消的状态改为何状态（可重复）",
)
@by
@option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")
@key
@carrying.dry_run
@click.pass_obj
def enact(
    settings: Settings,
    file: str,
    starts: str | None,
    scope: Literal["running", "new"],
    states: tuple[str, ...],
    by: str,
    reason: str,
    key: str | None,
    dry_run: bool,
) -> int:
    renamed = values.pairs(states, "--state", "OLD=NEW")
    later = load_file(definition_file(file))

    def order(campaign: Campaign) -> Verdict:
        return campaign.enact(later, by=by, reason=reason, starts=starts, scope=scope, states=renamed, key=key)

    with settings.campaign() as campaign:
        on = starts if starts and starts > campaign.today else None
        said = carrying.what(settings, campaign, order, dry_run=dry_run, on=on)
        verdict = said.answers[0]
        changes = _changes(campaign, verdict)
        if settings.json:
            show.say_json(
                {"differences": [difference_json(each, settings.lang) for each in changes], "dry_run": dry_run, "answer": said.plain}
            )
        else:
            if verdict.allowed:
                show.say("\n".join(_lines(campaign, verdict, changes, settings.lang)))
            show.say(said.text)
        return said.code


def _changes(campaign: Campaign, verdict: Verdict) -> tuple[Difference, ...]:
    """From the version before to the one enacted; none for one that was refused."""
    return differences(campaign.version(verdict.detail["was"]), campaign.version(verdict.detail["hash"])) if verdict.allowed else ()


def _lines(campaign: Campaign, verdict: Verdict, changes: Sequence[Difference], lang: str) -> list[str]:
    """What changes in the rules, one difference a line: where, what it is called, and from what to what."""
    old, new = (campaign.version(verdict.detail[name]) for name in ("was", "hash"))
    was, now = _version(old), _version(new)
    alike = [_ALIKE.say(lang, version=new.version)] if new.version == old.version else []
    if not changes:
        return [_SAME.say(lang, was=was, now=now), *alike, ""]
    return [_HEAD.say(lang, n=len(changes), was=was, now=now), *(difference_line(each, lang) for each in changes), *alike, ""]


def _version(definition: Definition) -> str:
    return f"{definition.version} [{definition.hash[:8]}]" if definition.version else definition.hash[:8]


def difference_line(each: Difference, lang: str) -> str:
    """One difference in one line: where, what it is called, and from what to what."""
    name = f"{each.title.say(lang)} [{each.path}]"
    if each.was is None and each.now is None:
        return f"  {_MARKS[each.kind]} {name}"
    was, now = (None if side is None else side.say(lang) for side in (each.was, each.now))
    said = _FROM_TO.say(lang, was=was or _NOTHING.say(lang), now=now or _NOTHING.say(lang)) if each.kind == "changed" else now or was
    return f"  {_MARKS[each.kind]} {name}{'：' if lang == 'zh' else ': '}{said}"


def difference_json(each: Difference, lang: str) -> Mapping[str, Any]:
    """The same as plain values."""
    was, now = (None if side is None else side.say(lang) for side in (each.was, each.now))
    return {"path": each.path, "kind": each.kind, "title": each.title.say(lang), "was": was, "now": now}

"""Commands about what would help: unblock, and the option `--if` of `why`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from workflow.audit.unblock import unblock as unblocked
from workflow.audit.unblock_text import explain_supposed, explain_unblocking, supposed_json, unblocking_json
from workflow.audit.what_if import suppose
from workflow.cli import show, values
from workflow.cli.facts import fields, full
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import Text

supposing = option(
    "--if",
    "supposed",
    multiple=True,
    metavar="KIND[:MEMBER]:FIELD=VALUE,...",
    en="if this record were entered, such as attendance:li-ming:hours=4,mode=make_up (repeat for more)",
    zh="假设录入此记录，如 attendance:li-ming:hours=4,mode=make_up（可重复）",
)


def show_supposed(settings: Settings, campaign: Campaign, branch: str, changes: Sequence[str], *, full: bool) -> None:
    """Where the branch would stand if this were so."""
    found = suppose(campaign, branch, changes)
    if settings.json:
        show.say_json(supposed_json(campaign, found, settings.lang))
    else:
        show.say(explain_supposed(campaign, found, settings.lang, full=full))


@command(
    "unblock",
    "Say what would let a branch make a MOVE (default: the next one onward): the shortest sets of actions, with who would do what and when."
    " Every set is tried and taken back: nothing is written.",
    "说明怎样才能使支部作出某动作（默认为下一步动作）：列出最少的办理组合，写明由谁、何时办理。每种组合都经过试行并撤销，不作任何登记。",
)
@click.argument("branch")
@click.argument("move", required=False)
@option("--by", metavar="PERSON", en="who is to make the move (default: anybody entitled)", zh="由谁作出该动作（默认：任何有权者）")
@option("--most", type=int, default=5, metavar="N", en="sets shown at most (default: 5)", zh="最多列出几种组合（默认 5）")
@fields
@full
@click.pass_obj
def unblock(settings: Settings, branch: str, move: str | None, by: str | None, most: int, given: tuple[str, ...], full: bool) -> int:
    if most < 1:
        raise Misuse(Text.of("--most: expected a whole number from 1", "--most：应为不小于 1 的整数"), "usage")
    with settings.campaign() as campaign:
        found = unblocked(campaign, branch, move, by=by, takes=values.pairs(given), most=most)
        if settings.json:
            show.say_json(unblocking_json(campaign, found, settings.lang))
        else:
            show.say(explain_unblocking(campaign, found, settings.lang, full=full))
        return 0 if found.verdict.allowed or found.sets else 1

"""Commands about moves: ask, move, waive."""

from __future__ import annotations

import click

from workflow.cli import show, values
from workflow.cli.facts import by, fields, full, key
from workflow.cli.program import command, option
from workflow.cli.settings import Settings


@command(
    "ask",
    "Ask whether a branch may make a MOVE now. Nothing is written; the answer is the one `move` would give.",
    "询问支部现在可否作出某动作。不作任何登记；答复与 `move` 相同。",
)
@click.argument("branch")
@click.argument("move")
@option("--by", metavar="PERSON", en="who would make it (default: anybody entitled)", zh="拟由谁经办（默认：任何有权者）")
@fields
@full
@click.pass_obj
def ask(settings: Settings, branch: str, move: str, by: str | None, given: tuple[str, ...], full: bool) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.ask(branch, move, by=by, takes=values.pairs(given))
        return show.answer(settings, campaign, verdict, full=full)


@command(
    "move",
    "Make a MOVE of a branch, or be refused with all reasons. A step is closed by the move close_STEP.",
    "使支部作出某动作；不予通过时列明全部理由。环节以动作 close_环节 办结。",
)
@click.argument("branch")
@click.argument("move")
@by
@fields
@key
@full
@click.pass_obj
def move(settings: Settings, branch: str, move: str, by: str, given: tuple[str, ...], key: str | None, full: bool) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.move(branch, move, by=by, takes=values.pairs(given), key=key)
        return show.answer(settings, campaign, verdict, full=full)


@command(
    "waive",
    "Accept a disclosed gap in a REQUIREMENT, of a whole branch or of single members. It stays visible for ever.",
    "批准某条件上已公开的缺口，可针对整个支部或个别党员。该缺口将永久可见。",
)
@click.argument("branch")
@click.argument("requirement")
@by
@option("--reason", required=True, metavar="TEXT", en="why; it stays visible for ever", zh="理由，将永久可见")
@option(
    "--member",
    "members",
    multiple=True,
    metavar="MEMBER",
    en="for whom (repeat for more; default: the whole requirement)",
    zh="针对谁（可重复；默认针对整个条件）",
)
@option("--until", metavar="DATE", en="the last day it holds (default: for good)", zh="有效至何日（默认长期）")
@key
@click.pass_obj
def waive(
    settings: Settings, branch: str, requirement: str, by: str, reason: str, members: tuple[str, ...], until: str | None, key: str | None
) -> int:
    with settings.campaign() as campaign:
        verdict = campaign.waive(branch, requirement, by=by, reason=reason, members=members, until=until, key=key)
        return show.answer(settings, campaign, verdict)

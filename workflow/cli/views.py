"""Questions about where things stand: why, board, timeline."""

from __future__ import annotations

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.audit.looking_back import Back, look_back, past
from workflow.cli.audit.unblocking import show_supposed, supposing
from workflow.cli.boards import board_tables, chosen, listed, unreached_line
from workflow.cli.events import attempts_table, event_plain, event_text
from workflow.cli.facts import full
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.errors import Misuse
from workflow.reminders import unreached
from workflow.texts import Text


@command(
    "why",
    "Say why a branch is where it is: what stands between it and its next stage, in whose hands, since when. Of the past: with --at what"
    " was so on a day, with --known-at what was known by a day, with --attempt what was decided. With --if, as if a record were entered.",
    "说明支部为何处于现状：离下一阶段还差什么、由谁负责、自何时起。查过去：加 --at 看某日的情况，加 --known-at 看至某日所知，"
    "加 --attempt 看所作的决定。加 --if 看假设录入某记录后的情况。",
)
@click.argument("branch")
@past
@supposing
@full
@click.pass_obj
def why(
    settings: Settings,
    branch: str,
    full: bool,
    at: str | None,
    known_at: str | None,
    attempt: str | None,
    compare: str | None,
    move: str | None,
    supposed: tuple[str, ...],
) -> None:
    back = Back(at=at, known_at=known_at, attempt=attempt, compare=compare, move=move)
    if back and supposed:
        said = Text.of("either --if, or what was so (--at, --known-at, --attempt)", "--if 与 --at、--known-at、--attempt 不能同用")
        raise Misuse(said, "past-or-if")
    with settings.campaign() as campaign:
        if supposed:
            show_supposed(settings, campaign, branch, supposed, full=full)
            return
        if back:
            look_back(settings, campaign, branch, back, full=full)
            return
        found = campaign.why(branch)
        if settings.json:
            show.say_json(campaign.as_json(found, settings.lang))
        else:
            show.say(campaign.explain(found, settings.lang, full=full))


@command(
    "board",
    "Show where every branch stands, and below it what holds up how many, each branch counted once.",
    "显示各支部所处状态，并在其下列出什么卡住了多少支部，每个支部只计一次。",
)
@option("--batch", metavar="BATCH", en="only this batch", zh="只看此批次")
@option(
    "--list",
    "code",
    metavar="CODE",
    en="list the branches behind a count: a stage, a state, a requirement, a move that waits, finished or ended",
    zh="列出某一数字背后的支部：阶段、状态、条件、等待的动作，finished（已完成）或 ended（已合并或撤销）",
)
@option(
    "--all",
    "every",
    is_flag=True,
    en="with --list REQUIREMENT: all that lack it, not only those it is the first thing in the way of",
    zh="与 --list 条件 同用：列出所有未满足该条件的，而不只是首先卡在此处的",
)
@click.pass_obj
def board(settings: Settings, batch: str | None, code: str | None, every: bool) -> None:
    if every and code is None:
        raise Misuse(Text.of("--all goes with --list CODE", "--all 须与 --list 代码 同用"), "all-of-what")
    with settings.campaign() as campaign:
        definition = campaign.definition
        if code is not None:
            found = chosen(definition, campaign.outlooks(), code, batch)
            if settings.json:
                show.say_json([campaign.as_json(each, settings.lang) for each in (found.lacking if every else found.first)])
            else:
                show.draw(listed(definition, settings.lang, found, every=every))
            return
        at_a_glance, undelivered = campaign.board(), unreached(campaign.store)
        if settings.json:
            show.say_json({**asdict(at_a_glance), "undelivered": asdict(undelivered)})
            return
        show.draw(*board_tables(definition, settings.lang, at_a_glance, campaign.outlooks() if batch is not None else {}, batch))
        if line := unreached_line(settings.lang, undelivered):
            show.say(line)


@command(
    "timeline",
    "Tell what happened to a branch, one event a line; refusals with what stood in the way. With --campaign, to the campaign as a whole.",
    "逐行讲述支部的经过，每个事件一行；不予通过的注明原因。加 --campaign 则为整个活动的经过。",
)
@click.argument("branch", required=False)
@option("--attempts", is_flag=True, en="only its attempts: when each began and how it ended", zh="只列轮次：各轮次何时开始、如何结束")
@option("--campaign", "whole", is_flag=True, en="the campaign's own events: its creation, its people", zh="活动本身的事件：创建、人员")
@click.pass_obj
def timeline(settings: Settings, branch: str | None, attempts: bool, whole: bool) -> None:
    if whole and branch is not None:
        raise Misuse(Text.of(f"either {branch} or --campaign, not both", f"{branch} 与 --campaign 只能取其一"), "which-timeline")
    if not whole and branch is None:
        raise Misuse(Text.of("name a branch, or give --campaign", "请写明支部，或给出 --campaign"), "which-timeline")
    with settings.campaign() as campaign:
        if attempts and branch is not None:
            found = campaign.attempts(branch)
            if settings.json:
                show.say_json(found)
            else:
                show.draw(attempts_table(campaign.definition, settings.lang, found))
            return
        events, names = campaign.timeline(branch), campaign.names()
        if settings.json:
            show.say_json([event_plain(campaign.version(event.definition), event, settings.lang, names) for event in events])
            return
        for event in events:
            show.say(event_text(campaign.version(event.definition), event, settings.lang, names))

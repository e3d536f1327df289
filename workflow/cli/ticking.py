"""Commands that deliver: remind send, tick, run."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.program import command, option, spoken
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, WorkflowError
from workflow.progress import silent
from workflow.reminders import Delivered, Ticked, deliver, outbox, unreached
from workflow.reminders import tick as tick_once
from workflow.reminders.channels import SETTINGS, Channel, configured
from workflow.reminders.links import branch_page
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_LONGEST = timedelta(days=1)

_DELIVERED = Text.of(
    "sent: {sent}, to be tried again: {failed}, given up: {dead}, waiting: {waiting}",
    "已发送 {sent}，待重试 {failed}，放弃 {dead}，等待 {waiting}",
)
_UNREACHED = Text.of("{delivered}, people with no address: {n}", "{delivered}，没有地址的人员 {n}")
_TICKED = Text.of("{day}: new digests: {digests}; {delivered}", "{day}：新汇总 {digests}；{delivered}")
_FAULT = Text.of("! {channel}: {text}", "! {channel}：{text}")
_BROKEN = Text.of("! {text}", "！{text}")
_UNHEARD = Text.of(
    "! nobody heard what is due in {branches}: nobody is {role} there, nor anything above on the ladder",
    "! 有到期事项无人得知：{branches}；无人任{role}，其上各级亦无人",
)
_NOT_SET_UP = Text.of("! {channel}: it is not set up here; set {variable}", "! {channel}：此处未设置；请设 {variable}")
_NOT_INSTALLED = Text.of(
    "! {channel}: no package installed here brings this channel, or it is not set up", "! {channel}：此处安装的软件包均无此通道，或尚未设置"
)
_NOT_IN_REHEARSALS = Text.of(
    "! {channel}: a rehearsal writes to nobody; it has the channels console and file",
    "! {channel}：演练不向任何人发信，只用 console 和 file 通道",
)
_OWN_TIME = Text.of(
    "run keeps the campaign's own time: leave --now out; in a rehearsal `workflow remind tick` takes it",
    "run 使用活动自身的时间：请去掉 --now；演练中可在 `workflow remind tick` 上使用",
)
_SENDING = Text.of("sending", "投递")
_NO_INTERVAL = Text.of(
    "{value!r} is no interval from 1s to 24h, such as 90s, 5m or 1h", "{value!r} 不是 1s 至 24h 之间的间隔，应形如 90s、5m 或 1h"
)


@command(
    "send",
    "Deliver what waits and is due, once, through the channels set up in the environment. Exit code 1: something was given up.",
    "通过环境变量中设置的通道投递到期的通知，一次即止。退出码 1 表示有通知被放弃。",
)
@click.pass_obj
def send(settings: Settings) -> int:
    with settings.campaign() as campaign, show.progress(_SENDING.say(settings.lang)) as progress:
        channels = _channels(settings, campaign)
        done = deliver(campaign.store, lambda: campaign.now, channels, progress)
        idle = _idle(campaign, channels)
        if settings.json:
            show.say_json({**_plain(done, settings.lang), **_stuck(campaign, idle)})
        else:
            show.say("\n".join([_delivered(campaign, done, settings.lang), *_faults(settings, campaign, done, idle)]))
    return 1 if done.dead else 0


@command(
    "tick",
    "Put into digests what people are to hear of now, and deliver them, once. It may be called as often as one likes, by any number of"
    " processes: nobody hears twice. WORKFLOW_LINK may hold the address of a branch's page, such as https://host/branches/{branch}, for the"
    " digests. Exit code 1: something was given up.",
    "将此刻应告知各人的事项汇总并投递，一次即止。可任意多次调用，也可由多个进程同时调用，不会重复告知。"
    "可在 WORKFLOW_LINK 中设置支部页面地址，如 https://host/branches/{branch}，写入汇总。退出码 1 表示有通知被放弃。",
)
@click.pass_obj
def tick(settings: Settings) -> int:
    link = branch_page(os.environ)
    with settings.campaign() as campaign, show.progress(_SENDING.say(settings.lang)) as progress:
        channels = _channels(settings, campaign)
        done = tick_once(campaign, channels, link=link, progress=progress or silent)
        idle = _idle(campaign, channels)
        if settings.json:
            delivered = _plain(done.delivered, settings.lang)
            unheard = [{"branch": branch, "role": role} for branch, role in done.unheard]
            show.say_json({**asdict(done, recurse=False), "unheard": unheard, "delivered": delivered, **_stuck(campaign, idle)})
        else:
            lines = [*_unheard(settings, campaign, done), *_faults(settings, campaign, done.delivered, idle)]
            show.say("\n".join([_ticked(campaign, done, settings.lang), *lines]))
    return 1 if done.delivered.dead else 0


def _interval(ctx: click.Context, parameter: click.Parameter, value: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,5})([smh])", value)
    if found is not None:
        every = timedelta(**{_UNITS[found[2]]: int(found[1])})
        if timedelta(seconds=1) <= every <= _LONGEST:
            return every
    raise click.BadParameter(_NO_INTERVAL.say(spoken(ctx), value=value), ctx, parameter)


@command(
    "run",
    "Tick again and again in the foreground, until SIGTERM or Ctrl-C; a tick under way is finished first. A line for each tick that did"
    " something, faults on standard error. A rehearsal stands at its last event. Exit code 2: the database is gone.",
    "在前台反复执行 tick，直至收到 SIGTERM 或按 Ctrl-C；正在进行的一次先做完。有动作的一次输出一行，故障写入标准错误。"
    "演练停在其最后事件的时间。退出码 2 表示数据库已不在。",
    without=("now", "json"),
)
@option(
    "--every",
    callback=_interval,
    default="60s",
    metavar="INTERVAL",
    en="how often, such as 60s, 5m or 1h (default: 60s)",
    zh="间隔，如 60s、5m 或 1h（默认 60s）",
)
@click.pass_obj
def run(settings: Settings, every: timedelta) -> None:
    if settings.now is not None:
        raise Misuse(_OWN_TIME, "usage")
    link = branch_page(os.environ)
    with settings.campaign() as campaign:
        channels = configured(os.environ, sys.stdout, rehearsal=campaign.rehearsal)

    def say(campaign: Campaign, done: Ticked) -> None:
        if done.digests or done.delivered.sent or done.delivered.failed or done.delivered.dead:
            show.say(_ticked(campaign, done, settings.lang))
        for line in [*_unheard(settings, campaign, done), *_faults(settings, campaign, done.delivered)]:
            complain(line)

    def complain(line: str) -> None:
        show.console(error=True).print(line, soft_wrap=True)

    def broken(fault: WorkflowError) -> None:
        complain(_BROKEN.say(settings.lang, text=fault.say(settings.lang)))

    from workflow.reminders.ticker import run as run_ticker  # no other command waits for APScheduler to load

    run_ticker(lambda: Campaign.open(settings.database()), every, channels, link=link, say=say, complain=broken)


def _channels(settings: Settings, campaign: Campaign) -> list[Channel]:
    """Those set up here; where the answer is JSON the console's messages do not stand in its way."""
    return configured(os.environ, sys.stderr if settings.json else sys.stdout, rehearsal=campaign.rehearsal)


def _idle(campaign: Campaign, channels: Sequence[Channel]) -> list[str]:
    """Channels for which something waits, and which are not set up here."""
    return sorted({each.channel for each in outbox(campaign.store) if each.state == "waiting"} - {each.name for each in channels})


def _ticked(campaign: Campaign, done: Ticked, lang: str) -> str:
    return _TICKED.say(lang, day=done.day, digests=done.digests, delivered=_delivered(campaign, done.delivered, lang))


def _delivered(campaign: Campaign, done: Delivered, lang: str) -> str:
    said = _DELIVERED.say(lang, sent=done.sent, failed=done.failed, dead=done.dead, waiting=done.waiting)
    nowhere = unreached(campaign.store).without_address
    return _UNREACHED.say(lang, delivered=said, n=nowhere) if nowhere else said


def _unheard(settings: Settings, campaign: Campaign, done: Ticked) -> list[str]:
    """Where something rang for a role that nobody holds: each role with its branches."""
    voice = Voice(campaign.definition, settings.lang, names=campaign.names() if done.unheard else {})
    roles = sorted({role for _, role in done.unheard})
    branches = {role: voice.cut([voice.name(branch) for branch, each in done.unheard if each == role]) for role in roles}
    return [voice.say(_UNHEARD, role=voice.role(role), branches=branches[role]) for role in roles]


def _faults(settings: Settings, campaign: Campaign, done: Delivered, idle: Sequence[str] = ()) -> list[str]:
    def missing(channel: str) -> Text:
        return _NOT_IN_REHEARSALS if campaign.rehearsal else _NOT_SET_UP if channel in SETTINGS else _NOT_INSTALLED

    lines = [_FAULT.say(settings.lang, channel=channel, text=text) for channel, text in done.faults.items()]
    return lines + [missing(channel).say(settings.lang, channel=channel, variable=SETTINGS.get(channel, "")) for channel in idle]


def _stuck(campaign: Campaign, idle: Sequence[str]) -> dict[str, Any]:
    """What cannot get anywhere as things are, for programs: channels that are not set up, how many people have no address."""
    return {"not_set_up": idle, "without_address": unreached(campaign.store).without_address}


def _plain(done: Delivered, lang: str) -> dict[str, Any]:
    return {**asdict(done), "faults": {channel: text.say(lang) for channel, text in done.faults.items()}}

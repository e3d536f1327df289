"""Commands about events to other systems: outgoing subscribe, list, send, dead, replay, remove."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.clock import read_stamp
from workflow.engine.campaign import Campaign
from workflow.ledger import CAMPAIGN, branch_stream
from workflow.outgoing import (
    DeadLetter,
    Sent,
    Standing,
    Subscription,
    dead,
    from_environment,
    replay,
    send,
    subscribe,
    subscriptions,
    unsubscribe,
)
from workflow.outgoing.targets import variables
from workflow.progress import silent
from workflow.texts import Text

_SUBSCRIBED = Text.of(
    "Subscribed: {name}. Set {url} and {secret}, then: workflow outgoing send",
    "已订阅：{name}。请设 {url} 和 {secret}，再运行 workflow outgoing send",
)
_REMOVED = Text.of("Removed: {name}", "已移除：{name}")
_NONE = Text.of("There is no subscription.", "没有订阅。")
_SUBSCRIPTIONS = Text.of("subscriptions: {n}", "订阅：{n}")
_NAME, _KINDS = Text.of("name", "名称"), Text.of("events", "事件")
_BRANCH, _EVENT, _KIND = Text.of("branch", "支部"), Text.of("event", "事件号"), Text.of("kind", "种类")
_COLUMNS = (
    _NAME,
    _KINDS,
    Text.of("waiting", "待发"),
    Text.of("oldest", "最早"),
    Text.of("stuck", "受阻"),
    Text.of("given up", "已放弃"),
    Text.of("next", "下次"),
    Text.of("why", "原因"),
)
_ALL_KINDS = Text.of("all", "全部")
_STUCK = Text.of(
    "! {name}: {branch} is stuck at event {seq}, attempts: {attempts}, next at {next}: {why}",
    "! {name}：{branch} 受阻于第 {seq} 号事件，已试 {attempts} 次，下次 {next}：{why}",
)
_CAMPAIGN = Text.of("the campaign", "整个活动")
_SENDING = Text.of("sending", "发送")
_SENT = Text.of(
    "sent: {sent}, failed: {failed}, given up: {dead}, waiting: {waiting}", "已发送 {sent}，失败 {failed}，放弃 {dead}，待发 {waiting}"
)
_FAULT = Text.of("! {name}: {text}", "! {name}：{text}")
_BUSY = Text.of("! {name}: another process is at work on it", "! {name}：另有进程正在发送")
_NOT_SET_UP = Text.of("! {name}: it is not set up here; set {url} and {secret}", "! {name}：此处未设置；请设 {url} 和 {secret}")
_NO_DEAD = Text.of("Nothing was given up.", "没有已放弃的事件。")
_DEAD = Text.of("given up: {n}", "已放弃：{n}")
_DEAD_COLUMNS = (_NAME, _BRANCH, _EVENT, _KIND, Text.of("recorded", "记录时间"), Text.of("attempts", "已试次数"), Text.of("why", "原因"))
_REPLAYED = Text.of("to be sent again at the next sending: {n}", "下次发送时重发：{n}")

outgoing = Group(
    "outgoing",
    text=Text.of(
        "Events to other systems: CloudEvents over signed webhooks, each branch in its order.",
        "向其他系统发送事件：以签名 webhook 发送 CloudEvents，每个支部依次发送。",
    ),
)


@command(
    "subscribe",
    "Begin to keep what another system is to be sent, under a NAME. Where it goes is read from WORKFLOW_OUTGOING_<NAME>_URL, and what"
    " it is signed with from WORKFLOW_OUTGOING_<NAME>_SECRET, by whoever sends.",
    "以 NAME 登记另一系统的订阅。发往何处、以何密钥签名，由发送者从环境变量 WORKFLOW_OUTGOING_<NAME>_URL 和"
    " WORKFLOW_OUTGOING_<NAME>_SECRET 读取。",
)
@click.argument("name")
@option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    en="events of this kind only, such as moved; again for more",
    zh="只要此种事件，如 moved；可多次给出",
)
@option("--from-start", is_flag=True, en="from the first event of the campaign, not from now on", zh="从活动的第一个事件起，而非从现在起")
@option(
    "--whole",
    is_flag=True,
    en="with all an event holds: names, reasons, fields of records; without it ids, codes, days and counts only",
    zh="发送事件全部内容：姓名、理由、记录字段；不给出则只有编号、代码、日期和数目",
)
@click.pass_obj
def subscribe_(settings: Settings, name: str, kinds: tuple[str, ...], from_start: bool, whole: bool) -> None:
    with settings.campaign() as campaign:
        subscribe(campaign.store, Subscription(name, kinds, from_start=from_start, whole=whole), campaign.now)
        url, secret = variables(name)
        if settings.json:
            show.say_json({"name": name, "kinds": list(kinds), "from_start": from_start, "whole": whole, "variables": [url, secret]})
        else:
            show.say(_SUBSCRIBED.say(settings.lang, name=name, url=url, secret=secret))


@command(
    "list",
    "Show every subscription and how far it has come: what is still to be sent, what is stuck, and what was given up.",
    "列出各订阅及其进度：哪些待发，哪些受阻，哪些已放弃。",
)
@click.pass_obj
def list_(settings: Settings) -> None:
    with settings.campaign() as campaign:
        found = subscriptions(campaign.store)
        if settings.json:
            show.say_json([_plain_standing(each, settings.lang) for each in found])
        elif found:
            _draw_standings(settings.lang, campaign, found)
        else:
            show.say(_NONE.say(settings.lang))


@command(
    "send",
    "Send what other systems have not been sent yet, once. Exit code 1: something was given up.",
    "发送尚未发送的事件，一次即止。退出码 1 表示有事件被放弃。",
)
@click.pass_obj
def send_(settings: Settings) -> int:
    with settings.campaign() as campaign, show.progress(_SENDING.say(settings.lang)) as progress:
        targets = from_environment(os.environ, [each.name for each in subscriptions(campaign.store)])
        done = send(campaign.store, lambda: campaign.now, targets, progress or silent)
    _say_sent(settings, done)
    return 1 if done.dead else 0


@command("dead", "Show the events that were given up, of one subscription or of all.", "列出某一订阅或全部订阅中已放弃的事件。")
@click.argument("name", default="")
@click.pass_obj
def dead_(settings: Settings, name: str) -> None:
    with settings.campaign() as campaign:
        found = dead(campaign.store, name)
        if settings.json:
            show.say_json([{**asdict(each), "error": _said(each.error, settings.lang)} for each in found])
        elif found:
            _draw_dead(settings.lang, campaign, found)
        else:
            show.say(_NO_DEAD.say(settings.lang))


@command(
    "replay",
    "Have events that were given up sent again, of one subscription or of all, and what waits for its next attempt with them.",
    "重发某一订阅或全部订阅中已放弃的事件，等待重试的一并列为到期。",
)
@click.argument("name", default="")
@option("--branch", metavar="BRANCH", en="those of this branch only", zh="只限此支部")
@option("--campaign", "whole", is_flag=True, en="those of the campaign as a whole only", zh="只限整个活动的事件")
@option("--event", "seq", type=int, metavar="N", en="the event of this number only", zh="只限此号事件")
@click.pass_obj
def replay_(settings: Settings, name: str, branch: str | None, whole: bool, seq: int | None) -> None:
    with settings.campaign() as campaign:
        stream = CAMPAIGN if whole else branch and branch_stream(branch)
        n = replay(campaign.store, campaign.now, name, stream=stream or None, seq=seq)
        if settings.json:
            show.say_json({"again": n})
        else:
            show.say(_REPLAYED.say(settings.lang, n=n))


@command(
    "remove",
    "Forget a subscription: how far it had come, and what was given up. The ledger keeps all events.",
    "移除订阅及其进度、已放弃的事件。台账中的事件全部保留。",
)
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    with settings.campaign() as campaign:
        unsubscribe(campaign.store, name)
        if settings.json:
            show.say_json({"removed": name})
        else:
            show.say(_REMOVED.say(settings.lang, name=name))


def _say_sent(settings: Settings, done: Sent) -> None:
    lang = settings.lang
    if settings.json:
        faults = {name: text.say(lang) for name, text in done.faults.items()}
        show.say_json({**asdict(done), "faults": faults})
        return
    lines = [_SENT.say(lang, sent=done.sent, failed=done.failed, dead=done.dead, waiting=done.waiting)]
    lines += [_FAULT.say(lang, name=name, text=text) for name, text in done.faults.items()]
    lines += [_BUSY.say(lang, name=name) for name in done.busy]
    for name in done.not_set_up:
        url, secret = variables(name)
        lines.append(_NOT_SET_UP.say(lang, name=name, url=url, secret=secret))
    show.say("\n".join(lines))


def _draw_standings(lang: str, campaign: Campaign, found: Sequence[Standing]) -> None:
    columns = [column.say(lang) for column in _COLUMNS]
    table = show.table(_SUBSCRIPTIONS.say(lang, n=len(found)), *columns, right=(columns[2], columns[4], columns[5]))
    names, stuck = campaign.names(), []
    for each in found:
        kinds = ", ".join(each.kinds) or _ALL_KINDS.say(lang)
        oldest = _local(campaign, each.oldest) if each.oldest else ""
        again = _local(campaign, each.next_at) if each.failures else ""
        table.add_row(
            each.name, kinds, str(each.waiting), oldest, str(len(each.stuck)), str(each.dead), again, _said(each.error, lang) or ""
        )
        stuck += [
            _STUCK.say(
                lang,
                name=each.name,
                branch=names.get(one.branch, one.branch) or _CAMPAIGN.say(lang),
                seq=one.seq,
                attempts=one.attempts,
                next=_local(campaign, one.next_at),
                why=_said(one.error, lang) or "",
            )
            for one in each.stuck
        ]
    show.draw(table, *stuck)


def _draw_dead(lang: str, campaign: Campaign, found: Sequence[DeadLetter]) -> None:
    columns = [column.say(lang) for column in _DEAD_COLUMNS]
    table = show.table(_DEAD.say(lang, n=len(found)), *columns, right=(columns[2], columns[5]))
    names = campaign.names()
    for each in found:
        where, recorded = names.get(each.branch, each.branch) or _CAMPAIGN.say(lang), _local(campaign, each.recorded_at)
        table.add_row(each.subscription, where, f"#{each.seq}", each.kind, recorded, str(each.attempts), _said(each.error, lang) or "")
    show.draw(table)


def _local(campaign: Campaign, moment: str) -> str:
    return read_stamp(moment).astimezone(ZoneInfo(campaign.definition.calendar.zone)).strftime("%Y-%m-%d %H:%M")


def _said(text: Text | None, lang: str) -> str | None:
    return None if text is None else text.say(lang)


def _plain_standing(each: Standing, lang: str) -> dict[str, Any]:
    stuck = [{**asdict(one), "error": _said(one.error, lang)} for one in each.stuck]
    return {**asdict(each), "stuck": stuck, "error": _said(each.error, lang)}


for command_ in (subscribe_, list_, send_, dead_, replay_, remove):
    outgoing.add_command(command_)

"""Commands about reminders: remind address, outbox, purge; with those of other modules: send, tick, run, calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.calendar_feed import calendar
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.cli.ticking import run, send, tick
from workflow.clock import read_stamp
from workflow.errors import not_found
from workflow.reminders import Address, Undelivered, addresses, again, forget, outbox, purge, set_address
from workflow.reminders.addresses import name_of
from workflow.reminders.channels import names
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_COLUMNS = (
    Text.of("person", "人员"),
    Text.of("channel", "通道"),
    Text.of("address", "地址"),
    Text.of("state", "状态"),
    Text.of("notices", "通知"),
    Text.of("of", "所属日期"),
    Text.of("attempts", "已试次数"),
    Text.of("next", "下次"),
    Text.of("why", "原因"),
)
_ADDRESSES = Text.of("addresses: {n}", "地址：{n}")
_LANGUAGE = Text.of("language", "语言")
_NO_ADDRESS = Text.of("There is no address.", "没有地址。")
_FORGOTTEN = Text.of("addresses deleted: {n}", "已删除地址：{n}")
_STATES = {
    "dead": Text.of("given up", "已放弃"),
    "unaddressed": Text.of("no address", "没有地址"),
    "waiting": Text.of("waiting", "等待"),
}
_OUTBOX = Text.of(
    "not delivered: {n} (given up: {dead}, no address: {unaddressed}, waiting: {waiting})",
    "未送达：{n}（已放弃 {dead}，没有地址 {unaddressed}，等待 {waiting}）",
)
_ALL_DELIVERED = Text.of("All is delivered.", "全部已送达。")
_AGAIN = Text.of("to be tried again at the next sending: {n}", "下次投递时重试：{n}")
_DUE_FROM = Text.of("{first} to {last}", "{first} 至 {last}")
_PURGED = Text.of(
    "Deleted of before {day}: {sent} sent, {given_up} given up. Waiting, and kept: {kept}.",
    "已删除 {day} 之前的通知：已发送 {sent}，已放弃 {given_up}。仍在等待而保留：{kept}。",
)

remind = Group(
    "remind",
    text=Text.of(
        "Reminders on their way: who is reached how, what is not delivered and why.", "提醒的投递：如何联系到人，哪些未送达及其原因。"
    ),
)


@command(
    "address",
    "Say how a PERSON is reached, and in which language (that of --lang). Without options it shows the addresses. They are no part"
    " of the ledger, and can be deleted.",
    "登记某人的联系方式及所用语言（即 --lang）。不带选项则列出地址。地址不入台账，可以删除。",
)
@click.argument("person")
@option("--mail", metavar="ADDRESS", en="by e-mail, such as li@example.org", zh="通过电子邮件，如 li@example.org")
@option(
    "--webhook",
    metavar="WHO",
    en="through WORKFLOW_WEBHOOK_URL; who it is at its end",
    zh="通过 WORKFLOW_WEBHOOK_URL，填写对方系统中的接收人",
)
@option(
    "--notify",
    metavar="WHO",
    en="through Apprise and WORKFLOW_NOTIFY_URL; who it is at its end, put for {to} in the URL",
    zh="通过 Apprise 和 WORKFLOW_NOTIFY_URL，填写对方系统中的接收人，代入 URL 中的 {to}",
)
@option(
    "--file", metavar="WHO", en="as lines of the file WORKFLOW_NOTICES_FILE, under this name", zh="以此名写入文件 WORKFLOW_NOTICES_FILE"
)
@option("--console", metavar="WHO", en="on the screen of whoever sends, under this name", zh="以此名显示在投递者的屏幕上")
@option(
    "--channel",
    "others",
    nargs=2,
    multiple=True,
    metavar="NAME WHO",
    en="through the channel NAME of an installed package; who it is at its end",
    zh="通过已安装软件包的通道 NAME，填写对方系统中的接收人",
)
@option(
    "--forget",
    "forgotten",
    is_flag=True,
    en="delete all addresses of this person, before others are set",
    zh="删除此人全部地址，再登记其他地址",
)
@click.pass_obj
def address(settings: Settings, /, person: str, others: Sequence[tuple[str, str]], forgotten: bool, **given: str | None) -> None:
    for channel, _ in others:
        if channel not in names():
            raise not_found("there is no channel", "没有通道", channel, names(), "channel-name")
    with settings.campaign() as campaign:
        name_of(campaign.store, person)
        with campaign.store.write():
            gone = forget(campaign.store, person) if forgotten else []
            for channel, said in (*given.items(), *others):
                if said is not None:
                    set_address(campaign.store, Address(person, channel, said, settings.lang), campaign.now)
            found = addresses(campaign.store, person)
        if settings.json:
            show.say_json([asdict(each) for each in found])
            return
        if forgotten:
            show.say(_FORGOTTEN.say(settings.lang, n=len(gone)))
        if found:
            _draw_addresses(Voice(campaign.definition, settings.lang, names=campaign.names()), found)
        elif not forgotten:
            show.say(_NO_ADDRESS.say(settings.lang))


@command(
    "outbox",
    "Show what is not delivered: what was given up and why, whom nobody can reach, and what waits for its next attempt.",
    "显示未送达的通知：哪些已放弃及其原因，何人无从联系，哪些等待下次投递。",
)
@option(
    "--again", "once_more", is_flag=True, en="make all of it due: the next sending tries it again", zh="全部重新列为待投递，下次投递时重试"
)
@click.pass_obj
def outbox_(settings: Settings, once_more: bool) -> None:
    with settings.campaign() as campaign:
        revived = again(campaign.store, campaign.now) if once_more else 0
        found = outbox(campaign.store)
        if settings.json:
            show.say_json([_plain(each, settings.lang) for each in found])
            return
        if once_more:
            show.say(_AGAIN.say(settings.lang, n=revived))
        if found:
            _draw_outbox(Voice(campaign.definition, settings.lang, names=campaign.names()), found)
        else:
            show.say(_ALL_DELIVERED.say(settings.lang))


@command(
    "purge",
    "Delete old notices: those that were sent, or given up. What waits is kept, and so is the ledger.",
    "删除旧通知：已发送的和已放弃的。等待中的通知予以保留，台账不变。",
)
@option("--before", metavar="DATE", required=True, en="notices of before this day, today at the latest", zh="此日之前的通知，最晚为今天")
@click.pass_obj
def purge_(settings: Settings, before: str) -> None:
    with settings.campaign() as campaign:
        gone = asdict(purge(campaign, before))
    if settings.json:
        show.say_json({"before": before, **gone})
    else:
        show.say(_PURGED.say(settings.lang, day=before, **gone))


def _draw_addresses(voice: Voice, found: Sequence[Address]) -> None:
    columns = (*_COLUMNS[:3], _LANGUAGE)
    table = show.table(voice.say(_ADDRESSES, n=len(found)), *(voice.say(column) for column in columns))
    for each in found:
        table.add_row(voice.name(each.person), each.channel, each.address, each.lang)
    show.draw(table)


def _draw_outbox(voice: Voice, found: Sequence[Undelivered]) -> None:
    counts = {state: sum(each.notices for each in found if each.state == state) for state in _STATES}
    title = voice.say(_OUTBOX, n=sum(counts.values()), **counts)
    table = show.table(title, *(voice.say(column) for column in _COLUMNS), right=(voice.say(_COLUMNS[4]), voice.say(_COLUMNS[6])))
    for each in found:
        days = each.first if each.first == each.last else voice.say(_DUE_FROM, first=each.first, last=each.last)
        why = voice.say(each.error) if each.error else ""
        when = _local(voice, each.next_at) if each.state == "waiting" else ""
        state = voice.say(_STATES[each.state])
        table.add_row(voice.name(each.person), each.channel, each.address, state, str(each.notices), days, str(each.attempts), when, why)
    show.draw(table)


def _local(voice: Voice, moment: str) -> str:
    zone = ZoneInfo(voice.definition.calendar.zone)
    return read_stamp(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _plain(each: Undelivered, lang: str) -> dict[str, Any]:
    plain = asdict(each, filter=lambda attribute, _: attribute.name != "error")
    return {**plain, "error": each.error.say(lang) if each.error else None}


for command_ in (address, outbox_, send, tick, run, purge_, calendar):
    remind.add_command(command_)

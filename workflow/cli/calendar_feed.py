"""The command `remind calendar`: somebody's deadlines for their calendar program."""

from __future__ import annotations

import os
from pathlib import Path

import click

from workflow.cli import show
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.reminders import feed
from workflow.reminders.links import branch_page
from workflow.texts import Text

_WRITTEN = Text.of("written: {path}", "已写入：{path}")


@command(
    "calendar",
    "Write the deadlines that are in the hands of PERSON, or have come up to them, as an iCalendar file (.ics). Programs that subscribe to"
    " it follow each deadline when it moves. WORKFLOW_LINK says where a branch is looked at, such as https://host/branches/{branch}.",
    "把某人负责或已上报其处的期限写为 iCalendar 文件（.ics）。订阅后，日历程序随期限变动而更新。"
    "环境变量 WORKFLOW_LINK 指明查看支部的网址，如 https://host/branches/{branch}。",
)
@click.argument("person")
@option("-o", "--out", metavar="FILE", en="write to this file, not to the screen", zh="写入此文件，而不是输出到屏幕")
@click.pass_obj
def calendar(settings: Settings, person: str, out: str | None) -> None:
    link = branch_page(os.environ)
    with settings.campaign() as campaign:
        made = feed(campaign, person, settings.lang, link=link)
    if out is not None:
        Path(out).write_bytes(made)
    if settings.json:
        show.say_json({"person": person, **({"file": out} if out else {"text": made.decode()})})
    elif out is not None:
        show.say(_WRITTEN.say(settings.lang, path=out))
    else:
        click.echo(made, nl=False)

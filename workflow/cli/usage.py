"""What was wrong with a command line, in the reader's language."""

from __future__ import annotations

import re

import click

from workflow.texts import Text

_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_SEE = Text.of("see `{command} --help`", "参见 `{command} --help`")


def said(error: click.ClickException, lang: str) -> str:
    """The fault, and where help is."""
    text = _text(error).say(lang)
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is None:
        return text
    return f"{text}{'；' if lang == 'zh' else '; '}{_SEE.say(lang, command=ctx.command_path)}"


def _text(error: click.ClickException) -> Text:
    given = error.format_message().rstrip(".")
    match error:
        case click.MissingParameter(param=click.Argument() as argument):
            name = argument.human_readable_name
            return Text.of(f"{name} is missing", f"缺少 {name}")
        case click.MissingParameter(param=click.Option() as option):
            name = max(option.opts, key=len)
            return Text.of(f"{name} is missing", f"缺少 {name}")
        case click.NoSuchOption(option_name=name, possibilities=near):
            en, zh = (f"; did you mean {near[0]}?", f"；是否指 {near[0]}？") if near else ("", "")
            return Text.of(f"there is no option {name}{en}", f"没有选项 {name}{zh}")
        case click.BadOptionUsage(option_name=name):
            if "does not take" in given:
                return Text.of(f"{name} takes no value", f"{name} 不带值")
            return Text.of(f"{name} needs a value", f"{name} 须带一个值")
        case click.BadParameter(param=click.Parameter() as parameter, message=message):
            name = parameter.human_readable_name if isinstance(parameter, click.Argument) else max(parameter.opts, key=len)
            expected = _expected(parameter.type) or Text.same(message)
            return Text.of(f"{name}: {expected.say('en')}", f"{name}：{expected.say('zh')}")
        case click.FileError(ui_filename=name, message=message):
            return Text.of(f"{name}: {message}", f"{name}：{message}")
        case _:
            too_many = _TOO_MANY.match(given)
            if too_many is None:
                return Text.of(given, f"命令行有误：{given}")
            return Text.of(f"too much on the command line: {too_many[1]}", f"多余的参数：{too_many[1]}")


def _expected(kind: object) -> Text | None:
    """What a value of this kind looks like, for the kinds whose own words are English only."""
    if isinstance(kind, click.Choice):
        options = [*map(str, kind.choices)]
        return Text.of(f"expected one of {', '.join(options)}", f"应为其一：{'、'.join(options)}")
    if isinstance(kind, click.IntRange) and kind.max is None:
        return Text.of(f"expected a whole number from {kind.min} up", f"应为不小于 {kind.min} 的整数")
    if isinstance(kind, click.IntRange):
        return Text.of(f"expected a whole number from {kind.min} to {kind.max}", f"应为 {kind.min} 至 {kind.max} 的整数")
    return Text.of("expected a whole number", "应为整数") if kind is click.INT else None

"""What was wrong with a command line, in the reader's language."""

from __future__ import annotations

import click

from workflow.texts import Text

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
            return Text.of(f"{option.opts[0]} is missing", f"缺少 {option.opts[0]}")
        case click.NoSuchOption(option_name=name, possibilities=near):
            en, zh = (f"; did you mean {near[0]}?", f"；是否指 {near[0]}？") if near else ("", "")
            return Text.of(f"there is no option {name}{en}", f"没有选项 {name}{zh}")
        case click.BadOptionUsage(option_name=name):
            return Text.of(f"{name} is given in the wrong way: {given}", f"{name} 用法有误：{given}")
        case click.BadParameter(param=click.Parameter() as parameter, message=message):
            name = parameter.opts[0]
            return Text.of(f"{name}: {message}".rstrip("."), f"{name}：{message}".rstrip("."))
        case click.FileError(ui_filename=name, message=message):
            return Text.of(f"{name}: {message}", f"{name}：{message}")
        case _:
            return Text.of(given, f"命令行有误：{given}")

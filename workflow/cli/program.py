"""Commands whose help is said in the reader's language, with the global options before or after the command's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from workflow.cli.settings import Settings
from workflow.errors import NotFound, did_you_mean
from workflow.texts import LANGUAGES, Text

USAGE = Text.of("Usage: ", "用法：")
OPTIONS = Text.of("Options", "选项")
COMMANDS = Text.of("Commands", "命令")
REQUIRED = Text.of("{text} [required]", "{text}［必填］")
HELP = Text.of("show this help", "显示本帮助")

Function = Callable[..., Any]


def spoken(ctx: click.Context) -> str:
    """The language of this call."""
    settings = ctx.find_object(Settings)
    return settings.lang if settings is not None else "en"


class Option(click.Option):
    """An option with its help as a text."""

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        said = self.text.say(spoken(ctx))
        return record[0], REQUIRED.say(spoken(ctx), text=said) if self.required else said


class _Spoken(click.Command):
    """What commands and groups of commands have in common."""

    text: Text

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=USAGE.say(spoken(ctx)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.text.say(spoken(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        with formatter.section(OPTIONS.say(spoken(ctx))):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:  # noqa: ARG002 - click's signature
        return Option(["-h", "--help"], text=HELP, is_flag=True, is_eager=True, expose_value=False, callback=_show_help)


def _show_help(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(ctx.get_help())
        ctx.exit()


class Command(_Spoken):
    """One command. It returns its exit code; None is 0. The global options in `without` mean nothing to it, and are not shown."""

    def __init__(self, *args: Any, text: Text, without: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        self.params += global_options(without)


class Group(_Spoken, click.Group):
    """Several commands under one name; named alone it shows its help, and ends with `alone`."""

    def __init__(self, *args: Any, text: Text, alone: int = 2, **kwargs: Any) -> None:
        def show_help(ctx: click.Context) -> None:
            if ctx.invoked_subcommand is None:
                click.echo(ctx.get_help())
                ctx.exit(alone)

        kwargs |= {"invoke_without_command": True, "callback": click.pass_context(show_help)}
        super().__init__(*args, **kwargs)
        self.text = text
        self.params += global_options()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.commands[name]) for name in self.commands]
        with formatter.section(COMMANDS.say(spoken(ctx))):
            formatter.write_dl([(name, _first_sentence(command, spoken(ctx))) for name, command in commands])
        super().format_options(ctx, formatter)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            hint = did_you_mean(args[0], list(self.commands))
            said = Text.of(f"there is no command {args[0]}; {hint.say('en')}", f"没有命令 {args[0]}；{hint.say('zh')}")
            raise NotFound(said, "command")
        return super().resolve_command(ctx, args)


def _first_sentence(command: click.Command, lang: str) -> str:
    text = command.text.say(lang) if isinstance(command, _Spoken) else ""
    return text.partition("。" if lang == "zh" else ". ")[0].rstrip(".")


# -- declaring ---------------------------------------------------------------------------------------------------------


def command(name: str, en: str, zh: str, *, without: Sequence[str] = ()) -> Callable[[Function], Command]:
    """Makes a function a command, which has no use for the global options in `without`."""
    return click.command(name, cls=Command, text=Text.of(en, zh), without=without)


def option(*names: str, en: str, zh: str, **kwargs: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=Option, text=Text.of(en, zh), **kwargs)


def global_options(without: Sequence[str] = ()) -> list[click.Parameter]:
    """The options every command has; those in `without` are passed over in its help."""
    options = [
        _global(
            "db", "--db", metavar="PATH", text=Text.of("the campaign's database (or set WORKFLOW_DB)", "活动的数据库（也可设 WORKFLOW_DB）")
        ),
        _global(
            "lang",
            "--lang",
            type=click.Choice(LANGUAGES),
            text=Text.of("language (or set WORKFLOW_LANG)", "语言（也可设 WORKFLOW_LANG）"),
        ),
        _global("json", "--json", is_flag=True, text=Text.of("answer in JSON", "以 JSON 作答")),
        _global(
            "now",
            "--now",
            metavar="ISO",
            read=_moment,
            text=Text.of("what time it is, for rehearsals, such as 2005-03-18T09:00", "当前时间，仅供演练，如 2005-03-18T09:00"),
        ),
    ]
    for each in options:
        each.hidden = each.name in without
    return list(options)


def _global(name: str, flag: str, read: Callable[..., Any] | None = None, **kwargs: Any) -> Option:
    def keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
        settings = ctx.ensure_object(Settings)
        if value not in (None, False):
            setattr(settings, name, value if read is None else read(ctx, parameter, value))

    return Option([flag, name], expose_value=False, callback=keep, **kwargs)


def _moment(ctx: click.Context, parameter: click.Parameter, value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        said = Text.of(f"{value!r} is not a time such as 2005-03-18T09:00", f"{value!r} 不是形如 2005-03-18T09:00 的时间")
        raise click.BadParameter(said.say(spoken(ctx)), ctx, parameter) from None

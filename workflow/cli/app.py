"""The program `workflow`: its commands, its exit codes, and how it says what went wrong.

Exit codes: 0 done, 1 refused, 2 misuse (faults in a file included), 130 interrupted.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

from workflow.cli import usage
from workflow.cli.audit.auditing import audit
from workflow.cli.audit.blocked import blocked
from workflow.cli.audit.records import records
from workflow.cli.audit.unblocking import unblock
from workflow.cli.casework import case
from workflow.cli.chasing import due
from workflow.cli.demo import demo
from workflow.cli.facts import record, withdraw
from workflow.cli.files import check, draw, example, new
from workflow.cli.importing import export, import_
from workflow.cli.listing import show_
from workflow.cli.motion.clocks import extend, resume, suspend
from workflow.cli.motion.enacting import enact
from workflow.cli.motion.members import appoint, member, relieve
from workflow.cli.motion.structure import batch, branch
from workflow.cli.moving import ask, move, waive
from workflow.cli.outgoing import outgoing
from workflow.cli.planning.forecasting import forecast
from workflow.cli.planning.rehearsing import rehearse_plan
from workflow.cli.planning.simulating import simulate
from workflow.cli.program import Group, Option, spoken
from workflow.cli.proof import verify
from workflow.cli.reminding import remind
from workflow.cli.reporting import report
from workflow.cli.settings import Settings, from_environment
from workflow.cli.show import console
from workflow.cli.views import board, timeline, why
from workflow.definition.foreign import foreign
from workflow.errors import DefinitionFault, InputFault, WorkflowError
from workflow.texts import Text

REFUSED, MISUSE, INTERRUPTED, NOBODY_READS = 1, 2, 130, 141
_ERROR = Text.of("error: {text}", "错误：{text}")
_FAULTS = Text.of("{n} faults", "共 {n} 处错误")
_UNINSTALLED = Text.of("(run from a checkout, not installed)", "（由源码运行，未安装）")
_COMPLETION = Text.of(
    'Commands and options are completed by the Tab key after: eval "$(_WORKFLOW_COMPLETE=bash_source workflow)" (zsh_source, fish_source).',
    '执行 eval "$(_WORKFLOW_COMPLETE=bash_source workflow)" 后可用 Tab 键补全命令和选项（另有 zsh_source、fish_source）。',
)
_INTERRUPTED = Text.of("interrupted: what was not yet answered was not done", "已中断：尚未答复的命令未执行")


class Program(Group):
    """The whole program."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any) -> Any:
        """Runs one command line and exits; with `standalone_mode=False` it returns the exit code, and faults are raised."""
        if extra.get("standalone_mode") is False:
            return super().main(args, prog_name, *rest, **extra)
        given = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that lacks a character shows a question mark
        sys.exit(_run(self, given, prog_name or "workflow", from_environment(given)))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(_COMPLETION.say(spoken(ctx)))

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but a reader who has gone is no refusal: click would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise NobodyReadsError from None


class NobodyReadsError(Exception):
    """Whoever read our output has closed it."""


def _run(program: Program, args: list[str], name: str, settings: Settings) -> int:
    try:
        code = program.main(args, prog_name=name, standalone_mode=False, obj=settings)
        sys.stdout.flush()
        return code or 0
    except WorkflowError as error:
        _complain(settings, error)
    except click.ClickException as error:
        text = usage.said(error, settings.lang)
        _complain(settings, WorkflowError(Text.same(text), "usage"))
    except (click.Abort, KeyboardInterrupt):
        console(error=True).print(_INTERRUPTED.say(settings.lang))
        return INTERRUPTED
    except (BrokenPipeError, NobodyReadsError):
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        why = foreign(error.strerror)
        _complain(settings, WorkflowError(Text.of(f"{where}{why.say('en')}", f"{where}无法读写（{why.say('zh')}）"), "file"))
    return MISUSE


def _complain(settings: Settings, error: WorkflowError) -> None:
    """What went wrong, with all faults, on standard error."""
    found = error.faults if isinstance(error, (DefinitionFault, InputFault)) else ()
    if settings.json:
        plain = [{"where": f.where, "path": f.path, "code": f.code, "text": f.text.say(settings.lang)} for f in found]
        value = {"code": error.code, "message": error.say(settings.lang), "faults": plain}
        sys.stderr.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
        return
    screen = console(error=True)
    if not found:
        screen.print(_ERROR.say(settings.lang, text=error.say(settings.lang)), soft_wrap=True)
        return
    screen.print(error.say(settings.lang), soft_wrap=True)
    if len(found) > 1:
        screen.print(_FAULTS.say(settings.lang, n=len(found)))


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        try:
            number = metadata.version("campaign-workflow")
        except metadata.PackageNotFoundError:
            number = _UNINSTALLED.say(spoken(ctx))
        click.echo(f"workflow {number}")
        ctx.exit()


cli = Program(
    "workflow",
    alone=0,
    text=Text.of(
        "Staged, gated campaigns over many branches, and always the reason why a branch was held back. Begin with `workflow demo`.",
        "对众多支部分阶段、逐关口推进的活动进行管理，并始终说明支部为何未能通过。可先运行 `workflow demo`。",
    ),
    params=[
        Option(
            ["--version"], text=Text.of("show the version", "显示版本"), is_flag=True, is_eager=True, expose_value=False, callback=_version
        )
    ],
    commands=[
        demo,
        example,
        check,
        draw,
        show_,
        new,
        record,
        import_,
        withdraw,
        ask,
        move,
        waive,
        case,
        enact,
        extend,
        suspend,
        resume,
        member,
        appoint,
        relieve,
        branch,
        batch,
        why,
        blocked,
        unblock,
        board,
        due,
        timeline,
        records,
        report,
        export,
        verify,
        audit,
        remind,
        outgoing,
        simulate,
        forecast,
        rehearse_plan,
    ],
)


def main() -> None:
    """The console script."""
    cli.main()

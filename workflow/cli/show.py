"""Onto the screen: words with colours on a terminal, JSON where it was asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text
from rich.theme import Theme

from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet, wrapped
from workflow.engine.campaign import Campaign
from workflow.errors import Fault
from workflow.texts import Text as Words
from workflow.verdicts.findings import Verdict

_PIPE = 160  # columns where there is no screen
_UNLIMITED = 10_000  # columns of a table or a line where nobody watches
_FAULTS = 20  # warnings shown before the rest is counted
_THEME = Theme(
    {
        "mark.unmet": "bold red",
        "mark.unknown": "bold yellow",
        "mark.error": "bold magenta",
        "mark.waived": "bold cyan",
        "mark.met": "bold green",
        "mark.code": "dim",
    }
)
MORE_FAULTS = Words.of("and {n} more warnings; --full shows them all", "另有 {n} 条警告未列出；加 --full 全部列出")


class _Marks(RegexHighlighter):
    """Colours the mark at the beginning of a line and the code at its end."""

    base_style = "mark."
    highlights = [  # noqa: RUF012 - as the base class has it
        r"(?m)^\s*(?P<unmet>✗)",
        r"(?m)^\s*(?P<unknown>\?) ",
        r"(?m)^\s*(?P<error>!) ",
        r"(?m)^\s*(?P<waived>~) ",
        r"(?m)^\s*(?P<met>✓)",
        r"(?m)  (?P<code>\[[a-z0-9_.]+\])$",
    ]


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Whoever reads has had enough; `main` ends quietly."""
        raise BrokenPipeError


class _Rate(ProgressColumn):
    """How many are done a second."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def render(self, task: Task) -> Text:
        return Text(self.words.format(speed=task.speed) if task.speed else "")


def console(*, error: bool = False) -> Console:
    """Where words go: standard output, or standard error."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else _PIPE
    return _Console(file=stream, highlighter=_Marks(), theme=_THEME, markup=False, emoji=False, width=width)


def say(text: str) -> None:
    """Words, line for line; on a terminal a long line goes on below its own indent."""
    _print(console(), text)


def say_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def draw(*parts: Sheet | str) -> None:
    """Tables and lines between them."""
    screen = console()
    for part in parts:
        if isinstance(part, str):
            _print(screen, part)
            continue
        for line in part.lines(_space(screen)):
            screen.print(Text(line.cells[0], style="bold" if line.bold else ""), soft_wrap=True)


def _print(screen: Console, text: str) -> None:
    for line in text.split("\n"):
        for part in wrapped(line, _space(screen)):
            screen.print(part, soft_wrap=True)


def _space(screen: Console) -> int:
    """Columns there are; where nobody watches, as many as are wanted."""
    return screen.width if screen.file.isatty() else _UNLIMITED


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Sheet:
    """An empty table; the columns in `right` hold figures."""
    return Sheet(title, columns, frozenset(right))


def answer(settings: Settings, campaign: Campaign, verdict: Verdict, *, full: bool = False) -> int:
    """Shows a verdict; the exit code says whether it allows."""
    if settings.json:
        say_json(campaign.as_json(verdict, settings.lang))
    else:
        say(campaign.explain(verdict, settings.lang, full=full))
    return 0 if verdict.allowed else 1


def faults(settings: Settings, found: Sequence[Fault], *, full: bool) -> None:
    """Warnings, on standard error."""
    shown = found if full else found[:_FAULTS]
    screen = console(error=True)
    for fault in shown:
        screen.print(f"! {fault.say(settings.lang)}", soft_wrap=True)
    if len(found) > len(shown):
        screen.print(MORE_FAULTS.say(settings.lang, n=len(found) - len(shown)), soft_wrap=True)


def plain_fault(settings: Settings, fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "path": fault.path, "code": fault.code, "text": fault.text.say(settings.lang)}


@contextmanager
def progress(what: str, rate: str = "") -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while something long goes on; None where nobody watches. `rate` says how many a second: `{speed:,.0f}/s`."""
    screen = console(error=True)
    if not screen.is_terminal:
        yield None
        return
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, *([_Rate(rate)] if rate else []), console=screen, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

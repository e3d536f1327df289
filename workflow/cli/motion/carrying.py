"""Commands that change the plan or the rolls: carried out, or tried out first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click
from attrs import frozen

from workflow.cli import show
from workflow.cli.program import option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.engine.motion.impact import Change, Impact
from workflow.errors import Misuse, not_found
from workflow.texts import Text, counted
from workflow.verdicts.findings import Verdict

Answer = Verdict | tuple[Verdict, ...]
Tell = Callable[[Settings, Campaign, Sequence[Verdict]], int]

_WHOLE = 3  # refusals shown in full
_LINES = 20  # answers shown, a line each
_NOBODY = Text.of("no branch is concerned: nothing was done", "不涉及任何支部：未作处理")
_DONE = Text.of("done: {n}", "已办理：{n}")
_REFUSED = Text.of("refused, and nothing was done: {n} may not", "不予办理，未作任何改变：{n}不符合")
_MORE = Text.of("and {n} more; --json has them all", "另有 {n} 个未列出；加 --json 全部列出")
_TRYING = Text.of("every branch, with it and without it", "逐一比较各支部前后情况")
_DRY_ONLY = Text.of("{option} goes with --dry-run", "{option} 须与 --dry-run 同用")
_UNCHANGED = Text.of("{title} ({branch}) would not change; nothing was written.", "{title}（{branch}）不会有变化；未作任何登记。")
_META = "workflow.carrying."


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    ctx.meta[f"{_META}{parameter.name}"] = value


def dry_run(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--dry-run` (parameter `dry_run`), and with it `--branch` and `--full`, which `carry_out` sees to."""
    for decorate in (
        option(
            "--full",
            "whole_impact",
            is_flag=True,
            expose_value=False,
            callback=_keep,
            en="with --dry-run: leave no branch out",
            zh="与 --dry-run 同用：列出全部支部",
        ),
        option(
            "--branch",
            "one_branch",
            metavar="BRANCH",
            expose_value=False,
            callback=_keep,
            en="with --dry-run: what would change for this branch, in full",
            zh="与 --dry-run 同用：详列该支部的变化",
        ),
        option(
            "--dry-run",
            "dry_run",
            is_flag=True,
            en="say what would change, branch by branch; nothing is written",
            zh="只说明各支部将有何变化，不作任何登记",
        ),
    ):
        function = decorate(function)
    return function


@frozen
class Said:
    """What is said of a command: `plain` where JSON was asked for, else `text`; and the verdicts it rests on."""

    answers: tuple[Verdict, ...]
    plain: Any = None
    text: str = ""

    @property
    def code(self) -> int:
        """The exit code: 0 if it is allowed, 1 if it is refused."""
        return 0 if all(self.answers) else 1


def carry_out(
    settings: Settings,
    campaign: Campaign,
    command: Callable[[Campaign], Answer],
    *,
    dry_run: bool,
    on: str | None = None,
    tell: Tell | None = None,
) -> int:
    """Runs a command, or with `dry_run` previews it (as things will stand `on` a later day), and shows what came of it.

    Its answers are shown by `tell`, where a command has words of its own for many at once. Returns the exit code.
    """
    if tell is not None and not dry_run:
        _require_no_choice()
        answer = command(campaign)
        return tell(settings, campaign, (answer,) if isinstance(answer, Verdict) else answer)
    said = what(settings, campaign, command, dry_run=dry_run, on=on)
    if settings.json:
        show.say_json(said.plain)
    else:
        show.say(said.text)
    return said.code


def what(settings: Settings, campaign: Campaign, command: Callable[[Campaign], Answer], *, dry_run: bool, on: str | None = None) -> Said:
    """As `carry_out`, but nothing is shown yet."""
    if dry_run:
        with show.progress(_TRYING.say(settings.lang)):
            impact = campaign.preview(command, on=on)
        return _impact(settings, campaign, impact, *chosen())
    _require_no_choice()
    answer = command(campaign)
    if isinstance(answer, Verdict):
        return _one(settings, campaign, answer)
    if settings.json:
        return Said(answer, plain=[campaign.as_json(verdict, settings.lang) for verdict in answer])
    if len(answer) == 1:
        return _one(settings, campaign, answer[0])
    return Said(answer, text="\n".join(_several(campaign, settings.lang, answer)))


def chosen() -> tuple[bool, str | None]:
    """What `--full` and `--branch` say in this call."""
    meta = click.get_current_context().meta
    return bool(meta.get(f"{_META}whole_impact")), meta.get(f"{_META}one_branch")


def _require_no_choice() -> None:
    """Raises `Misuse` for options that say how an impact is shown, where none is."""
    for name, given in zip(("--full", "--branch"), chosen(), strict=True):
        if given:
            raise Misuse(Text.of(_DRY_ONLY.say("en", option=name), _DRY_ONLY.say("zh", option=name)), "dry-run")


def _one(settings: Settings, campaign: Campaign, verdict: Verdict) -> Said:
    if settings.json:
        return Said((verdict,), plain=campaign.as_json(verdict, settings.lang))
    return Said((verdict,), text=campaign.explain(verdict, settings.lang))


def _several(campaign: Campaign, lang: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The answers to an order over several branches: in short, and the first refusals in full."""
    if not verdicts:
        yield _NOBODY.say(lang)
        return
    refused = [verdict for verdict in verdicts if not verdict.allowed]
    n = len(refused or verdicts)
    yield (_REFUSED if refused else _DONE).say(lang, n=Text.of(counted(n, "branch", "branches"), f"{n:,} 个支部"))
    for verdict in refused[:_WHOLE]:
        yield ""
        yield campaign.explain(verdict, lang)
    for verdict in [] if refused else verdicts[:_LINES]:
        yield "  " + campaign.explain(verdict, lang).partition("\n")[0]
    left = n - (_WHOLE if refused else _LINES)
    if left > 0:
        yield _MORE.say(lang, n=f"{left:,}")


def _impact(settings: Settings, campaign: Campaign, impact: Impact, full: bool, branch: str | None) -> Said:
    found: Impact | Change | None = impact if branch is None or not impact.allowed else impact.of(branch)
    if found is None:
        return _unchanged(settings, campaign, impact, str(branch))
    if settings.json:
        return Said(impact.answers, plain=campaign.as_json(found, settings.lang))
    return Said(impact.answers, text=campaign.explain(found, settings.lang, full=full or branch is not None))


def _unchanged(settings: Settings, campaign: Campaign, impact: Impact, branch: str) -> Said:
    known = dict(campaign.branches())
    if branch not in known:
        raise not_found("there is no branch", "没有支部", branch, known, "branch", "branches")
    text = _UNCHANGED.say(settings.lang, title=known[branch], branch=branch)
    return Said(impact.answers, plain={"branch": branch, "title": known[branch], "sorts": [], "text": text}, text=text)

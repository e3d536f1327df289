"""The command `simulate`: what a plan comes to, before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from attrs import frozen

from workflow.cli import show
from workflow.cli.planning import asking, swinging
from workflow.cli.planning.asking import Shown, read_changes
from workflow.cli.planning.plain import plain
from workflow.cli.planning.sources import Subject, subject
from workflow.cli.planning.words import Teller
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.simulation.answers import Collector, compare
from workflow.simulation.answers import simulate as run_all
from workflow.simulation.answers.assignment import assign
from workflow.simulation.answers.collisions import collisions
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.plan import changed
from workflow.texts import Text

_RUNNING, _CHANGED = Text.of("simulating", "推演"), Text.of("simulating the change", "推演更改后的计划")
_SOUND = Text.of("The plan is sound: nothing was simulated.", "计划无误；未作推演。")
_SEE = Text.of(
    "More: --view finish, risk, drivers, load, queues, makeup, groups, calendar or sensitivity; what-ifs: --set and --compare NAME=VALUE.",
    "详见：--view finish、risk、drivers、load、queues、makeup、groups、calendar 或 sensitivity；假设更改：--set 或 --compare 名称=值。",
)


@frozen(kw_only=True)
class _Asked:
    """The options of one command, but for what is shown."""

    plan: str
    roster: str | None
    replications: int
    seed: int
    changes: tuple[str, ...]
    others: tuple[str, ...]
    check: bool
    workers: int | None
    scheduler: str | None

    @property
    def where(self) -> dict[str, Any]:
        """Who computes."""
        return {"workers": self.workers, "scheduler": self.scheduler}


@command(
    "simulate",
    "Simulate a PLAN before it begins: when each batch will be over, who will be late, what makes them so, how busy everybody will be."
    " PLAN is a file or one that comes with the program; the branches are those of the campaign (--db) or of a roster.",
    "在启动之前推演计划 PLAN：各批次何时结束、哪些支部会逾期、原因何在、各方有多忙。PLAN 为文件，或随程序附带的计划名称；"
    "支部取自活动（--db）或名册。",
    without=("now",),
)
@click.argument("plan")
@option("--roster", metavar="FILE", en="the branches of this roster (CSV)", zh="支部取自此名册（CSV）")
@asking.running
@option(
    "--compare",
    "others",
    multiple=True,
    metavar="NAME=VALUE",
    en="hold the plan so changed against it, with the same luck",
    zh="与如此更改后的计划比较（随机数相同）",
)
@asking.showing
@option("--check", is_flag=True, en="only check the plan", zh="只检查计划")
@asking.computing
@click.pass_obj
def simulate(settings: Settings, /, **options: Any) -> None:
    shown = Shown.taken(options)
    asked = _Asked(**options)
    about = subject(settings, asked.plan, asked.roster)
    compiled = _compiled(about, asked.changes)
    other = _compiled(about, (*asked.changes, *asked.others)) if asked.others else None
    shown.check(compiled)
    if asked.check:
        _say_sound(settings, compiled)
        return
    before = _run(settings, compiled, asked, _RUNNING)
    after = None if other is None else _run(settings, other, asked, _CHANGED)
    comparison = None if after is None else compare(before, after, seed=asked.seed, changes=read_changes(asked.others))
    answers = before.answers(asked.seed) if comparison is None else comparison.before
    swings = swinging.found(settings, compiled, seed=asked.seed, replications=asked.replications, **asked.where) if shown.swings else None
    teller = Teller.of(about.definition, answers, settings.lang)
    head = (*asking.about_plan(teller, compiled, about.where, asked.changes), asking.about_run(teller))
    written = swinging.drawn(teller, shown.wanted.batch, shown.pictures, swings, head)
    if settings.json:
        collided = collisions(compiled, answers, shown.against)
        show.say_json(plain(answers, comparison, assign(compiled.branches), collided, about.where, swings=swings, pictures=written))
        return
    show.draw(*head, "", *asking.parts(teller, compiled, answers, comparison, shown, _SEE, swings), *swinging.said(teller, written))


def _compiled(about: Subject, changes: Sequence[str]) -> Compiled:
    plan = changed(about.plan, read_changes(changes), about.definition) if changes else about.plan
    return compile_plan(plan, about.definition, about.branches)


def _run(settings: Settings, compiled: Compiled, asked: _Asked, what: Text) -> Collector:
    with show.progress(what.say(settings.lang), asking.RATE.say(settings.lang)) as progress:
        return run_all(compiled, seed=asked.seed, replications=asked.replications, progress=progress, **asked.where)


def _say_sound(settings: Settings, compiled: Compiled) -> None:
    if settings.json:
        show.say_json({"plan": compiled.plan.id, "definition": compiled.definition.id, "branches": len(compiled.branches), "sound": True})
    else:
        show.say(_SOUND.say(settings.lang))

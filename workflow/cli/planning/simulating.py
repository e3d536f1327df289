"""The command `simulate`: what a plan comes to, before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal, get_args

import click
from attrs import frozen

from workflow.cli import show
from workflow.cli.planning import load_views, views
from workflow.cli.planning.comparison import calendar, compared
from workflow.cli.planning.plain import plain
from workflow.cli.planning.sources import Subject, subject
from workflow.cli.planning.views import Parts, View, Wanted
from workflow.cli.planning.words import Teller
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.errors import Misuse, not_found
from workflow.simulation.answers import Answers, Collector, Comparison, compare
from workflow.simulation.answers import simulate as run_all
from workflow.simulation.answers.assignment import assign
from workflow.simulation.answers.collisions import Period, collisions
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.plan import changed
from workflow.texts import Text, counted

_VIEWS: dict[str, View] = {
    "finish": views.finish,
    "risk": views.risk,
    "drivers": views.drivers,
    "load": load_views.load,
    "queues": load_views.queues,
    "makeup": load_views.make_up,
}
Name = Literal["summary", "finish", "risk", "drivers", "load", "queues", "makeup", "groups", "calendar"]
_SUMMARY, _LIST = 5, 10  # rows of each table of the summary, and of any other
_RUNNING, _CHANGED = Text.of("simulating", "推演"), Text.of("simulating the change", "推演更改后的计划")
_RATE = Text.of("{speed:,.0f} replications/s", "每秒 {speed:,.0f} 次")
_PLAN = Text.of(
    "Plan {plan} ({hash}) under {definition} ({rules}): {branches} in {batches} from {starts}; branches of {where}.",
    "计划 {plan}（{hash}），依据 {definition}（{rules}）：{branches}分 {batches}，自 {starts} 起；支部取自{where}。",
)
_RUN = Text.of("{n} replications, seed {seed}: the same seed gives the same figures.", "推演 {n} 次，随机种子 {seed}：种子相同，结果相同。")
_SET = Text.of("Changed: {changes}.", "已更改：{changes}。")
_SOUND = Text.of("The plan is sound: nothing was simulated.", "计划无误；未作推演。")
_SEE = Text.of(
    "More: --view finish, risk, drivers, load, queues, makeup, groups or calendar; what-ifs: --set and --compare NAME=VALUE.",
    "详见：--view finish、risk、drivers、load、queues、makeup、groups 或 calendar；假设更改：--set 或 --compare 名称=值。",
)
_NOT_A_CHANGE = Text.of("{said}: NAME=VALUE was expected, such as office.people=10", "{said}：应为 名称=值，如 office.people=10")
_NOT_A_PERIOD = Text.of(
    "{said}: FIRST..LAST=TITLE was expected, such as 2005-06-01..2005-06-20=harvest",
    "{said}：应为 首日..末日=名称，如 2005-06-01..2005-06-20=夏收",
)
_NOT_A_DAY = Text.of("{said} is not a day such as 2005-03-14", "{said} 不是形如 2005-03-14 的日期")


@frozen(kw_only=True)
class _Asked:
    """The options of one command."""

    plan: str
    roster: str | None
    replications: int
    seed: int
    changes: tuple[str, ...]
    others: tuple[str, ...]
    view: str
    batch: str | None
    top: int | None
    first: str | None
    last: str | None
    against: tuple[str, ...]
    check: bool

    def wanted(self) -> Wanted:
        top = self.top or (_SUMMARY if self.view == "summary" else _LIST)
        return Wanted(batch=self.batch, top=top, first=_day(self.first), last=_day(self.last))


@frozen(kw_only=True)
class _Found:
    """One command's answers."""

    subject: Subject
    compiled: Compiled
    answers: Answers
    comparison: Comparison | None
    against: tuple[Period, ...]


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
@option(
    "--replications",
    type=click.IntRange(min=1),
    default=1_000,
    metavar="N",
    en="how often it is played out (default: 1000)",
    zh="推演次数（默认 1000）",
)
@option("--seed", type=int, default=1, metavar="N", en="of the random numbers (default: 1)", zh="随机种子（默认 1）")
@option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    en="change the plan, such as office.people=10",
    zh="更改计划，如 office.people=10",
)
@option(
    "--compare",
    "others",
    multiple=True,
    metavar="NAME=VALUE",
    en="hold the plan so changed against it, with the same luck",
    zh="与如此更改后的计划比较（随机数相同）",
)
@option(
    "--view",
    type=click.Choice(get_args(Name)),
    default="summary",
    en="what is shown (default: summary)",
    zh="显示哪一部分（默认 summary，即概要）",
)
@option("--batch", metavar="BATCH", en="only this batch", zh="只看此批次")
@option("--top", type=click.IntRange(min=1), metavar="N", en="how many rows of a list (default: 10)", zh="列表显示的行数（默认 10）")
@option("--from", "first", metavar="DATE", en="load: the weeks from this day on", zh="load：自此日起的各周")
@option("--to", "last", metavar="DATE", en="load: the weeks up to this day", zh="load：至此日止的各周")
@option(
    "--against",
    multiple=True,
    metavar="FIRST..LAST=TITLE",
    en="calendar: a time to hold the milestones against",
    zh="calendar：与各节点对照的时段，写作 首日..末日=名称",
)
@option("--check", is_flag=True, en="only check the plan", zh="只检查计划")
@click.pass_obj
def simulate(settings: Settings, /, **options: Any) -> None:
    asked = _Asked(**options)
    wanted, periods = asked.wanted(), tuple(map(_period, asked.against))
    about = subject(settings, asked.plan, asked.roster)
    compiled = _compiled(about, asked.changes)
    other = _compiled(about, (*asked.changes, *asked.others)) if asked.others else None
    _check_batch(compiled, asked.batch)
    if asked.check:
        _say_sound(settings, compiled)
        return
    before = _run(settings, compiled, asked, _RUNNING)
    after = None if other is None else _run(settings, other, asked, _CHANGED)
    comparison = None if after is None else compare(before, after, seed=asked.seed, changes=_changes(asked.others))
    answers = before.answers(asked.seed) if comparison is None else comparison.before
    if settings.json:
        show.say_json(plain(answers, comparison, assign(compiled.branches), collisions(compiled, answers, periods), about.where))
        return
    found = _Found(subject=about, compiled=compiled, answers=answers, comparison=comparison, against=periods)
    teller = Teller.of(about.definition, answers, settings.lang)
    show.draw(*_head(teller, found, asked.changes), "", *_parts(teller, found, asked.view, wanted))


def _compiled(about: Subject, changes: Sequence[str]) -> Compiled:
    plan = changed(about.plan, _changes(changes), about.definition) if changes else about.plan
    return compile_plan(plan, about.definition, about.branches)


def _changes(said: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise Misuse(_NOT_A_CHANGE.filled(said=each), "change")
        found[name.strip()] = value.strip()
    return found


def _check_batch(compiled: Compiled, batch: str | None) -> None:
    if batch is not None and batch not in compiled.plan.batches:
        raise not_found("the plan has no batch", "计划中没有批次", batch, list(compiled.plan.batches), "batch")


def _run(settings: Settings, compiled: Compiled, asked: _Asked, what: Text) -> Collector:
    with show.progress(what.say(settings.lang), _RATE.say(settings.lang)) as progress:
        return run_all(compiled, seed=asked.seed, replications=asked.replications, progress=progress)


def _day(said: str | None) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        raise Misuse(_NOT_A_DAY.filled(said=said), "day") from None


def _period(said: str) -> Period:
    days, equals, title = said.partition("=")
    first, dots, last = days.partition("..")
    if not equals or not dots:
        raise Misuse(_NOT_A_PERIOD.filled(said=said), "period")
    begins, ends = _day(first.strip()), _day(last.strip())
    if begins is None or ends is None or begins > ends:
        raise Misuse(_NOT_A_PERIOD.filled(said=said), "period")
    return Period(begins, ends, Text.same(title.strip()))


# -- in words ----------------------------------------------------------------------------------------------------------


def _say_sound(settings: Settings, compiled: Compiled) -> None:
    if settings.json:
        show.say_json({"plan": compiled.plan.id, "definition": compiled.definition.id, "branches": len(compiled.branches), "sound": True})
    else:
        show.say(_SOUND.say(settings.lang))


def _head(teller: Teller, found: _Found, changes: Sequence[str]) -> Iterator[str]:
    answers = found.answers
    yield teller.say(
        _PLAN,
        plan=answers.plan,
        hash=answers.plan_hash[:8],
        definition=answers.definition,
        rules=answers.definition_hash[:8],
        branches=teller.branches(answers.branches),
        batches=Text.of(counted(len(answers.batches), "batch", "batches"), f"{len(answers.batches)} 批"),
        starts=answers.starts,
        where=found.subject.where,
    )
    if changes:
        yield teller.say(_SET, changes=teller.listed([f"{name}={value}" for name, value in _changes(changes).items()]))
    yield teller.say(_RUN, n=f"{answers.replications:,}", seed=answers.seed)


def _parts(teller: Teller, found: _Found, view: str, wanted: Wanted) -> Parts:
    if view == "groups":
        yield from load_views.shares(teller, wanted, assign(found.compiled.branches))
    elif view == "calendar":
        yield from calendar(teller, collisions(found.compiled, found.answers, found.against), wanted)
    elif found.comparison is not None:
        yield from compared(teller, found.comparison, view, wanted)
    elif view == "summary":
        yield from _summary(teller, wanted)
    else:
        yield from _VIEWS[view](teller, wanted)


def _summary(teller: Teller, wanted: Wanted) -> Parts:
    yield from views.ends(teller, wanted)
    yield ""
    yield from views.targets(teller, wanted)
    yield ""
    yield from load_views.queues(teller, wanted)
    yield ""
    yield views.causes(teller, wanted)
    yield from views.more(teller, len(teller.answers.causes), wanted)
    yield ""
    yield load_views.setbacks(teller)
    yield ""
    yield teller.say(_SEE)

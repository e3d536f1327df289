"""What the commands of the planner have in common: their options, how they run, and how they say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import click
from attrs import frozen

from workflow.cli.planning import load_views, views
from workflow.cli.planning.comparison import calendar, compared
from workflow.cli.planning.swing_views import sensitivity
from workflow.cli.planning.views import Parts, View, Wanted
from workflow.cli.planning.words import Teller
from workflow.cli.program import Function, option
from workflow.errors import Misuse, not_found
from workflow.simulation import pictures
from workflow.simulation.answers import Answers, Comparison
from workflow.simulation.answers.assignment import assign
from workflow.simulation.answers.collisions import Period, collisions
from workflow.simulation.answers.sensitivity import Swing
from workflow.simulation.answers.words import NO_BRANCHES
from workflow.simulation.compiling import Compiled
from workflow.texts import Text, counted
from workflow.verdicts.render.voice import Voice

_VIEWS: dict[str, View] = {
    "finish": views.finish,
    "risk": views.risk,
    "drivers": views.drivers,
    "load": load_views.load,
    "queues": load_views.queues,
    "makeup": load_views.make_up,
}
Name = Literal["summary", "finish", "risk", "drivers", "load", "queues", "makeup", "groups", "calendar", "sensitivity"]
_SUMMARY, _LIST = 5, 10  # rows of each table of the summary, and of any other
RATE = Text.of("{speed:,.0f} replications/s", "每秒 {speed:,.0f} 次")
_PLAN = Text.of(
    "Plan {plan} ({hash}) under {definition} ({rules}): {branches} in {batches} from {starts}; {nouns} of {where}.",
    "计划 {plan}（{hash}），依据 {definition}（{rules}）：{branches}分 {batches}，自 {starts} 起；{noun}取自{where}。",
)
_RUN = Text.of("{n} replications, seed {seed}: the same seed gives the same figures.", "推演 {n} 次，随机种子 {seed}：种子相同，结果相同。")
_FINISHED = Text.of("Finished, by the plan: {states}.", "按计划视为结束：{states}。")
_OTHERS = Text.of(
    "Not simulated: {branches} may have to wait for those below them ({rules}); `workflow rehearse` shows what that comes to.",
    "未推演：{branches}可能须等待下级（{rules}）；可用 `workflow rehearse` 查看其影响。",
)
_SET = Text.of("Changed: {changes}.", "已更改：{changes}。")
_OF_SERVERS = Text.of(
    "--view {view} is about whoever serves the branches, and those serve all batches: leave --batch out",
    "--view {view} 显示的是服务各支部的各方，其任务来自全部批次：请去掉 --batch",
)
_OF_ALL = Text.of(
    "--view {view} adds up what all batches lose, for they wait in the same queues: leave --batch out",
    "--view {view} 合计全部批次的损失（各批次在同一队列中等候）：请去掉 --batch",
)
_TOGETHER = {"load": _OF_SERVERS, "queues": _OF_SERVERS, "drivers": _OF_ALL}  # views that know no batches
_LEFT_OUT = Text.of(
    "Queues and what holds {nouns} back are known for all batches together: leave --batch out to see them.",
    "排队情况和卡住{noun}的原因只按全部批次合计：去掉 --batch 即可查看。",
)
_NOT_A_CHANGE = Text.of("{said}: NAME=VALUE was expected, such as office.people=10", "{said}：应为 名称=值，如 office.people=10")
_NOT_A_PERIOD = Text.of(
    "{said}: FIRST..LAST=TITLE was expected, such as 2005-06-01..2005-06-20=harvest",
    "{said}：应为 首日..末日=名称，如 2005-06-01..2005-06-20=夏收",
)
_NOT_A_DAY = Text.of("{said} is not a day such as 2005-03-14", "{said} 不是形如 2005-03-14 的日期")


def _several(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Several options at once, in this order."""

    def declare(function: Function) -> Function:
        for each in reversed(options):
            function = each(function)
        return function

    return declare


seeded = option("--seed", type=int, default=1, metavar="N", en="of the random numbers (default: 1)", zh="随机种子（默认 1）")
changing = option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    en="change the plan, such as office.people=10",
    zh="更改计划，如 office.people=10",
)
running = _several(
    option(
        "--replications",
        type=click.IntRange(min=1),
        default=1_000,
        metavar="N",
        en="how often it is played out (default: 1000)",
        zh="推演次数（默认 1000）",
    ),
    seeded,
    changing,
)
computing = _several(
    option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        en="processes or threads of this machine that simulate (default: one per core); the answers are the same",
        zh="本机参与推演的进程或线程数（默认每核一个）；结果不因此而变",
    ),
    option(
        "--scheduler",
        metavar="ADDRESS",
        en="simulate on the workers of this Dask scheduler, such as tcp://host:8786; needs campaign-workflow[distributed] here and there,"
        " of the same version; the answers are the same",
        zh="由此 Dask 调度器（如 tcp://host:8786）的工作进程推演；本机与各工作进程须安装相同版本的 campaign-workflow[distributed]；"
        "结果不因此而变",
    ),
)

showing = _several(
    option(
        "--view",
        type=click.Choice(get_args(Name)),
        default="summary",
        en="what is shown (default: summary)",
        zh="显示哪一部分（默认 summary，即概要）",
    ),
    option(
        "--batch",
        metavar="BATCH",
        en="only this batch; not with drivers, load and queues, which all batches share",
        zh="只看此批次；不能与 drivers、load、queues 合用，因其为各批次共有",
    ),
    option("--top", type=click.IntRange(min=1), metavar="N", en="how many rows of a list (default: 10)", zh="列表显示的行数（默认 10）"),
    option("--from", "first", metavar="DATE", en="load: the weeks from this day on", zh="load：自此日起的各周"),
    option("--to", "last", metavar="DATE", en="load: the weeks up to this day", zh="load：至此日止的各周"),
    option(
        "--against",
        multiple=True,
        metavar="FIRST..LAST=TITLE",
        en="calendar: a time to hold the milestones against",
        zh="calendar：与各节点对照的时段，写作 首日..末日=名称",
    ),
    option(
        "--pictures",
        metavar="FOLDER",
        en="draw it, too: a page and five SVG pictures in this folder, or the page alone if the name ends in .html",
        zh="另行绘图：在此文件夹写入网页和五幅 SVG 图；名称以 .html 结尾则只写网页",
    ),
)


@frozen(kw_only=True)
class Shown:
    """The options of `showing`, as they are meant."""

    view: str
    wanted: Wanted
    against: tuple[Period, ...]
    pictures: Path | None

    @classmethod
    def taken(cls, options: dict[str, Any]) -> Shown:
        """Out of the options of a command, which keeps the others."""
        view, batch, top, first, last, against = (options.pop(name) for name in ("view", "batch", "top", "first", "last", "against"))
        drawn = options.pop("pictures")
        wanted = Wanted(batch=batch, top=top or (_SUMMARY if view == "summary" else _LIST), first=read_day(first), last=read_day(last))
        return cls(view=view, wanted=wanted, against=tuple(map(_period, against)), pictures=Path(drawn) if drawn else None)

    @property
    def swings(self) -> bool:
        """Whether the sensitivities are needed."""
        return self.view == "sensitivity" or self.pictures is not None

    def check(self, compiled: Compiled) -> None:
        """Raises `NotFound` for a batch the plan does not have, `Misuse` where the view knows no batches or pictures cannot be drawn."""
        if self.pictures is not None:
            pictures.check(self.pictures)
        batch = self.wanted.batch
        if batch is not None and batch not in compiled.plan.batches:
            raise not_found("the plan has no batch", "计划中没有批次", batch, list(compiled.plan.batches), "batch")
        if batch is not None and self.view in _TOGETHER:
            raise Misuse(_TOGETHER[self.view].filled(view=self.view), "batch")


def read_changes(said: Sequence[str]) -> dict[str, str]:
    """Raises `Misuse`."""
    found = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise Misuse(_NOT_A_CHANGE.filled(said=each), "change")
        found[name.strip()] = value.strip()
    return found


def read_day(said: str | None) -> date | None:
    """Raises `Misuse`."""
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        raise Misuse(_NOT_A_DAY.filled(said=said), "day") from None


def _period(said: str) -> Period:
    days, equals, title = said.partition("=")
    first, dots, last = days.partition("..")
    if not equals or not dots:
        raise Misuse(_NOT_A_PERIOD.filled(said=said), "period")
    begins, ends = read_day(first.strip()), read_day(last.strip())
    if begins is None or ends is None or begins > ends:
        raise Misuse(_NOT_A_PERIOD.filled(said=said), "period")
    return Period(begins, ends, Text.same(title.strip()))


# -- in words ----------------------------------------------------------------------------------------------------------


def about_plan(teller: Teller, compiled: Compiled, where: Text, changes: Sequence[str]) -> Iterator[str]:
    """Which plan and which branches, what was changed, when a branch has finished, and which rules no simulation knows."""
    answers = teller.answers
    yield teller.worded(
        _PLAN,
        plan=answers.plan,
        hash=answers.plan_hash[:8],
        definition=answers.definition,
        rules=answers.definition_hash[:8],
        branches=teller.branches(answers.branches),
        batches=Text.of(counted(len(answers.batches), "batch", "batches"), f"{len(answers.batches)} 批"),
        starts=answers.starts,
        where=where,
    )
    yield from told_changes(teller.voice, changes)
    definition = compiled.definition
    goals = [state for state in definition.states if state in compiled.plan.goals and not definition.states[state].final]
    if goals:
        yield teller.say(_FINISHED, states=teller.listed([teller.voice.state(state) for state in goals]))
    rules = compiled.about_others
    if rules and compiled.parents:
        titles = teller.listed([f"{teller.voice.title(name)} [{name}]" for name in rules])
        yield teller.say(_OTHERS, branches=teller.branches(len(compiled.parents)), rules=titles)


def told_changes(voice: Voice, changes: Sequence[str]) -> Iterator[str]:
    """What was said after --set, if anything was."""
    if changes:
        yield voice.say(_SET, changes=voice.listed(f"{name}={value}" for name, value in read_changes(changes).items()))


def about_run(teller: Teller) -> str:
    return teller.say(_RUN, n=f"{teller.answers.replications:,}", seed=teller.answers.seed)


def parts(
    teller: Teller,
    compiled: Compiled,
    answers: Answers,
    comparison: Comparison | None,
    shown: Shown,
    see: Text,
    swings: Sequence[Swing] | None = None,
) -> Parts:
    """The view that was asked for; `see`: what else there is, below the summary."""
    if teller.is_empty(shown.wanted.batch):
        yield teller.worded(NO_BRANCHES, batch=teller.batch(shown.wanted.batch))
    elif shown.view == "groups":
        yield from load_views.shares(teller, shown.wanted, assign(compiled.branches))
    elif shown.view == "calendar":
        yield from calendar(teller, collisions(compiled, answers, shown.against), shown.wanted)
    elif shown.view == "sensitivity":
        assert swings is not None
        yield from sensitivity(teller, shown.wanted, swings)
    elif comparison is not None:
        yield from compared(teller, comparison, shown.view, shown.wanted)
    elif shown.view == "summary":
        yield from _summary(teller, shown.wanted, see)
    else:
        yield from _VIEWS[shown.view](teller, shown.wanted)


def _summary(teller: Teller, wanted: Wanted, see: Text) -> Parts:
    """Of each view what matters most."""
    yield from views.ends(teller, wanted)
    yield ""
    yield from views.targets(teller, wanted)
    yield ""
    if wanted.batch is None:
        yield from _of_all(teller, wanted)
    else:
        yield teller.worded(_LEFT_OUT)
        yield ""
    yield teller.say(see)


def _of_all(teller: Teller, wanted: Wanted) -> Parts:
    """What is counted over all batches; what there is nothing of under the plan is left out."""
    answers = teller.answers
    if answers.queues:
        yield from load_views.queues(teller, wanted)
        yield ""
    if answers.causes:
        yield views.causes(teller, wanted)
        yield from views.more(teller, len(answers.causes), wanted)
        yield ""
    if answers.setbacks:
        yield load_views.setbacks(teller)
        yield ""

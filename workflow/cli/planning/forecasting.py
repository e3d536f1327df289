"""The command `forecast`: what a running campaign will come to, from where its branches stand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import click
from attrs import frozen

from workflow.cli import show
from workflow.cli.planning import asking, live_views, swinging
from workflow.cli.planning.asking import Shown, read_changes, read_day
from workflow.cli.planning.plain import plain, to_plain
from workflow.cli.planning.sources import branches_of, plan_file
from workflow.cli.planning.words import Teller
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.engine.versions import Version
from workflow.errors import Misuse
from workflow.simulation.answers.assignment import assign
from workflow.simulation.answers.collisions import collisions
from workflow.simulation.compiling import compile_plan
from workflow.simulation.live import Fit, Forecast, History, Score, Seen, Standing, fit, score, seen, standing
from workflow.simulation.live import forecast as run_all
from workflow.simulation.plan import changed, load_plan
from workflow.texts import Text

_RUNNING = Text.of("forecasting", "预测")
_SEE = Text.of(
    "More: --view finish, risk, drivers, load, queues, makeup, groups or calendar; what-ifs: --set NAME=VALUE; an earlier day: --at DATE.",
    "详见：--view finish、risk、drivers、load、queues、makeup、groups 或 calendar；假设更改：--set 名称=值；以往某日：--at 日期。",
)
_NO_BRANCHES = Text.of("{where} has no branches to forecast", "{where} 中没有可预测的支部")
_SCORE_AT = Text.of(
    "--score holds the forecast of an earlier day against what came of it: give that day, --at DATE",
    "--score 将以往某日的预测与实际结果对照：请用 --at 给出日期",
)
_NO_SENSITIVITY = Text.of(
    "--view sensitivity is about a plan before it begins: workflow simulate PLAN --view sensitivity",
    "--view sensitivity 针对启动之前的计划：workflow simulate 计划 --view sensitivity",
)


@frozen(kw_only=True)
class _Asked:
    """The options of one command, but for what is shown."""

    plan: str
    replications: int
    seed: int
    changes: tuple[str, ...]
    at: date | None
    score: bool
    durations: Literal["fitted", "plan"]
    workers: int | None
    scheduler: str | None

    @property
    def where(self) -> dict[str, Any]:
        """Who computes."""
        return {"workers": self.workers, "scheduler": self.scheduler}


@frozen(kw_only=True)
class _Found:
    """`instant`: the local time of which the stand is, `ahead` the versions of the rules that were not in force yet. `score` None: not
    asked for; `known`: when it was taken, in days."""

    instant: datetime
    ahead: tuple[Version, ...]
    fits: tuple[Fit, ...]
    standing: Standing
    forecast: Forecast
    score: Score | None
    known: float


@command(
    "forecast",
    "Forecast a running campaign by a PLAN, from where each of its branches stands today: who is half through a stay stays for the rest"
    " of it, who waits keeps his place in line. What the ledger has seen often enough holds rather than the figures of the plan.",
    "按计划 PLAN，从各支部今天所处的位置预测进行中的活动：已停留的时间计入，排队的次序保留；台账中次数足够的，以台账为准，其余按计划。",
)
@click.argument("plan")
@asking.running
@asking.showing
@option(
    "--at",
    metavar="DATE",
    en="from the evening of this earlier day, by what was recorded until then",
    zh="从以往此日傍晚起，只依据截至当时的记录",
)
@option("--score", is_flag=True, en="with --at: hold it against what came of it", zh="与 --at 合用：与此后的实际结果对照")
@option(
    "--durations",
    type=click.Choice(["fitted", "plan"]),
    default="fitted",
    en="as the ledger has them where it has seen enough (default), or all by the plan",
    zh="台账中次数足够的按台账（fitted，默认），或一律按计划（plan）",
)
@asking.computing
@click.pass_obj
def forecast(settings: Settings, /, **options: Any) -> None:
    shown = Shown.taken(options)
    asked = _Asked(at=read_day(options.pop("at")), **options)
    if asked.score and asked.at is None:
        raise Misuse(_SCORE_AT, "score-at")
    if shown.view == "sensitivity":
        raise Misuse(_NO_SENSITIVITY, "live-sensitivity")
    with settings.campaign() as campaign, seen(campaign, asked.at) as then:
        found = _found(settings, asked, shown, campaign, then)
        _tell(settings, asked, shown, found)


def _found(settings: Settings, asked: _Asked, shown: Shown, campaign: Campaign, then: Seen) -> _Found:
    definition, branches = then.campaign.definition, branches_of(then.campaign)
    if not branches:
        raise Misuse(_NO_BRANCHES.filled(where=_where(settings)), "no-branches")
    given = load_plan(plan_file(asked.plan), definition)
    plan = changed(given, read_changes(asked.changes), definition) if asked.changes else given
    compiled = compile_plan(plan, definition, branches)
    shown.check(compiled)
    history, fits = then.history(compiled), tuple[Fit, ...]()
    if asked.durations == "fitted":
        fitted = fit(compiled, history, given)
        compiled, fits = compile_plan(fitted.plan, definition, branches), fitted.fits
    stood = standing(compiled, then.campaign, history)
    with show.progress(_RUNNING.say(settings.lang), asking.RATE.say(settings.lang)) as progress:
        done = run_all(stood, seed=asked.seed, replications=asked.replications, progress=progress, keep=asked.score, **asked.where)
    truth = History.of(campaign, compiled) if asked.score else history
    scored = score(done, truth) if asked.score else None
    instant = then.campaign.now.astimezone(ZoneInfo(definition.calendar.zone))
    return _Found(instant=instant, ahead=then.ahead, fits=fits, standing=stood, forecast=done, score=scored, known=truth.now)


def _tell(settings: Settings, asked: _Asked, shown: Shown, found: _Found) -> None:
    compiled, answers = found.standing.compiled, found.forecast.answers(asked.seed)
    teller = Teller.of(compiled.definition, answers, settings.lang)
    stand = live_views.stand(teller, found.standing, found.instant, found.ahead)
    head = [*asking.about_plan(teller, compiled, _where(settings), asked.changes), *stand, asking.about_run(teller)]
    written = swinging.drawn(teller, shown.wanted.batch, shown.pictures, None, head)
    if settings.json:
        collided = collisions(compiled, answers, shown.against)
        said = plain(answers, None, assign(compiled.branches), collided, _where(settings), pictures=written)
        show.say_json({**said, "live": _plain(asked, found)})
        return
    scored = live_views.scored(teller, compiled, found.score, found.known) if found.score is not None else ()
    view = asking.parts(teller, compiled, answers, None, shown, _SEE)
    show.draw(*head, "", *live_views.fits(teller, found.fits), *scored, *view, *swinging.said(teller, written))


def _where(settings: Settings) -> Text:
    return Text.same(Path(settings.database()).name)


def _plain(asked: _Asked, found: _Found) -> dict[str, Any]:
    stood = found.standing
    return {
        "instant": found.instant.isoformat(timespec="seconds"),
        "now": stood.now,
        "finished": len(stood.finished),
        "under_way": len(stood.under_way),
        "not_begun": len(stood.not_begun),
        "suspended": list(stood.suspended),
        "durations": asked.durations,
        "fits": to_plain(found.fits),
        "score": to_plain(found.score),
    }

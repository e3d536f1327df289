"""The forecast of a running campaign in words and tables: where it stands, what its ledger says, and how well it was forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from workflow.cli import show
from workflow.cli.planning.views import Parts
from workflow.cli.planning.words import Teller
from workflow.engine.versions import Version
from workflow.simulation.compiling import Compiled
from workflow.simulation.live import ENOUGH, Fit, Hit, Score, Standing
from workflow.simulation.live import Tally as Tallied
from workflow.texts import Text
from workflow.verdicts.render.motion_words import SCOPES

_NAMED = 10  # suspended branches whose names are said
_STAND = Text.of(
    "As it stood on {instant}: {finished} finished, {under_way} under way, {not_begun} not begun.",
    "截至 {instant}：已结束 {finished} 个，进行中 {under_way} 个，未开始 {not_begun} 个。",
)
_ABSENT = Text.of("Not on the roster yet, and so not in this forecast: {listed}.", "尚未列入名册、因而未计入本预测的：{listed}。")
_SUSPENDED = Text.of("Suspended, and taken to go on today: {n} ({listed}).", "已暂停、推演中视为今天恢复的：{n} 个（{listed}）。")
_AHEAD = Text.of("Enacted, but not in force yet, and not in this forecast: {listed}.", "已决定施行但尚未生效、未计入本预测的：{listed}。")
_VERSION = Text.of("version {version} ({hash}), in force from {day} on, {scope}", "第 {version} 版（{hash}），自 {day} 起，{scope}")
_AND_MORE = Text.of("and {n} more", "另有 {n} 个")
_FITS = Text.of(
    "What the ledger has seen {enough} times and more, and so holds rather than the plan (Kaplan-Meier; medians, in brackets how many are"
    " not over yet; shares with the plan's as {enough} more)",
    "台账中已有 {enough} 次及以上、因而以台账为准的（Kaplan-Meier 估计；取中位数，括号内为尚未结束的；比例另计入按计划的 {enough} 次）",
)
_STATE, _WHAT, _SEEN = Text.of("state", "状态"), Text.of("figure", "数字"), Text.of("seen", "样本数")
_PLAN, _LEDGER = Text.of("plan", "计划"), Text.of("ledger", "台账")
_KINDS = {
    "stay": Text.of("stay, {unit}", "停留（{unit}）"),
    "offset": Text.of("after the planned end, {unit}", "距计划结束日（{unit}）"),
    "service": Text.of("service, {unit}", "办理（{unit}）"),
    "outcomes": Text.of("{move}, attempt {attempt}", "{move}，第 {attempt} 次"),
}
_UNITS = {"days": Text.of("days", "天"), "working_days": Text.of("working days", "工作日")}
_COUNT = Text.of("{n} ({censored})", "{n}（{censored}）")
_BY_PLAN = Text.of("By the plan, seen less often: {listed}.", "次数不足、按计划的：{listed}。")
_UNTIMED = Text.of(
    "By the plan, for the ledger has them begin and end at one instant: {listed}.", "台账中起止为同一时刻、故按计划的：{listed}。"
)
_BY_CHANGE = Text.of("As it was set: {listed}.", "按所作更改的：{listed}。")
_UNSEEN = Text.of("{n} not seen at all", "另有 {n} 项尚无记录")
_EACH, _EACH_OUTCOME = Text.of("{state} {n}", "{state} {n} 次"), Text.of("{state}, attempt {attempt}, {n}", "{state}第 {attempt} 轮 {n} 次")
_ALL_BY_PLAN = Text.of("All durations and shares are those of the plan.", "所有时长和比例均按计划。")
_SCORED = Text.of(
    "Held against what came of it: of {n} that had not finished then, and have since or are later than their P90, {within} finished within"
    " their own band from P10 to P90 (80% are to).",
    "与实际结果对照：当时未结束、此后已结束或已过其 P90 的 {n} 个中，结束时间落在各自 P10 至 P90 区间内的占 {within}（应为 80%）。",
)
_OFF = Text.of(
    "Of those that have finished, the mean was {error} days off on average (above 0: too late).",
    "已结束的，预测均值的平均偏差 {error} 天（大于 0 为偏晚）。",
)
_STILL = Text.of("{open} have not finished yet.", "仍未结束的 {open} 个。")
_UNSCORED = Text.of(
    "Held against what came of it: none of {open} branches that had not finished then has finished since, or was to by its P90.",
    "与实际结果对照：当时未结束的 {open} 个支部至今均未结束，也未到其 P90。",
)
_GONE = Text.of("Merged or dissolved since, and counted nowhere here: {n}.", "此后合并或撤销、未计入的：{n} 个。")
_ENDS = Text.of("The ends of batches and stages that were ahead", "当时尚未到来的各批次、各阶段结束日")
_BATCH, _STAGE, _TRUTH, _WITHIN = (
    Text.of("batch", "批次"),
    Text.of("stage", "阶段"),
    Text.of("in truth", "实际"),
    Text.of("within", "在区间内"),
)
_YES, _NO, _OPEN = Text.of("yes", "是"), Text.of("no", "否"), Text.of("not yet", "未到")


def stand(teller: Teller, found: Standing, instant: datetime, ahead: Sequence[Version] = ()) -> Iterator[str]:
    """Of when, where the branches stand, which are suspended; and versions of the rules that lie `ahead`."""
    counts = {"finished": len(found.finished), "under_way": len(found.under_way), "not_begun": len(found.not_begun)}
    yield teller.say(_STAND, instant=f"{instant:%Y-%m-%d %H:%M}", **{name: f"{n:,}" for name, n in counts.items()})
    there = {branch.batch for branch in found.compiled.branches}
    absent = [teller.batch(batch) for batch in found.compiled.plan.batches if batch not in there]
    if absent:
        yield teller.say(_ABSENT, listed=teller.listed(absent))
    if found.suspended:
        named = list(found.suspended[:_NAMED])
        if len(found.suspended) > _NAMED:
            named.append(teller.say(_AND_MORE, n=len(found.suspended) - _NAMED))
        yield teller.say(_SUSPENDED, n=len(found.suspended), listed=teller.listed(named))
    if ahead:
        yield teller.say(_AHEAD, listed=teller.listed([_version(teller, each) for each in ahead]))


def _version(teller: Teller, found: Version) -> str:
    rules, enacted = found.definition, found.enactment
    return teller.say(_VERSION, version=rules.version or "-", hash=rules.hash[:8], day=enacted.starts, scope=SCOPES[enacted.scope])


def fits(teller: Teller, found: Sequence[Fit]) -> Parts:
    """What was fitted, as a table; the others by name."""
    fitted = [each for each in found if each.fit is not None]
    if fitted:
        columns = teller.columns(_STATE, _WHAT, _SEEN, _PLAN, _LEDGER)
        sheet = show.table(teller.say(_FITS, enough=ENOUGH), *columns, right=columns[2:])
        for each in fitted:
            count = teller.say(_COUNT, n=f"{each.n:,}", censored=f"{each.censored:,}") if each.censored else f"{each.n:,}"
            sheet.add_row(
                teller.title(each.state), _what(teller, each), count, _figure(teller, each, each.plan), _figure(teller, each, each.fit)
            )
        yield sheet
    else:
        yield teller.say(_ALL_BY_PLAN)
    for text, method in ((_BY_PLAN, "plan"), (_UNTIMED, "untimed"), (_BY_CHANGE, "set")):
        others = [each for each in found if each.method == method]
        named = [_short(teller, each) for each in others if each.n]
        unseen = len(others) - len(named)
        if others:
            yield teller.say(text, listed=teller.voice.clauses([*named, *([teller.say(_UNSEEN, n=unseen)] if unseen else [])]))
    yield ""


def _what(teller: Teller, each: Fit) -> str:
    if each.move is not None:
        return teller.say(_KINDS[each.what], move=teller.title(each.move), attempt=each.attempt)
    return teller.say(_KINDS[each.what], unit=teller.say(_UNITS[each.unit]))


def _figure(teller: Teller, each: Fit, value: float | None) -> str:
    assert value is not None
    return teller.percent(value, 1) if each.what == "outcomes" else f"{value:,.2f}"


def _short(teller: Teller, each: Fit) -> str:
    text = _EACH if each.attempt is None else _EACH_OUTCOME
    return teller.say(text, state=teller.title(each.state), attempt=each.attempt, n=each.n)


def scored(teller: Teller, compiled: Compiled, found: Score, now: float) -> Parts:
    """The forecasts of branches together, those of batches and stages one by one, by what is known `now`."""
    yield from _tallied(teller, found.branches)
    if found.gone:
        yield teller.say(_GONE, n=found.gone)
    if found.by_end:
        yield ""
        columns = (*teller.columns(_BATCH, _STAGE), "P10", "P50", "P90", *teller.columns(_TRUTH, _WITHIN))
        sheet = show.table(teller.say(_ENDS), *columns)
        for hit in found.by_end:
            days = [str(compiled.day(time)) for time in (hit.low, hit.middle, hit.high)]
            sheet.add_row(teller.batch(hit.batch), teller.stage(hit.stage), *days, *_truth(teller, compiled, hit, now))
        yield sheet
    yield ""


def _tallied(teller: Teller, tallied: Tallied) -> Iterator[str]:
    if tallied.within is None:
        yield teller.say(_UNSCORED, open=tallied.open)
        return
    yield teller.say(_SCORED, n=tallied.within.of, within=teller.chance(tallied.within))
    if tallied.error is not None:
        yield teller.say(_OFF, error=teller.estimate(tallied.error, sign="+"))
    yield teller.say(_STILL, open=tallied.open)


def _truth(teller: Teller, compiled: Compiled, hit: Hit, now: float) -> tuple[str, str]:
    within = hit.within(now)
    said = "" if within is None else teller.say(_YES if within else _NO)
    return teller.say(_OPEN) if hit.truth is None else str(compiled.day(hit.truth)), said

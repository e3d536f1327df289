"""What a change makes of it, as tables; and which milestones collide with what."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.cli import show
from workflow.cli.planning.views import Parts, Wanted
from workflow.cli.planning.words import Teller
from workflow.cli.sheets import Sheet
from workflow.simulation.answers.collisions import Collisions, Milestone, Period
from workflow.simulation.answers.comparing import Comparison, Difference, What
from workflow.texts import Text

_HEAD = Text.of(
    "What {changes} makes of it, with the same luck in every replication: before, after, and the difference on average (with its interval)",
    "改为 {changes} 的影响（每次推演所用随机数相同）：更改前、更改后及平均差值（含置信区间）",
)
_SAME = Text.of("Figures that are the same in every replication: {n}", "每次推演都不变的数字：{n} 项")
_BEFORE, _AFTER, _DIFFERENCE = Text.of("before", "更改前"), Text.of("after", "更改后"), Text.of("difference", "差值")
_MORE, _LESS = Text.of("more in", "增加的占"), Text.of("less in", "减少的占")
_LATER, _EARLIER = Text.of("later in", "推迟的占"), Text.of("earlier in", "提前的占")
_FINISH = Text.of("finish (P50), difference in days", "结束日（P50），差值以天计")
_ENDS = Text.of("{batch}, {stage}, {share} of its {nouns}", "{batch}，{stage}，{share} 的{noun}")
_IN_TIME_HEAD, _IN_TIME = Text.of("{nouns} in time", "按期结束的{noun}"), Text.of("{batch}, of {n} by {by}", "{batch} {n} 个，{by} 前")
_WORK_HEAD, _WORK = Text.of("rework, times", "返工（次）"), Text.of("{batch}, {state}", "{batch}，{state}")
_VERDICTS = Text.of("verdicts that hold back, times", "不予通过的结论（次）")
_MOVE = Text.of("{stage}, {move}", "{stage}，{move}")
_WAITS, _QUEUES = Text.of("mean wait, days", "平均等候天数"), Text.of("longest queue, {nouns}", "最长队（{noun}数）")
_LOST = Text.of("days lost to a requirement", "因条件损失的天数")
_SUBJECTS: dict[str, tuple[What, ...]] = {
    "summary": ("finish", "in_time", "make_up", "wait"),
    "finish": ("finish", "in_time"),
    "risk": ("finish", "in_time"),
    "drivers": ("lost", "wait"),
    "load": ("wait", "longest"),
    "queues": ("wait", "longest"),
    "makeup": ("make_up", "setback"),
}
_HEADS = {
    "finish": _FINISH,
    "in_time": _IN_TIME_HEAD,
    "make_up": _WORK_HEAD,
    "setback": _VERDICTS,
    "lost": _LOST,
    "wait": _WAITS,
    "longest": _QUEUES,
}
_COLLISIONS = Text.of("Milestones that fall into times off, or into busy seasons", "落在休息日、封闭期或农忙等时段的节点")
_PERIOD, _MILESTONE, _WHEN = Text.of("time", "时段"), Text.of("milestone", "节点"), Text.of("on", "日期")
_SHARED = Text.of("days in it", "重合天数")
_OFF = Text.of("days off by the calendar", "日历规定的休息日")
_FREE = Text.of("No milestone falls into: {listed}", "没有节点落入的时段：{listed}")
_ALWAYS_OPEN = Text.of(
    "The calendar has no festivals and no closed times; --against FIRST..LAST=TITLE adds some.",
    "日历中没有节假日和封闭期；可用 --against 首日..末日=名称 添加。",
)
_KINDS = {
    "batch_starts": Text.of("{batch} begins", "{batch}启动"),
    "batch_by": Text.of("{batch} is to have finished", "{batch}应结束"),
    "deadline": Text.of("deadline: {name}", "期限：{name}"),
    "planned_end": Text.of("{batch}: planned end of {name}", "{batch}：{name}的计划结束日"),
    "forecast": Text.of("{batch}: forecast end of {name} (P50 to P95)", "{batch}：{name}的预测结束日（P50 至 P95）"),
}
_BATCH_END = Text.of("the batch", "本批")
_FROM_TO = Text.of("{first} to {last}", "{first} 至 {last}")


def compared(teller: Teller, found: Comparison, view: str, wanted: Wanted) -> Parts:
    """Of each kind of figure the view is about a table; figures that did not change in any replication are counted."""
    changes = teller.listed([f"{name}={value}" for name, value in found.changes.items()])
    yield teller.say(_HEAD, changes=changes)
    same = 0
    for what in _SUBJECTS.get(view, _SUBJECTS["summary"]):
        its = [each for each in found.of(what) if _asked(teller, each, view, wanted)]
        moved = [each for each in its if each.more.times or each.less.times or what in ("finish", "in_time")]
        same += len(its) - len(moved)
        if moved:
            yield ""
            yield _table(teller, found, what, moved)
    if same:
        yield ""
        yield teller.say(_SAME, n=same)


def _asked(teller: Teller, each: Difference, view: str, wanted: Wanted) -> bool:
    """Of a stage only where the view is about stages; rework of all stages together; verdicts where all batches are; servers all share."""
    subject = each.subject
    if subject.what in ("finish", "in_time"):
        batch = subject.batch is not None and wanted.has(subject.batch)
        return batch and subject.share in (None, teller.answers.share) and (subject.stage is None or view == "finish")
    if subject.what == "make_up":
        return subject.stage is None and (wanted.has(subject.batch) or subject.batch is None)
    return wanted.batch is None if subject.what == "setback" else subject.group is None


def _table(teller: Teller, found: Comparison, what: What, its: Sequence[Difference]) -> Sheet:
    heads = (_LATER, _EARLIER) if what == "finish" else (_MORE, _LESS)
    columns = ("", *teller.columns(_BEFORE, _AFTER, _DIFFERENCE, *heads))
    sheet = show.table(teller.worded(_HEADS[what]), *columns, right=columns[1:])
    for each in _by_batch(teller, its):
        places = 2 if what in ("wait", "lost") else 1
        before, after = _sides(found, each, places)
        more, less = teller.percent(each.more.value), teller.percent(each.less.value)
        sheet.add_row(_subject(teller, each), before, after, teller.estimate(each.difference, places, sign="+"), more, less)
    return sheet


def _by_batch(teller: Teller, its: Sequence[Difference]) -> list[Difference]:
    """Batch by batch, then what is of all of them; each in its order."""
    batches = [*(batch.batch for batch in teller.answers.batches), None]
    return sorted(its, key=lambda each: batches.index(each.subject.batch))


def _sides(found: Comparison, each: Difference, places: int) -> tuple[str, str]:
    subject = each.subject
    if subject.what != "finish":
        return f"{each.before.value:,.{places}f}", f"{each.after.value:,.{places}f}"
    assert subject.share is not None
    before, after = (answers.finish(subject.batch, subject.stage, subject.share) for answers in (found.before, found.after))
    return str(before.at(0.5).day), str(after.at(0.5).day)


def _subject(teller: Teller, each: Difference) -> str:
    subject = each.subject
    batch = teller.batch(subject.batch)
    if subject.what == "finish":
        return teller.worded(_ENDS, batch=batch, stage=teller.stage(subject.stage), share=teller.percent(subject.share or 0.0))
    if subject.what == "in_time":
        (span,) = (span for span in teller.answers.batches if span.batch == subject.batch)
        return teller.say(_IN_TIME, batch=batch, n=f"{span.branches:,}", by=span.by)
    name = subject.name or ""
    if subject.what == "make_up":
        return teller.say(_WORK, batch=batch, state=teller.title(name))
    if subject.what == "setback":
        return teller.say(_MOVE, stage=teller.stage(subject.stage), move=teller.title(name))
    return teller.server(name, subject.group)


def calendar(teller: Teller, found: Collisions, wanted: Wanted) -> Parts:
    """By period the milestones that fall into it; below, the periods without any."""
    its = [each for each in found.collisions if each.milestone.batch is None or wanted.has(each.milestone.batch)]
    if its:
        columns = teller.columns(_PERIOD, _MILESTONE, _WHEN, _SHARED)
        sheet = show.table(teller.say(_COLLISIONS), *columns, right=columns[3:])
        before: Period | None = None
        for each in its:
            period = "" if each.period == before else _period(teller, each.period)
            before = each.period
            sheet.add_row(period, milestone(teller, each.milestone), _between(teller, each.milestone.first, each.milestone.last), each.days)
        yield sheet
    hit = [each.period for each in its]
    free = [_period(teller, period) for period in found.periods if period not in hit]
    if not found.periods:
        yield teller.say(_ALWAYS_OPEN)
    if free:
        yield from [""] if its else []
        yield teller.say(_FREE, listed=teller.voice.clauses(free))


def _period(teller: Teller, period: Period) -> str:
    title = teller.say(_OFF if period.title is None else period.title)
    return f"{_between(teller, period.first, period.last)} {title}"


def _between(teller: Teller, first: object, last: object) -> str:
    return str(first) if first == last else teller.say(_FROM_TO, first=first, last=last)


def milestone(teller: Teller, found: Milestone) -> str:
    if found.kind == "deadline":
        definition = teller.voice.definition
        name = teller.say(definition.deadlines[found.name or ""].title, **definition.texts)
    else:
        name = teller.say(_BATCH_END) if found.name is None else teller.title(found.name)
    return teller.say(_KINDS[found.kind], batch=teller.batch(found.batch), name=name)

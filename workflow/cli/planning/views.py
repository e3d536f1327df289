"""The answers of a simulation as tables: when it will be over, who will be late, and what makes them so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from attrs import frozen

from workflow.cli import show
from workflow.cli.planning import words
from workflow.cli.planning.words import Teller
from workflow.cli.sheets import Sheet
from workflow.simulation.answers.model import Finish, Risk, Step
from workflow.texts import Text

Parts = Iterator[Sheet | str]


@frozen(kw_only=True)
class Wanted:
    """What of the answers is shown: of one batch, so many at the top, weeks between two days."""

    batch: str | None = None
    top: int = 10
    first: date | None = None
    last: date | None = None

    def has(self, batch: str | None) -> bool:
        return self.batch is None or batch == self.batch


_WHEN = Text.of(
    "When they have left each stage, and finished: by this day in 50, 80 and 95 of 100 cases (in brackets how many days earlier and later"
    " the percentile may lie, at 95%)",
    "各批次走完各阶段及结束的日期：100 次中分别有 50、80、95 次不迟于该日（括号内为分位数 95% 置信区间的前后天数）",
)
_ENDS = Text.of(
    "When they have finished: by this day in 50, 80 and 95 of 100 cases (in brackets how many days earlier and later the percentile may"
    " lie, at 95%)",
    "各批次结束的日期：100 次中分别有 50、80、95 次不迟于该日（括号内为分位数 95% 置信区间的前后天数）",
)
_BATCH, _STAGE, _OF = Text.of("batch", "批次"), Text.of("stage", "阶段"), Text.of("of its {nouns}", "{noun}数")
_COUNT = Text.of("{needed} of {branches}", "{branches} 中的 {needed}")
_TARGET = Text.of(
    "{batch}: the chance that {needed} of {branches} {have} finished by {by} is {chance}; on average {in_time} have.",
    "{batch}：{branches}中至少 {needed} 个在 {by} 前结束的概率为 {chance}；平均按期结束 {in_time}个。",
)
_RISKS = Text.of("Likeliest to be late: {n}", "最可能逾期的{noun}：{n}")
_BRANCH, _GROUP, _MEMBERS = Text.of("{noun}", "{noun}"), Text.of("group", "督导组"), Text.of("{persons}", "{persons}")
_LATE, _MEAN_DAY = Text.of("chance to be late", "逾期概率"), Text.of("finishes on average", "平均结束日")
_MORE = Text.of("and {n} more; --top {all} shows them", "另有 {n} 个；加 --top {all} 可全部列出")
_NO_DAY = Text.of("The plan sets {batch} no day to finish by (`by`).", "计划未给{batch}规定结束日期（by）。")
_NO_DAYS = Text.of("The plan sets none of these batches a day to finish by (`by`).", "计划未给这些批次规定结束日期（by）。")
_ALIKE = Text.of(
    "{batch}: on average {late} are late. None stands out beyond the luck of the draw (Bonferroni, {n}): under this plan the {nouns} of a"
    " batch differ by group and size only.",
    "{batch}：平均逾期比例 {late}。没有哪个{noun}明显高于同批（{n}，Bonferroni 校正）：按此计划，同批{noun}只在督导组和人数上有别。",
)
_OUT = Text.of(
    "{batch}: on average {late} are late. Beyond the luck of the draw (Bonferroni, {n}) these stand out: {listed}",
    "{batch}：平均逾期比例 {late}。校正后（{n}，Bonferroni）仍明显高于同批的：{listed}",
)
_CAUSES = Text.of(
    "What {nouns} are held back for: how often, and the days until they are inspected again or finished, added up",
    "{noun}因何被卡住：次数，以及到再次检查或结束为止的天数合计",
)
_REQUIREMENT, _TIMES, _LOST = Text.of("requirement", "条件"), Text.of("times", "次数"), Text.of("days", "天数")
_SHARE = Text.of("share", "占比")
_STEPS = Text.of(
    "What each state costs beyond one median stay of each {noun}: days in its queue, and days there (all of them, where one comes only"
    " after being held back)",
    "各状态在每个{noun}一次中位停留之外多耗的时间：排队天数与停留天数（只有被卡住才进入的状态，停留全部计入）",
)
_STATE, _VISITS = Text.of("state", "状态"), Text.of("visits", "次数")
_WAITED, _STAYED = Text.of("days waiting", "排队天数"), Text.of("stay beyond", "多停留")
_GROUPS = Text.of("By group, for each of its {nouns}", "按督导组（每个{noun}平均）")
_BRANCHES = Text.of("{nouns}", "{noun}数")
_WAITS, _SET_BACK, _LATE_SHARE = Text.of("days waiting", "排队天数"), Text.of("times set back", "返工次数"), Text.of("late", "逾期")
_WORK = Text.of("days of the group's work", "占用督导组人日")


def finish(teller: Teller, wanted: Wanted) -> Parts:
    sheet = show.table(teller.say(_WHEN), *teller.columns(_BATCH, _STAGE, _OF), "P50", "P80", "P95")
    for each in _in_order(teller, wanted):
        count = teller.say(_COUNT, needed=f"{each.needed:,}", branches=f"{each.branches:,}")
        sheet.add_row(teller.batch(each.batch), teller.stage(each.stage), count, *map(teller.percentile, each.percentiles))
    yield sheet
    yield ""
    yield from targets(teller, wanted)


def _in_order(teller: Teller, wanted: Wanted) -> list[Finish]:
    """Batch by batch, in each stage by stage, the share that is called finished first; where that is all of them, once."""
    answers = teller.answers
    batches = [batch.batch for batch in answers.batches if wanted.has(batch.batch)]
    stages = [*answers.stages, None]
    least = {each.batch: each.needed for each in answers.finishes if each.share == answers.share}
    found = [each for each in answers.finishes if each.batch in batches]
    found = [each for each in found if each.share == answers.share or each.needed != least[each.batch]]
    return sorted(found, key=lambda each: (batches.index(each.batch or ""), stages.index(each.stage), each.share))


def ends(teller: Teller, wanted: Wanted) -> Parts:
    """The end of each batch only."""
    sheet = show.table(teller.say(_ENDS), *teller.columns(_BATCH, _OF), "P50", "P80", "P95")
    for each in _in_order(teller, wanted):
        if each.stage is None:
            count = teller.say(_COUNT, needed=f"{each.needed:,}", branches=f"{each.branches:,}")
            sheet.add_row(teller.batch(each.batch), count, *map(teller.percentile, each.percentiles))
    yield sheet


def targets(teller: Teller, wanted: Wanted) -> Iterator[str]:
    found = [each for each in teller.answers.targets if wanted.has(each.batch)]
    for each in found:
        if each.share == teller.answers.share:
            yield teller.say(
                _TARGET,
                batch=capital(teller.batch(each.batch)),
                needed=f"{each.needed:,}",
                branches=teller.branches(each.branches),
                have="has" if each.needed == 1 else "have",
                by=each.by,
                chance=teller.chance(each.chance),
                in_time=teller.estimate(each.in_time),
            )
    if not found:
        yield teller.say(_NO_DAYS) if wanted.batch is None else teller.say(_NO_DAY, batch=teller.batch(wanted.batch))


def risk(teller: Teller, wanted: Wanted) -> Parts:
    yield from targets(teller, wanted)
    found = [each for each in teller.answers.risks if wanted.has(each.batch)]
    if not found:
        return
    yield ""
    columns = (_BRANCH, _BATCH, _GROUP, _MEMBERS, _LATE, _MEAN_DAY)
    sheet = show.table(teller.worded(_RISKS, n=min(wanted.top, len(found))), *teller.columns(*columns), right=teller.columns(_MEMBERS))
    for each in found[: wanted.top]:
        row = (teller.named(each.branch, each.title), each.batch, teller.group(each.group), f"{each.size:,}")
        sheet.add_row(*row, teller.chance(each.late), each.mean_day)
    yield sheet
    yield from more(teller, len(found), wanted)
    yield ""
    yield from _standing_out(teller, found)


def _standing_out(teller: Teller, found: Sequence[Risk]) -> Iterator[str]:
    batches: dict[str, list[Risk]] = {}
    for each in found:
        batches.setdefault(each.batch, []).append(each)
    for batch, its in sorted(batches.items()):
        out = [each.branch for each in its if each.stands_out]
        said = {"batch": capital(teller.batch(batch)), "late": teller.percent(its[0].of_batch), "n": teller.branches(len(its))}
        yield teller.say(_OUT, **said, listed=teller.listed(out)) if out else teller.worded(_ALIKE, **said)


def more(teller: Teller, total: int, wanted: Wanted) -> Iterator[str]:
    """That a list was cut, and how to see the rest."""
    if total > wanted.top:
        yield teller.say(_MORE, n=f"{total - wanted.top:,}", all=total)


def drivers(teller: Teller, wanted: Wanted) -> Parts:
    yield causes(teller, wanted)
    yield from more(teller, len(teller.answers.causes), wanted)
    yield ""
    yield steps(teller, wanted)
    yield from more(teller, len(_costly(teller)), wanted)
    yield ""
    yield groups(teller, wanted)
    yield from more(teller, len(teller.answers.groups), wanted)


def causes(teller: Teller, wanted: Wanted) -> Sheet:
    found, total = teller.answers.causes, sum(each.days.value for each in teller.answers.causes)
    columns = teller.columns(_REQUIREMENT, _TIMES, _LOST, _SHARE)
    sheet = show.table(teller.worded(_CAUSES), *columns, right=columns[1:])
    for each in found[: wanted.top]:
        name = teller.named(each.requirement, teller.title(each.requirement))
        share = teller.percent(each.days.value / total) if total else words.NOTHING
        sheet.add_row(name, teller.estimate(each.times), teller.estimate(each.days, 0), share)
    return sheet


def steps(teller: Teller, wanted: Wanted) -> Sheet:
    columns = teller.columns(_STATE, _VISITS, _WAITED, _STAYED)
    sheet = show.table(teller.worded(_STEPS), *columns, right=columns[1:])
    for each in _costly(teller)[: wanted.top]:
        unit = teller.say(words.DAYS if each.unit == "days" else words.WORKING_DAYS)
        stayed = f"{teller.estimate(each.stayed, 0)} {unit}"
        sheet.add_row(teller.title(each.state), teller.estimate(each.visits, 0), teller.estimate(each.waited, 0), stayed)
    return sheet


def _costly(teller: Teller) -> list[Step]:
    return [each for each in teller.answers.steps if each.waited.value or round(each.stayed.value)]


def groups(teller: Teller, wanted: Wanted) -> Sheet:
    columns = teller.columns(_GROUP, _BRANCHES, _MEMBERS, _WAITS, _SET_BACK, _WORK, _LATE_SHARE)
    sheet = show.table(teller.worded(_GROUPS), *columns, right=columns[1:])
    for each in teller.answers.groups[: wanted.top]:
        figures = (f"{each.waited:.1f}", f"{each.set_back:.2f}", f"{each.work:.2f}")
        late = words.NOTHING if each.late is None else teller.percent(each.late)
        sheet.add_row(teller.group(each.group), f"{each.branches:,}", f"{each.members:,}", *figures, late)
    return sheet


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


View = Callable[[Teller, Wanted], Parts]

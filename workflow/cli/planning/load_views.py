"""The answers of a simulation as tables: how busy the office and the groups are, who waits for them, and what is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from workflow.cli import show
from workflow.cli.planning.views import Parts, Wanted, capital, more
from workflow.cli.planning.words import Teller
from workflow.cli.sheets import Sheet
from workflow.simulation.answers.assignment import GroupShare
from workflow.simulation.answers.model import ServerUse, Week
from workflow.texts import Text, counted

_USE = Text.of(
    "{server}: {places} at a time. Days of work on average, of how many there are; and what of them is used, on average and at P95",
    "{server}：同时 {places} 人。平均工作人日与可用人日，以及平均与 P95 使用率",
)
_USE_EACH = Text.of(
    "{server}, all {n} that have work, {places} at a time each; and the busiest of them",
    "{server}：有任务的共 {n} 个，每个同时 {places} 人；并列出最忙的一个",
)
_WEEK, _WORK, _USED = Text.of("week of", "周（起）"), Text.of("work", "工作人日"), Text.of("used", "使用率")
_BUSIEST = Text.of("busiest", "最忙")
_OF = Text.of("{busy} of {open}", "{busy} / {open}")
_PIECE = Text.of("Each piece of its work takes {takes}: {served} in all.", "每件工作用时 {takes}：共 {served}件。")
_DAY, _SOME_DAYS = Text.of("1 working day", "1 个工作日"), Text.of("{n} working days", "{n} 个工作日")
_BUSY_WEEKS = Text.of(
    "The {shown} busiest of {all} weeks; --from and --to choose others, --top {all} shows them all.",
    "仅列最忙的 {shown} 周（共 {all} 周）；可用 --from、--to 另选，加 --top {all} 全部列出。",
)
_IDLE = Text.of("{server}: no work in that time.", "{server}：此期间没有任务。")
_QUEUES = Text.of("Who waits, and how long: the longest queues first", "排队与等候：队最长者在前")
_SERVER, _WAIT = Text.of("waiting for", "等候"), Text.of("wait, days", "平均等候天数")
_LONGEST, _LONGEST_WAIT = Text.of("longest queue", "最长队"), Text.of("longest wait, days", "最长等候天数")
_P50_95 = Text.of("{p50} (P95 {p95})", "{p50}（P95 {p95}）")
_MAKE_UPS = Text.of(
    "Rework: how often {nouns} come to a state one comes to only when held back",
    "返工：{noun}被卡住后才进入的状态，各进入多少次",
)
_BATCH, _STATE, _TIMES = Text.of("batch", "批次"), Text.of("state", "状态"), Text.of("times", "次数")
_HUNDRED = Text.of("for 100 {nouns}", "每百个{noun}")
_SETBACKS = Text.of("How often each verdict that holds back is given", "各种不予通过的结论各有多少次")
_STAGE, _MOVE = Text.of("stage", "阶段"), Text.of("verdict", "结论")
_SHARES = Text.of(
    "{batch}, {groups}: as they are, and shared out evenly (the largest {noun} left to the group with the fewest {persons})",
    "{batch}，{groups}：现状与均衡分工（人数最多的{noun}依次分给{persons}最少的组）",
)
_GROUP, _NOW, _NEW = Text.of("group", "督导组"), Text.of("now", "现在"), Text.of("evenly", "均衡后")
_FOCUS = Text.of("focus units (the largest)", "重点单位（人数最多的）")
_CELL = Text.of("{branches} · {members} {persons}", "{branches} · {members} 名{persons}")
_SPREAD = Text.of(
    "Between the groups with the most and the fewest {persons}: {now} now, {new} if shared out evenly. --json lists the {nouns} of each.",
    "{persons}最多与最少的组相差：现在 {now} 名，均衡后 {new} 名。加 --json 列出各组的{noun}。",
)
_NO_GROUPS = Text.of("No {noun} has a group.", "没有{noun}编入督导组。")
_NO_GROUP_OF = Text.of("No {noun} of {batch} has a group.", "{batch}没有{noun}编入督导组。")


def load(teller: Teller, wanted: Wanted) -> Parts:
    for number, capacity in enumerate(dict.fromkeys(use.capacity for use in teller.answers.servers)):
        if number:
            yield ""
        uses = [use for use in teller.answers.servers if use.capacity == capacity]
        yield from _one(teller, wanted, uses[0]) if len(uses) == 1 and uses[0].group is None else _each(teller, wanted, uses)


def _one(teller: Teller, wanted: Wanted, use: ServerUse) -> Parts:
    weeks = _chosen(use.weeks, wanted)
    name = teller.server(use.capacity, use.group)
    if not weeks:
        yield teller.say(_IDLE, server=name)
        return
    columns = (*teller.columns(_WEEK, _WORK, _USED), "P95")
    sheet = show.table(teller.say(_USE, server=name, places=use.places), *columns, right=columns[1:])
    for week in weeks:
        sheet.add_row(week.starts, _work(teller, week.busy, week.open), teller.percent(week.mean), teller.percent(week.p95))
    yield sheet
    yield from _pieces(teller, use)
    yield from _cut(teller, use.weeks, weeks, wanted)


def _each(teller: Teller, wanted: Wanted, uses: Sequence[ServerUse]) -> Parts:
    """Of servers that each group has its own of: together, and the busiest."""
    merged: dict[date, list[tuple[ServerUse, Week]]] = {}
    for use in uses:
        for week in use.weeks:
            if round(week.busy, 1) > 0:
                merged.setdefault(week.starts, []).append((use, week))
    sums = [_sum(starts, [week for _, week in its]) for starts, its in sorted(merged.items())]
    weeks = _chosen(sums, wanted)
    if not weeks:
        yield teller.say(_IDLE, server=teller.title(uses[0].capacity))
        return
    columns = (*teller.columns(_WEEK, _WORK, _USED, _BUSIEST), "P95")
    working = len({use.group for week in weeks for use, _ in merged[week.starts]})
    title = teller.say(_USE_EACH, server=teller.title(uses[0].capacity), n=working, places=uses[0].places)
    sheet = show.table(title, *columns, right=[name for name in columns[1:] if name != columns[3]])
    for week in weeks:
        use, busiest = max(merged[week.starts], key=lambda pair: (pair[1].p95, pair[1].mean))
        most = f"{teller.group(use.group)} {teller.percent(busiest.mean)}"
        sheet.add_row(week.starts, _work(teller, week.busy, week.open), teller.percent(week.mean), most, teller.percent(busiest.p95))
    yield sheet
    yield from _cut(teller, sums, weeks, wanted)


def _sum(starts: date, weeks: Sequence[Week]) -> Week:
    there, busy = sum(week.open for week in weeks), sum(week.busy for week in weeks)
    return Week(starts=starts, open=there, busy=busy, mean=busy / there if there else 0.0, p95=max(week.p95 for week in weeks))


def _work(teller: Teller, busy: float, there: float) -> str:
    return teller.say(_OF, busy=f"{busy:,.1f}", open=f"{there:,.0f}")


def _pieces(teller: Teller, use: ServerUse) -> Iterator[str]:
    if use.takes is not None:
        takes = teller.say(_DAY) if use.takes == 1 else teller.say(_SOME_DAYS, n=f"{use.takes:g}")
        yield teller.say(_PIECE, takes=takes, served=teller.estimate(use.served))


def _chosen(weeks: Sequence[Week], wanted: Wanted) -> list[Week]:
    """Those between two days, if any were given; else the busiest, in order of time."""
    if wanted.first or wanted.last:
        first, last = wanted.first or date.min, wanted.last or date.max
        return [week for week in weeks if week.starts <= last and week.starts + timedelta(days=6) >= first]
    busiest = sorted(weeks, key=lambda week: (-week.p95, -week.mean, week.starts))[: wanted.top]
    return sorted(busiest, key=lambda week: week.starts)


def _cut(teller: Teller, weeks: Sequence[Week], shown: Sequence[Week], wanted: Wanted) -> Iterator[str]:
    if len(weeks) > len(shown) and not (wanted.first or wanted.last):
        yield teller.say(_BUSY_WEEKS, shown=len(shown), all=len(weeks))


def queues(teller: Teller, wanted: Wanted) -> Parts:
    columns = teller.columns(_SERVER, _WAIT, _LONGEST, _LONGEST_WAIT)
    sheet = show.table(teller.say(_QUEUES), *columns, right=columns[1:])
    found = teller.answers.queues
    for each in found[: wanted.top]:
        longest = teller.say(_P50_95, p50=f"{each.longest_p50:,.0f}", p95=f"{each.longest_p95:,.0f}")
        wait = teller.say(_P50_95, p50=f"{each.longest_wait_p50:,.1f}", p95=f"{each.longest_wait_p95:,.1f}")
        sheet.add_row(teller.server(each.capacity, each.group), teller.estimate(each.wait), longest, wait)
    yield sheet
    yield from more(teller, len(found), wanted)


def make_up(teller: Teller, wanted: Wanted) -> Parts:
    columns = (*teller.columns(_BATCH, _STATE, _TIMES), "P95", teller.worded(_HUNDRED))
    sheet = show.table(teller.worded(_MAKE_UPS), *columns, right=columns[2:])
    order = [*(batch.batch for batch in teller.answers.batches), None]
    for each in sorted(teller.answers.make_ups, key=lambda each: order.index(each.batch)):
        if wanted.has(each.batch):
            hundred = f"{100 * each.times.value / each.branches:.1f}"
            sheet.add_row(teller.batch(each.batch), teller.title(each.state), teller.estimate(each.times), f"{each.p95:,.0f}", hundred)
    yield sheet
    if wanted.batch is None:
        yield ""
        yield setbacks(teller)


def setbacks(teller: Teller) -> Sheet:
    columns = teller.columns(_STAGE, _MOVE, _TIMES)
    sheet = show.table(teller.say(_SETBACKS), *columns, right=columns[2:])
    for each in teller.answers.setbacks:
        sheet.add_row(teller.title(each.stage), teller.title(each.move), teller.estimate(each.times))
    return sheet


def shares(teller: Teller, wanted: Wanted, assigned: Sequence[GroupShare]) -> Parts:
    """Groups as they are and shared out evenly, with their focus units."""
    batches = [batch for batch in dict.fromkeys(each.batch for each in assigned) if wanted.has(batch)]
    if not batches:
        yield teller.worded(_NO_GROUPS if wanted.batch is None else _NO_GROUP_OF, batch=teller.batch(wanted.batch))
    for number, batch in enumerate(batches):
        if number:
            yield ""
        its = [each for each in assigned if each.batch == batch]
        sheet = show.table(_head(teller, batch, len(its)), *teller.columns(_GROUP, _NOW, _NEW, _FOCUS))
        for each in its:
            now = teller.worded(_CELL, branches=len(each.branches), members=f"{each.members:,}")
            new = teller.worded(_CELL, branches=len(each.proposed), members=f"{each.proposed_members:,}")
            sheet.add_row(each.group, now, new, teller.listed(each.focus))
        yield sheet
        yield teller.worded(_SPREAD, now=_apart([each.members for each in its]), new=_apart([each.proposed_members for each in its]))


def _head(teller: Teller, batch: str, n: int) -> str:
    groups = Text.of(counted(n, "group"), f"{n} 个督导组")
    return teller.worded(_SHARES, batch=capital(teller.batch(batch)), groups=groups)


def _apart(members: Sequence[int]) -> str:
    return f"{max(members) - min(members):,}"

"""Clocks that change while branches run: a stage is extended, branches are suspended and resumed, one or many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from attrs import frozen

from workflow.definition.model import FINISHED, Definition
from workflow.engine.asked import Asked
from workflow.engine.board import by_version
from workflow.engine.desk import Accept, Accepted, Desk, Hearing, require_unicode
from workflow.engine.moves import LONGEST
from workflow.engine.records import require_reason
from workflow.errors import Misuse, not_found
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.store.pauses import stretched
from workflow.texts import Text, counted
from workflow.verdicts.findings import Verdict
from workflow.verdicts.rules import lasting

Fit = Callable[[BranchFact, Definition], Text | None]  # why there is nothing to do for a branch, if that is so

_BATCHES = "SELECT DISTINCT batch FROM workflow_branch WHERE batch IS NOT NULL ORDER BY batch"
_ENDED = Text.of("ended", "已终止")
_FINAL = Text.of("in a final state", "已处于终点状态")
_OPEN_ENDED = Text.of("no planned end", "没有计划结束日")
_SUSPENDED = Text.of("suspended already", "已经暂停")
_RUNNING = Text.of("not suspended", "并未暂停")
_HOW = Text.of(
    "name branches, or a batch, or all of them (on the command line BRANCH..., --batch or --all)",
    "请写明若干支部，或某一批次，或全部支部（命令行用 支部…、--batch 或 --all）",
)


@frozen
class Command:
    """What may be done to a clock, the power it takes, and the branches there is nothing to do for."""

    name: str
    power: str
    unfit: Fit
    nothing: Text


@frozen
class Chosen:
    """The branches an order is for: those named, those of a batch, or all; with `stage`, those of them in that stage.

    A stage by itself means all that are in it.
    """

    branches: tuple[str, ...] = ()
    batch: str | None = None
    everywhere: bool = False
    stage: str | None = None

    def resolve(self, desk: Desk, command: Command) -> tuple[str, ...]:
        """Their ids, as things stand in this transaction. Where they were not named, those with nothing to do for are passed over.

        Raises `Misuse` for no choice or more than one, for a branch named that is unfit, and where nothing is left; `NotFound` for an
        unknown branch, batch or stage.
        """
        self._require_one_way()
        known = _standing(desk)
        self._require_known(desk, known)
        found = {ident: each for ident, each in known.items() if self._has(each[0])}
        reasons = {ident: self._reason(branch, definition, command.unfit) for ident, (branch, definition) in found.items()}
        fit = tuple(ident for ident, reason in reasons.items() if reason is None)
        wrong = {ident: reason for ident, reason in reasons.items() if reason is not None}
        if self.branches and wrong:
            raise _unfit(command, wrong)
        if not fit:
            raise _nothing_left(command, list(wrong.values()))
        return tuple(dict.fromkeys(ident for ident in self.branches if ident in fit)) or fit

    def _require_one_way(self) -> None:
        ways = sum((bool(self.branches), self.batch is not None, self.everywhere))
        if ways > 1:
            en, zh = "more than one way to choose branches was given", "选定支部的方式不止一种"
        elif ways == 0 and self.stage is None:
            en, zh = "no branch was chosen", "未选定支部"
        else:
            return
        raise Misuse(Text.of(f"{en}: {_HOW.say('en')}", f"{zh}：{_HOW.say('zh')}"), "chosen")

    def _require_known(self, desk: Desk, known: Mapping[str, object]) -> None:
        for branch in self.branches:
            if branch not in known:
                raise desk.unknown_branch(branch)
        if self.batch is not None:
            batches = [row[0] for row in desk.store.rows(_BATCHES)]
            if self.batch not in batches:
                raise not_found("there is no batch", "没有批次", self.batch, batches, "batch")
        if self.stage is not None:
            stages = list(dict.fromkeys(stage for version in reversed(desk.versions.all) for stage in version.definition.stages))
            if self.stage not in stages:
                raise not_found("there is no stage", "没有阶段", self.stage, stages, "stage", "stages")

    def _has(self, branch: BranchFact) -> bool:
        if self.branches and branch.id not in self.branches:
            return False
        return (self.batch is None or branch.batch == self.batch) and (self.stage is None or branch.stage == self.stage)

    def _reason(self, branch: BranchFact, definition: Definition, unfit: Fit) -> Text | None:
        """A branch that has ended is refused by the rule if it was named: whoever names it is told what became of it."""
        if branch.ended is not None:
            return None if self.branches else _ENDED
        return unfit(branch, definition)


def extend(desk: Desk, days: int, chosen: Chosen, by: str, reason: str, key: str | None) -> tuple[Verdict, ...]:
    """Raises `Misuse` for anything but 1 to `LONGEST` whole days, in all the extensions of an attempt."""
    _require_days(days)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        said = {"days": days, "reason": reason.strip()}
        return Accepted("extended", said, {**said, "planned_end": _later(hearing, days), "was": hearing.branch.planned_end})

    return _order(desk, _EXTEND, chosen, accept, by, reason, key, days=days)


def suspend(desk: Desk, chosen: Chosen, by: str, reason: str, key: str | None) -> tuple[Verdict, ...]:
    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        said = {"on": hearing.today, "reason": reason.strip()}
        return Accepted("suspended", said, said)

    return _order(desk, _SUSPEND, chosen, accept, by, reason, key)


def resume(desk: Desk, chosen: Chosen, by: str, reason: str, key: str | None) -> tuple[Verdict, ...]:
    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        said = {"on": hearing.today, "reason": reason.strip()}
        return Accepted("resumed", said, said)

    return _order(desk, _RESUME, chosen, accept, by, reason, key)


def _order(
    desk: Desk, command: Command, chosen: Chosen, accept: Accept, by: str, reason: str, key: str | None, **more: int
) -> tuple[Verdict, ...]:
    require_reason(reason)
    require_unicode(key or "")

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.power(hearing.branch, command.name, command.name, command.power, by, also=lasting(hearing.branch))

    choice = {"branches": sorted(set(chosen.branches)), "batch": chosen.batch, "everywhere": chosen.everywhere, "stage": chosen.stage}
    asked = Asked.of(command.name, command.name, **choice, **more, reason=reason)
    with desk.store.write():
        branches = desk.answered(key) or chosen.resolve(desk, command)
        return desk.order(branches, lambda _: FactNeeds(), judged, accept, by=by, key=key, asked=asked)


def _endless(branch: BranchFact, definition: Definition) -> Text | None:
    return _over(branch, definition) or (_OPEN_ENDED if branch.planned_end is None else None)


def _still(branch: BranchFact, definition: Definition) -> Text | None:
    return _over(branch, definition) if branch.suspended is None else _SUSPENDED


def _going(branch: BranchFact, _definition: Definition) -> Text | None:
    return _RUNNING if branch.suspended is None else None


def _over(branch: BranchFact, definition: Definition) -> Text | None:
    return _FINAL if branch.state == FINISHED or definition.states[branch.state].final else None


_EXTEND = Command("extend", "extend", _endless, Text.of("nothing to extend", "无可延期"))
_SUSPEND = Command("suspend", "suspend", _still, Text.of("nothing to suspend", "无可暂停"))
_RESUME = Command("resume", "suspend", _going, Text.of("nothing to resume", "无可恢复"))


def _standing(desk: Desk) -> dict[str, tuple[BranchFact, Definition]]:
    """Every branch as it stands under the rules in force for it, in order of id."""
    now = desk.now()
    found: dict[str, tuple[BranchFact, Definition]] = {}
    for version, states in by_version(desk, now):
        facts = Facts.load(desk.store, version.definition, FactNeeds(), now, states=version.states)
        found |= {ident: (facts.branches[ident], version.definition) for ident in states}
    return dict(sorted(found.items()))


def _later(hearing: Hearing, days: int) -> str | None:
    """The planned end that many days later; days it was suspended come on top as before. Raises `Misuse` beyond `LONGEST`."""
    branch = hearing.branch
    had, total = branch.extended, branch.extended + days
    if total > LONGEST:
        en = f"{branch.id}: a stage is extended by at most {LONGEST:,} days in all; it has {had:,}, and {days:,} more are asked for"
        zh = f"{branch.id}：一个阶段累计最多延长 {LONGEST:,} 天；已延长 {had:,} 天，现要求再延长 {days:,} 天"
        raise Misuse(Text.of(en, zh), "extension")
    entered, today = date.fromisoformat(branch.entered), date.fromisoformat(hearing.today)
    end = hearing.definition.stages[branch.stage].planned_end(entered, total)
    return None if end is None else stretched(entered, end, branch.pauses, today).isoformat()


def _require_days(days: int) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST:
        en = f"a stage is extended by 1 to {LONGEST:,} whole days, found {days}"
        raise Misuse(Text.of(en, f"阶段延期须为 1 至 {LONGEST:,} 的整天数，实为 {days}"), "extension")


def _unfit(command: Command, wrong: Mapping[str, Text]) -> Misuse:
    listed = [Text.of(f"{ident}: {reason.say('en')}", f"{ident}：{reason.say('zh')}") for ident, reason in wrong.items()]
    en, zh = "; ".join(text.say("en") for text in listed), "；".join(text.say("zh") for text in listed)
    return Misuse(Text.of(f"{command.nothing.say('en')} ({en})", f"{command.nothing.say('zh')}（{zh}）"), "unfit")


def _nothing_left(command: Command, reasons: Sequence[Text]) -> Misuse:
    """Says how many were passed over, and why."""
    passed_over = Counter(reasons)
    if not reasons:
        en, zh = "no branch is there", "那里没有支部"
    else:
        en = ", ".join(f"{text.say('en')}: {n:,}" for text, n in passed_over.items())
        zh = "、".join(f"{text.say('zh')} {n:,} 个" for text, n in passed_over.items())
        en, zh = f"{counted(len(reasons), 'branch', 'branches')} chosen ({en})", f"所选支部 {len(reasons):,} 个（{zh}）"
    return Misuse(Text.of(f"{command.nothing.say('en')}: {en}", f"{command.nothing.say('zh')}：{zh}"), "unfit")

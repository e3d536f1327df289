"""Reports: figures out of the ledger, for one branch or for all with the same few queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import define, evolve, field

from workflow.canonical import canonical
from workflow.definition.expressions.runtime import RECORD_HEAD, SEQ, latest, number_equal
from workflow.definition.model import Definition
from workflow.definition.reporting import BEGINS, ENDS, Each, ReportKind, Span
from workflow.engine.campaign import Campaign
from workflow.engine.entry import read_day
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.reports.model import Amount, Difference, Filed, Part, Report
from workflow.reports.past import Stand, standing
from workflow.reports.tally import Reckoner, Tally
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.texts import Text

# Documents entered in the branch, and those that came with a member's dossier: they stand in the event by which the member joined.
_PAPERS = """(SELECT branch, seq, kind FROM workflow_document WHERE live = 1 UNION
    SELECT branch, seq, kind FROM workflow_carried c WHERE EXISTS (SELECT 1 FROM workflow_line l WHERE l.live = 1
        AND (l.kind, l.branch, l.member, l.seq, l.line) = (c.kind, c.branch, c.member, c.seq, c.line)))"""
_COUNTS = f"SELECT branch, kind, COUNT(*) FROM {_PAPERS} WHERE kind IN (SELECT value FROM json_each(?)) GROUP BY branch, kind"
_NUMBERS = f"SELECT kind, seq FROM {_PAPERS} WHERE branch = ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq"
_MONTHS: dict[Span, int] = {"month": 1, "quarter": 3, "year": 12}


def report(
    campaign: Campaign,
    name: str,
    branch: str | None = None,
    *,
    batch: str | None = None,
    each: Each | None = None,
    on: date | str | None = None,
    stage: str | None = None,
    attempt: int | None = None,
) -> Report:
    """The report `name` of a definition, of one branch, of a batch, or of the whole campaign.

    `each` breaks the whole down by branch, batch or group (default: as the definition says). `on` is a day of the period (default
    today), for reports that have one. `stage` and `attempt` (its number in that stage; default the last) are for one branch: an
    attempt that is over is reported as it stood when it ended. Raises `NotFound` and `Misuse`.
    """
    kind = find_report(campaign.definition, name)
    _check(kind, branch, batch, each, on, stage, attempt)
    with standing(campaign, branch, stage, attempt) as stand:
        period = None if kind.period is None else _period(kind.period, _day(campaign, on))
        return _Reporting.of(campaign, kind, stand, branch, batch, period).report(None if branch else each or kind.each)


def find_report(definition: Definition, name: str) -> ReportKind:
    """Raises `NotFound`."""
    found = definition.reports.get(name)
    if found is None:
        hint = did_you_mean(name, list(definition.reports))
        raise NotFound(Text.of(f"there is no report {name}; {hint.say('en')}", f"没有报表 {name}；{hint.say('zh')}"), "report")
    return found


def _check(
    kind: ReportKind, branch: str | None, batch: str | None, each: Each | None, on: Any, stage: str | None, attempt: int | None
) -> None:
    if branch is None and (stage is not None or attempt is not None):
        raise Misuse(Text.of("name the branch whose stage or attempt is meant", "请写明是哪个支部的阶段或轮次"), "no-branch")
    if branch is not None and kind.of == "campaign":
        raise Misuse(
            Text.of(f"{kind.id} is a report of the whole campaign: name no branch", f"{kind.id} 是整个活动的报表：不要写支部"), "branch"
        )
    if branch is not None and (batch is not None or each is not None):
        raise Misuse(Text.of("name either a branch, or what to break the whole down by", "支部与批次、分项不能同时给出"), "branch")
    if on is not None and kind.period is None:
        raise Misuse(Text.of(f"{kind.id} has no period: leave the day out", f"{kind.id} 没有统计期：请去掉日期"), "no-period")


def _day(campaign: Campaign, on: date | str | None) -> str:
    """A day of the period; a month stands for its first day."""
    said = f"{on}-01" if isinstance(on, str) and re.fullmatch(r"\d{4}-\d{2}", on) else on
    return campaign.today if said is None else read_day(said, campaign.definition.calendar.zone)


def _period(span: Span, day: str) -> tuple[str, str]:
    """First and last day of the month, quarter or year a day lies in."""
    months, within = _MONTHS[span], date.fromisoformat(day)
    first = within.replace(month=(within.month - 1) // months * months + 1, day=1)
    after = first.year * 12 + first.month - 1 + months
    last = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return first.isoformat(), last.isoformat()


@define
class _Reporting:
    """One report being made: facts read once, tallies of every branch."""

    campaign: Campaign
    kind: ReportKind
    stand: Stand
    branch: str | None
    batch: str | None
    period: tuple[str, str] | None
    facts: Facts
    reckoner: Reckoner
    branches: Sequence[BranchFact]
    _tallies: dict[str, dict[str, Tally]] = field(factory=dict)
    _counts: dict[tuple[str, str], int] = field(factory=dict)  # branch and kind of document -> how many
    _numbers: list[tuple[str, int]] = field(factory=list)

    @classmethod
    def of(
        cls, campaign: Campaign, kind: ReportKind, stand: Stand, branch: str | None, batch: str | None, period: tuple[str, str] | None
    ) -> _Reporting:
        definition = campaign.definition
        with stand.store.read():
            facts = Facts.load(stand.store, definition, _needs(definition, kind), stand.now, branch, states=campaign.renamed)
            given = {} if period is None else {BEGINS: period[0], ENDS: period[1]}
            reckoner = Reckoner(definition, kind, facts, given)
            made = cls(campaign, kind, stand, branch, batch, period, facts, reckoner, _asked(facts, branch, batch))
            made._read_evidence()
        made._tallies = {each.id: reckoner.tallies(each) for each in made.branches}
        return made

    def report(self, each: Each | None) -> Report:
        whole = self.facts.branches[self.branch] if self.branch else None
        return Report(
            name=self.kind.id,
            day=self.facts.today,
            total=self._part(whole.id if whole else None, whole.title if whole else "", self.branches),
            branch=self.branch,
            batch=self.batch,
            stage=self.stand.stage,
            attempt=self.stand.attempt,
            period=self.period,
            each=each,
            parts=tuple(self._parts(each)) if each else (),
            filed=self._filed() if self.kind.compares else None,
        )

    def _parts(self, each: Each) -> Iterable[Part]:
        if each == "branch":
            yield from (self._part(branch.id, branch.title, [branch]) for branch in self.branches)
            return
        found: dict[str | None, list[BranchFact]] = {}
        for branch in self.branches:
            found.setdefault(getattr(branch, each), []).append(branch)
        for key in sorted(found, key=lambda key: (key is None, key or "")):
            yield self._part(key, key or "", found[key])

    def _part(self, key: str | None, title: str, branches: Sequence[BranchFact]) -> Part:
        amounts = self.reckoner.amounts(self._tallies[branch.id] for branch in branches)
        return Part(key=key, title=title, branches=len(branches), amounts=tuple(self._with_evidence(a, branches) for a in amounts))

    # -- evidence ----------------------------------------------------------------------------------------------------

    def _read_evidence(self) -> None:
        wanted = canonical(sorted(set().union(*(self._papers(name) for name in self.kind.lines))))
        if self.branch is not None:
            self._numbers = [(kind, seq) for kind, seq in self.stand.store.rows(_NUMBERS, (self.branch, wanted))]
        else:
            self._counts = {(branch, kind): count for branch, kind, count in self.stand.store.rows(_COUNTS, (wanted,))}

    def _papers(self, name: str) -> frozenset[str]:
        """The kinds of document a line rests on: a record of members may stand on a sheet."""
        read = set().union(*(expression.kinds for expression in self.kind.lines[name].expressions))
        sheets = {kind.id for kind in self.campaign.definition.records.values() if kind.lines in read}
        return frozenset(read | sheets)

    def _with_evidence(self, amount: Amount, branches: Sequence[BranchFact]) -> Amount:
        papers = self._papers(amount.line)
        if self.branch is not None:
            evidence = tuple(seq for kind, seq in self._numbers if kind in papers)
            return evolve(amount, documents=len(evidence), evidence=evidence)
        return evolve(amount, documents=sum(self._counts.get((branch.id, kind), 0) for branch in branches for kind in papers))

    # -- what was filed ----------------------------------------------------------------------------------------------

    def _filed(self) -> Filed:
        kind = self.campaign.definition.records[str(self.kind.compares)]
        columns = {name: len(RECORD_HEAD) + n for n, name in enumerate(kind.fields)}
        missing, differences = [], []
        for branch in self.branches:
            rows = self.facts.records(kind.id, branch)
            if not rows:
                missing.append(branch.id)
                continue
            row = latest(rows)
            amounts = {amount.line: amount.value for amount in self.reckoner.amounts([self._tallies[branch.id]])}
            for name in [name for name in self.kind.lines if name in columns and kind.fields[name].type in ("number", "integer")]:
                counted, filed = amounts[name], row[columns[name]]
                if counted is None or filed is None or not number_equal(counted, filed):
                    differences.append(Difference(branch=branch.id, line=name, counted=counted, filed=filed, document=row[SEQ]))
        total = len(self.branches)
        return Filed(kind=kind.id, total=total, filed=total - len(missing), missing=tuple(missing), differences=tuple(differences))


def _asked(facts: Facts, branch: str | None, batch: str | None) -> Sequence[BranchFact]:
    if branch is not None:
        return [facts.branches[branch]]
    known = sorted({each.batch for each in facts.branches.values() if each.batch})
    if batch is not None and batch not in known:
        hint = did_you_mean(batch, known)
        raise NotFound(Text.of(f"there is no batch {batch}; {hint.say('en')}", f"没有批次 {batch}；{hint.say('zh')}"), "batch")
    return [each for each in facts.branches.values() if batch is None or each.batch == batch]


def _needs(definition: Definition, kind: ReportKind) -> FactNeeds:
    needs = FactNeeds()
    for line in kind.lines.values():
        needs.members |= line.each == "member"
        needs.children |= line.each == "child"
        if line.each in definition.cases:
            needs.cases.add(str(line.each))
        for expression in line.expressions:
            needs.add(expression)
    if kind.compares is not None:
        needs.records.add(kind.compares)
    return needs

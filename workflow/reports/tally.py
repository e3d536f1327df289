"""One line over facts: counted or summed branch by branch, then over many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field

from workflow.definition.expressions import Expression
from workflow.definition.expressions.runtime import MISSING
from workflow.definition.model import Definition
from workflow.definition.reporting import ReportKind, ReportLine
from workflow.reports.model import Amount, Named, Number
from workflow.store.facts import BranchFact, CaseFact, Facts
from workflow.verdicts.evaluate import case_name, subjects_of

Given = Mapping[str, Any]


@define
class Tally:
    """The parts of a figure that are added up over branches."""

    value: Number = 0
    of: int = 0
    unknown: int = 0
    base: Number | None = 0  # None where it is not known of all that are counted: a share of less would be a lie
    before: Number | None = 0
    named: list[Named] = field(factory=list)

    def add(self, other: Tally) -> None:
        self.value += other.value
        self.of += other.of
        self.unknown += other.unknown
        self.base = _plus(self.base, other.base)
        self.before = _plus(self.before, other.before)
        self.named += other.named


@define
class Reckoner:
    """Reckons the figures of one report from facts that were read once for all branches. `given` are the days of the period."""

    definition: Definition
    kind: ReportKind
    facts: Facts
    given: Given

    def tallies(self, branch: BranchFact) -> dict[str, Tally]:
        """Of every line that asks something of a branch."""
        return {line.id: self._tally(line, branch) for line in self.kind.lines.values() if is_summed(line)}

    def _tally(self, line: ReportLine, branch: BranchFact) -> Tally:
        tally = Tally()
        subjects = [branch] if line.each is None else subjects_of(self.definition, line.each, self.facts, branch)
        for subject in subjects:
            asked = True if line.when is None else self._run(line.when, branch, subject)
            if asked is False:
                continue
            tally.of += 1
            value = self._run(line.value, branch, subject)
            if asked is MISSING or value is MISSING:
                tally.unknown += 1
                continue
            tally.value += int(value) if isinstance(value, bool) else value
            if line.names and value:
                tally.named.append(self._named(branch, subject))
            tally.base = _plus(tally.base, self._part(line.base, line, branch, subject))
            tally.before = _plus(tally.before, self._part(line.before, line, branch, subject))
        return tally

    def _part(self, part: Expression | None, line: ReportLine, branch: BranchFact, subject: Any) -> Number | None:
        if part is None or not part.reads_branch(line.each):
            return 0
        found = self._run(part, branch, subject)
        return None if found is MISSING else found

    def _run(self, expression: Expression, branch: BranchFact | None, subject: Any, given: Given | None = None) -> Any:
        """A figure that breaks (a division by nothing) is one that is not known."""
        try:
            return expression.run(expression.env(self.facts, self.facts.today, branch, subject, self.given if given is None else given))
        except ArithmeticError:
            return MISSING

    def _named(self, branch: BranchFact, subject: Any) -> Named:
        if isinstance(subject, CaseFact):
            return Named(branch=branch.id, id=subject.id, name=case_name(self.definition, self.facts, subject))
        return Named(branch=branch.id, id=subject.id, name=str(getattr(subject, "name", "") or getattr(subject, "title", "") or subject.id))

    def amounts(self, tallied: Iterable[Mapping[str, Tally]]) -> tuple[Amount, ...]:
        """The figures of some branches together, line by line: sums, and what is computed from them."""
        sums = {name: Tally() for name in self.kind.lines}
        for tallies in tallied:
            for name, tally in tallies.items():
                sums[name].add(tally)
        found: dict[str, Amount] = {}
        for line in self.kind.lines.values():
            figures = {**self.given, **{name: MISSING if a.value is None else a.value for name, a in found.items()}}
            found[line.id] = self._amount(line, sums[line.id], figures)
        return tuple(found.values())

    def _amount(self, line: ReportLine, tally: Tally, figures: Given) -> Amount:
        if is_summed(line):
            known = tally.of > tally.unknown or not tally.of
            value: Number | None = tidy(tally.value) if known else None
        else:
            value = self._whole(line.value, figures)
        return Amount(
            line=line.id,
            value=value,
            of=tally.of if line.counts else None,
            unknown=tally.unknown,
            base=self._beside(line.base, line, tally.base, figures),
            before=self._beside(line.before, line, tally.before, figures),
            named=tuple(tally.named),
        )

    def _beside(self, part: Expression | None, line: ReportLine, added: Number | None, figures: Given) -> Number | None:
        if part is None or added is None:
            return None
        return tidy(added) if part.reads_branch(line.each) else self._whole(part, figures)

    def _whole(self, expression: Expression, figures: Given) -> Number | None:
        found = self._run(expression, None, None, figures)
        return None if found is MISSING else tidy(found)


def _plus(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


def is_summed(line: ReportLine) -> bool:
    """Whether a line is asked of branches and added up; else it is computed once from other lines."""
    return line.each is not None or line.counts or line.value.reads_branch(line.each)


def tidy(number: Number) -> Number:
    """Without the dust of sums of tenths; whole numbers as such."""
    rounded = round(number, 9)
    return int(rounded) if rounded == int(rounded) else rounded

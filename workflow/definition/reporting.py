"""Reports a definition declares: lines of figures, each an expression over what the ledger holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from workflow.texts import Text

if TYPE_CHECKING:
    from workflow.definition.expressions import Expression

Each = Literal["branch", "batch", "group"]
Span = Literal["month", "quarter", "year"]


@frozen(kw_only=True)
class ReportLine:
    """One figure. A condition counts those it is true of; a number is summed over all it is asked of.

    `each` is None (asked of the branch), "member", "step", "child" or the id of a case kind. An expression that reads no branch, like
    one over earlier lines, is not summed: it is computed once from the figures of the whole.
    """

    id: str
    title: Text
    value: Expression
    unit: str | None = None
    each: str | None = None
    when: Expression | None = None
    base: Expression | None = None  # what the figure is a share of
    before: Expression | None = None  # the figure a year (a period) earlier
    names: bool = False  # whether those counted are named
    basis: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return self.value.type.kind == "boolean"

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(each for each in (self.value, self.when, self.base, self.before) if each is not None)


@frozen(kw_only=True)
class ReportKind:
    """A report: of one `branch` (or the sum of all), or of the `campaign` as a whole only; with a part for `each` branch, batch or group.

    `compares` is the record of a branch by which these figures are filed; those of the same name are held against each other.
    """

    id: str
    title: Text
    lines: Mapping[str, ReportLine]
    of: Literal["branch", "campaign"] = "branch"
    each: Each | None = None
    period: Span | None = None
    compares: str | None = None
    basis: tuple[str, ...] = ()


BEGINS, ENDS = "begins", "ends"  # in a report with a period: its first and last day

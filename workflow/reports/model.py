"""What a report says."""

from __future__ import annotations

from attrs import field, frozen

Number = int | float


@frozen(kw_only=True)
class Named:
    """One of those counted: the branch it belongs to, its id there (the branch's own for a branch), and what it is called."""

    branch: str
    id: str
    name: str


@frozen(kw_only=True)
class Amount:
    """The figure of one line. Ratios are computed from it, never kept.

    `value` is None where it cannot be known. `of` is the denominator of a count, None for a sum. `unknown` of those asked lack a fact
    and stand in no figure. It rests on `documents`; their numbers are in `evidence` where the report is of one branch.
    """

    line: str
    value: Number | None
    of: int | None = None
    unknown: int = 0
    base: Number | None = None
    before: Number | None = None
    documents: int = 0
    evidence: tuple[int, ...] = ()
    named: tuple[Named, ...] = ()

    @property
    def share(self) -> float | None:
        """Of the base, or of all that were asked."""
        whole = self.of if self.base is None else self.base
        return None if self.value is None or not whole else self.value / whole

    @property
    def change(self) -> float | None:
        """Against the figure before: 0.25 is a quarter more."""
        return None if self.value is None or not self.before else self.value / self.before - 1


@frozen(kw_only=True)
class Part:
    """The figures of a branch, a batch or a group (`key`, None for those without), or of the whole (`branches` in it)."""

    key: str | None
    title: str
    branches: int
    amounts: tuple[Amount, ...]

    def __getitem__(self, line: str) -> Amount:
        return next(amount for amount in self.amounts if amount.line == line)


@frozen(kw_only=True)
class Difference:
    """Where a filed figure is not the one in the ledger; `document` is the number of the record."""

    branch: str
    line: str
    counted: Number | None
    filed: Number | None
    document: int


@frozen(kw_only=True)
class Filed:
    """How the report compares with what was filed by hand: `filed` of `total` branches filed, `missing` did not."""

    kind: str
    total: int
    filed: int
    missing: tuple[str, ...]
    differences: tuple[Difference, ...]


@frozen(kw_only=True)
class Report:
    """A report on the day `day`; of one `branch` (in an attempt of a stage), of a `batch`, or of the whole campaign.

    `parts` are the total broken down by `each`; they add up to it wherever figures are sums.
    """

    name: str
    day: str
    total: Part
    branch: str | None = None
    batch: str | None = None
    stage: str | None = None
    attempt: int | None = None
    period: tuple[str, str] | None = None
    each: str | None = None
    parts: tuple[Part, ...] = field(default=())
    filed: Filed | None = None

    def __getitem__(self, line: str) -> Amount:
        """A figure of the whole by its line: `report["sessions"].value`."""
        return self.total[line]

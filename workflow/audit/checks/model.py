"""What a check is, and what it found."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from workflow.texts import Text


@frozen(order=True)
class Place:
    """One event of the ledger."""

    stream: str
    seq: int


@frozen(kw_only=True)
class Check:
    """One thing an auditor looks for. It comes with the program, or is declared in the definition under `audits`.

    What only `lists` tells what there is, and is no reproach: it leaves the exit code alone.
    """

    id: str
    title: Text
    looks_for: Text
    basis: Text
    source: Literal["program", "definition"]
    lists: bool = False


@frozen(kw_only=True)
class Row:
    """One thing found: in which branch (empty: in the campaign as a whole), on which local day, by or about whom, and the events it
    rests on. `what` says it in words, with its figures."""

    branch: str
    day: str
    who: tuple[str, ...]
    what: Text
    events: tuple[Place, ...]


@frozen(kw_only=True)
class Found:
    """What one check found among the `looked_at` things it looked at, which are called `of`.

    Of `unknown` a fact is missing, so that nobody can say; `notes` sum the rows up.
    """

    check: Check
    rows: tuple[Row, ...]
    looked_at: int
    of: Text
    unknown: int = 0
    notes: tuple[Text, ...] = ()


@frozen(kw_only=True)
class Checked:
    """All checks that were made, as the ledger stood on a local day; of one `branch`, if one was named."""

    day: str
    found: tuple[Found, ...]
    branch: str | None = None

    @property
    def reproaches(self) -> int:
        """Rows of all checks but those that only list."""
        return sum(len(each.rows) for each in self.found if not each.check.lists)

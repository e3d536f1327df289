"""Rosters for a rehearsal: who is above the branches comes first, each branch as its batch begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field

from workflow.clock import VirtualClock
from workflow.definition import Definition
from workflow.engine.campaign import Campaign
from workflow.engine.tables.roster_words import known_columns
from workflow.engine.tables.tabular import read_table
from workflow.simulation.compiling import Compiled

Rows = Sequence[Mapping[str, str]]


@define
class Rolls:
    """The rows of a roster by branch; under "" those of nobody's branch."""

    rows: Mapping[str, Rows]
    _together: dict[str, Sequence[str]] = field(factory=dict)
    _entered: set[str] = field(factory=set)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]]) -> Rolls:
        found = defaultdict[str, list[Mapping[str, str]]](list)
        for row in rows:
            found[row.get("branch", "")].append(row)
        return cls(found)

    @classmethod
    def read(cls, path: Path, definition: Definition, clock: VirtualClock) -> Rolls:
        """Of a file: as it is understood as a whole, for a branch on its own would say less. Raises `InputFault` for what is no roster."""
        with Campaign.create(":memory:", definition, clock=clock, rehearsal=True) as campaign, TemporaryDirectory() as folder:
            campaign.import_roster(path)
            (written,) = campaign.export(Path(folder) / "roster.csv", what=("roster",))
            return cls.of(row.cells for row in read_table(written, known_columns(definition)).rows)

    def begin(self, campaign: Campaign, compiled: Compiled) -> None:
        """Everybody above the branches. Of the plan it is kept which branches will come at one time."""
        for batch in compiled.plan.batches.values():
            ours = [branch.id for branch in compiled.branches if branch.batch == batch.id]
            at_once = batch.plus.kind == "constant"
            self._together |= {branch: ours if at_once else [branch] for branch in ours}
        if self.rows.get(""):
            campaign.import_roster(self.rows[""])

    def enter(self, campaign: Campaign, branch: str) -> None:
        """The branch, with its members and people; what it belongs to comes before it, and who comes at the same time with it: each
        import looks at all that is there already."""
        rows = [row for each in self._together.get(branch, [branch]) for row in self._coming(each)]
        if rows:
            campaign.import_roster(rows)

    def _coming(self, branch: str) -> Iterator[Mapping[str, str]]:
        if branch in self._entered or branch not in self.rows:
            return
        self._entered.add(branch)
        for row in self.rows[branch]:
            yield from self._coming(row.get("parent", ""))
        yield from self.rows[branch]

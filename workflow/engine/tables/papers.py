"""Live records as whole papers, as tables show them and compare them with what is to be entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from workflow.canonical import canonical
from workflow.definition.model import Definition, RecordKind
from workflow.store import Store
from workflow.store.layout import Cell, encode

_DOCUMENTS = """SELECT branch, seq, kind, happened, "by" FROM workflow_document
    WHERE live = 1 AND (?1 IS NULL OR branch IN (SELECT value FROM json_each(?1))) ORDER BY branch, seq"""
_LINES = """SELECT branch, seq, kind, member, {slots} FROM workflow_line
    WHERE live = 1 AND (?1 IS NULL OR branch IN (SELECT value FROM json_each(?1))) ORDER BY branch, seq, line"""
# What came with a member's dossier has no document in the branch it counts in: each record is a paper of its own there.
_CARRIED = """SELECT l.branch, l.seq, l.line, l.kind, l.member, l.happened, l."by", {slots} FROM workflow_line l
    JOIN workflow_carried c ON (c.branch, c.seq, c.line, c.kind, c.member) = (l.branch, l.seq, l.line, l.kind, l.member)
    WHERE l.live = 1 AND (?1 IS NULL OR l.branch IN (SELECT value FROM json_each(?1))) ORDER BY l.branch, l.seq, l.line"""


@frozen
class PaperLine:
    """What is said of one member; every field of the lines' kind in order, as the tables keep them."""

    member: str
    cells: tuple[Cell, ...]


@frozen
class Paper:
    """One document: `cells` are its own fields (none of a record of members), `lines` those of its members.

    `place` is its line in the event `seq`, if it came there with a member's dossier; else 0.
    """

    kind: str
    branch: str
    happened: str
    by: str
    cells: tuple[Cell, ...] = ()
    lines: tuple[PaperLine, ...] = ()
    seq: int = field(default=0, eq=False)
    place: int = field(default=0, eq=False)

    @property
    def number(self) -> int | str:
        """By which the rows of a document are told from those of others: what came in one dossier came in one event."""
        return f"{self.seq}#{self.place}" if self.place else self.seq

    @property
    def identity(self) -> str:
        """Papers that say the same have the same."""
        lines = [[line.member, *line.cells] for line in self.lines]
        return canonical([self.kind, self.branch, self.happened, self.by, list(self.cells), lines])


def papers(store: Store, definition: Definition, branches: Iterable[str] | None = None) -> list[Paper]:
    """All live papers of some branches or of all, by branch and in the order they were entered; three queries."""
    scope = None if branches is None else canonical(sorted(branches))
    most = max((len(kind.fields) for kind in definition.records.values()), default=0)
    slots = ", ".join(f"f{n}" for n in range(1, most + 1)) or "NULL"
    found: dict[tuple[str, int], tuple[list[tuple[Cell, ...]], list[PaperLine]]] = {}
    for branch, seq, kind, member, *cells in store.rows(_LINES.format(slots=slots), (scope,)):
        own, lines = found.setdefault((branch, seq), ([], []))
        said = tuple(cells[: len(definition.records[kind].fields)])
        if definition.records[kind].of == "member":
            lines.append(PaperLine(member, said))
        else:
            own.append(said)
    empty: tuple[list[tuple[Cell, ...]], list[PaperLine]] = ([], [])
    listed = []
    for branch, seq, kind, happened, by in store.rows(_DOCUMENTS, (scope,)):
        own, lines = found.get((branch, seq), empty)
        listed.append(Paper(kind, branch, happened, by, own[0] if own else (), tuple(lines), seq))
    for branch, seq, place, kind, member, happened, by, *cells in store.rows(_CARRIED.format(slots=slots), (scope,)):
        line = PaperLine(member, tuple(cells[: len(definition.records[kind].fields)]))
        listed.append(Paper(kind, branch, happened, by, (), (line,), seq, place))
    return sorted(listed, key=lambda paper: (paper.branch, paper.seq, paper.place))


def paper_of(
    definition: Definition,
    kind: RecordKind,
    branch: str,
    happened: str,
    by: str,
    fields: Mapping[str, Any],
    lines: Iterable[Mapping[str, Any]],
) -> Paper:
    """A document about to be entered, as it would stand among the live ones."""
    of_line = kind if kind.of == "member" else definition.records.get(kind.lines or "")
    cells = () if kind.of == "member" else tuple(encode(each, fields.get(name)) for name, each in kind.fields.items())
    own = [
        PaperLine(str(line["member"]), tuple(encode(each, line.get(name, fields.get(name))) for name, each in of_line.fields.items()))
        for line in (lines if of_line else ())
        if of_line
    ]
    return Paper(kind.id, branch, happened, by, cells, tuple(own))

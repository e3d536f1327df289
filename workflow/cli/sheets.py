"""Tables as lines of text: as wide as they need be, narrower where the terminal is, and a block for each row where that fails.

No word or code is ever broken, and no line ends in blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from workflow.verdicts.render.voice import padded, width

_GAP = "  "
_NARROWEST = 14  # columns of a text column; below, a table is no longer read
_MARKS = "✗?!~✓·#"  # what begins a line that has something below it
# Blanks; words and codes; single characters: no line begins with a mark that closes, or ends with one that opens.
_PIECES = re.compile(r"\s+|[（《]*(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])[，。、；：？！）》”]*")


@frozen
class Row:
    cells: tuple[str, ...]
    bold: bool = False


@define
class Sheet:
    """A table. The columns in `right` hold figures; `rows` come in the order they are added."""

    title: str
    columns: tuple[str, ...]
    right: frozenset[str] = frozenset()
    rows: list[Row] = field(factory=list)

    def add_row(self, *cells: object, style: str = "") -> None:
        self.rows.append(Row(tuple(map(str, cells)), bold="bold" in style))

    def lines(self, space: int) -> list[Row]:
        """The table on `space` columns, each line a row of one cell; bold where it should stand out."""
        natural = [max(width(cell) for cell in cells) for cells in zip(self.columns, *(row.cells for row in self.rows), strict=True)]
        fitted = self._fitted(natural, space)
        body = self._blocks(space) if fitted is None else self._grid(fitted)
        return [Row((line,), bold=True) for line in wrapped(self.title, space)] + body

    def _fitted(self, natural: Sequence[int], space: int) -> list[int] | None:
        """The widths of the columns, the widest text columns narrowed first; None if they cannot be narrowed enough."""
        widths = list(natural)
        least = [
            n if name in self.right else max(min(_NARROWEST, n), *(_longest(row.cells[i]) for row in self.rows), _longest(name))
            for i, (name, n) in enumerate(zip(self.columns, natural, strict=True))
            if self.rows
        ]
        while sum(widths) + len(_GAP) * (len(widths) - 1) > space:
            widest = max(range(len(widths)), key=lambda i: widths[i] - least[i] if least else 0)
            if not least or widths[widest] <= least[widest]:
                return None
            widths[widest] -= 1
        return widths

    def _grid(self, widths: Sequence[int]) -> list[Row]:
        found = []
        head = [Row(self.columns, bold=True)] if any(map(str.strip, self.columns)) else []
        for row in [*head, *self.rows]:
            parts = [wrapped(cell, w) for cell, w in zip(row.cells, widths, strict=True)]
            for n in range(max(map(len, parts))):
                cells = (part[n] if n < len(part) else "" for part in parts)
                found.append(Row((self._line(cells, widths),), bold=row.bold))
        return found

    def _line(self, cells: Iterable[str], widths: Sequence[int]) -> str:
        placed = [
            " " * (w - width(cell)) + cell if name in self.right else padded(cell, w)
            for name, cell, w in zip(self.columns, cells, widths, strict=True)
        ]
        return _GAP.join(placed).rstrip()

    def _blocks(self, space: int) -> list[Row]:
        """A paragraph for each row: its first cell, and below it what the others say."""
        found = []
        for row in self.rows:
            found += [Row((line,), bold=True) for line in wrapped(row.cells[0], space)]
            said = [f"{name}{_GAP}{cell}" for name, cell in zip(self.columns[1:], row.cells[1:], strict=True) if cell.strip()]
            found += [Row((line,)) for each in said for line in wrapped("    " + each, space)]
        return found


def wrapped(line: str, space: int) -> list[str]:
    """A line cut between words or Chinese characters into lines of at most `space` columns; what follows is indented two more."""
    if width(line) <= space:
        return [line]
    body = line.lstrip()
    indent = " " * (len(line) - len(body))
    hanging = indent + _GAP if indent or body[0] in _MARKS else ""
    lines, now = [], indent
    for piece in _PIECES.findall(body):
        if width(now) + width(piece.rstrip()) > space and now.strip():
            lines.append(now.rstrip())
            now = hanging
            if piece.isspace():
                continue
        now += piece
    return [*lines, now.rstrip()] if now.strip() else lines


def _longest(cell: str) -> int:
    """Columns of the longest word."""
    return max(map(width, _PIECES.findall(cell.strip())), default=0)

"""Tables people keep in spreadsheets, read as they come: any delimiter, any of the usual encodings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from unicodedata import normalize

from attrs import define, field, frozen

from workflow.engine.tables.grid import Grid, fatal, read_bytes
from workflow.engine.tables.workbooks import ARCHIVE, read_workbook
from workflow.errors import Fault
from workflow.texts import Text

_DELIMITERS = (",", "\t", ";")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEARCHED = 20  # rows among which the heading is looked for


@frozen
class Row:
    """One row: its number in the file (the header is row 1) and its cells by column, trimmed; empty cells are left out.

    `lead` is the first cell that says anything, be its column known or not; `broken` says of cells why they have no value.
    """

    number: int
    cells: Mapping[str, str]
    lead: str = ""
    broken: Mapping[str, Text] = field(factory=dict)


@define
class Table:
    """A table with its header read. `columns` are the ids of the header's columns that were recognised, in order.

    `headings` is what each of them is called: in the file, or, where the file has no such column, what it could be.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    faults: list[Fault] = field(factory=list)
    headings: dict[str, Text] = field(factory=dict)

    def fault(self, row: int, column: str, text: Text, code: str) -> Fault:
        """Something wrong at a cell, or at a whole row. `column` is an id, or the heading of a column without one."""
        shown = self.headings.get(column, Text.same(column))
        en = f"{self.name}: row {row}" + (f", column {shown.say('en')}" if column else "")
        zh = f"{self.name} 第 {row} 行" + (f"，“{shown.say('zh')}”列" if column else "")
        return Fault(en, "", text, code, Text.of(en, zh))

    def warn(self, row: int, column: str, en: str, zh: str, code: str) -> None:
        self.faults.append(self.fault(row, column, Text.of(en, zh), code))


def heading(text: str) -> str:
    """A column's heading without what people vary: case, blanks, underscores, full-width forms."""
    return "".join(normalize("NFKC", text).replace("_", " ").casefold().split())


def read_table(source: str | Path | Iterable[Mapping[str, str]], known: Mapping[str, str]) -> Table:
    """The table in a file or in rows; `known` maps each `heading` to the id of its column. Of a workbook, the worksheet it fits best.

    Raises `InputFault` for what is no table: a missing or empty file, an unknown encoding.
    """
    if not isinstance(source, (str, Path)):
        return _from_mappings(source, known)
    grids = read_grids(source)
    best = max(grids, key=lambda grid: max((_fit(cells, known) for _, cells in grid.rows[:_SEARCHED]), default=0))
    table = table_of(best, known)
    for other in grids:
        if other is not best and any(any(cells) for _, cells in other.rows):
            table.faults.append(Fault(other.name, "", Text.of("this worksheet is not read", "未读取此工作表"), "worksheet"))
    return table


def read_grids(source: str | Path) -> list[Grid]:
    """The sheets of a file: one of a CSV file, all of a workbook. Raises `InputFault` for what is neither."""
    path = Path(source)
    data = read_bytes(path)
    if data.startswith(ARCHIVE):
        return read_workbook(path, data)
    text, doubts = _decoded(path, data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [(number, list(cells)) for number, cells in enumerate(reader, 1)]
    except csv.Error as problem:
        raise fatal(path.name, f"not a table: {problem}", f"不是表格：{problem}", "not-a-table") from problem
    return [Grid(path.name, path.stem, rows, doubts)]


def _from_mappings(source: Iterable[Mapping[str, str]], known: Mapping[str, str]) -> Table:
    rows = list(source)
    header = list(dict.fromkeys(name for row in rows for name in row))
    lists = [header, *([str(row.get(name) or "") for name in header] for row in rows)]
    return table_of(Grid("rows", "rows", list(enumerate(lists, 1))), known)


def table_of(grid: Grid, known: Mapping[str, str]) -> Table:
    """A grid with its heading read. Raises `InputFault` for an empty one."""
    table = Table(grid.name, (), [], list(grid.faults))
    at = _heading_row(grid, known)
    if at is None:
        raise fatal(table.name, "the file is empty", "文件为空", "empty")
    for number, cells in grid.rows[:at]:
        said = " ".join(dict.fromkeys(filter(None, map(str.strip, cells))))
        if said:
            table.warn(number, "", f"above the heading, and not read: {said}", f"位于表头之上，未读取：{said}", "above")
    number, header = grid.rows[at]
    columns = _columns(table, number, header, known)
    table.columns = tuple(c for c in columns if c)
    nameless = {n for n, title in enumerate(header) if not title.strip()}
    for number, cells in grid.rows[at + 1 :]:
        trimmed = [cell.strip() for cell in cells]
        if not any(trimmed):
            continue
        _check_width(table, number, len(header), trimmed)
        for n in [n for n in sorted(nameless) if n < len(trimmed) and trimmed[n]]:
            table.warn(number, str(n + 1), "a column without a heading; it is ignored", "该列没有表头，已忽略", "column")
            nameless.remove(n)
        lead = next(filter(None, trimmed))
        found = {c: cell for c, cell in zip(columns, trimmed, strict=False) if c and cell}
        broken = {c: grid.broken[number, n] for n, c in enumerate(columns) if c and (number, n) in grid.broken}
        table.rows.append(Row(number, found, lead, broken))
    return table


def _heading_row(grid: Grid, known: Mapping[str, str]) -> int | None:
    """Where the heading stands: below a title, if a lower row is clearly one; None where there is nothing at all."""
    said = [n for n, (_, cells) in enumerate(grid.rows) if any(map(str.strip, cells))][:_SEARCHED]
    if not said or _fit(grid.rows[said[0]][1], known) > 1:
        return said[0] if said else None
    return next((n for n in said if _fit(grid.rows[n][1], known) > 1), said[0])


def _fit(cells: Sequence[str], known: Mapping[str, str]) -> int:
    """How many of the cells are headings that are known."""
    return len({known[heading(cell)] for cell in cells if heading(cell) in known})


def _columns(table: Table, number: int, header: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The id of each column, or nothing where it is to be passed over."""
    found: list[str] = []
    for title in header:
        name, shown = known.get(heading(title), ""), " ".join(title.split())
        if shown and not name:
            table.warn(number, shown, "nobody asked for this column; it is ignored", "未知列，已忽略", "column")
        elif name and name in found:
            table.warn(number, shown, f"a second column for {name}; it is ignored", f"{name} 列重复，已忽略", "column-twice")
            name = ""
        elif name:
            table.headings[name] = Text.same(shown)
        found.append(name)
    return found


def _check_width(table: Table, number: int, width: int, cells: Sequence[str]) -> None:
    if len(cells) < width:
        en = f"{len(cells)} cells where the header has {width}; the missing ones are taken as empty"
        table.warn(number, "", en, f"只有 {len(cells)} 格，表头为 {width} 格；缺少的按空白处理", "short-row")
    elif any(cells[width:]):
        en = f"{len(cells)} cells where the header has {width}; those beyond it are ignored: {', '.join(filter(None, cells[width:]))}"
        zh = f"共 {len(cells)} 格，表头为 {width} 格；多出的已忽略：{'、'.join(filter(None, cells[width:]))}"
        table.warn(number, "", en, zh, "long-row")


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that says anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _decoded(path: Path, data: bytes) -> tuple[str, list[Fault]]:
    """The file's text, and a warning where its encoding had to be guessed."""
    encoding = next((name for mark, name in _WIDE.items() if data.startswith(mark)), "utf-8-sig")
    doubts: list[Fault] = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text, doubts = _guessed(path, data)
    if "\0" in text:
        raise fatal(
            path.name,
            "not a table but a binary file; save it as CSV (UTF-8)",
            "不是表格而是二进制文件；请另存为 CSV（UTF-8）",
            "not-a-table",
        )
    return text, doubts


def _guessed(path: Path, data: bytes) -> tuple[str, list[Fault]]:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        en = "neither UTF-8 nor GB18030; save it as CSV (UTF-8)"
        raise fatal(path.name, en, "既不是 UTF-8 也不是 GB18030 编码；请另存为 CSV（UTF-8）", "encoding") from None
    said = Text.of("not UTF-8; read as GB18030: look whether the names are right", "不是 UTF-8 编码，已按 GB18030 读取：请核对姓名是否正确")
    return text, [Fault(path.name, "", said, "encoding")]

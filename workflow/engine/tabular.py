"""Tables people keep in spreadsheets, read as they come: any delimiter, any of the usual encodings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from unicodedata import normalize

from attrs import define, field, frozen

from workflow.errors import Fault, InputFault
from workflow.texts import Text

_DELIMITERS = (",", "\t", ";")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_ARCHIVE = b"PK\x03\x04"  # what a spreadsheet program's own files begin with


@frozen
class Row:
    """One row: its number in the file (the header is row 1) and its cells by column, trimmed; empty cells are left out.

    `lead` is the first cell that says anything, be its column known or not.
    """

    number: int
    cells: Mapping[str, str]
    lead: str = ""


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
    """The table in a file or in rows; `known` maps each `heading` to the id of its column.

    Raises `InputFault` for what is no table: a missing or empty file, an unknown encoding, a spreadsheet program's own format.
    """
    if not isinstance(source, (str, Path)):
        return _from_mappings(source, known)
    path = Path(source)
    text, doubts = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    table = Table(path.name, (), [], doubts)
    try:
        _fill(table, _numbered(reader), known)
    except csv.Error as problem:
        raise _fatal(path.name, f"not a table: {problem}", f"不是表格：{problem}", "not-a-table") from problem
    return table


def _from_mappings(source: Iterable[Mapping[str, str]], known: Mapping[str, str]) -> Table:
    rows = list(source)
    header = list(dict.fromkeys(name for row in rows for name in row))
    table = Table("rows", (), [])
    lists = [header, *([str(row.get(name) or "") for name in header] for row in rows)]
    _fill(table, iter(list(enumerate(lists, 1))), known)
    return table


def _numbered(reader: Iterable[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    return enumerate(reader, 1)


def _fill(table: Table, rows: Iterator[tuple[int, Sequence[str]]], known: Mapping[str, str]) -> None:
    number, header = next(((n, cells) for n, cells in rows if any(map(str.strip, cells))), (0, ()))
    if not header:
        raise _fatal(table.name, "the file is empty", "文件为空", "empty")
    columns = _columns(table, number, header, known)
    table.columns = tuple(c for c in columns if c)
    nameless = {n for n, title in enumerate(header) if not title.strip()}
    for number, cells in rows:
        trimmed = [cell.strip() for cell in cells]
        if not any(trimmed):
            continue
        _check_width(table, number, len(header), trimmed)
        for n in [n for n in sorted(nameless) if n < len(trimmed) and trimmed[n]]:
            table.warn(number, str(n + 1), "a column without a heading; it is ignored", "该列没有表头，已忽略", "column")
            nameless.remove(n)
        lead = next(filter(None, trimmed))
        table.rows.append(Row(number, {c: cell for c, cell in zip(columns, trimmed, strict=False) if c and cell}, lead))


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


def _decoded(path: Path) -> tuple[str, list[Fault]]:
    """The file's text, and a warning where its encoding had to be guessed."""
    data = read_bytes(path)
    if data.startswith(_ARCHIVE):
        en, zh = "a spreadsheet program's own file; save it as CSV (UTF-8)", "这是电子表格程序的专有格式；请另存为 CSV（UTF-8）"
        raise _fatal(path.name, en, zh, "not-a-table")
    encoding = next((name for mark, name in _WIDE.items() if data.startswith(mark)), "utf-8-sig")
    doubts: list[Fault] = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text, doubts = _guessed(path, data)
    if "\0" in text:
        raise _fatal(
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
        raise _fatal(path.name, en, "既不是 UTF-8 也不是 GB18030 编码；请另存为 CSV（UTF-8）", "encoding") from None
    said = Text.of("not UTF-8; read as GB18030: look whether the names are right", "不是 UTF-8 编码，已按 GB18030 读取：请核对姓名是否正确")
    return text, [Fault(path.name, "", said, "encoding")]


def read_bytes(path: Path) -> bytes:
    """The file's content. Raises `InputFault` if it cannot be read or is empty."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise _fatal(
            str(path), f"cannot be read: {problem.strerror}; check the path", f"无法读取：{problem.strerror}；请检查路径", "unreadable"
        ) from problem
    if not data.strip():
        raise _fatal(path.name, "the file is empty", "文件为空", "empty")
    return data


def _fatal(where: str, en: str, zh: str, code: str) -> InputFault:
    return InputFault([Fault(where, "", Text.of(en, zh), code)])

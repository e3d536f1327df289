"""Workbooks (XLSX) in and out. openpyxl is an extra: whoever keeps to CSV does not need it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import BadZipFile

from attrs import define, field, frozen

from workflow.engine.tables.grid import Grid, fatal
from workflow.errors import Fault, Misuse
from workflow.texts import Text

ARCHIVE = b"PK\x03\x04"  # what a workbook begins with
MOST_ROWS = 1_048_576  # of a worksheet, its heading included
_FIRST_DAY = date(1900, 3, 1)  # earlier days are written as texts: spreadsheets disagree about them
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how a workbook writes a character its XML cannot hold
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BAD_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_NO_VALUE = Text.of(
    "the formula {formula} has no stored value; open the file in a spreadsheet program and save it, or enter the value",
    "公式 {formula} 没有存储计算结果；请用电子表格程序打开并保存，或直接填写数值",
)

Cell = str | int | float | bool | date | None


@frozen
class Sheet:
    """One table to be written: its name, its heading and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def openpyxl() -> ModuleType:
    """The library. Raises `Misuse` with the line to install it if it is not there."""
    try:
        import openpyxl.cell
        import openpyxl.utils
    except ImportError:
        line = "pip install 'campaign-workflow[xlsx]'"
        raise Misuse(Text.of(f"workbooks need openpyxl: {line}", f"读写 XLSX 需要 openpyxl：{line}"), "no-openpyxl") from None
    found: ModuleType = openpyxl
    return found


def read_workbook(path: Path, data: bytes) -> list[Grid]:
    """Every worksheet, hidden ones included. Raises `InputFault` for what is no workbook, `Misuse` without openpyxl."""
    library = openpyxl()
    try:
        # Formulas and their values stand in two views of the same file.
        formulas = library.load_workbook(io.BytesIO(data))
        values = library.load_workbook(io.BytesIO(data), data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError, SyntaxError) as problem:  # a broken XML part is a SyntaxError
        raise fatal(
            path.name, f"not a workbook (.xlsx) that can be read: {problem}", f"不是可读取的工作簿（.xlsx）：{problem}", "not-a-table"
        ) from problem
    return [_Reading(f"{path.name} [{sheet.title}]", sheet, values[sheet.title], library).grid() for sheet in formulas.worksheets]


@define
class _Reading:
    """One worksheet on its way into a grid."""

    name: str
    formulas: Any
    values: Any
    library: ModuleType
    _faults: list[Fault] = field(factory=list)
    _broken: dict[tuple[int, int], Text] = field(factory=dict)

    def grid(self) -> Grid:
        rows = [(number, [self._cell(cell) for cell in cells]) for number, cells in enumerate(self.values.iter_rows(), 1)]
        self._spread(rows)
        self._hidden(rows)
        return Grid(self.name, self.formulas.title, rows, self._faults, self._broken)

    def _cell(self, cell: Any) -> str:
        if cell.value is not None:
            return _plain(_text(cell))
        written = self.formulas.cell(cell.row, cell.column)
        if written.data_type != "f":
            return ""
        shown = str(written.value)
        self._broken[cell.row, cell.column - 1] = Text({lang: _NO_VALUE.say(lang, formula=shown) for lang in _NO_VALUE.by_language})
        return "#N/A"

    def _spread(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """A value merged over several cells is said of each of them; a title merged over the table says nothing twice."""
        for merged in self.formulas.merged_cells.ranges:
            said = rows[merged.min_row - 1][1][merged.min_col - 1]
            below = len(rows) > merged.max_row and merged.max_row > merged.min_row
            if not said or (merged.max_row == merged.min_row and not below and merged.size["columns"] > 1 and merged.min_row == 1):
                continue
            for number in range(merged.min_row, merged.max_row + 1):
                for column in range(merged.min_col, merged.max_col + 1):
                    rows[number - 1][1][column - 1] = said
            if merged.max_row > merged.min_row:
                en, zh = (
                    f"merged ({merged.coord}); {said} is taken to hold for each of its rows",
                    f"合并单元格（{merged.coord}）；其中每行均按 {said} 处理",
                )
                self._warn(merged.min_row, merged.min_col, en, zh, "merged")

    def _hidden(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        letters = self.library.utils.get_column_letter
        for about in self.formulas.column_dimensions.values():
            for column in range(about.min or 0, (about.max or 0) + 1) if about.hidden else ():
                if any(len(cells) >= column and cells[column - 1] for _, cells in rows):
                    self._warn(
                        1,
                        column,
                        f"column {letters(column)} is hidden; it is read all the same",
                        f"{letters(column)} 列被隐藏，仍照常读取",
                        "hidden",
                    )
        for number, about in self.formulas.row_dimensions.items():
            if about.hidden and number <= len(rows) and any(rows[number - 1][1]):
                self._warn(number, 0, "the row is hidden; it is read all the same", "该行被隐藏，仍照常读取", "hidden")

    def _warn(self, row: int, column: int, en: str, zh: str, code: str) -> None:
        letter = self.library.utils.get_column_letter(column) if column else ""
        place = Text.of(
            f"{self.name}: row {row}" + (f", column {letter}" if letter else ""),
            f"{self.name} 第 {row} 行" + (f"，{letter} 列" if letter else ""),
        )
        self._faults.append(Fault(place.say("en"), "", Text.of(en, zh), code, place))


def _text(cell: Any) -> str:
    """A cell as people would write it into a CSV file."""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (int, float)):
        if "%" in (cell.number_format or ""):
            return f"{round(value * 100, 10):.15g}%"
        return str(int(value)) if value == int(value) else repr(value)
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _escaped(text: str) -> str:
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Raises `Misuse` for a table longer than a worksheet can be, and without openpyxl; `OSError` for a file that cannot be written."""
    library = openpyxl()
    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS:
            en = f"{sheet.name}: {len(sheet.rows):,} rows, a worksheet holds {MOST_ROWS - 1:,}; write CSV to a folder instead"
            raise Misuse(
                Text.of(en, f"{sheet.name}：共 {len(sheet.rows):,} 行，超过工作表上限 {MOST_ROWS - 1:,} 行；请改为导出 CSV 到文件夹"),
                "too-long",
            )
    book = library.Workbook(write_only=True)
    with path.open("wb") as file:  # before the pages: those that are begun and never saved complain aloud when they go
        for name, sheet in zip(_names(sheets), sheets, strict=True):
            page = book.create_sheet(name)
            page.freeze_panes = "A2"
            for row in (sheet.header, *sheet.rows):
                page.append([_written(library, page, value) for value in row])
        book.save(file)


def _names(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Names a workbook accepts: short, without some signs, each once."""
    seen: set[str] = set()
    for sheet in sheets:
        name = whole = " ".join(sheet.name.translate(_BAD_IN_NAMES).split()).strip("'")[:31] or "table"
        number = 1
        while name.casefold() in seen:
            number += 1
            name = f"{whole[: 30 - len(str(number))]} {number}"
        seen.add(name.casefold())
        yield name


def _written(library: ModuleType, page: Any, value: Cell) -> Any:
    """A cell of its own type: a text is never taken for a formula, a day is a day."""
    if isinstance(value, str) and value:
        cell = library.cell.WriteOnlyCell(page, _escaped(value))
        cell.data_type = "s"
        return cell
    if isinstance(value, date):
        if value < _FIRST_DAY:
            return value.isoformat()
        cell = library.cell.WriteOnlyCell(page, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, float) and float(f"{value:.16g}") != value:  # all that openpyxl writes of a number
        cell = library.cell.WriteOnlyCell(page, repr(value))
        cell.data_type = "n"
        return cell
    return value

"""What spreadsheets do to cells, put right: ids taken for numbers, full-width letters, formulas that failed, rows of totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from attrs import define, field

from workflow.engine.tables.tabular import Row, Table, heading
from workflow.texts import Text

_IDS = ("branch", "person", "parent", "group", "batch")
_TWINS = ("branch", "person", "group")
_WHOLE = re.compile(r"(\d+)\.0+")
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_FAILED = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#{2,})", re.IGNORECASE)
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "totals", "subtotal", "grandtotal", "sum"})


def plain_id(cell: str) -> str:
    """An id as it is kept: no full-width letters, no blanks around it or side by side, no decimals that say nothing."""
    ident = " ".join(normalize("NFKC", cell).split())
    whole = _WHOLE.fullmatch(ident)
    return whole[1] if whole else ident


def is_total(row: Row) -> bool:
    """Whether a row adds up others. A person with an id may well be called Sum."""
    cells = row.cells
    said = [cells.get("branch"), cells.get("person")]
    said += [cells.get("name")] if "person" not in cells else []
    said += [cells.get("title")] if "branch" not in cells else []
    said += [row.lead] if row.lead not in cells.values() else []
    return any(heading(word).rstrip(":") in _TOTALS for word in said if word)


@define
class Cleaner:
    """Cleans the rows of one table; each oddity of an id is said once."""

    table: Table
    _first: dict[tuple[str, str], str] = field(factory=dict)  # column and id in lower case -> id
    _said: set[tuple[str, str]] = field(factory=set)

    @classmethod
    def of(cls, table: Table, known: Mapping[str, Iterable[str]]) -> Cleaner:
        """`known` are the ids that stand in the tables already, by column."""
        return cls(table, {(column, ident.casefold()): ident for column, ids in known.items() for ident in ids})

    def clean(self, row: Row) -> Row | None:
        """The row with its cells put right; None for a row of totals."""
        if is_total(row):
            self.table.warn(row.number, "", "a row of totals; it is left out", "合计行，未导入", "total")
            return None
        cells = {}
        for column, cell in row.cells.items():
            if _FAILED.fullmatch(cell):
                en, zh = f"{cell} is an error of the spreadsheet; taken as empty", f"{cell} 是电子表格的错误值，按空白处理"
                self.table.warn(row.number, column, en, zh, "cell-error")
            else:
                cells[column] = self._id(row, column, cell) if column in _IDS else cell
        return Row(row.number, cells, row.lead)

    def _id(self, row: Row, column: str, cell: str) -> str:
        ident = plain_id(cell)
        if (column, cell) not in self._said:
            self._said.add((column, cell))
            doubt = _doubt(cell, ident) if column != "batch" else None
            twin = self._first.setdefault((column, ident.casefold()), ident) if column in _TWINS else ident
            if doubt is None and twin != ident:
                en = f"{ident} beside {twin}: they differ in upper and lower case only, and are kept apart"
                doubt = Text.of(en, f"{ident} 与 {twin} 仅大小写不同，按两个编号处理；请核对")
            if doubt is not None:
                self.table.faults.append(self.table.fault(row.number, column, doubt, "id"))
        return ident


def _doubt(cell: str, ident: str) -> Text | None:
    """What looks wrong with an id."""
    if _SHORTENED.fullmatch(ident):
        en = f"{ident} was shortened by a spreadsheet, and digits are lost; make the column text, enter it again and save"
        return Text.of(en, f"{ident} 被电子表格改成科学计数，位数已丢失；请将该列设为文本后重新填写")
    if _WHOLE.fullmatch(normalize("NFKC", cell)):
        return Text.of(f"{cell} was taken for a number by a spreadsheet; read as {ident}", f"{cell} 被电子表格当作数字，已按 {ident} 读取")
    if " " in ident:
        return Text.of(f"{ident!r} has blanks inside; look whether it is one id", f"{ident!r} 中间有空格；请核对是否为一个编号")
    return None

"""What the rows of a table of records mean: documents, and everything that is wrong with them by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from workflow.definition.model import Definition, RecordKind
from workflow.engine.tables.cells import FAILED, Reading, read_cell, read_date
from workflow.engine.tables.record_words import FIELD, Place, RecordWords
from workflow.engine.tables.roster_cells import is_total, plain_id
from workflow.engine.tables.tabular import Row, Table, heading
from workflow.errors import did_you_mean
from workflow.texts import Text

_ONCE = ("record", "branch", "happened", "by")  # said once for all rows of a document, if people like


@define
class People:
    """Who and what is known, by id and by a name that only one has."""

    branches: Mapping[str, str]
    persons: Mapping[str, str]
    rolls: Mapping[str, Mapping[str, str]]  # branch -> id or name -> member


@define
class DocumentDraft:
    """One document as a table has it. `rows` are the numbers of its rows, `line_rows` those of its lines."""

    key: tuple[str, ...]
    number: str
    kind: RecordKind | None = None
    said: dict[str, str] = field(factory=dict)  # branch, happened, by
    fields: dict[str, Any] = field(factory=dict)
    lines: list[dict[str, Any]] = field(factory=list)
    rows: list[int] = field(factory=list)
    line_rows: list[int] = field(factory=list)
    headed: bool = False  # whether a row without a member said what holds for the sheet
    sound: bool = True


@define
class RecordReader:
    """Reads the rows of one table. `default` is the kind a worksheet is named by, `by` who acts where a row names nobody."""

    definition: Definition
    table: Table
    words: RecordWords
    people: People
    default: str | None
    by: str
    today: str
    documents: dict[tuple[str, ...], DocumentDraft] = field(factory=dict, init=False)
    _percent: set[str] = field(factory=set, init=False)  # columns in which some cell has a percent sign

    def read(self) -> list[DocumentDraft]:
        """Every document, unsound ones included; warnings go to the table."""
        self._percent = {c for row in self.table.rows for c, cell in row.cells.items() if cell.endswith(("%", "％"))}
        for row in self.table.rows:
            if is_total(Row(row.number, {}, row.lead)):
                self._warn(row, "", Text.of("a row of totals; it is left out", "合计行，未导入"), "total")
            else:
                self._row(row)
        return list(self.documents.values())

    def _row(self, row: Row) -> None:
        draft = self._document(row)
        draft.rows.append(row.number)
        for column, cell in row.cells.items():
            if column in row.broken or FAILED.fullmatch(cell):
                said = Text.of(f"{cell} is an error of the spreadsheet", f"{cell} 是电子表格的错误值")
                self._unsound(draft, row, column, row.broken.get(column, said), "cell-error")
        self._about(draft, row)
        if draft.kind is not None:
            self._values(draft, row, draft.kind)

    # -- which document ----------------------------------------------------------------------------------------------

    def _document(self, row: Row) -> DocumentDraft:
        """The document a row belongs to: the one with its number, of the same kind and branch; else one of its own."""
        number = plain_id(row.cells.get("document", ""))
        if not number:
            return self.documents.setdefault(("row", str(row.number)), DocumentDraft(("row", str(row.number)), ""))
        kind = self.words.kinds.get(heading(row.cells.get("record", self.default or "")), "")
        branch = self._branch(row.cells.get("branch", "")) or ""
        for key in reversed(self.documents):
            alike = key[0] == "number" and key[1] == number
            if alike and (not kind or key[2] == kind) and (not branch or key[3] == branch):
                return self.documents[key]
        key = ("number", number, kind, branch)
        return self.documents.setdefault(key, DocumentDraft(key, number))

    def _about(self, draft: DocumentDraft, row: Row) -> None:
        """Kind, branch, day and who entered it; the first row that says something is right."""
        for column in _ONCE:
            cell = row.cells.get(column, "")
            if column == "record":
                cell = cell or self.default or ""
            elif column == "by" and len(draft.rows) == 1:
                cell = cell or self.by
            if not cell and (len(draft.rows) > 1 or self._is_optional(draft, column)):
                continue
            value = self._understood(draft, row, column, cell)
            first = draft.said.setdefault(column, value) if value else value
            if value and first != value:
                self._contradiction(draft, row, column, cell, first)
        name = draft.said.get("record")
        draft.kind = self.definition.records[name] if name else None

    def _is_optional(self, draft: DocumentDraft, column: str) -> bool:
        kind = self.definition.records.get(draft.said.get("record", ""))
        return column == "happened" or (column == "branch" and kind is not None and kind.of == "campaign")

    def _understood(self, draft: DocumentDraft, row: Row, column: str, cell: str) -> str:
        """The value of a cell that every record has, or nothing, with the fault reported."""
        if not cell:
            self._unsound(draft, row, column, _MISSING[column], "missing")
            return ""
        if column in row.broken or FAILED.fullmatch(cell):
            return ""  # reported already
        if column == "happened":
            return self._day(draft, row, cell)
        known: Mapping[str, str] = {"record": self.words.kinds, "branch": self.people.branches, "by": self.people.persons}[column]
        found = self._branch(cell) if column == "branch" else known.get(heading(cell) if column == "record" else plain_id(cell))
        if found is None and column == "by":
            return plain_id(cell)  # the engine says who is known, and to whom
        if found is None:
            hint, (en, zh) = did_you_mean(cell, sorted(set(known.values()))), _NO_SUCH[column]
            said = Text.of(f"there is no {en} {cell}; {hint.say('en')}", f"没有{zh} {cell}；{hint.say('zh')}")
            self._unsound(draft, row, column, said, column)
        return found or ""

    def _branch(self, cell: str) -> str | None:
        return self.people.branches.get(plain_id(cell))

    def _day(self, draft: DocumentDraft, row: Row, cell: str) -> str:
        found = self._noted(draft, row, "happened", read_date(cell))
        if found is not None and found > self.today:
            en = f"{found} has not come yet (today is {self.today}); a record says what was so"
            said = Text.of(en, f"{found} 尚未到来（今天是 {self.today}）；记录只写已发生的事")
            self._unsound(draft, row, "happened", said, "future")
            return ""
        return found or ""

    # -- what it says ------------------------------------------------------------------------------------------------

    def _values(self, draft: DocumentDraft, row: Row, kind: RecordKind) -> None:
        has_lines = kind.of == "member" or kind.lines is not None
        member = self._member(draft, row, has_lines)
        first = len(draft.rows) == 1
        if not has_lines and not first:
            said = Text.of(f"a second row of document {draft.number}, which has one", f"单号 {draft.number} 只应有一行，此为第二行")
            self._unsound(draft, row, "document", said, "second-row")
            return
        sheet, line = self._split(draft, row, kind, has_member=member is not None)
        for column, (name, value) in sheet.items():
            before = draft.fields.setdefault(name, value)
            if before != value:
                self._contradiction(draft, row, column, row.cells[column], before)
        if member is None:
            draft.headed = True
            return
        if kind.lines is not None and not draft.number:
            said = Text.of(
                "which sheet? rows of one sheet have the same number in a column `document`",
                "属于哪一份表？同一份表的各行须在“单号”列填写相同编号",
            )
            self._unsound(draft, row, "document", said, "no-number")
        draft.lines.append({"member": member, **dict(line.values())})
        draft.line_rows.append(row.number)

    def _split(
        self, draft: DocumentDraft, row: Row, kind: RecordKind, *, has_member: bool
    ) -> tuple[dict[str, tuple[str, Any]], dict[str, tuple[str, Any]]]:
        """The values of a row by column: those of the sheet, and those of its line."""
        sheet: dict[str, tuple[str, Any]] = {}
        line: dict[str, tuple[str, Any]] = {}
        for column, cell in row.cells.items():
            if not column.startswith(FIELD) or column in row.broken or FAILED.fullmatch(cell):
                continue
            place = self.words.places(kind.id).get(column.removeprefix(FIELD))
            if place is None:
                said = Text.of(f"{kind.id} has no such field; {cell} is ignored", f"{kind.id} 没有此字段；{cell} 已忽略")
                self._warn(row, column, said, "field")
                continue
            value = self._noted(draft, row, column, self._read(place, cell, column))
            if value is None:
                continue
            name = place.field.id
            if has_member and place.line is not None:
                line[column] = (name, value)
            if place.sheet is not None and (place.line is None or not has_member or self._leads(draft, name)):
                sheet[column] = (name, value)
            elif place.sheet is None and not has_member:
                said = Text.of(f"{name} is said of a member; name whom", f"{name} 是党员的字段；请写明党员")
                self._unsound(draft, row, column, said, "no-member")
        return sheet, line

    def _leads(self, draft: DocumentDraft, name: str) -> bool:
        """Whether the first line says what holds for a sheet that has no row of its own."""
        return not draft.headed and name not in draft.fields

    def _read(self, place: Place, cell: str, column: str) -> Reading:
        return read_cell(self.definition, place.field, cell, percent=column in self._percent)

    def _member(self, draft: DocumentDraft, row: Row, has_lines: bool) -> str | None:
        cell = row.cells.get("member")
        kind = draft.kind
        if cell is None:
            if kind is not None and kind.of == "member":
                said = Text.of(f"{kind.id} is a record of members: say whose it is", f"{kind.id} 是党员的记录：请写明是谁的")
                self._unsound(draft, row, "member", said, "missing")
            return None
        if not has_lines and kind is not None:
            said = Text.of(f"{kind.id} has no lines of members; name nobody", f"{kind.id} 没有党员明细行；不要写党员")
            self._unsound(draft, row, "member", said, "member")
            return None
        ident, branch = plain_id(cell), draft.said.get("branch", "")
        roll = self.people.rolls.get(branch, {})
        found = roll.get(ident)
        if found is None and branch:
            hint = did_you_mean(ident, sorted(set(roll.values())))
            en, zh = f"{ident} is not on the roll of {branch}; {hint.say('en')}", f"{ident} 不在 {branch} 名册上；{hint.say('zh')}"
            self._unsound(draft, row, "member", Text.of(en, zh), "member")
        elif found is not None and any(line["member"] == found for line in draft.lines):
            said = Text.of(f"{ident} stands on this sheet twice", f"{ident} 在本表中出现两次")
            self._unsound(draft, row, "member", said, "twice")
        return found or ident

    # -- faults ------------------------------------------------------------------------------------------------------

    def _noted(self, draft: DocumentDraft, row: Row, column: str, reading: Reading) -> Any:
        """The value of a cell; what is wrong with it, or was guessed, is reported."""
        if reading.fault is not None:
            self._unsound(draft, row, column, reading.fault, "value")
        elif reading.note is not None:
            self._warn(row, column, reading.note, "guessed")
        return reading.value

    def _contradiction(self, draft: DocumentDraft, row: Row, column: str, value: object, first: object) -> None:
        en = f"{value} contradicts {first}, given before in document {draft.number}"
        self._unsound(draft, row, column, Text.of(en, f"{value} 与单号 {draft.number} 此前的 {first} 不一致"), "contradiction")

    def _unsound(self, draft: DocumentDraft, row: Row, column: str, text: Text, code: str) -> None:
        draft.sound = False
        self._warn(row, column, text, code)

    def _warn(self, row: Row, column: str, text: Text, code: str) -> None:
        self.table.faults.append(self.table.fault(row.number, column, text, code))


_NO_SUCH = {"record": ("record kind", "记录种类"), "branch": ("branch", "支部")}
_MISSING = {
    "record": Text.of("is missing: which record is this?", "缺少：请写明是哪种记录"),
    "branch": Text.of("is missing", "缺少"),
    "happened": Text.of("is missing", "缺少"),
    "by": Text.of("is missing: say who entered it (or give --by)", "缺少：请写明由谁录入（或给出 --by）"),
}

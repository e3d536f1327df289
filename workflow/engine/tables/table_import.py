"""Rosters and records from spreadsheets: what is sound goes in, the rest is named by row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from workflow.engine.desk import Desk
from workflow.engine.import_lines import Command
from workflow.engine.imports import Importer, ImportReport
from workflow.engine.tables.grid import Grid
from workflow.engine.tables.papers import paper_of, papers
from workflow.engine.tables.record_rows import DocumentDraft, People, RecordReader
from workflow.engine.tables.record_words import FIELD, RecordWords
from workflow.engine.tables.roster import RosterReport, import_table
from workflow.engine.tables.roster_words import known_columns
from workflow.engine.tables.tabular import Table, heading, read_grids, table_of
from workflow.errors import Fault, InputFault, Misuse
from workflow.progress import Progress
from workflow.texts import Text

_EVERY = 200  # documents between two reports of progress
_HEAD = "SELECT COALESCE(MAX(id), 0) FROM workflow_event"
_BRANCHES = "SELECT id, title FROM workflow_branch"
_PERSONS = "SELECT id, name FROM workflow_person"
_MEMBERS = "SELECT branch, id, name FROM workflow_member"
_NEITHER = Text.of(
    "neither a roster (a column `branch` or `person`) nor records (a column `record`, or the name of a record kind); it is not read",
    "既不是名册（应有“支部”或“人员编号”列），也不是记录（应有“记录种类”列，或以记录种类命名）；未读取",
)


@frozen(kw_only=True)
class TablesReport:
    """What a spreadsheet came to: its rosters first, then all its records. `warnings` are about the file itself."""

    rosters: tuple[RosterReport, ...]
    records: ImportReport | None
    warnings: tuple[Fault, ...] = field(default=())


def import_tables(desk: Desk, source: str | Path, by: str, progress: Progress | None) -> TablesReport:
    """Every sheet of a CSV file or workbook, in one transaction. Raises `InputFault` for a file that holds no table of ours."""
    desk.versions.refresh()
    words = RecordWords(desk.definition)
    rosters, records, others = _sorted(desk, read_grids(source), words)
    if not rosters and not records:
        raise InputFault(others)
    with desk.store.write():
        read = tuple(import_table(desk, table, by, progress) for table in rosters)
        entered = _records(desk, records, words, by, progress) if records else None
    return TablesReport(rosters=read, records=entered, warnings=tuple(others))


def _sorted(desk: Desk, grids: Sequence[Grid], words: RecordWords) -> tuple[list[Table], list[tuple[Table, str | None]], list[Fault]]:
    """Rosters, tables of records with the kind they are named by, and what is neither."""
    rosters, records, others = [], [], []
    for grid in grids:
        if len(grids) > 1 and not any(any(map(str.strip, cells)) for _, cells in grid.rows):
            continue
        kind = words.kinds.get(heading(grid.title))
        table = table_of(grid, words.columns)
        if kind is not None or "record" in table.columns:
            records.append((table, kind))
            continue
        roster = table_of(grid, known_columns(desk.definition))
        if len(grids) == 1 or {"branch", "person"} & set(roster.columns):
            rosters.append(roster)
        else:
            others.append(Fault(grid.name, "", _NEITHER, "worksheet"))
    return rosters, records, others


def _records(
    desk: Desk, tables: Sequence[tuple[Table, str | None]], words: RecordWords, by: str, progress: Progress | None
) -> ImportReport:
    people = _people(desk)
    drafts = [
        (table, draft)
        for table, kind in tables
        for draft in RecordReader(desk.definition, table, words, people, kind, by, desk.today()).read()
    ]
    entering = _Entering(desk, words, drafts)
    for done, (table, draft) in enumerate(_in_order(drafts), 1):
        entering.enter(table, draft)
        if progress is not None and (done % _EVERY == 0 or done == len(drafts)):
            progress(done, len(drafts))
    warnings = tuple(fault for table, _ in tables for fault in table.faults)
    report = entering.importer.report()
    return evolve(report, repeated=entering.known, left_out=tuple(entering.left_out), warnings=warnings)


def _in_order(drafts: Sequence[tuple[Table, DocumentDraft]]) -> Iterable[tuple[Table, DocumentDraft]]:
    """By number, if all documents have one: what was entered first is entered first, in whatever worksheet it stands."""
    numbers = [each.number.split("#") for _, each in drafts]  # 12, or 12#3 for what came third with a member in event 12
    if not all(part.isdecimal() for parts in numbers for part in parts):
        return drafts
    order = sorted(range(len(drafts)), key=lambda n: [int(part) for part in numbers[n]])
    return [drafts[n] for n in order]


def _people(desk: Desk) -> People:
    rolls: dict[str, list[tuple[str, str]]] = {}
    for branch, ident, name in desk.store.rows(_MEMBERS):
        rolls.setdefault(branch, []).append((ident, name))
    return People(
        _named(desk.store.rows(_BRANCHES)), _named(desk.store.rows(_PERSONS)), {branch: _named(roll) for branch, roll in rolls.items()}
    )


def _named(pairs: Iterable[Sequence[str]]) -> dict[str, str]:
    """Id or name -> id; a name two have means neither, and an id goes before a name."""
    pairs = list(pairs)
    often = Counter(name for _, name in pairs)
    return {name: ident for ident, name in pairs if often[name] == 1} | {ident: ident for ident, _ in pairs}


class _Entering:
    """Enters the documents that are sound and not known already, and remembers which were left out."""

    def __init__(self, desk: Desk, words: RecordWords, drafts: Sequence[tuple[Table, DocumentDraft]]) -> None:
        self.desk = desk
        self.words = words
        self.importer = Importer(desk, [], None, desk.clock.now())
        self.left_out: list[Text] = []
        self.known = 0
        scope = {draft.said.get("branch", "") for _, draft in drafts}
        self._live = Counter(paper.identity for paper in papers(desk.store, desk.definition, scope))
        self._key = f"table:{(desk.store.row(_HEAD) or (0,))[0]}"
        self._entered = 0

    def enter(self, table: Table, draft: DocumentDraft) -> None:
        if not draft.sound or draft.kind is None:
            self._leave_out(table, draft)
            return
        said, kind, today = draft.said, draft.kind, self.desk.today()
        branch, by, happened = said.get("branch", ""), said.get("by", ""), said.get("happened", today)
        paper = paper_of(self.desk.definition, kind, branch, happened, by, draft.fields, draft.lines).identity
        if self._live[paper] > 0:  # as often as it stands there already, it is not meant anew
            self._live[paper] -= 1
            self.known += 1
            return
        self._entered += 1
        content = {"record": kind.id, "branch": branch, "happened": happened, "fields": draft.fields, "lines": draft.lines}
        where = table.fault(draft.rows[0], "", Text.same(""), "").where
        try:
            self.importer.carry_out(Command(where, "record", branch, kind.id, by, content, f"{self._key}:{self._entered}"))
        except InputFault as wrong:
            for fault in wrong.faults:
                self._place(table, draft, fault)
            self._leave_out(table, draft)
        except Misuse as wrong:
            table.faults.append(table.fault(draft.rows[0], "", wrong.text, wrong.code))
            self._leave_out(table, draft)

    def _place(self, table: Table, draft: DocumentDraft, fault: Fault) -> None:
        """What the engine says of a field or a line, said of a column and a row."""
        line = fault.where.removeprefix("line ")
        row = draft.line_rows[int(line) - 1] if line.isdecimal() else draft.rows[0]
        column, places = fault.path, self.words.places(draft.kind.id if draft.kind else "")
        for each in table.columns:
            place = places.get(each.removeprefix(FIELD)) if each.startswith(FIELD) else None
            if place is not None and place.field.id == fault.path:
                column = each
        table.faults.append(table.fault(row, column, fault.text, fault.code))

    def _leave_out(self, table: Table, draft: DocumentDraft) -> None:
        rows = ", ".join(map(str, draft.rows[:5])) + ("…" if len(draft.rows) > 5 else "")
        kind = draft.kind.title if draft.kind else Text.of("unknown kind", "未知种类")
        number_en, number_zh = (f" {draft.number}", f" {draft.number} 号") if draft.number else ("", "")
        self.left_out.append(
            Text.of(
                f"{table.name}: document{number_en} ({kind.say('en')}; rows {rows}) is left out",
                f"{table.name}：记录{number_zh}（{kind.say('zh')}；第 {rows} 行）未导入",
            )
        )

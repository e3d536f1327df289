"""Rosters, live records and the board as tables, in a form that `import` reads again without loss."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from workflow.definition.model import Definition, Field, Move, RecordKind, Requirement
from workflow.engine.board import ENDED, TITLES, outlooks
from workflow.engine.desk import Desk
from workflow.engine.tables.papers import Paper, papers
from workflow.engine.tables.record_words import HEADINGS, RecordWords
from workflow.engine.tables.roster_words import OF_BRANCH, OF_MEMBER, known_columns, standard_headings
from workflow.engine.tables.tabular import heading
from workflow.engine.tables.workbooks import Cell, Sheet, write_workbook
from workflow.errors import Misuse
from workflow.store.layout import decode
from workflow.texts import LANGUAGES, Text

What = Literal["roster", "records", "board"]
WHAT: tuple[What, ...] = ("roster", "records", "board")

_FIXED = ("record", "branch", "happened", "by", "document", "member")
_ROSTER = ("branch", "title", "batch", "group", "parent", "person", "name", "status", "flags", "roles")
_BRANCHES = "SELECT id, title, batch, grp, parent, fields FROM workflow_branch ORDER BY id"
_MEMBERS = "SELECT branch, id, name, status, flags, fields FROM workflow_member ORDER BY branch, id"
_PEOPLE = "SELECT id, name FROM workflow_person ORDER BY id"
_GRANTS = "SELECT person, role, target FROM workflow_grant ORDER BY person, target, role"
_NAMES = {"roster": Text.of("roster", "名册"), "records": Text.of("records", "记录"), "board": Text.of("board", "进度表")}
_BOARD = (
    Text.of("branch", "支部"), Text.of("title", "名称"), Text.of("batch", "批次"), Text.of("group", "督导组"),
    Text.of("state", "状态"),
    Text.of("days here", "已停留天数"), Text.of("in the way", "未满足的条件"), Text.of("waits for", "等待的动作"),
    Text.of("who acts", "责任人"),
)  # fmt: skip
_OTHER_FILES = {".csv", ".doc", ".docx", ".html", ".json", ".jsonl", ".ods", ".pdf", ".txt", ".xls", ".xml", ".yaml", ".zip"}
_YES, _NO = Text.of("yes", "是"), Text.of("no", "否")

Row = list[Cell]


def export(desk: Desk, out: Path, what: Sequence[What], lang: str) -> list[Path]:
    """Writes a workbook (.xlsx), or CSV files into a folder; gives the files written."""
    workbook = out.suffix.lower() == ".xlsx"
    with desk.store.read():
        sheets = [sheet for each in what for sheet in _SHEETS[each](desk, lang, workbook)]
    return write_sheets(out, sheets)


def write_sheets(out: Path, sheets: Sequence[Sheet]) -> list[Path]:
    """A workbook, one CSV file (`out` ends in .csv and there is one sheet), or CSV files in a folder, one for each sheet."""
    if out.suffix.lower() == ".xlsx":
        write_workbook(out, sheets)
        return [out]
    if out.suffix.lower() == ".csv" and len(sheets) == 1:
        return [_write_csv(out, sheets[0])]
    if out.suffix.lower() in _OTHER_FILES and not out.is_dir():
        en = f"{out}: what is written is a workbook (FILE.xlsx), or CSV files into a folder (a name without {out.suffix})"
        raise Misuse(Text.of(en, f"{out}：只能写入工作簿（FILE.xlsx），或以 CSV 写入文件夹（名称不带 {out.suffix}）"), "format")
    out.mkdir(parents=True, exist_ok=True)
    return [_write_csv(out / f"{sheet.name}.csv", sheet) for sheet in sheets]


def _write_csv(path: Path, sheet: Sheet) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells spreadsheet programs that it is UTF-8
        writer = csv.writer(file)
        writer.writerow(sheet.header)
        writer.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows)
    return path


# -- rosters ---------------------------------------------------------------------------------------------------------------


def _roster(desk: Desk, lang: str, _workbook: bool) -> Iterator[Sheet]:
    definition = desk.definition
    fields = {OF_BRANCH + name: each for name, each in definition.branch_fields.items()}
    fields |= {OF_MEMBER + name: each for name, each in (definition.members.fields if definition.members else {}).items()}
    columns = [*_ROSTER, *fields]
    known = known_columns(definition)
    titles = {column: text.say(lang) for column, text in standard_headings().items()}
    titles |= {column: each.title.say(lang) for column, each in fields.items()}
    header = [titles[c] if known.get(heading(titles[c])) == c else c for c in columns]
    rows = [[said.get(column) for column in columns] for said in _roster_rows(desk, lang)]
    yield Sheet(_NAMES["roster"].say(lang), header, rows)


def _roster_rows(desk: Desk, lang: str) -> Iterator[Mapping[str, Cell]]:
    """Branches, then their rolls, then the roles of everybody, then those who have none."""
    definition, rows = desk.definition, desk.store.rows
    branches = rows(_BRANCHES)
    for ident, title, batch, group, parent, fields in branches:
        about = {"branch": ident, "title": title, "batch": batch, "group": group, "parent": parent}
        yield about | _values(definition.branch_fields, json.loads(fields), OF_BRANCH, lang)
    shown: dict[str, str] = dict(rows(_PEOPLE))
    members = definition.members
    seen = set()
    for branch, ident, name, status, flags, fields in rows(_MEMBERS):
        assert members is not None
        seen.add(ident)
        said = {"branch": branch, "person": ident, "name": name, "status": _said(members.status, status, lang)}
        said["flags"] = ";".join(_said(members.flags, flag, lang) for flag in json.loads(flags))
        yield said | _values(members.fields, json.loads(fields), OF_MEMBER, lang)
    roles = {role.id: role.title for role in definition.roles.values()}
    held: dict[tuple[str, str], list[str]] = {}
    for person, role, target in rows(_GRANTS):
        held.setdefault((person, target), []).append(_said(roles, role, lang))
    for (person, target), words in held.items():
        seen.add(person)
        column, _, group = ("group", "", target.removeprefix("group:")) if target.startswith("group:") else ("branch", "", target)
        yield {"person": person, "name": shown.get(person), "roles": ";".join(words)} | ({column: group} if target != "*" else {})
    yield from ({"person": person, "name": name} for person, name in shown.items() if person not in seen)


def _values(declared: Mapping[str, Field], values: Mapping[str, Any], prefix: str, lang: str) -> dict[str, Cell]:
    return {prefix + name: _cell(declared[name], value, lang) for name, value in values.items() if name in declared}


# -- records ---------------------------------------------------------------------------------------------------------------


def _records(desk: Desk, lang: str, workbook: bool) -> Iterator[Sheet]:
    """One worksheet for each kind, or one file for all: their order among each other is kept by the numbers of the documents."""
    words = RecordWords(desk.definition)
    found = papers(desk.store, desk.definition)
    kinds = [kind for kind in desk.definition.records.values() if any(paper.kind == kind.id for paper in found)]
    if not workbook:
        yield _sheet(_NAMES["records"].say(lang), words, kinds, found, lang)
        return
    for kind in kinds:
        yield _sheet(kind.title.say(lang), words, [kind], [paper for paper in found if paper.kind == kind.id], lang)


def _sheet(name: str, words: RecordWords, kinds: Iterable[RecordKind], found: Iterable[Paper], lang: str) -> Sheet:
    headings: dict[tuple[str, str], str] = {}  # kind and field -> heading
    for kind in kinds:
        for each in (*_lines_of(words.definition, kind), *kind.fields):
            headings[kind.id, each] = words.heading_of(kind, each, lang)
    columns = list(dict.fromkeys(headings.values()))
    rows = [row for paper in found for row in _paper_rows(words, paper, headings, columns, lang)]
    fixed = [HEADINGS[column][1 if lang == "zh" else 0] for column in _FIXED]
    return Sheet(name, [*fixed, *columns], rows)


def _lines_of(definition: Definition, kind: RecordKind) -> Mapping[str, Field]:
    lines = definition.records.get(kind.lines or "")
    return lines.fields if lines else {}


def _paper_rows(
    words: RecordWords, paper: Paper, headings: Mapping[tuple[str, str], str], columns: Sequence[str], lang: str
) -> Iterator[Row]:
    """What holds for the document, then a row for each of its members; of a record of members only these."""
    definition = words.definition
    kind = definition.records[paper.kind]
    titles = {each.id: each.title for each in definition.records.values()}
    name = _said(titles, kind.id, lang)
    start: Row = [name, paper.branch or None, date.fromisoformat(paper.happened), paper.by, paper.number]
    parts: list[tuple[str | None, Mapping[str, Field], tuple[Any, ...]]] = [] if kind.of == "member" else [(None, kind.fields, paper.cells)]
    of_line = kind.fields if kind.of == "member" else _lines_of(definition, kind)
    parts += [(line.member, of_line, line.cells) for line in paper.lines]
    for member, declared, cells in parts:
        said = {
            headings[kind.id, each.id]: _cell(each, decode(each, cell), lang) for each, cell in zip(declared.values(), cells, strict=True)
        }
        yield [*start, member, *(said.get(column) for column in columns)]


# -- cells -----------------------------------------------------------------------------------------------------------------


def _cell(field: Field, value: Any, lang: str) -> Cell:
    """A value as a cell of its own type, options by title."""
    if value is None:
        return None
    if field.type == "choice":
        options = [_said(field.options, option, lang) for option in (value if field.many else [value])]
        return ";".join(options)
    if field.type == "boolean":
        return (_YES if value else _NO).say(lang)
    if field.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(value)
    return value if isinstance(value, (int, float)) else str(value)


def _said(options: Mapping[str, Text], option: str, lang: str) -> str:
    """The title of an option, or its id where the title would not lead back to it."""
    title = options[option].say(lang) if option in options else option
    alike = [each for each, text in options.items() if heading(title) in {heading(each), *(heading(text.say(one)) for one in LANGUAGES)}]
    return title if alike == [option] and not set(title) & set(";；、") and title == title.strip() else option


# -- the board -------------------------------------------------------------------------------------------------------------


def _board(desk: Desk, lang: str, _workbook: bool) -> Iterator[Sheet]:
    definition = desk.definition
    rows: list[Row] = []
    for each in outlooks(desk).values():
        blocker = _said_of(definition, definition.requirements, each.blocker, lang)
        waits = _said_of(definition, definition.moves, each.waiting_for, lang)
        hands = ("、" if lang == "zh" else ", ").join(person.name for person in each.hands)
        state = TITLES[ENDED].say(lang) if each.ended else definition.state_title(each.state, lang)
        rows.append([each.branch, each.title, each.batch, each.group, state, each.days, blocker, waits, None if each.final else hands])
    yield Sheet(_NAMES["board"].say(lang), [text.say(lang) for text in _BOARD], rows)


def _said_of(definition: Definition, known: Mapping[str, Requirement] | Mapping[str, Move], code: str | None, lang: str) -> str | None:
    """What a code stands for; what only an earlier version has stays as it is."""
    if code is None:
        return None
    found = known.get(code)
    title = TITLES.get(code, Text.same(code)) if found is None else found.title
    return title.say(lang, **definition.texts)


_SHEETS = {"roster": _roster, "records": _records, "board": _board}

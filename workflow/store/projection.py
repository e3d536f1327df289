"""From events to tables. The tables say nothing that the ledger does not: each is a function of the events alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from workflow.canonical import canonical
from workflow.definition.model import Definition, RecordKind
from workflow.errors import DatabaseFault
from workflow.store.database import Row, Store
from workflow.store.events import Event
from workflow.store.layout import Cell, encode, slots
from workflow.texts import Text

_META = "INSERT OR REPLACE INTO workflow_meta (name, value) VALUES (?, ?)"
_DEFINITION = "INSERT OR IGNORE INTO workflow_definition (hash, document, event) VALUES (?, ?, ?)"
_PERSON = "INSERT OR REPLACE INTO workflow_person (id, name) VALUES (?, ?)"
_GRANT = "INSERT OR IGNORE INTO workflow_grant (person, role, target) VALUES (?, ?, ?)"
_NEW_BRANCH = """INSERT INTO workflow_branch
    (id, title, batch, grp, parent, fields, state, attempt, number, entered, since, extended, closed, done)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?, 0, '[]', '{}')"""
_KNOWN_BRANCH = "UPDATE workflow_branch SET title = ?, batch = ?, grp = ?, parent = ?, fields = ? WHERE id = ?"
_MEMBER = "INSERT OR REPLACE INTO workflow_member (id, branch, name, status, flags, fields) VALUES (?, ?, ?, ?, ?, ?)"
_BEGIN = "INSERT INTO workflow_attempt (branch, ordinal, stage, number, began) VALUES (?, ?, ?, ?, ?)"
_END = "UPDATE workflow_attempt SET ended = ?, outcome = ? WHERE branch = ? AND ordinal = ?"
_BRANCH = "SELECT state, since, attempt, extended, closed, done FROM workflow_branch WHERE id = ?"
_MOVE = "UPDATE workflow_branch SET state = ?, since = ?, extended = ?, closed = ?, done = ? WHERE id = ?"
_NEXT_ATTEMPT = """UPDATE workflow_branch SET state = ?, since = ?, entered = ?, attempt = ?, number = ?, extended = ?,
    closed = '[]', done = ? WHERE id = ?"""
_FREEZE_LINES = "UPDATE workflow_line SET live = 0 WHERE kind = ? AND branch = ? AND live = 1"
_FREEZE_DOCUMENTS = "UPDATE workflow_document SET live = 0 WHERE kind = ? AND branch = ? AND live = 1"
_DOCUMENT = """INSERT INTO workflow_document (branch, seq, kind, happened, recorded, "by", attempt, live)
    SELECT ?, ?, ?, ?, ?, ?, attempt, 1 FROM workflow_branch WHERE id = ?"""
_WHOLE_DOCUMENT = """INSERT INTO workflow_document (branch, seq, kind, happened, recorded, "by", attempt, live)
    VALUES ('', ?, ?, ?, ?, ?, 0, 1)"""
_DOCUMENT_KIND = "SELECT kind FROM workflow_document WHERE branch = ? AND seq = ?"
_DROP_DOCUMENT = "UPDATE workflow_document SET live = 0 WHERE branch = ? AND seq = ?"
_DROP_LINES = "UPDATE workflow_line SET live = 0 WHERE kind = ? AND branch = ? AND seq = ?"
_DROP_WAIVER = "UPDATE workflow_waiver SET live = 0 WHERE branch = ? AND seq = ?"
_END_WAIVERS = "UPDATE workflow_waiver SET live = 0 WHERE branch = ? AND live = 1"
_WAIVER = """INSERT INTO workflow_waiver (branch, seq, requirement, member, reason, "by", role, until, recorded, live)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"""
_NEW_CASE = """INSERT INTO workflow_case (branch, id, kind, member, state, open, opened, since, fields, done)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LINE_COLUMNS = 'kind, branch, member, seq, line, happened, recorded, "by", live'
_CASE = "SELECT state, since, fields, done FROM workflow_case WHERE branch = ? AND id = ?"
_MOVE_CASE = "UPDATE workflow_case SET state = ?, open = ?, since = ?, fields = ?, done = ? WHERE branch = ? AND id = ?"


@frozen
class _Lines:
    """How the lines of one record kind are written."""

    kind: RecordKind
    insert: str

    @classmethod
    def of(cls, kind: RecordKind) -> _Lines:
        columns = _LINE_COLUMNS + "".join(f", f{slot}" for slot in slots(kind).values())
        marks = ", ".join("?" * (columns.count(",") + 1))
        return cls(kind, f"INSERT INTO workflow_line ({columns}) VALUES ({marks})")

    def row(self, event: Event, number: int, own: Mapping[str, Any], shared: Mapping[str, Any]) -> tuple[Cell, ...]:
        """One line; a field it does not state itself is the sheet's."""
        cells = [encode(field, own.get(name, shared.get(name))) for name, field in self.kind.fields.items()]
        happened = event.payload["happened"]
        place = (self.kind.id, event.branch, own.get("member", ""), event.seq, number)
        return (*place, happened, event.recorded_at, event.actor, 1, *cells)


class Projector:
    """Applies events to the tables, under one definition. The caller holds a write transaction.

    An event the tables do not fit (a move of an unknown branch, a kind of a newer program) raises `DatabaseFault`.
    """

    def __init__(self, store: Store, definition: Definition) -> None:
        self._store = store
        self._definition = definition
        self._lines = {kind.id: _Lines.of(kind) for kind in definition.records.values()}
        self._per_attempt = tuple(kind.id for kind in definition.records.values() if kind.span == "attempt")
        self._by_kind: dict[str, Callable[[Event], None]] = {
            "created": lambda event: project_created(store, event),
            "people": self._people,
            "roster": self._roster,
            "record": self._record,
            "withdrawn": self._withdrawn,
            "moved": self._moved,
            "refused": lambda _: None,
            "waived": self._waived,
            "case_opened": self._case_opened,
            "case_moved": self._case_moved,
        }

    def apply(self, event: Event) -> None:
        project = self._by_kind.get(event.kind)
        if project is None:
            raise _unfit(event, f"its kind {event.kind} is unknown", f"未知类型 {event.kind}")
        project(event)

    def _people(self, event: Event) -> None:
        people, grants = event.payload.get("people", ()), event.payload.get("grants", ())
        self._store.executemany(_PERSON, [(p["id"], p["name"]) for p in people])
        self._store.executemany(_GRANT, [(g["person"], g["role"], g["target"]) for g in grants])

    def _roster(self, event: Event) -> None:
        said, branch, now = event.payload, event.branch, event.recorded_at
        about = (said["title"], said.get("batch"), said.get("group"), said.get("parent"), canonical(said.get("fields", {})))
        if self._store.execute(_KNOWN_BRANCH, (*about, branch)).rowcount == 0:
            state = said["state"]
            self._store.execute(_NEW_BRANCH, (branch, *about, state, now, now))
            self._store.execute(_BEGIN, (branch, 1, state.partition(".")[0], 1, now))
        self._store.executemany(_MEMBER, [_member(branch, member) for member in said.get("members", ())])

    def _record(self, event: Event) -> None:
        said, branch = event.payload, event.branch
        kind = self._definition.records[said["record"]]
        document = (event.seq, kind.id, said["happened"], event.recorded_at, event.actor)
        if kind.of == "campaign":
            self._store.execute(_WHOLE_DOCUMENT, document)
        elif self._store.execute(_DOCUMENT, (branch, *document, branch)).rowcount == 0:
            raise _no_branch(event)
        shared = said.get("fields", {})
        if kind.of != "member":
            sheet = self._lines[kind.id]
            self._store.execute(sheet.insert, sheet.row(event, 0, {}, shared))
        of_members = kind.id if kind.of == "member" else kind.lines
        if of_members:
            lines = self._lines[of_members]
            rows = [lines.row(event, number, own, shared) for number, own in enumerate(said.get("lines", ()), 1)]
            self._store.executemany(lines.insert, rows)

    def _withdrawn(self, event: Event) -> None:
        place = (event.branch, event.payload["of"])
        found = self._store.row(_DOCUMENT_KIND, place)
        if found is not None:
            kind = self._definition.records[found[0]]
            self._store.execute(_DROP_DOCUMENT, place)
            self._store.executemany(_DROP_LINES, [(name, *place) for name in (kind.id, kind.lines) if name])
        elif self._store.execute(_DROP_WAIVER, place).rowcount == 0:
            raise _unfit(event, f"there is no record or waiver {place[1]}", f"没有第 {place[1]} 号记录或缺口")

    def _moved(self, event: Event) -> None:
        said, branch, now = event.payload, event.branch, event.recorded_at
        found = self._store.row(_BRANCH, (branch,))
        if found is None:
            raise _no_branch(event)
        state, since, attempt, extended, closed, done = found
        target, move, days = said["to"], said["move"], said.get("extend", 0)
        begun = said.get("attempt")
        if begun is not None:
            self._next_attempt(event, attempt + 1, begun, days)
            return
        if step := said.get("step"):
            closed = _added(closed, step)
        since = since if target == state else now
        self._store.execute(_MOVE, (target, since, extended + days, closed, _did(done, move, event.actor), branch))
        if self._definition.states[target].final:
            self._store.execute(_END, (now, move, branch, attempt))
        elif self._definition.states[state].final:
            self._store.execute(_END, (None, None, branch, attempt))  # reopened: the attempt goes on

    def _next_attempt(self, event: Event, ordinal: int, begun: Mapping[str, Any], days: int) -> None:
        said, branch, now = event.payload, event.branch, event.recorded_at
        self._store.execute(_END, (now, said["move"], branch, ordinal - 1))
        self._store.execute(_BEGIN, (branch, ordinal, begun["stage"], begun["number"], now))
        # Who begins the stage anew has done that in the attempt that begins; who enters the next stage starts with a clean slate.
        again = said["to"].partition(".")[0] == said["from"].partition(".")[0]
        done = _did("{}", said["move"], event.actor) if again else "{}"
        self._store.execute(_NEXT_ATTEMPT, (said["to"], now, now, ordinal, begun["number"], days, done, branch))
        frozen_kinds = [(kind, branch) for kind in self._per_attempt]
        self._store.executemany(_FREEZE_LINES, frozen_kinds)
        self._store.executemany(_FREEZE_DOCUMENTS, frozen_kinds)
        self._store.execute(_END_WAIVERS, (branch,))  # a gap is accepted for one run through the gate, not for the next

    def _waived(self, event: Event) -> None:
        said = event.payload
        about = (said["reason"], event.actor, event.role, said.get("until"), event.recorded_at)
        rows = [(event.branch, event.seq, said["requirement"], member, *about) for member in said.get("members") or ("",)]
        self._store.executemany(_WAIVER, rows)

    def _case_opened(self, event: Event) -> None:
        said, now = event.payload, event.recorded_at
        about = (said["kind"], said.get("member") or "", said["state"], int(said["open"]), now, now)
        texts = (canonical(said.get("fields", {})), canonical({"open": [event.actor]}))
        self._store.execute(_NEW_CASE, (event.branch, said["case"], *about, *texts))

    def _case_moved(self, event: Event) -> None:
        said, place = event.payload, (event.branch, event.payload["case"])
        found = self._store.row(_CASE, place)
        if found is None:
            raise _unfit(event, f"there is no case {place[1]}", f"没有事项 {place[1]}")
        state, since, fields, done = found
        target = said["to"]
        since = since if target == state else event.recorded_at
        fields = canonical({**json.loads(fields), **said.get("takes", {})})
        self._store.execute(_MOVE_CASE, (target, int(said["open"]), since, fields, _did(done, said["move"], event.actor), *place))


def project_created(store: Store, event: Event) -> None:
    """The first event of all: it brings the definition under which the others are projected, so it needs none."""
    said = event.payload
    store.execute(_DEFINITION, (event.definition, said["document"], event.position))
    meta = {"campaign": said["name"], "rehearsal": "1" if said["rehearsal"] else "0", "definition": event.definition}
    store.executemany(_META, list(meta.items()))


def _member(branch: str, said: Mapping[str, Any]) -> Row:
    flags, fields = canonical(sorted(said.get("flags", ()))), canonical(said.get("fields", {}))
    return (said["id"], branch, said["name"], said["status"], flags, fields)


def _added(listed: str, item: str) -> str:
    """A JSON list with `item` in it."""
    items = json.loads(listed)
    return listed if item in items else canonical([*items, item])


def _did(done: str, move: str, person: str) -> str:
    """JSON {move: [persons]} with one more person."""
    moves = json.loads(done)
    people = moves.setdefault(move, [])
    if person in people:
        return done
    people.append(person)
    return canonical(moves)


def _unfit(event: Event, en: str, zh: str) -> DatabaseFault:
    place = f"{event.stream} {event.seq}"
    return DatabaseFault(
        Text.of(
            f"event {place} cannot be projected: {en}; run `workflow verify`",
            f"事件 {place} 无法投影：{zh}；请运行 `workflow verify`",
        ),
        code="unfit-event",
    )


def _no_branch(event: Event) -> DatabaseFault:
    return _unfit(event, f"branch {event.branch} is on no roster", f"支部 {event.branch} 不在任何名册中")

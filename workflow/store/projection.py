"""From events to tables. The tables say nothing that the ledger does not: each is a function of the events alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store.branch_projection import BranchProjection, did
from workflow.store.database import Store
from workflow.store.events import Event, no_branch, unfit
from workflow.store.layout import LineWriter
from workflow.store.roster_projection import NEW_CASE, RosterProjection

_META = "INSERT OR REPLACE INTO workflow_meta (name, value) VALUES (?, ?)"
_DEFINITION = "INSERT OR IGNORE INTO workflow_definition (hash, document, event) VALUES (?, ?, ?)"
_ENACT = """INSERT INTO workflow_enactment (n, definition, starts, scope, states, event)
    SELECT COALESCE(MAX(n), 0) + 1, ?, ?, ?, ?, ? FROM workflow_enactment"""
_CLOSE_BATCH = "INSERT INTO workflow_batch (batch, closed, event, stragglers, finished, total) VALUES (?, ?, ?, ?, ?, ?)"
_PERSON = "INSERT OR REPLACE INTO workflow_person (id, name) VALUES (?, ?)"
_GRANT = "INSERT OR IGNORE INTO workflow_grant (person, role, target) VALUES (?, ?, ?)"
_REVOKE = "DELETE FROM workflow_grant WHERE person = ? AND role = ? AND target = ?"
_DOCUMENT = """INSERT INTO workflow_document (branch, seq, kind, happened, recorded, "by", attempt, live)
    SELECT ?, ?, ?, ?, ?, ?, attempt, 1 FROM workflow_branch WHERE id = ?"""
_WHOLE_DOCUMENT = """INSERT INTO workflow_document (branch, seq, kind, happened, recorded, "by", attempt, live)
    VALUES ('', ?, ?, ?, ?, ?, 0, 1)"""
_DOCUMENT_KIND = "SELECT kind FROM workflow_document WHERE branch = ? AND seq = ?"
_DROP_DOCUMENT = "UPDATE workflow_document SET live = -1 WHERE branch = ? AND seq = ?"
_DROP_LINES = "UPDATE workflow_line SET live = -1 WHERE kind = ? AND branch = ? AND seq = ?"
_DROP_WAIVER = "UPDATE workflow_waiver SET live = 0 WHERE branch = ? AND seq = ?"
_WAIVER = """INSERT INTO workflow_waiver (branch, seq, requirement, member, reason, "by", role, until, recorded, live)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"""
_CASE = "SELECT state, since, fields, done FROM workflow_case WHERE branch = ? AND id = ?"
_MOVE_CASE = "UPDATE workflow_case SET state = ?, open = ?, since = ?, fields = ?, done = ? WHERE branch = ? AND id = ?"


class Projector:
    """Applies events to the tables, under one definition. The caller holds a write transaction.

    An event the tables do not fit (a move of an unknown branch, a kind of a newer program) raises `DatabaseFault`.
    """

    def __init__(self, store: Store, definition: Definition) -> None:
        self._store = store
        self._definition = definition
        self._lines = {kind.id: LineWriter.of(kind) for kind in definition.records.values()}
        self._by_kind: Mapping[str, Callable[[Event], None]] = {
            **{kind: partial(project, store) for kind, project in WITHOUT_DEFINITION.items()},
            **BranchProjection(store, definition).by_kind,
            **RosterProjection(store, definition, self._lines).by_kind,
            "people": self._people,
            "batch_closed": self._batch_closed,
            "record": self._record,
            "withdrawn": self._withdrawn,
            "refused": lambda _: None,
            "waived": self._waived,
            "case_opened": self._case_opened,
            "case_moved": self._case_moved,
        }

    def apply(self, event: Event) -> None:
        project = self._by_kind.get(event.kind)
        if project is None:
            raise unfit(event, f"its kind {event.kind} is unknown", f"未知类型 {event.kind}")
        project(event)

    def _people(self, event: Event) -> None:
        said = event.payload
        people, revoked, grants = said.get("people", ()), said.get("revoked", ()), said.get("grants", ())
        self._store.executemany(_PERSON, [(p["id"], p["name"]) for p in people])
        self._store.executemany(_REVOKE, [(g["person"], g["role"], g["target"]) for g in revoked])
        self._store.executemany(_GRANT, [(g["person"], g["role"], g["target"]) for g in grants])

    def _batch_closed(self, event: Event) -> None:
        said, stragglers = event.payload, canonical(event.payload["stragglers"])
        about = (said["batch"], event.recorded_at, event.position, stragglers, said["finished"], said["total"])
        self._store.execute(_CLOSE_BATCH, about)

    def _record(self, event: Event) -> None:
        said, branch = event.payload, event.branch
        kind = self._definition.records[said["record"]]
        document = (event.seq, kind.id, said["happened"], event.recorded_at, event.actor)
        if kind.of == "campaign":
            self._store.execute(_WHOLE_DOCUMENT, document)
        elif self._store.execute(_DOCUMENT, (branch, *document, branch)).rowcount == 0:
            raise no_branch(event)
        told, shared = (said["happened"], event.recorded_at, event.actor), said.get("fields", {})
        if kind.of != "member":
            sheet = self._lines[kind.id]
            self._store.execute(sheet.insert, sheet.row((branch, "", event.seq, 0), told, 1, shared))
        of_members = kind.id if kind.of == "member" else kind.lines
        if of_members:
            lines, seq = self._lines[of_members], event.seq
            own = enumerate(said.get("lines", ()), 1)  # a field a line does not state itself is the sheet's
            rows = [lines.row((branch, line["member"], seq, number), told, 1, {**shared, **line}) for number, line in own]
            self._store.executemany(lines.insert, rows)

    def _withdrawn(self, event: Event) -> None:
        place = (event.branch, event.payload["of"])
        found = self._store.row(_DOCUMENT_KIND, place)
        if found is not None:
            kind = self._definition.records[found[0]]
            self._store.execute(_DROP_DOCUMENT, place)
            self._store.executemany(_DROP_LINES, [(name, *place) for name in (kind.id, kind.lines) if name])
        elif self._store.execute(_DROP_WAIVER, place).rowcount == 0:
            raise unfit(event, f"there is no record or waiver {place[1]}", f"没有第 {place[1]} 号记录或缺口")

    def _waived(self, event: Event) -> None:
        said = event.payload
        about = (said["reason"], event.actor, event.role, said.get("until"), event.recorded_at)
        rows = [(event.branch, event.seq, said["requirement"], member, *about) for member in said.get("members") or ("",)]
        self._store.executemany(_WAIVER, rows)

    def _case_opened(self, event: Event) -> None:
        said, now = event.payload, event.recorded_at
        about = (said["kind"], said.get("member") or "", said["state"], int(said["open"]), now, now)
        texts = (canonical(said.get("fields", {})), canonical({"open": [event.actor]}))
        self._store.execute(NEW_CASE, (event.branch, said["case"], *about, *texts))

    def _case_moved(self, event: Event) -> None:
        said, place = event.payload, (event.branch, event.payload["case"])
        found = self._store.row(_CASE, place)
        if found is None:
            raise unfit(event, f"there is no case {place[1]}", f"没有事项 {place[1]}")
        state, since, fields, done = found
        target = said["to"]
        since = since if target == state else event.recorded_at
        fields = canonical({**json.loads(fields), **said.get("takes", {})})
        self._store.execute(_MOVE_CASE, (target, int(said["open"]), since, fields, did(done, said["move"], event.actor), *place))


def _created(store: Store, event: Event) -> None:
    said = event.payload
    store.execute(_DEFINITION, (event.definition, said["document"], event.position))
    store.execute(_ENACT, (event.definition, "", "running", "{}", event.position))
    meta = {"campaign": said["name"], "rehearsal": "1" if said["rehearsal"] else "0", "definition": event.definition}
    store.executemany(_META, list(meta.items()))


def _enacted(store: Store, event: Event) -> None:
    said = event.payload
    store.execute(_DEFINITION, (said["hash"], said["document"], event.position))
    store.execute(_ENACT, (said["hash"], said["starts"], said["scope"], canonical(said["states"]), event.position))


# These bring a definition, so they are projected without one.
WITHOUT_DEFINITION: Mapping[str, Callable[[Store, Event], None]] = {"created": _created, "enacted": _enacted}

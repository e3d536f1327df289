"""Rolls in motion, from events to tables: who comes and goes with what, and branches that begin, divide and end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.errors import DatabaseFault
from workflow.store.branch_projection import BEGIN
from workflow.store.database import Row, Store
from workflow.store.events import Event, no_branch, unfit
from workflow.store.layout import LineWriter

NEW_CASE = """INSERT INTO workflow_case (branch, id, kind, member, state, open, opened, since, fields, done)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_NEW_BRANCH = """INSERT INTO workflow_branch
    (id, title, batch, grp, parent, fields, state, attempt, number, entered, since, extended, closed, done, pauses)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?, ?, '[]', '{}', ?)"""
_KNOWN_BRANCH = "UPDATE workflow_branch SET title = ?, batch = ?, grp = ?, parent = ?, fields = ? WHERE id = ?"
_END_BRANCH = "UPDATE workflow_branch SET ended = ?, successor = ? WHERE id = ?"
_STATE = "SELECT state FROM workflow_branch WHERE id = ?"
_MEMBER = "INSERT OR REPLACE INTO workflow_member (id, branch, name, status, flags, fields) VALUES (?, ?, ?, ?, ?, ?)"
_NO_MEMBER = "DELETE FROM workflow_member WHERE branch = ? AND id = ?"
_ENROLLED = """INSERT OR IGNORE INTO workflow_stay (branch, member, seq, joined, came)
    SELECT ?1, ?2, ?3, ?4, 'roster' WHERE NOT EXISTS (SELECT 1 FROM workflow_member WHERE branch = ?1 AND id = ?2)"""
_JOINED = "INSERT INTO workflow_stay (branch, member, seq, joined, came, origin) VALUES (?, ?, ?, ?, ?, ?)"
_LEFT = """UPDATE workflow_stay SET "left" = ?, gone = ?, successor = ?, departure = ? WHERE branch = ? AND member = ? AND "left" IS NULL"""
_IS_HERE = """SELECT 1 FROM workflow_stay WHERE branch = ? AND member = ? AND "left" IS NULL"""
_CARRIED = """INSERT INTO workflow_carried (branch, seq, line, kind, member, stage, passed, origin, origin_seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LEAVE_LINES = "UPDATE workflow_line SET live = -2 WHERE kind = ? AND branch = ? AND member = ? AND live IN (0, 1)"
# Of what came along some may be of a kind that the branch's own rules do not know yet.
_LEAVE_CARRIED = """UPDATE workflow_line SET live = -2 WHERE live IN (0, 1) AND (kind, branch, member, seq, line) IN
    (SELECT kind, branch, member, seq, line FROM workflow_carried WHERE branch = ? AND member = ?)"""
_LEAVE_WAIVERS = "UPDATE workflow_waiver SET live = 0 WHERE branch = ? AND member = ? AND live = 1"
_RECALL = """UPDATE workflow_line SET live = -1 WHERE (kind, branch, member, seq, line) IN
    (SELECT kind, branch, member, seq, line FROM workflow_carried WHERE branch = ? AND origin = ? AND origin_seq = ?)"""
_CASE_GONE = "UPDATE workflow_case SET gone = ? WHERE branch = ? AND id = ?"
_CASES_LEFT = "UPDATE workflow_case SET gone = 'left' WHERE branch = ? AND member = ? AND gone = ''"


class RosterProjection:
    """Rosters, and the comings and goings of members and branches, under one definition. `lines` write the records of each kind."""

    def __init__(self, store: Store, definition: Definition, lines: Mapping[str, LineWriter]) -> None:
        self._store = store
        self._lines = lines
        self._of_members = tuple(kind.id for kind in definition.records.values() if kind.of == "member")
        self._throughout = frozenset(kind.id for kind in definition.records.values() if kind.span == "campaign")
        self.by_kind: Mapping[str, Callable[[Event], None]] = {
            "roster": self._roster,
            "joined": self._joined,
            "left": self._left,
            "member_changed": self._member_changed,
            "founded": self._founded,
            "split": lambda _: None,  # each member that goes says so itself
            "dissolved": self._dissolved,
            "taken_over": lambda event: self._cases(event, event.payload["cases"]),
            "recalled": self._recalled,
        }

    def _roster(self, event: Event) -> None:
        said, branch, now = event.payload, event.branch, event.recorded_at
        if self._store.execute(_KNOWN_BRANCH, (*_about(said), branch)).rowcount == 0:
            self._new_branch(event, said["state"], now)
        members = said.get("members", ())
        self._store.executemany(_ENROLLED, [(branch, member["id"], event.seq, now) for member in members])
        self._store.executemany(_MEMBER, [_member(branch, member) for member in members])

    def _founded(self, event: Event) -> None:
        said = event.payload
        self._new_branch(event, said["state"], said["entered"], said["extended"], canonical(said["pauses"]))

    def _new_branch(self, event: Event, state: str, entered: str, extended: int = 0, pauses: str = "[]") -> None:
        branch = event.branch
        self._store.execute(_NEW_BRANCH, (branch, *_about(event.payload), state, entered, event.recorded_at, extended, pauses))
        self._store.execute(BEGIN, (branch, 1, state.partition(".")[0], 1, entered))

    def _joined(self, event: Event) -> None:
        said, branch = event.payload, event.branch
        found = self._store.row(_STATE, (branch,))
        if found is None:
            raise no_branch(event)
        member = said["member"]["id"]
        self._store.execute(_MEMBER, _member(branch, said["member"]))
        origin = said.get("from", {}).get("branch")
        self._store.execute(_JOINED, (branch, member, event.seq, event.recorded_at, said["how"], origin))
        stage = said.get("stage") or found[0].partition(".")[0]  # as it is called now: the table may have an older name
        for number, record in enumerate(said.get("records", ()), 1):
            self._carry(event, member, number, record, stage)
        self._cases(event, said.get("cases", ()))

    def _carry(self, event: Event, member: str, number: int, record: Mapping[str, Any], stage: str) -> None:
        """One record of a dossier. One entered in a stage that is not on waits until that stage begins."""
        kind, of = record["record"], record["of"]
        live = int(kind in self._throughout or record["stage"] == stage)
        writer = self._lines[kind]
        told = record["happened"], record["recorded"], record["by"]
        self._store.execute(writer.insert, writer.row((event.branch, member, event.seq, number), told, live, record["fields"]))
        place = event.branch, event.seq, number
        self._store.execute(_CARRIED, (*place, kind, member, record["stage"], int(record["passed"]), of["branch"], of["seq"]))

    def _cases(self, event: Event, cases: Iterable[Mapping[str, Any]]) -> None:
        """Cases that come from another branch, as they stood there."""
        for case in cases:
            about = case["kind"], case.get("member") or "", case["state"], int(case["open"]), case["opened"], case["since"]
            self._store.execute(NEW_CASE, (event.branch, case["id"], *about, canonical(case["fields"]), canonical(case["done"])))

    def _left(self, event: Event) -> None:
        said, branch, member = event.payload, event.branch, event.payload["member"]
        about = event.recorded_at, said["how"], said.get("to"), said.get("departure")
        if self._store.execute(_LEFT, (*about, branch, member)).rowcount == 0:
            raise _stranger(event, member)
        self._store.execute(_NO_MEMBER, (branch, member))
        self._store.executemany(_LEAVE_LINES, [(kind, branch, member) for kind in self._of_members])
        self._store.execute(_LEAVE_CARRIED, (branch, member))
        self._store.execute(_LEAVE_WAIVERS, (branch, member))
        self._cases_gone(event)
        self._store.execute(_CASES_LEFT, (branch, member))

    def _member_changed(self, event: Event) -> None:
        member = event.payload["member"]
        if self._store.row(_IS_HERE, (event.branch, member["id"])) is None:
            raise _stranger(event, member["id"])
        self._store.execute(_MEMBER, _member(event.branch, member))

    def _dissolved(self, event: Event) -> None:
        if self._store.execute(_END_BRANCH, (event.recorded_at, event.payload["into"], event.branch)).rowcount == 0:
            raise no_branch(event)
        self._cases_gone(event)

    def _cases_gone(self, event: Event) -> None:
        self._store.executemany(_CASE_GONE, [(to, event.branch, case) for case, to in event.payload["cases"].items()])

    def _recalled(self, event: Event) -> None:
        of = event.payload["of"]
        if self._store.execute(_RECALL, (event.branch, of["branch"], of["seq"])).rowcount == 0:
            en, zh = f"nothing of record {of['seq']} of {of['branch']} came here", f"{of['branch']} 第 {of['seq']} 号记录未转入"
            raise unfit(event, en, zh)


def _about(said: Mapping[str, Any]) -> Row:
    return (said["title"], said.get("batch"), said.get("group"), said.get("parent"), canonical(said.get("fields", {})))


def _member(branch: str, said: Mapping[str, Any]) -> Row:
    flags, fields = canonical(sorted(said.get("flags", ()))), canonical(said.get("fields", {}))
    return (said["id"], branch, said["name"], said["status"], flags, fields)


def _stranger(event: Event, member: str) -> DatabaseFault:
    return unfit(event, f"{member} is not on its roll", f"{member} 不在其名册上")

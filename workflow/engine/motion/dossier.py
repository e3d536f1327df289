"""The dossier: the records and cases that go with a member from one branch to another, or are taken up again from the last one.

Records of a stage count where the member is now as they counted where they were entered: those of a stage that is on there go
on counting in that stage, those of a stage that was passed there never have to be made again, those of an attempt that was
redone stay behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from attrs import frozen

from workflow.definition.model import Definition, RecordKind
from workflow.engine import cases
from workflow.engine.desk import Desk, Payload
from workflow.engine.motion.stay import Stay, Way, widest
from workflow.engine.versions import Version
from workflow.ledger import Event
from workflow.store.layout import decode, slots

_LINES = """SELECT seq, line, happened, recorded, "by", live{columns} FROM workflow_line
    WHERE kind = ? AND branch = ? AND member = ? AND seq >= ? AND live IN ({live})"""
_CASES = """SELECT id, kind, state, open, opened, since, fields, done FROM workflow_case
    WHERE branch = ? AND member = ? AND gone = ? ORDER BY LENGTH(id), id"""


@frozen
class Dossier:
    """`records` and `cases` as the event `joined` keeps them; the cases under the ids they get in the branch they come to."""

    records: Sequence[Payload] = ()
    cases: Sequence[Payload] = ()

    def went(self, to: str) -> dict[str, str]:
        """Where each case went: its id here to "BRANCH/ID"."""
        return {case["of"]["case"]: f"{to}/{case['id']}" for case in self.cases}

    @property
    def counted(self) -> dict[str, int]:
        return {"records": len(self.records), "cases": len(self.cases)}

    def within(self, definition: Definition) -> Dossier:
        """Without records of a kind that only a later definition knows."""
        return Dossier([record for record in self.records if record["record"] in definition.records], self.cases)


def dossier(desk: Desk, stay: Stay, to: str) -> Dossier:
    """What a member brings to the branch `to` from a stay: one that lasts, or the last one, which is over."""
    return Dossier(_records(desk, widest(desk), stay), _cases(desk, stay, to))


def leaving(row: Payload, how: str, to: str, brought: Dossier, day: str, reason: str) -> Payload:
    """The event `left` of whoever goes on to another branch."""
    return {"member": row["id"], "how": how, "to": to, "cases": brought.went(to), "reason": reason.strip(), "on": day}


def joining(row: Payload, how: str, stage: str, brought: Dossier, left: Event | None, reason: str) -> Payload:
    """The event `joined`, in a branch that is in `stage`; `left` is the event by which the member was sent, or left before."""
    origin = {} if left is None else {"from": {"branch": left.branch, "seq": left.seq, "hash": left.hash}}
    about = {"member": row, "how": how, "reason": reason.strip(), "stage": stage}
    return {**about, **origin, "records": list(brought.records), "cases": list(brought.cases)}


def arrive(desk: Desk, to: str, row: Payload, brought: Dossier, left: Event) -> None:
    """Write the arrival of a member who just left another branch; by the same person, in the same role.

    Under a version that knows every kind of record and every field there is in the dossier.
    """
    version = widest(desk)
    said = left.payload
    payload = joining(row, said["how"], Way.of(desk, version, to).stage, brought, left, said["reason"])
    desk.follow(left, to, "joined", payload, version=version)


def _records(desk: Desk, version: Version, stay: Stay) -> list[Payload]:
    """In the order in which they were entered or came here."""
    way = Way.of(desk, version, stay.branch, stay.left)
    found: list[tuple[tuple[int, int], Payload]] = []
    for kind in version.definition.records.values():
        if kind.of != "member":
            continue
        columns = "".join(f", f{slot}" for slot in slots(kind).values())
        query = _LINES.format(columns=columns, live="0, 1" if stay.left is None else "-2")
        for row in desk.store.rows(query, (kind.id, stay.branch, stay.member, stay.seq)):
            record = _record(stay, way, kind, row)
            if record is not None:
                found.append(((row[0], row[1]), record))
    return [record for _, record in sorted(found, key=lambda each: each[0])]


def _record(stay: Stay, way: Way, kind: RecordKind, row: Sequence[Any]) -> Payload | None:
    """A line as a dossier has it; None where it stays behind."""
    seq, line, happened, recorded, by, live, *cells = row
    came = stay.records[line - 1] if seq == stay.seq and stay.records else None
    if kind.span == "campaign":
        going, stage, passed = live != 0, "", False
    elif came is None:
        stage = way.stage_at(seq)
        going, passed = way.own(seq)
    else:
        stage = way.named(came["stage"])
        going, passed = way.carried(seq, stage, came["passed"])
    if not going and live != 1:
        return None
    if came is not None:
        return {**came, "stage": stage, "passed": passed}
    return {
        "record": kind.id,
        "of": {"branch": stay.branch, "seq": seq, "line": line},
        "happened": happened,
        "recorded": recorded,
        "by": by,
        "stage": stage,
        "passed": passed,
        "fields": _values(kind, cells),
    }


def _values(kind: RecordKind, cells: Sequence[Any]) -> dict[str, Any]:
    """What columns hold, as the ledger keeps it."""
    values = {}
    for declared, cell in zip(kind.fields.values(), cells, strict=True):
        value = decode(declared, cell)
        if value is not None:
            values[declared.id] = value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
    return values


def _cases(desk: Desk, stay: Stay, to: str) -> list[Payload]:
    """All that are still here, open or not; of a stay that is over those that went with it."""
    met: Counter[str] = Counter()
    found = []
    for case, kind, state, is_open, opened, since, fields, done in desk.store.rows(_CASES, (stay.branch, stay.member, stay.gone)):
        if stay.left is not None and case not in stay.left.payload["cases"]:
            continue
        about = {"kind": kind, "member": stay.member, "state": state, "open": bool(is_open), "opened": opened, "since": since}
        place = {"id": cases.next_id(desk, to, kind, met[kind]), "of": {"branch": stay.branch, "case": case}}
        found.append({**place, **about, "fields": json.loads(fields), "done": json.loads(done)})
        met[kind] += 1
    return found

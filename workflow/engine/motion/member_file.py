"""What is on file about a member: where they are, where they were, and what came with them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from workflow.clock import read_stamp
from workflow.engine.desk import Desk
from workflow.engine.motion.appointing import held
from workflow.errors import not_found
from workflow.ledger import branch_stream, event

_ROW = "SELECT branch, name, status, flags, fields FROM workflow_member WHERE id = ?"
_NAME = "SELECT name FROM workflow_person WHERE id = ?"
_EVER = """SELECT id, name FROM workflow_member
    UNION SELECT s.member, COALESCE(p.name, s.member) FROM workflow_stay s LEFT JOIN workflow_person p ON p.id = s.member"""
_STAYS = """SELECT s.branch, s.seq, s.joined, s.came, s.origin, s."left", s.gone, s.successor, s.departure FROM workflow_stay s
    JOIN workflow_event e ON e.stream = ? || s.branch AND e.seq = s.seq WHERE s.member = ? ORDER BY e.id"""


@frozen(kw_only=True)
class StayFact:
    """A time on the roll of a branch; `joined` and `left` are local days.

    `came` is "roster" or how the member joined, `gone` how it left; `origin` and `successor` are the branches before and after,
    `departure` why it left for good. What came along: `records` by kind, `cases` from "BRANCH/ID" to the id here.
    """

    branch: str
    joined: str
    came: str
    origin: str | None
    records: Mapping[str, int]
    cases: Mapping[str, str]
    left: str | None
    gone: str | None
    successor: str | None
    departure: str | None


@frozen(kw_only=True)
class MemberFile:
    """A member now, with every stay from the first to the last. On no roll now: `branch` and `status` are None."""

    id: str
    name: str
    branch: str | None
    status: str | None
    flags: tuple[str, ...]
    fields: Mapping[str, Any]
    roles: tuple[Mapping[str, str], ...]
    stays: tuple[StayFact, ...]


def member_file(desk: Desk, member: str) -> MemberFile:
    """Raises `NotFound` for somebody who never was on a roll."""
    with desk.store.read():
        stays = tuple(_stay(desk, row) for row in desk.store.rows(_STAYS, (branch_stream(""), member)))
        if not stays:
            known: dict[str, str] = dict(desk.store.rows(_EVER))
            raise not_found("there is no member", "没有党员", member, known, "member", "people")
        row = desk.store.row(_ROW, (member,))
        called = desk.store.row(_NAME, (member,))
        roles = tuple({"role": grant["role"], "target": grant["target"]} for grant in held(desk, member))
    branch, name, status, flags, fields = row or (None, (called or (member,))[0], None, "[]", "{}")
    return MemberFile(
        id=member,
        name=name,
        branch=branch,
        status=status,
        flags=tuple(json.loads(flags)),
        fields=json.loads(fields),
        roles=roles,
        stays=stays,
    )


def _stay(desk: Desk, row: tuple[Any, ...]) -> StayFact:
    branch, seq, joined, came, origin, left, gone, successor, departure = row
    said = {} if came == "roster" else event(desk.store, branch_stream(branch), seq).payload
    return StayFact(
        branch=branch,
        joined=desk.day(read_stamp(joined)),
        came=came,
        origin=origin,
        records=dict(Counter(record["record"] for record in said.get("records", ()))),
        cases={f"{case['of']['branch']}/{case['of']['case']}": case["id"] for case in said.get("cases", ())},
        left=None if left is None else desk.day(read_stamp(left)),
        gone=gone,
        successor=successor,
        departure=departure,
    )

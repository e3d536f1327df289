"""Who is there: the members of a branch, and everybody on the roster with the roles they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from workflow.engine.desk import Desk

_MEMBERS = "SELECT id, name, branch, status, flags, fields FROM workflow_member WHERE branch = ? ORDER BY id"
_PEOPLE = """SELECT p.id, p.name, m.branch, g.role, g.target FROM workflow_person p
    LEFT JOIN workflow_member m ON m.id = p.id LEFT JOIN workflow_grant g ON g.person = p.id ORDER BY p.id, g.role, g.target"""


@frozen(kw_only=True)
class MemberRow:
    """Somebody on the roll of a branch. `status` and `flags` are ids of the definition's `members`, `fields` what it declares there."""

    id: str
    name: str
    branch: str
    status: str
    flags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(factory=dict, hash=False)


@frozen(kw_only=True)
class RoleRow:
    """A role somebody holds: for a branch (`target` is its id), for a group ("group:ID"), or for all ("*")."""

    role: str
    target: str


@frozen(kw_only=True)
class PersonRow:
    """Somebody on the roster: the branch whose roll they are on, if they are a member, and the roles they hold."""

    id: str
    name: str
    branch: str | None = None
    roles: tuple[RoleRow, ...] = ()


def members(desk: Desk, branch: str) -> tuple[MemberRow, ...]:
    """Raises `NotFound` for an unknown branch."""
    desk.require_branch(branch)
    return tuple(
        MemberRow(id=ident, name=name, branch=of, status=status, flags=tuple(json.loads(flags)), fields=json.loads(fields))
        for ident, name, of, status, flags, fields in desk.store.rows(_MEMBERS, (branch,))
    )


def people(desk: Desk) -> tuple[PersonRow, ...]:
    """Everybody, by id; one query."""
    about: dict[str, tuple[str, str | None]] = {}
    held: dict[str, list[RoleRow]] = {}
    for ident, name, branch, role, target in desk.store.rows(_PEOPLE):
        about[ident] = name, branch
        roles = held.setdefault(ident, [])
        if role is not None:
            roles.append(RoleRow(role=role, target=target))
    return tuple(PersonRow(id=ident, name=name, branch=branch, roles=tuple(held[ident])) for ident, (name, branch) in about.items())

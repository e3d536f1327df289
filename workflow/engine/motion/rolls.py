"""Rolls in motion: members who join, move, change and leave, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import evolve

from workflow.engine.asked import Asked
from workflow.engine.desk import Accept, Accepted, Desk, Hearing, Payload
from workflow.engine.motion.appointing import appoint, called, held, nothing, relieve, require_name, require_role, tell_people
from workflow.engine.motion.dossier import Dossier, arrive, dossier, joining, leaving
from workflow.engine.motion.roll_entries import changed_entry, new_entry, read_departure, require_roll
from workflow.engine.motion.stay import Stay, behind, last_stay
from workflow.engine.records import require_reason
from workflow.engine.tables.roster_cells import plain_id
from workflow.errors import Misuse, NotFound, not_found
from workflow.ledger import Event, branch_stream, by_key
from workflow.texts import Text
from workflow.verdicts import rules
from workflow.verdicts.findings import Finding, Verdict

__all__ = ["appoint", "change", "enrol", "hand_over", "relieve", "remove", "transfer"]

_MEMBER = "SELECT id, name, status, flags, fields FROM workflow_member WHERE branch = ? AND id = ?"
_ROLL = "SELECT branch FROM workflow_member WHERE id = ?"
_ALL = "SELECT id, name FROM workflow_member"
_CASES = "SELECT id FROM workflow_case WHERE branch = ? AND member = ? AND gone = '' ORDER BY kind, LENGTH(id), id"


# -- commands ------------------------------------------------------------------------------------------------------------


def enrol(
    desk: Desk,
    branch: str,
    member: str,
    name: str,
    status: str | None,
    flags: Sequence[str],
    fields: Mapping[str, Any],
    by: str,
    reason: str,
    key: str | None,
) -> Verdict:
    require_reason(reason)
    ident = plain_id(member)
    row: Payload = {}

    def judged(hearing: Hearing) -> Verdict:
        members = require_roll(hearing.definition)
        _require_nowhere(desk, ident)
        before, who = last_stay(desk, ident), {"id": ident, "name": require_name(desk, ident, name)}
        row.update(new_entry(hearing.definition, who, {} if before is None else before.row, status, flags, fields))
        desk.require_persons(members.fields, row["fields"])
        return hearing.judge.power(hearing.branch, f"enrol:{ident}", "enrol", "roll", by, also=rules.lasting(hearing.branch))

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        before = last_stay(desk, ident)
        brought = Dossier() if before is None else dossier(desk, before, branch).within(hearing.definition)
        payload = joining(row, "enrolled", hearing.branch.stage, brought, None if before is None else before.left, reason)
        told = {"member": row, "reason": reason.strip()} | ({} if before is None else {"carried": brought.counted})
        people = [] if called(desk, ident) == row["name"] else [{"id": ident, "name": row["name"]}]
        return Accepted("joined", payload, told, then=lambda event: tell_people(desk, event, people=people))

    asked = Asked.of("enrol", f"enrol:{ident}", name=name, status=status, flags=flags, fields=fields, reason=reason)
    return desk.command(branch, nothing, judged, accept, by=by, key=key, asked=asked)


def transfer(desk: Desk, member: str, to: str, roles: Sequence[str], by: str, reason: str, key: str | None) -> Verdict:
    asked = Asked.of("transfer", f"transfer:{member}", to=to, roles=roles, reason=reason)
    given = [{"person": member, "role": role, "target": to} for role in dict.fromkeys(roles)]

    def judged(hearing: Hearing) -> Verdict:
        if to == hearing.branch.id:
            raise Misuse(Text.of(f"{member} is on the roll of {to} already", f"{member} 已在 {to} 名册上"), "same")
        with desk.hearing(to, nothing) as there:
            _require_of_branch(there, roles)
            also = [*_power_there(there, asked.subject, by), *rules.lasting(there.branch), _behind(desk, hearing, there, member)]
        return hearing.judge.power(hearing.branch, asked.subject, "transfer", "transfer", by, also=also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        old = hearing.branch.id
        row, brought, revoked = _row(desk, old, member), dossier(desk, _stay(desk, member), to), held(desk, member, old)
        told = {
            "to": to,
            "carried": brought.counted,
            "ended_roles": [grant["role"] for grant in revoked],
            "given_roles": list(roles),
            "reason": reason.strip(),
        }

        def then(left: Event) -> None:
            arrive(desk, to, row, brought, left)
            tell_people(desk, left, grants=given, revoked=revoked)

        payload = leaving(row, "transferred", to, brought, hearing.today, reason)
        return Accepted("left", payload, told, then=then)

    return _of_member(desk, member, judged, accept, by, reason, key, asked)


def change(
    desk: Desk,
    member: str,
    status: str | None,
    flag: Sequence[str],
    unflag: Sequence[str],
    fields: Mapping[str, Any],
    by: str,
    reason: str,
    key: str | None,
) -> Verdict:
    asked = Asked.of("change", f"change:{member}", status=status, flag=flag, unflag=unflag, fields=fields, reason=reason)
    row: Payload = {}
    before: Payload = {}

    def judged(hearing: Hearing) -> Verdict:
        before.update(_row(desk, hearing.branch.id, member))
        row.update(changed_entry(hearing.definition, before, status, flag, unflag, fields))
        desk.require_persons(require_roll(hearing.definition).fields, row["fields"])
        return hearing.judge.power(hearing.branch, asked.subject, "change", "roll", by)

    def accept(_hearing: Hearing, _verdict: Verdict) -> Accepted:
        payload: Payload = {"member": row, "was": before, "reason": reason.strip()}
        return Accepted("member_changed", payload, payload)

    return _of_member(desk, member, judged, accept, by, reason, key, asked)


def remove(desk: Desk, member: str, departure: str | None, by: str, reason: str, key: str | None) -> Verdict:
    asked = Asked.of("remove", f"remove:{member}", departure=departure, reason=reason)

    def judged(hearing: Hearing) -> Verdict:
        read_departure(hearing.definition, departure)
        return hearing.judge.power(hearing.branch, asked.subject, "remove", "roll", by)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        gone = {case: "left" for (case,) in desk.store.rows(_CASES, (hearing.branch.id, member))}
        said: Payload = {"member": member, "how": "removed", "cases": gone, "reason": reason.strip(), "on": hearing.today}
        why, revoked = read_departure(hearing.definition, departure), held(desk, member)
        said |= {} if why is None else {"departure": why}
        told = {**said, "ended_roles": list(dict.fromkeys(grant["role"] for grant in revoked))}
        return Accepted(
            "left", {**said, "was": _row(desk, hearing.branch.id, member)}, told, then=lambda left: tell_people(desk, left, revoked=revoked)
        )

    return _of_member(desk, member, judged, accept, by, reason, key, asked)


def hand_over(desk: Desk, members: Sequence[str], old: str, new: str, how: str, reason: str, cause: Event) -> None:
    """Members go from one roll to another because of what `cause` decided, `how` being merged, split or dissolved: each leaves there and
    joins here with records and cases, and the roles they held for the old branch end."""
    revoked: list[dict[str, str]] = []
    for member in members:
        row, brought, now = _row(desk, old, member), dossier(desk, _stay(desk, member), new), desk.now(branch_stream(old))
        left = desk.follow(cause, old, "left", leaving(row, how, new, brought, desk.day(now), reason), subject=member)
        arrive(desk, new, row, brought, left)
        revoked += held(desk, member, old)
    tell_people(desk, cause, revoked=revoked)


# -- who and where -------------------------------------------------------------------------------------------------------


def _of_member(
    desk: Desk,
    member: str,
    judged: Callable[[Hearing], Verdict],
    accept: Accept,
    by: str,
    reason: str,
    key: str | None,
    asked: Asked,
) -> Verdict:
    """A command about somebody on a roll: it is judged for the branch of that roll."""
    require_reason(reason)
    with desk.store.write():
        before = None if key is None else by_key(desk.store, key)
        # A repeated transfer finds the member elsewhere: its first answer stands where it was given.
        branch = _roll(desk, member) if before is None else before.branch or None
        return desk.command(branch, nothing, judged, accept, by=by, key=key, asked=asked)


def _roll(desk: Desk, member: str) -> str:
    """The branch on whose roll somebody is. Raises `NotFound`."""
    row = desk.store.row(_ROLL, (member,))
    if row is not None:
        return str(row[0])
    stay = last_stay(desk, member)
    if stay is not None and stay.left is not None:
        where, day = stay.branch, stay.left.payload["on"]
        en = f"{member} is on no roll: {member} left that of {where} on {day}; `enrol` takes them up again"
        raise NotFound(Text.of(en, f"{member} 不在任何名册上：已于 {day} 离开 {where}；可用 enrol 重新入册"), "member")
    known: dict[str, str] = dict(desk.store.rows(_ALL))
    raise not_found("there is no member", "没有党员", member, known, "member", "people")


def _require_nowhere(desk: Desk, member: str) -> None:
    row = desk.store.row(_ROLL, (member,))
    if row is not None:
        who = called(desk, member)
        en = f"{member} ({who}) is on the roll of {row[0]} already: transfer them instead, or give another person an id of their own"
        raise Misuse(Text.of(en, f"{member}（{who}）已在 {row[0]} 名册上：请改用转接；如系另一人，请另取编号"), "two-rolls")


def _stay(desk: Desk, member: str) -> Stay:
    """The stay of somebody who is on a roll."""
    found = last_stay(desk, member)
    assert found is not None
    return found


def _row(desk: Desk, branch: str, member: str) -> Payload:
    """A member's row as events keep it. Raises `NotFound` for somebody who is not on that roll."""
    row = desk.store.row(_MEMBER, (branch, member))
    if row is None:
        raise NotFound(Text.of(f"{member} is not on the roll of {branch}", f"{member} 不在 {branch} 名册上"), "member")
    ident, name, status, flags, fields = row
    return {"id": ident, "name": name, "status": status, "flags": json.loads(flags), "fields": json.loads(fields)}


# -- what a transfer is judged by ----------------------------------------------------------------------------------------


def _require_of_branch(there: Hearing, roles: Sequence[str]) -> None:
    """Raises `Misuse` for a role nobody holds for a branch."""
    for role in roles:
        if require_role(there.definition, role).scope == "all":
            en = f"{role} is a role of the whole campaign, not of {there.branch.id}: appoint them to it instead"
            raise Misuse(Text.of(en, f"{role} 属于整个活动，不属于 {there.branch.id}：请改用任命"), "of")


def _power_there(there: Hearing, subject: str, by: str) -> list[Finding]:
    """The power is needed for the branch that receives, too; it is only worth saying where it is missing."""
    found = there.judge.power(there.branch, subject, "transfer", "transfer", by).findings[0]
    return [evolve(found, detail={**found.detail, "of": there.branch.id})] if found.blocks else []


def _behind(desk: Desk, here: Hearing, there: Hearing, member: str) -> Finding:
    name = _row(desk, here.branch.id, member)["name"]
    return behind(desk, here.branch.id, there.branch.id, [(member, name)])

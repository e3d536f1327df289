"""Cases: the smaller machines hung on a branch or a member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.model import CaseKind, Move
from workflow.engine.asked import Asked
from workflow.engine.desk import Desk, Hearing, Kind, Payload
from workflow.engine.entry import read_fields, refuse_faults
from workflow.engine.machine import Unit
from workflow.errors import Misuse, NotFound, not_found
from workflow.store.facts import CaseFact, FactNeeds
from workflow.texts import Text
from workflow.verdicts.evidence import with_evidence
from workflow.verdicts.findings import Verdict
from workflow.verdicts.judge import needs_of_case_move

_COUNT = "SELECT COUNT(*) FROM workflow_case WHERE branch = ? AND kind = ?"
_KIND = "SELECT kind FROM workflow_case WHERE branch = ? AND id = ?"
_IDS = "SELECT id FROM workflow_case WHERE branch = ? ORDER BY id"


def open_case(desk: Desk, branch: str, kind: str, by: str, member: str | None, fields: Mapping[str, Any], key: str | None) -> Verdict:
    found = _find_kind(desk, kind)
    if (member is None) == (found.of == "member"):
        raise Misuse(
            Text.of(
                f"{kind} is a case of the {found.of}: {'say whose' if found.of == 'member' else 'name no member'}",
                f"{kind} 是{'党员' if found.of == 'member' else '支部'}的事项：{'请写明党员' if found.of == 'member' else '不要写党员'}",
            ),
            "member",
        )
    values, faults = read_fields(found.fields, fields)
    refuse_faults(faults)

    def accept(hearing: Hearing, _verdict: Verdict) -> tuple[Kind, Payload]:
        if member is not None and member not in {m.id for m in hearing.facts.members(hearing.branch)}:
            raise NotFound(Text.of(f"{member} is not on the roll of {branch}", f"{member} 不在 {branch} 名册上"), "member")
        row = desk.store.row(_COUNT, (branch, kind))
        first = found.states[found.first]
        payload: Payload = {
            "case": f"{kind}-{(row[0] if row else 0) + 1}",
            "kind": kind,
            "state": first.id,
            "open": not first.final,
            "fields": values,
        }
        desk.require_persons(found.fields, values)
        return "case_opened", payload if member is None else {**payload, "member": member}

    return desk.command(
        branch,
        FactNeeds(members=member is not None),
        lambda h: h.judge.entry(h.branch, f"open:{kind}", "case", found.by, by),
        accept,
        by=by,
        key=key,
        asked=Asked.of("case", f"open:{kind}", member=member, fields=fields),
    )


def ask(desk: Desk, branch: str, case: str, move: str, by: str | None, takes: Mapping[str, Any]) -> Verdict:
    with desk.store.read():
        kind, found = _find(desk, branch, case, move)
        given, faults = read_fields(found.takes, takes)
        refuse_faults([f for f in faults if f.code != "missing"])
        with desk.hearing(branch, needs_of_case_move(desk.definition, kind, found)) as hearing:
            verdict = hearing.judge.case_move(hearing.branch, kind, _case(hearing, kind, case), found, by, given, command="ask")
            return with_evidence(desk.store, desk.definition, verdict)


def make(desk: Desk, branch: str, case: str, move: str, by: str, takes: Mapping[str, Any], key: str | None) -> Verdict:
    kind, found = _find(desk, branch, case, move)
    given, faults = read_fields(found.takes, takes)
    refuse_faults(faults)

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.case_move(hearing.branch, kind, _case(hearing, kind, case), found, by, given)

    def accept(hearing: Hearing, verdict: Verdict) -> tuple[Kind, Payload]:
        desk.require_persons(found.takes, given)
        unit = Unit(case, _case(hearing, kind, case).state)
        source = unit.state
        desk.case_machine(kind).fire(unit, move, verdict)
        payload: Payload = {"case": case, "move": move, "from": source, "to": unit.state, "open": not kind.states[unit.state].final}
        return "case_moved", {**payload, "takes": given} if given else payload

    return desk.command(
        branch,
        needs_of_case_move(desk.definition, kind, found),
        judged,
        accept,
        by=by,
        key=key,
        asked=Asked.of("case", f"{case}:{move}", takes=takes),
    )


def _case(hearing: Hearing, kind: CaseKind, case: str) -> CaseFact:
    return next(found for found in hearing.facts.cases_of(kind.id, hearing.branch) if found.id == case)


def _find(desk: Desk, branch: str, case: str, move: str) -> tuple[CaseKind, Move]:
    row = desk.store.row(_KIND, (branch, case))
    if row is None:
        if desk.store.row("SELECT 1 FROM workflow_branch WHERE id = ?", (branch,)) is None:
            raise desk.unknown_branch(branch)
        raise not_found(f"{branch} has no case", f"{branch} 没有事项", case, [r[0] for r in desk.store.rows(_IDS, (branch,))], "case")
    kind = desk.definition.cases[row[0]]
    found = kind.moves.get(move)
    if found is None:
        raise not_found(f"a {kind.id} has no move", f"{kind.id} 没有动作", move, list(kind.moves), "move")
    return kind, found


def _find_kind(desk: Desk, kind: str) -> CaseKind:
    found = desk.definition.cases.get(kind)
    if found is None:
        raise not_found("there is no case kind", "没有事项种类", kind, list(desk.definition.cases), "case-kind", "cases")
    return found


def listed(desk: Desk, branch: str, kind: str | None) -> list[CaseFact]:
    """The cases of a branch, its members' included, of one kind or of all."""
    kinds = {_find_kind(desk, kind).id} if kind is not None else set(desk.definition.cases)
    with desk.store.read(), desk.hearing(branch, FactNeeds(cases=kinds, members=bool(kinds))) as hearing:
        return [case for each in desk.definition.cases if each in kinds for case in hearing.facts.cases_of(each, hearing.branch)]

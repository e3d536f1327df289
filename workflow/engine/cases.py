"""Cases: the smaller machines hung on a branch or a member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.model import CaseKind, Definition, Move
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing, Needs, Payload
from workflow.engine.entry import read_fields, refuse_faults
from workflow.engine.machine import Unit
from workflow.engine.versions import Version
from workflow.errors import Misuse, NotFound, not_found
from workflow.store.facts import CaseFact, FactNeeds
from workflow.texts import Text
from workflow.verdicts.evidence import with_evidence
from workflow.verdicts.findings import Verdict
from workflow.verdicts.judge import needs_of_case_move
from workflow.verdicts.rules import lasting

_IDS_OF_KIND = "SELECT id FROM workflow_case WHERE branch = ? AND kind = ?"
_KIND = "SELECT kind, gone FROM workflow_case WHERE branch = ? AND id = ?"
_IDS = "SELECT id FROM workflow_case WHERE branch = ? AND gone = '' ORDER BY id"


def open_case(desk: Desk, branch: str, kind: str, by: str, member: str | None, fields: Mapping[str, Any], key: str | None) -> Verdict:
    def needs(version: Version) -> FactNeeds:
        _require_subject(_find_kind(version.definition, kind), member)
        return FactNeeds(members=member is not None)

    def judged(hearing: Hearing) -> Verdict:
        refuse_faults(read_fields(hearing.definition.cases[kind].fields, fields)[1])
        by_roles = hearing.definition.cases[kind].by
        return hearing.judge.entry(hearing.branch, f"open:{kind}", "case", by_roles, by, lasting(hearing.branch))

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        if member is not None and member not in {m.id for m in hearing.facts.members(hearing.branch)}:
            raise NotFound(Text.of(f"{member} is not on the roll of {branch}", f"{member} 不在 {branch} 名册上"), "member")
        found = hearing.definition.cases[kind]
        values, _ = read_fields(found.fields, fields)
        desk.require_persons(found.fields, values)
        first = found.states[found.first]
        case = next_id(desk, branch, kind)
        payload: Payload = {"case": case, "kind": kind, "state": first.id, "open": not first.final, "fields": values}
        return Accepted("case_opened", payload if member is None else {**payload, "member": member}, created=case)

    asked = Asked.of("case", f"open:{kind}", member=member, fields=fields)
    return desk.command(branch, needs, judged, accept, by=by, key=key, asked=asked)


def _require_subject(kind: CaseKind, member: str | None) -> None:
    """Raises `Misuse` where a case of a member is opened for nobody, or one of the branch for somebody."""
    if (member is None) == (kind.of == "member"):
        raise Misuse(
            Text.of(
                f"{kind.id} is a case of the {kind.of}: {'say whose' if kind.of == 'member' else 'name no member'}",
                f"{kind.id} 是{'党员' if kind.of == 'member' else '支部'}的事项：{'请写明党员' if kind.of == 'member' else '不要写党员'}",
            ),
            "member",
        )


def next_id(desk: Desk, branch: str, kind: str, beyond: int = 0) -> str:
    """The id of the next case of a kind in a branch, `beyond` so many more; one that went elsewhere keeps its number."""
    numbers = [int(row[0].rpartition("-")[2]) for row in desk.store.rows(_IDS_OF_KIND, (branch, kind))]
    return f"{kind}-{max(numbers, default=0) + 1 + beyond}"


def ask(desk: Desk, branch: str, case: str, move: str, by: str | None, takes: Mapping[str, Any]) -> Verdict:
    with desk.store.read(), desk.hearing(branch, _needs(desk, branch, case, move)) as hearing:
        kind, found = _find(desk, hearing.definition, branch, case, move)
        given, faults = read_fields(found.takes, takes)
        refuse_faults([f for f in faults if f.code != "missing"])
        verdict = hearing.judge.case_move(hearing.branch, kind, _case(hearing, kind, case), found, by, given, command="ask")
        return with_evidence(desk.store, hearing.definition, verdict)


def make(desk: Desk, branch: str, case: str, move: str, by: str, takes: Mapping[str, Any], key: str | None) -> Verdict:
    given: dict[str, Any] = {}

    def judged(hearing: Hearing) -> Verdict:
        kind, found = _find(desk, hearing.definition, branch, case, move)
        values, faults = read_fields(found.takes, takes)
        refuse_faults(faults)
        given.update(values)
        return hearing.judge.case_move(hearing.branch, kind, _case(hearing, kind, case), found, by, given)

    def accept(hearing: Hearing, verdict: Verdict) -> Accepted:
        kind, found = _find(desk, hearing.definition, branch, case, move)
        desk.require_persons(found.takes, given)
        unit = Unit(case, _case(hearing, kind, case).state)
        source = unit.state
        hearing.version.case_machine(kind).fire(unit, move, verdict)
        payload: Payload = {"case": case, "move": move, "from": source, "to": unit.state, "open": not kind.states[unit.state].final}
        return Accepted("case_moved", {**payload, "takes": given} if given else payload)

    asked = Asked.of("case", f"{case}:{move}", takes=takes)
    return desk.command(branch, _needs(desk, branch, case, move), judged, accept, by=by, key=key, asked=asked)


def _needs(desk: Desk, branch: str, case: str, move: str) -> Needs:
    return lambda version: needs_of_case_move(version.definition, *_find(desk, version.definition, branch, case, move))


def _case(hearing: Hearing, kind: CaseKind, case: str) -> CaseFact:
    return next(found for found in hearing.facts.cases_of(kind.id, hearing.branch) if found.id == case)


def _find(desk: Desk, definition: Definition, branch: str, case: str, move: str) -> tuple[CaseKind, Move]:
    row = desk.store.row(_KIND, (branch, case))
    if row is None:
        if desk.store.row("SELECT 1 FROM workflow_branch WHERE id = ?", (branch,)) is None:
            raise desk.unknown_branch(branch)
        raise not_found(f"{branch} has no case", f"{branch} 没有事项", case, [r[0] for r in desk.store.rows(_IDS, (branch,))], "case")
    if row[1]:
        raise _gone(branch, case, row[1])
    kind = definition.cases.get(row[0])
    if kind is None:
        raise _unknown_yet(branch, case, row[0])
    found = kind.moves.get(move)
    if found is None:
        raise not_found(f"a {kind.id} has no move", f"{kind.id} 没有动作", move, list(kind.moves), "move")
    return kind, found


def _unknown_yet(branch: str, case: str, kind: str) -> Misuse:
    """Of a case that came from a branch under a later version than this one."""
    en = f"the rules in force for {branch} know no case {kind} yet: {case} can be moved once a later version holds there"
    zh = f"对 {branch} 有效的方案尚无事项 {kind}：{case} 待新版本适用于该支部后方可办理"
    return Misuse(Text.of(en, zh), "case-kind")


def _gone(branch: str, case: str, where: str) -> NotFound:
    if "/" not in where:
        en = f"{case} of {branch} left with its member: it cannot be moved any more"
        return NotFound(Text.of(en, f"{branch} 的 {case} 已随党员离开名册，不能再办理"), "case")
    other, _, name = where.rpartition("/")
    return NotFound(
        Text.of(f"{case} of {branch} went to {other}: it is {name} there", f"{branch} 的 {case} 已转到 {other}，编号 {name}"), "case"
    )


def _find_kind(definition: Definition, kind: str) -> CaseKind:
    found = definition.cases.get(kind)
    if found is None:
        raise not_found("there is no case kind", "没有事项种类", kind, list(definition.cases), "case-kind", "cases")
    return found


def listed(desk: Desk, branch: str, kind: str | None) -> list[CaseFact]:
    """The cases of a branch, its members' included, of one kind or of all."""

    def needs(_version: Version) -> FactNeeds:
        # Some may have come from a branch under a later version, of a kind that the rules in force here do not know yet.
        kinds = set(desk.definition.cases) if kind is None else {_find_kind(desk.definition, kind).id}
        return FactNeeds(cases=kinds, members=bool(kinds))

    with desk.store.read(), desk.hearing(branch, needs) as hearing:
        kinds = [each for each in desk.definition.cases if kind in (None, each)]
        return [case for each in kinds for case in hearing.facts.cases_of(each, hearing.branch)]

"""Moves of a branch: its gate's, and those that close its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.expressions import Expression
from workflow.definition.model import FINISHED, Edge, Move
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing, Needs, Payload
from workflow.engine.entry import read_fields, refuse_faults
from workflow.engine.machine import Unit
from workflow.engine.versions import Version
from workflow.errors import Misuse, not_found
from workflow.store.facts import BranchFact, FactNeeds
from workflow.texts import Text
from workflow.verdicts.evidence import with_evidence
from workflow.verdicts.findings import Verdict
from workflow.verdicts.judge import needs_of_moves

LONGEST = 3650  # days: ten years, far above any stage; more could leave the calendar and make the branch unreadable
_LAST_ATTEMPT = "SELECT COALESCE(MAX(number), 0) FROM workflow_attempt WHERE branch = ? AND stage = ?"


def ask(desk: Desk, branch: str, move: str, by: str | None, takes: Mapping[str, Any]) -> Verdict:
    with desk.store.read(), desk.hearing(branch, _needs(move)) as hearing:
        edge = _edge(hearing, move)
        given, faults = read_fields(edge.move.takes, takes)
        refuse_faults([f for f in faults if f.code != "missing"])
        verdict = hearing.judge.move(hearing.branch, edge, by, given, command="ask")
        if verdict.role is None and by is not None:
            desk.require_known(by)
        return with_evidence(desk.store, hearing.definition, verdict)


def make(desk: Desk, branch: str, move: str, by: str, takes: Mapping[str, Any], key: str | None) -> Verdict:
    given: dict[str, Any] = {}

    def judged(hearing: Hearing) -> Verdict:
        edge = _edge(hearing, move)
        values, faults = read_fields(edge.move.takes, takes)
        refuse_faults(faults)
        desk.require_persons(edge.move.takes, values)
        given.update(values)
        return hearing.judge.move(hearing.branch, edge, by, given)

    def accept(hearing: Hearing, verdict: Verdict) -> Accepted:
        unit = Unit(hearing.branch.id, hearing.branch.state)
        hearing.version.machine.fire(unit, move, verdict)
        return Accepted("moved", _moved(desk, hearing, _edge(hearing, move), unit.state, given))

    return desk.command(branch, _needs(move), judged, accept, by=by, key=key, asked=Asked.of("move", move, takes=takes))


def _edge(hearing: Hearing, move: str) -> Edge:
    """The move as it stands where the branch is."""
    found = hearing.definition.edge_of(hearing.branch.state, move)
    if found is None:
        raise not_found("there is no move", "没有动作", move, list(hearing.definition.moves), "move", "moves")
    return found


def _moved(desk: Desk, hearing: Hearing, edge: Edge, state: str, given: Mapping[str, Any]) -> Payload:
    """The event of a move, with all that follows from it."""
    payload: Payload = {"move": edge.move.id, "from": edge.source, "to": state}
    if given:
        payload["takes"] = dict(given)
    if edge.move.step is not None:
        payload["step"] = edge.move.step
    attempt = _attempt(desk, hearing.branch, edge, state)
    if attempt is not None:
        payload["attempt"] = attempt
    days = _extension(hearing, edge.move, given)
    if days:
        payload["extend"] = days
    return payload


def _attempt(desk: Desk, branch: BranchFact, edge: Edge, state: str) -> dict[str, Any] | None:
    """The attempt that begins with this move, if one does: on entering a stage, or by the effect `new_attempt`."""
    stage = state.partition(".")[0]
    if state == FINISHED or (stage == branch.stage and not any(e.kind == "new_attempt" for e in edge.move.effects)):
        return None
    return next_attempt(desk, branch.id, stage)


def next_attempt(desk: Desk, branch: str, stage: str) -> dict[str, Any]:
    """The attempt of a branch that would begin in a stage, as its event says it."""
    last = desk.store.row(_LAST_ATTEMPT, (branch, stage))
    return {"stage": stage, "number": (last[0] if last else 0) + 1}


def _extension(hearing: Hearing, move: Move, given: Mapping[str, Any]) -> int:
    """The days a move extends the stage by. Raises `Misuse` where they are unknown, or lead beyond any calendar."""
    total = 0.0
    for effect in move.effects:
        if effect.kind == "extend" and effect.days is not None:
            total += _days(effect.days, hearing, move, given)
    if abs(hearing.branch.extended + total) > LONGEST:
        en = f"{move.id}: a stage is extended by at most {LONGEST} days in all, {total:,.0f} more are asked for"
        raise Misuse(Text.of(en, f"{move.id}：一个阶段累计最多延长 {LONGEST} 天，现要求再延长 {total:,.0f} 天"), "extension")
    return round(total)


def _days(expression: Expression, hearing: Hearing, move: Move, given: Mapping[str, Any]) -> float:
    try:
        days = expression.run(expression.env(hearing.facts, hearing.today, hearing.branch, None, given))
    except ArithmeticError:
        days = None
    if not isinstance(days, (int, float)):
        raise Misuse(Text.of(f"{move.id}: the days of the extension are not known", f"{move.id}：延长天数未知"), "extension")
    return days


def _needs(move: str) -> Needs:
    """Whatever a move of this name requires in any state: the branch's own state is known only inside the transaction."""

    def needs(version: Version) -> FactNeeds:
        if move not in version.needs:
            version.needs[move] = needs_of_moves(version.definition, [e for e in version.definition.edges if e.move.id == move])
        return version.needs[move]

    return needs

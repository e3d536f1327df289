"""What could be done about a requirement, before it is settled by whom and with which values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from attrs import evolve, frozen

from workflow.audit.remedies.values import Bound, Circumstances, pick
from workflow.definition.model import Definition, Field, Move

Kind = Literal["withdraw", "appoint", "resume", "record", "waive", "open", "case", "move", "wait"]
_ORDER: tuple[Kind, ...] = ("withdraw", "appoint", "resume", "record", "waive", "open", "case", "move", "wait")

Bounds = tuple[Bound, ...]
NEW = "-?"  # in the place of a case's number, before its owner: a case that is opened by an earlier draft


@frozen
class Draft:
    """One command, as far as a requirement determines it.

    `subject` is the record kind, the requirement waived, the case kind opened, `CASE:MOVE`, the move, the number of the event
    withdrawn, the person appointed, or the day waited for. `lines` are the bounds of the fields by member ("" is the branch or
    the campaign itself), `members` who is waived, and for an appointment the role and its target. `whole`: it is about the
    campaign, not the branch.
    """

    kind: Kind
    subject: str
    lines: tuple[tuple[str, Bounds], ...] = ()
    members: tuple[str, ...] = ()
    whole: bool = False


Plan = tuple[Draft, ...]


def fields_of(definition: Definition, draft: Draft, source: str = "") -> Mapping[str, Field]:
    """The fields a draft has to fill. `source` is the state a move of the branch is made in."""
    match draft.kind:
        case "record":
            return definition.records[draft.subject].fields
        case "open":
            return definition.cases[draft.subject].fields
        case "case":
            return case_move(definition, draft.subject).takes
        case "move":
            edge = definition.edge_of(source, draft.subject)
            return {} if edge is None else edge.move.takes
        case _:
            return {}


def roles_of(definition: Definition, draft: Draft, source: str = "") -> Sequence[str]:
    """The roles that may carry a draft out; of a withdrawal it is not said here. `source` is the state a move of the branch is made in."""
    match draft.kind:
        case "record":
            return definition.records[draft.subject].by
        case "waive":
            return definition.requirements[draft.subject].waivable_by
        case "open":
            return definition.cases[draft.subject].by
        case "case":
            return case_move(definition, draft.subject).by
        case "move":
            edge = definition.edge_of(source, draft.subject)
            return () if edge is None else edge.move.by
        case "resume":
            return definition.authority.get("suspend", ())
        case "appoint":
            return definition.authority.get("appoint", ())
        case _:
            return ()


def case_kind(draft: Draft) -> str:
    """The kind of the case that is opened or moved."""
    case = draft.subject.rpartition(":")[0]
    return draft.subject if draft.kind == "open" else case.partition(NEW)[0] if NEW in case else case.rpartition("-")[0]


def case_move(definition: Definition, subject: str) -> Move:
    """The move of a case that `CASE:MOVE` names."""
    case, _, move = subject.rpartition(":")
    return definition.cases[case.partition(NEW)[0] if NEW in case else case.rpartition("-")[0]].moves[move]


def joined(definition: Definition, first: Plan, second: Plan) -> Plan:
    """Both plans; what one command can do is done by one: a record that meets what both ask of it, one waiver, the later day."""
    plan, free = list(first), list(range(len(first)))
    for draft in second:
        for place in free:
            both = _one(definition, plan[place], draft)
            if both is not None:
                plan[place] = both
                free.remove(place)  # two records of one plan are two records
                break
        else:
            plan.append(draft)
    return tuple(plan)


def _one(definition: Definition, first: Draft, second: Draft) -> Draft | None:
    """One draft that does what both do; None where there is none."""
    if first == second:
        return first
    if first.kind != second.kind:
        return None
    if first.kind == "wait":
        return max(first, second, key=lambda draft: draft.subject)
    if first.subject != second.subject or first.kind not in ("record", "waive", "case"):
        return None
    if first.kind == "waive":
        return evolve(first, members=tuple(dict.fromkeys((*first.members, *second.members))))
    lines = dict(first.lines)
    for member, bounds in second.lines:
        lines[member] = tuple(dict.fromkeys((*lines.get(member, ()), *bounds)))
        if not possible(fields_of(definition, first), lines[member]):
            return None
    return evolve(first, lines=tuple(lines.items()))


def possible(fields: Mapping[str, Field], bounds: Bounds) -> bool:
    """Is there a value for every field that is bound?"""
    at = Circumstances(by="?", today="2000-01-01")
    return all(pick(fields[name], [b for b in bounds if b.field == name], at) is not None for name in {b.field for b in bounds})


def side_by_side(definition: Definition, plans: Iterable[Plan]) -> Plan:
    """Plans for different members, in one: their records are lines of the same sheets."""
    found: Plan = ()
    for plan in plans:
        found = joined(definition, found, plan)
    return found


def in_order(plan: Plan) -> Plan:
    """Facts first, then decisions, then the moves that need them, then time."""
    return tuple(sorted(plan, key=lambda draft: _ORDER.index(draft.kind)))


def inserted(definition: Definition, plan: Plan, place: int, before: Plan) -> Plan:
    """`before` is done before the draft at `place`; what of it stood later in the plan moves there, what stood earlier grows."""
    later = tuple(draft for draft in plan[place:] if draft not in before)
    barrier = max((n + 1 for n, draft in enumerate(plan[:place]) if draft.kind == "wait"), default=0)
    return (*plan[:barrier], *in_order_kept(joined(definition, plan[barrier:place], before), place - barrier), *later)


def in_order_kept(plan: Plan, kept: int) -> Plan:
    """The first `kept` stay where they are."""
    return (*plan[:kept], *in_order(plan[kept:]))


def combined(first: Sequence[Plan], second: Sequence[Plan], definition: Definition) -> list[Plan]:
    """Each of the one with each of the other."""
    return list(dict.fromkeys(joined(definition, a, b) for a in first for b in second))

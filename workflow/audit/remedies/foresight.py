"""What the moves ahead of a case will ask of its fields: known before it is opened, while they can still be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.audit.remedies.drafts import Bounds, possible
from workflow.audit.remedies.fresh import Fresh
from workflow.audit.remedies.ground import Ground, Library
from workflow.audit.remedies.values import Circumstances, pick
from workflow.definition.expressions.runtime import MISSING
from workflow.definition.model import CaseKind, Edge, Move, Requirement
from workflow.engine.desk import Hearing

_MOST = 4  # ways to meet all that is asked


def foreseen(library: Library, ground: Ground, kind: CaseKind, bounds: Bounds, moves: Sequence[Move]) -> list[Bounds]:
    """The ways in which a case of the kind may be filled in so that its own fields keep it from none of these moves.

    `bounds` are what is asked of it already; what is added to them is only what would not come of itself. What cannot be said of
    its fields alone is left to the trial; so is everything where there is no such way.
    """
    found: list[Bounds] = [bounds]
    requirements = library.definition.requirements
    for name in dict.fromkeys(name for move in moves for name in move.requires):
        if requirements[name].each == kind.id and requirements[name].level == "block" and _of_itself(requirements[name]):
            ways = _ways(library, ground, kind, requirements[name])
            further = [tuple(dict.fromkeys((*a, *b))) for a in found for b in ways]
            found = [way for way in further if _possible(kind, way)][:_MOST] or found
    return list(dict.fromkeys(_needed(kind, bounds, way, ground.facts.today) for way in found))


def asked_of(library: Library, heard: Hearing, edge: Edge) -> Bounds:
    """What a move of the branch asks of what it takes."""
    found: Bounds = ()
    for requirement in (library.definition.requirements[name] for name in edge.requires):
        if "move" in requirement.check.names and requirement.each is None and requirement.when is None and _of_itself(requirement):
            ground = Ground.of(library, requirement, heard.facts, heard.branch, {})
            ways = Fresh(ground, "move", edge.move.takes, {}).ways([(ground.tree, True)])
            found = next((both for way in ways if possible(edge.move.takes, both := (*found, *way))), found)
    return found


def _needed(kind: CaseKind, bounds: Bounds, way: Bounds, today: str) -> Bounds:
    """Without the bounds of fields that would be filled in so in any case: their values stay free."""
    found = list(bounds)
    for name in dict.fromkeys(bound.field for bound in way):
        of_field, further = [[b for b in each if b.field == name] for each in (bounds, [b for b in way if b not in bounds])]
        if further and name in kind.all_fields:
            usual = pick(kind.all_fields[name], of_field, Circumstances(today=today))
            found += [] if usual is not None and all(bound.holds(usual) for bound in further) else further
    return tuple(found)


def _possible(kind: CaseKind, way: Bounds) -> bool:
    return possible(kind.all_fields, tuple(bound for bound in way if bound.field in kind.all_fields))


def _of_itself(requirement: Requirement) -> bool:
    """Does it read nothing but the case?"""
    parts = [requirement.check, *([] if requirement.when is None else [requirement.when])]
    return not any(part.records or part.cases or part.measures or part.members or part.children for part in parts)


def _ways(library: Library, at: Ground, kind: CaseKind, requirement: Requirement) -> list[Bounds]:
    ground = Ground.of(library, requirement, at.facts, at.branch, {})
    ground.about(MISSING)  # the case is not there yet
    fresh = Fresh(ground, kind.id, kind.all_fields, {state.id: state.final for state in kind.states.values()})
    found = fresh.ways([(ground.tree, True)])
    if requirement.when is not None:
        found += fresh.ways([(ground.parsed(requirement.when.text), False)])
    return list(dict.fromkeys(tuple(bound for bound in way if bound.field in kind.all_fields) for way in found))

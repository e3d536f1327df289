"""Who may act, and for whom: roles, their scope, and separation of duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.definition.model import MEMBERS, Definition, Field, Move
from workflow.store.facts import BranchFact, Facts, Grant, group_target
from workflow.verdicts.findings import Finding, Person


def holders(definition: Definition, facts: Facts, role: str, branch: BranchFact) -> list[Grant]:
    """Everybody who holds `role` for the branch, by the scope of the role."""
    match definition.roles[role].scope:
        case "all":
            targets = ["*"]
        case "assigned":
            targets = [branch.id] if branch.group is None else [group_target(branch.group), branch.id]
        case _:
            targets = [branch.id]
    return [grant for target in targets for grant in facts.grants.get((role, target), ())]


def role_finding(definition: Definition, facts: Facts, branch: BranchFact, wanted: Sequence[str], actor: str) -> tuple[Finding, str | None]:
    """Does the actor hold one of the roles wanted, for this branch? Also the role they act in."""
    entitled = {role: holders(definition, facts, role, branch) for role in wanted}
    for role, grants in entitled.items():
        if any(grant.person == actor for grant in grants):
            return Finding(code="rule.role", status="met", met=1), role
    here = [role for role in definition.roles if any(g.person == actor for g in holders(definition, facts, role, branch))]
    detail = {
        "actor": actor,
        "wanted": list(wanted),
        "here": here,
        "elsewhere": sorted(set(facts.held(actor)) - set(here)),
        "people": [{"id": g.person, "name": g.name, "role": role} for role, grants in entitled.items() for g in grants],
    }
    return Finding(code="rule.role", status="unmet", detail=detail), None


def separation_finding(
    move: Move,
    done: Mapping[str, Sequence[str]],
    roll: Sequence[str],
    fields: Mapping[str, object],
    declared: Mapping[str, Field],
    actor: str,
) -> Finding | None:
    """Has the actor done one of the things that keep them from this move? None when the move asks for no separation."""
    if not move.not_by:
        return None
    clashes = [name for name in move.not_by if _clashes(name, done, roll, fields, declared, actor)]
    if not clashes:
        return Finding(code="rule.separation", status="met", met=1)
    return Finding(code="rule.separation", status="unmet", detail={"actor": actor, "clashes": clashes})


def _clashes(
    name: str,
    done: Mapping[str, Sequence[str]],
    roll: Sequence[str],
    fields: Mapping[str, object],
    declared: Mapping[str, Field],
    actor: str,
) -> bool:
    if name == MEMBERS:
        return actor in roll
    if name in declared and declared[name].type == "person" and fields.get(name) == actor:
        return True
    return actor in done.get(name, ())


def persons(grants: Sequence[Grant]) -> tuple[Person, ...]:
    """Grants as persons, each once, with the first role they hold."""
    first = {grant.person: grant for grant in reversed(grants)}
    return tuple(Person(id=g.person, name=g.name, role=g.role) for g in dict.fromkeys(first[grant.person] for grant in grants))

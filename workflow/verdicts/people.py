"""Who may act, and for whom: roles, their scope, and separation of duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.definition.model import MEMBERS, Definition, Field, Move
from workflow.store.facts import BranchFact, Facts, Grant
from workflow.verdicts.findings import Finding, Person


def covers(definition: Definition, grant: Grant, branch: BranchFact) -> bool:
    """Whether a grant of a role holds for the branch."""
    match definition.roles[grant.role].scope if grant.role in definition.roles else "branch":
        case "all":
            return True
        case "assigned":
            return grant.target in (branch.group, branch.id)
        case _:
            return grant.target == branch.id


def holders(definition: Definition, facts: Facts, role: str, branch: BranchFact) -> list[Grant]:
    """Everybody who holds `role` for the branch."""
    return [grant for grant in facts.grants.get(role, ()) if covers(definition, grant, branch)]


def role_finding(definition: Definition, facts: Facts, branch: BranchFact, wanted: Sequence[str], actor: str) -> tuple[Finding, str | None]:
    """Does the actor hold one of the roles wanted, for this branch? Also the role they act in."""
    held = [g for grants in facts.grants.values() for g in grants if g.person == actor]
    here = [g.role for g in held if covers(definition, g, branch)]
    acting = next((role for role in wanted if role in here), None)
    if acting is not None:
        return Finding(code="rule.role", status="met", met=1), acting
    detail = {
        "actor": actor,
        "wanted": list(wanted),
        "here": sorted(set(here)),
        "elsewhere": sorted({g.role for g in held} - set(here)),
        "people": [
            {"id": g.person, "name": g.name, "role": role} for role in wanted for g in holders(definition, facts, role, branch)
        ],
    }  # fmt: skip
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
    """Grants as persons, each once."""
    return tuple(Person(id=ident, name=name) for ident, name in {g.person: g.name for g in grants}.items())

"""Roles given and taken while branches run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from workflow.definition.model import Definition, Role, Scope
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing, Payload
from workflow.engine.records import require_reason
from workflow.engine.versions import Version
from workflow.errors import Misuse, NotFound, not_found
from workflow.ledger import CAMPAIGN, Event
from workflow.store.facts import GROUP, FactNeeds, group_target
from workflow.texts import Text
from workflow.verdicts import rules
from workflow.verdicts.findings import Verdict

EVERYWHERE = "*"  # the target of a role of the whole campaign

_NAME = "SELECT name FROM workflow_person WHERE id = ?"
_HELD = "SELECT person, role, target FROM workflow_grant WHERE person = ?1 AND (?2 IS NULL OR target = ?2) ORDER BY role, target"
_BRANCH = "SELECT 1 FROM workflow_branch WHERE id = ?"
_GROUPS = "SELECT DISTINCT grp FROM workflow_branch WHERE grp IS NOT NULL ORDER BY grp"
_PLACES: dict[Scope, Text] = {
    "all": Text.of("the campaign as a whole: leave out `of`", "整个活动：不写 of"),
    "branch": Text.of("a branch: name it with `of`", "支部：请以 of 写明哪个支部"),
    "assigned": Text.of("a branch or a group: name it with `of`, as BRANCH or group:GROUP", "支部或督导组：请以 of 写明支部，或 group:组"),
}


# -- commands ------------------------------------------------------------------------------------------------------------


def appoint(desk: Desk, person: str, role: str, of: str | None, name: str, by: str, reason: str, key: str | None) -> Verdict:
    grant = {"person": person, "role": role, "target": of or EVERYWHERE}

    def payload(definition: Definition) -> Payload:
        _require_target(desk, require_role(definition, role), of)
        if grant in held(desk, person, grant["target"]):
            there = grant["target"]
            raise Misuse(Text.of(f"{person} is {role} there already ({there})", f"{person} 已担任 {role}（{there}）"), "held")
        known = require_name(desk, person, name)
        people = [] if called(desk, person) == known else [{"id": person, "name": known}]
        return {"people": people, "grants": [grant], "revoked": []}

    asked = Asked.of("appoint", f"appoint:{person}", role=role, of=of, name=name, reason=reason)
    return _command(desk, asked, grant, payload, by, reason, key)


def relieve(desk: Desk, person: str, role: str, of: str | None, by: str, reason: str, key: str | None) -> Verdict:
    grant = {"person": person, "role": role, "target": of or EVERYWHERE}

    def payload(definition: Definition) -> Payload:
        have = held(desk, person)
        if grant not in have:
            if not have:  # else what is held says what could be meant
                require_role(definition, role)
            listed = [f"{each['role']} ({each['target']})" for each in have]
            en = f"{person} is not {role} there ({grant['target']}); held: {', '.join(listed) or 'nothing'}"
            raise Misuse(Text.of(en, f"{person} 未担任 {role}（{grant['target']}）；现任：{'、'.join(listed) or '无'}"), "not-held")
        return {"people": [], "grants": [], "revoked": [grant]}

    asked = Asked.of("relieve", f"relieve:{person}", role=role, of=of, reason=reason)
    return _command(desk, asked, grant, payload, by, reason, key)


def _command(
    desk: Desk, asked: Asked, grant: dict[str, str], payload: Callable[[Definition], Payload], by: str, reason: str, key: str | None
) -> Verdict:
    """The power is judged for the branch the role is of; for one of a group or of all, for the campaign as a whole."""
    require_reason(reason)
    of = grant["target"]

    def judged(hearing: Hearing) -> Verdict:
        payload(hearing.definition)  # what is misuse is none of the verdict's business
        if desk.store.row(_BRANCH, (of,)) is None:
            return hearing.judge.power(hearing.branch, asked.subject, asked.command, "appoint", by)
        with desk.hearing(of, nothing) as there:
            also = rules.lasting(there.branch) if asked.command == "appoint" else ()  # to relieve is to clear up
            verdict = there.judge.power(there.branch, asked.subject, asked.command, "appoint", by, also=also)
        # It is kept as an act of the campaign: of no branch, at its hour, under its version.
        whole = hearing.judge.power(hearing.branch, asked.subject, asked.command, "appoint", by)
        return evolve(whole, allowed=verdict.allowed, findings=verdict.findings, role=verdict.role)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        return Accepted("people", {**payload(hearing.definition), "reason": reason.strip()}, {**grant, "reason": reason.strip()})

    return desk.command(None, nothing, judged, accept, by=by, key=key, asked=asked)


# -- what they share with rolls ------------------------------------------------------------------------------------------


def nothing(_version: Version) -> FactNeeds:
    """Grants, which are always read, are all these commands are judged by."""
    return FactNeeds()


def held(desk: Desk, person: str, target: str | None = None) -> list[dict[str, str]]:
    """The roles of a person for one target, or (None) everywhere, as an event keeps them."""
    return [dict(zip(("person", "role", "target"), row, strict=True)) for row in desk.store.rows(_HELD, (person, target))]


def called(desk: Desk, person: str) -> str:
    """What a person is called; empty for somebody unknown."""
    row = desk.store.row(_NAME, (person,))
    return "" if row is None else str(row[0])


def require_name(desk: Desk, person: str, name: str) -> str:
    """The name given, or the one known. Raises `Misuse` for a person nobody has a name for."""
    found = name.strip() or called(desk, person)
    if not person.strip() or not found:
        en = f"{person} is not known yet: give a name as well" if person.strip() else "say who: the id of a person"
        raise Misuse(Text.of(en, f"{person} 尚未登记：请一并写明姓名" if person.strip() else "请写明人员编号"), "name")
    return found


def require_role(definition: Definition, role: str) -> Role:
    found = definition.roles.get(role)
    if found is None:
        known = {each.id: each.title.say("en") for each in definition.roles.values()}
        raise not_found("there is no role", "没有角色", role, known, "role", "roles")
    return found


def tell_people(
    desk: Desk,
    cause: Event,
    *,
    people: Sequence[Payload] = (),
    grants: Sequence[dict[str, str]] = (),
    revoked: Sequence[dict[str, str]] = (),
) -> None:
    """What an event means for people and their roles, in the campaign's stream; nothing where it means nothing."""
    if people or grants or revoked:
        payload: Payload = {"people": list(people), "grants": list(grants), "revoked": list(revoked)}
        desk.write(CAMPAIGN, "people", cause.subject, payload, cause.actor, cause.role, desk.now(CAMPAIGN))


def _require_target(desk: Desk, role: Role, of: str | None) -> None:
    """Raises `Misuse` for a role of a branch that is given for none, and the like; `NotFound` for a target there is not."""
    group = of is not None and of.startswith(GROUP)
    if (of is None) != (role.scope == "all") or (group and role.scope == "branch"):
        place = _PLACES[role.scope]
        raise Misuse(Text.of(f"{role.id} is a role of {place.say('en')}", f"{role.id} 属于{place.say('zh')}"), "of")
    if of is None:
        return
    groups = [row[0] for row in desk.store.rows(_GROUPS)]
    name = of.removeprefix(GROUP)
    if group and name not in groups:
        raise not_found("there is no group", "没有督导组", name, groups, "group")
    if not group and desk.store.row(_BRANCH, (of,)) is None:
        if of in groups:
            en, zh = f"{of} is a group, not a branch: name it as {group_target(of)}", f"{of} 是督导组，不是支部：请写作 {group_target(of)}"
            raise NotFound(Text.of(en, zh), "branch")
        raise desk.unknown_branch(of)

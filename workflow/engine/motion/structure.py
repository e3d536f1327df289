"""Branches in motion: put in another batch or group, merged, split, dissolved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from workflow.engine import board, cases, moves
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing, Payload, require_unicode
from workflow.engine.motion import rolls
from workflow.engine.motion.appointing import nothing, tell_people
from workflow.engine.motion.stay import behind, widest
from workflow.engine.records import require_reason
from workflow.engine.tables.roster_cells import plain_id
from workflow.engine.versions import Version
from workflow.errors import Misuse, not_found
from workflow.ledger import Event
from workflow.store.facts import GROUP, FactNeeds, MemberFact
from workflow.texts import Text
from workflow.verdicts import rules
from workflow.verdicts.findings import Finding, Verdict

_OPEN_CASES = """SELECT id, kind, state, opened, since, fields, done FROM workflow_case
    WHERE branch = ? AND member = '' AND gone = '' AND open = 1 ORDER BY kind, LENGTH(id), id"""
_HELD = "SELECT person, role, target FROM workflow_grant WHERE target = ? ORDER BY role, person"
_TAKEN = "SELECT 1 FROM workflow_branch WHERE id = ?1 UNION ALL SELECT 1 FROM workflow_person WHERE id = ?1 LIMIT 1"

Name = tuple[str, str]  # an id, and what it is called


# -- another batch or group ------------------------------------------------------------------------------------------------


def reassign(
    desk: Desk, branches: Sequence[str], batch: str | None, group: str | None, restart: bool, by: str, reason: str, key: str | None
) -> tuple[Verdict, ...]:
    require_reason(reason)
    batch, group = _place(batch, "batch"), _place(group, "group")
    if not branches or (batch is None and group is None):
        raise Misuse(Text.of("name branches, and the batch or the group they go to", "请写明支部，以及调整到哪个批次或督导组"), "nothing")

    def judged(hearing: Hearing) -> Verdict:
        branch = hearing.branch
        if batch in (None, branch.batch) and group in (None, branch.group):
            raise Misuse(Text.of(f"{branch.id} is there already: nothing would change", f"{branch.id} 已在该处：没有变化"), "same")
        moved = batch not in (None, branch.batch)
        if restart and not moved:
            en = f"{branch.id} stays in its batch: it starts again only with another one"
            raise Misuse(Text.of(en, f"{branch.id} 仍在原批次：只有调整批次才能重新开始"), "restart")
        also = rules.lasting(branch)
        if batch is not None and moved:
            begun = branch.state != hearing.definition.initial
            closed = {each.batch: each.day for each in board.closed_batches(desk)}
            also += [rules.started(branch, begun=begun and not restart), rules.closed(batch, closed.get(batch))]
        return hearing.judge.power(branch, "reassign", "reassign", "reassign", by, also=also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        branch = hearing.branch
        was = {"batch": branch.batch, "group": branch.group}
        payload: Payload = {"batch": batch or branch.batch, "group": group or branch.group, "was": was, "reason": reason.strip()}
        if restart:
            payload["restart"] = _restart(desk, hearing)
        return Accepted("reassigned", payload, payload)

    chosen = list(dict.fromkeys(branches))
    asked = Asked.of("reassign", "reassign", branches=sorted(chosen), batch=batch, group=group, restart=restart, reason=reason)
    return desk.order(chosen, nothing, judged, accept, by=by, key=key, asked=asked)


def _place(name: str | None, what: str) -> str | None:
    """A batch or group as rosters write it. Raises `Misuse` for one without a name."""
    if name is None:
        return None
    found = plain_id(name)
    if not found:
        raise Misuse(Text.of(f"the {what} has no name", "批次或督导组名称为空"), what)
    return found


def _restart(desk: Desk, hearing: Hearing) -> Payload:
    """The attempt that begins: it is under the version for what begins today."""
    to = desk.versions.newest(hearing.today).definition.initial
    attempt = moves.next_attempt(desk, hearing.branch.id, to.partition(".")[0])
    return {"from": hearing.branch.state, "to": to, "attempt": attempt}


# -- one into another ------------------------------------------------------------------------------------------------------


def merge(desk: Desk, branch: str, into: str, by: str, reason: str, key: str | None) -> Verdict:
    require_reason(reason)
    _require_another(branch, into)

    def judged(hearing: Hearing) -> Verdict:
        also = rules.lasting(hearing.branch) + _received(desk, hearing, into, [m.id for m in _roll(hearing)])
        with desk.hearing(into, nothing) as other:
            power = other.judge.power(other.branch, "merge", "merge", "restructure", by)
            also += [_of(other, finding) for finding in power.standing]
        return hearing.judge.power(hearing.branch, "merge", "merge", "restructure", by, also=also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        return _end(desk, hearing, _End("merged", into, into, {m.id: into for m in _roll(hearing)}, reason.strip()))

    asked = Asked.of("merge", "merge", into=into, reason=reason)
    return desk.command(branch, _with_roll, judged, accept, by=by, key=key, asked=asked)


def dissolve(
    desk: Desk, branch: str, members: Mapping[str, str] | str, cases_to: str | None, by: str, reason: str, key: str | None
) -> Verdict:
    require_reason(reason)
    named = {members} if isinstance(members, str) else set(members.values())
    targets = sorted(named if cases_to is None else {*named, cases_to})
    for target in targets:
        _require_another(branch, target)

    def judged(hearing: Hearing) -> Verdict:
        roll = _roll(hearing)
        homes = _homes(roll, members)
        also = rules.lasting(hearing.branch)
        if not also:
            _require_members(hearing, homes)
        for target in targets:
            also += _received(desk, hearing, target, [member for member, home in homes.items() if home == target])
        also.append(rules.members((m.id, m.name) for m in roll if m.id not in homes))
        also.append(rules.cases([] if cases_to else _open_cases(desk, hearing)))
        return hearing.judge.power(hearing.branch, "dissolve", "dissolve", "restructure", by, also=also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        homes = _homes(_roll(hearing), members)
        return _end(desk, hearing, _End("dissolved", _heir(homes, cases_to), cases_to, homes, reason.strip()))

    asked = Asked.of("dissolve", "dissolve", members=members, cases=cases_to, reason=reason)
    return desk.command(branch, _with_roll, judged, accept, by=by, key=key, asked=asked)


@frozen
class _End:
    """How a branch ends: which one comes after it, where each of its members goes, and which branch takes over its open cases."""

    how: str  # "merged" | "dissolved"
    into: str | None
    cases: str | None
    homes: Mapping[str, str]  # member -> branch
    reason: str


def _end(desk: Desk, hearing: Hearing, end: _End) -> Accepted:
    """The event that ends a branch, and after it all that goes elsewhere. What was entered for the branch as a whole stays where it is."""
    branch = hearing.branch.id
    taken = [] if end.cases is None else _taken_over(desk, branch, end.cases)
    went = {case["of"]["case"]: f"{end.cases}/{case['id']}" for case in taken}
    payload: Payload = {"how": end.how, "into": end.into, "cases": went, "reason": end.reason}

    def then(event: Event) -> None:
        for home in dict.fromkeys(end.homes.values()):
            members = [member for member, there in end.homes.items() if there == home]
            rolls.hand_over(desk, members, branch, home, end.how, end.reason, event)
        if end.cases is not None and taken:
            payload: Payload = {"from": _place_of(event), "cases": taken}
            desk.follow(event, end.cases, "taken_over", payload, version=widest(desk))
        _end_roles(desk, branch, event)

    return Accepted("dissolved", payload, {**payload, "members": len(end.homes), "homes": dict(Counter(end.homes.values()))}, then=then)


def _heir(homes: Mapping[str, str], cases_to: str | None) -> str | None:
    """The branch that comes after one that is dissolved: where all its members go; of one without members, where its cases go."""
    found: set[str | None] = set(homes.values()) or {cases_to}
    return found.pop() if len(found) == 1 else None


def _taken_over(desk: Desk, branch: str, into: str) -> list[Payload]:
    """The open cases of the branch itself, as the one that takes them over has them."""
    met: Counter[str] = Counter()
    found: list[Payload] = []
    for case, kind, state, opened, since, fields, done in desk.store.rows(_OPEN_CASES, (branch,)):
        place = {"id": cases.next_id(desk, into, kind, met[kind]), "of": {"branch": branch, "case": case}}
        about = {"kind": kind, "member": "", "state": state, "open": True, "opened": opened, "since": since}
        found.append({**place, **about, "fields": json.loads(fields), "done": json.loads(done)})
        met[kind] += 1
    return found


def _end_roles(desk: Desk, branch: str, cause: Event) -> None:
    """Nobody acts for a branch that has ended: what its members held for it ended with their stay, this is everybody else's."""
    held = [{"person": person, "role": role, "target": target} for person, role, target in desk.store.rows(_HELD, (branch,))]
    tell_people(desk, cause, revoked=held)


# -- one into two ----------------------------------------------------------------------------------------------------------


def split(desk: Desk, branch: str, new: str, title: str, members: Sequence[str], by: str, reason: str, key: str | None) -> Verdict:
    require_reason(reason)
    require_unicode(new)
    ident, going = plain_id(new), list(dict.fromkeys(members))
    if ident.startswith(GROUP):
        en = f"{ident}: an id beginning with {GROUP} would mean all branches of a group; give it another"
        raise Misuse(Text.of(en, f"{ident}：以 {GROUP} 开头的编号会被当作整个督导组，请另取编号"), "branch-id")
    if not ident or not title.strip() or not going:
        en = "a branch that is split off has an id, a title, and at least one member"
        raise Misuse(Text.of(en, "分设的支部须有编号、名称和至少一名党员"), "incomplete")

    def judged(hearing: Hearing) -> Verdict:
        if desk.store.row(_TAKEN, (ident,)) is not None:
            raise Misuse(
                Text.of(f"{ident} is taken: a new branch has an id of its own", f"编号 {ident} 已被占用：新支部须有自己的编号"), "taken"
            )
        also = rules.lasting(hearing.branch)
        if not also:
            _require_members(hearing, going)
            _require_divisible(hearing, going)
        return hearing.judge.power(hearing.branch, "split", "split", "restructure", by, also=also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        founded = _founded(hearing, title.strip(), reason.strip())

        def then(event: Event) -> None:
            desk.follow(event, ident, "founded", {**founded, "from": _place_of(event)}, version=hearing.version)
            rolls.hand_over(desk, going, branch, ident, "split", reason.strip(), event)

        payload: Payload = {"into": ident, "members": going, "reason": reason.strip()}
        return Accepted("split", payload, {**payload, "title": title.strip(), "state": founded["state"]}, then=then)

    asked = Asked.of("split", "split", into=ident, title=title, members=going, reason=reason)
    return desk.command(branch, _with_roll, judged, accept, by=by, key=key, asked=asked)


def _require_divisible(hearing: Hearing, going: Sequence[str]) -> None:
    """Raises `Misuse` where nothing would be left, and where nothing is ahead: a new branch begins a stage."""
    branch, definition = hearing.branch, hearing.definition
    if len(going) == len(_roll(hearing)):
        en = f"these are all members of {branch.id}: somebody stays, or there is nothing to split"
        raise Misuse(Text.of(en, f"所列为 {branch.id} 的全部党员：须有人留下方可分设"), "all")
    if definition.states[branch.state].final:
        en = f"{branch.id} is at its end: members can be transferred, but no branch begins there"
        raise Misuse(Text.of(en, f"{branch.id} 已到终点：党员可以转接，但不能由此分设支部"), "final")


def _founded(hearing: Hearing, title: str, reason: str) -> Payload:
    """A branch at the first phase of the stage the old one is in, with the days that one has left."""
    branch = hearing.branch
    first = hearing.definition.gates[hearing.definition.stages[branch.stage].gate].first
    return {
        "title": title,
        "batch": branch.batch,
        "group": branch.group,
        "parent": branch.parent,
        "fields": dict(branch.fields),
        "state": f"{branch.stage}.{first}",
        "entered": branch.entered_at,
        "extended": branch.extended,
        "pauses": [list(pause) for pause in branch.pauses],
        "reason": reason,
    }


# -- what they share -------------------------------------------------------------------------------------------------------


def _with_roll(_version: Version) -> FactNeeds:
    return FactNeeds(members=True)


def _roll(hearing: Hearing) -> Sequence[MemberFact]:
    return hearing.facts.members(hearing.branch)


def _homes(roll: Sequence[MemberFact], members: Mapping[str, str] | str) -> dict[str, str]:
    """Which branch each member joins, by their ids."""
    return {m.id: members for m in roll} if isinstance(members, str) else dict(members)


def _require_another(branch: str, other: str) -> None:
    require_unicode(other)
    if branch == other:
        raise Misuse(
            Text.of(f"{branch} cannot take over from itself: name another branch", f"{branch} 不能由自身承接：请写明其他支部"), "same"
        )


def _require_members(hearing: Hearing, members: Iterable[str]) -> None:
    """Raises `NotFound` for somebody who is not on the roll."""
    roll = {m.id: m.name for m in _roll(hearing)}
    stranger = next((member for member in members if member not in roll), None)
    if stranger is not None:
        branch = hearing.branch.id
        raise not_found(f"the roll of {branch} has no", f"{branch} 名册上没有", stranger, roll, "member", "people")


def _open_cases(desk: Desk, hearing: Hearing) -> list[Name]:
    """The open cases of the branch itself, each with what was written of it first."""
    found = []
    for case, kind, _state, _opened, _since, fields, _done in desk.store.rows(_OPEN_CASES, (hearing.branch.id,)):
        declared, values = desk.definition.cases[kind].all_fields, json.loads(fields)
        title = next((values[f.id] for f in declared.values() if f.type == "text" and f.id in values), "")
        found.append((case, title))
    return found


def _received(desk: Desk, hearing: Hearing, into: str, members: Iterable[str]) -> list[Finding]:
    """What there is to say of a branch that takes over members or cases: whether it still exists, and who comes to it late."""
    found = []
    with desk.hearing(into, nothing) as other:
        found += [_of(other, finding) for finding in rules.lasting(other.branch)]
    going = set(members)
    named = [(m.id, m.name) for m in _roll(hearing) if m.id in going]
    return [*found, behind(desk, hearing.branch.id, into, named)]


def _of(other: Hearing, finding: Finding) -> Finding:
    """A finding about another branch than the one the command is for."""
    return evolve(finding, detail={**finding.detail, "of": other.branch.id})


def _place_of(event: Event) -> Payload:
    return {"branch": event.branch, "seq": event.seq, "hash": event.hash}

"""Steps of a scenario: what is entered and done on the way to what a test is about. Each must be allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from workflow.definition import Definition
from workflow.definition.model import Field, Move, RecordKind
from workflow.engine import Campaign
from workflow.engine.records import Line, find_kind
from workflow.errors import Misuse, NotFound, not_found
from workflow.store.facts import FactNeeds, Facts
from workflow.testing.assertions import assert_allowed
from workflow.texts import Text
from workflow.verdicts.findings import Verdict
from workflow.verdicts.people import holders

_MEMBERS = "SELECT id FROM workflow_member WHERE branch = ? ORDER BY id"
_KIND = "SELECT kind FROM workflow_case WHERE branch = ? AND id = ?"


def enter(
    campaign: Campaign,
    branch: str | None,
    kind: str,
    /,
    *,
    by: str | None = None,
    lines: Iterable[Line] | None = None,
    happened: date | str | None = None,
    **fields: Any,
) -> Verdict:
    """Enter a record. Whatever is not said is filled in: somebody who may enter it, everybody on the roll where it is about members,
    and for each field that is asked for a plain value (yes, the first option, the least number, today).

    Fails with the explanation if it is refused; raises as `Campaign.record` does.
    """
    __tracebackhide__ = True
    declared = find_kind(campaign.definition, kind)
    actor = by or _somebody(campaign, branch, declared.by)
    own = declared if declared.of == "member" else campaign.definition.records.get(declared.lines or "")
    sheet = {**(_filled(campaign, declared.fields, actor) if own is not declared else {}), **fields}
    rows = [] if own is None else _lines(campaign, branch, own, lines, sheet, actor)
    given = rows if own is not None else list(lines or ())
    return assert_allowed(campaign, campaign.record(branch, kind, by=actor, happened=happened, fields=sheet, lines=given))


def make(
    campaign: Campaign,
    branch: str,
    /,
    *moves: str,
    by: str | None = None,
    case: str | None = None,
    takes: Mapping[str, Any] | None = None,
) -> Verdict:
    """Make moves one after the other, of the branch or of one of its cases; if nobody is named, by the first person who may.

    What a move takes and is not given is filled in. Fails with the explanation at the first that is refused; returns the last verdict.
    """
    __tracebackhide__ = True
    if not moves:
        raise Misuse(Text.of("name at least one move", "请至少写明一个动作"), "move")
    verdict = None
    for name in moves:
        move = _move(campaign, branch, name, case)
        given = _filled(campaign, move.takes, by or "") | dict(takes or {})
        actor = by or _entitled(campaign, branch, move, case, given)
        given |= {k: actor for k, f in move.takes.items() if f.type == "person" and k in given and not given[k]}
        if case is None:
            verdict = campaign.move(branch, name, by=actor, takes=given)
        else:
            verdict = campaign.move_case(branch, case, name, by=actor, takes=given)
        assert_allowed(campaign, verdict)
    assert verdict is not None
    return verdict


def open_case(campaign: Campaign, branch: str, kind: str, /, *, by: str | None = None, member: str | None = None, **fields: Any) -> str:
    """Open a case and return its id; what is not said is filled in as by `enter`, `member` with the first on the roll."""
    __tracebackhide__ = True
    declared = campaign.definition.cases.get(kind)
    if declared is None:
        raise not_found("there is no case kind", "没有事项种类", kind, list(campaign.definition.cases), "case-kind", "cases")
    actor = by or _somebody(campaign, branch, declared.by)
    if member is None and declared.of == "member":
        member = next(iter(_roll(campaign, branch)), None)
    given = {**_filled(campaign, declared.fields, actor), **fields}
    verdict = assert_allowed(campaign, campaign.open_case(branch, kind, by=actor, member=member, fields=given))
    return str(verdict.created)


# -- who ---------------------------------------------------------------------------------------------------------------


def _somebody(campaign: Campaign, branch: str | None, roles: Sequence[str]) -> str:
    return _people(campaign, branch, roles)[0]


def _people(campaign: Campaign, branch: str | None, roles: Sequence[str]) -> list[str]:
    """Everybody who holds one of the roles for the branch. Raises `Misuse` where nobody does."""
    definition = campaign.definition
    facts = Facts.load(campaign.store, definition, FactNeeds(), campaign.now, branch or "")
    found = facts.branches.get(branch or "")
    if found is None:
        grants = [grant for role in roles for grant in facts.grants.get((role, "*"), ())]
    else:
        grants = [grant for role in roles for grant in holders(definition, facts, role, found)]
    people = list(dict.fromkeys(grant.person for grant in grants))
    if not people:
        listed, where = " or ".join(roles), branch or "the campaign"
        en = f"nobody is {listed} of {where}: give the roster somebody, or say `by`"
        raise Misuse(Text.of(en, f"{branch or '活动'}没有 {'、'.join(roles)}：请在名册中写明，或给出 by"), "nobody")
    return people


def _entitled(campaign: Campaign, branch: str, move: Move, case: str | None, takes: Mapping[str, Any]) -> str:
    """The first person who may make a move; if nobody may, the first who holds a role for it, who is then told why not."""
    people = _people(campaign, branch, move.by)
    for person in people:  # asked of the campaign as such: whoever is passed over here is no answer a test has seen
        if case is None:
            verdict = Campaign.ask(campaign, branch, move.id, by=person, takes=takes)
        else:
            verdict = Campaign.ask_case(campaign, branch, case, move.id, by=person, takes=takes)
        if verdict.allowed:
            return person
    return people[0]


def _roll(campaign: Campaign, branch: str | None) -> list[str]:
    return [row[0] for row in campaign.store.rows(_MEMBERS, (branch or "",))]


# -- what --------------------------------------------------------------------------------------------------------------


def _move(campaign: Campaign, branch: str, name: str, case: str | None) -> Move:
    definition: Definition = campaign.definition
    if case is None:
        edge = definition.edge_of(campaign.why(branch).state, name)
        if edge is None:
            raise not_found("there is no move", "没有动作", name, list(definition.moves), "move", "moves")
        return edge.move
    row = campaign.store.row(_KIND, (branch, case))
    if row is None:
        raise NotFound(Text.of(f"{branch} has no case {case}", f"{branch} 没有事项 {case}"), "case")
    moves = definition.cases[row[0]].moves
    if name not in moves:
        raise not_found(f"a {row[0]} has no move", f"{row[0]} 没有动作", name, list(moves), "move")
    return moves[name]


def _lines(
    campaign: Campaign, branch: str | None, kind: RecordKind, lines: Iterable[Line] | None, sheet: Mapping[str, Any], actor: str
) -> list[dict[str, Any]]:
    """A line for each member named, or for everybody, with what neither it nor the sheet says filled in."""
    wanted = {name: each for name, each in kind.fields.items() if name not in sheet}
    found = []
    for line in _roll(campaign, branch) if lines is None else lines:
        own = {"member": line} if isinstance(line, str) else dict(line)
        found.append({**_filled(campaign, wanted, actor), **own})
    return found


def _filled(campaign: Campaign, declared: Mapping[str, Field], actor: str) -> dict[str, Any]:
    """A plain value for each field that has to be given."""
    return {name: _plain(each, campaign.today, actor) for name, each in declared.items() if not each.optional}


def _plain(field: Field, today: str, actor: str) -> Any:
    match field.type:
        case "number" | "integer":
            least = 1 if field.min is None else field.min
            return least if field.max is None else min(least, field.max)
        case "boolean":
            return True
        case "date":
            return today
        case "person":
            return actor
        case "choice":
            first = next(iter(field.options))
            return [first] if field.many else first
        case _:
            text = field.id.replace("_", " ")
            return text.ljust(int(field.min or 0), ".")

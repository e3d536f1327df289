"""One command of the public API with everything it takes to carry it out, and a set of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from workflow.audit.remedies.drafts import Kind
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Person, Verdict


@frozen(kw_only=True)
class Action:
    """What somebody would do, on the `day` it could be done at the earliest.

    `kind` and `subject` say what: `record` KIND, `withdraw` SEQ, `waive` REQUIREMENT, `open` CASE_KIND, `case` CASE:MOVE, `move` MOVE,
    `appoint` PERSON, `resume` (the branch), `wait` until DAY. `by` is who would (with the role); None only where time alone does it.
    `fields` and `lines` are what is entered (or what a move takes; of `appoint` the role, and of what), `members` who is waived or
    whose case is opened. `free` names fields whose value is only an example: any that breaks nothing else would do. `of` is the kind
    of the record withdrawn; `whole`: it is of the campaign as a whole.
    """

    kind: Kind
    subject: str
    by: Person | None
    day: str
    fields: Mapping[str, Any] = field(factory=dict)
    lines: tuple[Mapping[str, Any], ...] = ()
    members: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    whole: bool = False
    of: str = ""


@frozen(kw_only=True)
class Remedies:
    """Actions that, carried out in this order, lead to an allowed verdict; no proper subset of them does.

    `people` are those who must act, `day` the earliest on which the move could be made, `mover` who could make it then (None if nobody).
    `tried` is how many proper subsets were tried; with `each` only those that leave out a single action, because there are too many.
    """

    actions: tuple[Action, ...]
    people: tuple[Person, ...]
    day: str
    mover: Person | None = None
    tried: int = 0
    each: bool = False

    @classmethod
    def of(cls, actions: tuple[Action, ...], today: str) -> Remedies:
        people = {a.by.id: Person(id=a.by.id, name=a.by.name) for a in actions if a.by is not None}
        return cls(actions=actions, people=tuple(people.values()), day=max((a.day for a in actions), default=today))

    def same(self, other: Remedies) -> bool:
        """The same actions, in whatever order."""
        return len(self.actions) == len(other.actions) and all(action in other.actions for action in self.actions)


def carry_out(campaign: Campaign, branch: str, action: Action, *, reason: str = "") -> Verdict | None:
    """Does what an action says, through the public API; None for one that only waits. `reason` is kept where the command wants one."""
    by = "" if action.by is None else action.by.id
    place = None if action.whole else branch
    match action.kind:
        case "record":
            return campaign.record(place, action.subject, by=by, fields=action.fields, lines=action.lines)
        case "withdraw":
            return campaign.withdraw(place, int(action.subject), by=by, reason=reason)
        case "waive":
            return campaign.waive(branch, action.subject, by=by, reason=reason, members=action.members)
        case "open":
            member = next(iter(action.members), None)
            return campaign.open_case(branch, action.subject, by=by, member=member, fields=action.fields)
        case "case":
            case, _, move = action.subject.partition(":")
            return campaign.move_case(branch, case, move, by=by, takes=action.fields)
        case "move":
            return campaign.move(branch, action.subject, by=by, takes=action.fields)
        case "resume":
            return campaign.resume(branches=[branch], by=by, reason=reason)[0]
        case "appoint":
            return campaign.appoint(action.subject, action.fields["role"], of=action.fields["of"], by=by, reason=reason)
        case "wait":
            return None

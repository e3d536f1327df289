"""Who does what in a branch: those who may, first those whom it keeps from nothing later; and on which paper they put it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from attrs import define, evolve, field

from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.drafts import Draft, case_kind, fields_of, roles_of
from workflow.audit.remedies.settling import filled, settled
from workflow.audit.remedies.values import Bound
from workflow.definition.model import MEMBERS, Definition, Edge, Move
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Hearing
from workflow.store.facts import BranchFact, FactNeeds, Grant
from workflow.verdicts.findings import STANDING, Person
from workflow.verdicts.people import holders, persons, separation_finding

CASTING = ("rule.role", "rule.separation")  # somebody else may be allowed
_OPEN = "open"
_PEOPLE = "SELECT id FROM workflow_person ORDER BY id"


@define
class Cast:
    """The people of a branch and of those above it, as they stand."""

    campaign: Campaign
    definition: Definition
    branch: BranchFact
    _held: Mapping[str, Sequence[Grant]]  # by role
    _able: dict[tuple[str, str], tuple[Person, ...]] = field(factory=dict)

    @classmethod
    def of(cls, campaign: Campaign, heard: Hearing) -> Cast:
        held = {role: holders(heard.definition, heard.facts, role, heard.branch) for role in heard.definition.roles}
        return cls(campaign, heard.definition, heard.branch, held)

    def holding(self, roles: Iterable[str]) -> tuple[Person, ...]:
        """Everybody who holds one of the roles for the branch."""
        return persons([grant for role in roles for grant in self._held[role]])

    def able(self, draft: Draft) -> tuple[Person, ...]:
        """Whose role lets them carry it out: first those whom it keeps from the fewest other moves."""
        key = (draft.kind, draft.subject)
        if key not in self._able:
            kept = self._kept_from(_act(draft), self._moves(draft))
            holding = self.holding(roles_of(self.definition, draft, self.branch.state))
            roles = [person.role for person in holding]
            self._able[key] = tuple(sorted(holding, key=lambda each: (kept.get(each.id, 0), roles.index(each.role), self._turn(each))))
        return self._able[key]

    def _turn(self, person: Person) -> int:
        """Of several in one office not always the same: which of them looks after this branch."""
        return crc32(f"{self.branch.id} {person.id}".encode())

    def separated(self, edge: Edge) -> frozenset[str]:
        """Whom separation of duties keeps from a move of the branch, as things stand, of those whose role would let them."""
        if not edge.move.not_by:
            return frozenset()
        members = MEMBERS in edge.move.not_by
        with self.campaign._desk.hearing(self.branch.id, lambda _version: FactNeeds(members=members)) as heard:
            roll = [member.id for member in heard.facts.members(heard.branch)] if members else []
            done = heard.branch.done
        found = [(each.id, separation_finding(edge.move, done, roll, {}, {}, each.id)) for each in self.holding(edge.move.by)]
        return frozenset(person for person, finding in found if finding is not None and finding.status in STANDING)

    def settled(self, draft: Draft, person: Person) -> Action | None:
        """The draft as this person would carry it out; whoever is named in it is, if possible, kept from nothing by it."""
        people = [each.id for each in self.holding(self._held)]
        if not fields_of(self.definition, draft, self.branch.state):
            people = []
        elif draft.kind in ("open", "case"):
            action = self._settled(self._naming_others(draft), person, people)
            if action is not None:
                return action
        action = self._settled(draft, person, people)
        return action or self._settled(draft, person, [row[0] for row in self.campaign.store.rows(_PEOPLE)])

    def on_paper(self, action: Action) -> Action | None:
        """Lines of members as the sheet of the branch that has such lines; None where there is not one, or this person may not enter it."""
        sheets = [kind for kind in self.definition.records.values() if kind.lines == action.subject]
        if action.kind != "record" or not action.lines or action.by is None or len(sheets) != 1:
            return None
        (sheet,) = sheets
        if action.by.id not in (person.id for person in self.holding(sheet.by)):
            return None
        own = {name: declared for name, declared in sheet.fields.items() if name not in action.fields}
        people = [each.id for each in self.holding(self._held)]
        more = filled(own, (), {}, action.by, people, action.day)
        return None if more is None else evolve(action, subject=sheet.id, fields={**action.fields, **more})

    def _settled(self, draft: Draft, person: Person, people: Sequence[str]) -> Action | None:
        return settled(self.campaign, self.branch.id, draft, person, people)

    def _naming_others(self, draft: Draft) -> Draft:
        more: tuple[Bound, ...] = ()
        for name, declared in fields_of(self.definition, draft).items():
            kept = self._kept_from(name, self._moves(draft)) if declared.type == "person" and not declared.optional else {}
            more += (Bound(name, "not in", tuple(kept)),) if kept else ()
        return evolve(draft, lines=tuple((member, (*bounds, *more)) for member, bounds in draft.lines or (("", ()),))) if more else draft

    def _kept_from(self, act: str, moves: Iterable[Move]) -> dict[str, int]:
        """Whoever has done this may not make moves of which he holds the role: how many, by person."""
        found: dict[str, int] = {}
        for move in moves:
            for person in self.holding(move.by) if act in move.not_by else ():
                found[person.id] = found.get(person.id, 0) + 1
        return found

    def _moves(self, draft: Draft) -> Iterable[Move]:
        """The moves of the same machine."""
        if draft.kind in ("open", "case"):
            return self.definition.cases[case_kind(draft)].moves.values()
        return self.definition.moves.values() if draft.kind == "move" else ()


def _act(draft: Draft) -> str:
    """What separation of duties calls it."""
    return {"open": _OPEN, "case": draft.subject.rpartition(":")[2], "move": draft.subject}.get(draft.kind, "")

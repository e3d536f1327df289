"""Who hears of what is due in a branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from workflow.definition.model import Definition
from workflow.engine.board import by_version
from workflow.engine.campaign import Campaign
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.verdicts.findings import Person
from workflow.verdicts.people import holders


@frozen
class Hearers:
    """The people of several branches, and the rules each branch is under: two queries for each version in force."""

    _of: Mapping[str, tuple[Definition, Facts]]

    @classmethod
    def load(cls, campaign: Campaign, branches: Sequence[str]) -> Hearers:
        found: dict[str, tuple[Definition, Facts]] = {}
        now = campaign.now
        for version, states in by_version(campaign._desk, now, branches):
            facts = Facts.load(campaign.store, version.definition, FactNeeds(), now, list(states), states=version.states)
            found |= dict.fromkeys(states, (version.definition, facts))
        return cls(found)

    def branch(self, branch: str) -> BranchFact:
        return self._of[branch][1].branches[branch]

    def of(self, branch: str, role: str) -> tuple[Person, ...]:
        """Everybody who holds a role for a branch; nobody where the rules know no such role any more."""
        definition, facts = self._of[branch]
        if role not in definition.roles:
            return ()
        grants = holders(definition, facts, role, facts.branches[branch])
        return tuple(Person(id=grant.person, name=grant.name, role=role) for grant in grants)

"""Who acts in a rehearsal, and who is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any, Protocol

from attrs import define, field

from workflow.engine.campaign import Campaign
from workflow.simulation.plan.model import Plan
from workflow.verdicts.findings import Verdict

Absent = Callable[[str, str], bool]  # (kind of record, member): whether he misses this one


class People(Protocol):
    """Those who do what a move asks for, and make it."""

    def prepare(self, branch: str, move: str, absent: Absent) -> None:
        """In the course of a stay: enter what the move at its end will ask for, as far as that can be done, without who is absent."""
        ...

    def act(self, branch: str, move: str, takes: Mapping[str, Any]) -> Verdict | date:
        """Make the move, with what it still asks for. The verdict: refused where nobody can help it; a later day where only time can."""
        ...


@define
class Absence:
    """The members of each branch, and the chance that each misses a record of a kind: the greatest his status and his flags give him."""

    campaign: Campaign
    plan: Plan
    seed: int
    _visits: dict[str, int] = field(factory=dict)

    def at(self, branch: str) -> Absent:
        """Who is absent this time: drawn anew for every record and every time, the same for the same seed."""
        visit = self._visits[branch] = self._visits.get(branch, 0) + 1
        rng = Random(f"{self.seed} {branch} {visit}")
        members = {member.id: (member.status, *member.flags) for member in self.campaign.members(branch)}

        def absent(kind: str, member: str) -> bool:
            chances = self.plan.absence.get(kind, {})
            return rng.random() < max((chances[word] for word in members.get(member, ()) if word in chances), default=0.0)

        return absent

"""The plans that could clear a finding: what its check asks for, or a gap accepted; for a rule, what the rule asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field

from workflow.audit.remedies.drafts import Draft, Plan, side_by_side
from workflow.audit.remedies.ground import Ground, needs_of, world_of
from workflow.audit.remedies.trial import Trial
from workflow.audit.remedies.walk import Walk
from workflow.definition.expressions.types import World
from workflow.definition.model import CLOSE, Definition, Requirement
from workflow.store.facts import group_target
from workflow.verdicts.evaluate import subjects_of
from workflow.verdicts.findings import STANDING, Finding


@define
class Candidates:
    """Works out plans on the facts as they stand in a trial. `cut` counts those left aside."""

    trial: Trial
    cut: int = 0
    _worlds: dict[str, World] = field(factory=dict)

    def of(self, finding: Finding) -> list[Plan]:
        """The plans that could clear a finding. Empty where none can be worked out."""
        if finding.is_rule:
            return self._of_rule(finding)
        definition = self.trial.definition
        requirement = definition.requirements[finding.code]
        short = [s.id for s in finding.short if s.status in STANDING]
        found = self._entered(definition, requirement, short, finding)
        if requirement.waivable_by and (requirement.each is None or short):
            found.append((Draft("waive", requirement.id, members=tuple(short)),))
        return list(dict.fromkeys(found))

    def _entered(self, definition: Definition, requirement: Requirement, short: Sequence[str], finding: Finding) -> list[Plan]:
        if finding.error is not None:
            return []
        world = self._worlds.setdefault(definition.hash, world_of(definition))
        with self.trial.hearing(needs_of(definition, world, requirement)) as heard:
            ground = Ground.of(definition, world, requirement, heard.facts, heard.branch, self.trial.takes)
            walk = Walk.of(ground)
            if requirement.each is None:
                found = walk.plans(None)
            else:
                subjects = {s.id: s for s in subjects_of(definition, requirement.each, heard.facts, heard.branch)}
                found = self._for_all(definition, [walk.plans(subjects[name]) for name in short])
        self.cut += walk.cut
        return found

    def _for_all(self, definition: Definition, each: Sequence[Sequence[Plan]]) -> list[Plan]:
        """The first way of everybody, the second way of everybody, ...: whoever has fewer takes the last."""
        if not each or not all(each):
            return []
        longest = max(len(plans) for plans in each)
        return [side_by_side(definition, [plans[min(n, len(plans) - 1)] for plans in each]) for n in range(longest)]

    def _of_rule(self, finding: Finding) -> list[Plan]:
        detail = finding.detail
        match finding.code:
            case "rule.step" if detail["waiting"]:
                return [tuple(Draft("move", CLOSE + step) for step in detail["waiting"])]
            case "rule.running" if detail["state"] == "suspended":
                return [(Draft("resume", self.trial.branch),)]
            case "rule.role":
                return [(self._appointed(detail, role),) for role in detail["wanted"]]
            case _:
                return []

    def _appointed(self, detail: Mapping[str, Any], role: str) -> Draft:
        definition = self.trial.definition
        scope = definition.roles[role].scope
        group = self.trial.group
        target = {"all": "", "branch": self.trial.branch}.get(scope, self.trial.branch if group is None else group_target(group))
        return Draft("appoint", detail["actor"], members=(role, target))

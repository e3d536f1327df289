"""The plans that could clear a finding: what its check asks for, or a gap accepted; for a rule, what the rule asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from attrs import define, field

from workflow.audit.remedies.drafts import Draft, Plan, side_by_side
from workflow.audit.remedies.ground import Ground, Library
from workflow.audit.remedies.walk import Walk
from workflow.definition.model import CLOSE, Definition
from workflow.engine.desk import Hearing
from workflow.store.facts import FactNeeds, group_target
from workflow.verdicts.evaluate import subjects_of
from workflow.verdicts.findings import STANDING, Finding


class Setting(Protocol):
    """Where plans are worked out: a branch as it stands, under the definition in force for it."""

    branch: str

    @property
    def definition(self) -> Definition: ...

    @property
    def takes(self) -> Mapping[str, Any]:
        """What the move asked about takes."""

    @property
    def group(self) -> str | None: ...

    def hearing(self, needs: FactNeeds) -> AbstractContextManager[Hearing]: ...


@define
class Candidates:
    """Works out plans on the facts as they stand in a setting. `cut` counts those left aside."""

    setting: Setting
    cut: int = 0
    libraries: dict[str, Library] = field(factory=dict)  # by the hash of the definition

    @property
    def library(self) -> Library:
        """Of the definition in force."""
        definition = self.setting.definition
        found = self.libraries.get(definition.hash)
        if found is None:
            found = self.libraries[definition.hash] = Library.of(definition)
        return found

    def of(self, finding: Finding) -> list[Plan]:
        """The plans that could clear a finding. Empty where none can be worked out."""
        return self.of_each([finding])[0]

    def of_each(self, findings: Sequence[Finding]) -> list[list[Plan]]:
        """The same for several, read at once."""
        definition, library = self.setting.definition, self.library
        sound = [definition.requirements[f.code] for f in findings if not f.is_rule and f.error is None]
        if not sound:
            return [self._of_rule(f) if f.is_rule else self._waived(f, []) for f in findings]
        with self.setting.hearing(library.needs(sound)) as heard:
            return [self._of_rule(f) if f.is_rule else self._waived(f, self._entered(library, f, heard)) for f in findings]

    def _waived(self, finding: Finding, found: Sequence[Plan]) -> list[Plan]:
        """And, last of all, the gap accepted."""
        requirement, short = self.setting.definition.requirements[finding.code], _short(finding)
        if requirement.waivable_by and (requirement.each is None or short):
            found = [*found, (Draft("waive", requirement.id, members=tuple(short)),)]
        return list(dict.fromkeys(found))

    def _entered(self, library: Library, finding: Finding, heard: Hearing) -> list[Plan]:
        if finding.error is not None:
            return []
        definition, requirement = library.definition, library.definition.requirements[finding.code]
        walk = Walk.of(Ground.of(library, requirement, heard.facts, heard.branch, self.setting.takes), library)
        if requirement.each is None:
            found = walk.plans(None)
        else:
            subjects = {s.id: s for s in subjects_of(definition, requirement.each, heard.facts, heard.branch)}
            found = self._for_all(definition, [walk.plans(subjects[name]) for name in _short(finding)])
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
                return [(Draft("resume", self.setting.branch),)]
            case "rule.role":
                return [(self._appointed(detail, role),) for role in detail["wanted"]]
            case _:
                return []

    def _appointed(self, detail: Mapping[str, Any], role: str) -> Draft:
        definition = self.setting.definition
        scope = definition.roles[role].scope
        group = self.setting.group
        target = {"all": "", "branch": self.setting.branch}.get(scope, self.setting.branch if group is None else group_target(group))
        return Draft("appoint", detail["actor"], members=(role, target))


def _short(finding: Finding) -> list[str]:
    return [s.id for s in finding.short if s.status in STANDING]

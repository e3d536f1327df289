"""Can an action make any difference to a finding? Told from all that its check reads, without trying."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.audit.remedies.actions import Action
from workflow.definition.expressions import Expression
from workflow.definition.model import CLOSE, Definition, Requirement
from workflow.verdicts.findings import STANDING, Finding

_RULES = {"rule.role": "appoint", "rule.running": "resume", "rule.step": "move"}


def alone(definition: Definition, finding: Finding, actions: Sequence[Action]) -> bool:
    """Is something of the finding in the way that none of these actions has any part in?"""
    requirement = definition.requirements.get(finding.code)
    if requirement is None or requirement.each != "step" or "branch" in _names(requirement):
        return not any(_bears_on(definition, action, finding.code) for action in actions)
    short = {step.id for step in finding.short if step.status in STANDING}
    closed = {action.subject.removeprefix(CLOSE) for action in actions if action.kind == "move"}
    others = [action for action in actions if action.kind != "move"]
    return bool(short - closed) and not any(_bears_on(definition, action, finding.code) for action in others)


def _bears_on(definition: Definition, action: Action, code: str) -> bool:
    if code not in definition.requirements:
        return _RULES.get(code, action.kind) == action.kind
    requirement = definition.requirements[code]
    match action.kind:
        case "record":
            return _of_kind(definition, requirement, action.subject)
        case "withdraw":
            return action.of not in definition.records or _of_kind(definition, requirement, action.of)
        case "waive":
            return action.subject == code
        case "open" | "case":
            kind = action.subject if action.kind == "open" else action.subject.rpartition(":")[0].rpartition("-")[0]
            return kind == requirement.each or any(kind in part.cases for part in _parts(requirement))
        case "move":
            return requirement.each == "step" or "branch" in _names(requirement)
        case "wait":
            return bool({"today", "branch"} & _names(requirement)) or bool(requirement.waivable_by)
        case _:
            return False


def _of_kind(definition: Definition, requirement: Requirement, record: str) -> bool:
    """Does the requirement read records of this kind, or the lines of such a sheet?"""
    kinds = {record, definition.records[record].lines}
    return any(kinds & part.kinds for part in _parts(requirement))


def _parts(requirement: Requirement) -> list[Expression]:
    return [requirement.check] if requirement.when is None else [requirement.check, requirement.when]


def _names(requirement: Requirement) -> frozenset[str]:
    return frozenset().union(*(part.names for part in _parts(requirement)))

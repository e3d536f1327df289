"""Is every action of a set needed? Its proper subsets are tried, all but those of which it is known beforehand."""

from __future__ import annotations

from attrs import define, field

from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.trial import Trial
from workflow.definition.model import Definition, Requirement

MOST = 512  # proper subsets of one set tried at most
_RULES = {"rule.role": "appoint", "rule.running": "resume", "rule.step": "move"}

Actions = tuple[Action, ...]


@define
class Subsets:
    """Carries out the proper subsets of a set of actions; one that is refused, because what it rests on was left out, changes nothing."""

    trial: Trial
    tried: int = 0
    found: list[Actions] = field(factory=list)
    _needed: frozenset[int] = frozenset()

    def enough(self, actions: Actions) -> tuple[list[Actions], int, bool]:
        """The smallest proper subsets that lead to an allowed verdict, how many were tried, and whether only those were that leave out
        a single action, the others being too many."""
        self._needed = frozenset(place for place in range(len(actions)) if self._is_needed(actions, place))
        with self.trial.afresh():
            self._below(actions, 0, (), left_out=False)
        return _smallest(self.found), self.tried + len(self._needed), self.tried >= MOST

    def _is_needed(self, actions: Actions, place: int) -> bool:
        """Does nothing go without it? Left out, something is in the way that none of the others has any part in."""
        left = (*actions[:place], *actions[place + 1 :])
        with self.trial.afresh():
            for action in left:
                self.trial.repeat(action)
            verdict = self.trial.ask()
        if verdict.allowed:
            self.found.append(left)
            return False
        definition = self.trial.definition
        return any(not any(_bears_on(definition, action, finding.code) for action in left) for finding in verdict.standing)

    def _below(self, actions: Actions, place: int, done: Actions, *, left_out: bool) -> None:
        if self.tried >= MOST or self.found:
            return
        if place == len(actions):
            if left_out:
                self.tried += 1
                if self.trial.ask().allowed:
                    self.found.append(done)
            return
        if place not in self._needed:
            self._below(actions, place + 1, done, left_out=True)
        with self.trial.afresh():
            if self.trial.repeat(actions[place]):
                self._below(actions, place + 1, (*done, actions[place]), left_out=left_out)


def _bears_on(definition: Definition, action: Action, code: str) -> bool:
    """Can this action make any difference to a finding? By all that its check reads."""
    if code not in definition.requirements:
        return _RULES.get(code, action.kind) == action.kind
    requirement = definition.requirements[code]
    names, kinds, cases = _reads(requirement)
    match action.kind:
        case "record":
            sheet = definition.records[action.subject]
            return bool({sheet.id, sheet.lines} & kinds)
        case "withdraw":
            return action.of not in definition.records or bool({action.of, definition.records[action.of].lines} & kinds)
        case "waive":
            return action.subject == code
        case "open" | "case":
            return action.subject.partition(":")[0].rpartition("-")[0] in cases or action.subject in cases
        case "move":
            return requirement.each == "step" or "branch" in names
        case "wait":
            return bool({"today", "branch"} & names) or bool(requirement.waivable_by)
        case _:
            return False


def _reads(requirement: Requirement) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names, the kinds of record and the kinds of case it reads."""
    parts = [requirement.check] if requirement.when is None else [requirement.check, requirement.when]
    none: frozenset[str] = frozenset()
    cases = none.union(*(part.cases for part in parts), [requirement.each] if requirement.each else [])
    return none.union(*(part.names for part in parts)), none.union(*(part.kinds for part in parts)), cases


def _smallest(parts: list[Actions]) -> list[Actions]:
    """Those no other is a part of."""
    kept: list[Actions] = []
    for part in sorted(parts, key=len):
        if not any(all(action in part for action in known) for known in kept):
            kept.append(part)
    return kept

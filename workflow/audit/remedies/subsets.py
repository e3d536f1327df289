"""Is every action of a set needed? Its proper subsets are tried, all but those of which it is known beforehand."""

from __future__ import annotations

from attrs import define, field

from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.bearing import alone
from workflow.audit.remedies.trial import Trial
from workflow.verdicts.findings import Finding

MOST = 512  # proper subsets of one set tried at most

Actions = tuple[Action, ...]
Run = dict[int | None, tuple[Finding, ...]]


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
        self._find_needed(actions)
        with self.trial.afresh():
            self._below(actions, 0, (), left_out=False)
        return _smallest(self.found), self.tried + len(self._needed), self.tried >= MOST

    def _find_needed(self, actions: Actions) -> None:
        """The actions nothing goes without. Left out, something is in the way that none of the others has any part in: of the move
        itself, or of an action that is needed."""
        runs = [self._without(actions, place) for place in range(len(actions))]
        while True:
            more = frozenset(place for place in range(len(actions)) if self._is_needed(actions, place, runs[place]))
            if more == self._needed:
                return
            self._needed = more

    def _without(self, actions: Actions, place: int) -> Run:
        """What is in the way if one action is left out: of the others that are then refused, and (None) of the move."""
        left = (*actions[:place], *actions[place + 1 :])
        run: Run = {}
        with self.trial.afresh():
            for n, action in enumerate(actions):
                standing = () if n == place else self.trial.repeat(action)
                if standing:
                    run[n] = standing
            verdict = self.trial.ask()
        if verdict.allowed:
            self.found.append(left)
        return {**run, None: verdict.standing}

    def _is_needed(self, actions: Actions, place: int, run: Run) -> bool:
        left = [action for n, action in enumerate(actions) if n != place]
        definition = self.trial.definition
        decisive = [finding for at, standing in run.items() if at is None or at in self._needed for finding in standing]
        return any(alone(definition, finding, left) for finding in decisive)

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
            if self.trial.repeat(actions[place]) == ():
                self._below(actions, place + 1, (*done, actions[place]), left_out=left_out)


def _smallest(parts: list[Actions]) -> list[Actions]:
    """Those no other is a part of."""
    kept: list[Actions] = []
    for part in sorted(parts, key=len):
        if not any(all(action in part for action in known) for known in kept):
            kept.append(part)
    return kept

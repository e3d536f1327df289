"""People of a rehearsal: they do what a move asks for, whatever the definition, through the public API and for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import define, evolve, field

from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.doing import Work
from workflow.audit.remedies.drafts import Draft
from workflow.audit.remedies.ground import Library
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Verdict

Stay = tuple[str, str, int]  # a state, since when, in which attempt

_ANYBODY = "SELECT id FROM workflow_person ORDER BY id LIMIT 1"


@define
class ScriptedPeople:
    """People who do, one thing after the other, what is missing for a move, and then make it: each who may, in turn.

    They enter records, open and move cases and close steps; they accept no gap, take nothing back, appoint nobody and move no clock.
    With the same calls they do the same. What a call does is committed at its end, as one transaction.
    """

    campaign: Campaign
    clock: VirtualClock
    _libraries: dict[str, Library] = field(factory=dict)
    _ready: dict[str, tuple[Stay, frozenset[str]]] = field(factory=dict)  # by branch: the moves it believes to be ready for

    def prepare(self, branch: str, move: str, absent: Callable[[str, str], bool]) -> None:
        """Does what can be done for a move, as things stand; the rest is left, and the move is not made.

        `absent(kind, member)` is asked for every line of a sheet: of whoever is absent no line is entered, and nobody goes after him.
        Raises `NotFound` for an unknown branch or move.
        """
        with self.campaign.store.write():
            work = Work(self.campaign, branch, self._libraries, absent)
            stay = _stay(work)
            work.takes = self._action(work, move, {}).fields
            work.reach(move, lambda: self.campaign.ask(branch, move, takes=work.takes))
            before, moves = self._ready.get(branch, (stay, frozenset()))
            self._ready[branch] = stay, frozenset({move}) | (moves if before == stay else frozenset())

    def act(self, branch: str, move: str, takes: Mapping[str, Any]) -> Verdict | date:
        """Makes a move, with all that it takes: the allowed verdict; the day to go on, where nothing but time is missing; else the refusal.

        Whoever prepared for it in this stay tries it first as things stand, and a refusal is kept in the ledger; else what is missing
        is done first. What `takes` does not say of the fields of the move is chosen. Where nobody may make the move at all, the refusal
        is not kept: nobody tried. Raises `NotFound` for an unknown branch or move, `InputFault` for values that cannot be taken.
        """
        with self.campaign.store.write():
            work = Work(self.campaign, branch, self._libraries)
            stay, moves = self._ready.pop(branch, (None, frozenset[str]()))
            first = self._make(work, move, takes) if stay == _stay(work) and move in moves else None
            if first is not None and first.allowed:
                return first
            work.takes = self._action(work, move, takes).fields
            reached = work.reach(move, lambda: self._tried(work, move, takes))
            if reached.verdict is not None and reached.verdict.allowed:
                return reached.verdict
            if reached.day:
                return date.fromisoformat(reached.day)
            if first is not None and not work.done:
                return first
            return self._make(work, move, takes)

    def _tried(self, work: Work, move: str, takes: Mapping[str, Any]) -> Verdict | None:
        """Made by whoever may; a refusal is taken back."""
        action = self._action(work, move, takes)
        return None if action.by is None else work.carried_out(action)

    def _make(self, work: Work, move: str, takes: Mapping[str, Any]) -> Verdict:
        """Made by whoever may; a refusal is kept. If there is nobody, the refusal that others would get."""
        action = self._action(work, move, takes)
        if action.by is not None:
            return self.campaign.move(work.branch, move, by=action.by.id, takes=action.fields)
        here = work.cast.able(Draft("move", move)) or work.cast.holding(work.definition.roles)
        by = next((person.id for person in here), None) or next((str(row[0]) for row in self.campaign.store.rows(_ANYBODY)), "")
        return self.campaign.ask(work.branch, move, by=by, takes=action.fields)

    def _action(self, work: Work, move: str, takes: Mapping[str, Any]) -> Action:
        """The move as somebody would make it whom no rule about persons keeps from it, whatever else is in the way; `by` is None if
        there is nobody."""
        edge = work.definition.edge_of(work.cast.branch.state, move)
        action = Action(kind="move", subject=move, by=None, day="", fields=takes)
        if edge is None:
            return action
        draft = Draft("move", move, (("", work.asked_of(edge)),) if edge.move.takes else ())
        separated = work.cast.separated(edge)
        for person in work.cast.able(draft):
            settled = work.cast.settled(draft, person)
            action = evolve(action, fields={**(settled.fields if settled else {}), **takes})
            if person.id not in separated:
                return evolve(action, by=person)
        return action


def _stay(work: Work) -> Stay:
    branch = work.cast.branch
    return branch.state, branch.since_at, branch.attempt

"""The state machines: one for all branches of a definition, one for all cases of a kind. `transitions` drives both.

A machine knows which moves lead where, and nothing of requirements: the one condition of every transition is the verdict
handed to it. It registers no model; whatever has `id` and `state` can be moved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from enum import Enum
from sys import intern
from typing import Any, Protocol

from attrs import define, field, setters
from transitions.core import Event, EventData, Machine, State, Transition

from workflow.definition.model import CaseKind, Definition
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.texts import Text

Callback = Callable[[EventData], None]
Arrow = tuple[str, str, str | None]  # source, move, target; None as a target stays without leaving

_LOGGER = logging.getLogger(Event.__module__)


class Verdict(Protocol):
    """What a machine needs of a verdict. `allowed` is a real bool: `transitions` compares it with `== True`."""

    @property
    def allowed(self) -> bool: ...


@define(eq=False, weakref_slot=False, on_setattr=setters.NO_OP)
class Unit:
    """What a machine moves: a branch or a case. The text of a state is shared by all that stand in it."""

    id: str
    state: str = field(converter=intern)


class _Transitions(dict[str, list[Transition]]):
    """By source. Looking up a state without any finds none; the `defaultdict` of `transitions` would make that source valid."""

    def __missing__(self, source: str) -> list[Transition]:
        return []


class LeanEvent(Event):
    """An event with the meaning of `transitions` and a fraction of its work: nothing is resolved or logged that need not be.

    Queues, callbacks without an event, `on_exception`, `finalize_event` and a log at level INFO are left to `transitions`.
    For machines of its core classes only: overridden methods of states, transitions and conditions are not called.
    """

    transitions: _Transitions  # type: ignore[assignment]

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name, machine)
        self.transitions = _Transitions()

    def add_transition(self, transition: Transition) -> None:
        self.transitions.setdefault(transition.source, []).append(transition)

    def trigger(self, model: object, *args: Any, **kwargs: Any) -> bool:
        """Whether a transition was made. Raises `MachineError` where none leads out of the model's state."""
        machine = self.machine
        if machine._queued or machine._on_exception or machine._finalize_event or not machine.send_event:
            return super().trigger(model, *args, **kwargs)
        if _LOGGER.isEnabledFor(logging.INFO):
            return super().trigger(model, *args, **kwargs)
        state = machine.get_state(getattr(model, machine.model_attribute))
        data = EventData(state, self, machine, model, args, kwargs)
        try:
            return self._first_of_all(data)
        except BaseException as error:
            data.error = error  # type: ignore[assignment]
            raise

    def _first_of_all(self, data: EventData) -> bool:
        source = data.state.name
        if source not in self.transitions:
            return self._is_valid_source(data.state)
        if data.machine._prepare_event:
            _run(data.machine._prepare_event, data)
            source = data.state.name
        for transition in self.transitions[source]:
            data.transition = transition
            if _execute(transition, data):
                data.result = True
                return True
        return False


def _execute(transition: Transition, data: EventData) -> bool:
    machine = data.machine
    if transition.prepare:
        _run(transition.prepare, data)
    for condition in transition.conditions:
        check = machine.resolve_callable(condition.func, data) if isinstance(condition.func, str) else condition.func
        if not check(data) == condition.target:  # noqa: SIM201  (`!=` is another operator than the one `transitions` uses)
            return False
    if machine._before_state_change:
        _run(machine._before_state_change, data)
    if transition.before:
        _run(transition.before, data)
    if transition.dest:
        _change_state(transition, transition.dest, data)
    if transition.after:
        _run(transition.after, data)
    if machine._after_state_change:
        _run(machine._after_state_change, data)
    return True


def _change_state(transition: Transition, target: str, data: EventData) -> None:
    machine, model = data.machine, data.model
    left = machine.get_state(transition.source)
    if left.on_exit:
        _run(left.on_exit, data)
    entered = machine.get_state(target)
    setattr(model, machine.model_attribute, entered.value)
    data.state = machine.get_state(getattr(model, machine.model_attribute))
    if entered.on_enter:
        _run(entered.on_enter, data)
    if entered.final:
        _run(machine.on_final, data)


def _run(callbacks: Iterable[str | Callable[..., object]], data: EventData) -> None:
    for callback in callbacks:
        if isinstance(callback, str):
            data.machine.callback(callback, data)
        else:
            callback(data)


class LeanMachine(Machine):
    """`transitions.Machine` with lean events."""

    event_cls = LeanEvent

    def get_state(self, state: str | Enum) -> State:
        found = self.states.get(state)  # type: ignore[arg-type]
        return super().get_state(state) if found is None else found


class _UnitMachine:
    def __init__(self, states: Iterable[str], initial: str, arrows: Iterable[Arrow], after: Callback | None) -> None:
        self.initial = initial
        self._machine = LeanMachine(model=None, states=list(states), initial=initial, auto_transitions=False, send_event=True)
        for source, move, target in arrows:
            self._machine.add_transition(move, source, target, conditions=_allowed, after=after)

    def fire(self, unit: Unit, move: str, verdict: Verdict) -> bool:
        """Make the move if the verdict allows it, and say whether it was made. If anything raises, the unit is where it was.

        Raises `NotFound` for a move the machine does not have, `Misuse` for one that does not start where the unit stands.
        """
        event = self._machine.events.get(move)
        if event is None:
            raise NotFound(_unknown(move, list(self._machine.events)))
        if unit.state not in event.transitions:
            raise Misuse(_misplaced(unit, move, self._machine.get_triggers(unit.state)), code="misplaced-move")
        stood = unit.state
        try:
            return event.trigger(unit, verdict)
        except BaseException:
            unit.state = stood
            raise


class BranchMachine(_UnitMachine):
    """The machine of all branches of one definition. `after` is called with the event once a unit has moved."""

    def __init__(self, definition: Definition, after: Callback | None = None) -> None:
        edges = (edge for moves in definition.edges_by_state.values() for edge in moves.values())
        arrows = ((edge.source, edge.move.id, edge.move.to and edge.target) for edge in edges)
        super().__init__(definition.states, definition.initial, arrows, after)


class CaseMachine(_UnitMachine):
    """The machine of all cases of one kind. `after` is called with the event once a unit has moved."""

    def __init__(self, kind: CaseKind, after: Callback | None = None) -> None:
        arrows = ((source, move.id, move.to) for move in kind.moves.values() for source in move.sources)
        super().__init__(kind.states, kind.first, arrows, after)


def _allowed(event: EventData) -> bool:
    verdict: Verdict = event.args[0]  # type: ignore[index]
    return verdict.allowed


def _unknown(move: str, known: list[str]) -> Text:
    near = did_you_mean(move, known)
    return Text.of(f"there is no move {move}; {near.say('en')}", f"没有名为 {move} 的动作；{near.say('zh')}")


def _misplaced(unit: Unit, move: str, possible: list[str]) -> Text:
    return Text.of(
        f"{unit.id} stands in {unit.state}, where {move} cannot be made; moves from there: {', '.join(possible) or 'none'}",
        f"{unit.id} 处于 {unit.state}，不能进行 {move}；此处可进行：{'、'.join(possible) or '无'}",
    )

"""What a definition says: all its pieces, and the machine they make. Ids are strings; texts are `Text`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from attrs import define, field, frozen

from workflow.calendars import Calendar, Closed
from workflow.definition.extensions import Extension, HostFunction, functions
from workflow.definition.reporting import ReportKind
from workflow.definition.terms import (
    CLOSE,
    EACH_STAGE,
    FINISHED,
    MEMBERS,
    NEXT_STAGE,
    OPEN,
    POWER_TITLES,
    POWERS,
    AuditRule,
    Batches,
    CaseKind,
    Deadline,
    Due,
    Effect,
    Field,
    FieldType,
    Gate,
    Instrument,
    Invariant,
    Layer,
    Level,
    Members,
    Move,
    Parameter,
    Phase,
    RecordKind,
    Reminders,
    Requirement,
    Role,
    Rung,
    Scalar,
    Scope,
    Stage,
    Step,
    Tightening,
    Value,
)
from workflow.texts import Text

__all__ = [
    "CLOSE",
    "EACH_STAGE",
    "FINISHED",
    "MEMBERS",
    "NEXT_STAGE",
    "OPEN",
    "POWERS",
    "POWER_TITLES",
    "AuditRule",
    "Batches",
    "Calendar",
    "CaseKind",
    "Closed",
    "Deadline",
    "Definition",
    "Due",
    "Edge",
    "Effect",
    "Field",
    "FieldType",
    "Gate",
    "Instrument",
    "Invariant",
    "Layer",
    "Level",
    "Members",
    "Move",
    "Parameter",
    "Phase",
    "RecordKind",
    "Reminders",
    "Requirement",
    "Role",
    "Rung",
    "Scalar",
    "Scope",
    "Stage",
    "Step",
    "Tightening",
    "Value",
    "figure_text",
    "number_text",
]


@define(kw_only=True, slots=False, eq=False)
class Definition:
    """A whole definition. `document` is the file's content as plain data; `hash` is the SHA-256 of its JSON in the order
    of the file: the order of stages and phases has a meaning."""

    id: str
    version: str
    title: Text
    hash: str
    document: Mapping[str, Any]
    languages: tuple[str, ...]
    branch_label: Text
    member_label: Text
    units: Mapping[str, Text] = field(factory=dict)
    calendar: Calendar
    time_policy: Literal["quality-first", "schedule-first"]
    instruments: Mapping[str, Instrument]
    parameters: Mapping[str, Parameter]
    roles: Mapping[str, Role]
    branch_fields: Mapping[str, Field]
    members: Members | None
    records: Mapping[str, RecordKind]
    requirements: Mapping[str, Requirement]
    gates: Mapping[str, Gate]
    stages: Mapping[str, Stage]
    cases: Mapping[str, CaseKind]
    deadlines: Mapping[str, Deadline]
    reminders: Reminders = field(factory=Reminders)
    invariants: Mapping[str, Invariant]
    reports: Mapping[str, ReportKind] = field(factory=dict)
    audits: Mapping[str, AuditRule] = field(factory=dict)
    authority: Mapping[str, tuple[str, ...]] = field(factory=dict)  # power -> roles; one that is not there is granted to nobody
    batches: Batches | None = None
    layers: tuple[Layer, ...] = ()  # the highest first; empty where the definition stands alone
    tightened: Mapping[str, tuple[Tightening, ...]] = field(factory=dict)  # by path: `requirements.study_hours.level`
    extensions: Mapping[str, Extension] = field(factory=dict)  # what it calls on of its host

    @cached_property
    def initial(self) -> str:
        first = next(iter(self.stages.values()))
        return f"{first.id}.{self.gates[first.gate].first}"

    @cached_property
    def states(self) -> dict[str, Phase]:
        """Every state `stage.phase`, in order; with "finished" at the end if some move leads there."""
        found = {f"{stage.id}.{phase.id}": phase for stage in self.stages.values() for phase in self.gates[stage.gate].phases.values()}
        if any(edge.target == FINISHED for edge in self.edges):
            found[FINISHED] = Phase(id=FINISHED, title=Text.of("finished", "已完成"), final=True)
        return found

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The whole machine: every move from every state it can be made in, with all it requires there."""
        return tuple(_edges(self))

    @cached_property
    def edges_by_state(self) -> dict[str, dict[str, Edge]]:
        """state -> move -> edge"""
        found: dict[str, dict[str, Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, {})[edge.move.id] = edge
        return found

    def edge_of(self, state: str, move: str) -> Edge | None:
        """A move as it can be made in `state`; where it cannot, as it could be made elsewhere in that stage, or in another.

        Moves of one name may stand in several gates and ask for different people: only the edge says what holds here.
        """
        here = self.edges_by_state.get(state, {}).get(move)
        if here is not None:
            return here
        stage = state.partition(".")[0]
        found = [edge for edge in self.edges if edge.move.id == move]
        near = [edge for edge in found if edge.source.partition(".")[0] == stage] or found
        return near[0] if near else None

    @cached_property
    def moves(self) -> dict[str, Move]:
        """Every move of a branch by id, those that close steps included. A move of one name may stand in several gates."""
        return {edge.move.id: edge.move for edge in reversed(self.edges)}

    def stage_of(self, state: str) -> Stage | None:
        """The stage of a state `stage.phase`; None for "finished"."""
        return self.stages.get(state.partition(".")[0])

    def next_stage(self, stage: Stage) -> Stage | None:
        following = iter(self.stages.values())
        for candidate in following:
            if candidate.id == stage.id:
                return next(following, None)
        return None

    def state_title(self, state: str, lang: str) -> str:
        """What a state is called; one of another version of the rules by its id."""
        stage, phase = self.stage_of(state), self.states.get(state)
        if phase is None:
            return state
        return phase.title.say(lang) if stage is None else f"{stage.title.say(lang)} · {phase.title.say(lang)}"

    def cycle_at(self, place: str) -> Text | None:
        """What an attempt is called in a stage or state: None where it is just an attempt.

        Of what is no place of a branch (a state of a case) it is known only where all stages call it the same.
        """
        stage = self.stage_of(place)
        return self.cycle if stage is None else stage.cycle

    @cached_property
    def cycle(self) -> Text | None:
        """What attempts are called where all stages call them the same."""
        titles = [stage.cycle for stage in self.stages.values()]
        return titles[0] if all(title == titles[0] for title in titles) else None

    @cached_property
    def ways_on(self) -> dict[str, tuple[Edge, ...]]:
        """State -> the way from it to the next stage, filled by `graph.to_next_stage`: a board asks for the same few again and again."""
        return {}

    @cached_property
    def ways_round(self) -> dict[str, tuple[Edge, ...]]:
        """State -> the way from it to the next time round its stage, filled by `graph.to_next_cycle`."""
        return {}

    @cached_property
    def functions(self) -> dict[str, HostFunction]:
        """The functions of its host that its checks may call."""
        return functions(self.extensions)

    @cached_property
    def texts(self) -> dict[str, Text]:
        """What `{name}` in a title stands for: each parameter with its unit."""
        return {p.id: self.figure(p.value, p.unit) for p in self.parameters.values()}

    def figure(self, value: Value, unit: str | None) -> Text:
        """A figure with its unit, as people write it: `40 h`, `40小时`."""
        return figure_text(value, None if unit is None else self.units.get(unit, Text.same(unit)))


@frozen(kw_only=True)
class Edge:
    """A move as it can be made in one state."""

    source: str
    target: str
    move: Move
    requires: tuple[str, ...]

    @property
    def begins_attempt(self) -> bool:
        """Does the branch start afresh with it, in whatever stage it leads to?"""
        return any(effect.kind == "new_attempt" for effect in self.move.effects)


def _edges(definition: Definition) -> list[Edge]:
    edges = []
    for stage in definition.stages.values():
        gate = definition.gates[stage.gate]
        for move in gate.moves.values():
            requires = tuple(dict.fromkeys((*move.requires, *stage.requires.get(move.id, ()))))
            for source in move.sources:
                target = _target(definition, stage, source, move)
                edges.append(Edge(source=f"{stage.id}.{source}", target=target, move=move, requires=requires))
        for step in stage.steps.values():
            title = Text({lang: f"{_CLOSE_WORD.get(lang, 'close')} {step.title.say(lang)}" for lang in definition.languages})
            move = Move(
                id=CLOSE + step.id,
                title=title,
                sources=gate.steps_in,
                to=None,
                by=step.by,
                requires=step.requires,
                step=step.id,
                origin=step.origin,
            )
            for source in gate.steps_in:
                state = f"{stage.id}.{source}"
                edges.append(Edge(source=state, target=state, move=move, requires=step.requires))
    return edges


_CLOSE_WORD = {"en": "close", "zh": "办结"}


def _target(definition: Definition, stage: Stage, source: str, move: Move) -> str:
    if move.to is None:
        return f"{stage.id}.{source}"
    if move.to == NEXT_STAGE:
        following = definition.next_stage(stage)
        return FINISHED if following is None else f"{following.id}.{definition.gates[following.gate].first}"
    return move.to if "." in move.to else f"{stage.id}.{move.to}"


def figure_text(value: Value, unit: Text | None) -> Text:
    """A figure with its unit: `40 h`, `26.67 h`, `2005-01-31`, `a, b`. Chinese units follow the number without a blank."""
    if isinstance(value, tuple):
        return Text.same(", ".join(str(v) for v in value))
    if isinstance(value, bool):
        return Text.of("yes", "是") if value else Text.of("no", "否")
    shown = number_text(value) if isinstance(value, (int, float)) else str(value)
    if unit is None:
        return Text.same(shown)
    return Text({lang: f"{shown} {word}" if word.isascii() else shown + word for lang, word in unit.by_language.items()})


def number_text(number: float) -> str:
    """At most two decimals, no trailing zeros, thousands grouped: `14,972`, `26.67`, `0.5`."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")

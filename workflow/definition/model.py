"""What a definition says, as plain frozen values. Ids are strings; texts are `Text`; every mapping keeps the order of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from attrs import define, field, frozen

from workflow.texts import Text

if TYPE_CHECKING:
    from workflow.definition.expressions import Expression

Scalar = bool | int | float | str | date
Value = Scalar | tuple[Scalar, ...]
Scope = Literal["branch", "assigned", "all"]
Level = Literal["block", "warn", "observe"]

FINISHED = "finished"
NEXT_STAGE = "next_stage"
EACH_STAGE = "each_stage"
CLOSE = "close_"  # prefix of the move that closes a step
MEMBERS = "members"  # in `not_by`: anybody on the branch's roll
OPEN = "open"  # in a case's `not_by`: who opened it


@frozen(kw_only=True)
class Calendar:
    country: str | None = None
    zone: str = "UTC"


@frozen(kw_only=True)
class Instrument:
    """A document a rule comes from."""

    id: str
    title: Text
    issuer: Text | None = None
    number: str | None = None
    issued: date | None = None
    parent: str | None = None


@frozen(kw_only=True)
class Parameter:
    """A named figure. Exactly one of `value` and `derive` is given; `value` is filled in at load when derived."""

    id: str
    value: Value
    derive: Expression | None = None
    unit: str | None = None
    title: Text | None = None
    basis: tuple[str, ...] = ()


@frozen(kw_only=True)
class Role:
    id: str
    title: Text
    scope: Scope


FieldType = Literal["number", "integer", "text", "boolean", "date", "person", "choice"]


@frozen(kw_only=True)
class Field:
    """One value to be entered. `choice` has `options`; with `many` the value is a set of them."""

    id: str
    title: Text
    type: FieldType
    unit: str | None = None
    options: Mapping[str, Text] = field(factory=dict)
    many: bool = False
    optional: bool = False
    min: float | None = None
    max: float | None = None


@frozen(kw_only=True)
class Members:
    status: Mapping[str, Text]
    flags: Mapping[str, Text]
    fields: Mapping[str, Field]
    default: str | None = None


@frozen(kw_only=True)
class RecordKind:
    id: str
    title: Text
    of: Literal["member", "branch"]
    fields: Mapping[str, Field]
    by: tuple[str, ...]
    span: Literal["attempt", "campaign"] = "campaign"
    lines: str | None = None


@frozen(kw_only=True)
class Requirement:
    """A guard. `each` is None (one question about the branch), "member", "step", "child" or the id of a case kind."""

    id: str
    title: Text
    check: Expression
    owner: str
    remedy: Text
    basis: tuple[str, ...]
    each: str | None = None
    when: Expression | None = None
    level: Level = "block"
    waivable_by: tuple[str, ...] = ()
    due: str | None = None


@frozen(kw_only=True)
class Phase:
    """Where a branch stands inside a stage; also a state of a case."""

    id: str
    title: Text
    final: bool = False


@frozen(kw_only=True)
class Effect:
    kind: Literal["new_attempt", "extend"]
    days: Expression | None = None


@frozen(kw_only=True)
class Move:
    """A named transition of a gate or of a case. `to` is a phase, "next_stage", "stage.phase", or None (stay)."""

    id: str
    title: Text
    sources: tuple[str, ...]
    to: str | None
    by: tuple[str, ...]
    not_by: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    takes: Mapping[str, Field] = field(factory=dict)
    effects: tuple[Effect, ...] = ()
    step: str | None = None  # the step this move closes


@frozen(kw_only=True)
class Gate:
    id: str
    title: Text
    phases: Mapping[str, Phase]
    moves: Mapping[str, Move]
    steps_in: tuple[str, ...]

    @property
    def first(self) -> str:
        return next(iter(self.phases))


@frozen(kw_only=True)
class Step:
    id: str
    title: Text
    by: tuple[str, ...]
    after: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@frozen(kw_only=True)
class Stage:
    id: str
    title: Text
    number: int  # from 1, in order
    gate: str
    lasts: int | None = None  # days
    steps: Mapping[str, Step] = field(factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(factory=dict)  # by move


@frozen(kw_only=True)
class CaseKind:
    id: str
    title: Text
    of: Literal["member", "branch"]
    by: tuple[str, ...]
    fields: Mapping[str, Field]
    states: Mapping[str, Phase]
    moves: Mapping[str, Move]

    @property
    def first(self) -> str:
        return next(iter(self.states))

    @cached_property
    def all_fields(self) -> dict[str, Field]:
        """What is given at opening and, possibly still missing, what its moves take."""
        return {**{k: f for move in self.moves.values() for k, f in move.takes.items()}, **self.fields}


@frozen(kw_only=True)
class Due:
    """A due time: the day `on`, or so many `days` or `working_days` after the event called `after`."""

    on: date | None = None
    after: str | None = None
    days: int | None = None
    working_days: int | None = None


@frozen(kw_only=True)
class Rung:
    """One announcement: `days` before (negative) or after the due day, to a role."""

    days: int
    to: str


@frozen(kw_only=True)
class Deadline:
    id: str
    title: Text
    due: Due
    owner: str
    ladder: tuple[Rung, ...]
    until: Expression | None = None
    each: str | None = None


@frozen(kw_only=True)
class Invariant:
    """Every way from a state of `start` to a state of `goal` makes the move `move` by none but the roles `by`, requiring `requires`."""

    id: str
    title: Text
    start: str
    goal: str
    move: str | None
    by: tuple[str, ...] = ()
    requires: str | None = None
    basis: tuple[str, ...] = ()


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
    invariants: Mapping[str, Invariant]

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
        stage = self.stage_of(state)
        if stage is None:
            return self.states[state].title.say(lang) if state in self.states else state
        return f"{stage.title.say(lang)} · {self.states[state].title.say(lang)}"

    @cached_property
    def ways_on(self) -> dict[str, tuple[Edge, ...]]:
        """State -> the way from it to the next stage, filled by `graph.to_next_stage`: a board asks for the same few again and again."""
        return {}

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
            move = Move(id=CLOSE + step.id, title=title, sources=gate.steps_in, to=None, by=step.by, requires=step.requires, step=step.id)
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

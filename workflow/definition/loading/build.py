"""From a draft to the model: all that holds no expression. Pieces that miss are left out; they were reported before."""

from __future__ import annotations

from typing import Any, get_args

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import (
    NEXT_STAGE,
    CaseKind,
    Field,
    FieldType,
    Gate,
    Instrument,
    Invariant,
    Members,
    Move,
    Phase,
    RecordKind,
    Role,
    Stage,
    Step,
)
from workflow.texts import Text, humanise


def instruments(draft: Draft) -> dict[str, Instrument]:
    found = {}
    for path, name, value in draft.entries(("instruments",)):
        found[name] = Instrument(
            id=name,
            title=draft.text((*path, "title")),
            issuer=draft.text((*path, "issuer")) if "issuer" in value else None,
            number=value.get("number"),
            issued=draft.date((*path, "issued")),
            parent=value.get("parent"),
        )
    return found


def roles(draft: Draft) -> dict[str, Role]:
    return {
        name: Role(id=name, title=draft.text((*path, "title"), name), scope=value.get("scope", "branch"))
        for path, name, value in draft.entries(("roles",))
    }


def titled(draft: Draft, path: Path) -> dict[str, Text]:
    """A list of ids, or a mapping from id to text."""
    found = draft.get(path)
    if isinstance(found, dict):
        return {name: draft.said(at, value) for at, name, value in draft.entries(path)}
    ids = draft.names(path)
    if ids:
        _want_titles(draft, path)
    return {name: humanise(name) for name in ids}


def _want_titles(draft: Draft, path: Path) -> None:
    if len(draft.languages) > 1:
        wanted = ", ".join(f"{language}: ..." for language in draft.languages)
        draft.fault(
            path, f"these have no titles, {{id: {{{wanted}}}}} was expected", f"各项没有标题，应为 {{id: {{{wanted}}}}}", "language"
        )


def fields(draft: Draft, path: Path) -> dict[str, Field]:
    found = {}
    for at, name, value in draft.entries(path):
        one = _field(draft, at, name, value)
        if one is not None:
            found[name] = one
    return found


def _field(draft: Draft, path: Path, name: str, value: Any) -> Field | None:
    title = draft.text((*path, "title"), name)
    if isinstance(value, str):
        value = {"type": value}
    if isinstance(value, list):
        return Field(id=name, title=title, type="choice", options=titled(draft, path))
    low, high = value.get("min"), value.get("max")
    if low is not None and high is not None and low > high:
        draft.fault((*path, "max"), f"max {high} is less than min {low}", f"max {high} 小于 min {low}", "maximum")
        low = high = None
    kind: Any = "choice" if "options" in value else value.get("type")
    if kind is None:
        return None
    return Field(
        id=name,
        title=title,
        type=kind,
        unit=value.get("unit"),
        options=titled(draft, (*path, "options")),
        many=value.get("many", False),
        optional=value.get("optional", False),
        min=low,
        max=high,
    )


def of_any_type(field: Field) -> bool:
    """Is the type of a field one that nobody knows, which was reported?"""
    return field.type not in get_args(FieldType)


def same_type(one: Field, other: Field) -> bool:
    """Can a value of one field be a value of the other, whatever else they ask of it?"""
    if of_any_type(one) or of_any_type(other):
        return True
    return (one.type, one.unit, one.many, set(one.options)) == (other.type, other.unit, other.many, set(other.options))


def members(draft: Draft) -> Members | None:
    value = draft.get(("members",))
    if value is None:
        return None
    return Members(
        status=titled(draft, ("members", "status")),
        flags=titled(draft, ("members", "flags")),
        fields=fields(draft, ("members", "fields")),
        default=value.get("default"),
        departures=titled(draft, ("members", "departures")),
    )


def records(draft: Draft) -> dict[str, RecordKind]:
    return {
        name: RecordKind(
            id=name,
            title=draft.text((*path, "title"), name),
            of=value.get("of", "branch"),
            fields=fields(draft, (*path, "fields")),
            by=draft.names((*path, "by")),
            span=value.get("span", "campaign"),
            lines=value.get("lines"),
            validate=value.get("validate"),
            origin=draft.origin(path),
        )
        for path, name, value in draft.entries(("records",))
    }


def phases(draft: Draft, path: Path) -> dict[str, Phase]:
    if not isinstance(draft.get(path), dict):
        return {name: Phase(id=name, title=title) for name, title in titled(draft, path).items()}
    found = {}
    for at, name, value in draft.entries(path):
        marked = isinstance(value, dict) and ("title" in value or "final" in value)
        title = draft.text((*at, "title"), name) if marked else draft.said(at, value)
        found[name] = Phase(id=name, title=title, final=marked and value.get("final", False))
    return found


def moves(draft: Draft, path: Path) -> dict[str, Move]:
    """The moves of a gate or a case; effects, which hold expressions, come later."""
    return {
        name: Move(
            id=name,
            title=draft.text((*at, "title"), name),
            sources=draft.names((*at, "from")),
            to=value.get("to"),
            by=draft.names((*at, "by")),
            not_by=draft.names((*at, "not_by")),
            requires=draft.names((*at, "requires")),
            takes=fields(draft, (*at, "takes")),
            origin=draft.origin(at),
        )
        for at, name, value in draft.entries(path)
    }


def gates(draft: Draft) -> dict[str, Gate]:
    found = {}
    for path, name, _ in draft.entries(("gates",)):
        its_phases = phases(draft, (*path, "phases"))
        steps_in = draft.names((*path, "steps_in")) or tuple(its_phases)[:1]
        titled = draft.get((*path, "title")) is not None
        title = draft.text((*path, "title")) if titled else humanise(name)
        found[name] = Gate(id=name, title=title, phases=its_phases, moves=moves(draft, (*path, "moves")), steps_in=steps_in)
    return found


def stages(draft: Draft, known: dict[str, Gate]) -> dict[str, Stage]:
    """The stages whose gate is one of `known`."""
    found = {}
    names = [name for _, name, _ in draft.entries(("stages",))]
    for number, (path, name, value) in enumerate(draft.entries(("stages",)), 1):
        title, steps, gate = draft.text((*path, "title"), name), _steps(draft, (*path, "steps")), known.get(value.get("gate", ""))
        if gate is not None:
            found[name] = Stage(
                id=name,
                title=title,
                number=number,
                gate=gate.id,
                lasts=_lasts(value, "d"),
                months=_lasts(value, "m"),
                cycle=draft.text((*path, "cycle")) if "cycle" in value else None,
                steps=steps,
                requires=_stage_requires(draft, (*path, "requires"), gate, names[number:]),
            )
    return found


def _lasts(stage: Any, unit: str) -> int | None:
    stated: str = stage.get("lasts", "")
    return int(stated[:-1]) if stated.endswith(unit) else None


def _steps(draft: Draft, path: Path) -> dict[str, Step]:
    return {
        name: Step(
            id=name,
            title=draft.text((*at, "title"), name),
            by=draft.names((*at, "by")),
            after=draft.names((*at, "after")),
            requires=draft.names((*at, "requires")),
            origin=draft.origin(at),
        )
        for at, name, _ in draft.entries(path)
    }


def _stage_requires(draft: Draft, path: Path, gate: Gate, later: list[str]) -> dict[str, tuple[str, ...]]:
    """By move; a plain list belongs to every move into the next stage, or into another of the `later` ones."""
    found = draft.get(path)
    if isinstance(found, dict):
        return {move: draft.names(at) for at, move, _ in draft.entries(path)}
    onward = [move.id for move in gate.moves.values() if move.to == NEXT_STAGE or _stage_of(move.to or "") in later]
    known = all(move.to is None or move.to in gate.phases or "." in move.to for move in gate.moves.values())
    if found and known and not onward and not draft.touched(("gates", gate.id, "moves")):
        draft.fault(
            path,
            f"no move of the gate {gate.id} leads to next_stage or a later one, {{MOVE: [...]}} was expected",
            f"关口 {gate.id} 没有通往 next_stage 或更后阶段的动作，应为 {{动作: [...]}}",
            "reference",
        )
    return {move: draft.names(path) for move in onward}


def _stage_of(target: str) -> str:
    stage, dot, _ = target.partition(".")
    return stage if dot else ""


def cases(draft: Draft) -> dict[str, CaseKind]:
    return {
        name: CaseKind(
            id=name,
            title=draft.text((*path, "title"), name),
            of=value.get("of", "branch"),
            by=draft.names((*path, "by")),
            fields=fields(draft, (*path, "fields")),
            states=phases(draft, (*path, "states")),
            moves=moves(draft, (*path, "moves")),
            origin=draft.origin(path),
        )
        for path, name, value in draft.entries(("cases",))
    }


def invariants(draft: Draft) -> dict[str, Invariant]:
    found = {}
    for path, name, _ in draft.entries(("invariants",)):
        every, passes = draft.get((*path, "every_way")) or {}, draft.get((*path, "passes")) or {}
        found[name] = Invariant(
            id=name,
            title=draft.text((*path, "title")),
            start=every.get("from", ""),
            goal=every.get("to", ""),
            move=passes.get("move"),
            by=draft.names((*path, "passes", "by")),
            requires=passes.get("requires"),
            basis=draft.names((*path, "basis")),
        )
    return found

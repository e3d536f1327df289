"""From a draft to the model: all that holds expressions. Whatever does not compile is reported and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import TypeVar

from attrs import evolve

from workflow.definition.circles import circles
from workflow.definition.expressions import Expression, ExpressionFault, World, compile_check, compile_value, derive
from workflow.definition.loading.build import same_type
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path, dotted
from workflow.definition.model import (
    CaseKind,
    Effect,
    Field,
    Gate,
    Move,
    Parameter,
    Requirement,
    Stage,
    Tightening,
    Value,
)

T = TypeVar("T")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def compiled(draft: Draft, path: Path, compiler: Callable[[str], T]) -> T | None:
    """What an expression compiles to; None, with all its problems reported, if it does not."""
    text = draft.get(path)
    if text is None or not draft.shape.names.isdisjoint(_NAME.findall(text)):
        return None
    try:
        return compiler(text)
    except ExpressionFault as fault:
        for problem in fault.problems:
            draft.source.fault(path, problem.text, problem.code, offset=problem.offset)
        return None


def parameters(draft: Draft) -> dict[str, Parameter]:
    """All parameters in the order of the file; those derived from others are computed after them."""
    derived = {name: value["derive"] for _, name, value in draft.entries(("parameters",)) if "derive" in value}
    found: dict[str, Parameter] = {}
    for path, name, value in draft.entries(("parameters",)):
        if "value" in value and name not in derived:
            found[name] = _parameter(draft, path, name, _value(draft, (*path, "value")))
    for name in _in_order(draft, derived):
        path = ("parameters", name)
        result = compiled(draft, (*path, "derive"), lambda text: derive(text, found))
        if result is None:
            draft.shape.names.add(name)
        else:
            expression, figure, unit = result
            found[name] = evolve(_parameter(draft, path, name, figure), derive=expression, unit=_unit(draft, path, unit))
    return {name: found[name] for _, name, _ in draft.entries(("parameters",)) if name in found}


def _parameter(draft: Draft, path: Path, name: str, figure: Value) -> Parameter:
    stated = draft.get(path)
    return Parameter(
        id=name,
        value=figure,
        unit=stated.get("unit"),
        title=draft.text((*path, "title")) if "title" in stated else None,
        basis=draft.names((*path, "basis")),
        stricter=stated.get("stricter"),
        origin=draft.origin(path),
        tightened=tuple(Tightening(**change) for change in draft.get(("tightened", dotted((*path, "value")))) or ()),
    )


def _value(draft: Draft, path: Path) -> Value:
    stated = draft.get(path)
    if isinstance(stated, list):
        return draft.names(path)
    if isinstance(stated, str) and _DATE.fullmatch(stated):
        return draft.date(path) or ""
    figure: Value = stated
    return figure


def _unit(draft: Draft, path: Path, found: str | None) -> str | None:
    stated: str | None = draft.get((*path, "unit"))
    if stated and found and stated != found:
        draft.fault(
            (*path, "unit"),
            f"the unit is stated as {stated}, but the expression gives {found}",
            f"单位写作 {stated}，而表达式得出 {found}",
            "unit",
        )
    return stated or found


def _in_order(draft: Draft, derived: Mapping[str, str]) -> Iterator[str]:
    """Each derived parameter after those it uses; those in a circle are reported and left out."""
    uses = {name: {used for used in _NAME.findall(text) if used in derived} for name, text in derived.items()}
    for circle in circles(uses):
        shown = " -> ".join(circle)
        path = ("parameters", circle[0], "derive")
        draft.fault(path, f"derived in a circle: {shown}", f"循环推导：{shown}", "circle")
        draft.shape.names.update(circle)
        for name in circle:
            uses.pop(name, None)
    yield from (name for name in TopologicalSorter(uses).static_order() if name in uses)


def with_effects(draft: Draft, gates: Mapping[str, Gate], world: World) -> dict[str, Gate]:
    """The gates, the expressions of their moves' effects compiled."""
    found = {}
    for gate in gates.values():
        path: Path = ("gates", gate.id, "moves")
        moves = {name: evolve(move, effects=tuple(_effects(draft, (*path, name), move, world))) for name, move in gate.moves.items()}
        found[gate.id] = evolve(gate, moves=moves)
    return found


def _effects(draft: Draft, path: Path, move: Move, world: World) -> Iterator[Effect]:
    for at, effect in draft.listed((*path, "effects")):
        if effect == "new_attempt":
            yield Effect(kind="new_attempt")
        else:
            days = compiled(draft, (*at, "extend"), lambda text: compile_value(text, world, takes=move.takes))
            if days is not None:
                yield Effect(kind="extend", days=days)


Takes = dict[str, list[Field]]


def takes_by_requirement(gates: Mapping[str, Gate], stages: Mapping[str, Stage], cases: Mapping[str, CaseKind]) -> dict[str, Takes]:
    """For each requirement what the moves that ask for it take: name -> the fields of that name."""
    asked: list[tuple[str, Move]] = []
    for gate in gates.values():
        for move in gate.moves.values():
            by_stage = (name for stage in stages.values() if stage.gate == gate.id for name in stage.requires.get(move.id, ()))
            asked += [(name, move) for name in (*move.requires, *by_stage)]
    asked += [(name, move) for case in cases.values() for move in case.moves.values() for name in move.requires]
    found: dict[str, Takes] = {}
    for name, move in asked:
        takes = found.setdefault(name, {})
        for field in move.takes.values():
            takes.setdefault(field.id, []).append(field)
    return found


def requirements(draft: Draft, world: World, takes: Mapping[str, Takes]) -> dict[str, Requirement]:
    found = {}
    for path, name, value in draft.entries(("requirements",)):
        title, remedy = draft.text((*path, "title")), draft.text((*path, "remedy"))
        if not known_each(draft, path, world):
            continue
        given = takes.get(name, {})
        check, when = (_check(draft, (*path, key), world, value.get("each"), given) for key in ("check", "when"))
        if check is not None:
            found[name] = Requirement(
                id=name,
                title=title,
                check=check,
                owner=value.get("owner", ""),
                remedy=remedy,
                basis=draft.names((*path, "basis")),
                each=value.get("each"),
                when=when,
                level=value.get("level", "block"),
                waivable_by=draft.names((*path, "waivable_by")),
                due=value.get("due"),
                origin=draft.origin(path),
            )
    return found


def known_each(draft: Draft, path: Path, world: World) -> bool:
    each = draft.get((*path, "each"))
    if each is None:
        return (*path, "each") not in draft.shape.gone
    return each in ("step", "child") or each in world.cases or (each == "member" and world.members is not None)


def _check(draft: Draft, path: Path, world: World, each: str | None, takes: Takes | None = None) -> Expression | None:
    given = {name: fields[0] for name, fields in (takes or {}).items()}
    found = compiled(draft, path, lambda text: compile_check(text, world, each=each, takes=given or None))
    for name, fields in (takes or {}).items() if found else ():
        used = re.search(rf"\bmove\.{name}\b", found.text) if found else None
        if used and any(not same_type(fields[0], other) for other in fields):
            en = f"move.{name} is of two types in the moves that require this, one was expected"
            draft.fault(path, en, f"要求此条件的各动作中 move.{name} 有两种类型，应只有一种", "type", offset=used.start())
    return found

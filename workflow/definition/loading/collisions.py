"""Names that would mean two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword

from workflow.definition.loading.build import same_type
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path, dotted
from workflow.definition.model import CLOSE, EACH_STAGE, FINISHED, MEMBERS, NEXT_STAGE, OPEN, CaseKind, Field, Gate, Stage

Named = tuple[str, Path]

VARIABLES = ("campaign", "branch", "member", "today", "move", "step", "child")
PLACE = ("id", "title", "batch", "group", "stage", "phase", "attempt", "entered", "since", "planned_end", "paused")
BRANCH = (*PLACE, "members", "steps", "children")
MEMBER = ("id", "name", "status")
RECORD = ("happened", "recorded", "recorded_by", "seq", "member")
CASE = ("id", "state", "open", "opened", "since", "member")


def check_collisions(draft: Draft, gates: Mapping[str, Gate], stages: Mapping[str, Stage], cases: Mapping[str, CaseKind]) -> None:
    """Report every name that would mean two things, and every one no expression could use."""
    parameters, kinds = _under(draft, ("parameters",)), _under(draft, ("cases",))
    _each_once(draft, VARIABLES, "a word of expressions", "表达式的用词", [*parameters, *kinds])
    _each_once(draft, (), "", "", [*_under(draft, ("records",)), *kinds])
    _each_once(draft, BRANCH, "an attribute of every branch", "支部的固有属性", _attributes(draft, "branch", ("branches", "fields")))
    members = [*_under(draft, ("members", "flags")), *_attributes(draft, "member", ("members", "fields"))]
    _each_once(draft, MEMBER, "an attribute of every member", "党员的固有属性", members)
    for record, _, _ in draft.entries(("records",)):
        _each_once(draft, RECORD, "an attribute of every record", "记录的固有属性", _under(draft, (*record, "fields")))
    for case in cases.values():
        _case(draft, case)
    _machine(draft, gates, stages)
    _keywords(draft, [*parameters, *kinds, *_under(draft, ("records",)), *members, *_all_fields(draft)])


def _under(draft: Draft, path: Path) -> list[Named]:
    """The ids declared at a path, each with its own path."""
    found = draft.get(path)
    if isinstance(found, dict):
        return [(name, (*path, name)) for name in found]
    return [(name, at) for at, name in draft.listed(path)]


def _attributes(draft: Draft, owner: str, fields: Path) -> list[Named]:
    owned = [
        (name, path) for section in ("records", "cases") for path, name, value in draft.entries((section,)) if value.get("of") == owner
    ]
    return [*_under(draft, fields), *owned]


def _refuse(draft: Draft, path: Path, en: str, zh: str) -> None:
    name = draft.get(path) if isinstance(path[-1], int) else path[-1]
    draft.fault(path, f"{name} is {en}, another name was expected", f"{name} 是{zh}，应另取名", "name", key=True)


def _each_once(draft: Draft, taken: Iterable[str], en: str, zh: str, names: Iterable[Named]) -> None:
    first: dict[str, str] = {}
    for name, path in names:
        if name in taken:
            _refuse(draft, path, en, zh)
        elif name in first:
            _refuse(draft, path, f"declared at {first[name]} too", f" {first[name]} 已声明的名称")
        else:
            first[name] = dotted(path)


def _all_fields(draft: Draft) -> Iterator[Named]:
    for section in ("records", "cases"):
        for path, _, _ in draft.entries((section,)):
            yield from _under(draft, (*path, "fields"))
    for section in ("gates", "cases"):
        for path, _, _ in draft.entries((section,)):
            for move, _, _ in draft.entries((*path, "moves")):
                yield from _under(draft, (*move, "takes"))


def _keywords(draft: Draft, names: Iterable[Named]) -> None:
    for name, path in names:
        if iskeyword(name):
            _refuse(draft, path, "a word of expressions", "表达式的用词")


def _case(draft: Draft, case: CaseKind) -> None:
    """What a case's fields and moves are called: one name, one type, and nothing `not_by` could take for another."""
    path: Path = ("cases", case.id)
    places = [((*path, "fields"), case.fields), *(((*path, "moves", move.id, "takes"), move.takes) for move in case.moves.values())]
    first: dict[str, Field] = {}
    for at, fields in places:
        _each_once(draft, CASE, "an attribute of every case", "事项的固有属性", ((name, (*at, name)) for name in fields))
        for name, field in fields.items():
            if not same_type(first.setdefault(name, field), field):
                _refuse(draft, (*at, name), f"of another type elsewhere in {case.id}", f" {case.id} 中另有类型的名称")
            if field.type == "person" and name in (*case.moves, OPEN, MEMBERS):
                _refuse(draft, (*at, name), "something else in not_by", " not_by 中另有所指的名称")
    for move in case.moves:
        if move in (OPEN, MEMBERS):
            _refuse(draft, (*path, "moves", move), "something else in not_by", " not_by 中另有所指的名称")


def _machine(draft: Draft, gates: Mapping[str, Gate], stages: Mapping[str, Stage]) -> None:
    reserved: list[Named] = [(name, ("stages", name)) for name in stages if name in (FINISHED, EACH_STAGE, NEXT_STAGE)]
    for gate in gates:
        reserved += [found for found in _under(draft, ("gates", gate, "phases")) if found[0] == NEXT_STAGE]
        reserved += [found for found in _under(draft, ("gates", gate, "moves")) if found[0] == MEMBERS]
    for _, path in reserved:
        _refuse(draft, path, "a word of the language", "方案语言的用词")
    for stage in stages.values():
        for step in stage.steps:
            if CLOSE + step in gates[stage.gate].moves:
                en, zh = f"closed by {CLOSE}{step}, also a move of {stage.gate}", f"由 {CLOSE}{step} 办结的环节，与 {stage.gate} 的动作重名"
                _refuse(draft, ("stages", stage.id, "steps", step), en, zh)

"""Names that would mean two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword

from workflow.definition.draft import Draft
from workflow.definition.faults import Path
from workflow.definition.model import CLOSE, EACH_STAGE, FINISHED, MEMBERS, NEXT_STAGE, OPEN, CaseKind, Field, Gate, Stage

Named = tuple[str, Path]

VARIABLES = ("branch", "member", "today", "move", "step", "child")
BRANCH = ("id", "title", "batch", "group", "stage", "phase", "attempt", "entered", "since", "planned_end", "members", "steps", "children")
MEMBER = ("id", "name", "status")
RECORD = ("happened", "recorded", "recorded_by")
CASE = ("id", "state", "open", "opened", "since")


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


def _each_once(draft: Draft, taken: Iterable[str], en: str, zh: str, names: Iterable[Named]) -> None:
    first: dict[str, str] = {}
    for name, path in names:
        if name in taken:
            draft.fault(path, f"{name} is {en}, another name was expected", f"{name} 是{zh}，应另取名", "name", key=True)
        elif name in first:
            draft.fault(
                path,
                f"{name} is declared in {first[name]} too, another name was expected",
                f"{name} 在 {first[name]} 中也有声明，应另取名",
                "name",
                key=True,
            )
        else:
            first[name] = str(path[-2] if isinstance(path[-1], int) else path[0] if len(path) == 2 else path[1])


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
            draft.fault(
                path, f"{name} is a word of expressions, another name was expected", f"{name} 是表达式的用词，应另取名", "name", key=True
            )


def _case(draft: Draft, case: CaseKind) -> None:
    """What a case's fields and moves are called: one name, one type, and nothing `not_by` could take for another."""
    path: Path = ("cases", case.id)
    places = [((*path, "fields"), case.fields), *(((*path, "moves", move.id, "takes"), move.takes) for move in case.moves.values())]
    first: dict[str, Field] = {}
    for at, fields in places:
        _each_once(draft, CASE, "an attribute of every case", "事项的固有属性", ((name, (*at, name)) for name in fields))
        for name, field in fields.items():
            known = first.setdefault(name, field)
            if (known.type, known.unit, known.many, set(known.options)) != (field.type, field.unit, field.many, set(field.options)):
                draft.fault(
                    (*at, name),
                    f"{name} has another type elsewhere in {case.id}, one type was expected",
                    f"{name} 在 {case.id} 中另有类型，应只有一种",
                    "type",
                    key=True,
                )
            if field.type == "person" and name in (*case.moves, OPEN, MEMBERS):
                draft.fault(
                    (*at, name),
                    f"{name} means something else in not_by, another name was expected",
                    f"{name} 在 not_by 中另有所指，应另取名",
                    "name",
                    key=True,
                )
    for move in case.moves:
        if move in (OPEN, MEMBERS):
            draft.fault(
                (*path, "moves", move),
                f"{move} means something else in not_by, another name was expected",
                f"{move} 在 not_by 中另有所指，应另取名",
                "name",
                key=True,
            )


def _machine(draft: Draft, gates: Mapping[str, Gate], stages: Mapping[str, Stage]) -> None:
    for stage in stages.values():
        if stage.id in (FINISHED, EACH_STAGE, NEXT_STAGE):
            draft.fault(
                ("stages", stage.id),
                f"{stage.id} is no name for a stage, another was expected",
                f"{stage.id} 不能作阶段名，应另取名",
                "name",
                key=True,
            )
        for step in stage.steps:
            if CLOSE + step in gates[stage.gate].moves:
                draft.fault(
                    ("stages", stage.id, "steps", step),
                    f"the move {CLOSE}{step} that closes this step is also a move of the gate {stage.gate}",
                    f"办结此环节的动作 {CLOSE}{step} 与关口 {stage.gate} 的动作重名",
                    "name",
                    key=True,
                )
    for gate in gates.values():
        for section, reserved in (("phases", NEXT_STAGE), ("moves", MEMBERS)):
            for name, path in _under(draft, ("gates", gate.id, section)):
                if name == reserved:
                    draft.fault(
                        path,
                        f"{name} is a word of the language, another name was expected",
                        f"{name} 是方案语言的用词，应另取名",
                        "name",
                        key=True,
                    )

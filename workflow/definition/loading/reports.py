"""From a draft to the reports of the model. Lines are read in order: each may use those before it."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword

from workflow.definition.expressions import Expression, World, compile_figure
from workflow.definition.expressions.types import ANY_UNIT, DATE, Type
from workflow.definition.loading.collisions import VARIABLES
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.loading.guards import compiled, known_each
from workflow.definition.model import RecordKind
from workflow.definition.reporting import BEGINS, ENDS, ReportKind, ReportLine

_NUMBERS = ("number", "integer")


def reports(draft: Draft, world: World) -> dict[str, ReportKind]:
    found = {}
    for path, name, value in draft.entries(("reports",)):
        names: dict[str, Type] = {BEGINS: DATE, ENDS: DATE} if "period" in value else {}
        _check_names(draft, path, world, frozenset(names))
        lines: dict[str, ReportLine] = {}
        for at, line, _ in draft.entries((*path, "lines")):
            made = _line(draft, at, line, world, names)
            if made is None:
                draft.shape.names.add(line)  # what builds on it must not be blamed
            else:
                lines[line] = made
                names[line] = Type("number", unit=made.unit or ANY_UNIT)
        compares = value.get("compares")
        if compares in world.records:
            _check_filed(draft, path, world.records[compares], lines)
        found[name] = ReportKind(
            id=name,
            title=draft.text((*path, "title"), name),
            lines=lines,
            of=value.get("of", "branch"),
            each=value.get("each"),
            period=value.get("period"),
            compares=compares,
            basis=draft.names((*path, "basis")),
        )
    return found


def _line(draft: Draft, path: Path, name: str, world: World, names: Mapping[str, Type]) -> ReportLine | None:
    value = draft.get(path)
    title = draft.text((*path, "title"), name)
    if not known_each(draft, path, world):
        return None
    each = value.get("each")
    parts = {
        key: compiled(draft, (*path, key), lambda text: compile_figure(text, world, each=each, names=names))
        for key in ("value", "when", "base", "before")
    }
    figure = parts["value"]
    if figure is None:
        return None
    for key, expression in parts.items():
        if expression is not None:
            _check_part(draft, (*path, key), expression, figure, each, names)
    return ReportLine(
        id=name,
        title=title,
        value=figure,
        unit=_unit(draft, path, figure),
        each=each,
        when=parts["when"],
        base=parts["base"],
        before=parts["before"],
        names=value.get("names", False),
        basis=draft.names((*path, "basis")),
    )


def _check_part(draft: Draft, path: Path, part: Expression, figure: Expression, each: str | None, names: Mapping[str, Type]) -> None:
    """A figure of the whole is not one of each branch: an expression is either over facts or over lines."""
    lines = sorted(part.names & set(names) - {BEGINS, ENDS})
    facts = part.reads_branch(each)
    condition = part.type.kind == "boolean"
    if lines and facts:
        listed = ", ".join(lines)
        draft.fault(
            path,
            f"uses both the figures {listed} and facts of a branch; make the facts a line of their own",
            f"同时使用了数字 {listed} 与支部事实；请将事实单列一行",
            "report",
        )
    elif lines and (each is not None or path[-1] == "when" or condition):
        draft.fault(
            path,
            "a figure over other lines is a number of the whole, asked of nobody",
            "引用其他行的数字属于整体，不针对个体，且应为数字",
            "report",
        )
    elif path[-1] == "when" and not condition:
        draft.fault(path, f"expected a condition, found {part.type}", f"应为条件，实为{part.type.zh}", "type")
    elif path[-1] in ("base", "before") and condition:
        draft.fault(path, f"expected a number, found {part.type}", f"应为数字，实为{part.type.zh}", "type")
    elif path[-1] == "base" and figure.type.kind == "boolean":
        draft.fault(path, "a condition counts out of those it is asked of; leave base out", "条件以所问总数为分母；请去掉 base", "report")


def _unit(draft: Draft, path: Path, figure: Expression) -> str | None:
    stated: str | None = draft.get((*path, "unit"))
    known = None if figure.type.unit == ANY_UNIT else figure.type.unit
    if stated and known and stated != known:
        draft.fault(
            (*path, "unit"),
            f"the unit is stated as {stated}, but the expression gives {known}",
            f"单位写作 {stated}，而表达式得出 {known}",
            "unit",
        )
    return stated or known


def _check_names(draft: Draft, path: Path, world: World, period: frozenset[str]) -> None:
    """A line is a name in the expressions of the lines below it: it must mean nothing else there."""
    taken = {*VARIABLES, "campaign", *period, *world.parameters, *world.cases}
    for at, name, _ in draft.entries((*path, "lines")):
        if name in taken or iskeyword(name):
            draft.fault(
                at,
                f"{name} means something else in expressions, another name was expected",
                f"{name} 在表达式中另有含义，应另取名",
                "name",
                key=True,
            )


def _check_filed(draft: Draft, path: Path, kind: RecordKind, lines: Mapping[str, ReportLine]) -> None:
    filed = [field.id for field in kind.fields.values() if field.type in _NUMBERS]
    at = (*path, "compares")
    if kind.of != "branch":
        draft.fault(
            at,
            f"{kind.id} is a record of the {kind.of}, one of a branch was expected",
            f"{kind.id} 不是支部的记录，应为支部的记录",
            "reference",
        )
    elif not set(filed) & set(lines):
        listed = ", ".join(filed) or "-"
        draft.fault(
            at, f"no line has the name of a number in {kind.id}: {listed}", f"没有与 {kind.id} 中数字同名的行：{listed}", "reference"
        )

"""What the parts of a check are called: fields, what every branch or case has, and collections that are counted."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from workflow.definition.model import Definition, Field
from workflow.texts import LANGUAGES, Text
from workflow.verdicts.render import words


def counted(definition: Definition, expression: str) -> tuple[Text, list[Text]] | None:
    """Of a part that goes through the records of one kind: the kind's title, and the options it asks for."""
    nodes = list(ast.walk(_parsed(expression))) if expression else []
    kinds = {node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr in definition.records}
    if len(kinds) != 1:
        return None
    kind = definition.records[kinds.pop()]
    return kind.title, [option for node in nodes if (option := _option(kind.fields, node)) is not None]


def _option(fields: Mapping[str, Field], node: ast.AST) -> Text | None:
    """The option in a comparison such as `a.addressee == "office"`."""
    match node:
        case ast.Compare(left=ast.Attribute(attr=name), ops=[ast.Eq()], comparators=[ast.Constant(value=str() as value)]) if name in fields:
            return fields[name].options.get(value)
        case _:
            return None


def _place(expression: str, definition: Definition) -> str | None:
    """Where the attribute comes from that a part asks about: "record:plan.approved", "case:promise.open"."""
    node = _parsed(expression)
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
    return next((place for side in sides if (place := _attribute(side, definition)) is not None), None)


def _attribute(node: ast.AST, definition: Definition) -> str | None:
    match node:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="first" | "last"), args=[ast.Attribute(attr=record)]), attr=name):
            return f"record:{record}.{name}"
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"case:{owner}.{name}" if owner in definition.cases else f"{'branch' if owner == 'child' else owner}.{name}"
        case _:
            return None


def _parsed(expression: str) -> ast.AST:
    return ast.parse(f"({expression}\n)", mode="eval").body


def described(definition: Definition, of: str | None, expression: str) -> tuple[Text | None, Mapping[str, Text]]:
    """What people call the attribute a figure is of, and the titles of its options."""
    if of is not None and of.startswith("host:"):
        function = definition.functions.get(of.removeprefix("host:"))
        return (None if function is None else function.title), {}
    place = of or (_place(expression, definition) if expression else None)
    if place is None:
        return None, {}
    entity, _, name = place.rpartition(".")
    field = _fields(definition, entity).get(name)
    if field is not None:
        return field.title, field.options
    flags = definition.members.flags if definition.members else {}
    if entity == "member" and name in flags:
        return flags[name], {}
    said = _of_cycle(definition.cycle, name) if entity == "branch" and definition.cycle else words.ATTRIBUTES.get(name)
    return said, _options(definition, entity, name)


def _of_cycle(cycle: Text, name: str) -> Text | None:
    """What a branch has with every time round."""
    match name:
        case "attempt":
            return cycle
        case "entered":
            return Text({lang: words.CYCLE_BEGAN.say(lang, title=cycle) for lang in LANGUAGES})
        case _:
            return words.ATTRIBUTES.get(name)


def _fields(definition: Definition, entity: str) -> Mapping[str, Field]:
    match entity.partition(":"):
        case "record", _, kind if kind in definition.records:
            return definition.records[kind].fields
        case "case", _, kind if kind in definition.cases:
            return definition.cases[kind].all_fields
        case "member", _, _ if definition.members is not None:
            return definition.members.fields
        case "branch", _, _:
            return definition.branch_fields
        case _:
            return {}


def _options(definition: Definition, entity: str, name: str) -> Mapping[str, Text]:
    """Titles of the values of what every branch, member, step and case has."""
    match entity.partition(":")[0], name:
        case "case", "state":
            return {s.id: s.title for s in definition.cases[entity.partition(":")[2]].states.values()}
        case "member", "status" if definition.members is not None:
            return definition.members.status
        case "branch", "stage":
            return {stage.id: stage.title for stage in definition.stages.values()}
        case "branch", "phase":
            return {phase.id: phase.title for gate in definition.gates.values() for phase in gate.phases.values()}
        case "step", "id":
            return {step.id: step.title for stage in definition.stages.values() for step in stage.steps.values()}
        case _:
            return {}

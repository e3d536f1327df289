"""Values: constants, names, attributes, arithmetic, lists."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from workflow.definition.expressions import runtime
from workflow.definition.expressions.base import Base, constant_run
from workflow.definition.expressions.conditions import choose
from workflow.definition.expressions.parts import FAILED, NOTHING, Typed
from workflow.definition.expressions.runtime import MISSING, TAKES, Env, Run, unless_missing
from workflow.definition.expressions.types import (
    ANY_UNIT,
    BOOLEAN,
    COUNT,
    DATE,
    DAYS,
    TEXT,
    Attribute,
    Type,
    list_of,
    of_field,
    set_of,
    written,
)
from workflow.definition.expressions.units import unit_of
from workflow.errors import did_you_mean
from workflow.texts import Text


class Values(Base):
    """Compiles whatever has a value."""

    def typed(self, node: ast.expr) -> Typed:
        """A value with its type."""
        match node:
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return Typed(BOOLEAN, self.clause(node).run)
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return self._sign(node)
            case ast.IfExp():
                return self._either(node)
            case ast.List() | ast.Tuple() | ast.Set():
                return self.listed(node)
            case ast.Call():
                return self.call(node)
            case _:
                what = type(node).__name__
                return self.problem(node, Text.of(f"{what} is not part of the language", f"语言不支持 {what}"), "syntax")

    def _constant(self, node: ast.Constant) -> Typed:
        value = node.value
        if isinstance(value, bool):
            return Typed(BOOLEAN, constant_run(value), constant=True, known=value)
        if isinstance(value, (int, float)) and _can_be_kept(value):
            return Typed(COUNT, constant_run(value), constant=True, known=value)
        if isinstance(value, str) and _can_be_kept(value):
            return Typed(written(value), constant_run(value), constant=True, known=value)
        shown = ast.unparse(node)
        shown = shown if len(shown) < 30 else f"{shown[:30]}..."
        return self.problem(node, Text.of(f"{shown} is not part of the language", f"语言不支持 {shown}"), "syntax")

    def _name(self, node: ast.Name) -> Typed:
        self.used.add(node.id)
        found = self.scope.get(node.id)
        if found is not None:
            return found
        if node.id == "move" and self.takes is not None:
            return self.problem(node, Text.of("write move.NAME for what a move takes", "请写 move.名称"), "name")
        hint = did_you_mean(node.id, sorted(self.scope))
        return self.problem(node, Text.of(f"unknown name {node.id}; {hint.say('en')}", f"未知名称 {node.id}；{hint.say('zh')}"), "name")

    def _attribute(self, node: ast.Attribute) -> Typed:
        if isinstance(node.value, ast.Name) and node.value.id == "move" and "move" not in self.scope:
            return self._taken(node)
        base = self.typed(node.value)
        if base.type.kind == "error":
            return FAILED
        attributes = self.world.entities.get(base.type.entity, {}) if base.type.kind == "entity" else {}
        found = attributes.get(node.attr)
        if found is None:
            hint = did_you_mean(node.attr, sorted(attributes))
            en, zh = f"{base.type} has no {node.attr}; {hint.say('en')}", f"{base.type.zh} 没有 {node.attr}；{hint.say('zh')}"
            return self.problem(node, Text.of(en, zh), "attribute")
        of = f"{base.type.entity}.{node.attr}" if found.type.kind == "choice" else None
        return Typed(found.type, self._reader(base, node.attr, found), of=of)

    def _taken(self, node: ast.Attribute) -> Typed:
        self.used.add("move")
        taken = (self.takes or {}).get(node.attr)
        if taken is None:
            hint = did_you_mean(node.attr, sorted(self.takes or {}))
            en, zh = f"the move takes no {node.attr}; {hint.say('en')}", f"该动作没有 {node.attr}；{hint.say('zh')}"
            return self.problem(node, Text.of(en, zh), "attribute")
        name, attribute = node.attr, Attribute(of_field(taken), "field", optional=taken.optional, field=taken)
        return Typed(attribute.type, _decoded(lambda env: _or_missing((env[TAKES] or {}).get(name)), attribute))

    def _reader(self, base: Typed, name: str, attribute: Attribute) -> Run:
        owner = base.run
        kind = base.type.entity
        match attribute.how:
            case "records":
                self.needs.records.add(name)
                return lambda env: unless_missing(owner(env), lambda o: env[runtime.FACTS].records(name, o))
            case "cases":
                self.needs.cases.add(name)
                return lambda env: unless_missing(owner(env), lambda o: env[runtime.FACTS].cases(name, o))
            case "members":
                self.needs.members = True
                return lambda env: unless_missing(owner(env), lambda o: env[runtime.FACTS].members(o))
            case "member":
                self.needs.members = True
                return lambda env: unless_missing(owner(env), lambda o: env[runtime.FACTS].member(o))
            case "children" | "steps" as how:
                self.needs.children |= how == "children"
                return lambda env: unless_missing(owner(env), lambda o: getattr(env[runtime.FACTS], how)(o))
            case "flag":
                return lambda env: unless_missing(owner(env), lambda o: name in o.flags)
            case _ if kind.startswith("record:"):
                return _column(owner, self.column(kind.partition(":")[2], name), attribute)
            case "field":
                return _decoded(lambda env: unless_missing(owner(env), lambda o: _or_missing(o.fields.get(name))), attribute)
            case _:
                return lambda env: unless_missing(owner(env), lambda o: _or_missing(getattr(o, name)))

    def column(self, kind: str, name: str) -> int:
        """Where a record row holds an attribute."""
        if name in runtime.RECORD_HEAD:
            return runtime.RECORD_HEAD.index(name)
        return len(runtime.RECORD_HEAD) + list(self.world.records[kind].fields).index(name)

    def _arithmetic(self, node: ast.BinOp) -> Typed:
        left, right = self.typed(node.left), self.typed(node.right)
        if "error" in (left.type.kind, right.type.kind):
            return FAILED
        match left.type.kind, node.op, right.type.kind:
            case "date", ast.Sub(), "date":
                return _calculated(DAYS, runtime.days_between, left, right)
            case "date", ast.Add() | ast.Sub() as op, "number" if right.type.unit in ("d", ANY_UNIT):
                sign = 1 if isinstance(op, ast.Add) else -1
                return _calculated(DATE, lambda day, days: runtime.add_days(day, sign * days), left, right)
            case "number", ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, "number":
                if isinstance(op, (ast.Add, ast.Sub)):
                    self.same(node, left.type, right.type)
                unit = unit_of(op, left.type.unit, right.type.unit)
                return _calculated(Type("number", unit=unit), _ARITHMETIC[type(op)], left, right)
            case _:
                en = f"cannot calculate with {left.type} and {right.type} like this"
                text = Text.of(en, f"{left.type.zh}与{right.type.zh}不能这样运算")
                return self.problem(node, text, "type")

    def _sign(self, node: ast.UnaryOp) -> Typed:
        operand = self.typed(node.operand)
        if not self.expect(node, operand, "number"):
            return FAILED
        if isinstance(node.op, ast.UAdd):
            return operand
        known = NOTHING if operand.known is NOTHING else -operand.known
        run = operand.run
        return Typed(operand.type, lambda env: unless_missing(run(env), lambda v: -v), operand.constant, known)

    def _either(self, node: ast.IfExp) -> Typed:
        test, body, orelse = self.clause(node.test), self.typed(node.body), self.typed(node.orelse)
        if "error" in (body.type.kind, orelse.type.kind):
            return FAILED
        run = partial(choose, test.run, body.run, orelse.run)
        if orelse.known == [] and body.type.kind == "list":  # an empty list is a list of anything
            found = body.type
        elif body.known == [] and orelse.type.kind == "list":
            found = orelse.type
        else:
            found = self.joined(node, body.type, orelse.type)
        return Typed(found, run, of=next((part.of for part in (body, orelse) if part.of and part.host is None), None))

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Typed:
        items = [self.typed(item) for item in node.elts]
        if any(item.type.kind == "error" for item in items):
            return FAILED
        found = items[0].type if items else TEXT
        for item, part in zip(items[1:], node.elts[1:], strict=True):
            found = self.joined(part, found, item.type)
        if isinstance(node, ast.Set) and not self.members_of_a_set(node, found):
            return FAILED
        kind: Callable[[Any], Any] = frozenset if isinstance(node, ast.Set) else list
        wrap = set_of if isinstance(node, ast.Set) else list_of
        known = kind([i.known for i in items]) if all(i.known is not NOTHING for i in items) else NOTHING
        runs = [item.run for item in items]

        def run(env: Env) -> Any:
            values = runtime.known(item(env) for item in runs)
            return values if values is MISSING else kind(values)

        return Typed(wrap(found), run, all(i.constant for i in items), known)


def _or_missing(value: Any) -> Any:
    return MISSING if value is None else value


def _column(owner: Run, column: int, attribute: Attribute) -> Run:
    def read(env: Env) -> Any:
        row = owner(env)
        if row is MISSING:
            return MISSING
        value = row[column]
        return MISSING if value is None else value

    return _decoded(read, attribute)


def _decoded(read: Run, attribute: Attribute) -> Run:
    """Stored forms back to run-time values: truth as 0/1, sets as lists."""
    if attribute.type.kind == "boolean":
        return lambda env: unless_missing(read(env), bool)
    if attribute.type.kind == "set":
        return lambda env: unless_missing(read(env), frozenset)
    return read


def _binary(operation: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(env: Env) -> Any:
        a, b = left(env), right(env)
        return MISSING if a is MISSING or b is MISSING else operation(a, b)

    return run


def _calculated(result: Type, operation: Callable[[Any, Any], Any], left: Typed, right: Typed) -> Typed:
    known = _folded(operation, left.known, right.known)
    return Typed(result, _binary(operation, left.run, right.run), left.constant and right.constant, known)


def _folded(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """What is known of a result at load; what breaks is left to the day it is asked, when the finding says so."""
    if left is NOTHING or right is NOTHING:
        return NOTHING
    try:
        return operation(left, right)
    except ArithmeticError:
        return NOTHING


def _can_be_kept(value: float | str) -> bool:
    """Can the ledger and the store keep it?"""
    try:
        if isinstance(value, str):
            return b"\0" not in value.encode()
        runtime.finite(value)
    except (OverflowError, UnicodeEncodeError):
        return False
    return True


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: runtime.finite(a + b),
    ast.Sub: lambda a, b: runtime.finite(a - b),
    ast.Mult: lambda a, b: runtime.finite(a * b),
    ast.Div: lambda a, b: runtime.finite(a / b),
}

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
from workflow.definition.expressions.types import ANY_UNIT, BOOLEAN, COUNT, DATE, DAYS, TEXT, Attribute, Type, list_of, of_field, set_of
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
        if isinstance(value, (int, float)):
            return Typed(COUNT, constant_run(value), constant=True, known=value)
        if isinstance(value, str):
            return Typed(TEXT, constant_run(value), constant=True, known=value)
        return self.problem(node, Text.of(f"{value!r} is not part of the language", f"语言不支持 {value!r}"), "syntax")

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
            en, zh = f"{base.type} has no {node.attr}; {hint.say('en')}", f"{base.type} 没有 {node.attr}；{hint.say('zh')}"
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
        name = node.attr
        return Typed(of_field(taken), lambda env: (env[TAKES] or {}).get(name, MISSING))

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
        constant = left.constant and right.constant
        match left.type.kind, node.op, right.type.kind:
            case "date", ast.Sub(), "date":
                return Typed(DAYS, _binary(runtime.days_between, left.run, right.run), constant)
            case "date", ast.Add() | ast.Sub() as op, "number" if right.type.unit in ("d", ANY_UNIT):
                sign = 1 if isinstance(op, ast.Add) else -1
                return Typed(DATE, _binary(lambda a, b: runtime.add_days(a, sign * b), left.run, right.run), constant)
            case "number", ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, "number":
                if isinstance(op, (ast.Add, ast.Sub)):
                    self.same(node, left.type, right.type, NOTHING)
                unit = _unit(op, left.type.unit, right.type.unit)
                return Typed(Type("number", unit=unit), _binary(_ARITHMETIC[type(op)], left.run, right.run), constant)
            case _:
                text = Text.of(f"cannot calculate with {left.type} and {right.type} like this", f"{left.type} 与 {right.type} 不能这样运算")
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
        self.same(node, body.type, orelse.type, NOTHING)
        run = partial(choose, test.run, body.run, orelse.run)
        return Typed(orelse.type if body.type.unit == ANY_UNIT else body.type, run, of=body.of)

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Typed:
        items = [self.typed(item) for item in node.elts]
        if any(item.type.kind == "error" for item in items):
            return FAILED
        for item, written in zip(items[1:], node.elts[1:], strict=True):
            self.same(written, items[0].type, item.type, item.known)
        kind: Callable[[Any], Any] = frozenset if isinstance(node, ast.Set) else list
        wrap = set_of if isinstance(node, ast.Set) else list_of
        known = kind([i.known for i in items]) if all(i.known is not NOTHING for i in items) else NOTHING
        runs = [item.run for item in items]

        def run(env: Env) -> Any:
            values = runtime.known(item(env) for item in runs)
            return values if values is MISSING else kind(values)

        return Typed(wrap(items[0].type if items else TEXT), run, all(i.constant for i in items), known)


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


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _unit(op: ast.operator, left: str | None, right: str | None) -> str | None:
    """The unit of a result. Two units multiplied have none we could name."""
    if isinstance(op, (ast.Add, ast.Sub)):
        return right if left == ANY_UNIT else left
    plain = (None, ANY_UNIT)
    if right in plain:
        return left
    if isinstance(op, ast.Mult) and left in plain:
        return right
    return ANY_UNIT

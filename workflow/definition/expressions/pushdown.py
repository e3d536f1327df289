"""Aggregates the store can compute for all owners at once.

`sum(a.hours for a in member.attendance if a.mode in collective_modes)` need not see a row: it is a sum over one kind of record,
grouped by owner, under conditions on single columns. Whatever does not fit this shape is evaluated row by row instead; both
ways give the same answer (a property test holds them to it), so this is only a matter of speed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from workflow.definition.expressions.parts import COMPARE_OPS, FLIPPED, NOTHING, Typed
from workflow.definition.expressions.runtime import FACTS, MISSING, Condition, Env, Measure, Run
from workflow.definition.terms import Field, RecordKind

if TYPE_CHECKING:
    from workflow.definition.expressions.base import Base

_EXACT = 2**53  # below it the store and the row-by-row way agree on whole numbers
_LIFETIME = 36525  # days: so far from today there still is a calendar
_AGGREGATES = {"sum": "sum", "len": "count", "any": "count", "min": "min", "max": "max"}


def push_count(compiler: Base, node: ast.expr, source: Typed, records_before: set[str]) -> Run | None:
    """The measure that replaces `len(owner.kind)`, or None."""
    loop = ast.comprehension(target=ast.Name("_"), iter=node, ifs=[], is_async=0)
    return push(compiler, "len", ast.GeneratorExp(elt=ast.Constant(1), generators=[loop]), source, records_before)


def push(compiler: Base, aggregate: str, node: ast.GeneratorExp, source: Typed, records_before: set[str]) -> Run | None:
    """The measure that replaces `aggregate(node)`, or None. The kind is then no longer needed row by row."""
    loop = node.generators[0]
    if aggregate not in _AGGREGATES or not isinstance(loop.iter, ast.Attribute) or not isinstance(loop.iter.value, ast.Name):
        return None
    item = source.type.item
    if item is None or not item.entity.startswith("record:"):
        return None
    kind = compiler.world.records[item.entity.partition(":")[2]]
    builder = _Builder(compiler, kind, cast(ast.Name, loop.target).id)
    column = builder.element(aggregate, node.elt)
    tests = [*loop.ifs, node.elt] if aggregate == "any" else loop.ifs
    conditions = [builder.conditions(test) for test in tests]
    if column is MISSING or any(c is None for c in conditions):
        return None
    owner = compiler.scope[loop.iter.value.id].run
    flat = tuple(c for found in conditions if found is not None for c in found)
    key = f"{kind.id}/{_AGGREGATES[aggregate]}/{column}/" + "&".join(ast.unparse(test) for test in _renamed(tests, builder.variable))
    measure = Measure(key, kind.id, cast(Any, _AGGREGATES[aggregate]), column, flat)
    if kind.id not in records_before:
        compiler.needs.records.discard(kind.id)
    compiler.needs.measures.setdefault(key, measure)

    def run(env: Env) -> Any:
        found = owner(env)
        return MISSING if found is MISSING else env[FACTS].measure(measure, found)

    return run


def _whole(value: Any) -> bool:
    return float(value).is_integer() and abs(value) < _EXACT


def _renamed(tests: list[ast.expr], variable: str) -> list[ast.expr]:
    """The same tests whatever the loop variable is called: so equal measures have equal keys."""

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name("_") if node.id == variable else node

    return [cast(ast.expr, Rename().visit(ast.parse(ast.unparse(test), mode="eval").body)) for test in tests]


class _Builder:
    def __init__(self, compiler: Base, kind: RecordKind, variable: str) -> None:
        self.compiler = compiler
        self.kind = kind
        self.variable = variable

    def element(self, aggregate: str, node: ast.expr) -> Any:
        """The column aggregated, None for a count, MISSING if it cannot be pushed."""
        if aggregate == "any":
            return None  # the element is one of the conditions
        if aggregate == "len" and isinstance(node, (ast.Constant, ast.Name)):
            return None
        slot = self._slot(node)
        if aggregate == "len":
            return MISSING if slot is None else None  # what may be missing makes a count unknown
        declared = self._field(slot)
        if declared is None or declared.type not in ("number", "integer"):
            return MISSING
        return slot

    def conditions(self, node: ast.expr) -> list[Condition] | None:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                found = [self.conditions(value) for value in values]
                return None if any(f is None for f in found) else [c for f in found if f is not None for c in f]
            case ast.UnaryOp(op=ast.Not(), operand=ast.Attribute() as operand):
                return self._flag(operand, 0)
            case ast.Attribute():
                return self._flag(node, 1)
            case ast.Constant(value=True):
                return []
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE_OPS:
                return self._compare(left, COMPARE_OPS[type(op)], right)
            case _:
                return None

    def _flag(self, node: ast.Attribute, wanted: int) -> list[Condition] | None:
        slot = self._slot(node)
        declared = self._field(slot)
        if slot is None or declared is None or declared.type != "boolean":
            return None
        return [Condition(slot, "==", lambda _env: wanted)]

    def _compare(self, left: ast.expr, op: str, right: ast.expr) -> list[Condition] | None:
        slot, value = self._slot(left), right
        if slot is None and op in FLIPPED:
            slot, value, op = self._slot(right), left, FLIPPED[op]
        declared = self._field(slot)
        # Numbers with decimals are left to the row-by-row way, which compares them to nine decimals.
        if slot is None or (declared is not None and (declared.type in ("number", "boolean") or declared.many)):
            return None
        typed = self.compiler.typed(value)
        return [Condition(slot, cast(Any, op), typed.run)] if self._sure(declared, value, typed.known) else None

    def _sure(self, declared: Field | None, node: ast.expr, known: Any) -> bool:
        """Has the value one meaning for the store and the row-by-row way, on any day? What may break is left to the
        row-by-row way, where the finding says so; and so are fractions, which it compares to nine decimals."""
        if declared is not None and declared.type == "integer":
            return known is not NOTHING and all(_whole(each) for each in (known if isinstance(known, (list, frozenset)) else [known]))
        if known is not NOTHING:
            return True
        match node:
            case ast.Name(id="today"):
                return True
            case ast.BinOp(left=ast.Name(id="today"), op=ast.Add() | ast.Sub(), right=right):
                days = self.compiler.typed(right).known
                return days is not NOTHING and abs(days) < _LIFETIME
        return False

    def _slot(self, node: ast.expr) -> str | int | None:
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name) or node.value.id != self.variable:
            return None
        if node.attr == "happened":
            return "happened"
        declared = self.kind.fields.get(node.attr)
        if declared is None or declared.optional:
            return None
        return list(self.kind.fields).index(node.attr) + 1

    def _field(self, slot: str | int | None) -> Field | None:
        return list(self.kind.fields.values())[slot - 1] if isinstance(slot, int) else None

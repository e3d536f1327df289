"""A record or case that does not exist yet: what its fields must be for a condition on it to hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define

from workflow.audit.remedies.arithmetic import FLIPPED, NEGATED, isolated
from workflow.audit.remedies.drafts import Bounds
from workflow.audit.remedies.ground import Ground, names_in
from workflow.audit.remedies.values import HAS, SIZE, Bound
from workflow.definition.expressions.parts import COMPARE_OPS
from workflow.definition.expressions.runtime import COMPARE, MISSING
from workflow.definition.model import Field

Wanted = tuple[ast.expr, bool]  # a condition, and whether it is to hold
STATE = "state"  # of a case: bound like a field, reached by moves
_MOST = 8  # ways to meet one condition


@define
class Fresh:
    """The loop variable `name` stands for something yet to be entered, of which only the declared `fields` are free."""

    ground: Ground
    name: str
    fields: Mapping[str, Field]
    states: Mapping[str, bool]  # of a case: state -> final; empty for a record

    def ways(self, conditions: Sequence[Wanted]) -> list[Bounds]:
        """Every way to make all conditions hold; empty if there is none. What cannot be said in bounds is left to the trial."""
        found: list[Bounds] = [()]
        for node, want in conditions:
            found = [tuple(dict.fromkeys((*a, *b))) for a in found for b in self._one(node, want)][:_MOST]
        return found

    def compared(self, node: ast.expr, op: str, value: Any) -> list[Bounds]:
        """The ways in which `node op value` holds."""
        return list(self._reach(node, op, value))

    def _one(self, node: ast.expr, want: bool) -> list[Bounds]:
        if self.name not in names_in(node):
            return [()] if self.ground.holds(node, want) else []
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._one(inner, not want)
            case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is want:
                return self.ways([(value, want) for value in values])
            case ast.BoolOp(values=values):
                return [way for value in values for way in self._one(value, want)]
            case ast.IfExp(test=test, body=body, orelse=orelse) if self.name not in names_in(test):
                chosen = self.ground.value(test)
                return [] if chosen is MISSING else self._one(body if chosen else orelse, want)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                name = COMPARE_OPS[type(op)]
                return self._compare(left, name if want else NEGATED[name], right)
            case ast.Attribute():
                return list(self._reach(node, "==", want))
            case _:
                return [()]

    def _compare(self, left: ast.expr, op: str, right: ast.expr) -> list[Bounds]:
        here, there = self.name in names_in(left), self.name in names_in(right)
        if here and there:
            return [()]
        if here:
            return list(self._reach(left, op, self.ground.value(right)))
        if op == "in":  # `"style" in p.parts`
            return [(Bound(right.attr, HAS, self.ground.value(left)),)] if isinstance(right, ast.Attribute) else [()]
        return list(self._reach(right, FLIPPED[op], self.ground.value(left))) if op in FLIPPED else [()]

    def _reach(self, node: ast.expr, op: str, value: Any) -> Iterator[Bounds]:
        if value is MISSING:
            return
        match node:
            case ast.Attribute(value=ast.Name(id=self.name), attr=name) if name in self.fields:
                yield (Bound(name, op, _plain(value)),)
            case ast.Attribute(value=ast.Name(id=self.name), attr=name):
                yield from self._given(name, op, value)
            case ast.Call(func=ast.Name(id="len"), args=[ast.Attribute(value=ast.Name(id=self.name), attr=name)]) if name in self.fields:
                yield (Bound(name, SIZE + op, value),)
            case ast.BinOp():
                for side, turned, bound in isolated(self.ground, node, op, value):
                    if self.name in names_in(side):
                        yield from self._reach(side, turned, bound)
            case _:
                yield ()

    def _given(self, name: str, op: str, value: Any) -> Iterator[Bounds]:
        """What is not entered but comes of itself: the day, whether a case is open."""
        if name in ("happened", "recorded", "opened", "since"):
            yield from [()] if COMPARE[op](self.ground.facts.today, value) else []
        elif name == STATE:
            yield (Bound(STATE, "in", tuple(state for state in self.states if COMPARE[op](state, value))),)
        elif name == "open":
            wanted = value if op == "==" else not value
            yield (Bound(STATE, "in", tuple(state for state, final in self.states.items() if final is not wanted)),)
        else:
            yield ()


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, frozenset)) else value

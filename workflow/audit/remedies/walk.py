"""What would make a check hold: plans, worked out from its expression. Whether they do is for the trial to say."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor
from typing import Any

from attrs import define

from workflow.audit.remedies.arithmetic import FLIPPED, NEGATED, isolated
from workflow.audit.remedies.contents import Contents, Loop
from workflow.audit.remedies.drafts import Draft, Plan, combined
from workflow.audit.remedies.ground import Ground, Library, names_in
from workflow.audit.remedies.values import SIZE, Bound
from workflow.definition.expressions.parts import COMPARE_OPS
from workflow.definition.expressions.runtime import MISSING, add_days

MOST = 12  # plans kept for one part of a check
AHEAD = 11  # doublings of a day looked ahead: more than five years, longer than any wait worth proposing


@define
class Walk:
    """Goes down a check; every part that does not hold gives the plans by which it would. `cut` counts plans left aside."""

    ground: Ground
    contents: Contents
    cut: int = 0

    @classmethod
    def of(cls, ground: Ground, library: Library) -> Walk:
        return cls(ground, Contents(ground, library))

    def plans(self, subject: Any) -> list[Plan]:
        """The plans by which the check holds for a subject (None: the branch)."""
        self.ground.about(subject)
        return [plan for plan in self._ways(self.ground.tree, True) if plan]

    def _ways(self, node: ast.expr, want: bool) -> list[Plan]:
        """The plans by which a part holds, or does not; one that is empty where that is so already."""
        if self.ground.holds(node, want):
            return [()]
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                found = self._ways(inner, not want)
            case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is want:
                found = self._all((value, want) for value in values)
            case ast.BoolOp(values=values):
                found = [plan for value in values for plan in self._ways(value, want)]
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.ground.value(test)
                found = [] if chosen is MISSING else self._ways(body if chosen else orelse, want)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                found = self._compares([left, *rights], [COMPARE_OPS[type(op)] for op in ops], want)
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() as generator]):
                found = self._quantified(generator, every=name == "all", want=want)
            case ast.Attribute():
                found = self._reach(node, "==", want)
            case _:
                found = []
        return self._first([*found, *self._waiting(node, want)])

    def _all(self, wanted: Iterable[tuple[ast.expr, bool]]) -> list[Plan]:
        found: list[Plan] = [()]
        for node, want in wanted:
            found = self._first(combined(found, self._ways(node, want), self.ground.definition))
        return found

    def _first(self, plans: Sequence[Plan]) -> list[Plan]:
        plans = list(dict.fromkeys(plans))
        self.cut += len(plans[MOST:])
        return plans[:MOST]

    def _waiting(self, node: ast.expr, want: bool) -> list[Plan]:
        """Does it come with time alone? The first day is looked for as if what once holds went on holding; the trial says if it does."""
        if not isinstance(node, ast.Compare) or "today" not in names_in(node):
            return []
        far = next((2**n for n in range(AHEAD + 1) if self._comes(node, want, 2**n)), 0)
        if not far:
            return []
        days = far // 2 + 1 + bisect_left(range(far // 2 + 1, far), True, key=lambda n: self._comes(node, want, n))
        return [(Draft("wait", add_days(self.ground.facts.today, days)),)]

    def _comes(self, node: ast.expr, want: bool, days: int) -> bool:
        return self.ground.holds_on(node, want, add_days(self.ground.facts.today, days))

    def _compares(self, sides: Sequence[ast.expr], ops: Sequence[str], want: bool) -> list[Plan]:
        if len(ops) == 1:
            return self._compare(sides[0], ops[0] if want else NEGATED[ops[0]], sides[1])
        pairs = list(zip(sides, ops, sides[1:], strict=False))
        each = [self._compare(left, op if want else NEGATED[op], right) for left, op, right in pairs]
        if not want:
            return [plan for plans in each for plan in plans]
        found: list[Plan] = [()]
        for (left, op, right), plans in zip(pairs, each, strict=True):
            if not self._holds(left, op, right):
                found = combined(found, plans, self.ground.definition)
        return found

    def _holds(self, left: ast.expr, op: str, right: ast.expr) -> bool:
        a, b = self.ground.value(left), self.ground.value(right)
        return a is not MISSING and b is not MISSING and Bound("", op, b).holds(a)

    def _compare(self, left: ast.expr, op: str, right: ast.expr) -> list[Plan]:
        found = self._reach(left, op, self.ground.value(right))
        if op in FLIPPED:
            found += self._reach(right, FLIPPED[op], self.ground.value(left))
        return found

    def _reach(self, node: ast.expr, op: str, bound: Any) -> list[Plan]:
        """The plans by which `node op bound` holds. The bound is MISSING where it rests on a fact that is missing too."""
        match node:
            case ast.BinOp():
                return [plan for side, turned, value in isolated(self.ground, node, op, bound) for plan in self._reach(side, turned, value)]
            case ast.UnaryOp(op=ast.USub(), operand=inner) if op in FLIPPED:
                return self._reach(inner, FLIPPED[op], MISSING if bound is MISSING else -bound)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.ground.value(test)
                return [] if chosen is MISSING else self._reach(body if chosen else orelse, op, bound)
            case ast.Call(func=ast.Name(id="sum"), args=[ast.GeneratorExp() as generator]):
                return self.contents.summed(Loop.of(self.ground, generator), generator.elt, self.ground.value(node), op, bound)
            case ast.Call(func=ast.Name(id="len"), args=[argument]):
                return self._length(node, argument, op, bound)
            case ast.Attribute():
                return self.contents.attribute(node, op, bound)
            case _:
                return []

    def _length(self, node: ast.expr, argument: ast.expr, op: str, bound: Any) -> list[Plan]:
        match argument:
            case ast.Call(func=ast.Name(id="set"), args=[ast.GeneratorExp() as generator]):
                present = self.ground.value(argument)
                return self.contents.distinct(Loop.of(self.ground, generator), generator.elt, present, op, bound)
            case ast.GeneratorExp():
                return self._counted(Loop.of(self.ground, argument), self.ground.value(node), op, bound)
            case ast.Attribute() if self.ground.type(argument).kind == "set":
                return self.contents.attribute(argument, SIZE + op, bound)
            case _:
                return self._counted(Loop.over(self.ground, argument), self.ground.value(node), op, bound)

    def _counted(self, loop: Loop, current: Any, op: str, bound: Any) -> list[Plan]:
        """A number of elements: more of them, or fewer."""
        if bound is MISSING or current is MISSING:
            return self._exists(loop, loop.conditions)
        if op == "!=":
            return [*self._counted(loop, current, ">", bound), *self._counted(loop, current, "<", bound)]
        if op in (">=", ">", "==") and current <= bound:
            more = (floor(bound) + 1 if op == ">" else ceil(bound)) - current
            return [plan for each in self._exists(loop, loop.conditions) if (plan := self._times(each, more))] if more > 0 else []
        if op in ("<=", "<", "==") and loop.of_records:
            return self.contents.fewer(loop, current - (ceil(bound) - 1 if op == "<" else floor(bound)))
        return []

    def _times(self, plan: Plan, number: int) -> Plan:
        """So many of the same records or cases; of anything else one is all that can be said."""
        if number == 1:
            return plan
        return plan * number if all(draft.kind in ("record", "open") for draft in plan) and number <= MOST else ()

    def _quantified(self, generator: ast.GeneratorExp, *, every: bool, want: bool) -> list[Plan]:
        loop = Loop.of(self.ground, generator)
        if every is not want:  # some element for which it holds; or one for which it does not
            return self._exists(loop, [*loop.conditions, (generator.elt, want)])
        return self._none(loop, [*loop.conditions, (generator.elt, not want)])

    def _exists(self, loop: Loop, wanted: Sequence[tuple[ast.expr, bool]]) -> list[Plan]:
        """The plans after which there is one more element for which all that is wanted holds."""
        found = self.contents.new(loop, wanted)
        if not loop.of_records:
            found += [plan for plans in self._inside(loop, wanted) for plan in plans if plan]
        return found

    def _inside(self, loop: Loop, wanted: Sequence[tuple[ast.expr, bool]]) -> Iterator[list[Plan]]:
        elements = self.ground.value(loop.source)
        if elements is MISSING or not loop.name:
            return
        with self.ground.each(loop.name, loop.source) as bind:
            for element in elements:
                bind(element)
                yield self._all(wanted)

    def _none(self, loop: Loop, unwanted: Sequence[tuple[ast.expr, bool]]) -> list[Plan]:
        """The plans after which there is no element for which all of this holds."""
        if loop.of_records:
            return self.contents.fewer(loop, None, unwanted)
        elements = self.ground.value(loop.source)
        if elements is MISSING:
            return []
        found: list[Plan] = [()]
        with self.ground.each(loop.name, loop.source) as bind:
            for element in elements:
                bind(element)
                ways = [plan for node, want in unwanted for plan in self._ways(node, not want)]
                found = self._first(combined(found, [()] if () in ways else ways, self.ground.definition))
        return found

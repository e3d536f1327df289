"""Conditions: their truth in three values, and the figures that explain them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from workflow.definition.expressions import runtime
from workflow.definition.expressions.base import Base
from workflow.definition.expressions.parts import COMPARE_OPS, FAILED, FLIPPED, NOTHING, Clause, Figure, Typed, shown, truth
from workflow.definition.expressions.runtime import COMPARE, COMPARE_NUMBERS, MISSING, Env, Run, unless_missing
from workflow.definition.expressions.types import ANY_UNIT
from workflow.texts import Text

_NEGATED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in"}


class Conditions(Base):
    """Compiles whatever is true or false."""

    def clause(self, node: ast.expr) -> Clause:
        """A condition with its figures."""
        match node:
            case ast.BoolOp(op=op, values=values):
                return _joined([self.clause(value) for value in values], runtime.all_of if isinstance(op, ast.And) else runtime.any_of)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._not(node, operand)
            case ast.Compare():
                return self._comparisons(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                if self.source(node) == "":
                    self.unnamed += [body, orelse]
                return _chosen(self.clause(test), self.clause(body), self.clause(orelse))
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() as generator], keywords=[]):
                return self._quantified(node, name, generator)
            case _:
                typed = self.typed(node)
                self.expect(node, typed, "boolean")
                return Clause(typed.run, partial(_plain_figures, self.source(node), typed))

    def _not(self, node: ast.expr, operand: ast.expr) -> Clause:
        inner = self.clause(operand)

        source = self.source(node)

        def figures(env: Env) -> list[Figure]:
            found = inner.figures(env)
            if len(found) == 1:
                return [_negated(found[0], source, none=_is_any(operand))]
            value = runtime.negate(inner.run(env))
            return [Figure("==", True, shown(value), met=truth(value), expression=source)]

        return Clause(lambda env: runtime.negate(inner.run(env)), figures)

    def _comparisons(self, node: ast.Compare) -> Clause:
        operands = [self.typed(operand) for operand in (node.left, *node.comparators)]
        clauses = []
        for index, op in enumerate(node.ops):
            name = COMPARE_OPS.get(type(op))
            if name is None:
                self.problem(node, Text.of("`is` is not part of the language; use ==", "不支持 is；请用 =="), "syntax")
                continue
            clauses.append(self._comparison(node, name, operands[index], operands[index + 1]))
        if not clauses:
            return Clause(FAILED.run, lambda _env: [])
        return clauses[0] if len(clauses) == 1 else _joined(clauses, runtime.all_of)

    def _comparison(self, node: ast.Compare, op: str, left: Typed, right: Typed) -> Clause:
        numeric = self._comparable(node, op, left, right)
        if op in ("==", "!=") and {left.type.kind, right.type.kind} in ({"set"}, {"set", "list"}):
            left, right = _as_set(left), _as_set(right)
        test = (COMPARE_NUMBERS if numeric and op in COMPARE_NUMBERS else COMPARE)[op]
        a, b = left.run, right.run

        def run(env: Env) -> Any:
            x, y = a(env), b(env)
            return MISSING if x is MISSING or y is MISSING else test(x, y)

        def run_against(env: Env) -> Any:
            x = a(env)
            return MISSING if x is MISSING else test(x, right.known)

        run = run if right.known is NOTHING else run_against  # the usual rule: a figure against a parameter
        unit = next((t.type.unit for t in (left, right) if t.type.kind == "number" and t.type.unit not in (None, ANY_UNIT)), None)
        # The side that depends on facts is what was found; the other is what is required.
        flip = left.constant and not right.constant and op in FLIPPED
        found, required, written = (right, left, FLIPPED[op]) if flip else (left, right, op)
        source, host = self.source(node), found.host or required.host or _nobody

        def figures(env: Env) -> list[Figure]:
            of = found.of or (required.of if required.host is None else None)
            return [Figure(written, shown(required.run(env)), shown(found.run(env)), unit, truth(run(env)), of, source, host(env))]

        return Clause(run, figures)

    def _comparable(self, node: ast.Compare, op: str, left: Typed, right: Typed) -> bool:
        a, b = left.type, right.type
        if "error" in (a.kind, b.kind):
            return False
        if op in ("in", "not in"):
            if b.kind not in ("list", "set") or b.item is None:
                self.problem(node, Text.of(f"`in` needs a list or a set, found {b}", f"in 之后应为列表或集合，实为{b.zh}"), "type")
            else:
                self.same(node, a, b.item)
            return a.kind == "number"
        ordered = op not in ("==", "!=")
        if ordered and (a.kind not in ("number", "date") or b.kind not in ("number", "date")):
            self.problem(node, Text.of(f"{a} and {b} have no order", f"{a.zh}与{b.zh}不能比较大小"), "type")
            return False
        if a.item is not None and b.item is not None:
            self.same(node, a.item, b.item)  # a list may equal a set
            return False
        self.same(node, a, b)
        return a.kind == "number"

    def _quantified(self, node: ast.Call, name: str, generator: ast.GeneratorExp) -> Clause:
        self.used.add(name)
        found = self.generator(generator, aggregate=name)
        self.expect(generator.elt, found.element, "boolean")
        source = self.source(node)
        fold = runtime.any_of if name == "any" else runtime.all_of
        if (tally := found.pushed) is not None:

            def counted(env: Env) -> list[Figure]:
                number = tally(env)
                return [Figure(">=", 1, number, met=number > 0, expression=source)]

            return Clause(lambda env: tally(env) > 0, counted)

        def figures(env: Env) -> list[Figure]:
            listed = list(found.values(env))
            true = sum(1 for value in listed if value is True)
            required = 1 if name == "any" else len(listed)
            return [Figure(">=", required, true, met=truth(fold(listed)), expression=source)]

        return Clause(lambda env: fold(found.values(env)), figures)


def choose(test: Run, body: Run, orelse: Run, env: Env) -> Any:
    chosen = test(env)
    return MISSING if chosen is MISSING else body(env) if chosen else orelse(env)


def _as_set(collection: Typed) -> Typed:
    """A collection without its order, to be compared with a set."""
    run = collection.run
    return evolve(collection, run=lambda env: unless_missing(run(env), frozenset), known=NOTHING)


def _is_any(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "any"


def _negated(figure: Figure, source: str, *, none: bool) -> Figure:
    """What is required and found where the opposite is asked; `none` of those counted where any was."""
    met = None if figure.met is None else not figure.met
    if isinstance(figure.required, bool):
        return evolve(figure, required=not figure.required, met=met, expression=source)
    if none:
        return evolve(figure, op="==", required=0, met=met, expression=source)
    return evolve(figure, op=_NEGATED[figure.op], met=met, expression=source)


def _joined(clauses: Sequence[Clause], fold: Callable[[Any], Any]) -> Clause:
    runs = [clause.run for clause in clauses]
    return Clause(
        lambda env: fold(run(env) for run in runs),
        lambda env: [figure for clause in clauses for figure in clause.figures(env)],
    )


def _chosen(test: Clause, body: Clause, orelse: Clause) -> Clause:
    def figures(env: Env) -> list[Figure]:
        chosen = test.run(env)
        return test.figures(env) if chosen is MISSING else body.figures(env) if chosen else orelse.figures(env)

    return Clause(partial(choose, test.run, body.run, orelse.run), figures)


def _plain_figures(source: str, typed: Typed, env: Env) -> list[Figure]:
    value, host = typed.run(env), (typed.host or _nobody)(env)
    return [Figure("==", True, shown(value), met=truth(value), of=typed.of if host else None, expression=source, host=host)]


def _nobody(_env: Env) -> Mapping[str, Any]:
    return {}

"""Expressions: a small, safe part of Python, parsed by `ast`, type-checked against the definition, and turned into closures.

Nothing is ever handed to `eval`, `exec` or `compile`: an expression is a tree of the node types the compiler has a case for,
and every name, attribute and function in it has been looked up by the time it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from workflow.definition.expressions.base import wrapped
from workflow.definition.expressions.compiler import Compiler
from workflow.definition.expressions.parts import Figure, Figures, Problem, Subject
from workflow.definition.expressions.runtime import MISSING, Env, Measure, Run
from workflow.definition.expressions.types import ERROR, Type, World, entity
from workflow.definition.model import Field, Parameter, Value
from workflow.texts import Text

__all__ = ["Expression", "ExpressionFault", "Figure", "Problem", "World", "compile_check", "compile_value", "derive"]

LONGEST = 4000  # characters: far above any rule a person can read


class ExpressionFault(Exception):
    """An expression is wrong; `problems` has all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(p.text) for p in problems))
        self.problems = problems


@frozen(eq=False)
class Expression:
    """A compiled expression.

    `run(env)` gives its value (`MISSING` when a fact is missing) and may raise `ArithmeticError`; `figures(env)` says of a
    check, part by part, what was required and what was found. `records`, `cases`, `measures`, `members` and `children` are what it reads.
    """

    text: str
    type: Type
    run: Run = field(repr=False)
    figures: Figures = field(repr=False)
    frame: int
    names: frozenset[str]
    records: frozenset[str]
    cases: frozenset[str]
    members: bool
    children: bool
    measures: tuple[Measure, ...]
    kinds: frozenset[str]  # every record kind it depends on, read row by row or through a measure

    def env(self, facts: object, today: str, branch: object, subject: object, takes: Mapping[str, object] | None) -> Env:
        return [facts, today, branch, subject, takes, *([None] * self.frame)]


def compile_check(text: str, world: World, *, each: str | None = None, takes: Mapping[str, Field] | None = None) -> Expression:
    """A condition about the branch, or about each member, step, child or case of a kind.

    Raises ExpressionFault with every problem found.
    """
    return _compile(text, world, each=each, takes=takes, wanted="boolean")


def compile_value(text: str, world: World, *, takes: Mapping[str, Field] | None = None) -> Expression:
    """A number. Raises ExpressionFault with every problem found."""
    return _compile(text, world, takes=takes, wanted="number")


def derive(text: str, parameters: Mapping[str, Parameter]) -> tuple[Expression, Value, str | None]:
    """A derived parameter: the expression, its value and its unit. Raises ExpressionFault."""
    expression = _compile(text, World(parameters=parameters), wanted="")
    if expression.names & {"branch", "today"}:
        raise ExpressionFault(
            [Problem(0, Text.of("a derived parameter may only use other parameters", "派生参数只能引用其他参数"), "derive")]
        )
    try:
        value = expression.run(expression.env(None, "", None, None, None))
    except ArithmeticError as error:
        raise ExpressionFault([Problem(0, Text.of(f"cannot be computed: {error}", f"无法计算：{error}"), "arithmetic")]) from None
    unit = expression.type.unit if expression.type.unit != "*" else None
    if expression.type.kind == "date":
        value = date.fromisoformat(value)
    return expression, tuple(value) if isinstance(value, (list, frozenset)) else value, unit


def subject_of(each: str | None, world: World) -> Subject | None:
    """The variable `each` brings: its name and type."""
    if each is None:
        return None
    name = {"member": "member", "step": "step", "child": "branch"}.get(each, f"case:{each}")
    return Subject(each, entity(name) if name in world.entities else ERROR)


def _compile(text: str, world: World, *, wanted: str, each: str | None = None, takes: Mapping[str, Field] | None = None) -> Expression:
    tree = _parse(text)
    compiler = Compiler(text, tree, world, subject_of(each, world), takes)
    try:
        clause = compiler.clause(tree) if wanted == "boolean" else None
        typed = compiler.typed(tree) if clause is None else None
    except RecursionError:
        raise ExpressionFault([_too_deep()]) from None
    found = typed.type if typed else Type("boolean")
    if wanted == "number" and found.kind not in ("number", "error"):
        compiler.problem(tree, Text.of(f"expected a number, found {found}", f"应为数字，实为 {found}"), "type")
    if compiler.problems:
        raise ExpressionFault(sorted(compiler.problems, key=lambda p: p.offset))
    run = clause.run if clause else typed.run if typed else (lambda _env: MISSING)
    needs = compiler.needs
    return Expression(
        text=text,
        type=found,
        run=run,
        figures=clause.figures if clause else (lambda _env: []),
        frame=compiler.frame,
        names=frozenset(compiler.used),
        records=frozenset(needs.records),
        cases=frozenset(needs.cases),
        members=needs.members,
        children=needs.children,
        measures=tuple(needs.measures.values()),
        kinds=frozenset(needs.records) | {m.kind for m in needs.measures.values()},
    )


def _parse(text: str) -> ast.expr:
    if len(text) > LONGEST:
        message = Text.of(f"longer than {LONGEST} characters; split the requirement", f"超过{LONGEST}个字符；请拆分条件")
        raise ExpressionFault([Problem(0, message, "length")])
    try:
        return ast.parse(wrapped(text), mode="eval").body
    except SyntaxError as error:
        line, column = (error.lineno or 2) - 2, max((error.offset or 1) - 1, 0)
        offset = sum(len(each) + 1 for each in text.split("\n")[: max(line, 0)]) + column
        message = Text.of(f"not an expression: {error.msg}", f"不是合法的表达式：{error.msg}")
        raise ExpressionFault([Problem(min(offset, len(text)), message, "syntax")]) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionFault([_too_deep()]) from None


def _too_deep() -> Problem:
    return Problem(0, Text.of("not an expression, or nested too deeply", "不是合法的表达式，或嵌套过深"), "syntax")

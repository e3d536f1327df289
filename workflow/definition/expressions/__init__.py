"""Expressions: a small, safe part of Python, parsed by `ast`, type-checked against the definition, and turned into closures.

Nothing is ever handed to `eval`, `exec` or `compile`: an expression is a tree of the node types the compiler has a case for,
and every name, attribute and function in it has been looked up by the time it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from attrs import field, frozen

from workflow.definition.expressions.base import wrapped
from workflow.definition.expressions.compiler import Compiler
from workflow.definition.expressions.parts import Figure, Figures, Problem, Subject, Typed
from workflow.definition.expressions.runtime import MISSING, Env, Measure, Run, handed_over
from workflow.definition.expressions.types import ANY_UNIT, ERROR, Type, World, entity
from workflow.definition.foreign import foreign
from workflow.definition.terms import Field, Parameter, Value
from workflow.texts import Text

__all__ = ["Expression", "ExpressionFault", "Figure", "Problem", "World", "compile_check", "compile_figure", "compile_value", "derive"]

LONGEST = 4000  # characters: far above any rule a person can read
DEEPEST = 50  # parts inside each other: far above it too, and far below what a host deep in its own stack can still run


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

    def reads_branch(self, each: str | None) -> bool:
        """Whether it asks anything of a branch, or of the `each` in it."""
        return bool(self.names & ({"branch"} if each is None else {"branch", each}))

    def env(self, facts: object, today: str, branch: object, subject: object, takes: Mapping[str, object] | None) -> Env:
        return [facts, today, branch, subject, takes, *([None] * self.frame)]


def compile_check(
    text: str,
    world: World,
    *,
    each: str | None = None,
    takes: Mapping[str, Field] | None = None,
    names: Mapping[str, Type] | None = None,
) -> Expression:
    """A condition about the branch, or about each member, step, child or case of a kind; `names` as in `compile_figure`.

    Raises ExpressionFault with every problem found.
    """
    return _compile(text, world, each=each, takes=takes, wanted="boolean", names=names)


def compile_value(text: str, world: World, *, takes: Mapping[str, Field] | None = None) -> Expression:
    """A number. Raises ExpressionFault with every problem found."""
    return _compile(text, world, takes=takes, wanted="number")


def compile_figure(text: str, world: World, *, each: str | None = None, names: Mapping[str, Type]) -> Expression:
    """A number or a condition; `names` are further names it may use, handed over at run time like what a move takes.

    Raises ExpressionFault with every problem found.
    """
    return _compile(text, world, each=each, wanted="figure", names=names)


def derive(text: str, parameters: Mapping[str, Parameter]) -> tuple[Expression, Value, str | None]:
    """A derived parameter: the expression, its value and its unit. Raises ExpressionFault."""
    expression = _compile(text, World(parameters=parameters), wanted="")
    if expression.names & {"branch", "campaign", "today"}:
        raise ExpressionFault(
            [Problem(0, Text.of("a derived parameter may only use other parameters", "派生参数只能引用其他参数"), "derive")]
        )
    item = expression.type.item or expression.type
    if item.kind in ("list", "set", "entity"):
        en, zh = (f"one value or a list of such was expected, found {expression.type}", f"应为单个值或其列表，实为{expression.type.zh}")
        raise ExpressionFault([Problem(0, Text.of(en, zh), "type")])
    try:
        value = expression.run(expression.env(None, "", None, None, None))
    except ArithmeticError as error:
        raise ExpressionFault([Problem(0, Text.of(f"cannot be computed: {error}", f"无法计算：{error}"), "arithmetic")]) from None
    if value is MISSING:
        raise ExpressionFault([Problem(0, Text.of("it has no value: min or max of nothing", "没有值：对空集求 min 或 max"), "missing")])
    return expression, _as_parameter(value, item), item.unit if item.unit != ANY_UNIT else None


def _as_parameter(value: Any, item: Type) -> Value:
    """A run-time value as parameters have it: dates, and tuples for lists and sets."""
    if isinstance(value, frozenset):
        value = sorted(value)
    read = date.fromisoformat if item.kind == "date" else lambda plain: plain
    return tuple(read(each) for each in value) if isinstance(value, list) else read(value)


def subject_of(each: str | None, world: World) -> Subject | None:
    """The variable `each` brings: its name and type."""
    if each is None:
        return None
    name = {"member": "member", "step": "step", "child": "branch"}.get(each, f"case:{each}")
    return Subject(each, entity(name) if name in world.entities else ERROR)


def _compile(
    text: str,
    world: World,
    *,
    wanted: str,
    each: str | None = None,
    takes: Mapping[str, Field] | None = None,
    names: Mapping[str, Type] | None = None,
) -> Expression:
    tree = _parse(text)
    compiler = Compiler(text, tree, world, subject_of(each, world), takes)
    compiler.scope |= {name: Typed(kind, partial(handed_over, name)) for name, kind in (names or {}).items()}
    try:
        clause = compiler.clause(tree) if wanted == "boolean" else None
        typed = compiler.typed(tree) if clause is None else None
    except RecursionError:
        raise ExpressionFault([_too_deep()]) from None
    found = typed.type if typed else Type("boolean")
    if wanted == "figure" and found.kind not in ("number", "boolean", "error"):
        compiler.problem(tree, Text.of(f"expected a number or a condition, found {found}", f"应为数字或条件，实为{found.zh}"), "type")
    if wanted == "number" and found.kind not in ("number", "error"):
        compiler.problem(tree, Text.of(f"expected a number, found {found}", f"应为数字，实为{found.zh}"), "type")
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
        tree = ast.parse(wrapped(text), mode="eval").body
    except SyntaxError as error:
        line, column = (error.lineno or 2) - 2, max((error.offset or 1) - 1, 0)
        offset = sum(len(each) + 1 for each in text.split("\n")[: max(line, 0)]) + column
        said = foreign(error.msg)
        message = Text.of(f"not an expression: {said.say('en')}", f"不是合法的表达式：{said.say('zh')}")
        raise ExpressionFault([Problem(min(offset, len(text)), message, "syntax")]) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionFault([_too_deep()]) from None
    if _depth(tree) > DEEPEST:
        raise ExpressionFault([_too_deep()])
    return tree


def _depth(tree: ast.expr) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [part for node in level for part in ast.iter_child_nodes(node)]  # type: ignore[misc]
    return depth


def _too_deep() -> Problem:
    return Problem(0, Text.of("not an expression, or nested too deeply", "不是合法的表达式，或嵌套过深"), "syntax")

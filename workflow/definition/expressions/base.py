"""What every part of the compiler stands on: problems, names, and whether two types may meet."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import evolve

from workflow.definition.expressions.parts import FAILED, Clause, Generated, Needs, Problem, Subject, Typed
from workflow.definition.expressions.runtime import BRANCH, SUBJECT, TODAY, WHOLE, Run
from workflow.definition.expressions.types import ANY_UNIT, DATE, ERROR, TEXT, Type, World, entity
from workflow.definition.expressions.types import of_parameter as type_of_parameter
from workflow.definition.terms import Field
from workflow.errors import did_you_mean
from workflow.texts import Text


class Base(ABC):
    """Problems are collected, not raised; a part that failed has the type ERROR and stays quiet after."""

    def __init__(self, text: str, whole: ast.expr, world: World, subject: Subject | None, takes: Mapping[str, Field] | None) -> None:
        self.wrapped = wrapped(text)
        self.unnamed = [whole]
        self.world = world
        self.takes = takes
        self.problems: list[Problem] = []
        self.needs = Needs()
        self.used: set[str] = set()
        self.frame = 0
        self.nesting = 0  # generators around the part being compiled
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._lines = text.split("\n")
        if not world.names:
            world.names.update(_parameters(world))
        self.scope: dict[str, Typed] = dict(world.names)
        self.scope["today"] = Typed(DATE, lambda env: env[TODAY], constant=True)
        if "branch" in world.entities:
            self.scope["branch"] = Typed(entity("branch"), lambda env: env[BRANCH])
            self.scope["campaign"] = Typed(entity("campaign"), lambda _env: WHOLE)
        if subject is not None:
            self.scope[subject.name] = Typed(subject.type, lambda env: env[SUBJECT])

    @abstractmethod
    def typed(self, node: ast.expr) -> Typed:
        """A value with its type."""

    @abstractmethod
    def clause(self, node: ast.expr) -> Clause:
        """A condition with its figures."""

    @abstractmethod
    def call(self, node: ast.Call) -> Typed:
        """The value of a function."""

    @abstractmethod
    def hosted(self, node: ast.Call, name: str) -> Typed:
        """The value of a host's function."""

    @abstractmethod
    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Typed:
        """A list or a set written out."""

    @abstractmethod
    def generator(self, node: ast.GeneratorExp, *, aggregate: str) -> Generated:
        """What a generator yields."""

    def problem(self, node: ast.AST, text: Text, code: str) -> Typed:
        line = max(getattr(node, "lineno", 2) - 2, 0)
        before = self._lines[line].encode()[: getattr(node, "col_offset", 0)] if line < len(self._lines) else b""
        problem = Problem(self._starts[min(line, len(self._starts) - 1)] + len(before.decode(errors="ignore")), text, code)
        if all((problem.offset, problem.code) != (p.offset, p.code) for p in self.problems):
            self.problems.append(problem)
        return FAILED

    def expect(self, node: ast.AST, typed: Typed, *kinds: str) -> bool:
        if typed.type.kind in kinds:
            return True
        if typed.type.kind != "error":
            names = {
                "boolean": Text.of("true or false", "真或假"),
                "number": Text.of("a number", "数字"),
                "date": Text.of("a date", "日期"),
            }
            wanted = [names.get(kind, Text.of(f"a {kind}", kind)) for kind in kinds]
            en, zh = " or ".join(w.say("en") for w in wanted), "或".join(w.say("zh") for w in wanted)
            self.problem(node, Text.of(f"expected {en}, found {typed.type}", f"应为{zh}，实为{typed.type.zh}"), "type")
        return False

    def same(self, node: ast.AST, a: Type, b: Type) -> None:
        """Values of type `a` may be compared with values of type `b`."""
        if "error" in (a.kind, b.kind):
            return
        if {a.kind, b.kind} <= {"text", "choice"}:
            self._words(node, a, b)
        elif a.kind != b.kind or a.kind == "entity":
            self.problem(node, Text.of(f"cannot compare {a} with {b}", f"{a.zh}与{b.zh}不能比较"), "type")
        elif a.item is not None and b.item is not None:
            self.same(node, a.item, b.item)
        elif a.kind == "number" and ANY_UNIT not in (a.unit, b.unit) and (a.unit or "") != (b.unit or ""):
            text = Text.of(
                f"cannot compare {a.unit or 'no unit'} with {b.unit or 'no unit'}", f"单位不同：{a.unit or '无'} 与 {b.unit or '无'}"
            )
            self.problem(node, text, "unit")

    def _words(self, node: ast.AST, a: Type, b: Type) -> None:
        """A text written out must be an option of the choice it meets; two choices must have an option in common."""
        if a.kind == b.kind == "choice" and a.options.isdisjoint(b.options):
            text = Text.of(f"cannot compare {a} with {b}: no option in common", f"{a.zh}与{b.zh}没有共同的选项，不能比较")
            self.problem(node, text, "option")
        for chosen, text_type in ((a, b), (b, a)):
            if (chosen.kind, text_type.kind) != ("choice", "text"):
                continue
            for value in sorted(text_type.options - chosen.options):
                hint = did_you_mean(value, sorted(chosen.options))
                en = f"{value!r} is not one of the options; {hint.say('en')}"
                self.problem(node, Text.of(en, f"{value!r} 不在选项之中；{hint.say('zh')}"), "option")

    def joined(self, node: ast.AST, a: Type, b: Type) -> Type:
        """The type of what is either of type `a` or of type `b`."""
        if a.kind == b.kind == "entity" and a.entity == b.entity:
            return a
        if a.kind == b.kind and a.item is not None and b.item is not None:
            return evolve(a, item=self.joined(node, a.item, b.item))
        if not a.kind == b.kind == "choice":
            self.same(node, a, b)
        if {a.kind, b.kind} <= {"text", "choice"}:
            chosen = a if a.kind == "choice" else b
            return evolve(chosen, options=a.options | b.options) if a.options and b.options else TEXT
        if a.kind != b.kind or a.kind == "entity":
            return ERROR
        return b if a.unit == ANY_UNIT else a

    def members_of_a_set(self, node: ast.AST, item: Type) -> bool:
        """Can values of this type be put into a set? Lists, sets and what has attributes cannot."""
        if item.kind not in ("list", "set", "entity"):
            return True
        self.problem(node, Text.of(f"a set holds single values, not {item}", f"集合只能包含单个值，不能包含{item.zh}"), "type")
        return False

    def source(self, node: ast.expr) -> str:
        """The part of the text a node was parsed from, on one line. Empty for the whole: the requirement's title says that."""
        if any(node is unnamed for unnamed in self.unnamed):
            return ""
        return " ".join((ast.get_source_segment(self.wrapped, node) or ast.unparse(node)).split())


def _parameters(world: World) -> dict[str, Typed]:
    return {
        name: Typed(type_of_parameter(p), constant_run(plain(p.value)), constant=True, known=plain(p.value))
        for name, p in world.parameters.items()
    }


def constant_run(value: Any) -> Run:
    return lambda _env: value


def plain(value: Any) -> Any:
    """A parameter's value as expressions see it: dates are ISO texts, tuples lists."""
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def wrapped(text: str) -> str:
    """An expression as it is parsed: parentheses let a rule run over several lines, on lines of their own they leave columns alone."""
    return f"(\n{text}\n)"

"""Functions over collections, and the generators they go through."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from workflow.definition.expressions import runtime
from workflow.definition.expressions.base import Base, constant_run
from workflow.definition.expressions.parts import FAILED, Generated, Typed
from workflow.definition.expressions.pushdown import push, push_count
from workflow.definition.expressions.runtime import LOCALS, unless_missing
from workflow.definition.expressions.types import BOOLEAN, COUNT, DATE, DAYS, ERROR, Type, list_of, set_of
from workflow.texts import Text

FUNCTIONS = ("all", "any", "sum", "min", "max", "len", "set", "first", "last", "days", "date")
MOST_NESTED = 3  # loops inside each other: forty members are then looked at 64,000 times, not millions


class Calls(Base):
    """Compiles calls of the few functions there are."""

    def call(self, node: ast.Call) -> Typed:
        match node.func:
            case ast.Attribute(value=ast.Name(id="host"), attr=hosted):
                return self.hosted(node, hosted)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
            listed = ", ".join(FUNCTIONS)
            return self.problem(node, Text.of(f"only these can be called: {listed}", f"只能调用：{listed}"), "call")
        self.used.add(name)
        if name in ("date", "days"):
            return self._literal(node, name)
        if name in ("min", "max") and len(node.args) > 1:
            return self._aggregate(
                node, name, self.listed(ast.List(elts=node.args, ctx=ast.Load(), lineno=node.lineno, col_offset=node.col_offset))
            )
        if len(node.args) != 1:
            return self.problem(node, Text.of(f"{name} takes one collection", f"{name} 只接受一个集合"), "call")
        argument = node.args[0]
        if not isinstance(argument, ast.GeneratorExp):
            before = set(self.needs.records)
            over = self.typed(argument)
            counted = push_count(self, argument, over, before) if name == "len" and self.world.push else None
            return Typed(COUNT, counted) if counted is not None else self._aggregate(node, name, over)
        if name in ("any", "all"):
            return Typed(BOOLEAN, self.clause(node).run)
        found = self.generator(argument, aggregate=name)
        if found.pushed is not None:
            return Typed(COUNT if name == "len" else found.element.type, found.pushed)
        return self._aggregate(node, name, found.collection)

    def _aggregate(self, node: ast.Call, name: str, over: Typed) -> Typed:
        if over.type.kind not in ("list", "set"):
            if over.type.kind != "error":
                self.problem(node, Text.of(f"{name} needs a collection, found {over.type}", f"{name} 需要集合，实为{over.type.zh}"), "type")
            return FAILED
        item = over.type.item or ERROR
        wanted = {"sum": ("number",), "min": ("number", "date"), "max": ("number", "date"), "any": ("boolean",), "all": ("boolean",)}
        if name in wanted and not self.expect(node, Typed(item, over.run), *wanted[name]):
            return FAILED
        if name in ("first", "last") and not item.entity.startswith("record:"):
            return self.problem(node, Text.of(f"{name} needs records, found {item}", f"{name} 需要记录，实为 {item}"), "type")
        if name == "set" and not self.members_of_a_set(node, item):
            return FAILED
        fold, result = _FOLDS[name]
        run = over.run
        kind = result if result is not None else set_of(item) if name == "set" else item
        return Typed(kind, lambda env: unless_missing(run(env), fold), over.constant)

    def _literal(self, node: ast.Call, name: str) -> Typed:
        if len(node.args) != 1:
            return self.problem(node, Text.of(f"{name} takes one value", f"{name} 只接受一个值"), "call")
        value = self.typed(node.args[0])
        if name == "days":
            if not self.expect(node, value, "number"):
                return FAILED
            self.same(node, DAYS, value.type if value.type.unit else COUNT)
            return Typed(DAYS, value.run, value.constant, value.known)
        try:
            day = date.fromisoformat(value.known).isoformat()
        except (ValueError, TypeError):
            return self.problem(node, Text.of('date needs a day such as "2005-01-31"', 'date 需要形如 "2005-01-31" 的日期'), "date")
        return Typed(DATE, constant_run(day), constant=True, known=day)

    def generator(self, node: ast.GeneratorExp, *, aggregate: str) -> Generated:
        loop = node.generators[0]
        if len(node.generators) != 1 or loop.is_async or not isinstance(loop.target, ast.Name):
            self.problem(node, Text.of("one `for NAME in ...` at a time", "一次只能有一个 for 名称 in ..."), "syntax")
            return Generated(FAILED, FAILED, lambda _env: iter(()), None)
        before = set(self.needs.records)
        source = self.typed(loop.iter)
        item = source.type.item if source.type.kind in ("list", "set") and source.type.item else ERROR
        if source.type.kind not in ("list", "set", "error"):
            self.problem(loop.iter, Text.of(f"cannot go through {source.type}", f"不能遍历{source.type.zh}"), "type")
        name, slot = loop.target.id, LOCALS + self.frame
        if name in self.scope:
            self.problem(loop.target, Text.of(f"{name} already means something else here", f"{name} 在此已有含义"), "name")
        self.frame += 1
        self.nesting += 1
        if self.nesting > MOST_NESTED:
            text = Text.of(
                f"at most {MOST_NESTED} loops inside each other; split the requirement", f"循环最多嵌套 {MOST_NESTED} 层；请拆分条件"
            )
            self.problem(node, text, "nesting")
        outer = self.scope
        self.scope = {**outer, name: Typed(item, lambda env: env[slot])}
        conditions = [self.clause(test) for test in loop.ifs]
        element = self.typed(node.elt)
        pushed = push(self, aggregate, node, source, before) if self.world.push and not self.problems else None
        self.scope = outer
        self.nesting -= 1
        values = partial(runtime.iterate, slot=slot, source=source.run, conditions=[c.run for c in conditions], element=element.run)
        return Generated(Typed(list_of(element.type), lambda env: list(values(env))), element, values, pushed)


_FOLDS: dict[str, tuple[Callable[[Any], Any], Type | None]] = {
    "sum": (runtime.total, None),
    "min": (runtime.extreme(min), None),
    "max": (runtime.extreme(max), None),
    "len": (runtime.count, COUNT),
    "any": (runtime.any_of, BOOLEAN),
    "all": (runtime.all_of, BOOLEAN),
    "set": (runtime.distinct, None),
    "first": (runtime.earliest, None),
    "last": (runtime.latest, None),
}

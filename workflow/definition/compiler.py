"""From a syntax tree to closures, with types checked on the way. The allow-list is the set of `_node` methods below."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from attrs import define, field, frozen

from workflow.definition import runtime
from workflow.definition.model import Field
from workflow.definition.pushdown import push
from workflow.definition.runtime import BRANCH, COMPARE, COMPARE_NUMBERS, LOCALS, MISSING, SUBJECT, TAKES, TODAY, Env, Measure, Run
from workflow.definition.types import ANY_UNIT, BOOLEAN, COUNT, DATE, DAYS, ERROR, TEXT, Attribute, Type, World, entity, list_of, of_field
from workflow.definition.types import of_parameter as type_of_parameter
from workflow.definition.types import set_of
from workflow.errors import did_you_mean
from workflow.texts import Text

FUNCTIONS = ("all", "any", "sum", "min", "max", "len", "set", "first", "last", "days", "date")
NOTHING: Any = object()  # no value is known at load


@frozen
class Problem:
    """One thing wrong in an expression, `offset` characters into its text."""

    offset: int
    text: Text
    code: str


@frozen
class Figure:
    """One part of a check: what it requires, what was found, both in `unit`. `met` is None when unknown.

    `of` names the choice field compared ("record:inspection.result"), so that options can be shown by their titles.
    """

    expression: str
    op: str
    required: Any
    found: Any
    unit: str | None
    met: bool | None
    of: str | None = None


Figures = Callable[[Env], list[Figure]]


@frozen
class Clause:
    """A condition: its truth, and the figures that explain it."""

    run: Run
    figures: Figures


@frozen
class Subject:
    """The variable `each` brings."""

    name: str
    type: Type


@frozen
class Typed:
    """A compiled part. `known` is its value if that is fixed at load; `constant`: it depends on no fact."""

    type: Type
    run: Run
    constant: bool = False
    known: Any = NOTHING
    of: str | None = None


FAILED = Typed(ERROR, lambda _env: MISSING)


@define
class Needs:
    records: set[str] = field(factory=set)
    cases: set[str] = field(factory=set)
    measures: dict[str, Measure] = field(factory=dict)
    members: bool = False
    children: bool = False


_COMPARE_OPS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NEGATED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in"}


class Compiler:
    """Compiles one expression. Problems are collected, not raised; a part that failed has the type ERROR and stays quiet after."""

    def __init__(self, text: str, world: World, subject: Subject | None, takes: Mapping[str, Field] | None) -> None:
        self.text = text
        self.world = world
        self.takes = takes
        self.problems: list[Problem] = []
        self.needs = Needs()
        self.used: set[str] = set()
        self.frame = 0
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._lines = text.split("\n")
        self.scope: dict[str, Typed] = {
            name: Typed(type_of_parameter(p), _constant(_plain(p.value)), constant=True, known=_plain(p.value))
            for name, p in world.parameters.items()
        }
        self.scope["today"] = Typed(DATE, lambda env: env[TODAY], constant=True)
        if "branch" in world.entities:
            self.scope["branch"] = Typed(entity("branch"), lambda env: env[BRANCH])
        if subject is not None:
            self.scope[subject.name] = Typed(subject.type, lambda env: env[SUBJECT])

    # -- problems ---------------------------------------------------------------------------------------------------

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
            names = {"boolean": Text.of("true or false", "真或假"), "number": Text.of("a number", "数字"), "date": Text.of("a date", "日期")}
            wanted = [names.get(kind, Text.of(f"a {kind}", kind)) for kind in kinds]
            en, zh = " or ".join(w.say("en") for w in wanted), "或".join(w.say("zh") for w in wanted)
            self.problem(node, Text.of(f"expected {en}, found {typed.type}", f"应为{zh}，实为 {typed.type}"), "type")
        return False

    # -- conditions and their figures -------------------------------------------------------------------------------

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
                return _chosen(self.clause(test), self.clause(body), self.clause(orelse))
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() as generator], keywords=[]):
                return self._quantified(node, name, generator)
            case _:
                typed = self.typed(node)
                self.expect(node, typed, "boolean")
                return Clause(typed.run, partial(_plain_figures, self.source(node), typed.run, True))

    def _not(self, node: ast.expr, operand: ast.expr) -> Clause:
        inner = self.clause(operand)

        def figures(env: Env) -> list[Figure]:
            found = inner.figures(env)
            if len(found) != 1:
                return [Figure(self.source(node), "==", True, _shown(runtime.negate(inner.run(env))), None, _met(runtime.negate(inner.run(env))))]
            one = found[0]
            required, op = (not one.required, "==") if isinstance(one.required, bool) else (one.required, _NEGATED[one.op])
            return [Figure(self.source(node), op, required, one.found, one.unit, None if one.met is None else not one.met, one.of)]

        return Clause(lambda env: runtime.negate(inner.run(env)), figures)

    def _comparisons(self, node: ast.Compare) -> Clause:
        operands = [self.typed(operand) for operand in (node.left, *node.comparators)]
        clauses = []
        for index, op in enumerate(node.ops):
            name = _COMPARE_OPS.get(type(op))
            if name is None:
                self.problem(node, Text.of("`is` is not part of the language; use ==", "不支持 is；请用 =="), "syntax")
                continue
            clauses.append(self._comparison(node, name, operands[index], operands[index + 1]))
        if not clauses:
            return Clause(FAILED.run, lambda _env: [])
        return clauses[0] if len(clauses) == 1 else _joined(clauses, runtime.all_of)

    def _comparison(self, node: ast.Compare, op: str, left: Typed, right: Typed) -> Clause:
        numeric = self._comparable(node, op, left, right)
        test = (COMPARE_NUMBERS if numeric and op in COMPARE_NUMBERS else COMPARE)[op]
        a, b = left.run, right.run

        def run(env: Env) -> Any:
            x, y = a(env), b(env)
            return MISSING if x is MISSING or y is MISSING else test(x, y)

        unit = next((t.type.unit for t in (left, right) if t.type.kind == "number" and t.type.unit not in (None, ANY_UNIT)), None)
        # The side that depends on facts is what was found; the other is what is required.
        flip = left.constant and not right.constant and op in _FLIPPED
        found, required, shown = (right, left, _FLIPPED[op]) if flip else (left, right, op)
        source = self.source(node)

        def figures(env: Env) -> list[Figure]:
            of = found.of or required.of
            return [Figure(source, shown, _shown(required.run(env)), _shown(found.run(env)), unit, _met(run(env)), of)]

        return Clause(run, figures)

    def _comparable(self, node: ast.Compare, op: str, left: Typed, right: Typed) -> bool:
        a, b = left.type, right.type
        if "error" in (a.kind, b.kind):
            return False
        if op in ("in", "not in"):
            if b.kind not in ("list", "set") or b.item is None:
                self.problem(node, Text.of(f"`in` needs a list or a set, found {b}", f"in 之后应为列表或集合，实为 {b}"), "type")
            else:
                self._same(node, a, b.item, right.known)
                self._same(node, b.item, a, left.known)
            return False
        if a.kind in ("list", "set") and b.kind in ("list", "set") and a.item and b.item:
            self._same(node, a.item, b.item, right.known)
            return False
        ordered = op not in ("==", "!=")
        if ordered and (a.kind not in ("number", "date") or b.kind not in ("number", "date")):
            self.problem(node, Text.of(f"{a} and {b} have no order", f"{a} 与 {b} 不能比较大小"), "type")
            return False
        self._same(node, a, b, right.known)
        self._same(node, b, a, left.known)
        return a.kind == "number"

    def _same(self, node: ast.AST, a: Type, b: Type, known: Any) -> None:
        """Values of type `a` may be compared with values of type `b`, of which `known` are fixed already."""
        if "error" in (a.kind, b.kind):
            return
        if a.kind == "choice" and b.kind in ("text", "choice"):
            values = known if isinstance(known, (list, frozenset)) else [] if known is NOTHING else [known]
            for value in values:
                if value not in a.options:
                    hint = did_you_mean(str(value), sorted(a.options))
                    en = f"{value!r} is not one of the options; {hint.say('en')}"
                    self.problem(node, Text.of(en, f"{value!r} 不在选项之中；{hint.say('zh')}"), "option")
            return
        if b.kind == "choice" and a.kind == "text":
            return
        if a.kind != b.kind or a.kind == "entity":
            self.problem(node, Text.of(f"cannot compare {a} with {b}", f"{a} 与 {b} 不能比较"), "type")
        elif a.kind == "number" and ANY_UNIT not in (a.unit, b.unit) and (a.unit or "") != (b.unit or ""):
            text = Text.of(f"cannot compare {a.unit or 'no unit'} with {b.unit or 'no unit'}", f"单位不同：{a.unit or '无'} 与 {b.unit or '无'}")
            self.problem(node, text, "unit")

    def _quantified(self, node: ast.Call, name: str, generator: ast.GeneratorExp) -> Clause:
        self.used.add(name)
        typed, element, values, pushed = self._generator(generator, aggregate=name)
        self.expect(generator.elt, element, "boolean")
        source = self.source(node)
        fold = runtime.any_of if name == "any" else runtime.all_of
        if pushed is not None:
            tally = pushed

            def counted(env: Env) -> list[Figure]:
                found = tally(env)
                return [Figure(source, ">=", 1, found, None, found > 0)]

            return Clause(lambda env: tally(env) > 0, counted)

        def figures(env: Env) -> list[Figure]:
            listed = list(values(env))
            found = sum(1 for value in listed if value is True)
            required = 1 if name == "any" else len(listed)
            return [Figure(source, ">=", required, found, None, _met(fold(listed)))]

        del typed
        return Clause(lambda env: fold(values(env)), figures)

    # -- values -----------------------------------------------------------------------------------------------------

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
                return self._list(node)
            case ast.Call():
                return self._call(node)
            case _:
                what = type(node).__name__
                return self.problem(node, Text.of(f"{what} is not part of the language", f"语言不支持 {what}"), "syntax")

    def _constant(self, node: ast.Constant) -> Typed:
        value = node.value
        if isinstance(value, bool):
            return Typed(BOOLEAN, _constant(value), constant=True, known=value)
        if isinstance(value, (int, float)):
            return Typed(COUNT, _constant(value), constant=True, known=value)
        if isinstance(value, str):
            return Typed(TEXT, _constant(value), constant=True, known=value)
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
        return Typed(found.type, self._reader(base, node.attr, found), of=f"{base.type.entity}.{node.attr}")

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
                return lambda env: _of(owner(env), lambda o: env[runtime.FACTS].records(name, o))
            case "cases":
                self.needs.cases.add(name)
                return lambda env: _of(owner(env), lambda o: env[runtime.FACTS].cases(name, o))
            case "members":
                self.needs.members = True
                return lambda env: _of(owner(env), lambda o: env[runtime.FACTS].members(o))
            case "children" | "steps" as how:
                self.needs.children |= how == "children"
                return lambda env: _of(owner(env), lambda o: getattr(env[runtime.FACTS], how)(o))
            case "flag":
                return lambda env: _of(owner(env), lambda o: name in o.flags)
            case _ if kind.startswith("record:"):
                return _column(owner, self.column(kind.partition(":")[2], name), attribute)
            case "field":
                return _decoded(lambda env: _of(owner(env), lambda o: _or_missing(o.fields.get(name))), attribute)
            case _:
                return lambda env: _of(owner(env), lambda o: _or_missing(getattr(o, name)))

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
                    self._same(node, left.type, right.type, NOTHING)
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
        return Typed(operand.type, lambda env: _of(run(env), lambda v: -v), operand.constant, known)

    def _either(self, node: ast.IfExp) -> Typed:
        test, body, orelse = self.clause(node.test), self.typed(node.body), self.typed(node.orelse)
        if "error" in (body.type.kind, orelse.type.kind):
            return FAILED
        self._same(node, body.type, orelse.type, NOTHING)
        choose = partial(_choose, test.run, body.run, orelse.run)
        return Typed(orelse.type if body.type.unit == ANY_UNIT else body.type, choose, of=body.of)

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Typed:
        items = [self.typed(item) for item in node.elts]
        if any(item.type.kind == "error" for item in items):
            return FAILED
        for item, written in zip(items[1:], node.elts[1:], strict=True):
            self._same(written, items[0].type, item.type, item.known)
        kind: Callable[[Any], Any] = frozenset if isinstance(node, ast.Set) else list
        wrap = set_of if isinstance(node, ast.Set) else list_of
        known = kind([i.known for i in items]) if all(i.known is not NOTHING for i in items) else NOTHING
        runs = [item.run for item in items]

        def run(env: Env) -> Any:
            values = runtime.known(item(env) for item in runs)
            return values if values is MISSING else kind(values)

        return Typed(wrap(items[0].type if items else TEXT), run, all(i.constant for i in items), known)

    # -- functions --------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Typed:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
            listed = ", ".join(FUNCTIONS)
            return self.problem(node, Text.of(f"only these can be called: {listed}", f"只能调用：{listed}"), "call")
        self.used.add(name)
        if name in ("date", "days"):
            return self._literal(node, name)
        if name in ("min", "max") and len(node.args) > 1:
            return self._aggregate(node, name, self._list(ast.List(elts=node.args, ctx=ast.Load(), lineno=node.lineno, col_offset=node.col_offset)))
        if len(node.args) != 1:
            return self.problem(node, Text.of(f"{name} takes one collection", f"{name} 只接受一个集合"), "call")
        argument = node.args[0]
        if not isinstance(argument, ast.GeneratorExp):
            return self._aggregate(node, name, self.typed(argument))
        if name in ("any", "all"):
            return Typed(BOOLEAN, self.clause(node).run)
        typed, element, _values, pushed = self._generator(argument, aggregate=name)
        if pushed is not None:
            return Typed(COUNT if name == "len" else element.type, pushed)
        return self._aggregate(node, name, typed)

    def _aggregate(self, node: ast.Call, name: str, over: Typed) -> Typed:
        if over.type.kind not in ("list", "set"):
            if over.type.kind != "error":
                self.problem(node, Text.of(f"{name} needs a collection, found {over.type}", f"{name} 需要集合，实为 {over.type}"), "type")
            return FAILED
        item = over.type.item or ERROR
        wanted = {"sum": ("number",), "min": ("number", "date"), "max": ("number", "date"), "any": ("boolean",), "all": ("boolean",)}
        if name in wanted and not self.expect(node, Typed(item, over.run), *wanted[name]):
            return FAILED
        if name in ("first", "last") and not item.entity.startswith("record:"):
            return self.problem(node, Text.of(f"{name} needs records, found {item}", f"{name} 需要记录，实为 {item}"), "type")
        fold, result = _FOLDS[name]
        run = over.run
        kind = result if result is not None else set_of(item) if name == "set" else item
        return Typed(kind, lambda env: _of(run(env), fold), over.constant)

    def _literal(self, node: ast.Call, name: str) -> Typed:
        if len(node.args) != 1:
            return self.problem(node, Text.of(f"{name} takes one value", f"{name} 只接受一个值"), "call")
        value = self.typed(node.args[0])
        if name == "days":
            return Typed(DAYS, value.run, value.constant, value.known) if self.expect(node, value, "number") else FAILED
        try:
            day = date.fromisoformat(value.known).isoformat()
        except (ValueError, TypeError):
            return self.problem(node, Text.of('date needs a day such as "2005-01-31"', 'date 需要形如 "2005-01-31" 的日期'), "date")
        return Typed(DATE, _constant(day), constant=True, known=day)

    def _generator(self, node: ast.GeneratorExp, *, aggregate: str) -> tuple[Typed, Typed, Callable[[Env], Any], Run | None]:
        """The collection it yields, its element, its values, and the measure that replaces it if the store can compute it."""
        loop = node.generators[0]
        if len(node.generators) != 1 or loop.is_async or not isinstance(loop.target, ast.Name):
            self.problem(node, Text.of("one `for NAME in ...` at a time", "一次只能有一个 for 名称 in ..."), "syntax")
            return FAILED, FAILED, lambda _env: iter(()), None
        source = self.typed(loop.iter)
        before = set(self.needs.records) if not isinstance(loop.iter, ast.Attribute) else self.needs.records - {loop.iter.attr}
        item = source.type.item if source.type.kind in ("list", "set") and source.type.item else ERROR
        if source.type.kind not in ("list", "set", "error"):
            self.problem(loop.iter, Text.of(f"cannot go through {source.type}", f"不能遍历 {source.type}"), "type")
        name, slot = loop.target.id, LOCALS + self.frame
        if name in self.scope:
            self.problem(loop.target, Text.of(f"{name} already means something else here", f"{name} 在此已有含义"), "name")
        self.frame += 1
        outer = self.scope
        self.scope = {**outer, name: Typed(item, lambda env: env[slot])}
        conditions = [self.clause(test) for test in loop.ifs]
        element = self.typed(node.elt)
        pushed = push(self, aggregate, node, source, before) if self.world.push and not self.problems else None
        self.scope = outer
        values = partial(runtime.iterate, slot=slot, source=source.run, conditions=[c.run for c in conditions], element=element.run)
        return Typed(list_of(element.type), lambda env: list(values(env))), element, values, pushed

    def source(self, node: ast.expr) -> str:
        return ast.unparse(node)


# -- small pieces of run-time code ------------------------------------------------------------------------------------


def _constant(value: Any) -> Run:
    return lambda _env: value


def _plain(value: Any) -> Any:
    """A parameter's value as expressions see it: dates are ISO texts, tuples lists."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def _of(value: Any, then: Callable[[Any], Any]) -> Any:
    return MISSING if value is MISSING else then(value)


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
        return lambda env: _of(read(env), bool)
    if attribute.type.kind == "set":
        return lambda env: _of(read(env), frozenset)
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


def _choose(test: Run, body: Run, orelse: Run, env: Env) -> Any:
    chosen = test(env)
    return MISSING if chosen is MISSING else body(env) if chosen else orelse(env)


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

    return Clause(partial(_choose, test.run, body.run, orelse.run), figures)


def _plain_figures(source: str, run: Run, required: bool, env: Env) -> list[Figure]:
    value = run(env)
    return [Figure(source, "==", required, _shown(value), None, _met(value))]


def _met(value: Any) -> bool | None:
    return None if value is MISSING else bool(value)


def _shown(value: Any) -> Any:
    """A value as findings keep it: plain JSON; a missing one is None."""
    if value is MISSING:
        return None
    return sorted(value) if isinstance(value, frozenset) else value

"""The parts a compiled expression is made of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field, frozen

from workflow.definition.expressions.runtime import MISSING, Env, Measure, Run
from workflow.definition.expressions.types import ERROR, Type
from workflow.texts import Text

COMPARE_OPS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
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

    `of` names the choice field compared ("record:inspection.result"), so that options can be shown by their titles, or the host's function
    whose result was found ("host:within_budget"). `expression` is the part's own text. `host` is there where a function of a host's
    stands on one side: its name as "function", and the values it was "given" by parameter.
    """

    op: str
    required: Any
    found: Any
    unit: str | None = None
    met: bool | None = None
    of: str | None = None
    expression: str = ""
    host: Mapping[str, Any] = field(factory=dict, hash=False)


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
    host: Callable[[Env], Mapping[str, Any]] | None = None  # of a call of a host's function: with what


@frozen
class Generated:
    """A compiled generator: its collection, its element, its values, and the measure that replaces it if the store can compute it."""

    collection: Typed
    element: Typed
    values: Callable[[Env], Iterator[Any]]
    pushed: Run | None


FAILED = Typed(ERROR, lambda _env: MISSING)


@define
class Needs:
    records: set[str] = field(factory=set)
    cases: set[str] = field(factory=set)
    measures: dict[str, Measure] = field(factory=dict)
    members: bool = False
    children: bool = False


def truth(value: Any) -> bool | None:
    return None if value is MISSING else bool(value)


def shown(value: Any) -> Any:
    """A value as findings keep it: plain JSON; a missing one is None."""
    if value is MISSING:
        return None
    if isinstance(value, (list, frozenset)):
        listed = [shown(each) for each in value]
        return sorted(listed) if isinstance(value, frozenset) else listed
    return value

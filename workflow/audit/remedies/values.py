"""Values of a record that does not exist yet: what its fields must be, and the smallest or first value that is so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import ceil, floor
from typing import Any

from attrs import frozen

from workflow.definition.expressions.runtime import COMPARE, COMPARE_NUMBERS, add_days
from workflow.definition.model import Field
from workflow.engine.entry import read_value

SIZE = "size "  # before the operator where the number of options chosen is compared
HAS = "has"  # a set of options has this one
_HUNDREDTH = 0.01  # the finest figure proposed: people enter no finer ones
_PLACEHOLDER = "…"


@frozen
class Bound:
    """`field op value`: `hours >= 4`, `channels size >= 2`, `parts has "style"`."""

    field: str
    op: str
    value: Any

    def holds(self, value: Any) -> bool:
        if value is None:
            return False
        if self.op.startswith(SIZE):
            return COMPARE_NUMBERS[self.op.removeprefix(SIZE)](len(value), self.value)
        if self.op == HAS:
            return self.value in value
        if isinstance(value, (list, tuple)) and self.op in ("==", "!="):
            return (set(value) == set(self.value)) is (self.op == "==")
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        return (COMPARE_NUMBERS if numeric else COMPARE)[self.op](value, self.value)


@frozen
class Circumstances:
    """What a value may be taken from where several would do: what stood there before, who acts, who there is, what day it is."""

    before: Any = None
    by: str = ""
    people: Sequence[str] = ()
    today: str = ""


def pick(field: Field, bounds: Sequence[Bound], at: Circumstances) -> Any:
    """A value of the field that meets all bounds, and can be entered; None if there is none.

    Without bounds it is what stood there before, else the first option, the least number, yes, today, the person who acts.
    """
    found = [] if at.before is None or bounds else [at.before]
    for value in [*found, *_candidates(field, bounds, at)]:
        read, fault = read_value(field, value)
        if fault is None and read not in (None, "") and all(bound.holds(read) for bound in bounds):
            return read
    return None


def _candidates(field: Field, bounds: Sequence[Bound], at: Circumstances) -> Iterable[Any]:
    match field.type:
        case "number" | "integer":
            return _numbers(field, bounds)
        case "boolean":
            return (True, False)
        case "date":
            return _days(bounds, at.today)
        case "choice":
            return _choices(field, bounds) if field.many else field.options
        case "person":
            return dict.fromkeys((*_named(bounds), at.by, *at.people))
        case _:
            least = max(1, ceil(field.min or 0))
            return (*_named(bounds), *(_PLACEHOLDER * (least + more) for more in range(len(bounds) + 2)))


def _numbers(field: Field, bounds: Sequence[Bound]) -> list[float]:
    """The places where a bound begins or ends to hold: those with two decimals first, from zero upwards."""
    step = 1.0 if field.type == "integer" else _HUNDREDTH
    marks = [each for each in _named(bounds) if isinstance(each, (int, float))]
    points = {0.0, *(edge for edge in (field.min, field.max) if edge is not None), *marks}
    for mark in (*marks, *(edge for edge in (field.min,) if edge is not None)):
        for steps in (ceil(mark / step - 1e-7), floor(mark / step + 1e-7)):
            points |= {round(n * step, 2) for n in (steps - 1, steps, steps + 1)}
    return sorted(points, key=lambda point: (point < 0, round(point, 2) != point, abs(point)))


def _days(bounds: Sequence[Bound], today: str) -> list[str]:
    marks = [each for each in _named(bounds) if _is_day(each)]
    return [today, *(add_days(mark, n) for mark in marks for n in (0, 1, -1))]


def _choices(field: Field, bounds: Sequence[Bound]) -> Iterator[list[str]]:
    """Sets of options: those that must be in it, then one more at a time."""
    chosen = [bound.value for bound in bounds if bound.op == HAS]
    yield from (list(bound.value) for bound in bounds if bound.op == "==")
    for option in ("", *field.options):
        chosen = [*chosen, option] if option and option not in chosen else chosen
        yield list(chosen)


def _named(bounds: Sequence[Bound]) -> Iterator[Any]:
    """The values bounds speak of."""
    for bound in bounds:
        yield from bound.value if isinstance(bound.value, (tuple, list, frozenset)) else (bound.value,)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_placeholder(value: Any) -> bool:
    """Does it stand for any text?"""
    return isinstance(value, str) and bool(value) and not value.strip(_PLACEHOLDER)

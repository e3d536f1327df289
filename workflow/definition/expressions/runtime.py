"""What compiled expressions run on: the missing value, three-valued logic, aggregates, and the facts they read.

At run time a date is its ISO text (`2005-01-31`: such texts compare as the days do), a set is a frozenset, a record is a row
(see `RECORD_HEAD`), and a fact nobody has entered is `MISSING`. `MISSING` is also the third truth value, *unknown* (Kleene's
strong logic: false and unknown is false, true or unknown is true).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal, Protocol

from attrs import field, frozen


class Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Env = list[Any]  # FACTS, TODAY, BRANCH, SUBJECT, TAKES, then the variables of generators
Run = Callable[[Env], Any]
FACTS, TODAY, BRANCH, SUBJECT, TAKES, LOCALS = range(6)


@frozen
class Whole:
    """The campaign as a whole, as the owner of records: they are kept under no branch."""

    id: str = ""


WHOLE: Final = Whole()

RECORD_HEAD = ("happened", "recorded", "recorded_by", "seq")  # a record row begins with these, then its fields by slot
HAPPENED, RECORDED, RECORDED_BY, SEQ = range(4)


@frozen
class Condition:
    """`column op value` of a measure; `column` is "happened" or the slot of a field, from 1."""

    column: str | int
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
    value: Run = field(eq=False)


@frozen
class Measure:
    """An aggregate over the records of one kind that the store can compute for all owners in one pass.

    `key` identifies it (two requirements may share a measure); `column` is the slot summed or compared, None for a count.
    """

    key: str
    kind: str
    aggregate: Literal["sum", "count", "min", "max"] = field(eq=False)
    column: str | int | None = field(eq=False)
    conditions: tuple[Condition, ...] = field(eq=False)


class FactSource(Protocol):
    """The facts an expression may read. Owners are the branch or member objects the source itself handed out, or `WHOLE`."""

    def members(self, branch: Any) -> Sequence[Any]: ...
    def member(self, case: Any) -> Any: ...
    def children(self, branch: Any) -> Sequence[Any]: ...
    def steps(self, branch: Any) -> Sequence[Any]: ...
    def records(self, kind: str, owner: Any) -> Sequence[tuple[Any, ...]]: ...
    def cases(self, kind: str, owner: Any) -> Sequence[Any]: ...
    def measure(self, measure: Measure, owner: Any) -> Any: ...


def handed_over(name: str, env: Env) -> Any:
    """A value that whoever asks gives along."""
    return (env[TAKES] or {}).get(name, MISSING)


def unless_missing(value: Any, then: Callable[[Any], Any]) -> Any:
    """`then(value)`, but what depends on a missing fact is missing."""
    return MISSING if value is MISSING else then(value)


def all_of(values: Iterable[Any]) -> Any:
    result: Any = True
    for value in values:
        if value is False:
            return False
        if value is MISSING:
            result = MISSING
    return result


def any_of(values: Iterable[Any]) -> Any:
    result: Any = False
    for value in values:
        if value is True:
            return True
        if value is MISSING:
            result = MISSING
    return result


def negate(value: Any) -> Any:
    return MISSING if value is MISSING else not value


def known(values: Iterable[Any]) -> list[Any] | Missing:
    """The values as a list, or MISSING if one is missing: a sum over an unknown figure is unknown."""
    listed = list(values)
    return MISSING if any(value is MISSING for value in listed) else listed


def finite(number: float) -> float:
    """The number itself. Raises `OverflowError` for what no ledger could keep: infinities, and whole numbers beyond any float."""
    if not isfinite(number):
        raise OverflowError("number too large")
    return number


def total(values: Iterable[Any]) -> Any:
    listed = known(values)
    return MISSING if listed is MISSING else finite(sum(listed))


def extreme(pick: Callable[[list[Any]], Any]) -> Callable[[Iterable[Any]], Any]:
    """min or max that knows missing values; of nothing it is missing."""

    def run(values: Iterable[Any]) -> Any:
        listed = known(values)
        return MISSING if not listed or listed is MISSING else pick(listed)

    return run


def count(values: Iterable[Any]) -> Any:
    listed = known(values)
    return MISSING if listed is MISSING else len(listed)


def distinct(values: Iterable[Any]) -> Any:
    listed = known(values)
    return MISSING if listed is MISSING else frozenset(listed)


def _age(record: tuple[Any, ...]) -> tuple[Any, Any]:
    return record[HAPPENED], record[SEQ]


def latest(records: Iterable[Any]) -> Any:
    listed = known(records)
    return MISSING if listed is MISSING else max(listed, key=_age, default=MISSING)


def earliest(records: Iterable[Any]) -> Any:
    listed = known(records)
    return MISSING if listed is MISSING else min(listed, key=_age, default=MISSING)


# Numbers are compared to nine decimals: forty sums of tenths of an hour must not refuse anybody.
DECIMALS: Final = 9


def number_equal(a: float, b: float) -> bool:
    return a == b or round(a - b, DECIMALS) == 0


def number_at_least(a: float, b: float) -> bool:
    return a >= b or round(a - b, DECIMALS) >= 0


COMPARE_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": number_equal,
    "!=": lambda a, b: not number_equal(a, b),
    ">=": number_at_least,
    "<=": lambda a, b: number_at_least(b, a),
    ">": lambda a, b: not number_at_least(b, a),
    "<": lambda a, b: not number_at_least(a, b),
    "in": lambda a, b: any(number_equal(a, each) for each in b),
    "not in": lambda a, b: not any(number_equal(a, each) for each in b),
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def days_between(later: str, earlier: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def add_days(day: str, days: float) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def iterate(env: Env, slot: int, source: Run, conditions: Sequence[Run], element: Run) -> Iterator[Any]:
    """The values of a generator. An element whose condition is unknown counts as an unknown value, not as left out."""
    items = source(env)
    if items is MISSING:
        yield MISSING
        return
    for item in items:
        env[slot] = item
        verdict = all_of(condition(env) for condition in conditions) if conditions else True
        if verdict is True:
            yield element(env)
        elif verdict is MISSING:
            yield MISSING

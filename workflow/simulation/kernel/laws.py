"""Distributions for the kernel: one uniform number gives one value, by the inverse of the distribution function."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from math import sqrt

from attrs import define

from workflow.simulation.kernel.elementary import exp, log, normal_quantile
from workflow.simulation.kernel.jit import jitable
from workflow.simulation.plan.model import Distribution

CONSTANT, UNIFORM, TRIANGULAR, EXPONENTIAL, LOGNORMAL, WEIBULL, EMPIRICAL = range(7)
_KINDS = {
    "constant": CONSTANT,
    "uniform": UNIFORM,
    "triangular": TRIANGULAR,
    "exponential": EXPONENTIAL,
    "lognormal": LOGNORMAL,
    "weibull": WEIBULL,
    "empirical": EMPIRICAL,
}
_P90 = normal_quantile(0.9)
_LONGEST = 1e6  # days: no draw from the long tail of a law lasts longer


@define
class LawRow:
    """A distribution as figures, by kind: constant (x), uniform (low, width), exponential (mean), lognormal (mean and deviation of the
    logarithm), weibull (1 / shape, scale), empirical (first of its values among those of all laws, how many).

    Triangular: low, high, the share below the mode, and for each side of it the square of its width over its share.
    """

    kind: int
    a: float
    b: float = 0.0
    split: float = 0.0
    rise: float = 0.0
    fall: float = 0.0


def law_row(law: Distribution, values: list[float]) -> LawRow:
    """A distribution as figures; those of an empirical one are put, in order, at the end of `values`."""
    kind, given = _KINDS[law.kind], law.parameters
    if kind == UNIFORM:
        return LawRow(kind, given[0], given[1] - given[0])
    if kind == TRIANGULAR:
        low, mode, high = given
        if low == high:
            return LawRow(CONSTANT, low)
        width = high - low
        return LawRow(kind, low, high, (mode - low) / width, width * (mode - low), width * (high - mode))
    if kind == LOGNORMAL:
        median, p90 = given
        return LawRow(kind, log(median), (log(p90) - log(median)) / _P90)
    if kind == WEIBULL:
        return LawRow(kind, 1.0 / given[0], given[1])
    if kind == EMPIRICAL:
        row = LawRow(kind, float(len(values)), float(len(given)))
        values.extend(sorted(given))
        return row
    return LawRow(kind, given[0])


@jitable
def value(law: LawRow, values: Sequence[float], u: float) -> float:
    """The value that a share `u` of [0, 1) lies below."""
    if law.kind == TRIANGULAR:
        return law.a + sqrt(u * law.rise) if u < law.split else law.b - sqrt((1.0 - u) * law.fall)
    if law.kind == CONSTANT:
        return law.a
    if law.kind == UNIFORM:
        return law.a + u * law.b
    return min(_curved(law, values, u), _LONGEST)


@jitable
def _curved(law: LawRow, values: Sequence[float], u: float) -> float:
    if law.kind == EXPONENTIAL:
        return -law.a * log(1.0 - u)
    if law.kind == LOGNORMAL:
        return exp(law.a + law.b * normal_quantile(u)) if u > 0.0 else 0.0
    if law.kind == WEIBULL:
        return law.b * exp(law.a * log(-log(1.0 - u))) if u > 0.0 else 0.0
    return values[int(law.a) + int(u * law.b)]


def quantile(law: Distribution, share: float) -> float:
    """The value that a share of [0, 1) lies below; `quantile(law, 0.5)` is the median."""
    values: list[float] = []
    return value(law_row(law, values), values, share)


def share_below(law: Distribution, x: float) -> float:
    """What share of the law lies below `x`: how far a branch that has been at a step for `x` days has got in its luck.

    The inverse of `quantile`, by halving: to within 2**-53.
    """
    values: list[float] = []
    row = law_row(law, values)
    low, high = 0.0, 1.0
    for _ in count():
        share = 0.5 * (low + high)
        if not low < share < high:
            return low
        if value(row, values, share) < x:
            low = share
        else:
            high = share
    raise AssertionError("counting has an end")

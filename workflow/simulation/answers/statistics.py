"""Estimates from replications, each with its interval at 95 %."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from math import ceil, exp, fsum, lgamma, log, pi, sqrt, tan
from statistics import NormalDist
from typing import TypeAlias

from workflow.simulation.answers.model import Chance, Estimate

ERROR = 0.05  # how often an interval may miss
_NORMAL = NormalDist()
_ROUNDING = 1e-9  # a product such as 0.95 * 20 is not to need one more for it

Samples: TypeAlias = "array[float]"  # one number for each replication


def samples(count: int) -> list[Samples]:
    """So many, empty."""
    return [array("d") for _ in range(count)]


def share_of(share: float, count: int) -> int:
    """How many of so many make so great a share: the least that do, and one at least."""
    return max(1, ceil(share * count - _ROUNDING))


def mean(values: Sequence[float]) -> Estimate:
    """The mean, and Student's interval for it."""
    n = len(values)
    middle = fsum(values) / n
    if n < 2:
        return Estimate(middle)
    spread = sqrt(fsum((value - middle) ** 2 for value in values) / (n - 1))
    reach = student(n - 1) * spread / sqrt(n)
    return Estimate(middle, middle - reach, middle + reach)


@cache
def student(freedom: int) -> float:
    """The quantile of Student's distribution at 1 - ERROR / 2: exact for 1 and 2 degrees of freedom, else to 0.2 %.

    Abramowitz and Stegun 26.7.5.
    """
    p = 1 - ERROR / 2
    if freedom == 1:
        return tan(pi * (p - 0.5))
    if freedom == 2:
        return (2 * p - 1) * sqrt(1 / (2 * p * (1 - p)))
    x = _NORMAL.inv_cdf(p)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160,
    )
    return x + fsum(term / float(freedom) ** power for power, term in enumerate(terms, 1))


def chance(times: int, of: int, among: int = 1) -> Chance:
    """A share with Wilson's interval; for the greatest of `among` such shares it is as much wider as Bonferroni asks."""
    z = _NORMAL.inv_cdf(1 - ERROR / (2 * among))
    share = times / of
    middle = share + z * z / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return Chance(times, of, 0.0 if times == 0 else low, 1.0 if times == of else high)


@cache
def ranks(n: int, level: float) -> tuple[int | None, int | None]:
    """The ranks, from 1, between which the quantile lies in at least 95 of 100 such samples: exact, whatever the distribution.

    The number of values below the quantile is binomial (Hahn and Meeker, Statistical Intervals, 5.2). None where no rank does.
    """
    low, high, below = None, None, 0.0
    for rank in range(1, n + 1):
        below += _binomial(n, level, rank - 1)  # P(B <= rank - 1)
        if below <= ERROR / 2:
            low = rank
        if below >= 1 - ERROR / 2:
            high = rank
            break
    return low, high


def quantile(ordered: Sequence[float], level: float) -> float:
    """The least value that so great a share of the sample does not exceed."""
    return ordered[share_of(level, len(ordered)) - 1]


def _binomial(n: int, p: float, k: int) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))

"""How long something takes, where part of it is not over yet: the product-limit estimate (Kaplan and Meier 1958)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from workflow.simulation.kernel import quantile, share_below
from workflow.simulation.plan.model import Distribution

_POINTS = 1_000  # equally likely values a curve is turned into
_ALL = 1 - 2**-40


@frozen
class Curve:
    """`over[i]` is the share that is over by `values[i]`, both ascending; `last` is the longest that was seen, over or not."""

    values: tuple[float, ...]
    over: tuple[float, ...]
    last: float

    @property
    def total(self) -> float:
        """The share of which it is known how long it takes: less than 1 where the longest is not over."""
        return self.over[-1]

    def at(self, share: float) -> float:
        """What a share up to `total` is over by."""
        return self.values[bisect_left(self.over, share)]


def product_limit(over: Sequence[float], running: Sequence[float]) -> Curve:
    """Of those that are over, one at least, and those `running`, that have lasted so long and are not. At one time an end comes first."""
    ends, censored = Counter(over), Counter(running)
    left, at_risk = 1.0, len(over) + len(running)
    values, shares = [], []
    for time in sorted(ends.keys() | censored.keys()):
        if ends[time]:
            left = 0.0 if ends[time] == at_risk else left * (1 - ends[time] / at_risk)
            values.append(time)
            shares.append(1 - left)
        at_risk -= ends[time] + censored[time]
    return Curve(tuple(values), tuple(shares), max((*over, *running)))


def law_of(over: Sequence[float], running: Sequence[float], plan: Distribution) -> Distribution:
    """The curve as a law: where all are over, just their values. What the curve does not know, beyond its longest, is the plan's: its
    law among those that last longer, or, where by the plan none does, that they end then."""
    if running:
        curve = product_limit(over, running)
        values = [_value(curve, (number + 0.5) / _POINTS, plan) for number in range(_POINTS)]
    else:
        values = sorted(over)
    if values[0] == values[-1]:
        return Distribution("constant", (values[0],))
    return Distribution("empirical", tuple(values))


def _value(curve: Curve, share: float, plan: Distribution) -> float:
    if share <= curve.total:
        return curve.at(share)
    below = share_below(plan, curve.last)
    if below >= _ALL:
        return curve.last
    return max(curve.last, quantile(plan, below + (share - curve.total) / (1 - curve.total) * (1 - below)))

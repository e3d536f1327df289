"""Networks that the tests of the kernel share."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from workflow.simulation.kernel import END, Network, Node, Server, Traveller, Way, jit
from workflow.simulation.plan.model import Distribution

either_kernel = pytest.mark.parametrize(
    "compiled",
    [False, pytest.param(True, marks=pytest.mark.skipif(not jit.installed(), reason="numba is not installed"))],
    ids=["plain", "numba"],
)


def days(amount: float) -> Distribution:
    return Distribution("constant", (float(amount),))


def triangle(low: float, mode: float, high: float) -> Distribution:
    return Distribution("triangular", (low, mode, high))


WORK = triangle(20, 30, 45)


def district(
    units: int = 60,
    *,
    office: int = 2,
    group: int = 1,
    first_pass: float = 0.82,
    law: Distribution = WORK,
) -> Network:
    """Two stages: work to the planned end and a bit, a look back by the group, an inspection by the office with make-ups; all days open
    but every sixth and seventh."""
    nodes: list[Node] = []
    for stage, then in enumerate((4, END)):
        base = 4 * stage
        ways = (
            Way(to=then, shares=(first_pass, 0.9), effect="begin", days=days(45)),
            Way(to=base + 3, shares=(0.96 - first_pass, 0.07), fails=True),
            Way(to=base, shares=(0.04, 0.03), effect="extend", days=triangle(5, 10, 15), fails=True),
        )
        nodes += [
            Node(takes=law, ways=(Way(to=base + 1),), stage=stage),
            Node(takes=triangle(1, 2, 5), unit="working_days", server=1, each_group=True, ways=(Way(to=base + 2),), stage=stage),
            Node(takes=triangle(0.5, 1, 1.5), server=0, focus=days(0.5), ways=ways, causes=((0, 0.5), (1, 0.3), (2, 0.2)), stage=stage),
            Node(takes=triangle(5, 9, 18), ways=(Way(to=base + 1),), stage=stage),
        ]
    groups = 4
    return Network(
        nodes=nodes,
        servers=[Server(places=office), *(Server(places=group) for _ in range(groups))],
        units=[Traveller(node=0, start=float(n % 5), group=n % groups, size=float(n), focus=n % 5 == 0) for n in range(units)],
        stages=2,
        causes=3,
        open_days=[day % 7 < 5 for day in range(700)],
        weeks=[day // 7 for day in range(700)],
    )


_QUARTERS = st.integers(0, 24).map(lambda n: n / 4)  # many ties
laws = st.one_of(
    _QUARTERS.map(days),
    st.tuples(_QUARTERS, _QUARTERS, _QUARTERS).map(lambda three: triangle(*sorted(three))),
    st.tuples(_QUARTERS, _QUARTERS).map(lambda two: Distribution("uniform", tuple(sorted(two)))),
    st.floats(0.1, 5).map(lambda mean: Distribution("exponential", (mean,))),
    st.tuples(st.floats(0.1, 5), st.floats(1.1, 4)).map(lambda two: Distribution("lognormal", (two[0], two[0] * two[1]))),
    st.tuples(st.floats(0.5, 4), st.floats(0.1, 5)).map(lambda two: Distribution("weibull", two)),
    st.lists(_QUARTERS, min_size=1, max_size=5).map(lambda some: Distribution("empirical", tuple(some))),
)
_ORDERS = st.sampled_from(["first_come", "smallest", "largest", "earliest_planned_end"])


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Up to six nodes with any laws, ways, effects, orders and calendars. The first way of a node leads on, so every unit ends."""
    count, groups = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    shared = draw(st.integers(0, 2))
    nodes = [draw(_node(index, count, shared)) for index in range(count)]
    unit = st.builds(
        Traveller,
        node=st.integers(0, count - 1),
        start=_QUARTERS,
        group=st.integers(0, groups - 1),
        size=st.integers(1, 3).map(float),
        planned_end=_QUARTERS,
        focus=st.booleans(),
        elapsed=st.sampled_from([0.0, 0.0, 1.5]),
        passed=st.sampled_from([0.0, 0.0, 0.4]),
    )
    return Network(
        nodes=nodes,
        servers=[Server(places=draw(st.integers(1, 3)), order=draw(_ORDERS)) for _ in range(shared + groups)],
        units=draw(st.lists(unit, min_size=1, max_size=25)),
        open_days=draw(st.lists(st.booleans(), max_size=30)),
    )


@st.composite
def _node(draw: st.DrawFn, index: int, count: int, shared: int) -> Node:
    on = draw(st.integers(index + 1, count))
    ways = [
        Way(
            to=END if on == count else on,
            shares=draw(st.sampled_from([(1.0,), (0.5, 0.9), (0.3, 0.4, 0.5)])),
            effect="begin",
            days=draw(laws),
        )
    ]
    for back in draw(st.lists(st.integers(0, count - 1), max_size=2)):
        effect = draw(st.sampled_from(["none", "extend", "begin"]))
        ways.append(Way(to=back, shares=draw(st.sampled_from([(0.25,), (0.0, 0.1)])), effect=effect, days=draw(laws), unit=draw(_UNITS)))
    server = draw(st.integers(-1, shared))
    return Node(
        takes=draw(laws),
        unit=draw(_UNITS),
        until_planned_end=draw(st.booleans()),
        server=server,
        each_group=server == shared,
        focus=draw(st.none() | laws),
        ways=tuple(ways),
    )


_UNITS = st.sampled_from(["days", "working_days"])

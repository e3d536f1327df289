"""Queues against what is known of them: Erlang's formula by the coverage of intervals, Little's law within each run."""

from __future__ import annotations

from math import factorial, sqrt
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.networks import district, either_kernel, networks
from workflow.simulation.kernel import END, Network, Node, Server, Traveller, Way, jit, kernel, replicate
from workflow.simulation.plan.model import Distribution

INTERVALS, REPLICATIONS, CUSTOMERS, WARM_UP = 60, 20, 2500, 900
STUDENT = 2.093  # 97.5 % of Student's distribution, 19 degrees of freedom


def erlang_c(servers: int, load: float) -> float:
    """The chance to wait: Erlang 1917. `load` is that of all servers together."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**n / factorial(n) for n in range(servers)) + last)


def m_m_c(servers: int, load: float, customers: int) -> Network:
    """Served for a day on average. Arrivals are the departures of a queue that never empties: a Poisson process."""
    return Network(
        nodes=[
            Node(takes=Distribution("exponential", (1 / load,)), server=0, ways=(Way(to=1),), stage=0),
            Node(takes=Distribution("exponential", (1.0,)), server=1, ways=(Way(to=END),), stage=1),
        ],
        servers=[Server(places=1), Server(places=servers)],
        units=[Traveller(node=0)] * customers,
        stages=2,
    )


@pytest.mark.slow
@pytest.mark.skipif(not jit.installed(), reason="three million customers take numba")
@pytest.mark.parametrize("servers", [1, 3, 8])
@pytest.mark.parametrize("use", [0.5, 0.8])
def test_waiting_follows_erlang(servers: int, use: float) -> None:
    """95 % intervals for the mean time from arrival to departure, each from 20 replications whose first 900 customers do not count.

    If each holds the truth with chance 0.95, at least 51 of 60 do in all but 0.16 % of cases (binomial), and all 60 do in 4.6 %.
    """
    load = servers * use
    truth = 1 + erlang_c(servers, load) / (servers - load)
    runs = replicate(m_m_c(servers, load, CUSTOMERS), seed=1917, replications=INTERVALS * REPLICATIONS, workers=2)
    means = [
        fmean(left - came for left, came in zip(run.finished[WARM_UP:], run.entered[2 * WARM_UP + 1 :: 2], strict=True)) for run in runs
    ]
    covered = 0
    for first in range(0, len(means), REPLICATIONS):
        some = means[first : first + REPLICATIONS]
        covered += abs(fmean(some) - truth) <= STUDENT * stdev(some) / sqrt(REPLICATIONS)
    assert covered >= 51
    assert fmean(means) == pytest.approx(truth, abs=4 * stdev(means) / sqrt(len(means)))


@either_kernel
def test_littles_law_holds_exactly_in_a_closed_run(compiled: bool) -> None:
    """The length of the queue integrated over time is the waits of all who left it. In quarters of days nothing is rounded."""
    quarters = Distribution("empirical", (0.25, 0.5, 1.75, 3.0))
    network = Network(
        nodes=[
            Node(takes=quarters, server=0, ways=(Way(to=1, shares=(0.75,)), Way(to=0, shares=(0.25,)))),
            Node(takes=quarters, server=1, ways=(Way(to=END),)),
        ],
        servers=[Server(places=3), Server(places=2, order="smallest")],
        units=[Traveller(node=0, start=n / 4, size=float(n % 7)) for n in range(400)],
    )
    run = kernel(network, compiled=compiled).run(3, 0)
    assert list(run.queue_days) == list(run.server_waited) == list(run.node_waited)
    assert sum(run.queue_days) == sum(run.waited) > 1000
    assert list(run.busy) == list(run.node_lasted)


@settings(max_examples=200)
@given(network=networks(), seed=st.integers(0, 1000))
def test_littles_law_holds_in_any_network(network: Network, seed: int) -> None:
    run = kernel(network, compiled=False).run(seed, 0)
    assert list(run.queue_days) == pytest.approx(list(run.server_waited), rel=1e-9, abs=1e-9)
    assert sum(run.waited) == pytest.approx(sum(run.node_waited), rel=1e-9, abs=1e-9)


@either_kernel
def test_servers_are_as_busy_as_the_work_is_long(compiled: bool) -> None:
    run = kernel(district(300), compiled=compiled).run(3, 0)
    served = [run.node_lasted[node] for node in (1, 2, 5, 6)]
    assert sum(run.busy) == pytest.approx(sum(served), rel=1e-12)
    weeks = len(run.busy) // 5
    office = run.busy[:weeks]
    assert sum(office) == pytest.approx(served[1] + served[3], rel=1e-12)
    assert max(office) <= 2 * 5 + 1e-9  # two inspectors, five days a week

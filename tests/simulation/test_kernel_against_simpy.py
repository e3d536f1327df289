"""SimPy and the kernel, fed the same draws, finish every unit at the same time to the last bit; so do Python and numba."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.by_simpy import finishing_times
from tests.simulation.networks import district, either_kernel, networks
from workflow.simulation.kernel import Network, jit, kernel


@either_kernel
@pytest.mark.parametrize("replication", [0, 1, 2])
def test_a_district_finishes_as_in_simpy(compiled: bool, replication: int) -> None:
    network = district(300, office=5, group=2)
    run = kernel(network, compiled=compiled).run(2005, replication)
    assert list(run.finished) == finishing_times(network, 2005, replication)
    assert sum(run.server_waited) > 100  # there was something to wait for
    assert sum(run.failed) > 50


@settings(max_examples=400)
@given(network=networks(), seed=st.integers(0, 2**32 - 1))
def test_any_network_finishes_as_in_simpy(network: Network, seed: int) -> None:
    assert list(kernel(network, compiled=False).run(seed, 0).finished) == finishing_times(network, seed)


@pytest.mark.skipif(not jit.installed(), reason="numba is not installed")
@settings(max_examples=200)
@given(network=networks(), seed=st.integers(0, 2**32 - 1))
def test_any_network_is_the_same_compiled(network: Network, seed: int) -> None:
    plain, compiled = (kernel(network, compiled=compiled).run(seed, 5) for compiled in (False, True))
    assert plain.same(compiled)

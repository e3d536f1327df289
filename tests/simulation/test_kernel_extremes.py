"""Where plain Python and machine code could part: at the ends of what numbers and laws can be."""

from __future__ import annotations

import pytest

from tests.simulation.networks import either_kernel
from workflow.simulation.kernel import END, Network, Node, Run, Traveller, Way, jit, kernel, share_below
from workflow.simulation.plan.model import Distribution

both = pytest.mark.skipif(not jit.installed(), reason="numba is not installed")
LAWS = {
    "empirical": Distribution("empirical", (1.0, 2.0, 3.0)),
    "exponential": Distribution("exponential", (2.0,)),
    "lognormal": Distribution("lognormal", (2.0, 4.0)),
    "weibull": Distribution("weibull", (2.0, 3.0)),
}
WIDE = {"weibull": Distribution("weibull", (0.002, 1.0)), "lognormal": Distribution("lognormal", (1.0, 1e300))}


def one(law: Distribution, **unit: float) -> Network:
    units = [Traveller(node=0, **unit)] * 200  # type: ignore[arg-type]
    return Network(nodes=[Node(takes=law, ways=(Way(to=END),))], units=units)


def runs(network: Network) -> tuple[Run, Run]:
    return kernel(network, compiled=False).run(1, 0), kernel(network, compiled=True).run(1, 0)


@either_kernel
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_who_has_stayed_longer_than_anybody(law: Distribution, compiled: bool) -> None:
    """The luck of one that has got further than a law goes is just below 1, never 1: no law has a value there."""
    elapsed = 3.5 if law.kind == "empirical" else 300.0
    network = one(law, elapsed=elapsed, passed=share_below(law, elapsed))
    finished = kernel(network, compiled=compiled).run(1, 0).finished
    assert set(finished) == {0.0} if law.kind == "empirical" else all(0.0 <= at < 300.0 for at in finished)
    assert len(set(finished)) == 1  # all of them at the law's far end


@both
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_who_has_stayed_longest_the_same_compiled(law: Distribution) -> None:
    plain, compiled = runs(one(law, elapsed=2.9, passed=1 - 2.0**-53))
    assert plain.same(compiled)


@both
@pytest.mark.parametrize("law", WIDE.values(), ids=WIDE)
def test_a_law_beyond_what_a_number_holds(law: Distribution) -> None:
    """`exp` beyond 700: plain Python must not stop where machine code goes on with infinity."""
    plain, compiled = runs(one(law))
    assert plain.same(compiled)


@both
def test_more_visits_before_than_sixteen_bits() -> None:
    """Machine code keeps visits in 16 bits: what was before must be refused alike by both, or fit."""
    network = Network(
        nodes=[Node(takes=Distribution("constant", (1.0,)), ways=(Way(to=END),))], units=[Traveller(node=0, attempts=((0, 40_000),))]
    )
    said = []
    for compiled in (False, True):
        with pytest.raises(Exception) as found:  # noqa: PT011 - whichever it is, it is to be one of ours
            kernel(network, compiled=compiled).run(1, 0)
        said.append((type(found.value).__name__, str(found.value)))
    assert said[0] == said[1]

"""Common random numbers: what differs between two plans is due to the plans.

More places are never later for any unit that comes to one first-come queue only: its services keep their lengths and start no later
(Kiefer and Wolfowitz 1955). Over several queues that is not so: who gains at the first may overtake at the second. There it holds on
average alone.
"""

from __future__ import annotations

from statistics import fmean

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.networks import WORK, days, district, either_kernel, laws, triangle
from workflow.simulation.kernel import END, Network, Node, Server, Traveller, Way, kernel, replicate

ON = (Way(to=END),)


@given(
    served=laws,
    before=laws,
    starts=st.lists(st.integers(0, 40).map(lambda n: n / 4), min_size=1, max_size=40),
    places=st.integers(1, 4),
    open_days=st.lists(st.booleans(), max_size=40),
    seed=st.integers(0, 2**32 - 1),
)
def test_more_places_at_the_only_queue_are_never_later_for_anyone(
    served: object, before: object, starts: list[float], places: int, open_days: list[bool], seed: int
) -> None:
    network = Network(
        nodes=[Node(takes=before, ways=(Way(to=1),)), Node(takes=served, server=0, ways=(Way(to=2),)), Node(takes=before, ways=ON)],  # type: ignore[arg-type]
        servers=[Server(places=places)],
        units=[Traveller(node=0, start=start) for start in starts],
        open_days=open_days,
    )
    fewer = kernel(network, compiled=False).run(seed, 0)
    more = kernel(evolve(network, servers=[Server(places=places + 1)]), compiled=False).run(seed, 0)
    assert all(after <= now for after, now in zip(more.finished, fewer.finished, strict=True))


@either_kernel
def test_over_two_queues_someone_may_be_overtaken(compiled: bool) -> None:
    """One place: the second comes to the next queue at 11, after the first, at 10. With two it comes at 1, and the first waits till 101."""

    def finished(places: int) -> list[float]:
        nodes = [
            Node(takes=days(10), server=0, ways=(Way(to=2),)),
            Node(takes=days(1), server=0, ways=(Way(to=3),)),
            Node(takes=days(2), server=1, ways=ON),
            Node(takes=days(100), server=1, ways=ON),
        ]
        units = [Traveller(node=0), Traveller(node=1)]
        return list(
            kernel(Network(nodes=nodes, servers=[Server(places=places), Server(places=1)], units=units), compiled=compiled)
            .run(1, 0)
            .finished
        )

    assert finished(1) == [12, 112]
    assert finished(2) == [103, 101]


@either_kernel
def test_more_inspectors_are_earlier_on_average(compiled: bool) -> None:
    count = 60 if compiled else 12

    def finish(office: int) -> float:
        return fmean(
            fmean(run.finished) for run in replicate(district(150, office=office), seed=8, replications=count, workers=1, compiled=compiled)
        )

    finishes = [finish(office) for office in (1, 2, 4, 8)]
    assert finishes == sorted(finishes, reverse=True)


@either_kernel
def test_fewer_passes_are_never_less_make_up_for_anyone(compiled: bool) -> None:
    """A visit has its own luck: who fails at 0.82 fails at 0.7, whatever else happened."""
    strict, lenient = (kernel(district(200, first_pass=share), compiled=compiled) for share in (0.7, 0.82))
    for replication in range(5):
        more, fewer = strict.run(4, replication).visits, lenient.run(4, replication).visits
        inspections = [n for n in range(len(more)) if n % 8 in (2, 6)]
        assert all(more[n] >= fewer[n] for n in inspections)
        assert sum(more) > sum(fewer)


@either_kernel
def test_a_longer_step_leaves_the_luck_elsewhere_as_it_was(compiled: bool) -> None:
    short, long = (kernel(district(200, law=law), compiled=compiled).run(4, 0) for law in (WORK, triangle(30, 40, 55)))
    assert short.visits == long.visits
    assert short.taken == long.taken
    assert all(abs(a - b) < 1e-6 for n, (a, b) in enumerate(zip(short.node_lasted, long.node_lasted, strict=True)) if n % 4)
    assert fmean(long.finished) > fmean(short.finished)

"""Small networks whose every time was worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from math import isnan

import pytest

from tests.simulation.networks import days, either_kernel
from workflow.calendars import Calendar
from workflow.simulation.kernel import END, Network, Node, Run, Server, Traveller, Way, kernel, way_index
from workflow.simulation.plan.model import Distribution

ON = (Way(to=END),)


def ran(compiled: bool, network: Network) -> Run:
    return kernel(network, compiled=compiled).run(1, 0)


@either_kernel
def test_units_wait_for_a_place_and_are_served_in_turn(compiled: bool) -> None:
    """Two places, two days each: units at 0, 0, 0 and 1 finish on 2, 2, 4 and 4."""
    network = Network(
        nodes=[Node(takes=days(2), server=0, ways=ON, stage=0)],
        servers=[Server(places=2)],
        units=[Traveller(node=0, start=start) for start in (0.0, 0.0, 0.0, 1.0)],
        stages=1,
    )
    run = ran(compiled, network)
    assert list(run.finished) == [2, 2, 4, 4]
    assert list(run.waited) == [0, 0, 2, 1]
    assert list(run.entered) == [0, 0, 0, 1]
    assert (list(run.served), list(run.server_waited), list(run.longest_wait), list(run.longest_queue)) == ([4], [3], [2], [2])
    assert list(run.queue_days) == [3]
    assert list(run.busy) == [8]
    assert (list(run.stays), list(run.node_waited), list(run.node_lasted)) == ([4], [3], [8])


@either_kernel
@pytest.mark.parametrize(
    ("order", "finished"),
    [
        ("first_come", [1, 2, 3, 4]),
        ("smallest", [1, 4, 2, 3]),
        ("largest", [1, 2, 4, 3]),
        ("earliest_planned_end", [1, 4, 3, 2]),
    ],
)
def test_the_order_of_a_server(compiled: bool, order: str, finished: list[float]) -> None:
    """One place, a day each. The first has come before the others; sizes 9, 3, 1, 2; planned ends 9, 3, 2, 1."""
    units = [(0.0, 9.0, 9.0), (0.5, 3.0, 3.0), (0.5, 1.0, 2.0), (0.5, 2.0, 1.0)]
    network = Network(
        nodes=[Node(takes=days(1), server=0, ways=ON)],
        servers=[Server(places=1, order=order)],  # type: ignore[arg-type]
        units=[Traveller(node=0, start=start, size=size, planned_end=end) for start, size, end in units],
    )
    assert list(ran(compiled, network).finished) == finished


@either_kernel
def test_each_group_has_a_server_of_its_own(compiled: bool) -> None:
    network = Network(
        nodes=[Node(takes=days(1), server=0, ways=(Way(to=1),)), Node(takes=days(1), server=1, each_group=True, ways=ON)],
        servers=[Server(places=4), Server(places=1), Server(places=1)],
        units=[Traveller(node=0, group=group) for group in (0, 0, 1, 0)],
    )
    run = ran(compiled, network)
    assert list(run.finished) == [2, 3, 2, 4]
    assert list(run.busy) == [4, 3, 1]


START = date(2005, 1, 31)  # a Monday
CHINA = Calendar(country="CN", zone="Asia/Shanghai")
OPEN = [CHINA.is_working_day(START + timedelta(day)) for day in range(60)]


def february(day: int) -> float:
    """The morning of a day of February 2005; the evening of the day before."""
    return float((date(2005, 2, day) - START).days)


@either_kernel
@pytest.mark.parametrize(
    ("start", "takes", "end"),
    [
        (february(8), 1, february(9)),  # Tuesday, the last day before the holiday, is worked to its evening
        (february(8), 2, february(17)),  # 9 to 15 February are off; the second day is Wednesday, 16 February
        (february(7) + 0.5, 2, february(16) + 0.5),  # half of Monday, Tuesday, half of the 16th
        (february(4), 3, february(7)),  # Friday; Saturday and Sunday, 5 and 6 February, were worked in exchange
        (february(10), 1, february(17)),  # comes on a day off
        (february(12), 0.25, february(16) + 0.25),
        (february(18), 1.5, february(21) + 0.5),  # Friday and half of Monday: 19 and 20 were off again
    ],
)
@pytest.mark.parametrize("served", [False, True])
def test_working_days_over_the_spring_festival_of_2005(compiled: bool, served: bool, start: float, takes: float, end: float) -> None:
    """Off from 9 to 15 February; Saturday and Sunday, 5 and 6 February, worked in exchange."""
    node = Node(takes=days(takes), unit="working_days", server=0 if served else -1, ways=ON)
    network = Network(nodes=[node], servers=[Server(places=1)], units=[Traveller(node=0, start=start)], open_days=OPEN)
    run = ran(compiled, network)
    assert list(run.finished) == [end]
    assert list(run.busy) == [takes if served else 0]


@either_kernel
def test_a_queue_stands_still_over_the_spring_festival(compiled: bool) -> None:
    """One inspector, a day each, four units on Monday, 7 February: the 7th, the 8th, the 16th, the 17th. By week: 2, 0, 2."""
    weeks = [(START + timedelta(day)).isocalendar().week - START.isocalendar().week for day in range(60)]
    network = Network(
        nodes=[Node(takes=days(1), server=0, ways=ON)],
        servers=[Server(places=1)],
        units=[Traveller(node=0, start=february(7)) for _ in range(4)],
        open_days=OPEN,
        weeks=weeks,
    )
    run = ran(compiled, network)
    assert list(run.finished) == [february(8), february(9), february(17), february(18)]
    assert list(run.busy)[:5] == [0, 2, 2, 0, 0]
    assert list(run.waited) == [0, 1, 2, 10]


@either_kernel
def test_servers_work_on_open_days_whatever_the_unit_says_and_begin_in_the_morning(compiled: bool) -> None:
    network = Network(
        nodes=[Node(takes=days(2), unit="days", server=0, ways=ON), Node(takes=days(0), server=0, ways=ON), Node(takes=days(0), ways=ON)],
        servers=[Server(places=9)],
        units=[Traveller(node=0, start=0.0), Traveller(node=1, start=1.25), Traveller(node=2, start=1.25), Traveller(node=1, start=9.5)],
        open_days=[True, False, False, True],
    )
    assert list(ran(compiled, network).finished) == [4, 3, 1.25, 9.5]


@either_kernel
def test_every_day_after_the_calendar_is_open(compiled: bool) -> None:
    network = Network(
        nodes=[Node(takes=days(4), unit="working_days", ways=ON)],
        units=[Traveller(node=0, start=start) for start in (0.0, 2.5, 7.25)],
        open_days=[True, False, False],
    )
    assert list(ran(compiled, network).finished) == [6, 7, 11.25]


@either_kernel
def test_work_to_the_planned_end_and_what_moves_it(compiled: bool) -> None:
    """Begun on 3 with 45 days: planned end 48, and 2 after it. Held, ten days more: 58 and 2. Then on, and the last stay ends at once."""
    ways = (Way(to=3, shares=(0.0, 1.0)), Way(to=1, shares=(1.0, 0.0), effect="extend", days=days(10), fails=True))
    network = Network(
        nodes=[
            Node(takes=days(3), ways=(Way(to=1, effect="begin", days=days(45)),)),
            Node(takes=days(2), until_planned_end=True, ways=(Way(to=2),), stage=0),
            Node(takes=days(1), ways=ways, causes=((1, 1.0),), stage=0),
            Node(takes=days(-20), until_planned_end=True, ways=ON, stage=1),
        ],
        units=[Traveller(node=0)],
        stages=2,
        causes=2,
    )
    run = ran(compiled, network)
    assert list(run.finished) == [61]
    assert list(run.entered) == [3, 61]
    assert list(run.visits) == [1, 2, 2, 1]
    assert (list(run.failed), list(run.lost)) == ([0, 1], [0, 10])  # held on 51; inspected again by 61


@either_kernel
def test_planned_ends_may_be_counted_in_working_days(compiled: bool) -> None:
    network = Network(
        nodes=[
            Node(takes=days(0), ways=(Way(to=1, effect="begin", days=days(5), unit="working_days"),)),
            Node(takes=days(1), unit="working_days", until_planned_end=True, ways=ON),
        ],
        units=[Traveller(node=0, start=february(7))],
        open_days=OPEN,
    )
    assert list(ran(compiled, network).finished) == [february(22)]  # 7, 8, 16, 17, 18 February, and Monday the 21st


@either_kernel
def test_shares_go_by_attempt_and_the_last_holds_on(compiled: bool) -> None:
    """Passed at the third attempt: five units, ten times held back, and the place of each way in `taken`."""
    ways = (Way(to=END, shares=(0.0, 0.0, 1.0)), Way(to=0, shares=(1.0, 1.0, 0.0), fails=True))
    network = Network(nodes=[Node(takes=days(1), ways=ways, causes=((0, 1.0),))], units=[Traveller(node=0)] * 5, causes=1)
    ready = kernel(network, compiled=compiled)
    run = ready.run(1, 0)
    assert list(run.finished) == [3] * 5
    assert [run.taken[way_index(ready.tables, 0, attempt, 1)] for attempt in range(3)] == [5, 5, 0]
    assert [run.taken[way_index(ready.tables, 0, attempt, 0)] for attempt in (0, 1, 2, 7)] == [0, 0, 5, 5]
    assert (list(run.failed), list(run.lost)) == ([10], [10])


@either_kernel
def test_a_unit_that_is_there_already_keeps_what_has_passed(compiled: bool) -> None:
    """Seven of ten days over; twice inspected, so the third shares hold; a unit with focus takes two days longer."""
    ways = (Way(to=END, shares=(0.0, 0.0, 1.0)), Way(to=1, shares=(1.0, 1.0, 0.0)))
    network = Network(
        nodes=[Node(takes=days(10), ways=(Way(to=1),)), Node(takes=days(1), focus=days(2), ways=ways)],
        units=[
            Traveller(node=0, elapsed=7.0, attempts=((1, 2),)),
            Traveller(node=0, elapsed=12.0, attempts=((1, 1),)),
            Traveller(node=1, focus=True, attempts=((1, 2),)),
        ],
    )
    run = ran(compiled, network)
    assert list(run.finished) == [4, 2, 3]
    assert list(run.visits) == [1, 3, 1, 3, 0, 3]


@either_kernel
def test_who_has_passed_a_share_of_the_law_has_the_luck_of_the_rest(compiled: bool) -> None:
    """Uniform from 0 to 10 and six days over: the rest is uniform from 0 to 4."""
    law = Distribution("uniform", (0.0, 10.0))
    network = Network(nodes=[Node(takes=law, ways=ON)], units=[Traveller(node=0, elapsed=6.0, passed=0.6)] * 2000)
    left = sorted(ran(compiled, network).finished)
    assert 0 <= left[0] < 0.05
    assert 3.95 < left[-1] <= 4
    assert sum(left) / 2000 == pytest.approx(2, abs=0.1)


@either_kernel
def test_what_never_happens_is_nan_and_nobody_is_nobody(compiled: bool) -> None:
    nodes = [Node(takes=days(1), ways=ON, stage=0)]
    run = ran(compiled, Network(nodes=nodes, units=[Traveller(node=0)], stages=2))
    assert run.entered[0] == 0
    assert isnan(run.entered[1])
    empty = ran(compiled, Network(nodes=nodes, units=[], stages=2))
    assert (empty.events, list(empty.finished)) == (0, [])

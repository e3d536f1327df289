"""What the answers say, against what was worked out by hand; and their intervals against the textbook."""

from __future__ import annotations

from datetime import date
from math import comb

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.forecasts import BY_CHANCE, FIXED, branches, collected, compiled
from workflow.simulation.answers import simulate
from workflow.simulation.answers.assignment import assign
from workflow.simulation.answers.collisions import Period, collisions
from workflow.simulation.answers.model import Answers, Estimate
from workflow.simulation.answers.statistics import chance, mean, quantile, ranks, share_of, student
from workflow.simulation.compiling import Branch
from workflow.texts import Text


@pytest.fixture(scope="module")
def fixed() -> Answers:
    """Three branches from 17 January, two from 14 February.

    Batch 1: planned end on 3 March (Thursday); the one office inspects on 3, 4 and 7 March, that is until the end of these days. Analysis
    lasts the ten days that follow: they finish on 13, 14 and 17 March. Batch 2: planned end on 31 March (Thursday), inspected on 31 March
    and 1 April, finished on 10 and 11 April.
    """
    return collected(compiled(FIXED, branches(3, 2)), replications=3).answers(7)


def days(answers: Answers, batch: str | None, stage: str | None, share: float = 1.0) -> date:
    (day,) = {each.day for each in answers.finish(batch, stage, share).percentiles}
    return day


def test_when_each_batch_leaves_each_stage(fixed: Answers) -> None:
    assert days(fixed, "1", "learning") == date(2005, 3, 7)
    assert days(fixed, "2", "learning") == date(2005, 4, 1)
    assert days(fixed, "1", None) == date(2005, 3, 17)
    assert days(fixed, "2", None) == days(fixed, None, None) == date(2005, 4, 11)
    assert (fixed.seed, fixed.replications, fixed.branches, fixed.share) == (7, 3, 5, 0.95)


def test_the_chance_to_meet_a_day(fixed: Answers) -> None:
    """Batch 1 is over by 31 March. Of batch 2 nobody is by 8 April."""
    found = {(each.batch, each.share): (each.needed, each.chance.times, each.in_time.value) for each in fixed.targets}
    assert found == {("1", 0.95): (3, 3, 3.0), ("1", 1.0): (3, 3, 3.0), ("2", 0.95): (2, 0, 0.0), ("2", 1.0): (2, 0, 0.0)}


def test_who_is_late(fixed: Answers) -> None:
    """Both of batch 2; the last first."""
    assert [(risk.branch, risk.late.times, risk.of_batch, risk.stands_out, risk.mean_day) for risk in fixed.risks[:3]] == [
        ("b05", 3, 1.0, False, date(2005, 4, 11)),
        ("b04", 3, 1.0, False, date(2005, 4, 10)),
        ("b03", 0, 0.0, False, date(2005, 3, 17)),
    ]


def test_the_load_of_the_office_by_week(fixed: Answers) -> None:
    (office,) = fixed.servers
    assert [(week.starts, week.open, week.busy, week.p95) for week in office.weeks if week.busy] == [
        (date(2005, 2, 28), 5.0, 2.0, 0.4),
        (date(2005, 3, 7), 5.0, 1.0, 0.2),
        (date(2005, 3, 28), 5.0, 2.0, 0.4),
    ]
    assert (office.served, office.takes) == (Estimate(5.0, 5.0, 5.0), 1.0)


def test_who_waits(fixed: Answers) -> None:
    """Batch 1: a day and two, for the place is free when Saturday begins; batch 2: a day. Four days for five branches."""
    (office,) = fixed.queues
    assert office.wait.value == pytest.approx(4 / 5)
    assert (office.longest_p50, office.longest_p95, office.longest_wait_p95) == (2, 2, 2)
    (inspection,) = [step for step in fixed.steps if step.state == "learning.inspection"]
    assert (inspection.visits.value, inspection.waited.value, inspection.stayed.value, inspection.detour) == (5, 4, 0, False)
    assert {group.group: (group.branches, group.members, group.waited) for group in fixed.groups} == {
        "west": (3, 9, 1.0),
        "east": (2, 6, 0.5),
    }


def test_how_many_have_finished_week_by_week(fixed: Answers) -> None:
    whole, first = fixed.progress[:2]
    assert fixed.weeks[0] == date(2005, 1, 17)
    assert dict(zip(fixed.weeks, whole.bands[0.5], strict=True))[date(2005, 3, 14)] == 3
    assert (whole.bands[0.5][-1], first.bands[0.05][-1], fixed.weeks[-1]) == (5, 3, date(2005, 4, 11))
    flow = {each.stage: each.reached for each in fixed.flow}
    assert (flow["learning"][0], flow["learning"][-1]) == (3.0, 5.0)
    assert flow[None] == whole.mean


def test_make_up_work_and_what_it_was_for() -> None:
    """Every count of a hundred replications, once by batch and once by move; nothing is lost on the way."""
    model = compiled(BY_CHANCE, branches(20))
    collector = collected(model, replications=100)
    answers = collector.answers(1)
    by_state = {each.state: each.times.value for each in answers.make_ups if each.batch is None}
    by_move = {(each.stage, each.move): each.times.value for each in answers.setbacks}
    assert by_state["learning.make_up"] == by_move["learning", "require_make_up"]
    assert by_state["analysis.make_up"] == by_move["analysis", "require_make_up"]
    assert sum(each.times.value for each in answers.causes) == pytest.approx(sum(by_move.values()))
    assert 2 < by_state["learning.make_up"] < 5  # 0.15 of 20, and a few more
    assert {step.state for step in answers.steps if step.detour} == {"learning.make_up", "analysis.make_up"}
    assert {each.requirement for each in answers.causes} == {"studied", "other"}


def test_the_answers_depend_on_the_seed_and_on_nothing_else() -> None:
    """Not on numba, where it is installed, and not on the number of workers."""
    model = compiled(BY_CHANCE, branches(9))
    one, two = (collected(model, seed=seed, replications=30) for seed in (1, 2))
    assert one.answers(1) == simulate(model, seed=1, replications=30, workers=1).answers(1)
    assert one.answers(1) == simulate(model, seed=1, replications=30, workers=3).answers(1)
    assert one.answers(1) != two.answers(1)


# -- intervals -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 120), st.sampled_from([0.5, 0.8, 0.95]))
def test_ranks_cover_the_percentile_as_often_as_they_say(n: int, level: float) -> None:
    """The binomial, added up exactly: neither end misses oftener than 2.5 %, and one rank closer would."""

    def below(rank: int) -> float:
        return sum(comb(n, k) * level**k * (1 - level) ** (n - k) for k in range(rank))

    low, high = ranks(n, level)
    assert low is None or below(low) <= 0.025 + 1e-12
    assert below((low or 0) + 1) > 0.025 - 1e-12
    assert high is None or 1 - below(high) <= 0.025 + 1e-12
    assert 1 - below((high or n + 1) - 1) > 0.025 - 1e-12


def test_ranks_of_the_textbook() -> None:
    """Hahn and Meeker, table A.15: for the median of 10 observations the 2nd and the 9th."""
    assert ranks(10, 0.5) == (2, 9)
    assert ranks(20, 0.95) == (17, None)
    assert ranks(5, 0.5) == (None, None)


def test_wilsons_interval_of_the_textbook() -> None:
    """Newcombe 1998, table I: 81 of 263, and 0 of 20."""
    found, none = chance(81, 263), chance(0, 20)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)


@pytest.mark.parametrize(("freedom", "exact"), [(1, 12.7062), (2, 4.3027), (3, 3.1824), (10, 2.2281), (30, 2.0423), (999, 1.9623)])
def test_student(freedom: int, exact: float) -> None:
    assert student(freedom) == pytest.approx(exact, rel=0.002)


def test_means_and_quantiles() -> None:
    assert mean([4.0]) == Estimate(4.0)
    assert mean([1.0, 2.0, 3.0]).value == 2.0
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert (share_of(0.95, 20), share_of(0.95, 148), share_of(0.01, 3)) == (19, 141, 1)


# -- groups and the calendar -----------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60), st.integers(1, 6))
def test_an_even_share_leaves_nobody_out(sizes: list[int], groups: int) -> None:
    units = [Branch(id=f"b{n:02}", title="", batch="1", group=f"g{n % groups}", size=size) for n, size in enumerate(sizes)]
    shares = assign(units)
    assert sorted(name for share in shares for name in share.proposed) == sorted(unit.id for unit in units)
    assert sum(share.proposed_members for share in shares) == sum(sizes)
    counts = [len(share.proposed) for share in shares]
    assert max(counts) <= -(-len(sizes) // len(shares))
    assert all(set(share.focus) <= set(share.proposed) for share in shares)


def test_what_falls_into_a_busy_season() -> None:
    model = compiled(FIXED, branches(3, 2))
    answers = collected(model).answers(1)
    harvest = Period(date(2005, 3, 1), date(2005, 3, 5), Text.same("harvest"))
    found = collisions(model, answers, [harvest])
    assert found.periods == (harvest,)
    assert [(each.milestone.kind, each.milestone.name, each.milestone.first) for each in found.collisions] == [
        ("planned_end", "learning", date(2005, 3, 3))
    ]


def test_what_was_before_the_beginning_is_no_make_up_to_come() -> None:
    """A branch that had been made up three times already: the same figures as of one that had not, for the shares are the same."""
    model = compiled(
        BY_CHANCE.replace("require_make_up: [0.15, 0.07]", "require_make_up: 0.15")
        .replace("approve: [0.8, 0.9]", "approve: 0.8")
        .replace("redo: [0.05, 0.03]", "redo: 0.05"),
        branches(5),
    )
    make_up = model.states.index("learning.make_up")
    units = [evolve(unit, attempts=((make_up, 3),)) for unit in model.network.units]
    before = evolve(model, network=evolve(model.network, units=units))
    found = [[each.times.value for each in collected(each, replications=20).answers(1).make_ups] for each in (model, before)]
    assert sum(found[0]) > 0
    assert sum(found[1]) == pytest.approx(sum(found[0]), rel=0.5)
    assert all(times < 3 for times in found[1])

"""What-ifs go the right way: with the same luck for both, so that nothing but the change makes the difference."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.forecasts import BY_CHANCE, FIXED, branches, collected, compiled
from workflow.cli.planning.sources import subject
from workflow.cli.settings import Settings
from workflow.simulation.answers import Comparison, compare, simulate
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.kernel import kernel
from workflow.simulation.plan import changed

SEEDS = st.integers(0, 2**32 - 1)
_PASSING = {"learning.inspection.approve": "1"}


@settings(max_examples=40)
@given(seed=SEEDS, people=st.integers(1, 5), more=st.integers(1, 5))
def test_more_inspectors_are_never_later_for_anybody(seed: int, people: int, more: int) -> None:
    """Provable where who comes first to the office comes first however many are there: everybody passes at the first inspection, and who
    comes when does not depend on the office. (Kiefer and Wolfowitz: with one more server nobody begins later.)"""
    units = branches(25)
    few = compiled(BY_CHANCE, units, {**_PASSING, "office.people": str(people)})
    many = compiled(BY_CHANCE, units, {**_PASSING, "office.people": str(people + more)})
    before, after = (kernel(model.network, compiled=False).run(seed, 0) for model in (few, many))
    assert all(new <= old for old, new in zip(before.finished, after.finished, strict=True))


@settings(max_examples=40)
@given(seed=SEEDS, high=st.floats(0.5, 1), lower=st.floats(0, 0.4))
def test_a_lower_pass_rate_never_means_fewer_inspections_of_anybody(seed: int, high: float, lower: float) -> None:
    """Branch by branch: whoever passes at the lower rate passes at the higher one, visit by visit."""
    units, low = branches(15), round(high - lower, 3)
    model, harder = (compiled(BY_CHANCE, units, {"learning.inspection.approve": str(rate)}) for rate in (round(high, 3), low))
    node = model.states.index("learning.inspection")
    before, after = (kernel(each.network, compiled=False).run(seed, 0).visits[node :: len(each.network.nodes)] for each in (model, harder))
    assert all(new >= old for old, new in zip(before, after, strict=True))


def held_against(changes: dict[str, str], replications: int = 60) -> Comparison:
    """The plan by chance with a change, against itself."""
    units = branches(30)
    before, after = compiled(BY_CHANCE, units), compiled(BY_CHANCE, units, changes)
    made = (collected(model, replications=replications) for model in (before, after))
    return compare(*made, seed=1, changes=changes)


def test_a_lower_pass_rate_means_more_make_up() -> None:
    found = held_against({"inspection.approve": "[0.6, 0.7]"})
    (whole,) = [each for each in found.of("make_up") if (each.subject.batch, each.subject.stage) == (None, None)]
    assert whole.difference.low is not None
    assert whole.difference.low > 0
    assert whole.less.times == 0


def test_nothing_changed_changes_nothing() -> None:
    found = held_against({"office.people": "2"}, replications=5)
    assert {(each.difference.value, each.more.times, each.less.times) for each in found.differences} == {(0.0, 0, 0)}


def test_ten_days_more_move_the_stage_and_the_end_as_the_calendar_says() -> None:
    """From 3 to 13 March, a Sunday: the inspections are on 14, 15 and 16 March, that is eleven, eleven and nine days later."""
    units = branches(3)
    before, after = (collected(compiled(FIXED, units, changes)) for changes in (None, {"learning.extend": "10"}))
    assert _finished(before.compiled) == [date(2005, 3, 13), date(2005, 3, 14), date(2005, 3, 17)]
    assert _finished(after.compiled) == [date(2005, 3, 24), date(2005, 3, 25), date(2005, 3, 26)]
    found = compare(before, after, seed=1, changes={"learning.extend": "10"})
    moved = {
        each.subject.stage: each.difference.value for each in found.of("finish") if each.subject.batch == "1" and each.subject.share == 1
    }
    assert moved == {"learning": 9.0, None: 9.0}


def _finished(model: Compiled) -> list[date]:
    return [model.day(time) for time in kernel(model.network, compiled=False).run(1, 0).finished]


@pytest.mark.parametrize("people", [10, 16])
def test_more_inspectors_bring_the_district_forward(people: int) -> None:
    """On average and, of each batch, in every replication; not provable for every branch, for who is inspected again may meet others."""
    about = subject(Settings(), "district-2005", None)
    changes = {"office.people": str(people)}
    plans = (about.plan, changed(about.plan, changes, about.definition))
    models = [compile_plan(plan, about.definition, about.branches) for plan in plans]
    made = [simulate(model, seed=3, replications=20) for model in models]
    found = compare(made[0], made[1], seed=3, changes=changes)
    for each in found.of("finish"):
        if each.subject.share == 0.95 and each.subject.stage is None:
            assert each.difference.high is not None
            assert each.difference.high < 0
            assert each.more.times == 0
    assert all(each.less.times == 0 for each in found.of("in_time"))

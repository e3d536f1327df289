"""Figures of a plan out of the ledger: the product-limit estimate by hand, and what is fitted to the stays of a campaign."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.forecasts import BY_CHANCE, FIXED
from tests.simulation.live_stories import RULES, after, entered, finishes, model, stand
from workflow.simulation.compiling import compile_plan
from workflow.simulation.kernel import quantile
from workflow.simulation.live import ENOUGH, Fit, Fitted, History, fit, standing
from workflow.simulation.live.survival import law_of, product_limit
from workflow.simulation.plan import Distribution, changed

TEN = Distribution("constant", (10.0,))


def test_the_product_limit_by_hand() -> None:
    """Over at 3, 5, 5 and 8, running at 4, 5 and 9: 6/7 are left after 3, of 5 at risk two end at 5, of 2 one at 8."""
    curve = product_limit([5, 3, 8, 5], [4, 9, 5])
    assert curve.values == (3, 5, 8)
    assert curve.over == pytest.approx((1 / 7, 1 - 6 / 7 * 3 / 5, 1 - 6 / 7 * 3 / 5 / 2))
    assert (curve.last, curve.at(0.1), curve.at(0.2), curve.at(0.7)) == (9, 3, 5, 8)


def test_freireichs_remissions() -> None:
    """The classic example (Freireich and others 1963; Kaplan-Meier as printed in Cox and Oakes 1984): 6-MP, weeks."""
    over, running = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = product_limit(over, running)
    assert [round(1 - share, 3) for share in curve.over] == [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]
    law = law_of(over, running, TEN)
    assert quantile(law, 0.5) == 23
    assert quantile(law, 0.99) == 35  # by the plan nobody stays beyond 10: who has stayed for 35 goes on


def test_where_all_are_over_the_law_is_what_was_seen() -> None:
    assert law_of([3, 1, 2], [], TEN) == Distribution("empirical", (1, 2, 3))
    assert law_of([2, 2], [1.5], TEN) == Distribution("constant", (2,))


def test_beyond_what_was_seen_the_plan_holds_among_those_that_last_longer() -> None:
    """Half of four over by 2, the others running at 5: beyond it an exponential forgets, so what is left has its mean."""
    law = law_of([1, 2], [5, 5], Distribution("exponential", (7.0,)))
    longer = [value - 5 for value in law.parameters if value > 5]
    assert sum(value <= 2 for value in law.parameters) == 500
    assert len(longer) == 500
    assert sum(longer) / 500 == pytest.approx(7.0, rel=0.01)
    assert sum(1 - 2 ** (-value / 7) for value in longer) / 500 == pytest.approx(0.41, abs=0.01)  # mean of 1 - U ** ln 2, which is 0.4094


@given(st.lists(st.integers(-9, 30).map(float), min_size=1), st.lists(st.integers(-9, 30).map(float)))
def test_the_curve_rises_and_ends_at_1_only_where_nothing_runs_longer(over: list[float], running: list[float]) -> None:
    curve = product_limit(over, running)
    assert list(curve.over) == sorted(curve.over)
    assert (curve.total == 1.0) == (max(over) > max(running, default=-10.0))
    values = law_of(over, running, TEN).parameters
    assert list(values) == sorted(values)
    assert set(values) <= {*over, *running, 10.0}


def fitted(days: int, text: str, *counts: int) -> tuple[Fitted, History]:
    played = after(days, text, *counts)
    compiled = entered(played)
    history = History.of(played.campaign, compiled)
    return fit(compiled, history), history


def by_state(found: Fitted) -> dict[tuple[str, str, int | None], Fit]:
    return {(each.state, each.what, each.attempt): each for each in found.fits}


def test_what_was_seen_often_enough_is_fitted_and_the_rest_is_listed() -> None:
    found, history = fitted(75, BY_CHANCE.replace("people: 2", "people: 3"), 60)
    fits = by_state(found)
    working = fits["learning.working", "offset", None]
    offsets = [
        stay.left - stay.planned_end
        for stays in history.stays.values()
        for stay in stays
        if stay.state == "learning.working" and stay.left is not None and stay.planned_end is not None
    ]
    assert working.n == len(offsets) >= 60
    assert working.method == "product_limit"
    assert working.plan == pytest.approx(quantile(Distribution("triangular", (-5, 0, 15)), 0.5))
    assert working.fit is not None
    assert sorted(offsets)[len(offsets) // 2 - 3] <= working.fit <= sorted(offsets)[len(offsets) // 2 + 3]
    assert found.plan.steps["learning.working"].plus.least == pytest.approx(min(offsets))
    service = fits["learning.inspection", "service", None]
    assert (service.n >= ENOUGH, service.plan, service.fit, service.unit) == (True, 1.0, 1.0, "working_days")
    first, second = (fits["learning.inspection", "outcomes", attempt] for attempt in (1, 2))
    ways = [stay.move for stays in history.stays.values() for stay in stays if stay.state == "learning.inspection"]
    assert (first.method, first.move, first.plan) == ("shares", "approve", 0.8)
    assert first.fit is not None
    firsts = [
        next(stay.move for stay in stays if stay.state == "learning.inspection") for stays in history.stays.values() if len(stays) > 2
    ]
    passed = sum(move == "approve" for move in firsts if move)
    assert first.fit == pytest.approx((passed + ENOUGH * 0.8) / (first.n + ENOUGH))  # the plan counts as thirty more
    assert first.n + second.n <= len([way for way in ways if way])
    assert (second.method, second.fit) == ("plan", None)
    shares = {outcome.move: outcome.shares for outcome in found.plan.steps["learning.inspection"].outcomes}
    assert shares["approve"] == (first.fit, 0.9)
    assert sum(share[0] for share in shares.values()) == pytest.approx(1)
    rare = fits["learning.make_up", "stay", None]
    assert (rare.method, rare.fit, rare.n < ENOUGH, rare.plan) == ("plan", None, True, 10.0)


def test_nothing_is_fitted_to_what_the_plan_settles_and_the_ledger_confirms() -> None:
    """Applied takes no time, in the plan and in the ledger: not a word of it."""
    found, _ = fitted(75, BY_CHANCE.replace("people: 2", "people: 3"), 40)
    assert not [each for each in found.fits if each.state == "learning.applied"]


def test_constants_that_are_fitted_are_the_constants() -> None:
    found, _ = fitted(90, FIXED.replace("people: 1", "people: 7"), 35)
    steps, before = found.plan.steps, model(FIXED, 1).plan.steps
    assert {each.method for each in found.fits} == {"product_limit"}
    assert (steps["learning.working"].plus, steps["analysis.working"].takes) == (
        before["learning.working"].plus,
        before["analysis.working"].takes,
    )
    played = after(60, FIXED.replace("people: 1", "people: 7"), 35)
    compiled = entered(played)
    refitted = compile_plan(fit(compiled, History.of(played.campaign, compiled)).plan, RULES, compiled.branches)
    assert finishes(standing(refitted, played.campaign).compiled) == finishes(stand(played).compiled)


def test_what_was_set_for_the_forecast_is_not_fitted() -> None:
    played = after(75, BY_CHANCE.replace("people: 2", "people: 3"), 40)
    given = entered(played)
    plan = changed(given.plan, {"learning.working.plus": "3", "learning.inspection.approve": "0.5"}, RULES)
    compiled = compile_plan(plan, RULES, given.branches)
    found = fit(compiled, History.of(played.campaign, compiled), given.plan)
    fits = by_state(found)
    assert fits["learning.working", "offset", None].method == "set"
    assert fits["learning.inspection", "outcomes", 1].method == "set"
    assert fits["learning.inspection", "service", None].method == "product_limit"
    assert found.plan.steps["learning.working"] == plan.steps["learning.working"]


def test_what_a_change_opens_is_as_it_was_set() -> None:
    """By the plan all are approved; by the change a tenth has to make up, in a state the plan does not have."""
    played = after(30, FIXED, 2)
    before = entered(played)
    opened = {"learning.inspection.then": "{approve: 0.9, require_make_up: 0.1}"}
    compiled = compile_plan(changed(before.plan, opened, RULES), RULES, before.branches)
    lasting = evolve(compiled.plan.steps["learning.make_up"], takes=TEN)
    compiled = compile_plan(evolve(compiled.plan, steps={**compiled.plan.steps, "learning.make_up": lasting}), RULES, before.branches)
    assert set(compiled.plan.steps) - set(before.plan.steps) == {"learning.make_up"}
    found = fit(compiled, History.of(played.campaign, compiled), before.plan)
    assert found.plan == compiled.plan
    assert by_state(found)["learning.inspection", "outcomes", 1].method == "set"
    assert by_state(found)["learning.make_up", "stay", None].method == "set"


def test_focus_units_take_longer_and_do_not_count() -> None:
    text = FIXED.replace("capacities: {office: {people: 1}}", "capacities: {office: {people: 9}}\npolicies: {focus: {share: 0.2, plus: 1}}")
    found, _ = fitted(75, text, 50)
    service = by_state(found)["learning.inspection", "service", None]
    assert (service.n, service.fit) == (40, 1.0)


def test_the_ledger_says_otherwise_than_the_plan() -> None:
    """Played by one plan, forecast by another that is off: what is fitted is what was played."""
    played = after(70, FIXED.replace("people: 1", "people: 9").replace("{takes: 10,", "{takes: {uniform: [4, 6]},"), 40)
    wrong = entered(evolve(played, compiled=model(FIXED.replace("people: 1", "people: 9"), 40)))
    found = fit(wrong, History.of(played.campaign, wrong))
    analysis = by_state(found)["analysis.working", "stay", None]
    assert (analysis.plan, analysis.n, analysis.censored) == (10.0, 40, 0)
    assert analysis.fit == pytest.approx(5.0, abs=0.3)
    assert all(4 <= value <= 6 for value in found.plan.steps["analysis.working"].takes.parameters)


def test_services_that_begin_and_end_in_one_entry_were_not_timed() -> None:
    """The plan says a working day; the story had none. A stay without service that took no time took none."""
    played = after(
        70, FIXED.replace("served_by: office, takes: 1, unit", "served_by: office, takes: 0, unit").replace("takes: 10", "takes: 0"), 40
    )
    compiled = entered(played)
    by_plan = compile_plan(
        changed(compiled.plan, {"learning.inspection.takes": "1", "analysis.working.takes": "10"}, RULES), RULES, compiled.branches
    )
    fits = {(each.state, each.what): each for each in fit(by_plan, History.of(played.campaign, by_plan)).fits}
    service, stay = fits["learning.inspection", "service"], fits["analysis.working", "stay"]
    assert (service.method, service.n, service.fit, service.plan) == ("untimed", 40, None, 1.0)
    assert (stay.method, stay.fit, stay.plan) == ("product_limit", 0.0, 10.0)

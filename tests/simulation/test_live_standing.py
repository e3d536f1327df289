"""From where the branches of a campaign stand the kernel takes up the story as if it had played it from the beginning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.simulation.forecasts import FIXED, branches
from tests.simulation.live_stories import FIGURES, RULES, after, day, entered, finishes, model, stage, stand, story, units
from tests.simulation.rehearsals import Stage, rows
from workflow.errors import InputFault
from workflow.simulation.kernel import quantile, share_below
from workflow.simulation.live import History, forecast, standing
from workflow.store.facts import FactNeeds, Facts


@pytest.mark.parametrize("days", range(28, 95, 4))
def test_constants_end_as_the_plan_had_them_from_the_beginning(days: int) -> None:
    whole = finishes(model(FIXED, 6, 4))
    assert finishes(stand(after(days, FIXED, 6, 4)).compiled) == pytest.approx(whole, abs=1e-9)


_QUARTERS = st.integers(0, 12).map(lambda n: n / 4)
_FIGURES = st.fixed_dictionaries(
    {
        "plus": _QUARTERS,
        "after": st.integers(-20, 20).map(lambda n: n / 4),
        "applied": _QUARTERS,
        "unit": st.sampled_from(["days", "working_days"]),
        "inspection": _QUARTERS,
        "make_up": st.integers(0, 40).map(lambda n: n / 4),
        "working": st.integers(0, 80).map(lambda n: n / 4),
        "office": st.integers(1, 3),
        "order": st.sampled_from(["first_come", "smallest", "largest", "earliest_planned_end"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(figures=_FIGURES, days=st.integers(20, 110))
@example(figures=FIGURES, days=60)
@example(
    figures={
        **FIGURES,
        "after": 0,
        "applied": 0,
        "unit": "days",
        "inspection": 2,
        "make_up": 2,
        "working": 0,
        "office": 2,
        "order": "smallest",
    },
    days=65,
)
@example(
    figures={**FIGURES, "plus": 1.25, "after": -3.5, "applied": 2.25, "inspection": 3, "make_up": 7.5, "working": 0, "order": "largest"},
    days=61,
)
def test_from_any_day_of_any_story_without_chance_the_end_is_the_same(figures: dict[str, Any], days: int) -> None:
    """Queues in any order, makings-up, working days, two batches, gates that take their time: all finish as in the whole run."""
    text = story(**figures)
    whole = finishes(model(text, 5, 4))
    played = after(days, text, 5, 4)
    found = finishes(stand(played).compiled)
    assert found == pytest.approx({branch: whole[branch] for branch in found}, abs=1e-9)
    played.campaign.close()


def test_who_is_being_served_and_who_waits() -> None:
    """On the evening of 3 March (day 46) the first of six has been inspected, the others are in line as they came."""
    there = stand(after(45, FIXED, 6, 4))
    found = units(there)
    at_office = [branch for branch, unit in found.items() if there.compiled.states[unit.node] == "learning.inspection"]
    assert at_office == ["b02", "b03", "b04", "b05", "b06"]  # in the order that matters, after all who do not wait
    assert [found[branch].elapsed for branch in at_office] == [0.0] * 5  # the second has just been given its place
    assert list(found) == ["b07", "b08", "b09", "b10", "b01", *at_office]
    assert all(unit.start == 46.0 for unit in found.values())


def test_in_a_stage_without_length_the_planned_end_is_when_it_began() -> None:
    """b01 came to analysis on day 46, b02 on day 47; b02 is in line for its inspection a day before b01, whose turn it is all the same."""
    text = FIXED.replace("analysis.inspection: {", "analysis.inspection: {served_by: group, takes: 5, unit: working_days, ")
    text = text.replace(
        "capacities: {office: {people: 1}}",
        "capacities: {office: {people: 1}, group: {people: 1}}\npolicies: {order: {group: earliest_planned_end}}",
    )
    played = after(49, text, 3)
    for number, branch in ((51, "b03"), (52, "b02"), (53, "b01")):
        played.clock.set(datetime.combine(day(played, number), time(10), UTC))
        to_the_office(played, branch)
    there = stand(played)
    assert {branch: unit.planned_end for branch, unit in units(there).items()} == {"b01": 46.0, "b02": 47.0, "b03": 50.0}
    found = finishes(there.compiled)
    assert found["b03"] < found["b01"] < found["b02"]


def to_the_office(played: Stage, branch: str) -> None:
    played.campaign.record(branch, "minutes", by=f"secretary-{branch}", fields={"what": "…"})
    assert played.campaign.move(branch, "apply", by=f"secretary-{branch}")
    assert played.campaign.move(branch, "start", by="officer")


def test_what_came_and_went_after_hours_keeps_no_place() -> None:
    """b01 applied, was inspected and left between seven and eight in the evening: for a simulation all at one time. Then came b02."""
    played = after(30, FIXED, 2)
    played.clock.set(datetime(2005, 3, 2, 19, tzinfo=UTC))
    to_the_office(played, "b01")
    played.clock.set(datetime(2005, 3, 2, 20, tzinfo=UTC))
    assert played.campaign.move("b01", "approve", by="officer")
    played.clock.set(datetime(2005, 3, 3, 8, tzinfo=UTC))
    to_the_office(played, "b02")
    played.clock.set(datetime(2005, 3, 3, 13, tzinfo=UTC))
    assert units(stand(played))["b02"].elapsed == 0.5


def test_what_is_over_of_a_service_is_over() -> None:
    """The inspection takes three working days: on the evening of its first, Thursday 3 March, two are left."""
    text = FIXED.replace("takes: 1, unit", "takes: 3, unit")
    there = stand(after(45, text, 2))
    assert {branch: unit.elapsed for branch, unit in units(there).items()} == {"b01": 1.0, "b02": 0.0}
    assert finishes(there.compiled) == {"b01": 50 + 10, "b02": 53 + 10}


def test_a_stay_half_over_goes_on_with_the_luck_of_those_who_have_got_so_far() -> None:
    """Lognormal with median 30 and P90 50, after 20 days of it: 15.45 % last less, for ln(20/30) is 1.0172 deviations below the median."""
    text = FIXED.replace("analysis.working: {takes: 10,", "analysis.working: {takes: {lognormal: {median: 30, p90: 50}},")
    there = stand(after(65, text, 1))
    (unit,) = there.compiled.network.units
    law = there.compiled.plan.steps["analysis.working"].takes
    assert there.compiled.states[unit.node] == "analysis.working"
    assert (unit.start, unit.elapsed) == (66.0, 20.0)  # it was inspected by the evening of day 45
    assert unit.passed == share_below(law, 20.0) == pytest.approx(0.1545, abs=1e-4)
    run = forecast(there, seed=1, replications=2000, keep=True)
    by_hand = [46.0 + quantile(law, unit.passed + level * (1 - unit.passed)) for level in (0.1, 0.5, 0.9)]
    assert min(times[0] for times in run.finished) > 66.0
    assert run.finishes(0.1, 0.5, 0.9)["b01"] == pytest.approx(by_hand, abs=1.5)


def test_who_is_beyond_all_the_plan_allows_goes_on_at_once() -> None:
    text = FIXED.replace("analysis.working: {takes: 10,", "analysis.working: {takes: {uniform: [8, 10]},")
    played = after(45, text, 1)
    played.clock.set(datetime(2005, 4, 1, 0, tzinfo=UTC))
    assert finishes(stand(played).compiled) == {"b01": 74.0}


def test_a_planned_end_is_the_engines() -> None:
    """Put off by nine days by the office, suspended for six: both are in it, and in what the branch does."""
    played = after(2, FIXED, 2)
    assert all(played.campaign.extend(9, branches="b02", by="officer", reason="harvest"))
    assert all(played.campaign.suspend(branches="b02", by="officer", reason="flood"))
    played.clock.set(datetime(2005, 1, 26, 0, tzinfo=UTC))
    there = stand(played)
    facts = Facts.load(played.campaign.store, RULES, FactNeeds(), played.campaign.now).branches
    assert there.suspended == ("b02",)
    assert {branch: unit.planned_end for branch, unit in units(there).items()} == {"b01": 45.0, "b02": 60.0}
    assert facts["b02"].planned_end == day(played, 60).isoformat()
    assert finishes(there.compiled)["b02"] == 60 + 1 + 10
    assert all(played.campaign.resume(branches="b02", by="officer", reason="over"))
    assert stand(played).suspended == ()


def test_what_the_plan_puts_off_is_put_off_once() -> None:
    """By ten days for every branch: the office has granted six of them."""
    played = stage(model(FIXED.replace("steps:", "stages: {learning: {extend: 10}}\nsteps:"), 1))
    played.enter("b01")
    assert [unit.planned_end for unit in units(stand(played)).values()] == [55.0]
    assert all(played.campaign.extend(6, branches="b01", by="officer", reason="harvest"))
    assert [unit.planned_end for unit in units(stand(played)).values()] == [55.0]
    assert all(played.campaign.extend(6, branches="b01", by="officer", reason="harvest"))
    assert [unit.planned_end for unit in units(stand(played)).values()] == [57.0]


def test_while_it_is_suspended_the_clock_of_a_stay_stands_still() -> None:
    played = after(49, FIXED, 1)
    assert [unit.elapsed for unit in stand(played).compiled.network.units] == [4.0]
    played.clock.set(datetime(2005, 3, 8, 0, tzinfo=UTC))  # day 50
    assert all(played.campaign.suspend(branches="b01", by="officer", reason="flood"))
    played.clock.set(datetime(2005, 3, 28, 0, tzinfo=UTC))
    there = stand(played)
    assert (there.suspended, [unit.elapsed for unit in there.compiled.network.units]) == (("b01",), [4.0])
    assert finishes(there.compiled) == {"b01": 70 + 6}


def test_before_its_batch_begins_a_branch_stands_before_the_gate() -> None:
    """Both batches come on the roster on 20 January, day 3; the second begins on day 28."""
    compiled = model(FIXED, 1, 1)
    played = stage(compiled)
    played.clock.set(datetime(2005, 1, 20, 0, tzinfo=UTC))
    for branch in compiled.branches:
        played.campaign.import_roster(rows(branch))
    there = standing(compiled, played.campaign)
    assert (there.not_begun, there.under_way) == (("b02",), ("b01",))
    assert finishes(there.compiled) == {"b01": 49 + 1 + 10, "b02": 84}  # late on the roster is late: day 48 is a Sunday
    played.clock.set(datetime(2005, 2, 24, 0, tzinfo=UTC))
    there = standing(compiled, played.campaign)
    assert there.not_begun == ()
    assert finishes(there.compiled)["b02"] == 84  # it began with its batch, not when it came on the roster


@pytest.mark.parametrize("plus", ["0", "{uniform: [0, 9]}"])
def test_a_stage_has_begun_although_the_plan_takes_no_time_for_its_first_state(plus: str) -> None:
    """By the plan a branch stands in applied until the planned end; b01 still stands in working, on day 10: the 45 days run."""
    text = FIXED.replace(
        "learning.working: {until: planned_end, then: apply}", "learning.applied: {until: planned_end}\n  learning.working: {then: apply}"
    )
    compiled = model(text.replace('"1": {from: 2005-01-17,', f'"1": {{from: 2005-01-17, plus: {plus},'), 1)
    played = stage(compiled)
    played.enter("b01")
    played.clock.set(datetime(2005, 1, 27, 8, tzinfo=UTC))
    there = standing(compiled, played.campaign)
    assert (there.under_way, there.not_begun) == (("b01",), ())
    assert finishes(there.compiled) == {"b01": 46.0 + 10}
    played = stage(compiled)
    played.enter("b01")
    played.clock.set(datetime(2005, 1, 20, 8, tzinfo=UTC))
    assert standing(compiled, played.campaign).not_begun == (() if plus == "0" else ("b01",))


def test_in_a_gate_that_takes_its_time_elapsed_time_counts() -> None:
    compiled = model(FIXED.replace('"1": {from: 2005-01-17,', '"1": {from: 2005-01-17, plus: {uniform: [2, 10]},'), 1)
    played = stage(compiled)
    played.campaign.import_roster(rows(compiled.branches[0]))
    played.clock.set(datetime(2005, 1, 18, 0, tzinfo=UTC))
    (unit,) = standing(compiled, played.campaign).compiled.network.units
    assert (unit.node, unit.start, unit.elapsed) == (len(compiled.states), 1.0, 1.0)


def test_who_has_finished_finished_then() -> None:
    there = stand(after(62, FIXED, 6, 4))
    whole = finishes(model(FIXED, 6, 4))
    assert there.finished == {branch: time for branch, time in whole.items() if time <= 63}
    assert len(there.under_way) == 4
    now, before = (forecast(stand(after(days, FIXED, 6, 4)), seed=1, replications=2).collector.answers(1) for days in (62, 30))
    assert [each.mean.value for each in now.finishes] == [each.mean.value for each in before.finishes]  # of stages left before, too
    assert now.progress == before.progress


def test_a_goal_is_the_end_even_for_who_went_on() -> None:
    """The plan calls a branch finished in analysis.working; two have applied since."""
    played = after(49, FIXED, 3)
    for branch in ("b01", "b02"):
        played.campaign.record(branch, "minutes", by=f"secretary-{branch}", fields={"what": "…"})
        assert played.campaign.move(branch, "apply", by=f"secretary-{branch}")
    lines = [line for line in FIXED.splitlines() if "  analysis." not in line]
    shorter = model("\n".join(["finished: analysis.working", *lines]), 3)
    assert standing(shorter, played.campaign).finished == {"b01": 46.0, "b02": 47.0, "b03": 50.0}


def test_dissolved_branches_are_left_out_but_made_room_when_they_went() -> None:
    """Of three the first has been inspected, the second, whose turn it is, is dissolved: so it is the turn of the third."""
    played = after(45, FIXED, 3)
    ended = played.campaign.dissolve("b02", members="b03", by="officer", reason="too few")
    assert ended
    played.clock.set(datetime(2005, 3, 4, 13, tzinfo=UTC))  # half of the office day
    compiled = entered(played)
    history = History.of(played.campaign, compiled)
    there = standing(compiled, played.campaign, history)
    assert history.ended == {"b02": 46.0}
    assert {branch: (compiled.states[unit.node], unit.elapsed) for branch, unit in units(there).items()} == {
        "b01": ("analysis.working", 0.5),
        "b03": ("learning.inspection", 0.5),
    }


def test_every_branch_in_a_state_the_plan_does_not_know_is_named() -> None:
    played = after(49, FIXED, 3)
    compiled = entered(played)
    steps = {state: step for state, step in compiled.plan.steps.items() if state != "analysis.working"}
    with pytest.raises(InputFault) as caught:
        standing(evolve(compiled, plan=evolve(compiled.plan, steps=steps)), played.campaign)
    faults = caught.value.faults
    assert [(fault.where, fault.path) for fault in faults] == [("b01", "state"), ("b02", "state"), ("b03", "state")]
    assert "it stands in analysis.working, and the plan does not say how branches go on from there" in faults[0].text.say("en")
    assert "它处于 analysis.working" in faults[0].text.say("zh")


def test_attempts_are_those_that_are_over() -> None:
    """In the make-up after its first inspection: the next one is its second, and approves."""
    there = stand(after(46, story(), 1))
    (unit,) = there.compiled.network.units
    state = dict(enumerate(there.compiled.states))
    assert state[unit.node] == "learning.make_up"
    assert {state[node]: count for node, count in unit.attempts} == {"learning.working": 1, "learning.applied": 1, "learning.inspection": 1}


def test_nothing_is_written() -> None:
    played = after(45, FIXED, 3)
    before = played.campaign.store.rows("SELECT count(*) FROM workflow_event")
    stand(played)
    assert played.campaign.store.rows("SELECT count(*) FROM workflow_event") == before
    assert played.campaign.today == date(2005, 3, 4).isoformat()


def test_forty_branches_are_in_one_history() -> None:
    """Whatever the ledger says of a branch, its last stay is where the tables have it; and so is its planned end or, in a stage without
    one, the time it came to that."""
    played = after(70, story(office=2), 20, 20)
    compiled = entered(played)
    history = History.of(played.campaign, compiled)
    rows: dict[str, str] = dict(played.campaign.store.rows("SELECT id, state FROM workflow_branch"))
    assert {branch: stays[-1].state for branch, stays in history.stays.items()} == rows
    facts = Facts.load(played.campaign.store, RULES, FactNeeds(), played.campaign.now).branches
    for branch, stays in history.stays.items():
        ends = facts[branch].planned_end
        stage_of = compiled.definition.stage_of
        came = next(stay.began for stay in stays if stage_of(stay.state) in (stage_of(stays[-1].state), stage_of("analysis.working")))
        assert stays[-1].planned_end == (came if ends is None else history.moments.day(date.fromisoformat(ends)))
    assert len(branches(40)) == len(history.stays)

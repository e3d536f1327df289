"""Branches that were split off, put in another batch or group, or began again: what they did before stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from tests.simulation.forecasts import FIXED
from tests.simulation.live_stories import RULES, after, day, entered, finishes, model, stage, stand, units
from tests.simulation.rehearsals import Stage, rows
from workflow.simulation.compiling import Branch, Compiled, compile_plan
from workflow.simulation.live import History, Standing, Stay, fit, standing
from workflow.store.facts import FactNeeds, Facts

# In analysis each group inspects its own branches, one after the other, each for six working days.
BY_GROUPS = FIXED.replace("analysis.inspection: {", "analysis.inspection: {served_by: group, takes: 6, unit: working_days, ").replace(
    "office: {people: 1}", "office: {people: 5}, group: {each: group, people: 1}"
)


def placed(played: Stage, **about: Mapping[str, Any]) -> Compiled:
    """The plan with its branches where they are put, by id; those it does not know are new."""
    known = {branch.id: branch for branch in entered(played).branches}
    for ident, its in about.items():
        known[ident] = evolve(known.get(ident, Branch(id=ident, title=ident, batch="1", group="east", size=1)), **its)
    return compile_plan(played.compiled.plan, RULES, list(known.values()))


def reassigned(played: Stage, branch: str, at: datetime, *, restart: bool = False, **to: str) -> tuple[Compiled, Standing]:
    played.clock.set(at)
    assert all(played.campaign.reassign(branches=branch, restart=restart, by="officer", reason="better so", **to))
    compiled = placed(played, **{branch: to})
    return compiled, standing(compiled, played.campaign)


def split(played: Stage, branch: str) -> Compiled:
    """Its newest member is a branch of its own now, b99."""
    played.campaign.import_roster([{"branch": branch, "person": "m2", "name": "M", "status": "in_post"}])
    assert played.campaign.split(branch, "b99", title="New", members=["m2"], by="officer", reason="too large")
    before = next(each for each in played.compiled.branches if each.id == branch)
    return placed(played, b99={"batch": before.batch, "group": str(before.group)})


# -- split off ---------------------------------------------------------------------------------------------------------


def test_a_branch_split_off_was_granted_what_its_own_was() -> None:
    """The plan puts the end of learning off by ten days, which the office has granted: not once more."""
    played = after(2, FIXED.replace("steps:", "stages: {learning: {extend: 10}}\nsteps:"), 1)
    there = standing(split(played, "b01"), played.campaign)
    facts = Facts.load(played.campaign.store, RULES, FactNeeds(), played.campaign.now).branches
    assert {branch: unit.planned_end for branch, unit in units(there).items()} == {"b01": 55.0, "b99": 55.0}
    assert {fact.planned_end for fact in facts.values()} == {day(played, 55).isoformat()}


@pytest.mark.parametrize(("at", "not_begun"), [(5, ("b01", "b99")), (30, ())])
def test_a_branch_split_off_waits_for_its_batch_as_its_own_does(at: int, not_begun: Sequence[str]) -> None:
    """On the roster on day 3; its batch begins on day 28."""
    played = stage(model(FIXED, 0, 1))
    played.clock.set(datetime(2005, 1, 20, 8, tzinfo=UTC))
    played.campaign.import_roster(rows(played.compiled.branches[0]))
    played.clock.set(datetime.combine(day(played, at), datetime.min.time(), UTC))
    there = standing(split(played, "b01"), played.campaign)
    assert there.not_begun == not_begun
    assert finishes(there.compiled) == {"b01": 84.0, "b99": 85.0}  # its one inspection after the other
    if not not_begun:
        assert {unit.planned_end for unit in units(there).values()} == {28 + 45.0}


# -- another group -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["decided", "listed"])
def test_what_a_group_did_it_has_done_whoever_has_the_branch_now(how: str) -> None:
    """Of four, in two groups, the first two have finished on day 64, and the others' turn came. That b01 is of east by now does not mean
    that west took up b03 when b01 was there."""
    played = after(65, BY_GROUPS, 4)
    assert {branch: unit.elapsed for branch, unit in units(stand(played)).items() if unit.elapsed} == {"b03": 2.0, "b04": 2.0}
    if how == "listed":
        played.campaign.import_roster([{"branch": "b01", "group": "east"}])
        compiled = placed(played, b01={"group": "east"})
        there = standing(compiled, played.campaign)
    else:
        compiled, there = reassigned(played, "b01", played.clock.now(), group="east")
    assert {branch: unit.elapsed for branch, unit in units(there).items() if unit.elapsed} == {"b03": 2.0, "b04": 2.0}
    assert [stay.group for stay in History.of(played.campaign, compiled).stays["b01"]] == ["west"] * 6 + ["east"]


def test_a_group_takes_up_anew_what_another_has_begun() -> None:
    """West has inspected b01 for four of six days when east is to do so: b01 waits for b02 there, and makes room for b03 at once."""
    played = after(59, BY_GROUPS, 3)
    assert {branch: unit.elapsed for branch, unit in units(stand(played)).items()} == {"b01": 4.0, "b02": 4.0, "b03": 0.0}
    compiled, there = reassigned(played, "b01", played.clock.now(), group="east")
    assert list(units(there)) == ["b02", "b03", "b01"]
    assert {branch: unit.elapsed for branch, unit in units(there).items()} == {"b01": 0.0, "b02": 4.0, "b03": 0.0}
    assert finishes(there.compiled) == {"b02": 64.0, "b03": 68.0, "b01": 72.0}
    *_, west, east = History.of(played.campaign, compiled).stays["b01"]
    assert [(stay.group, stay.began, stay.left, stay.move) for stay in (west, east)] == [
        ("west", 56.0, 60.0, None),
        ("east", 60.0, None, None),
    ]


def test_where_nobody_serves_by_groups_a_stay_goes_on() -> None:
    played = after(20, BY_GROUPS, 2)
    compiled, there = reassigned(played, "b01", played.clock.now(), group="east")
    (stay,) = History.of(played.campaign, compiled).stays["b01"]
    assert (stay.group, stay.began, stay.first) == ("east", 0.0, True)
    assert there.under_way == ("b01", "b02")


def test_before_its_batch_begins_no_group_has_begun_anything() -> None:
    text = BY_GROUPS.replace("learning.working: {until: planned_end,", "learning.working: {served_by: group, takes: 3,")
    played = stage(model(text, 0, 1))
    played.enter("b01")
    played.clock.set(datetime(2005, 1, 20, 8, tzinfo=UTC))
    compiled, there = reassigned(played, "b01", played.clock.now(), group="east")
    assert (there.not_begun, finishes(there.compiled)) == (("b01",), finishes(compiled))


# -- another batch -----------------------------------------------------------------------------------------------------


def first(played: Stage, compiled: Compiled) -> Stay:
    return History.of(played.campaign, compiled).stays["b01"][0]


def test_who_begins_again_with_a_batch_to_come_waits_for_it() -> None:
    """At work since day 0 and granted nine days; from day 10 on it is of the second batch, which begins on day 28."""
    played = after(9, FIXED, 2)
    assert all(played.campaign.extend(9, branches="b01", by="officer", reason="harvest"))
    compiled, there = reassigned(played, "b01", datetime(2005, 1, 27, 10, tzinfo=UTC), batch="2", restart=True)
    assert (there.not_begun, there.under_way) == (("b01",), ("b02",))
    assert finishes(there.compiled) == {"b01": 84.0, "b02": 56.0} == finishes(compiled)
    before = first(played, compiled)
    assert (before.began, before.left, before.move, before.planned_end) == (0.0, 10.2, None, 54.0)
    played.clock.set(datetime(2005, 2, 24, 0, tzinfo=UTC))
    there = standing(compiled, played.campaign)
    assert there.not_begun == ()
    assert (units(there)["b01"].planned_end, finishes(there.compiled)["b01"]) == (28 + 45, 84.0)


def test_who_begins_again_with_a_batch_that_has_begun_begins_at_once() -> None:
    played = after(37, FIXED, 2)
    compiled, there = reassigned(played, "b01", datetime(2005, 2, 24, 8, tzinfo=UTC), batch="2", restart=True)
    assert there.under_way == ("b01", "b02")
    assert units(there)["b01"].planned_end == 38 + 45
    (found,) = [each for each in fit(compiled, History.of(played.campaign, compiled)).fits if each.state == "learning.working"]
    assert (found.n, found.censored) == (0, 3)  # what was left otherwise than by a move is not over


def test_who_has_not_moved_goes_over_to_the_other_batch() -> None:
    played = after(9, FIXED, 1)
    compiled, there = reassigned(played, "b01", datetime(2005, 1, 27, 10, tzinfo=UTC), batch="2")
    assert (there.not_begun, finishes(there.compiled)) == (("b01",), {"b01": 84.0})
    assert (first(played, compiled).began, first(played, compiled).sure) == (28.0, True)

"""What if: plans with figures changed by name, and what is said of changes that cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import Snapshot
from tests.simulation.small_plan import PLAN, RULES
from workflow.errors import DefinitionFault
from workflow.simulation.plan import Distribution, Focus, Plan, changed, load_text

SMALL = load_text(PLAN, RULES)


def after(**changes: str) -> Plan:
    return changed(SMALL, {name.replace("__", "."): value for name, value in changes.items()}, RULES)


def shares(plan: Plan, state: str) -> dict[str, tuple[float, ...]]:
    return {way.move: tuple(round(share, 6) for share in way.shares) for way in plan.steps[state].outcomes}


@pytest.mark.parametrize("name", ["office.people", "office.capacity", "capacities.office.people", "capacities.office.capacity"])
def test_people(name: str) -> None:
    assert changed(SMALL, {name: "10"}, RULES).capacities["office"].people == 10
    assert SMALL.capacities["office"].people == 8


@pytest.mark.parametrize("name", ["learning.extend", "stages.learning.extend"])
def test_a_stage(name: str) -> None:
    assert changed(SMALL, {name: "20"}, RULES).extended == {"learning": 20}


def test_nothing_changed_is_the_same_plan() -> None:
    assert changed(SMALL, {}, RULES) == SMALL


def test_other_sections() -> None:
    plan = after(
        starts="2005-01-10",
        focus__share="0.5",
        order__office="largest",
        extend__days="{uniform: [7, 15]}",
        attendance__mobile="0.3",
        finished="analysis.applied",
    )
    assert (plan.starts, plan.policy.order, plan.extend_days) == (
        date(2005, 1, 10),
        {"office": "largest"},
        Distribution("uniform", (7, 15)),
    )
    assert plan.policy.focus == Focus(share=0.5, plus=Distribution("empirical", (0, 1)))
    assert plan.absence == {"attendance": {"in_post": 0.06, "mobile": 0.3}}
    assert plan.goals == {"analysis.applied", "finished"}


def test_the_day_of_a_batch_however_it_is_written() -> None:
    plan = changed(SMALL, {"1": "2005-02-01", "2": "2005-08-01", "batches.2.by": "2005-12-31"}, RULES)
    assert {batch.id: (batch.start, batch.by) for batch in plan.batches.values()} == {
        "1": (date(2005, 2, 1), date(2005, 6, 30)),
        "2": (date(2005, 8, 1), date(2005, 12, 31)),
    }


def test_a_length_of_time() -> None:
    assert after(make_up__takes="3").steps["learning.make_up"].takes == Distribution("constant", (3,))
    assert after(make_up__takes__weibull__scale="20").steps["learning.make_up"].takes == Distribution("weibull", (2, 20))
    assert after(make_up__takes__uniform="[1, 2]").steps["learning.make_up"].takes == Distribution("uniform", (1, 2))


def test_a_state_gets_an_entry_of_its_own() -> None:
    plan = changed(SMALL, {"analysis.inspection.takes": "2"}, RULES)
    assert plan.steps["learning.inspection"] == SMALL.steps["learning.inspection"]
    assert plan.steps["analysis.inspection"].takes == Distribution("constant", (2,))
    assert shares(plan, "analysis.inspection") == shares(SMALL, "analysis.inspection")
    assert changed(SMALL, {"applied.takes": "2"}, RULES).steps["learning.applied"].takes == Distribution("constant", (2,))


def test_a_phase_stands_for_all_its_states() -> None:
    own = changed(SMALL, {"analysis.inspection.takes": "2"}, RULES)
    both = changed(own, {"inspection.takes": "3"}, RULES)
    assert {both.steps[f"{stage}.inspection"].takes for stage in ("learning", "analysis")} == {Distribution("constant", (3,))}
    working = changed(SMALL, {"working.then": "apply"}, RULES)
    assert working.steps == SMALL.steps


@pytest.mark.parametrize("name", ["inspection.approve", "steps.inspection.then.approve", "inspection.then.approve"])
def test_a_share_takes_from_the_others_in_proportion(name: str) -> None:
    plan = changed(SMALL, {name: "[0.6, 0.8]"}, RULES)
    for stage in ("learning", "analysis"):
        assert shares(plan, f"{stage}.inspection") == {
            "approve": (0.6, 0.8),
            "require_make_up": (0.3, 0.1),
            "redo": (0.1, 0.1),
        }


def test_shares_for_one_stage_and_all_attempts() -> None:
    plan = changed(SMALL, {"learning.inspection.approve": "0.6", "learning.inspection.redo": "0"}, RULES)
    assert shares(plan, "learning.inspection") == {"approve": (0.6, 0.6), "require_make_up": (0.4, 0.4), "redo": (0, 0)}
    assert shares(plan, "analysis.inspection") == shares(SMALL, "analysis.inspection")


def test_one_way_becomes_two() -> None:
    text = PLAN.replace("  make_up: {takes: {weibull: {shape: 2, scale: 9}}}", "  make_up: {takes: 3}")
    plan = changed(
        load_text(
            text.replace("then: {approve: [0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}", "then: approve").replace(
                "    because: {studied: 0.75, other: 0.25}\n", ""
            ),
            RULES,
        ),
        {"inspection.redo": "0.1"},
        RULES,
    )
    assert shares(plan, "learning.inspection") == {"approve": (0.9,), "redo": (0.1,)}


FAULTY = {
    "offce.people": "10",
    "learning.inspection.aprove": "0.5",
    "steps": "3",
    "": "3",
    "make_up.takes": "[1",
    "learning.extend": "10\nb: 3",
    "office.people": "ten",
    "group.people": "",
    "inspection.approve": "1.2",
    "2": "2005-02-30",
    "analysis.working.takes": "{lognormal: {median: 5, p90: 4}}",
    "analysis.working.then": "approve",
    "order.ofice": "smallest",
    "focus.shar": "0.2",
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_said_of_changes_that_cannot_be(lang: str, snapshot: Snapshot) -> None:
    with pytest.raises(DefinitionFault) as caught:
        changed(SMALL, FAULTY, RULES)
    snapshot(f"plan-changes.{lang}", caught.value.say(lang))


def test_shares_that_cannot_make_one() -> None:
    for changes in ({"inspection.approve": "0.9", "inspection.redo": "0.2"}, {"inspection.then": "{approve: 0.5}"}):
        with pytest.raises(DefinitionFault) as caught:
            changed(SMALL, changes, RULES)
        assert "steps.inspection.then: the shares" in caught.value.say("en")
        assert [fault.where for fault in caught.value.faults] == [list(map("=".join, changes.items()))[-1]]


def test_a_name_that_stands_for_two_things_asks_for_the_section() -> None:
    text = PLAN.replace("capacities: {office", "capacities: {make_up: {people: 3}, office")
    plan = load_text(text, RULES)
    assert changed(plan, {"steps.make_up.takes": "4"}, RULES).steps["learning.make_up"].takes == Distribution("constant", (4,))
    with pytest.raises(DefinitionFault) as caught:
        changed(plan, {"make_up.takes": "4"}, RULES)
    assert caught.value.say("en") == (
        "make_up.takes=4: make_up.takes stands for several things, the section was expected before it: capacities or steps"
    )
    assert caught.value.say("zh") == "make_up.takes=4: make_up.takes 有多种含义，前面应写明所属部分：capacities或steps"


def test_a_change_that_leaves_no_way_out_is_said_of_the_plan() -> None:
    with pytest.raises(DefinitionFault) as caught:
        changed(SMALL, {"inspection.approve": "0"}, RULES)
    assert caught.value.say("en") == (
        "inspection.approve=0: steps.learning.working: a branch in learning.working never finishes: "
        "it only comes to learning.applied, learning.inspection, learning.make_up"
    )

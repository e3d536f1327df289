"""What loading a plan gives: its figures, the states it covers, and the plan of the district that comes with the program."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from tests.simulation.small_plan import PLAN, RULES
from workflow.definition import Definition, load_file
from workflow.definition.loading import shipped
from workflow.errors import DefinitionFault
from workflow.simulation.plan import (
    BatchPlan,
    Capacity,
    Distribution,
    Focus,
    Outcome,
    Plan,
    Policy,
    load_document,
    load_plan,
    load_text,
    planned_definition,
    shipped_plans,
)
from workflow.simulation.plan.model import NO_TIME, Kind, Order
from workflow.simulation.plan.shape import schema

ROOT = Path(__file__).parents[2]
DISTRICT = ROOT / "definitions" / "plans" / "district-2005.yaml"


@pytest.fixture(scope="module")
def rules() -> Definition:
    return load_file(ROOT / "definitions" / "advanced-nature-2005.yaml")


@pytest.fixture(scope="module")
def district(rules: Definition) -> Plan:
    return load_plan(DISTRICT, rules)


def test_every_section_of_a_plan() -> None:
    plan = load_text(PLAN, RULES)
    assert (plan.id, plan.title.say("zh"), plan.definition, plan.starts) == ("small-plan", "计划", "small", date(2005, 1, 17))
    assert plan.batches == {
        "1": BatchPlan(id="1", start=date(2005, 1, 17), plus=Distribution("uniform", (0, 3)), by=date(2005, 6, 30)),
        "2": BatchPlan(id="2", start=date(2005, 7, 1)),
    }
    assert plan.capacities == {"office": Capacity(id="office", people=8), "group": Capacity(id="group", people=3, each="group")}
    assert plan.policy == Policy(order={"office": "smallest"}, focus=Focus(share=0.2, plus=Distribution("empirical", (0, 1))))
    assert (plan.extended, plan.extend_days) == ({"learning": 10}, Distribution("exponential", (9,)))
    assert plan.absence == {"attendance": {"in_post": 0.06, "mobile": 0.45}}
    assert plan.goals == {"finished"}


def test_the_steps_of_a_plan_stand_for_states() -> None:
    steps = load_text(PLAN, RULES).steps
    phases = ("working", "applied", "inspection", "make_up")
    assert list(steps) == [f"{stage}.{phase}" for stage in ("learning", "analysis") for phase in phases]
    assert (steps["learning.working"].until, steps["learning.working"].plus) == ("planned_end", Distribution("triangular", (-5, 0, 15)))
    assert (steps["analysis.working"].until, steps["analysis.working"].takes) == (None, Distribution("lognormal", (30, 50)))
    assert steps["learning.working"].outcomes == steps["analysis.working"].outcomes == (Outcome(move="apply"),)
    assert (steps["analysis.applied"].takes, steps["analysis.applied"].outcomes) == (NO_TIME, (Outcome(move="start"),))
    assert (steps["learning.make_up"].takes, steps["learning.make_up"].unit) == (Distribution("weibull", (2, 9)), "days")
    inspection = steps["learning.inspection"]
    assert (inspection.served_by, inspection.takes, inspection.unit) == ("office", Distribution("constant", (1,)), "working_days")
    assert [(way.move, way.shares) for way in inspection.outcomes] == [
        ("approve", (0.8, 0.9)),
        ("require_make_up", (0.15, 0.05)),
        ("redo", (0.05, 0.05)),
    ]
    assert inspection.because == {"studied": 0.75, "other": 0.25}


def test_the_entry_of_a_state_holds_before_that_of_its_phase_wherever_it_stands() -> None:
    exact, phase = "  analysis.make_up: {takes: 4}\n", "  make_up: {takes: {weibull: {shape: 2, scale: 9}}}\n"
    for both in (exact + phase, phase + exact):
        steps = load_text(PLAN.replace(phase, both), RULES).steps
        assert steps["learning.make_up"].takes == Distribution("weibull", (2, 9))
        assert steps["analysis.make_up"].takes == Distribution("constant", (4,))


def test_shares_are_scaled_to_one_at_each_attempt() -> None:
    third = PLAN.replace(
        "{approve: [0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}", "{approve: 0.3333333, redo: [0.6666662, 0.6666667]}"
    )
    ways = load_text(third, RULES).steps["learning.inspection"].outcomes
    assert [sum(shares) for shares in zip(*(way.shares for way in ways), strict=True)] == [pytest.approx(1, abs=1e-15)] * 2
    assert ways[0].shares[0] > ways[0].shares[1] > 0.3333333 - 1e-9


def test_a_branch_may_have_finished_before_the_final_state() -> None:
    plan = load_text(PLAN.replace("stages: {learning", "finished: analysis.applied\nstages: {learning"), RULES)
    assert plan.goals == {"analysis.applied", "finished"}
    assert "analysis.applied" not in plan.steps
    both = load_text(PLAN.replace("stages: {learning", "finished: [analysis.applied, analysis.working]\nstages: {learning"), RULES)
    assert both.goals == {"analysis.applied", "analysis.working", "finished"}


def test_a_plan_loads_again_from_its_document() -> None:
    plan = load_text(PLAN, RULES)
    assert load_document(plan.document, RULES) == plan


def test_least_values() -> None:
    kinds = {"constant": (3,), "uniform": (1, 2), "triangular": (-5, 0, 9), "exponential": (4,), "lognormal": (5, 9), "empirical": (7, 2)}
    assert [Distribution(kind, figures).least for kind, figures in kinds.items()] == [3, 1, -5, 0, 0, 2]


# -- the district ----------------------------------------------------------------------------------------------------


def test_the_plan_of_the_district_comes_with_the_program(district: Plan) -> None:
    assert shipped_plans()["district-2005"] == DISTRICT
    assert district.id == DISTRICT.stem
    assert not any("plan" in name for name in shipped()), "a plan is no definition"
    assert planned_definition(DISTRICT).id == "advanced-nature-2005"


def test_the_district_has_the_figures_of_the_notes(district: Plan) -> None:
    assert {batch.id: (batch.start, batch.by) for batch in district.batches.values()} == {
        "1": (date(2005, 1, 17), date(2005, 6, 30)),
        "2": (date(2005, 7, 4), date(2005, 12, 31)),
        "3": (date(2006, 1, 9), date(2006, 6, 30)),
    }
    assert (district.capacities["office"].people, district.capacities["group"]) == (8, Capacity(id="group", people=3, each="group"))
    for stage in ("learning", "analysis", "rectification"):
        inspection = district.steps[f"{stage}.inspection"]
        assert {way.move: way.shares for way in inspection.outcomes} == {
            "approve": (0.82, 0.90),
            "require_make_up": (0.13, 0.07),
            "extend": (0.04, 0.025),
            "redo": (0.01, 0.005),
        }
        assert inspection.served_by == "office"
        assert sum(inspection.because.values()) == pytest.approx(1)
        assert district.steps[f"{stage}.make_up"].takes == Distribution("triangular", (5, 9, 18))
        assert district.steps[f"{stage}.extended"].takes == district.extend_days == Distribution("uniform", (7, 15))
    assert district.absence["attendance"]["mobile"] == 0.45
    assert "conclusion.concluded" in district.goals
    assert [state for state in district.steps if state.startswith("conclusion")] == ["conclusion.summarising"]


@pytest.mark.parametrize("name", ["district-ten-groups-2005", "district-three-groups-2005"])
def test_the_plan_fits_what_extends_its_definition(name: str, district: Plan) -> None:
    assert load_plan(DISTRICT, load_file(shipped()[name])).steps == district.steps


def test_it_fits_no_other(rules: Definition) -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_plan(DISTRICT, load_file(shipped()["striving-for-excellence-2010"]))
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [("definition", "definition")]
    assert rules.id in caught.value.say("en")


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(schema())
    assert tuple(schema()["$defs"]["distribution"]["properties"]) == get_args(Kind)
    assert tuple(schema()["properties"]["policies"]["properties"]["order"]["additionalProperties"]["enum"]) == get_args(Order)


def test_the_readme_names_every_key() -> None:
    text = (ROOT / "definitions" / "README.md").read_text("utf-8")
    section = text[text.index("\n## Plans") :]
    found = schema()
    step = found["$defs"]["step"]["properties"]
    for key in (*found["properties"], *step, *found["$defs"]["distribution"]["properties"]):
        assert f"`{key}`" in section or f"{key}:" in section, key

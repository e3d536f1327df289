"""One figure of a plan a little lower or higher: which figures, how they are written, and what they do to the end."""

from __future__ import annotations

import json
import shlex

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import Desk
from tests.simulation.forecasts import BY_CHANCE, FIXED, branches, collected, compiled
from tests.simulation.small_plan import DEFINITION, PLAN, RULES
from tests.simulation.test_simulate import FEW, desk, simulate
from workflow.definition import load_text as load_definition
from workflow.simulation.answers import compare
from workflow.simulation.answers.model import Estimate
from workflow.simulation.answers.sensitivity import Shift, Side, Swing, in_order, parted, sensitivities
from workflow.simulation.answers.turning import Knob, knobs
from workflow.simulation.plan import changed, load_text

__all__ = ["desk"]


def knobs_of(text: str) -> dict[str, Knob]:
    """By their first name."""
    return {knob.names[0]: knob for knob in knobs(load_text(text, RULES, "plan.yaml"), RULES)}


def values(knob: Knob) -> list[str | None]:
    return [None if turn is None else next(iter(turn.changes.values())) for turn in (knob.low, knob.high)]


# -- which, and how written ----------------------------------------------------------------------------------------------


def test_every_figure_of_a_plan() -> None:
    found = knobs_of(PLAN)
    assert {name: (knob.what, knob.now, *values(knob)) for name, knob in found.items()} == {
        "office.people": ("people", "8", "6", "10"),
        "group.people": ("people", "3", "2", "4"),
        "learning.extend": ("stage", "10", "-1", "21"),  # a fifth of 45 and 10 days
        "learning.working.plus": ("offset", "{triangular: [-5, 0, 15]}", "{triangular: [-4, 0, 12]}", "{triangular: [-6, 0, 18]}"),
        "analysis.working.takes": (
            "time",
            "{lognormal: {median: 30, p90: 50}}",
            "{lognormal: {median: 24, p90: 40}}",
            "{lognormal: {median: 36, p90: 60}}",
        ),
        "inspection.takes": ("time", "1", "0.8", "1.2"),
        "inspection.approve": ("share", "[0.8, 0.9]", "[0.7, 0.8]", "[0.9, 1]"),
        "make_up.takes": (
            "time",
            "{weibull: {shape: 2, scale: 9}}",
            "{weibull: {shape: 2, scale: 7.2}}",
            "{weibull: {shape: 2, scale: 10.8}}",
        ),
        "1": ("start", "2005-01-17", None, "2005-01-24"),  # nothing begins before day 0
        "1.plus": ("spread", "{uniform: [0, 3]}", "{uniform: [0, 2.4]}", "{uniform: [0, 3.6]}"),
        "2": ("start", "2005-07-01", "2005-06-24", "2005-07-08"),
        "focus.plus": ("focus_time", "{empirical: [0, 1]}", "{empirical: [0, 0.8]}", "{empirical: [0, 1.2]}"),
        "focus.share": ("focus_share", "0.2", "0.1", "0.3"),
    }


EXTENDING = load_definition(
    DEFINITION.replace(
        "from: inspection, to: make_up, by: office}", 'from: inspection, to: working, by: office, effects: [{extend: "3"}]}'
    ),
    "small.yaml",
)


def test_what_an_extension_adds_is_turned_where_something_extends() -> None:
    """Where the plan is silent, too: ten days."""
    silent = PLAN.replace("effects: {extend: {days: {exponential: 9}}}\n", "")
    for text, turned in ((PLAN, ("{exponential: 9}", "{exponential: 7.2}", "{exponential: 10.8}")), (silent, ("10", "8", "12"))):
        (knob,) = [knob for knob in knobs(load_text(text, EXTENDING, "plan.yaml"), EXTENDING) if knob.what == "extension"]
        assert (knob.names, knob.now, *values(knob)) == (("extend.days",), *turned)
        assert "extend.days" not in knobs_of(text)


def test_no_batch_begins_after_the_day_it_is_to_have_finished_by() -> None:
    for by, high in (("2005-02-18", None), ("2005-02-20", None), ("2005-02-21", "2005-02-21"), ("2005-02-22", "2005-02-21")):
        found = knobs_of(FIXED.replace("from: 2005-02-14, by: 2005-04-08", f"from: 2005-02-14, by: {by}"))
        assert values(found["2"]) == ["2005-02-07", high]


@pytest.mark.parametrize(
    ("law", "low", "high"),
    [
        ("3", "2.4", "3.6"),
        ("{constant: 0.1}", "0.08", "0.12"),
        ("{uniform: [0, 14]}", "{uniform: [0, 11.2]}", "{uniform: [0, 16.8]}"),
        ("{triangular: [1, 2, 5]}", "{triangular: [0.8, 1.6, 4]}", "{triangular: [1.2, 2.4, 6]}"),
        ("{exponential: 9}", "{exponential: 7.2}", "{exponential: 10.8}"),
        ("{empirical: [0, 1, 8]}", "{empirical: [0, 0.8, 6.4]}", "{empirical: [0, 1.2, 9.6]}"),
    ],
)
def test_a_length_of_time_is_scaled_as_a_whole(law: str, low: str, high: str) -> None:
    assert values(knobs_of(PLAN.replace("{weibull: {shape: 2, scale: 9}}", law))["make_up.takes"]) == [low, high]


@pytest.mark.parametrize(
    ("then", "low", "high"),
    [
        ("{approve: 0.95, redo: 0.05}", "0.85", "1"),
        ("{approve: 0.1, redo: 0.9}", "0.05", "0.2"),
        ("{approve: 1, redo: 0}", None, None),
        ("{approve: [0.8, 1], redo: [0.2, 0]}", "[0.7, 1]", "[0.9, 1]"),
    ],
)
def test_a_share_stays_one(then: str, low: str | None, high: str | None) -> None:
    """Never more than all, never less than half of what it was, and no fewer where nobody else would take them."""
    found = knobs_of(PLAN.replace("{approve: [0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}", then))
    assert values(found["inspection.approve"]) == [low, high]


def test_a_phase_is_turned_without_the_states_that_have_entries_of_their_own() -> None:
    """`inspection.takes=0.8` would change the inspection of both stages."""
    text = PLAN.replace("  make_up:", "  learning.inspection: {served_by: office, takes: 2, then: approve}\n  make_up:")
    found = knobs_of(text)
    assert values(found["learning.inspection.takes"]) == ["1.6", "2.4"]
    assert found["analysis.inspection.takes"].names == ("analysis.inspection.takes",)
    assert "inspection.takes" not in found


def test_every_turn_can_be_said_with_set() -> None:
    plan = load_text(PLAN, RULES, "plan.yaml")
    turns = [turn for knob in knobs(plan, RULES) for turn in (knob.low, knob.high) if turn is not None]
    assert len(turns) == 25
    assert all(changed(plan, turn.changes, RULES) != plan for turn in turns)


# -- what they do --------------------------------------------------------------------------------------------------------


def swings_of(text: str, *counts: int, replications: int = 1) -> dict[str, Swing]:
    plan = load_text(text, RULES, "plan.yaml")
    found = sensitivities(plan, RULES, branches(*counts), seed=1, replications=replications, workers=1)
    return {swing.names[0]: swing for swing in found}


def shifts(side: Side | None) -> dict[str | None, tuple[float, float]]:
    assert side is not None
    return {shift.batch: (round(shift.p80, 9), round(shift.mean.value, 9)) for shift in side.shifts}


def test_by_hand() -> None:
    """The last branch of batch 1 finishes on 18 March, for want of a second inspector; of batch 2 on 12 April, two days after the other.

    Its planned end is 3 March, a Thursday: nine days later come the Monday after the next weekend, 14 to 16 March.
    """
    found = swings_of(FIXED, 3, 2)
    takes, people, start = found["analysis.working.takes"], found["office.people"], found["2"]
    assert shifts(takes.low) == {None: (-2, -2), "1": (-2, -2), "2": (-2, -2)}
    assert shifts(takes.high) == {None: (2, 2), "1": (2, 2), "2": (2, 2)}
    assert people.low is None
    assert shifts(people.high)["1"] == (-3, -3)  # the last on Friday, not on Monday
    assert shifts(start.high)["1"] == (0, 0)
    assert shifts(start.high)["2"][0] == pytest.approx(7, abs=2)
    assert shifts(found["learning.extend"].high)["1"] == (9, 9)
    assert found["1"].low is None


def test_the_same_as_comparing_the_plan_so_changed() -> None:
    units = branches(20)
    before = collected(compiled(BY_CHANCE, units), replications=40)
    for swing in swings_of(BY_CHANCE, 20, replications=40).values():
        for side in swing.sides:
            after = collected(compiled(BY_CHANCE, units, side.changes), replications=40)
            made = compare(before, after, seed=1, changes=side.changes)
            (its,) = [
                each for each in made.of("finish") if (each.subject.batch, each.subject.stage, each.subject.share) == ("1", None, 0.95)
            ]
            shift = side.of("1")
            assert shift.mean == its.difference
            assert shift.moved == its.more.times + its.less.times
            ends = [answers.finish("1", None, 0.95).at(0.8).days for answers in (made.before, made.after)]
            assert shift.p80 == ends[1] - ends[0]


TIMES = """\
plan: times
title: {en: Times, zh: 时间}
definition: small
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, plus: 50}}
steps:
  learning.working: {until: planned_end, plus: 50, then: apply}
  learning.inspection: {served_by: office, takes: 1, then: {approve: [0, 1], require_make_up: [1, 0]}}
  analysis.working: {takes: 50, then: apply}
  analysis.inspection: {then: approve}
effects: {extend: {days: 50}}
capacities: {office: {people: 1}}
policies: {focus: {share: 1, plus: 20}}
"""


def test_every_time_moves_the_end() -> None:
    """Of one branch that fails once, and is inspected in working days: of each time a fifth, but for a weekend."""
    plan = load_text(TIMES, EXTENDING, "plan.yaml")
    found = {swing.names[0]: swing for swing in sensitivities(plan, EXTENDING, branches(1), seed=1, replications=1, workers=1)}
    for name, days in (
        ("1.plus", 10),
        ("learning.working.plus", 10),
        ("extend.days", 10),
        ("focus.plus", 6),
        ("analysis.working.takes", 10),
    ):
        low, high = (shifts(side)["1"][0] for side in (found[name].low, found[name].high))
        assert (-low, high) == (pytest.approx(days, abs=2), pytest.approx(days, abs=2)), name


def test_the_widest_first_and_what_moves_nothing_last() -> None:
    found = list(swings_of(FIXED, 3, 2).values())
    for batch in (None, "1", "2"):
        ordered = in_order(found, batch)
        reaches = [swing.reach(batch) for swing in ordered]
        assert reaches == sorted(reaches, reverse=True)
        assert [swing.moves(batch) for swing in ordered] == sorted((swing.moves(batch) for swing in ordered), reverse=True)
    assert in_order(found, "1")[-1].names == ("2",)


def test_what_moves_an_end_to_and_fro_comes_before_what_never_does() -> None:
    def swing(name: str, moved: int) -> Swing:
        side = Side(1, {name: "1"}, (Shift(None, 0.0, Estimate(0.0), moved),))
        return Swing(what="people", subject=name, names=(name,), now="0", low=None, high=side)

    never, sometimes = swing("never", 0), swing("sometimes", 2)
    fixed = Swing(what="start", subject="1", names=("1",), now="2005-01-17", low=None, high=None)
    assert in_order([never, sometimes], None) == [sometimes, never]
    assert parted([fixed, never, sometimes], None) == ([sometimes], [never], [fixed])


def test_progress_counts_every_replication_of_all() -> None:
    told: list[tuple[int, int]] = []
    plan = load_text(FIXED, RULES, "plan.yaml")
    found = sensitivities(plan, RULES, branches(2), seed=1, replications=3, workers=1, progress=lambda done, of: told.append((done, of)))
    total = 3 * (1 + sum(len(swing.sides) for swing in found))
    assert told == [(done, total) for done in range(1, total + 1)]


# -- the view ------------------------------------------------------------------------------------------------------------


def test_the_view(desk: Desk) -> None:
    said = simulate(desk, *FEW, "--view", "sensitivity", "--top", "2")
    table = said.split("\n\n")[1].splitlines()
    assert table[0].startswith("The end of all batches if one figure of the plan is lower or higher")
    assert table[1].split() == ["figure", "changed", "by", "--set", "P80", "on", "average"]
    assert table[-1] == "and 8 more; --top 10 shows them"
    assert "批次结束日推迟" in simulate(desk, *FEW, "--view", "sensitivity", lang="zh")
    assert "The end of batch 1 if" in simulate(desk, *FEW, "--view", "sensitivity", "--batch", "1")


def test_the_view_says_what_to_type(desk: Desk) -> None:
    """What stands in the table, typed after --set, is a plan that simulates."""
    said = simulate(desk, *FEW, "--view", "sensitivity", "--top", "99")
    lines = [line for line in said.splitlines() if "takes=" in line and "'" in line]
    assert len(lines) == 4
    (change,) = [word for word in shlex.split(lines[0]) if "=" in word]
    assert f"Changed: {change}." in simulate(desk, *FEW, "--set", change)


STILL = """\
plan: still
title: {en: Still, zh: 静}
definition: small
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, by: 2005-01-20}, "2": {from: 2005-07-04}}
steps:
  learning.working: {until: planned_end, then: apply}
  analysis.working: {then: apply}
  inspection: {takes: 1, served_by: office, then: approve}
capacities: {office: {people: 30}}
"""


def test_what_moves_nothing_is_said_and_what_cannot_be_turned_too(desk: Desk) -> None:
    """Nobody waits for thirty people; batch 1 begins on day 0, and is to be over in three days."""
    desk.write("chance.yaml", STILL)
    for lang, still, fixed in (
        (
            "en",
            "Without any effect on it: people: office (30); beginning: batch 2",
            "Could be set neither lower nor higher: beginning: batch 1",
        ),
        ("zh", "毫无影响的：人数：办公室（30）；启动日：第 2 批", "不能调低也不能调高的：启动日：第 1 批"),
    ):
        said = simulate(desk, *FEW, "--view", "sensitivity", "--batch", "1", lang=lang)
        assert said.endswith(f"\n\n{still}\n\n{fixed}\n")


def test_a_batch_nothing_moves(desk: Desk) -> None:
    desk.write("chance.yaml", STILL.replace("until: planned_end, ", "").replace("takes: 1, served_by: office, ", ""))
    for lang, said in (("en", "No figure of the plan, a little lower or higher, moves that day."), ("zh", "都不改变该日。")):
        assert said in simulate(desk, *FEW, "--view", "sensitivity", "--batch", "1", lang=lang)


def test_a_plan_with_little_time_is_turned_as_far_as_it_goes(desk: Desk) -> None:
    """Nobody typed 2005-02-21, a week after the beginning of batch 2, which is too late for the day set."""
    desk.write("fixed.yaml", FIXED.replace("from: 2005-02-14, by: 2005-04-08", "from: 2005-02-14, by: 2005-02-18"))
    said = simulate(desk, *FEW, "--view", "sensitivity", "--top", "99", plan="fixed.yaml")
    assert "2005-02-21" not in said
    assert simulate(desk, *FEW, "--pictures", str(desk.folder / "page.html"), plan="fixed.yaml")


def test_json_has_them_only_where_they_are_asked_for(desk: Desk) -> None:
    words = ["simulate", str(desk.folder / "chance.yaml"), "--roster", str(desk.folder / "roster.csv"), *FEW, "--json"]
    plain, found = (json.loads(desk.run(*words, *more, global_options=False).stdout) for more in ((), ("--view", "sensitivity")))
    Draft202012Validator(workflow.schema("simulation")).validate(found)
    assert plain["sensitivity"] is None
    assert found["answers"] == plain["answers"]
    (office,) = [swing for swing in found["sensitivity"] if swing["subject"] == "office"]
    assert (office["what"], office["now"], office["low"]["changes"], office["low"]["amount"]) == ("people", "2", {"office.people": "1"}, -1)
    assert [shift["batch"] for shift in office["high"]["shifts"]] == [None, "1"]

"""The command `simulate`: what it takes, what it says, and how it fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import Desk
from tests.simulation.forecasts import BY_CHANCE, FIXED
from tests.simulation.small_plan import DEFINITION

ROSTER = "branch,title,batch,group\n" + "".join(f"b{n:02},Branch {n},1,{('east', 'west')[n % 2]}\n" for n in range(1, 11))
FEW = ("--replications", "20")


@pytest.fixture
def desk(tmp_path: Any) -> Desk:
    """A folder with a small definition, two plans for it, and a roster of ten branches."""
    desk = Desk(tmp_path)
    for name, text in (("small.yaml", DEFINITION), ("chance.yaml", BY_CHANCE), ("fixed.yaml", FIXED), ("roster.csv", ROSTER)):
        desk.write(name, text)
    return desk


def simulate(desk: Desk, *args: str, plan: str = "chance.yaml", roster: str = "roster.csv", code: int = 0, lang: str = "en") -> str:
    """What is said on standard output, or where it fails on standard error."""
    words = ["simulate", str(desk.folder / plan), "--roster", str(desk.folder / roster), *args, "--lang", lang]
    done = desk.run(*words, code=code, global_options=False)
    return done.stdout if code == 0 else done.stderr


def test_the_same_seed_says_the_same(desk: Desk) -> None:
    once, again = simulate(desk, *FEW, "--seed", "5"), simulate(desk, *FEW, "--seed", "5")
    assert once == again
    assert once.splitlines()[0].endswith("10 branches in 1 batch from 2005-01-17; branches of roster.csv.")
    assert once.splitlines()[1] == "20 replications, seed 5: the same seed gives the same figures."
    assert simulate(desk, *FEW).splitlines()[1] == "20 replications, seed 1: the same seed gives the same figures."
    assert simulate(desk, *FEW, "--seed", "6") != once


@pytest.mark.parametrize("view", ["summary", "finish", "risk", "drivers", "load", "queues", "makeup", "groups", "calendar"])
def test_every_view_in_both_languages(desk: Desk, view: str) -> None:
    english, chinese = (simulate(desk, *FEW, "--view", view, lang=lang) for lang in ("en", "zh"))
    assert english.startswith("Plan by-chance (")
    assert chinese.startswith("计划 by-chance（")
    assert len(english.splitlines()) == len(chinese.splitlines()) > 3
    assert not any("一" <= char <= "鿿" for char in english)


@pytest.mark.parametrize("view", ["summary", "finish", "risk", "drivers", "load", "queues", "makeup"])
def test_every_view_compares(desk: Desk, view: str) -> None:
    said = simulate(desk, *FEW, "--compare", "office.people=1", "--compare", "inspection.approve=0.5", "--view", view)
    assert "What office.people=1, inspection.approve=0.5 makes of it" in said
    assert "100%" in said


def test_nothing_by_chance(desk: Desk) -> None:
    """Ten branches, one inspector: the last is inspected on Wednesday, 16 March, and finishes ten days later."""
    said = simulate(desk, *FEW, "--view", "finish", "--batch", "1", plan="fixed.yaml")
    assert "batch 1  finished  10 of 10         2005-03-26 (-0 +0)" in said
    assert "Batch 1: the chance that 10 of 10 branches have finished by 2005-03-31 is 100% (83.9 to 100.0%)" in said


def test_lists_say_what_they_leave_out(desk: Desk) -> None:
    said = simulate(desk, *FEW, "--view", "risk", "--top", "3")
    assert "and 7 more; --top 10 shows them" in said
    assert "more; --top" not in simulate(desk, *FEW, "--view", "risk", "--top", "10")


def test_a_change_is_said_and_changes_the_plan(desk: Desk) -> None:
    said = simulate(desk, *FEW, "--set", "office.people=9", "--view", "queues")
    assert "Changed: office.people=9." in said
    assert said.splitlines()[0] != simulate(desk, *FEW, "--view", "queues").splitlines()[0]  # another hash


def test_json_is_as_its_schema_says(desk: Desk) -> None:
    words = ["simulate", str(desk.folder / "chance.yaml"), "--roster", str(desk.folder / "roster.csv"), *FEW]
    one = Draft202012Validator(workflow.schema("simulation"))
    plain = desk.run(*words, "--json", global_options=False).stdout
    found, compared = json.loads(plain), json.loads(desk.run(*words, "--json", "--compare", "office.people=1", global_options=False).stdout)
    for value in (found, compared):
        one.validate(value)
    assert found["compared"] is None
    assert compared["compared"]["changes"] == {"office.people": "1"}
    assert compared["answers"] == found["answers"]
    assert (found["answers"]["seed"], found["answers"]["replications"]) == (1, 20)
    assert not one.is_valid({**found, "more": 1})
    assert desk.run(*words, "--json", global_options=False).stdout == plain


def test_the_branches_of_a_campaign(desk: Desk) -> None:
    desk.run("new", str(desk.folder / "small.yaml"), "--rehearsal", "--now", "2005-01-03")
    desk.run("import", str(desk.folder / "roster.csv"))
    said = desk.run("simulate", str(desk.folder / "chance.yaml"), *FEW, "--view", "finish").stdout
    assert "; branches of test.db." in said
    assert said.splitlines()[1:] == simulate(desk, *FEW, "--view", "finish").splitlines()[1:]


def test_only_checked(desk: Desk) -> None:
    assert simulate(desk, "--check") == "The plan is sound: nothing was simulated.\n"
    desk.write("chance.yaml", BY_CHANCE.replace("approve: [0.8, 0.9]", "aprove: [0.8, 0.9]").replace("people: 2", "people: 0"))
    said = simulate(desk, "--check", code=2)
    assert "chance.yaml:13:12: steps.learning.inspection.then.aprove" in said
    assert "chance.yaml:17:31: capacities.office.people" in said
    assert "2 faults" in said
    assert "Traceback" not in said


def test_a_roster_whose_batch_the_plan_does_not_know(desk: Desk) -> None:
    desk.write("roster.csv", ROSTER + "b11,Branch 11,7,east\n")
    assert "b11: batch: batch 7 is not in the plan; its batches are 1" in simulate(desk, code=2)
    assert "计划中没有批次 7" in simulate(desk, code=2, lang="zh")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--set", "office.people"), "office.people: NAME=VALUE was expected, such as office.people=10"),
        (("--set", "ofice.people=3"), "ofice.people is nothing that can be changed; did you mean office.people?"),
        (("--compare", "office.people=0"), "office.people=0"),
        (("--batch", "9"), "the plan has no batch 9"),
        (("--from", "March"), "March is not a day such as 2005-03-14"),
        (("--against", "2005-06-01=harvest"), "FIRST..LAST=TITLE was expected"),
        (("--against", "2005-06-20..2005-06-01=harvest"), "FIRST..LAST=TITLE was expected"),
        (("--seed", "-1"), "a seed is a whole number from 0"),
        (("--replications", "0"), "--replications"),
        (("--db", "there.db"), "either --db or --roster, not both"),
    ],
)
def test_what_makes_no_sense_ends_with_2(desk: Desk, args: tuple[str, ...], said: str) -> None:
    found = simulate(desk, *args, code=2)
    assert said in found
    assert "Traceback" not in found


def test_which_plan_and_which_branches(desk: Desk) -> None:
    missing = desk.run("simulate", "district-2006", code=2, global_options=False).stderr
    assert "nor a plan district-2006 that comes with the program; did you mean district-2005?" in missing
    alone = desk.run("simulate", str(desk.folder / "chance.yaml"), code=2, global_options=False).stderr
    assert alone == "error: which branches? give --db PATH of a campaign, or --roster FILE.csv\n"
    desk.write("roster.csv", "branch,title,batch\n")
    assert "roster.csv has no branches to simulate" in simulate(desk, code=2)

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
    assert "{" not in english + chinese  # nothing is left to be filled in


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


# -- one batch -----------------------------------------------------------------------------------------------------------


SOUTH = ROSTER + "s01,South,2,\n"  # in no group


@pytest.mark.parametrize("view", ["summary", "finish", "risk"])
def test_a_batch_without_a_day_does_not_speak_for_the_others(desk: Desk, view: str) -> None:
    desk.write("fixed.yaml", FIXED.replace("from: 2005-02-14, by: 2005-04-08", "from: 2005-02-14"))
    desk.write("roster.csv", SOUTH)
    said = simulate(desk, *FEW, "--view", view, "--batch", "2", plan="fixed.yaml")
    assert "The plan sets batch 2 no day to finish by (`by`)." in said
    assert "计划未给第 2 批规定结束日期（by）。" in simulate(desk, *FEW, "--view", view, "--batch", "2", plan="fixed.yaml", lang="zh")
    assert "sets" not in simulate(desk, *FEW, "--view", view, plan="fixed.yaml")
    desk.write("fixed.yaml", FIXED.replace(", by: 2005-04-08", "").replace(", by: 2005-03-31", ""))
    assert "The plan sets none of these batches a day to finish by (`by`)." in simulate(desk, *FEW, "--view", view, plan="fixed.yaml")


def test_a_batch_without_groups_does_not_speak_for_the_others(desk: Desk) -> None:
    desk.write("roster.csv", SOUTH)
    words = ("--view", "groups", "--batch", "2")
    assert simulate(desk, *FEW, *words, plan="fixed.yaml").endswith("\n\nNo branch of batch 2 has a group.\n")
    assert "第 2 批没有支部编入督导组。" in simulate(desk, *FEW, *words, plan="fixed.yaml", lang="zh")
    assert "Batch 1, 2 groups: as they are" in simulate(desk, *FEW, "--view", "groups", plan="fixed.yaml")
    desk.write("roster.csv", "branch,title,batch,group\nb01,Branch,1,\n")
    assert simulate(desk, *FEW, "--view", "groups").endswith("\n\nNo branch has a group.\n")


@pytest.mark.parametrize("view", ["summary", "finish", "risk", "makeup", "groups", "calendar", "sensitivity"])
def test_a_batch_nobody_is_in(desk: Desk, view: str) -> None:
    """Nothing else is said of it: not that it has no day, no groups, or that nothing moves it."""
    for lang, said in (("en", "There are no branches in batch 2."), ("zh", "第 2 批没有支部。")):
        found = simulate(desk, *FEW, "--view", view, "--batch", "2", plan="fixed.yaml", lang=lang)
        assert found.splitlines()[2:] == ["", said]


@pytest.mark.parametrize("more", [(), ("--compare", "office.people=2")])
def test_what_all_batches_share_is_refused_for_one(desk: Desk, more: tuple[str, ...]) -> None:
    """Before anything is simulated: a plan that is only checked fails, too."""
    for view, english, chinese in (
        ("load", "about whoever serves the branches, and those serve all batches", "其任务来自全部批次"),
        ("queues", "about whoever serves the branches, and those serve all batches", "其任务来自全部批次"),
        ("drivers", "adds up what all batches lose", "合计全部批次的损失"),
    ):
        words = ("--check", "--view", view, "--batch", "1", *more)
        said = simulate(desk, *words, code=2)
        assert (said.count("\n"), english in said, "leave --batch out" in said) == (1, True, True)
        assert chinese in simulate(desk, *words, code=2, lang="zh")
        assert simulate(desk, *FEW, "--view", view, *more)


def test_the_summary_of_a_batch_has_only_what_is_of_it(desk: Desk) -> None:
    whole, one = simulate(desk, *FEW), simulate(desk, *FEW, "--batch", "1")
    for head in ("Who waits", "What branches are held back for", "How often each verdict"):
        assert head in whole
        assert head not in one
    assert "are known for all batches together: leave --batch out to see them." in one
    assert "只按全部批次合计" in simulate(desk, *FEW, "--batch", "1", lang="zh")


def test_a_comparison_of_the_rework_of_a_batch_has_only_what_is_of_it(desk: Desk) -> None:
    words = ("--view", "makeup", "--compare", "inspection.approve=0.5")
    assert "verdicts that hold back, times" in simulate(desk, *FEW, *words)
    one = simulate(desk, *FEW, *words, "--batch", "1")
    assert "verdicts that hold back" not in one
    assert "rework, times" in one


# -- the definition's own words ------------------------------------------------------------------------------------------


@pytest.fixture
def depots(desk: Desk) -> Desk:
    """Of a definition that calls branches depots, and their members employees; its batches have names."""
    desk.write(
        "small.yaml",
        DEFINITION.replace("roles:", "labels: {branch: {en: depot, zh: depot}, member: {en: employee, zh: 职工}}\nroles:", 1)
        .replace("zh: 补课", "zh: 补办")
        .replace("要求补课", "要求补办"),
    )
    for name, text in (("chance.yaml", BY_CHANCE), ("fixed.yaml", FIXED)):
        desk.write(name, text.replace('"1":', "north:").replace('"2":', "south:").replace("people: 2", "each: group, people: 2"))
    desk.write("roster.csv", ROSTER.replace(",1,", ",north,"))
    return desk


@pytest.mark.parametrize("view", ["summary", "finish", "risk", "drivers", "load", "queues", "makeup", "groups", "calendar", "sensitivity"])
def test_branches_are_called_what_the_definition_calls_them(depots: Desk, view: str) -> None:
    page = depots.folder / "page.html"
    more = ("--pictures", str(page)) if view == "sensitivity" else ()
    for lang, wrong in (("en", ("branch ", "branches ", "members")), ("zh", ("支部", "党员", "补课", "第 north"))):
        said = simulate(depots, *FEW, "--view", view, *more, lang=lang) + (page.read_text(encoding="utf-8") if more else "")
        assert [word for word in wrong if word in said.replace("branches of", "")] == []
        assert {"en": "10 depots in 1 batch from 2005-01-17; depots of roster.csv.", "zh": "10 个 depot 分 1 批"}[lang] in said
        assert "depotes" not in said
    compared = simulate(depots, *FEW, "--compare", "office.people=1", "--view", view)
    assert [word for word in ("branches", "members") if word in compared] == []


def test_a_batch_is_called_by_its_name(depots: Desk) -> None:
    for view, said in (("finish", "批次 north：10 个 depot 中至少"), ("groups", "批次 north，2 个督导组"), ("calendar", "批次 north 启动")):
        found = simulate(depots, *FEW, "--view", view, "--against", "2005-01-17..2005-01-20=opening", lang="zh")
        assert said in found


def test_one_has_and_several_have(depots: Desk) -> None:
    assert "Batch north: the chance that 10 of 10 depots have finished by" in simulate(depots, *FEW, "--view", "finish")
    depots.write("roster.csv", "branch,title,batch,group\nb01,Branch,north,east\n")
    assert "Batch north: the chance that 1 of 1 depot has finished by" in simulate(depots, *FEW, "--view", "finish")
    assert "1 group: as they are" in simulate(depots, *FEW, "--view", "groups")


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

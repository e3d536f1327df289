"""Every one of the planner's ten questions is answered by the command that stands beside it, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.audit.questions_ground import Question, answer, carry_out, further, questions
from tests.conftest import Snapshot
from tests.story import EXAMPLES
from workflow.cli.app import cli
from workflow.texts import LANGUAGES

PAGE = EXAMPLES / "planners-questions.md"
ASKED = questions(PAGE)
PLAYED, FEW = ("--replications", "100"), ("--replications", "10")  # 1,000 without numba take a minute


@pytest.fixture(scope="module")
def planners_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return carry_out(PAGE, tmp_path_factory.mktemp("planner"))


def asked(command: tuple[str, ...], often: tuple[str, ...] = PLAYED) -> tuple[str, ...]:
    return (*command, *often) if command[0] == "simulate" else command


def test_the_page_has_the_ten_questions() -> None:
    assert [each.number for each in ASKED] == list(range(16, 26))
    assert len(further(PAGE)) == 7


@pytest.mark.parametrize("question", ASKED, ids=lambda question: f"question-{question.number}")
def test_each_is_answered(planners_district: Path, question: Question, snapshot: Snapshot) -> None:
    for lang in LANGUAGES:
        code, said = answer(planners_district, asked(question.command), lang)
        assert code == 0
        snapshot(f"planner-{question.number}.{lang}", said.rstrip("\n"))


@pytest.mark.parametrize("command", further(PAGE), ids=" ".join)
def test_what_is_further_asked_is_answered_too(planners_district: Path, command: tuple[str, ...]) -> None:
    code, said = answer(planners_district, asked(command, FEW), "zh")
    assert code == 0
    assert len(said.splitlines()) > 5


def plain(db: Path, number: int) -> Any:
    """What a program reads in answer to a question, of ten replications."""
    command = next(each.command for each in ASKED if each.number == number)
    code, said = answer(db, (*asked(command, FEW), "--json"), "en")
    assert code == 0
    return json.loads(said)


def test_the_same_branches_with_and_without_the_campaign(planners_district: Path) -> None:
    """The campaign was made from the example: its branches and their order are the same, and so is every figure."""
    command = ("simulate", "district-2005", *FEW, "--json")
    code, said = answer(planners_district, command, "en")
    from_campaign = json.loads(said)
    done = CliRunner(env={"WORKFLOW_DB": None}).invoke(cli, [*command, "--lang", "en"])
    from_example = json.loads(done.stdout)
    assert code == done.exit_code == 0
    assert from_campaign["branches_of"]["en"] == "district.db"
    assert from_example["branches_of"]["en"] == "the example district of 2005, for neither --db nor --roster was given"
    assert from_campaign["answers"] == from_example["answers"]


def test_the_groups_are_evened_out(planners_district: Path) -> None:
    shares = [each for each in plain(planners_district, 19)["assignment"] if each["batch"] == "1"]
    assert len(shares) == 10
    assert sum(len(each["proposed"]) for each in shares) == sum(len(each["branches"]) for each in shares) == 148
    assert sum(each["proposed_members"] for each in shares) == sum(each["members"] for each in shares) == 2_986
    members = [each["proposed_members"] for each in shares]
    assert max(members) - min(members) <= 3
    assert {len(each["focus"]) for each in shares} == {2, 3}
    assert {len(each["proposed"]) for each in shares} == {14, 15}


def test_lower_pass_rates_mean_twice_the_make_up(planners_district: Path) -> None:
    """Of a hundred first inspections 20 held back, then 40; at later ones 10 both times."""
    compared = plain(planners_district, 20)["compared"]
    (whole,) = [
        each
        for each in compared["differences"]
        if (each["subject"]["what"], each["subject"]["batch"], each["subject"]["name"]) == ("make_up", None, "make_up")
    ]
    assert 1.9 < whole["after"]["value"] / whole["before"]["value"] < 2.1
    assert (whole["more"]["times"], whole["less"]["times"]) == (10, 0)


def test_the_page_stands_in_both_languages() -> None:
    for each in PAGE.read_text("utf-8").split("\n\n"):
        if not each.startswith(("```", "|")):
            assert re.search("[一-鿿]", each), each
            assert re.search("[a-z]{3}", each), each

"""Every one of the clerk's fifteen questions is answered by the command that stands beside it, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.audit.questions_ground import Question, answer, carry_out, further, questions
from tests.conftest import Snapshot
from tests.story import EXAMPLES
from workflow.texts import LANGUAGES

PAGE = EXAMPLES / "clerks-questions.md"
ASKED = questions(PAGE)


@pytest.fixture(scope="module")
def clerks_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clerks")
    return carry_out(PAGE, folder, "clerks-reports.yaml", "clerks-roster.csv", "clerks-district.jsonl")


def test_the_page_has_the_fifteen_questions() -> None:
    assert [each.number for each in ASKED] == list(range(26, 41))
    assert len(further(PAGE)) == 6


@pytest.mark.parametrize("question", ASKED, ids=lambda question: f"question-{question.number}")
def test_each_is_answered(clerks_district: Path, question: Question, snapshot: Snapshot) -> None:
    for lang in LANGUAGES:
        code, said = answer(clerks_district, question.command, lang)
        assert code == 0
        snapshot(f"clerk-{question.number}.{lang}", said.rstrip("\n"))


@pytest.mark.parametrize("command", further(PAGE), ids=" ".join)
def test_what_is_further_asked_is_answered_too(clerks_district: Path, command: tuple[str, ...]) -> None:
    for lang in LANGUAGES:
        code, said = answer(clerks_district, command, lang)
        assert code == 0
        assert len(said.splitlines()) > 1


def plain(db: Path, number: int) -> Any:
    """What a program reads in answer to a question."""
    command = next(each.command for each in ASKED if each.number == number)
    code, said = answer(db, (*command, "--json"), "en")
    assert code == 0
    return json.loads(said)


def figures(report: Any) -> dict[str, tuple[Any, Any, list[str]]]:
    """{line: (figure, of how many, who is named)} of the whole."""
    return {
        line: (amount["value"], amount["of"], [each["branch"] for each in amount["named"]])
        for line, amount in report["total"]["amounts"].items()
    }


def test_the_figures_of_the_story(clerks_district: Path) -> None:
    """What was entered, line by line of the example, counted by hand."""
    due = plain(clerks_district, 26)
    assert {(item["branch"], item["late"]) for item in due if item["deadline"] == "theme_report_due"} == {
        ("clinic", 6),
        ("school", 6),
        ("water", 6),
    }
    assert [(item["branch"], item["name"], item["late"]) for item in due if item["deadline"] == "make_up_due"] == [
        ("land", "陆平 · 专题三", 6)
    ]
    assert figures(plain(clerks_district, 27))["not_looked_through"] == (2, 3, ["school", "water"])
    reports = figures(plain(clerks_district, 28))
    assert (reports["no_theme_to_office"], reports["no_theme_to_group"]) == ((2, 4, ["clinic", "school"]), (2, 4, ["clinic", "water"]))
    away = figures(plain(clerks_district, 30))
    assert {line: value for line, (value, _, _) in away.items()} == {
        "away": 2, "reached": 1, "not_reached": 1, "attempts": 5, "in_vain": 4, "by_visit": 0, "by_letter": 1, "by_telephone": 4, "by_notice": 0,
    }  # fmt: skip
    assert [value for value, _, _ in figures(plain(clerks_district, 32)).values()] == [3, 3, 2, 2, 1, 3, 2]
    tested = figures(plain(clerks_district, 33))
    assert (tested["tested"][:2], tested["not_tested"][:2]) == ((3, 5), (2, 5))
    assert figures(plain(clerks_district, 34))["incomplete"] == (2, 3, ["school", "water"])
    assert [value for value, _, _ in figures(plain(clerks_district, 35)).values()] == [3, 3, 2, 14, 2]
    assert figures(plain(clerks_district, 38)) == {
        "opinions": (5, None, []),
        "items": (3, 3, []),
        "unassigned": (1, 3, ["water"]),
        "late": (1, 1, ["land"]),
    }
    travel = figures(plain(clerks_district, 39))
    assert (travel["pending"][0], travel["allowed"][:2], travel["not_allowed"]) == (3, (2, 3), (1, 3, ["school"]))


def test_the_page_stands_in_both_languages() -> None:
    text = PAGE.read_text("utf-8")
    for each in text.split("\n\n"):
        if not each.startswith(("```", "|")):
            assert re.search("[一-鿿]", each), each
            assert re.search("[a-z]{3}", each), each

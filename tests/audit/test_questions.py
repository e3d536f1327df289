"""Every one of the auditor's fifteen questions is answered by the command that stands beside it, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.audit.questions_ground import PAGE, Question, answer, further, questions
from tests.conftest import Snapshot
from workflow.texts import LANGUAGES

ASKED = questions()
LINES = 30  # of an answer are kept; who needs the rest can ask
FOUND = {5: 5, 8: 2, 9: 1, 10: 1, 11: 1, 12: 2, 14: 1}  # exit code 1: by question, how many were found
_HASH = re.compile(r"\b[0-9a-f]{8}\b")


def test_the_page_has_the_fifteen_questions() -> None:
    assert [each.number for each in ASKED] == list(range(1, 16))
    assert len(further()) == 3


@pytest.mark.parametrize("question", ASKED, ids=lambda question: f"question-{question.number}")
def test_each_is_answered(asked_district: Path, question: Question, snapshot: Snapshot) -> None:
    for lang in LANGUAGES:
        code, said = answer(asked_district, question.command, lang)
        assert code == (1 if question.number in FOUND else 0)
        lines = _HASH.sub("········", said).splitlines()
        shown = lines[:LINES] + ([f"[{len(lines) - LINES} more lines]"] if len(lines) > LINES else [])
        snapshot(f"question-{question.number:02}.{lang}", "\n".join(shown))
        if question.number in FOUND:
            assert re.search(rf"\b{FOUND[question.number]}\b", lines[0]), lines[0]


@pytest.mark.parametrize("command", further(), ids=" ".join)
def test_what_is_further_asked_is_answered_too(asked_district: Path, command: tuple[str, ...]) -> None:
    for lang in LANGUAGES:
        code, said = answer(asked_district, command, lang)
        assert code in (0, 1)
        assert len(said.splitlines()) > 2


def test_the_page_stands_in_both_languages() -> None:
    text = PAGE.read_text("utf-8")
    for each in text.split("\n\n"):
        if not each.startswith(("```", "|")):
            assert re.search("[一-鿿]", each), each
            assert re.search("[a-z]{3}", each), each

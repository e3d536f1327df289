"""The contract in the README: every name it gives is there. Every code that can be raised is in the table of codes, once."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter

import pytest

from tests.hosting.codes import ERRORS, FAULTS, LINT, codes, declared
from tests.story import ROOT
from workflow import Campaign

README = (ROOT / "README.md").read_text(encoding="utf-8")
EMBEDDING = README.partition("\n## Embedding\n")[2].partition("\n## ")[0]
CODES = (ROOT / "workflow" / "errors.md").read_text(encoding="utf-8")
STABLE = ["workflow", *(f"workflow.{name}" for name in ("hosting", "outgoing", "testing", "reminders", "reports", "audit"))]


def part(heading: str) -> str:
    return EMBEDDING.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]


def rows(text: str) -> list[str]:
    """The first cell of every row of a table that begins with a code."""
    return re.findall(r"^\| `([^`|]+)` \|", text, re.MULTILINE)


def listed(text: str, after: str) -> list[str]:
    """The words in code letters in the paragraph that follows a sentence."""
    return re.findall(r"`([^`]+)`", text.partition(after)[2].strip().partition("\n\n")[0])


def test_every_code_an_error_may_have_is_in_the_table_once() -> None:
    table = Counter(rows(CODES))
    assert set(table) == set(codes(ERRORS)) | declared()
    assert [code for code, count in table.items() if count > 1] == []


@pytest.mark.parametrize(("classes", "after"), [(FAULTS, "the error's):\n"), (LINT, "with `lint.` before it:\n")], ids=["faults", "lint"])
def test_every_code_a_fault_may_have_is_listed_once(classes: dict[str, int], after: str) -> None:
    assert listed(CODES, after) == sorted(codes(classes))


def test_the_collector_sees_codes_wherever_they_are_given() -> None:
    found = codes(ERRORS)
    assert "store/commits.py" in found["commit-unheard"]  # second argument
    assert "store/database.py" in found["database-busy"]  # by name
    assert "engine/desk.py" in found["person"]  # through not_found
    assert "audit/what_if.py" in found["field"]  # through two functions, one of them given the class
    assert "engine/motion/structure.py" in found["group"]  # computed


def test_the_stable_modules_are_what_the_readme_says() -> None:
    assert rows(part("What is stable")) == STABLE


@pytest.mark.parametrize("name", STABLE)
def test_a_stable_module_has_a_sorted_surface_with_words_to_it(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert list(module.__all__) == sorted(module.__all__, key=lambda each: (not each.isupper(), each[0].islower(), each))
    for each in module.__all__:
        found = getattr(module, each)
        assert not (inspect.isclass(found) or inspect.isfunction(found)) or found.__doc__, f"{name}.{each} has no docstring"


def test_every_name_of_the_contract_is_there() -> None:
    dotted = set(re.findall(r"`(workflow(?:\.\w+)+|Campaign\.\w+)", EMBEDDING))
    assert {"workflow.hosting.borrowed", "Campaign.store"} <= dotted
    for name in dotted:
        if name.startswith("Campaign."):
            assert hasattr(Campaign, name.partition(".")[2]), name
            continue
        parts = name.split(".")
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(".".join(parts[:-1])), parts[-1]), name


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "workflow" / "py.typed").exists()

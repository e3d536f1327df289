"""Every sourced fact of the domain is held somewhere, and the place exists."""

from __future__ import annotations

import csv
import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.story import DEFINITION, loaded

HERE = "definition"  # held by the 2005 definition; `definition:ID` by another
TABLE = DEFINITION.with_name("advanced-nature-2005.coverage.csv")
THEMES = {"In motion", "Audit", "Reminders", "Simulation", "Embed"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()


def test_every_row_of_the_inventory_is_there_once() -> None:
    assert len(ROWS) == 313
    assert max(Counter(row["id"] for row in ROWS).values()) == 1


def holder(row: dict[str, str]) -> str | None:
    """The id of the definition that holds a row."""
    held, _, other = row["held"].partition(":")
    return None if held != HERE else other or DEFINITION.stem


@pytest.mark.parametrize("row", [r for r in ROWS if holder(r)], ids=lambda r: f"inventory-{r['id']}")
def test_every_path_leads_into_the_definition(row: dict[str, str]) -> None:
    for path in row["where"].split("; "):
        place: Any = loaded(DEFINITION.with_name(f"{holder(row)}.yaml")).document
        for key in path.split("."):
            assert key in place, f"{path}: {key}"
            place = place[key] if isinstance(place, dict) else None


def test_every_other_row_says_where_or_why_not() -> None:
    for row in ROWS:
        match row["held"].partition(":")[0]:
            case "definition":
                assert row["where"]
            case "module":
                for module in row["where"].split("; "):
                    importlib.import_module(module)
            case "planned":
                assert set(row["where"].split("; ")) <= THEMES
                assert row["note"]
            case "none":
                assert (row["where"], bool(row["note"])) == ("", True)
            case other:
                raise AssertionError(other)


@pytest.mark.parametrize("path", sorted(DEFINITION.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_a_definition_cites_is_in_the_table(path: Path) -> None:
    cited = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for each in value.values():
                collect(each)
        elif isinstance(value, (list, tuple)):
            for each in value:
                collect(each)
        elif isinstance(value, str) and value.startswith("inventory:"):
            cited.add(value.partition(":")[2])

    collect(loaded(path).document)
    held = {row["id"]: row["held"].partition(":")[0] for row in ROWS}
    assert cited
    assert {ident: held.get(ident) for ident in cited if held.get(ident) != "definition"} == {}

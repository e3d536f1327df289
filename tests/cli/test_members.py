"""Rolls in motion from the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Desk
from tests.conftest import Snapshot
from tests.engine.rolls_ground import DEFINITION, rows

NOW = "2026-03-02T09:00"
BY = ("--by", "olga", "--reason", "moved house", "--now", NOW)


@pytest.fixture
def rolls(desk: Desk) -> Desk:
    columns = ("branch", "title", "batch", "group", "person", "name", "status", "roles")
    lines = [",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows())]
    definition = desk.write("study.json", json.dumps(DEFINITION.document, ensure_ascii=False))
    desk.run("new", definition, "--rehearsal", "--now", NOW)
    desk.run("import", desk.write("roster.csv", "\n".join(lines)), "--by", "olga", "--now", NOW)
    desk.run("record", "north", "evening", "--by", "ada", "--set", "hours=3", "--line", "ada", "--line", "bo", "--now", NOW)
    desk.run("case", "open", "north", "visit", "--by", "ada", "--member", "bo", "--set", "what=roof", "--now", NOW)
    return desk


def test_a_member_from_roll_to_roll(rolls: Desk, snapshot: Snapshot) -> None:
    rolls.run(
        "member", "enrol", "north", "zoe", "--name", "Zoe", "--status", "retired", "--flag", "cadre", "--set", "since=1999-07-01", *BY
    )
    said = rolls.run("member", "transfer", "bo", "east", "--role", "clerk", *BY).stdout
    assert said.startswith("Bo is transferred from North to East.\n")
    rolls.run("member", "change", "bo", "--flag", "lost", "--status", "离退休", *BY)
    rolls.run("member", "change", "bo", "--unflag", "contact lost", *BY)
    rolls.run("member", "remove", "bo", "--departure", "moved", *BY)
    rolls.run("member", "enrol", "west", "bo", *BY)
    for lang in ("en", "zh"):
        shown = [rolls.run("member", "show", who, "--lang", lang).stdout for who in ("bo", "zoe", "ada")]
        snapshot(f"member-show.{lang}", "\n".join(shown).rstrip())


def test_json(rolls: Desk) -> None:
    verdict = rolls.json("member", "transfer", "bo", "east", *BY)
    assert (verdict["command"], verdict["subject"], verdict["allowed"]) == ("transfer", "transfer:bo", True)
    assert verdict["detail"]["carried"] == {"records": 1, "cases": 1}
    shown = rolls.json("member", "show", "bo")
    assert (shown["branch"], shown["status"], shown["roles"]) == ("east", "active", [])
    assert [stay["branch"] for stay in shown["stays"]] == ["north", "east"]
    assert shown["stays"][1] == {
        "branch": "east",
        "joined": "2026-03-02",
        "came": "transferred",
        "origin": "north",
        "records": {"study": 1},
        "cases": {"north/visit-1": "visit-1"},
        "left": None,
        "gone": None,
        "successor": None,
        "departure": None,
    }


def test_tried_out_first(rolls: Desk) -> None:
    rolls.run("member", "transfer", "bo", "east", *BY, "--dry-run")
    assert rolls.json("member", "show", "bo")["branch"] == "north"
    assert [e["kind"] for e in rolls.json("timeline", "east")] == ["roster"]


def test_refused_and_misused(rolls: Desk) -> None:
    refused = rolls.run("member", "remove", "bo", "--departure", "died", "--by", "bo", "--reason", "gone", code=1).stdout
    assert "the roll of North: 1 rule stands in the way" in refused
    assert "there is no member bob; did you mean bo (Bo)?" in rolls.run("member", "show", "bob", code=2).stderr
    assert "没有党员 bob；是否指 bo (Bo)？" in rolls.run("member", "show", "bob", "--lang", "zh", code=2).stderr
    assert "say why: departure is one of" in rolls.run("member", "remove", "bo", *BY, code=2).stderr
    assert "请写明除册缘由：" in rolls.run("member", "remove", "bo", *BY, "--lang", "zh", code=2).stderr
    assert "did you mean east" in rolls.run("member", "transfer", "bo", "eats", *BY, code=2).stderr


def test_roles(rolls: Desk) -> None:
    said = rolls.run("appoint", "tim", "guide", "--of", "group:g2", "--name", "Tim", *BY, "--lang", "zh").stdout
    assert said.startswith("已任命 Tim 担任")
    assert rolls.run("appoint", "bo", "clerk", "--of", "north", *BY, "--key", "k").stdout.startswith("Bo is appointed")
    again = rolls.run("appoint", "bo", "clerk", "--of", "north", *BY, "--key", "k").stdout
    assert "the answer given before" in again
    assert rolls.run("relieve", "bo", "clerk", "--of", "north", *BY).stdout.startswith("Bo no longer holds")
    assert "held: nothing" in rolls.run("relieve", "bo", "clerk", "--of", "north", *BY, code=2).stderr
    assert rolls.json("verify")["whole"] is True

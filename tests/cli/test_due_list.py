"""The command `due`: the chase list of the bureau, in both languages."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import Desk
from tests.conftest import Snapshot
from tests.visits import TEXT

ROSTER = """branch,title,batch,group,person,name,status,roles
b1,North,1,g1,ann,Ann,in post,clerk
b1,North,1,g1,bob,Bob,in post,
b2,South,1,g1,cho,Cho,in post,clerk
,,,g1,gus,Gus,,group
,,,,olga,Olga,,office
"""


@pytest.fixture
def visits(desk: Desk) -> Desk:
    desk.run("new", desk.write("visits.yaml", TEXT), "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", ROSTER))
    desk.run("record", "b1", "note", "--by", "ann", "--line", "bob:good=yes")
    desk.run("case", "open", "b2", "trip", "--by", "cho", "--member", "cho", "--set", "returns=2026-03-10")
    return desk


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whom_to_chase(visits: Desk, snapshot: Snapshot, lang: str) -> None:
    visits.lang = lang
    soon = visits.run("due", "--now", "2026-03-17").stdout
    every = visits.run("due", "--all", "--branch", "b1", "--now", "2026-03-17").stdout
    snapshot(f"due.{lang}", (soon + "\n" + every).rstrip("\n"))


def test_in_whose_hands(visits: Desk) -> None:
    mine = visits.json("due", "--for", "cho", "--now", "2026-03-17")
    assert {item["branch"] for item in mine} == {"b2"}
    assert {person["id"] for item in mine for person in item["holders"]} == {"cho"}
    told = visits.json("due", "--for", "gus", "--now", "2026-03-17")
    assert {item["deadline"] for item in told} == {"weekly"}  # the only rung that has come up to the group
    assert visits.run("due", "--for", "olga", "--now", "2026-03-17").stdout.startswith(
        "Nothing is due.\nnot shown: due later 0, waiting for an event 2; --all shows them"
    )


def test_one_deadline_alone(visits: Desk) -> None:
    weekly = visits.json("due", "--only", "weekly", "--now", "2026-03-17")
    assert {item["deadline"] for item in weekly} == {"weekly"}
    assert {item["branch"] for item in weekly} == {"b1", "b2"}
    lost = visits.run("due", "--only", "weakly", "--now", "2026-03-17", code=2)
    assert "there is no deadline weakly; did you mean weekly (weekly check)?" in lost.stderr


@pytest.mark.parametrize(("lang", "when"), [("en", "suspended"), ("zh", "已暂停")])
def test_nobody_is_late_while_their_branch_is_suspended(visits: Desk, lang: str, when: str) -> None:
    visits.run("suspend", "b2", "--by", "olga", "--reason", "flood", "--now", "2026-03-10")
    rows = visits.run("due", "--lang", lang, "--now", "2026-03-17").stdout.splitlines()
    by_branch = {branch: [row.split("  ")[1] for row in rows if f" {branch} " in row] for branch in ("North", "South")}
    assert set(by_branch["South"]) == {when}
    assert by_branch["North"]
    assert when not in by_branch["North"]
    found = visits.json("due", "--now", "2026-03-17")
    assert {(item["branch"], item["suspended"]) for item in found} == {("b1", False), ("b2", True)}
    visits.run("resume", "b2", "--by", "olga", "--reason", "over", "--now", "2026-03-17")
    assert not any(item["suspended"] for item in visits.json("due", "--now", "2026-03-17"))


def test_the_json_answers_to_its_schema(visits: Desk) -> None:
    found, checker = visits.json("due", "--all", "--now", "2026-03-17"), Draft202012Validator(workflow.schema("due"))
    checker.validate(found)
    for part in (
        lambda item: item["day"] is None,
        lambda item: item["period"],
        lambda item: item["escalated"],
        lambda item: item["subject"],
    ):
        assert {bool(part(item)) for item in found} == {True, False}
    assert not all(item["confirmed"] for item in found)
    checker.validate([])
    spoilt = (
        {"late": -1},
        {"day": "tomorrow"},
        {"day": ""},
        {"period": ["2026-03-02"]},
        {"more": 1},
        {"suspended": "2026-03-10"},
        {"holders": [{"id": "ann"}]},
        {"ladder": [["2026-03-02"]]},
    )
    assert [each for each in spoilt if checker.is_valid([{**found[0], **each}])] == []
    for key in found[0]:
        assert not checker.is_valid([{name: value for name, value in found[0].items() if name != key}])


def test_how_far_ahead(visits: Desk) -> None:
    by = {
        days: [item["day"] for item in visits.json("due", "--branch", "b2", "--days", days, "--now", "2026-03-17")]
        for days in ("0", "3", "4")
    }
    assert by["0"] == ["2026-03-06", "2026-03-13", "2026-03-13"]
    assert by["3"] == [*by["0"], "2026-03-20", "2026-03-20", "2026-03-20"]
    assert by["4"] == [*by["3"], "2026-03-21"]
    first = visits.json("due", "--branch", "b2", "--now", "2026-03-17")[0]
    assert (first["late"], first["title"], first["branch_title"], first["period"]) == (
        11,
        "weekly check",
        "South",
        ["2026-03-02", "2026-03-08"],
    )


@pytest.mark.parametrize(
    ("args", "en", "zh"),
    [
        (("--for", "gs"), "there is no person gs; did you mean gus", "没有人员 gs"),
        (("--branch", "b3"), "there is no branch b3", "没有支部 b3"),
        (("--days", "soon"), "--days: expected a whole number from 0 to 3660", "--days：应为 0 至 3660 的整数"),
        (("--days", "-1"), "--days: expected a whole number from 0 to 3660", "--days：应为 0 至 3660 的整数"),
    ],
)
def test_misuse(visits: Desk, args: tuple[str, ...], en: str, zh: str) -> None:
    assert en in visits.run("due", *args, code=2).stderr
    assert zh in visits.run("due", *args, "--lang", "zh", code=2).stderr

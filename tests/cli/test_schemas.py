"""The schemas that come with the package: each stands alone, and the program's JSON answers to it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import PLANT, Desk
from workflow.verdicts.schemas import SCHEMAS

ROSTER = """branch,title,batch,group,person,name,roles
north,North plant,1,east,fay,Fay,foreman
south,South plant,,east,gus,Gus,foreman
,,,east,sam,Sam,safety
,,,,hana,Hana,head
"""


@pytest.fixture
def plants(desk: Desk) -> Desk:
    desk.run("new", PLANT, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", ROSTER))
    desk.run("case", "open", "north", "hazard", "--by", "fay", "--set", "place=boiler room", "--set", "grave=yes")
    desk.run("move", "north", "start_trial", "--by", "fay", code=1)
    desk.run("case", "move", "north", "hazard-1", "remove", "--by", "fay")
    return desk


def valid(name: str, value: Any) -> None:
    Draft202012Validator(workflow.schema(name)).validate(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_that_stands_alone(name: str) -> None:
    found = workflow.schema(name)
    Draft202012Validator.check_schema(found)
    assert all(reference.startswith("#/") for reference in references(found))


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in references(item)]
    return [found for item in value for found in references(item)] if isinstance(value, list) else []


def test_outlooks_describe_verdicts_as_verdicts_do() -> None:
    verdict, outlook = workflow.schema("verdict")["$defs"], workflow.schema("outlook")["$defs"]
    assert {name: outlook[name] for name in verdict} == verdict


def test_an_unknown_schema() -> None:
    with pytest.raises(workflow.NotFound) as caught:
        workflow.schema("verdicts")
    assert caught.value.say("zh") == "没有模式 verdicts；是否指 verdict？"


def test_what_the_program_answers_is_valid(plants: Desk) -> None:
    valid("board", plants.json("board"))
    valid("due", plants.json("due", "--all"))
    valid("cases", plants.json("case", "list", "north"))
    valid("timeline", plants.json("timeline", "north"))
    valid("timeline", plants.json("timeline", "--campaign"))
    valid("outlook", plants.json("why", "north"))
    valid("verdict", plants.json("ask", "north", "start_trial", code=1))
    for each in plants.json("board", "--list", "boiler"):
        valid("outlook", each)


def test_a_spoilt_answer_is_not(plants: Desk) -> None:
    board = plants.json("board")
    assert not Draft202012Validator(workflow.schema("board")).is_valid({**board, "total": "2"})
    assert not Draft202012Validator(workflow.schema("board")).is_valid({**board, "more": 1})

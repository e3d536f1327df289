"""The demonstration runs to its end, in both languages, and what it shows can be typed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Desk


@pytest.mark.parametrize(
    ("lang", "refused", "passed"),
    [
        ("en", "5 requirements stand in the way", "learning and mobilisation · under inspection → analysis and evaluation · at work"),
        ("zh", "5 项条件未满足", "学习动员 · 检查验收 → 分析评议 · 进行中"),
    ],
)
def test_demo(desk: Desk, lang: str, refused: str, passed: str) -> None:
    said = desk.run("demo", "--dir", str(desk.folder), "--lang", lang, global_options=False).stdout
    assert refused in said
    assert passed in said
    assert said.index(refused) < said.index("test_sat --by") < said.index(passed)
    assert str(desk.folder / "demo.db") in said
    commands = re.findall(r"^\$ workflow (.*)$", said, re.MULTILINE)
    assert len(commands) > 20
    assert all(shlex.split(line)[0] in ("example", "new", "import", "move", "record", "ask", "waive", "board", "why") for line in commands)
    again = Desk(desk.folder)
    last = again.run("timeline", "labour-bureau", "--db", str(desk.folder / "demo.db"), global_options=False).stdout
    assert "moved: approve the transfer" in last.splitlines()[-1]


def test_the_closing_count_adds_up_and_the_folder_goes(desk: Desk) -> None:
    said = desk.run("demo", global_options=False).stdout
    folder = re.search(r"^# A rehearsal in (\S+)\. .*export WORKFLOW_DB=(\S+)$", said, re.MULTILINE)
    closing = re.search(r"holds (\d+) events: (.*)\.$", said, re.MULTILINE)
    assert folder is not None
    assert closing is not None
    assert int(closing[1]) == sum(int(part.split()[0]) for part in closing[2].split(", "))
    assert Path(folder[2]).is_absolute()
    assert not Path(folder[1]).exists()
    assert "--keep" in said


def test_a_campaign_that_is_there_is_not_touched(desk: Desk) -> None:
    desk.write("demo.db", "something else")
    refused = desk.run("demo", "--dir", str(desk.folder), code=2, global_options=False)
    assert refused.stdout == ""
    assert "is there already" in refused.stderr


def test_in_json_each_step_is_a_line(desk: Desk) -> None:
    said = desk.run("demo", "--json", "--dir", str(desk.folder), global_options=False).stdout
    steps = [json.loads(line) for line in said.splitlines()]
    refusals = [step for step in steps if step.get("exit_code") == 1]
    assert refusals
    assert all(step["answer"]["allowed"] is False for step in refusals)
    assert all("remark" in step or step["command"].startswith("workflow ") for step in steps)

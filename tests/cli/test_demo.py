"""The demonstration runs to its end, in both languages, and what it shows can be typed."""

from __future__ import annotations

import re
import shlex

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

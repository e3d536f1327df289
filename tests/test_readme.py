"""The README is run: every console line and every Python block, in order, as a new user would. Only dates and hashes may differ."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.story import EXAMPLES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHANGING = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?|[0-9a-f]{12,64}|(?<=[\[(])[0-9a-f]{8}(?=[\])])")  # dates, and hashes of definitions


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(README) if name == language]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with nothing but what the README says to put there."""
    plans = ("office-move-plan.yaml", "office-move-roster.csv")
    for name in ("office-move.yaml", *plans, "first-aid.yaml", "first-aid.csv", "first-aid.jsonl", "plant-safety.yaml"):
        shutil.copy(EXAMPLES / name, tmp_path)
    (tmp_path / "roster.csv").write_text(blocks("csv")[0], encoding="utf-8")
    return tmp_path


def run(command: str, folder: Path, exported: dict[str, str]) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WORKFLOW_")}
    environment |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "COLUMNS": "120"} | exported
    if command.startswith("export "):
        name, _, value = command.removeprefix("export ").partition("=")
        exported[name] = value
        return ""
    shell = f'workflow() {{ "{sys.executable}" -m workflow "$@"; }}\n{command}'
    done = subprocess.run(["bash", "-c", shell], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_the_definition_in_the_readme_is_the_example_of_25_lines() -> None:
    assert blocks("yaml")[0] == (EXAMPLES / "office-move.yaml").read_text(encoding="utf-8")
    assert blocks("yaml")[0].count("\n") == 25


def test_what_the_readme_says_is_so(desk: Path) -> None:
    exported: dict[str, str] = {}
    for language, text in BLOCK.findall(README):
        if language == "console":
            check_console(text, desk, exported)
        elif language == "python":
            check_program(text, desk)


def check_console(block: str, desk: Path, exported: dict[str, str]) -> None:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        answer = "\n".join(line.rstrip() for line in run(command, desk, exported).splitlines())
        assert CHANGING.sub("-", answer).strip() == CHANGING.sub("-", expected).strip(), command


def check_program(text: str, desk: Path) -> None:
    """What it says of itself it asserts; what it prints is an explanation."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", text], cwd=desk, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("print(" in text) == bool(done.stdout.strip())
    assert "print(campaign.explain(" not in text or "The latest removal offer is at most 20,000 EUR" in done.stdout

"""The whole district: imported on a terminal with a bar, judged with as many queries as a single branch."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story import ROOT
from workflow.cli.examples import write_example
from workflow.engine.campaign import Campaign

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100", "WORKFLOW_LANG": "en"}


def workflow(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workflow", "--db", "district.db", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def on_a_terminal(folder: Path, *arguments: str) -> str:
    """Everything a person sees on a terminal while the command runs."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "workflow", "--db", "district.db", *arguments]
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux: the other side is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    process.wait()
    return seen.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("district")
    write_example("district", folder)
    made = workflow(folder, "new", "advanced-nature-2005", "--rehearsal", "--now", "2005-01-03")
    assert made.returncode == 0, made.stderr
    return folder, on_a_terminal(folder, "import", "roster.csv", "records.jsonl")


def test_a_bar_moves_while_the_district_is_imported(district: tuple[Path, str]) -> None:
    _, seen = district
    assert "━" in seen
    assert "782 branches, 14,972 members" in seen
    assert "13,148 documents with 105,254 lines" in seen


def test_the_board_counts_every_branch_once(district: tuple[Path, str]) -> None:
    folder, _ = district
    answered = workflow(folder, "board", "--json")
    board = json.loads(answered.stdout)
    assert (board["total"], board["members"]) == (782, 14_972)
    for part in ("cells", "holds"):
        listed = [branch for each in board[part] for branch in each["branches"]]
        assert len(listed) == len(set(listed)) == 782


def test_all_verdicts_take_as_many_queries_as_one(district: tuple[Path, str]) -> None:
    folder, _ = district
    with Campaign.open(folder / "district.db") as campaign:
        connection = campaign.store.connection()
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        outlooks = campaign.outlooks()
        connection.set_trace_callback(None)
        kinds = len(campaign.definition.records)
    assert len(outlooks) == 782
    assert len(statements) < kinds + 10  # about one for each kind of record, none for each branch
    assert sum(len(o.now) for o in outlooks.values()) > 782

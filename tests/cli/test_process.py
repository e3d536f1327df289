"""The program in a process of its own: exit codes, pipes, signals, languages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import OFFICE, Process
from tests.cli.test_tutorial import ROSTER
from tests.story import ROOT


@pytest.fixture
def office(process: Process, tmp_path: Path) -> Process:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    assert process("new", OFFICE, "--db", "a.db").returncode == 0
    assert process("import", "roster.csv", WORKFLOW_DB="a.db").returncode == 0
    assert process("move", "berlin", "apply", "--by", "anna", WORKFLOW_DB="a.db").returncode == 0
    return process


def test_exit_codes(office: Process) -> None:
    assert office("ask", "berlin", "approve", "--by", "bo", "--db", "a.db").returncode == 1
    assert office("move", "berlin", "approve", "--by", "bo", "--db", "a.db").returncode == 1
    assert office("why", "berlin", "--db", "a.db").returncode == 0
    for wrong in (
        ("why", "nowhere", "--db", "a.db"),
        ("why", "berlin"),
        ("check", "missing.yaml"),
        ("nothing",),
        ("why", "berlin", "--db", "."),
    ):
        done = office(*wrong)
        assert done.returncode == 2, wrong
        assert done.stderr
        assert "Traceback" not in done.stderr


def test_no_colours_in_a_pipe(office: Process) -> None:
    done = office("why", "berlin", "--db", "a.db")
    assert "✗" in done.stdout or "?" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_colours_where_they_are_asked_for_and_none_where_refused(office: Process) -> None:
    assert "\x1b[" in office("ask", "berlin", "approve", "--db", "a.db", FORCE_COLOR="1", TERM="xterm").stdout
    refused = office("ask", "berlin", "approve", "--db", "a.db", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm").stdout
    assert "\x1b[1;33m" not in refused


def test_the_language_of_the_environment(process: Process) -> None:
    assert process("--help", LANG="zh_CN.UTF-8").stdout.startswith("用法：")
    assert process("--help", LC_ALL="zh_TW.UTF-8", LANG="en_GB.UTF-8").stdout.startswith("用法：")
    assert process("--help", WORKFLOW_LANG="en", LANG="zh_CN.UTF-8").stdout.startswith("Usage:")
    assert process("--help", "--lang", "zh", WORKFLOW_LANG="en").stdout.startswith("用法：")
    assert process("nothing", LANG="zh_CN.UTF-8").stderr.startswith("错误：没有命令 nothing")


def test_a_terminal_that_lacks_our_characters(office: Process) -> None:
    done = office("why", "berlin", "--db", "a.db", "--lang", "zh", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_reader_who_has_had_enough(office: Process, tmp_path: Path) -> None:
    del office
    command = f'"{sys.executable}" -m workflow timeline berlin --db a.db --json; echo "code $?" >&2'
    shell = f"({command}) | true"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "code 141" in done.stderr or "code 0" in done.stderr


def test_interrupted(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from workflow.cli import views\n"
        "from workflow.cli.app import cli\n"
        "cli.commands['why'].callback = lambda **_: os.kill(os.getpid(), signal.SIGINT)\n"
        "cli.main(['why', 'b'])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "WORKFLOW_LANG": "en"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    assert signal.SIGINT == 2


def test_version(process: Process) -> None:
    assert process("--version").stdout.startswith("workflow ")

"""The command line, run in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from click.testing import CliRunner, Result

from tests.story import EXAMPLES, ROOT
from workflow.cli.app import cli

ENVIRONMENT = {"WORKFLOW_DB": None, "WORKFLOW_LANG": None, "LANG": "C.UTF-8", "LC_ALL": None, "LC_MESSAGES": None, "COLUMNS": None}


@define
class Desk:
    """A folder with a database; every command is run on it."""

    folder: Path
    lang: str = "en"

    @property
    def db(self) -> str:
        return str(self.folder / "test.db")

    def run(self, *args: str, code: int = 0, global_options: bool = True) -> Result:
        """One command line and its exit code; `--db` and `--lang` come after it."""
        more = ["--db", self.db] if global_options else []
        more += ["--lang", self.lang] if global_options and "--lang" not in args else []
        result = CliRunner(env=ENVIRONMENT).invoke(cli, [*args, *more])
        assert result.exit_code == code, (args, result.stdout, result.stderr, result.exception)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def json(self, *args: str, code: int = 0) -> Any:
        return json.loads(self.run(*args, "--json", code=code).stdout)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


OFFICE = str(EXAMPLES / "office-move.yaml")
PLANT = str(EXAMPLES / "plant-safety.yaml")
TRIAL = str(EXAMPLES / "trial-sites.yaml")

Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Runs `python -m workflow ...` in a folder of its own, its output in pipes."""

    def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WORKFLOW_", "LC_", "LANG"))}
        environment = {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "LANG": "C.UTF-8", **env}
        command = [sys.executable, "-m", "workflow", *args]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)

    return run

"""The stranger's path: the package from a wheel in an environment of its own, one example in an empty folder, nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.story import ROOT

EXAMPLE = ROOT / "examples" / "embed"
CARRIED = ("script.py", "transfer.yaml", "roster.csv")  # what the README says to copy

HOST = '''
"""What a host writes, as strict mypy sees it."""

import sqlite3
from datetime import UTC, datetime

from workflow import Campaign, Event, Misuse, VirtualClock, Verdict
from workflow.hosting import borrowed


def tell(events: tuple[Event, ...]) -> None:
    print([event.kind for event in events])


def apply(connection: sqlite3.Connection, branch: str, by: str) -> list[str]:
    campaign = Campaign.open(borrowed(connection))
    remove = campaign.after_commit(tell)
    try:
        verdict: Verdict = campaign.move(branch, "apply", by=by, key="form-2")
    except Misuse as misuse:
        return [misuse.code, misuse.say("zh")]
    finally:
        remove()
    return [finding.code for finding in verdict.standing]


clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))
'''


def ran(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WORKFLOW_", "MYPY"))}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ran(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("campaign_workflow-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the package and what it needs itself: no extras."""
    folder = tmp_path_factory.mktemp("fresh")
    ran(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    found = folder / "venv" / "bin" / "python"
    ran(found, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return found


def test_the_wheel_has_the_package_its_types_and_its_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"workflow/py.typed", "workflow/store/schema/0001.sql", "workflow/definitions/advanced-nature-2005.yaml"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} <= {"workflow", "workflow_pytest.py", "campaign_workflow"}
    shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / "workflow").rglob("*.py")}
    assert shipped <= set(names)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "refusal", "approval"),
    [
        (
            "en",
            "may not make the move “apply for the transfer” at learning · working: 2 requirements stand in the way.",
            "has made the move “approve”",
        ),
        ("zh", "不得作出动作“申请转段”：2 项条件未满足。", "已作出动作“批准”"),
    ],
)
def test_the_example_works_at_first_try(python: Path, tmp_path: Path, lang: str, refusal: str, approval: str) -> None:
    for name in CARRIED:
        shutil.copy(EXAMPLE / name, tmp_path)
    said = ran(python, "script.py", lang, cwd=tmp_path)
    assert refusal in said
    assert approval in said
    assert "studied ['li'] ['xu']\nsummarised ['li'] []\n" in said
    assert re.findall(r"committed: labour-bureau #\d (\w+)", said) == ["record", "refused", "record", "record", "moved", "moved"]
    assert "Labour Bureau 劳动局" in ran(
        python, "-m", "workflow", "--lang", lang, "timeline", "labour-bureau", "--db", "transfer.db", cwd=tmp_path
    )


@pytest.mark.slow
def test_what_a_host_writes_is_checked_against_the_installed_package(python: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "host.py").write_text(HOST, encoding="utf-8")
    ran(sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "--cache-dir", tmp_path / "cache", "host.py", cwd=tmp_path)
    wrong = HOST.replace("by=by, ", "who=by, ")
    (tmp_path / "host.py").write_text(wrong, encoding="utf-8")
    with pytest.raises(AssertionError, match='Unexpected keyword argument "who" for "move" of "Campaign"'):
        ran(
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--python-executable",
            python,
            "--cache-dir",
            tmp_path / "cache",
            "host.py",
            cwd=tmp_path,
        )

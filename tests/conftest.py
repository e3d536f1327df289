"""What tests of every room share: snapshots of what people read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed: a slow machine is not a fault. (On CI hypothesis chooses a profile of its own, without chance.)
if "CI" not in os.environ:
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")

SNAPSHOTS = Path(__file__).parent / "snapshots"

Snapshot = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write tests/snapshots anew; read the difference as prose")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """`snapshot(name, text)` holds the text against tests/snapshots/NAME.txt."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--update-snapshots"):
            path.write_text(text + "\n", encoding="utf-8")
        assert path.exists(), f"{path.name} is not there; run pytest --update-snapshots and read it"
        assert text + "\n" == path.read_text(encoding="utf-8")

    return compare

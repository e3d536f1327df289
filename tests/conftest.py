"""What tests of every room share: snapshots of what people read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed: a slow machine is not a fault. (On CI hypothesis chooses a profile of its own, without chance.)
if "CI" not in os.environ:
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")

SNAPSHOTS = Path(__file__).parent / "snapshots"

# A hash changes with every comma of a definition: what is read is that one stands there.
_HASH = re.compile(r"\b(?=[0-9]*[a-f])(?=[a-f]*[0-9])(?:[0-9a-f]{64}|[0-9a-f]{12}|[0-9a-f]{8})\b")

Snapshot = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write tests/snapshots anew; read the difference as prose")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """`snapshot(name, text)` holds the text against tests/snapshots/NAME.txt."""

    def compare(name: str, text: str) -> None:
        text = _HASH.sub(lambda found: "#" * len(found[0]), text)
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--update-snapshots"):
            path.write_text(text + "\n", encoding="utf-8")
        assert path.exists(), f"{path.name} is not there; run pytest --update-snapshots and read it"
        assert text + "\n" == path.read_text(encoding="utf-8")

    return compare

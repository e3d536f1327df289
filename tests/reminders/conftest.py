"""A database with three people, and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reminders.ground import START, store_with
from workflow.clock import VirtualClock
from workflow.store import Store


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_with(tmp_path / "campaign.db", "li-ming", "wang-fang", "zhao-lei")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is reached directly, whatever the machine is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

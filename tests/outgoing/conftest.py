"""A ledger that has begun, and the loopback reached directly, whatever the machine is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outgoing.ground import Shifted, ledger
from workflow.store import Store


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def store(tmp_path: Path, clock: Shifted) -> Iterator[Store]:
    made = ledger(tmp_path / "campaign.db", clock)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

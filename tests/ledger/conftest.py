from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "campaign.db")
    yield made
    made.close()

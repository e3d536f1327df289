"""The district of the auditor's questions: made once for all tests that look at it, none of which writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.questions_ground import make


@pytest.fixture(scope="session")
def asked_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its database."""
    return make(tmp_path_factory.mktemp("asked"))

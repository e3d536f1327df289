"""Who waits to write gets its turn, and gives up only when its patience is over."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from workflow.errors import DatabaseFault
from workflow.store import Store, database, turns

PERSON = "INSERT INTO workflow_person VALUES (?, ?)"


def patience(store: Store) -> int:
    return int((store.row("PRAGMA busy_timeout") or (0,))[0])


def test_a_writer_waits_for_many_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_TURN", 1)
    first, second = Store.create(tmp_path / "campaign.db"), Store.open(tmp_path / "campaign.db")
    held = threading.Event()

    def hold() -> None:
        with first.write():
            first.execute(PERSON, ("a", "A"))
            held.set()
            time.sleep(0.2)  # two hundred turns, or what this machine makes of them
        first.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with second.write():
        assert second.rows("SELECT id FROM workflow_person") == [("a",)]
        assert patience(second) == 30_000
    holder.join()
    first.close()
    second.close()


def test_a_writer_gives_up_when_its_patience_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY", 0.12)
    first, second = Store.create(tmp_path / "campaign.db"), Store.open(tmp_path / "campaign.db")
    with first.write(), pytest.raises(DatabaseFault, match="database is locked; try again"), second.write():
        pass
    assert patience(second) == 120
    with second.write():
        second.execute(PERSON, ("a", "A"))
    first.close()
    second.close()

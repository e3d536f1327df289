"""Several processes write to one stream of one file."""

import multiprocessing
from pathlib import Path

import pytest
from ledger_sample import add

from workflow.ledger import events, verify_chain
from workflow.store import Store

EACH = 150


def write(path: Path, name: str) -> None:
    store = Store.open(path)
    for n in range(EACH):
        add(store, payload={"by": name, "n": n}, actor=name, key=f"{name}-{n}")
    store.close()


@pytest.mark.slow
def test_no_event_is_lost_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    store = Store.create(path)
    server = multiprocessing.get_context("forkserver")
    writers = [server.Process(target=write, args=(path, name)) for name in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    found = list(events(store))
    assert [e.seq for e in found] == list(range(1, 3 * EACH + 1))
    for name in ("a", "b", "c"):
        assert [e.payload["n"] for e in found if e.actor == name] == list(range(EACH))
    assert verify_chain(store) == ()
    store.close()

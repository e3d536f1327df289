"""A writer is killed at any moment: what it acknowledged is there, and nothing is half done."""

import contextlib
import multiprocessing
import os
import random
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from store_sample import Sample, definition

from workflow.ledger import verify_chain
from workflow.store import Store, compare

ROUNDS = 30
SEED = 20050120


def write_for_ever(path: Path, acknowledged: Connection) -> None:
    sample = Sample(Store.open(path))
    while True:
        sample.move("close_study", "learning.working", step="study")
        acknowledged.send(sample.session().seq)
        acknowledged.send(sample.move("redo", "learning.working", attempt={"stage": "learning", "number": 2}).seq)


def killed_at(path: Path, delay: float) -> int:
    """The last event that was acknowledged by a writer killed `delay` seconds after its first."""
    server = multiprocessing.get_context("forkserver")
    heard, said = server.Pipe(duplex=False)
    writer = server.Process(target=write_for_ever, args=(path, said))
    writer.start()
    said.close()
    last = int(heard.recv())
    time.sleep(delay)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    with contextlib.suppress(EOFError):
        while True:
            last = int(heard.recv())
    return last


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_acknowledged(sample: Sample, tmp_path: Path) -> None:
    sample.roster()
    chance = random.Random(SEED)
    multiprocessing.get_context("forkserver").set_forkserver_preload(["workflow.ledger"])
    for attempt in range(ROUNDS):
        last = killed_at(tmp_path / "campaign.db", chance.uniform(0, 0.02))
        (found,) = sample.store.row("SELECT max(seq) FROM workflow_event WHERE stream = 'branch:b1'") or (0,)
        assert last <= found, f"seed {SEED}, round {attempt}"
        assert verify_chain(sample.store) == (), f"seed {SEED}, round {attempt}"
        assert compare(sample.store, lambda _: definition()) == (), f"seed {SEED}, round {attempt}"

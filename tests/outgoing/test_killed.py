"""Two processes send from one file and are killed at any moment: every event arrives, and first comes first in its branch."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter, defaultdict
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.outgoing.ground import Receiver, Shifted, deliver, follow, ledger, orders, receiving, write
from workflow.outgoing import subscriptions
from workflow.outgoing.course import LEASE
from workflow.store import Store

ROUNDS = 25
PROCESSES = 2
BRANCHES = tuple(f"branch-{n}" for n in range(4))
SEED = 20261121
LONGEST = 0.08  # seconds from the first event of a round to the death of the last process


def work(path: Path, url: str, ahead: timedelta, said: Connection) -> None:
    """Sends for ever, at a time when the leases of earlier rounds have run out."""
    store, clock = Store.open(path), Shifted(ahead)
    said.send("ready")
    while True:
        deliver(store, clock, url)


def one_round(path: Path, url: str, clock: Shifted, chance: random.Random) -> None:
    """Processes set to work, and killed one after the other."""
    server = multiprocessing.get_context("forkserver")
    pipes = [server.Pipe(duplex=False) for _ in range(PROCESSES)]
    workers = [server.Process(target=work, args=(path, url, clock.ahead, said)) for _, said in pipes]
    for worker, (_, said) in zip(workers, pipes, strict=True):
        worker.start()
        said.close()
    for heard, _ in pipes:
        assert heard.recv() == "ready"
    for worker in chance.sample(workers, len(workers)):
        time.sleep(chance.uniform(0, LONGEST / PROCESSES))
        os.kill(worker.pid or 0, signal.SIGKILL)
    for worker in workers:
        worker.join()
        assert worker.exitcode == -signal.SIGKILL


@pytest.mark.slow
def test_every_event_arrives_in_the_order_of_its_branch(tmp_path: Path) -> None:
    path, clock, chance, receiver = tmp_path / "campaign.db", Shifted(), random.Random(SEED), Receiver()
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.outgoing.test_killed"])
    store = ledger(path, clock)
    follow(store, clock)
    with receiving(receiver) as url:
        for _ in range(ROUNDS):
            write(store, clock, *chance.choices(BRANCHES, k=30))
            one_round(path, url, clock, chance)
            clock.wait(seconds=LEASE.total_seconds())
        clock.ahead = timedelta(days=400)
        assert deliver(store, clock, url).waiting == 0
    assert receiver.by_stream() == orders(store)
    copies = {place: n - 1 for place, n in Counter(receiver.places).items() if n > 1}
    print(f"of {ROUNDS * PROCESSES} killed, {sum(copies.values())} had sent an event and not put it down")
    assert 0 < sum(copies.values()) <= ROUNDS * PROCESSES  # one event for one who was killed, at most
    check_copies(receiver)
    assert [each.waiting for each in subscriptions(store)] == [0]
    store.close()


def check_copies(receiver: Receiver) -> None:
    """A copy comes before whatever follows in its branch, and to the byte as the first one came."""
    last: dict[str, int] = defaultdict(int)
    bodies: dict[tuple[str, int], bytes] = {}
    for arrival in receiver.taken:
        stream, seq = arrival.place
        assert seq in (last[stream], last[stream] + 1), arrival.place
        last[stream] = seq
        assert bodies.setdefault(arrival.place, arrival.body) == arrival.body

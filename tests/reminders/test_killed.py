"""Four processes deliver from one file and are killed at any moment: everything arrives, and twice only what a killed one had just sent."""

from __future__ import annotations

import multiprocessing
import random
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.reminders.ground import START, put, reach, smtp, store_with
from tests.reminders.killing import ROUNDS, SEED, Log, check, left_behind, one_round, sender
from workflow.clock import VirtualClock
from workflow.reminders import deliver
from workflow.reminders.delivery import LEASE
from workflow.store import Store

NOTICES = 12  # posted in every round
LONGEST = 0.05  # seconds from the first message of a round to the death of the last process


def work(path: Path, port: int, number: int, said: Connection) -> None:
    """Delivers for ever, at a time when the leases of earlier rounds have run out."""
    store, clock = Store.open(path), VirtualClock(moment(number))
    said.send("ready")
    while True:
        if deliver(store, clock.now, [sender(port, number)]).sent:
            said.send("sent")


def moment(number: int) -> datetime:
    return START + number * 2 * LEASE


@pytest.mark.slow
def test_each_notice_arrives_and_twice_only_where_its_sender_was_killed(tmp_path: Path) -> None:
    path, log, chance = tmp_path / "campaign.db", Log(), random.Random(SEED)
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.reminders.test_killed"])
    store, clock = store_with(path, "li-ming"), VirtualClock(START)
    reach(store, clock, "mail")
    left: dict[int, set[str]] = {}
    with smtp(log) as port:
        for number in range(ROUNDS):
            clock.set(moment(number))
            put(store, clock, *(f"{number}-{n}" for n in range(NOTICES)))
            killed = one_round(work, path, port, number, chance, LONGEST)
            left[number] = left_behind(store, clock.now(), killed)
        clock.set(moment(ROUNDS) + timedelta(days=1))
        assert deliver(store, clock.now, [sender(port, ROUNDS)]).waiting == 0
    check(log, left, [f"{number}-{n}" for number in range(ROUNDS) for n in range(NOTICES)])
    assert store.rows("SELECT state, COUNT(*) FROM workflow_delivery GROUP BY state") == [("sent", ROUNDS * NOTICES)]
    store.close()

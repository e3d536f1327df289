"""Four processes deliver from one file and are killed at any moment: everything arrives, and twice only what a killed one had just sent."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import defaultdict
from datetime import datetime, timedelta
from email import message_from_bytes
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import define, field

from tests.reminders.ground import HERE, START, Letterbox, put, reach, smtp, store_with
from workflow.clock import VirtualClock, stamp
from workflow.reminders import deliver
from workflow.reminders.channels import Mail
from workflow.reminders.delivery import LEASE
from workflow.reminders.message import Message
from workflow.store import Store

ROUNDS = 50
PROCESSES = 4
NOTICES = 12  # posted in every round
SEED = 20050318
LONGEST = 0.05  # seconds from the first message of a round to the death of the last process
LEFT = "SELECT notice, claimed_by FROM workflow_delivery WHERE state = 'waiting' AND claimed_by IS NOT NULL AND next_at = ?"


@define
class Log(Letterbox):
    """What arrived, by key: the rounds in which it was sent, as their senders' names say."""

    rounds: dict[str, list[int]] = field(factory=lambda: defaultdict(list))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(bytes(envelope.content or b""))
        self.rounds[str(letter["X-Idempotency-Key"])].append(int(str(letter["From"]).split()[0]))
        return await super().handle_DATA(server, session, envelope)


def work(path: Path, port: int, number: int, said: Connection) -> None:
    """Delivers for ever, at a time when the leases of earlier rounds have run out."""
    store, clock = Store.open(path), VirtualClock(moment(number))
    said.send("ready")
    while True:
        if deliver(store, clock.now, [sender(port, number)]).sent:
            said.send("sent")


def moment(number: int) -> datetime:
    return START + number * 2 * LEASE


def one_round(path: Path, port: int, number: int, chance: random.Random) -> set[int | None]:
    """Four processes set to work, and killed one after the other; their numbers."""
    server = multiprocessing.get_context("forkserver")
    pipes = [server.Pipe(duplex=False) for _ in range(PROCESSES)]
    workers = [server.Process(target=work, args=(path, port, number, said)) for _, said in pipes]
    for worker, (_, said) in zip(workers, pipes, strict=True):
        worker.start()
        said.close()
    for heard, _ in pipes:
        assert heard.recv() == "ready"
    for worker in workers:
        time.sleep(chance.uniform(0, LONGEST / PROCESSES))
        os.kill(worker.pid or 0, signal.SIGKILL)
    for worker in workers:
        worker.join()
        assert worker.exitcode == -signal.SIGKILL
    return {worker.pid for worker in workers}


def sender(port: int, number: int) -> Mail:
    return Mail(HERE, port, f"{number} <office@example.org>", security="none")


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
            killed = one_round(path, port, number, chance)
            leases = store.rows(LEFT, (stamp(clock.now() + LEASE),))
            assert {int(holder.split(":")[1]) for _, holder in leases} <= killed
            left[number] = {key(notice) for notice, _ in leases}
        clock.set(moment(ROUNDS) + timedelta(days=1))
        assert deliver(store, clock.now, [sender(port, ROUNDS)]).waiting == 0
    check(log, left)
    assert store.rows("SELECT state, COUNT(*) FROM workflow_delivery GROUP BY state") == [("sent", ROUNDS * NOTICES)]
    store.close()


def check(log: Log, left: dict[int, set[str]]) -> None:
    """Every copy but a notice's last was sent by one who was killed before it could mark it: its lease was left behind."""
    assert set(log.rounds) == {key(f"{number}-{n}") for number in range(ROUNDS) for n in range(NOTICES)}
    copies = [(ident, number) for ident, rounds in log.rounds.items() for number in sorted(rounds)[:-1]]
    assert all(ident in left[number] for ident, number in copies)
    assert all(len(rounds) == len(set(rounds)) for rounds in log.rounds.values())  # never twice while a lease runs
    unsent = sum(len(leases) for leases in left.values()) - len(copies)
    killed = f"of {ROUNDS * PROCESSES} killed, {len(copies)} had sent and not marked, {unsent} had claimed and not sent"
    print(killed)
    assert 0 < len(copies) < ROUNDS * PROCESSES, killed
    assert len(log.taken) == ROUNDS * NOTICES + len(copies)


def key(ident: str) -> str:
    return Message(ident, "", "", "", "", None, (), START).key  # type: ignore[arg-type]

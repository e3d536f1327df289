"""Processes that deliver from one file and are killed at any moment, and what a mail server saw of it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from email import message_from_bytes
from multiprocessing.connection import Connection
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import define, field

from tests.reminders.ground import HERE, START, Letterbox
from workflow.clock import stamp
from workflow.reminders.channels import Mail
from workflow.reminders.delivery import LEASE
from workflow.reminders.message import Message
from workflow.store import Store

ROUNDS = 50
PROCESSES = 4
SEED = 20050318
LEFT = "SELECT notice, claimed_by FROM workflow_delivery WHERE state = 'waiting' AND claimed_by IS NOT NULL AND next_at = ?"

Work = Callable[[Path, int, int, Connection], None]  # (database, port, round, where to say "ready" and "sent"); for ever


@define
class Log(Letterbox):
    """What arrived, by key: the rounds in which it was sent, as their senders' names say."""

    rounds: dict[str, list[int]] = field(factory=lambda: defaultdict(list))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(bytes(envelope.content or b""))
        self.rounds[str(letter["X-Idempotency-Key"])].append(int(str(letter["From"]).split()[0]))
        return await super().handle_DATA(server, session, envelope)


def sender(port: int, number: int) -> Mail:
    return Mail(HERE, port, f"{number} <office@example.org>", security="none")


def one_round(work: Work, path: Path, port: int, number: int, chance: random.Random, longest: float) -> set[int | None]:
    """Four processes set to work, and killed one after the other, the last after `longest` seconds at most; their numbers."""
    server = multiprocessing.get_context("forkserver")
    pipes = [server.Pipe(duplex=False) for _ in range(PROCESSES)]
    workers = [server.Process(target=work, args=(path, port, number, said)) for _, said in pipes]
    for worker, (_, said) in zip(workers, pipes, strict=True):
        worker.start()
        said.close()
    for heard, _ in pipes:
        assert heard.recv() == "ready"
    for worker in workers:
        time.sleep(chance.uniform(0, longest / PROCESSES))
        os.kill(worker.pid or 0, signal.SIGKILL)
    for worker in workers:
        worker.join()
        assert worker.exitcode == -signal.SIGKILL
    return {worker.pid for worker in workers}


def left_behind(store: Store, at: datetime, killed: Collection[int | None]) -> set[str]:
    """The keys of what those killed in the round `at` had claimed and not marked."""
    leases = store.rows(LEFT, (stamp(at + LEASE),))
    assert {int(holder.split(":")[1]) for _, holder in leases} <= set(killed)
    return {key(notice) for notice, _ in leases}


def check(log: Log, left: dict[int, set[str]], notices: Collection[str]) -> None:
    """All arrived, and every copy but a notice's last was sent by one who was killed before it could mark it: its lease was left behind."""
    assert set(log.rounds) == {key(ident) for ident in notices}
    copies = [(ident, number) for ident, rounds in log.rounds.items() for number in sorted(rounds)[:-1]]
    assert all(ident in left[number] for ident, number in copies)
    assert all(len(rounds) == len(set(rounds)) for rounds in log.rounds.values())  # never twice while a lease runs
    unsent = sum(len(leases) for leases in left.values()) - len(copies)
    killed = f"of {ROUNDS * PROCESSES} killed, {len(copies)} had sent and not marked, {unsent} had claimed and not sent"
    print(killed)
    assert 0 < len(copies) < ROUNDS * PROCESSES, killed
    assert len(log.taken) == len(notices) + len(copies)


def key(ident: str) -> str:
    return Message(ident, "", "", "", "", None, (), START).key  # type: ignore[arg-type]

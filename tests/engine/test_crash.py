"""A process is killed at any moment: what was acknowledged is there, nothing is half done, and the next one goes on."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import time
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.engine.ground import TRIAL_SITES, sites, sound
from tests.story import loaded
from workflow.engine.campaign import Campaign
from workflow.ledger import by_key
from workflow.verdicts.findings import Position, Verdict

ROUNDS = 100
SEED = 20260303
MOST = 14  # answers heard before a process is killed: enough to go twice through the commands
LONGEST = 0.003  # seconds from the last of them to its death: it dies anywhere inside a command
SITE, COORDINATOR = "site-000", "m0-0"


def command(campaign: Campaign, key: str, number: int) -> Verdict:
    """The `number`th command: round after round a site is made ready, visited, and sent back to begin again."""
    match number % 7:
        case 0:
            lines = [{"member": f"m0-{n}", "hours": n + 12} for n in range(3)]
            return campaign.record(SITE, "course", by=COORDINATOR, fields={"hours": 2, "form": "course"}, lines=lines, key=key)
        case 1:
            return campaign.record(SITE, "contract", by="spencer", fields={"signed": True}, key=key)
        case 2:
            return campaign.move(SITE, "close_people", by=COORDINATOR, key=key)
        case 3:
            return campaign.move(SITE, "close_papers", by=COORDINATOR, key=key)
        case 4:
            return campaign.move(SITE, "invite", by=COORDINATOR, key=key)
        case 5:
            return campaign.record(SITE, "visit", by="mona", fields={"passed": False}, key=key)
        case _:
            return campaign.move(SITE, "back", by="mona", takes={"reason": "not ready"}, key=key)


def work_for_ever(path: Path, name: str, acknowledged: Connection) -> None:
    campaign = Campaign.open(path)
    for number in count():
        verdict = command(campaign, f"{name}-{number}", number)
        acknowledged.send((verdict.allowed, verdict.event))


def killed(path: Path, name: str, answers: int, delay: float) -> list[tuple[bool, Position]]:
    """What a process acknowledged before it was killed, `delay` seconds after so many answers were heard."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.engine.test_crash"])
    heard, said = server.Pipe(duplex=False)
    worker = server.Process(target=work_for_ever, args=(path, name, said))
    worker.start()
    said.close()
    told = [heard.recv() for _ in range(answers)]
    time.sleep(delay)
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    with contextlib.suppress(EOFError):
        while True:
            told.append(heard.recv())
    return told


def events_of(campaign: Campaign) -> int:
    return (campaign.store.row("SELECT COUNT(*) FROM workflow_event") or (0,))[0]


def check_acknowledged(campaign: Campaign, name: str, told: list[tuple[bool, Position]]) -> None:
    for number, (allowed, position) in enumerate(told):
        event = by_key(campaign.store, f"{name}-{number}")
        assert event is not None
        assert (Position(stream=event.stream, seq=event.seq, hash=event.hash), event.kind != "refused") == (position, allowed)


def check_once(campaign: Campaign, name: str, number: int) -> None:
    """The command whose answer was never heard is sent again, twice: it has one effect."""
    key = f"{name}-{number}"
    known, before = by_key(campaign.store, key), events_of(campaign)
    first, again = command(campaign, key, number), command(campaign, key, number)
    assert again == first
    assert events_of(campaign) == before + (known is None)
    assert known is None or (first.event is not None and first.event.hash == known.hash)


@pytest.mark.slow
def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    chance = random.Random(SEED)
    allowed = 0
    with Campaign.create(path, loaded(TRIAL_SITES)) as campaign:
        campaign.import_roster(sites(1))
        campaign.record(SITE, "contract", by="spencer", fields={"signed": True})
        before = events_of(campaign)
        for attempt in range(ROUNDS):
            name = f"seed {SEED}, round {attempt}"
            told = killed(path, name, chance.randint(1, MOST), chance.uniform(0, LONGEST))
            sound(campaign.store, campaign.definition)
            check_acknowledged(campaign, name, told)
            assert events_of(campaign) - before in (len(told), len(told) + 1), name
            check_once(campaign, name, len(told))
            check_once(campaign, name, len(told) - 1)
            before = events_of(campaign)
            allowed += sum(was_allowed for was_allowed, _ in told)
        sound(campaign.store, campaign.definition)
        moved = [event for event in campaign.timeline(SITE) if event.kind == "moved"]
        assert len(moved) > ROUNDS / 2  # it was killed at work, not in vain attempts
        assert allowed > len(moved) / 2

"""A host of 256 callers is killed at any moment: nothing acknowledged is lost, nothing is half done, and a key sent again has one effect."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import time
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.engine.ground import OFFICE_MOVE, offices, sound
from tests.story import loaded
from workflow.engine.campaign import Campaign
from workflow.hosting import AsyncCampaign, group
from workflow.ledger import by_key
from workflow.verdicts import Verdict

ROUNDS = 50
CALLERS = 256
SEED = 20260304
MOST = 4 * CALLERS  # answers heard before the host is killed
LONGEST = 0.1  # seconds from the last of them to its death: about as long as a group takes

Told = tuple[int, int, bool, tuple[str, int, str]]  # caller, turn, allowed, where it stands in the ledger


class Failed(Exception):
    """Of the host's own, after something was written."""


def command(campaign: Campaign, number: int, turn: int) -> Verdict:
    """What a caller does at its `turn`: enters an offer, applies, has it approved, applies out of turn, fails; and so on."""
    branch, key = f"office-{number:03}", f"{number}-{turn}"
    match turn % 5:
        case 0:
            return campaign.record(branch, "offer", by="ann", fields={"amount": 9000 + turn}, key=key)
        case 2:
            return campaign.move(branch, "approve", by="bea", key=key)
        case 4:
            campaign.record(branch, "offer", by="ann", fields={"amount": 1}, key=key)
            raise Failed
        case _:
            return campaign.move(branch, "apply", by="ann", key=key)


async def caller(host: AsyncCampaign, number: int, acknowledged: Connection) -> None:
    for turn in count():
        try:
            verdict = await host.command(lambda campaign, turn=turn: command(campaign, number, turn))
        except Failed:
            continue
        where = verdict.event
        assert where is not None
        acknowledged.send((number, turn, verdict.allowed, (where.stream, where.seq, where.hash)))


async def serve(path: Path, acknowledged: Connection) -> None:
    async with AsyncCampaign(path) as host:
        await asyncio.gather(*(caller(host, number, acknowledged) for number in range(CALLERS)))


def work_for_ever(path: Path, acknowledged: Connection) -> None:
    asyncio.run(serve(path, acknowledged))


def killed(path: Path, answers: int, delay: float) -> list[Told]:
    """What a host acknowledged before it was killed, about `delay` seconds after so many answers were heard."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.hosting.test_groups_killed"])
    heard, said = server.Pipe(duplex=False)
    host = server.Process(target=work_for_ever, args=(path, said))
    host.start()
    said.close()
    told = [heard.recv() for _ in range(answers)]
    until = time.monotonic() + delay
    while (left := until - time.monotonic()) > 0 and heard.poll(left):
        told.append(heard.recv())
    os.kill(host.pid or 0, signal.SIGKILL)
    host.join()
    assert host.exitcode == -signal.SIGKILL
    with contextlib.suppress(EOFError):
        while True:
            told.append(heard.recv())
    return told


def kept(campaign: Campaign) -> dict[str, tuple[bool, tuple[str, int, str]]]:
    """What stands in the ledger, by key."""
    rows = campaign.store.rows('SELECT "key", kind, stream, seq, hash FROM workflow_event WHERE "key" IS NOT NULL')
    return {key: (kind != "refused", (stream, seq, hashed)) for key, kind, stream, seq, hashed in rows}


def check_again(campaign: Campaign, last: dict[int, int]) -> int:
    """What every caller heard last, and what it never heard of, is sent again, twice: one effect. Says how many had been carried out."""
    following = {number: heard + 1 + (heard % 5 == 3) for number, heard in last.items()}
    turns = [(number, turn) for heard in (last, following) for number, turn in heard.items() if turn >= 0]
    before = kept(campaign)
    commands = [lambda c, number=number, turn=turn: command(c, number, turn) for number, turn in turns]
    first, again = group(campaign, commands), group(campaign, commands)
    assert first == again
    after = kept(campaign)
    known = [f"{number}-{turn}" for number, turn in turns if f"{number}-{turn}" in before]
    assert {key: found for key, found in after.items() if key in before} == before
    assert len(after) == len(before) + len(turns) - len(known)
    for (number, turn), verdict in zip(turns, first, strict=True):
        assert isinstance(verdict, Verdict)
        event = by_key(campaign.store, f"{number}-{turn}")
        assert event is not None
        assert verdict.event is not None
        assert verdict.event.hash == event.hash
    return sum(f"{number}-{turn}" in before for number, turn in following.items())


@pytest.mark.slow
def test_a_killed_host_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    start, chance = tmp_path / "start.db", random.Random(SEED)
    with Campaign.create(start, loaded(OFFICE_MOVE)) as campaign:
        campaign.import_roster(offices(CALLERS))
    tally = {"acknowledged": 0, "committed and not acknowledged": 0}
    for attempt in range(ROUNDS):
        path = tmp_path / f"{attempt}.db"
        shutil.copy(start, path)
        told = killed(path, chance.randint(1, MOST), chance.uniform(0, LONGEST) if attempt % 2 else 0)
        with Campaign.open(path) as campaign:
            sound(campaign.store, campaign.definition)
            check_told(kept(campaign), told)
            last = dict.fromkeys(range(CALLERS), -1) | {number: turn for number, turn, *_ in told}
            unheard = check_again(campaign, last)
            sound(campaign.store, campaign.definition)
        tally["acknowledged"] += len(told)
        tally["committed and not acknowledged"] += unheard
    print(tally)
    assert tally["acknowledged"] > ROUNDS * CALLERS


def check_told(stands: dict[str, Any], told: list[Told]) -> None:
    """What was acknowledged stands as it was told; of what was not, at most one command of each caller; of what failed, nothing."""
    assert len({(number, turn) for number, turn, *_ in told}) == len(told)
    for number, turn, allowed, where in told:
        assert stands[f"{number}-{turn}"] == (allowed, where)
    unheard = [key.split("-") for key in stands.keys() - {f"{number}-{turn}" for number, turn, *_ in told}]
    assert len({number for number, _ in unheard}) == len(unheard)
    assert not any(key.endswith(("-4", "-9")) for key in stands)

"""Eight processes command 500 sites in one file: no command is lost or doubled, and nobody hears that the database is locked.

Half of them are asynchronous hosts with many callers, half go one by one. `WORKFLOW_SECONDS=60` makes it a minute.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tests.engine.ground import TRIAL_SITES, sites, sound
from tests.engine.test_processes import PATIENCE, together
from tests.story import loaded
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.hosting import AsyncCampaign
from workflow.ledger import events
from workflow.verdicts import Verdict

SECONDS = float(os.environ.get("WORKFLOW_SECONDS", "12"))
PROCESSES = 8
SITES = 500
CALLERS = 32  # of each asynchronous host
SEED = 20260305
COMMON = 20  # one in so many commands is sent by all processes, under the same key

Answer = tuple[str, bool, bool, tuple[str, int, str]]  # key, allowed, repeated, where it stands in the ledger
Command = Callable[[Campaign], Verdict | tuple[Verdict, ...]]


def some_command(chance: random.Random, key: str) -> Command:
    """Records, moves, waivers, members and clocks of one of the sites, whatever comes of it."""
    number = chance.randrange(SITES)
    site, coordinator = f"site-{number:03}", f"m{number}-0"
    match chance.randrange(10):
        case 0:
            return lambda c: c.record(site, "contract", by="spencer", fields={"signed": True}, key=key)
        case 1 | 2:
            lines = [{"member": f"m{number}-{n}", "hours": 12} for n in range(3)]
            return lambda c: c.record(site, "course", by=coordinator, fields={"hours": 2, "form": "course"}, lines=lines, key=key)
        case 3:
            passed = chance.random() < 0.5
            return lambda c: c.record(site, "visit", by="mona", fields={"passed": passed}, key=key)
        case 4:
            return lambda c: c.waive(site, "trained", by="spencer", reason="short of staff", key=key)  # often there is no gap
        case 5:
            return lambda c: c.extend(3, by="mona", reason="holidays", branches=[site], key=key)
        case 6:
            flag = {"flag" if chance.random() < 0.5 else "unflag": "on_leave"}
            return lambda c: c.change(f"m{number}-1", by=coordinator, reason="leave", key=key, **flag)
        case _:
            move = chance.choice(["close_people", "close_papers", "invite", "back", "activate"])
            by = {"back": "mona", "activate": "spencer"}.get(move, coordinator)
            return lambda c: c.move(site, move, by=by, takes={"reason": "again"} if move == "back" else None, key=key)


def answers(key: str, command: Command, campaign: Campaign) -> list[Answer]:
    try:
        found = command(campaign)
    except Misuse:  # no gap, flagged already: nothing is written
        return []
    verdicts = found if isinstance(found, tuple) else (found,)
    return [(key, v.allowed, v.repeated, (v.event.stream, v.event.seq, v.event.hash)) for v in verdicts if v.event is not None]


class Sender:
    """The commands of one process, or of one of its callers, until the time is over."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.chance, self.until = name, random.Random(SEED + number), time.monotonic() + SECONDS
        self.sent: list[tuple[str, Command]] = []

    def next(self) -> tuple[str, Command] | None:
        """A new command, one sent before, or one that every process sends."""
        number = len(self.sent)
        if time.monotonic() > self.until:
            return None
        if number % COMMON == 0:
            key = f"common-{number}"
            found = key, some_command(random.Random(f"{SEED}-{number}"), key)
        elif number % COMMON == 1:
            found = self.chance.choice(self.sent)
        else:
            found = f"{self.name}-{number}", some_command(self.chance, f"{self.name}-{number}")
        self.sent.append(found)
        return found


def one_by_one(number: int, path: Path) -> list[Answer]:
    sender, found = Sender(f"{number}", number), []
    with Campaign.open(path) as campaign:
        while (following := sender.next()) is not None:
            found += answers(*following, campaign)
            if len(sender.sent) % 7 == 0:
                campaign.why(f"site-{sender.chance.randrange(SITES):03}")
    return found


async def many_callers(number: int, path: Path) -> list[Answer]:
    async def caller(host: AsyncCampaign, own: int) -> list[Answer]:
        sender, found = Sender(f"{number}.{own}", number * CALLERS + own), []
        while (following := sender.next()) is not None:
            found += await host.command(partial(answers, *following))
        return found

    async with AsyncCampaign(path) as host:
        each = await asyncio.gather(*(caller(host, own) for own in range(CALLERS)))
    return [answer for found in each for answer in found]


def work(barrier: Barrier, number: int, path: Path) -> list[Answer]:
    barrier.wait(PATIENCE)
    return asyncio.run(many_callers(number, path)) if number % 2 else one_by_one(number, path)


@pytest.mark.slow
def test_eight_processes_and_no_command_is_lost_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Campaign.create(path, loaded(TRIAL_SITES)) as campaign:
        campaign.import_roster(sites(SITES))
        told = [answer for found in together(work, PROCESSES, path) for answer in found]
        kept = {(e.stream, e.seq, e.hash): e.kind != "refused" for e in events(campaign.store) if e.key is not None}
        assert {where: allowed for _, allowed, _, where in told} == kept
        first = Counter(where for _, _, repeated, where in told if not repeated)
        assert first == Counter(kept.keys())  # each was told as new once, to one caller of one process
        assert len({key for key, *_ in told}) == len(kept)
        common = {key for key, *_ in told if key.startswith("common-")}
        tally = Counter(key.partition("-")[0].partition(".")[0] for key, *_ in told)
        print(f"{SECONDS:g} s: {len(told)} answers, {len(kept)} events, {len(common)} common; by process {dict(sorted(tally.items()))}")
        assert set(tally) == {*map(str, range(PROCESSES)), "common"}
        assert any(repeated for _, _, repeated, _ in told)
        assert campaign.verify().whole
        sound(campaign.store, campaign.definition)

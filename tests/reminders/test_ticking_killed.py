"""Four processes tick one campaign, day after day, and are killed at any moment: everything is said, and twice only what a killed one had
just sent."""

from __future__ import annotations

import json
import multiprocessing
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.reminders.bells import bells
from tests.reminders.ground import smtp
from tests.reminders.killing import ROUNDS, SEED, Log, check, left_behind, one_round, sender
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.reminders import tick

CLERKS = 12
LONGEST = 0.2  # seconds from the beginning of a round to the death of the last process
MORNING = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # half past eight in Shanghai
DAILY = ", ".join(f"{days:+d}d" for days in range(ROUNDS + 2))
DIGESTS = "SELECT id, person, day FROM workflow_notice ORDER BY day, person"


def work(path: Path, port: int, number: int, said: Connection) -> None:
    """Ticks for ever, in the morning of a day."""
    with Campaign.open(path, clock=VirtualClock(moment(number))) as campaign:
        said.send("ready")
        while True:
            tick(campaign, [sender(port, number)])


def moment(number: int) -> datetime:
    return MORNING + timedelta(days=number)


@pytest.mark.slow
def test_each_digest_arrives_and_twice_only_where_its_sender_was_killed(tmp_path: Path) -> None:
    path, log, chance, clock = tmp_path / "campaign.db", Log(), random.Random(SEED), VirtualClock(MORNING)
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.reminders.test_ticking_killed"])
    campaign = bells(clock, MORNING.date(), DAILY, db=path, branches=CLERKS)
    left: dict[int, set[str]] = {}
    with smtp(log) as port:
        for number in range(ROUNDS):
            clock.set(moment(number))
            killed = one_round(work, path, port, number, chance, LONGEST)
            left[number] = left_behind(campaign.store, clock.now(), killed)
        clock.set(moment(ROUNDS))
        assert tick(campaign, [sender(port, ROUNDS)]).delivered.waiting == 0
        clock.set(moment(ROUNDS) + timedelta(hours=1))
        assert tick(campaign, [sender(port, ROUNDS)]).digests == 0
    digests = campaign.store.rows(DIGESTS)
    check(log, left, [ident for ident, _, _ in digests])
    everything_was_said(campaign, digests)
    campaign.close()


def everything_was_said(campaign: Campaign, digests: list[tuple[str, str, str]]) -> None:
    """One digest for everybody and every day; where all four were killed before it was put down, the next day's says so."""
    days = [(MORNING.date() + timedelta(days=number)).isoformat() for number in range(ROUNDS + 1)]
    people = [f"c{n}" for n in range(CLERKS)]
    late = 0
    for person in people:
        had = [day for _, each, day in digests if each == person]
        assert had[-1] == days[-1]
        for before, day in pairwise([None, *had]):
            meant = days[0] if before is None else days[days.index(before) + 1]
            assert [each["meant"] for each in items(campaign, person, day)] == [meant]
            late += days.index(day) - days.index(meant)
    assert len(digests) + late == len(people) * len(days)
    print(f"{len(digests)} digests; {late} were not put down on their day, and are in the next")


def items(campaign: Campaign, person: str, day: str) -> list[dict[str, Any]]:
    [(body,)] = campaign.store.rows("SELECT body FROM workflow_notice WHERE id = ?", (f"digest:{person}:{day}",))
    return list(json.loads(body)["items"])

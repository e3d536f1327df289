"""Several processes command one campaign at the same time: one file, no lost event, nobody let through twice."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from tests.engine.ground import OFFICE_MOVE, TRIAL_SITES, offices, sites, sound
from tests.story import loaded
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.ledger import events
from workflow.verdicts.findings import Verdict

ROUNDS = 200
COMMANDS = 60  # of each of four processes
SEED = 20260302
PATIENCE = 60  # seconds to wait for another process before the test is given up

Answer = tuple[bool, tuple[str, ...], str, int]  # allowed, codes of what stands in the way, stream, seq


def answer(verdict: Verdict) -> Answer:
    assert verdict.event is not None
    return verdict.allowed, tuple(f.code for f in verdict.standing), verdict.event.stream, verdict.event.seq


def together(work: Callable[..., Any], count: int, *given: Any) -> list[list[Any]]:
    """What `count` processes that start together send back; an exception in one of them is raised here."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.engine.test_processes"])
    barrier = server.Barrier(count)
    pipes = [server.Pipe(duplex=False) for _ in range(count)]
    workers = [server.Process(target=reporting, args=(work, said, barrier, n, *given)) for n, (_, said) in enumerate(pipes)]
    for worker, (_, said) in zip(workers, pipes, strict=True):
        worker.start()
        said.close()
    found = [heard.recv() for heard, _ in pipes]
    for worker in workers:
        worker.join()
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found


def reporting(work: Callable[..., Any], said: Connection, barrier: Barrier, *given: Any) -> None:
    try:
        said.send(work(barrier, *given))
    except BaseException as problem:
        barrier.abort()
        said.send(problem)


# -- the same move at once ---------------------------------------------------------------------------------------------


def apply_everywhere(barrier: Barrier, _number: int, path: Path) -> list[Answer]:
    found = []
    with Campaign.open(path) as campaign:
        for branch, _ in campaign.branches():
            barrier.wait(PATIENCE)
            found.append(answer(campaign.move(branch, "apply", by="ann")))
    return found


@pytest.mark.slow
def test_of_two_who_make_the_same_move_at_once_one_is_told_it_is_made(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Campaign.create(path, loaded(OFFICE_MOVE)) as campaign:
        campaign.import_roster(offices(ROUNDS))
        for mine, theirs in zip(*together(apply_everywhere, 2, path), strict=True):
            (won, reasons, *_), (lost, stands, *_) = sorted((mine, theirs), reverse=True)
            assert (won, reasons) == (True, ())
            assert (lost, stands) == (False, ("rule.phase",))
            assert {mine[3], theirs[3]} == {2, 3}
        for branch, _ in campaign.branches():
            _, moved, refused = campaign.timeline(branch)
            assert (moved.kind, moved.payload["to"]) == ("moved", "plan.applied")
            phase = next(f for f in refused.payload["verdict"]["findings"] if f["code"] == "rule.phase")
            assert (refused.kind, phase["status"], phase["detail"]["state"]) == ("refused", "unmet", "plan.applied")
        sound(campaign.store, campaign.definition)


# -- one key, many hands -----------------------------------------------------------------------------------------------


def offer_everywhere(barrier: Barrier, _number: int, path: Path) -> list[Answer]:
    found = []
    with Campaign.open(path) as campaign:
        for branch, _ in campaign.branches():
            barrier.wait(PATIENCE)
            found.append(answer(campaign.record(branch, "offer", by="ann", fields={"amount": 9000}, key=f"offer of {branch}")))
    return found


@pytest.mark.slow
def test_a_command_sent_by_four_with_one_key_is_carried_out_once(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Campaign.create(path, loaded(OFFICE_MOVE)) as campaign:
        campaign.import_roster(offices(40))
        first, *others = together(offer_everywhere, 4, path)
        assert {answer[3] for answer in first} == {2}
        assert others == [first] * 3
        assert campaign.store.row("SELECT COUNT(*), SUM(f1) FROM workflow_line") == (40, 40 * 9000)
        sound(campaign.store, campaign.definition)


# -- a campaign created by two -----------------------------------------------------------------------------------------


def create(barrier: Barrier, _number: int, paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        barrier.wait(PATIENCE)
        try:
            Campaign.create(path, loaded(OFFICE_MOVE)).close()
            found.append("created")
        except Misuse as problem:
            found.append(problem.code)
    return found


@pytest.mark.slow
def test_of_two_who_create_a_campaign_in_one_file_one_does(tmp_path: Path) -> None:
    paths = [tmp_path / f"campaign-{n}.db" for n in range(20)]
    for each in zip(*together(create, 2, paths), strict=True):
        assert sorted(each) == ["campaign-exists", "created"]
    for path in paths:
        with Campaign.open(path) as campaign:
            assert [event.kind for event in events(campaign.store)] == ["created"]


def begin(barrier: Barrier, number: int, paths: list[Path]) -> list[str]:
    """As the processes of a web server begin."""
    found = []
    for path in paths:
        definition = loaded(OFFICE_MOVE)
        barrier.wait(PATIENCE)
        with Campaign.open_or_create(path, definition) as campaign:
            campaign.import_roster(offices(2))
            found.append(answer(campaign.record("office-000", "offer", by="ann", fields={"amount": number}))[2])
    return found


@pytest.mark.slow
def test_six_who_begin_at_once_open_the_one_campaign_that_one_of_them_creates(tmp_path: Path) -> None:
    paths = [tmp_path / f"campaign-{n}.db" for n in range(20)]
    assert together(begin, 6, paths) == [["branch:office-000"] * 20] * 6
    for path in paths:
        with Campaign.open(path) as campaign:
            kinds = Counter(event.kind for event in events(campaign.store))
            assert kinds == {"created": 1, "people": 1, "roster": 2, "record": 6}
            sound(campaign.store, campaign.definition)


# -- everything at once ------------------------------------------------------------------------------------------------


def commands(campaign: Campaign, chance: random.Random) -> Iterator[Verdict]:
    """Records, moves, waivers and questions on three sites, whatever comes of them."""
    for _ in range(COMMANDS):
        site = f"site-{chance.randrange(3):03}"
        coordinator = f"m{int(site[-3:])}-0"
        match chance.randrange(5):
            case 0:
                lines = [coordinator, f"m{int(site[-3:])}-1"]
                yield campaign.record(site, "course", by=coordinator, fields={"hours": 2, "form": "course"}, lines=lines)
            case 1:
                by = chance.choice(["spencer", "mona"])
                try:
                    yield campaign.waive(site, "trained", by=by, reason="short of staff", members=[coordinator])
                except Misuse:  # no gap, or accepted already: then something else
                    yield campaign.record(site, "contract", by=by, fields={"signed": True})
            case 2:
                yield campaign.record(site, "visit", by="mona", fields={"passed": chance.random() < 0.5})
            case _:
                move = chance.choice(["close_people", "close_papers", "invite", "back"])
                by = "mona" if move == "back" else coordinator
                yield campaign.move(site, move, by=by, takes={"reason": "again"} if move == "back" else None)
        campaign.why(site)


def mix(barrier: Barrier, number: int, path: Path) -> list[Answer]:
    with Campaign.open(path) as campaign:
        barrier.wait(PATIENCE)
        return [answer(verdict) for verdict in commands(campaign, random.Random(SEED + number))]


@pytest.mark.slow
def test_what_four_processes_were_told_is_what_the_ledger_says(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Campaign.create(path, loaded(TRIAL_SITES)) as campaign:
        campaign.import_roster(sites(3))
        for n in range(3):
            campaign.record(f"site-{n:03}", "contract", by="spencer", fields={"signed": True})
        before = {(event.stream, event.seq) for event in events(campaign.store)}
        told = [answer for answers in together(mix, 4, path) for answer in answers]
        kept = {(e.stream, e.seq): e.kind != "refused" for e in events(campaign.store) if (e.stream, e.seq) not in before}
        assert Counter((stream, seq) for _, _, stream, seq in told) == Counter(kept.keys())
        assert {(stream, seq): allowed for allowed, _, stream, seq in told} == kept
        assert len(kept) == 4 * COMMANDS
        sound(campaign.store, campaign.definition)

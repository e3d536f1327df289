"""The ticker: it ticks at once and again, stops when it is told to, and goes on whatever happens to a tick or to the machine's clock."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from tests.reminders.bells import Inbox, bells
from workflow.clock import SystemClock, VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, Misuse, NotFound, WorkflowError
from workflow.reminders import Message, Ticked, outbox, ticker
from workflow.texts import Text

MORNING = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # a Monday, half past eight in Shanghai
OFTEN = timedelta(milliseconds=20)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@define
class Listener:
    """Hears the ticker, and does something after each tick: by default it says stop after the third."""

    after: Callable[[int], None] = lambda n: stop() if n == 3 else None
    heard: list[Ticked] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def say(self, _campaign: Campaign, done: Ticked) -> None:
        self.heard.append(done)
        self.after(len(self.heard))

    def complain(self, fault: WorkflowError) -> None:
        self.complaints.append(fault.say("en"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "campaign.db"
    bells(VirtualClock(MORNING), MORNING.date(), "0d", db=found).close()
    return found


def run(path: Path, listener: Listener, *channels: Inbox, **more: Any) -> None:
    more = {"open_campaign": lambda: Campaign.open(path)} | more
    ticker.run(every=OFTEN, channels=channels, say=listener.say, complain=listener.complain, **more)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ticks_at_once_and_again_until_it_is_told_to_stop(path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    box, listener = Inbox(VirtualClock(MORNING)), Listener(lambda n: os.kill(os.getpid(), number) if n == 3 else None)
    run(path, listener, box, link="https://office/{branch}")
    assert [done.digests for done in listener.heard] == [2, 0, 0]
    assert box.ids("c0") == ["digest:c0:2026-03-02"]
    assert "https://office/b0" in box.texts("c0")[0]
    assert listener.complaints == []
    assert signal.getsignal(number) == before


def test_a_tick_under_way_is_finished_before_it_stops(path: Path) -> None:
    @define
    class Interrupted(Inbox):
        def send(self, message: Message) -> str:
            stop()
            return super().send(message)

    box, listener = Interrupted(VirtualClock(MORNING)), Listener()
    run(path, listener, box)
    assert [done.delivered.sent for done in listener.heard] == [2]
    assert len(box.taken) == 2
    with Campaign.open(path) as campaign:
        assert outbox(campaign.store) == []
        assert campaign.store.rows("SELECT notice FROM workflow_delivery WHERE claimed_by IS NOT NULL") == []


def test_what_goes_wrong_in_a_tick_is_said_and_the_next_tries_again(path: Path) -> None:
    faults = [
        Misuse(Text.of("the wind is wrong", "风向不对")),
        ValueError("the moon, too"),
        DatabaseFault(Text.of("another writes", "他人在写"), "database-busy"),
    ]

    def open_campaign() -> Campaign:
        if faults:
            raise faults.pop(0)
        return Campaign.open(path)

    listener = Listener()
    run(path, listener, open_campaign=open_campaign)
    assert [done.digests for done in listener.heard] == [2, 0, 0]
    assert listener.complaints[::2] == ["the wind is wrong", "another writes"]
    assert listener.complaints[1].startswith("this tick failed, the next tries again: ValueError: the moon, too (test_ticker.py:")


def test_a_database_that_is_gone_ends_it(path: Path) -> None:
    listener = Listener(lambda n: path.unlink() if n == 2 else None)
    with pytest.raises(NotFound, match="there is no database"):
        run(path, listener)
    assert len(listener.heard) == 2


def test_a_database_that_is_no_longer_ours_ends_it(path: Path) -> None:
    def replace(_: int) -> None:
        for each in path.parent.iterdir():
            each.unlink()
        path.write_text("something else " * 100, encoding="utf-8")

    with pytest.raises(DatabaseFault, match="cannot be used as a database"):
        run(path, Listener(replace))


def test_a_listener_that_has_gone_ends_it(path: Path) -> None:
    def gone(_: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run(path, Listener(gone))


def test_a_clock_that_is_set_back_does_not_silence_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """APScheduler waits for an instant; after a correction by a month that would be a month away."""
    shift = timedelta()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + shift

    def set_back(n: int) -> None:
        nonlocal shift
        if n == 2:
            shift = timedelta(days=-30)
        elif n == 4:
            shift = timedelta(days=30)
        elif n == 6:
            stop()

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Shifted)
    monkeypatch.setattr(SystemClock, "now", lambda _: Shifted.now(UTC))
    listener = Listener(set_back)
    run(path, listener)
    assert [done.digests for done in listener.heard] == [2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    address = f"@workflow-{os.getpid()}" if abstract else str(path.parent / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + address[1:] if abstract else address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        run(path, Listener())
        assert [systemd.recv(100) for _ in range(2)] == [b"READY=1", b"STOPPING=1"]
    run(path, Listener())  # nobody listens any more

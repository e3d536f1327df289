"""The ticker: ticks every so often until it is told to stop. What is due and what was said stands in the database, not here."""

from __future__ import annotations

import logging
import os
import signal
import socket
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from attrs import define, field, frozen

from workflow.clock import SystemClock
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, WorkflowError
from workflow.reminders.channels.base import Channel
from workflow.reminders.ticking import Ticked, tick
from workflow.texts import Text

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_MISSING, _BUSY = "database-missing", "database-busy"
# A tick that takes longer than the interval skips the next: that is meant, and nobody need read of it.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())


def run(
    open_campaign: Callable[[], Campaign],
    every: timedelta,
    channels: Sequence[Channel] = (),
    *,
    link: str = "",
    say: Callable[[Campaign, Ticked], None],
    complain: Callable[[WorkflowError], None],
) -> None:
    """Tick at once and then `every` so often, until SIGTERM or SIGINT; a tick under way is finished first. For the main thread only.

    `say` hears of every tick, `complain` of what went wrong in one; the next tries again. Raises `NotFound` or `DatabaseFault` when
    the database is gone or is no longer ours, and whatever `say` raises.

    The campaign is opened for each tick, in the tick's thread, and closed there: a connection kept open would go on writing to a file
    that was deleted or replaced, and nobody would ever read it. Anything that waits meanwhile waits in the database.
    """
    ticker = _Ticker(open_campaign, channels, link, say, complain)
    # One thread, so that ticks never overlap. Jobs are kept in memory: a store of jobs must never be shared by processes.
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
    job = scheduler.add_job(
        ticker.tick, _Every(every), max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=SystemClock().now()
    )
    # Signal handlers only put something into a queue, in which they cannot be interrupted: APScheduler's own locks are no place for them.
    with _handled(lambda *_: ticker.ends.put(None)):
        scheduler.start()
        _notify("READY=1")
        try:
            end = _wait(ticker.ends, job, every)
        finally:
            _notify("STOPPING=1")
            scheduler.shutdown(wait=True)
    if end is not None:
        raise end


@frozen
class _Every(BaseTrigger):  # type: ignore[misc]
    """So long after the last one. APScheduler's own counts up all that were missed: 14 million where a clock begins in the year 2000."""

    every: timedelta

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self.every


@define
class _Ticker:
    open_campaign: Callable[[], Campaign]
    channels: Sequence[Channel]
    link: str
    say: Callable[[Campaign, Ticked], None]
    complain: Callable[[WorkflowError], None]
    ends: SimpleQueue[BaseException | None] = field(factory=SimpleQueue)  # why to stop: told to (None), or because of this

    def tick(self) -> None:
        """One tick, in the scheduler's thread."""
        try:
            with self.open_campaign() as campaign:
                done = tick(campaign, self.channels, link=self.link)
                self._tell(self.say, campaign, done)
        except WorkflowError as problem:
            if _gone(problem):
                self.ends.put(problem)
            else:
                self._tell(self.complain, problem)
        except Exception as problem:  # whatever it was: the next tick may fare better
            self._tell(self.complain, _unforeseen(problem))

    def _tell(self, hear: Callable[..., None], *what: object) -> None:
        """Whoever started us hears it; if they no longer can, that is the end."""
        try:
            hear(*what)
        except Exception as problem:
            self.ends.put(problem)


def _wait(ends: SimpleQueue[BaseException | None], job: Job, every: timedelta) -> BaseException | None:
    """Why to stop.

    Meanwhile the bell is put right: it is set to an instant of the machine's clock, and where that is put back by a month
    it would stay silent for a month.
    """
    while True:
        try:
            return ends.get(timeout=every.total_seconds())
        except Empty:
            now = SystemClock().now()
            if job.next_run_time - now > every:
                job.modify(next_run_time=now)


def _gone(problem: WorkflowError) -> bool:
    """Whether the database is not there any more, or is another's; where another writer takes long, it is."""
    return problem.code == _MISSING or (isinstance(problem, DatabaseFault) and problem.code != _BUSY)


def _unforeseen(problem: Exception) -> WorkflowError:
    last = traceback.extract_tb(problem.__traceback__)[-1]
    where = f"{type(problem).__name__}: {problem} ({Path(last.filename).name}:{last.lineno})"
    return WorkflowError(Text.of(f"this tick failed, the next tries again: {where}", f"本次失败，下次重试：{where}"), "tick")


@contextmanager
def _handled(handler: Callable[..., None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _notify(state: str) -> None:
    """Tell systemd, where it is systemd that started us (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:  # nobody there: then nobody waits for it
        channel.sendto(state.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)

"""A thread lent by the host: an SQLite connection belongs to the thread that opened it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple[Callable[[], Any], Future[Any]]


class LentThread:
    """One thread of an executor (default: the loop's own), from the first job to `give_back`; nothing is started for it."""

    def __init__(self, executor: Executor | None) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._given_back = asyncio.get_running_loop().run_in_executor(executor, _work, self._jobs)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises on that thread, after all that was given before."""
        return await asyncio.wrap_future(self.put(work))

    def put(self, work: Callable[[], T]) -> Future[T]:
        answer: Future[T] = Future()
        self._jobs.put((work, answer))
        return answer

    def give_back(self) -> asyncio.Future[None]:
        """After what it was given so far the thread is free; done when it is."""
        self._jobs.put(None)
        return self._given_back


def _work(jobs: SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        work, answer = job
        if answer.set_running_or_notify_cancel():
            try:
                answer.set_result(work())
            except BaseException as problem:
                answer.set_exception(problem)
        del job, work, answer  # what was asked and answered is not kept until the next one

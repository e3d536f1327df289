"""Many replications on many cores, in their order. How many workers there are changes nothing but the time it takes."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from threading import Event

from workflow.errors import Misuse
from workflow.simulation.kernel.kernels import CompiledKernel, Kernel, check_seed, kernel
from workflow.simulation.kernel.network import Network
from workflow.simulation.kernel.results import Run
from workflow.texts import Text

Progress = Callable[[int, int], None]  # how many replications are done, of how many

_MOST_AT_ONCE = 16  # replications in one piece of work
AHEAD = 3  # pieces for each worker that are under way or wait to be fetched
_NOT_BOTH = Text.of("either workers here or a scheduler, not both", "本机工作进程数与调度器只能指定其一")
_DIED = Text.of(
    "a worker process has died; if memory is short, take fewer: --workers 1",
    "一个工作进程意外终止；若内存不足，请减少进程：--workers 1",
)


def replicate(
    network: Network,
    *,
    seed: int,
    replications: int,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    compiled: bool | None = None,
) -> Generator[Run, None, None]:
    """Replications 0, 1, ... of a network, as they are ready but in order; `workers` None: one for each core.

    Compiled they run in threads, in plain Python in processes of their own; with a `scheduler`, `tcp://host:8786`, on its workers, by
    Dask. Raises `Misuse` for a seed beyond 32 bits, for `workers` and a `scheduler`, and for one that cannot be used; `Astray`.
    """
    check_seed(seed, replications)
    if scheduler is not None and workers is not None:
        raise Misuse(_NOT_BOTH)
    with closing(_runs(network, seed, replications, workers, scheduler, compiled)) as runs:
        for done, run in enumerate(runs, 1):
            if progress is not None:
                progress(done, replications)
            yield run


def piece(ready: Kernel, seed: int, numbers: range) -> list[Run]:
    """Some of the replications: the piece of work that may be done anywhere."""
    return [ready.run(seed, number) for number in numbers]


def parts(replications: int, workers: int) -> Iterator[range]:
    """All replications in pieces, small enough that in the end no worker waits long for another."""
    size = max(1, min(_MOST_AT_ONCE, replications // (4 * workers)))
    return (range(first, min(first + size, replications)) for first in range(0, replications, size))


def _runs(
    network: Network, seed: int, replications: int, workers: int | None, scheduler: str | None, compiled: bool | None
) -> Generator[Run, None, None]:
    if scheduler is not None:
        from workflow.simulation.kernel.distributed import replicate_there

        return replicate_there(network, seed=seed, replications=replications, scheduler=scheduler, compiled=compiled)
    ready = kernel(network, compiled=compiled)
    workers = min(workers or os.cpu_count() or 1, max(replications, 1))
    if workers == 1:
        return (ready.run(seed, number) for number in range(replications))
    if isinstance(ready, CompiledKernel):
        return _in_threads(ready, seed, replications, workers)
    return _in_processes(network, seed, replications, workers)


def _in_threads(ready: CompiledKernel, seed: int, replications: int, workers: int) -> Generator[Run, None, None]:
    kernel(Network(nodes=(), units=()), compiled=True).run(0, 0)  # compiled here: nobody can interrupt a thread that compiles
    stopped = Event()

    def work(numbers: range) -> list[Run]:
        return [ready.run(seed, number) for number in numbers if not stopped.is_set()]

    with ThreadPoolExecutor(workers) as threads:
        try:
            yield from _in_order(threads, work, parts(replications, workers), workers)
        finally:
            stopped.set()


def _in_processes(network: Network, seed: int, replications: int, workers: int) -> Generator[Run, None, None]:
    with ThreadPoolExecutor(workers) as threads, _processes(network, seed, workers) as work:
        yield from _in_order(threads, work, parts(replications, workers), workers)


@contextmanager
def _processes(network: Network, seed: int, workers: int) -> Iterator[Callable[[range], list[Run]]]:
    """Work for as many threads as there are processes. They are killed in the end, whatever they do: nobody waits for it any more.

    Each has a pipe of its own. What several share, as in a `ProcessPoolExecutor`, is left half written by one that is killed.
    """
    context, started, free = get_context("spawn"), list[SpawnProcess](), SimpleQueue[Connection]()

    def work(numbers: range) -> list[Run]:
        pipe = free.get()
        try:
            pipe.send(numbers)
            found: list[Run] | Exception = pipe.recv()
        except (EOFError, OSError):
            raise Misuse(_DIED, "worker") from None
        finally:
            free.put(pipe)
        if isinstance(found, Exception):
            raise found
        return found

    try:
        for _ in range(workers):
            here, there = context.Pipe()
            with _uninterrupted(), there:
                started.append(context.Process(target=_serve, args=(network, seed, there), daemon=True))
                started[-1].start()
            free.put(here)
        yield work
    finally:
        for process in started:
            if process.pid is not None:
                process.kill()
                process.join()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal; those started meanwhile leave it to this one, which hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(threads: ThreadPoolExecutor, work: Callable[[range], list[Run]], todo: Iterator[range], workers: int) -> Iterator[Run]:
    """No more pieces under way than needed: results of big networks fill the memory."""
    under_way = deque[Future[list[Run]]](threads.submit(work, part) for part in islice(todo, AHEAD * workers))
    try:
        while under_way:
            yield from under_way.popleft().result()
            under_way.extend(threads.submit(work, part) for part in islice(todo, 1))
    finally:
        for future in under_way:
            future.cancel()


def _serve(network: Network, seed: int, pipe: Connection) -> None:
    """Pieces of work in a process of its own, as long as the other side is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ready = kernel(network, compiled=False)
    with suppress(EOFError, OSError):
        while True:
            numbers = pipe.recv()
            found: list[Run] | Exception
            try:
                found = piece(ready, seed, numbers)
            except Exception as error:
                found = error
            pipe.send(found)

"""Many replications on many cores, in their order. How many workers there are changes nothing but the time it takes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from multiprocessing import get_context

from workflow.simulation.kernel.kernels import CompiledKernel, Kernel, check_seed, kernel
from workflow.simulation.kernel.network import Network
from workflow.simulation.kernel.results import Run

Progress = Callable[[int, int], None]  # how many replications are done, of how many

_MOST_AT_ONCE = 16  # replications in one piece of work
_AHEAD = 3  # pieces for each worker that are under way or wait to be fetched


def replicate(
    network: Network,
    *,
    seed: int,
    replications: int,
    workers: int | None = None,
    progress: Progress | None = None,
    compiled: bool | None = None,
) -> Iterator[Run]:
    """Replications 0, 1, ... of a network, as they are ready but in order; `workers` None: one for each core.

    Compiled they run in threads, in plain Python in processes of their own. Raises `Misuse` for a seed beyond 32 bits, `Astray`.
    """
    check_seed(seed, replications)
    ready = kernel(network, compiled=compiled)
    workers = min(workers or os.cpu_count() or 1, max(replications, 1))
    for done, run in enumerate(_runs(ready, network, seed, replications, workers), 1):
        if progress is not None:
            progress(done, replications)
        yield run


def piece(ready: Kernel, seed: int, numbers: range) -> list[Run]:
    """Some of the replications: the piece of work that may be done anywhere."""
    return [ready.run(seed, number) for number in numbers]


def _runs(ready: Kernel, network: Network, seed: int, replications: int, workers: int) -> Iterator[Run]:
    if workers == 1:
        yield from (ready.run(seed, number) for number in range(replications))
        return
    size = max(1, min(_MOST_AT_ONCE, replications // (4 * workers)))
    numbers = (range(first, min(first + size, replications)) for first in range(0, replications, size))
    if isinstance(ready, CompiledKernel):
        with ThreadPoolExecutor(workers) as threads:
            yield from _in_order(threads, lambda part: piece(ready, seed, part), numbers, workers)
    else:
        with ProcessPoolExecutor(workers, get_context("spawn"), _prepare, (network, seed)) as processes:
            yield from _in_order(processes, _piece_here, numbers, workers)


def _in_order(executor: Executor, work: Callable[[range], list[Run]], parts: Iterator[range], workers: int) -> Iterator[Run]:
    """No more pieces under way than needed: results of big networks fill the memory."""
    under_way = deque[Future[list[Run]]](executor.submit(work, part) for part in islice(parts, _AHEAD * workers))
    try:
        while under_way:
            yield from under_way.popleft().result()
            under_way.extend(executor.submit(work, part) for part in islice(parts, 1))
    finally:
        for future in under_way:
            future.cancel()


_HERE: list[tuple[Kernel, int]] = []  # what a worker process was started with


def _prepare(network: Network, seed: int) -> None:
    _HERE[:] = [(kernel(network, compiled=False), seed)]


def _piece_here(numbers: range) -> list[Run]:
    ((ready, seed),) = _HERE
    return piece(ready, seed, numbers)

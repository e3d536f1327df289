"""The same replications on other machines, over Dask: pieces go to a scheduler, and it gives them to the workers that have come to it.

Dask tries again what is lost with a worker. A replication depends on its number and the network alone, so nothing of this can be seen
in what comes out; only a worker with another kernel could change that, and none is let in.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module, metadata
from importlib.util import find_spec
from itertools import islice
from threading import Lock
from typing import Any

from attrs import define, field

from workflow.errors import Misuse
from workflow.simulation.kernel import jit
from workflow.simulation.kernel.kernels import Kernel, kernel
from workflow.simulation.kernel.network import Network
from workflow.simulation.kernel.replications import AHEAD, parts, piece
from workflow.simulation.kernel.results import Run
from workflow.texts import Text

_PATIENCE = 10.0  # seconds until a scheduler answers, or a worker has come
_GLANCE = 1.0  # seconds between two looks at what became of them while a result is awaited
_TRIES = 3  # how often in a row everything may be lost
_ADDRESS = re.compile(r"([a-z+]+://)?[^\s/]+:\d{1,5}")
_LOGGERS = ("distributed", "distributed.client")

_MISSING = Text.of(
    "Dask is not installed: pip install 'campaign-workflow[distributed]'",
    "未安装 Dask：pip install 'campaign-workflow[distributed]'",
)
_NO_ADDRESS = Text.of("{said} is not the address of a scheduler, such as tcp://host:8786", "{said} 不是调度器地址，应形如 tcp://host:8786")
_NOBODY = Text.of(
    "no scheduler answers at {address}; start one there: dask scheduler",
    "{address} 没有调度器应答；请在该处启动：dask scheduler",
)
_GONE = Text.of("the scheduler at {address} has gone away; start it and simulate again", "{address} 的调度器已断开；请重新启动后再次推演")
_NO_WORKERS = Text.of(
    "the scheduler at {address} has no workers; start one: dask worker {address}",
    "{address} 的调度器没有工作进程；请启动：dask worker {address}",
)
_LOST = Text.of(
    "the workers of {address} are lost again and again; perhaps they have too little memory",
    "{address} 的工作进程接连丢失；可能是内存不足",
)
_OTHER = Text.of(
    "worker {worker} has another version of this program ({there}; here {here}): install the same there, and start it anew",
    "工作进程 {worker} 的程序版本不同（{there}，本机为 {here}）：请在该处安装相同版本并重新启动",
)
_WITHOUT = Text.of(
    "worker {worker} cannot simulate ({why}): install this version of campaign-workflow there, and start it anew",
    "工作进程 {worker} 无法推演（{why}）：请在该处安装相同版本的 campaign-workflow 并重新启动",
)


def _version() -> str:
    """What has to be the same wherever one simulation is computed."""
    try:
        number = metadata.version("campaign-workflow")
    except metadata.PackageNotFoundError:
        number = "-"
    return f"{number}, kernel {jit.sources()}"


_HERE = _version()  # of the files as they were loaded: a worker may run for months, and they may change


def version() -> str:
    """Which kernel this process has loaded."""
    return _HERE


@define(eq=False)
class Sent:
    """A network on its way; each process that it comes to makes one kernel of it. `compiled` None: where numba is installed."""

    network: Network
    seed: int
    compiled: bool | None
    _kernel: Kernel | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def __reduce__(self) -> tuple[type[Sent], tuple[Network, int, bool | None]]:
        return Sent, (self.network, self.seed, self.compiled)

    def ready(self) -> Kernel:
        with self._lock:
            if self._kernel is None:
                self._kernel = kernel(self.network, compiled=self.compiled)
            return self._kernel


def piece_there(sent: Sent, wanted: str, numbers: range) -> list[Run]:
    """A piece of work on a worker. Raises `Misuse` on one that came later than the first look at all of them and is another."""
    if version() != wanted:
        worker = import_module("distributed").get_worker().address
        raise Misuse(_OTHER.filled(worker=worker, there=version(), here=wanted), "worker")
    return piece(sent.ready(), sent.seed, numbers)


def replicate_there(network: Network, *, seed: int, replications: int, scheduler: str, compiled: bool | None) -> Generator[Run, None, None]:
    """Replications 0, 1, ... in order. Raises `Misuse` where there is no Dask, no scheduler, or no worker like us; `Astray`."""
    if find_spec("distributed") is None:
        raise Misuse(_MISSING)
    if not _ADDRESS.fullmatch(scheduler):
        raise Misuse(_NO_ADDRESS.filled(said=scheduler), "scheduler")
    dask = import_module("distributed")
    with _quiet(), _client(scheduler) as client:
        there = _There(dask, client, scheduler, Sent(network, seed, compiled))
        try:
            workers = there.send()
            yield from there.in_order(parts(replications, workers), AHEAD * workers)
        except (OSError, dask.CancelledError):  # of the connection, wherever it breaks
            raise Misuse(_GONE.filled(address=scheduler), "scheduler") from None


class _LostError(Exception):
    """What was sent is nowhere any more."""


@define
class _There:
    """The workers of a scheduler, and a network that was sent to them."""

    dask: Any
    client: Any
    address: str
    what: Sent
    sent: Any = None

    def send(self) -> int:
        """The network to all workers, once it is certain that they are like us. How many pieces they do at once."""
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE)
            self._check()
            self.sent = self.client.scatter(self.what, broadcast=True, hash=False)
        except TimeoutError:
            raise self._fault(_NO_WORKERS) from None
        threads: dict[str, int] = self.client.nthreads()
        return max(1, sum(threads.values()))

    def in_order(self, todo: Iterator[range], ahead: int) -> Iterator[Run]:
        """No more pieces under way than needed: results of big networks fill the memory."""
        waiting = deque((part, self._submit(part)) for part in islice(todo, ahead))
        tries = 0
        while waiting:
            try:
                runs = self._result(waiting[0][1])
            except _LostError:
                tries += 1
                if tries > _TRIES:
                    raise self._fault(_LOST) from None
                self.send()
                waiting = deque((part, self._submit(part)) for part, _ in waiting)
                continue
            tries = 0
            waiting.popleft()
            yield from runs
            waiting.extend((part, self._submit(part)) for part in islice(todo, 1))

    def _submit(self, part: range) -> Any:
        return self.client.submit(piece_there, self.sent, version(), part, pure=False)

    def _result(self, future: Any) -> list[Run]:
        while True:
            try:
                runs: list[Run] = future.result(timeout=_GLANCE)
                return runs
            except TimeoutError:
                self._look()
            except self.dask.CancelledError:
                self._look()
                raise _LostError from None
            except self.dask.KilledWorker:
                raise self._fault(_LOST) from None
            except Misuse:
                raise
            except Exception:
                self._look()
                self._check()  # of one that came later than the first look at all of them
                raise

    def _look(self) -> None:
        if self.client.status != "running":
            raise self._fault(_GONE) from None
        if self.sent.status in ("lost", "cancelled"):
            raise _LostError from None

    def _check(self) -> None:
        """Whether all workers are like us."""
        for worker, there in sorted(self.client.run(version, on_error="return").items()):
            if isinstance(there, OSError):
                continue  # it is gone, and the scheduler is about to notice
            if isinstance(there, Exception):
                raise self._fault(_WITHOUT, worker=worker, why=str(there))
            if there != version():
                raise self._fault(_OTHER, worker=worker, there=there, here=version())

    def _fault(self, text: Text, **values: str) -> Misuse:
        return Misuse(text.filled(address=self.address, **values), "scheduler")


@contextmanager
def _client(address: str) -> Iterator[Any]:
    dask = import_module("distributed")
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False, asynchronous=False)
    except (OSError, ValueError):
        raise Misuse(_NOBODY.filled(address=address), "scheduler") from None
    try:
        yield client
    finally:
        with suppress(TimeoutError):
            client.close(timeout=_PATIENCE)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs what went wrong to standard error; here it is said once, as an error of ours."""
    import_module("distributed")  # it sets the levels itself when it is loaded
    before = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)

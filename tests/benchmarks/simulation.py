"""A district simulated: the kernel compiled, the same in plain Python, and SimPy; one network, the same draws, the same finishing times."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter

from tests.benchmarks.by_simpy import Program
from tests.benchmarks.measure import Bench, Side
from workflow.simulation.kernel import END, Kernel, Network, Node, Server, Traveller, Way, kernel, replicate
from workflow.simulation.kernel.draws import Draws
from workflow.simulation.plan.model import Distribution

SEED, STAGES, GROUP = 2005, 3, 15
DISTRICT, PROVINCE, NATION = 782, 100_000, 680_000
REPLICATIONS, OF_SIMPY, CORES = 1000, 10, 4
FEW = 20_000  # units whose memory is traced: tracing is slow


def benches(where: Path) -> Iterator[Bench]:
    del where  # nothing is written
    yield from _one_run(DISTRICT, rounds=15, aim=60)
    yield _many_runs()
    yield from _one_run(PROVINCE, rounds=1, aim=100)
    yield _growth()
    yield _memory()


def _one_run(units: int, rounds: int, aim: float) -> Iterator[Bench]:
    """SimPy is given its draws beforehand, the kernels make theirs; SimPy tells when each unit finishes, the kernels the rest as well."""
    program = Program(district(units))
    draws = program.draws(SEED, 0)
    compiled, plain = ready(units, compiled=True).run(SEED, 0), ready(units, compiled=False)
    if list(compiled.finished) != program.run(draws) or not compiled.same(plain.run(SEED, 0)):
        raise RuntimeError("they do not all finish at the same times")
    stays = sum(compiled.stays)
    simpy = Side("SimPy", lambda: _per_second(stays, lambda: program.run(draws)), aim=aim)
    times = max(1, 20_000 // units)  # one run is too short to be timed by itself
    numba = Side(
        "kernel, numba", lambda: _per_second(times * stays, lambda: [ready(units, compiled=True).run(SEED, 0) for _ in range(times)])
    )
    python = Side("kernel, plain Python", lambda: _per_second(stays, lambda: plain.run(SEED, 0)))
    title = f"One run of {units:,} units through {STAGES} stages on one core: {stays:,} stays, {compiled.events:,} events of the kernel"
    yield Bench(title=title, unit="stays/s", ours=numba, others=(python, simpy), rounds=rounds, warm_up=False)
    given = Side("SimPy", simpy.measure, aim=5)
    yield Bench(
        title=f"The same without numba, {units:,} units", unit="stays/s", ours=python, others=(given,), rounds=rounds, warm_up=False
    )


def _many_runs() -> Bench:
    program = Program(district(DISTRICT))
    prepared: list[Draws] = [program.draws(SEED, replication) for replication in range(OF_SIMPY)]

    def ours(workers: int) -> float:
        runs = replicate(district(DISTRICT), seed=SEED, replications=REPLICATIONS, workers=workers)
        return _per_second(REPLICATIONS, lambda: [max(run.finished) for run in runs])

    return Bench(
        title=f"{REPLICATIONS:,} replications of {DISTRICT} units ({OF_SIMPY} of them in SimPy)",
        unit="replications/s",
        ours=Side(f"kernel, numba, {CORES} threads", lambda: ours(CORES)),
        others=(
            Side("kernel, numba, one thread", lambda: ours(1)),
            Side("SimPy, one process", lambda: _per_second(OF_SIMPY, lambda: [program.run(draws) for draws in prepared]), aim=200),
        ),
        rounds=5,
        warm_up=False,
    )


def _growth() -> Bench:
    def side(units: int) -> Side:
        times = max(1, 20_000 // units)
        return Side(
            f"{units:,} units",
            lambda: 1e6 / _per_second(times * units, lambda: [ready(units, compiled=True).run(SEED, 0) for _ in range(times)]),
        )

    return Bench(
        title="How the time of one run grows (kernel with numba, one core)",
        unit="us a unit",
        ours=side(NATION),
        others=tuple(side(units) for units in (1000, 10_000, PROVINCE)),
        rounds=3,
        more_is_better=False,
    )


def _memory() -> Bench:
    network = district(FEW)
    program = Program(network)
    draws = program.draws(SEED, 0)
    compiled, plain = kernel(network, compiled=True), kernel(network, compiled=False)
    return Bench(
        title=f"Memory of a unit at the height of a run, beside the network itself ({FEW:,} units)",
        unit="B",
        ours=Side("kernel, numba", lambda: _bytes(lambda: compiled.run(SEED, 0)) / FEW),
        others=(
            Side("kernel, plain Python", lambda: _bytes(lambda: plain.run(SEED, 0)) / FEW),
            Side("SimPy", lambda: _bytes(lambda: program.run(draws)) / FEW),
        ),
        rounds=1,
        more_is_better=False,
    )


@cache
def district(units: int) -> Network:
    """In each stage: work, a look back by one's group, an inspection by the office with make-ups and extensions; weekends are closed."""
    nodes: list[Node] = []
    for base in range(0, 4 * STAGES, 4):
        then = END if base == 4 * (STAGES - 1) else base + 4
        ways = (
            Way(to=then, shares=(0.82, 0.90)),
            Way(to=base + 3, shares=(0.13, 0.08), fails=True),
            Way(to=base, shares=(0.05, 0.02), fails=True),
        )
        causes = ((0, 0.5), (1, 0.3), (2, 0.2))
        stage = base // 4
        nodes += [
            Node(takes=_triangle(32, 45, 60), ways=(Way(to=base + 1),), stage=stage),
            Node(takes=_triangle(1, 2, 5), unit="working_days", server=1, each_group=True, ways=(Way(to=base + 2),), stage=stage),
            Node(takes=_triangle(0.5, 1, 1.5), unit="working_days", server=0, ways=ways, causes=causes, stage=stage),
            Node(takes=_triangle(5, 9, 18), ways=(Way(to=base + 1),), stage=stage),
        ]
    groups = max(1, units // GROUP)
    return Network(
        nodes=nodes,
        servers=[Server(places=max(1, units * 8 // 148)), *(Server(places=3) for _ in range(groups))],
        units=[Traveller(node=0, start=15.0 * (index * 7919 % units) / units, group=index % groups) for index in range(units)],
        stages=STAGES,
        causes=3,
        open_days=[day % 7 < 5 for day in range(730)],
        weeks=[day // 7 for day in range(730)],
    )


def _triangle(low: float, mode: float, high: float) -> Distribution:
    return Distribution("triangular", (low, mode, high))


@cache
def ready(units: int, *, compiled: bool) -> Kernel:
    return kernel(district(units), compiled=compiled)


def _per_second(count: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return count / (perf_counter() - began)


def _bytes(work: Callable[[], object]) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

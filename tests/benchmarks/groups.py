"""256 callers at once on one file, each acknowledged after its commit: ours in groups against one by one, and against SQL in groups."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from attrs import frozen

from tests.benchmarks.by_hand import HandMover
from tests.benchmarks.by_peewee import PeeweeMover
from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.moves import PILOT, OurMover, check_same_rows, piloted, prepared
from tests.benchmarks.process import MOVES, PEOPLE, Mover, branches, fresh
from workflow.engine.campaign import Campaign
from workflow.hosting import AsyncCampaign

CALLERS = 256


@frozen
class Served:
    """What 256 callers got: moves a second, and for each move the seconds from asking to knowing."""

    path: Path
    rate: float
    waits: list[float]

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return quantiles(self.waits, n=100)[98] * 1000


class GroupMover(HandMover):
    """All who wait in one transaction."""

    def round(self, move: str) -> Iterator[bool]:
        return iter(self.moves([(branch, move, PEOPLE[move][0]) for branch in branches(CALLERS)]))


def benches(where: Path) -> list[Bench]:
    start = prepared(where, CALLERS)
    given = (where, start, piloted(where, start), PILOT)
    sides: dict[str, Callable[[], Served]] = {
        "AsyncCampaign, 256 callers": lambda: asyncio.run(in_groups(where, start)),
        "peewee models, one by one": lambda: in_line(partial(PeeweeMover, *given)),
        "campaign.move, one by one": lambda: in_line(partial(OurMover, where, start)),
        "sqlite3 by hand, same rows, in groups": lambda: in_line(partial(GroupMover, *given)),
    }
    ours, *others = [serve() for serve in sides.values()]
    for other in others:
        check_same_rows(ours.path, other.path)
    return [
        bench(f"Durable gated moves asked for by {CALLERS} callers at once", "moves/s", sides, lambda served: served.rate, True),
        bench("The same: from asking to knowing, 99 of 100", "ms", sides, lambda served: served.p99, False),
    ]


def bench(title: str, unit: str, sides: dict[str, Callable[[], Served]], figure: Callable[[Served], float], more_is_better: bool) -> Bench:
    def side(name: str) -> Side:
        return Side(name, lambda: figure(sides[name]()), aim=20 if more_is_better and name.startswith("peewee") else None)

    ours, *others = map(side, sides)
    return Bench(title=title, unit=unit, ours=ours, others=tuple(others), rounds=5, more_is_better=more_is_better)


async def in_groups(where: Path, start: Path) -> Served:
    """Each caller moves its branch, and when it knows that it did, moves it again."""
    path = fresh(where)
    waits: list[float] = []
    shutil.copy(start, path)

    async def caller(branch: str) -> None:
        for move in MOVES:
            asked = perf_counter()
            if not await host.move(branch, move, by=PEOPLE[move][0]):
                raise RuntimeError(f"{branch} was refused {move}")
            waits.append(perf_counter() - asked)

    async with AsyncCampaign(path) as host:
        began = perf_counter()
        await asyncio.gather(*(caller(branch) for branch in branches(CALLERS)))
        taken = perf_counter() - began
    return served(path, taken, waits)


def in_line(make: Callable[[], OurMover | PeeweeMover | HandMover]) -> Served:
    """The callers ask at once and are served one after the other, or as the mover has it; then they ask again."""
    mover = make()
    waits: list[float] = []
    began = perf_counter()
    for move in MOVES:
        asked = perf_counter()
        for made in one_by_one(mover, move) if not isinstance(mover, GroupMover) else mover.round(move):
            if not made:
                raise RuntimeError(f"{type(mover).__name__} was refused {move}")
            waits.append(perf_counter() - asked)
    taken = perf_counter() - began
    mover.close()
    return served(mover.path, taken, waits)


def one_by_one(mover: Mover, move: str) -> Iterator[bool]:
    return (mover.move(branch, move, PEOPLE[move][0]) for branch in branches(CALLERS))


def served(path: Path, taken: float, waits: list[float]) -> Served:
    with Campaign.open(path) as campaign:
        finished = campaign.store.row("SELECT count(*) FROM workflow_branch WHERE state = 'finished'")
    if finished != (CALLERS,) or len(waits) != CALLERS * len(MOVES):
        raise RuntimeError(f"{path}: {len(waits)} moves were made and {finished} branches finished")
    return Served(path, len(waits) / taken, waits)

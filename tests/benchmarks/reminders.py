"""What is due among 100,000 branches: working it out, ticking, and that a tick costs what is due and not what exists."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter

from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.process import fresh
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.reminders import tick
from workflow.reminders.due_table import catch_up

DEFINITION = Path(__file__).with_name("reminders.yaml")
FEW, MANY = 1_000, 100_000
GROUP = 20  # branches; each group has one person, who has one letter a day
DUE = {0: "2005-01-17", 10: "2005-02-01", 1_000: "2005-03-01", 10_000: "2005-04-01", MANY: "2005-06-01"}  # how many on which day

_FORGET = "UPDATE workflow_due_seen SET event = 0", "DELETE FROM workflow_due", "DELETE FROM workflow_due_look"
_ROWS = "SELECT COUNT(*) FROM workflow_due"
_SCAN = "SELECT * FROM workflow_due"


def benches(where: Path) -> list[Bench]:
    return [
        everything(where),
        *(following(where, due) for due in DUE if due < MANY),
        Bench(
            title="catch_up after one report",
            unit="ms",
            ours=Side(f"{MANY:,} branches", lambda: one_changed(where, MANY)),
            others=(Side(f"{FEW:,} branches", lambda: one_changed(where, FEW), aim=0.5),),
            rounds=5,
            more_is_better=False,
        ),
    ]


def everything(where: Path) -> Bench:
    """All of it, in due rows a second: the table worked out from nothing, and read."""
    campaign = opened(where, MANY, "2005-01-17")
    rows = int((campaign.store.row(_ROWS) or (0,))[0])
    return Bench(
        title=f"{rows:,} due rows of {MANY:,} branches",
        unit="rows/s",
        ours=Side("catch_up, nothing known", lambda: rows / from_nothing(campaign)),
        others=(
            Side("campaign.dues", lambda: rows / seconds(campaign.dues)),
            Side(f"a tick, {MANY:,} due, {MANY // GROUP:,} letters", lambda: MANY / ticked(where, MANY, MANY)),
            Side("one SQL scan of the table", lambda: rows / seconds(lambda: campaign.store.rows(_SCAN))),
        ),
        rounds=3,
        warm_up=False,
    )


def following(where: Path, due: int) -> Bench:
    """So many due among 100,000 branches, and the same among as few as there can be."""
    few = max(due, FEW)
    return Bench(
        title=f"A tick with {due:,} due, {due // GROUP + bool(due % GROUP):,} letters",
        unit="ms",
        ours=Side(f"{MANY:,} branches", lambda: ticked(where, MANY, due) * 1000),
        others=(Side(f"{few:,} branches", lambda: ticked(where, few, due) * 1000, aim=0.5),),
        rounds=3,
        more_is_better=False,
    )


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def from_nothing(campaign: Campaign) -> float:
    """Seconds of looking at all branches, as whoever looks first."""
    with campaign.store.write():
        for statement in _FORGET:
            campaign.store.execute(statement)
    began = perf_counter()
    looked_at = catch_up(campaign)
    taken = perf_counter() - began
    if looked_at != MANY:
        raise RuntimeError(f"{looked_at:,} branches were looked at")
    return taken


def ticked(where: Path, branches: int, due: int) -> float:
    """Seconds of a tick on the day on which so many are due; all else was said before, and nothing was entered since."""
    with opened(where, branches, DUE[due]) as campaign:
        catch_up(campaign)
        began = perf_counter()
        found = tick(campaign)
        taken = perf_counter() - began
    if (found.looked_at, found.announced, found.digests) != (0, due, -(-due // GROUP)):
        raise RuntimeError(f"{branches:,} branches, {due:,} due: {found}")
    return taken


def one_changed(where: Path, branches: int) -> float:
    """Milliseconds of looking what has changed, when one branch has."""
    with opened(where, branches, DUE[0]) as campaign:
        campaign.record("b7", "report", by="p0", fields={"good": True})
        began = perf_counter()
        looked_at = catch_up(campaign)
        taken = perf_counter() - began
    if looked_at != 1:
        raise RuntimeError(f"{looked_at} branches were looked at")
    return taken * 1000


def opened(where: Path, branches: int, day: str) -> Campaign:
    """A copy of the campaign at nine in the morning, of whatever was due before that day already said."""
    path = fresh(where)
    shutil.copy(told(where, branches, day), path)
    with path.open("rb") as copy:  # or the first commit would have to wait for the copy
        os.fsync(copy.fileno())
    return Campaign.open(path, clock=VirtualClock(nine(day)))


def nine(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+00:00")


@cache
def told(where: Path, branches: int, day: str) -> Path:
    earlier = [other for other in DUE.values() if other < day]
    if not earlier:
        return made(where, branches)
    path = fresh(where)
    shutil.copy(told(where, branches, earlier[-1]), path)
    with Campaign.open(path, clock=VirtualClock(nine(earlier[-1]))) as campaign:
        tick(campaign)
    return path


@cache
def made(where: Path, branches: int) -> Path:
    """A campaign whose due table is worked out, by the roster's import and one look."""
    path = fresh(where)
    with Campaign.create(path, DEFINITION, clock=VirtualClock(datetime(2005, 1, 3, 9, tzinfo=UTC)), rehearsal=True) as campaign:
        rows = [{"branch": f"b{n}", "title": f"Branch {n}", "group": f"g{n // GROUP}", "batch": batch(n)} for n in range(branches)]
        people = [{"person": f"p{n}", "name": f"Person {n}", "group": f"g{n}", "roles": "group"} for n in range(-(-branches // GROUP))]
        campaign.import_roster([*rows, *people])
        catch_up(campaign)
    return path


def batch(number: int) -> str:
    return next((str(size) for size in (10, 1_000, 10_000) if number < size), "later")

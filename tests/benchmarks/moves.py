"""One durable gated move: ours against SQL by hand, python-statemachine and SpiffWorkflow; every commit survives a power cut."""

from __future__ import annotations

import shutil
import sqlite3
from functools import partial
from pathlib import Path

from tests.benchmarks.by_hand import HandMover
from tests.benchmarks.by_spiff import SpiffMover
from tests.benchmarks.by_statemachine import StateMachineMover
from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.process import BRANCHES, LEAST_PAGES, MOVES, PEOPLE, branches, fresh, rate
from workflow.engine.campaign import Campaign
from workflow.ledger import verify_chain

DEFINITION = Path(__file__).with_name("three-stages.yaml")
PILOT = branches()[0]

# What must be the same after ours and after the hand-written one: everything but instants, hashes and where events lie.
_ALIKE = (
    "SELECT id, title, batch, grp, parent, fields, state, attempt, number, extended, closed, done FROM workflow_branch ORDER BY id",
    "SELECT branch, ordinal, stage, number, ended IS NULL, outcome FROM workflow_attempt ORDER BY branch, ordinal",
    'SELECT stream, seq, actor, role, kind, subject, length(payload), "key" FROM workflow_event ORDER BY stream, seq',
)


class OurMover:
    """A campaign opened on a copy of `start`."""

    def __init__(self, where: Path, start: Path) -> None:
        self.path = fresh(where)
        shutil.copy(start, self.path)
        self.campaign = Campaign.open(self.path)

    def move(self, branch: str, move: str, person: str) -> bool:
        return ours(self.campaign, branch, move, person)

    def finished(self) -> int:
        row = self.campaign.store.row("SELECT count(*) FROM workflow_branch WHERE state = 'finished'")
        return 0 if row is None else int(row[0])

    def close(self) -> None:
        self.campaign.close()


def ours(campaign: Campaign, branch: str, move: str, person: str) -> bool:
    """One durable gated move, as an embedder makes it."""
    return campaign.move(branch, move, by=person).allowed


def benches(where: Path) -> list[Bench]:
    start = prepared(where)
    payloads = piloted(where, start)
    make_ours, make_by_hand = partial(OurMover, where, start), partial(HandMover, where, start, payloads, PILOT)
    check_alike(make_ours(), make_by_hand())
    return [
        Bench(
            title="One durable gated move, three stages of two moves",
            unit="moves/s",
            ours=Side("campaign.move", lambda: rate(make_ours)),
            others=(
                Side("sqlite3 by hand, same rows", lambda: rate(make_by_hand), aim=0.6),
                Side("python-statemachine + sqlite3", lambda: rate(partial(StateMachineMover, where)), aim=10),
                Side("SpiffWorkflow, JSON in SQLite", lambda: rate(partial(SpiffMover, where)), aim=30),
            ),
        )
    ]


def prepared(where: Path, count: int = BRANCHES) -> Path:
    """A campaign with so many branches at the beginning, their minutes filed."""
    path = fresh(where)
    (li, secretary), (wang, office) = PEOPLE["apply"], PEOPLE["approve"]
    rows = [{"branch": branch, "person": li, "roles": secretary} for branch in branches(count)]
    with Campaign.create(path, DEFINITION) as campaign:
        campaign.import_roster([*rows, {"person": wang, "roles": office}])
        for branch in branches(count):
            campaign.record(branch, "minutes", by=li, fields={"pages": LEAST_PAGES})
    return path


def piloted(where: Path, start: Path) -> dict[tuple[str, str], str]:
    """What ours writes for one branch, by state and move, so that the hand-written one writes just as many bytes."""
    mover, payloads = OurMover(where, start), {}
    for move in MOVES:
        store = mover.campaign.store
        (state,) = store.rows("SELECT state FROM workflow_branch WHERE id = ?", (PILOT,))[0]
        mover.move(PILOT, move, PEOPLE[move][0])
        (payloads[state, move],) = store.rows("SELECT payload FROM workflow_event ORDER BY id DESC LIMIT 1")[0]
    mover.close()
    return payloads


def check_alike(mine: OurMover, by_hand: HandMover) -> None:
    """Raises `RuntimeError` unless both write the same rows, and a chain that holds."""
    rate(lambda: mine)
    rate(lambda: by_hand)
    check_same_rows(mine.path, by_hand.path)


def check_same_rows(ours: Path, theirs: Path) -> None:
    """Raises `RuntimeError` unless two databases say the same, and the chain of the second holds."""
    for sql in _ALIKE:
        first, second = (sqlite3.connect(path).execute(sql).fetchall() for path in (ours, theirs))
        if first != second:
            raise RuntimeError(f"not the same rows: {next((a, b) for a, b in zip(first, second, strict=True) if a != b)}")
    with Campaign.open(theirs) as campaign:
        if verify_chain(campaign.store):
            raise RuntimeError("the hand-written chain does not hold")

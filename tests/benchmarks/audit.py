"""Proof over a ledger of a million events: against reading and hashing the same bytes, and against the same check through models."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.process import durable, fresh
from tests.benchmarks.verdicts import district
from workflow import audit
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.ledger import branch_stream, digest, verify_chain
from workflow.store.tables import Event

DEFINITION = Path(__file__).with_name("district.yaml")
EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))  # a smaller ledger for a quick look
BRANCHES = 1000


def benches(where: Path) -> list[Bench]:
    path = ledger(where)
    campaign = Campaign.open(path)
    found = audit.verify(campaign.store)
    if not found.clean or found.events < EVENTS:
        raise RuntimeError(f"the ledger is not whole: {found}")
    return [
        Bench(
            title=f"The chain of {found.events:,} events",
            unit="s",
            ours=Side("verify_chain", lambda: seconds(lambda: verify_chain(campaign.store))),
            others=(
                Side("read and hash the same bytes", lambda: seconds(lambda: plainly(path)), aim=0.25),
                Side("audit.verify, replay and all", lambda: seconds(lambda: audit.verify(campaign.store))),
                Side("audit.rebuild", lambda: seconds(lambda: audit.rebuild(campaign.store))),
                Side("the chain through peewee models", lambda: seconds(lambda: through_models(campaign)), aim=10),
            ),
            rounds=1,
            more_is_better=False,
            warm_up=False,
        ),
        questions(where),
    ]


def questions(where: Path) -> Bench:
    """What an auditor asks of a district, each with the number of statements it takes."""
    campaign = Campaign.open(district(where))
    branch = campaign.branches()[0][0]
    asked: dict[str, Callable[[], object]] = {
        "audit.blocked": lambda: audit.blocked(campaign),
        "campaign.why, one branch": lambda: campaign.why(branch),
        "campaign.board": campaign.board,
    }
    ours, *others = (Side(f"{name}: {statements(campaign, ask)} statements", milliseconds_of(ask)) for name, ask in asked.items())
    return Bench(title="Questions to a district", unit="ms", ours=ours, others=tuple(others), rounds=5, more_is_better=False)


def milliseconds_of(ask: Callable[[], object]) -> Callable[[], float]:
    return lambda: seconds(ask) * 1000


def statements(campaign: Campaign, ask: Callable[[], object]) -> int:
    seen: list[str] = []
    connection = campaign.store.connection()
    connection.set_trace_callback(seen.append)
    ask()
    connection.set_trace_callback(None)
    return len(seen)


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def plainly(path: Path) -> str:
    """Every column of every row, hashed as it comes."""
    connection, whole = durable(path), ""
    for row in connection.execute("SELECT * FROM workflow_event ORDER BY id"):
        whole = sha256(repr(row).encode()).hexdigest()
    connection.close()
    return whole


def through_models(campaign: Campaign) -> int:
    """The same check as one would write it with an ORM: a model for each row, its hash made again, its link followed."""
    heads: dict[str, str] = {}
    with campaign.store.db.bind_ctx([Event]):
        for row in Event.select().order_by(Event.id).iterator():
            columns = (row.recorded_at, row.actor, row.role, row.kind, row.subject, row.payload, row.definition, row.prev, row.key)
            if digest(row.stream, row.seq, *columns) != row.hash or heads.get(row.stream, row.prev) != row.prev:
                raise RuntimeError(f"{row.stream} {row.seq}")
            heads[row.stream] = row.hash
    return len(heads)


def ledger(where: Path) -> Path:
    """A campaign of many papers, entered under one verdict for each branch; ledger and tables alike are written by the engine."""
    path = fresh(where)
    clock = VirtualClock(datetime(2005, 2, 16, 9, tzinfo=UTC))
    with Campaign.create(path, DEFINITION, clock=clock, rehearsal=True) as campaign:
        rows = [{"branch": f"b{n}", "title": f"Branch {n}"} for n in range(BRANCHES)]
        rows += [
            {"branch": f"b{n}", "person": f"m{n}", "name": f"Member {n}", "status": "in_post", "roles": "secretary"}
            for n in range(BRANCHES)
        ]
        campaign.import_roster(rows)
        fill(campaign)
    return path


def fill(campaign: Campaign) -> None:
    desk, moment = campaign._desk, campaign.now
    verdicts = {}
    for n in range(BRANCHES):
        made = campaign.record(f"b{n}", "attendance", by=f"m{n}", fields={"hours": 2, "mode": "home"}, lines=[f"m{n}"])
        assert made.event is not None
        verdicts[n] = next(e for e in campaign.timeline(f"b{n}") if e.seq == made.event.seq)
    with campaign.store.write():
        for number in range(BRANCHES, EVENTS):
            like = verdicts[number % BRANCHES]
            desk.write(branch_stream(like.branch), "record", like.subject, like.payload, like.actor, like.role, moment)

"""The append-only log of all that happened: chained, verifiable, the truth of which the tables are a cache."""

from workflow.ledger.append import append
from workflow.ledger.chain import Break, verify_chain
from workflow.ledger.digest import GENESIS, digest
from workflow.ledger.read import Head, by_key, event, events, events_at, head, last_recorded
from workflow.store.events import CAMPAIGN, Event, branch_of, branch_stream

__all__ = [
    "CAMPAIGN",
    "GENESIS",
    "Break",
    "Event",
    "Head",
    "append",
    "branch_of",
    "branch_stream",
    "by_key",
    "digest",
    "event",
    "events",
    "events_at",
    "head",
    "last_recorded",
    "verify_chain",
]

"""Proof that the ledger is whole, and that the live tables are what it makes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache

from attrs import frozen

from workflow.definition import Definition
from workflow.definition.extensions import NONE, Extensions
from workflow.engine.versions import kept
from workflow.ledger import CAMPAIGN, Break, verify_chain
from workflow.progress import silent
from workflow.store import Store, compare
from workflow.store.replay import Difference

_COUNT = "SELECT COUNT(*), COUNT(DISTINCT stream) FROM workflow_event"
_DOCUMENTS = "SELECT kind, definition, payload FROM workflow_event WHERE stream = ? AND kind IN ('created', 'enacted') ORDER BY seq"


@frozen(kw_only=True)
class Proof:
    """What a check of the whole ledger found. `differences` is None where the tables were not compared: the ledger itself is broken."""

    events: int
    streams: int
    breaks: tuple[Break, ...]
    differences: tuple[Difference, ...] | None

    @property
    def whole(self) -> bool:
        return not self.breaks and self.differences == ()


def verify(store: Store, progress: Callable[[int, int], None] | None = None, extensions: Extensions = NONE) -> Proof:
    """Every hash and link of every stream; then every table against a replay. `progress(done, total)` counts these two parts."""
    tell = progress or silent
    tell(0, 2)
    with store.read():
        events, streams = store.rows(_COUNT)[0]
        breaks = verify_chain(store)
        tell(1, 2)
        differences = None if breaks else compare(store, definitions(store, extensions))
    tell(2, 2)
    return Proof(events=events, streams=streams, breaks=breaks, differences=differences)


def require(store: Store, extensions: Extensions) -> None:
    """Raises `Misuse` (code "extension-missing") where the ledger's definitions call on what is not among the `extensions`."""
    for _, _, payload in store.rows(_DOCUMENTS, (CAMPAIGN,)):
        try:
            document = json.loads(json.loads(payload)["document"])
            named = dict(document.get("extensions") or {})
        except (ValueError, TypeError, LookupError, AttributeError):
            continue  # not what the program writes: the replay says where
        extensions.require({"extensions": named})


def definitions(store: Store, extensions: Extensions = NONE) -> Callable[[str], Definition]:
    """Definitions by hash, as the ledger has them: the table that keeps them is among those compared."""

    @lru_cache
    def found(hashed: str) -> Definition:
        for kind, definition, payload in store.rows(_DOCUMENTS, (CAMPAIGN,)):
            said = json.loads(payload)
            if hashed == (definition if kind == "created" else said["hash"]):
                return kept(said["document"], extensions)
        raise LookupError(hashed)  # an event names no definition the ledger has: verified chains have none such

    return found

"""What other systems are told of an event: ids, codes, days and counts. No name, no text somebody wrote, no field of a record.

A key that is not listed does not go out, so what a later version adds to an event stays inside until somebody decides otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflow.ledger import Event

Said = Mapping[str, Any]


def _ids(rows: Sequence[Said]) -> list[str]:
    return [row["id"] for row in rows]


def _id(row: Said) -> str:
    return str(row["id"])


# The keys of a payload that are told as they stand, by kind of event. These are all kinds there are.
_AS_IT_STANDS: Mapping[str, Sequence[str]] = {
    "created": ("rehearsal",),
    "enacted": ("hash", "starts", "scope", "states"),
    "people": ("grants", "revoked"),
    "batch_closed": ("batch", "finished", "total"),
    "roster": ("batch", "group", "parent", "state"),
    "founded": ("batch", "group", "parent", "state", "from"),
    "moved": ("move", "from", "to", "step", "attempt", "extend"),
    "reassigned": ("batch", "group", "restart"),
    "extended": ("days",),
    "suspended": ("on",),
    "resumed": ("on",),
    "split": ("into", "members"),
    "dissolved": ("how", "into", "cases"),
    "taken_over": ("from",),
    "member_changed": (),
    "joined": ("how", "from"),
    "left": ("member", "how", "to", "cases", "on"),
    "record": ("record", "happened"),
    "withdrawn": ("of", "record", "requirement"),
    "recalled": ("of",),
    "waived": ("requirement", "members", "total", "until"),
    "case_opened": ("case", "kind", "member", "state", "open"),
    "case_moved": ("case", "move", "from", "to", "open"),
    "refused": ("command",),
}
# The keys that are told in part.
_IN_PART: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "people": {"people": _ids},
    "batch_closed": {"stragglers": sorted},
    "roster": {"members": len},
    "taken_over": {"cases": _ids},
    "member_changed": {"member": _id},
    "joined": {"member": _id, "records": len, "cases": _ids},
}
KINDS = tuple(_AS_IT_STANDS)


def exposed(event: Event) -> dict[str, Any]:
    """What may be told of an event by default. Of a kind that is not known here: nothing."""
    said = event.payload
    told = {key: said[key] for key in _AS_IT_STANDS.get(event.kind, ()) if key in said}
    return told | {key: tell(said[key]) for key, tell in _IN_PART.get(event.kind, {}).items() if key in said}


def verdict(plain: Said) -> dict[str, Any]:
    """A verdict as its codes: whether it allowed, and what came of every requirement; `each` with how many of how many met it."""
    return {"allowed": plain["allowed"], "findings": [_finding(each) for each in plain.get("findings", ())]}


def _finding(plain: Said) -> dict[str, Any]:
    found = {"code": plain["code"], "status": plain["status"], "level": plain.get("level", "block")}
    if "each" in plain:
        found |= {"each": plain["each"], "total": plain.get("total", 1), "met": plain.get("met", 0)}
    return found

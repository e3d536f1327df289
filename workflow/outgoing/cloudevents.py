"""Events of the ledger as CloudEvents 1.0: https://github.com/cloudevents/spec, in the JSON format of that specification."""

from __future__ import annotations

from typing import Any

from workflow.ledger import CAMPAIGN, Event, event
from workflow.outgoing.exposed import exposed, verdict
from workflow.store import Store

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE = "org.campaign-workflow."  # and the kind of the event
_DIGITS = 10  # of `sequence`, so that it sorts as text


def source(store: Store) -> str:
    """What tells the events of one campaign from those of any other: the hash its ledger begins with."""
    return f"/campaign/{event(store, CAMPAIGN, 1).hash[:16]}"


def cloud_event(where: str, found: Event, *, whole: bool = False) -> dict[str, Any]:
    """An event of the campaign with the `source` `where`, the same every time: its `id` is the event's hash, `subject` its branch.

    `data` says where it stands in the ledger, who did what in which role under which definition, what came of it (`detail`) and the
    codes of the verdict. With `whole` also the `payload` as the ledger has it: names, reasons and fields of records.
    """
    about = {"subject": found.branch} if found.branch else {}
    return {
        "specversion": "1.0",
        "id": found.hash,
        "source": where,
        "type": TYPE + found.kind,
        **about,
        "time": found.recorded_at,
        "datacontenttype": "application/json",
        "partitionkey": found.stream,
        "sequence": f"{found.seq:0{_DIGITS}}",
        "data": _data(found, whole),
    }


def _data(found: Event, whole: bool) -> dict[str, Any]:
    place = {"stream": found.stream, "seq": found.seq, "prev": found.prev, "definition": found.definition}
    data = {**place, "actor": found.actor, "role": found.role, "about": found.subject, "detail": exposed(found)}
    if "verdict" in found.payload:
        data["verdict"] = verdict(found.payload["verdict"])
    if whole:
        data["payload"] = found.payload
    return data

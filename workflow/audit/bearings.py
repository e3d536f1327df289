"""What every answer about the past carries: its place in the ledger, the version in force, and the documents it names."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from workflow.clock import read_stamp
from workflow.engine.campaign import Campaign
from workflow.engine.versions import Version
from workflow.ledger import CAMPAIGN, Event, events, events_at

_FIRST = "SELECT recorded_at FROM workflow_event WHERE stream = ? AND seq = 1"


@frozen(kw_only=True)
class AsOf:
    """The last event an answer takes into account: its `position` in the whole ledger, its `seq` in its stream, the local `day` it was
    recorded."""

    position: int
    stream: str
    seq: int
    hash: str
    day: str


@frozen(kw_only=True)
class InForce:
    """A version of the rules. `number` counts those of the campaign from 1, `definition` is its hash, `version` what it calls itself,
    `since` the first day it holds."""

    number: int
    definition: str
    version: str | None
    since: str


@frozen(kw_only=True)
class Document:
    """A record as it was entered: event `seq` of `stream`, kind `record`. `happened`, `recorded` and `withdrawn` are local days.

    Of what came with a member's dossier `record` is "joined": its lines are many, and stand in that event.
    """

    stream: str
    seq: int
    record: str
    happened: str
    recorded: str
    by: str
    withdrawn: str | None = None
    withdrawn_by: str | None = None
    reason: str | None = None


def day_of(campaign: Campaign, stamp: str) -> str:
    """The local day of a stamp."""
    return campaign._desk.day(read_stamp(stamp))


def as_of(campaign: Campaign, last: Event) -> AsOf:
    return AsOf(position=last.position, stream=last.stream, seq=last.seq, hash=last.hash, day=day_of(campaign, last.recorded_at))


def in_force(campaign: Campaign, version: Version) -> InForce:
    row = None if version.enactment.starts else campaign.store.row(_FIRST, (CAMPAIGN,))
    return InForce(
        number=version.enactment.number,
        definition=version.definition.hash,
        version=version.definition.version or None,
        since=version.enactment.starts if row is None else day_of(campaign, row[0]),
    )


def version_named(campaign: Campaign, definition: str, day: str) -> InForce:
    """The version of that hash which held on a day: what an event of the day names."""
    versions = campaign._desk.versions
    versions.refresh()
    found = [each for each in versions.all if each.definition.hash == definition]
    return in_force(campaign, next((each for each in reversed(found) if each.enactment.starts <= day), found[0]))


def document(campaign: Campaign, told: Event, withdrawal: Event | None = None) -> Document:
    """What an event entered, and by which event it was taken back."""
    found = Document(
        stream=told.stream,
        seq=told.seq,
        record=told.payload.get("record", told.kind),
        happened=told.payload.get("happened", ""),
        recorded=day_of(campaign, told.recorded_at),
        by=told.actor,
    )
    if withdrawal is None:
        return found
    taken = day_of(campaign, withdrawal.recorded_at)
    return evolve(found, withdrawn=taken, withdrawn_by=withdrawal.actor, reason=withdrawal.payload["reason"])


def documents(campaign: Campaign, stream: str, seqs: list[int]) -> Iterator[Document]:
    """The documents at these events of a stream, with what was withdrawn of them since."""
    if not seqs:
        return
    withdrawals = {each.payload["of"]: each for each in events(campaign.store, stream, kinds=["withdrawn"])}
    for told in events_at(campaign.store, stream, seqs):
        yield document(campaign, told, withdrawals.get(told.seq))

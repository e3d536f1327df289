"""What was entered for a branch: every record with its fields and lines, those withdrawn and those of earlier attempts included."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from attrs import field, frozen

from workflow.audit.bearings import Document, day_of, document
from workflow.engine.campaign import Campaign
from workflow.errors import not_found
from workflow.ledger import Event

Standing = Literal["counts", "frozen", "withdrawn", "left"]
_STANDING: Mapping[int, Standing] = {1: "counts", 0: "frozen", -1: "withdrawn", -2: "left"}

_LIVE = "SELECT seq, live FROM workflow_document WHERE branch = ?"
_CARRIED = """SELECT c.seq, c.line, l.live FROM workflow_carried c
    JOIN workflow_line l ON (l.kind, l.branch, l.member, l.seq, l.line) = (c.kind, c.branch, c.member, c.seq, c.line) WHERE c.branch = ?"""


@frozen(kw_only=True)
class Line:
    """What a record says of one member."""

    member: str
    fields: Mapping[str, Any] = field(hash=False)


@frozen(kw_only=True)
class Entry:
    """One record as it was entered under the version `definition`.

    It `counts`, is `frozen` with an earlier attempt, was `withdrawn`, or has `left` with its member. `came` is the branch it was
    entered in first, of what came with a member's dossier. `after` are the moves of the branch that were made in the meantime, from
    when it happened until it was entered: number of the event, move, state it was made in.
    """

    document: Document
    definition: str
    standing: Standing
    fields: Mapping[str, Any] = field(hash=False)
    lines: tuple[Line, ...] = ()
    came: str | None = None
    after: tuple[tuple[int, str, str], ...] = ()

    @property
    def days(self) -> int:
        """How much later than it happened it was entered."""
        return (date.fromisoformat(self.document.recorded) - date.fromisoformat(self.document.happened)).days


def entries(campaign: Campaign, branch: str | None, kinds: Collection[str] = (), *, late: bool = False) -> list[Entry]:
    """Every record of a branch, or (None) of the campaign as a whole, of some kinds or of all, as they were entered.

    With `late` only those entered after a move that was made later than they happened. Raises `NotFound` for a branch there is not, or
    a kind no version ever had.
    """
    with campaign.store.read():
        told = list(campaign.timeline(branch))
        _require_kinds(campaign, kinds)
        found = list(_entries(campaign, branch, told))
    return [each for each in found if (not kinds or each.document.record in kinds) and (each.after or not late)]


def _require_kinds(campaign: Campaign, kinds: Collection[str]) -> None:
    versions = campaign._desk.versions
    versions.refresh()
    known = {record.id: record.title.say("en") for version in versions.all for record in version.definition.records.values()}
    for kind in kinds:
        if kind in known:
            continue
        raise not_found("there is no record kind", "没有记录种类", kind, known, "record-kind", "records")


def _entries(campaign: Campaign, branch: str | None, told: Sequence[Event]) -> Iterator[Entry]:
    withdrawals = {event.payload["of"]: event for event in told if event.kind == "withdrawn"}
    moves = [event for event in told if event.kind == "moved"]
    live: dict[int, int] = dict(campaign.store.rows(_LIVE, (branch or "",)))
    carried = {(seq, line): standing for seq, line, standing in campaign.store.rows(_CARRIED, (branch or "",))}
    for event in told:
        if event.kind == "record":
            yield _entered(campaign, event, withdrawals.get(event.seq), live[event.seq], moves)
        elif event.kind == "joined":
            for number, record in enumerate(event.payload.get("records", ()), 1):
                yield _came(campaign, event, record, carried[event.seq, number])


def _entered(campaign: Campaign, event: Event, withdrawal: Event | None, live: int, moves: Sequence[Event]) -> Entry:
    said = event.payload
    happened = said["happened"]
    after = (move for move in moves if move.seq < event.seq and happened < day_of(campaign, move.recorded_at))
    return Entry(
        document=document(campaign, event, withdrawal),
        definition=event.definition,
        standing=_STANDING[live],
        fields=said.get("fields", {}),
        lines=tuple(Line(member=line["member"], fields={k: v for k, v in line.items() if k != "member"}) for line in said.get("lines", ())),
        after=tuple((move.seq, move.payload["move"], move.payload["from"]) for move in after),
    )


def _came(campaign: Campaign, event: Event, record: Mapping[str, Any], live: int) -> Entry:
    """A record of a member's dossier: one line, entered elsewhere."""
    found = Document(
        stream=event.stream,
        seq=event.seq,
        record=record["record"],
        happened=record["happened"],
        recorded=day_of(campaign, record["recorded"]),
        by=record["by"],
    )
    line = Line(member=event.payload["member"]["id"], fields=record.get("fields", {}))
    origin = record["of"]["branch"]
    return Entry(document=found, definition=event.definition, standing=_STANDING[live], fields={}, lines=(line,), came=origin)

"""The ledger as process mining sees it: events, and the objects they concern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field, frozen

from workflow.audit.exports.objects import CAMPAIGN, About, Object, Relation, Scalar, declared_in, kind_of_case, scalar
from workflow.audit.exports.reading import Reading
from workflow.audit.exports.tellers import TELLERS
from workflow.definition import Definition
from workflow.ledger import Event
from workflow.verdicts.codec import verdict_of

# Parts of a payload that are told in another way: as relations, or by attributes of their own.
_ELSEWHERE = frozenset(("verdict", "evidence", "campaign_evidence", "digest", "asked", "document", "title", "command"))


@frozen
class Entry:
    """One event of the log."""

    id: str
    type: str
    time: str
    attributes: Mapping[str, Scalar]
    relations: Sequence[Relation]


@define
class Log:
    """A campaign as a log. The `objects`, by id, are complete once all entries have been read."""

    reading: Reading
    objects: dict[str, Object] = field(factory=dict)

    def entries(self) -> Iterator[Entry]:
        """Every event, in the order of the ledger."""
        for event in self.reading.whole():
            about = About(self.objects, event, self.reading.definition(event))
            _tell(about)
            said = attributes(about.definition, event)
            yield Entry(event_id(event), activity(event), event.recorded_at, said, tuple(about.relations))


def _tell(about: About) -> None:
    event = about.event
    about.touch(about.here, "branch" if event.branch else CAMPAIGN)
    if event.branch:
        about.relate(about.here, CAMPAIGN, "part of")
    if event.actor:
        about.touch(f"person:{event.actor}", "actor")
    if event.kind in TELLERS:
        TELLERS[event.kind](about, event.payload)
    for stream, part in ((event.stream, "evidence"), (CAMPAIGN, "campaign_evidence")):
        for seq in event.payload.get(part, ()):
            document = f"document:{stream}#{seq}"
            if document in about.objects:  # what came with a dossier rests on the event it came with
                about.touch(document, "evidence")


# -- what an event is called, and what it says -----------------------------------------------------------------------------


def event_id(event: Event) -> str:
    return f"{event.stream}#{event.seq}"


def activity(event: Event) -> str:
    """The type of an event: `move:MOVE`, `record:KIND`, `case:KIND:MOVE` (or `open`), otherwise the kind it has in the ledger."""
    said = event.payload
    match event.kind:
        case "moved":
            return f"move:{said['move']}"
        case "record":
            return f"record:{said['record']}"
        case "case_opened":
            return f"case:{said['kind']}:open"
        case "case_moved":
            return f"case:{kind_of_case(said['case'])}:{said['move']}"
        case kind:
            return kind


def attributes(definition: Definition, event: Event) -> dict[str, Scalar]:
    """Scalars as they are, lists of words joined, of other lists how long they are; what was entered under the name of its field."""
    found: dict[str, Scalar] = {"seq": event.seq, "role": event.role, "definition": event.definition, "hash": event.hash}
    declared = declared_in(definition, event)
    for name, value in event.payload.items():
        if name in ("fields", "takes"):
            found |= {f"{name}.{each}": scalar(v, declared.get(each)) for each, v in value.items()}
        elif name == "attempt":
            found |= {"attempt": value["number"], "attempt.stage": value["stage"]}
        elif name not in _ELSEWHERE and not isinstance(value, Mapping) and value is not None:
            found[name] = scalar(value)
    if event.kind == "refused":
        verdict = event.payload["verdict"]
        found |= {"subject": event.subject, "command": verdict["command"], "state": verdict["source"], "codes": ";".join(standing(event))}
    return {name: value for name, value in found.items() if value != ""}


def standing(event: Event) -> list[str]:
    """The codes of what stood in the way; of what was not refused none."""
    return [finding.code for finding in verdict_of(event.payload["verdict"]).standing] if event.kind == "refused" else []

"""The objects events are about: what they are, what they were like at what time, and what they are to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from workflow.definition import Definition
from workflow.definition.model import Field
from workflow.ledger import Event

Scalar = str | int | float | bool
Relation = tuple[str, str]  # the id of an object, and what it is to an event or to another object
Said = Mapping[str, Any]

CAMPAIGN = "campaign"


@define
class Object:
    """Somebody or something events are about. `changes` are (time, attribute, value), in order."""

    id: str
    type: str
    changes: list[tuple[str, str, Scalar]] = field(factory=list)
    related: dict[Relation, None] = field(factory=dict)
    _now: dict[str, Scalar] = field(factory=dict)

    def became(self, time: str, **values: Scalar | None) -> None:
        """What an attribute is from now on; what stays as it was is not told again, and nothing is an empty text."""
        for name, value in values.items():
            said = "" if value is None else value
            if self._now.get(name) != said and (said != "" or name in self._now):
                self._now[name] = said
                self.changes.append((time, name, said))


@define
class About:
    """The objects one event concerns, and what it makes of them."""

    objects: dict[str, Object]
    event: Event
    definition: Definition
    relations: dict[Relation, None] = field(factory=dict)

    def touch(self, ident: str, qualifier: str) -> Object:
        self.relations[ident, qualifier] = None
        return self.object(ident)

    def object(self, ident: str) -> Object:
        """The object of an id such as "branch:b1", made when it is first heard of."""
        if ident not in self.objects:
            self.objects[ident] = Object(ident, ident.partition(":")[0])
        return self.objects[ident]

    def became(self, found: Object, **values: Scalar | None) -> None:
        found.became(self.event.recorded_at, **values)

    def relate(self, source: str, target: str, qualifier: str) -> None:
        """One object to another, for good."""
        self.object(target)
        self.object(source).related[target, qualifier] = None

    @property
    def here(self) -> str:
        """The branch, or the campaign as a whole."""
        return f"branch:{self.event.branch}" if self.event.branch else CAMPAIGN

    def persons(self, values: Said) -> None:
        """Whoever was entered in a field for persons."""
        for name, declared in declared_in(self.definition, self.event).items():
            if declared.type == "person" and name in values:
                self.touch(f"person:{values[name]}", name)

    def fields(self, found: Object, values: Said, declared: Mapping[str, Field]) -> None:
        self.became(found, **{f"fields.{name}": scalar(value, declared.get(name)) for name, value in values.items()})

    def case(self, case: str, branch: str = "") -> str:
        return f"case:{branch or self.event.branch}/{case}"


def kind_of_case(case: str) -> str:
    return case.rpartition("-")[0]


def declared_in(definition: Definition, event: Event) -> Mapping[str, Field]:
    """The fields an event's values were entered in."""
    said = event.payload
    match event.kind:
        case "moved":
            edge = definition.edge_of(said["from"], said["move"])
            return edge.move.takes if edge else {}
        case "record":
            return definition.records[said["record"]].fields
        case "case_opened" | "case_moved":
            return definition.cases[kind_of_case(said["case"])].all_fields
        case "roster" | "founded":
            return definition.branch_fields
        case _:
            return {}


def scalar(value: Any, declared: Field | None = None) -> Scalar:
    """A number of a field that may have decimals has them: one attribute has one type."""
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value)) if all(isinstance(each, str) for each in value) else len(value)
    if declared is not None and declared.type == "number" and isinstance(value, int):
        return float(value)
    return value if isinstance(value, (str, int, float, bool)) else str(value)

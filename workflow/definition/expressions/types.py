"""Types of the expression language, and the world of names a definition declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from attrs import evolve, field, frozen

from workflow.definition.terms import CaseKind, Field, Gate, Members, Parameter, RecordKind, Stage

if TYPE_CHECKING:
    from workflow.definition.extensions import HostFunction

Kind = Literal["boolean", "number", "text", "choice", "date", "list", "set", "entity", "error"]

ANY_UNIT = "*"  # literals and counts: they take the unit of what they are compared with


@frozen
class Type:
    """`unit` belongs to numbers, `options` to choices, `item` to lists and sets, `entity` to campaign, branch, member, record:K, case:K,
    step. A text has `options` too where it is known to be one of them: those of a text written out are that text alone."""

    kind: Kind
    unit: str | None = None
    options: frozenset[str] = frozenset()
    item: Type | None = None
    entity: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "number":
                return f"number ({self.unit})" if self.unit and self.unit != ANY_UNIT else "number"
            case "choice":
                return "one of " + ", ".join(sorted(self.options))
            case "list" | "set":
                return f"{self.kind} of {self.item}"
            case "entity":
                return self.entity.partition(":")[2] or self.entity
            case other:
                return other

    @property
    def zh(self) -> str:
        """The same in Chinese; what an expression calls by name keeps its name."""
        match self.kind:
            case "number":
                return f"数字（{self.unit}）" if self.unit and self.unit != ANY_UNIT else "数字"
            case "choice":
                return f"选项（{'、'.join(sorted(self.options))}）"
            case "list" | "set":
                return f"{self.item.zh if self.item else ''}{_ZH[self.kind]}"
            case "entity":
                return str(self)
            case other:
                return _ZH.get(other, other)


_ZH = {
    "text": "文本",
    "boolean": "是/否",
    "date": "日期",
    "list": "列表",
    "set": "集合",
}
ERROR = Type("error")
BOOLEAN = Type("boolean")
TEXT = Type("text")
DATE = Type("date")
NUMBER = Type("number")
COUNT = Type("number", unit=ANY_UNIT)
DAYS = Type("number", unit="d")


def entity(name: str) -> Type:
    return Type("entity", entity=name)


def list_of(item: Type) -> Type:
    return Type("list", item=item)


def set_of(item: Type) -> Type:
    return Type("set", item=item)


def choice(options: Mapping[str, object]) -> Type:
    return Type("choice", options=frozenset(options))


def written(*texts: str) -> Type:
    """A text that is one of these."""
    return Type("text", options=frozenset(texts))


def of_field(declared: Field) -> Type:
    match declared.type:
        case "number" | "integer":
            return Type("number", unit=declared.unit)
        case "boolean":
            return BOOLEAN
        case "date":
            return DATE
        case "choice":
            one = choice(declared.options)
            return set_of(one) if declared.many else one
        case "text" | "person":
            return TEXT
        case _:  # a type nobody knows, which was reported: nothing more is said of it
            return ERROR


def of_parameter(parameter: Parameter) -> Type:
    def scalar(value: object) -> Type:
        if isinstance(value, bool):
            return BOOLEAN
        if isinstance(value, (int, float)):
            return Type("number", unit=parameter.unit)
        return written(value) if isinstance(value, str) else DATE

    if isinstance(parameter.value, tuple):
        texts = [value for value in parameter.value if isinstance(value, str)]
        return list_of(written(*texts) if len(texts) == len(parameter.value) else scalar(parameter.value[0]))
    return scalar(parameter.value)


@frozen
class Attribute:
    """One attribute of an entity: its type, how it is read, and whether it may be missing."""

    type: Type
    how: Literal["attribute", "field", "flag", "records", "cases", "members", "member", "children", "steps"]
    optional: bool = False
    field: Field | None = None


@frozen(kw_only=True)
class World:
    """Everything an expression may name: parameters, for each entity its attributes, and the functions of a host."""

    parameters: Mapping[str, Parameter] = field(factory=dict)
    branch_fields: Mapping[str, Field] = field(factory=dict)
    members: Members | None = None
    records: Mapping[str, RecordKind] = field(factory=dict)
    cases: Mapping[str, CaseKind] = field(factory=dict)
    stages: Mapping[str, Stage] = field(factory=dict)
    gates: Mapping[str, Gate] = field(factory=dict)
    functions: Mapping[str, HostFunction] = field(factory=dict)
    push: bool = True  # let the store compute simple aggregates; off only to test that it makes no difference
    entities: dict[str, dict[str, Attribute]] = field(init=False)
    names: dict[str, Any] = field(factory=dict, init=False)  # compiled parameters, shared by all expressions

    def __attrs_post_init__(self) -> None:
        found = {"campaign": self._owned("campaign"), "branch": self._branch(), "step": self._step()}
        if self.members is not None:
            found["member"] = self._member(self.members)
        for record in self.records.values():
            found[f"record:{record.id}"] = _record(record)
        for case in self.cases.values():
            found[f"case:{case.id}"] = _case(case)
            if case.of == "member" and self.members is not None:
                found[f"case:{case.id}"]["member"] = Attribute(entity("member"), "member")
        self.entities.update(found)

    @entities.default
    def _no_entities(self) -> dict[str, dict[str, Attribute]]:
        return {}

    def _branch(self) -> dict[str, Attribute]:
        phases = {phase: 1 for gate in self.gates.values() for phase in gate.phases}
        found = {name: Attribute(TEXT, "attribute", optional=name not in ("id", "title")) for name in ("id", "title", "batch", "group")}
        found |= {
            "stage": Attribute(choice({**dict.fromkeys(self.stages), "finished": None}), "attribute"),
            "phase": Attribute(choice({**phases, "finished": 1}), "attribute"),
            "attempt": Attribute(COUNT, "attribute"),
            "entered": Attribute(DATE, "attribute"),
            "since": Attribute(DATE, "attribute"),
            "planned_end": Attribute(DATE, "attribute", optional=True),
            "paused": Attribute(DAYS, "attribute"),
            "steps": Attribute(list_of(entity("step")), "steps"),
            "children": Attribute(list_of(entity("branch")), "children"),
        }
        if self.members is not None:
            found["members"] = Attribute(list_of(entity("member")), "members")
        return found | _fields(self.branch_fields) | self._owned("branch")

    def _member(self, members: Members) -> dict[str, Attribute]:
        found = {
            "id": Attribute(TEXT, "attribute"),
            "name": Attribute(TEXT, "attribute"),
            "status": Attribute(choice(members.status), "attribute"),
        }
        found |= {flag: Attribute(BOOLEAN, "flag") for flag in members.flags}
        return found | _fields(members.fields) | self._owned("member")

    def _owned(self, owner: str) -> dict[str, Attribute]:
        found = {r.id: Attribute(list_of(entity(f"record:{r.id}")), "records") for r in self.records.values() if r.of == owner}
        return found | {c.id: Attribute(list_of(entity(f"case:{c.id}")), "cases") for c in self.cases.values() if c.of == owner}

    def _step(self) -> dict[str, Attribute]:
        steps = {step: 1 for stage in self.stages.values() for step in stage.steps}
        return {"id": Attribute(choice(steps), "attribute"), "closed": Attribute(BOOLEAN, "attribute")}


def _fields(fields: Mapping[str, Field], *, optional: bool = False) -> dict[str, Attribute]:
    return {f.id: Attribute(of_field(f), "field", optional=optional or f.optional, field=f) for f in fields.values()}


def _record(kind: RecordKind) -> dict[str, Attribute]:
    return _fields(kind.fields) | {
        "happened": Attribute(DATE, "attribute"),
        "recorded": Attribute(DATE, "attribute"),
        "recorded_by": Attribute(TEXT, "attribute"),
    }


def _case(kind: CaseKind) -> dict[str, Attribute]:
    found = _fields(kind.fields)
    found |= {name: evolve(a, optional=True) for name, a in _fields(kind.all_fields).items() if name not in found}
    return found | {
        "id": Attribute(TEXT, "attribute"),
        "state": Attribute(choice(kind.states), "attribute"),
        "open": Attribute(BOOLEAN, "attribute"),
        "opened": Attribute(DATE, "attribute"),
        "since": Attribute(DATE, "attribute"),
    }

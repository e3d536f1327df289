"""Small definitions made by hand, so that they may have faults no loader would let through."""

from typing import Any

from attrs import evolve

from workflow.definition.model import (
    Calendar,
    CaseKind,
    Definition,
    Gate,
    Invariant,
    Move,
    Phase,
    Requirement,
    Role,
    Stage,
    Step,
)
from workflow.texts import Text, humanise


def said(word: str) -> Text:
    return Text({"en": word})


def phases(names: str) -> dict[str, Phase]:
    """`working applied closed!`: an exclamation mark for a final one."""
    ids = {name.rstrip("!"): name.endswith("!") for name in names.split()}
    return {name: Phase(id=name, title=said(name), final=final) for name, final in ids.items()}


def move(name: str, way: str, by: str = "office", requires: str = "", **more: Any) -> Move:
    """`move("back", "applied, inspection > working", "office group")`; nothing after `>` stays where it is."""
    sources, _, target = (part.strip() for part in way.partition(">"))
    return Move(
        id=name,
        title=said(name),
        sources=tuple(source.strip() for source in sources.split(",")),
        to=target or None,
        by=tuple(by.split()),
        requires=tuple(requires.split()),
        **more,
    )


def gate(name: str, names: str, *moves: Move) -> Gate:
    found = phases(names)
    return Gate(id=name, title=humanise(name), phases=found, moves={move.id: move for move in moves}, steps_in=(next(iter(found)),))


def stage(name: str, gate: str, *steps: Step, **more: Any) -> Stage:
    return Stage(id=name, title=said(name), number=1, gate=gate, steps={step.id: step for step in steps}, **more)


def step(name: str, by: str = "secretary", **more: Any) -> Step:
    return Step(id=name, title=said(name), by=tuple(by.split()), **more)


def case(name: str, states: str, *moves: Move, by: str = "secretary") -> CaseKind:
    return CaseKind(
        id=name,
        title=said(name),
        of="branch",
        by=tuple(by.split()),
        fields={},
        states=phases(states),
        moves={move.id: move for move in moves},
    )


def requirement(name: str, **more: Any) -> Requirement:
    given: dict[str, Any] = {"owner": "secretary", "remedy": said("do it"), "basis": ("register:1",), "check": None}
    return Requirement(id=name, title=said(name), **{**given, **more})


def invariant(name: str, way: str, move: str | None = None, by: str = "", requires: str | None = None) -> Invariant:
    start, _, goal = (part.strip() for part in way.partition(">"))
    return Invariant(id=name, title=said(name), start=start, goal=goal, move=move, by=tuple(by.split()), requires=requires)


def made(*parts: Gate | Stage | CaseKind | Requirement | Invariant, **more: Any) -> Definition:
    """A definition of these parts, stages numbered as they come; `more` replaces anything else."""

    def of(kind: type) -> dict[str, Any]:
        return {part.id: part for part in parts if isinstance(part, kind)}

    stages = {name: evolve(part, number=number) for number, (name, part) in enumerate(of(Stage).items(), 1)}
    given: dict[str, Any] = {
        "id": "made",
        "version": "1",
        "title": said("made by hand"),
        "hash": "",
        "document": {},
        "languages": ("en",),
        "branch_label": Text.of("branch", "支部"),
        "member_label": Text.of("member", "党员"),
        "calendar": Calendar(),
        "time_policy": "quality-first",
        "instruments": {},
        "parameters": {},
        "roles": {
            "secretary": Role(id="secretary", title=said("secretary"), scope="branch"),
            "group": Role(id="group", title=said("group"), scope="assigned"),
            "office": Role(id="office", title=said("office"), scope="all"),
        },
        "branch_fields": {},
        "members": None,
        "records": {},
        "requirements": of(Requirement),
        "gates": of(Gate),
        "stages": stages,
        "cases": of(CaseKind),
        "deadlines": {},
        "invariants": of(Invariant),
    }
    return Definition(**{**given, **more})

"""A small definition with one of each thing that is projected, and a campaign on it that is driven by bare events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from workflow.canonical import in_order
from workflow.definition.model import Calendar, CaseKind, Definition, Field, Gate, Phase, RecordKind, Stage
from workflow.ledger import append
from workflow.store import CAMPAIGN, Event, Projector, Store, branch_stream
from workflow.texts import Text

HASH, LATER = "d" * 64, "e" * 64
START = datetime(2005, 1, 20, 8, tzinfo=UTC)


def _field(name: str, **about: Any) -> Field:
    return Field(id=name, title=Text.same(name), **about)


def _kind(name: str, of: Any, *fields: Field, **about: Any) -> RecordKind:
    return RecordKind(id=name, title=Text.same(name), of=of, fields={f.id: f for f in fields}, by=("clerk",), **about)


def _records() -> dict[str, RecordKind]:
    hours, mode = _field("hours", type="number", unit="h"), _field("mode", type="choice")
    topics = _field("topics", type="choice", many=True, optional=True)
    kinds = (
        _kind("attendance", "member", hours, mode, span="attempt"),
        _kind("session", "branch", _field("topic", type="text"), hours, mode, topics, lines="attendance"),
        _kind("essay", "member", _field("read", type="boolean"), _field("handed_in", type="date", optional=True)),
        _kind("inspection", "branch", _field("passed", type="boolean"), span="attempt"),
        _kind("notice", "campaign", _field("number", type="text")),
    )
    return {kind.id: kind for kind in kinds}


def _case(name: str, of: Any) -> CaseKind:
    return CaseKind(id=name, title=Text.same(name), of=of, by=("clerk",), fields={}, states={}, moves={})


def definition() -> Definition:
    return _definition("working", "applied", "ended")


def later() -> Definition:
    """The next version: the phase `applied` is called `handed_in`."""
    document = {"definition": "sample", "title": "样例二"}
    return evolve(_definition("working", "handed_in", "ended"), version="2", hash=LATER, document=document)


def definition_of(hashed: str) -> Definition:
    return {HASH: definition, LATER: later}[hashed]()


def _definition(*names: str) -> Definition:
    phases = {name: Phase(id=name, title=Text.same(name), final=name == "ended") for name in names}
    gate = Gate(id="gate", title=Text.same("gate"), phases=phases, moves={}, steps_in=("working",))
    stages = {
        name: Stage(id=name, title=Text.same(name), number=n, gate="gate", lasts=45) for n, name in enumerate(("learning", "analysis"), 1)
    }
    others = ("instruments", "parameters", "roles", "branch_fields", "requirements", "deadlines", "invariants")
    nothing: dict[str, Any] = {name: {} for name in others}
    return Definition(
        id="sample",
        version="1",
        title=Text.same("sample"),
        hash=HASH,
        document={"definition": "sample", "title": "样例"},
        languages=("en",),
        branch_label=Text.same("branch"),
        member_label=Text.same("member"),
        calendar=Calendar(),
        time_policy="quality-first",
        members=None,
        records=_records(),
        gates={"gate": gate},
        stages=stages,
        cases={"travel": _case("travel", "member"), "rectification": _case("rectification", "branch")},
        **nothing,
    )


class Sample:
    """Appends events and projects them, one transaction each; the clock goes on by an hour with every event."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START
        self.under(definition())

    def under(self, definition: Definition) -> None:
        """The definition in force from now on."""
        self.hash, self.projector = definition.hash, Projector(self.store, definition)

    def event(self, kind: str, stream: str, payload: dict[str, Any], actor: str = "li", role: str = "clerk") -> Event:
        with self.store.write():
            made = append(
                self.store, stream=stream, kind=kind, subject="", payload=payload, actor=actor, role=role, at=self.now, definition=self.hash
            )
            self.projector.apply(made)
        self.now += timedelta(hours=1)
        return made

    def created(self) -> Event:
        return self.event("created", CAMPAIGN, {"name": "试点", "rehearsal": False, "document": in_order(definition().document)})

    def branch(self, kind: str, payload: dict[str, Any], *, branch: str = "b1", actor: str = "li", role: str = "clerk") -> Event:
        return self.event(kind, branch_stream(branch), payload, actor, role)

    def roster(self, branch: str = "b1", members: int = 2) -> Event:
        roll = [
            {"id": f"{branch}-m{n}", "name": f"党员{n}", "status": "in_post", "flags": ["mobile", "infirm"], "fields": {"rank": "a"}}
            for n in range(1, members + 1)
        ]
        return self.branch(
            "roster",
            {"title": "劳动局支部", "batch": "1", "group": "g1", "parent": None, "fields": {"sector": "organ"}, "state": "learning.working"}
            | {"members": roll},
            branch=branch,
        )

    def session(self, branch: str = "b1", hours: float = 2) -> Event:
        lines = [{"member": f"{branch}-m1"}, {"member": f"{branch}-m2", "hours": 1.5, "mode": "home"}]
        fields = {"topic": "党章", "hours": hours, "mode": "collective", "topics": ["b", "a"]}
        return self.branch("record", {"record": "session", "happened": "2005-01-19", "fields": fields, "lines": lines}, branch=branch)

    def move(self, move: str = "apply", to: str = "learning.applied", *, branch: str = "b1", actor: str = "li", **more: Any) -> Event:
        (stood,) = self.store.row("SELECT state FROM workflow_branch WHERE id = ?", (branch,)) or ("?",)
        return self.branch("moved", {"move": move, "from": stood, "to": to, "takes": {}, **more}, branch=branch, actor=actor)

    def joined(self, ident: str, branch: str = "b1", *, how: str = "transferred", origin: str | None = "b2", **more: Any) -> Event:
        """`origin` is the branch the member comes from; `records` and `cases` are made by `record` and `case`."""
        came = {"from": {"branch": origin, "seq": 1, "hash": "0" * 64}} if origin else {}
        payload = {"member": person(ident), "how": how, "reason": "调动", "records": [], "cases": [], **came, **more}
        return self.branch("joined", payload, branch=branch)

    def left(self, ident: str, branch: str = "b1", *, how: str = "transferred", **more: Any) -> Event:
        payload = {"member": ident, "how": how, "cases": {}, "reason": "调动", "on": "2005-01-20", **more}
        return self.branch("left", payload, branch=branch)


def person(ident: str, **more: Any) -> dict[str, Any]:
    return {"id": ident, "name": f"党员{ident}", "status": "in_post", "flags": [], "fields": {}, **more}


def record(kind: str, stage: str, *, passed: bool = False, seq: int = 2, **fields: Any) -> dict[str, Any]:
    """One record of a dossier, from event `seq` of b2."""
    told = {"happened": "2005-01-10", "recorded": "2005-01-11T08:00:00.000000Z", "by": "zhou", "stage": stage, "passed": passed}
    return {"record": kind, "of": {"branch": "b2", "seq": seq, "line": 1}, "fields": fields, **told}


def case(ident: str, member: str = "", **more: Any) -> dict[str, Any]:
    """A case that comes from b2."""
    times = {"opened": "2005-01-11T08:00:00.000000Z", "since": "2005-01-12T08:00:00.000000Z"}
    about = {"id": ident, "of": {"branch": "b2", "case": "travel-1"}, "kind": "travel", "member": member, "state": "away", "open": True}
    return {**about, **times, "fields": {"to": "北京"}, "done": {"open": ["zhou"]}, **more}

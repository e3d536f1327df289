"""The desk every command passes over: one transaction, one verdict, one event, its projection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from attrs import define, evolve, field, frozen

from workflow.clock import Clock, local_date, read_stamp
from workflow.definition.model import CaseKind, Definition, Field
from workflow.engine.asked import Asked
from workflow.engine.machine import BranchMachine, CaseMachine
from workflow.errors import KeyReused, Misuse, NotFound, not_found
from workflow.ledger import CAMPAIGN, Event, append, branch_stream, by_key, head, last_recorded
from workflow.store import Projector, Store
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.texts import Text
from workflow.verdicts.codec import to_plain, verdict_of
from workflow.verdicts.evidence import resting_on, with_evidence
from workflow.verdicts.findings import Position, Verdict
from workflow.verdicts.judge import Judge

Kind = Literal["roster", "record", "withdrawn", "moved", "waived", "case_opened", "case_moved"]
Payload = dict[str, Any]
Accept = Callable[["Hearing", Verdict], tuple[Kind, Payload]]

_PERSON = "SELECT 1 FROM workflow_person WHERE id = ? UNION ALL SELECT 1 FROM workflow_grant WHERE person = ? LIMIT 1"

# Where a verdict about the campaign as a whole stands: on no roll, in no state, in no attempt.
_WHOLE = BranchFact(
    id="", title="", batch=None, group=None, parent=None, fields={}, state="", ordinal=0, attempt=0, entered_at="", since_at="",
    extended=0, closed=frozenset(), done={}, entered="", since="", planned_end=None,
)  # fmt: skip


@frozen
class Hearing:
    """What a command has before it: the branch as it stands in this transaction, the facts, and a judge over them."""

    store: Store
    definition: Definition
    branch: BranchFact
    facts: Facts
    judge: Judge
    now: datetime

    @property
    def today(self) -> str:
        return self.facts.today


@define
class Desk:
    """One open campaign: its database, its definition, its clock, its machines."""

    store: Store
    definition: Definition
    clock: Clock
    projector: Projector = field(init=False)
    machine: BranchMachine = field(init=False)
    needs: dict[str, FactNeeds] = field(factory=dict, init=False)  # by move, worked out once
    _case_machines: dict[str, CaseMachine] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.projector = Projector(self.store, self.definition)
        self.machine = BranchMachine(self.definition)

    def case_machine(self, kind: CaseKind) -> CaseMachine:
        if kind.id not in self._case_machines:
            self._case_machines[kind.id] = CaseMachine(kind)
        return self._case_machines[kind.id]

    def today(self) -> str:
        return local_date(self.clock.now(), self.definition.calendar.zone).isoformat()

    # -- asking ------------------------------------------------------------------------------------------------------

    @contextmanager
    def hearing(self, branch: str | None, needs: FactNeeds) -> Iterator[Hearing]:
        """Facts about one branch, or (None) about the campaign as a whole.

        Must be inside a transaction if something is to be written on them. Raises `NotFound`.
        """
        now = self.now(CAMPAIGN if branch is None else branch_stream(branch))
        facts = Facts.load(self.store, self.definition, needs, now, branch or _WHOLE.id)
        found = _WHOLE if branch is None else facts.branches.get(branch)
        if found is None:
            raise self.unknown_branch(str(branch))
        yield Hearing(self.store, self.definition, found, facts, Judge(self.definition, facts, now), now)

    def now(self, stream: str | None = None) -> datetime:
        """The clock's instant, but never before the last event of the stream (or of all): what is judged is the day that is written."""
        found = head(self.store, stream) if stream is not None else None
        last = last_recorded(self.store) if stream is None else found.recorded_at if found else None
        now = self.clock.now()
        return now if last is None else max(now, read_stamp(last))

    def require_persons(self, declared: Mapping[str, Field], values: Mapping[str, Any]) -> None:
        """Raises `NotFound` for a person entered in a field who is on no roster: separation of duties goes by ids, not by names."""
        for name, value in values.items():
            if name in declared and declared[name].type == "person":
                self.require_known(value)

    def unknown_branch(self, branch: str) -> NotFound:
        known: dict[str, str] = dict(self.store.rows("SELECT id, title FROM workflow_branch ORDER BY id"))
        return not_found("there is no branch", "没有支部", branch, known, "branch", "branches")

    # -- writing -----------------------------------------------------------------------------------------------------

    def command(
        self,
        branch: str | None,
        needs: FactNeeds,
        judged: Callable[[Hearing], Verdict],
        accept: Accept,
        *,
        by: str,
        key: str | None,
        asked: Asked,
    ) -> Verdict:
        """From door to door: transaction, facts, verdict, event, projection, commit; only then the answer.

        Without a branch it is about the campaign as a whole. `asked` is what a repeated `key` is recognised by. Raises `NotFound` for
        an actor nobody has ever heard of.
        """
        if not isinstance(by, str) or not by.strip():
            # Without a person no rule about persons could be asked: nobody may slip past roles by being nobody.
            raise Misuse(Text.of("say who acts: `by` is the id of a person", "请写明由谁办理：by 为人员编号"), "actor")
        _require_unicode(by, branch or "", key or "")
        with self.store.write():
            repeated = None if key is None else self.repeated(key, branch or "", by, asked)
            if repeated is not None:
                return repeated
            with self.hearing(branch, needs) as hearing:
                verdict = with_evidence(self.store, self.definition, judged(hearing))
                if verdict.role is None:
                    self.require_known(by)
                kept = {} if key is None else {"asked": asked.fingerprint}
                if not verdict.allowed:
                    return self._keep(hearing, "refused", verdict, {**kept, "command": verdict.command}, key)
                kind, payload = accept(hearing, verdict)
                return self._keep(hearing, kind, _told(verdict, kind, payload), {**kept, **payload}, key)

    def require_known(self, person: str) -> None:
        """Raises `NotFound` for somebody on no roster: the ledger is not to keep a slip of the pen as a person for ever."""
        if self.store.row(_PERSON, (person, person)) is None:
            known: dict[str, str] = dict(self.store.rows("SELECT id, name FROM workflow_person"))
            raise not_found("there is no person", "没有人员", person, known, "person", "people")

    def _keep(self, hearing: Hearing, kind: str, verdict: Verdict, payload: Mapping[str, Any], key: str | None) -> Verdict:
        rests = resting_on(self.store, verdict)
        event = self.write(
            branch_stream(verdict.branch) if verdict.branch else CAMPAIGN,
            kind,
            verdict.subject,
            {**payload, **rests, "verdict": to_plain(verdict)},
            verdict.actor or "",
            verdict.role or "",
            hearing.now,
            key,
        )
        return evolve(verdict, event=position(event))

    def write(
        self, stream: str, kind: str, subject: str, payload: Payload, actor: str, role: str, now: datetime, key: str | None = None
    ) -> Event:
        """Append one event and project it."""
        event = append(
            self.store,
            stream=stream,
            kind=kind,
            subject=subject,
            payload=payload,
            actor=actor,
            role=role,
            at=now,
            definition=self.definition.hash,
            key=key,
        )
        self.projector.apply(event)
        return event

    def write_campaign(self, kind: str, subject: str, payload: Payload, actor: str) -> Event:
        return self.write(CAMPAIGN, kind, subject, payload, actor, "", self.clock.now())

    def repeated(self, key: str, branch: str, by: str, asked: Asked) -> Verdict | None:
        """The first answer given under a key. Raises `KeyReused` if the key belongs to another command."""
        event = by_key(self.store, key)
        if event is None:
            return None
        stored = event.payload.get("verdict", {})
        if (event.branch, event.actor, event.payload.get("asked")) != (branch, by, asked.fingerprint):
            where = event.branch or event.stream
            raise KeyReused(
                Text.of(
                    f"key {key} was used before for another command, or with other content ({where} #{event.seq}); use a new key",
                    f"键 {key} 已用于另一命令或另一内容（{where} 第 {event.seq} 号）；请用新键",
                )
            )
        return evolve(verdict_of(stored, position(event)), repeated=True)


def _require_unicode(*texts: str) -> None:
    """Raises `Misuse` for half a character (a lone surrogate): nothing that cannot be written may be asked."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise Misuse(Text.of(f"not valid Unicode: {text!r}", f"不是有效的 Unicode：{text!r}"), "not-unicode") from problem


def _told(verdict: Verdict, kind: Kind, payload: Payload) -> Verdict:
    """The verdict with what the command brought about, where the answer should say it."""
    match kind:
        case "case_opened":
            return evolve(verdict, created=payload["case"])
        case "waived" | "withdrawn":
            return evolve(verdict, detail=payload)
        case _:
            return verdict


def position(event: Event) -> Position:
    return Position(stream=event.stream, seq=event.seq, hash=event.hash)

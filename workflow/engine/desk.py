"""The desk every command passes over: one transaction, one verdict, one event, its projection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from attrs import define, evolve, field, frozen

from workflow.clock import Clock, local_date, read_stamp
from workflow.definition.model import Definition, Field
from workflow.engine.asked import Asked
from workflow.engine.versions import Version, Versions
from workflow.errors import KeyReused, Misuse, NotFound, not_found
from workflow.ledger import CAMPAIGN, Event, append, branch_stream, by_key, head, last_recorded
from workflow.ledger import event as event_at
from workflow.store import Store
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.texts import Text
from workflow.verdicts.codec import to_plain, verdict_of
from workflow.verdicts.evidence import resting_on, with_evidence
from workflow.verdicts.findings import Position, Verdict
from workflow.verdicts.judge import Judge

Kind = Literal[
    "roster", "record", "withdrawn", "moved", "waived", "case_opened", "case_moved", "enacted", "extended", "suspended", "resumed",
    "joined", "left", "member_changed", "reassigned", "split", "dissolved", "batch_closed", "people",
]  # fmt: skip
Payload = dict[str, Any]
Needs = Callable[[Version], FactNeeds]  # what has to be read: which version is in force shows only once the branch is at hand


@frozen
class Accepted:
    """What an allowed command comes to: its event, what the answer tells of it, and `then` what else is written after it."""

    kind: Kind
    payload: Payload
    told: Payload = field(factory=dict)
    created: str | None = None
    then: Callable[[Event], None] | None = None


Accept = Callable[["Hearing", Verdict], Accepted]

_PERSON = "SELECT 1 FROM workflow_person WHERE id = ? UNION ALL SELECT 1 FROM workflow_grant WHERE person = ? LIMIT 1"
_ANSWERED = 'SELECT stream, "key" FROM workflow_event WHERE "key" > ? AND "key" < ? ORDER BY id'
_BRANCH = "SELECT 1 FROM workflow_branch WHERE id = ?"
_ENTERED = "SELECT entered FROM workflow_branch WHERE id = ?"

# Where a verdict about the campaign as a whole stands: on no roll, in no state, in no attempt.
_WHOLE = BranchFact(
    id="", title="", batch=None, group=None, parent=None, fields={}, state="", ordinal=0, attempt=0, entered_at="", since_at="",
    extended=0, closed=frozenset(), done={}, entered="", since="", planned_end=None,
)  # fmt: skip


@frozen
class Hearing:
    """What a command has before it: the branch as it stands in this transaction, the facts, the rules in force, and a judge over them."""

    store: Store
    version: Version
    branch: BranchFact
    facts: Facts
    judge: Judge
    now: datetime

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def today(self) -> str:
        return self.facts.today


@define
class Desk:
    """One open campaign: its database, its rules, its clock."""

    store: Store
    versions: Versions
    clock: Clock

    @property
    def version(self) -> Version:
        """The version in force for what begins today, as last seen: every command and question looks anew."""
        seen = self.versions.all
        return seen[0] if len(seen) == 1 else self.versions.newest(self.today())

    @property
    def definition(self) -> Definition:
        return self.version.definition

    def today(self) -> str:
        return self.day(self.clock.now())

    def day(self, moment: datetime) -> str:
        """The local day of an instant: the zone is the same in all versions."""
        return local_date(moment, self.versions.first.definition.calendar.zone).isoformat()

    # -- asking ------------------------------------------------------------------------------------------------------

    @contextmanager
    def hearing(self, branch: str | None, needs: Needs) -> Iterator[Hearing]:
        """Facts about one branch, or (None) about the campaign as a whole, and the rules in force for it.

        Must be inside a transaction if something is to be written on them. Raises `NotFound`.
        """
        now = self.now(CAMPAIGN if branch is None else branch_stream(branch))
        version = self.in_force(branch, now)
        facts = Facts.load(self.store, version.definition, needs(version), now, branch or _WHOLE.id, states=version.states)
        found = _WHOLE if branch is None else facts.branches.get(branch)
        if found is None:
            raise self.unknown_branch(str(branch))
        yield Hearing(self.store, version, found, facts, Judge(version.definition, facts, now), now)

    def in_force(self, branch: str | None, now: datetime) -> Version:
        """The version a branch is under: it goes by the day its present attempt began. Raises `NotFound`."""
        self.versions.refresh()
        if len(self.versions.all) == 1:
            return self.versions.first
        today = self.day(now)
        if branch is None:
            return self.versions.newest(today)
        row = self.store.row(_ENTERED, (branch,))
        if row is None:
            raise self.unknown_branch(branch)
        return self.versions.in_force(self.day(read_stamp(row[0])), today)

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

    def require_branch(self, branch: str) -> None:
        """Raises `NotFound` for a branch there is not."""
        if self.store.row(_BRANCH, (branch,)) is None:
            raise self.unknown_branch(branch)

    def unknown_branch(self, branch: str) -> NotFound:
        known: dict[str, str] = dict(self.store.rows("SELECT id, title FROM workflow_branch ORDER BY id"))
        return not_found("there is no branch", "没有支部", branch, known, "branch", "branches")

    def kept(self, branch: str | None, seq: int) -> Verdict:
        """The verdict that event `seq` of a branch, or (None) of the campaign, keeps. Raises `NotFound`."""
        if branch is not None:
            self.require_branch(branch)
        stream = CAMPAIGN if branch is None else branch_stream(branch)
        last = head(self.store, stream)
        there = last is not None and 0 < seq <= last.seq
        verdict = verdict_in(event_at(self.store, stream, seq)) if there else None
        if verdict is None:
            en = f"{branch or 'the campaign'} has no verdict #{seq}"
            raise NotFound(Text.of(en, f"{branch or '活动'}没有第 {seq} 号结论"), "verdict")
        return verdict

    # -- writing -----------------------------------------------------------------------------------------------------

    def command(
        self,
        branch: str | None,
        needs: Needs,
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
        _require_actor(by)
        require_unicode(by, branch or "", key or "")
        with self.store.write():
            repeated = None if key is None else self.repeated(key, branch or "", by, asked)
            if repeated is not None:
                return repeated
            with self.hearing(branch, needs) as hearing:
                return self.settle(hearing, judged(hearing), accept, by=by, key=key, asked=asked)

    def order(
        self,
        branches: Sequence[str],
        needs: Needs,
        judged: Callable[[Hearing], Verdict],
        accept: Accept,
        *,
        by: str,
        key: str | None,
        asked: Asked,
    ) -> tuple[Verdict, ...]:
        """One command over several branches, each with a verdict and an event of its own: all of them or, if any is refused, none.

        Then the answers are the refusals, which are kept. A `key` belongs to the whole order, carried out or refused.
        """
        _require_actor(by)
        require_unicode(by, *branches, key or "")
        keys = {branch: None if key is None else f"{key}/{branch}" for branch in branches}
        with self.store.write():
            before = [self.repeated(f"{key}/{branch}", branch, by, asked) for branch in self.answered(key)]
            if before:
                return tuple(verdict for verdict in before if verdict is not None)
            heard = []
            for branch in branches:
                with self.hearing(branch, needs) as hearing:
                    heard.append((hearing, judged(hearing)))
            refused = [(hearing, verdict) for hearing, verdict in heard if not verdict.allowed]
            return tuple(
                self.settle(hearing, verdict, accept, by=by, key=keys[verdict.branch], asked=asked) for hearing, verdict in refused or heard
            )

    def answered(self, key: str | None) -> tuple[str, ...]:
        """The branches that have an answer to an order with this key: asked again, the same choice might come to others by now."""
        if key is None:
            return ()
        found = self.store.rows(_ANSWERED, (f"{key}/", f"{key}0"))  # 0 is what comes after the stroke
        ours = [(stream, each.removeprefix(f"{key}/")) for stream, each in found]
        return tuple(branch for stream, branch in ours if stream == branch_stream(branch))

    def settle(self, hearing: Hearing, verdict: Verdict, accept: Accept, *, by: str, key: str | None, asked: Asked) -> Verdict:
        """Keep a verdict: what it allows is done, what it refuses is kept with all its findings."""
        verdict = with_evidence(self.store, hearing.definition, verdict)
        if verdict.role is None:
            self.require_known(by)
        kept = {} if key is None else {"asked": asked.fingerprint}
        if not verdict.allowed:
            event = self._keep(hearing, "refused", verdict, {**kept, "command": verdict.command}, key)
            return evolve(verdict, event=position(event))
        accepted = accept(hearing, verdict)
        if accepted.created is not None or accepted.told:
            verdict = evolve(verdict, created=accepted.created, detail=accepted.told)
        event = self._keep(hearing, accepted.kind, verdict, {**kept, **accepted.payload}, key)
        if accepted.then is not None:
            accepted.then(event)
        return evolve(verdict, event=position(event))

    def require_known(self, person: str) -> None:
        """Raises `NotFound` for somebody on no roster: the ledger is not to keep a slip of the pen as a person for ever."""
        if self.store.row(_PERSON, (person, person)) is None:
            known: dict[str, str] = dict(self.store.rows("SELECT id, name FROM workflow_person"))
            raise not_found("there is no person", "没有人员", person, known, "person", "people")

    def _keep(self, hearing: Hearing, kind: str, verdict: Verdict, payload: Mapping[str, Any], key: str | None) -> Event:
        rests = resting_on(self.store, verdict)
        return self.write(
            branch_stream(verdict.branch) if verdict.branch else CAMPAIGN,
            kind,
            verdict.subject,
            {**payload, **rests, "verdict": to_plain(verdict)},
            verdict.actor or "",
            verdict.role or "",
            hearing.now,
            key,
            version=hearing.version,
        )

    def write(
        self,
        stream: str,
        kind: str,
        subject: str,
        payload: Payload,
        actor: str,
        role: str,
        now: datetime,
        key: str | None = None,
        *,
        version: Version | None = None,
    ) -> Event:
        """Append one event and project it, under a version (default: the one in force for what begins today)."""
        version = version or self.in_force(None, now)
        event = append(
            self.store,
            stream=stream,
            kind=kind,
            subject=subject,
            payload=payload,
            actor=actor,
            role=role,
            at=now,
            definition=version.definition.hash,
            key=key,
        )
        version.projector.apply(event)
        return event

    def follow(self, cause: Event, branch: str, kind: str, payload: Payload, *, subject: str = "", version: Version | None = None) -> Event:
        """What follows from an event in the stream of a branch: by the same person in the same role, never before its cause.

        About the same subject if no other is named; under the version in force for the branch unless one is given.
        """
        stream = branch_stream(branch)
        now = max(self.now(stream), read_stamp(cause.recorded_at))  # a new stream knows of no event before it
        version = version or self.in_force(branch, now)
        return self.write(stream, kind, subject or cause.subject, payload, cause.actor, cause.role, now, version=version)

    def write_campaign(self, kind: str, subject: str, payload: Payload, actor: str, *, version: Version | None = None) -> Event:
        return self.write(CAMPAIGN, kind, subject, payload, actor, "", self.clock.now(), version=version)

    def repeated(self, key: str, branch: str, by: str, asked: Asked) -> Verdict | None:
        """The first answer given under a key. Raises `KeyReused` if the key belongs to another command."""
        event = by_key(self.store, key)
        if event is None:
            return None
        if (event.branch, event.actor, event.payload.get("asked")) != (branch, by, asked.fingerprint):
            where = event.branch or event.stream
            raise KeyReused(
                Text.of(
                    f"key {key} was used before for another command, or with other content ({where} #{event.seq}); use a new key",
                    f"键 {key} 已用于另一命令或另一内容（{where} 第 {event.seq} 号）；请用新键",
                )
            )
        return evolve(verdict_of(event.payload["verdict"], position(event)), repeated=True)


def _require_actor(by: str) -> None:
    """Raises `Misuse` for nobody: without a person no rule about persons could be asked, and nobody may slip past roles that way."""
    if not isinstance(by, str) or not by.strip():
        raise Misuse(Text.of("say who acts: `by` is the id of a person", "请写明由谁办理：by 为人员编号"), "actor")


def require_unicode(*texts: str) -> None:
    """Raises `Misuse` for half a character (a lone surrogate): nothing that cannot be written may be asked."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise Misuse(Text.of(f"not valid Unicode: {text!r}", f"不是有效的 Unicode：{text!r}"), "not-unicode") from problem


def position(event: Event) -> Position:
    return Position(stream=event.stream, seq=event.seq, hash=event.hash)


def verdict_in(event: Event) -> Verdict | None:
    """The verdict an event keeps, as it was given; None for what nobody was asked about, such as a roster."""
    stored = event.payload.get("verdict")
    return None if stored is None else verdict_of(stored, position(event))

"""A campaign: one run of one definition over many branches. The commands and questions of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import peewee

from workflow.canonical import in_order
from workflow.clock import Clock, SystemClock, VirtualClock, read_stamp
from workflow.definition import Definition
from workflow.definition.extensions import NONE, Extensions
from workflow.engine import board, cases, chasing, imports, moves, naming, proof, records, roll
from workflow.engine.board import Board
from workflow.engine.desk import Desk
from workflow.engine.entry import several
from workflow.engine.imports import ImportReport
from workflow.engine.motion.enacting import sound
from workflow.engine.motion.impact import Change, Impact, preview
from workflow.engine.motion.steering import Steering
from workflow.engine.naming import Names
from workflow.engine.opening import check_clock, host_extensions, standing
from workflow.engine.proof import Proof
from workflow.engine.records import Line
from workflow.engine.roll import MemberRow, PersonRow
from workflow.engine.tables import export, roster, table_import
from workflow.engine.tables.export import What
from workflow.engine.tables.roster import RosterReport
from workflow.engine.tables.table_import import TablesReport
from workflow.engine.versions import Versions
from workflow.errors import DatabaseFault, Misuse
from workflow.ledger import CAMPAIGN, Event, branch_stream, events, head, last_recorded
from workflow.store import Store
from workflow.store.commits import Hook
from workflow.store.facts import CaseFact
from workflow.texts import Text
from workflow.verdicts import Outlook, Verdict, outlook_json, render_outlook, render_verdict, verdict_json
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import Tellers, impact_json, render_impact

Database = str | Path | peewee.SqliteDatabase


class Campaign(Steering):
    """One open campaign.

    Commands write: they return a `Verdict` after the commit, allowed or refused, and keep it in the ledger either way.
    With the same `key` again a command returns its first answer and writes nothing. `by` is the id of the person acting.
    Questions (`ask`, `why`, `board`, `timeline`, ...) write nothing. Exceptions are for misuse: an unknown branch, a malformed
    record (`workflow.errors`). The engine starts no thread and keeps no global.

    One object serves a process: any number of threads may use it at once, each on a connection of its own (":memory:" belongs to the
    thread that opened it), and it may go through a fork. What is read is what is in the file, whoever wrote it.
    """

    def __init__(self, desk: Desk, name: str, *, rehearsal: bool) -> None:
        self._desk = desk
        self.name = name
        self.rehearsal = rehearsal

    # -- beginning and end -------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        db: Database,
        definition: Definition | str | Path,
        *,
        name: str = "",
        by: str = "",
        clock: Clock | None = None,
        rehearsal: bool = False,
        extensions: Extensions | None = None,
    ) -> Campaign:
        """A new campaign in a new database (a path, ":memory:", or a host's peewee database), pinned to a definition.

        A `rehearsal` may run under a clock of its own choosing; an ordinary campaign keeps the machine's time.
        `extensions` are what its definitions may call on of the host (default: those the definition was loaded with).
        Raises `DefinitionFault` with every fault of the definition, `Misuse` if the database already holds a campaign.
        """
        extensions = host_extensions(definition, extensions)
        found = sound(definition, extensions)
        check_clock(isinstance(clock, VirtualClock), rehearsal)
        store = Store.create(db)
        desk = Desk(store, Versions(store, extensions), clock or SystemClock())
        with store.write():
            taken = head(store, CAMPAIGN) is not None  # another process was faster: only inside the transaction can it be known
            if not taken:
                payload = {"name": name or found.id, "rehearsal": rehearsal, "document": in_order(found.document)}
                desk.write_campaign("created", found.id, payload, by, version=desk.versions.founding(found))
                desk.versions.refresh()
        if taken:
            store.close()
            en = "the database holds a campaign already: open it, or create another file"
            raise Misuse(Text.of(en, "数据库中已有一个活动：请直接打开，或另建文件"), "campaign-exists")
        return cls(desk, name or found.id, rehearsal=rehearsal)

    @classmethod
    def open_or_create(
        cls,
        db: Database,
        definition: Definition | str | Path,
        *,
        name: str = "",
        by: str = "",
        clock: Clock | None = None,
        rehearsal: bool = False,
        extensions: Extensions | None = None,
    ) -> Campaign:
        """The campaign in a database, created if there is none: of several processes that begin at once, one creates it.

        One that is there stays as it is, under its own definition, name and kind: a later `definition` is put in force by `enact`.
        Raises what `create` and `open` raise; the definition has to be sound in any case.
        """
        extensions = host_extensions(definition, extensions)
        try:
            return cls.create(db, definition, name=name, by=by, clock=clock, rehearsal=rehearsal, extensions=extensions)
        except Misuse as misuse:
            if misuse.code != "campaign-exists":
                raise
        return cls.open(db, clock=clock, extensions=extensions)

    @classmethod
    def open(cls, db: Database, *, clock: Clock | None = None, now: datetime | None = None, extensions: Extensions = NONE) -> Campaign:
        """The campaign in an existing database. `extensions` must hold what its definitions call on of the host, of all its versions.

        Without a clock a rehearsal stands at `now` (without an offset: in the definition's zone), or at its last event. Raises
        `NotFound` or `DatabaseFault` if there is no campaign, `Misuse` for a `now` before its last event or in no rehearsal, and
        for extensions that are missing (code "extension-missing").
        """
        store = Store.open(db)
        meta: dict[str, str] = dict(store.rows("SELECT name, value FROM workflow_meta"))
        if "definition" not in meta:
            en = "the database holds no campaign yet; create one with `workflow new`"
            raise DatabaseFault(Text.of(en, "数据库中还没有活动；请用 `workflow new` 创建"))
        rehearsal = meta.get("rehearsal") == "1"
        check_clock(isinstance(clock, VirtualClock) or now is not None, rehearsal)
        versions = Versions(store, extensions)
        versions.refresh()
        definition = versions.first.definition
        if clock is None and rehearsal:
            clock = standing(read_stamp(last_recorded(store) or ""), now, definition.calendar.zone)
        return cls(Desk(store, versions, clock or SystemClock()), meta.get("campaign", definition.id), rehearsal=rehearsal)

    def close(self) -> None:
        """Close the connection of this thread; those of other threads end with their threads. A host's own database stays open.

        Whoever goes on using the campaign gets a new connection; of ":memory:" nothing is left.
        """
        self._desk.store.close()

    def __enter__(self) -> Campaign:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def after_commit(self, hook: Hook) -> Callable[[], None]:
        """Call `hook(events)` after every commit with what this campaign wrote in it, refusals included; returns what takes it off.

        Once for each outermost transaction, a host's own included, on the thread that committed it; never for what was rolled back,
        not even to a savepoint. What the hook raises is logged (logger "workflow") and does not reach the caller, whose command
        stands. A process that dies between commit and hook does not catch up: for that read the ledger. Raises `Misuse` from the
        first command inside an open transaction whose commit nobody reports (begun by hand, or borrowed without `on_commit`).
        """
        return self._desk.store.commits.hook(hook)

    @property
    def definition(self) -> Definition:
        """What is in force for whatever begins today, as of the last command or question."""
        return self._desk.definition

    def version(self, hashed: str) -> Definition:
        """A definition the campaign is or was under, by its hash: the one a verdict or an event says it rests on."""
        return self._desk.versions.definition(hashed)

    @property
    def renamed(self) -> Mapping[str, str]:
        """States of earlier versions, and what they are called in the `definition`."""
        return self._desk.version.states

    @property
    def extensions(self) -> Extensions:
        """What the campaign's definitions may call on of the host."""
        return self._desk.versions.extensions

    @property
    def store(self) -> Store:
        return self._desk.store

    @property
    def now(self) -> datetime:
        """The instant by the campaign's clock, but never before the last event."""
        return self._desk.now()

    @property
    def today(self) -> str:
        """The local date by the campaign's clock."""
        return self._desk.today()

    # -- commands ----------------------------------------------------------------------------------------------------

    def record(
        self,
        branch: str | None,
        kind: str,
        *,
        by: str,
        happened: date | str | None = None,
        fields: Mapping[str, Any] | None = None,
        lines: Sequence[Line] = (),
        key: str | None = None,
    ) -> Verdict:
        """Enter a fact: one document, a sheet with its `lines` included (each a member's id, or a mapping with `member`).

        Without a branch it is a record of the campaign as a whole. `happened` is when it was so (default today). What a form or a
        command line was given can be passed as it is, here and in `takes`: texts are read by the types of the fields ("23500", "yes").
        Raises `InputFault` with everything that is wrong with the record.
        """
        return records.record(self._desk, branch, kind, by, happened, fields or {}, lines, key)

    def withdraw(self, branch: str | None, seq: int, *, by: str, reason: str, key: str | None = None) -> Verdict:
        """Withdraw the record or waiver at event `seq` of the branch, or (None) of the campaign: it stays readable and no longer counts."""
        return records.withdraw(self._desk, branch, seq, by, reason, key)

    def ask(self, branch: str, move: str, *, by: str | None = None, takes: Mapping[str, Any] | None = None) -> Verdict:
        """May this branch make this move now (by this person)? The same verdict as `move`; nothing is written."""
        return moves.ask(self._desk, branch, move, by, takes or {})

    def move(self, branch: str, move: str, *, by: str, takes: Mapping[str, Any] | None = None, key: str | None = None) -> Verdict:
        """Make a move, or be refused with all reasons. A step is closed by the move `close_STEP`."""
        return moves.make(self._desk, branch, move, by, takes or {}, key)

    def waive(
        self,
        branch: str,
        requirement: str,
        *,
        by: str,
        reason: str,
        members: str | Sequence[str] = (),
        until: date | str | None = None,
        key: str | None = None,
    ) -> Verdict:
        """Accept a disclosed gap: of the whole requirement, or of `members` (for `each:` any kind, the ids of what falls short)."""
        return records.waive(self._desk, branch, requirement, by, reason, several(members), until, key)

    def open_case(
        self, branch: str, kind: str, *, by: str, member: str | None = None, fields: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Verdict:
        """Open a case; its id is the verdict's `created`."""
        return cases.open_case(self._desk, branch, kind, by, member, fields or {}, key)

    def ask_case(self, branch: str, case: str, move: str, *, by: str | None = None, takes: Mapping[str, Any] | None = None) -> Verdict:
        """May this case make this move now? Nothing is written."""
        return cases.ask(self._desk, branch, case, move, by, takes or {})

    def move_case(
        self, branch: str, case: str, move: str, *, by: str, takes: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Verdict:
        """Move a case, or be refused with all reasons."""
        return cases.make(self._desk, branch, case, move, by, takes or {}, key)

    def import_roster(
        self, source: str | Path | Iterable[Mapping[str, str]], *, by: str = "", progress: Callable[[int, int], None] | None = None
    ) -> RosterReport:
        """Branches, members, people and their roles from a CSV file or rows. Dirty rows are reported, and go on."""
        return roster.import_roster(self._desk, source, by, progress)

    def import_records(
        self, source: str | Path | Iterable[Mapping[str, Any]], *, by: str = "", progress: Callable[[int, int], None] | None = None
    ) -> ImportReport:
        """Many records from a JSON Lines file or mappings, all or none. Raises `InputFault` with every fault by line."""
        return imports.import_records(self._desk, source, by, progress)

    def import_tables(self, source: str | Path, *, by: str = "", progress: Callable[[int, int], None] | None = None) -> TablesReport:
        """Rosters and records from a CSV file or a workbook (.xlsx): what is sound goes in, the rest is reported by row and column.

        A document of which anything is unsound is left out as a whole; one that stands in the campaign already is not entered twice.
        """
        return table_import.import_tables(self._desk, source, by, progress)

    # -- questions ---------------------------------------------------------------------------------------------------

    def preview(self, command: Callable[[Campaign], object], *, on: date | str | None = None) -> Impact:
        """What a command would change, branch by branch, today or as things would stand `on` a later day. Nothing is written."""
        return preview(self._desk, lambda: command(self), on)

    def export(self, out: str | Path, *, what: Sequence[What] = ("roster", "records"), lang: str = "en") -> list[Path]:
        """Rosters, live records or the board as a workbook (.xlsx) or as CSV files in a folder; headings in "en" or "zh"."""
        return export.export(self._desk, Path(out), what, lang)

    def why(self, branch: str) -> Outlook:
        """What stands between the branch and its next stage, in whose hands, since when."""
        return board.why(self._desk, branch)

    def explain(self, answer: Verdict | Outlook | Impact | Change, lang: str = "en", *, full: bool = False) -> str:
        """An answer in words, in "en" or "zh": the conclusion first, then what is unmet or would change, with `full` then the rest."""
        if isinstance(answer, (Impact, Change)):
            return render_impact(Tellers(self.version, lang, full, Names(self.store)), answer)
        definition = self.version(answer.definition)
        if isinstance(answer, Outlook):
            return render_outlook(definition, answer, lang, full=full, names=Names(self.store))
        return render_verdict(definition, answer, lang, full=full, names=Names(self.store))

    def as_json(self, answer: Verdict | Outlook | Impact | Change, lang: str = "en") -> dict[str, Any]:
        """The same as plain values for JSON, with stable codes; verdicts and outlooks by the schemas in `workflow/verdicts`."""
        if isinstance(answer, (Impact, Change)):
            return impact_json(Tellers(self.version, lang, names=Names(self.store)), answer)
        definition = self.version(answer.definition)
        if isinstance(answer, Outlook):
            return outlook_json(definition, answer, lang, names=Names(self.store))
        return verdict_json(definition, answer, lang, names=Names(self.store))

    def outlooks(self) -> dict[str, Outlook]:
        """The same for every branch, without the moves after the next one; the number of queries does not grow with the branches."""
        return board.outlooks(self._desk)

    def dues(self, branch: str | None = None, until: date | str | None = None) -> tuple[DueItem, ...]:
        """Every open deadline of one branch or of all, the most urgent first; with `until` only what has a day, up to that one.

        A handful of queries for each version in force, however many branches there are.
        """
        return chasing.dues(self._desk, branch, until)

    def board(self) -> Board:
        """Where every branch stands, and what holds up how many."""
        return board.board(self._desk)

    def cases(self, branch: str, kind: str | None = None) -> list[CaseFact]:
        """The cases of a branch, its members' included."""
        return cases.listed(self._desk, branch, kind)

    def branches(self) -> list[tuple[str, str]]:
        """Id and title of every branch."""
        return [(row[0], row[1]) for row in self.store.rows("SELECT id, title FROM workflow_branch ORDER BY id")]

    def names(self) -> dict[str, str]:
        """What every person and branch is called, by id."""
        return naming.everybody(self.store)

    def members(self, branch: str) -> tuple[MemberRow, ...]:
        """The roll of a branch, by id."""
        return roll.members(self._desk, branch)

    def people(self) -> tuple[PersonRow, ...]:
        """Everybody on the roster, members or not, by id, with the roles they hold."""
        return roll.people(self._desk)

    def timeline(self, branch: str | None = None) -> Iterator[Event]:
        """Everything that happened to a branch, or (None) to the campaign as a whole, in order."""
        if branch is not None:
            self._desk.require_branch(branch)
        return events(self.store, CAMPAIGN if branch is None else branch_stream(branch))

    def verdict(self, branch: str | None, seq: int) -> Verdict:
        """An answer from the ledger, as it was given: at event `seq` (`verdict.event.seq`) of a branch or (None) of the campaign.

        So a page can be shown anew, by its address, after a form was sent. Raises `NotFound` where nothing was answered.
        """
        return self._desk.kept(branch, seq)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Proof:
        """Has anybody rewritten the ledger, and do the live tables say what it says?"""
        return proof.verify(self.store, progress, self.extensions)

    def attempts(self, branch: str) -> list[dict[str, Any]]:
        """Every attempt of a branch: ordinal, stage, number, began, ended, outcome."""
        names = ("ordinal", "stage", "number", "began", "ended", "outcome")
        rows = self.store.rows(f"SELECT {', '.join(names)} FROM workflow_attempt WHERE branch = ? ORDER BY ordinal", (branch,))
        return [dict(zip(names, row, strict=True)) for row in rows]

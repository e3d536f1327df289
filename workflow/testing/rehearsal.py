"""A campaign for tests: in memory, under a clock of its own, and watched for the coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from workflow.definition import Definition, load_document, load_file, load_text
from workflow.engine import Campaign
from workflow.engine.campaign import Database
from workflow.engine.desk import Desk
from workflow.errors import InputFault
from workflow.ledger import Event, events
from workflow.testing.clock import CampaignClock, Moment
from workflow.testing.coverage import watchers
from workflow.testing.definitions import MINIMAL
from workflow.testing.rosters import Roster
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Finding, Verdict

Rules = Definition | str | Path | Mapping[str, Any]  # a definition, its file, its YAML text, or its plain data
Rows = Roster | str | Path | Iterable[Mapping[str, str]]


def campaign(
    definition: Rules = MINIMAL,
    *,
    roster: Rows = (),
    at: Moment | None = None,
    clock: CampaignClock | None = None,
    db: Database = ":memory:",
    name: str = "",
    lang: str = "en",
) -> Rehearsal:
    """A new campaign under a clock that stands `at` a local time (2 March 2026, a Monday, 09:00), or under the `clock` of another.

    Close it at the end, or use it in `with`. `db` may be a path or a host's peewee database. Raises `DefinitionFault` with all that is
    wrong with the definition, and `InputFault` for all that is dirty in the roster: in a test nothing is put right in silence.
    """
    rules = _read(definition)
    clock = clock or CampaignClock()
    clock.keep(rules.calendar, at)
    made = cast(Rehearsal, Rehearsal.create(db, rules, name=name, clock=clock, rehearsal=True))
    made.lang = lang
    made.watch(hosted=not isinstance(db, (str, Path)))
    try:
        _enrol(made, rules, roster)
    except BaseException:
        made.close()
        raise
    return made


class Rehearsal(Campaign):
    """A campaign as any other, with its `clock`; `lang` is the language in which failed assertions explain themselves."""

    def __init__(self, desk: Desk, name: str, *, rehearsal: bool) -> None:
        super().__init__(desk, name, rehearsal=rehearsal)
        self.lang = "en"
        self._watchers = watchers()
        self._counted: set[str] = set()  # hashes of events
        self._closed = False
        self._hosted = False

    def __enter__(self) -> Rehearsal:
        return self

    @property
    def clock(self) -> CampaignClock:
        return cast(CampaignClock, self._desk.clock)

    def ask(self, branch: str, move: str, *, by: str | None = None, takes: Mapping[str, Any] | None = None) -> Verdict:
        return self._asked(super().ask(branch, move, by=by, takes=takes))

    def ask_case(self, branch: str, case: str, move: str, *, by: str | None = None, takes: Mapping[str, Any] | None = None) -> Verdict:
        return self._asked(super().ask_case(branch, case, move, by=by, takes=takes))

    def close(self) -> None:
        """As of any campaign. What others wrote into the same database counts for the coverage as well."""
        if not self._closed and self._watchers:
            self._count(events(self.store))
        self._closed = True
        super().close()

    def watch(self, *, hosted: bool) -> None:
        """Let whoever watches know what is answered: after every commit or, in a host's database, when the campaign is closed.

        A host's transaction may never be committed (tests roll it back): what it holds is read at the end.
        """
        self._hosted = hosted
        self.witness(self.definition.hash)
        if self._watchers and not hosted:
            self.after_commit(self._count)

    def witness(self, definition: str, *answers: Verdict | Finding) -> None:
        """Count answers that were given under a definition, by its hash, for the coverage."""
        for coverage in self._watchers:
            coverage.add(self.version(definition), *answers)

    def _asked(self, verdict: Verdict) -> Verdict:
        """Inside a transaction of our own something is only being tried (`unblock`, `preview`): that is nothing a test has seen."""
        if self._hosted or not self.store.in_transaction:
            self.witness(verdict.definition, verdict)
        return verdict

    def _count(self, written: Iterable[Event]) -> None:
        """What stands in the ledger, each event once."""
        for event in written:
            if event.hash not in self._counted:
                self._counted.add(event.hash)
                if "verdict" in event.payload:
                    verdict = verdict_of(event.payload["verdict"])
                    self.witness(verdict.definition, verdict)


def _read(rules: Rules) -> Definition:
    if isinstance(rules, Definition):
        return rules
    if isinstance(rules, Mapping):
        return load_document(rules)
    return load_text(rules) if isinstance(rules, str) and "\n" in rules else load_file(rules)


def _enrol(made: Rehearsal, rules: Definition, roster: Rows) -> None:
    if isinstance(roster, Roster):
        roster = roster.rows(rules)
    if not isinstance(roster, (str, Path)):
        roster = list(roster)
    if roster and (faults := made.import_roster(roster).warnings):
        raise InputFault(faults)

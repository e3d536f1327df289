"""The versions of the rules a campaign has been under, and which of them is in force for whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from attrs import define, field, frozen

from workflow.definition import Definition, load_document
from workflow.definition.extensions import Extensions
from workflow.definition.model import CaseKind
from workflow.engine.machine import BranchMachine, CaseMachine
from workflow.errors import DatabaseFault
from workflow.store import Projector, Store
from workflow.store.database import Row
from workflow.store.facts import FactNeeds
from workflow.texts import Text

Reach = Literal["running", "new"]  # for attempts that are running too, or only for those that begin from then on

_ENACTED = "SELECT n, definition, starts, scope, states FROM workflow_enactment ORDER BY n"
_DOCUMENT = "SELECT document FROM workflow_definition WHERE hash = ?"


@frozen
class Enactment:
    """That a definition is in force from the day `starts` on. `states` are those it renamed, old to new."""

    number: int
    definition: str
    starts: str
    scope: Reach
    states: Mapping[str, str]

    def holds(self, began: str, today: str) -> bool:
        """For an attempt that began on that day, as things are today?"""
        return self.starts <= (today if self.scope == "running" else min(began, today))


@define(slots=False)
class Version:
    """One definition in force, with what is made of it once: its machines, its projector, what its moves need to know.

    `states` says what states of earlier versions are called in it.
    """

    enactment: Enactment
    definition: Definition
    states: Mapping[str, str]
    store: Store
    needs: dict[str, FactNeeds] = field(factory=dict, init=False)  # by move
    _case_machines: dict[str, CaseMachine] = field(factory=dict, init=False)

    @cached_property
    def projector(self) -> Projector:
        return Projector(self.store, self.definition)

    @cached_property
    def machine(self) -> BranchMachine:
        return BranchMachine(self.definition)

    def case_machine(self, kind: CaseKind) -> CaseMachine:
        if kind.id not in self._case_machines:
            self._case_machines[kind.id] = CaseMachine(kind)
        return self._case_machines[kind.id]


@frozen
class _Seen:
    """The versions there are, and the rows that say so."""

    rows: Sequence[Row]
    versions: Sequence[Version]


@define
class Versions:
    """All versions of a campaign, oldest first; `refresh` sees what another process has enacted since.

    Which one is in force never goes back: each holds from its day on, until a later one does.
    """

    store: Store
    extensions: Extensions = field(factory=Extensions)
    _here: threading.local = field(factory=threading.local, init=False)
    _last: _Seen = field(factory=lambda: _Seen([], []), init=False)
    _definitions: dict[str, Definition] = field(factory=dict, init=False)

    def refresh(self) -> None:
        """One small query. Raises `DatabaseFault` where the text of a definition is not what was enacted."""
        rows, seen = self.store.rows(_ENACTED), self._seen
        if rows == seen.rows:
            self._here.seen = seen
            return
        pairs = enumerate(zip(rows, seen.rows, strict=False))
        same = next((n for n, (row, before) in pairs if row != before), min(len(rows), len(seen.rows)))
        versions = list(seen.versions[:same])  # what was seen in a transaction that was undone is not there any more
        for number, hashed, starts, scope, states in rows[same:]:
            enactment = Enactment(number, hashed, starts, scope, json.loads(states))
            renamed = {**(versions[-1].states if versions else {}), **enactment.states}
            versions.append(Version(enactment, self.definition(hashed), _followed(renamed), self.store))
        self._here.seen = self._last = _Seen(rows, versions)

    @property
    def _seen(self) -> _Seen:
        """What this thread saw: inside a transaction another may see more, or less. A thread that never looked goes by the last look."""
        return getattr(self._here, "seen", self._last)

    def founding(self, definition: Definition) -> Version:
        """The first version of a campaign that is about to be created."""
        self.remember(definition)
        return Version(Enactment(1, definition.hash, "", "running", {}), definition, {}, self.store)

    def remember(self, definition: Definition) -> None:
        """A definition about to be enacted: it need not be read from the database."""
        self._definitions[definition.hash] = definition

    def definition(self, hashed: str) -> Definition:
        """Any definition the campaign has ever been under. Raises `DatabaseFault` if there is none of this hash, `Misuse` where it
        calls on extensions that are not here."""
        found = self._definitions.get(hashed)
        if found is None:
            row = self.store.row(_DOCUMENT, (hashed,))
            found = None if row is None else kept(row[0], self.extensions)
            if found is None or found.hash != hashed:
                text = Text.of(
                    "the definition kept in the database was altered; compare it with the ledger",
                    "数据库中保存的方案被改动过；请与台账核对",
                )
                raise DatabaseFault(text, "definition-altered")
            self._definitions[hashed] = found
        return found

    @property
    def all(self) -> Sequence[Version]:
        return self._seen.versions

    @property
    def first(self) -> Version:
        return self._seen.versions[0]

    def in_force(self, began: str, today: str) -> Version:
        """For an attempt that began on the day `began`, as things are on the day `today`."""
        return next(version for version in reversed(self._seen.versions) if version.enactment.holds(began, today))

    def newest(self, today: str) -> Version:
        """For what begins today."""
        return self.in_force(today, today)


def kept(document: str, extensions: Extensions) -> Definition:
    """A definition as a campaign keeps it, in a text: its order has a meaning.

    Raises `Misuse` (code "extension-missing") where it calls on what is not among the `extensions`.
    """
    plain = json.loads(document)
    extensions.require(plain)
    return load_document(plain, validated=True, extensions=extensions)


def _followed(renamed: Mapping[str, str]) -> dict[str, str]:
    """Every old name with the newest: what was renamed twice is followed to the end."""
    found = {}
    for old, name in renamed.items():
        while name in renamed:
            name = renamed[name]
        found[old] = name
    return found

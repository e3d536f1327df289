"""The question what is due: for one branch or, set-wise, for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow.engine.board import by_version
from workflow.engine.desk import Desk
from workflow.engine.entry import read_day
from workflow.store.facts import Facts
from workflow.verdicts.dues import DueItem, due_needs
from workflow.verdicts.dues import dues as dues_of


def dues(desk: Desk, branch: str | None = None, until: date | str | None = None) -> tuple[DueItem, ...]:
    """Every open deadline, the most urgent first; with `until` what has a day, up to that one. Raises `NotFound` for an unknown branch."""
    last = None if until is None else read_day(until, desk.definition.calendar.zone)
    with desk.store.read():
        found = [item for item in _each(desk, branch) if last is None or (item.day is not None and item.day <= last)]
    return tuple(sorted(found, key=lambda item: item.urgency))


def _each(desk: Desk, branch: str | None) -> Iterator[DueItem]:
    if branch is not None:
        with desk.hearing(branch, lambda version: due_needs(version.definition)) as hearing:
            yield from dues_of(hearing.definition, hearing.facts, hearing.branch)
        return
    now = desk.now()
    for version, states in by_version(desk, now):
        facts = Facts.load(desk.store, version.definition, due_needs(version.definition), now, states=version.states)
        for ident in states:
            yield from dues_of(version.definition, facts, facts.branches[ident])

"""The question what is due: for one branch or, set-wise, for several or all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import frozen

from workflow.engine.board import by_version
from workflow.engine.desk import Desk
from workflow.engine.entry import read_day
from workflow.store.facts import BranchFact, Facts
from workflow.verdicts.due import another_day
from workflow.verdicts.dues import DueItem, due_needs
from workflow.verdicts.dues import dues as dues_of


@frozen
class Duties:
    """What is due of a branch; `another_day` (ISO) is when that may be something else although nothing is entered until then."""

    branch: BranchFact
    items: tuple[DueItem, ...]
    another_day: str | None


def dues(desk: Desk, branch: str | None = None, until: date | str | None = None) -> tuple[DueItem, ...]:
    """Every open deadline, the most urgent first; with `until` what has a day, up to that one. Raises `NotFound` for an unknown branch."""
    last = None if until is None else read_day(until, desk.definition.calendar.zone)
    with desk.store.read():
        found = [item for item in _each(desk, branch) if last is None or (item.day is not None and item.day <= last)]
    return tuple(sorted(found, key=lambda item: item.urgency))


def duties(desk: Desk, branches: Sequence[str] | None = None) -> Iterator[Duties]:
    """What is due of each of these branches, or of all: a handful of queries for each version in force."""
    now = desk.now()
    for version, states in by_version(desk, now, branches):
        definition, needs = version.definition, due_needs(version.definition)
        facts = Facts.load(desk.store, definition, needs, now, branches and list(states), states=version.states)
        for ident in states:
            branch = facts.branches[ident]
            yield Duties(branch, dues_of(definition, facts, branch), another_day(definition, facts, branch))


def _each(desk: Desk, branch: str | None) -> Iterator[DueItem]:
    if branch is not None:
        with desk.hearing(branch, lambda version: due_needs(version.definition)) as hearing:
            yield from dues_of(hearing.definition, hearing.facts, hearing.branch)
        return
    for each in duties(desk):
        yield from each.items

"""Weekly duties of members who came late: enrolled, transferred, split off or on a later roster, nobody owes weeks from before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign
from workflow.store.facts import FactNeeds, Facts
from workflow.verdicts.dues import due_needs

TEXT = """
definition: notes
title: Notes
calendar: {zone: Asia/Shanghai}
roles: {clerk: {scope: branch}, office: {scope: all}}
authority: {roll: office, transfer: office, restructure: office}
members: {status: [in_post], flags: [away], departures: [left]}
instruments: {rule: {title: The rule}}
records: {note: {of: member, fields: {}, by: clerk}}
requirements:
  checked: {title: Notes are checked, each: member, check: len(member.note) > 8, owner: clerk, remedy: check, basis: rule, due: weekly}
gates: {gate: {phases: [working], moves: {leave: {from: working, to: next_stage, by: office, requires: checked}}}}
stages: {study: {gate: gate}}
deadlines:
  weekly:
    title: Weekly check
    due: {every: week, day: friday, after: study}
    each: member
    owner: clerk
    until: any(n.happened >= begins and n.happened <= ends for n in member.note)
    ladder: [0d]
"""
DEFINITION = load_text(TEXT)
WEEKS = ["2026-03-06", "2026-03-13", "2026-03-20", "2026-03-27"]  # Fridays; it begins on Monday, the 2nd


@pytest.fixture
def notes() -> Iterator[Campaign]:
    with Campaign.create(":memory:", DEFINITION, clock=VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC)), rehearsal=True) as made:
        made.import_roster(
            [
                {"branch": "b1", "title": "B1", "person": "ann", "name": "Ann", "status": "in_post", "roles": "clerk"},
                {"branch": "b1", "person": "bob", "name": "Bob"},
                {"branch": "b2", "title": "B2", "person": "cho", "name": "Cho", "status": "in_post", "roles": "clerk"},
                {"person": "olga", "name": "Olga", "roles": "office"},
            ]
        )
        yield made


def at(made: Campaign, moment: str) -> Campaign:
    made._desk.clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))  # type: ignore[attr-defined]
    return made


def weeks(made: Campaign, member: str) -> list[str | None]:
    return [item.day for item in made.dues() if item.subject == member]


def test_who_is_enrolled_late_begins_with_the_week_they_come_in(notes: Campaign) -> None:
    at(notes, "2026-03-11T02:00")
    assert notes.enrol("b1", "dan", name="Dan", by="olga", reason="new")
    at(notes, "2026-03-19T02:00")
    assert (weeks(notes, "dan"), weeks(notes, "bob")) == (WEEKS[1:], WEEKS)
    assert [item.day for item in notes.dues("b1") if item.subject == "dan"] == WEEKS[1:]


def test_the_day_counts_by_the_local_calendar(notes: Campaign) -> None:
    at(notes, "2026-03-13T15:59")  # Friday, the last minute of it in Shanghai
    assert notes.enrol("b1", "dan", name="Dan", by="olga", reason="new")
    at(notes, "2026-03-13T16:00")  # Saturday there
    assert notes.enrol("b1", "eve", name="Eve", by="olga", reason="new")
    at(notes, "2026-03-19T02:00")
    assert (weeks(notes, "dan"), weeks(notes, "eve")) == (WEEKS[1:], WEEKS[2:])


def test_who_comes_from_another_branch_or_comes_back_owes_nothing_from_before(notes: Campaign) -> None:
    at(notes, "2026-03-11T02:00")
    assert notes.transfer("bob", to="b2", by="olga", reason="moved")
    at(notes, "2026-03-19T02:00")
    assert (weeks(notes, "bob"), weeks(notes, "cho")) == (WEEKS[1:], WEEKS)
    assert notes.transfer("bob", to="b1", by="olga", reason="moved back")
    assert weeks(notes, "bob") == WEEKS[2:]
    assert notes.change("bob", by="olga", reason="on leave", flag="away")
    assert weeks(notes, "bob") == WEEKS[2:]


def test_who_is_on_a_later_roster_too(notes: Campaign) -> None:
    at(notes, "2026-03-19T02:00")
    notes.import_roster([{"branch": "b1", "person": "dan", "name": "Dan"}, {"branch": "b1", "person": "bob", "name": "Robert"}])
    assert (weeks(notes, "dan"), weeks(notes, "bob")) == (WEEKS[2:], WEEKS)


def test_a_requirement_is_due_by_the_first_week_anybody_owes(notes: Campaign) -> None:
    at(notes, "2026-03-11T02:00")
    assert notes.enrol("b2", "dan", name="Dan", by="olga", reason="new")
    assert notes.remove("cho", departure="left", by="olga", reason="left")
    at(notes, "2026-03-19T02:00")
    found = {branch: [f.due for f in notes.ask(branch, "leave", by="olga").findings if f.code == "checked"] for branch in ("b1", "b2")}
    assert found == {"b1": [WEEKS[0]], "b2": [WEEKS[1]]}


def test_when_members_came_is_read_only_where_something_recurs_for_each(notes: Campaign) -> None:
    def came(definition: Definition, needs: FactNeeds) -> set[str]:
        facts = Facts.load(notes.store, definition, needs, datetime(2026, 3, 19, tzinfo=UTC))
        return {member.came for branch in facts.branches.values() for member in facts.members(branch)}

    assert came(DEFINITION, due_needs(DEFINITION)) == {"2026-03-02"}
    once = load_text(
        TEXT.replace("{every: week, day: friday, after: study}", "{after: study, days: 7}").replace(
            "n.happened >= begins and n.happened <= ends", "True"
        )
    )
    assert not due_needs(once).arrivals
    assert came(once, due_needs(once)) == {""}

"""Whoever takes over a role hears what is open of it; and what comes up in the evening is for the next morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.reminders.bells import at, letters, of, only, run
from tests.visits import opened
from workflow.definition import load_text
from workflow.engine.campaign import Campaign

Make = Callable[[str], Campaign]


@pytest.fixture
def campaign() -> Iterator[Make]:
    made = []

    def make(text: str) -> Campaign:
        made.append(opened(definition=load_text(text)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def appoint(c: Campaign, person: str, role: str, of: str | None) -> None:
    assert c.appoint(person, role, of=of, by="olga", name=person.title(), reason="new").allowed


def test_a_successor_hears_once_what_their_predecessor_was_told(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group]"))
    run(c, "03-12 09:00", "03-13 09:00", "03-16 09:00")
    assert c.relieve("ann", "clerk", of="b1", by="olga", reason="left").allowed
    appoint(at(c, "03-17 10:00"), "dan", "clerk", "b1")
    run(c, "03-17 10:01", "03-17 10:02", "03-18 09:00", "03-30 09:00")
    assert letters(c, "2026-03-17") == ["03-17 dan clerk b1 due 03-13"]  # what could not be said to him before is not late


def test_who_is_added_hears_and_the_others_do_not_hear_again(campaign: Make) -> None:
    c = campaign(only("stage", "[0d, +1d: group]"))
    run(c, "03-12 09:00", "03-13 09:00", "03-16 09:00")
    appoint(at(c, "03-17 10:00"), "eva", "group", "group:g1")
    appoint(c, "flo", "office", None)  # of this nothing has gone up to the office
    run(c, "03-17 10:01", "03-18 09:00")
    assert letters(c, "2026-03-17") == ["03-17 eva group b1 due 03-13", "03-17 eva group b2 due 03-13"]


def test_nothing_is_inherited_that_is_settled_or_did_not_ring(campaign: Make) -> None:
    c = campaign(only("stage"))
    run(c, "03-12 09:00", "03-13 09:00")
    assert c.record("b1", "plan", by="ann").allowed
    appoint(at(c, "03-16 10:00"), "dan", "clerk", "b1")
    appoint(c, "dan", "clerk", "b2")
    run(c, "03-16 10:01", "03-17 09:00")
    assert of("dan", letters(c)) == ["03-16 dan clerk b2 due 03-13"]


def test_what_comes_up_in_the_quiet_hours_is_for_the_next_morning_and_not_late(campaign: Make) -> None:
    c = campaign(only("stage") + "reminders: {at: 08:30, quiet: {from: 20:00, to: 07:00}}\n")
    run(c, "03-11 09:00")
    at(c, "03-11 20:30").extend(20, branches="b1", by="olga", reason="snow")
    for early in ("03-11 20:31", "03-12 06:59", "03-12 07:00", "03-12 08:29"):
        assert run(c, early).digests == 0
    assert run(c, "03-12 08:30").digests == 1
    assert letters(c) == ["03-12 ann clerk b1 due 03-31 was 03-13"]

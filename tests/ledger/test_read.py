"""Reading the ledger."""

import pytest
from ledger_sample import add

from workflow.errors import NotFound
from workflow.ledger import Head, branch_stream, by_key, event, events, events_at, head
from workflow.store import Store


@pytest.fixture
def filled(store: Store) -> Store:
    for n in range(1, 7):
        add(store, branch_stream("b1" if n % 2 else "b2"), {"n": n}, kind="moved" if n % 3 else "refused")
    return store


def numbers(*found: object) -> list[int]:
    return [e.payload["n"] for e in found]  # type: ignore[attr-defined]


def test_the_head_is_the_last_event(filled: Store) -> None:
    last = event(filled, "branch:b1", 3)
    assert head(filled, "branch:b1") == Head(3, last.hash, last.recorded_at)
    assert head(filled, "branch:none") is None


def test_events_come_in_order_of_writing(filled: Store) -> None:
    assert numbers(*events(filled)) == [1, 2, 3, 4, 5, 6]
    assert numbers(*events(filled, "branch:b2")) == [2, 4, 6]
    assert numbers(*events(filled, after=4)) == [5, 6]
    assert numbers(*events(filled, "branch:b1", after=1)) == [3, 5]
    assert numbers(*events(filled, kinds=["refused"])) == [3, 6]
    assert numbers(*events(filled, "branch:b1", kinds={"refused", "waived"})) == [3]
    assert list(events(filled, kinds=[])) == []


def test_one_event_or_several_are_found_by_number(filled: Store) -> None:
    assert numbers(event(filled, "branch:b2", 2)) == [4]
    assert numbers(*events_at(filled, "branch:b1", [3, 1])) == [1, 5]
    assert events_at(filled, "branch:b1", []) == ()
    assert numbers(*events_at(filled, "branch:b1", [2] * 40_000)) == [3]


def test_a_missing_event_is_named(filled: Store) -> None:
    with pytest.raises(NotFound, match="stream branch:b1 has no event 9"):
        event(filled, "branch:b1", 9)
    with pytest.raises(NotFound) as caught:
        events_at(filled, "branch:b1", [8, 2, 7])
    assert caught.value.say("zh") == "台账流 branch:b1 中没有第 7, 8 号事件"


def test_an_unused_key_finds_nothing(filled: Store) -> None:
    assert by_key(filled, "k") is None


def test_an_event_knows_its_branch(store: Store) -> None:
    assert add(store, branch_stream("b1:x")).branch == "b1:x"
    assert add(store, "campaign").branch == ""

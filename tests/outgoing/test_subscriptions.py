"""Subscriptions: begun, listed with how far they have come, and ended."""

from __future__ import annotations

import pytest

from tests.outgoing.ground import Receiver, Shifted, deliver, follow, receiving, write
from workflow.errors import Misuse, NotFound
from workflow.outgoing import Subscription, subscribe, subscriptions, unsubscribe
from workflow.store import Store


def test_how_far_they_have_come(store: Store, clock: Shifted) -> None:
    write(store, clock, "mill", "dock", "mill")
    follow(store, clock, name="all", whole=True)
    follow(store, clock, "moved", name="moves", from_start=False)
    everything, moves = subscriptions(store)
    first = store.row("SELECT recorded_at FROM workflow_event WHERE id = 1")
    assert (everything.name, everything.kinds, everything.whole, everything.waiting, (everything.oldest,)) == ("all", (), True, 4, first)
    assert (moves.kinds, moves.whole, moves.position, moves.waiting, moves.oldest) == (("moved",), False, 4, 0, None)
    write(store, clock, "mill", kind="moved", move="apply")
    assert [each.waiting for each in subscriptions(store)] == [5, 1]


def test_what_is_stuck_is_counted_once(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    receiver = Receiver(lambda event: 400 if event.get("subject") == "mill" else 200)
    with receiving(receiver) as url:
        write(store, clock, "mill", "dock", "mill")
        deliver(store, clock, url)
        write(store, clock, "mill", "dock")
    [found] = subscriptions(store)
    assert (found.waiting, [(each.branch, each.seq) for each in found.stuck]) == (4, [("mill", 1)])


def test_a_name_is_given_once(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    with pytest.raises(Misuse) as caught:
        subscribe(store, Subscription("portal", ("moved",)), clock.now())
    assert caught.value.say("en") == "there is a subscription portal already: remove it first, or choose another name"
    unsubscribe(store, "portal")
    follow(store, clock)
    with pytest.raises(NotFound, match="there is no subscription hr; known: portal"):
        unsubscribe(store, "hr")


@pytest.mark.parametrize("name", ["", "Portal", "a_b", "-a", "a" * 41, "门户", "a b"])
def test_names_fit_into_the_environment(name: str) -> None:
    with pytest.raises(Misuse) as caught:
        Subscription(name)
    assert caught.value.code == "subscription-name"


def test_kinds_are_those_of_the_ledger() -> None:
    assert Subscription("a", ["moved", "refused", "moved"]).kinds == ("moved", "refused")
    with pytest.raises(NotFound, match="there is no kind of event move; did you mean moved"):
        Subscription("a", ["move"])


def test_a_roll_back_leaves_no_subscription(store: Store, clock: Shifted) -> None:
    with store.undone():
        follow(store, clock)
        assert len(subscriptions(store)) == 1
    assert subscriptions(store) == []

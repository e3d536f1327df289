"""Whoever gets past the triggers is found out."""

import pytest
from ledger_sample import add

from workflow.ledger import Break, digest, verify_chain
from workflow.store import Store


@pytest.fixture
def filled(store: Store) -> Store:
    for n in range(1, 9):
        add(store, "branch:b1" if n % 2 else "branch:b2", {"n": n, "说明": "如实"})
    return store


def tamper(store: Store, *statements: str) -> None:
    for name in ("update", "delete"):
        store.execute(f"DROP TRIGGER workflow_event_no_{name}")
    for statement in statements:
        store.execute(statement)


def places(breaks: tuple[Break, ...]) -> list[tuple[str, int, int]]:
    return [(b.stream, b.seq, b.position) for b in breaks]


def test_an_untouched_ledger_is_whole(filled: Store) -> None:
    assert verify_chain(filled) == ()
    assert verify_chain(filled, "branch:b2") == ()


def test_a_changed_payload_is_found_in_its_place(filled: Store) -> None:
    tamper(filled, "UPDATE workflow_event SET payload = replace(payload, '如实', '虚报') WHERE id = 5")
    (found,) = verify_chain(filled)
    assert (found.stream, found.seq, found.position) == ("branch:b1", 3, 5)
    assert found.text.say("en") == "event 3 does not match its hash: it was changed after it was written"
    assert found.text.say("zh") == "第 3 号事件与其哈希不符：写入后被改动过"
    assert verify_chain(filled, "branch:b2") == ()
    assert verify_chain(filled, "branch:b1") == (found,)


@pytest.mark.parametrize("column", ["recorded_at", "actor", "role", "kind", "subject", "definition", "payload"])
@pytest.mark.parametrize("value", ["'x'", "X'7B7D'"])
def test_every_column_is_covered(filled: Store, column: str, value: str) -> None:
    tamper(filled, f"UPDATE workflow_event SET {column} = {value} WHERE id = 3")
    assert places(verify_chain(filled)) == [("branch:b1", 2, 3)]


def test_a_changed_event_with_a_hash_to_match_breaks_the_link_after_it(filled: Store) -> None:
    row = list(
        filled.row("SELECT stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev FROM workflow_event") or ()
    )
    row[3] = "forger"
    tamper(filled, f"UPDATE workflow_event SET actor = 'forger', hash = '{digest(*row)}' WHERE id = 1")
    (found,) = verify_chain(filled)
    assert (found.stream, found.seq, found.position) == ("branch:b1", 2, 3)
    assert found.text.say("en").startswith("event 2 does not follow event 1: it names ")
    assert found.text.say("zh").startswith("第 2 号事件与第 1 号事件不衔接")


def test_a_deleted_event_leaves_a_gap(filled: Store) -> None:
    tamper(filled, "DELETE FROM workflow_event WHERE id = 4")
    (found,) = verify_chain(filled)
    assert (found.stream, found.seq, found.position) == ("branch:b2", 3, 6)
    assert found.text.say("en") == "event 3 stands where event 2 should: events are missing or out of order"


def test_a_stream_moved_to_a_new_start_is_found(filled: Store) -> None:
    tamper(filled, "DELETE FROM workflow_event WHERE id = 2", "UPDATE workflow_event SET seq = seq - 1 WHERE stream = 'branch:b2'")
    (found,) = verify_chain(filled)
    assert (found.stream, found.seq, found.position) == ("branch:b2", 1, 4)
    assert found.text.say("en").startswith("event 1 does not follow the start of a stream")


def test_events_in_another_order_are_found(filled: Store) -> None:
    tamper(filled, "UPDATE workflow_event SET id = 99 WHERE id = 3", "UPDATE workflow_event SET id = 3 WHERE id = 5")
    assert places(verify_chain(filled)) == [("branch:b1", 3, 3)]


def test_the_first_break_of_every_stream_is_named(filled: Store) -> None:
    tamper(filled, "UPDATE workflow_event SET actor = 'x' WHERE id > 3")
    assert places(verify_chain(filled)) == [("branch:b2", 2, 4), ("branch:b1", 3, 5)]

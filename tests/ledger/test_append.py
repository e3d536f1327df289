"""Writing to the ledger."""

import json
import sqlite3
from datetime import timedelta

import pytest
from ledger_sample import HASH, START, add

from workflow.canonical import canonical
from workflow.clock import stamp
from workflow.errors import KeyReused, Misuse
from workflow.ledger import GENESIS, append, by_key, event
from workflow.store import Store


def test_the_first_event_of_a_stream_follows_genesis(store: Store) -> None:
    made = add(store, payload={"支部": [1, 2.5]}, key="k-1")
    assert (made.position, made.seq, made.prev, made.recorded_at, made.key) == (1, 1, GENESIS, stamp(START), "k-1")
    assert store.rows("SELECT * FROM workflow_event") == [
        (1, "branch:b1", 1, stamp(START), "李", "clerk", "record", "b1", '{"支部":[1,2.5]}', HASH, GENESIS, made.hash, "k-1")
    ]
    assert event(store, "branch:b1", 1) == made


def test_the_hash_of_a_known_event_never_changes(store: Store) -> None:
    assert add(store).hash == "1a8c09f2436854cec938cd1043f3383a0fae65ccc232be54be90473a1042317e"


def test_streams_are_chained_each_by_itself(store: Store) -> None:
    first, other, second = add(store), add(store, "campaign"), add(store)
    assert (second.seq, second.prev) == (2, first.hash)
    assert (other.seq, other.prev) == (1, GENESIS)
    assert [e.position for e in (first, other, second)] == [1, 2, 3]


def test_a_clock_set_back_never_reorders_a_stream(store: Store) -> None:
    add(store)
    back = add(store, at=START - timedelta(days=1))
    on = add(store, at=START + timedelta(microseconds=1))
    elsewhere = add(store, "branch:b2", at=START - timedelta(days=1))
    assert back.recorded_at == stamp(START)
    assert on.recorded_at == "2005-01-20T08:00:00.000001Z"
    assert elsewhere.recorded_at == "2005-01-19T08:00:00.000000Z"


def test_a_key_is_used_once(store: Store) -> None:
    made = add(store, key="k-1")
    add(store)
    add(store)
    with pytest.raises(KeyReused) as caught:
        add(store, "branch:b2", key="k-1")
    assert (caught.value.say("en"), caught.value.say("zh")) == ("the key k-1 was used before", "键 k-1 已被使用")
    assert by_key(store, "k-1") == made
    assert store.row("SELECT count(*) FROM workflow_event") == (3,)


def test_a_stream_place_is_taken_once(store: Store) -> None:
    add(store)
    copy = "INSERT INTO workflow_event SELECT 9, stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash, 'x'"
    with pytest.raises(sqlite3.IntegrityError, match=r"workflow_event\.stream, workflow_event\.seq"):
        store.execute(f"{copy} FROM workflow_event")


def test_outside_a_transaction_nothing_is_written(store: Store) -> None:
    with pytest.raises(Misuse, match=r"inside store\.write\(\) only"):
        append(store, stream="campaign", kind="x", subject="", payload={}, actor="a", role="r", at=START, definition=HASH)
    assert store.rows("SELECT 1 FROM workflow_event") == []


@pytest.mark.parametrize("about", [{"payload": {"x": float("nan")}}, {"actor": "\ud800"}])
def test_what_cannot_be_hashed_is_not_written(store: Store, about: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        add(store, **about)  # type: ignore[arg-type]
    assert store.rows("SELECT 1 FROM workflow_event") == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [("UPDATE workflow_event SET actor = 'x'", "an event is never changed"), ("DELETE FROM workflow_event", "an event is never deleted")],
)
def test_an_event_is_neither_changed_nor_deleted(store: Store, statement: str, said: str) -> None:
    made = add(store)
    with pytest.raises(sqlite3.IntegrityError, match=said):
        store.execute(statement)
    assert event(store, "branch:b1", 1) == made


def test_what_was_said_is_what_is_read(store: Store) -> None:
    payload = {"findings": [{"required": 40, "found": 39.999999999, "who": ["党员一"]}]}
    made = add(store, payload=payload)
    assert json.loads(canonical(payload)) == event(store, "branch:b1", made.seq).payload == payload

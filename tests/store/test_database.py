"""Opening databases, ours and a host's, and transactions in them."""

import multiprocessing
import sqlite3
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import peewee
import pytest
from store_sample import Sample

from workflow.errors import DatabaseFault, Misuse, NotFound
from workflow.store import Store, database

PERSON = "INSERT INTO workflow_person (id, name) VALUES (?, ?)"
PEOPLE = "SELECT id FROM workflow_person ORDER BY id"


def fail_in(store: Store) -> None:
    with store.write():
        store.execute(PERSON, ("a", "A"))
        raise ZeroDivisionError


def test_a_missing_file_says_how_to_create_one(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(NotFound) as caught:
        Store.open(path)
    assert caught.value.say("en") == f"there is no database {path}: create one with `workflow new`"
    assert caught.value.say("zh") == f"没有数据库 {path}：请用 `workflow new` 创建"
    assert not path.exists()


@pytest.mark.parametrize("make", [Store.open, Store.create])
def test_a_file_of_another_kind_is_refused_and_untouched(tmp_path: Path, make: object) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear branch secretary,\n" * 50)
    with pytest.raises(DatabaseFault, match=r"letter\.txt cannot be used as a database: file is not a database"):
        make(path)  # type: ignore[operator]
    assert path.read_text().startswith("Dear")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault, match="unable to open database file") as caught:
        Store.open(tmp_path)
    assert "不能作为数据库使用" in caught.value.say("zh")


def test_someone_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE users (id)")
    other.close()
    with pytest.raises(DatabaseFault) as caught:
        Store.open(path)
    assert caught.value.code == "database-foreign"
    assert caught.value.say("en") == f"{path} holds no campaign: check the path, or create one with `workflow new`"


def test_a_database_of_another_make_is_refused() -> None:
    with pytest.raises(DatabaseFault, match="PostgresqlDatabase is no SQLite database"):
        Store.open(peewee.PostgresqlDatabase("x"))


@pytest.mark.usefixtures("sample")
def test_a_second_campaign_in_one_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as caught:
        Store.create(tmp_path / "campaign.db")
    assert caught.value.code == "campaign-exists"
    assert "holds a campaign already" in caught.value.say("en")


def test_ours_is_durable_and_reopens(sample: Sample, tmp_path: Path) -> None:
    sample.store.close()
    store = Store.open(str(tmp_path / "campaign.db"))
    pragmas = {name: store.row(f"PRAGMA {name}") for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")}
    assert pragmas == {"journal_mode": ("wal",), "busy_timeout": (30_000,), "synchronous": (2,), "foreign_keys": (1,)}
    assert store.row("SELECT count(*) FROM workflow_event") == (1,)
    store.close()


def test_a_write_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_in(store)
    assert store.rows(PEOPLE) == []
    assert not store.in_transaction


def test_an_inner_write_fails_alone(store: Store) -> None:
    with store.write():
        store.execute(PERSON, ("b", "B"))
        with pytest.raises(ZeroDivisionError):
            fail_in(store)
        store.executemany(PERSON, [("c", "C"), ("d", "D")])
    assert store.rows(PEOPLE) == [("b",), ("c",), ("d",)]


def test_a_read_sees_one_moment(store: Store, tmp_path: Path) -> None:
    other = Store.open(tmp_path / "campaign.db")
    with store.read():
        assert store.rows(PEOPLE) == []
        with other.write():
            other.execute(PERSON, ("a", "A"))
        with store.read():
            assert store.rows(PEOPLE) == []
    assert store.rows(PEOPLE) == [("a",)]
    other.close()


def test_a_writer_that_does_not_finish_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY", 0.01)
    first = Store.create(tmp_path / "campaign.db")
    second = Store.open(tmp_path / "campaign.db")
    with first.write(), pytest.raises(DatabaseFault) as caught, second.write():
        pass
    assert caught.value.code == "database-busy"
    assert caught.value.say("en") == "the database cannot be written now: database is locked; try again"
    first.close()
    second.close()


def test_a_disk_that_is_full_is_a_fault_and_a_wrong_statement_is_not(store: Store) -> None:
    store.execute(f"PRAGMA max_page_count = {store.row('PRAGMA page_count')[0]}")
    with pytest.raises(DatabaseFault, match="the database cannot be written now: database or disk is full"), store.write():
        store.execute(PERSON, ("a", "A" * 100_000))
    assert store.rows(PEOPLE) == []
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.write():
        store.execute("DELETE FROM missing")


@pytest.fixture
def host(tmp_path: Path) -> peewee.SqliteDatabase:
    db = peewee.SqliteDatabase(tmp_path / "host.db")
    db.execute_sql("CREATE TABLE staff (name TEXT)")
    yield db
    db.close()


def test_a_hosts_database_is_taken_as_it_is(host: peewee.SqliteDatabase) -> None:
    Store.create(host)
    store = Store.open(host)
    assert [store.row(f"PRAGMA {name}") for name in ("journal_mode", "foreign_keys")] == [("delete",), (0,)]
    store.close()
    assert not host.is_closed()


def test_a_hosts_roll_back_undoes_ours_and_its_own(host: peewee.SqliteDatabase) -> None:
    store = Store.create(host)
    with host.atomic() as transaction:
        host.execute_sql("INSERT INTO staff VALUES ('x')")
        with store.write():
            store.execute(PERSON, ("a", "A"))
        transaction.rollback()
    assert store.rows(PEOPLE) == []
    assert store.rows("SELECT * FROM staff") == []


def test_our_failure_leaves_a_hosts_transaction_standing(host: peewee.SqliteDatabase) -> None:
    store = Store.create(host)
    with host.atomic():
        host.execute_sql("INSERT INTO staff VALUES ('x')")
        with pytest.raises(ZeroDivisionError):
            fail_in(store)
    assert store.rows(PEOPLE) == []
    assert store.rows("SELECT * FROM staff") == [("x",)]


def test_a_transaction_a_host_began_by_hand_is_joined(host: peewee.SqliteDatabase) -> None:
    store = Store.create(host)
    host.connection().execute("BEGIN")
    with store.write():
        store.execute(PERSON, ("a", "A"))
    assert store.in_transaction
    host.connection().execute("ROLLBACK")
    assert store.rows(PEOPLE) == []


def test_a_hosts_transaction_that_read_too_early_is_a_fault(host: peewee.SqliteDatabase, tmp_path: Path) -> None:
    host.pragma("journal_mode", "wal")
    store = Store.create(host)
    other = Store.open(tmp_path / "host.db")
    with host.atomic():
        assert store.rows(PEOPLE) == []
        with other.write():
            other.execute(PERSON, ("b", "B"))
        with pytest.raises(DatabaseFault, match="database is locked; try again"), store.write():
            store.execute(PERSON, ("a", "A"))
    assert store.rows(PEOPLE) == [("b",)]
    other.close()


def test_a_host_may_use_its_own_savepoints_inside_a_write(host: peewee.SqliteDatabase) -> None:
    store = Store.create(host)
    with store.write(), host.atomic():
        store.execute(PERSON, ("a", "A"))
    assert store.rows(PEOPLE) == [("a",)]


def test_threads_have_a_connection_each(store: Store) -> None:
    def write(number: int) -> None:
        for n in range(20):
            with store.write():
                store.execute(PERSON, (f"{number}-{n}", "x"))
        store.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.row("SELECT count(*) FROM workflow_person") == (80,)


def _write_forked(store: Store, parent: int, done: Connection) -> None:
    with store.write():
        store.execute(PERSON, ("child", "C"))
    done.send(id(store.connection()) != parent)
    store.close()


def test_a_forked_process_makes_its_own_connection(store: Store) -> None:
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    child = forking.Process(target=_write_forked, args=(store, id(store.connection()), theirs))
    child.start()
    child.join()
    assert ours.recv() is True
    with store.write():
        store.execute(PERSON, ("parent", "P"))
    assert store.rows(PEOPLE) == [("child",), ("parent",)]


def test_what_is_tried_is_taken_back_however_it_ends(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "c.db")

    def tried() -> int:
        with store.undone():
            store.execute(PERSON, ("a", "A"))
            return len(store.rows(PEOPLE))

    assert (tried(), store.rows(PEOPLE), store.in_transaction) == (1, [], False)
    with pytest.raises(ZeroDivisionError), store.undone():
        fail_in(store)
    with store.write():  # inside another transaction only what was tried is taken back
        store.execute(PERSON, ("b", "B"))
        assert tried() == 2
    assert store.rows(PEOPLE) == [("b",)]
    store.close()

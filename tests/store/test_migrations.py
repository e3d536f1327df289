"""Schema versions."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest
from store_sample import HASH, definition_of

from workflow.errors import DatabaseFault
from workflow.ledger import verify_chain
from workflow.store import Store, compare, migrate
from workflow.store.migrations import CURRENT, scripts, version
from workflow.store.tables import TABLES

VERSION_1 = Path(__file__).parent / "version-1.sql"  # a campaign as the program of version 1 left it


@pytest.fixture
def of_version_1(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(tmp_path / "version-1.db")
    made.executescript(VERSION_1.read_text(encoding="utf-8"))
    yield made
    made.close()


@pytest.fixture
def migrated(of_version_1: sqlite3.Connection, tmp_path: Path) -> Iterator[Store]:
    assert of_version_1.execute("SELECT value FROM workflow_meta WHERE name = 'schema'").fetchone() == ("1",)
    store = Store.open(tmp_path / "version-1.db")
    yield store
    store.close()


def test_an_empty_file_becomes_current(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    store = Store.create(path)
    assert version(store) == CURRENT == 5
    found = {name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert found == {model._meta.table_name for model in TABLES}
    store.close()


def test_migrating_twice_changes_nothing(store: Store) -> None:
    before = list(store.connection().iterdump())
    assert migrate(store) == CURRENT
    assert list(store.connection().iterdump()) == before


def test_a_next_step_runs_once(store: Store) -> None:
    steps = (*scripts(), "-- two; statements\nCREATE TABLE extra (n);\nINSERT INTO extra VALUES (1);\n")
    assert migrate(store, steps) == CURRENT + 1
    assert migrate(store, steps) == CURRENT + 1
    assert version(store) == CURRENT + 1
    assert store.rows("SELECT n FROM extra") == [(1,)]


def test_a_step_that_fails_leaves_the_version_before_it(store: Store) -> None:
    with pytest.raises(Exception, match="no such table"):
        migrate(store, (*scripts(), "CREATE TABLE extra (n);\nINSERT INTO missing VALUES (1);\n"))
    assert version(store) == CURRENT
    assert store.rows("SELECT 1 FROM sqlite_master WHERE name = 'extra'") == []


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    store = Store.create(path)
    store.execute("UPDATE workflow_meta SET value = '70' WHERE name = 'schema'")
    with pytest.raises(DatabaseFault):
        migrate(store)
    store.close()
    with pytest.raises(DatabaseFault) as caught:
        Store.open(path)
    assert caught.value.code == "database-too-new"
    assert caught.value.say("en").startswith(f"the database has schema version 70, this program knows up to {CURRENT}: install a newer")
    assert caught.value.say("zh") == f"数据库结构版本为 70，本程序只支持到 {CURRENT}：请安装更新版本的程序"


def test_the_models_describe_what_the_scripts_make(store: Store) -> None:
    db = peewee.SqliteDatabase(":memory:")
    db.bind(TABLES)
    db.create_tables(TABLES)
    for model in TABLES:
        about = f"PRAGMA table_info({model._meta.table_name})"
        assert store.rows(about) == db.execute_sql(about).fetchall(), model
        listed = "SELECT wr FROM pragma_table_list WHERE name = ?"
        name = (model._meta.table_name,)
        assert store.rows(listed, name) == db.execute_sql(listed, name).fetchall(), model
    db.close()


def test_a_database_of_version_1_says_what_its_ledger_says(migrated: Store) -> None:
    assert version(migrated) == CURRENT
    assert verify_chain(migrated) == ()
    assert compare(migrated, definition_of) == ()


def test_what_version_1_kept_is_kept(of_version_1: sqlite3.Connection, tmp_path: Path) -> None:
    kept = {}
    for (table,) in of_version_1.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [row[1] for row in of_version_1.execute(f"PRAGMA table_info({table})") if row[1] != "live"]
        query = f"""SELECT {", ".join(f'"{column}"' for column in columns)} FROM {table}"""
        kept[query] = of_version_1.execute(query).fetchall()
    store = Store.open(tmp_path / "version-1.db")
    for query, rows in kept.items():
        after = [row for row in store.rows(query) if row[0] != "schema"]
        assert after == [row for row in rows if row[0] != "schema"], query
    assert len(kept) == 12
    assert sum(map(len, kept.values())) == 53
    store.close()


def test_rolls_and_versions_are_made_of_what_version_1_wrote(migrated: Store) -> None:
    assert migrated.rows("SELECT * FROM workflow_enactment") == [(1, HASH, "", "running", "{}", 1)]
    assert migrated.rows('SELECT branch, member, seq, joined, came, origin, "left" FROM workflow_stay') == [
        ("b1", "b1-m1", 1, "2005-01-20T10:00:00.000000Z", "roster", None, None),
        ("b1", "b1-m2", 1, "2005-01-20T10:00:00.000000Z", "roster", None, None),
        ("b1", "b1-m3", 4, "2005-01-20T15:00:00.000000Z", "roster", None, None),
        ("b2", "b2-m1", 1, "2005-01-20T11:00:00.000000Z", "roster", None, None),
        ("b2", "b2-m2", 1, "2005-01-20T11:00:00.000000Z", "roster", None, None),
    ]


def test_what_version_1_withdrew_is_told_from_what_it_froze(migrated: Store) -> None:
    withdrawn = [("attendance", "b1", 3, 2), ("notice", "", 4, 1), ("session", "b1", 3, 1)]
    counted = "SELECT kind, branch, seq, COUNT(*) FROM workflow_line WHERE live = ? GROUP BY 1, 2, 3"
    assert migrated.rows(counted, (-1,)) == withdrawn
    assert migrated.rows(counted, (0,)) == [("attendance", "b1", 2, 2)]
    assert migrated.rows("SELECT branch, seq FROM workflow_document WHERE live = -1") == [("", 4), ("b1", 3)]

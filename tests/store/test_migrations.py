"""Schema versions."""

from pathlib import Path

import peewee
import pytest

from workflow.errors import DatabaseFault
from workflow.store import Store, migrate
from workflow.store.migrations import CURRENT, scripts, version
from workflow.store.tables import TABLES


def test_an_empty_file_becomes_current(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    store = Store.create(path)
    assert version(store) == CURRENT == 1
    found = {name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert found == {model._meta.table_name for model in TABLES}
    store.close()


def test_migrating_twice_changes_nothing(store: Store) -> None:
    before = list(store.connection().iterdump())
    assert migrate(store) == CURRENT
    assert list(store.connection().iterdump()) == before


def test_a_next_step_runs_once(store: Store) -> None:
    steps = (*scripts(), "-- two; statements\nCREATE TABLE extra (n);\nINSERT INTO extra VALUES (1);\n")
    assert migrate(store, steps) == 2
    assert migrate(store, steps) == 2
    assert version(store) == 2
    assert store.rows("SELECT n FROM extra") == [(1,)]


def test_a_step_that_fails_leaves_the_version_before_it(store: Store) -> None:
    with pytest.raises(Exception, match="no such table"):
        migrate(store, (*scripts(), "CREATE TABLE extra (n);\nINSERT INTO missing VALUES (1);\n"))
    assert version(store) == 1
    assert store.rows("SELECT 1 FROM sqlite_master WHERE name = 'extra'") == []


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    store = Store.create(path)
    store.execute("UPDATE workflow_meta SET value = '7' WHERE name = 'schema'")
    with pytest.raises(DatabaseFault):
        migrate(store)
    store.close()
    with pytest.raises(DatabaseFault) as caught:
        Store.open(path)
    assert caught.value.code == "database-too-new"
    assert caught.value.say("en").startswith("the database has schema version 7, this program knows up to 1: install a newer")
    assert caught.value.say("zh") == "数据库结构版本为 7，本程序只支持到 1：请安装更新版本的程序"


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

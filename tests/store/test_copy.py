"""A copy of a database in a new file: all of it, or no file."""

import os
import sqlite3
from pathlib import Path

import pytest
from store_sample import Sample

from workflow.errors import DatabaseFault, Misuse
from workflow.store import Store

PERSON = "INSERT INTO workflow_person (id, name) VALUES (?, ?)"


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    tables = [
        name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'workflow_%' ORDER BY name")
    ]
    return {name: sorted(store.rows(f"SELECT * FROM {name}"), key=repr) for name in tables}


def layout(store: Store) -> list[tuple[object, ...]]:
    return store.rows("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")


def test_everything_is_in_the_copy_and_the_original_stays(sample: Sample, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    sample.store.copy(there)
    copy = Store.open(there)
    assert contents(copy) == contents(sample.store)
    assert len(contents(copy)["workflow_event"]) == 1
    assert layout(copy) == layout(sample.store)
    assert copy.row("PRAGMA journal_mode") == ("wal",)
    with copy.write():
        copy.execute(PERSON, ("later", "Later"))
    assert sample.store.rows("SELECT 1 FROM workflow_person WHERE id = 'later'") == []
    copy.close()
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith("copy")) == ["copy.db"]


def test_out_of_memory_into_a_file(tmp_path: Path) -> None:
    store = Store.create(":memory:")
    with store.write():
        store.execute(PERSON, ("a", "A"))
    (tmp_path / "copy.db").touch()  # an empty file holds nothing
    store.copy(tmp_path / "copy.db")
    store.close()
    copy = Store.open(tmp_path / "copy.db")
    assert copy.rows("SELECT id, name FROM workflow_person") == [("a", "A")]
    copy.close()


@pytest.mark.parametrize("text", ["Dear branch secretary", ""])
def test_what_is_there_is_never_overwritten(sample: Sample, tmp_path: Path, text: str) -> None:
    there = tmp_path / "copy.db"
    if text:
        there.write_text(text)
    else:
        sample.store.copy(there)
    before = there.read_bytes()
    with pytest.raises(Misuse) as caught:
        sample.store.copy(there)
    assert caught.value.code == "database-exists"
    assert caught.value.say("en") == f"{there} is there already: name another file"
    assert caught.value.say("zh") == f"{there} 已存在：请另取文件名"
    assert there.read_bytes() == before


def test_where_nothing_can_be_written_it_is_a_fault(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault, match="unable to open"):
        sample.store.copy(tmp_path / "nowhere" / "copy.db")
    with pytest.raises(Misuse, match="is there already"):
        sample.store.copy(tmp_path)


def test_half_a_copy_is_no_file(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended when all is written, but not yet in its place."""

    def interrupted(_half: Path, _there: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        sample.store.copy(tmp_path / "copy.db")
    assert sorted(os.listdir(tmp_path)) == before


def test_a_copy_is_sound(sample: Sample, tmp_path: Path) -> None:
    sample.store.copy(tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    copy.close()

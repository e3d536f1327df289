"""The file itself: does SQLite find it sound, and are the guards in place?"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.audit.proof.flaws import Flaw, Part
from workflow.store import Store
from workflow.store.tables import TABLES
from workflow.texts import Text

_SCHEMA = "SELECT name, type, sql FROM sqlite_master WHERE name LIKE 'workflow\\_%' ESCAPE '\\' ORDER BY name"
_TABLES = tuple(str(model._meta.table_name) for model in TABLES)


def check_file(store: Store) -> Part:
    """SQLite's own check of our tables and their indexes, and whether all is there that guards them."""
    flaws = [Flaw(Text.of(f"table {table}", f"表 {table}"), Text.same(said)) for table, said in _damage(store)]
    return Part("file", len(_TABLES), (*flaws, *_guards(store)))


def _damage(store: Store) -> Iterator[tuple[str, str]]:
    """What SQLite says of each of our tables and its indexes, if anything is wrong."""
    for table in _TABLES:
        for (said,) in store.rows(f"PRAGMA integrity_check({table})"):
            if said != "ok":
                yield table, str(said)


def _guards(store: Store) -> Iterator[Flaw]:
    """Tables, indexes and triggers as the program makes them."""
    pattern = Store.temporary()
    try:
        expected = pattern.rows(_SCHEMA)
    finally:
        pattern.close()
    here = {name: (kind, sql) for name, kind, sql in store.rows(_SCHEMA)}
    for name, kind, sql in expected:
        place = Text.of(f"{kind} {name}", f"{_KINDS[kind]} {name}")
        if name not in here:
            yield Flaw(place, Text.of("it is gone: somebody removed it", "不存在：已被删除"))
        elif here[name] != (kind, sql):
            yield Flaw(place, Text.of("it is not as the program made it", "与程序所建不一致"))


_KINDS = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}

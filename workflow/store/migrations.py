"""Schema versions. Version n is what the first n scripts of `schema/` make; it is kept in `workflow_meta` as `schema`.

A script is never changed once released: the next version is one more script. The projected tables may simply be dropped
and made anew there, and rebuilt from the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from workflow.errors import DatabaseFault
from workflow.texts import Text

if TYPE_CHECKING:
    from workflow.store.database import Store

_SCRIPTS = ("0001.sql", "0002.sql", "0003.sql", "0004.sql", "0005.sql")
CURRENT = len(_SCRIPTS)
SCHEMA = "schema"  # the name of the version in workflow_meta

_HAS_META = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'workflow_meta'"
_VERSION = "SELECT value FROM workflow_meta WHERE name = ?"
_SET_VERSION = "INSERT OR REPLACE INTO workflow_meta (name, value) VALUES (?, ?)"


def scripts() -> tuple[str, ...]:
    """The SQL of every version, oldest first."""
    folder = files("workflow.store") / "schema"
    return tuple((folder / name).read_text("utf-8") for name in _SCRIPTS)


def version(store: Store) -> int:
    """The schema version of a database; 0 where there are no tables of ours."""
    if store.row(_HAS_META) is None:
        return 0
    found = store.row(_VERSION, (SCHEMA,))
    if found is not None and not str(found[0]).isdecimal():
        en = f"the database is damaged: its schema version is {found[0]!r}; go on with a copy from before"
        raise DatabaseFault(Text.of(en, f"数据库已损坏：结构版本为 {found[0]!r}；请改用此前的备份"), code="database-damaged")
    return 0 if found is None else int(found[0])


def migrate(store: Store, steps: Sequence[str] | None = None) -> int:
    """Bring a database to the newest version, in one transaction, and return that version. Raises `DatabaseFault` if it is newer."""
    steps = scripts() if steps is None else steps
    with store.write():
        found = version(store)  # read under the write lock: another process may just have migrated
        if found > len(steps):
            raise too_new(found, len(steps))
        for script in steps[found:]:
            for statement in _statements(script):
                store.execute(statement)
        if found < len(steps):
            store.execute(_SET_VERSION, (SCHEMA, str(len(steps))))
    return len(steps)


def too_new(found: int, known: int) -> DatabaseFault:
    return DatabaseFault(
        Text.of(
            f"the database has schema version {found}, this program knows up to {known}: install a newer version of the program",
            f"数据库结构版本为 {found}，本程序只支持到 {known}：请安装更新版本的程序",
        ),
        code="database-too-new",
    )


def _statements(script: str) -> Iterator[str]:
    """One statement at a time: `executescript` would commit the transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

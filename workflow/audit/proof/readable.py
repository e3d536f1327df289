"""A database that cannot be read through is a fault with words, not a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from workflow.errors import DatabaseFault
from workflow.store import Store
from workflow.texts import Text


@contextmanager
def readable(store: Store) -> Iterator[None]:
    """Raises `DatabaseFault` where SQLite finds the file damaged, or text in it that is none."""
    try:
        yield
    except (sqlite3.Error, peewee.DatabaseError, UnicodeDecodeError) as problem:
        where = store.db.database
        raise DatabaseFault(
            Text.of(
                f"{where} cannot be read through: {problem}; keep the file as it is, and go on with a copy from before",
                f"{where} 无法完整读取：{problem}；请保留原文件，改用此前的备份",
            ),
            "database-damaged",
        ) from problem

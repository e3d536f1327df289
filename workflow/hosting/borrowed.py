"""A database over a connection that the host owns: Django's, SQLAlchemy's, or one from `sqlite3.connect`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import peewee

Connection = sqlite3.Connection | Callable[[], sqlite3.Connection]
OnCommit = Callable[[Callable[[], None]], object]


def borrowed(connection: Connection, on_commit: OnCommit | None = None) -> peewee.SqliteDatabase:
    """A database for `Campaign.create` and `Campaign.open` over an open SQLite connection of the host's.

    Inside the host's transaction a command is a savepoint: the host commits it or rolls it back. Outside of one it depends on who
    begins transactions on that connection. Where the host does (`isolation_level=None`, as Django's), a command is a transaction
    of its own. Where `sqlite3` does by itself (any other `isolation_level`, as SQLAlchemy's and the default), a command begins
    one as any INSERT would, and leaves it open for the host's `commit()`. The connection is never closed, nor are its settings changed.

    `connection` may be a function that gives the connection of the thread that asks: then one campaign serves the whole process.
    `on_commit` is how the host runs something after its commit (Django: `transaction.on_commit`); without it a campaign with
    hooks (`Campaign.after_commit`) cannot write inside a transaction of the host's.
    """
    current = (lambda: connection) if isinstance(connection, sqlite3.Connection) else connection
    return _Borrowed(current, on_commit)


class _Borrowed(peewee.SqliteDatabase):
    """Where peewee would open, look up or close a connection of its own there is the host's."""

    _current: Callable[[], sqlite3.Connection] | None = None  # peewee sets itself up before it is there

    def __init__(self, current: Callable[[], sqlite3.Connection], on_commit: OnCommit | None) -> None:
        super().__init__("borrowed")
        self._current = current
        self._on_commit = on_commit

    @property
    def database(self) -> str:
        """The file, for messages."""
        return next(file for _, name, file in self.cursor().execute("PRAGMA database_list") if name == "main") or ":memory:"

    @database.setter
    def database(self, value: str) -> None:
        """peewee sets what it was given, which is none."""

    def connection(self) -> sqlite3.Connection:
        assert self._current is not None
        return self._current()

    def cursor(self, named_cursor: None = None) -> sqlite3.Cursor:  # noqa: ARG002
        cursor = self.connection().cursor()
        cursor.row_factory = None  # the host may read its rows in another form
        return cursor

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: ARG002
        return False

    def is_closed(self) -> bool:
        return self._current is None

    def close(self) -> bool:
        return False

    def transaction(self, *args: Any, **kwargs: Any) -> AbstractContextManager[object]:  # type: ignore[override]
        """Asked for outside of any. What only reads is ours to the end; what writes is the host's, if `sqlite3` begins its transactions."""
        ours = args != ("IMMEDIATE",) or self.connection().isolation_level is None
        return super().transaction(*args, **kwargs) if ours else self._left_open()

    @contextmanager
    def _left_open(self) -> Iterator[None]:
        self.begin("IMMEDIATE")
        try:
            yield
        except BaseException:
            self.rollback()  # nothing of the host's is in it yet
            raise

    def after_commit(self, fn: Callable[[], Any]) -> Callable[[], Any]:
        if self.transaction_depth() or self._on_commit is None:
            return super().after_commit(fn)
        self._on_commit(fn)
        return fn

"""Several processes that write one file, and that each of them gets its turn."""

from __future__ import annotations

import sqlite3

import peewee

_TURN = 50  # milliseconds
_TRIES = 100


class FileDatabase(peewee.SqliteDatabase):
    """A file of ours: whoever waits to write it is not overtaken by all who come later.

    SQLite looks whether the file is free in the first milliseconds, and then ever more rarely, ten times a second in the end: among
    writers who come back at once (a host with many callers) one that has waited long would hardly ever find it free. So waiting
    begins anew every `_TURN`, until the connection's own timeout has passed.
    """

    def begin(self, lock_type: str | None = None) -> None:
        execute = self.connection().execute  # type: ignore[no-untyped-call]
        ((patience,),) = execute("PRAGMA busy_timeout").fetchall()
        left = patience
        try:
            while True:
                execute(f"PRAGMA busy_timeout = {min(_TURN, left)}").fetchall()
                try:
                    super().begin(lock_type)
                    return
                except peewee.OperationalError as problem:
                    left -= _TURN
                    if left <= 0 or not _is_busy(problem):
                        raise
        finally:
            execute(f"PRAGMA busy_timeout = {patience}").fetchall()

    def write_ahead(self) -> None:
        """Give the file a write-ahead log. Where others begin with it in the same moment SQLite refuses at once, and does not wait."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        for left in reversed(range(_TRIES)):
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                return
            except sqlite3.OperationalError as problem:
                if not left or not _is_busy(problem):
                    raise
            self.begin("IMMEDIATE")  # that waits
            connection.rollback()


def _is_busy(problem: Exception) -> bool:
    return getattr(getattr(problem, "orig", problem), "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY

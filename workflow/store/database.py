"""The database: connections, transactions, and SQL as it is."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import peewee

from workflow.errors import DatabaseFault, Misuse, NotFound
from workflow.store.commits import Commits
from workflow.store.migrations import CURRENT, migrate, too_new, version
from workflow.store.turns import FileDatabase
from workflow.texts import Text

Row = tuple[Any, ...]
Parameters = Sequence[Any]

MEMORY = ":memory:"
BUSY = 30.0  # seconds to wait for another writer
# An acknowledged command must survive a power cut, hence FULL.
_PRAGMAS = {"synchronous": "FULL", "foreign_keys": 1}
# Nobody else sees a temporary database, and after a fault nobody looks at it: it need neither sync nor roll back. 200 MB, then a file.
_TEMPORARY = {"journal_mode": "OFF", "synchronous": "OFF", "cache_size": -200_000}
# What SQLite says when the file or its surroundings are at fault, and not the statement.
_UNWRITABLE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}


class _UndoneError(Exception):
    """Ends a transaction that must not stand."""


class Store:
    """One campaign's database.

    Opened from a path it is ours: one connection for each thread and process, waiting up to 30 s for another writer.
    Opened from a host's peewee `SqliteDatabase` it is taken as it is, with the host's connection, pragmas and open
    transaction. `db` is the peewee database, for queries with the models of `workflow.store.tables`.
    """

    def __init__(self, db: peewee.SqliteDatabase, *, ours: bool) -> None:
        self.db = db
        self._ours = ours
        self._process = os.getpid()
        self._inherited: list[sqlite3.Connection] = []
        self._here = threading.local()  # the connection of this thread's transaction, while there is one
        self.commits = Commits(db, self.row)

    @classmethod
    def create(cls, where: str | Path | peewee.SqliteDatabase) -> Store:
        """A new database: a new or empty file, ":memory:", or a host's database, beside whose tables ours are made.

        Raises `Misuse` if it holds a campaign already, `DatabaseFault` if it is no SQLite database or cannot be written.
        """
        store = cls._at(where)
        with store._faults(where):
            if isinstance(store.db, FileDatabase):
                store.db.write_ahead()
            migrate(store)
            taken = store.row("SELECT 1 FROM workflow_event LIMIT 1") is not None
        if taken:
            store.close()
            raise Misuse(
                Text.of(
                    f"{_name(where)} holds a campaign already: open it, or create another file",
                    f"{_name(where)} 中已有一个活动：请直接打开，或另建文件",
                ),
                code="campaign-exists",
            )
        return store

    @classmethod
    def temporary(cls) -> Store:
        """An empty database in memory, as long as that suffices, then in a file that SQLite deletes when it is closed."""
        store = cls(peewee.SqliteDatabase("file:", uri=True, pragmas=_TEMPORARY), ours=True)
        migrate(store)
        return store

    def copy(self, path: str | Path) -> None:
        """Everything into a new file of its own: there is all of it, or no file. Raises `Misuse` for one that holds something already,
        `DatabaseFault` where it cannot be written."""
        there = Path(path)
        if there.exists() and there.stat().st_size:
            raise Misuse(Text.of(f"{there} is there already: name another file", f"{there} 已存在：请另取文件名"), code="database-exists")
        half = there.with_name(f"{there.name}.{os.getpid()}.part")
        try:
            with self._faults(path):
                self.execute("VACUUM INTO ?", (str(half),))
            half.replace(there)
        finally:
            half.unlink(missing_ok=True)
        fresh = FileDatabase(str(there))
        fresh.write_ahead()
        fresh.close()

    @classmethod
    def open(cls, where: str | Path | peewee.SqliteDatabase) -> Store:
        """An existing database, brought to the newest schema version.

        Raises `NotFound` if there is no such file, `DatabaseFault` if it is not one of ours, newer than this program, or
        cannot be read.
        """
        if isinstance(where, (str, Path)) and not Path(where).exists():
            raise NotFound(
                Text.of(f"there is no database {where}: create one with `workflow new`", f"没有数据库 {where}：请用 `workflow new` 创建"),
                code="database-missing",
            )
        store = cls._at(where)
        with store._faults(where):
            found = version(store)
            if found == 0:
                raise _foreign(where)
            if found > CURRENT:
                raise too_new(found, CURRENT)
            if found < CURRENT:
                migrate(store)
        return store

    @classmethod
    def _at(cls, where: str | Path | peewee.SqliteDatabase) -> Store:
        if isinstance(where, (str, Path)):
            return cls(FileDatabase(str(where), pragmas=_PRAGMAS, timeout=BUSY), ours=True)
        if not isinstance(where, peewee.SqliteDatabase):
            raise DatabaseFault(
                Text.of(
                    f"{type(where).__name__} is no SQLite database: give a path or a peewee SqliteDatabase",
                    f"{type(where).__name__} 不是 SQLite 数据库：请给出路径或 peewee 的 SqliteDatabase",
                )
            )
        return cls(where, ours=False)

    @contextmanager
    def _faults(self, where: object) -> Iterator[None]:
        """What SQLite says of a file that is not a database, as a fault that names the file; the connection is closed."""
        try:
            yield
        except DatabaseFault:
            self.close()
            raise
        except (sqlite3.Error, peewee.DatabaseError, UnicodeDecodeError) as problem:
            self.close()
            raise DatabaseFault(
                Text.of(
                    f"{_name(where)} cannot be used as a database: {problem}; check the path, or create one with `workflow new`",
                    f"{_name(where)} 不能作为数据库使用：{problem}；请检查路径，或用 `workflow new` 创建",
                )
            ) from problem

    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        inside: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if inside is not None:
            return inside
        if self._ours and self._process != os.getpid():
            self._forked()
        return self.db.connection()  # type: ignore[no-any-return, no-untyped-call]

    def _forked(self) -> None:
        """SQLite forbids to use or even close a connection that came over a fork: it is kept aside, and a new one made."""
        if not self.db.is_closed():
            self._inherited.append(self.db.connection())  # type: ignore[no-untyped-call]
            self.db.dispose()
        self._process = os.getpid()

    @property
    def in_transaction(self) -> bool:
        """Whether this thread has a transaction open, ours or the host's."""
        return self.connection().in_transaction

    @contextmanager
    def write(self) -> Iterator[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that is open.

        Raises `DatabaseFault` if the file cannot be written: another writer does not finish in time, the disk is full. A
        host's own transaction should begin IMMEDIATE: one that has read before another writes can no longer write itself.
        """
        try:
            with self._savepoint() if self.in_transaction else self.db.transaction("IMMEDIATE"), self._inside():
                yield
                self.commits.expect()
        except (sqlite3.DatabaseError, peewee.DatabaseError) as problem:
            cause = _unwritable(problem)
            if cause is None:
                raise
            raise DatabaseFault(
                Text.of(f"the database cannot be written now: {cause}; try again", f"数据库暂时无法写入：{cause}；请重试"),
                code="database-busy",
            ) from problem

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """As peewee's, but always of one name, by which SQLite means the innermost: a new name is a new statement to prepare each time."""
        execute = self.connection().execute
        execute("SAVEPOINT workflow")
        try:
            yield
        except BaseException:
            execute("ROLLBACK TO workflow")
            execute("RELEASE workflow")
            raise
        execute("RELEASE workflow")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """As `write`, but whatever is written inside is taken back at the end."""
        with suppress(_UndoneError), self.write():
            yield
            raise _UndoneError

    @contextmanager
    def read(self) -> Iterator[None]:
        """Everything read inside is of one moment; inside an open transaction it adds nothing."""
        if self.in_transaction:
            yield
            return
        with self.db.transaction("DEFERRED"), self._inside():
            yield

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Inside a transaction the connection cannot change: it need not be looked up for every statement."""
        before = getattr(self._here, "connection", None)
        self._here.connection = self.connection()
        try:
            yield
        finally:
            self._here.connection = before

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Raises `Misuse` for half a character (a lone surrogate), which no database can hold: nothing of that name is there."""
        cursor = self.connection().cursor()
        cursor.row_factory = None  # whatever the host has set on its connection: rows are tuples here
        try:
            return cursor.execute(sql, parameters)
        except UnicodeEncodeError as problem:
            raise Misuse(
                Text.of(f"not valid Unicode: {problem.object!r}", f"不是有效的 Unicode：{problem.object!r}"), "not-unicode"
            ) from problem

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        return self.connection().executemany(sql, rows)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        return self.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row, or None."""
        return self.execute(sql, parameters).fetchone()  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close this thread's connection. A host's own stays open."""
        if self._ours and self._process == os.getpid():
            self.db.close()


def _unwritable(problem: BaseException | None) -> BaseException | None:
    """The error by which the file cannot be written, if that is what it was.

    SQLite rolls back by itself on a full disk, and then peewee's own roll-back fails on top: hence the way down the context.
    """
    while problem is not None:
        # peewee keeps the driver's error as `orig`; the low byte is the primary result code
        if getattr(getattr(problem, "orig", problem), "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE:
            return problem
        problem = problem.__context__
    return None


def _name(where: object) -> str:
    return str(where.database) if isinstance(where, peewee.SqliteDatabase) else str(where)


def _foreign(where: object) -> DatabaseFault:
    return DatabaseFault(
        Text.of(
            f"{_name(where)} holds no campaign: check the path, or create one with `workflow new`",
            f"{_name(where)} 中没有活动：请检查路径，或用 `workflow new` 创建",
        ),
        code="database-foreign",
    )

"""What every side of `moves` goes through: three stages, each applied for and approved; two moves a stage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Protocol

BRANCHES = 40
MOVES = ("apply", "approve") * 3
STAGES = ("learning", "analysis", "rectification")
LEAST_PAGES = 3
PEOPLE = {"apply": ("li", "secretary"), "approve": ("wang", "office")}  # move -> who makes it, in what role

_numbers = count()


class Mover(Protocol):
    """A database with branches that can be moved, one durable command at a time."""

    def move(self, branch: str, move: str, person: str) -> bool: ...

    def finished(self) -> int: ...

    def close(self) -> None: ...


def branches(count: int = BRANCHES) -> list[str]:
    return [f"branch-{number:03}" for number in range(count)]


def fresh(where: Path) -> Path:
    """A path nothing stands at yet."""
    return where / f"{next(_numbers)}.db"


def rate(make: Callable[[], Mover]) -> float:
    """Moves a second, when every branch is led through all stages. Making and closing the database is not counted."""
    mover, names = make(), branches()
    try:
        began = perf_counter()
        made = sum(mover.move(branch, move, PEOPLE[move][0]) for move in MOVES for branch in names)
        taken = perf_counter() - began
        if (made, mover.finished()) != (len(MOVES) * BRANCHES, BRANCHES):
            raise RuntimeError(f"{type(mover).__name__}: {made} moves were made and {mover.finished()} branches finished")
    finally:
        mover.close()
    return made / taken


def durable(path: Path) -> sqlite3.Connection:
    """A connection that survives a power cut after each commit; transactions are begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


PLAIN_TABLES = """
CREATE TABLE minutes (branch TEXT NOT NULL, pages INTEGER NOT NULL);
CREATE INDEX minutes_branch ON minutes (branch);
CREATE TABLE entitled (person TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (person, role));
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, branch TEXT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL,
  move TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL
);
"""


def plain(where: Path, table: str, insert: str, start: str) -> sqlite3.Connection:
    """A database with the facts of every branch, and the `table` a library keeps its state in, filled with its `start`."""
    connection = durable(fresh(where))
    connection.executescript(PLAIN_TABLES + table)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO minutes VALUES (?, ?)", [(branch, LEAST_PAGES) for branch in branches()])
    connection.executemany("INSERT INTO entitled VALUES (?, ?)", list(PEOPLE.values()))
    connection.executemany(insert, [(branch, start) for branch in branches()])
    connection.execute("COMMIT")
    return connection


def may(connection: sqlite3.Connection, branch: str, move: str, person: str) -> bool:
    """The guard: the person holds the role, and the minutes are filed."""
    role = connection.execute("SELECT 1 FROM entitled WHERE person = ? AND role = ?", (person, PEOPLE[move][1])).fetchone()
    pages = connection.execute("SELECT pages FROM minutes WHERE branch = ?", (branch,)).fetchall()
    return role is not None and any(count >= LEAST_PAGES for (count,) in pages)

"""The process with python-statemachine: a persistent model as in its documentation, the state read from and written to a row."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from statemachine import State, StateMachine

from tests.benchmarks.process import may, plain

_TABLE = "CREATE TABLE process (id TEXT PRIMARY KEY, state TEXT NOT NULL);"


class Row:
    """A model whose state is a column."""

    def __init__(self, connection: sqlite3.Connection, branch: str) -> None:
        self.connection = connection
        self.id = branch

    @property
    def state(self) -> str:
        state: str = self.connection.execute("SELECT state FROM process WHERE id = ?", (self.id,)).fetchone()[0]
        return state

    @state.setter
    def state(self, value: str) -> None:
        self.connection.execute("UPDATE process SET state = ? WHERE id = ?", (value, self.id))


class Process(StateMachine):
    learning_working = State(initial=True)
    learning_applied = State()
    analysis_working = State()
    analysis_applied = State()
    rectification_working = State()
    rectification_applied = State()
    finished = State(final=True)

    apply = (
        learning_working.to(learning_applied, cond="permitted")
        | analysis_working.to(analysis_applied, cond="permitted")
        | rectification_working.to(rectification_applied, cond="permitted")
    )
    approve = (
        learning_applied.to(analysis_working, cond="permitted")
        | analysis_applied.to(rectification_working, cond="permitted")
        | rectification_applied.to(finished, cond="permitted")
    )

    def permitted(self, event: str, person: str) -> bool:
        return may(self.model.connection, self.model.id, str(event), person)

    def after_transition(self, event: str, source: State, target: State, person: str) -> None:
        row = (self.model.id, datetime.now(UTC).isoformat(), person, str(event), source.id, target.id)
        self.model.connection.execute("INSERT INTO audit (branch, at, person, move, source, target) VALUES (?, ?, ?, ?, ?, ?)", row)


class StateMachineMover:
    def __init__(self, where: Path) -> None:
        self.connection = plain(where, _TABLE, "INSERT INTO process VALUES (?, ?)", "learning_working")

    def move(self, branch: str, move: str, person: str) -> bool:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            machine: Any = Process(Row(self.connection, branch))
            machine.send(move, person=person)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return True

    def finished(self) -> int:
        found: int = self.connection.execute("SELECT count(*) FROM process WHERE state = 'finished'").fetchone()[0]
        return found

    def close(self) -> None:
        self.connection.close()

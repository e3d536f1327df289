"""The process as the least a program could do: SQL written by hand, for our tables and the same rows, payloads ready-made."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.process import LEAST_PAGES, PEOPLE, STAGES, durable, fresh
from workflow.clock import stamp
from workflow.ledger import branch_stream
from workflow.ledger.digest import digest

_BRANCH = "SELECT state, grp, attempt FROM workflow_branch WHERE id = ?"
_PAGES = "SELECT f1 FROM workflow_line WHERE kind = 'minutes' AND branch = ? AND live = 1"
_GRANT = "SELECT 1 FROM workflow_grant WHERE person = ? AND role = ? AND target IN (?, ?, '*')"
_HEAD = "SELECT seq, hash FROM workflow_event WHERE stream = ? ORDER BY seq DESC LIMIT 1"
_EVENT = """INSERT INTO workflow_event (stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash)
    VALUES (?, ?, ?, ?, ?, 'moved', ?, ?, ?, ?, ?)"""
_STATE = "UPDATE workflow_branch SET state = ?, since = ?, done = ? WHERE id = ?"
_NEXT = "UPDATE workflow_branch SET state = ?, since = ?, entered = ?, attempt = ?, number = 1, closed = '[]', done = '{}' WHERE id = ?"
_END = "UPDATE workflow_attempt SET ended = ?, outcome = ? WHERE branch = ? AND ordinal = ?"
_BEGIN = "INSERT INTO workflow_attempt (branch, ordinal, stage, number, began) VALUES (?, ?, ?, 1, ?)"

_AFTER = dict(zip(STAGES, (*(f"{stage}.working" for stage in STAGES[1:]), "finished"), strict=True))
TARGETS = {
    **{(f"{stage}.working", "apply"): f"{stage}.applied" for stage in STAGES},
    **{(f"{stage}.applied", "approve"): after for stage, after in _AFTER.items()},
}
DONE = {"apply": '{"apply":["li"]}', "approve": '{"apply":["li"],"approve":["wang"]}'}


class HandMover:
    """`start` is a database of ours with all facts in it; `payloads` has what ours writes, by state and move, for branch `pilot`."""

    def __init__(self, where: Path, start: Path, payloads: Mapping[tuple[str, str], str], pilot: str) -> None:
        self.path = fresh(where)
        shutil.copy(start, self.path)
        self.connection = durable(self.path)
        self.payloads, self.pilot = payloads, pilot
        self.definition: str = self.connection.execute("SELECT value FROM workflow_meta WHERE name = 'definition'").fetchone()[0]

    def move(self, branch: str, move: str, person: str) -> bool:
        return self.moves([(branch, move, person)]) == [True]

    def moves(self, wanted: Sequence[tuple[str, str, str]]) -> list[bool]:
        """Moves by branch, name and person, in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            made = [self._move(*each) for each in wanted]
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return made

    def _move(self, branch: str, move: str, person: str) -> bool:
        execute, role, stream = self.connection.execute, PEOPLE[move][1], branch_stream(branch)
        state, group, attempt = execute(_BRANCH, (branch,)).fetchone()
        pages = execute(_PAGES, (branch,)).fetchall()
        granted = execute(_GRANT, (person, role, branch, group)).fetchone()
        seq, prev = execute(_HEAD, (stream,)).fetchone()
        target = TARGETS.get((state, move))
        if target is None or granted is None or not any(count >= LEAST_PAGES for (count,) in pages):
            return False
        now, payload = stamp(datetime.now(UTC)), self.payloads[state, move].replace(self.pilot, branch)
        hashed = digest(stream, seq + 1, now, person, role, "moved", move, payload, self.definition, prev)
        execute(_EVENT, (stream, seq + 1, now, person, role, move, payload, self.definition, prev, hashed))
        self._project(branch, state, target, move, attempt, now)
        return True

    def _project(self, branch: str, state: str, target: str, move: str, attempt: int, now: str) -> None:
        execute, stage = self.connection.execute, target.partition(".")[0]
        if not state.startswith(stage):
            execute(_END, (now, move, branch, attempt))
        if stage in (state.partition(".")[0], "finished"):
            execute(_STATE, (target, now, DONE[move], branch))
        else:
            execute(_BEGIN, (branch, attempt + 1, stage, now))
            execute(_NEXT, (target, now, now, attempt + 1, branch))

    def finished(self) -> int:
        found: int = self.connection.execute("SELECT count(*) FROM workflow_branch WHERE state = 'finished'").fetchone()[0]
        return found

    def close(self) -> None:
        self.connection.close()

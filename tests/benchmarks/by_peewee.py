"""The process with peewee models, as an application would write it: our tables and the same rows, one durable command at a time."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import peewee

from tests.benchmarks.by_hand import DONE, TARGETS
from tests.benchmarks.process import LEAST_PAGES, PEOPLE, fresh
from workflow.clock import stamp
from workflow.ledger import branch_stream
from workflow.ledger.digest import digest
from workflow.store.tables import Attempt, Branch, Event, Grant, Line, Meta

MODELS = (Attempt, Branch, Event, Grant, Line, Meta)


class PeeweeMover:
    """`start` and `payloads` as for `HandMover`."""

    def __init__(self, where: Path, start: Path, payloads: Mapping[tuple[str, str], str], pilot: str) -> None:
        self.path = fresh(where)
        shutil.copy(start, self.path)
        self.db = peewee.SqliteDatabase(self.path, pragmas={"journal_mode": "wal", "synchronous": "FULL", "foreign_keys": 1})
        self.bound = self.db.bind_ctx(MODELS)
        self.bound.__enter__()
        self.payloads, self.pilot = payloads, pilot
        self.definition: str = Meta.get_by_id("definition").value

    def move(self, branch: str, move: str, person: str) -> bool:
        role, stream = PEOPLE[move][1], branch_stream(branch)
        with self.db.atomic("IMMEDIATE"):
            row = Branch.get_by_id(branch)
            minutes = Line.select(Line.f1).where(Line.kind == "minutes", Line.branch == branch, Line.live == 1)
            granted = Grant.select().where(Grant.person == person, Grant.role == role, Grant.target.in_([branch, row.grp, "*"])).exists()
            last = Event.select(Event.seq, Event.hash).where(Event.stream == stream).order_by(Event.seq.desc()).get()
            target = TARGETS.get((row.state, move))
            if target is None or not granted or not any(line.f1 >= LEAST_PAGES for line in minutes):
                return False
            now, payload = stamp(datetime.now(UTC)), self.payloads[row.state, move].replace(self.pilot, branch)
            about = (stream, last.seq + 1, now, person, role, "moved", move, payload, self.definition, last.hash)
            names = ("stream", "seq", "recorded_at", "actor", "role", "kind", "subject", "payload", "definition", "prev")
            Event.create(**dict(zip(names, about, strict=True)), hash=digest(*about))
            self._project(row, target, move, now)
        return True

    def _project(self, row: Branch, target: str, move: str, now: str) -> None:
        before, stage = row.state.partition(".")[0], target.partition(".")[0]
        row.state, row.since, row.done = target, now, DONE[move]
        if stage != before:
            Attempt.update(ended=now, outcome=move).where(Attempt.branch == row.id, Attempt.ordinal == row.attempt).execute()
        if stage not in (before, "finished"):
            row.attempt, row.entered, row.number, row.closed, row.done = row.attempt + 1, now, 1, "[]", "{}"
            Attempt.create(branch=row.id, ordinal=row.attempt, stage=stage, number=1, began=now)
        row.save(only=row.dirty_fields)

    def finished(self) -> int:
        found: int = Branch.select().where(Branch.state == "finished").count()
        return found

    def close(self) -> None:
        self.bound.__exit__(None, None, None)
        self.db.close()

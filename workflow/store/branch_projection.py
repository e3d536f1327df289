"""A branch on its way, from events to tables: its moves, its attempts, and what makes its clocks run longer or stand still."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from attrs import frozen

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store.database import Store
from workflow.store.events import Event, no_branch, unfit
from workflow.store.pauses import Pause, pauses_text, read_pauses

BEGIN = "INSERT INTO workflow_attempt (branch, ordinal, stage, number, began) VALUES (?, ?, ?, ?, ?)"

_BRANCH = "SELECT since, attempt, extended, closed, done FROM workflow_branch WHERE id = ?"
_MOVE = "UPDATE workflow_branch SET state = ?, since = ?, extended = ?, closed = ?, done = ? WHERE id = ?"
_END = "UPDATE workflow_attempt SET ended = ?, outcome = ? WHERE branch = ? AND ordinal = ?"
_NEXT_ATTEMPT = """UPDATE workflow_branch SET state = ?, since = ?, entered = ?, attempt = ?, number = ?, extended = ?,
    closed = '[]', done = ? WHERE id = ?"""
_FREEZE_LINES = "UPDATE workflow_line SET live = 0 WHERE kind = ? AND branch = ? AND live = 1"
_FREEZE_CARRIED = """UPDATE workflow_line SET live = 0 WHERE live = 1 AND (kind, branch, member, seq, line) IN
    (SELECT kind, branch, member, seq, line FROM workflow_carried WHERE branch = ? AND stage <> '')"""
_FREEZE_DOCUMENTS = "UPDATE workflow_document SET live = 0 WHERE kind = ? AND branch = ? AND live = 1"
_END_WAIVERS = "UPDATE workflow_waiver SET live = 0 WHERE branch = ? AND live = 1"
_WAKE = """UPDATE workflow_line SET live = 1 WHERE live = 0 AND (kind, branch, member, seq, line) IN
    (SELECT kind, branch, member, seq, line FROM workflow_carried WHERE branch = ? AND stage = ? AND (passed = 1 OR ? = 1))"""
_EXTEND = "UPDATE workflow_branch SET extended = extended + ? WHERE id = ?"
_PAUSES = "SELECT pauses FROM workflow_branch WHERE id = ?"
_PAUSE = "UPDATE workflow_branch SET pauses = ? WHERE id = ?"
_PLACE = "UPDATE workflow_branch SET batch = ?, grp = ? WHERE id = ?"
_ATTEMPT = "SELECT attempt FROM workflow_branch WHERE id = ?"


@frozen
class _Begun:
    """The attempt that begins: `outcome` is what ended the one before it, `done` who has done what in it already, as JSON."""

    stage: str
    number: int
    state: str
    outcome: str
    extended: int = 0
    done: str = "{}"


class BranchProjection:
    """Moves, extensions, suspensions and reassignments, under one definition."""

    def __init__(self, store: Store, definition: Definition) -> None:
        self._store = store
        self._final = frozenset(name for name, phase in definition.states.items() if phase.final)
        self._per_attempt = tuple(kind.id for kind in definition.records.values() if kind.span == "attempt")
        self.by_kind: Mapping[str, Callable[[Event], None]] = {
            "moved": self._moved,
            "extended": self._extended,
            "suspended": self._suspended,
            "resumed": self._resumed,
            "reassigned": self._reassigned,
        }

    def _moved(self, event: Event) -> None:
        said, branch, now = event.payload, event.branch, event.recorded_at
        found = self._store.row(_BRANCH, (branch,))
        if found is None:
            raise no_branch(event)
        since, attempt, extended, closed, done = found
        # The event knows the state the branch came from by the name it has in this definition; the table may have an older one.
        state, target, move, days = said["from"], said["to"], said["move"], said.get("extend", 0)
        begun = said.get("attempt")
        if begun is not None:
            # Who begins the stage anew has done that in the attempt that begins; who enters the next stage starts with a clean slate.
            again = target.partition(".")[0] == state.partition(".")[0]
            done = did("{}", move, event.actor) if again else "{}"
            self._begin(event, attempt + 1, _Begun(begun["stage"], begun["number"], target, move, days, done))
            return
        if step := said.get("step"):
            closed = _added(closed, step)
        since = since if target == state else now
        self._store.execute(_MOVE, (target, since, extended + days, closed, did(done, move, event.actor), branch))
        if target in self._final:
            self._store.execute(_END, (now, move, branch, attempt))
        elif state in self._final:
            self._store.execute(_END, (None, None, branch, attempt))  # reopened: the attempt goes on

    def _begin(self, event: Event, ordinal: int, begun: _Begun) -> None:
        branch, now = event.branch, event.recorded_at
        self._store.execute(_END, (now, begun.outcome, branch, ordinal - 1))
        self._store.execute(BEGIN, (branch, ordinal, begun.stage, begun.number, now))
        self._store.execute(_NEXT_ATTEMPT, (begun.state, now, now, ordinal, begun.number, begun.extended, begun.done, branch))
        frozen_kinds = [(kind, branch) for kind in self._per_attempt]
        self._store.executemany(_FREEZE_LINES, frozen_kinds)
        self._store.executemany(_FREEZE_DOCUMENTS, frozen_kinds)
        self._store.execute(_FREEZE_CARRIED, (branch,))  # of kinds that came with a later version, too
        # What members brought along from this stage counts the first time round; later only for those who were through with it.
        self._store.execute(_WAKE, (branch, begun.stage, begun.number))
        self._store.execute(_END_WAIVERS, (branch,))  # a gap is accepted for one run through the gate, not for the next

    def _extended(self, event: Event) -> None:
        if self._store.execute(_EXTEND, (event.payload["days"], event.branch)).rowcount == 0:
            raise no_branch(event)

    def _suspended(self, event: Event) -> None:
        pauses = self._pauses(event)
        if pauses and pauses[-1][1] is None:
            raise unfit(event, f"it is suspended since {pauses[-1][0]}", f"自 {pauses[-1][0]} 起已暂停")
        self._store.execute(_PAUSE, (pauses_text([*pauses, (event.payload["on"], None)]), event.branch))

    def _resumed(self, event: Event) -> None:
        pauses = self._pauses(event)
        if not pauses or pauses[-1][1] is not None:
            raise unfit(event, "it is not suspended", "并未暂停")
        over = (pauses[-1][0], event.payload["on"])
        self._store.execute(_PAUSE, (pauses_text([*pauses[:-1], over]), event.branch))

    def _pauses(self, event: Event) -> tuple[Pause, ...]:
        found = self._store.row(_PAUSES, (event.branch,))
        if found is None:
            raise no_branch(event)
        return read_pauses(found[0])

    def _reassigned(self, event: Event) -> None:
        said, branch = event.payload, event.branch
        if self._store.execute(_PLACE, (said["batch"], said["group"], branch)).rowcount == 0:
            raise no_branch(event)
        restart = said.get("restart")
        if restart is not None:
            found = self._store.row(_ATTEMPT, (branch,))
            begun = restart["attempt"]
            self._begin(event, (found or (0,))[0] + 1, _Begun(begun["stage"], begun["number"], restart["to"], "reassign"))


def _added(listed: str, item: str) -> str:
    """A JSON list with `item` in it."""
    items = json.loads(listed)
    return listed if item in items else canonical([*items, item])


def did(done: str, move: str, person: str) -> str:
    """JSON {move: [persons]} with one more person."""
    moves: dict[str, list[str]] = json.loads(done)
    people = moves.setdefault(move, [])
    if person in people:
        return done
    people.append(person)
    return canonical(moves)

"""Where a member is and was, and how far the branches have come meanwhile."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from attrs import frozen

from workflow.engine.desk import Desk, Payload
from workflow.engine.versions import Version
from workflow.ledger import Event, branch_stream, event
from workflow.store.events import COLUMNS, event_of
from workflow.verdicts import rules
from workflow.verdicts.findings import Finding

_LAST = """SELECT s.branch, s.seq, s.came, s."left" FROM workflow_stay s
    JOIN workflow_event e ON e.stream = ? || s.branch AND e.seq = s.seq WHERE s.member = ? ORDER BY e.id DESC LIMIT 1"""
_LEFT = f"""SELECT {COLUMNS} FROM workflow_event
    WHERE stream = ? AND kind = 'left' AND json_extract(payload, '$.member') = ? ORDER BY seq DESC LIMIT 1"""
_BEGUN = """SELECT seq FROM workflow_event WHERE stream = ? AND (kind = 'moved' AND json_extract(payload, '$.attempt') IS NOT NULL
    OR kind = 'reassigned' AND json_extract(payload, '$.restart') IS NOT NULL) ORDER BY seq"""
_ATTEMPTS = "SELECT stage, number, ended FROM workflow_attempt WHERE branch = ? ORDER BY ordinal"


@frozen
class Stay:
    """A member's time on the roll of a branch, from the event `seq` until, if it is over, the event `left`."""

    branch: str
    member: str
    seq: int
    records: Sequence[Payload]  # what came with the member when it began
    left: Event | None

    @property
    def gone(self) -> str:
        """How the member's cases are marked."""
        return "" if self.left is None else "left"

    @property
    def row(self) -> Payload:
        """What the roll said of a member who left for good; empty for one who is still there."""
        return {} if self.left is None else dict(self.left.payload["was"])


def last_stay(desk: Desk, member: str) -> Stay | None:
    """Where a member is, or was last; None for somebody who never was on a roll."""
    row = desk.store.row(_LAST, (branch_stream(""), member))
    if row is None:
        return None
    branch, seq, came, over = row
    stream = branch_stream(branch)
    arrived = {} if came == "roster" else event(desk.store, stream, seq).payload
    found = None if over is None else desk.store.row(_LEFT, (stream, member))
    return Stay(branch, member, seq, arrived.get("records", ()), None if found is None else event_of(found))


def widest(desk: Desk) -> Version:
    """The version for what begins today. No branch is under a later one, so whatever is on file anywhere can be read by it: also what
    came to a branch with a member and is of a kind that the branch's own rules do not know yet."""
    return desk.versions.newest(desk.day(desk.now()))


def behind(desk: Desk, old: str, new: str, members: Sequence[tuple[str, str]]) -> Finding:
    """Whoever comes from a branch that is further back has stages to make up for, which nothing will ask of them any more.

    `members` are the ids of those who would go, with their names.
    """
    version = widest(desk)
    done, passed = (Way.of(desk, version, branch).passed for branch in (old, new))
    stages = [stage for stage in version.definition.stages if stage in passed - done]
    return rules.behind(members if stages else (), stages)


@frozen
class Way:
    """The attempts of a branch in order: of each its stage, as it is called now, its number there, and the event it began with."""

    stages: Sequence[str]
    numbers: Sequence[int]
    begun: Sequence[int]
    ended: bool  # in a final state
    order: Mapping[str, int]
    _names: Mapping[str, str]

    @classmethod
    def of(cls, desk: Desk, version: Version, branch: str, until: Event | None = None) -> Way:
        """As far as it goes today, or went by the event `until`."""
        rows = desk.store.rows(_ATTEMPTS, (branch,))
        begun = [0, *(row[0] for row in desk.store.rows(_BEGUN, (branch_stream(branch),)))]
        names = {old.partition(".")[0]: new.partition(".")[0] for old, new in version.states.items()}
        order = {stage: number for number, stage in enumerate(version.definition.stages)}
        names = {old: new for old, new in names.items() if old not in order}
        kept = len(rows) if until is None else bisect_right(begun, until.seq)
        ended = rows[kept - 1][2]
        over = kept == len(rows) and ended is not None and (until is None or ended <= until.recorded_at)
        stages = [str(names.get(row[0], row[0])) for row in rows[:kept]]
        return cls(stages, [row[1] for row in rows[:kept]], begun[:kept], over, order, names)

    def named(self, stage: str) -> str:
        """A stage as it is called now."""
        return self._names.get(stage, stage)

    @property
    def stage(self) -> str:
        """The stage that is on."""
        return self.stages[-1]

    def stage_at(self, seq: int) -> str:
        return self.stages[self._at(seq)]

    def own(self, seq: int) -> tuple[bool, bool]:
        """Does a record entered at an event go with its member, and is its stage passed?"""
        return self._standing(self._at(seq))

    def carried(self, seq: int, stage: str, passed: bool) -> tuple[bool, bool]:
        """The same for one of `stage` that came with its member at an event: it counts once its stage is on, and waits until then.

        One whose stage was passed before counts whenever that stage is on, one whose stage was not only in its first attempt.
        """
        if passed:
            return True, True
        first = self._at(seq)
        counted = (n for n in range(first, len(self.stages)) if self.stages[n] == stage and (n == first or self.numbers[n] == 1))
        found = next(counted, None)
        return (True, False) if found is None else self._standing(found)

    @property
    def passed(self) -> frozenset[str]:
        """The stages the branch has been through and left behind; one that was split off began where the old one was."""
        last = {stage: n for n, stage in enumerate(self.stages)}
        first = self.order.get(self.stages[0], 0)
        before = [stage for stage, n in self.order.items() if n < first and stage not in last]
        return frozenset([*before, *(stage for stage, n in last.items() if self._left(n))])

    def _at(self, seq: int) -> int:
        """The attempt that was on at an event."""
        return bisect_right(self.begun, seq) - 1

    def _standing(self, attempt: int) -> tuple[bool, bool]:
        """A record of an attempt goes along while it is on or once it was passed; not if the attempt was redone."""
        passed = self._left(attempt)
        return passed or attempt == len(self.stages) - 1, passed

    def _left(self, attempt: int) -> bool:
        """Has the branch left that attempt for a later stage, or finished with it?"""
        if attempt == len(self.stages) - 1:
            return self.ended
        here, following = (self.order.get(self.stages[n], -1) for n in (attempt, attempt + 1))
        return following > here

"""Two times of every record: what was entered after the decision that needed it, and what was entered long after it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from workflow.audit.checks.ground import Ground, counted_kinds, days, record_title, stream_of
from workflow.audit.checks.model import Place, Row
from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store.events import COLUMNS, Event, event_of
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_DOCUMENTS = """SELECT branch, seq, kind, happened, recorded, "by", live FROM workflow_document
    WHERE ?1 IS NULL OR branch IN (?1, '') ORDER BY branch, seq"""
_MOVES = f"""SELECT {COLUMNS} FROM workflow_event
    WHERE kind = 'moved' AND (?1 IS NULL OR stream IN (SELECT value FROM json_each(?1))) ORDER BY id"""
_COUNT = "SELECT COUNT(*) FROM workflow_event WHERE kind = 'moved' AND (?1 IS NULL OR stream = ?1)"

_PAPERED = Text.of(
    "“{move}” was made; {kinds}, of before that day and of a kind it rests on, came in only up to {days} later",
    "已作“{move}”；属其依据种类、发生在此前的{kinds}，最迟{days}后才录入",
)
_BACK_DATED = Text.of("{kind} of {happened} was entered {days} later", "{kind}发生于 {happened}，{days}后才录入")
_TAKEN_BACK = Text.of("; withdrawn since", "；现已撤回")


@frozen
class _Paper:
    branch: str
    seq: int
    kind: str
    happened: str
    recorded: str  # a stamp
    entered: str  # the local day of it
    by: str
    live: int

    @property
    def days(self) -> int:
        return (date.fromisoformat(self.entered) - date.fromisoformat(self.happened)).days

    @property
    def place(self) -> Place:
        return Place(stream_of(self.branch), self.seq)


def _late(ground: Ground, beyond: int) -> tuple[list[_Paper], int]:
    """The documents entered more than so many days after they happened, and how many documents there are."""
    rows = ground.rows(_DOCUMENTS, ground.branch)
    papers = (
        _Paper(branch, seq, kind, happened, recorded, day, by, live)
        for branch, seq, kind, happened, recorded, by, live in rows
        if happened < (day := ground.day(recorded))
    )
    return [paper for paper in papers if paper.days > beyond], len(rows)


def back_dated(ground: Ground) -> tuple[list[Row], int]:
    found, total = _late(ground, ground.late)
    return [_back_dated(ground, paper) for paper in found], total


def _back_dated(ground: Ground, paper: _Paper) -> Row:
    def say(voice: Voice) -> str:
        kind, back = record_title(voice, paper.kind), voice.say(_TAKEN_BACK) if paper.live < 0 else ""
        return voice.say(_BACK_DATED, kind=kind, happened=paper.happened, days=days(voice, paper.days)) + back

    return Row(branch=paper.branch, day=paper.entered, who=(paper.by,), what=ground.told(say), events=(paper.place,))


def papered_later(ground: Ground) -> tuple[list[Row], int]:
    """Moves first, papers later. A document of the very day of the move is taken to have been there."""
    late: dict[str, list[_Paper]] = defaultdict(list)
    for paper in _late(ground, 0)[0]:
        late[paper.branch].append(paper)
    total: int = ground.rows(_COUNT, ground.stream)[0][0]
    if not late:
        return [], total
    # What was entered late for the campaign as a whole may lie behind any decision.
    scope = [stream_of(branch) for branch in late] if "" not in late else None if ground.stream is None else [ground.stream]
    kinds = _Kinds(ground)
    moves = (event_of(row) for row in ground.rows(_MOVES, None if scope is None else canonical(scope)))
    return [row for move in moves if (row := _papered(ground, kinds, move, late))], total


def _papered(ground: Ground, kinds: _Kinds, move: Event, late: Mapping[str, Sequence[_Paper]]) -> Row | None:
    day = ground.day(move.recorded_at)
    after = [
        paper
        for paper in (*late.get(move.branch, ()), *late.get("", ()))
        if paper.happened < day and paper.recorded > move.recorded_at and paper.live >= 0
    ]
    if not after:
        return None
    asked = kinds.of(move)
    after = [paper for paper in after if paper.kind in asked]
    if not after:
        return None
    lag = (date.fromisoformat(max(paper.entered for paper in after)) - date.fromisoformat(day)).days

    def say(voice: Voice) -> str:
        made = voice.move(move.payload["move"], move.payload["from"])
        return voice.say(_PAPERED, move=made, days=days(voice, lag), kinds=counted_kinds(voice, (p.kind for p in after)))

    who = tuple(dict.fromkeys((move.actor, *(paper.by for paper in after))))
    events = (Place(move.stream, move.seq), *(paper.place for paper in after))
    return Row(branch=move.branch, day=day, who=who, what=ground.told(say, move.definition), events=events)


@frozen
class _Kinds:
    """The kinds of document a decision rests on, by the rules of its day."""

    ground: Ground

    def of(self, move: Event) -> frozenset[str]:
        definition = self.ground.version(move.definition)
        codes = [finding["code"] for finding in move.payload["verdict"]["findings"]]
        return frozenset(kind for code in codes for kind in _of_requirement(definition, code))


def _of_requirement(definition: Definition, code: str) -> Iterator[str]:
    """What a requirement reads, and the sheets whose lines are that."""
    requirement = definition.requirements.get(code)
    if requirement is None:
        return
    read = requirement.check.kinds | (requirement.when.kinds if requirement.when else frozenset())
    yield from read
    yield from (kind.id for kind in definition.records.values() if kind.lines in read)

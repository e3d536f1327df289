"""Decisions: whose they were, and what has become of the papers they rested on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from attrs import frozen

from workflow.audit.checks.ground import Ground, branch_of, record_title, stream_of
from workflow.audit.checks.model import Place, Row
from workflow.canonical import canonical
from workflow.ledger import CAMPAIGN
from workflow.store.events import COLUMNS, Event, event_of
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_OWN = """SELECT e.stream, e.seq, e.recorded_at, e.actor, e.role, e.kind, e.subject, e.definition
    FROM workflow_event e JOIN workflow_stay s ON s.member = e.actor AND e.stream = 'branch:' || s.branch
        AND s.seq < e.seq AND (s."left" IS NULL OR s."left" > e.recorded_at)
    WHERE e.kind IN ('moved', 'case_moved', 'waived') AND (?1 IS NULL OR e.stream = ?1) GROUP BY e.id ORDER BY e.id"""
_ROLES = """SELECT role, definition, COUNT(*) FROM workflow_event
    WHERE kind IN ('moved', 'case_moved', 'waived') AND (?1 IS NULL OR stream = ?1) GROUP BY role, definition"""
_AGAIN = """SELECT e.stream, e.seq, e.recorded_at, e.actor, e.subject, e.definition, a.stage, a.number,
        (SELECT COUNT(*) FROM workflow_document d WHERE d.branch = a.branch AND d.attempt = a.ordinal - 1)
    FROM workflow_attempt a JOIN workflow_event e ON e.stream = 'branch:' || a.branch AND e.recorded_at = a.began
        AND e.kind = 'moved' AND json_extract(e.payload, '$.attempt.number') = a.number
        AND json_extract(e.payload, '$.attempt.stage') = a.stage
    WHERE a.number > 1 AND (?1 IS NULL OR e.stream = ?1) ORDER BY e.id"""
_ATTEMPTS = "SELECT COUNT(*) FROM workflow_attempt WHERE ?1 IS NULL OR branch = ?1"
_MOVES = f"""SELECT {COLUMNS} FROM workflow_event
    WHERE kind = 'moved' AND stream IN (SELECT value FROM json_each(?1)) ORDER BY id"""
_STREAMS = "SELECT DISTINCT stream FROM workflow_event WHERE kind = 'moved' AND (?1 IS NULL OR stream = ?1)"
_COUNT = "SELECT COUNT(*) FROM workflow_event WHERE kind = 'moved' AND (?1 IS NULL OR stream = ?1)"
_WITHDRAWN = f"SELECT {COLUMNS} FROM workflow_event WHERE kind = 'withdrawn' ORDER BY id"
_CARRIED = "SELECT DISTINCT branch, seq, origin, origin_seq FROM workflow_carried"

_ON_THE_ROLL = Text.of(
    "“{what}” was done by {name} as {role}, who was on the roll of this {branch} then",
    "“{what}”由{name}以{role}身份作出，而其当时就在本{branch}名册上",
)
_BEGUN_AGAIN = Text.of(
    "“{move}” by {name}: attempt {n} of {stage} began; the records of attempt {before} are kept: {kept}",
    "“{move}”由{name}作出：{stage}第 {n} 轮次开始；第 {before} 轮次的记录保留 {kept} 份",
)
_SINCE = Text.of("“{move}” was made on {n} that {count} no longer: {papers}", "“{move}”所依据的材料有 {n} 份现已不再计入：{papers}")
_PAPER = Text.of("{kind} #{seq} (withdrawn {day} by {by}: {reason})", "{kind}第 {seq} 号（{day} 由{by}撤回：{reason}）")
_GAP = Text.of(
    "accepted gap in “{requirement}” #{seq} (withdrawn {day} by {by}: {reason})",
    "“{requirement}”的缺口认可第 {seq} 号（{day} 由{by}撤回：{reason}）",
)


# -- what was begun again ------------------------------------------------------------------------------------------------


def begun_again(ground: Ground) -> tuple[list[Row], int]:
    """Stages that were begun again, where that is not the way things go; and what is kept of the time before."""
    found = []
    for stream, seq, recorded, actor, subject, definition, stage, number, kept in ground.rows(_AGAIN, ground.stream):
        known = ground.version(definition).stages.get(stage)
        if known is None or known.cycle is None:
            again = _Again(subject, actor, stage, number, kept)
            what = ground.told(again.say, definition)
            events = (Place(stream, seq),)
            found.append(Row(branch=branch_of(stream), day=ground.day(recorded), who=(actor,), what=what, events=events))
    return found, ground.rows(_ATTEMPTS, ground.branch)[0][0]


@frozen
class _Again:
    move: str
    actor: str
    stage: str
    number: int
    kept: int

    def say(self, voice: Voice) -> str:
        stage = voice.definition.stages.get(self.stage)
        about = {"move": voice.move(self.move), "name": voice.name(self.actor), "n": self.number, "before": self.number - 1}
        return voice.say(_BEGUN_AGAIN, **about, stage=voice.say(stage.title) if stage else self.stage, kept=f"{self.kept:,}")


# -- whose they were -----------------------------------------------------------------------------------------------------


def own_branch(ground: Ground) -> tuple[list[Row], int]:
    """Whoever decides from outside is on the roll of the branch decided about."""
    total = sum(n for role, definition, n in ground.rows(_ROLES, ground.stream) if _from_outside(ground, role, definition))
    found = []
    for stream, seq, recorded, actor, role, kind, subject, definition in ground.rows(_OWN, ground.stream):
        if _from_outside(ground, role, definition):
            done = _Deed(kind, subject, actor, role)
            what = ground.told(done.say, definition)
            events = (Place(stream, seq),)
            found.append(Row(branch=branch_of(stream), day=ground.day(recorded), who=(actor,), what=what, events=events))
    return found, total


def _from_outside(ground: Ground, role: str, definition: str) -> bool:
    known = ground.version(definition).roles.get(role)
    return known is not None and known.scope != "branch"


@frozen
class _Deed:
    kind: str
    subject: str
    actor: str
    role: str

    def say(self, voice: Voice) -> str:
        about = {"name": voice.name(self.actor), "role": voice.role(self.role), "branch": voice.branch}
        return voice.say(_ON_THE_ROLL, what=deed(voice, self.kind, self.subject), **about)


def deed(voice: Voice, kind: str, subject: str) -> str:
    """What an event did, in words, by its kind and subject."""
    first, _, name = subject.partition(":")
    match kind:
        case "case_moved":
            return f"{first} · {voice.case_move(first, name)}"
        case "case_opened":
            found = voice.definition.cases.get(name)
            return name if found is None else voice.say(found.title)
        case "record":
            return record_title(voice, name)
        case "waived":
            return voice.title(name) if name in voice.definition.requirements else name
        case _:
            return voice.move(first)


# -- what has become of their papers -----------------------------------------------------------------------------------


def withdrawn_since(ground: Ground) -> tuple[list[Row], int]:
    total: int = ground.rows(_COUNT, ground.stream)[0][0]
    gone = _withdrawals(ground)
    streams = sorted({place.stream for place in gone})
    if CAMPAIGN in streams:
        streams = [row[0] for row in ground.rows(_STREAMS, ground.stream)]
    elif ground.stream is not None:
        streams = [stream for stream in streams if stream == ground.stream]
    moves = (event_of(row) for row in ground.rows(_MOVES, canonical(streams)))
    return [row for move in moves if (row := _shaken(ground, move, gone))], total


def _withdrawals(ground: Ground) -> dict[Place, Event]:
    """By the place of what was withdrawn, that where it had come with a member's dossier included."""
    found = {Place(event.stream, event.payload["of"]): event for event in map(event_of, ground.rows(_WITHDRAWN))}
    copies: dict[Place, list[Place]] = defaultdict(list)
    for branch, seq, origin, origin_seq in ground.rows(_CARRIED) if found else ():
        copies[Place(stream_of(origin), origin_seq)].append(Place(stream_of(branch), seq))
    return found | {copy: event for place, event in found.items() for copy in copies[place]}


def _shaken(ground: Ground, move: Event, gone: Mapping[Place, Event]) -> Row | None:
    taken = {place: gone[place] for place in _rests_on(move) if place in gone and gone[place].recorded_at >= move.recorded_at}
    taken = {place: event for place, event in taken.items() if event.position > move.position}
    if not taken:
        return None

    def say(voice: Voice) -> str:
        papers = voice.clauses(_paper(ground, voice, place, event) for place, event in taken.items())
        n = len(taken)
        count, papers_n = ("counts", "1 paper") if n == 1 else ("count", f"{n} papers")
        shown = n if voice.lang == "zh" else papers_n
        return voice.say(_SINCE, move=voice.move(move.payload["move"], move.payload["from"]), n=shown, count=count, papers=papers)

    events = (Place(move.stream, move.seq), *taken, *(Place(event.stream, event.seq) for event in taken.values()))
    who = tuple(dict.fromkeys((move.actor, *(event.actor for event in taken.values()))))
    day, what = ground.day(move.recorded_at), ground.told(say, move.definition)
    return Row(branch=move.branch, day=day, who=who, what=what, events=tuple(dict.fromkeys(events)))


def _rests_on(move: Event) -> Iterator[Place]:
    """The documents a decision names, and the gaps that had been accepted for it."""
    yield from (Place(move.stream, seq) for seq in move.payload.get("evidence", ()))
    yield from (Place(CAMPAIGN, seq) for seq in move.payload.get("campaign_evidence", ()))
    for finding in move.payload["verdict"]["findings"]:
        gaps = [finding.get("waived"), *(short.get("waived") for short in finding.get("short", ()))]
        yield from (Place(move.stream, gap["seq"]) for gap in gaps if gap)


def _paper(ground: Ground, voice: Voice, place: Place, event: Event) -> str:
    said = event.payload
    about = {"seq": place.seq, "day": ground.day(event.recorded_at), "by": voice.name(event.actor), "reason": said["reason"]}
    if "requirement" in said:
        known = said["requirement"] in voice.definition.requirements
        return voice.say(_GAP, requirement=voice.requirement(said["requirement"]) if known else said["requirement"], **about)
    return voice.say(_PAPER, kind=record_title(voice, said.get("record", "")), **about)

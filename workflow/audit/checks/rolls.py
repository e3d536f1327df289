"""The roll on the day: sheets that name more people than there were, and the gaps that were accepted for those who are on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from workflow.audit.checks.ground import Ground, days, record_title, stream_of
from workflow.audit.checks.model import Place, Row
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_STAYS = """SELECT branch, came, joined, "left" FROM workflow_stay WHERE ?1 IS NULL OR branch = ?1"""
_SHEETS = """SELECT d.branch, d.seq, d.kind, d.happened, d."by", COUNT(*)
    FROM workflow_document d JOIN workflow_line l ON l.branch = d.branch AND l.seq = d.seq AND l.member <> ''
    WHERE ?1 IS NULL OR d.branch = ?1 GROUP BY d.branch, d.seq ORDER BY d.branch, d.seq"""
_GAPS = """SELECT w.branch, w.seq, w.requirement, w.reason, w."by", w.role, w.until, w.recorded, MAX(w.live), COUNT(NULLIF(w.member, '')),
        e.definition
    FROM workflow_waiver w JOIN workflow_event e ON e.stream = 'branch:' || w.branch AND e.seq = w.seq
    WHERE ?1 IS NULL OR w.branch = ?1 GROUP BY w.branch, w.seq ORDER BY w.recorded, w.branch, w.seq"""

_TOO_MANY = Text.of(
    "{kind} of {day} names {n} where {roll} were on the roll: {over} too many",
    "{day} 的{kind}列有 {n} 人，而当日名册只有 {roll} 人：多出 {over} 人",
)
_AGES = ((30, Text.of("under 30 days", "不足30天")), (90, Text.of("30 to 89 days", "30至89天")))
_OLDER = Text.of("90 days or more", "90天以上")
_BY_AUTHORITY = Text.of("by authority: {listed}", "按批准人身份：{listed}")
_BY_AGE = Text.of("by age: {listed}", "按时间：{listed}")
_COUNT = Text.of("{what}: {n}", "{what} {n} 项")
_GAP = Text.of(
    "{age} old: “{requirement}”{whom}, accepted by {name} ({role}): {reason}{rest}",
    "已 {age}：“{requirement}”{whom}，由{name}（{role}）认可：{reason}{rest}",
)
_FOR = Text.of(" for {n} named", "（点名 {n} 人）")
_UNTIL = Text.of("; until {day}", "；至 {day} 止")
_OVER = Text.of("; does not count any more", "；现已不再计入")


# -- sheets --------------------------------------------------------------------------------------------------------------


@frozen
class _Stay:
    first: str  # empty for who was there from the beginning: a roster may be entered after the first meetings
    left: str | None

    def holds(self, day: str) -> bool:
        return self.first <= day and (self.left is None or self.left > day)


def sheets_beyond_the_roll(ground: Ground) -> tuple[list[Row], int]:
    stays: dict[str, list[_Stay]] = defaultdict(list)
    for branch, came, joined, left in ground.rows(_STAYS, ground.branch):
        stays[branch].append(_Stay("" if came == "roster" else ground.day(joined), None if left is None else ground.day(left)))
    still = {branch: all(not stay.first and stay.left is None for stay in found) for branch, found in stays.items()}
    sheets = ground.rows(_SHEETS, ground.branch)
    found = []
    for branch, seq, kind, happened, by, n in sheets:
        there = stays[branch]
        roll = len(there) if still.get(branch) else sum(stay.holds(happened) for stay in there)
        if n > roll:
            sheet = _Sheet(kind, happened, n, roll)
            events = (Place(stream_of(branch), seq),)
            found.append(Row(branch=branch, day=happened, who=(by,), what=ground.told(sheet.say), events=events))
    return found, len(sheets)


@frozen
class _Sheet:
    kind: str
    day: str
    named: int
    roll: int

    def say(self, voice: Voice) -> str:
        about = {"day": self.day, "n": f"{self.named:,}", "roll": f"{self.roll:,}", "over": f"{self.named - self.roll:,}"}
        return voice.say(_TOO_MANY, kind=record_title(voice, self.kind), **about)


# -- gaps ----------------------------------------------------------------------------------------------------------------


@frozen
class _Gap:
    age: int  # days
    branch: str
    seq: int
    requirement: str
    reason: str
    by: str
    role: str
    until: str | None
    recorded: str
    live: int
    named: int
    definition: str

    def say(self, voice: Voice) -> str:
        known = self.requirement in voice.definition.requirements
        rest = voice.say(_OVER) if self.live != 1 else voice.say(_UNTIL, day=self.until) if self.until else ""
        return voice.say(
            _GAP,
            age=days(voice, self.age),
            requirement=voice.requirement(self.requirement) if known else self.requirement,
            whom=voice.say(_FOR, n=self.named) if self.named else "",
            name=voice.name(self.by),
            role=voice.role(self.role),
            reason=self.reason,
            rest=rest,
        )


def _gaps(ground: Ground) -> list[_Gap]:
    """All gaps ever accepted, the oldest first."""
    today = date.fromisoformat(ground.campaign.today)
    rows = ground.rows(_GAPS, ground.branch)
    return [_Gap((today - date.fromisoformat(ground.day(row[7]))).days, *row) for row in rows]


def accepted_gaps(ground: Ground) -> tuple[list[Row], int, tuple[Text, ...]]:
    """All of them, summed up by authority and by age."""
    gaps = _gaps(ground)
    rows = [
        Row(
            branch=gap.branch,
            day=ground.day(gap.recorded),
            who=(gap.by,),
            what=ground.told(gap.say, gap.definition),
            events=(Place(stream_of(gap.branch), gap.seq),),
        )
        for gap in gaps
    ]
    roles = Counter(gap.role for gap in gaps)
    by_authority = ground.told(lambda voice: _listed(voice, _BY_AUTHORITY, ((voice.role(role), n) for role, n in roles.most_common())))
    ages = Counter(_class(gap.age) for gap in gaps)
    classes = [label for _, label in _AGES] + [_OLDER]
    by_age = ground.told(lambda voice: _listed(voice, _BY_AGE, ((voice.say(label), ages[n]) for n, label in enumerate(classes) if ages[n])))
    return rows, len(gaps), (by_authority, by_age) if gaps else ()


def _class(age: int) -> int:
    return next((n for n, (below, _) in enumerate(_AGES) if age < below), len(_AGES))


def _listed(voice: Voice, text: Text, counts: Iterable[tuple[str, int]]) -> str:
    return voice.say(text, listed=voice.listed(voice.say(_COUNT, what=what, n=f"{n:,}") for what, n in counts))

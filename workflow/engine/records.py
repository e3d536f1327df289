"""Facts entered, withdrawn, and gaps accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workflow.definition.model import Definition, RecordKind, Requirement
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing, Payload
from workflow.engine.entry import read_day, read_fields, read_happened, read_lines, refuse_faults
from workflow.engine.validating import validated
from workflow.engine.versions import Version
from workflow.errors import Misuse, NotFound, did_you_mean, not_found
from workflow.ledger import CAMPAIGN, Event, branch_stream, events, head
from workflow.store.facts import BranchFact, FactNeeds
from workflow.texts import Text
from workflow.verdicts.findings import STANDING, Finding, Verdict
from workflow.verdicts.rules import lasting, late

LIVE = 1  # of documents, lines and waivers: it counts
Line = str | Mapping[str, Any]

_DOCUMENT = "SELECT kind, live FROM workflow_document WHERE branch = ? AND seq = ?"
_COPIES = "SELECT DISTINCT branch FROM workflow_carried WHERE origin = ? AND origin_seq = ? ORDER BY branch"
_WAIVER = "SELECT requirement, MAX(live) FROM workflow_waiver WHERE branch = ? AND seq = ? GROUP BY requirement"


def record(
    desk: Desk,
    branch: str | None,
    kind: str,
    by: str,
    happened: date | str | None,
    fields: Mapping[str, Any],
    lines: Sequence[Line],
    key: str | None,
) -> Verdict:
    def needs(version: Version) -> FactNeeds:
        found = find_kind(version.definition, kind)
        require_place(found, branch)
        return FactNeeds(members=found.of == "member" or found.lines is not None)

    def judged(hearing: Hearing) -> Verdict:
        found = hearing.definition.records[kind]
        also = [*lasting(hearing.branch), *when_entered(hearing.branch, found, happened)]
        return hearing.judge.entry(hearing.branch, f"record:{kind}", "record", found.by, by, also)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        roll = frozenset(m.id for m in hearing.facts.members(hearing.branch))
        return Accepted("record", document(desk, hearing.definition, kind, fields, lines, happened, hearing.today, roll))

    asked = Asked.of("record", f"record:{kind}", happened=happened, fields=fields, lines=lines)
    return desk.command(branch, needs, judged, accept, by=by, key=key, asked=asked)


def when_entered(branch: BranchFact, kind: RecordKind, happened: date | str | None) -> list[Finding]:
    """What is to be said of a paper that comes late; a day that is none is said to be a fault elsewhere."""
    day = happened.isoformat() if isinstance(happened, date) else str(happened or "")
    return late(branch, day[:10]) if day and kind.span == "attempt" else []


def require_place(kind: RecordKind, branch: str | None) -> None:
    """Raises `Misuse` where a record of the campaign as a whole is entered for a branch, or one of a branch for none."""
    if kind.of == "campaign" and branch is not None:
        en = f"{kind.id} is a record of the campaign as a whole: name no branch (on the command line --campaign)"
        raise Misuse(Text.of(en, f"{kind.id} 是整个活动的记录：不要写支部（命令行用 --campaign）"), "branch")
    if kind.of != "campaign" and branch is None:
        raise Misuse(Text.of(f"{kind.id} is a record of a branch: say of which", f"{kind.id} 是支部的记录：请写明是哪个支部"), "branch")


def document(
    desk: Desk,
    definition: Definition,
    record: str,
    fields: Mapping[str, Any],
    lines: Sequence[Line],
    happened: date | str | None,
    today: str,
    roll: frozenset[str],
) -> Payload:
    """A record as its event keeps it. Raises `InputFault` with everything that is wrong with it."""
    kind = definition.records[record]
    own_lines = kind if kind.of == "member" else definition.records.get(kind.lines or "")
    if lines and own_lines is None:
        en, zh = ("campaign", "整个活动") if kind.of == "campaign" else ("branch", "支部")
        raise Misuse(Text.of(f"{kind.id} is a record of the {en} and has no lines", f"{kind.id} 是{zh}的记录，没有明细行"), "lines")
    if kind.of == "member" and not lines:
        raise Misuse(Text.of(f"{kind.id} is a record of members: say whose it is", f"{kind.id} 是党员的记录：请写明是谁的"), "lines")
    # Fields of a member's record may stand once for all lines, or on each line.
    elsewhere = frozenset(kind.fields) if kind.of == "member" else frozenset()
    values, faults = read_fields(kind.fields, fields, known=elsewhere)
    rows: list[dict[str, Any]] = []
    if own_lines is not None:
        inherited = frozenset(values) | {fault.path for fault in faults}  # what is wrong on the sheet is said once
        rows, wrong = read_lines(lines, own_lines.fields, inherited, roll)
        faults += wrong
    refuse_faults(faults)
    desk.require_persons(kind.fields, values)
    for row in rows:
        desk.require_persons(own_lines.fields if own_lines else {}, row)
    day = read_happened(happened, today, definition.calendar.zone)
    refuse_faults(validated(definition, kind, own_lines, day, values, rows))
    payload: Payload = {"record": kind.id, "happened": day, "fields": values}
    if rows:
        payload["lines"] = rows
    return payload


def withdraw(desk: Desk, branch: str | None, seq: int, by: str, reason: str, key: str | None) -> Verdict:
    require_reason(reason)

    def judged(hearing: Hearing) -> Verdict:
        withdrawers = _withdrawers(desk, hearing.definition, branch, seq)
        return hearing.judge.entry(hearing.branch, f"withdraw:{seq}", "withdraw", withdrawers, by)

    def accept(_hearing: Hearing, _verdict: Verdict) -> Accepted:
        payload: Payload = {"of": seq, **_stood(desk, branch, seq), "reason": reason.strip()}
        return Accepted("withdrawn", payload, payload, then=lambda event: recall(desk, event))

    asked = Asked.of("withdraw", f"withdraw:{seq}", reason=reason)
    return desk.command(branch, lambda _: FactNeeds(), judged, accept, by=by, key=key, asked=asked)


def recall(desk: Desk, withdrawn: Event) -> None:
    """What went elsewhere with a member's dossier is withdrawn there too: each branch's own stream says why its facts changed."""
    of = {"branch": withdrawn.branch, "seq": withdrawn.payload["of"]}
    for (branch,) in desk.store.rows(_COPIES, (of["branch"], of["seq"])):
        desk.follow(withdrawn, branch, "recalled", {"of": of, "reason": withdrawn.payload["reason"]})


def _stood(desk: Desk, branch: str | None, seq: int) -> dict[str, str]:
    """What stands at `seq`: the kind of the record, or the requirement whose gap was accepted."""
    document = desk.store.row(_DOCUMENT, (branch or "", seq))
    waiver = None if document else desk.store.row(_WAIVER, (branch or "", seq))
    return {"record": document[0]} if document else {"requirement": waiver[0]} if waiver else {}


def _withdrawers(desk: Desk, definition: Definition, branch: str | None, seq: int) -> Sequence[str]:
    """The roles that may withdraw what stands at `seq`: those that may enter it."""
    place = (branch or "", seq if 0 < seq < 2**63 else 0)
    found = desk.store.row(_DOCUMENT, place)
    waiver = None if found else desk.store.row(_WAIVER, place)
    stream = CAMPAIGN if branch is None else branch_stream(branch)
    of_en, of_zh = branch or "the campaign", branch or "活动"
    if found is None and waiver is None:
        last = head(desk.store, stream)
        en, zh = (f"; its last event is #{last.seq}", f"；最后一号为 {last.seq}") if last else ("", "")
        raise NotFound(Text.of(f"{of_en} has no record or waiver #{seq}{en}", f"{of_zh}没有第 {seq} 号记录或缺口{zh}"), "record")
    if (found or waiver or (0, 0))[1] != LIVE:
        taken = next((e for e in events(desk.store, stream, kinds=["withdrawn"]) if e.payload["of"] == seq), None)
        en, zh = "belongs to an earlier attempt, which is frozen", "属于已冻结的上一轮次"
        if taken is not None:
            why = taken.payload["reason"]
            en, zh = f"was withdrawn already (#{taken.seq}: {why})", f"已撤回（第 {taken.seq} 号：{why}）"
        raise Misuse(Text.of(f"#{seq} of {of_en} {en}", f"{of_zh}第 {seq} 号{zh}"), "not-live")
    if found:
        return definition.records[found[0]].by
    # The requirement may be gone in the version now in force: who could accept the gap may take it back.
    requirement = str((waiver or ("",))[0])
    then = definition if requirement in definition.requirements else _then(desk, branch, seq)
    return then.requirements[requirement].waivable_by


def _then(desk: Desk, branch: str | None, seq: int) -> Definition:
    """The definition an event was written under."""
    stream = CAMPAIGN if branch is None else branch_stream(branch)
    return desk.versions.definition(next(event.definition for event in events(desk.store, stream) if event.seq == seq))


def waive(
    desk: Desk, branch: str, requirement: str, by: str, reason: str, members: Sequence[str], until: date | str | None, key: str | None
) -> Verdict:
    require_reason(reason)

    def needs(version: Version) -> FactNeeds:
        found = _waivable(version.definition, requirement)
        if members and found.each is None:
            en = f"{requirement} is about the branch as a whole: name nobody"
            raise Misuse(Text.of(en, f"{requirement} 针对整个支部：不要写个别对象"), "members")
        return FactNeeds.of(version.definition, [found])

    def judged(hearing: Hearing) -> Verdict:
        waivers = hearing.definition.requirements[requirement].waivable_by
        return hearing.judge.entry(hearing.branch, f"waive:{requirement}", "waive", waivers, by, lasting(hearing.branch))

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        end = None if until is None else read_day(until, hearing.definition.calendar.zone)
        if end is not None and end < hearing.today:
            raise Misuse(Text.of(f"{end} is past: a waiver holds from today on", f"{end} 已过：缺口只能自今日起批准"), "past")
        finding = hearing.judge.requirement(hearing.branch, requirement)
        payload: Payload = {"requirement": requirement, "members": _gaps(finding, members), "reason": reason.strip()}
        if finding.each:
            payload["total"] = finding.total  # how many the requirement is asked of: a gap is disclosed out of so many
        payload |= {} if end is None else {"until": end}
        return Accepted("waived", payload, payload)

    asked = Asked.of("waive", f"waive:{requirement}", reason=reason, members=members, until=until)
    return desk.command(branch, needs, judged, accept, by=by, key=key, asked=asked)


def _gaps(finding: Finding, named: Sequence[str]) -> list[str]:
    """Whom the waiver is for: those named, or all who fall short now. Nobody is waived who has no gap, and nobody who has none yet.

    Empty for a requirement of the branch as a whole. Raises `Misuse`.
    """
    code = finding.code
    if finding.each is None:
        if finding.status not in STANDING:
            raise Misuse(Text.of(f"{code} has no gap to accept: it is {finding.status}", f"条件 {code} 没有待批准的缺口"), "no-gap")
        return []
    short = {s.id: s.name for s in finding.short if s.status in STANDING}
    strangers = [name for name in dict.fromkeys(named) if name not in short]
    if strangers:
        listed, hint = ", ".join(strangers), did_you_mean(strangers[0], list(short))
        en = f"no gap in {code}: {listed}; {hint.say('en')}"
        raise Misuse(Text.of(en, f"条件 {code} 上没有缺口：{listed}；{hint.say('zh')}"), "no-gap")
    if not short:
        raise Misuse(Text.of(f"{code} has no gap to accept: nobody falls short", f"条件 {code} 没有待批准的缺口：无人不符合"), "no-gap")
    return list(dict.fromkeys(named)) or list(short)


def _waivable(definition: Definition, requirement: str) -> Requirement:
    found = definition.requirements.get(requirement)
    if found is None:
        known = list(definition.requirements)
        raise not_found("there is no requirement", "没有条件", requirement, known, "requirement", "requirements")
    if not found.waivable_by:
        raise Misuse(
            Text.of(f"{requirement} cannot be waived: the definition names nobody who may", f"{requirement} 的缺口不可批准：无人获授权"),
            "not-waivable",
        )
    return found


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise Misuse(Text.of("a reason is needed: it stays visible for ever", "必须写明理由：理由将永久可见"), "reason")


def find_kind(definition: Definition, kind: str) -> RecordKind:
    found = definition.records.get(kind)
    if found is None:
        raise not_found("there is no record kind", "没有记录种类", kind, list(definition.records), "record-kind", "records")
    return found

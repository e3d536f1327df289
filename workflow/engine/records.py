"""Facts entered, withdrawn, and gaps accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workflow.definition.model import RecordKind, Requirement
from workflow.engine.asked import Asked
from workflow.engine.desk import Desk, Hearing, Payload
from workflow.engine.entry import read_day, read_fields, read_happened, read_lines, refuse_faults
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.store.facts import FactNeeds
from workflow.texts import Text
from workflow.verdicts.evaluate import subjects_of
from workflow.verdicts.findings import Verdict

Line = str | Mapping[str, Any]

_DOCUMENT = "SELECT kind, live FROM workflow_document WHERE branch = ? AND seq = ?"
_WAIVER = "SELECT requirement, MAX(live) FROM workflow_waiver WHERE branch = ? AND seq = ? GROUP BY requirement"


def record(
    desk: Desk,
    branch: str,
    kind: str,
    by: str,
    happened: date | str | None,
    fields: Mapping[str, Any],
    lines: Sequence[Line],
    key: str | None,
) -> Verdict:
    found = find_kind(desk, kind)

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.entry(hearing.branch, f"record:{kind}", "record", found.by, by)

    def accept(hearing: Hearing, _verdict: Verdict) -> tuple[Any, Payload]:
        roll = frozenset(m.id for m in hearing.facts.members(hearing.branch))
        return "record", document(desk, found, fields, lines, happened, hearing.today, roll)

    needs = FactNeeds(members=found.of == "member" or found.lines is not None)
    return desk.command(
        branch,
        needs,
        judged,
        accept,
        by=by,
        key=key,
        asked=Asked.of("record", f"record:{kind}", happened=happened, fields=fields, lines=lines),
    )


def document(
    desk: Desk,
    kind: RecordKind,
    fields: Mapping[str, Any],
    lines: Sequence[Line],
    happened: date | str | None,
    today: str,
    roll: frozenset[str],
) -> Payload:
    """A record as its event keeps it. Raises `InputFault` with everything that is wrong with it."""
    own_lines = kind if kind.of == "member" else desk.definition.records.get(kind.lines or "")
    if lines and own_lines is None:
        raise Misuse(Text.of(f"{kind.id} is a record of the branch and has no lines", f"{kind.id} 是支部的记录，没有明细行"), "lines")
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
    payload: Payload = {"record": kind.id, "happened": read_happened(happened, today), "fields": values}
    if rows:
        payload["lines"] = rows
    return payload


def withdraw(desk: Desk, branch: str, seq: int, by: str, reason: str, key: str | None) -> Verdict:
    _require_reason(reason)

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.entry(hearing.branch, f"withdraw:{seq}", "withdraw", _withdrawers(desk, branch, seq), by)

    return desk.command(
        branch,
        FactNeeds(),
        judged,
        lambda _h, _v: ("withdrawn", {"of": seq, "reason": reason.strip()}),
        by=by,
        key=key,
        asked=Asked.of("withdraw", f"withdraw:{seq}", reason=reason),
    )


def _withdrawers(desk: Desk, branch: str, seq: int) -> Sequence[str]:
    """The roles that may withdraw what stands at `seq`: those that may enter it."""
    found = desk.store.row(_DOCUMENT, (branch, seq))
    waiver = None if found else desk.store.row(_WAIVER, (branch, seq))
    if found is None and waiver is None:
        raise NotFound(
            Text.of(f"event {seq} of {branch} is neither a record nor a waiver", f"{branch} 第 {seq} 号既不是记录也不是经批准的缺口"),
            "record",
        )
    if not (found or waiver or (0, 0))[1]:
        raise Misuse(
            Text.of(
                f"event {seq} of {branch} no longer counts: withdrawn, or frozen with an earlier attempt",
                f"{branch} 第 {seq} 号已不再计入：已撤回，或随上一轮次冻结",
            ),
            "not-live",
        )
    return desk.definition.records[found[0]].by if found else desk.definition.requirements[(waiver or ("",))[0]].waivable_by


def waive(
    desk: Desk, branch: str, requirement: str, by: str, reason: str, members: Sequence[str], until: date | str | None, key: str | None
) -> Verdict:
    found = _waivable(desk, requirement)
    _require_reason(reason)
    if members and found.each is None:
        raise Misuse(
            Text.of(f"{requirement} is about the branch as a whole: name nobody", f"{requirement} 针对整个支部：不要写个别对象"), "members"
        )
    end = None if until is None else read_day(until)

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.entry(hearing.branch, f"waive:{requirement}", "waive", found.waivable_by, by)

    def accept(hearing: Hearing, _verdict: Verdict) -> tuple[Any, Payload]:
        if members:
            known = [subject.id for subject in subjects_of(desk.definition, found, hearing.facts, hearing.branch)]
            _refuse_unknown(requirement, members, known)
        payload = {"requirement": requirement, "members": list(members), "reason": reason.strip()}
        return "waived", payload if end is None else {**payload, "until": end}

    return desk.command(
        branch,
        FactNeeds.of(desk.definition, [found]),
        judged,
        accept,
        by=by,
        key=key,
        asked=Asked.of("waive", f"waive:{requirement}", reason=reason, members=members, until=until),
    )


def _refuse_unknown(requirement: str, named: Sequence[str], known: Sequence[str]) -> None:
    """Raises `Misuse` for anybody (or any case, step, ...) the requirement is not asked of."""
    unknown = [name for name in named if name not in known]
    if unknown:
        listed, hint = ", ".join(unknown), did_you_mean(unknown[0], known)
        en = f"{requirement} is not asked of {listed}; {hint.say('en')}"
        raise Misuse(Text.of(en, f"条件 {requirement} 不涉及 {listed}；{hint.say('zh')}"), "members")


def _waivable(desk: Desk, requirement: str) -> Requirement:
    found = desk.definition.requirements.get(requirement)
    if found is None:
        hint = did_you_mean(requirement, list(desk.definition.requirements))
        raise NotFound(
            Text.of(f"there is no requirement {requirement}; {hint.say('en')}", f"没有条件 {requirement}；{hint.say('zh')}"), "requirement"
        )
    if not found.waivable_by:
        raise Misuse(
            Text.of(f"{requirement} cannot be waived: the definition names nobody who may", f"{requirement} 不可豁免：方案未授权任何人"),
            "not-waivable",
        )
    return found


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Misuse(Text.of("a reason is needed: it stays visible for ever", "必须写明理由：理由将永久可见"), "reason")


def find_kind(desk: Desk, kind: str) -> RecordKind:
    found = desk.definition.records.get(kind)
    if found is None:
        hint = did_you_mean(kind, list(desk.definition.records))
        raise NotFound(
            Text.of(f"there is no record kind {kind}; {hint.say('en')}", f"没有记录种类 {kind}；{hint.say('zh')}"), "record-kind"
        )
    return found

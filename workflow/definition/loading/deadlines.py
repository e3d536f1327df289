"""From a draft to the deadlines of the model, and what their pieces ask of each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.expressions import Expression, World, compile_check
from workflow.definition.expressions.types import DATE, Type
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.loading.guards import compiled, known_each
from workflow.definition.model import Deadline, Due, Rung
from workflow.definition.moments import PLANNED_END
from workflow.definition.reporting import BEGINS, ENDS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIOD: Mapping[str, Type] = {BEGINS: DATE, ENDS: DATE}


def deadlines(draft: Draft, world: World) -> dict[str, Deadline]:
    found = {}
    for path, name, value in draft.entries(("deadlines",)):
        owner = value.get("owner", "")
        found[name] = Deadline(
            id=name,
            title=draft.text((*path, "title")),
            due=_due(draft, (*path, "due")),
            owner=owner,
            ladder=tuple(_rung(rung, owner) for _, rung in draft.listed((*path, "ladder"))),
            until=_until(draft, path, world) if known_each(draft, path, world) else None,
            each=value.get("each"),
            urgent=value.get("urgent", False),
            basis=draft.names((*path, "basis")),
            origin=draft.origin(path),
        )
    return found


def _until(draft: Draft, path: Path, world: World) -> Expression | None:
    """What recurs is settled period by period: a condition that does not say which would settle all of them, or none."""
    recurs, each = draft.get((*path, "due", "every")) is not None, draft.get((*path, "each"))
    names = _PERIOD if recurs or draft.touched((*path, "due")) else None
    found = compiled(draft, (*path, "until"), lambda text: compile_check(text, world, each=each, names=names))
    if found is not None and recurs and found.names.isdisjoint(_PERIOD):
        draft.fault(
            (*path, "until"),
            "it recurs, but this does not say in which period; begins or ends was expected here",
            "此期限按期重复，但未说明所指的一期；此处应有 begins 或 ends",
            "period",
        )
    return found


def _due(draft: Draft, path: Path) -> Due:
    stated = draft.get(path)
    if not isinstance(stated, dict):
        return Due(on=draft.date(path))
    if "on" in stated:
        return Due(after=stated["on"], days=0)
    days, working_days = (None if stated.get(key) is None else int(stated[key]) for key in ("days", "working_days"))
    return Due(
        after=stated.get("after"),
        before=stated.get("before"),
        days=days,
        working_days=working_days,
        every=stated.get("every"),
        day=_day(stated.get("day")),
    )


def _day(stated: Any) -> int | None:
    return WEEKDAYS.index(stated) + 1 if stated in WEEKDAYS else None if stated is None else int(stated)


def _rung(stated: Any, owner: str) -> Rung:
    offset, role = next(iter(stated.items()), ("0d", owner)) if isinstance(stated, dict) else (stated, owner)
    return Rung(days=int(offset.removesuffix("d")), to=role)


# -- what the pieces ask of each other ---------------------------------------------------------------------------------


def check_deadlines(draft: Draft) -> None:
    """Report what does not go together: whom it is due for, what it is reckoned from, what ends it."""
    if any(draft.declared((section,)) is None for section in ("cases", "records", "stages")):
        return
    for path, _, value in draft.entries(("deadlines",)):
        if draft.touched((*path, "due")) or draft.touched((*path, "each")):
            continue
        due = value.get("due")
        stated = due if isinstance(due, dict) else {}
        key = next((key for key in ("on", "after", "before") if key in stated), None)
        _whose(draft, path, key, stated.get(key))
        if key is not None:
            _known_before(draft, (*path, "due", key), key, stated[key])
        if "every" in stated and "until" not in value and not draft.touched((*path, "until")):
            en = "it recurs and nothing ever settles it, until: with begins and ends was expected beside due"
            draft.fault((*path, "due", "every"), en, "此期限按期重复而永不了结，due 旁应有含 begins 与 ends 的 until", "period")


def _whose(draft: Draft, path: Path, key: str | None, event: str | None) -> None:
    """What is reckoned from a case is due for each case of that kind, and only that; from a member's record, for each member."""
    cases, others = (draft.declared(("cases",)) or (), [n for part in ("records", "stages") for n in draft.declared((part,)) or ()])
    owner, each = (event or "").partition(".")[0], draft.get((*path, "each"))
    if owner in cases and owner not in others and each is None:
        _wants_each(draft, (*path, "due", str(key)), owner)
    elif each in cases and owner != each and (event is None or owner in (*cases, *others)):
        found = f"{key}: {event}" if event else draft.get((*path, "due"))
        draft.fault(
            (*path, "each"),
            f"each: {each} goes with after: {each}, found {found}",
            f"each: {each} 应与 after: {each} 同用，实为 {found}",
            "reference",
        )
    elif each == "member" and owner in cases and owner not in others:
        _wants_each(draft, (*path, "each"), owner)
    elif each is None and draft.get(("records", owner, "of")) == "member" and owner not in (draft.declared(("stages",)) or ()):
        _wants_each(draft, (*path, "due", str(key)), "member")


def _wants_each(draft: Draft, path: Path, each: str) -> None:
    en = f"it is due for each {each}, each: {each} was expected beside due"
    draft.fault(path, en, f"逐个 {each} 到期，due 旁应有 each: {each}", "reference")


def _known_before(draft: Draft, path: Path, key: str, event: str) -> None:
    """Nobody can count back from what is known only once it has come, or from an end that is not planned."""
    owner, _, part = event.partition(".")
    stages = draft.declared(("stages",)) or ()
    if owner in stages and part == PLANNED_END and part not in _phases(draft, owner):
        if draft.get(("stages", owner, "lasts")) is None and not draft.touched(("stages", owner, "lasts")):
            draft.fault(
                path, f"{owner} has no planned end, lasts: was expected in it", f"{owner} 没有计划结束日期，其中应有 lasts", "reference"
            )
    elif key == "before" and (owner in stages or not part or part in (draft.declared(("cases", owner, "states")) or ())):
        draft.fault(
            path,
            f"the day of {event} is known only once it has come; STAGE.planned_end or a date field such as travel.returns was expected",
            f"{event} 的日期事到方知；应为“阶段.planned_end”或日期字段，如 travel.returns",
            "reference",
        )


def _phases(draft: Draft, stage: str) -> list[str]:
    return draft.declared(("gates", str(draft.get(("stages", stage, "gate"))), "phases")) or []

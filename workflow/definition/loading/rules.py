"""What the pieces of a definition ask of each other beyond being named rightly."""

from __future__ import annotations

from workflow.definition.circles import circles
from workflow.definition.loading.build import of_any_type
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.loading.overlay import is_day
from workflow.definition.loading.references import matches
from workflow.definition.model import MEMBERS, Field, RecordKind
from workflow.errors import did_you_mean

MOST_FIELDS = 24  # a line of the store has room for so many


def check_rules(draft: Draft, records: dict[str, RecordKind]) -> None:
    """Report every such fault."""
    _room(draft, records)
    _stricter(draft)
    _members_needed(draft)
    _sheets(draft, records)
    _of_campaign(draft, records)
    _cycles(draft)
    _asked_of_cases(draft)
    _moves_of_stages(draft)
    _circles(draft)


def _stricter(draft: Draft) -> None:
    """Only of a stated number or day can a lower level state a higher or lower one."""
    for path, _, parameter in draft.entries(("parameters",)):
        value = parameter.get("value")
        ordered = (isinstance(value, (int, float)) and not isinstance(value, bool)) or is_day(value)
        if "stricter" in parameter and not ordered and not draft.touched((*path, "value")):
            en, zh = "only a value that is a number or a date can be made stricter", "只有取值为数字或日期的参数才能从严"
            draft.fault((*path, "stricter"), en, zh, "type", key=True)


def _room(draft: Draft, records: dict[str, RecordKind]) -> None:
    for record in records.values():
        if len(record.fields) > MOST_FIELDS:
            draft.fault(
                ("records", record.id, "fields", list(record.fields)[MOST_FIELDS]),
                f"{record.id} has {len(record.fields)} fields, at most {MOST_FIELDS} can be kept: split it into two records",
                f"{record.id} 有 {len(record.fields)} 个字段，最多可存 {MOST_FIELDS} 个：请拆成两种记录",
                "size",
                key=True,
            )


def _members_needed(draft: Draft) -> None:
    if draft.has_members:
        return
    places = (("records", "*", "of"), ("cases", "*", "of"), ("gates", "*", "moves", "*", "not_by"), ("cases", "*", "moves", "*", "not_by"))
    for path, name in (found for at in places for found in matches(draft, at)):
        if name in ("member", MEMBERS):
            draft.fault(
                path, f"{name} stands here, but the definition declares no members", f"此处为 {name}，但方案未声明 members", "reference"
            )


def _sheets(draft: Draft, records: dict[str, RecordKind]) -> None:
    """A sheet is about the branch, and what a line takes from it must be a value of the line's own field."""
    for sheet in records.values():
        path: Path = ("records", sheet.id)
        if sheet.lines and sheet.of != "branch":
            draft.fault(
                (*path, "of"),
                f"a sheet with lines is of: branch, found {sheet.of}",
                f"带 lines 的记录应为 of: branch，实为 {sheet.of}",
                "reference",
            )
        lines = records.get(sheet.lines or "")
        if lines is not None:
            _lines(draft, sheet, lines)


def _lines(draft: Draft, sheet: RecordKind, lines: RecordKind) -> None:
    path, below = ("records", sheet.id), ("records", lines.id)
    if sheet.span != lines.span and not draft.touched((*path, "span")) and not draft.touched((*below, "span")):
        draft.fault(
            (*path, "span"),
            f"span: {sheet.span}, but its lines {lines.id} have span: {lines.span}; the same was expected",
            f"span: {sheet.span}，而其明细 {lines.id} 为 span: {lines.span}，两者应相同",
            "reference",
        )
    for name, field in sheet.fields.items():
        if name not in lines.fields or any(draft.touched((*record, "fields", name)) for record in (path, below)):
            continue
        if not _fits(field, lines.fields[name]):
            draft.fault(
                (*path, "fields", name),
                f"{name} does not fit the field {name} of {lines.id}, the same type was expected",
                f"{name} 与 {lines.id} 的字段 {name} 不符，类型应相同",
                "type",
                key=True,
            )
        elif not _within(field, lines.fields[name]):
            draft.fault(
                (*path, "fields", name),
                f"{name} may lie outside min and max of the field {name} of {lines.id}, the same bounds were expected",
                f"{name} 可能超出 {lines.id} 的字段 {name} 的 min 与 max，界限应相同",
                "bounds",
                key=True,
            )


def _fits(given: Field, wanted: Field) -> bool:
    if of_any_type(given) or of_any_type(wanted):
        return True
    same = (given.type, given.many, given.unit) == (wanted.type, wanted.many, wanted.unit)
    return same and set(given.options) <= set(wanted.options)


def _within(given: Field, wanted: Field) -> bool:
    """Is every value of `given` within the bounds of `wanted`? Stricter ones will do."""
    low = wanted.min is None or (given.min is not None and given.min >= wanted.min)
    return low and (wanted.max is None or (given.max is not None and given.max <= wanted.max))


def _of_campaign(draft: Draft, records: dict[str, RecordKind]) -> None:
    """What is of the campaign as a whole belongs to no attempt of a branch, and nobody may enter it who acts for a part only."""
    for record in records.values():
        path: Path = ("records", record.id)
        if record.of != "campaign":
            continue
        if record.span == "attempt":
            draft.fault(
                (*path, "span"),
                "a record of the campaign belongs to no attempt, span: campaign was expected",
                "整个活动的记录不属于任何轮次，应为 span: campaign",
                "reference",
            )
        for at, role in draft.listed((*path, "by")):
            scope = draft.get(("roles", role, "scope"))
            if scope in ("branch", "assigned"):
                draft.fault(
                    at,
                    f"{role} has scope: {scope}, but a record of the campaign is entered by roles with scope: all",
                    f"{role} 为 scope: {scope}，而整个活动的记录只能由 scope: all 的角色录入",
                    "reference",
                )


def _cycles(draft: Draft) -> None:
    """A stage that repeats needs a move that begins the next time round."""
    for path, _, value in draft.entries(("stages",)):
        gate = value.get("gate")
        moves: Path = ("gates", gate, "moves")
        if "cycle" not in value or gate not in (draft.declared(("gates",)) or ()) or draft.touched(moves):
            continue
        if not any("new_attempt" in draft.names((*at, "effects")) for at, _, _ in draft.entries(moves)):
            draft.fault(
                (*path, "cycle"),
                f"no move of the gate {gate} begins the next one, effects: [new_attempt] was expected in one of them",
                f"关口 {gate} 没有进入下一轮的动作，其中应有 effects: [new_attempt]",
                "reference",
                key=True,
            )


def _asked_of_cases(draft: Draft) -> None:
    """A case move's requirements are asked of that one case."""
    known = draft.declared(("requirements",)) or ()
    for path, name in matches(draft, ("cases", "*", "moves", "*", "requires")):
        each: Path = ("requirements", name, "each")
        if name in known and draft.get(each) != path[1] and not draft.touched(each):
            draft.fault(
                path,
                f"{name} is not asked of each {path[1]}, each: {path[1]} was expected in it",
                f"{name} 不针对 {path[1]}，其中应有 each: {path[1]}",
                "reference",
            )


def _moves_of_stages(draft: Draft) -> None:
    for stage, _, value in draft.entries(("stages",)):
        gate = value.get("gate")
        known = draft.declared(("gates", gate, "moves")) if gate in (draft.declared(("gates",)) or ()) else None
        for path, move, _ in draft.entries((*stage, "requires")):
            if known is not None and move not in known:
                hint = did_you_mean(move, known)
                draft.fault(
                    path,
                    f"there is no move {move} in the gate {gate}, {hint.say('en')}",
                    f"关口 {gate} 没有动作 {move}，{hint.say('zh')}",
                    "reference",
                    key=True,
                )


def _circles(draft: Draft) -> None:
    for stage, _, _ in draft.entries(("stages",)):
        _circle(draft, (*stage, "steps"), "after", "closed only after each other", "环节互为前提")
    _circle(draft, ("instruments",), "parent", "parents of each other", "文件依据互为上级")


def _circle(draft: Draft, path: Path, key: str, en: str, zh: str) -> None:
    graph = {name: set(draft.names((*at, key))) for at, name, _ in draft.entries(path)}
    for circle in circles({name: {other for other in others if other in graph} for name, others in graph.items()}):
        shown = " -> ".join(circle)
        draft.fault((*path, circle[0], key), f"{en}: {shown}", f"{zh}：{shown}", "circle")

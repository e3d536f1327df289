"""What people enter, checked against what the definition declares: every fault at once, and nothing written before all is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflow.clock import local_date
from workflow.definition.model import Field
from workflow.errors import Fault as InputProblem
from workflow.errors import InputFault, Misuse, did_you_mean
from workflow.texts import Text

LARGEST = 10**12  # above it sums would lose their decimals, and SQLite its whole numbers
_TRUE = {"true", "yes", "y", "1", "是", "有"}
_FALSE = {"false", "no", "n", "0", "否", "无"}
TYPES = {  # what a field's type is called
    "number": Text.of("a number", "数字"),
    "integer": Text.of("a whole number", "整数"),
    "text": Text.of("a text", "文本"),
    "boolean": Text.of("yes or no", "是或否"),
    "date": Text.of("a date", "日期"),
    "person": Text.of("a person's id", "人员编号"),
    "choice": Text.of("one of the options", "选项之一"),
}


def read_fields(
    declared: Mapping[str, Field], given: Mapping[str, Any], where: str = "", *, known: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[InputProblem]]:
    """The values by field as the ledger keeps them, and every fault.

    Texts are read as the type declared ("2.25" as a number, "yes" as true), so that forms and command lines can pass what was
    typed. `known` are fields that are given elsewhere (a sheet's, for its lines).
    """
    values: dict[str, Any] = {}
    faults: list[InputProblem] = []
    for name, raw in given.items():
        if name not in declared:
            hint = did_you_mean(name, list(declared))
            faults.append(InputProblem(where, name, Text.of(f"unknown field; {hint.say('en')}", f"未知字段；{hint.say('zh')}"), "field"))
            continue
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            continue
        value, fault = read_value(declared[name], raw)
        if fault is None:
            values[name] = value
        else:
            faults.append(InputProblem(where, name, fault, "value"))
    for name, field in declared.items():
        if name not in values and not field.optional and name not in known and not any(f.path == name for f in faults):
            faults.append(InputProblem(where, name, _missing(field), "missing"))
    return values, faults


def several(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names as they were given; one that is given by itself means just that one, not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def read_value(field: Field, raw: Any) -> tuple[Any, Text | None]:
    """One value as the ledger keeps it, or what is wrong with it."""
    match field.type:
        case "number" | "integer":
            return _number(field, raw)
        case "boolean":
            if isinstance(raw, bool):
                return raw, None
            word = str(raw).strip().lower()
            if word in _TRUE | _FALSE:
                return word in _TRUE, None
            return None, Text.of(f"{raw!r} is neither yes nor no", f"{raw!r} 既非“是”也非“否”")
        case "date":
            return _date(raw)
        case "choice":
            return _choice(field, raw)
        case _:
            if not isinstance(raw, (str, int, float)):
                return None, Text.of(f"{raw!r} is not a text", f"{raw!r} 不是文本")
            text = str(raw).strip()
            if field.min is not None and len(text) < field.min:
                return None, Text.of(f"needs at least {field.min:.0f} characters", f"至少需要 {field.min:.0f} 个字符")
            return text, None


def _number(field: Field, raw: Any) -> tuple[Any, Text | None]:
    kind = TYPES[field.type]
    wrong = Text.of(f"{raw!r} is not {kind.say('en')}", f"{raw!r} 不是{kind.say('zh')}")
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None, wrong
    try:
        value = float(str(raw).strip()) if not isinstance(raw, int) else raw
    except ValueError:
        return None, wrong
    if value != value or value in (float("inf"), float("-inf")) or (field.type == "integer" and value != int(value)):
        return None, wrong
    if abs(value) > LARGEST:
        return None, Text.of(f"{raw} is too large", f"{raw} 过大")
    value = int(value) if value == int(value) else value
    unit = f" {field.unit}" if field.unit else ""
    if field.min is not None and value < field.min:
        return None, Text.of(f"{value}{unit} is below {field.min:g}{unit}", f"{value}{unit} 低于 {field.min:g}{unit}")
    if field.max is not None and value > field.max:
        return None, Text.of(f"{value}{unit} is above {field.max:g}{unit}", f"{value}{unit} 高于 {field.max:g}{unit}")
    return value, None


def _date(raw: Any) -> tuple[Any, Text | None]:
    try:
        return (raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())).isoformat()[:10], None
    except ValueError:
        return None, Text.of(f"{raw!r} is not a date such as 2005-01-31", f"{raw!r} 不是形如 2005-01-31 的日期")


def _choice(field: Field, raw: Any) -> tuple[Any, Text | None]:
    by_title = {title.say(lang): option for option, title in field.options.items() for lang in ("en", "zh")}
    raws = [raw]
    if field.many:
        raws = [part.strip() for part in raw.replace("；", ";").split(";")] if isinstance(raw, str) else raw
        if not isinstance(raws, (list, tuple, set, frozenset)):
            return None, Text.of(f"{raw!r} is not a list of options", f"{raw!r} 不是选项列表")
    values = []
    for each in raws:
        option = str(each) if str(each) in field.options else by_title.get(str(each))
        if option is None:
            hint = did_you_mean(str(each), list(field.options))
            return None, Text.of(f"{each!r} is not one of the options; {hint.say('en')}", f"{each!r} 不在选项之中；{hint.say('zh')}")
        values.append(option)
    return (sorted(set(values)) if field.many else values[0]), None


def _missing(field: Field) -> Text:
    """What the field is called, and what is expected there: every option by id and title."""
    kind, (en, zh) = TYPES[field.type], (field.title.say(lang) for lang in ("en", "zh"))
    unit_en, unit_zh = (f" ({field.unit})", f"（{field.unit}）") if field.unit else ("", "")
    options_en = ", ".join(_option(name, title.say("en"), " ({})") for name, title in field.options.items())
    options_zh = "、".join(_option(name, title.say("zh"), "（{}）") for name, title in field.options.items())
    return Text.of(
        f"“{en}” is missing; expected {f'one of {options_en}' if field.options else kind.say('en') + unit_en}",
        f"缺少“{zh}”：应为 {options_zh if field.options else kind.say('zh') + unit_zh}",
    )


def _option(name: str, title: str, brackets: str) -> str:
    return title + brackets.format(name) if title != name else name


def read_happened(happened: date | str | None, today: str, zone: str) -> str:
    """The day something was so; today if not said. Raises `Misuse` for no date, or one in the future."""
    if happened is None:
        return today
    day = read_day(happened, zone)
    if day > today:
        raise Misuse(
            Text.of(
                f"{day} has not come yet (today is {today}); a record says what was so",
                f"{day} 尚未到来（今天是 {today}）；记录只写已发生的事",
            ),
            "future",
        )
    return day


def read_day(raw: date | str, zone: str) -> str:
    """A day as ISO text; of an instant with an offset the day it is in `zone`. Raises `Misuse` for what is none."""
    if isinstance(raw, datetime) and raw.tzinfo is not None:
        raw = local_date(raw, zone)
    day, fault = _date(raw)
    if fault is not None:
        raise Misuse(fault, "date")
    return str(day)


def read_lines(
    lines: Sequence[str | Mapping[str, Any]], declared: Mapping[str, Field], inherited: frozenset[str], roll: frozenset[str]
) -> tuple[list[dict[str, Any]], list[InputProblem]]:
    """The lines of a sheet: each a member, or a mapping with `member` and fields of its own; `inherited` are the sheet's."""
    found: list[dict[str, Any]] = []
    faults: list[InputProblem] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        where = f"line {number}"
        if not isinstance(line, (str, Mapping)):
            said = Text.of("each line is a member's id, or a mapping with `member`", "每行应为党员编号，或含 member 的映射")
            faults.append(InputProblem(where, "", said, "value"))
            continue
        own = {"member": line} if isinstance(line, str) else dict(line)
        member = str(own.pop("member", "")).strip()
        if member not in roll:
            hint = did_you_mean(member, sorted(roll), "people")
            faults.append(
                InputProblem(
                    where,
                    "member",
                    Text.of(
                        f"{member!r} is not on the roll of this branch; {hint.say('en')}", f"{member!r} 不在本支部名册上；{hint.say('zh')}"
                    ),
                    "member",
                )
            )
        elif member in seen:
            faults.append(
                InputProblem(where, "member", Text.of(f"{member} stands on this sheet twice", f"{member} 在本表中出现两次"), "twice")
            )
        seen.add(member)
        values, wrong = read_fields(declared, own, where, known=inherited)
        faults += wrong
        found.append({"member": member, **values})
    return found, faults


def refuse_faults(faults: Sequence[InputProblem]) -> None:
    """Raises `InputFault` with all faults, if there are any."""
    if faults:
        raise InputFault(faults)

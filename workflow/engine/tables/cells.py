"""What people type into a cell, read as the field declared: full-width digits, dates in any of the usual forms, percent signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from attrs import frozen

from workflow.definition.model import Definition, Field
from workflow.engine.entry import read_value
from workflow.engine.tables.tabular import heading
from workflow.texts import LANGUAGES, Text

FAILED = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#{2,})", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_DAY_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets
_TICKS = {"√": "yes", "✓": "yes", "✔": "yes", "对": "yes", "×": "no", "✗": "no", "✘": "no", "错": "no"}


@frozen
class Reading:
    """What a cell says: a value, or what is wrong with it (`fault`); `note` says what had to be guessed."""

    value: Any = None
    fault: Text | None = None
    note: Text | None = None


def read_cell(definition: Definition, field: Field, raw: str, *, percent: bool = False) -> Reading:
    """A cell's text as a value of the field. `percent`: other cells of the column carry a percent sign."""
    plain = normalize("NFKC", raw).strip()
    match field.type:
        case "number" | "integer":
            return _number(definition, field, plain, percent)
        case "date":
            return _date(field, plain)
        case "boolean":
            return _checked(field, _TICKS.get(plain, plain))
        case "choice":
            return _choice(field, raw, plain)
        case _:
            return _checked(field, raw)


def _checked(field: Field, raw: Any, note: Text | None = None) -> Reading:
    value, fault = read_value(field, raw)
    return Reading(fault=fault) if fault is not None else Reading(value, note=note)


def _number(definition: Definition, field: Field, plain: str, percent: bool) -> Reading:
    for unit in _units(definition, field):
        if unit != "%" and plain.casefold().endswith(unit.casefold()):
            plain = plain[: -len(unit)].strip()
            break
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if plain.endswith("%"):
        return _checked(field, _hundredth(field, plain[:-1].strip()))
    if percent:
        en = f"no percent sign, as other cells of the column have; taken as {plain}%"
        return _checked(field, _hundredth(field, plain), Text.of(en, f"该列其他单元格有百分号，此处没有；按 {plain}% 处理"))
    return _checked(field, plain)


def _units(definition: Definition, field: Field) -> Sequence[str]:
    """How the unit of a field may be written behind a figure."""
    if field.unit is None:
        return ()
    said = definition.units.get(field.unit)
    return [field.unit, *(said.by_language.values() if said else ())]


def _hundredth(field: Field, figure: str) -> str:
    """A percentage as the field keeps it: of a field in per cent the figure itself, of any other its hundredth."""
    if field.unit == "%":
        return figure
    try:
        return repr(round(float(figure) / 100, 12))
    except ValueError:
        return f"{figure}%"


def read_date(raw: str) -> Reading:
    """A day in one of the usual forms, as ISO text; a bare number is a spreadsheet's count of days."""
    plain = normalize("NFKC", raw).strip()
    found = _DAY.fullmatch(plain) or _COMPACT.fullmatch(plain)
    try:
        if found is not None:
            return Reading(date(*map(int, found.groups())).isoformat())
    except ValueError:
        return Reading(fault=_no_date(raw))
    serial = _SERIAL.fullmatch(plain)
    if serial is None:
        return Reading(fault=_no_date(raw))
    day = (_DAY_ZERO + timedelta(days=int(serial[1]))).isoformat()
    en = f"{plain} is a spreadsheet's count of days; read as {day}"
    return Reading(day, note=Text.of(en, f"{plain} 是电子表格的日期序号，按 {day} 读取"))


def _no_date(raw: str) -> Text:
    return Text.of(f"{raw!r} is not a date such as 2005-01-31", f"{raw!r} 不是形如 2005-01-31 的日期")


def _date(field: Field, plain: str) -> Reading:
    found = read_date(plain)
    return found if found.fault is not None else _checked(field, found.value, found.note)


def _choice(field: Field, raw: str, plain: str) -> Reading:
    """Options by id or title, whatever the case, the blanks and the width of letters."""
    words = {heading(title.say(lang)): option for option, title in field.options.items() for lang in LANGUAGES}
    words |= {heading(option): option for option in field.options}
    if not field.many:
        return _checked(field, words.get(heading(plain), raw))
    if heading(plain) in words:
        return _checked(field, [words[heading(plain)]])
    parts = [part.strip() for part in re.split("[;；、]", raw) if part.strip()]
    return _checked(field, [words.get(heading(part), part) for part in parts])

"""The coverage in words: what of each definition no test has seen."""

from __future__ import annotations

from itertools import groupby
from math import floor

from attrs import evolve

from workflow.testing.coverage import Coverage, Goal, Sheet
from workflow.texts import Text, counted
from workflow.verdicts.render.voice import padded, width

TITLE = Text.of("workflow coverage", "方案覆盖情况")
_KINDS = {
    "requirement": Text.of("requirement", "条件"),
    "move": Text.of("move", "动作"),
    "case": Text.of("case", "事项"),
    "rule": Text.of("rule", "规则"),
}
_WAYS = {
    "met": Text.of("met", "满足"),
    "unmet": Text.of("unmet", "不满足"),
    "waived": Text.of("waived", "经批准"),
    "allowed": Text.of("allowed", "准予"),
    "refused": Text.of("refused", "不准"),
}
_HEAD = Text.of(
    "{definition}, version {version} [{hash}]: {reached} of {total} answers seen, {percent} %, in {verdicts}",
    "{definition} 版本 {version} [{hash}]：应见 {total} 种答复，已见 {reached} 种（{percent}%），共 {verdicts}",
)
_NEVER = Text.of("never {ways}", "从未{ways}")
_UNKNOWN = Text.of("{never} (only unknown)", "{never}（仅缺少事实）")
_ALL = Text.of("all seen", "均已见到")
_NONE = Text.of("no campaign of workflow.testing was used", "未使用 workflow.testing 的活动")
_TOTAL = Text.of("seen in all: {reached} of {total} answers, {percent} %", "合计：应见 {total} 种答复，已见 {reached} 种（{percent}%）")
_BELOW = Text.of("{percent} % is less than the {least} % asked for", "{percent}% 低于要求的 {least}%")


def report(coverage: Coverage, lang: str = "en") -> str:
    """Every definition in use with what was never seen of it, and the total."""
    sheets = sorted(coverage.sheets.values(), key=lambda sheet: (sheet.definition, sheet.version, sheet.hash))
    if not sheets:
        return _NONE.say(lang)
    lines = [line for sheet in sheets for line in (*_sheet(sheet, lang), "")]
    total = _TOTAL.say(lang, reached=coverage.reached, total=coverage.total, percent=_percent(coverage.percent))
    return "\n".join([*lines, total])


def shortfall(coverage: Coverage, least: float, lang: str = "en") -> str:
    """That less was seen than was asked for; empty if that is not so."""
    if coverage.total and coverage.percent >= least:
        return ""
    return _BELOW.say(lang, percent=_percent(coverage.percent), least=f"{least:g}")


def _sheet(sheet: Sheet, lang: str) -> list[str]:
    verdicts = Text.of(counted(sheet.verdicts, "verdict"), f"{sheet.verdicts:,} 个结论")
    percent = _percent(100 * sheet.reached / len(sheet.goals))
    about = {"definition": sheet.definition, "version": sheet.version, "hash": sheet.hash[:8], "verdicts": verdicts}
    head = _HEAD.say(lang, **about, reached=sheet.reached, total=len(sheet.goals), percent=percent)
    rows = [_row(sheet, list(goals), lang) for _, goals in groupby(sheet.missing, key=lambda goal: (goal.kind, goal.code))]
    if not rows:
        return [head, f"    {_ALL.say(lang)}"]
    columns = [max(width(row[n]) for row in rows) for n in range(3)]
    return [head, *("    " + "  ".join([*map(padded, row[:3], columns), row[3]]).rstrip() for row in rows)]


def _row(sheet: Sheet, goals: list[Goal], lang: str) -> tuple[str, str, str, str]:
    """What it is, its code, what of it was never seen, what it is called if that is more than the code."""
    first = goals[0]
    ways = ("、" if lang == "zh" else ", ").join(_WAYS[goal.way].say(lang) for goal in goals)
    never, title = _NEVER.say(lang, ways=ways), sheet.goals[first].say(lang)
    if any(goal.way == "unmet" for goal in goals) and sheet.seen[evolve(first, way="unknown")]:
        never = _UNKNOWN.say(lang, never=never)
    return _KINDS[first.kind].say(lang), first.code, never, "" if title == first.code else title


def _percent(percent: float) -> str:
    """Rounded down to a tenth: what is not complete never looks it."""
    return f"{floor(percent * 10) / 10:g}"

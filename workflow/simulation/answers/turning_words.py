"""What a figure of a plan is called, and how much lower or higher it was set."""

from __future__ import annotations

from workflow.simulation.answers.sensitivity import Side, Swing
from workflow.simulation.answers.turning import What
from workflow.simulation.answers.words import Names
from workflow.texts import Text

_KNOBS: dict[What, Text] = {
    "people": Text.of("people: {subject} ({now})", "人数：{subject}（{now}）"),
    "stage": Text.of("planned length: {subject}", "计划时长：{subject}"),
    "time": Text.of("time taken: {subject}", "用时：{subject}"),
    "share": Text.of("share that pass: {subject}", "通过率：{subject}"),
    "start": Text.of("beginning: {subject}", "启动日：{subject}"),
    "offset": Text.of("days from the planned end: {subject}", "距计划结束日天数：{subject}"),
    "spread": Text.of("days from the beginning: {subject}", "距启动日天数：{subject}"),
    "extension": Text.of("days of an extension", "延期天数"),
    "focus_time": Text.of("time added for focus units", "重点单位加时"),
    "focus_share": Text.of("share of focus units", "重点单位比例"),
}
_PART, _POINTS = Text.same("{amount:+.0f}%"), Text.of("{amount:+.0f} points", "{amount:+.0f} 个百分点")
_AMOUNTS: dict[What, Text] = {
    **dict.fromkeys(("stage", "time", "offset", "spread", "extension", "focus_time"), _PART),
    **dict.fromkeys(("share", "focus_share"), _POINTS),
    "people": Text.of("{value}", "{value} 人"),
    "start": Text.of("{days:+.0f} days", "{days:+.0f} 天"),
}
_IN = Text.of("{state}, {stage}", "{stage}的{state}")


def knob(names: Names, swing: Swing) -> str:
    """Such as `people: campaign office`."""
    return names.say(_KNOBS[swing.what], subject=_subject(names, swing), now=swing.now)


def amount(names: Names, swing: Swing, side: Side) -> str:
    """Such as `10`, `-20%`, `+10 points`."""
    (value, *_) = side.changes.values()
    return _AMOUNTS[swing.what].say(names.voice.lang, value=value, amount=100 * side.amount, days=side.amount)


def _subject(names: Names, swing: Swing) -> str:
    if swing.what in ("start", "spread"):
        return names.batch(swing.subject)
    stage, _, phase = swing.subject.rpartition(".")
    return names.say(_IN, state=names.title(phase), stage=names.title(stage)) if stage else names.title(swing.subject)

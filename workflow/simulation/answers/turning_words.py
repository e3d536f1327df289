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
}
_AMOUNTS: dict[What, Text] = {
    "people": Text.of("{value}", "{value} 人"),
    "stage": Text.of("{amount:+.0f}%", "{amount:+.0f}%"),
    "time": Text.of("{amount:+.0f}%", "{amount:+.0f}%"),
    "share": Text.of("{amount:+.0f} points", "{amount:+.0f} 个百分点"),
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
    if swing.what == "start":
        return names.batch(swing.subject)
    stage, _, phase = swing.subject.rpartition(".")
    return names.say(_IN, state=names.title(phase), stage=names.title(stage)) if stage else names.title(swing.subject)

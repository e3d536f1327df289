"""Events in words, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from workflow.cli import show
from workflow.cli.sheets import Sheet
from workflow.clock import local_date, read_stamp
from workflow.definition.model import Definition
from workflow.ledger import Event
from workflow.texts import Text
from workflow.verdicts.render.events import event_words
from workflow.verdicts.render.voice import Voice

_ATTEMPTS = Text.of("attempts: {n}", "共 {n} 个轮次")
_CYCLES = Text.of("{cycles}: {n}", "共 {n} 个{cycles}")
_COLUMNS = (
    Text.of("stage", "阶段"),
    Text.of("attempt", "轮次"),
    Text.of("began", "开始"),
    Text.of("ended", "结束"),
    Text.of("ended by", "如何结束"),
)


def event_text(definition: Definition, event: Event, lang: str, names: Mapping[str, str]) -> str:
    """`#12  2005-03-18 09:00  Zhang San (branch secretary)  moved: ...`, in the definition's zone."""
    when = read_stamp(event.recorded_at).astimezone(ZoneInfo(definition.calendar.zone)).strftime("%Y-%m-%d %H:%M")
    voice = Voice(definition, lang, names=names)
    role, actor = voice.role(event.role) if event.role else "", voice.name(event.actor)
    who = f"{actor}（{role}）" if role and lang == "zh" else f"{actor} ({role})" if role else actor
    return "  ".join(part for part in (f"#{event.seq}", when, who, event_words(voice, event)) if part)


def event_plain(definition: Definition, event: Event, lang: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The event as it stands in the ledger, with its line of words."""
    columns = ("stream", "seq", "recorded_at", "actor", "role", "kind", "subject", "payload", "definition", "prev", "hash")
    return {**{name: getattr(event, name) for name in columns}, "text": event_words(Voice(definition, lang, names=names), event)}


def attempts_table(definition: Definition, lang: str, attempts: Sequence[Mapping[str, Any]]) -> Sheet:
    """A line for each attempt, in the order they were made."""
    voice = Voice(definition, lang)
    names = [column.say(lang) for column in _COLUMNS]
    n, cycle = len(attempts), definition.cycle
    title = voice.say(_ATTEMPTS, n=n) if cycle is None else voice.say(_CYCLES, n=n, cycles=voice.plural(voice.say(cycle)))
    table = show.table(title, *names, right=names[1:2])
    for each in attempts:
        stage = definition.stages.get(each["stage"])
        ended = _day(definition, each["ended"]) if each["ended"] else ""
        outcome = voice.move(each["outcome"]) if each["outcome"] else ""
        number = voice.attempt(each["number"], each["stage"]) if stage and stage.cycle else str(each["number"])
        table.add_row(stage.title.say(lang) if stage else each["stage"], number, _day(definition, each["began"]), ended, outcome)
    return table


def _day(definition: Definition, moment: str) -> str:
    return local_date(read_stamp(moment), definition.calendar.zone).isoformat()

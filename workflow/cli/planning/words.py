"""How figures of a simulation are said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from workflow.definition.model import Definition
from workflow.simulation.answers.model import Answers, Chance, Estimate, Percentile
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

BATCH = Text.of("batch {batch}", "第 {batch} 批")
ALL = Text.of("all batches", "全部批次")
FINISHED = Text.of("finished", "结束")
OTHER = Text.of("other", "其他")
NO_GROUP = Text.of("no group", "未编组")
DAYS = Text.of("days", "天")
WORKING_DAYS = Text.of("working days", "个工作日")
NOTHING = "·"
_WITH = Text.of("{value} ({low} to {high})", "{value}（{low} 至 {high}）")
_WITHIN = Text.of("{day} ({low} {high})", "{day}（{low} {high}）")
_NAME = Text.of("{title} ({ident})", "{title}（{ident}）")


@frozen
class Teller:
    """The answers of one simulation in one language."""

    voice: Voice
    answers: Answers

    @classmethod
    def of(cls, definition: Definition, answers: Answers, lang: str) -> Teller:
        return cls(Voice(definition, lang), answers)

    def say(self, text: Text, /, **values: object) -> str:
        return self.voice.say(text, **values)

    def columns(self, *texts: Text) -> tuple[str, ...]:
        return tuple(self.say(text) for text in texts)

    def title(self, name: str) -> str:
        return self.say(OTHER) if name == "other" else self.say(self.answers.title(name))

    def batch(self, batch: str | None) -> str:
        return self.say(ALL) if batch is None else self.say(BATCH, batch=batch)

    def stage(self, stage: str | None) -> str:
        return self.say(FINISHED) if stage is None else self.title(stage)

    def group(self, group: str | None) -> str:
        return group or self.say(NO_GROUP)

    def server(self, capacity: str, group: str | None) -> str:
        return self.title(capacity) if group is None else f"{self.title(capacity)} {group}"

    def branches(self, n: int) -> str:
        noun = self.voice.branch if n == 1 else self.voice.plural(self.voice.branch)
        return f"{n:,} 个{noun}" if self.voice.lang == "zh" else f"{n:,} {noun}"

    def percent(self, share: float, places: int = 0) -> str:
        return f"{100 * share:.{places}f}%"

    def estimate(self, found: Estimate, places: int = 1, sign: str = "") -> str:
        """A mean and, in brackets, its interval."""
        value = _number(found.value, places, sign)
        if found.low is None or found.high is None:
            return value
        return self.say(_WITH, value=value, low=_number(found.low, places, sign), high=_number(found.high, places, sign))

    def chance(self, found: Chance) -> str:
        """A share of the replications and its interval."""
        return self.say(_WITH, value=self.percent(found.value), low=f"{100 * found.low:.1f}", high=self.percent(found.high, 1))

    def percentile(self, found: Percentile) -> str:
        """The day, and by how many days the ends of its interval differ from it; `?` where there is none."""
        return self.say(_WITHIN, day=found.day, low=_apart(found.day, found.low), high=_apart(found.day, found.high, "+"))

    def named(self, ident: str, title: str) -> str:
        return self.say(_NAME, title=title, ident=ident) if title and title != ident else ident

    def listed(self, parts: Sequence[str]) -> str:
        return self.voice.listed(parts)


def _apart(day: date, end: date | None, sign: str = "-") -> str:
    return f"{sign}?" if end is None else f"{sign}{abs((end - day).days)}"


def _number(value: float, places: int, sign: str) -> str:
    """A figure with its thousands; what rounds to nothing is nothing, without a sign."""
    value = round(value, places) or 0.0
    return f"{value:{sign},.{places}f}"

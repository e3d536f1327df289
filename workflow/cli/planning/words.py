"""How figures of a simulation are said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from workflow.simulation.answers.model import Chance, Estimate, Percentile
from workflow.simulation.answers.words import Names
from workflow.texts import Text

DAYS = Text.of("days", "天")
WORKING_DAYS = Text.of("working days", "个工作日")
NOTHING = "·"
_WITH = Text.of("{value} ({low} to {high})", "{value}（{low} 至 {high}）")
_WITHIN = Text.of("{day} ({low} {high})", "{day}（{low} {high}）")
_NAME = Text.of("{title} ({ident})", "{title}（{ident}）")


@frozen
class Teller(Names):
    """The answers of one simulation in one language."""

    def columns(self, *texts: Text) -> tuple[str, ...]:
        return tuple(map(self.worded, texts))

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

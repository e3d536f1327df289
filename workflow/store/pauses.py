"""The times a branch was suspended: while it is, its clocks stand still.

A pause is its first day and the day it was over, None while it lasts; days are local, as ISO texts. Those of a branch stand
in order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

from workflow.canonical import canonical

Pause = tuple[str, str | None]


def read_pauses(text: str) -> tuple[Pause, ...]:
    """Pauses as the tables keep them: JSON `[[day, day or null], ...]`."""
    return tuple((began, over) for began, over in json.loads(text))


def pauses_text(pauses: Sequence[Pause]) -> str:
    """What `read_pauses` reads."""
    return canonical([list(pause) for pause in pauses])


def stretched(start: date, end: date, pauses: Sequence[Pause], today: date) -> date:
    """When a clock runs out that began on `start` and would run out on `end`: later by every day it stood still.

    A pause that lasts counts until `today`; one that begins only after the clock has run out moves it no more.
    """
    for pause in pauses:
        began, over = _days(pause, today)
        if began <= end:
            end += max(over - max(began, start), timedelta(0))
    return end


def paused_days(pauses: Sequence[Pause], since: date, today: date) -> int:
    """How many days were paused from `since` until `today`."""
    spans = (_days(pause, today) for pause in pauses)
    return sum(max((min(over, today) - max(began, since)).days, 0) for began, over in spans)


def _days(pause: Pause, today: date) -> tuple[date, date]:
    began, over = pause
    return date.fromisoformat(began), today if over is None else date.fromisoformat(over)

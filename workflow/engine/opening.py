"""What a campaign is opened with: its time, and what its host adds to the rules."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.clock import VirtualClock, in_zone
from workflow.definition import Definition
from workflow.definition.extensions import NONE, Extensions
from workflow.errors import Misuse
from workflow.texts import Text


def host_extensions(definition: Definition | str | Path, extensions: Extensions | None) -> Extensions:
    """What was given, or what the definition was loaded with."""
    if extensions is None:
        return Extensions(*definition.extensions.values()) if isinstance(definition, Definition) else NONE
    return extensions


def standing(last: datetime, now: datetime | None, zone: str) -> VirtualClock:
    """The clock of a rehearsal: what was written cannot be gone back behind."""
    moment = last if now is None else in_zone(now, zone)
    stands, asked = (each.astimezone(ZoneInfo(zone)) for each in (last, moment))
    if asked.time() == time() and asked.date() == stands.date():
        return VirtualClock(last)  # a day without an hour, and the campaign is in that day already
    if moment < last:
        at, back = f"{stands:%Y-%m-%dT%H:%M}", f"{asked:%Y-%m-%dT%H:%M}"
        en = f"the campaign stands at {at}; it cannot go back to {back} ({zone})"
        raise Misuse(Text.of(en, f"活动已进行到 {at}，不能回到 {back}（{zone}）"), "too-early")
    return VirtualClock(moment)


def check_clock(chosen: bool, rehearsal: bool) -> None:
    """Raises `Misuse` for a time of its own in an ordinary campaign."""
    if chosen and not rehearsal:
        en = "only a rehearsal may choose its time; this campaign keeps the machine's"
        raise Misuse(Text.of(en, "只有演练可以自选时间；本活动使用机器时间"), "not-a-rehearsal")

"""What a check of the whole finds: flaws, each with its place, in parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from workflow.store.replay import Difference
from workflow.texts import Text, counted

PartName = Literal["file", "chain", "checkpoints", "decisions", "tables"]


@frozen
class Flaw:
    """Something wrong, and where. `place` is in words; `stream`, `seq` and `position` (the row of the ledger) where it is an event."""

    place: Text
    text: Text
    stream: str = ""
    seq: int = 0
    position: int = 0


@frozen
class Part:
    """What one part of the check found, in order. `checked` is how many tables, events, checkpoints, decisions, tables were looked at."""

    name: PartName
    checked: int
    flaws: tuple[Flaw, ...] = ()
    skipped: bool = False

    @property
    def sound(self) -> bool:
        return not self.skipped and not self.flaws


def event_flaw(stream: str, seq: int, position: int, text: Text) -> Flaw:
    place = Text.of(f"{stream} #{seq} (row {position})", f"{stream} 第 {seq} 号（第 {position} 行）")
    return Flaw(place, text, stream, seq, position)


def difference_flaw(found: Difference) -> Flaw:
    row = " ".join(found.row)
    en, zh = found.text.say("en"), found.text.say("zh")
    if found.others:
        en += f"; {counted(found.others, 'more row differs', 'more rows differ')}"
        zh += f"；另有 {found.others:,} 行不符"
    text = Text.of(en, zh)
    return Flaw(Text.of(f"table {found.table}, row {row}", f"表 {found.table}，行 {row}"), text)


def listed(flaws: Iterable[Flaw], lang: str) -> list[str]:
    """Each flaw on a line, its place first."""
    return [f"{flaw.place.say(lang)}{'：' if lang == 'zh' else ': '}{flaw.text.say(lang)}" for flaw in flaws]

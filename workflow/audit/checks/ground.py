"""What every check has at hand: the campaign, its words in every language, local days, and the branch it is kept to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from attrs import define, field

from workflow.clock import read_stamp
from workflow.definition.model import Definition
from workflow.engine.campaign import Campaign
from workflow.ledger import CAMPAIGN, branch_stream
from workflow.store.database import Row
from workflow.texts import LANGUAGES, Text
from workflow.verdicts.render import words
from workflow.verdicts.render.voice import Voice


@define(slots=False)
class Ground:
    """One look at a campaign. `late` are the days after which a record counts as back-dated."""

    campaign: Campaign
    branch: str | None
    late: int
    _days: dict[str, str] = field(factory=dict, init=False)
    _voices: dict[str, tuple[Voice, ...]] = field(factory=dict, init=False)

    @property
    def definition(self) -> Definition:
        return self.campaign.definition

    @cached_property
    def names(self) -> dict[str, str]:
        return self.campaign.names()

    @property
    def stream(self) -> str | None:
        """The stream the look is kept to; None for all."""
        return None if self.branch is None else branch_stream(self.branch)

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        return self.campaign.store.rows(query, parameters)

    def version(self, hashed: str) -> Definition:
        return self.campaign.version(hashed)

    def day(self, stamp: str) -> str:
        """The local day of a stamp; many events share one."""
        found = self._days.get(stamp)
        if found is None:
            found = self._days[stamp] = self.campaign._desk.day(read_stamp(stamp))
        return found

    def told(self, say: Callable[[Voice], str], definition: str = "") -> Text:
        """What `say` makes of the words of a version (default: the newest), in every language."""
        key = definition or self.definition.hash
        if key not in self._voices:
            found = self.version(key)
            self._voices[key] = tuple(Voice(found, lang, full=True, names=self.names) for lang in LANGUAGES)
        return Text({voice.lang: say(voice) for voice in self._voices[key]})


def days(voice: Voice, n: int) -> str:
    """A length of time, nought included."""
    return voice.say(words.DAY if n == 1 else words.DAYS, n=f"{n:,}")


def counted_kinds(voice: Voice, kinds: Iterable[str]) -> str:
    """`study session (2), essay marked`: record kinds by title, each once, with how many."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return voice.listed(_counted(voice, kind, n) for kind, n in counts.items())


def _counted(voice: Voice, kind: str, n: int) -> str:
    title = record_title(voice, kind)
    return title if n == 1 else f"{title}（{n:,}）" if voice.lang == "zh" else f"{title} ({n:,})"


def record_title(voice: Voice, kind: str) -> str:
    found = voice.definition.records.get(kind)
    return kind if found is None else voice.say(found.title)


def branch_of(stream: str) -> str:
    """The branch of a stream; empty for the campaign's."""
    return "" if stream == CAMPAIGN else stream.removeprefix(branch_stream(""))


def stream_of(branch: str) -> str:
    """The stream of a branch, or of the campaign."""
    return branch_stream(branch) if branch else CAMPAIGN

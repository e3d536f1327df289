"""What holds for every command: which database, which language, JSON or words, and what time it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import define

from workflow.clock import VirtualClock, read_stamp
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import LANGUAGES, Text

_LAST = "SELECT MAX(recorded_at) FROM workflow_event"


@define
class Settings:
    """The global options. `now` is naive if it was given without an offset; it is then local to the definition's zone."""

    db: str | None = None
    lang: str = "en"
    json: bool = False
    now: datetime | None = None

    @classmethod
    def of(cls, args: Sequence[str], env: Mapping[str, str]) -> Settings:
        """Before the command line is read in order: help and faults, too, must be in the right language and form."""
        return cls(db=env.get("WORKFLOW_DB") or None, lang=_language(args, env), json="--json" in args)

    @contextmanager
    def campaign(self) -> Iterator[Campaign]:
        """The campaign in the database named. Raises `Misuse` if none is.

        Without `now` a rehearsal stands at its last event: the machine's time means nothing to it.
        """
        with Campaign.open(self.database()) as campaign:
            if self.now is None and not campaign.rehearsal:
                yield campaign
                return
            last = campaign.store.row(_LAST)
            zone = campaign.definition.calendar.zone
        now = local(self.now, zone) if self.now is not None else read_stamp(last[0] if last else "")
        with Campaign.open(self.database(), clock=VirtualClock(now)) as campaign:
            yield campaign

    def database(self) -> str:
        if self.db is None:
            raise Misuse(
                Text.of("which database? give --db PATH, or set WORKFLOW_DB", "哪个数据库？请给出 --db 路径，或设置 WORKFLOW_DB"),
                "no-database",
            )
        return self.db


def local(moment: datetime, zone: str) -> datetime:
    """An instant; without an offset it is meant in `zone`."""
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment


def _language(args: Sequence[str], env: Mapping[str, str]) -> str:
    for index, arg in enumerate(args):
        given = args[index + 1] if arg == "--lang" and index + 1 < len(args) else arg.partition("--lang=")[2]
        if given in LANGUAGES:
            return given
    if env.get("WORKFLOW_LANG") in LANGUAGES:
        return env["WORKFLOW_LANG"]
    spoken = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "zh" if spoken.lower().startswith("zh") else "en"


def from_environment(args: Sequence[str]) -> Settings:
    return Settings.of(args, os.environ)

"""What holds for every command: which database, which language, JSON or words, and what time it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from attrs import define

from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import LANGUAGES, Text


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
        with Campaign.open(self.database(), now=self.now) as campaign:
            yield campaign

    def database(self) -> str:
        if self.db is None:
            raise Misuse(
                Text.of("which database? give --db PATH, or set WORKFLOW_DB", "哪个数据库？请给出 --db 路径，或设置 WORKFLOW_DB"),
                "no-database",
            )
        return self.db


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

"""What moves the end most is found, and everything is drawn, where that was asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workflow.cli import show
from workflow.cli.planning.asking import RATE
from workflow.cli.planning.words import Teller
from workflow.cli.settings import Settings
from workflow.simulation import pictures
from workflow.simulation.answers.sensitivity import Swing, sensitivities
from workflow.simulation.compiling import Compiled
from workflow.texts import Text

_TURNING = Text.of("turning every figure of the plan", "逐一更改计划中的数字")
_WRITTEN = Text.of("written: {listed}", "已写入：{listed}")


def found(settings: Settings, compiled: Compiled, *, seed: int, replications: int, **how: Any) -> tuple[Swing, ...]:
    """Of a plan as it was compiled; `how` as `sensitivities` has it. Raises what it raises."""
    with show.progress(_TURNING.say(settings.lang), RATE.say(settings.lang)) as progress:
        about = (compiled.plan, compiled.definition, compiled.branches)
        return sensitivities(*about, seed=seed, replications=replications, progress=progress, **how)


def drawn(teller: Teller, batch: str | None, out: Path | None, swings: Sequence[Swing] | None, head: Sequence[str]) -> list[str]:
    """Draws, if that was asked for; gives the files. `swings` None: they were not looked for."""
    if out is None:
        return []
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its cache of fonts, which nothing here is drawn with
    voice = teller.voice
    written = pictures.draw(out, voice.definition, teller.answers, swings, head=head, lang=voice.lang, batch=batch)
    return [str(path) for path in written]


def said(teller: Teller, written: Sequence[str]) -> Iterator[str]:
    """What was drawn."""
    if written:
        yield ""
        yield teller.say(_WRITTEN, listed=teller.listed(written))

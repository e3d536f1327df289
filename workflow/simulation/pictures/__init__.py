"""The answers of a simulation as pictures, and as a page that has them all. matplotlib draws, and is loaded only when it is to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from workflow.definition.model import Definition
from workflow.errors import Misuse
from workflow.simulation.answers.model import Answers
from workflow.simulation.answers.sensitivity import Swing
from workflow.simulation.answers.words import Names
from workflow.texts import Text

INDEX = "index.html"
_MISSING = Text.of(
    "matplotlib is not installed: pip install 'campaign-workflow[pictures]'",
    "未安装 matplotlib：pip install 'campaign-workflow[pictures]'",
)
_TAKEN = Text.of("{out} is there already, and pictures cannot be written to it", "{out} 已存在，无法写入图表")
_NOWHERE = Text.of("{out}: there is no folder {folder} that can be written to", "{out}：没有可写入的文件夹 {folder}")
_WHERE = Text.of("{out}: pictures go to a folder, or to a page named .html", "{out}：图表应写入文件夹，或写成后缀为 .html 的网页")


def check(out: Path) -> None:
    """Whether pictures can be drawn, and written there: asked before anything is simulated. A page goes into a folder that is there;
    a folder of pictures is made, with those above it. Raises `Misuse`."""
    if find_spec("matplotlib") is None:
        raise Misuse(_MISSING)
    if out.suffix.lower() not in ("", ".html"):
        raise Misuse(_WHERE.filled(out=str(out)), "pictures")
    page = out if _alone(out) else out / INDEX
    if out.exists() and out.is_dir() == _alone(out):
        raise Misuse(_TAKEN.filled(out=str(out)), "pictures")
    if page.exists() and not (page.is_file() and os.access(page, os.W_OK)):
        raise Misuse(_TAKEN.filled(out=str(page)), "pictures")
    folder = out.parent if _alone(out) else next(each for each in (out, *out.parents) if each.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise Misuse(_NOWHERE.filled(out=str(out), folder=str(folder)), "pictures")


def draw(
    out: Path,
    definition: Definition,
    answers: Answers,
    swings: Sequence[Swing] | None,
    *,
    head: Sequence[str],
    lang: str,
    batch: str | None = None,
) -> list[Path]:
    """Writes the page, where `out` ends in .html, or else a folder with the page and every picture; gives what was written.

    `head` says above the pictures what was simulated; `swings` None: they were not looked for, which the picture then says; `batch` is the
    one whose end they are drawn for, None for all. Files of these names are written anew, no others are touched. Raises `Misuse` as
    `check` does, `OSError`.
    """
    check(out)
    from workflow.simulation.pictures.gallery import pictures
    from workflow.simulation.pictures.page import page

    names = Names.of(definition, answers, lang)
    found = pictures(names, swings, batch)
    whole = page(names, found, head)
    if _alone(out):
        return [_written(out, whole)]
    out.mkdir(parents=True, exist_ok=True)
    return [_written(out / INDEX, whole), *(_written(out / f"{each.name}.svg", each.file()) for each in found)]


def _alone(out: Path) -> bool:
    """Whether it is to be the page and nothing else."""
    return out.suffix.lower() == ".html"


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path

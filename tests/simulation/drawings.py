"""Pictures drawn for tests, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attrs import frozen

from tests.simulation.forecasts import branches, collected, compiled
from tests.simulation.small_plan import RULES
from workflow.definition.diagram.sheet import width_of
from workflow.simulation.answers import Answers
from workflow.simulation.answers.sensitivity import Swing, sensitivities
from workflow.simulation.pictures import draw

NAMES = ("fan", "flow", "load", "gantt", "drivers")
HEAD = ("Plan <by-chance>", "30 replications, seed 1")
SVG = "{http://www.w3.org/2000/svg}"
NOBODY = """\
plan: nobody
title: {en: Nobody, zh: 无}
definition: small
starts: 2005-01-17
batches: {"1": 2005-01-17}
steps: {working: {then: apply}, inspection: {then: approve}}
"""


@frozen
class Drawn:
    """A folder of pictures."""

    folder: Path

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def root(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.text(f"{name}.svg"))

    def texts(self, name: str) -> list[str]:
        return ["".join(each.itertext()) for each in self.root(name).iter(f"{SVG}text")]

    def shapes(self, name: str, colour: str, of: str = "fill") -> list[list[tuple[float, float]]]:
        """The corners of all that is so coloured, but for what is of the legend."""
        root, found = self.root(name), []
        paths = {path.get("id"): path for path in root.iter(f"{SVG}path")}
        for group in root.iter(f"{SVG}g"):
            for each in group.iter() if group.get("id", "").startswith(f"{name}-axes_") else ():
                path = paths.get(each.get("{http://www.w3.org/1999/xlink}href", "#")[1:], each)
                if f"{of}: {colour}" in each.get("style", "") and path.get("d"):
                    right, down = (float(each.get(axis, 0)) for axis in "xy")
                    found.append([(x + right, y + down) for x, y in corners(path.get("d", ""))])
        return found


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML] ?([-\d.]+) ([-\d.]+)", path)]


@cache
def found(text: str, *counts: int, replications: int = 30) -> tuple[Answers, tuple[Swing, ...]]:
    model = compiled(text, branches(*counts))
    answers = collected(model, replications=replications).answers(1)
    swings = sensitivities(model.plan, RULES, model.branches, seed=1, replications=min(replications, 10), workers=1)
    return answers, swings


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[..., Drawn]:
    def drawing(text: str, *counts: int, lang: str = "en", batch: str | None = None, replications: int = 30) -> Drawn:
        folder = tmp_path / f"{lang}-{len(list(tmp_path.iterdir()))}"
        answers, swings = found(text, *counts, replications=replications)
        written = draw(folder, RULES, answers, swings, head=HEAD, lang=lang, batch=batch)
        assert written == [folder / "index.html", *(folder / f"{name}.svg" for name in NAMES)]
        return Drawn(folder)

    return drawing


Drawing = Callable[..., Drawn]


@frozen
class Box:
    """Where a text stands, by the width it is given."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def boxes(root: ElementTree.Element) -> Iterator[Box]:
    for each in root.iter(f"{SVG}text"):
        style = dict(part.split(": ", 1) for part in each.get("style", "").split("; "))
        moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", each.get("transform", ""))
        x, y = (float(moved[1]), float(moved[2])) if moved else (float(each.get("x", 0)), float(each.get("y", 0)))
        text, size = "".join(each.itertext()), float(style["font-size"].removesuffix("px"))
        width = width_of(text, size, style.get("font-weight") == "700")
        left = x - {"middle": 0.5, "end": 1.0}.get(style.get("text-anchor", ""), 0.0) * width
        yield Box(text, left, left + width, y - 0.8 * size, y + 0.1 * size)

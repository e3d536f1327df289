"""The five pictures: what each is called, how to read it, and its drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from attrs import frozen
from matplotlib.figure import Figure

from workflow.definition.diagram.svg import FONTS
from workflow.simulation.answers.sensitivity import Swing
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures import canvas
from workflow.simulation.pictures.colours import INK, PAPER, variables
from workflow.simulation.pictures.drivers import drivers
from workflow.simulation.pictures.fan import fan
from workflow.simulation.pictures.flow import flow
from workflow.simulation.pictures.gantt import gantt
from workflow.simulation.pictures.load import load
from workflow.texts import Text

_PICTURES = {
    "fan": (
        Text.of("How many {nouns} have finished, and when", "已结束的{noun}：进度与不确定性"),
        Text.of(
            "The line is the median, the darker the band, the likelier; a batch meets its target where the band passes above the corner.",
            "线为中位数，色带越深越有可能；色带高过虚线拐角处，即按期达到目标。",
        ),
    ),
    "flow": (
        Text.of("Where the {nouns} are", "{noun}所处阶段"),
        Text.of(
            "A layer is as thick as there are {nouns} in that stage at the end of a week, on average; where one swells, they pile up.",
            "每层的厚度为该周末处于该阶段的{noun}平均数；某层变厚，即{noun}在该阶段积压。",
        ),
    ),
    "load": (
        Text.of("How busy everybody is", "各方忙闲"),
        Text.of(
            "A row for whoever serves the {nouns}, a cell for each week, the brighter the busier; near 100% queues grow.",
            "每行为一个服务方，每格为一周，越亮越忙；接近 100% 时排队变长。",
        ),
    ),
    "gantt": (
        Text.of("When each batch goes through its stages", "各批次各阶段的起止"),
        Text.of(
            "A bar ends at P50, when it is over in half of all cases, its whisker at P95; a stage begins where the one before ends.",
            "条形止于 P50（半数情况下已结束），细线止于 P95；阶段自上一阶段止处算起。",
        ),
    ),
    "drivers": (
        Text.of("What moves the end most", "哪些数字最影响结束日"),
        Text.of(
            "Each figure of the plan a little lower and higher, all else and all luck the same: the longer the bars, the more hangs on it.",
            "计划中的每个数字分别调低、调高一些，其余及随机数都不变：条形越长，影响越大。",
        ),
    ),
}
_HEAD, _MARGIN = 34.0, 16.0  # points, where a picture stands alone: for its title, and around it
_FONTS = escape(FONTS.replace('"', "'"))


@frozen(kw_only=True)
class Picture:
    """`body` is what stands within the SVG element; sizes in points."""

    name: str
    title: str
    reading: str
    width: float
    height: float
    body: str

    def file(self) -> str:
        """A file of its own, with its title, on white."""
        width, height = self.width + 2 * _MARGIN, self.height + _HEAD + _MARGIN
        box = f'viewBox="{-_MARGIN:g} {-_HEAD:g} {width:g} {height:g}"'
        paper = f'<rect x="{-_MARGIN:g}" y="{-_HEAD:g}" width="{width:g}" height="{height:g}" fill="{PAPER}"/>'
        head = f'<text y="{-_HEAD / 3:g}" style="font-size: 15px; font-weight: 700; fill: {INK}">{escape(self.title)}</text>'
        whole = self._element(f'width="{width:g}pt" height="{height:g}pt" {box}')
        return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}\n{paper}\n{head}\n{self.body}\n</svg>\n'

    def on_page(self) -> str:
        """Part of a page, in its colours."""
        whole = self._element(f'viewBox="0 0 {self.width:g} {self.height:g}"')
        return f"{whole}\n{variables(self.body)}\n</svg>"

    def _element(self, size: str) -> str:
        names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        return f'<svg {names} {size} role="img" aria-label="{escape(self.title)}" style="font-family: {_FONTS}">'


def pictures(names: Names, swings: Sequence[Swing] | None, batch: str | None) -> list[Picture]:
    """In the order they are to be read in."""
    drawn: dict[str, Callable[[], Figure]] = {
        "fan": lambda: fan(names),
        "flow": lambda: flow(names),
        "load": lambda: load(names),
        "gantt": lambda: gantt(names),
        "drivers": lambda: drivers(names, swings, batch),
    }
    return [_picture(names, name, draw) for name, draw in drawn.items()]


def _picture(names: Names, name: str, draw: Callable[[], Figure]) -> Picture:
    title, reading = map(names.worded, _PICTURES[name])
    with canvas.styled(name):
        figure = draw()
        width, height = figure.get_size_inches() * 72
        return Picture(name=name, title=title, reading=reading, width=width, height=height, body=canvas.svg(figure, name))

"""How busy whoever serves the branches is: one row each, one cell a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import nan

import matplotlib
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workflow.simulation.answers.model import ServerUse
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.canvas import WIDTH, abridged, nothing, panel, room, sheet, shortened, write
from workflow.simulation.pictures.colours import GRID, PAPER, SOFT
from workflow.texts import Text

_HEAD = Text.of("used, on average; blank: no work, grey: days off all week", "平均使用率；空白为无任务，灰色为整周休息")
_WEEKS = Text.of("ISO week, its Monday below", "ISO 周，下为该周周一")
_SERVER = Text.of("{server} ({places} at a time)", "{server}（同时 {places} 人）")
_CUT = Text.of("the {shown} busiest of {all}; --json lists them all", "仅列最忙的 {shown} 个（共 {all} 个），加 --json 可全部列出")
_NOTHING = Text.of(
    "Nothing to show: under this plan nobody is needed to serve a {noun}.", "没有可显示的内容：此计划中没有需要占用人员的步骤。"
)
_ROW, _MOST, _TOP = 17.0, 40, 48.0
_NONE = 0.005  # what rounds to 0 %
_COLOURS = 20  # one for 5 %
_TICK = 74.0  # points one date needs


def load(names: Names) -> Figure:
    """In the order of the answers; where there are too many, the busiest."""
    used = [use for use in names.answers.servers if any(week.mean >= _NONE for week in use.weeks)]
    if not used:
        figure = sheet(90)
        nothing(figure, names.worded(_NOTHING), 40)
        return figure
    shown = sorted(sorted(used, key=_work, reverse=True)[:_MOST], key=used.index)
    labels = [names.say(_SERVER, server=names.server(use.capacity, use.group), places=use.places) for use in shown]
    left = room(labels, 300) + 10
    height = _ROW * len(shown)
    figure = sheet(_TOP + height + 56)
    head = [names.say(_HEAD), *([names.say(_CUT, shown=len(shown), all=len(used))] if len(shown) < len(used) else [])]
    write(figure, 0, 12, shortened(names.voice.clauses(head), WIDTH - 280))
    axes = panel(figure, left, _TOP, WIDTH - left - 30, height)
    _bar(figure, _cells(axes, shown, WIDTH - left - 30))
    axes.set_yticks([row + 0.5 for row in range(len(shown))], [abridged(label, left - 8) for label in labels])
    write(figure, left, _TOP + height + 46, names.say(_WEEKS), color=SOFT)
    return figure


def _work(use: ServerUse) -> float:
    """The share of its time it is used while it has work."""
    return sum(week.busy for week in use.weeks) / max(1.0, sum(week.open for week in use.weeks))


def _cells(axes: Axes, shown: Sequence[ServerUse], width: float) -> QuadMesh:
    first = min(use.weeks[0].starts for use in shown)
    last = max(week.starts for use in shown for week in use.weeks if week.mean >= _NONE)
    count = (last - first).days // 7 + 1
    mondays = [first + timedelta(days=7 * week) for week in range(count)]
    shares = [[nan] * count for _ in shown]
    for row, use in enumerate(shown):
        for week in use.weeks:
            column = (week.starts - first).days // 7
            if column >= count:
                break
            if not week.open:
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=GRID, linewidth=0))
            elif week.mean >= _NONE:
                shares[row][column] = week.mean
    colours = matplotlib.colormaps["cividis"].resampled(_COLOURS)
    mesh = axes.pcolormesh(range(count + 1), range(len(shown) + 1), shares, cmap=colours, vmin=0, vmax=1, edgecolor=PAPER, linewidth=0.4)
    axes.set(xlim=(0, count), ylim=(len(shown), 0))
    axes.grid(False)
    axes.tick_params(axis="y", length=0)
    _weeks(axes, mondays, width)
    return mesh


def _weeks(axes: Axes, mondays: Sequence[date], width: float) -> None:
    every = max(1, -(-len(mondays) * int(_TICK) // int(width)))
    places = range(0, len(mondays), every)
    said = [f"{mondays[n].isocalendar().year}-W{mondays[n].isocalendar().week:02}\n{mondays[n]}" for n in places]
    axes.set_xticks([n + 0.5 for n in places], said)


def _bar(figure: Figure, mesh: QuadMesh) -> None:
    """What a colour stands for."""
    bar = figure.colorbar(mesh, cax=panel(figure, WIDTH - 250, 6, 230, 12), orientation="horizontal")
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0%", "25%", "50%", "75%", "100%"])
    bar.ax.grid(False)

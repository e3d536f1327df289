"""Where the branches are: how many on average in each stage, stacked, week by week."""

from __future__ import annotations

from datetime import timedelta

import matplotlib
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.canvas import SIZE, WIDTH, Sign, dates, legend, legend_height, panel, sheet, shortened, write
from workflow.simulation.pictures.colours import GRID, PAPER
from workflow.texts import Text

_HEAD = Text.of(
    "{nouns} on average, of {n}; from the bottom: finished, then the stages, the last one first",
    "{noun}数（平均，共 {n} 个）；自下而上：已结束，其后由末阶段到首阶段",
)
_LEFT, _ABOVE, _PLOT, _BELOW = 48.0, 28.0, 340.0, 26.0


def flow(names: Names) -> Figure:
    """At the end of each week; below what has finished, above it the stages, the last one lowest."""
    answers = names.answers
    reached = {each.stage: each.reached for each in answers.flow}
    order = [*answers.stages, None]
    colours = dict(zip(order, [*_ramp(len(answers.stages)), GRID], strict=True))
    signs = [Sign(text=names.stage(stage), colour=colours[stage]) for stage in order]
    top = legend_height(signs)
    figure = sheet(top + _ABOVE + _PLOT + _BELOW)
    legend(figure, signs)
    write(figure, 0, top + 12, shortened(names.worded(_HEAD, n=f"{answers.branches:,}"), WIDTH, SIZE), fontsize=SIZE)
    axes = panel(figure, _LEFT, top + _ABOVE, WIDTH - _LEFT - 24, _PLOT)
    dates(axes, answers.starts, answers.weeks[-1] + timedelta(days=7), WIDTH - _LEFT)
    axes.set_ylim(0, answers.branches * 1.02)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    ends = [answers.weeks[0].toordinal(), *(week.toordinal() + 7 for week in answers.weeks)]
    below = [0.0] * len(ends)
    for stage in reversed(order):
        level = [0.0, *reached[stage]]
        axes.fill_between(ends, below, level, facecolor=colours[stage], edgecolor=PAPER, linewidth=0.6)
        below = level
    return figure


def _ramp(count: int) -> list[str]:
    """From dark to light, as far apart as can be; the colour-blind see the order too."""
    ramp = matplotlib.colormaps["viridis"]
    return [to_hex(ramp(0.1 + 0.82 * number / max(1, count - 1))) for number in range(count)]

"""How many branches have finished, week by week: bands, the median, and the target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workflow.simulation.answers.model import Progress, Target
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.canvas import SIZE, WIDTH, Sign, dates, legend, legend_height, panel, sheet, shortened, write
from workflow.simulation.pictures.colours import BLUE, RED, SOFT
from workflow.texts import Text

_BANDS = ((0.1, 0.9, 0.22), (0.25, 0.75, 0.4))  # from, to, how dark
_WIDE, _NARROW = (
    Text.of("80 of 100 cases (P10 to P90)", "100 次中的 80 次（P10 至 P90）"),
    Text.of("50 of 100 (P25 to P75)", "50 次（P25 至 P75）"),
)
_MEDIAN = Text.of("median", "中位数")
_TARGET_SIGN = Text.of("target: so many by that day", "目标：该日前应结束的{noun}数")
_HEAD = Text.of("{batch}: finished, of {branches}", "{batch}：已结束的{noun}数（共 {branches}）")
_TARGET = Text.of("target {needed} of {branches} by {by}: chance {chance}", "目标：{by} 前 {branches} 中的 {needed}，概率 {chance}")
_NO_TARGET = Text.of("no target", "未定目标")
_GAP, _LEFT, _PLOT, _ABOVE, _BELOW = 30.0, 42.0, 180.0, 44.0, 34.0


def fan(names: Names) -> Figure:
    """A panel for each batch and, where there are several, one for all."""
    answers = names.answers
    shown = [each for each in answers.progress if each.batch is not None or len(answers.batches) > 1]
    shown = sorted(shown, key=lambda each: each.batch is None)
    columns = 1 if len(shown) == 1 else 2
    signs = [
        Sign(text=names.say(_WIDE), colour=BLUE, alpha=_BANDS[0][2]),
        Sign(text=names.say(_NARROW), colour=BLUE, alpha=0.6),
        Sign(text=names.say(_MEDIAN), colour=BLUE, form="line"),
    ]
    signs += [Sign(text=names.worded(_TARGET_SIGN), colour=RED, form="dashed")] if answers.targets else []
    rows = -(-len(shown) // columns)
    top = legend_height(signs)
    figure = sheet(top + rows * (_ABOVE + _PLOT + _BELOW))
    legend(figure, signs)
    width = (WIDTH - (columns - 1) * _GAP) / columns
    for number, progress in enumerate(shown):
        left, down = (number % columns) * (width + _GAP), top + (number // columns) * (_ABOVE + _PLOT + _BELOW)
        _panel(figure, names, progress, left, down, width)
    return figure


def _panel(figure: Figure, names: Names, progress: Progress, left: float, top: float, width: float) -> None:
    target = next((each for each in names.answers.targets if each.batch == progress.batch and each.share == names.answers.share), None)
    head = names.worded(_HEAD, batch=names.batch(progress.batch), branches=names.branches(progress.branches))
    write(figure, left, top + 10, shortened(head, width, SIZE), fontsize=SIZE, fontweight="bold")
    if target is not None:
        said = names.say(
            _TARGET, needed=f"{target.needed:,}", branches=f"{target.branches:,}", by=target.by, chance=f"{100 * target.chance.value:.0f}%"
        )
        write(figure, left, top + 28, shortened(said, width), color=RED)
    elif progress.batch is not None:
        write(figure, left, top + 28, names.say(_NO_TARGET), color=SOFT)
    axes = panel(figure, left + _LEFT, top + _ABOVE, width - _LEFT - 14, _PLOT)
    first, last = _span(names, progress, target)
    dates(axes, first, last, width - _LEFT)
    axes.set_ylim(0, progress.branches * 1.04)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _bands(axes, names.answers.weeks, progress)
    if target is not None:
        _target(axes, target, first)


def _bands(axes: Axes, weeks: Sequence[date], progress: Progress) -> None:
    """Each count stands at the end of its week, which is the Monday after."""
    ends = [weeks[0].toordinal(), *(week.toordinal() + 7 for week in weeks)]
    series = {level: [0, *band] for level, band in progress.bands.items()}
    for low, high, alpha in _BANDS:
        axes.fill_between(ends, series[low], series[high], color=BLUE, alpha=alpha, linewidth=0)
    axes.plot(ends, series[0.5], color=BLUE, linewidth=1.8)


def _target(axes: Axes, target: Target, first: date) -> None:
    """Along the count needed up to the end of the day, and down."""
    day = target.by.toordinal() + 1
    axes.plot([first.toordinal(), day, day], [target.needed, target.needed, 0], color=RED, linewidth=1.4, linestyle="--")
    axes.plot([day], [target.needed], color=RED, marker="o", markersize=4)


def _span(names: Names, progress: Progress, target: Target | None) -> tuple[date, date]:
    """From the beginning to where all have finished in 90 of 100 cases; the target is in it."""
    starts = [each.starts for each in names.answers.batches if progress.batch in (None, each.batch)]
    least = progress.bands[0.1]
    done = next(
        (week for week, count in zip(names.answers.weeks, least, strict=True) if count == progress.branches), names.answers.weeks[-1]
    )
    last = done + timedelta(days=14)
    return min(starts), last if target is None else max(last, target.by + timedelta(days=7))

"""When each batch goes through its stages: bars up to the median, whiskers to P95, and the day it is to have finished by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workflow.simulation.answers.model import BatchSpan
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.canvas import SIZE, WIDTH, Sign, dates, legend, legend_height, panel, room, sheet, shortened, write
from workflow.simulation.pictures.colours import BLUE, INK, ORANGE, PAPER, RED, SOFT
from workflow.texts import Text

_BATCH = Text.of(
    "batch, to the day {share} of it have finished in 50 of 100 cases (P50)",
    "批次：至 {share} 的{noun}结束之日（P50，即 100 次中的 50 次）",
)
_STAGE = Text.of("stage, likewise", "阶段（同上）")
_WHISKER, _BY = Text.of("to P95", "至 P95"), Text.of("to have finished by", "应结束日期")
_HEADS = ("P50", "P95")
_TARGET = Text.of("target", "目标")
_OF = Text.of("{batch} ({branches})", "{batch}（{branches}）")
_ROW, _COLUMN = 22.0, 80.0


@frozen(kw_only=True)
class _Row:
    """A batch, or a stage of it: from `first` to its end at P50, at P95 `late`."""

    label: str
    stage: bool
    first: date
    end: date
    late: date
    by: date | None


def gantt(names: Names) -> Figure:
    rows = [row for batch in names.answers.batches for row in _rows(names, batch)]
    signs = [
        Sign(text=names.worded(_BATCH, share=f"{100 * names.answers.share:g}%"), colour=BLUE),
        Sign(text=names.say(_STAGE), colour=ORANGE),
        Sign(text=names.say(_WHISKER), colour=INK, form="whisker"),
    ]
    signs += [Sign(text=names.say(_BY), colour=RED, form="diamond")] if any(row.by for row in rows) else []
    top = legend_height(signs) + 24
    figure = sheet(top + _ROW * len(rows) + 26)
    legend(figure, signs)
    left = room([row.label for row in rows], 300, SIZE) + 24
    width = WIDTH - left - 3 * _COLUMN - 16
    axes = panel(figure, left, top, width, _ROW * len(rows))
    days = [day for row in rows for day in (row.first, row.late, row.by or row.late)]
    dates(axes, min(days), max(days) + timedelta(days=7), width)
    axes.set(ylim=(len(rows), 0))
    axes.set_yticks([])
    for number, row in enumerate(rows):
        _bar(axes, row, number)
    _words(figure, names, rows, left, top)
    return figure


def _rows(names: Names, batch: BatchSpan) -> Iterator[_Row]:
    answers = names.answers
    ends = {each.stage: each for each in answers.finishes if each.batch == batch.batch and each.share == answers.share}
    whole = ends.pop(None)
    label = names.say(_OF, batch=names.batch(batch.batch), branches=names.branches(batch.branches))
    yield _Row(label=label, stage=False, first=batch.starts, end=whole.at(0.5).day, late=whole.at(0.95).day, by=batch.by)
    first = batch.starts
    for stage in answers.stages:
        found = ends.get(stage, whole)
        yield _Row(label=names.stage(stage), stage=True, first=first, end=found.at(0.5).day, late=found.at(0.95).day, by=None)
        first = found.at(0.5).day + timedelta(days=1)


def _bar(axes: Axes, row: _Row, number: int) -> None:
    middle, half = number + 0.5, 0.2 if row.stage else 0.32
    first, end, late = (day.toordinal() for day in (row.first, row.end, row.late))
    axes.add_patch(Rectangle((first, middle - half), end + 1 - first, 2 * half, facecolor=ORANGE if row.stage else BLUE, linewidth=0))
    axes.plot([end + 1, late + 1], [middle, middle], color=INK, linewidth=1.4, marker="|", markersize=7, markevery=[1])
    if row.by is not None:
        axes.plot([row.by.toordinal() + 1], [middle], color=RED, marker="D", markersize=7, markeredgecolor=PAPER, linestyle="none")


def _words(figure: Figure, names: Names, rows: Sequence[_Row], left: float, top: float) -> None:
    """What each row is, on the left; its days, on the right."""
    columns = [WIDTH - _COLUMN * place for place in (3, 2, 1)]
    for x, head in zip(columns, (*_HEADS, names.say(_TARGET)), strict=True):
        write(figure, x, top - 12, head, color=SOFT)
    for number, row in enumerate(rows):
        y, indent = top + _ROW * (number + 0.5), 16 if row.stage else 0
        write(figure, indent, y, shortened(row.label, left - 8 - indent, SIZE), fontsize=SIZE, fontweight="normal" if row.stage else "bold")
        for x, day in zip(columns, (row.end, row.late, row.by), strict=True):
            if day is not None:
                write(figure, x, y, str(day), color=RED if x == columns[-1] else SOFT if row.stage else INK)

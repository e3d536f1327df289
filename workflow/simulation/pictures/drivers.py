"""What moves the end most: a tornado of the sensitivities."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.definition.diagram.sheet import wrap
from workflow.simulation.answers.sensitivity import Shift, Side, Swing, parted
from workflow.simulation.answers.turning_words import amount, knob
from workflow.simulation.answers.words import Names
from workflow.simulation.pictures.canvas import (
    SMALL,
    WIDTH,
    Sign,
    legend,
    legend_height,
    lines,
    nothing,
    panel,
    room,
    sheet,
    shortened,
    write,
)
from workflow.simulation.pictures.colours import BLUE, INK, ORANGE, SOFT
from workflow.texts import Text

_LOW, _HIGH = Text.of("the figure lower", "数字调低"), Text.of("the figure higher", "数字调高")
_MEAN = Text.of("difference on average, with its interval at 95%", "平均差值及其 95% 置信区间")
_AXIS = Text.of("end of {batch}: days earlier (-) or later (+), P80", "{batch}结束日 P80：提前（-）或推迟（+）的天数")
_LEFT_OUT = Text.of("without any effect on it: {listed}", "对其毫无影响：{listed}")
_FIXED = Text.of("could be set neither lower nor higher: {listed}", "不能调低也不能调高：{listed}")
_MORE = Text.of(
    "and {n} that move it less (--view sensitivity --top {all} shows them)",
    "另有 {n} 项影响更小（加 --view sensitivity --top {all} 可列出）",
)
_NOTHING = Text.of(
    "Nothing to show: no figure of the plan, a little lower or higher, moves the end of {batch}.",
    "没有可显示的内容：计划中的数字稍低或稍高，都不改变{batch}的结束日。",
)
_NOT_LOOKED_FOR = Text.of(
    "Nothing to show: this is worked out for a plan before it begins (workflow simulate PLAN --view sensitivity).",
    "没有可显示的内容：此项只针对启动之前的计划（workflow simulate 计划 --view sensitivity）。",
)
_NOBODY = Text.of("Nothing to show: there are no {nouns} in {batch}.", "没有可显示的内容：{batch}没有{noun}。")
_ROW, _MOST = 34.0, 15


def drivers(names: Names, swings: Sequence[Swing] | None, batch: str | None = None) -> Figure:
    """Of a batch, or of all: the widest swings first. None: they were not looked for."""
    moving, still, fixed = parted(swings or (), batch)
    if not moving:
        why = _NOT_LOOKED_FOR if swings is None else _NOBODY if names.is_empty(batch) else _NOTHING
        figure = sheet(90)
        nothing(figure, names.worded(why, batch=names.batch(batch)), 40)
        return figure
    shown = moving[:_MOST]
    signs = [Sign(text=names.say(_LOW), colour=BLUE), Sign(text=names.say(_HIGH), colour=ORANGE)]
    signs += [Sign(text=names.say(_MEAN), colour=INK, form="diamond")]
    top, rest = legend_height(signs) + 24, _rest(names, len(moving), ((_LEFT_OUT, still), (_FIXED, fixed)))
    figure = sheet(top + _ROW * len(shown) + 28 + 16 * len(rest))
    legend(figure, signs)
    labels = [knob(names, swing) for swing in shown]
    left = room(labels, 300) + 12
    write(figure, left, top - 12, shortened(names.say(_AXIS, batch=names.batch(batch)), WIDTH - left), color=SOFT)
    axes = panel(figure, left, top, WIDTH - left - 16, _ROW * len(shown))
    said = [amount(names, swing, side) for swing in shown for side in swing.sides]
    axes.set_ylim(len(shown), 0)
    _scale(axes, [side for swing in shown for side in swing.sides], batch, room(said, 120) / (WIDTH - left - 16))
    for number, swing in enumerate(shown):
        write(figure, 0, top + _ROW * (number + 0.5), lines(labels[number], left - 8, 2), va="center")
        for side, colour, middle in ((swing.low, BLUE, number + 0.3), (swing.high, ORANGE, number + 0.7)):
            if side is not None:
                _bar(axes, side, batch, middle, colour, amount(names, swing, side))
    for number, line in enumerate(rest):
        write(figure, 0, top + _ROW * len(shown) + 34 + 16 * number, line, color=SOFT)
    return figure


def _scale(axes: Axes, sides: Sequence[Side], batch: str | None, words: float) -> None:
    """0 is always there; on both sides `words`, a share of the width, are left for what stands at the ends of the bars."""
    places = [0.0, *(place for side in sides for place in _ends(side.of(batch)))]
    low, high = min(places), max(places)
    apart = (words + 0.02) * max(high - low, 1.0) / (1 - 2 * (words + 0.02))
    axes.set_xlim(low - apart, high + apart)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=1)


def _bar(axes: Axes, side: Side, batch: str | None, middle: float, colour: str, label: str) -> None:
    shift = side.of(batch)
    axes.barh(middle, shift.p80, height=0.34, color=colour)
    _, low, high = _ends(shift)
    axes.plot([low, high], [middle, middle], color=INK, linewidth=1)
    axes.plot([shift.mean.value], [middle], color=INK, marker="D", markersize=3, linestyle="none")
    right = shift.p80 >= 0
    end = max(shift.p80, high) if right else min(shift.p80, low)
    axes.annotate(
        label,
        (end, middle),
        xytext=(6 if right else -6, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center_baseline",
        fontsize=SMALL - 1,
    )


def _ends(shift: Shift) -> tuple[float, float, float]:
    """Of the bar, and of the interval; which is none with one replication."""
    low, high = (shift.mean.value if end is None else end for end in (shift.mean.low, shift.mean.high))
    return shift.p80, low, high


def _rest(names: Names, moving: int, others: Sequence[tuple[Text, Sequence[Swing]]]) -> list[str]:
    """What is not drawn, in lines."""
    said = [names.say(_MORE, n=moving - _MOST, all=moving)] if moving > _MOST else []
    said += [names.say(text, listed=names.voice.listed(knob(names, swing) for swing in its)) for text, its in others if its]
    return wrap(names.voice.clauses(said), SMALL, WIDTH) if said else []

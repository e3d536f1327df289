"""What moves the end most, as a table."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from workflow.cli import show
from workflow.cli.planning.views import Parts, Wanted, more
from workflow.cli.planning.words import Teller
from workflow.cli.sheets import Sheet
from workflow.simulation.answers.sensitivity import Swing, parted
from workflow.simulation.answers.turning_words import knob
from workflow.texts import Text

_SWINGS = Text.of(
    "The end of {batch} if one figure of the plan is lower or higher, all luck the same: days later (+) or earlier (-), of P80 and on"
    " average (with its interval)",
    "计划中一个数字调低或调高（随机数不变）时，{batch}结束日推迟（+）或提前（-）的天数：P80 及平均（含置信区间）",
)
_FIGURE, _CHANGE, _MEAN = Text.of("figure", "数字"), Text.of("changed by --set", "更改（--set）"), Text.of("on average", "平均")
_STILL = Text.of("Without any effect on it: {listed}", "毫无影响的：{listed}")
_FIXED = Text.of("Could be set neither lower nor higher: {listed}", "不能调低也不能调高的：{listed}")
_NOTHING = Text.of("No figure of the plan, a little lower or higher, moves that day.", "计划中的数字稍低或稍高，都不改变该日。")


def sensitivity(teller: Teller, wanted: Wanted, swings: Sequence[Swing]) -> Parts:
    """Of one batch, or of all together: each swing with both its sides."""
    moving, still, fixed = parted(swings, wanted.batch)
    if moving:
        yield _table(teller, wanted, moving)
        yield from more(teller, len(moving), wanted)
    else:
        yield teller.say(_NOTHING)
    for text, its in ((_STILL, still if moving else []), (_FIXED, fixed)):
        if its:
            yield ""
            yield teller.say(text, listed=teller.voice.clauses(knob(teller, swing) for swing in its))


def _table(teller: Teller, wanted: Wanted, moving: Sequence[Swing]) -> Sheet:
    columns = (*teller.columns(_FIGURE, _CHANGE), "P80", teller.say(_MEAN))
    sheet = show.table(teller.say(_SWINGS, batch=teller.batch(wanted.batch)), *columns, right=columns[2:])
    for swing in moving[: wanted.top]:
        name = knob(teller, swing)
        for side in swing.sides:
            shift = side.of(wanted.batch)
            sheet.add_row(name, _set(side.changes), f"{round(shift.p80, 1) or 0.0:+.1f}", teller.estimate(shift.mean, sign="+"))
            name = ""
    return sheet


def _set(changes: Mapping[str, str]) -> str:
    """As it is typed after `--set`."""
    return " --set ".join(shlex.quote(f"{name}={value}") for name, value in changes.items())

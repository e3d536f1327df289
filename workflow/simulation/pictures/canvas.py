"""What all pictures share: a sheet measured in points, colours, dates along an axis, legends; and the way to SVG.

Nothing is measured with fonts. matplotlib lays text out with those it finds, and its own has no Chinese; the browser that shows the SVG
has others. So every text is given room by `width_of`, where a Chinese character is as wide as it is high, and the same picture comes out
on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from typing import Any, Literal, cast

import matplotlib.style
from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from workflow.definition.diagram.sheet import width_of, wrap
from workflow.simulation.pictures.colours import GRID, INK, PAPER, SOFT

WIDTH = 960.0  # points, of every picture
SIZE, SMALL = 12.0, 11.0  # of letters
_LINE = 18.0
_MARK = 34.0  # points from a mark of the legend to its words
_MARGIN = 12.0  # points to the right of every panel, at least
_DAY_ROOM, _MONTH_ROOM = 84.0, 60.0  # points one date needs, with and without its day
_STYLE = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a title may have a dollar in it
    "axes.unicode_minus": False,
    "font.size": SMALL,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "figure.facecolor": PAPER,
}
_FAMILY = re.compile(r"font-family: [^;\"]*(; )?")  # once for the whole picture is enough
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_NAMES = re.compile(r'(\bid="|href="#|url\(#)')
_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@contextmanager
def styled(name: str) -> Iterator[None]:
    """Whatever settings the person has for matplotlib, ours hold within; `name` makes the ids within the SVG."""
    with matplotlib.style.context(["default", {**_STYLE, "svg.hashsalt": name}]):
        yield


def sheet(height: float) -> Figure:
    return Figure(figsize=(WIDTH / 72, height / 72), dpi=72)


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place on the sheet, in points from its top left corner."""
    whole_width, whole_height = figure.get_size_inches() * 72
    axes = figure.add_axes((left / whole_width, 1 - (top + height) / whole_height, width / whole_width, height / whole_height))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=3)
    axes.set_axisbelow(True)
    axes.grid(True)
    return axes


def write(figure: Figure, x: float, y: float, text: str, **style: Any) -> None:
    """Text whose middle line stands `y` points below the top."""
    width, height = figure.get_size_inches() * 72
    figure.text(x / width, 1 - y / height, text, **{"va": "center_baseline", "fontsize": SMALL, **style})


def svg(figure: Figure, name: str) -> str:
    """What stands within the `svg` element; every id begins with `name`, so that several pictures can stand on one page."""
    out = StringIO()
    width, height = figure.get_size_inches() * 72
    renderer = cast(Any, _Renderer)(  # matplotlib says nothing of its types
        width, height, out, metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
    )
    figure.draw(renderer)
    renderer.finalize()
    found = _BODY.search(_METADATA.sub("", out.getvalue()))
    assert found is not None
    return _NAMES.sub(rf"\1{name}-", _FAMILY.sub("", found[1])).replace("\r\n", "\n").strip()


class _Renderer(RendererSVG):
    """Measures without fonts."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]) -> tuple[float, float, float]:
        del ismath
        size = prop.get_size_in_points()
        return width_of(s, size, prop.get_weight() == "bold"), size, 0.25 * size


def shortened(text: str, width: float, size: float = SMALL) -> str:
    """As much of a text as there is room for."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1].rstrip()
    return text + "…"


def abridged(text: str, width: float) -> str:
    """The same, but what is left out is in the middle: for names that differ at the end."""
    if width_of(text, SMALL) <= width:
        return text
    kept = len(text) - 1
    while kept > 1 and width_of(f"{text[: kept // 3]}…{text[-(kept - kept // 3) :]}", SMALL) > width:
        kept -= 1
    return f"{text[: kept // 3]}…{text[-(kept - kept // 3) :]}"


def lines(text: str, width: float, most: int, size: float = SMALL) -> str:
    """In so many lines at most; the last has as much as there is room for."""
    found = wrap(text, size, width)
    return "\n".join(found if len(found) <= most else [*found[: most - 1], shortened(found[most - 1] + "…", width, size)])


def room(texts: Sequence[str], most: float, size: float = SMALL) -> float:
    """The width of the widest, `most` at most."""
    return min(most, max((width_of(text, size) for text in texts), default=0.0))


# -- dates -------------------------------------------------------------------------------------------------------------


def dates(axes: Axes, first: date, last: date, width: float) -> None:
    """Days along the bottom, by `date.toordinal`; as many are written as there is room for."""
    axes.set_xlim(first.toordinal(), last.toordinal())
    found, form = _ticks(first, last, width)
    beyond = width_of(first.strftime(form), SMALL) / 2 - _MARGIN  # what of a date at the very end is on the sheet no more
    found = [day for day in found if (last - day) / (last - first) * width >= beyond]
    axes.set_xticks([day.toordinal() for day in found], [day.strftime(form) for day in found])


def _ticks(first: date, last: date, width: float) -> tuple[list[date], str]:
    """Days, or firsts of months, evenly apart; and how they are written."""
    most = max(2, int(width / _DAY_ROOM))
    if (last - first).days <= 14 * most:
        step = next(days for days in (1, 2, 7, 14) if (last - first).days <= days * most)
        monday = first + timedelta(days=-first.weekday() % 7 if step >= 7 else 0)
        return [day for n in range(0, (last - monday).days + 1, step) if (day := monday + timedelta(days=n)) <= last], "%Y-%m-%d"
    most, months = max(2, int(width / _MONTH_ROOM)), range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    step = next((n for n in (1, 2, 3, 6, 12) if len(months) <= n * most), 12 * -(-len(months) // (12 * most)))
    firsts = [date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0]
    return [day for day in firsts if first <= day <= last], "%Y-%m"


# -- legends -----------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Sign:
    """What a mark of the picture stands for."""

    text: str
    colour: str
    form: Literal["area", "line", "dashed", "diamond", "whisker"] = "area"
    alpha: float = 1.0


def legend(figure: Figure, signs: Sequence[Sign]) -> None:
    """At the top of the sheet, in as many rows as needed."""
    for sign, x, y in _places(signs):
        _mark(figure, sign, x, y)
        write(figure, x + _MARK, y, shortened(sign.text, WIDTH - x - _MARK))


def legend_height(signs: Sequence[Sign]) -> float:
    return max(y for _, _, y in _places(signs)) + _LINE / 2 + 6


def _places(signs: Sequence[Sign]) -> Iterator[tuple[Sign, float, float]]:
    x, y = 0.0, _LINE / 2
    for sign in signs:
        width = _MARK + width_of(sign.text, SMALL)
        if x > 0 and x + width > WIDTH:
            x, y = 0.0, y + _LINE
        yield sign, x, y
        x += width + 18


def _mark(figure: Figure, sign: Sign, x: float, y: float) -> None:
    width, height = figure.get_size_inches() * 72
    if sign.form == "area":
        figure.add_artist(Rectangle((x / width, 1 - (y + 5) / height), 24 / width, 10 / height, facecolor=sign.colour, alpha=sign.alpha))
        return
    marker = {"diamond": "D", "whisker": "|"}.get(sign.form, "")
    style: Literal["--", "none", "-"] = "--" if sign.form == "dashed" else "none" if sign.form == "diamond" else "-"
    places = ([x + 12], [y]) if sign.form == "diamond" else ([x, x + 24], [y, y])
    across, down = ([place / width for place in places[0]], [1 - place / height for place in places[1]])
    figure.add_artist(Line2D(across, down, color=sign.colour, linestyle=style, linewidth=2, marker=marker, markersize=6))


def nothing(figure: Figure, text: str, top: float) -> None:
    """In place of a picture: that there is nothing to show, and why."""
    for number, line in enumerate(wrap(text, SIZE, WIDTH - 40)):
        write(figure, WIDTH / 2, top + number * _LINE, line, ha="center", fontsize=SIZE, color=SOFT)

"""A sheet of boxes, words and rails, in pixels from its top left corner; how wide words are and where they break."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import east_asian_width

from attrs import define, evolve, field, frozen

Point = tuple[float, float]
Corners = tuple[float, float, float, float]  # left, top, right, bottom

_CJK = r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
_TOKEN = re.compile(rf"{_CJK}[，。、；：？！）》”’]*|\s+|(?:(?!{_CJK})[^\s-])*(?:-+|(?:(?!{_CJK})[^\s-])[，。、；：？！）》”’]*)")
_NARROW, _BROAD = frozenset("ijl.,:;!|'()[]· ft"), frozenset("mwMW%@—")
LEADING = 1.35  # line height in ems


@frozen(kw_only=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    kind: str
    radius: float = 8
    hover: str = ""

    @property
    def corners(self) -> Corners:
        return self.x, self.y, self.x + self.width, self.y + self.height

    def moved(self, dx: float, dy: float) -> Box:
        return evolve(self, x=self.x + dx, y=self.y + dy)


@frozen(kw_only=True)
class Words:
    """One line of text: `x` is its left end, or its middle if `centred`; `y` the top of the line."""

    x: float
    y: float
    text: str
    size: float = 12
    kind: str = "text"
    bold: bool = False
    centred: bool = False
    hover: str = ""

    @property
    def corners(self) -> Corners:
        width = width_of(self.text, self.size, self.bold)
        left = self.x - width / 2 if self.centred else self.x
        return left, self.y, left + width, self.y + self.size * LEADING

    def moved(self, dx: float, dy: float) -> Words:
        return evolve(self, x=self.x + dx, y=self.y + dy)


@frozen(kw_only=True)
class Rail:
    """A line through `points`, turning with round corners, with a head at its last point if `arrow`."""

    points: tuple[Point, ...]
    kind: str = "rail"
    arrow: bool = True
    hover: str = ""

    @property
    def corners(self) -> Corners:
        xs, ys = zip(*self.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def moved(self, dx: float, dy: float) -> Rail:
        return evolve(self, points=tuple((x + dx, y + dy) for x, y in self.points))


Item = Box | Words | Rail


@define
class Sheet:
    """Things placed; `width` and `height` cover all of them."""

    items: list[Item] = field(factory=list)
    width: float = 0
    height: float = 0

    def add(self, *items: Item) -> None:
        for item in items:
            self.items.append(item)
            _, _, right, bottom = item.corners
            self.width, self.height = max(self.width, right), max(self.height, bottom)

    def paste(self, sheet: Sheet, x: float, y: float) -> None:
        self.items += [item.moved(x, y) for item in sheet.items]
        self.width, self.height = max(self.width, x + sheet.width), max(self.height, y + sheet.height)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """What a broad proportional font needs; most need less. A Chinese character is 1 em, a Latin letter about 0.6 em."""
    ems = sum(_ems(character) for character in text)
    return size * ems * (1.12 if bold else 1)


def _ems(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.38
    if character in _BROAD:
        return 0.9
    return 0.72 if character.isupper() else 0.6


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`; words stay whole unless one alone is too wide."""
    lines = [""]
    for token in _fitting(_TOKEN.findall(text), size, width, bold):
        if width_of(lines[-1] + token.rstrip(), size, bold) <= width:
            lines[-1] += token
        else:
            lines.append(token.lstrip())
    return [line.strip() for line in lines if line.strip()] or [""]


def _fitting(tokens: Iterable[str], size: float, width: float, bold: bool) -> Iterable[str]:
    for token in tokens:
        while width_of(token, size, bold) > width and len(token) > 1:
            fits = next((n for n in range(len(token) - 1, 1, -1) if width_of(token[:n], size, bold) <= width), 1)
            yield token[:fits]
            token = token[fits:]
        yield token


def paragraph(text: str, width: float, **style: object) -> Sheet:
    """Wrapped words; `style` as for `Words`. Centred ones stand around x = width / 2."""
    sheet = Sheet()
    line = Words(x=0, y=0, text="", **style)  # type: ignore[arg-type]
    for number, said in enumerate(wrap(text, line.size, width, line.bold)):
        sheet.add(evolve(line, text=said, x=width / 2 if line.centred else 0, y=number * line.size * LEADING))
    return sheet

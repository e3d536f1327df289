"""A sheet as SVG that stands alone, in colours for light and dark."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from xml.sax.saxutils import escape

from workflow.definition.diagram.sheet import LEADING, Box, Item, Point, Rail, Sheet, Words

FONTS = 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'

_LIGHT = {
    "paper": ("fill", "#fbfaf7"),
    "text": ("fill", "#2b2f36"),
    "phase": ("fill", "#16202e"),
    "move": ("fill", "#16202e"),
    "role": ("fill", "#6a7280"),
    "note": ("fill", "#434b57"),
    "sign": ("fill", "#8a6d1f"),
    "caption": ("fill", "#8b93a0"),
    "card": ("fill:#ffffff;stroke", "#d9d6cc"),
    "panel": ("fill:#ffffff;stroke", "#e4e1d8"),
    "phase-box": ("fill:#eaf1fb;stroke", "#5b86c4"),
    "final": ("fill:#e8f4ec;stroke", "#3f8f63"),
    "final-inner": ("fill:none;stroke", "#3f8f63"),
    "step": ("fill:#f6f4ee;stroke", "#d8d3c4"),
    "number": ("fill", "#2f5d9e"),
    "number-text": ("fill", "#ffffff"),
    "chip": ("fill:#fdf3d7;stroke", "#d9b44a"),
    "chip-text": ("fill", "#6d5210"),
    "outside": ("fill:#2f5d9e;stroke", "#2f5d9e"),
    "outside-text": ("fill", "#ffffff"),
    "start": ("fill", "#2b2f36"),
    "end": ("fill:none;stroke", "#2b2f36"),
    "rail": ("stroke", "#2b2f36"),
    "forward": ("stroke", "#2f5d9e"),
    "back": ("stroke", "#c0603a"),
    "stay": ("stroke", "#8b93a0"),
    "step-rail": ("stroke", "#a39c88"),
}
_DARK = {
    "paper": ("fill", "#14171c"),
    "text": ("fill", "#d5d9e0"),
    "phase": ("fill", "#f0f3f8"),
    "move": ("fill", "#f0f3f8"),
    "role": ("fill", "#98a1b0"),
    "note": ("fill", "#bcc4d0"),
    "sign": ("fill", "#d9b44a"),
    "caption": ("fill", "#7c8594"),
    "card": ("fill:#1c2128;stroke", "#373e49"),
    "panel": ("fill:#1a1e25;stroke", "#2e343e"),
    "phase-box": ("fill:#1f3049;stroke", "#6c9adb"),
    "final": ("fill:#1b3527;stroke", "#5cb585"),
    "final-inner": ("fill:none;stroke", "#5cb585"),
    "step": ("fill:#252b34;stroke", "#424a57"),
    "chip": ("fill:#3a3016;stroke", "#a3852f"),
    "chip-text": ("fill", "#f2d98c"),
    "start": ("fill", "#d5d9e0"),
    "end": ("fill:none;stroke", "#d5d9e0"),
    "rail": ("stroke", "#d5d9e0"),
    "forward": ("stroke", "#7fabe8"),
    "back": ("stroke", "#e8916b"),
}


def svg(sheet: Sheet, title: str) -> str:
    """A document of its own: fonts by name, colours for light and dark, nothing fetched."""
    width, height = round(sheet.width), round(sheet.height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    order = (Box, Rail, Words)
    body = [_drawn(item) for item in sorted(sheet.items, key=lambda item: order.index(type(item)))]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{escape(FONTS, {chr(34): "&apos;"})}">',
            f"<title>{escape(title)}</title>",
            f"<style>{_style(_LIGHT)} .rail{{fill:none}} @media (prefers-color-scheme: dark){{{_style(_DARK)}}}</style>",
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *body,
            "</svg>\n",
        )
    )


def _style(colours: dict[str, tuple[str, str]]) -> str:
    rules = []
    for kind, (what, colour) in colours.items():
        if what == "stroke":
            rules.append(f".{kind}{{stroke:{colour}}} .{kind}-head{{fill:{colour}}}")
        else:
            rules.append(f".{kind}{{{what}:{colour}}}")
    return " ".join(rules)


def _drawn(item: Item) -> str:
    if isinstance(item, Box):
        shape = f'x="{item.x:.1f}" y="{item.y:.1f}" width="{item.width:.1f}" height="{item.height:.1f}" rx="{item.radius:g}"'
        return _hovered(f'<rect class="{item.kind}" {shape}', "rect", item.hover)
    if isinstance(item, Words):
        anchor = ' text-anchor="middle"' if item.centred else ""
        weight = ' font-weight="600"' if item.bold else ""
        place = f'x="{item.x:.1f}" y="{item.y + item.size * (LEADING / 2 + 0.36):.1f}"'
        hover = f"<title>{escape(item.hover)}</title>" if item.hover else ""
        return f'<text class="{item.kind}" {place} font-size="{item.size:g}"{anchor}{weight}>{hover}{escape(item.text)}</text>'
    return _rail(item)


def _hovered(start: str, name: str, hover: str) -> str:
    return f"{start}><title>{escape(hover)}</title></{name}>" if hover else f"{start}/>"


def _rail(rail: Rail) -> str:
    points = list(rail.points)
    head = ""
    if rail.arrow:
        (x0, y0), (x, y) = points[-2:]
        length = hypot(x - x0, y - y0) or 1
        dx, dy = (x - x0) / length, (y - y0) / length
        corners = ((x, y), (x - 9 * dx - 4.5 * dy, y - 9 * dy + 4.5 * dx), (x - 9 * dx + 4.5 * dy, y - 9 * dy - 4.5 * dx))
        head = f'<polygon class="{rail.kind}-head" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in corners)}"/>'
        points[-1] = (x - 7 * dx, y - 7 * dy)
    hover = f"<title>{escape(rail.hover)}</title>" if rail.hover else ""
    return f'<g>{hover}<path class="rail {rail.kind}" stroke-width="1.6" d="{_path(points)}"/>{head}</g>'


def _path(points: list[Point], radius: float = 8) -> str:
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min([radius, *(hypot(b[0] - a[0], b[1] - a[1]) / 2 for a, b in pairwise((before, corner, after)))])
        into, out = _towards(corner, before, reach), _towards(corner, after, reach)
        parts.append(f"L{into[0]:.1f} {into[1]:.1f} Q{corner[0]:.1f} {corner[1]:.1f} {out[0]:.1f} {out[1]:.1f}")
    parts.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return " ".join(parts)


def _towards(start: Point, goal: Point, distance: float) -> Point:
    length = hypot(goal[0] - start[0], goal[1] - start[1]) or 1
    return start[0] + (goal[0] - start[0]) * distance / length, start[1] + (goal[1] - start[1]) * distance / length

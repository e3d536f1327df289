"""Colours that differ for the colour-blind too (Okabe and Ito 2008), and the few that change in the dark."""

from __future__ import annotations

INK, SOFT, GRID, PAPER = "#1b1f26", "#5b6370", "#dcdcd6", "#fefefe"
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"

# Name of the variable on the page -> in the light, in the dark. The SVG files have those of the light as they are.
SCHEME = {
    "ink": (INK, "#e4e7ec"),
    "soft": (SOFT, "#a2abb8"),
    "grid": (GRID, "#343a44"),
    "paper": (PAPER, "#14171c"),
    "blue": (BLUE, "#4fa8de"),
    "orange": (ORANGE, "#e8a91c"),
    "green": (GREEN, "#2bb58c"),
    "red": (RED, "#ee7d2b"),
}


def variables(svg: str) -> str:
    """The colours of an SVG as variables of the page it stands on."""
    for name, (light, _) in SCHEME.items():
        svg = svg.replace(light, f"var(--{name})")
    return svg

"""The whole picture: the chain of stages, then every gate and case, then the list of requirements; as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import hypot
from xml.sax.saxutils import escape

from workflow.definition.diagram.machine import Arrow, Node, chip, machine
from workflow.definition.diagram.sheet import LEADING, Box, Corners, Item, Point, Rail, Sheet, Words, paragraph
from workflow.definition.diagram.stages import chain
from workflow.definition.diagram.words import CASE, GATE, OF, REQUIREMENTS, STAGES, STAYS, Voice
from workflow.definition.model import CaseKind, Gate, Move, Phase

MARGIN, SPACE, BROAD = 36.0, 28.0, 1240.0
FONTS = 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'


# --- what stands where --------------------------------------------------------------------------------------------------


def picture(voice: Voice, *, legend: bool) -> Sheet:
    """Everything, placed; with `legend` the requirements are listed beneath."""
    definition = voice.definition
    sheet = Sheet()
    sheet.paste(paragraph(voice.say(definition.title), BROAD, size=24, bold=True, kind="phase"), MARGIN, MARGIN)
    sheet.add(Words(x=MARGIN, y=sheet.height + 4, text=f"{definition.id} · {definition.version}", size=12, kind="role"))
    sheet.paste(chain(voice), MARGIN, sheet.height + SPACE)
    panels = [_gate(voice, gate) for gate in definition.gates.values()]
    cases = [_case(voice, kind) for kind in definition.cases.values()]
    sheet.paste(_masonry(_tallest(panels) + _tallest(cases), max(sheet.width - MARGIN, BROAD)), MARGIN, sheet.height + SPACE)
    if legend and definition.requirements:
        sheet.paste(_legend(voice, sheet.width - MARGIN), MARGIN, sheet.height + SPACE)
    sheet.width, sheet.height = sheet.width + MARGIN, sheet.height + MARGIN
    return sheet


def _gate(voice: Voice, gate: Gate) -> Sheet:
    stages = voice.listed(voice.stage(stage) for stage in voice.definition.stages.values() if stage.gate == gate.id)
    title = voice.titled(GATE, gate.id.replace("_", " "))
    return _panel(title, voice.titled(STAGES, stages), _machine(voice, gate.phases.values(), gate.moves.values()))


def _case(voice: Voice, kind: CaseKind) -> Sheet:
    definition = voice.definition
    label = definition.branch_label if kind.of == "branch" else definition.member_label
    about = f"{voice.say(OF, label=label)} · {voice.roles(kind.by)}"
    return _panel(voice.titled(CASE, voice.say(kind.title)), about, _machine(voice, kind.states.values(), kind.moves.values()))


def _machine(voice: Voice, phases: Iterable[Phase], moves: Iterable[Move]) -> Sheet:
    nodes = [Node(id=phase.id, title=voice.say(phase.title), final=phase.final) for phase in phases]
    moves = list(moves)
    return machine(nodes, [arrow for move in moves for arrow in _arrows(voice, move, moves, {node.id for node in nodes})])


def _arrows(voice: Voice, move: Move, around: list[Move], inside: set[str]) -> Iterator[Arrow]:
    notes = tuple(voice.notes(move, move.requires, around))
    for source in move.sources:
        target = source if move.to is None else move.to
        outside = target not in inside
        says = voice.target(target) if outside else (voice.say(STAYS) if target == source else target)
        yield Arrow(
            source=source,
            target=None if outside else target,
            leaves=says if outside else "",
            title=voice.say(move.title),
            roles=voice.roles(move.by),
            notes=notes,
            hover="\n".join((f"{source} --{move.id}({', '.join(move.by)})--> {says}", *(f"{n.mark} {n.text}" for n in notes))),
        )


def _panel(title: str, about: str, inner: Sheet) -> Sheet:
    head, sheet = Sheet(), Sheet()
    width = max(inner.width, 240)
    head.paste(paragraph(title, width, size=16, bold=True, kind="phase"), 0, 0)
    head.paste(paragraph(about, width, size=11, kind="role"), 0, head.height + 2)
    sheet.add(Box(x=0, y=0, width=max(head.width, inner.width) + 40, height=head.height + inner.height + 58, kind="panel", radius=16))
    sheet.paste(head, 20, 16)
    sheet.paste(inner, 20, head.height + 36)
    return sheet


def _tallest(panels: list[Sheet]) -> list[Sheet]:
    return sorted(panels, key=lambda panel: -panel.height)


def _masonry(panels: list[Sheet], width: float) -> Sheet:
    """Each panel as high up as it fits, then as far left."""
    sheet = Sheet()
    placed: list[Corners] = []
    for panel in panels:
        lefts = sorted({0.0, *(right + SPACE for _, _, right, _ in placed)})
        room = [left for left in lefts if left + panel.width <= width] or [0.0]
        y, x = min((_drop(placed, left, panel.width), left) for left in room)
        sheet.paste(panel, x, y)
        placed.append((x, y, x + panel.width, y + panel.height))
    return sheet


def _drop(placed: list[Corners], x: float, width: float) -> float:
    """The height below everything that stands in the way of a panel at `x`."""
    return max((bottom + SPACE for left, _, right, bottom in placed if left < x + width + SPACE and x < right + SPACE), default=0.0)


def _legend(voice: Voice, width: float) -> Sheet:
    sheet = Sheet()
    sheet.add(Words(x=0, y=0, text=voice.say(REQUIREMENTS), size=16, bold=True, kind="phase"))
    columns = max(1, int(width // 380))
    each = width / columns
    rows = [_legend_row(voice, name, each - 24) for name in voice.numbers]
    deep = -(-len(rows) // columns)
    for column in range(columns):
        y = 30.0
        for row in rows[column * deep : (column + 1) * deep]:
            sheet.paste(row, column * each, y)
            y += row.height + 7
    return sheet


def _legend_row(voice: Voice, name: str, width: float) -> Sheet:
    requirement = voice.definition.requirements[name]
    said = voice.requirement(requirement)
    sheet = chip(voice.numbers[name], said)
    sheet.paste(paragraph(said, width - 36, size=12, kind="text"), 36, 0)
    basis = voice.basis(requirement.basis)
    sheet.paste(paragraph(f"{voice.roles([requirement.owner])} · {basis}", width - 36, size=11, kind="role"), 36, sheet.height)
    return sheet


# --- SVG ----------------------------------------------------------------------------------------------------------------

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

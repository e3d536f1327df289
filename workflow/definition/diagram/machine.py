"""One small machine - a gate or a case - as a column of boxes.

Every move is a row at the side of the box it starts from: forward leaps on the right, ways back on the left, the move to the
next box between the two. All rows of one side that lead to the same box share one trunk, so that no label is ever crossed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from attrs import define, field, frozen

from workflow.definition.diagram.sheet import LEADING, Box, Item, Rail, Sheet, Words, paragraph, width_of
from workflow.definition.diagram.words import Note

Side = Literal["left", "right"]

LABEL, BOX, LANE, PAD = 232.0, 132.0, 16.0, 18.0
ENTRY, GAP, HEADING, SMALL = 18.0, 46.0, 13.0, 11.0


@frozen(kw_only=True)
class Node:
    id: str
    title: str
    final: bool = False


@frozen(kw_only=True)
class Arrow:
    """A move as drawn: to a node of the same machine, or - `leaves` - to somewhere outside."""

    source: str
    target: str | None
    leaves: str = ""
    title: str
    roles: str
    notes: tuple[Note, ...] = ()
    beside: tuple[tuple[str, tuple[Note, ...]], ...] = ()  # what only some stages require: the stage, and what
    hover: str = ""


@frozen
class _Row:
    """What stands at a side of a box: a label over and under its rail; without an arrow, the entry of a trunk."""

    arrow: Arrow | None
    label: Sheet
    rail: float
    height: float


@define
class _Place:
    node: Node
    title: Sheet
    y: float = 0
    height: float = 0
    down: Arrow | None = None
    rows: dict[Side, list[_Row]] = field(factory=lambda: {"left": [], "right": []})
    entry: dict[Side, float] = field(factory=dict)


def chip(mark: str, hover: str) -> Sheet:
    """A requirement's number in a small frame."""
    sheet, width = Sheet(), width_of(mark, 10, True) + 8
    sheet.add(Box(x=0, y=0, width=width, height=15, kind="chip", radius=7, hover=hover))
    sheet.add(Words(x=width / 2, y=0.5, text=mark, size=10, kind="chip-text", bold=True, centred=True, hover=hover))
    return sheet


def chips(notes: Iterable[Note], width: float) -> Sheet:
    """The numbers of requirements, in as many rows as they need."""
    sheet, x, y = Sheet(), 0.0, 0.0
    for note in notes:
        mark = chip(note.mark, note.text)
        if x and x + mark.width > width:
            x, y = 0.0, y + 19
        sheet.paste(mark, x, y)
        x += mark.width + 4
    return sheet


def label(arrow: Arrow, width: float = LABEL) -> tuple[Sheet, float]:
    """The title over, roles and notes under the height - also returned - at which a rail may run."""
    sheet = paragraph(arrow.title, width, size=HEADING, bold=True, kind="move", hover=arrow.hover)
    rail = sheet.height + 2.5
    sheet.paste(paragraph(arrow.roles, width, size=SMALL, kind="role", hover=arrow.hover), 0, rail + 3)
    for row in (_note(note, width) for note in arrow.notes):
        sheet.paste(row, 0, sheet.height + 3)
    for stage, notes in arrow.beside:
        sheet.paste(paragraph(stage, width, size=SMALL, kind="role", hover=arrow.hover), 0, sheet.height + 3)
        sheet.paste(chips(notes, width), 0, sheet.height + 2)
    return sheet, rail


def _note(note: Note, width: float) -> Sheet:
    sheet = Sheet()
    if note.mark.startswith("R"):
        sheet = chip(note.mark, note.text)
    else:
        sheet.add(Words(x=2, y=0, text=note.mark, size=SMALL, kind="sign"))
    left = max(sheet.width, 14) + 5
    sheet.paste(paragraph(note.text, width - left, size=SMALL, kind="note"), left, 0)
    return sheet


def machine(nodes: Sequence[Node], arrows: Iterable[Arrow]) -> Sheet:
    """The whole drawing; boxes in the order of `nodes`, the first of which is where it starts."""
    places = {node.id: _Place(node, paragraph(node.title, BOX - 20, size=14, bold=True, kind="phase", centred=True)) for node in nodes}
    _assign(places, arrows)
    return _Drawing(list(places.values())).draw()


def _assign(places: dict[str, _Place], arrows: Iterable[Arrow]) -> None:
    order = {name: number for number, name in enumerate(places)}
    for arrow in arrows:
        place = places[arrow.source]
        step = 0 if arrow.target is None else order[arrow.target] - order[arrow.source]
        if step == 1 and place.down is None:
            place.down = arrow
            continue
        side: Side = "left" if step < 0 else "right"
        sheet, rail = label(arrow)
        place.rows[side].append(_Row(arrow, sheet, rail, sheet.height + 12))
        if step != 0 and arrow.target is not None and side not in places[arrow.target].entry:
            places[arrow.target].entry[side] = 0
    for place in places.values():
        for side in place.entry:
            place.rows[side].insert(0, _Row(None, Sheet(), ENTRY / 2, ENTRY))


class _Drawing:
    """Columns from the left: trunks, labels, boxes, labels, names of places outside, trunks."""

    def __init__(self, places: list[_Place]) -> None:
        self.places = places
        self.by_id = {place.node.id: place for place in places}
        self.sheet = Sheet()
        lanes = {side: self._lanes(side) for side in ("left", "right")}
        widths = {side: self._label_width(side) for side in ("left", "right")}
        self.left = len(lanes["left"]) * LANE + (widths["left"] + 2 * PAD if widths["left"] else 0)
        self.right = self.left + BOX
        self.middle = self.left + BOX / 2
        self.outside = self.right + (widths["right"] + 2 * PAD if widths["right"] else 0)
        self.lanes = lanes

    def _label_width(self, side: Side) -> float:
        return max((row.label.width for place in self.places for row in place.rows[side]), default=0)

    def _lanes(self, side: Side) -> list[str]:
        """Targets with a trunk on this side, the shortest trunk first: nearest to the boxes."""
        order = {place.node.id: number for number, place in enumerate(self.places)}
        reach: dict[str, int] = {}
        for place in self.places:
            for row in place.rows[side]:
                target = row.arrow.target if row.arrow else None
                if target is not None and target != place.node.id:
                    reach[target] = max(reach.get(target, 0), abs(order[target] - order[place.node.id]))
        return sorted(reach, key=lambda target: (reach[target], order[target]))

    def draw(self) -> Sheet:
        self._stack()
        first = self.places[0]
        self.sheet.add(Box(x=self.middle - 6, y=0, width=12, height=12, kind="start", radius=6))
        self.sheet.add(Rail(points=((self.middle, 12), (self.middle, first.y))))
        for place, following in zip(self.places, [*self.places[1:], None], strict=True):
            self._box(place)
            if place.down is not None and following is not None:
                self._down(place, following, place.down)
        names = max((width_of(arrow.leaves, 12) + 24 for arrow in self._arrows() if arrow.leaves), default=0)
        trunks = max(self.outside + names, self.sheet.width + 4)
        for side in ("left", "right"):
            for place in self.places:
                self._rows(place, side, trunks)
        return self.sheet

    def _arrows(self) -> Iterator[Arrow]:
        return (row.arrow for place in self.places for rows in place.rows.values() for row in rows if row.arrow)

    def _stack(self) -> None:
        y = 38.0
        for place in self.places:
            place.y = y
            place.height = max(place.title.height + 26, *(sum(row.height for row in rows) + 10 for rows in place.rows.values()))
            for side in place.entry:
                place.entry[side] = self._top(place, side) + ENTRY / 2
            y += place.height + (26 if place.down is None else max(GAP, label(place.down)[0].height + 26))

    @staticmethod
    def _top(place: _Place, side: Side) -> float:
        return place.y + (place.height - sum(row.height for row in place.rows[side])) / 2

    def _box(self, place: _Place) -> None:
        kind = "final" if place.node.final else "phase-box"
        self.sheet.add(Box(x=self.left, y=place.y, width=BOX, height=place.height, kind=kind, radius=10, hover=place.node.title))
        if place.node.final:
            self.sheet.add(Box(x=self.left + 3.5, y=place.y + 3.5, width=BOX - 7, height=place.height - 7, kind="final-inner", radius=7))
        self.sheet.paste(place.title, self.left + 10, place.y + (place.height - place.title.height) / 2)

    def _down(self, place: _Place, following: _Place, arrow: Arrow) -> None:
        top = place.y + place.height
        self.sheet.add(Rail(points=((self.middle, top), (self.middle, following.y)), kind="forward", hover=arrow.hover))
        sheet, _ = label(arrow)
        self.sheet.paste(sheet, self.middle + 14, top + (following.y - top - sheet.height) / 2 - 2)

    def _rows(self, place: _Place, side: Side, trunks: float) -> None:
        y = self._top(place, side)
        for row in place.rows[side]:
            if row.arrow is not None:
                x = self.left - PAD - self._label_width("left") if side == "left" else self.right + PAD
                self.sheet.paste(row.label, x, y)
                self.sheet.add(*self._rail(place, row.arrow, side, y + row.rail, trunks))
            y += row.height

    def _rail(self, place: _Place, arrow: Arrow, side: Side, y: float, trunks: float) -> list[Item]:
        if arrow.target is None:
            width = width_of(arrow.leaves, 12) + 18
            return [
                Rail(points=((self.right, y), (self.outside, y)), kind="forward", hover=arrow.hover),
                Box(x=self.outside, y=y - 12, width=width, height=24, kind="outside", radius=12, hover=arrow.hover),
                Words(x=self.outside + width / 2, y=y - 6 * LEADING, text=arrow.leaves, size=12, kind="outside-text", centred=True),
            ]
        if arrow.target == place.node.id:
            out = self.right + PAD - 6
            return [Rail(points=((self.right, y), (out, y), (out, y + 10), (self.right, y + 10)), kind="stay", hover=arrow.hover)]
        edge, kind = (self.left, "back") if side == "left" else (self.right, "forward")
        lane = self.lanes[side].index(arrow.target)
        x = (len(self.lanes[side]) - lane - 0.5) * LANE if side == "left" else trunks + (lane + 0.5) * LANE
        entry = self.by_id[arrow.target].entry[side]
        return [Rail(points=((edge, y), (x, y), (x, entry), (edge, entry)), kind=kind, hover=arrow.hover)]

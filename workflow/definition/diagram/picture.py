"""The whole picture: the chain of stages, then every gate and case, then the list of requirements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from workflow.definition.diagram.machine import Arrow, Node, chip, machine
from workflow.definition.diagram.sheet import Box, Corners, Sheet, Words, paragraph
from workflow.definition.diagram.stages import chain
from workflow.definition.diagram.words import BESIDE_IN, CASE, GATE, OF, REQUIREMENTS, STAGES, STAYS, Note, Voice
from workflow.definition.model import CaseKind, Field, Gate, Move, Phase, Stage

MARGIN, SPACE, BROAD = 36.0, 28.0, 1240.0
_NONE: Mapping[str, Field] = MappingProxyType({})


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
    stages = [stage for stage in voice.definition.stages.values() if stage.gate == gate.id]
    title = voice.titled(GATE, voice.say(gate.title))
    about = voice.titled(STAGES, voice.listed(voice.stage(stage) for stage in stages))
    return _panel(title, about, _machine(voice, gate.phases, gate.moves, stages=stages))


def _case(voice: Voice, kind: CaseKind) -> Sheet:
    definition = voice.definition
    label = definition.branch_label if kind.of == "branch" else definition.member_label
    about = f"{voice.say(OF, label=label)} · {voice.roles(kind.by)}"
    return _panel(voice.titled(CASE, voice.say(kind.title)), about, _machine(voice, kind.states, kind.moves, fields=kind.all_fields))


def _machine(
    voice: Voice,
    phases: Mapping[str, Phase],
    moves: Mapping[str, Move],
    *,
    stages: Sequence[Stage] = (),
    fields: Mapping[str, Field] = _NONE,
) -> Sheet:
    nodes = [Node(id=phase.id, title=voice.say(phase.title), final=phase.final) for phase in phases.values()]
    arrows: list[Arrow] = []
    for move in moves.values():
        notes = tuple(voice.notes(move, move.requires, moves.values(), fields))
        beside = tuple(
            (voice.say(BESIDE_IN, stage=voice.stage(each)), tuple(voice.required(each.requires.get(move.id, ())))) for each in stages
        )
        arrows += _arrows(voice, move, notes, tuple((stage, required) for stage, required in beside if required), phases)
    return machine(nodes, arrows)


def _arrows(
    voice: Voice, move: Move, notes: tuple[Note, ...], beside: tuple[tuple[str, tuple[Note, ...]], ...], inside: Collection[str]
) -> Iterator[Arrow]:
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
            beside=beside,
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
    left = max(chip(mark, "").width for mark in voice.numbers.values()) + 6
    rows = [_legend_row(voice, name, left, each - 24) for name in voice.numbers]
    deep = -(-len(rows) // columns)
    for column in range(columns):
        y = 30.0
        for row in rows[column * deep : (column + 1) * deep]:
            sheet.paste(row, column * each, y)
            y += row.height + 7
    return sheet


def _legend_row(voice: Voice, name: str, left: float, width: float) -> Sheet:
    requirement = voice.definition.requirements[name]
    said = voice.requirement(requirement)
    sheet = chip(voice.numbers[name], said)
    sheet.paste(paragraph(said, width - left, size=12, kind="text"), left, 0)
    basis = voice.basis(requirement.basis)
    sheet.paste(paragraph(f"{voice.roles([requirement.owner])} · {basis}", width - left, size=11, kind="role"), left, sheet.height)
    return sheet

"""The stages as a chain of cards with their steps, and the moves from one to another."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from workflow.definition.diagram.machine import chips
from workflow.definition.diagram.sheet import Box, Rail, Sheet, Words, paragraph
from workflow.definition.diagram.words import AFTER, BESIDE, GATE, PHASES, STEPS, Voice
from workflow.definition.model import FINISHED, Edge, Stage, Step

CARD, GAP, INSET, BETWEEN = 240.0, 112.0, 12.0, 16.0
ABREAST = 3  # parallel steps that still fit side by side


def chain(voice: Voice) -> Sheet:
    """Cards from left to right; ways to the next stage between them, all others in lanes beneath."""
    definition = voice.definition
    cards = [card(voice, stage) for stage in definition.stages.values()]
    onward, others = _leaving(voice)
    blocks = [_beside(voice, edges) for edges in onward]
    rail = max([44.0, *(block.height + 8 for block in blocks)])
    height = max([rail + 16, *(sheet.height + INSET for sheet in cards)])
    sheet = Sheet()
    for number, (stage, inner) in enumerate(zip(definition.stages.values(), cards, strict=True)):
        x = number * (CARD + GAP)
        sheet.add(Box(x=x, y=0, width=CARD, height=height, kind="card", radius=14, hover=voice.say(stage.title)))
        sheet.paste(inner, x, 0)
        if onward[number]:
            sheet.paste(blocks[number], x + CARD, rail - 6 - blocks[number].height)
            sheet.add(Rail(points=((x + CARD, rail), (x + CARD + GAP, rail)), kind="forward", hover=_hover(onward[number])))
    if onward[-1]:
        _end(sheet, voice, len(cards) * (CARD + GAP), rail)
    _lanes(sheet, voice, others, height)
    return sheet


def _hover(edges: list[Edge]) -> str:
    return "\n".join(f"{edge.source} --{edge.move.id}({', '.join(edge.move.by)})--> {edge.target}" for edge in edges)


def _end(sheet: Sheet, voice: Voice, x: float, y: float) -> None:
    sheet.add(
        Box(x=x, y=y - 11, width=22, height=22, kind="end", radius=11), Box(x=x + 5, y=y - 6, width=12, height=12, kind="start", radius=6)
    )
    title = voice.say(voice.definition.states[FINISHED].title)
    sheet.add(Words(x=x + 30, y=y - 9, text=title, size=13, bold=True, kind="phase"))


def _leaving(voice: Voice) -> tuple[list[list[Edge]], list[Edge]]:
    """By stage, the moves that enter the next stage where it begins; and all other moves from stage to stage, or round to the same."""
    definition = voice.definition
    onward: list[list[Edge]] = [[] for _ in definition.stages]
    others: list[Edge] = []
    seen: set[tuple[str, str, str]] = set()
    for edge in definition.edges:
        stage = definition.stage_of(edge.source)
        if stage is None or (stage.id, edge.move.id, edge.target) in seen:
            continue
        if definition.stage_of(edge.target) is stage and not (stage.cycle and edge.begins_attempt):
            continue
        seen.add((stage.id, edge.move.id, edge.target))
        following = definition.next_stage(stage)
        begins = FINISHED if following is None else f"{following.id}.{definition.gates[following.gate].first}"
        (onward[stage.number - 1] if edge.target == begins else others).append(edge)
    return onward, others


def _beside(voice: Voice, edges: list[Edge]) -> Sheet:
    sheet = Sheet()
    for edge in edges:
        title = paragraph(voice.say(edge.move.title), GAP - 20, size=12, bold=True, kind="move", centred=True, hover=_hover([edge]))
        sheet.paste(title, 10, sheet.height + (4 if sheet.height else 0))
        sheet.paste(paragraph(voice.roles(edge.move.by), GAP - 20, size=11, kind="role", centred=True), 10, sheet.height)
    return sheet


# --- one card -----------------------------------------------------------------------------------------------------------


def card(voice: Voice, stage: Stage) -> Sheet:
    sheet = Sheet()
    sheet.add(Box(x=INSET, y=INSET, width=26, height=26, kind="number", radius=13))
    sheet.add(Words(x=INSET + 13, y=INSET + 4.5, text=str(stage.number), size=13, bold=True, centred=True, kind="number-text"))
    sheet.paste(paragraph(voice.say(stage.title), CARD - INSET * 2 - 36, size=15, bold=True, kind="phase"), INSET + 36, INSET + 3)
    gate = voice.titled(GATE, voice.say(voice.definition.gates[stage.gate].title))
    about = " · ".join(part for part in (voice.rhythm(stage), gate) if part)
    sheet.paste(paragraph(about, CARD - INSET * 2 - 36, size=11, kind="role"), INSET + 36, sheet.height + 2)
    if stage.steps:
        _caption(sheet, voice.say(STEPS))
        sheet.paste(_steps(voice, stage), INSET, sheet.height + 4)
    else:
        _caption(sheet, voice.say(PHASES))
        phases = " · ".join(voice.say(phase.title) for phase in voice.definition.gates[stage.gate].phases.values())
        sheet.paste(paragraph(phases, CARD - 2 * INSET, size=12, kind="note"), INSET, sheet.height + 3)
    _beside_gate(sheet, voice, stage)
    return sheet


def _caption(sheet: Sheet, said: str) -> None:
    sheet.add(Words(x=INSET, y=sheet.height + 12, text=said, size=11, kind="caption"))


def _beside_gate(sheet: Sheet, voice: Voice, stage: Stage) -> None:
    """What the stage requires of the gate's moves; moves with the same requirements together."""
    moves: dict[tuple[str, ...], list[str]] = {}
    for move, names in stage.requires.items():
        if names:
            moves.setdefault(names, []).append(voice.say(voice.definition.gates[stage.gate].moves[move].title))
    if moves:
        _caption(sheet, voice.say(BESIDE))
    for names, titles in moves.items():
        sheet.paste(paragraph(voice.listed(titles), CARD - 2 * INSET, size=12, kind="move", bold=True), INSET, sheet.height + 4)
        sheet.paste(chips(voice.required(names), CARD - 2 * INSET), INSET, sheet.height + 2)


@frozen
class _Level:
    steps: tuple[Step, ...]

    @property
    def abreast(self) -> int:
        return min(len(self.steps), ABREAST)


def _levels(stage: Stage) -> list[_Level]:
    """Steps by the longest chain of steps before them."""
    depth: dict[str, int] = {}

    def deep(step: Step) -> int:
        if step.id not in depth:
            depth[step.id] = 1 + max((deep(stage.steps[name]) for name in step.after), default=-1)
        return depth[step.id]

    for step in stage.steps.values():
        deep(step)
    return [_Level(tuple(s for s in stage.steps.values() if depth[s.id] == level)) for level in range(max(depth.values()) + 1)]


def _steps(voice: Voice, stage: Stage) -> Sheet:
    sheet, places = Sheet(), dict[str, Box]()
    before: _Level | None = None
    for level in _levels(stage):
        drawn = _drawn(before, level)
        y = sheet.height + (BETWEEN if before else 0)
        for row in range(0, len(level.steps), ABREAST):
            y = _row(sheet, voice, stage, level, row, y, drawn, places)
        for step, name in drawn:
            sheet.add(_connector(places[name], places[step]))
        before = level
    return sheet


def _drawn(before: _Level | None, level: _Level) -> list[tuple[str, str]]:
    """The dependencies that can be shown as lines: between neighbouring levels of one row each."""
    if before is None or max(len(before.steps), len(level.steps)) > ABREAST:
        return []
    above = {step.id for step in before.steps}
    return [(step.id, name) for step in level.steps for name in step.after if name in above]


def _connector(above: Box, below: Box) -> Rail:
    start = (above.x + above.width / 2, above.y + above.height)
    end = (below.x + below.width / 2, below.y)
    turn = (start[1] + end[1]) / 2 - 2
    points = (start, end) if start[0] == end[0] else (start, (start[0], turn), (end[0], turn), end)
    return Rail(points=points, kind="step-rail")


def _row(
    sheet: Sheet, voice: Voice, stage: Stage, level: _Level, start: int, y: float, drawn: list[tuple[str, str]], places: dict[str, Box]
) -> float:
    """One row of steps side by side; the height below it."""
    steps = level.steps[start : start + ABREAST]
    width = (CARD - 2 * INSET - 6 * (level.abreast - 1)) / level.abreast
    inner = []
    for step in steps:
        unseen = [voice.say(stage.steps[name].title) for name in step.after if (step.id, name) not in drawn]
        inner.append(_step(voice, step, unseen, width - 14))
    height = max(content.height for content in inner) + 12
    for number, (step, content) in enumerate(zip(steps, inner, strict=True)):
        box = Box(x=number * (width + 6), y=y, width=width, height=height, kind="step", radius=6, hover=voice.say(step.title))
        places[step.id] = box
        sheet.add(box)
        sheet.paste(content, box.x + 7, y + (height - content.height) / 2)
    return y + height + (6 if start + ABREAST < len(level.steps) else 0)


def _step(voice: Voice, step: Step, unseen: list[str], width: float) -> Sheet:
    sheet = paragraph(voice.say(step.title), width, size=12, kind="phase")
    sheet.paste(paragraph(voice.roles(step.by), width, size=10, kind="role"), 0, sheet.height)
    if unseen:
        sheet.paste(paragraph(voice.titled(AFTER, voice.listed(unseen)), width, size=10, kind="note"), 0, sheet.height)
    if step.requires:
        sheet.paste(chips(voice.required(step.requires), width), 0, sheet.height + 3)
    return sheet


# --- ways beneath the cards ---------------------------------------------------------------------------------------------


def _lanes(sheet: Sheet, voice: Voice, edges: list[Edge], top: float) -> None:
    """Each way has a lane of its own; its words stand in the gap beside the stage it leaves, where no other way climbs, or inside the
    loop it makes."""
    ports = _ports(voice, edges)
    y = top + 14
    for edge, start, end, back in ports:
        words = _lane_words(voice, edge)
        gap = end + 8 if _around(voice, edge) else start // (CARD + GAP) * (CARD + GAP) + (-GAP if back else CARD)
        y += words.height + 14
        sheet.paste(words, gap + 4, y - words.height - 6)
        points = ((start, top), (start, y), (end, y), (end, top))
        sheet.add(Rail(points=points, kind="back" if back else "forward", hover=_hover([edge])))


def _lane_words(voice: Voice, edge: Edge) -> Sheet:
    sheet = paragraph(voice.say(edge.move.title), GAP - 8, size=12, bold=True, kind="move", hover=_hover([edge]))
    sheet.paste(paragraph(voice.roles(edge.move.by), GAP - 8, size=11, kind="role"), 0, sheet.height)
    leads = "↻" if _around(voice, edge) else "→ " + voice.target(edge.target)
    sheet.paste(paragraph(leads, GAP - 8, size=11, kind="note"), 0, sheet.height)
    return sheet


def _around(voice: Voice, edge: Edge) -> bool:
    """Does it lead back into the stage it leaves?"""
    return voice.definition.stage_of(edge.source) is voice.definition.stage_of(edge.target)


def _ports(voice: Voice, edges: list[Edge]) -> Iterator[tuple[Edge, float, float, bool]]:
    """Every way with the places where it leaves one card and enters another, each end with a place of its own."""
    count: dict[int, int] = {}
    step = min(18.0, (CARD - 40) / max(1, 2 * len(edges)))

    def port(number: int) -> float:
        count[number] = count.get(number, 0) + 1
        return (number - 1) * (CARD + GAP) + 20 + count[number] * step

    for edge in edges:
        source, target = voice.definition.stage_of(edge.source), voice.definition.stage_of(edge.target)
        if source is not None and target is not None:
            end = port(target.number)
            start = end + CARD / 2 if _around(voice, edge) else port(source.number)
            yield edge, start, end, target.number <= source.number

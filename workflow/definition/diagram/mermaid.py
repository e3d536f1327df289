"""The definition as a Mermaid state diagram, for tools and pages that draw that language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.definition.diagram.words import CASE, Voice
from workflow.definition.graph import case_edges
from workflow.definition.model import FINISHED, CaseKind, Edge, Stage

_CODES = str.maketrans({mark: f"#{ord(mark)};" for mark in '#;:"<>{}%'})


def mermaid(voice: Voice) -> str:
    """Stages and cases as composite states. Mermaid draws no arrow between the insides of two of them: a move out of a stage ends
    at the inner end mark, and stands once more between the stages."""
    definition = voice.definition
    lines = ["stateDiagram-v2", "  direction TB", f"  [*] --> {_home(next(iter(definition.stages)))}"]
    for stage in definition.stages.values():
        lines += _stage(voice, stage)
    lines += _between(voice)
    for kind in definition.cases.values():
        lines += _case(voice, kind)
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    return text.translate(_CODES)


def _label(voice: Voice, edge: Edge) -> str:
    required = "; ".join(note.text for note in voice.required(edge.requires))
    around = "↻ " if edge.begins_attempt and voice.definition.cycle_at(edge.source) else ""
    return _safe(f"{around}{voice.say(edge.move.title)} [{voice.roles(edge.move.by)}]" + (f" ({required})" if required else ""))


def _stage(voice: Voice, stage: Stage) -> Iterator[str]:
    gate = voice.definition.gates[stage.gate]
    called = " · ".join((voice.stage(stage), *([voice.rhythm(stage)] if stage.cycle else [])))
    yield f'  state "{_safe(called)}" as {_home(stage.id)} {{'
    for phase in gate.phases.values():
        yield f'    state "{_safe(voice.say(phase.title))}" as {stage.id}__{phase.id}'
    yield f"    [*] --> {stage.id}__{gate.first}"
    for edge in voice.definition.edges:
        if voice.definition.stage_of(edge.source) is stage:
            inside = voice.definition.stage_of(edge.target) is stage
            yield f"    {_name(edge.source)} --> {_name(edge.target) if inside else '[*]'}: {_label(voice, edge)}"
    yield from _ends(f"{stage.id}__{phase.id}" for phase in gate.phases.values() if phase.final)
    yield "  }"


def _home(stage: str) -> str:
    """A stage may be called `end` or `note`, which are words of Mermaid's."""
    return f"stage_{stage}"


def _name(state: str) -> str:
    return state.replace(".", "__")


def _ends(final: Iterable[str]) -> Iterator[str]:
    return (f"    {name} --> [*]" for name in final)


def _between(voice: Voice) -> list[str]:
    definition = voice.definition
    lines: dict[str, None] = {}
    for edge in definition.edges:
        source, target = definition.stage_of(edge.source), definition.stage_of(edge.target)
        if source is not None and source is not target:
            there = "[*]" if target is None else _home(target.id)
            label = voice.say(edge.move.title)
            begins = edge.target == FINISHED or (target is not None and edge.target.endswith(f".{definition.gates[target.gate].first}"))
            lines[f"  {_home(source.id)} --> {there}: " + _safe(label if begins else f"{label} → {voice.target(edge.target)}")] = None
    return list(lines)


def _case(voice: Voice, kind: CaseKind) -> Iterator[str]:
    home = f"case_{kind.id}"
    yield f'  state "{_safe(voice.titled(CASE, voice.say(kind.title)))}" as {home} {{'
    for state in kind.states.values():
        yield f'    state "{_safe(voice.say(state.title))}" as {home}__{state.id}'
    yield f"    [*] --> {home}__{kind.first}"
    for edge in case_edges(kind):
        yield f"    {home}__{edge.source} --> {home}__{edge.target}: {_label(voice, edge)}"
    yield from _ends(f"{home}__{state.id}" for state in kind.states.values() if state.final)
    yield "  }"

"""A page of its own: the picture, then every move, step, requirement and invariant in tables. It fetches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from workflow.definition.diagram import words
from workflow.definition.diagram.picture import picture
from workflow.definition.diagram.svg import FONTS, svg
from workflow.definition.diagram.words import Note, Voice
from workflow.definition.graph import prove
from workflow.definition.model import CaseKind, Gate, Move, Phase, Stage
from workflow.texts import Text

_STYLE = f"""
:root {{ color-scheme: light dark }}
body {{ margin: 0; background: #fbfaf7; color: #2b2f36; font: 14px/1.5 {FONTS} }}
main {{ padding: 0 36px 36px }}
figure {{ margin: 0; overflow-x: auto }}
h2 {{ font-size: 18px; margin: 32px 0 4px; color: #16202e }}
p {{ margin: 0 0 10px; color: #6a7280; font-size: 12px }}
table {{ border-collapse: collapse; width: 100%; background: #fff; border: 1px solid #e4e1d8; font-size: 13px }}
th, td {{ text-align: left; vertical-align: top; padding: 7px 10px; border-top: 1px solid #e4e1d8 }}
th {{ color: #6a7280; font-weight: 600; font-size: 12px; border-top: 0; white-space: nowrap }}
td b {{ color: #16202e; font-weight: 600 }} td ul {{ margin: 0; padding: 0; list-style: none }}
td i {{ font-style: normal; color: #6a7280 }}
mark {{ background: #fdf3d7; color: #6d5210; border: 1px solid #d9b44a; border-radius: 8px; padding: 0 5px; font-size: 11px }}
.good {{ color: #2f7d52 }} .bad {{ color: #b3401d }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #14171c; color: #d5d9e0 }} h2, td b {{ color: #f0f3f8 }} p, th, td i {{ color: #98a1b0 }}
  table {{ background: #1a1e25; border-color: #2e343e }} th, td {{ border-color: #2e343e }}
  mark {{ background: #3a3016; color: #f2d98c; border-color: #a3852f }} .good {{ color: #5cb585 }} .bad {{ color: #e8916b }}
}}
"""


def html(voice: Voice) -> str:
    definition = voice.definition
    title = escape(voice.say(definition.title))
    drawing = svg(picture(voice, legend=False), voice.say(definition.title))
    parts = [_gate(voice, gate) for gate in definition.gates.values()]
    parts += [_steps(voice, stage) for stage in definition.stages.values() if stage.steps]
    parts += [_case(voice, kind) for kind in definition.cases.values()]
    parts += [_requirements(voice)] if definition.requirements else []
    parts += [_invariants(voice)] if definition.invariants else []
    return "\n".join(
        (
            f'<!doctype html>\n<html lang="{voice.lang}">\n<head>\n<meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>',
            f"<style>{_STYLE}</style>\n</head>\n<body>",
            f"<figure>{drawing}</figure>\n<main>",
            *parts,
            "</main>\n</body>\n</html>\n",
        )
    )


def _table(voice: Voice, title: str, about: str, head: Sequence[Text], rows: Iterable[Sequence[str]]) -> str:
    """`rows` are cells of HTML, everything else is plain text."""
    heads = "".join(f"<th>{escape(voice.say(word))}</th>" for word in head)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    intro = f"<p>{escape(about)}</p>" if about else ""
    return f"<h2>{escape(title)}</h2>{intro}\n<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _listed(notes: Iterable[Note]) -> str:
    def mark(note: Note) -> str:
        return f"<mark>{escape(note.mark)}</mark>" if note.mark.startswith("R") else f"<i>{escape(note.mark)}</i>"

    items = "".join(f"<li>{mark(note)} {escape(note.text)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def _basis(voice: Voice, names: Iterable[str]) -> str:
    known = voice.definition.requirements
    return escape(voice.basis(source for name in names if name in known for source in known[name].basis))


_MOVE_HEAD = (words.FROM, words.MOVE, words.TO, words.WHO, words.REQUIRED, words.BASIS)


def _gate(voice: Voice, gate: Gate) -> str:
    stages = [stage for stage in voice.definition.stages.values() if stage.gate == gate.id]
    about = voice.titled(words.STAGES, voice.listed(voice.stage(stage) for stage in stages))
    rows = [_move(voice, move, gate.phases, list(gate.moves.values()), stages) for move in gate.moves.values()]
    return _table(voice, voice.titled(words.GATE, voice.say(gate.title)), about, _MOVE_HEAD, rows)


def _case(voice: Voice, kind: CaseKind) -> str:
    rows = [_move(voice, move, kind.states, list(kind.moves.values()), []) for move in kind.moves.values()]
    return _table(voice, voice.titled(words.CASE, voice.say(kind.title)), voice.roles(kind.by), _MOVE_HEAD, rows)


def _move(voice: Voice, move: Move, phases: Mapping[str, Phase], around: Sequence[Move], stages: Sequence[Stage]) -> list[str]:
    beside = [(stage, stage.requires[move.id]) for stage in stages if stage.requires.get(move.id)]
    required = _listed(voice.notes(move, move.requires, around))
    required += "".join(f"<i>{escape(voice.stage(stage))}</i>{_listed(voice.required(names))}" for stage, names in beside)
    return [
        escape(voice.listed(voice.say(phases[source].title) for source in move.sources)),
        f"<b>{escape(voice.say(move.title))}</b><br><i>{escape(move.id)}</i>",
        escape(_target(voice, move.to, phases)),
        escape(voice.roles(move.by)),
        required,
        _basis(voice, dict.fromkeys((*move.requires, *(name for _, names in beside for name in names)))),
    ]


def _target(voice: Voice, to: str | None, phases: Mapping[str, Phase]) -> str:
    if to is None:
        return voice.say(words.STAYS)
    return voice.say(phases[to].title) if to in phases else voice.target(to)


def _steps(voice: Voice, stage: Stage) -> str:
    rows = [
        [
            f"<b>{escape(voice.say(step.title))}</b><br><i>{escape(step.id)}</i>",
            escape(voice.listed(voice.say(stage.steps[name].title) for name in step.after)),
            escape(voice.roles(step.by)),
            _listed(voice.required(step.requires)),
            _basis(voice, step.requires),
        ]
        for step in stage.steps.values()
    ]
    title = f"{voice.stage(stage)} · {voice.say(words.STEPS)}"
    return _table(voice, title, "", (words.STEP, words.AFTER, words.WHO, words.REQUIRED, words.BASIS), rows)


def _requirements(voice: Voice) -> str:
    definition = voice.definition
    rows = [
        [
            f"<mark>{voice.numbers[name]}</mark>",
            f"<b>{escape(voice.say(requirement.title, **definition.texts))}</b><br><i>{escape(name)}</i>",
            escape(voice.say(words.LEVELS[requirement.level])),
            escape(voice.roles([requirement.owner])),
            escape(voice.say(requirement.remedy, **definition.texts)),
            escape(voice.roles(requirement.waivable_by)),
            escape(voice.basis(requirement.basis)),
        ]
        for name, requirement in definition.requirements.items()
    ]
    head = (Text.same(""), words.REQUIREMENT, words.LEVEL, words.OWNER, words.REMEDY, words.WAIVABLE, words.BASIS)
    return _table(voice, voice.say(words.REQUIREMENTS), "", head, rows)


def _invariants(voice: Voice) -> str:
    definition = voice.definition
    rows = []
    for invariant in definition.invariants.values():
        proven = prove(definition, invariant) is None
        said = escape(voice.say(words.PROVEN if proven else words.BYPASSED))
        kind, sign = ("good", "✓") if proven else ("bad", "✗")
        cells = (f'<span class="{kind}">{sign} {said}</span>', f"<b>{escape(voice.say(invariant.title))}</b>")
        rows.append((*cells, escape(voice.basis(invariant.basis))))
    return _table(voice, voice.say(words.INVARIANTS), "", (Text.same(""), words.INVARIANT, words.BASIS), rows)

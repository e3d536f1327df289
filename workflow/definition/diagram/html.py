"""A page of its own: the picture, then every move, step, requirement and invariant in tables. It fetches nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape

from workflow.definition.diagram import words
from workflow.definition.diagram.picture import picture
from workflow.definition.diagram.svg import FONTS, svg
from workflow.definition.diagram.words import Note, Voice
from workflow.definition.graph import prove
from workflow.definition.model import POWER_TITLES, CaseKind, Gate, Move, Phase, Stage, number_text
from workflow.texts import Text

_STYLE = f"""
:root {{ color-scheme: light dark }}
body {{ margin: 0; background: #fbfaf7; color: #2b2f36; font: 14px/1.5 {FONTS} }}
main {{ padding: 0 36px 36px }}
figure {{ margin: 0 }} svg {{ display: block; max-width: max(100%, 1000px); height: auto }}
h2 {{ font-size: 18px; margin: 32px 0 4px; color: #16202e }}
p {{ margin: 0 0 10px; color: #6a7280; font-size: 12px }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%; background: #fff; border: 1px solid #e4e1d8; font-size: 13px }}
th, td {{ text-align: left; vertical-align: top; padding: 7px 10px; border-top: 1px solid #e4e1d8; overflow-wrap: break-word }}
th {{ color: #6a7280; font-weight: 600; font-size: 12px; border-top: 0; white-space: nowrap }}
td b {{ color: #16202e; font-weight: 600 }} td ul {{ margin: 0; padding: 0; list-style: none }}
td i, summary {{ font-style: normal; color: #6a7280 }}
td li {{ position: relative; padding-left: 48px; break-inside: avoid }} td li > :first-child {{ position: absolute; left: 0 }}
td .in {{ display: block; margin-top: 5px }} td ul.many {{ columns: 26em 2; column-gap: 20px }}
details, summary {{ font-size: 12px; cursor: pointer }}
mark {{ background: #fdf3d7; color: #6d5210; border: 1px solid #d9b44a; border-radius: 8px; padding: 0 5px; font-size: 11px }}
.good {{ color: #2f7d52 }} .bad {{ color: #b3401d }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #14171c; color: #d5d9e0 }} h2, td b {{ color: #f0f3f8 }} p, th, td i, summary {{ color: #98a1b0 }}
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
    parts += [_authority(voice)] if definition.authority else []
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


def _table(voice: Voice, title: str, about: str, head: Sequence[tuple[Text, int]], rows: Iterable[Sequence[str]]) -> str:
    """`head` has the columns and their widths in percent; `rows` are cells of HTML, everything else is plain text."""
    heads = "".join(f'<th style="width:{width}%">{escape(voice.say(word))}</th>' for word, width in head)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    intro = f"<p>{escape(about)}</p>" if about else ""
    return f"<h2>{escape(title)}</h2>{intro}\n<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


_MANY = 8  # lines from which a list stands in two columns


def _listed(voice: Voice, notes: Collection[Note]) -> str:
    """A line each; behind a requirement the instruments it rests on."""
    numbered = {mark: voice.definition.requirements[name] for name, mark in voice.numbers.items()}

    def line(note: Note) -> str:
        if note.mark not in numbered:
            return f"<li><i>{escape(note.mark)}</i> {escape(note.text)}</li>"
        basis = voice.listed(voice.instruments(numbered[note.mark].basis))
        return f"<li><mark>{note.mark}</mark> {escape(note.text)}{f' <i>· {escape(basis)}</i>' if basis else ''}</li>"

    kind = ' class="many"' if len(notes) > _MANY else ""
    return f"<ul{kind}>{''.join(map(line, notes))}</ul>" if notes else ""


def _basis(voice: Voice, names: Sequence[str]) -> str:
    """Instruments by title; references to something outside are folded away."""
    shown, outside = escape(voice.listed(voice.instruments(names))), voice.outside(names)
    if not outside:
        return shown
    summary = escape(voice.say(words.OUTSIDE if len(outside) > 1 else words.ONE_OUTSIDE, n=len(outside)))
    return f"{shown}<details><summary>{summary}</summary>{escape(voice.listed(outside))}</details>"


def _titled(title: str, ident: str) -> str:
    """The title, and the id unless it says the same."""
    same = title.casefold() == ident.replace("_", " ")
    return f"<b>{escape(title)}</b>" + ("" if same else f"<br><i>{escape(ident)}</i>")


_MOVE_HEAD = ((words.FROM, 10), (words.MOVE, 15), (words.TO, 10), (words.WHO, 15), (words.REQUIRED, 50))
_STEP_HEAD = ((words.STEP, 20), (words.AFTER, 15), (words.WHO, 15), (words.REQUIRED, 50))
_REQUIREMENT_HEAD = (
    (Text.same(""), 5),
    (words.REQUIREMENT, 27),
    (words.LEVEL, 7),
    (words.OWNER, 9),
    (words.REMEDY, 23),
    (words.WAIVABLE, 9),
    (words.BASIS, 20),
)
_AUTHORITY_HEAD = ((words.POWER, 25), (words.WHO, 25), (words.REQUIRED, 50))
_INVARIANT_HEAD = ((Text.same(""), 15), (words.INVARIANT, 55), (words.BASIS, 30))


def _gate(voice: Voice, gate: Gate) -> str:
    stages = [stage for stage in voice.definition.stages.values() if stage.gate == gate.id]
    about = voice.titled(words.STAGES, voice.listed(voice.stage(stage) for stage in stages))
    rows = []
    for move in gate.moves.values():
        required = _listed(voice, voice.notes(move, move.requires, gate.moves.values()))
        for stage in stages:
            beside = _listed(voice, voice.required(stage.requires.get(move.id, ())))
            required += f'<i class="in">{escape(voice.say(words.BESIDE_IN, stage=voice.stage(stage)))}</i>{beside}' if beside else ""
        rows.append(_move(voice, move, gate.phases, required))
    return _table(voice, voice.titled(words.GATE, voice.say(gate.title)), about, _MOVE_HEAD, rows)


def _case(voice: Voice, kind: CaseKind) -> str:
    noted = {move.id: voice.notes(move, move.requires, kind.moves.values(), kind.all_fields) for move in kind.moves.values()}
    rows = [_move(voice, move, kind.states, _listed(voice, noted[move.id])) for move in kind.moves.values()]
    return _table(voice, voice.titled(words.CASE, voice.say(kind.title)), voice.roles(kind.by), _MOVE_HEAD, rows)


def _move(voice: Voice, move: Move, phases: Mapping[str, Phase], required: str) -> list[str]:
    return [
        escape(voice.listed(voice.say(phases[source].title) for source in move.sources)),
        _titled(voice.say(move.title), move.id),
        escape(_target(voice, move.to, phases)),
        escape(voice.roles(move.by)),
        required,
    ]


def _target(voice: Voice, to: str | None, phases: Mapping[str, Phase]) -> str:
    if to is None:
        return voice.say(words.STAYS)
    return voice.say(phases[to].title) if to in phases else voice.target(to)


def _steps(voice: Voice, stage: Stage) -> str:
    rows = [
        [
            _titled(voice.say(step.title), step.id),
            escape(voice.listed(voice.say(stage.steps[name].title) for name in step.after)),
            escape(voice.roles(step.by)),
            _listed(voice, voice.required(step.requires)),
        ]
        for step in stage.steps.values()
    ]
    title = f"{voice.stage(stage)} · {voice.say(words.STEPS)}"
    return _table(voice, title, "", _STEP_HEAD, rows)


def _authority(voice: Voice) -> str:
    """Who may change the plan and the rolls, in the order of the file; with closing a batch goes what it waits for."""
    definition, waits = voice.definition, {}
    if definition.batches is not None:
        share = Note("≥", voice.say(words.SHARE, share=number_text(definition.batches.share * 100)))
        waits["close_batch"] = [*voice.required([definition.batches.finished]), share]
    rows = [
        [_titled(voice.say(POWER_TITLES[power]), power), escape(voice.roles(by)), _listed(voice, waits.get(power, []))]
        for power, by in definition.authority.items()
    ]
    return _table(voice, voice.say(words.AUTHORITY), "", _AUTHORITY_HEAD, rows)


def _requirements(voice: Voice) -> str:
    definition = voice.definition
    rows = [
        [
            f"<mark>{voice.numbers[name]}</mark>",
            _titled(voice.say(requirement.title, **definition.texts), name),
            escape(voice.say(words.LEVELS[requirement.level])),
            escape(voice.roles([requirement.owner])),
            escape(voice.say(requirement.remedy, **definition.texts)),
            escape(voice.roles(requirement.waivable_by)),
            _basis(voice, requirement.basis),
        ]
        for name, requirement in definition.requirements.items()
    ]
    return _table(voice, voice.say(words.REQUIREMENTS), "", _REQUIREMENT_HEAD, rows)


def _invariants(voice: Voice) -> str:
    definition = voice.definition
    rows = []
    for invariant in definition.invariants.values():
        proven = prove(definition, invariant) is None
        said = escape(voice.say(words.PROVEN if proven else words.BYPASSED))
        kind, sign = ("good", "✓") if proven else ("bad", "✗")
        cells = (f'<span class="{kind}">{sign} {said}</span>', f"<b>{escape(voice.say(invariant.title))}</b>")
        rows.append((*cells, _basis(voice, invariant.basis)))
    return _table(voice, voice.say(words.INVARIANTS), "", _INVARIANT_HEAD, rows)

"""Figures in words: what was found, what is required, and the difference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve

from workflow.definition.expressions import Figure
from workflow.texts import Text
from workflow.verdicts.render import words
from workflow.verdicts.render.naming import counted, described
from workflow.verdicts.render.voice import Voice

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_BOUNDS = {">=": words.SHORT_BY, "<=": words.OVER_BY}


def figures_text(voice: Voice, figures: Sequence[Figure], check: str) -> str:
    """All figures of a finding; where there are several, each with its name and its mark. A single one leaves its `check` unsaid."""
    if len(figures) == 1:
        return _figure(voice, evolve(figures[0], expression=figures[0].expression or check))
    return voice.clauses(figure_lines(voice, figures))


def figure_lines(voice: Voice, figures: Sequence[Figure]) -> list[str]:
    """Each figure with its mark and its name."""
    return [f"{_mark(figure)} {_figure(voice, figure, named=True)}" for figure in figures]


def _mark(figure: Figure) -> str:
    return words.MARKS["unknown" if figure.met is None else "met" if figure.met else "unmet"]


def _figure(voice: Voice, figure: Figure, *, named: bool = False) -> str:
    return _said(voice, figure, named=named) + _explained(voice, figure)


def _explained(voice: Voice, figure: Figure) -> str:
    """How a host's function came to its result, in the host's own words."""
    function = voice.definition.functions.get(figure.host.get("function", ""))
    if function is None or figure.met is None:
        return ""
    units = {name: (kind.item or kind).unit for name, kind in function.parameters.items()}
    values = {name: value_text(voice, value, units[name], {}) for name, value in figure.host["given"].items()}
    return voice.say(words.EXPLAINED, text=function.explain(voice.lang, values))


def _said(voice: Voice, figure: Figure, *, named: bool) -> str:
    label, options = described(voice.definition, figure.of, figure.expression)
    if isinstance(figure.found, bool) and figure.op in ("==", "!="):
        return _state(voice, figure, label)
    spoken = isinstance(figure.required, (bool, list)) or isinstance(figure.found, bool) or bool(options)
    if figure.found is None:
        found = voice.say(words.MISSING)
    else:
        found = voice.say(words.FOUND_WORD if spoken else words.FOUND, value=value_text(voice, figure.found, figure.unit, options))
    required = voice.say(words.REQUIRED, value=_required(voice, figure, options, spoken))
    said = f"{found}{'，' if voice.lang == 'zh' else ', '}{required}{_difference(voice, figure)}"
    name = _name(voice, figure, label, named=named) if named or spoken else ""
    return f"{name}{'：' if voice.lang == 'zh' else ': '}{said}" if name else said


def _state(voice: Voice, figure: Figure, label: Text | None) -> str:
    """A yes or no as the state it is: `still open`, `signed: no (yes is required)`."""
    name = next((name for name in words.STATES if label is words.ATTRIBUTES[name]), None)
    if name is not None:
        return voice.say(words.STATES[name][figure.found])
    shown = voice.say(label) if label else f"`{figure.expression}`"
    value = voice.say(words.YES if figure.found else words.NO)
    if figure.met:
        return voice.say(words.STATE, label=shown, value=value)
    return voice.say(words.STATE_REQUIRED, label=shown, value=value, required=voice.say(words.NO if figure.found else words.YES))


def _name(voice: Voice, figure: Figure, label: Text | None, *, named: bool) -> str:
    """What one of several figures is about."""
    if label is not None:
        return voice.say(label)
    about = counted(voice.definition, figure.expression)
    if about is None:
        return f"`{figure.expression}`" if figure.expression and named else ""
    kind, options = about
    listed = voice.listed(voice.say(option) for option in options)
    return voice.say(words.IN_BRACKETS, text=voice.say(kind), more=listed) if listed else voice.say(kind)


def _required(voice: Voice, figure: Figure, options: Mapping[str, Text], spoken: bool) -> str:
    if figure.op == ">" and figure.required == 0 and figure.expression.startswith("len("):
        figure = evolve(figure, op=">=", required=1)  # "at least 1" is how people say it
    operators: Mapping[str, Text] = words.OPERATORS
    if isinstance(figure.required, str) and _DAY.match(figure.required):
        operators = {**words.OPERATORS, **words.DATE_OPERATORS}
    elif spoken:
        operators = {**words.OPERATORS, **words.WORD_OPERATORS}
    return voice.say(operators[figure.op], value=value_text(voice, figure.required, figure.unit, options))


def value_text(voice: Voice, value: Any, unit: str | None, options: Mapping[str, Text]) -> str:
    """A value as people say it: with its unit, an option by its title, yes or no."""
    match value:
        case None:
            return voice.say(words.UNKNOWN)
        case bool():
            return voice.say(words.YES if value else words.NO)
        case list() | tuple():
            return voice.listed(value_text(voice, each, unit, options) for each in value) or voice.say(words.NOTHING)
        case str():
            return voice.say(options[value]) if value in options else value or voice.say(words.NOTHING)
        case _:
            return voice.say(voice.definition.figure(value, unit))


def _difference(voice: Voice, figure: Figure) -> str:
    bound = _BOUNDS.get(figure.op)
    if bound is None or figure.met is not False or not figure.found:
        return ""
    required, found, unit = _number(figure.required), _number(figure.found), figure.unit
    if required is None or found is None:
        return ""
    if isinstance(figure.found, str):
        return voice.say(bound, value=voice.days(round(abs(required - found))))
    return voice.say(bound, value=voice.say(voice.definition.figure(round(abs(required - found), 9), unit)))


def _number(value: Any) -> float | None:
    if isinstance(value, str) and _DAY.match(value):
        return date.fromisoformat(value).toordinal()
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

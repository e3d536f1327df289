"""The level a rule comes from, and what lower levels made stricter in it: said where a definition was merged from several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from workflow.definition.model import Definition, Parameter, Tightening
from workflow.texts import Text
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.render import words
from workflow.verdicts.render.voice import Voice

Change = tuple[str, Tightening]  # the path of what was tightened, and how


def level_text(voice: Voice, verdict: Verdict, finding: Finding) -> str:
    """`prescribed at: central; figure tightened at: district (40 → 48)`; empty where the definition stands alone."""
    level, changes = prescribed(voice.definition, verdict, finding)
    if not level:
        return ""
    return voice.clauses([voice.say(words.PRESCRIBED, level=_level(voice, level)), *(_change(voice, *change) for change in changes)])


def level_json(voice: Voice, verdict: Verdict, finding: Finding) -> dict[str, Any]:
    """The same as values; empty where the definition stands alone."""
    level, changes = prescribed(voice.definition, verdict, finding)
    made = [{"path": path, "level": c.level, "value": c.value, "was": c.was} for path, c in changes]
    return {"origin": level, **({"tightened": made} if made else {})} if level else {}


def prescribed(definition: Definition, verdict: Verdict, finding: Finding) -> tuple[str, list[Change]]:
    """The level a finding's rule comes from, and all that was tightened in it and in the figures it uses."""
    if not definition.layers:
        return "", []
    if finding.is_rule:
        return _of_subject(definition, verdict)
    requirement = definition.requirements[finding.code]
    names = set(requirement.check.names) | (set(requirement.when.names) if requirement.when else set())
    figures = [(f"parameters.{p.id}.value", change) for p in _parameters(definition, names) for change in p.tightened]
    return requirement.origin, [*_changes(definition, f"requirements.{finding.code}"), *figures]


def _of_subject(definition: Definition, verdict: Verdict) -> tuple[str, list[Change]]:
    """Of the move, record or case that was asked about."""
    kind, name = verdict.about
    if kind == "move":
        return _of_move(definition, verdict.source, name)
    if kind == "record" and name in definition.records:
        return definition.records[name].origin, _changes(definition, f"records.{name}")
    if kind == "open" and name in definition.cases:
        return definition.cases[name].origin, []
    case = definition.cases.get(kind.rpartition("-")[0])
    if case is not None and name in case.moves:
        return case.moves[name].origin, _changes(definition, f"cases.{case.id}.moves.{name}")
    return "", []


def _of_move(definition: Definition, source: str, name: str) -> tuple[str, list[Change]]:
    edge, stage = definition.edges_by_state.get(source, {}).get(name), definition.stage_of(source)
    move = edge.move if edge else definition.moves.get(name)
    path = f"stages.{stage.id}.steps.{move.step}" if stage and move and move.step else f"gates.{stage.gate}.moves.{name}" if stage else ""
    return (move.origin if move else ""), _changes(definition, path)


def _changes(definition: Definition, path: str) -> list[Change]:
    """What was tightened in an item itself."""
    return [(f"{path}.{key}", c) for key in ("level", "waivable_by", "by") for c in definition.tightened.get(f"{path}.{key}", ())]


def _parameters(definition: Definition, names: Iterable[str], seen: tuple[str, ...] = ()) -> Iterator[Parameter]:
    """The parameters among the names, with those they are derived from; in the order of the definition."""
    for name, parameter in definition.parameters.items():
        if name in names:
            yield parameter
            if parameter.derive is not None and name not in seen:
                yield from _parameters(definition, parameter.derive.names, (*seen, name))


def _change(voice: Voice, path: str, change: Tightening) -> str:
    level, section, key = _level(voice, change.level), path.partition(".")[0], path.rpartition(".")[2]
    if section == "parameters":
        unit = voice.definition.parameters[path.split(".")[1]].unit
        was, value = (voice.say(voice.definition.figure(figure, unit)) for figure in (change.was, change.value))
        return voice.say(words.FIGURE_TIGHTENED, level=level, was=was, value=value)
    was, value = (_said(voice, key, found) for found in (change.was, change.value))
    return voice.say(words.TIGHTENED[key], level=level, was=was, value=value)


def _said(voice: Voice, key: str, value: Any) -> str:
    return voice.say(words.EFFECTS[value]) if key == "level" else voice.roles(value) or voice.say(words.NOTHING)


def _level(voice: Voice, name: str) -> str:
    return voice.say(words.LEVELS.get(name, Text.same(name)))

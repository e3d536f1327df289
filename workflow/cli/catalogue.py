"""What a definition holds, as plain values: kinds of record, moves, requirements, roles, cases, parameters, stages, authority."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.differences import due_text
from workflow.definition.model import Definition, Field, Move
from workflow.definition.terms import POWER_TITLES, POWERS
from workflow.verdicts.render.voice import Voice

Plain = dict[str, Any]
Topic = Callable[[Voice], list[Plain]]


def records(voice: Voice) -> list[Plain]:
    return [
        _named(voice, kind, of=kind.of, by=list(kind.by), span=kind.span, lines=kind.lines, fields=_fields(voice, kind.fields))
        for kind in voice.definition.records.values()
    ]


def moves(voice: Voice) -> list[Plain]:
    """Every move of a branch; moves of one name in different gates, each with the states it is made from."""
    found: dict[tuple[str, str], Plain] = {}
    for edge in voice.definition.edges:
        key = (edge.move.id, voice.say(edge.move.title))
        plain = found.setdefault(key, {**_move(voice, edge.move), "from": [], "to": [], "requires": []})
        for name, values in (("from", [edge.source]), ("to", [edge.target]), ("requires", edge.requires)):
            plain[name] = list(dict.fromkeys([*plain[name], *values]))
    return list(found.values())


def requirements(voice: Voice) -> list[Plain]:
    definition = voice.definition
    return [
        {
            "id": each.id,
            "title": voice.requirement(each.id),
            "level": each.level,
            "each": each.each,
            "owner": each.owner,
            "waivable_by": list(each.waivable_by),
            "due": each.due,
            "when": each.when.text if each.when else None,
            "check": each.check.text,
            "remedy": voice.remedy(each.id),
            "basis": [{"id": name, "title": voice.instrument(name)} for name in each.basis],
            "moves": list(dict.fromkeys(edge.move.id for edge in definition.edges if each.id in edge.requires)),
        }
        for each in definition.requirements.values()
    ]


def roles(voice: Voice) -> list[Plain]:
    definition = voice.definition
    return [
        _named(
            voice,
            role,
            scope=role.scope,
            records=[kind.id for kind in definition.records.values() if role.id in kind.by],
            moves=list(dict.fromkeys(edge.move.id for edge in definition.edges if role.id in edge.move.by)),
            cases=[kind.id for kind in definition.cases.values() if role.id in kind.by],
            waives=[each.id for each in definition.requirements.values() if role.id in each.waivable_by],
        )
        for role in definition.roles.values()
    ]


def cases(voice: Voice) -> list[Plain]:
    return [
        _named(
            voice,
            kind,
            of=kind.of,
            by=list(kind.by),
            fields=_fields(voice, kind.fields),
            states={state.id: voice.say(state.title) for state in kind.states.values()},
            moves=[{**_move(voice, m), "from": list(m.sources), "to": [m.to], "requires": list(m.requires)} for m in kind.moves.values()],
        )
        for kind in voice.definition.cases.values()
    ]


def parameters(voice: Voice) -> list[Plain]:
    definition = voice.definition
    return [
        {
            "id": each.id,
            "title": voice.say(each.title) if each.title else "",
            "value": list(each.value) if isinstance(each.value, tuple) else each.value,
            "unit": each.unit,
            "text": voice.say(definition.figure(each.value, each.unit)),
            "derive": each.derive.text if each.derive else None,
            "basis": [{"id": name, "title": voice.instrument(name)} for name in each.basis],
        }
        for each in definition.parameters.values()
    ]


def stages(voice: Voice) -> list[Plain]:
    definition = voice.definition
    return [
        _named(
            voice,
            stage,
            number=stage.number,
            lasts=stage.lasts,
            months=stage.months,
            gate=stage.gate,
            phases={f"{stage.id}.{phase.id}": voice.say(phase.title) for phase in definition.gates[stage.gate].phases.values()},
            steps=[_named(voice, step, by=list(step.by), after=list(step.after)) for step in stage.steps.values()],
        )
        for stage in definition.stages.values()
    ]


def deadlines(voice: Voice) -> list[Plain]:
    """Each with when it is due, whom it is announced to, and at what time of the day, by role."""
    definition = voice.definition
    return [
        {
            "id": each.id,
            "title": voice.say(each.title, **definition.texts),
            "day": voice.say(due_text(definition, each.due)),
            "each": each.each,
            "owner": each.owner,
            "ladder": [{"days": rung.days, "to": rung.to} for rung in each.ladder],
            "urgent": each.urgent,
            "until": each.until.text if each.until else None,
            "at": {
                role: f"{definition.reminders.time_for(role):%H:%M}" for role in dict.fromkeys((each.owner, *(r.to for r in each.ladder)))
            },
            "basis": [{"id": name, "title": voice.instrument(name)} for name in each.basis],
        }
        for each in definition.deadlines.values()
    ]


def authority(voice: Voice) -> list[Plain]:
    """Who may change the plan and the rolls in motion; a power nobody holds stands there without anybody."""
    granted = voice.definition.authority
    return [{"id": power, "title": voice.say(POWER_TITLES[power]), "by": list(granted.get(power, ()))} for power in POWERS]


TOPICS: Mapping[str, Topic] = {
    "stages": stages,
    "moves": moves,
    "requirements": requirements,
    "records": records,
    "cases": cases,
    "roles": roles,
    "parameters": parameters,
    "deadlines": deadlines,
    "authority": authority,
}


def counts(definition: Definition) -> dict[str, int]:
    """How many of each a definition holds, by topic and beyond."""
    return {
        "stages": len(definition.stages),
        "phases": len(definition.states),
        "moves": len(definition.moves),
        "requirements": len(definition.requirements),
        "records": len(definition.records),
        "cases": len(definition.cases),
        "roles": len(definition.roles),
        "parameters": len(definition.parameters),
        "deadlines": len(definition.deadlines),
        "invariants": len(definition.invariants),
    }


def _named(voice: Voice, thing: Any, **more: Any) -> Plain:
    return {"id": thing.id, "title": voice.say(thing.title), **more}


def _move(voice: Voice, move: Move) -> Plain:
    return _named(voice, move, by=list(move.by), not_by=list(move.not_by), fields=_fields(voice, move.takes))


def _fields(voice: Voice, fields: Mapping[str, Field]) -> list[Plain]:
    """What stands at its default is left out."""
    found = []
    for each in fields.values():
        options = {name: voice.say(title) for name, title in each.options.items()}
        more = {"unit": each.unit, "options": options, "many": each.many, "optional": each.optional, "min": each.min, "max": each.max}
        found.append(_named(voice, each, type=each.type, **{name: value for name, value in more.items() if value not in (None, False, {})}))
    return found

"""One action in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.audit import unblock_words as words
from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.drafts import Draft, fields_of
from workflow.audit.remedies.values import is_placeholder
from workflow.definition.model import Field
from workflow.texts import Text
from workflow.verdicts.render.figures import value_text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import HOLDER, IN_BRACKETS


def action_text(voice: Voice, action: Action, state: str) -> str:
    """`enter attendance for Li Ming: hours 4 h, mode collective; for example topic ... (by Zhang San, clerk)`; `state` is the branch's."""
    said = _what(voice, action, state)
    values = _values(voice, action, state)
    if values:
        said += ("：" if voice.lang == "zh" else ": ") + values
    if action.by is None:
        return said
    return said + voice.say(words.BY, name=action.by.name, role=voice.role(action.by.role))


def _what(voice: Voice, action: Action, state: str) -> str:
    definition, members = voice.definition, _members(voice, action, state)
    match action.kind:
        case "record":
            text = words.RECORD_WHOLE if action.whole else words.RECORD_FOR if members else words.RECORD
            return voice.say(text, kind=definition.records[action.subject].title, members=members)
        case "withdraw":
            kind = definition.records[action.of].title if action.of in definition.records else Text.same(action.of)
            return voice.say(words.WITHDRAW_WHOLE if action.whole else words.WITHDRAW, seq=action.subject, kind=kind)
        case "waive":
            text = words.WAIVE_FOR if members else words.WAIVE
            return voice.say(text, requirement=voice.requirement(action.subject), members=members)
        case "open":
            return voice.say(words.OPEN_FOR if members else words.OPEN, kind=definition.cases[action.subject].title, members=members)
        case "case":
            case, _, move = action.subject.partition(":")
            return voice.say(words.CASE, case=case, move=voice.case_move(case, move))
        case "move":
            return voice.say(words.MOVE, move=voice.move(action.subject, state))
        case "appoint":
            return voice.say(words.APPOINT, person=voice.name(action.subject), role=voice.role(action.fields["role"]))
        case "resume":
            return voice.say(words.RESUME, branch=voice.branch)
        case "wait":
            return voice.say(words.WAIT, day=action.subject)


def _members(voice: Voice, action: Action, state: str) -> str:
    """Whom it is for, each with what is entered for them alone."""
    if not action.lines:
        return voice.cut([voice.name(member) for member in action.members])
    fields = _fields(voice, action, state)
    own = [(line["member"], {name: value for name, value in line.items() if name != "member"}) for line in action.lines]
    return voice.cut(
        [
            voice.say(IN_BRACKETS, text=voice.name(member), more=voice.listed(_said(voice, fields, values)))
            if values
            else voice.name(member)
            for member, values in own
        ]
    )


def _fields(voice: Voice, action: Action, state: str) -> Mapping[str, Field]:
    if action.kind not in ("record", "open", "case", "move"):
        return {}
    fields = dict(fields_of(voice.definition, Draft(action.kind, action.subject), state))
    lines = voice.definition.records[action.subject].lines if action.kind == "record" else None
    return {**(voice.definition.records[lines].fields if lines else {}), **fields}


def _values(voice: Voice, action: Action, state: str) -> str:
    """What is entered: first what it must be, then what is only an example."""
    fields = _fields(voice, action, state)
    must = {name: value for name, value in action.fields.items() if name in fields and name not in action.free}
    free = {name: action.fields[name] for name in action.free if name in action.fields}
    parts = list(_said(voice, fields, must))
    said = voice.listed(parts)
    if not free:
        return said
    examples = voice.say(words.FREE, listed=voice.listed(_said(voice, fields, free)))
    return voice.clauses([said, examples]) if said else examples


def _said(voice: Voice, fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterable[str]:
    for name, value in values.items():
        declared = fields[name]
        title = voice.say(declared.title)
        if is_placeholder(value):
            yield voice.say(words.ANY, title=title)
            continue
        shown = voice.name(value) if declared.type == "person" else value_text(voice, value, declared.unit, declared.options)
        yield voice.say(words.FIGURE if declared.type in ("number", "integer", "date") else words.FIELD, title=title, value=shown)


def person_text(voice: Voice, name: str, role: str) -> str:
    return voice.say(HOLDER, name=name, role=voice.role(role))

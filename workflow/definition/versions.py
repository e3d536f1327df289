"""What it takes for one definition to follow another in a running campaign.

Facts on file must stay readable and countable, so whatever they are made of stays: kinds of records and cases, their fields,
states of cases, what a roster says. Rules may change at will; a state that goes away says where in its stage its branches go.
Stages stay: attempts are counted in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflow.definition.extensions import Extensions
from workflow.definition.loading import load_document
from workflow.definition.model import FINISHED, CaseKind, Definition, Field, RecordKind
from workflow.errors import DefinitionFault, Fault, did_you_mean
from workflow.texts import Text

_RECORD = Text.of("the record", "记录")
_CASE = Text.of("the case", "事项")
_STATE = Text.of("the state", "状态")
_FIELD = Text.of("the field", "字段")
_OPTION = Text.of("the option", "选项")
_STATUS = Text.of("the status", "党员状态")
_FLAG = Text.of("the flag", "标记")
_DEPARTURE = Text.of("the departure", "除册缘由")
_MEMBERS = Text.of("the section", "部分")
_NONE = Text.of("none", "无")
_ANOTHER = Text.of("this is another definition, {now}; a later version of {was} was expected", "这是另一个方案 {now}；应为 {was} 的新版本")
_GONE = Text.of(
    "{what} {name} is missing, it was expected to stay: what is on file must remain readable",
    "缺少{what} {name}，应予保留：已入账的内容须始终可读",
)
_OTHER = Text.of(
    "found {now}, {was} was expected as before: what is on file is read by it", "实为 {now}，应仍为 {was}：已入账的内容据此读取"
)
_LOST = Text.of(
    "the new version has no such state and nothing says where branches in it go, {name}=STATE was expected; {hint}",
    "新版本没有此状态，也未说明其中的支部转往何处，应为 {name}=状态；{hint}",
)
_NOWHERE = Text.of(
    "{target} is no state of the new version, one it has was expected; {hint}", "{target} 不是新版本的状态，应为新版本已有的状态；{hint}"
)
_STAGE = Text.of("the stage", "阶段")
_ACROSS = Text.of(
    "{target} is in another stage, a state of {stage} was expected: nobody comes into a stage without its approval; {hint}",
    "{target} 属于另一阶段，应为 {stage} 阶段的状态：未经批准不得进入其他阶段；{hint}",
)
_STAYS = Text.of(
    "this state stays, only one that the new version lacks was expected here; {hint}", "此状态仍然保留，此处只应写新版本没有的状态；{hint}"
)
_NEVER = Text.of(
    "the version in force has no such state, one that goes away was expected; {hint}", "现行版本没有此状态，应为将被取消的状态；{hint}"
)
_SPENT = Text.of(
    "this was the name of a state that an earlier version did away with, another name was expected",
    "此名称属于先前版本已取消的状态，应另取名",
)


def succeed(old: Definition, new: Definition, states: Mapping[str, str], spent: Collection[str] = ()) -> Definition:
    """`new` as it will be in force after `old`: with the fields of each record kind in the old order, new ones after them.

    `states` says of each state `stage.phase` that goes away which state of the same stage its branches stand in from then on; "finished"
    never goes away. `spent` are the names earlier versions did away with: they mean another state for ever.

    A phase may become final, or cease to be: that an attempt ended there was so under the rules of its day. A state of a case may
    not: whether a case is open was settled, and counted, when it came into that state. A field may become mandatory: in older
    records it is missing. Raises `DefinitionFault` with all faults.
    """
    if old.id != new.id:  # all the rest would be missing as well, and say nothing
        raise DefinitionFault([Fault("", "definition", _ANOTHER.filled(was=old.id, now=new.id), "another")])
    faults = [*_calendar(old, new), *_roster(old, new), *_records(old, new), *_cases(old, new), *_states(old, new, states, spent)]
    if faults:
        raise DefinitionFault(faults)
    return _in_order(old, new)


# -- facts ---------------------------------------------------------------------------------------------------------------


def _calendar(old: Definition, new: Definition) -> Iterator[Fault]:
    yield from _changed("calendar", old.calendar, new.calendar, "zone")  # the day a fact belongs to hangs on it


def _roster(old: Definition, new: Definition) -> Iterator[Fault]:
    yield from _fields("branches.fields", old.branch_fields, new.branch_fields)
    if old.members is None:
        return
    if new.members is None:
        yield _gone("members", _MEMBERS, "members")
        return
    yield from _missing("members.status", _STATUS, old.members.status, new.members.status)
    yield from _missing("members.flags", _FLAG, old.members.flags, new.members.flags)
    yield from _fields("members.fields", old.members.fields, new.members.fields)
    yield from _missing("members.departures", _DEPARTURE, old.members.departures, new.members.departures)


def _records(old: Definition, new: Definition) -> Iterator[Fault]:
    for name, kind in old.records.items():
        if name in new.records:
            yield from _record(f"records.{name}", kind, new.records[name])
        else:
            yield _gone(f"records.{name}", _RECORD, name)


def _record(path: str, old: RecordKind, new: RecordKind) -> Iterator[Fault]:
    yield from _changed(path, old, new, "of", "lines")
    yield from _fields(f"{path}.fields", old.fields, new.fields)


def _cases(old: Definition, new: Definition) -> Iterator[Fault]:
    for name, kind in old.cases.items():
        if name in new.cases:
            yield from _case(f"cases.{name}", kind, new.cases[name])
        else:
            yield _gone(f"cases.{name}", _CASE, name)


def _case(path: str, old: CaseKind, new: CaseKind) -> Iterator[Fault]:
    yield from _changed(path, old, new, "of")
    yield from _fields(f"{path}.fields", old.fields, new.all_fields)
    yield from _missing(f"{path}.states", _STATE, old.states, new.states)
    for name, state in old.states.items():
        if name in new.states:
            yield from _changed(f"{path}.states.{name}", state, new.states[name], "final")
    for move in old.moves.values():
        yield from _fields(f"{path}.moves.{move.id}.takes", move.takes, new.all_fields)


def _fields(path: str, old: Mapping[str, Field], new: Mapping[str, Field]) -> Iterator[Fault]:
    yield from _missing(path, _FIELD, old, new)
    for name, field in old.items():
        if name in new:
            yield from _changed(f"{path}.{name}", field, new[name], "type", "unit", "many")
            if field.type == new[name].type:
                yield from _missing(f"{path}.{name}.options", _OPTION, field.options, new[name].options)


def _missing(path: str, what: Text, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Fault]:
    yield from (_gone(f"{path}.{name}", what, name) for name in old if name not in new)


def _gone(path: str, what: Text, name: str) -> Fault:
    return Fault("", path, _GONE.filled(what=what, name=name), "gone")


def _changed(path: str, old: object, new: object, *keys: str) -> Iterator[Fault]:
    for key in keys:
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            yield Fault("", f"{path}.{key}", _OTHER.filled(was=_plain(was), now=_plain(now)), "changed")


def _plain(value: str | bool | None) -> str | Text:
    """As the file says it."""
    return _NONE if value is None else str(value).lower() if isinstance(value, bool) else value


# -- states --------------------------------------------------------------------------------------------------------------


def _states(old: Definition, new: Definition, states: Mapping[str, str], spent: Collection[str]) -> Iterator[Fault]:
    yield from _missing("stages", _STAGE, old.stages, new.stages)
    lost = [state for state in old.states if state not in new.states and state != FINISHED]
    for state in lost:
        stage = state.partition(".")[0]
        if state not in states and stage in new.stages:
            hint = did_you_mean(state, _near(state, new))
            yield Fault("", f"states.{state}", _LOST.filled(name=state, hint=hint), "lost")
    for state, target in states.items():
        if state not in lost:
            text = _STAYS if state in old.states else _NEVER
            yield Fault("", f"states.{state}", text.filled(hint=did_you_mean(state, lost)), "mapping")
        if target not in new.states:
            hint = did_you_mean(target, _near(target, new))
            yield Fault("", f"states.{state}", _NOWHERE.filled(target=target, hint=hint), "mapping")
        elif state in lost and target.partition(".")[0] != state.partition(".")[0]:
            hint, stage = did_you_mean(target, _near(state, new)), state.partition(".")[0]
            yield Fault("", f"states.{state}", _ACROSS.filled(target=target, stage=stage, hint=hint), "mapping")
    yield from (Fault("", f"states.{state}", _SPENT, "spent") for state in new.states if state in spent)


def _near(state: str, definition: Definition) -> list[str]:
    """The states of the same stage, where there is such a stage: nobody reads a list of all."""
    stage = state.partition(".")[0]
    return [name for name in definition.states if name.partition(".")[0] == stage] or list(definition.states)


# -- order ---------------------------------------------------------------------------------------------------------------


def _in_order(old: Definition, new: Definition) -> Definition:
    """Values lie in numbered columns, in the order of their kind's fields: what is on file stays where it lies."""
    orders = {name: list(dict.fromkeys((*kind.fields, *new.records[name].fields))) for name, kind in old.records.items()}
    moved = {name: order for name, order in orders.items() if order != list(new.records[name].fields)}
    if not moved:
        return new
    records = dict(new.document["records"])
    for name, order in moved.items():
        records[name] = {**records[name], "fields": {field: records[name]["fields"][field] for field in order}}
    return load_document({**new.document, "records": records}, validated=True, extensions=Extensions(*new.extensions.values()))

"""What changes from one version of a definition to another, item by item, for people to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from functools import reduce
from typing import Any, Literal

from attrs import frozen

from workflow.definition.diagram.words import DAYS, LEVELS, MONTH, MONTHS
from workflow.definition.expressions import Expression
from workflow.definition.model import Closed, Definition, Due, Effect, Rung
from workflow.definition.moments import moment
from workflow.texts import LANGUAGES, Text

_AFTER = Text.of("{days} after {event}", "{event}后{days}")
_BEFORE = Text.of("{days} before {event}", "{event}前{days}")
_ON = Text.of("the day of {event}", "{event}当日")
_EVERY_WEEK = Text.of("every week on {day}, from {event} on", "自{event}起每{day}")
_EVERY_MONTH = Text.of("every month on day {day}, from {event} on", "自{event}起每月{day}日")
_PLANNED_END = Text.of("planned end of {stage}", "{stage}计划结束")
_PART = Text.of("{of}: {part}", "{of}：{part}")
_HOURS = Text.of("{start} to {end}", "{start} 至 {end}")
_FROM_TO = Text.of("{title}: {start} to {end}", "{title}：{start} 至 {end}")
WEEKDAYS = (
    Text.of("Monday", "周一"),
    Text.of("Tuesday", "周二"),
    Text.of("Wednesday", "周三"),
    Text.of("Thursday", "周四"),
    Text.of("Friday", "周五"),
    Text.of("Saturday", "周六"),
    Text.of("Sunday", "周日"),
)
_RUNG = Text.of("{days} {role}", "{days}{role}")
_WORKING = Text.of("{n} working days", "{n}个工作日")


@frozen
class Difference:
    """One thing that changes.

    `path` is where the definition says it: `requirements.study_hours` for an item that comes or goes, `requirements.study_hours.check`
    for something of it that changes. `title` is the item's title, or its id. Of an item that comes or goes `now` or `was` is what it
    comes to: the figure of a parameter, the check of a requirement, who makes a move; None where the title says all.
    """

    path: str
    kind: Literal["added", "removed", "changed"]
    title: Text
    was: Text | None
    now: Text | None


def differences(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """All that changes from `old` to `new`, in the order of a definition; what goes away comes last in its section.

    Figures are compared as they come out, so that a derived one is named when what it rests on changes. The order of items is named
    where it has a meaning: of stages, phases and states.
    """
    return tuple(_Comparison(old, new).item(_DEFINITION, "", old, new))


Items = Callable[[Definition, Any], Mapping[str, Any]]


@frozen
class _Part:
    """Where to look: the items of one section, what of each is compared (the first is what it comes to), and the parts of each."""

    name: str
    items: Items
    looks: tuple[str, ...]
    parts: tuple[_Part, ...] = ()
    ordered: bool = False


@frozen
class _Comparison:
    old: Definition
    new: Definition

    def item(self, part: _Part, path: str, was: Any, now: Any, name: str = "") -> Iterator[Difference]:
        """What changes in an item both versions have."""
        for look in part.looks:
            before, after = _look(was, look), _look(now, look)
            if _key(before) != _key(after):
                said = _shown(self.old, was, look, before), _shown(self.new, now, look, after)
                yield Difference(path + look, "changed", _title(self.new, now, name), *said)
        for inner in part.parts:
            yield from self.section(inner, path + inner.name, was, now)

    def section(self, part: _Part, path: str, was: Any, now: Any) -> Iterator[Difference]:
        """What changes among the items of a section."""
        before, after = part.items(self.old, was), part.items(self.new, now)
        if part.ordered and list(before) != list(after):
            rows = (_row(self.old, before), _row(self.new, after))
            yield Difference(path, "changed", _title(self.new, now, path), *rows)
        for name in dict.fromkeys((*after, *before)):
            if name not in before:
                yield Difference(f"{path}.{name}", "added", _title(self.new, after[name], name), None, _gist(self.new, part, after[name]))
            elif name not in after:
                yield Difference(
                    f"{path}.{name}", "removed", _title(self.old, before[name], name), _gist(self.old, part, before[name]), None
                )
            else:
                yield from self.item(part, f"{path}.{name}.", before[name], after[name], name)


# -- what is compared --------------------------------------------------------------------------------------------------------


def _look(item: Any, look: str) -> Any:
    """What is compared: an attribute of the item, or one of its attribute's; an item that is a text, a time or a list is that itself."""
    if isinstance(item, (Text, time, tuple)):
        return item
    if look == "lasts":
        return (item.lasts, item.months)
    return reduce(lambda held, name: getattr(held, name, None), _ATTRIBUTES.get(look, look).split("."), item)


def _key(value: Any) -> object:
    """By what two are the same: expressions by their text, and true is not 1."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Effect):
        return (value.kind, _key(value.days))
    if isinstance(value, tuple):
        return tuple(_key(each) for each in value)
    return str(value) if isinstance(value, bool) else value


def _gist(definition: Definition, part: _Part, item: Any) -> Text | None:
    look = part.looks[0] if part.looks else "title"
    return None if look == "title" else _shown(definition, item, look, _look(item, look))


# -- how it is said --------------------------------------------------------------------------------------------------------


def _title(definition: Definition, item: Any, name: str) -> Text:
    title = item if isinstance(item, Text) else getattr(item, "title", None)
    return Text.same(name) if title is None else title.filled(**definition.texts)


def _shown(definition: Definition, item: Any, look: str, value: Any) -> Text | None:
    if value is None or value == ():
        return None
    say = _WAYS.get(look)
    if say is not None:
        return say(definition, value)
    if isinstance(value, Text):
        return value.filled(**definition.texts)
    if isinstance(value, Expression):
        return Text.same(value.text)
    return definition.figure(value, getattr(item, "unit", None) if look in _FIGURES else None)


def _roles(definition: Definition, names: str | Iterable[str]) -> Text:
    """Roles by title; what else may stand among them (moves, fields) as it is written."""
    ids = (names,) if isinstance(names, str) else names
    return _joined(definition.roles[name].title if name in definition.roles else Text.same(name) for name in ids)


def _row(definition: Definition, items: Mapping[str, Any]) -> Text:
    return _joined(_title(definition, item, name) for name, item in items.items())


def _joined(texts: Iterable[Text]) -> Text:
    parts = list(texts)
    return Text({lang: ("、" if lang == "zh" else ", ").join(part.say(lang) for part in parts) for lang in LANGUAGES})


def _lasts(_definition: Definition, lasts: tuple[int | None, int | None]) -> Text | None:
    days, months = lasts
    if months is not None:
        return (MONTH if months == 1 else MONTHS).filled(n=months)
    return None if days is None else DAYS.filled(n=days)


def due_text(definition: Definition, due: Due) -> Text:
    """When it is due, in words: `7 days after application`."""
    if due.event is None:
        return Text.same(str(due.on))
    event = event_title(definition, due.event)
    if due.every == "week":
        return _EVERY_WEEK.filled(day=WEEKDAYS[(due.day or 1) - 1], event=event)
    if due.every == "month":
        return _EVERY_MONTH.filled(day=due.day, event=event)
    if due.days == 0:
        return _ON.filled(event=event)
    days = _WORKING.filled(n=due.working_days) if due.days is None else DAYS.filled(n=due.days)
    return (_AFTER if due.before is None else _BEFORE).filled(days=days, event=event)


def event_title(definition: Definition, name: str) -> Text:
    """What a due time is reckoned from, by its title."""
    found = moment(definition, name)
    if found.kind == "state":
        return Text({lang: definition.state_title(name, lang) for lang in LANGUAGES})
    if found.kind in ("stage", "planned_end"):
        stage = _title(definition, definition.stages[found.of], found.of)
        return stage if found.kind == "stage" else _PLANNED_END.filled(stage=stage)
    kind: Any = definition.records[found.of] if found.kind == "record" else definition.cases[found.of]
    if not found.part:
        return _title(definition, kind, found.of)
    parts = kind.fields if found.kind == "record" else {**kind.all_fields, **kind.states}
    return _PART.filled(of=_title(definition, kind, found.of), part=_title(definition, parts[found.part], found.part))


def _closed(_definition: Definition, periods: Iterable[Closed]) -> Text:
    return _joined(_FROM_TO.filled(title=each.title, start=each.start, end=each.end) for each in periods)


def ladder_text(definition: Definition, rungs: Iterable[Rung]) -> Text:
    """`-7 d secretary, +1 d group`"""
    return _joined(
        _RUNG.filled(days=DAYS.filled(n=f"{rung.days:+}" if rung.days else 0), role=_roles(definition, rung.to)) for rung in rungs
    )


def _clock(_definition: Definition, at: time) -> Text:
    return Text.same(f"{at:%H:%M}")


def _quiet(_definition: Definition, hours: tuple[time, time]) -> Text:
    start, end = hours
    return _HOURS.filled(start=f"{start:%H:%M}", end=f"{end:%H:%M}")


def _effects(_definition: Definition, effects: Iterable[Effect]) -> Text:
    return _joined(Text.same(effect.kind if effect.days is None else f"{effect.kind}: {effect.days.text}") for effect in effects)


def _requirement(definition: Definition, name: str) -> Text:
    return _title(definition, definition.requirements.get(name), name)


# -- where to look ---------------------------------------------------------------------------------------------------------

_ATTRIBUTES = {  # what is called otherwise in the file
    "from": "sources",
    "labels.branch": "branch_label",
    "labels.member": "member_label",
    "every_way.from": "start",
    "every_way.to": "goal",
    "passes.move": "move",
    "passes.by": "by",
    "passes.requires": "requires",
}
_FIGURES = ("value", "min", "max")  # what an item's unit belongs to
_WAYS: dict[str, Callable[[Definition, Any], Text | None]] = {
    **dict.fromkeys(("by", "not_by", "waivable_by", "owner", "passes.by"), _roles),
    **dict.fromkeys(("batches.finished", "passes.requires"), _requirement),
    "level": lambda _definition, level: LEVELS[level],
    "lasts": _lasts,
    "due": due_text,
    "calendar.closed": _closed,
    "ladder": ladder_text,
    **dict.fromkeys(("at", "reminders.at"), _clock),
    "reminders.quiet": _quiet,
    "effects": _effects,
}


def _of(name: str) -> Items:
    """The items an attribute holds; none where what has it is missing."""
    return lambda _definition, holder: _look(holder, name) or {}


def _required(definition: Definition, holder: Any) -> Mapping[str, Any]:
    return {name: definition.requirements.get(name) for name in holder.requires}


def _required_by_move(definition: Definition, stage: Any) -> Mapping[str, Any]:
    return {f"{move}.{name}": definition.requirements.get(name) for move, names in stage.requires.items() for name in names}


def _fields(name: str, attribute: str = "") -> _Part:
    looks = ("type", "title", "unit", "many", "optional", "min", "max")
    return _Part(name, _of(attribute or name), looks, (_titles("options"),))


def _titles(name: str) -> _Part:
    return _Part(name, _of(name), ("title",))


def _phases(name: str) -> _Part:
    return _Part(name, _of(name), ("title", "final"), ordered=True)


_REQUIRES = _Part("requires", _required, ())
_MOVES = _Part("moves", _of("moves"), ("by", "title", "from", "to", "not_by", "effects"), (_REQUIRES, _fields("takes")))
_STEPS = _Part("steps", _of("steps"), ("by", "title", "after"), (_REQUIRES,))
_LINES = _Part("lines", _of("lines"), ("value", "title", "unit", "each", "when", "base", "before", "names", "basis"))
_PARTS = (
    _Part("extensions", _of("extensions"), ("version",)),
    _titles("units"),
    _Part("instruments", _of("instruments"), ("title", "issuer", "number", "issued", "parent")),
    _Part("parameters", _of("parameters"), ("value", "title", "derive", "unit", "stricter", "basis")),
    _Part("roles", _of("roles"), ("scope", "title")),
    _Part("authority", _of("authority"), ("by",)),
    _fields("branches.fields", "branch_fields"),
    _titles("members.status"),
    _titles("members.flags"),
    _titles("members.departures"),
    _fields("members.fields"),
    _Part("records", _of("records"), ("by", "title", "of", "span", "lines", "validate"), (_fields("fields"),)),
    _Part(
        "requirements",
        _of("requirements"),
        ("check", "title", "each", "when", "level", "owner", "remedy", "waivable_by", "due", "basis"),
    ),
    _Part("gates", _of("gates"), ("title", "steps_in"), (_phases("phases"), _MOVES)),
    _Part(
        "stages",
        _of("stages"),
        ("lasts", "title", "gate", "cycle"),
        (_STEPS, _Part("requires", _required_by_move, ())),
        ordered=True,
    ),
    _Part("cases", _of("cases"), ("by", "title", "of"), (_fields("fields"), _phases("states"), _MOVES)),
    _Part("deadlines", _of("deadlines"), ("due", "title", "owner", "until", "ladder", "each", "urgent", "basis")),
    _Part("reminders.roles", _of("reminders.roles"), ("at",)),
    _Part(
        "invariants",
        _of("invariants"),
        ("title", "every_way.from", "every_way.to", "passes.move", "passes.by", "passes.requires", "basis"),
    ),
    _Part("audits", _of("audits"), ("check", "title", "each", "when", "act", "not_by", "basis")),
    _Part("reports", _of("reports"), ("title", "of", "each", "period", "compares", "basis"), (_LINES,)),
)
_DEFINITION = _Part(
    "",
    lambda _definition, _holder: {},
    (
        *("title", "version", "languages", "labels.branch", "labels.member", "calendar.country", "calendar.source"),
        *("calendar.zone", "calendar.closed", "time_policy", "members.default", "batches.finished", "batches.share", "batches.share_name"),
        *("reminders.at", "reminders.quiet"),
    ),
    _PARTS,
)

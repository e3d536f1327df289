"""What a host adds to the definition language in Python: functions for checks, validators of records, calendars.

A definition names each of them with the version it was written for (`extensions: {within_budget: "1"}`), so that its hash covers
both; the host registers them in an `Extensions` it makes itself and passes wherever a definition is read. Nothing is registered by
itself: where no registry is passed, a definition that names an extension is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from string import Formatter
from typing import Any, Final

from attrs import field, frozen

from workflow.calendars import WorkingDays
from workflow.definition.expressions.runtime import MISSING, finite
from workflow.definition.expressions.types import BOOLEAN, DATE, TEXT, Type, list_of, set_of
from workflow.errors import Misuse, WorkflowError
from workflow.texts import Text

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORM = re.compile(r"(?:(?P<many>list|set) of )?(?:number(?: \((?P<unit>[^()]+)\))?|(?P<one>text|date|boolean))")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # of an object: another in every process, and an answer must be the same in all
_LONGEST = 200  # characters kept of what an exception says


class HostFault(ArithmeticError):
    """A host's function broke, or gave what it may not give: for a check the same as a division by nought."""


@frozen(kw_only=True, eq=False)
class HostFunction:
    """A function checks call as `host.NAME(...)`.

    `takes` gives each parameter its type: "number", "number (h)" with a unit, "text" (options of choices too), "date", "boolean",
    "list of ..." or "set of ..." one of these; `gives` is the type of the result. `run` is handed values only: numbers, texts,
    `datetime.date`, bools, lists and frozensets, never a missing one; None says that the result is not known. It must be pure: it is
    called as often as an answer is worked out, years later when the ledger is verified. Once it answers otherwise, give it another
    `version` and register both. `title` is what the result is called, `explanation` how it came about, with `{parameter}` for values.
    Raises `Misuse` (code "extension-unsound") for what cannot be registered.
    """

    name: str
    version: str = "1"
    title: Text
    explanation: Text
    takes: Mapping[str, str]
    gives: str
    run: Callable[..., Any] = field(repr=False)
    parameters: Mapping[str, Type] = field(init=False, repr=False)
    result: Type = field(init=False, repr=False)

    @parameters.default
    def _parameters(self) -> dict[str, Type]:
        return {name: _type(self.name, said) for name, said in self.takes.items()}

    @result.default
    def _result(self) -> Type:
        return _type(self.name, self.gives)

    def __attrs_post_init__(self) -> None:
        _check(self.name, self.version)
        for sentence in self.explanation.by_language.values():
            _check_sentence(self.name, sentence, self.takes)

    def call(self, values: Sequence[Any]) -> Any:
        """The result for values as expressions have them; `MISSING` where one is missing. Raises `HostFault`."""
        if any(value is MISSING or (isinstance(value, list) and MISSING in value) for value in values):
            return MISSING
        try:
            found = self.run(*(_handed(kind, value) for kind, value in zip(self.parameters.values(), values, strict=True)))
            return MISSING if found is None else _kept(self.result, found)
        except Exception as problem:  # whatever it is, it is the host's: the check says so, and the other checks go on
            raise broke(self.name, problem) from problem

    def explain(self, lang: str, values: Mapping[str, str]) -> str:
        """How the result came about, of values in words."""
        return self.explanation.say(lang).format_map(values)


@frozen(kw_only=True, eq=False)
class HostValidator:
    """What a host asks of a record beyond its fields' types: `records: {invoice: {..., validate: NAME}}`.

    `run` is handed the fields by name (dates as `datetime.date`; of a record of members once for each line, with `member`) and the day
    it `happened`; it gives (field, what is wrong with it) for every fault, the field "" for the record as a whole. It is asked when a
    record is entered, never again.
    """

    name: str
    version: str = "1"
    title: Text
    run: Callable[[Mapping[str, Any]], Iterable[tuple[str, Text]]] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        _check(self.name, self.version)

    def faults(self, values: Mapping[str, Any], known: Iterable[str]) -> list[tuple[str, Text]]:
        """What is wrong; `known` are the fields there are. Raises `HostFault`."""
        try:
            found = [(place, text) for place, text in self.run(values)]
            for place, text in found:
                if not isinstance(text, Text) or place not in {"", *known}:
                    raise TypeError(f"(field, Text) was expected, found {(place, text)!r}")
        except Exception as problem:
            raise broke(self.name, problem) from problem
        return found


@frozen(kw_only=True, eq=False)
class HostCalendar:
    """Working days of a host's own: `calendar: {source: NAME}`. `days` must be as pure as a function of checks."""

    name: str
    version: str = "1"
    title: Text
    days: WorkingDays = field(repr=False)

    def __attrs_post_init__(self) -> None:
        _check(self.name, self.version)

    def is_working_day(self, day: date) -> bool:
        """Raises `WorkflowError` (code "extension-broke") where the host's calendar breaks."""
        return self._asked(lambda: self.days.is_working_day(day))

    def is_confirmed(self, year: int) -> bool:
        """The same."""
        return self._asked(lambda: self.days.is_confirmed(year))

    def _asked(self, question: Callable[[], Any]) -> bool:
        try:
            found = question()
            if not isinstance(found, bool):
                raise TypeError(f"true or false was expected, found {found!r}")
        except Exception as problem:
            raise unusable(broke(self.name, problem)) from problem
        return found


Extension = HostFunction | HostValidator | HostCalendar


class Extensions:
    """What a host allows definitions to call on: `Extensions(within_budget, invoice_in_order, plant_days)`.

    Several versions of one name may stand beside each other: older versions of a campaign's rules go on calling theirs. Raises `Misuse`
    (code "extension-unsound") for two of one name and version.
    """

    def __init__(self, *items: Extension) -> None:
        self._items: dict[tuple[str, str], Extension] = {}
        for item in items:
            if self._items.setdefault((item.name, item.version), item) is not item:
                en = f"two extensions are called {item.name} {item.version}: give one of them another version"
                raise Misuse(Text.of(en, f"两个扩展同为 {item.name} {item.version}：请改其一的版本"), "extension-unsound")

    def __iter__(self) -> Iterator[Extension]:
        return iter(self._items.values())

    def find(self, name: str, version: str) -> Extension | None:
        return self._items.get((name, version))

    def lacking(self, document: Mapping[str, Any]) -> list[str]:
        """What a definition that was sound names and is not here, as `within_budget 1`."""
        named: Mapping[str, str] = document.get("extensions") or {}
        return [f"{name} {version}" for name, version in named.items() if (name, version) not in self._items]

    def require(self, document: Mapping[str, Any]) -> None:
        """Raises `Misuse` (code "extension-missing") where a campaign's rules name what is not here."""
        lacking = self.lacking(document)
        if lacking:
            raise Misuse(
                Text.of(
                    f"the rules of this campaign call on extensions of a host that are not here: {', '.join(lacking)}; pass them, as in"
                    f" Campaign.open(db, extensions=Extensions(...)); {self.hint.say('en')}",
                    f"本活动的方案使用宿主程序的扩展，此处没有：{'、'.join(lacking)}；请传入，"
                    f"如 Campaign.open(db, extensions=Extensions(...))；{self.hint.say('zh')}",
                ),
                "extension-missing",
            )

    @property
    def hint(self) -> Text:
        """All there is."""
        listed = [f"{item.name} {item.version}" for item in self]
        if not listed:
            return Text.of("none is registered here", "此处未登记任何扩展")
        return Text.of(f"registered: {', '.join(listed)}", f"已登记：{'、'.join(listed)}")


NONE: Final = Extensions()  # what an untrusted definition may call on


def functions(extensions: Mapping[str, Extension]) -> dict[str, HostFunction]:
    """Those that checks may call."""
    return {name: item for name, item in extensions.items() if isinstance(item, HostFunction)}


def broke(name: str, problem: Exception) -> HostFault:
    """What is said of an exception of the host's: on one line, and the same in every process."""
    said = " ".join(_ADDRESS.sub("", str(problem)).split())
    return HostFault(f"{name}: {type(problem).__name__}: {said}"[:_LONGEST])


def unusable(fault: HostFault) -> WorkflowError:
    """The same where no check is being answered, and the command cannot go on."""
    return WorkflowError(Text.of(f"an extension of the host's broke: {fault}", f"宿主程序的扩展出错：{fault}"), "extension-broke")


def handed(value: Any, kind: str) -> Any:
    """A field's value, by its type, as a host's code is handed it."""
    return date.fromisoformat(value) if kind == "date" else frozenset(value) if isinstance(value, list) else value


# -- types -----------------------------------------------------------------------------------------------------------------


def _type(name: str, said: str) -> Type:
    found = _FORM.fullmatch(said)
    if found is None:
        known = ("number", "number (h)", "text", "date", "boolean", "list of number (h)", "set of text")
        en = f"{name}: {said!r} is no type; one such as {', '.join(known)} was expected"
        zh = f"{name}：{said!r} 不是类型；应形如 {'、'.join(known)}"
        raise Misuse(Text.of(en, zh), "extension-unsound")
    one = {"text": TEXT, "date": DATE, "boolean": BOOLEAN}.get(found["one"] or "", Type("number", unit=found["unit"]))
    return list_of(one) if found["many"] == "list" else set_of(one) if found["many"] == "set" else one


def _handed(kind: Type, value: Any) -> Any:
    """A copy for the host: what it does to it changes nothing here."""
    if kind.item is not None:
        each = (_handed(kind.item, item) for item in value)
        return list(each) if kind.kind == "list" else frozenset(each)
    return date.fromisoformat(value) if kind.kind == "date" else value


def _kept(kind: Type, found: Any) -> Any:
    """A result as expressions have it. Raises `TypeError` for one of another type."""
    match kind.kind, found:
        case "boolean", bool():
            return found
        case "number", int() | float() if not isinstance(found, bool):
            return finite(found)
        case "text", str():
            return found
        case "date", date() if not isinstance(found, datetime):
            return found.isoformat()
        case "list", list() | tuple() if kind.item is not None:
            return [_kept(kind.item, item) for item in found]
        case "set", set() | frozenset() if kind.item is not None:
            return frozenset(_kept(kind.item, item) for item in found)
    raise TypeError(f"{kind} was expected, found {found!r}")


def _check(name: str, version: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(version, str) or not version:
        en = f"{name!r}, version {version!r}: a name of lower-case words joined by _ was expected, and a version in quotes"
        raise Misuse(Text.of(en, f"{name!r}，版本 {version!r}：名称应为以 _ 相连的小写英文，版本应为文本"), "extension-unsound")


def _check_sentence(name: str, sentence: str, takes: Mapping[str, str]) -> None:
    try:
        parts = [(part, form or how) for _, part, form, how in Formatter().parse(sentence) if part is not None]
    except ValueError:
        parts = [(sentence, "")]
    for part, how in parts:
        if part not in takes or how:
            en = f"{name}: {{{part}}} in its explanation is no parameter; known: {', '.join(takes)}"
            raise Misuse(Text.of(en, f"{name}：说明中的 {{{part}}} 不是参数；已有：{'、'.join(takes)}"), "extension-unsound")

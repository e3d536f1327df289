"""A definition while it is being read: sound plain data, and the means to report what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from string import Formatter
from typing import Any

from attrs import define

from workflow.definition.loading.faults import Path
from workflow.definition.loading.overlay import origin
from workflow.definition.loading.schema import Shape
from workflow.definition.loading.source import Source
from workflow.errors import did_you_mean
from workflow.texts import Text, humanise


@define
class Draft:
    """The data of a definition, all of the right shape though pieces may be missing; whatever misses was reported before."""

    source: Source
    shape: Shape
    languages: tuple[str, ...]
    parameters: frozenset[str]

    @classmethod
    def of(cls, source: Source, shape: Shape) -> Draft:
        languages = tuple(name for name in shape.data.get("languages", ["en"]) if name) or ("en",)
        return cls(source, shape, languages, frozenset(_keys(source.data.get("parameters"))))

    def get(self, path: Path) -> Any:
        """The value at a path, None where there is none."""
        value: Any = self.shape.data
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def entries(self, path: Path) -> Iterator[tuple[Path, str, Any]]:
        """Path, key and value of each entry of the mapping at a path."""
        found = self.get(path)
        if isinstance(found, dict):
            for key, value in found.items():
                yield (*path, key), key, value

    def listed(self, path: Path) -> Iterator[tuple[Path, str]]:
        """Path and value of each item of a list, or of the one that stands alone."""
        found = self.get(path)
        if isinstance(found, list):
            for index, item in enumerate(found):
                if item is not None:
                    yield (*path, index), item
        elif found is not None:
            yield path, found

    def names(self, path: Path) -> tuple[str, ...]:
        """One name or a list of them, each once."""
        return tuple(dict.fromkeys(name for _, name in self.listed(path)))

    def declared(self, path: Path) -> list[str] | None:
        """What the author declared at a path, sound or not; None if that cannot be known."""
        if any(path[:length] in self.shape.gone for length in range(1, len(path) + 1)):
            return None
        value: Any = self.source.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return _keys(value)

    def origin(self, path: Path) -> str:
        """The level the item at a path comes from; empty where the definition stands alone."""
        return origin(self.shape.data, path)

    def fault(self, path: Path, en: str, zh: str, code: str, *, key: bool = False, offset: int | None = None) -> None:
        self.source.fault(path, Text.of(en, zh), code, key=key, offset=offset)

    def text(self, path: Path, instead: str | None = None) -> Text:
        """The text at a path; where there is none, the id `instead` with blanks, which one language can do with."""
        found = self.get(path)
        if found is None:
            if instead is not None and len(self.languages) > 1 and path not in self.shape.gone:
                self.fault(
                    path[:-1],
                    f"{instead} has no title, one {_in(self.languages)} was expected",
                    f"{instead} 没有标题，应有 {_and(self.languages)} 标题",
                    "language",
                    key=True,
                )
            return humanise(instead or "")
        return self.said(path, found)

    def said(self, path: Path, found: str | dict[str, str]) -> Text:
        """A text as it stands at a path, in all languages and with no unknown placeholder."""
        if isinstance(found, str):
            self._placeholders(path, found)
            if len(self.languages) > 1:
                self.fault(
                    path,
                    f"one text only, one {_in(self.languages)} was expected",
                    f"只有一种文本，应有 {_and(self.languages)} 文本",
                    "language",
                )
            return Text({self.languages[0]: found})
        for language, text in found.items():
            self._placeholders((*path, language), text)
        missing = [name for name in self.languages if name not in found and (*path, name) not in self.shape.gone]
        if missing and not self.touched(("languages",)):
            self.fault(path, f"the text {_in(missing)} is missing", f"缺少 {_and(missing)} 文本", "language")
        return Text(found)

    @property
    def has_members(self) -> bool:
        """Are members declared, or at least meant to be?"""
        return "members" in self.source.data or self.touched(("members",))

    def touched(self, path: Path) -> bool:
        """Is anything gone at a path, above or below it, so that nothing should be concluded from what is left?"""
        return any(gone[: len(path)] == path[: len(gone)] for gone in self.shape.gone)

    def _placeholders(self, path: Path, text: str) -> None:
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            self.fault(path, "a brace without its partner, {parameter} was expected", "花括号不成对，应为“{参数}”", "placeholder")
            return
        for _, name, form, conversion in parts:
            if name is not None and (name not in self.parameters or form or conversion) and not self.touched(("parameters",)):
                hint = did_you_mean(name, sorted(self.parameters))
                en = f"{{{name}}} is no parameter, {{PARAMETER}} was expected; {hint.say('en')}"
                zh = f"{{{name}}} 不是参数，应为 {{参数}}；{hint.say('zh')}"
                self.fault(path, en, zh, "placeholder", offset=text.find("{" + name))

    def date(self, path: Path) -> date | None:
        """The date at a path; a month or day that does not exist is a fault."""
        found = self.get(path)
        if not isinstance(found, str):
            return None
        try:
            return date.fromisoformat(found)
        except ValueError:
            self.fault(
                path,
                f"{found} does not exist in the calendar, a date such as 2005-01-31 was expected",
                f"历法中没有 {found}，应为日期，如 2005-01-31",
                "date",
            )
            return None


def _keys(value: object) -> list[str]:
    """The ids a mapping or a list of ids declares."""
    if isinstance(value, Mapping):
        return list(value)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _in(languages: Sequence[str]) -> str:
    return "in " + " and ".join(languages)


def _and(languages: Sequence[str]) -> str:
    return "、".join(languages)

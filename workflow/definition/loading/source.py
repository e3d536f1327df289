"""A definition as plain data, with the place in the file of every value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen
from ruamel.yaml.nodes import ScalarNode

from workflow.definition.loading.faults import Faults, Path, Place, place_at
from workflow.texts import Text

MAX_DEPTH = 40
MAX_NODES = 100_000  # an alias counts with all it stands for
LARGEST = 2**63 - 1

TOO_DEEP = Text.of(f"nested more than {MAX_DEPTH} levels deep", f"嵌套超过 {MAX_DEPTH} 层")
TOO_MUCH = Text.of(f"more than {MAX_NODES:,} values with all aliases written out", f"展开全部别名后超过 {MAX_NODES:,} 个值")


@frozen
class Spot:
    """Where a value stands in its file, and its key if it has one; the node of a scalar, and the text it was read from."""

    value: Place
    key: Place | None
    scalar: ScalarNode | None
    text: str = field(default="", repr=False)


@define
class Source:
    """Plain data (`dict`, `list`, `str`, `int`, `float`, `bool`, None) and the spot of each path; data that is no file has no spots."""

    data: dict[str, Any]
    faults: Faults
    text: str = ""
    spots: dict[Path, Spot] = field(factory=dict)

    def fault(self, path: Path, text: Text, code: str, *, key: bool = False, offset: int | None = None) -> None:
        """Report a fault at the value of `path`, at its key, or `offset` characters into it."""
        self.faults.add(self.place(path, key=key, offset=offset), path, text, code)

    def place(self, path: Path, *, key: bool = False, offset: int | None = None) -> Place | None:
        """Where the value of `path`, its key or a character of it stands; the nearest there is above it for a path that is not there."""
        if not self.spots:
            return None
        while path not in self.spots:
            path = path[:-1]
        spot = self.spots[path]
        if offset is not None and spot.scalar is not None:
            return _inside(spot, spot.scalar, offset)
        return spot.key if key and spot.key else spot.value


def read_document(document: Mapping[str, Any], faults: Faults) -> Source:
    """A plain copy of data that is no file. Raises `DefinitionFault` where it is not plain."""
    source = Source({}, faults)
    source.data = _Copy(source).value(document, ())
    faults.raise_any()
    return source


@define
class Bounded:
    """Counts what a document holds, so that a few nested aliases cannot fill the memory."""

    source: Source
    count: int = 0

    def enter(self, path: Path) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            self.source.fault(path, TOO_MUCH, "size")
            self.source.faults.raise_any()
        if len(path) > MAX_DEPTH:
            self.source.fault(path, TOO_DEEP, "depth")
            self.source.faults.raise_any()


class _Copy(Bounded):
    """A copy of data that is no file; lists for tuples."""

    def value(self, value: object, path: Path) -> Any:
        self.enter(path)
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) for key in value):
                self.source.fault(path, Text.of("a key must be a text", "键必须是文本"), "key")
                self.source.faults.raise_any()
            return {key: self.value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item, (*path, index)) for index, item in enumerate(value)]
        if value is None or isinstance(value, (str, bool)) or (isinstance(value, (int, float)) and abs(value) <= LARGEST):
            return value
        shown = type(value).__name__
        said = Text.of(f"{shown} is no plain data, a text or number was expected", f"{shown} 不是普通数据，应为文本或数字")
        self.source.fault(path, said, "type")
        return None


# What stands for one visible character of the value, by style of the scalar; only group 1 counts.
_PLAIN = re.compile(r"(\S)")
_CHARACTERS = {
    "'": re.compile(r"(''|\S)"),
    '"': re.compile(r"\\[ntr\s]|(\\(?:x..|u....|U........|[^ntr\s])|[^\s\\])"),
}


def _inside(spot: Spot, scalar: ScalarNode, offset: int) -> Place:
    """The place of the character `offset` of a scalar's value, folding, quotes and escapes regarded."""
    text, file = spot.text, spot.value.file
    start, end = scalar.start_mark.index, scalar.end_mark.index
    if scalar.style in ("|", ">"):
        start = text.find("\n", start, end) + 1
    elif scalar.style:
        start, end = start + 1, end - 1
    before = len("".join(scalar.value[:offset].split()))
    visible = [found for found in _CHARACTERS.get(scalar.style, _PLAIN).finditer(text, start, end) if found[1]]
    if before < len(visible):
        return place_at(text, visible[before].start(), file)
    return place_at(text, visible[-1].end() if visible else start, file)

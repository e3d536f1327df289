"""A definition of a lower level laid over what a higher level prescribes: it adds and tightens, it never removes or loosens.

What may be added and tightened where is listed in `allowances`; this module holds both documents, with the place of every value,
while one is laid over the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any, Final

from attrs import define, field

from workflow.canonical import in_order
from workflow.definition.loading.faults import Path, Place, dotted
from workflow.definition.loading.source import Source, Spot
from workflow.texts import Text

OWN = ("definition", "version", "title", "level")  # what every layer says of itself
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEPT = ("layers", "origins", "tightened")  # what the effective document knows of its layers


class _Absent:
    """There is nothing at a path; None is what an author writes to remove something."""


ABSENT: Final = _Absent()


def layer(source: Source) -> dict[str, str]:
    """What is remembered of one layer."""
    data = source.data
    name = str(data.get("definition", ""))
    return {
        "definition": name,
        "version": str(data.get("version", "1")),
        "level": str(data.get("level", name)),
        "hash": sha256(in_order(data).encode()).hexdigest(),
    }


def layers(source: Source) -> list[dict[str, str]]:
    """All layers of a document, the highest first."""
    found: list[dict[str, str]] = source.data.get("layers") or [layer(source)]
    return found


def origin(document: Mapping[str, Any], path: Path) -> str:
    """The level an item comes from; empty where a definition stands alone."""
    if not document.get("layers"):
        return ""
    origins: Mapping[str, str] = document.get("origins") or {}
    above = (dotted(path[:length]) for length in range(len(path), 0, -1))
    highest: str = document["layers"][0]["level"]
    return next((origins[name] for name in above if name in origins), highest)


@define
class Overlay:
    """What is prescribed, growing into the effective document, and what the lower level writes."""

    base: Source
    own: Source
    level: str
    data: dict[str, Any]
    spots: dict[Path, Spot]
    origins: dict[str, str]
    tightened: dict[str, list[dict[str, Any]]] = field(factory=dict)

    @classmethod
    def of(cls, base: Source, own: Source) -> Overlay:
        data = deepcopy(base.data)
        kept = [data.pop(key, None) or {} for key in _KEPT]
        return cls(base, own, layer(own)["level"], data, dict(base.spots), kept[1], kept[2])

    def check_level(self) -> None:
        taken = [found["definition"] for found in layers(self.base) if found["level"] == self.level]
        if taken:
            en = f"{self.level} is the level of {taken[0]} already, another was expected"
            self.own.fault(("level",), Text.of(en, f"{self.level} 已是 {taken[0]} 的层级，应另取名"), "overlay")

    def effective(self) -> Source:
        """The two as one document."""
        for key in (*OWN, "extends"):
            self.drop((key,))
        said = {key: self.own.data[key] for key in OWN if key in self.own.data}
        for key in said:
            self._spot((key,), (key,))
        self.spots[()] = self.own.spots[()]
        known = {"layers": [*layers(self.base), layer(self.own)], "origins": self.origins, "tightened": self.tightened}
        data = {**said, **self.data, **{key: value for key, value in known.items() if value}}
        return Source(data, self.own.faults, self.own.text, self.spots)

    # -- what stands where -------------------------------------------------------------------------------------------

    def prescribed(self, path: Path) -> Any:
        return _at(self.data, path)

    def stated(self, path: Path) -> Any:
        return _at(self.own.data, path)

    def place(self, path: Path) -> Place:
        """Where something is prescribed, or the item that leaves it at its default."""
        while path not in self.spots:
            path = path[:-1]
        spot = self.spots[path]
        return spot.key or spot.value

    # -- what becomes of it ------------------------------------------------------------------------------------------

    def add(self, path: Path, value: Any, source: Path | None = None) -> None:
        """A value of this level, which stands at `source` in its file (default: at the same path)."""
        self.put(path, value, path if source is None else source)
        self.origins[dotted(path)] = self.level

    def tighten(self, path: Path, value: Any, was: Any) -> None:
        """A value in place of the prescribed one `was`; both are remembered."""
        self.tightened.setdefault(dotted(path), []).append({"level": self.level, "value": value, "was": was})
        self.put(path, value, path)

    def put(self, path: Path, value: Any, source: Path) -> None:
        self._forget(path)
        holder = _at(self.data, path[:-1])
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[path[-1]] = value
        self._spot(path, source)

    def drop(self, path: Path) -> None:
        holder = _at(self.data, path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        self._forget(path)

    def reshape(self, path: Path, value: Any, moved: Mapping[Path, Path]) -> None:
        """The same in another form; `moved` says where the spot of each new path is now."""
        spots = {new: self.spots[old] for new, old in moved.items()}
        self._forget(path)
        _at(self.data, path[:-1])[path[-1]] = value
        self.spots.update(spots)

    def _forget(self, path: Path) -> None:
        if path in self.spots:
            self.spots = {known: spot for known, spot in self.spots.items() if known[: len(path)] != path}

    def _spot(self, path: Path, source: Path) -> None:
        length = len(source)
        self.spots.update({(*path, *known[length:]): spot for known, spot in self.own.spots.items() if known[:length] == source})

    # -- what is refused ---------------------------------------------------------------------------------------------

    def refuse(self, path: Path, en: str, zh: str, *, key: bool = False) -> None:
        """Report that something may not be so; `{it}` stands for what is prescribed, where and by whom."""
        place, level = self.place(path), self._prescriber(path)
        value = self.prescribed(path)
        shown = "" if isinstance(value, (dict, _Absent)) else brief(value)
        values = {
            "en": f"prescribed{shown and f' as {shown}'} at {place} ({level})",
            "zh": f"{place}（{level}）已规定{shown and f'为 {shown}'}",
        }
        self.own.fault(path, Text.of(en.replace("{it}", values["en"]), zh.replace("{it}", values["zh"])), "overlay", key=key)

    def _prescriber(self, path: Path) -> str:
        """The level that said last what stands at a path."""
        changes = self.tightened.get(dotted(path))
        known = {"layers": layers(self.base), "origins": self.origins}
        return str(changes[-1]["level"]) if changes else origin(known, path)

    def refuse_removal(self, path: Path) -> None:
        self.refuse(path, "{it}, it cannot be removed here", "{it}，此处不得删除", key=True)

    def refuse_addition(self, path: Path) -> None:
        name = path[-1]
        self.refuse(path, f"what is {{it}} cannot be given {name} here", f"{{it}}，此处不得增加 {name}", key=True)

    def refuse_other(self, path: Path) -> None:
        stated = self.stated(path)
        shown = "" if isinstance(stated, dict) else brief(stated)
        en, zh = (f"{said}{shown}" if shown else "" for said in (" as ", "为 "))
        self.refuse(path, f"{{it}}, it cannot be restated here{en}", f"{{it}}，此处不得另行规定{zh}")


def is_day(value: Any) -> bool:
    """Is it a date, as one is written?"""
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def brief(value: Any) -> str:
    """A value as it is shown in a fault."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _at(data: Any, path: Path) -> Any:
    for part in path:
        listed = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if not listed and not (isinstance(data, dict) and part in data):
            return ABSENT
        data = data[part]
    return data

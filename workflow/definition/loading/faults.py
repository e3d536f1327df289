"""Everything wrong with one definition, each fault with its place."""

from __future__ import annotations

from attrs import define, field, frozen

from workflow.errors import DefinitionFault, Fault
from workflow.texts import Text

Path = tuple[str | int, ...]


@frozen(order=True)
class Place:
    """A character of a file; both counted from 1."""

    line: int
    column: int


START = Place(1, 1)


def place_at(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def dotted(path: Path) -> str:
    """`requirements.study_hours.basis[0]`"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


@define
class Faults:
    """Collects the faults of the file `name`; a document that is no file has no places."""

    name: str
    _found: list[tuple[Place, Fault]] = field(factory=list)

    def add(self, place: Place | None, path: Path, text: Text, code: str) -> None:
        where = f"{self.name}:{place.line}:{place.column}" if place else ""
        fault = Fault(where, dotted(path), text, code)
        if (place or START, fault) not in self._found:
            self._found.append((place or START, fault))

    def raise_any(self) -> None:
        """Raises `DefinitionFault` with all faults in the order of the file, if there are any."""
        if self._found:
            raise DefinitionFault([fault for _, fault in sorted(self._found, key=lambda found: found[0])])

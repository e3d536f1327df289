"""Everything wrong with one definition, each fault with its place."""

from __future__ import annotations

from attrs import define, evolve, field, frozen

from workflow.errors import DefinitionFault, Fault
from workflow.texts import Text

Path = tuple[str | int, ...]


@frozen(order=True)
class Place:
    """A character of a file; line and column counted from 1. The file is left out where there is but one."""

    line: int
    column: int
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


START = Place(1, 1)


def place_at(text: str, index: int, file: str = "") -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index), file)


def dotted(path: Path) -> str:
    """`requirements.study_hours.basis[0]`"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


@define
class Faults:
    """Collects the faults of the file `name` and of those it extends; a document that is no file has no places."""

    name: str
    _found: list[tuple[Place, Fault]] = field(factory=list)

    def of(self, name: str) -> Faults:
        """Those of another file, collected together with these."""
        return Faults(name, self._found)

    def add(self, place: Place | None, path: Path, text: Text, code: str) -> None:
        found = evolve(place, file=place.file or self.name) if place else START
        fault = Fault(str(found) if place else "", dotted(path), text, code)
        if (found, fault) not in self._found:
            self._found.append((found, fault))

    def raise_any(self) -> None:
        """Raises `DefinitionFault` with all faults, file by file in the order of each, if there are any."""
        if self._found:
            raise DefinitionFault([fault for _, fault in sorted(self._found, key=lambda found: (found[0].file, found[0]))])

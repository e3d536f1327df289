"""The branches of a batch, and what a table has of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TypeAlias, TypeVar, cast

from workflow.simulation.compiling import Compiled

T = TypeVar("T")
Picker: TypeAlias = Callable[[Sequence[T]], Sequence[T]]


def by_batch(compiled: Compiled) -> dict[str | None, list[int]]:
    """The places of its branches, by batch; all of them under None."""
    places: dict[str | None, list[int]] = {None: list(range(len(compiled.branches)))}
    for index, branch in enumerate(compiled.branches):
        places.setdefault(branch.batch, []).append(index)
    return places


def picker(places: Sequence[int]) -> Picker[T]:
    """What picks these places out of a table, quickly."""
    if len(places) == 1:
        (only,) = places
        return lambda values: (values[only],)
    return cast("Picker[T]", itemgetter(*places))

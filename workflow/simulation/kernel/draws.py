"""Which random number is whose: the visit of a unit to a node has numbers of its own, one for each purpose.

So a unit meets the same luck in two plans wherever it comes to the same node for the same time, whatever happened to it or to others
before: what differs between two plans compared is due to the plans.
"""

from __future__ import annotations

from array import array
from typing import Any

from workflow.simulation.kernel.jit import compiled_as
from workflow.simulation.kernel.threefry import column, one

STAY, WAY, DAYS, CAUSE, FOCUS = range(5)  # purposes: three bits
MOST_VISITS = 4095  # to one node: twelve bits; the node has the others of 32
MOST_NODES = 2**17
_USUAL = 2  # visits most units make


class Draws(dict[int, Any]):
    """The numbers of one replication in Python, made for all units at once as they are first asked for."""

    def __init__(self, seed: int, replication: int, units: int) -> None:
        super().__init__()
        self._of = (seed, replication)
        self._units = units

    def __missing__(self, number: int) -> array[float] | _OneByOne:
        seed, replication = self._of
        usual = (number >> 3 & MOST_VISITS) < _USUAL
        made = column(seed, replication, self._units, number) if usual else _OneByOne(seed, replication, number)
        self[number] = made
        return made


class _OneByOne:
    """A number few units will ask for."""

    def __init__(self, seed: int, replication: int, number: int) -> None:
        self._of = (seed, replication, number)

    def __getitem__(self, unit: int) -> float:
        seed, replication, number = self._of
        return one(seed, replication, unit, number)


def uniform(draws: Draws, unit: int, number: int) -> float:
    """The draw `number` of a unit on [0, 1)."""
    drawn: float = draws[number][unit]
    return drawn


@compiled_as(uniform)
def _uniform(draws: tuple[int, int], unit: int, number: int) -> float:
    return one(draws[0], draws[1], unit, number)

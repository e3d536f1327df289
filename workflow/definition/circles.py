"""Circles among names that refer to each other."""

from __future__ import annotations

from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter


def circles(graph: Mapping[str, Set[str]]) -> list[list[str]]:
    """Circles in `graph`, name -> names it refers to, that share no name: each as the names in order, the first repeated at the end."""
    left, found = {name: sorted(others) for name, others in graph.items()}, []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]
            first = min(range(len(circle)), key=lambda index: list(graph).index(circle[index]))
            found.append([*circle[first:], *circle[: first + 1]])
            left = {name: [other for other in others if other not in circle] for name, others in left.items() if name not in circle}
        else:
            return found

"""Who is being served, and who waits: the ledger knows when branches came and went, not when their turn was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import groupby, takewhile

from attrs import define, field, frozen

from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel.network import Server
from workflow.simulation.live.history import History, Stay

Key = tuple[str, int]  # a branch, and the position in the ledger at which its stay began


@frozen
class Turn:
    """When a stay was given its place, by which event of the ledger, and the how manyth place of its server that was."""

    time: float
    position: int
    number: int


@frozen(kw_only=True)
class Turns:
    """Of all stays with a server, the `placed`; those that ended though it had not been their turn have none.

    Of those that are not over, the `waiting`, with the number of their arrival.
    """

    placed: Mapping[Key, Turn]
    waiting: Mapping[Key, int]


@frozen(kw_only=True)
class _Visit:
    """`came_by` are the stays without time that came just before: what leads through them happens later in that instant."""

    key: Key
    stay: Stay
    size: float
    came_by: int


@frozen
class _Event:
    """A visit to a server begins, or is over; at one time the `round`s come one after the other, in each what the ledger has first."""

    time: float
    round: int
    position: int
    comes: bool
    visit: _Visit


def turns(compiled: Compiled, history: History) -> Turns:
    """The arrivals and departures in the ledger played through each server, with its places and its order."""
    placed: dict[Key, Turn] = {}
    waiting: dict[Key, int] = {}
    for server, visits in _visits(compiled, history).items():
        play = _Play(compiled.network.servers[server])
        play.through(visits)
        placed |= play.placed
        waiting |= {visit.key: number for _, number, visit in play.line if visit.stay.left is None}
    return Turns(placed=placed, waiting=waiting)


def _visits(compiled: Compiled, history: History) -> dict[int, list[_Visit]]:
    """By server: each group serves those that were its own. A group that has no branches left is left out."""
    node_of = {state: compiled.network.nodes[number] for number, state in enumerate(compiled.states)}
    number_of = {group: number for number, group in enumerate(compiled.groups)}
    known = {branch.id: branch for branch in compiled.branches}
    found: dict[int, list[_Visit]] = {}
    for ident, stays in history.stays.items():
        branch = known.get(ident)
        size = 0.0 if branch is None else float(branch.size)
        for number, stay in enumerate(stays):
            its = stay.group if branch is None or stay.left is not None else branch.group  # what goes on, goes on where the kernel has it
            node, group = node_of.get(stay.state), number_of.get(its)
            if node is None or node.server < 0 or (node.each_group and group is None):
                continue
            visit = _Visit(key=(ident, stay.position), stay=stay, size=size, came_by=_without_time(stays[:number], stay.began))
            found.setdefault(node.server + (group or 0 if node.each_group else 0), []).append(visit)
    return found


def _without_time(stays: Sequence[Stay], at: float) -> int:
    """How many of the last stays began and ended at this time."""
    return sum(1 for _ in takewhile(lambda stay: stay.began == at, reversed(stays)))


@define
class _Play:
    """One server, as the kernel has it: among those who wait its order decides; a place that comes free is given away when all is done
    that happens in that round."""

    server: Server
    free: int = field(init=False)
    line: list[tuple[float, int, _Visit]] = field(factory=list, init=False)  # a heap: rank, number of the arrival
    placed: dict[Key, Turn] = field(factory=dict, init=False)
    arrivals: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.free = self.server.places

    def through(self, visits: Sequence[_Visit]) -> None:
        ordered = sorted(_events(visits), key=lambda event: (event.time, event.round, event.position, event.comes))
        for (time, _), together in groupby(ordered, key=lambda event: (event.time, event.round)):
            position = 0
            for event in together:
                position = event.position
                if event.comes:
                    self._come(event.visit, time, position)
                else:
                    self._go(event.visit, time, position)
            self._give(time, position)

    def _come(self, visit: _Visit, time: float, position: int) -> None:
        self.arrivals += 1
        if self.free and not self.line:
            self._place(visit, time, position)
            return
        heappush(self.line, (self._rank(visit), self.arrivals, visit))
        if self.free:
            self._place(heappop(self.line)[2], time, position)

    def _go(self, visit: _Visit, time: float, position: int) -> None:
        if visit.key not in self.placed:
            self._give(time, position)
        if visit.key in self.placed:
            self.free += 1
        else:  # it was dealt with out of turn
            self.line = sorted(each for each in self.line if each[2].key != visit.key)

    def _give(self, time: float, position: int) -> None:
        while self.free and self.line:
            self._place(heappop(self.line)[2], time, position)

    def _place(self, visit: _Visit, time: float, position: int) -> None:
        self.free -= 1
        self.placed[visit.key] = Turn(time, position, len(self.placed))

    def _rank(self, visit: _Visit) -> float:
        match self.server.order:
            case "smallest":
                return visit.size
            case "largest":
                return -visit.size
            case "earliest_planned_end":
                return visit.stay.planned_end
            case _:
                return 0.0


def _events(visits: Sequence[_Visit]) -> Iterator[_Event]:
    for visit in visits:
        stay = visit.stay
        yield _Event(stay.began, visit.came_by, stay.position, True, visit)
        if stay.left is not None:
            at_once = visit.came_by + 1 if stay.left == stay.began else 0
            yield _Event(stay.left, at_once, stay.over or stay.position, False, visit)

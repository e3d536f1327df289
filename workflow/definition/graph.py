"""Ways through the machine: what can be reached, the shortest way on, and the proof of an invariant."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from workflow.definition.model import EACH_STAGE, FINISHED, NEXT_STAGE, CaseKind, Definition, Edge, Invariant, Stage

Way = tuple[Edge, ...]


def case_edges(kind: CaseKind) -> Way:
    """The machine of a case kind; its states are plain ids."""
    return tuple(
        Edge(source=source, target=move.to or source, move=move, requires=move.requires)
        for move in kind.moves.values()
        for source in move.sources
    )


def reachable(edges: Iterable[Edge], start: str) -> frozenset[str]:
    """Every state some way from `start` leads to, itself included."""
    return _spread({start}, [(edge.source, edge.target) for edge in edges])


def co_reachable(edges: Iterable[Edge], goals: Iterable[str]) -> frozenset[str]:
    """Every state from which some way leads to one of `goals`, these included."""
    return _spread(set(goals), [(edge.target, edge.source) for edge in edges])


def _spread(seeds: set[str], pairs: list[tuple[str, str]]) -> frozenset[str]:
    onward: dict[str, list[str]] = {}
    for here, there in pairs:
        onward.setdefault(here, []).append(there)
    found, todo = set(seeds), list(seeds)
    while todo:
        new = [state for state in onward.get(todo.pop(), ()) if state not in found]
        found.update(new)
        todo.extend(new)
    return frozenset(found)


def shortest_way(definition: Definition, start: str, goal: Callable[[str], bool]) -> Way | None:
    """The way with the fewest moves from `start` to a state where `goal` holds; of equally short ones the first in file order.

    Empty if `goal` holds at `start`, None if there is no way.
    """
    return _search(_by_source(definition.edges), (start,), goal)


def to_next_stage(definition: Definition, state: str) -> Way:
    """The shortest way from `state` to the next stage; from the last stage to "finished". Where that cannot be reached, to a
    final state. Empty at the end of the campaign, and where no way leads on."""
    found = definition.ways_on.get(state)
    if found is None:
        found = definition.ways_on[state] = _to_next_stage(definition, state)
    return found


def _to_next_stage(definition: Definition, state: str) -> Way:
    if state not in definition.states or definition.states[state].final:
        return ()
    stage = definition.stage_of(state)
    following = None if stage is None else definition.next_stage(stage)
    onward = {FINISHED} if following is None else frozenset(_stage_states(definition, following))
    way = shortest_way(definition, state, onward.__contains__)
    if way is None:
        way = shortest_way(definition, state, lambda there: definition.states[there].final)
    return way or ()


def to_next_cycle(definition: Definition, state: str) -> Way:
    """The shortest way from `state` round to the next time through its stage, the move that begins it included; it never leaves the
    stage. Empty where the stage does not repeat, and where no way leads round."""
    found = definition.ways_round.get(state)
    if found is None:
        found = definition.ways_round[state] = _to_next_cycle(definition, state)
    return found


def _to_next_cycle(definition: Definition, state: str) -> Way:
    stage = definition.stage_of(state)
    if stage is None or stage.cycle is None:
        return ()
    inside = [e for e in definition.edges if definition.stage_of(e.source) is stage and definition.stage_of(e.target) is stage]
    onward = _by_source(inside)
    ways = [(*way, edge) for edge in inside if edge.begins_attempt and (way := _search(onward, (state,), edge.source.__eq__)) is not None]
    return min(ways, key=len, default=())


def prove(definition: Definition, invariant: Invariant) -> Way | None:
    """None if every way from `start` to `goal` makes a move that satisfies the invariant, otherwise a shortest way that makes none.

    `each_stage` to `next_stage` is proven for every stage against all later stages, so that a move that leaps over the next stage
    does not escape; for the last stage against "finished". A state that lies in the goal already is no start.
    """
    return _first_way(definition, invariant, [edge for edge in definition.edges if not satisfies(definition, edge, invariant)])


def vacuous(definition: Definition, invariant: Invariant) -> bool:
    """True if no way at all leads from `start` to `goal`, so that the invariant says nothing."""
    return _first_way(definition, invariant, definition.edges) is None


def satisfies(definition: Definition, edge: Edge, invariant: Invariant) -> bool:
    """Is this the move the invariant asks for, by none but its roles, stopped by its requirement?"""
    return (
        invariant.move in (None, edge.move.id)
        and (not invariant.by or set(edge.move.by) <= set(invariant.by))
        and (invariant.requires is None or (invariant.requires in edge.requires and stops(definition, invariant.requires)))
    )


def stops(definition: Definition, requirement: str) -> bool:
    """Does the requirement, unmet, stop a move? One that only warns or observes lets everybody through."""
    return definition.requirements[requirement].level == "block"


def _first_way(definition: Definition, invariant: Invariant, edges: Iterable[Edge]) -> Way | None:
    onward = _by_source(edges)
    for starts, goals in _journeys(definition, invariant):
        way = _search(onward, tuple(state for state in starts if state not in goals), goals.__contains__)
        if way is not None:
            return way
    return None


def _journeys(definition: Definition, invariant: Invariant) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Pairs of start states and goal states."""
    if invariant.start != EACH_STAGE:
        origin = definition.stages.get(invariant.start) or definition.stage_of(invariant.start)
        starts = (invariant.start,) if origin is None or origin.id != invariant.start else _entries(definition, origin)
        yield starts, _goal(definition, invariant.goal, origin)
        return
    for stage in definition.stages.values():
        yield _entries(definition, stage), _goal(definition, invariant.goal, stage)


def _goal(definition: Definition, goal: str, origin: Stage | None) -> frozenset[str]:
    if goal != NEXT_STAGE:
        stage = definition.stages.get(goal)
        return frozenset({goal} if stage is None else _stage_states(definition, stage))
    if origin is None:
        return frozenset()
    later = [stage for stage in definition.stages.values() if stage.number > origin.number]
    return frozenset(state for stage in later for state in _stage_states(definition, stage)) or frozenset({FINISHED})


def _entries(definition: Definition, stage: Stage) -> tuple[str, ...]:
    """The states in which a branch comes into a stage: its first phase, and wherever a move of another stage leads."""
    inside = _stage_states(definition, stage)
    entered = {edge.target for edge in definition.edges if edge.source not in inside}
    return tuple(state for state in inside if state == inside[0] or state in entered)


def _stage_states(definition: Definition, stage: Stage) -> tuple[str, ...]:
    return tuple(f"{stage.id}.{phase}" for phase in definition.gates[stage.gate].phases)


def _by_source(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    onward: dict[str, list[Edge]] = {}
    for edge in edges:
        onward.setdefault(edge.source, []).append(edge)
    return onward


def _search(onward: Mapping[str, list[Edge]], starts: tuple[str, ...], goal: Callable[[str], bool]) -> Way | None:
    """Breadth first from all `starts` at once, moves in file order."""
    came_by: dict[str, Edge | None] = dict.fromkeys(starts)
    todo = deque(came_by)
    while todo:
        state = todo.popleft()
        if goal(state):
            return _trace(came_by, state)
        for edge in onward.get(state, ()):
            if edge.target not in came_by:
                came_by[edge.target] = edge
                todo.append(edge.target)
    return None


def _trace(came_by: Mapping[str, Edge | None], state: str) -> Way:
    way: list[Edge] = []
    while (edge := came_by[state]) is not None:
        way.append(edge)
        state = edge.source
    return tuple(reversed(way))

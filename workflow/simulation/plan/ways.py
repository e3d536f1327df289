"""Where the steps of a plan lead: every state a branch comes to is planned, and from each of them it finishes some day."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workflow.definition.graph import co_reachable, reachable
from workflow.definition.loading.draft import Draft
from workflow.definition.model import Definition, Edge
from workflow.simulation.plan.model import StepPlan
from workflow.simulation.plan.outcomes import ways_on
from workflow.simulation.plan.steps import STEPS, Steps, by_default, which_way


def complete(draft: Draft, definition: Definition, goals: frozenset[str], found: Steps) -> dict[str, StepPlan]:
    """State -> step, for every state but the goals that a branch comes to or an entry speaks of, in the order of the definition.

    Reports states about which something would have to be said, and states from which no branch ever finishes.
    """
    steps = {state: step for state, step in found.by_state.items() if state not in goals}
    missing: list[str] = []
    todo = [definition.initial, *steps]
    while todo:
        state = todo.pop()
        if state in goals or state in found.unsound or state in missing:
            continue
        if state not in steps:
            step = by_default(definition, state)
            if step is None:
                missing.append(state)
                continue
            steps[state] = step
            todo.append(state)
        todo.extend(edge.target for edge in _edges(definition, steps[state], max) if edge.target not in steps)
    ordered = [state for state in definition.states if state in steps]
    if found.all_known:
        _missing(draft, definition, [state for state in definition.states if state in missing])
        if not missing and not found.unsound:
            _endless(draft, definition, goals, {state: steps[state] for state in ordered}, found.keys)
    return {state: steps[state] for state in ordered}


def _edges(definition: Definition, step: StepPlan, share: Callable[[tuple[float, ...]], float]) -> Iterator[Edge]:
    """The ways a step leads on, of which `share` of the shares by attempt is more than none."""
    for outcome in step.outcomes:
        if share(outcome.shares) > 0:
            yield definition.edges_by_state[step.state][outcome.move]


def _missing(draft: Draft, definition: Definition, states: list[str]) -> None:
    for state in states:
        en, zh = which_way(state, list(ways_on(definition, state)))
        draft.fault(STEPS, f"nothing is said about {state}: {en}", f"没有关于 {state} 的内容：{zh}", "missing", key=True)


def _endless(draft: Draft, definition: Definition, goals: frozenset[str], steps: dict[str, StepPlan], keys: dict[str, str]) -> None:
    """Report a circle nobody gets out of. What counts are the last shares: they hold for ever."""
    edges = [edge for step in steps.values() for edge in _edges(definition, step, lambda shares: shares[-1])]
    ending = co_reachable(edges, goals)
    lost = next((state for state in steps if state not in ending), None)
    if lost is None:
        return
    onward = reachable(edges, lost)
    others = [state for state in definition.states if state in onward and state != lost]
    en = f"a branch in {lost} never finishes" + (f": it only comes to {', '.join(others)}" if others else "")
    zh = f"支部到 {lost} 后永远不能结束" + (f"：只能到 {'、'.join(others)}" if others else "")
    path = (*STEPS, keys[lost]) if lost in keys else STEPS
    draft.fault(path, en, zh, "endless", key=True)

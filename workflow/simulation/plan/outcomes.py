"""How a step of a plan ends: moves and their shares by attempt, and what is behind those that do not pass."""

from __future__ import annotations

from math import fsum

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import Definition, Edge
from workflow.errors import did_you_mean
from workflow.simulation.plan.model import OTHER, Outcome

NEAR = 1e-6  # how far shares may be from 1, to be taken for 1


def ways_on(definition: Definition, state: str) -> dict[str, Edge]:
    """move -> edge: what a branch can leave a state by, be it only to begin the stage anew. Closing a step leaves it where it is."""
    edges = definition.edges_by_state.get(state, {})
    return {move: edge for move, edge in edges.items() if edge.move.step is None and (edge.target != state or edge.begins_attempt)}


def only_way(definition: Definition, state: str) -> tuple[Outcome, ...]:
    """The one move that leads on from a state, for certain; empty where there are several, or none."""
    ways = ways_on(definition, state)
    return tuple(Outcome(move=move) for move in ways) if len(ways) == 1 else ()


def outcomes(draft: Draft, path: Path) -> tuple[Outcome, ...] | None:
    """What stands under `then`, shares scaled to 1 at each attempt; empty where nothing does, None where it is not sound."""
    found = draft.get(path)
    if draft.touched(path):
        return None
    if found is None:
        return ()
    if isinstance(found, str):
        return (Outcome(move=found),)
    shares = {move: [float(each) for each in (value if isinstance(value, list) else [value])] for move, value in found.items()}
    if any(share > 1 or share < 0 for listed in shares.values() for share in listed):  # which was reported
        return None
    attempts = max(map(len, shares.values()))
    for listed in shares.values():
        listed.extend(listed[-1:] * (attempts - len(listed)))
    sums = [fsum(listed[n] for listed in shares.values()) for n in range(attempts)]
    for number, total in enumerate(sums, 1):
        if abs(total - 1) > NEAR:
            en, zh = (f" of attempt {number}", f"第 {number} 次的") if attempts > 1 else ("", "")
            draft.fault(path, f"the shares{en} make {total:.7g}, 1 was expected", f"{zh}各项比例之和为 {total:.7g}，应为 1", "shares")
            return None
    return tuple(
        Outcome(move=move, shares=tuple(share / total for share, total in zip(listed, sums, strict=True)))
        for move, listed in shares.items()
    )


def check_moves(draft: Draft, path: Path, definition: Definition, state: str, ended: tuple[Outcome, ...]) -> bool:
    """Report every move that does not lead on from the state."""
    known = ways_on(definition, state)
    wrong = [outcome.move for outcome in ended if outcome.move not in known]
    for move in wrong:
        at = path if isinstance(draft.get(path), str) else (*path, move)
        if move in definition.edges_by_state.get(state, {}):
            en = f"{move} leaves a branch in {state}, a move that leads on was expected; {did_you_mean('', list(known)).say('en')}"
            zh = f"{move} 不离开 {state}，应为离开该状态的动作；{did_you_mean('', list(known)).say('zh')}"
        else:
            hint = did_you_mean(move, list(known))
            en, zh = f"there is no move {move} from {state}; {hint.say('en')}", f"{state} 没有动作 {move}；{hint.say('zh')}"
        draft.fault(at, en, zh, "move", key=True)
    return not wrong


def because(draft: Draft, path: Path) -> dict[str, float]:
    """Requirement -> share, scaled to 1; empty where nothing is said, or nothing sound."""
    if draft.get(path) is None or draft.touched(path):
        return {}
    shares = {name: float(share) for _, name, share in draft.entries(path)}
    total = fsum(shares.values())
    if abs(total - 1) > NEAR:
        draft.fault(path, f"the shares make {total:.7g}, 1 was expected", f"各项比例之和为 {total:.7g}，应为 1", "shares")
        return {}
    return {name: share / total for name, share in shares.items()}


def check_requirements(draft: Draft, path: Path, definition: Definition, state: str) -> bool:
    """Report every requirement under `because` that nobody is asked for in the state."""
    asked = [name for edge in definition.edges_by_state.get(state, {}).values() for name in edge.requires]
    wrong = [(at, name) for at, name, _ in draft.entries(path) if name != OTHER and name not in asked]
    for at, name in wrong:
        if name in definition.requirements:
            hint = did_you_mean("", [*dict.fromkeys(asked), OTHER])
            en, zh = f"{name} is asked by no move from {state}; {hint.say('en')}", f"{state} 的动作都不要求 {name}；{hint.say('zh')}"
        else:
            hint = did_you_mean(name, [*dict.fromkeys(asked), OTHER])
            en, zh = f"there is no requirement {name}; {hint.say('en')}", f"没有条件 {name}；{hint.say('zh')}"
        draft.fault(at, en, zh, "requirement", key=True)
    return not wrong

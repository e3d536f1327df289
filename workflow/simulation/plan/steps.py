"""The steps of a plan: each entry by itself, and held against the states of the definition it stands for."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, evolve, field

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import Definition
from workflow.errors import did_you_mean
from workflow.simulation.plan.distributions import distribution
from workflow.simulation.plan.model import NO_TIME, StepPlan
from workflow.simulation.plan.outcomes import because, check_moves, check_requirements, only_way, outcomes, ways_on

STEPS: Path = ("steps",)


@define
class Steps:
    """What the entries come to. `keys` says which entry holds for a state; `unsound` are states of which nothing should be concluded."""

    by_state: dict[str, StepPlan] = field(factory=dict)
    keys: dict[str, str] = field(factory=dict)
    unsound: set[str] = field(factory=set)
    all_known: bool = True  # is no entry one of which we do not know what it stands for?


def read_steps(draft: Draft, definition: Definition) -> Steps:
    """Every entry under `steps`, for each state it holds for; the entry of a state holds before that of its phase."""
    found = Steps(all_known=not any(gone[:1] == STEPS and len(gone) <= 2 for gone in draft.shape.gone))
    _assign(draft, definition, found)
    for key in dict.fromkeys(found.keys.values()):
        states = [state for state, its in found.keys.items() if its == key]
        step = _entry(draft, (*STEPS, key), key)
        if step is not None and _fits(draft, (*STEPS, key), definition, states, step):
            found.by_state.update((state, _settled(definition, state, step)) for state in states)
        else:
            found.unsound.update(states)
    return found


def _assign(draft: Draft, definition: Definition, found: Steps) -> None:
    by_phase: dict[str, list[str]] = {}
    for state in definition.states:
        by_phase.setdefault(state.partition(".")[2], []).append(state)
    for path, key, _ in draft.entries(STEPS):
        if key in definition.states:
            found.keys[key] = key
            continue
        for state in by_phase.get(key, ()):
            found.keys.setdefault(state, key)
        if key not in by_phase:
            found.all_known = unknown_state(draft, path, key, definition, phases=True, key=True)


def unknown_state(draft: Draft, path: Path, name: str, definition: Definition, *, phases: bool = False, key: bool = False) -> bool:
    """Report a state the definition does not have, or, where `phases` will do as well, one that is no phase either. False."""
    stage, dot, _ = name.partition(".")
    known = [state for state in definition.states if state.partition(".")[0] == stage] or list(definition.states)
    if phases and not dot:
        known = list(dict.fromkeys(state.partition(".")[2] for state in definition.states if "." in state))
    hint = did_you_mean(name, known)
    en, zh = ("phase", "关口状态") if phases and not dot else ("state", "状态")
    draft.fault(path, f"there is no {en} {name}; {hint.say('en')}", f"没有{zh} {name}；{hint.say('zh')}", "reference", key=key)
    return False


def _entry(draft: Draft, path: Path, key: str) -> StepPlan | None:
    """An entry by itself, not yet of any state; None where it is not sound."""
    about = draft.get(path) or {}
    ended = outcomes(draft, (*path, "then"))
    kept = [_together(draft, path, *rule) for rule in _RULES]
    sound = all(kept) and not draft.touched(path)
    served_by = about.get("served_by")
    if served_by is not None:
        sound &= check_capacity(draft, (*path, "served_by"), served_by)
    step = StepPlan(
        state=key,
        takes=distribution(draft, (*path, "takes")),
        unit=about.get("unit", "days"),
        until=about.get("until"),
        plus=distribution(draft, (*path, "plus"), below_zero=True),
        served_by=served_by,
        outcomes=ended or (),
        because=because(draft, (*path, "because")),
    )
    return step if sound and ended is not None else None


_RULES = (  # key, what it needs beside it or bears not, whether it needs it
    ("takes", "until", False),
    ("plus", "until", True),
    ("unit", "takes", True),
    ("served_by", "takes", True),
    ("because", "then", True),
)


def _together(draft: Draft, path: Path, key: str, other: str, needed: bool) -> bool:
    """Does a key stand with the one it needs, and without the one it bears not?"""
    about = draft.get(path) or {}
    if key not in about or (other in about) is needed or draft.touched((*path, other)):
        return True
    if needed:
        en, zh = f"{key} goes with {other}, which is missing", f"{key} 须与 {other} 同用，此处缺少 {other}"
    else:
        en, zh = f"{key} stands beside {other}, one of them was expected", f"{key} 与 {other} 并列，应只有其一"
    draft.fault((*path, key), en, zh, "together", key=True)
    return False


def check_capacity(draft: Draft, path: Path, name: str, *, key: bool = False) -> bool:
    """Report a capacity the plan does not have."""
    known = draft.declared(("capacities",))
    if known is None or name in known:
        return True
    hint = did_you_mean(name, known)
    draft.fault(path, f"there is no capacity {name}; {hint.say('en')}", f"没有承办力量 {name}；{hint.say('zh')}", "capacity", key=key)
    return False


def _fits(draft: Draft, path: Path, definition: Definition, states: list[str], step: StepPlan) -> bool:
    """Does an entry fit every state it stands for? What does not is reported for the first such state."""
    return all(all(list(_checks(draft, path, definition, state, step))) for state in states)


def _checks(draft: Draft, path: Path, definition: Definition, state: str, step: StepPlan) -> Iterator[bool]:
    if step.outcomes:
        yield check_moves(draft, (*path, "then"), definition, state, step.outcomes)
    else:
        yield _one_way(draft, path, definition, state)
    if step.because:
        yield check_requirements(draft, (*path, "because"), definition, state)
    if step.until is not None:
        yield _has_planned_end(draft, (*path, "until"), definition, state)


def _one_way(draft: Draft, path: Path, definition: Definition, state: str) -> bool:
    """Where nothing is said about the way on, there has to be one alone. In a state that ends the campaign there need be none."""
    ways = ways_on(definition, state)
    if len(ways) == 1 or definition.states[state].final:
        return True
    en, zh = which_way(state, list(ways))
    draft.fault(path, f"then is missing: {en}", f"缺少 then：{zh}", "missing", key=True)
    return False


def which_way(state: str, ways: list[str]) -> tuple[str, str]:
    """What is wanting where a state has several ways on, or none; in both languages."""
    if not ways:
        return f"no move leads on from {state}", f"{state} 没有可离开的动作"
    en = f"{' and '.join([', '.join(ways[:-1]), ways[-1]])} lead on from {state}, one of them or their shares were expected"
    return en, f"{'、'.join(ways)} 均可离开 {state}，应指明其一或各自的比例"


def _has_planned_end(draft: Draft, path: Path, definition: Definition, state: str) -> bool:
    stage = definition.stage_of(state)
    if stage is not None and (stage.lasts is not None or stage.months is not None):
        return True
    name = state if stage is None else stage.id
    en = f"{name} has no planned end, since the definition does not say how long it lasts; `takes` was expected"
    draft.fault(path, en, f"{name} 没有计划结束日（方案未规定时长），应改用 takes", "planned-end")
    return False


def _settled(definition: Definition, state: str, step: StepPlan) -> StepPlan:
    """The entry for one state, with the one way on where nothing is said about it."""
    return evolve(step, state=state, outcomes=step.outcomes or only_way(definition, state))


def by_default(definition: Definition, state: str) -> StepPlan | None:
    """A state the plan says nothing about is left at once, by the one move that leads on; None where there are several, or none."""
    outcome = only_way(definition, state)
    return StepPlan(state=state, takes=NO_TIME, outcomes=outcome) if outcome else None

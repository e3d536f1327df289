"""What a plan says beside its steps: batches, stages, capacities, policies, absence; and where a branch has finished."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import FINISHED, Definition
from workflow.errors import did_you_mean
from workflow.simulation.plan.distributions import distribution
from workflow.simulation.plan.model import BatchPlan, Capacity, Focus, Policy
from workflow.simulation.plan.steps import check_capacity, unknown_state


def goals(draft: Draft, definition: Definition) -> frozenset[str] | None:
    """Where a branch has finished: the final states and those the plan names. None where one of these is no state."""
    named = list(draft.listed(("finished",)))
    known = [_known_state(draft, path, name, definition) for path, name in named]
    for path, name in named:
        if name == definition.initial:
            en = f"{name} is where branches begin, a state they come to was expected"
            draft.fault(path, en, f"{name} 是支部的起点，应为支部后来到达的状态", "reference")
    if not all(known) or draft.touched(("finished",)):
        return None
    return frozenset([*(name for _, name in named), *(state for state, phase in definition.states.items() if phase.final), FINISHED])


def _known_state(draft: Draft, path: Path, name: str, definition: Definition) -> bool:
    return name in definition.states or unknown_state(draft, path, name, definition)


def batches(draft: Draft, starts: date | None) -> dict[str, BatchPlan]:
    found = {}
    for path, name, value in draft.entries(("batches",)):
        whole = isinstance(value, dict)
        at: Path = (*path, "from") if whole else path
        start = draft.date(at)
        by = draft.date((*path, "by")) if whole else None
        plus = distribution(draft, (*path, "plus"))
        if start is None:
            continue
        if starts is not None:
            _not_before(draft, at, start, starts, "the plan starts", "计划起始")
        if by is not None:
            _not_before(draft, (*path, "by"), by, start, "the batch begins", "该批起始")
        found[name] = BatchPlan(id=name, start=start, plus=plus, by=by)
    return found


def _not_before(draft: Draft, path: Path, day: date, first: date, what: str, zh_what: str) -> None:
    if day < first:
        en = f"{day} lies before {first}, when {what}; a day from then on was expected"
        draft.fault(path, en, f"{day} 早于{zh_what}日 {first}，应不早于该日", "date")


def extended(draft: Draft, definition: Definition) -> dict[str, float]:
    """Stage -> days by which its planned end lies later."""
    found = {}
    for path, name, value in draft.entries(("stages",)):
        if not _known(draft, path, name, definition.stages, "stage", "阶段"):
            continue
        stage = definition.stages[name]
        days = float(value.get("extend", 0))
        if days and stage.lasts is None and stage.months is None:
            en = f"{name} has no planned end, since the definition does not say how long it lasts"
            draft.fault((*path, "extend"), en, f"{name} 没有计划结束日（方案未规定时长）", "planned-end", key=True)
        found[name] = days
    return found


def capacities(draft: Draft) -> dict[str, Capacity]:
    return {
        name: Capacity(id=name, people=value["people"], each=value.get("each"))
        for path, name, value in draft.entries(("capacities",))
        if not draft.touched(path)
    }


def policy(draft: Draft) -> Policy:
    entries = draft.entries(("policies", "order"))
    order = {name: value for path, name, value in entries if check_capacity(draft, path, name, key=True)}
    path: Path = ("policies", "focus")
    if draft.get(path) is None or draft.touched(path):
        return Policy(order=order)
    return Policy(order=order, focus=Focus(share=float(draft.get((*path, "share"))), plus=distribution(draft, (*path, "plus"))))


def absence(draft: Draft, definition: Definition) -> dict[str, dict[str, float]]:
    """Kind of record -> status or flag -> chance."""
    kinds = [kind.id for kind in definition.records.values() if kind.of == "member"]
    words = [] if definition.members is None else [*definition.members.status, *definition.members.flags]
    found = {}
    for path, kind, _ in draft.entries(("absence",)):
        _known(draft, path, kind, kinds, "record of members", "党员记录")
        found[kind] = {
            word: float(chance)
            for at, word, chance in draft.entries(path)
            if _known(draft, at, word, words, "status or flag", "状态或标记")
        }
    return found


def _known(draft: Draft, path: Path, name: str, known: Collection[str], en: str, zh: str) -> bool:
    if name in known:
        return True
    hint = did_you_mean(name, list(known))
    code = en.partition(" ")[0]
    draft.fault(path, f"there is no {en} {name}; {hint.say('en')}", f"没有{zh} {name}；{hint.say('zh')}", code, key=True)
    return False

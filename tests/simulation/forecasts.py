"""A small plan, its branches, and what comes of them, for tests of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.simulation.small_plan import RULES
from workflow.simulation.answers import Collector
from workflow.simulation.compiling import Branch, Compiled, compile_plan
from workflow.simulation.kernel import kernel
from workflow.simulation.plan import changed, load_text

# Nothing by chance: learning takes its 45 days, its inspection a working day at an office of one; analysis ten days, then nobody waits.
FIXED = """\
plan: fixed
title: {en: Fixed, zh: 固定}
definition: small
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, by: 2005-03-31}, "2": {from: 2005-02-14, by: 2005-04-08}}
steps:
  learning.working: {until: planned_end, then: apply}
  learning.inspection: {served_by: office, takes: 1, unit: working_days, then: approve}
  analysis.working: {takes: 10, then: apply}
  analysis.inspection: {then: approve}
capacities: {office: {people: 1}}
"""
# The same by chance: who fails is inspected again.
BY_CHANCE = """\
plan: by-chance
title: {en: By chance, zh: 随机}
definition: small
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, plus: {uniform: [0, 9]}, by: 2005-06-30}}
steps:
  learning.working: {until: planned_end, plus: {triangular: [-5, 0, 15]}, then: apply}
  analysis.working: {takes: {exponential: 20}, then: apply}
  learning.inspection:
    served_by: office
    takes: 1
    unit: working_days
    then: {approve: [0.8, 0.9], require_make_up: [0.15, 0.07], redo: [0.05, 0.03]}
    because: {studied: 0.75, other: 0.25}
  analysis.inspection: {then: {approve: 0.9, require_make_up: 0.1}, because: {other: 1}}
  make_up: {takes: {uniform: [5, 15]}}
capacities: {office: {people: 2}}
"""


def branches(*counts: int) -> list[Branch]:
    """So many in each batch, in two groups by turns, each larger by a member than the one before."""
    found = []
    for batch, count in enumerate(counts, 1):
        for _ in range(count):
            n = len(found) + 1
            found.append(Branch(id=f"b{n:02}", title=f"Branch {n}", batch=str(batch), group=("east", "west")[n % 2], size=n))
    return found


def compiled(text: str, units: Sequence[Branch], changes: Mapping[str, str] | None = None) -> Compiled:
    plan = load_text(text, RULES, "plan.yaml")
    return compile_plan(changed(plan, changes, RULES) if changes else plan, RULES, units)


def collected(model: Compiled, *, seed: int = 1, replications: int = 1) -> Collector:
    """In this process, without numba."""
    collector, ready = Collector.of(model), kernel(model.network, compiled=False)
    for number in range(replications):
        collector.add(ready.run(seed, number))
    return collector

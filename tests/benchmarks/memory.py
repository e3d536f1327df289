"""Bytes a branch takes in memory, its id and state included, after it has made a move."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from statemachine import State, StateMachine
from transitions import Machine

from tests.benchmarks.measure import Bench, Side
from workflow.engine.machine import LeanMachine, Unit

BRANCHES = 100_000
FEW = 2_000  # `add_model` is quadratic, and every decorated model is as large as the next


def benches(where: Path) -> list[Bench]:
    del where  # nothing is written
    return [
        Bench(
            title=f"Memory of a branch ({BRANCHES:,} of ours, {FEW:,} of the others)",
            unit="B",
            ours=Side("slotted unit", lambda: size(ours, BRANCHES)),
            others=(
                Side("transitions, decorated model", lambda: size(decorated, FEW)),
                Side("python-statemachine, one each", lambda: size(one_each, FEW)),
            ),
            rounds=3,
            more_is_better=False,
            limit=300,
        )
    ]


def size(make: Callable[[int], object], count: int) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        kept = make(count)
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
        del kept
    finally:
        tracemalloc.stop()
    return taken / count


def ours(count: int) -> object:
    machine = LeanMachine(model=None, states=["s.working", "s.applied"], initial="s.working", auto_transitions=False, send_event=True)
    machine.add_transition("apply", "s.working", "s.applied", conditions=lambda _: True)
    units = [Unit(f"branch-{number:06}", "".join(("s", ".", "working"))) for number in range(count)]
    for unit in units:
        machine.events["apply"].trigger(unit)
    return units


class Model:
    def __init__(self, name: str) -> None:
        self.id = name


def decorated(count: int) -> object:
    models = [Model(f"branch-{number:06}") for number in range(count)]
    machine = Machine(model=models, states=["working", "applied"], initial="working", send_event=True)
    machine.add_transition("apply", "working", "applied", conditions=lambda _: True)
    for model in models:
        model.apply()  # type: ignore[attr-defined]
    return models, machine


class Process(StateMachine):
    working = State(initial=True)
    applied = State()
    apply = working.to(applied, cond="ready")
    redo = applied.to(working)

    def ready(self) -> bool:
        return True


def one_each(count: int) -> object:
    machines = [Process(Model(f"branch-{number:06}")) for number in range(count)]
    for machine in machines:
        machine.send("apply")
    return machines

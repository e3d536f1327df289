"""Triggers a second, in memory: lean events against those of `transitions`, the machine and everything on it the same."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from attrs import define
from transitions.core import EventData, Machine

from tests.benchmarks.measure import Bench, Side
from workflow.engine.machine import LeanMachine, Unit

TRIGGERS = 50_000
PHASES = ("working", "applied", "inspection")


@define
class Verdict:
    allowed: bool


@define
class Counter:
    """A callback that does next to nothing."""

    calls: int = 0

    def __call__(self, _event: EventData) -> None:
        self.calls += 1


def allowed(event: EventData) -> bool:
    return event.args[0].allowed  # type: ignore[no-any-return, index]


def benches(where: Path) -> list[Bench]:
    del where  # nothing is written
    return [
        Bench(
            title="One trigger with guard, before and after",
            unit="triggers/s",
            ours=Side("lean events", lambda: rate(LeanMachine, callbacks=True)),
            others=(Side("transitions", lambda: rate(Machine, callbacks=True), aim=2.5),),
        ),
        Bench(
            title="One trigger with guard only (as the engine uses it)",
            unit="triggers/s",
            ours=Side("lean events", lambda: rate(LeanMachine, callbacks=False)),
            others=(Side("transitions", lambda: rate(Machine, callbacks=False), aim=2.5),),
        ),
    ]


def rate(kind: type[Machine], *, callbacks: bool) -> float:
    before, after = Counter(), Counter()
    machine = kind(model=None, states=list(PHASES), initial=PHASES[0], auto_transitions=False, send_event=True)
    hooks = {"before": before, "after": after} if callbacks else {}
    for number, phase in enumerate(PHASES):
        machine.add_transition("advance", phase, PHASES[(number + 1) % len(PHASES)], conditions=allowed, **hooks)
    trigger, unit, verdict = machine.events["advance"].trigger, Unit("branch", PHASES[0]), Verdict(True)
    began = perf_counter()
    made = sum(trigger(unit, verdict) for _ in range(TRIGGERS))
    taken = perf_counter() - began
    if made != TRIGGERS or before.calls != (TRIGGERS if callbacks else 0):
        raise RuntimeError(f"{made} of {TRIGGERS} moves were made")
    return TRIGGERS / taken

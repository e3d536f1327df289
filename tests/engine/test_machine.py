"""The machines: the verdict is the only guard, and the lean events mean what those of `transitions` mean."""

from __future__ import annotations

import logging
import random
import tracemalloc
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen
from transitions.core import EventData, Machine, MachineError

from workflow.definition.model import Calendar, CaseKind, Definition, Gate, Move, Phase, Stage, Step
from workflow.engine.machine import BranchMachine, CaseMachine, LeanMachine, Unit
from workflow.errors import Misuse, NotFound
from workflow.texts import Text, humanise


@frozen
class Said:
    """A verdict, as far as a machine looks at it."""

    allowed: Any


YES, NO = Said(True), Said(False)


def move(name: str, sources: str, to: str | None) -> Move:
    return Move(id=name, title=humanise(name), sources=tuple(sources.split()), to=to, by=("office",))


def phases(*names: str) -> dict[str, Phase]:
    return {name: Phase(id=name, title=humanise(name)) for name in names}


def two_stages() -> Definition:
    """learning and analysis behind one gate: working -> applied -> the next stage, or back."""
    moves = [move("apply", "working", "applied"), move("approve", "applied", "next_stage"), move("redo", "applied", "working")]
    gate = Gate(
        id="transfer",
        title=Text.same("transfer"),
        phases=phases("working", "applied"),
        moves={m.id: m for m in moves},
        steps_in=("working",),
    )
    study = Step(id="study", title=humanise("study"), by=("secretary",))
    stages = {
        name: Stage(id=name, title=humanise(name), number=number, gate="transfer", steps={"study": study} if number == 1 else {})
        for number, name in enumerate(("learning", "analysis"), start=1)
    }
    absent = ("instruments", "parameters", "roles", "branch_fields", "records", "requirements", "cases", "deadlines", "invariants")
    empty: dict[str, Any] = {key: {} for key in absent}
    return Definition(
        id="two-stages",
        version="1",
        title=Text.same("two stages"),
        hash="",
        document={},
        languages=("en",),
        branch_label=humanise("branch"),
        member_label=humanise("member"),
        calendar=Calendar(),
        time_policy="quality-first",
        members=None,
        gates={"transfer": gate},
        stages=stages,
        **empty,
    )


def rectification() -> CaseKind:
    moves = [move("plan", "raised", "planned"), move("close", "raised planned", "closed"), move("note", "planned", None)]
    return CaseKind(
        id="rectification",
        title=humanise("rectification"),
        of="branch",
        by=("secretary",),
        fields={},
        states=phases("raised", "planned", "closed"),
        moves={m.id: m for m in moves},
    )


def test_a_branch_goes_through_all_stages_when_every_verdict_allows() -> None:
    machine = BranchMachine(two_stages())
    branch = Unit("labour-bureau", machine.initial)
    stood = [branch.state]
    for name in ("close_study", "apply", "redo", "apply", "approve", "apply", "approve"):
        assert machine.fire(branch, name, YES) is True
        stood.append(branch.state)
    assert stood == [
        "learning.working",
        "learning.working",
        "learning.applied",
        "learning.working",
        "learning.applied",
        "analysis.working",
        "analysis.applied",
        "finished",
    ]


def test_a_refusing_verdict_leaves_the_branch_where_it_is() -> None:
    machine = BranchMachine(two_stages())
    branch = Unit("labour-bureau", "learning.applied")
    assert machine.fire(branch, "approve", NO) is False
    assert branch.state == "learning.applied"


def test_only_a_real_true_opens_the_gate() -> None:
    machine = BranchMachine(two_stages())
    for other in (None, [1], "yes", object()):
        branch = Unit("labour-bureau", "learning.applied")
        assert machine.fire(branch, "approve", Said(other)) is False
        assert branch.state == "learning.applied"


def test_one_machine_serves_all_branches() -> None:
    machine = BranchMachine(two_stages())
    branches = [Unit(f"branch-{n}", machine.initial) for n in range(100)]
    for branch in branches[::2]:
        machine.fire(branch, "apply", YES)
    assert [b.state for b in branches] == ["learning.applied", "learning.working"] * 50


def test_a_move_that_does_not_start_here_is_misuse_and_says_what_does() -> None:
    machine = BranchMachine(two_stages())
    for _ in range(2):  # asking must not make the state a valid source
        with pytest.raises(Misuse) as caught:
            machine.fire(Unit("labour-bureau", "learning.working"), "approve", YES)
        assert caught.value.code == "misplaced-move"
        assert str(caught.value) == (
            "labour-bureau stands in learning.working, where approve cannot be made; moves from there: apply, close_study"
        )
        assert caught.value.say("zh") == "labour-bureau 处于 learning.working，不能进行 approve；此处可进行：apply、close_study"
    with pytest.raises(Misuse, match="moves from there: none"):
        machine.fire(Unit("labour-bureau", "finished"), "approve", YES)


def test_an_unknown_move_is_not_found_and_names_the_nearest() -> None:
    with pytest.raises(NotFound) as caught:
        BranchMachine(two_stages()).fire(Unit("labour-bureau", "learning.working"), "aply", YES)
    assert str(caught.value) == "there is no move aply; did you mean apply?"
    assert caught.value.say("zh") == "没有名为 aply 的动作；是否指 apply？"


def test_there_is_no_way_past_the_verdict() -> None:
    machine = BranchMachine(two_stages())
    with pytest.raises(NotFound):
        machine.fire(Unit("labour-bureau", "learning.working"), "to_finished", YES)


def test_what_follows_a_move_sees_the_new_state_and_undoes_the_move_by_raising() -> None:
    seen: list[tuple[str, str]] = []

    def follow(event: EventData) -> None:
        seen.append((event.model.state, event.event.name))  # type: ignore[attr-defined]
        if len(seen) == 2:
            raise RuntimeError("disk full")

    machine = BranchMachine(two_stages(), after=follow)
    branch = Unit("labour-bureau", machine.initial)
    machine.fire(branch, "apply", NO)
    machine.fire(branch, "apply", YES)
    with pytest.raises(RuntimeError, match="disk full"):
        machine.fire(branch, "approve", YES)
    assert seen == [("learning.applied", "apply"), ("analysis.working", "approve")]
    assert branch.state == "learning.applied"


def test_a_case_runs_through_its_own_states() -> None:
    machine = CaseMachine(rectification())
    case = Unit("r-1", machine.initial)
    assert [machine.fire(case, *step) for step in (("plan", NO), ("plan", YES), ("note", YES), ("close", YES))] == [False, True, True, True]
    assert case.state == "closed"


def test_a_branch_takes_less_than_300_bytes() -> None:
    count = 100_000
    tracemalloc.start()
    try:
        units = [Unit(f"branch-{n:06}", "".join(("learning", ".", "working"))) for n in range(count)]
        machine = BranchMachine(two_stages())
        for unit in units:
            machine.fire(unit, "apply", YES)
        taken = tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()
    assert 80 < taken < 300
    assert not hasattr(units[0], "__dict__")
    assert len({id(unit.state) for unit in units}) == 1


# --- lean events against those of `transitions`


@pytest.mark.parametrize("start", range(0, 2000, 250))
def test_2000_random_machines_behave_as_with_transitions(start: int, caplog: pytest.LogCaptureFixture) -> None:
    ended: set[str] = set()
    for seed in range(start, start + 250):
        story = Story(seed)
        plain, lean = (story.run(kind, caplog) for kind in (Machine, LeanMachine))
        assert lean == plain, f"machine of seed {seed}"
        ended |= {outcome[0] for outcome in plain.outcomes}
    assert ended >= {"True", "False", "MachineError", "ValueError", "KeyboardInterrupt", "AttributeError"}


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_whoever_listens_to_the_log_reads_what_transitions_writes(level: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(level, "transitions.core")
    lines = 0
    for seed in range(100):
        story = Story(seed)
        plain, lean = (story.run(kind, caplog) for kind in (Machine, LeanMachine))
        assert lean == plain, f"machine of seed {seed}"
        lines += len(plain.log)
    assert lines > 1000


@pytest.mark.parametrize("kind", [Machine, LeanMachine])
def test_prepare_event_may_choose_the_source(kind: type[Machine]) -> None:
    def start_at_b(event: EventData) -> None:
        event.state = event.machine.states["b"]

    machine = kind(model=None, states=["a", "b", "c"], initial="a", auto_transitions=False, send_event=True, prepare_event=start_at_b)
    machine.add_transition("go", "a", "a")
    machine.add_transition("go", "b", "c")
    model = SimpleNamespace(state="a")
    assert machine.events["go"].trigger(model) is True
    assert model.state == "c"


def test_looking_up_a_state_does_not_make_it_a_source() -> None:
    machine = LeanMachine(model=None, states=["a", "b"], initial="a", auto_transitions=False, send_event=True)
    machine.add_transition("go", "a", "b")
    assert machine.events["go"].transitions["b"] == []
    assert list(machine.events["go"].transitions) == ["a"]
    with pytest.raises(MachineError, match="Can't trigger event go from state b!"):
        machine.events["go"].trigger(SimpleNamespace(state="b"))


@frozen
class Told:
    """All that can be seen of a run: how each trigger ended and where it left the model, each call with its arguments, the log."""

    outcomes: list[tuple[str, ...]]
    calls: list[tuple[Any, ...]]
    log: list[tuple[int, str]]


class Truthy:
    """True in an `if`, but not equal to True."""

    def __bool__(self) -> bool:
        return True


STATES = "abcd"
EVENTS = ("go", "leap", "turn")
RESULTS: tuple[Any, ...] = (True, True, True, True, True, False, False, 1, 0, None, [], "yes", Truthy())


class Story:
    """A random machine and what is done with it, the same at every run of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def run(self, kind: type[Machine], caplog: pytest.LogCaptureFixture) -> Told:
        self.random = random.Random(self.seed)
        self.told = Told([], [], [])
        self.wild = self.random.random() < 0.5  # half of the machines have callbacks that raise
        self.label, self.inner = 0, 20
        self.kept: list[EventData] = []
        caplog.clear()
        self.machine = self.build(kind)
        model = Model(self.told)
        for _ in range(self.random.randint(4, 12)):
            model.state = self.random.choice(STATES + "?") if self.random.random() < 0.2 else model.state
            self.told.outcomes.append(self.trigger(model))
            self.told.calls.extend(("kept", seen(data)) for data in self.kept)
        self.told.log.extend((record.levelno, str(record.msg)) for record in caplog.records if record.name == "transitions.core")
        return self.told

    def trigger(self, model: Model) -> tuple[str, ...]:
        name, argument = self.random.choice(list(self.machine.events)), self.random.randint(0, 9)
        try:
            result = repr(self.machine.events[name].trigger(model, argument, word=argument))
            return (result, model.state)
        except BaseException as error:
            return (type(error).__name__, model.state, str(error), repr(error.__context__))

    def build(self, kind: type[Machine]) -> Machine:
        chance = self.random.random
        unusual: dict[str, Any] = {
            "queued": chance() < 0.1,
            "send_event": chance() > 0.1,
            "ignore_invalid_triggers": self.random.choice([None, None, True]),
        }
        late: dict[str, Any] = {name: self.callbacks(0.3) if chance() < 0.3 else [] for name in ("finalize_event", "on_exception")}
        early: dict[str, Any] = {
            name: self.callbacks(0.2) for name in ("prepare_event", "before_state_change", "after_state_change", "on_final")
        }
        states = [
            {
                "name": name,
                "on_enter": self.callbacks(0.2),
                "on_exit": self.callbacks(0.2),
                "final": chance() < 0.3,
                "ignore_invalid_triggers": self.random.choice([None, None, True, False]),
            }
            for name in STATES
        ]
        machine = kind(model=None, states=states, initial="a", auto_transitions=False, name=f"m{self.seed}", **unusual, **early, **late)
        for _ in range(self.random.randint(3, 9)):
            machine.add_transition(
                self.random.choice(EVENTS),
                self.random.choice([*STATES, "*", ["a", "b"]]),
                self.random.choice([*STATES, *STATES, None, "=", "nowhere"]),
                conditions=self.callbacks(0.5, self.check),
                unless=self.callbacks(0.2, self.check),
                **{name: self.callbacks(0.3) for name in ("prepare", "before", "after")},
            )
        return machine

    def callbacks(self, chance: float, make: Callable[[], Any] | None = None) -> list[Any]:
        found = []
        while self.random.random() < chance:
            by_name = self.random.random() < 0.1
            found.append(self.random.choice(["method", "value", "builtins.dict", "missing"]) if by_name else (make or self.recorder)())
        return found

    def check(self) -> Callable[..., Any]:
        return self.recorder([self.random.choice(RESULTS) for _ in range(3)])

    def recorder(self, results: list[Any] | None = None) -> Callable[..., Any]:
        """A callback that writes down how it was called; now and then it raises, triggers something itself, or adds another."""
        self.label += 1
        label, calls = self.label, 0
        mood = self.random.random() if self.wild else 1.0

        def callback(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            self.told.calls.append((label, *(seen(arg) for arg in args), kwargs))
            self.kept = [arg for arg in args if isinstance(arg, EventData)]
            if mood < 0.08:
                raise ValueError(f"callback {label}")
            if mood < 0.1:
                raise KeyboardInterrupt(f"callback {label}")
            if mood < 0.2 and self.inner > 0 and args and isinstance(args[0], EventData):
                self.inner -= 1
                self.told.outcomes.append(("inner", *self.trigger(args[0].model)))  # type: ignore[arg-type]
            return results[calls % len(results)] if results else Truthy()

        return callback


class Model:
    """A model with a method and a value that callbacks may name."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.state = "a"
        self.value = True

    def method(self, *args: Any, **kwargs: Any) -> bool:
        self.told.calls.append(("method", *(seen(arg) for arg in args), kwargs))
        return True


def seen(argument: Any) -> Any:
    """What a callback can see in its argument."""
    if not isinstance(argument, EventData):
        return argument
    transition = argument.transition and (argument.transition.source, argument.transition.dest)
    model, state = argument.model.state, argument.state.name  # type: ignore[attr-defined]
    return (argument.event.name, state, model, transition, argument.args, argument.kwargs, repr(argument.error), argument.result)

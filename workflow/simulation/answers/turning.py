"""Every figure of a plan that may move an end, a little lower and a little higher, as `--set` takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from attrs import field, frozen

from workflow.definition.model import Definition, Stage
from workflow.simulation.compiling import lasting
from workflow.simulation.plan import BatchPlan, Capacity, Distribution, Plan, StepPlan
from workflow.simulation.plan.names import Unclear, Way, meant

What = Literal["people", "time", "stage", "share", "start", "offset", "spread", "extension", "focus_time", "focus_share"]

PART = 0.2  # of people and of lengths of time
POINTS = 0.1  # of the share that passes
DAYS = 7  # of the beginning of a batch
_DIGITS = 6
_NAMED = {"lognormal": ("median", "p90"), "weibull": ("shape", "scale")}


@frozen
class Setting:
    """A figure set otherwise: `changes` by name as `--set` takes them. `amount` is how much less or more it is: people, days of a
    beginning; of a length of time, or of a share, as a share."""

    amount: float
    changes: Mapping[str, str]


@frozen(kw_only=True)
class Knob:
    """A figure of the plan: the people of a capacity (`subject` is its id), the length of a stage; of a step (a state, or a phase for all
    stages alike) its time, its `offset` from the planned end or the share of its pass; the beginning of a batch, or how its branches
    `spread` after it; what an extension adds; the time focus units take longer, or their share. `names` as `--set` takes them; `now` as
    written; a setting is None where there is none in that direction."""

    what: What
    subject: str
    names: tuple[str, ...]
    now: str
    low: Setting | None
    high: Setting | None


def knobs(plan: Plan, definition: Definition) -> Iterator[Knob]:
    """Those of capacities, then of stages, of steps, of batches, and of all of them."""
    found = _Knobs(plan, definition)
    yield from map(found.people, plan.capacities.values())
    yield from map(found.stage, found.stages())
    for entry, states in found.entries().items():
        yield from found.step(entry, states)
    for batch in plan.batches.values():
        yield from found.batch(batch)
    yield from found.extension()
    yield from found.focus()


@frozen
class _Knobs:
    plan: Plan
    definition: Definition
    document: Mapping[str, Any] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "document", self.plan.document)

    def people(self, capacity: Capacity) -> Knob:
        now, name = capacity.people, self._name("capacities", capacity.id, "people")
        step = max(1, round(PART * now))
        low = Setting(-step, {name: str(now - step)}) if now > step else None
        return self._knob("people", capacity.id, [name], str(now), low, Setting(step, {name: str(now + step)}))

    def stages(self) -> list[Stage]:
        """Those whose length holds branches back: a step lasts until their planned end."""
        held = {self._stage_of(step) for step in self.plan.steps.values() if step.until is not None}
        return [stage for stage in self.definition.stages.values() if stage.id in held]

    def _stage_of(self, step: StepPlan) -> str | None:
        stage = self.definition.stage_of(step.state)
        return None if stage is None else stage.id

    def stage(self, stage: Stage) -> Knob:
        """Its planned end, a share of its length earlier and later."""
        now, name = self.plan.extended.get(stage.id, 0.0), self._name("stages", stage.id, "extend")
        length = lasting(stage) + now
        low, high = (Setting(sign * PART, {name: _written(round(now + sign * PART * length, 1))}) for sign in (-1, 1))
        return self._knob("stage", stage.id, [name], _written(now), low, high)

    def entries(self) -> dict[str, list[str]]:
        """The states each entry of `steps` stands for; a phase for those that have no entry of their own."""
        found: dict[str, list[str]] = {key: [] for key in self.document["steps"]}
        for state in self.plan.steps:
            key = state if state in found else state.partition(".")[2]
            if key in found:
                found[key].append(state)
        return {key: states for key, states in found.items() if states}

    def step(self, entry: str, states: Sequence[str]) -> Iterator[Knob]:
        step = self.plan.steps[states[0]]
        if step.until is None:
            yield from self._time("time", entry, self._names(entry, states, "takes"), step.takes)
        else:
            yield from self._time("offset", entry, self._names(entry, states, "plus"), step.plus)
        if len(step.outcomes) > 1:
            passing = step.outcomes[0]
            names = self._names(entry, states, "then", passing.move)
            fewer, more = (self._share(names, step, sign) for sign in (-1, 1))
            yield self._knob("share", entry, names, _listed(passing.shares), fewer, more)

    def _share(self, names: Sequence[str], step: StepPlan, sign: int) -> Setting | None:
        """At every attempt so many points more, at most all; or so many fewer, but never less than half, and only where somebody else
        can take them."""
        now = step.outcomes[0].shares
        others = [max(outcome.shares[attempt] for outcome in step.outcomes[1:]) for attempt in range(len(now))]
        turned = [_turned(share, sign) if other > 0 else share for share, other in zip(now, others, strict=True)]
        amount = max((new - old for old, new in zip(now, turned, strict=True)), key=abs)
        return self._alike(round(amount, _DIGITS), names, _listed(turned)) if amount else None

    def batch(self, batch: BatchPlan) -> Iterator[Knob]:
        """Its beginning: not before day 0, nor after the day it is to have finished by."""
        name = self._name("batches", batch.id)
        low, high = (Setting(sign * DAYS, {name: str(batch.start + timedelta(days=sign * DAYS))}) for sign in (-1, 1))
        early = batch.start - timedelta(days=DAYS) >= self.plan.starts
        late = batch.by is None or batch.start + timedelta(days=DAYS) <= batch.by
        yield self._knob("start", batch.id, [name], str(batch.start), low if early else None, high if late else None)
        yield from self._time("spread", batch.id, [self._name("batches", batch.id, "plus")], batch.plus)

    def extension(self) -> Iterator[Knob]:
        """Where some way out of a step extends."""
        moves = (self.definition.edge_of(step.state, way.move) for step in self.plan.steps.values() for way in step.outcomes)
        if any(effect.kind == "extend" for edge in moves if edge is not None for effect in edge.move.effects):
            yield from self._time("extension", "extend", [self._name("effects", "extend", "days")], self.plan.extend_days)

    def focus(self) -> Iterator[Knob]:
        """Of the units looked at more closely by whoever serves them."""
        focus = self.plan.policy.focus
        if focus is None:
            return
        yield from self._time("focus_time", "focus", [self._name("policies", "focus", "plus")], focus.plus)
        name, now = self._name("policies", "focus", "share"), focus.share
        low, high = (
            Setting(round(new - now, _DIGITS), {name: _written(new)}) if new != now else None
            for new in (_turned(now, sign) for sign in (-1, 1))
        )
        yield self._knob("focus_share", "focus", [name], _written(now), low, high)

    def _time(self, what: What, subject: str, names: Sequence[str], law: Distribution) -> Iterator[Knob]:
        """A length of time that is not none: all its values so much shorter and longer."""
        if any(law.parameters):
            low, high = (self._alike(sign * PART, names, _scaled(law, 1 + sign * PART)) for sign in (-1, 1))
            yield self._knob(what, subject, names, _law(law), low, high)

    def _knob(self, what: What, subject: str, names: Sequence[str], now: str, low: Setting | None, high: Setting | None) -> Knob:
        return Knob(what=what, subject=subject, names=tuple(names), now=now, low=low, high=high)

    def _alike(self, amount: float, names: Sequence[str], value: str) -> Setting:
        return Setting(amount, dict.fromkeys(names, value))

    def _names(self, entry: str, states: Sequence[str], *parts: str) -> list[str]:
        """One name for an entry; where a phase has states with entries of their own, which its name would change too, one for each other
        state."""
        if self._means(name := self._name("steps", entry, *parts)) == [("steps", entry, *parts)]:
            return [name]
        return [self._name("steps", state, *parts) for state in states]

    def _name(self, section: str, key: str, *parts: str) -> str:
        """The shortest name that means the same as the longest."""
        whole = ".".join((section, key, *parts))
        short = [".".join((key, *(part for part in parts if part != "then"))), ".".join((key, *parts))]
        return next((name for name in short if self._means(name) == self._means(whole)), whole)

    def _means(self, name: str) -> list[Way] | None:
        try:
            return meant(self.document, self.definition, name)
        except Unclear:
            return None


def _turned(share: float, sign: int) -> float:
    return round(min(1.0, share + POINTS) if sign > 0 else max(share - POINTS, share / 2), _DIGITS)


def _scaled(law: Distribution, factor: float) -> str:
    """A distribution whose values are all so many times as long."""
    kept = 1 if law.kind == "weibull" else 0  # its shape is no time
    return _law(Distribution(law.kind, (*law.parameters[:kept], *(factor * each for each in law.parameters[kept:]))))


def _law(law: Distribution) -> str:
    """As a plan has it."""
    figures = [_written(each) for each in law.parameters]
    if law.kind == "constant":
        return figures[0]
    if law.kind in _NAMED:
        named = ", ".join(f"{name}: {figure}" for name, figure in zip(_NAMED[law.kind], figures, strict=True))
        return f"{{{law.kind}: {{{named}}}}}"
    return f"{{{law.kind}: {figures[0]}}}" if law.kind == "exponential" else f"{{{law.kind}: [{', '.join(figures)}]}}"


def _listed(shares: Sequence[float]) -> str:
    return _written(shares[0]) if len(shares) == 1 else f"[{', '.join(map(_written, shares))}]"


def _written(figure: float) -> str:
    """Without the noise of floating point, and never in a way YAML takes for a text."""
    return json.dumps(int(figure) if float(figure).is_integer() else round(figure, _DIGITS))

"""What a change makes of it: two simulations with the same luck, held against each other replication by replication."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from operator import add
from typing import Literal

from attrs import frozen

from workflow.simulation.answers.collecting import Collector
from workflow.simulation.answers.model import Answers, Chance, Estimate
from workflow.simulation.answers.statistics import Samples, chance, mean

What = Literal["finish", "in_time", "make_up", "setback", "lost", "wait", "longest"]


@frozen
class Subject:
    """What is compared. `name` is a state (where `stage` is None a phase of all stages), a move, a requirement or a server; `group` a
    server's."""

    what: What
    batch: str | None = None
    stage: str | None = None
    share: float | None = None
    name: str | None = None
    group: str | None = None


@frozen(kw_only=True)
class Difference:
    """Before and after a change, on average, and the paired `difference` (after less before) with its interval; in how many of the
    replications it was `more` (later, oftener, longer) and `less` than before."""

    subject: Subject
    before: Estimate
    after: Estimate
    difference: Estimate
    more: Chance
    less: Chance


@frozen(kw_only=True)
class Comparison:
    """`changes` are what was changed between them, by name."""

    changes: Mapping[str, str]
    before: Answers
    after: Answers
    differences: tuple[Difference, ...]

    def of(self, what: What) -> list[Difference]:
        return [each for each in self.differences if each.subject.what == what]


def compare(before: Collector, after: Collector, *, seed: int, changes: Mapping[str, str]) -> Comparison:
    """Of two collectors that took in as many replications with one seed. What only one of them has is left out."""
    earlier, later = dict(_series(before)), dict(_series(after))
    return Comparison(
        changes=dict(changes),
        before=before.answers(seed),
        after=after.answers(seed),
        differences=tuple(_difference(subject, values, later[subject]) for subject, values in earlier.items() if subject in later),
    )


def _difference(subject: Subject, before: Samples, after: Samples) -> Difference:
    pairs = [new - old for old, new in zip(before, after, strict=True)]
    return Difference(
        subject=subject,
        before=mean(before),
        after=mean(after),
        difference=mean(pairs),
        more=chance(sum(pair > 0 for pair in pairs), len(pairs)),
        less=chance(sum(pair < 0 for pair in pairs), len(pairs)),
    )


def _series(collector: Collector) -> Iterator[tuple[Subject, Samples]]:
    """Every figure kept replication by replication."""
    compiled, course, loads = collector.compiled, collector.course, collector.loads
    for (batch, stage, share), values in collector.times.samples.items():
        yield Subject("finish", batch, stage, share), values
    for name, values in collector.times.in_time.items():
        yield Subject("in_time", name), values
    yield from _make_ups(collector)
    for (node, way), values in course.taken.items():
        state = compiled.states[node]
        yield Subject("setback", stage=_stage(collector, node), name=compiled.plan.steps[state].outcomes[way].move), values
    for cause, values in zip(compiled.causes, course.lost, strict=True):
        yield Subject("lost", name=cause), values
    for number, (capacity, group) in enumerate(compiled.servers):
        yield Subject("wait", name=capacity, group=group), loads.wait[number]
        yield Subject("longest", name=capacity, group=group), loads.longest[number]


def _make_ups(collector: Collector) -> Iterator[tuple[Subject, Samples]]:
    """By state, and by phase in all stages together."""
    together: dict[Subject, Samples] = {}
    for (batch, node), values in collector.course.came.items():
        state = collector.compiled.states[node]
        yield Subject("make_up", batch, _stage(collector, node), name=state), values
        whole = Subject("make_up", batch, name=state.partition(".")[2])
        together[whole] = array("d", map(add, together[whole], values)) if whole in together else values
    yield from together.items()


def _stage(collector: Collector, node: int) -> str | None:
    stage = collector.compiled.definition.stage_of(collector.compiled.states[node])
    return None if stage is None else stage.id

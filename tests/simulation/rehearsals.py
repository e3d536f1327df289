"""Rehearsals of the small definition: branches come on the roster as their batch begins, and people do as they are bidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from attrs import define, field

from tests.simulation.small_plan import DEFINITION
from workflow.clock import VirtualClock, read_stamp
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.simulation.compiling import Branch, Compiled, compile_plan
from workflow.simulation.moments import Moments
from workflow.simulation.plan import load_text as load_plan
from workflow.simulation.rehearsal import Absent, Rehearsed, rehearse
from workflow.verdicts.findings import Verdict

# The small definition in China, with a move that gives a branch more days.
_GRANT = """\
      grant:
        title: {en: grant, zh: 给予延长}
        from: inspection
        to: working
        by: office
        takes: {days: {type: integer, unit: d, min: 1, title: {en: days, zh: 天数}}}
        effects: [{extend: move.days}]
"""
CHINESE = load_text(
    DEFINITION.replace("roles:", "units: {d: {en: days, zh: 天}}\ncalendar: {country: CN, zone: Asia/Shanghai}\nroles:", 1).replace(
        "      redo:", f"{_GRANT}      redo:"
    ),
    "small.yaml",
)
# Everything the engine counts for itself: work until a planned end, which is put off; queues in their order; stages begun anew.
SHARED = """\
plan: shared
title: {en: Shared, zh: 共有}
definition: small
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, plus: {uniform: [0, 6]}}, "2": {from: 2005-02-21, plus: {triangular: [0, 2, 9]}}}
steps:
  learning.working: {until: planned_end, plus: {triangular: [-9, 0, 12]}, then: apply}
  applied: {takes: {uniform: [0, 3]}, unit: working_days}
  learning.inspection:
    served_by: office
    takes: {triangular: [0.5, 1, 2]}
    then: {approve: [0.6, 0.9], require_make_up: [0.2, 0.05], grant: [0.15, 0.04], redo: [0.05, 0.01]}
    because: {studied: 0.75, other: 0.25}
  analysis.working: {takes: {lognormal: {median: 20, p90: 35}}, then: apply}
  analysis.inspection: {served_by: group, takes: 1, then: {approve: 0.8, require_make_up: 0.2}, because: {other: 1}}
  make_up: {takes: {weibull: {shape: 2, scale: 9}}}
effects: {extend: {days: {empirical: [3, 7, 9]}}}
capacities: {office: {people: 2}, group: {each: group, people: 1}}
policies: {order: {office: earliest_planned_end, group: smallest}, focus: {share: 0.2, plus: {uniform: [0, 1]}}}
"""


def in_china(text: str, units: Sequence[Branch]) -> Compiled:
    return compile_plan(load_plan(text, CHINESE, "plan.yaml"), CHINESE, units)


@define
class Obedient:
    """Make every move they are told to; what is to be written is written first."""

    campaign: Campaign
    prepared: list[tuple[str, str, str]] = field(factory=list)  # day, branch, move

    def prepare(self, branch: str, move: str, _absent: Absent) -> None:
        self.prepared.append((self.campaign.today, branch, move))

    def act(self, branch: str, move: str, takes: Mapping[str, Any]) -> Verdict | date:
        by = f"secretary-{branch}" if move == "apply" else "officer"
        if move == "apply":
            self.campaign.record(branch, "minutes", by=by, fields={"what": "…"})
        return self.campaign.move(branch, move, by=by, takes=takes)


@define
class Stage:
    """A campaign that has not begun, and its clock."""

    compiled: Compiled
    clock: VirtualClock
    campaign: Campaign
    people: Obedient

    @classmethod
    def of(cls, compiled: Compiled) -> Stage:
        clock = VirtualClock(datetime.combine(compiled.starts, time(), UTC))
        campaign = Campaign.create(":memory:", compiled.definition, clock=clock, rehearsal=True)
        campaign.import_roster([{"person": "officer", "name": "Officer", "roles": "office"}])
        return cls(compiled, clock, campaign, Obedient(campaign))

    def enter(self, branch: str) -> None:
        about = next(each for each in self.compiled.branches if each.id == branch)
        self.campaign.import_roster(rows(about))

    def play(self, seed: int = 1, *, until: date | None = None, **more: Any) -> Rehearsed:
        """With whatever else `rehearse` is told; `until` is the evening of a day, or an instant."""
        if isinstance(until, date) and not isinstance(until, datetime):
            moments = Moments(self.compiled.starts, self.compiled.definition.calendar.zone)
            until = moments.instant(moments.day(until) + 1.0, evening=True)
        return rehearse(self.campaign, self.clock, self.compiled, self.people, seed=seed, enter=self.enter, until=until, **more)

    def finishing_times(self) -> dict[str, float]:
        """By branch, from the ledger: the time of its last event."""
        moments = Moments(self.compiled.starts, self.compiled.definition.calendar.zone)
        found = {}
        for branch in self.compiled.branches:
            *_, last = self.campaign.timeline(branch.id)
            found[branch.id] = moments.time(read_stamp(last.recorded_at))
        return found


def rows(branch: Branch) -> Sequence[Mapping[str, str]]:
    about = {"branch": branch.id, "title": branch.title, "batch": branch.batch, "group": branch.group or ""}
    secretary = {"branch": branch.id, "person": f"secretary-{branch.id}", "name": "S", "status": "in_post", "roles": "secretary"}
    return [about, secretary]

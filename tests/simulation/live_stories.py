"""Campaigns that are played up to a day, and where everybody stands then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.simulation.forecasts import branches
from tests.simulation.rehearsals import Obedient, Stage
from tests.simulation.small_plan import DEFINITION
from workflow.clock import VirtualClock
from workflow.definition import load_text as load_rules
from workflow.engine.campaign import Campaign
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.kernel import Traveller, kernel
from workflow.simulation.live import Standing, standing
from workflow.simulation.moments import Moments
from workflow.simulation.plan import load_text

# The small definition, with an office that may do everything.
ABLE = DEFINITION + "authority: {extend: office, suspend: office, restructure: office, roll: office, reassign: office}\n"
RULES = load_rules(ABLE, "small.yaml")

# Everything that is counted, and nothing by chance: whoever comes to the inspection of learning for the first time has to make up.
STORY = """\
plan: story
title: {{en: Story, zh: 经过}}
definition: small
starts: 2005-01-17
batches: {{"1": {{from: 2005-01-17, plus: {plus}}}, "2": {{from: 2005-02-01, plus: {plus}}}}}
steps:
  learning.working: {{until: planned_end, plus: {after}, then: apply}}
  learning.applied: {{takes: {applied}, unit: {unit}}}
  learning.inspection: {{served_by: office, takes: {inspection}, then: {{approve: [0, 1], require_make_up: [1, 0]}}, because: {{studied: 1}}}}
  learning.make_up: {{takes: {make_up}, unit: {unit}}}
  analysis.working: {{takes: {working}, then: apply}}
  analysis.inspection: {{served_by: group, takes: {applied}, unit: working_days, then: approve}}
capacities: {{office: {{people: {office}}}, group: {{each: group, people: 1}}}}
policies: {{order: {{office: {order}, group: {order}}}}}
"""
FIGURES = {
    "plus": 0.0, "after": -3.0, "applied": 0.5, "unit": "working_days", "inspection": 1.0, "make_up": 6.0, "working": 12.25, "office": 1,
    "order": "first_come",
}  # fmt: skip


def story(**figures: Any) -> str:
    return STORY.format(**{**FIGURES, **figures})


def model(text: str, *counts: int) -> Compiled:
    return compile_plan(load_text(text, RULES, "plan.yaml"), RULES, branches(*counts))


def stage(compiled: Compiled, db: str | Path = ":memory:") -> Stage:
    """A campaign that has not begun."""
    clock = VirtualClock(datetime.combine(compiled.starts, time(), UTC))
    campaign = Campaign.create(db, compiled.definition, clock=clock, rehearsal=True)
    campaign.import_roster([{"person": "officer", "name": "Officer", "roles": "office"}])
    return Stage(compiled, clock, campaign, Obedient(campaign))


def entered(played: Stage) -> Compiled:
    """The plan for the branches that are on the roster, and have not ended."""
    known = {row[0] for row in played.campaign.store.rows("SELECT id FROM workflow_branch WHERE ended IS NULL")}
    compiled = played.compiled
    return compile_plan(compiled.plan, compiled.definition, [branch for branch in compiled.branches if branch.id in known])


def stand(played: Stage) -> Standing:
    return standing(entered(played), played.campaign)


def after(days: int, text: str, *counts: int) -> Stage:
    """The story up to the evening of a day, from 0, and with what falls on the next morning: for the kernel both are one time."""
    played = stage(model(text, *counts))
    played.play(until=next_morning(played, days))
    return played


def next_morning(played: Stage, days: int) -> datetime:
    return Moments(played.compiled.starts, played.compiled.definition.calendar.zone).instant(days + 1.0)


def day(played: Stage, number: int) -> date:
    return played.compiled.starts + timedelta(days=number)


def units(there: Standing) -> dict[str, Traveller]:
    return dict(zip([branch.id for branch in there.compiled.branches], there.compiled.network.units, strict=True))


def finishes(compiled: Compiled) -> dict[str, float]:
    """By branch, in replication 0."""
    found = kernel(compiled.network, compiled=False).run(1, 0).finished
    return dict(zip([branch.id for branch in compiled.branches], found, strict=True))

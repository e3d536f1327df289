"""A rehearsal with scripted people: what they cannot help today they do when others have made it possible."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.simulation.forecasts import FIXED, branches
from tests.simulation.live_stories import ABLE, stage
from tests.simulation.rehearsals import Stage
from workflow.audit.scripted_people import ScriptedPeople
from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.simulation.compiling import Branch, compile_plan
from workflow.simulation.plan import load_text as load_plan
from workflow.simulation.rehearsal import rehearse

TREE = """\
definition: tree
title: Tree
roles: {secretary: {scope: branch}, office: {scope: all}}
instruments: {act: {title: The act, issuer: parliament, issued: 2025-01-01}}
cases:
  summary:
    title: Summary
    of: branch
    by: secretary
    fields: {}
    states: {drafted: drafted, closed: {title: closed, final: true}}
    moves:
      close: {from: drafted, to: closed, by: office, requires: [below_first]}
requirements:
  below_first:
    title: Those below have finished
    each: summary
    check: len(c for c in branch.children if c.stage != "finished") == 0
    owner: secretary
    remedy: help them
    basis: act
  summed: {title: A summary is closed, check: any(s.state == "closed" for s in branch.summary), owner: secretary, remedy: write one, basis: act}
gates:
  gate:
    phases: [working, applied]
    moves:
      apply: {from: working, to: applied, by: secretary}
      approve: {from: applied, to: next_stage, by: office, requires: summed}
stages: {only: {gate: gate}}
"""
PLAN = """\
plan: tree-plan
title: Tree
definition: tree
starts: 2026-03-02
batches: {"1": 2026-03-02}
steps:
  working: {takes: %s}
  applied: {then: approve}
"""


@pytest.mark.parametrize("takes", ["{uniform: [2, 30]}", "5"])
def test_a_summary_that_can_be_closed_when_those_below_are_through(takes: str) -> None:
    """The refusal stays the same while b2 is on its way; then b1's people close the summary, and b1 goes on."""
    rules = load_text(TREE, "tree.yaml")
    compiled = compile_plan(
        load_plan(PLAN % takes, rules, "p.yaml"), rules, [Branch(id=b, title=b, batch="1", size=1) for b in ("b1", "b2")]
    )
    clock = VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    campaign = Campaign.create(":memory:", rules, clock=clock, rehearsal=True)
    secretaries = [{"branch": b, "person": f"s-{b}", "name": b, "roles": "secretary"} for b in ("b1", "b2")]
    tops = [{"branch": "b1", "title": "b1", "batch": "1"}, {"branch": "b2", "title": "b2", "batch": "1", "parent": "b1"}]
    campaign.import_roster([{"person": "o", "name": "O", "roles": "office"}, *tops, *secretaries])
    done = rehearse(campaign, clock, compiled, ScriptedPeople(campaign, clock), seed=1)
    assert (done.held, sorted(done.finished)) == ((), ["b1", "b2"])
    assert done.finished["b1"] >= done.finished["b2"]


def _extended(rules: str) -> Stage:
    definition = load_text(rules, "small.yaml")
    plan = load_plan(FIXED.replace("steps:", "stages: {learning: {extend: 10}}\nsteps:"), definition, "p.yaml")
    return stage(compile_plan(plan, definition, branches(3)))


def test_what_the_plan_adds_to_a_stage_is_granted_by_who_may() -> None:
    """From 3 to 13 March, a Sunday: inspected on 14, 15 and 16 March; ten days later the second stage is over."""
    played = _extended(ABLE)
    done = played.play()
    assert list(done.days.values()) == [date(2005, 3, 24), date(2005, 3, 25), date(2005, 3, 26)]
    granted = [event for event in played.campaign.timeline("b01") if event.kind == "extended"]
    assert [(event.payload["days"], event.payload["reason"]) for event in granted] == [(10, "stages.learning.extend")]


def test_where_nobody_may_grant_it_the_rehearsal_says_so() -> None:
    from tests.simulation.small_plan import DEFINITION

    with pytest.raises(Misuse, match="nobody may extend learning by 10 days"):
        _extended(DEFINITION).play()

"""Records of the campaign as a whole: the store's aggregates say what the rows say, whoever asks, in a constant number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.test_campaign_records import TEXT
from tests.story import unmet
from workflow.definition import load_text
from workflow.definition.expressions import World, compile_check
from workflow.engine.campaign import Campaign
from workflow.store.facts import FactNeeds, Facts
from workflow.verdicts.evaluate import evaluate
from workflow.verdicts.findings import Finding

DEFINITION = load_text(TEXT)
CHECKS = (
    "len(campaign.event) == 2",
    "len(e for e in campaign.event if e.grave) >= few",
    "sum(e.weight for e in campaign.event if not e.grave) > 3",
    "min(e.weight for e in campaign.event) < 2",
    "max(e.weight for e in campaign.event if e.weight != 1) > 1",
    "any(e.grave for e in campaign.event)",
    'any(e.happened > date("2026-02-01") for e in campaign.event)',
    "len(campaign.event) > len(branch.sheet)",
    "last(campaign.event).weight > first(campaign.event).weight",
)


def campaign(events: list[dict[str, Any]], branches: int = 2) -> Campaign:
    found = Campaign.create(":memory:", DEFINITION)
    rows = [{"branch": f"b{n}", "title": f"B {n}", "person": f"c{n}", "name": f"C {n}", "roles": "clerk"} for n in range(branches)]
    found.import_roster([*rows, {"person": "o", "name": "O", "roles": "office"}])
    for said in events:
        happened = said["happened"]
        found.record(None, "event", by="o", happened=happened, fields={k: v for k, v in said.items() if k != "happened"})
    found.record("b0", "sheet", by="c0", fields={"hours": 1})
    return found


def findings(found: Campaign, check: str, *, push: bool, branch: str | None) -> list[Finding]:
    parts: dict[str, Any] = {
        "parameters": DEFINITION.parameters, "members": DEFINITION.members, "records": DEFINITION.records,
        "stages": DEFINITION.stages, "gates": DEFINITION.gates,
    }  # fmt: skip
    requirement = evolve(DEFINITION.requirements["begun"], check=compile_check(check, World(**parts, push=push)))
    needs = FactNeeds.of(DEFINITION, [requirement])
    facts = Facts.load(found.store, DEFINITION, needs, found._desk.clock.now(), branch)
    return [evaluate(DEFINITION, requirement, facts, each) for each in facts.branches.values()]


event = st.fixed_dictionaries(
    {"weight": st.integers(0, 4), "grave": st.booleans(), "happened": st.sampled_from(["2026-01-05", "2026-02-02", "2026-03-01"])}
)


@settings(max_examples=15, deadline=None)
@given(events=st.lists(event, max_size=4))
def test_both_ways_agree_for_one_branch_and_for_all(events: list[dict[str, Any]]) -> None:
    found = campaign(events)
    try:
        for check in CHECKS:
            rows = findings(found, check, push=False, branch=None)
            assert findings(found, check, push=True, branch=None) == rows, check
            for n, branch in enumerate(("b0", "b1")):
                assert findings(found, check, push=True, branch=branch) == [rows[n]], check
                assert findings(found, check, push=False, branch=branch) == [rows[n]], check
    finally:
        found.close()


@pytest.mark.parametrize("branch", [None, "b0"])
def test_the_number_of_queries_does_not_grow_with_branches_or_events(branch: str | None) -> None:
    counts = []
    for size in (1, 12):
        found = campaign([{"weight": n, "grave": False, "happened": "2026-01-05"} for n in range(size)], branches=size)
        statements: list[str] = []
        found.store.connection().set_trace_callback(statements.append)
        findings(found, "len(campaign.event) > 0 and last(campaign.event).weight >= 0", push=True, branch=branch)
        found.store.connection().set_trace_callback(None)
        counts.append(len(statements))
        found.close()
    assert counts[0] == counts[1]


def test_a_record_of_one_branch_is_none_of_the_campaign() -> None:
    found = campaign([])
    assert "begun" in unmet(found.ask("b0", "finish"))
    found.record(None, "event", by="o", fields={"weight": 1, "grave": True})
    assert found.ask("b0", "finish").allowed
    assert found.ask("b1", "finish").allowed
    found.close()

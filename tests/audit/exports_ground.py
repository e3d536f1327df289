"""Campaigns to export: one in which everything happens that can, and one in which a branch leaves out a step."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from tests.engine.rolls_ground import Study
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign

KEY = bytes(range(32))

PAIRS = load_text(
    """
definition: pairs
title: {en: Learning in pairs, zh: 结对学习}
languages: [en, zh]
roles: {clerk: {scope: branch, title: {en: clerk, zh: 资料员}}, board: {scope: all, title: {en: board, zh: 委员会}}}
gates:
  gate:
    title: {en: gate, zh: 关口}
    phases: {working: {en: working, zh: 学习中}, applied: {en: applied, zh: 已申请}}
    moves:
      apply: {from: working, to: applied, by: clerk, title: {en: apply, zh: 申请}}
      approve: {from: applied, to: next_stage, by: board, title: {en: approve, zh: 通过}}
stages:
  learning:
    title: {en: learning, zh: 学习}
    gate: gate
    steps:
      briefing: {by: clerk, title: {en: briefing, zh: 动员}}
      study: {by: clerk, after: briefing, title: {en: study, zh: 自学}}
      discussion: {by: clerk, after: briefing, title: {en: discussion, zh: 讨论}}
""",
    "pairs",
)
SKIPPED = "b5"  # closes no study: the definition lets it, all others do


def pairs(definition: Definition = PAIRS) -> Campaign:
    """Eight branches, all through to the end; the steps after the briefing in either order."""
    clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    campaign = Campaign.create(":memory:", definition, clock=clock, rehearsal=True)
    branches = [f"b{n}" for n in range(8)]
    rows = [{"branch": b, "title": b.upper(), "person": "ann", "name": "Ann Lee", "roles": "clerk"} for b in branches]
    campaign.import_roster([*rows, {"person": "bob", "name": "Bob Ray", "roles": "board"}])
    for n, branch in enumerate(branches):
        steps = ["close_study", "close_discussion"] if n % 2 else ["close_discussion", "close_study"]
        for move in ["close_briefing", *(step for step in steps if (branch, step) != (SKIPPED, "close_study")), "apply", "approve"]:
            clock.advance(hours=1)
            assert campaign.move(branch, move, by="bob" if move == "approve" else "ann").allowed
    clock.advance(hours=1)
    assert not campaign.move("b0", "approve", by="ann").allowed
    return campaign


def study() -> Campaign:
    """People named in every kind of event there is, in reasons and texts as well."""
    ground = Study()
    campaign = ground.campaign
    ground.study("north", hours=2)
    assert not campaign.move("north", "apply", by="ada").allowed
    assert not campaign.move("north", "apply", by="olga").allowed
    assert campaign.record("north", "plan", by="ada", lines=["cy"], fields={"text": "Cy and Gus meet at bo's"}).allowed
    visit = campaign.open_case("north", "visit", by="ada", member="bo", fields={"what": "ask Bo why"}).created
    campaign.open_case("east", "visit", by="fay", member="gus", fields={"what": "call on Gus"})
    assert campaign.move_case("north", str(visit), "make", by="ada").allowed
    wrong = ground.study("north", "cy", hours=1)
    assert campaign.withdraw("north", wrong, by="ada", reason="Cy was with Dan").allowed
    ground.through_learning("south")
    assert campaign.transfer("bo", "south", by="olga", reason="Bo moves in with Dan").allowed
    ground.enrol("west", "jo", name="Jo Ann")
    campaign.change("jo", by="olga", reason="Jo Ann cannot be found", flag=["lost"])
    campaign.appoint("jo", "liaison", by="olga", reason="she knows Olga")
    campaign.relieve("jo", "liaison", by="olga", reason="lost")
    ground.remove("jo")
    campaign.suspend(branches=["west"], by="olga", reason="Ivy is ill")
    campaign.resume(branches=["west"], by="olga", reason="Ivy is well")
    campaign.merge("east", "west", by="olga", reason="Fay asked for it")
    campaign.split("south", "harbour", title="Harbour", members=["eve"], by="olga", reason="Eve lives there")
    assert campaign.verify().whole
    return campaign


def people(campaign: Campaign) -> set[str]:
    """Every id and every name."""
    return {word for row in campaign.store.rows("SELECT id, name FROM workflow_person") for word in row}


def table(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()

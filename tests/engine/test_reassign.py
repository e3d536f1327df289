"""Branches are put in another batch or supervision group; one that has started starts again."""

from __future__ import annotations

import pytest

from tests.engine.structure_ground import Circles, done, shortfalls, standing
from workflow.errors import KeyReused, Misuse, NotFound


@pytest.fixture
def circles() -> Circles:
    return Circles()


def test_before_the_start_a_branch_just_changes_its_batch(circles: Circles) -> None:
    [verdict] = circles.campaign.reassign("shop", batch="3", by="olga", reason="later")
    assert verdict.detail == {"batch": "3", "group": "g2", "was": {"batch": "2", "group": "g2"}, "reason": "later"}
    assert circles.campaign.why("shop").batch == "3"
    assert len(circles.campaign.attempts("shop")) == 1
    circles.whole()


def test_one_that_has_started_starts_again(circles: Circles) -> None:
    campaign = circles.campaign
    circles.through("shop")
    done(campaign.record("shop", "essay", by="jim", fields={"pages": 2}, lines=["kim"]))
    circles.case("shop", "defect", "dust")
    circles.day("2026-03-20")
    refused = campaign.reassign(["shop", "yard"], batch="3", by="olga", reason="r")
    assert [verdict.branch for verdict in refused] == ["shop"]  # all or none
    assert standing(*refused) == ["rule.started"]
    assert refused[0].standing[0].detail == {"state": "analysis.working", "since": "2026-03-02"}
    assert "its batch changes only if it starts again from the beginning" in campaign.explain(refused[0])
    assert "须从头重新开始，方可调整批次" in campaign.explain(refused[0], "zh")
    assert campaign.why("yard").batch == "2"
    before = circles.totals()
    shop, yard = campaign.reassign(["shop", "yard"], batch="3", restart=True, by="olga", reason="r")
    attempt = {"stage": "learning", "number": 2}
    assert shop.detail["restart"] == {"from": "analysis.working", "to": "learning.working", "attempt": attempt}
    assert yard.detail["restart"] == {"from": "learning.working", "to": "learning.working", "attempt": attempt}
    assert (circles.state("shop"), campaign.why("shop").attempt, campaign.why("shop").planned_end) == ("learning.working", 2, "2026-04-19")
    named = [(a["stage"], a["number"], a["outcome"]) for a in campaign.attempts("shop")]
    assert named == [("learning", 1, "approve"), ("analysis", 1, "reassign"), ("learning", 2, None)]
    assert (before, circles.totals()) == ((13, 0, 2, 1), (13, 0, 2, 1))  # essays and cases are of no attempt
    assert "begins again at learning · working, attempt 2" in campaign.explain(shop)
    circles.move("shop", "apply")
    assert shortfalls(campaign.ask("shop", "approve"), "studied") == ["jim", "kim"]
    circles.whole()


def test_a_key_belongs_to_an_order_for_these_branches(circles: Circles) -> None:
    campaign = circles.campaign
    refused = campaign.reassign(["shop", "yard"], batch="3", by="kim", reason="r", key="k")
    assert [(v.branch, v.allowed) for v in refused] == [("shop", False), ("yard", False)]
    again = campaign.reassign(["shop", "yard"], batch="3", by="kim", reason="r", key="k")
    assert (again, [v.repeated for v in again]) == (refused, [True, True])
    done(*campaign.reassign("yard", batch="3", by="olga", reason="r", key="k2"))
    with pytest.raises(KeyReused):
        campaign.reassign(["yard", "shop"], batch="3", by="olga", reason="r", key="k2")
    circles.whole()


def test_groups_are_formed_anew_for_a_batch(circles: Circles) -> None:
    """Three branches of batch 1 get a group of their own; who supervised them before may not any more, who does now may."""
    campaign = circles.campaign
    circles.move("mill", "apply")
    for verdict in campaign.reassign(["mill", "dock", "farm"], group="g3", by="olga", reason="second batch", key="k"):
        done(verdict)
    assert [v.repeated for v in campaign.reassign(["mill", "dock", "farm"], group="g3", by="olga", reason="second batch", key="k")] == [
        True
    ] * 3
    assert {b: campaign.why(b).group for b in ("mill", "dock", "farm", "shop")} == {"mill": "g3", "dock": "g3", "farm": "g3", "shop": "g2"}
    done(campaign.relieve("sup-1", "group", of="group:g1", by="olga", reason="back to the office"))
    done(campaign.appoint("sup-2", "group", of="group:g3", by="olga", reason="seconded"))
    assert standing(campaign.move("mill", "send_back", by="sup-1")) == ["rule.role"]
    done(campaign.move("mill", "send_back", by="sup-2"))
    assert circles.kinds("dock") == ["roster", "reassigned"]
    circles.whole()


def test_reassignments_that_make_no_sense(circles: Circles) -> None:
    campaign = circles.campaign
    for change in ({}, {"batch": " "}, {"group": ""}, {"batch": "1"}, {"batch": "1", "group": "g1"}, {"group": "g7", "restart": True}):
        with pytest.raises(Misuse):
            campaign.reassign("mill", by="olga", reason="r", **change)
    with pytest.raises(Misuse):
        campaign.reassign([], batch="2", by="olga", reason="r")
    with pytest.raises(NotFound, match="did you mean dock"):
        campaign.reassign(["mill", "dok"], batch="2", by="olga", reason="r")
    assert standing(*campaign.reassign("mill", batch="2", by="leo", reason="r")) == ["rule.role"]
    assert circles.kinds("mill") == ["roster", "refused"]

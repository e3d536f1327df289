"""A roster that is older than what was decided undoes none of it: who left, what ended, who was put where."""

from __future__ import annotations

import pytest

from tests.engine.ground import START
from tests.engine.yards import roster, yards
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign

GRANTS = "SELECT role, target FROM workflow_grant WHERE person = 'kay' ORDER BY target"


@pytest.fixture
def campaign() -> Campaign:
    found = Campaign.create(":memory:", yards(), clock=VirtualClock(START), rehearsal=True)
    found.import_roster(roster())
    return found


def test_an_old_list_is_read_again(campaign: Campaign) -> None:
    assert campaign.remove("h0-0", departure="died", by="bo", reason="r")
    assert campaign.transfer("h0-1", "y1", by="bo", reason="r")
    assert all(campaign.reassign("y1", batch="3", group="g1", by="bo", reason="r"))
    assert campaign.merge("y2", "y0", by="bo", reason="r")
    assert campaign.relieve("kay", "keeper", of="y1", by="bo", reason="r")
    rolls = campaign.store.rows("SELECT id, branch FROM workflow_member ORDER BY id")
    late = {"branch": "y2", "person": "late", "name": "Late", "status": "hand"}
    report = campaign.import_roster([*roster(), late])
    assert campaign.store.rows("SELECT id, branch FROM workflow_member ORDER BY id") == rolls
    assert campaign.store.rows("SELECT batch, grp FROM workflow_branch WHERE id = 'y1'") == [("3", "g1")]
    assert campaign.store.rows(GRANTS) == [("keeper", "y0")]
    said = [warning.text.say("en") for warning in report.warnings if warning.code != "two-rolls"]
    assert said == [
        "h0-0 left the roll of y0 on 2026-03-02 and stays off it; `member enrol` takes them up again",
        "y2 ended on 2026-03-02; kay does not get keeper",
        "y2 ended on 2026-03-02; late is put on no roll",
        "kay was keeper of y1 until that was ended, and does not get it again; `appoint` gives it",
        "y1 was put in batch 3 and stays there; `branch reassign` puts it in 2",
        "y1 was put in group g1 and stays there; `branch reassign` puts it in g2",
    ]
    assert [(stay.came, stay.gone) for stay in campaign.member("h0-0").stays] == [("roster", "removed")]
    assert campaign.verify().whole


def test_a_branch_nobody_reassigned_goes_where_the_list_says(campaign: Campaign) -> None:
    report = campaign.import_roster([{"branch": "y1", "batch": "7"}])
    assert (report.warnings, campaign.why("y1").batch) == ((), "7")

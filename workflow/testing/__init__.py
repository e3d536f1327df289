"""For the tests of applications that host campaigns: a campaign in memory with a clock, builders, assertions, and what tests have seen.

    from workflow.testing import Roster, assert_refused, campaign, enter, make

    with campaign("definitions/ours.yaml", roster=Roster().branch("north", members=3, secretary="ann").people(office="bea")) as ours:
        make(ours, "north", "apply")
        assert_refused(ours, ours.move("north", "approve", by="bea"), codes={"study_hours"})

With pytest come the fixtures `workflow_campaign` and `workflow_clock` and the option `--workflow-coverage`. Nothing here needs pytest.
"""

from workflow.testing.assertions import assert_allowed, assert_at, assert_due, assert_met, assert_not_due, assert_refused, assert_unmet
from workflow.testing.clock import START, CampaignClock
from workflow.testing.coverage import Coverage, watching
from workflow.testing.coverage_report import report
from workflow.testing.definitions import MINIMAL, definition, minimal
from workflow.testing.rehearsal import Rehearsal, campaign
from workflow.testing.rosters import Roster
from workflow.testing.steps import enter, make, open_case

__all__ = [
    "MINIMAL",
    "START",
    "CampaignClock",
    "Coverage",
    "Rehearsal",
    "Roster",
    "assert_allowed",
    "assert_at",
    "assert_due",
    "assert_met",
    "assert_not_due",
    "assert_refused",
    "assert_unmet",
    "campaign",
    "definition",
    "enter",
    "make",
    "minimal",
    "open_case",
    "report",
    "watching",
]

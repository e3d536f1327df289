"""A host's own tests: a small project of one is run with our plugin, as its authors would, and what it prints is held against snapshots."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from tests.conftest import Snapshot
from tests.story import EXAMPLES, ROOT

pytest_plugins = ["pytester"]

ROSTER = 'Roster().branch("berlin", team="anna").branch("rome", team="carlo").people(board="bo")'

PASSING = f"""
from workflow.testing import Roster, assert_allowed, assert_at, assert_refused, assert_unmet, enter, make

ROSTER = {ROSTER}


def test_an_offer_above_the_ceiling_is_refused(workflow_campaign):
    campaign = workflow_campaign("office-move.yaml", roster=ROSTER)
    enter(campaign, "berlin", "offer", amount=23500)
    make(campaign, "berlin", "apply")
    assert_refused(campaign, campaign.move("berlin", "approve", by="bo"), codes={{"within_budget"}})


def test_a_cheaper_one_goes_through(workflow_campaign, workflow_clock):
    campaign = workflow_campaign("office-move.yaml", roster=ROSTER, at="2026-05-04T08:30")
    enter(campaign, "rome", "offer", amount=18900)
    make(campaign, "rome", "apply")
    workflow_clock.working_days(3)
    assert campaign.today == "2026-05-07"
    assert_allowed(campaign, campaign.ask("rome", "approve", by="bo"))
    make(campaign, "rome", "approve")
    assert_at(campaign, "rome", "move.working")
"""

COMPLETE = f"""
from workflow.testing import Roster, assert_refused, make


def test_who_may_do_what(workflow_campaign):
    campaign = workflow_campaign("office-move.yaml", roster={ROSTER}.person("carlo", roles="board"))
    assert_refused(campaign, campaign.move("berlin", "apply", by="bo"), codes={{"rule.role"}})
    make(campaign, "rome", "apply", by="carlo")
    assert_refused(campaign, campaign.ask("rome", "apply", by="carlo"), codes={{"rule.phase"}})
    assert_refused(campaign, campaign.ask("rome", "approve", by="carlo"), codes={{"rule.separation"}}, only=False)
"""

FAILING = f"""
from workflow.testing import Roster, assert_allowed, assert_refused, enter, make


def test_this_is_not_so(workflow_campaign):
    campaign = workflow_campaign("office-move.yaml", roster={ROSTER})
    enter(campaign, "berlin", "offer", amount=23500)
    make(campaign, "berlin", "apply", "approve")
"""

BYSTANDER = """
import sys


def test_of_somebody_else():
    assert "workflow" not in sys.modules and "workflow.testing" not in sys.modules
"""


@pytest.fixture
def host(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A host's project: the definition, and no setting of ours."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (pytester.path / "office-move.yaml").write_bytes((EXAMPLES / "office-move.yaml").read_bytes())
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = -p no:cacheprovider --strict-config\n")
    assert [point.value for point in entry_points(group="pytest11", name="workflow")] == ["workflow_pytest"], "pip install -e . again"
    return pytester


def run(host: pytest.Pytester, *options: str, **files: str) -> pytest.RunResult:
    if files:
        host.makepyfile(**files)
    return host.runpytest_subprocess("-q", *options)


def reported(result: pytest.RunResult, title: str = "workflow coverage") -> str:
    """What stands below our heading."""
    text = "\n".join(line.rstrip() for line in result.outlines)
    return re.split(rf"=+ {title} =+\n", text)[1].split("\n\x1b")[0]


def test_the_report_says_what_was_never_seen(host: pytest.Pytester, snapshot: Snapshot) -> None:
    result = run(host, "--workflow-coverage", test_moving=PASSING)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    snapshot("host-coverage.en", reported(result).partition("\n2 passed")[0])
    result = run(host, "--workflow-coverage", "--workflow-lang=zh")
    snapshot("host-coverage.zh", reported(result, "方案覆盖情况").partition("\n2 passed")[0])


def test_without_the_option_nothing_is_reported_and_nothing_imported(host: pytest.Pytester) -> None:
    result = run(host, test_bystander=BYSTANDER)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    assert "workflow" not in result.stdout.str()


def test_too_little_fails_the_run(host: pytest.Pytester) -> None:
    result = run(host, "--workflow-coverage-fail-under=80", test_moving=PASSING)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "55.5 % is less than the 80 % asked for" in result.stdout.str()
    result.assert_outcomes(passed=2)
    assert run(host, "--workflow-coverage-fail-under=55").ret == pytest.ExitCode.OK


def test_enough_does_not_also_when_the_file_asks_for_it(host: pytest.Pytester) -> None:
    settings = "filterwarnings = error\nworkflow_coverage_fail_under = 100\nworkflow_lang = zh\n"
    host.makeini(f"[pytest]\n{settings}")
    result = run(host, test_moving=PASSING, test_rights=COMPLETE)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    assert "均已见到" in result.stdout.str()
    assert run(host, "--collect-only").ret == pytest.ExitCode.OK
    host.makeini(f"[pytest]\n{settings.replace('100', 'all')}")
    result = run(host)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "workflow_coverage_fail_under: 'all' is not a number" in result.stderr.str()


def test_a_run_that_uses_no_campaign_has_not_seen_enough(host: pytest.Pytester) -> None:
    result = run(host, "--workflow-coverage-fail-under=1", test_nothing="def test_nothing():\n    pass\n")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "no campaign of workflow.testing was used" in result.stdout.str()


def test_processes_add_up_what_they_saw(host: pytest.Pytester) -> None:
    alone = reported(run(host, "--workflow-coverage", test_moving=PASSING, test_rights=COMPLETE))
    shared = reported(run(host, "--workflow-coverage", "-n2"))
    assert "9 of 9 answers seen, 100 %" in alone
    assert shared.partition("\n3 passed")[0] == alone.partition("\n3 passed")[0]


def test_a_failing_host_reads_the_explanation(host: pytest.Pytester, snapshot: Snapshot) -> None:
    result = run(host, test_moving=FAILING)
    result.assert_outcomes(failed=1)
    snapshot("host-failure.en", told(result))
    snapshot("host-failure.zh", told(run(host, "--workflow-lang=zh")))


def told(result: pytest.RunResult) -> str:
    """The line of the test at which it failed, and what pytest says of it: nothing of our own code."""
    found = [line.rstrip() for line in result.outlines if re.match(r"^(>|E|\S+\.py:\d+)", line)]
    assert not [line for line in found if "workflow/testing" in line], found
    return "\n".join(found)


def test_all_but_the_plugin_works_without_pytest() -> None:
    program = "import sys; sys.modules['pytest'] = None\nfrom workflow.testing import *\nwith campaign() as c: print(c.today)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("2026-03-02\n", "")

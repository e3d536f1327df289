"""The pytest plugin of `workflow.testing`: fixtures, and a report of what no test has seen of a definition.

It stands beside the package because pytest loads it in every run: the engine is imported only by whoever uses a fixture or asks
for the coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from workflow.testing import CampaignClock, Rehearsal

_SENT = "workflow_coverage"  # what a process of pytest-xdist sends


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("workflow", "campaign workflow")
    group.addoption(
        "--workflow-coverage",
        action="store_true",
        help="report which requirements, moves and rules of the definitions in use were never seen met, unmet, allowed, refused, waived",
    )
    group.addoption(
        "--workflow-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="report it, and fail if less than this share of the answers was seen",
    )
    group.addoption("--workflow-lang", choices=("en", "zh"), help="language of the report and of what failed assertions explain")
    parser.addini("workflow_coverage", "as --workflow-coverage", type="bool", default=False)
    parser.addini("workflow_coverage_fail_under", "as --workflow-coverage-fail-under", default="")
    parser.addini("workflow_lang", "as --workflow-lang", default="en")


def pytest_configure(config: pytest.Config) -> None:
    least = _least(config)
    asked = config.getoption("workflow_coverage") or config.getini("workflow_coverage") or least is not None
    if asked and not config.getoption("collectonly"):
        config.pluginmanager.register(_Run(config, least), "workflow-coverage")


def _least(config: pytest.Config) -> float | None:
    given: float | None = config.getoption("workflow_coverage_fail_under")
    written = config.getini("workflow_coverage_fail_under")
    if given is not None or not written:
        return given
    try:
        return float(written)
    except ValueError:
        raise pytest.UsageError(f"workflow_coverage_fail_under: {written!r} is not a number") from None


def _lang(config: pytest.Config) -> str:
    return str(config.getoption("workflow_lang") or config.getini("workflow_lang"))


class _Run:
    """The coverage of one run; under pytest-xdist each process sends what it saw, and the first one adds it up."""

    def __init__(self, config: pytest.Config, least: float | None) -> None:
        from workflow.testing.coverage import Coverage, watching

        self.least, self.lang = least, _lang(config)
        self.coverage = Coverage()
        watch = ExitStack()
        watch.enter_context(watching(self.coverage))
        config.add_cleanup(watch.close)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.coverage.merge(getattr(node, "workeroutput", {}).get(_SENT, []))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        sent: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if sent is not None:
            sent[_SENT] = self.coverage.plain()
        elif self._shortfall() and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from workflow.testing.coverage_report import TITLE, report

        terminalreporter.section(TITLE.say(self.lang))
        terminalreporter.write_line(report(self.coverage, self.lang))
        if missed := self._shortfall():
            terminalreporter.write_line(missed, red=True, bold=True)

    def _shortfall(self) -> str:
        from workflow.testing.coverage_report import shortfall

        return "" if self.least is None else shortfall(self.coverage, self.least, self.lang)


@pytest.fixture
def workflow_clock() -> CampaignClock:
    """The clock of all campaigns of a test: Monday, 2 March 2026, 09:00 where the first of them is, or `at` the time that begins."""
    from workflow.testing import CampaignClock

    return CampaignClock()


@pytest.fixture
def workflow_campaign(request: pytest.FixtureRequest, workflow_clock: CampaignClock) -> Iterator[Callable[..., Rehearsal]]:
    """Makes campaigns, as `workflow.testing.campaign` does, under the `workflow_clock`; they are closed after the test."""
    from workflow.testing import campaign

    with ExitStack() as opened:

        def make(*definition: Any, **more: Any) -> Rehearsal:
            given = {"clock": workflow_clock, "lang": _lang(request.config), **more}
            return opened.enter_context(campaign(*definition, **given))

        yield make

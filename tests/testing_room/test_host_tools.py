"""What `workflow.testing` gives a host: clock, rosters, definitions, steps, assertions, and what counts as seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import peewee
import pytest

import workflow.testing
from tests.conftest import Snapshot
from tests.engine.ground import LICENCES, TRIAL_SITES, sound
from workflow import Campaign, DefinitionFault, InputFault, Misuse, NotFound, lint
from workflow.audit.unblock import unblock
from workflow.testing import (
    MINIMAL,
    CampaignClock,
    Coverage,
    Rehearsal,
    Roster,
    assert_allowed,
    assert_at,
    assert_due,
    assert_met,
    assert_not_due,
    assert_refused,
    assert_unmet,
    campaign,
    definition,
    enter,
    make,
    minimal,
    open_case,
    report,
    watching,
)
from workflow.testing.coverage import Goal

NORTH = Roster().branch("north", members=3, secretary="ann").people(office="bea")


def test_everything_public_is_documented() -> None:
    for name in workflow.testing.__all__:
        assert getattr(workflow.testing, name).__doc__, name


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_days_keep_their_hour_when_clocks_are_put_forward() -> None:
    with campaign(TRIAL_SITES, at="2026-03-27T09:00") as trial:  # Europe/Berlin; summer time begins on the 29th
        assert trial.now == datetime(2026, 3, 27, 8, tzinfo=UTC)
        trial.clock.days(3)
        assert (trial.now, trial.today) == (datetime(2026, 3, 30, 7, tzinfo=UTC), "2026-03-30")
        assert trial.clock.working_days(4).today == "2026-04-07"  # Good Friday and Easter Monday lie between
        assert trial.clock.to("2026-04-08T17:30").local.strftime("%H:%M %z") == "17:30 +0200"
        assert trial.clock.to(date(2026, 4, 9)).local.strftime("%d %H:%M") == "09 17:30"
        assert trial.clock.to(datetime(2026, 4, 10, 12, tzinfo=UTC)).local.hour == 14


def test_the_clock_does_not_go_back() -> None:
    clock = CampaignClock("2026-03-02")
    assert clock.local.hour == 9
    for asked in ("2026-03-01", "2026-03-02T08:59"):
        with pytest.raises(Misuse, match="the clock shows 2026-03-02T09:00; it does not go back"):
            clock.to(asked)
    with pytest.raises(Misuse, match="neither a date nor a time"):
        clock.to("tomorrow")


def test_campaigns_under_one_clock_move_together() -> None:
    clock = CampaignClock()
    with campaign(TRIAL_SITES, clock=clock) as here, campaign(clock=clock) as there:
        assert (clock.local.isoformat(), here.now, there.now) == ("2026-03-02T09:00:00+01:00", clock.now(), clock.now())
        clock.days(2)
        assert (here.today, there.today) == ("2026-03-04", "2026-03-04")
        with pytest.raises(Misuse, match="does not go back"):
            campaign(clock=clock, at="2026-03-03")
    with campaign(clock=CampaignClock(), at="2005-01-18") as long_ago:
        assert long_ago.today == "2005-01-18"


# -- builders ----------------------------------------------------------------------------------------------------------


def test_a_roster_in_one_chain() -> None:
    roster = (
        Roster()
        .branch("site-a", members={"ada": "investigator", "bob": "nurse"}, batch="1", group="g1", coordinator="ada")
        .branch("site-b", members=2, title="Second site", coordinator=["eve", "finn"])
        .member("site-b", "gil", status="pharmacist", flags="on_leave")
        .person("mona", roles="monitor", group="g1")
        .people(sponsor=["sam", "sue"])
    )
    with campaign(TRIAL_SITES, roster=roster) as trial:
        assert trial.branches() == [("site-a", "Site A"), ("site-b", "Second site")]
        assert trial.store.rows("SELECT id, branch, status, flags FROM workflow_member ORDER BY id") == [
            ("ada", "site-a", "investigator", "[]"),
            ("bob", "site-a", "nurse", "[]"),
            ("gil", "site-b", "pharmacist", '["on_leave"]'),
            ("site-b-1", "site-b", "investigator", "[]"),
            ("site-b-2", "site-b", "investigator", "[]"),
        ]
        assert trial.store.rows("SELECT person, role, target FROM workflow_grant ORDER BY person") == [
            ("ada", "coordinator", "site-a"),
            ("eve", "coordinator", "site-b"),
            ("finn", "coordinator", "site-b"),
            ("mona", "monitor", "group:g1"),
            ("sam", "sponsor", "*"),
            ("sue", "sponsor", "*"),
        ]
        sound(trial.store, trial.definition)


def test_nothing_in_a_roster_is_put_right_in_silence() -> None:
    with pytest.raises(InputFault, match="secretery is unknown; did you mean secretary") as caught:
        campaign(roster=Roster().branch("north", secretery="ann"))
    assert [fault.code for fault in caught.value.faults] == ["roles"]


def test_the_minimal_definition_is_in_order_and_can_be_passed_through() -> None:
    assert lint(minimal()) == ()
    with campaign(MINIMAL, roster=NORTH) as ours:
        enter(ours, "north", "study", hours=8)
        enter(ours, "north", "report")
        make(ours, "north", "apply", "approve", "apply", "approve")
        assert_at(ours, "north", "finished")
        sound(ours.store, ours.definition)


def test_of_a_definition_only_what_matters_is_said() -> None:
    rules = definition(
        records={"visit": {"of": "branch", "fields": {"passed": "boolean"}, "by": "office"}},
        requirements={"visit_passed": {"check": "last(branch.visit).passed"}},
        members=None,
    )
    assert lint(rules) == ()
    assert rules.requirements["visit_passed"].title.say("en") == "Visit passed"
    with campaign(rules, roster=Roster().branch("north", secretary="ann").people(office="bea")) as ours:
        make(ours, "north", "apply")
        assert_refused(ours, ours.move("north", "approve", by="bea"), "visit_passed")
        enter(ours, "north", "visit", passed=False)
        assert_unmet(ours, "north", "visit_passed")
        enter(ours, "north", "visit")
        assert_met(ours, "north", "visit_passed")
    assert definition({"parameters": {"study_hours": {"value": 9, "unit": "h", "basis": "rules"}}}).parameters["study_hours"].value == 9
    with pytest.raises(DefinitionFault, match="visits"):
        definition(requirements={"visited": {"check": "last(branch.visits).passed"}})


def test_a_campaign_takes_a_definition_in_every_form(tmp_path: Path) -> None:
    path = tmp_path / "minimal.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    for form in (MINIMAL, path, str(path), minimal(), minimal().document):
        with campaign(form) as ours:
            assert ours.definition.hash == minimal().hash


# -- steps -------------------------------------------------------------------------------------------------------------

WORKSHOP = (
    Roster()
    .branch("w", members=["jo", "kay"], owner="olga")
    .branch("v")
    .person("ivan", roles="inspector", branch="w")
    .people(authority="una")
)


@pytest.fixture
def workshop() -> Rehearsal:
    return campaign(LICENCES, roster=WORKSHOP)


def test_what_a_record_does_not_say_is_filled_in(workshop: Rehearsal) -> None:
    with workshop as ours:
        enter(ours, "w", "evening", hours=3)
        enter(ours, "w", "evening", lines=["jo"], hours=2)
        enter(ours, "w", "course", lines=[{"member": "kay", "hours": 0.5}], mode="home", happened="2026-02-27")
        entered = [(e.payload["fields"], e.payload["lines"], e.actor) for e in ours.timeline("w") if e.kind == "record"]
        assert entered == [
            ({"hours": 3, "mode": "hall"}, [{"member": "jo"}, {"member": "kay"}], "olga"),
            ({"hours": 2, "mode": "hall"}, [{"member": "jo"}], "olga"),
            ({"mode": "home"}, [{"member": "kay", "hours": 0.5}], "olga"),
        ]
        with pytest.raises(Misuse, match="nobody is owner or inspector of v: give the roster somebody"):
            enter(ours, "v", "course")
        with pytest.raises(NotFound, match="there is no record kind evenin; did you mean evening"):
            enter(ours, "w", "evenin")
        with pytest.raises(InputFault, match="unknown field"):
            enter(ours, "w", "visit", pased=True)


def test_moves_are_made_by_whoever_may(workshop: Rehearsal) -> None:
    with workshop as ours:
        enter(ours, "w", "evening", hours=4)
        defect = open_case(ours, "w", "defect", by="ivan", fixer="olga")
        make(ours, "w", "mend", case=defect, takes={"measure": "painted"})
        assert_refused(ours, ours.move_case("w", defect, "accept", by="olga"), {"rule.role", "rule.separation"})
        make(ours, "w", "accept", case=defect)
        make(ours, "w", "close_papers", "close_teaching", "apply")
        with pytest.raises(AssertionError, match="expected: allowed; found: refused by waited"):
            make(ours, "w", "receive")
        ours.clock.days(3)
        make(ours, "w", "receive", "redo")
        assert [e.payload["takes"] for e in ours.timeline("w") if e.payload.get("move") == "redo"] == [{"reason": "reason"}]
        with pytest.raises(NotFound, match="there is no move aply; did you mean apply"):
            make(ours, "w", "aply")
        with pytest.raises(NotFound, match="a defect has no move acept"):
            make(ours, "w", "acept", case=defect)
        with pytest.raises(NotFound, match="w has no case defect-9"):
            make(ours, "w", "accept", case="defect-9")


# -- assertions --------------------------------------------------------------------------------------------------------


def test_an_assertion_that_holds_gives_what_it_is_about() -> None:
    with campaign(roster=NORTH) as ours:
        enter(ours, "north", "study", lines=["north-1"], hours=9)
        make(ours, "north", "apply")
        verdict = ours.move("north", "approve", by="bea")
        assert assert_refused(ours, verdict) is verdict
        assert assert_refused(ours, verdict, ["report_accepted", "study_hours"]) is verdict
        assert assert_refused(ours, verdict, "study_hours", only=False) is verdict
        assert assert_unmet(ours, "north", "study_hours", members=["north-2", "north-3"]).met == 1
        assert [item.day for item in assert_due(ours, "north", "transfer_due", date(2026, 4, 1), subjects="north")] == ["2026-04-01"]
        waived = ours.waive("north", "study_hours", by="bea", reason="long ill")
        assert assert_allowed(ours, waived) is waived
        with pytest.raises(AssertionError, match="expected: study_hours is unmet for north; found: waived"):
            assert_unmet(ours, "north", "study_hours")
        with pytest.raises(AssertionError, match="expected: study_hours is met for north; found: waived"):
            assert_met(ours, "north", "study_hours")
        enter(ours, "north", "report")
        make(ours, "north", "approve")
        assert_not_due(ours, "north", "transfer_due")


def test_what_does_not_exist_is_no_failed_assertion() -> None:
    with campaign(roster=NORTH) as ours:
        attempts: list[tuple[str, Callable[[], object]]] = [
            ("there is no requirement study_hour; did you mean study_hours", lambda: assert_unmet(ours, "north", "study_hour")),
            ("there is no deadline transfer; did you mean transfer_due", lambda: assert_due(ours, "north", "transfer")),
            ("there is no state learning.aplied; did you mean learning.applied", lambda: assert_at(ours, "north", "learning.aplied")),
            ("there is no branch nrth; did you mean north", lambda: assert_met(ours, "nrth", "study_hours")),
        ]
        for message, attempt in attempts:
            with pytest.raises(NotFound, match=message):
                attempt()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_failed_assertions_say(lang: str, snapshot: Snapshot) -> None:
    with campaign(roster=NORTH, lang=lang) as ours:
        enter(ours, "north", "study", lines=["north-1"], hours=9)
        make(ours, "north", "apply")
        refused = ours.move("north", "approve", by="bea")
        said = [
            failure(lambda: assert_allowed(ours, refused)),
            failure(lambda: assert_refused(ours, refused, {"study_hours", "rule.role"})),
            failure(lambda: assert_unmet(ours, "north", "study_hours", members=["north-1", "north-2"])),
            failure(lambda: assert_met(ours, "north", "report_accepted")),
            failure(lambda: assert_due(ours, "north", "transfer_due", "2026-04-02")),
            failure(lambda: assert_due(ours, "north", "transfer_due", subjects=["north-1"])),
            failure(lambda: assert_not_due(ours, "north", "transfer_due")),
            failure(lambda: assert_at(ours, "north", "learning.working")),
        ]
        enter(ours, "north", "study", hours=8)
        enter(ours, "north", "report")
        said += [
            failure(lambda: assert_unmet(ours, "north", "study_hours")),
            failure(lambda: assert_refused(ours, ours.ask("north", "approve", by="bea"), "study_hours")),
        ]
        make(ours, "north", "approve")
        said += [
            failure(lambda: assert_refused(ours, ours.ask("north", "apply"))),
            failure(lambda: assert_unmet(ours, "north", "study_hours")),
            failure(lambda: assert_due(ours, "north", "transfer_due")),
        ]
    snapshot(f"host-assertions.{lang}", "\n\n--\n\n".join(said))


def failure(attempt: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        attempt()
    return str(caught.value)


def test_assertions_take_any_campaign_and_language(tmp_path: Path) -> None:
    with campaign(db=tmp_path / "ours.db", roster=NORTH):
        pass
    with Campaign.open(tmp_path / "ours.db") as ours:
        assert failure(lambda: assert_met(ours, "north", "study_hours")).startswith("expected: study_hours is met for north; found: unmet")
        assert failure(lambda: assert_met(ours, "north", "study_hours", lang="zh")).startswith("预期：north 的 study_hours 为满足")


# -- what was seen -----------------------------------------------------------------------------------------------------

STUDY_MET, STUDY_UNMET, STUDY_WAIVED = (Goal("requirement", "study_hours", way) for way in ("met", "unmet", "waived"))
APPROVE_ALLOWED, APPROVE_REFUSED = (Goal("move", "approve", way) for way in ("allowed", "refused"))


def seen(coverage: Coverage) -> set[Goal]:
    return {goal for sheet in coverage.sheets.values() for goal in sheet.goals if sheet.seen[goal]}


def test_what_is_asked_and_done_counts_and_what_is_looked_at_or_undone_does_not() -> None:
    with watching(Coverage()) as coverage, campaign(roster=NORTH) as ours:
        assert (coverage.reached, coverage.total) == (0, 12)
        ours.why("north"), ours.board(), unblock(ours, "north", "approve")
        ours.preview(lambda c: c.move("north", "apply", by="ann"))
        assert seen(coverage) == set()
        assert_unmet(ours, "north", "study_hours")
        assert seen(coverage) == {STUDY_UNMET}
        ours.ask("north", "approve", by="bea")
        assert APPROVE_REFUSED in seen(coverage)
        enter(ours, "north", "study", hours=8)
        assert_met(ours, "north", "study_hours")
        assert {STUDY_MET, STUDY_UNMET} < seen(coverage)
        assert not {STUDY_WAIVED, APPROVE_ALLOWED} & seen(coverage)


def test_passing_over_somebody_who_may_not_is_no_refusal_a_test_has_seen() -> None:
    with watching(Coverage()) as coverage, campaign(roster=NORTH.person("ann", roles="office")) as ours:
        enter(ours, "north", "study", hours=8)
        enter(ours, "north", "report", by="bea")
        make(ours, "north", "apply", "approve")
        assert APPROVE_ALLOWED in seen(coverage)
        assert not {APPROVE_REFUSED, Goal("rule", "rule.separation", "unmet")} & seen(coverage)


def test_cases_waivers_and_imports_count() -> None:
    with watching(Coverage()) as coverage, campaign(LICENCES, roster=WORKSHOP) as ours:
        defect = open_case(ours, "w", "defect", by="ivan", fixer="olga")
        make(ours, "w", "mend", case=defect, takes={"measure": "none"})
        assert_refused(ours, ours.ask_case("w", defect, "accept", by="ivan"), "remedied")
        lines = [{"branch": "w", "record": "visit", "by": "olga", "fields": {"passed": True}}]
        assert len(ours.import_records(lines).refused) == 1
        ours.waive("w", "taught", by="una", reason="all of them are masters")
        found = {f"{goal.kind} {goal.code} {goal.way}" for goal in seen(coverage)}
    assert found == {
        "case defect.mend allowed",
        "case defect.accept refused",
        "requirement remedied unmet",
        "requirement taught waived",
        "rule rule.role unmet",
    }


def test_what_a_host_writes_in_its_own_transaction_counts_at_the_end() -> None:
    host = peewee.SqliteDatabase(":memory:")
    with watching(Coverage()) as coverage:
        with host.atomic() as transaction:
            ours = campaign(db=host, roster=NORTH)
            theirs = Campaign.open(host, clock=ours.clock)
            theirs.move("north", "approve", by="bea")
            theirs.close()
            assert seen(coverage) == set()
            ours.close()
            ours.close()
            transaction.rollback()
        assert {APPROVE_REFUSED, STUDY_UNMET} < seen(coverage)
        assert next(iter(coverage.sheets.values())).verdicts == 1
    host.close()


def test_only_campaigns_made_while_somebody_watches_count_and_then_for_good() -> None:
    with campaign(roster=NORTH) as before:
        with watching(Coverage()) as coverage, watching(Coverage()) as other:
            during = campaign(roster=NORTH)
        with during:
            make(before, "north", "apply")
            assert seen(coverage) == set()
            make(during, "north", "apply")
        assert seen(coverage) == seen(other) == {Goal("move", "apply", "allowed")}


def test_two_processes_add_up_and_a_part_never_looks_like_all() -> None:
    with watching(Coverage()) as one, campaign(roster=NORTH) as ours:
        make(ours, "north", "apply")
    with watching(Coverage()) as other, campaign(TRIAL_SITES), campaign(roster=NORTH) as ours:
        ours.move("north", "approve", by="bea")
    both = Coverage()
    for each in (one, other):
        both.merge(each.plain())
    assert (both.total, both.reached) == (other.total, one.reached + other.reached)
    assert "minimal, version 1 [" in report(both)
    assert "trial-sites" in report(both, "zh")
    assert report(Coverage(), "zh") == "未使用 workflow.testing 的活动"

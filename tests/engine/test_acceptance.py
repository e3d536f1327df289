"""What must come out right: the cases the sources leave no doubt about, each through the public API on the 2005 definition."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from attrs import evolve

from tests.story import DEFINITION, EXAMPLES, Story, loaded, unmet
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document, load_text
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, Misuse
from workflow.store import compare
from workflow.verdicts.findings import Figure


def with_parameter(name: str, value: object) -> Definition:
    """The 2005 definition with one question answered differently."""
    document = dict(loaded(DEFINITION).document)
    parameters = dict(document["parameters"])
    parameters[name] = {**parameters[name], "value": value}
    return load_document({**document, "parameters": parameters}, validated=True)


def test_41_hours_in_all_with_only_26_collective() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (26.0, 15.0)})
    verdict = story.campaign.move("b1", "open_look_back", by="li")
    assert list(unmet(verdict)) == ["collective_hours"]
    finding = unmet(verdict)["collective_hours"]
    assert (finding.total, finding.met, [s.id for s in finding.short]) == (5, 4, ["he"])
    figure = finding.short[0].figures[0]
    assert (figure.op, figure.required, figure.found, figure.unit) == (">=", pytest.approx(80 / 3), pytest.approx(26), "h")
    assert [p.name for p in finding.holders] == ["Li"]
    story.record("attendance", lines=["he"], hours=1, mode="home", topic="topic_1")
    assert story.campaign.ask("b1", "open_look_back", by="li").allowed


def test_an_essay_of_2999_characters_is_not_one_of_3000() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["essays"])
    story.essays(lengths=(3000, 2999))
    finding = unmet(story.campaign.ask("b1", "open_look_back", by="li"))["essays"]
    assert [(s.id, s.figures) for s in finding.short] == [("chen", (Figure(">=", 2, 1, met=False),))]
    story.record("essay", lines=["chen"], characters=3000, accepted=True)
    assert story.campaign.ask("b1", "open_look_back", by="li").allowed


def test_an_application_to_one_addressee_only() -> None:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back().met().filed("office")
    verdict = story.campaign.move("b1", "apply", by="li")
    assert list(unmet(verdict)) == ["both_addressees"]
    assert [(f.expression.split('"')[1], f.met) for f in unmet(verdict)["both_addressees"].figures] == [("office", True), ("group", False)]
    story.filed("group").move("apply")


def test_an_analysis_meeting_without_the_group() -> None:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back().met(group_present=0).filed()
    finding = unmet(story.campaign.move("b1", "apply", by="li"))["group_present"]
    assert finding.figures == (Figure(">=", 1, 0, met=False),)
    assert [(p.id, finding.owner) for p in finding.holders] == [("group-sun", "group")]


def test_the_applicant_may_not_approve() -> None:
    story = Story().to_inspection()
    story.campaign.import_roster([{"person": "li", "name": "Li", "roles": "office"}])
    verdict = story.campaign.move("b1", "approve", by="li")
    assert list(unmet(verdict)) == ["rule.separation"]
    assert unmet(verdict)["rule.separation"].detail == {"actor": "li", "clashes": ["apply", "members"]}
    story.move("approve", by="office-wang")


def test_an_open_immediate_item_blocks_look_back_and_approval() -> None:
    story = Story().to_inspection()
    item = story.open_case("rectification", subject="the hall is closed at noon", origin="new", urgency="immediate")
    finding = unmet(story.campaign.move("b1", "approve", by="office-wang"))["no_open_immediate"]
    assert [(s.id, s.name) for s in finding.short] == [(item, "the hall is closed at noon")]
    assert (finding.total, finding.met) == (1, 0)
    story.case(item, "triage", responsible="he", due="2005-03-20")
    story.case(item, "start", measures="open at noon")
    story.case(item, "finish", closing_report="open since Monday")
    assert list(unmet(story.campaign.move_case("b1", item, "verify", by="li"))) == ["rule.role", "rule.separation"]
    story.case(item, "verify", by="group-sun")
    story.case(item, "publish")
    story.case(item, "close", by="office-wang")
    story.move("approve", by="office-wang")


def test_travel_is_for_leading_cadres_on_two_grounds_only() -> None:
    story = Story()
    allowed = {"destination": "Kunming", "in_writing": True, "leaves": "2005-02-20", "returns": "2005-02-25"}
    trip = story.open_case("travel", member="chen", ground="important_meeting", **allowed)
    story.case(trip, "submit")
    assert story.campaign.ask_case("b1", trip, "consent", by="office-wang").allowed
    trip = story.open_case("travel", member="he", ground="other", **allowed | {"in_writing": False})
    story.case(trip, "submit")
    assert set(unmet(story.campaign.ask_case("b1", trip, "consent", by="office-wang"))) == {
        "traveller_leads",
        "travel_ground",
        "travel_in_writing",
    }


def test_nobody_accepts_what_they_are_responsible_for() -> None:
    story = Story()
    story.campaign.import_roster([{"person": "he", "name": "He", "roles": "office"}])
    gap = story.open_case("gap", by="office-wang", subject="s", responsible="he", due="2005-04-01")
    story.case(gap, "make_good", evidence="e")
    verdict = story.campaign.move_case("b1", gap, "accept", by="he")
    assert unmet(verdict)["rule.separation"].detail == {"actor": "he", "clashes": ["responsible"]}
    story.case(gap, "accept", by="office-wang")


def test_28_of_29_sat_the_test_then_the_gap_is_accepted() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    finding = unmet(story.campaign.move("b1", "open_look_back", by="li"))["test_sat"]
    assert (finding.met, finding.total, [s.id for s in finding.short]) == (4, 5, ["lin"])
    refused = story.campaign.waive("b1", "test_sat", by="li", members=["lin"], reason="away")
    assert list(unmet(refused)) == ["rule.role"]
    accepted = story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away on official business")
    assert accepted.allowed
    verdict = story.move("open_look_back")
    waived = next(f for f in verdict.findings if f.code == "test_sat")
    assert (waived.status, waived.met, waived.total) == ("waived", 4, 5)  # the denominator stays
    assert waived.short[0].waived is not None
    assert (waived.short[0].waived.by, waived.short[0].waived.reason) == ("office-wang", "away on official business")


def test_only_a_gap_there_is_can_be_accepted_and_only_from_today_on() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    waive = partial(story.campaign.waive, "b1", "test_sat", by="office-wang", reason="away")
    with pytest.raises(Misuse, match="no gap in test_sat: he"):
        waive(members=["he"])
    with pytest.raises(Misuse, match="2005-03-09 is past"):
        waive(until="2005-03-09")
    accepted = waive()
    assert (accepted.detail["members"], accepted.detail["total"]) == (["lin"], 5)  # nobody who might fall short later
    with pytest.raises(Misuse, match="nobody falls short"):
        waive()


def test_a_rule_that_guards_its_own_division_is_met_where_it_need_not_divide() -> None:
    check = "len(branch.offer) == 0 or sum(o.amount for o in branch.offer) / len(branch.offer) <= ceiling"
    text = (EXAMPLES / "office-move.yaml").read_text(encoding="utf-8").replace("last(branch.offer).amount <= ceiling", check)
    campaign = Campaign.create(":memory:", load_text(text), clock=VirtualClock(datetime(2026, 3, 2)), rehearsal=True)
    campaign.import_roster([{"branch": "berlin", "person": "anna", "roles": "team"}, {"person": "bo", "roles": "board"}])
    campaign.move("berlin", "apply", by="anna")
    assert campaign.move("berlin", "approve", by="bo").findings[-1].status == "met"


def test_a_move_of_one_name_asks_for_the_people_of_the_gate_it_is_made_in() -> None:
    text = (EXAMPLES / "office-move.yaml").read_text(encoding="utf-8")
    second = """  second:
    phases: [working]
    moves:
      approve: {from: working, to: next_stage, by: board, takes: {reason: text}}
stages:"""
    text = text.replace(
        "approve: {from: applied, to: next_stage, by: board, not_by: apply}", "approve: {from: applied, to: next_stage, by: team}"
    )
    text = (
        text.replace("stages:", second).replace("move: {gate: approval}", "move: {gate: second}").replace(", requires: within_budget", "")
    )
    campaign = Campaign.create(":memory:", load_text(text), clock=VirtualClock(datetime(2026, 3, 2)), rehearsal=True)
    campaign.import_roster([{"branch": "berlin", "person": "anna", "roles": "team"}, {"person": "bo", "roles": "board"}])
    campaign.move("berlin", "apply", by="anna")
    assert campaign.move("berlin", "approve", by="anna").allowed
    assert list(unmet(campaign.move("berlin", "approve", by="anna", takes={"reason": "r"}))) == ["rule.role"]
    with pytest.raises(InputFault, match="reason"):
        campaign.move("berlin", "approve", by="bo")
    assert campaign.move("berlin", "approve", by="bo", takes={"reason": "r"}).allowed


def test_an_instant_happened_on_the_day_it_was_in_the_campaigns_zone() -> None:
    story = Story().mobilised().day("2005-03-10")
    late = datetime.fromisoformat("2005-03-08T23:30:00+00:00")  # already the 9th in Shanghai
    story.campaign.record("b1", "good_deed", by="li", happened=late, fields={"what": "w", "beneficiary": "public", "count": 1})
    assert list(story.campaign.timeline("b1"))[-1].payload["happened"] == "2005-03-09"


def test_an_empty_roll_is_a_fact_that_is_missing() -> None:
    campaign = Campaign.create(":memory:", loaded(EXAMPLES / "trial-sites.yaml"), clock=VirtualClock(datetime(2026, 3, 2)), rehearsal=True)
    campaign.import_roster([{"branch": "s1"}])
    trained = next(f for f in campaign.ask("s1", "close_people").findings if f.code == "trained")
    assert (trained.status, trained.total) == ("unknown", 0)


def test_a_waiver_withdrawn_no_longer_counts() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    accepted = story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away")
    assert accepted.event is not None
    assert story.campaign.ask("b1", "open_look_back").allowed
    assert story.campaign.withdraw("b1", accepted.event.seq, by="office-wang", reason="he is back").allowed
    assert list(unmet(story.campaign.ask("b1", "open_look_back"))) == ["test_sat"]


def test_a_waiver_ends_on_its_day() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away", until="2005-03-11")
    assert story.day("2005-03-11").campaign.ask("b1", "open_look_back").allowed
    assert list(unmet(story.day("2005-03-12").campaign.ask("b1", "open_look_back"))) == ["test_sat"]


@pytest.mark.parametrize(("reading", "passes"), [("majority_dissatisfied", True), ("satisfied_share", False)])
def test_a_survey_of_40_30_30_under_both_readings(reading: str, passes: bool) -> None:
    story = Story(definition=with_parameter("survey_reading", reading))
    survey = story.open_case("survey", by="super-qian", round=1, representatives=60, sampled=40, anonymous=True)
    story.case(survey, "brief", "open_poll", by="super-qian")
    story.case(survey, "close_poll", by="super-qian", issued=100, returned=100)
    story.case(survey, "tally", by="super-qian", satisfied=40, neutral=30, dissatisfied=30)
    assert story.campaign.ask_case("b1", survey, "pass", by="super-qian").allowed is passes
    assert story.campaign.ask_case("b1", survey, "fail", by="super-qian").allowed is not passes


def test_a_survey_failed_twice_then_passed() -> None:
    story = Story()
    outcomes = []
    for number, (satisfied, dissatisfied) in enumerate([(30, 70), (45, 55), (90, 10)], 1):
        survey = story.open_case("survey", by="super-qian", round=number, representatives=60, sampled=40, anonymous=True)
        story.case(survey, "brief", "open_poll", by="super-qian")
        story.case(survey, "close_poll", by="super-qian", issued=100, returned=100)
        story.case(survey, "tally", by="super-qian", satisfied=satisfied, neutral=0, dissatisfied=dissatisfied)
        passed = story.campaign.move_case("b1", survey, "pass", by="super-qian").allowed
        outcomes.append(passed)
        if not passed:
            story.case(survey, "fail", by="super-qian")
            story.case(survey, "start_make_up", gap_plan="hear them again")
            story.case(survey, "finish_make_up", by="super-qian")
    assert outcomes == [False, False, True]
    assert [(c.id, c.state) for c in story.campaign.cases("b1", "survey")] == [
        ("survey-1", "made_up"),
        ("survey-2", "made_up"),
        ("survey-3", "passed"),
    ]


def test_a_leader_who_is_a_plain_member_owes_both() -> None:
    story = Story(leader="li").mobilised().day("2005-03-10").learnt(but=["essays"])
    story.record("essay", lines=["chen", "he", "lin", "li"], characters=3000, accepted=True)
    finding = unmet(story.campaign.ask("b1", "open_look_back", by="li"))["essays"]
    assert [(s.id, s.figures[0].required, s.figures[0].found) for s in finding.short] == [("li", 2, 1)]
    assert finding.total == 5  # and the hours, the test and the rest are asked of the leader as of everybody


def test_a_deadline_passed_moves_nothing() -> None:
    story = Story().mobilised()
    before = story.campaign.why("b1")
    assert before.planned_end == "2005-03-04"
    story.day("2005-06-30")
    after = story.campaign.why("b1")
    assert (after.state, after.attempt, after.since) == (before.state, before.attempt, before.since)
    assert after.days == before.days + 163
    assert [e.kind for e in story.campaign.timeline("b1")].count("moved") == 3


def test_make_up_goes_back_to_inspection_as_often_as_needed() -> None:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back().met().filed().inspected("make_up")
    for round_ in range(3):
        assert list(unmet(story.campaign.move("b1", "require_make_up", by="office-wang"))) == ["gap_listed"]
        gap = story.open_case("gap", by="office-wang", subject=f"round {round_}", responsible="he", due="2005-04-01")
        story.move("require_make_up", by="office-wang")
        assert list(unmet(story.campaign.move("b1", "request_reinspection", by="li"))) == ["no_open_gap"]
        story.case(gap, "make_good", evidence="sheet")
        story.case(gap, "accept", by="office-wang")
        story.move("request_reinspection")
    assert list(unmet(story.campaign.ask("b1", "approve", by="office-wang"))) == ["inspection_passed"]
    story.record("inspection", by="office-wang", result="pass")
    story.move("approve", by="office-wang")
    assert story.campaign.why("b1").state == "analysis.working"


def test_extension_moves_the_planned_end_and_long_ones_need_the_leading_group() -> None:
    story = Story().mobilised()
    assert story.campaign.why("b1").planned_end == "2005-03-04"
    verdict = story.campaign.move("b1", "prolong", by="office-wang", takes={"days": 16, "reason": "festival"})
    assert unmet(verdict)["within_office_extension"].figures == (Figure("<=", 15, 16, "d", False),)
    story.move("prolong", by="office-wang", takes={"days": "10", "reason": "festival"})
    assert story.campaign.why("b1").planned_end == "2005-03-14"


def test_redo_freezes_the_old_attempt_and_starts_the_next() -> None:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back().met().filed().inspected("redo")
    refused = story.campaign.move("b1", "redo", by="office-wang", takes={"reason": "formalism"})
    assert list(unmet(refused)) == ["rule.role"]
    story.move("redo", by="lead-zhao", takes={"reason": "formalism"})
    why = story.campaign.why("b1")
    assert (why.state, why.attempt) == ("learning.working", 2)
    verdict = story.campaign.ask("b1", "open_look_back", by="li")
    assert {"study_hours", "essays", "test_sat", "participation", "steps_closed"} <= set(unmet(verdict))
    assert unmet(verdict)["study_hours"].short[0].figures[0].found == 0
    outcomes = [(a["stage"], a["number"], a["outcome"]) for a in story.campaign.attempts("b1")]
    assert outcomes == [("preparation", 1, "hold_mobilisation"), ("learning", 1, "redo"), ("learning", 2, None)]
    kept = story.campaign.store.row("SELECT COUNT(*), SUM(live) FROM workflow_line WHERE kind = 'attendance'")
    assert kept == (30, 0)  # every line is still there, none counts


def test_a_gap_accepted_in_one_attempt_is_not_accepted_in_the_next() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away")
    story.looked_back().met().filed().inspected("redo").move("redo", by="lead-zhao", takes={"reason": "formalism"})
    finding = unmet(story.campaign.ask("b1", "open_look_back", by="li"))["test_sat"]
    assert "lin" in [s.id for s in finding.short if s.waived is None]
    assert [e.kind for e in story.campaign.timeline("b1")].count("waived") == 1  # it stays visible


def test_the_old_attempt_does_not_block_the_new_one_by_separation() -> None:
    story = Story().to_inspection()
    story.move("approve", by="office-wang")
    assert story.campaign.store.row("SELECT done FROM workflow_branch") == ("{}",)


def test_the_second_stage_does_not_see_the_first_ones_application() -> None:
    story = Story().to_inspection()
    story.move("approve", by="office-wang")
    why = story.campaign.why("b1")
    assert why.state == "analysis.working"
    apply = next(w for w in why.later if w.move == "apply")
    assert {"both_addressees", "group_present", "resolved_ready"} <= {f.code for f in apply.standing}


def test_the_tables_are_only_a_cache_of_the_ledger() -> None:
    story = Story().to_inspection()
    story.move("approve", by="office-wang")
    definition = story.campaign.definition
    assert compare(story.campaign.store, lambda _hash: definition) == ()


def test_a_shared_key_gives_the_first_answer_again() -> None:
    story = Story().mobilised()
    first = story.campaign.move("b1", "open_look_back", by="li", key="k1")
    count = len(list(story.campaign.timeline("b1")))
    again = story.campaign.move("b1", "open_look_back", by="li", key="k1")
    assert evolve(again, findings=first.findings) == first
    assert [f.code for f in again.findings] == [f.code for f in first.findings]
    assert len(list(story.campaign.timeline("b1"))) == count

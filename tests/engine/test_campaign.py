"""The public commands and questions in detail: what they refuse, what they raise, and what they say about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.engine.ground import LICENCES, OFFICE_MOVE, START, sound, trial
from tests.story import Story, loaded
from workflow.clock import SystemClock, VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, KeyReused, Misuse, NotFound, WorkflowError
from workflow.ledger import events
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Verdict

Call = Callable[[Campaign], object]
SITE, COORDINATOR = "site-000", "m0-0"
HAZARD = {"what": "a loose wire", "fixer": "olga"}


@pytest.fixture
def campaign() -> Campaign:
    return trial()[0]


@pytest.fixture
def licences() -> Campaign:
    made = Campaign.create(":memory:", LICENCES, clock=VirtualClock(START), rehearsal=True)
    rows = [{"branch": "mill", "title": "Mill", "group": "north"}]
    rows += [{"branch": "mill", "person": m, "name": m, "status": "journeyman"} for m in ("olga", "m1")]
    rows += [{"branch": "mill", "person": "olga", "name": "Olga", "roles": "owner"}]
    made.import_roster([*rows, {"person": "ivan", "name": "Ivan", "group": "north", "roles": "inspector"}])
    made.import_roster([{"person": "ada", "name": "Ada", "roles": "authority"}])
    return made


def count(campaign: Campaign) -> int:
    return sum(1 for _ in events(campaign.store))


def unchanged(campaign: Campaign, error: type[WorkflowError], call: Call) -> WorkflowError:
    """The error a command raises; it wrote nothing."""
    before = count(campaign)
    with pytest.raises(error) as caught:
        call(campaign)
    assert count(campaign) == before
    return caught.value


# -- what does not exist -----------------------------------------------------------------------------------------------

BRANCH = ("branch", "there is no branch site-00; did you mean site-000 (Site 0)?", "没有支部 site-00；是否指 site-000 (Site 0)？")
MOVE = ("move", "there is no move invte; did you mean invite?", "没有动作 invte；是否指 invite？")
UNKNOWN: dict[str, tuple[Call, tuple[str, str, str]]] = {
    "record, branch": (lambda c: c.record("site-00", "visit", by="mona", fields={"passed": True}), BRANCH),
    "move, branch": (lambda c: c.move("site-00", "invite", by=COORDINATOR), BRANCH),
    "ask, branch": (lambda c: c.ask("site-00", "invite"), BRANCH),
    "waive, branch": (lambda c: c.waive("site-00", "trained", by="spencer", reason="r"), BRANCH),
    "why": (lambda c: c.why("site-00"), BRANCH),
    "timeline": (lambda c: c.timeline("site-00"), BRANCH),
    "cases": (lambda c: c.cases("site-00"), BRANCH),
    "move": (lambda c: c.move(SITE, "invte", by=COORDINATOR), MOVE),
    "ask": (lambda c: c.ask(SITE, "invte"), MOVE),
    "record": (
        lambda c: c.record(SITE, "trainings", by="mona"),
        ("record-kind", "there is no record kind trainings; did you mean training?", "没有记录种类 trainings；是否指 training？"),
    ),
    "waive": (
        lambda c: c.waive(SITE, "x", by="spencer", reason="r"),
        (
            "requirement",
            "there is no requirement x; known: trained, present, contract_signed, steps_closed, visit_passed",
            "没有条件 x；已有：trained、present、contract_signed、steps_closed、visit_passed",
        ),
    ),
    "case kind": (
        lambda c: c.open_case(SITE, "hazard", by="mona"),
        ("case-kind", "there is no case kind hazard; there are none", "没有事项种类 hazard；目前没有"),
    ),
    "withdraw": (
        lambda c: c.withdraw(SITE, 99, by="mona", reason="r"),
        ("record", "site-000 has no record or waiver #99; its last event is #1", "site-000没有第 99 号记录或缺口；最后一号为 1"),
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_does_not_exist_is_named_with_what_was_meant(campaign: Campaign, name: str) -> None:
    call, (code, en, zh) = UNKNOWN[name]
    error = unchanged(campaign, NotFound, call)
    assert (error.code, error.say("en"), error.say("zh")) == (code, en, zh)


def test_a_case_that_does_not_exist(licences: Campaign) -> None:
    licences.open_case("mill", "defect", by="olga", fields=HAZARD)
    for call in (lambda c: c.move_case("mill", "defct-1", "mend", by="olga"), lambda c: c.ask_case("mill", "defct-1", "mend")):
        error = unchanged(licences, NotFound, call)
        assert error.say("en") == "mill has no case defct-1; did you mean defect-1?"
        assert error.say("zh") == "mill 没有事项 defct-1；是否指 defect-1？"
    error = unchanged(licences, NotFound, lambda c: c.move_case("mill", "defect-1", "mended", by="olga"))
    assert error.say("en") == "a defect has no move mended; did you mean mend?"
    assert error.say("zh") == "defect 没有动作 mended；是否指 mend？"


# -- what is malformed -------------------------------------------------------------------------------------------------


def faults(campaign: Campaign, call: Call) -> list[str]:
    error = unchanged(campaign, InputFault, call)
    assert isinstance(error, InputFault)
    assert all(fault.text.say("zh") != fault.text.say("en") for fault in error.faults)
    return error.say("en").split("\n")


def test_everything_wrong_with_a_record_is_said_at_once(campaign: Campaign) -> None:
    lines: list[Any] = [COORDINATOR, COORDINATOR, {"member": "m0-1", "hours": -1, "form": "film"}, {"member": "m9"}, 7]
    found = faults(campaign, lambda c: c.record(SITE, "training", by="mona", fields={"hours": "six", "houres": 6}, lines=lines))
    assert found == [
        "hours: 'six' is not a number",
        "houres: unknown field; did you mean hours?",
        "line 1: form: “form” is missing; expected one of course, self",
        "line 2: member: m0-0 stands on this sheet twice",
        "line 2: form: “form” is missing; expected one of course, self",
        "line 3: hours: -1 h is below 0 h",
        "line 3: form: 'film' is not one of the options; known: course, self",
        "line 4: member: 'm9' is not on the roll of this branch; known: m0-0, m0-1, m0-2",
        "line 4: form: “form” is missing; expected one of course, self",
        "line 5: each line is a member's id, or a mapping with `member`",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (["course"], "['course'] is not one of the options; did you mean course?"),
        ({}, "{} is not one of the options; known: course, self"),
        (5, "5 is not one of the options; known: course, self"),
        ("  ", "“form” is missing; expected one of course, self"),
    ],
)
def test_no_value_is_too_odd_to_be_explained(campaign: Campaign, value: Any, said: str) -> None:
    lines = [{"member": COORDINATOR, "hours": 1, "form": value}]
    assert faults(campaign, lambda c: c.record(SITE, "training", by="mona", lines=lines)) == [f"line 1: form: {said}"]


@pytest.mark.parametrize("hours", ["1e300", 10**30, "inf", "nan", float("inf"), True, [1], "1e13"])
def test_figures_that_are_none_or_beyond_measure(campaign: Campaign, hours: Any) -> None:
    found = faults(campaign, lambda c: c.record(SITE, "course", by=COORDINATOR, fields={"hours": hours, "form": "course"}))
    assert len(found) == 1
    assert found[0].endswith(("is too large", "is not a number"))


def test_a_text_of_blanks_is_missing_and_a_list_is_none(licences: Campaign) -> None:
    found = faults(licences, lambda c: c.open_case("mill", "defect", by="olga", fields={"what": " ", "fixer": ["olga"]}))
    assert found == ["fixer: ['olga'] is not a text", "what: “what” is missing; expected a text"]
    assert faults(licences, lambda c: c.move("mill", "redo", by="ivan", takes={"reason": "x"})) == ["reason: needs at least 2 characters"]
    assert faults(licences, lambda c: c.move("mill", "prolong", by="ada")) == ["days: “days” is missing; expected a whole number"]


def test_lines_belong_to_records_of_members(campaign: Campaign) -> None:
    error = unchanged(campaign, Misuse, lambda c: c.record(SITE, "visit", by="mona", fields={"passed": True}, lines=["m0-0"]))
    assert (error.code, error.say("en")) == ("lines", "visit is a record of the branch and has no lines")
    error = unchanged(campaign, Misuse, lambda c: c.record(SITE, "training", by="mona", fields={"hours": 1, "form": "self"}))
    assert error.say("en") == "training is a record of members: say whose it is"


@pytest.mark.parametrize(
    ("day", "code", "said"),
    [
        ("2026-03-03", "future", "2026-03-03 has not come yet (today is 2026-03-02); a record says what was so"),
        (date(2027, 1, 1), "future", "2027-01-01 has not come yet (today is 2026-03-02); a record says what was so"),
        ("3 March", "date", "'3 March' is not a date such as 2005-01-31"),
    ],
)
def test_a_day_that_has_not_come_or_is_none(campaign: Campaign, day: date | str, code: str, said: str) -> None:
    error = unchanged(campaign, Misuse, lambda c: c.record(SITE, "visit", by="mona", fields={"passed": True}, happened=day))
    assert (error.code, error.say("en")) == (code, said)


def test_today_is_the_definitions_local_date() -> None:
    campaign, clock = trial()
    clock.set(datetime.fromisoformat("2026-03-02T23:30:00+00:00"))  # half past midnight in Berlin
    assert campaign.today == "2026-03-03"
    assert campaign.record(SITE, "visit", by="mona", fields={"passed": True}, happened="2026-03-03").allowed


def test_whoever_is_nobody_makes_no_move(campaign: Campaign) -> None:
    nobody: Any
    for nobody in (None, ""):
        for call in (
            lambda c, who=nobody: c.move(SITE, "close_papers", by=who),
            lambda c, who=nobody: c.record(SITE, "visit", by=who, fields={"passed": True}),
            lambda c, who=nobody: c.waive(SITE, "trained", by=who, reason="r"),
        ):
            error = unchanged(campaign, Misuse, call)
            assert (error.code, error.say("zh")) == ("actor", "请写明由谁办理：by 为人员编号")


# -- waivers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"requirement": "visit_passed"}, "not-waivable", "visit_passed cannot be waived: the definition names nobody who may"),
        ({"reason": " "}, "reason", "a reason is needed: it stays visible for ever"),
        ({"members": ["m1-0", "m0-0"]}, "no-gap", "no gap in trained: m1-0; did you mean m0-0?"),
        ({"until": "soon"}, "date", "'soon' is not a date such as 2005-01-31"),
    ],
)
def test_a_gap_that_cannot_be_accepted(campaign: Campaign, given: dict[str, Any], code: str, said: str) -> None:
    asked = {"requirement": "trained", "by": "spencer", "reason": "short of staff", **given}
    error = unchanged(campaign, Misuse, lambda c: c.waive(SITE, **asked))
    assert (error.code, error.say("en")) == (code, said)


def test_an_end_given_as_an_instant_is_a_day(campaign: Campaign) -> None:
    campaign.waive(SITE, "trained", by="spencer", reason="r", until=datetime(2026, 3, 9, 12))
    assert campaign.store.row("SELECT until FROM workflow_waiver") == ("2026-03-09",)


# -- records -----------------------------------------------------------------------------------------------------------


def test_a_record_withdrawn_no_longer_counts_and_stays_in_the_timeline(campaign: Campaign) -> None:
    said = campaign.record(SITE, "training", by="mona", fields={"hours": 12, "form": "self"}, lines=["m0-0", "m0-1"])
    assert said.event is not None
    finding = campaign.ask(SITE, "close_people").findings[2]
    assert (finding.code, finding.met, [s.id for s in finding.short], finding.evidence) == ("trained", 2, ["m0-2"], (said.event.seq,))
    assert campaign.withdraw(SITE, said.event.seq, by=COORDINATOR, reason="the wrong site").allowed
    finding = campaign.ask(SITE, "close_people").findings[2]
    assert (finding.met, [s.id for s in finding.short], finding.evidence) == (0, ["m0-0", "m0-1", "m0-2"], ())
    assert [(e.kind, e.payload.get("reason")) for e in campaign.timeline(SITE)][1:] == [("record", None), ("withdrawn", "the wrong site")]
    error = unchanged(campaign, Misuse, lambda c: c.withdraw(SITE, 2, by=COORDINATOR, reason="again"))
    assert error.say("en") == "#2 of site-000 was withdrawn already (#3: the wrong site)"


def test_a_record_by_somebody_without_the_role_is_refused_and_kept(campaign: Campaign) -> None:
    verdict = campaign.record(SITE, "contract", by="m1-0", fields={"signed": True}, key="k")
    assert not verdict
    assert [f.code for f in verdict.standing] == ["rule.role"]
    detail = verdict.standing[0].detail
    assert (detail["wanted"], detail["here"], list(detail["elsewhere"])) == (["sponsor"], [], ["coordinator"])
    assert detail["people"] == [{"id": "spencer", "name": "Spencer", "role": "sponsor"}]
    kept = list(campaign.timeline(SITE))[-1]
    assert (kept.kind, kept.subject, kept.actor, kept.role) == ("refused", "record:contract", "m1-0", "")
    assert campaign.ask(SITE, "close_papers").findings[-1].status == "unknown"
    assert campaign.record(SITE, "contract", by="m1-0", fields={"signed": True}, key="k") == verdict


def test_a_key_is_good_for_one_command(campaign: Campaign) -> None:
    campaign.record(SITE, "contract", by="spencer", fields={"signed": True}, key="k")
    error = unchanged(campaign, KeyReused, lambda c: c.move(SITE, "close_papers", by=COORDINATOR, key="k"))
    assert error.say("en") == "key k was used before for another command, or with other content (site-000 #2); use a new key"


def test_a_key_with_other_content_is_no_repetition(campaign: Campaign) -> None:
    first = campaign.record(SITE, "contract", by="spencer", fields={"signed": True}, key="k")
    unchanged(campaign, KeyReused, lambda c: c.record(SITE, "contract", by="spencer", fields={"signed": False}, key="k"))
    again = campaign.record(SITE, "contract", by="spencer", fields={"signed": True}, key="k")
    assert (again, again.repeated, first.repeated) == (first, True, False)


def test_somebody_on_no_roster_is_a_slip_and_not_kept(campaign: Campaign) -> None:
    error = unchanged(campaign, NotFound, lambda c: c.record(SITE, "contract", by="spencr", fields={"signed": True}))
    assert error.say("en") == "there is no person spencr; did you mean spencer (Spencer)?"
    assert error.say("zh") == "没有人员 spencr；是否指 spencer (Spencer)？"


def test_the_verdict_returned_is_the_verdict_kept() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test", "essays"])
    given: list[Verdict] = [
        story.campaign.move("b1", "open_look_back", by="li"),
        story.campaign.move("b1", "approve", by="he"),
        story.campaign.move("b1", "prolong", by="office-wang", takes={"days": 16, "reason": "festival"}),
        story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away"),
        story.campaign.open_case("b1", "rectification", by="li", fields={"subject": "s", "origin": "new", "urgency": "immediate"}),
        story.campaign.move_case("b1", "rectification-1", "verify", by="li"),
        story.campaign.move("b1", "open_look_back", by="li"),
    ]
    by_seq = {event.seq: event for event in story.campaign.timeline("b1")}
    for verdict in given:
        assert verdict.event is not None
        event = by_seq[verdict.event.seq]
        assert (event.hash, verdict_of(event.payload["verdict"], verdict.event)) == (verdict.event.hash, verdict)


def test_a_stage_is_not_extended_beyond_any_calendar(licences: Campaign) -> None:
    assert licences.move("mill", "prolong", by="ada", takes={"days": 10}).allowed
    assert licences.why("mill").planned_end == "2026-04-11"
    error = unchanged(licences, Misuse, lambda c: c.move("mill", "prolong", by="ada", takes={"days": 10**9}))
    assert error.say("en") == "prolong: a stage is extended by at most 3650 days in all, 1,000,000,000 more are asked for"
    assert licences.why("mill").planned_end == "2026-04-11"


MOVING = """
definition: moving
title: A rule that asks for what a move takes
roles: {clerk: {scope: all}}
instruments: {rule: {title: The rule, issued: 2025-01-01}}
parameters: {most: {value: 5, basis: rule}}
requirements:
  short: {title: "At most {most}, where urgent", when: move.urgent, check: today == today, owner: clerk, remedy: less, basis: rule}
gates: {only: {phases: [working], moves: {go: {from: working, to: next_stage, by: clerk, requires: short, takes: {urgent: boolean}}}}}
stages: {one: {gate: only}}
"""


def test_when_a_rule_applies_may_depend_on_what_the_move_takes() -> None:
    with Campaign.create(":memory:", load_text(MOVING, "moving")) as campaign:
        campaign.import_roster([{"branch": "b", "title": "B"}])
        campaign.import_roster([{"person": "kim", "name": "Kim", "roles": "clerk"}])
        status = {urgent: campaign.ask("b", "go", takes={"urgent": urgent}).findings[-1].status for urgent in (True, False)}
        assert status == {True: "met", False: "not_applicable"}
        assert campaign.move("b", "go", by="kim", takes={"urgent": "no"}).allowed


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_only_a_rehearsal_chooses_its_time(tmp_path: Path) -> None:
    said = ("not-a-rehearsal", "只有演练可以自选时间；本活动使用机器时间")
    path = tmp_path / "campaign.db"
    with pytest.raises(Misuse) as caught:
        Campaign.create(path, loaded(OFFICE_MOVE), clock=VirtualClock(START))
    assert (caught.value.code, caught.value.say("zh")) == said
    assert not path.exists()
    Campaign.create(path, loaded(OFFICE_MOVE)).close()
    with pytest.raises(Misuse) as caught:
        Campaign.open(path, clock=VirtualClock(START))
    assert (caught.value.code, caught.value.say("zh")) == said
    Campaign.open(path, clock=SystemClock()).close()


def test_a_clock_set_back_neither_reorders_nor_unblocks(licences: Campaign) -> None:
    clock = licences._desk.clock
    assert isinstance(clock, VirtualClock)
    licences.record("mill", "evening", by="olga", fields={"hours": 4, "mode": "hall"}, lines=["olga", "m1"])
    for move in ("close_papers", "close_teaching", "apply"):
        assert licences.move("mill", move, by="olga").allowed
    clock.advance(days=-30)
    finding = licences.move("mill", "receive", by="ivan").standing[0]
    assert (finding.code, finding.figures[0].found) == ("waited", 0)  # judged on the day that is written
    stamps = [event.recorded_at for event in licences.timeline("mill")]
    assert stamps == sorted(stamps)
    sound(licences.store, LICENCES)

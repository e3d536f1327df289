"""What was entered, case by case and version by version: `records`, `case show`, `audit versions`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit.questions_ground import answer
from tests.engine.rolls_ground import Study
from workflow.audit import editions, entries
from workflow.engine.campaign import Campaign
from workflow.errors import NotFound


def test_every_record_with_its_fields_lines_and_standing() -> None:
    study = Study()
    first = study.study("north", hours=2)
    wrong = study.study("north", "ada", hours=9)
    assert study.campaign.withdraw("north", wrong, by="ada", reason="twice").allowed
    study.enter("north", "essay", "ada", pages=2)
    study.move("north", "redo")
    found = entries(study.campaign, "north")
    assert [(each.document.record, each.standing) for each in found] == [("evening", "frozen"), ("study", "withdrawn"), ("essay", "counts")]
    assert (found[0].document.seq, found[0].fields, [line.member for line in found[0].lines]) == (first, {"hours": 2}, ["ada", "bo", "cy"])
    assert (found[1].document.withdrawn_by, found[1].document.reason) == ("ada", "twice")
    assert [each.document.record for each in entries(study.campaign, "north", ["essay", "study"])] == ["study", "essay"]


def test_what_came_with_a_member_and_what_left() -> None:
    study = Study()
    study.study("north", "bo", hours=3)
    study.transfer("bo", "south")
    there, here = entries(study.campaign, "south"), entries(study.campaign, "north")
    assert [(each.document.record, each.standing, each.came) for each in there] == [("study", "counts", "north")]
    assert [line.member for line in there[0].lines] == ["bo"]
    assert len(here) == 1


def test_only_what_was_entered_after_a_move_made_later_than_it_happened() -> None:
    study = Study()
    study.through_learning("north")
    study.clock.advance(days=3)
    late = study.campaign.record("north", "essay", by="ada", happened="2026-03-01", fields={"pages": 1}, lines=["bo"])
    assert late.event is not None
    found = entries(study.campaign, "north", late=True)
    assert [(each.document.seq, each.days, [move for _, move, _ in each.after]) for each in found] == [
        (late.event.seq, 4, ["apply", "approve"])
    ]


def test_unknown_names() -> None:
    study = Study()
    with pytest.raises(NotFound, match="there is no record kind esay; did you mean essay"):
        entries(study.campaign, "north", ["esay"])
    with pytest.raises(NotFound, match="there is no branch nroth"):
        entries(study.campaign, "nroth")
    with pytest.raises(NotFound, match="no version has studid; did you mean studied"):
        editions(study.campaign, "studid")


def test_late_on_the_command_line(asked_district: Path) -> None:
    _, said = answer(asked_district, ("records", "organ-003", "--late"), "en")
    lines = said.splitlines()
    assert lines[0] == "林业局党委: 1 record entered after a move made later than they happened, 1 of which count"
    assert "counts; entered 25 days later, after “close study and training” #85, " in lines[-1]
    assert lines[-1].endswith("“approve the transfer” #113, “close seek opinions” #118")
    _, said = answer(asked_district, ("records", "organ-003", "session", "--full"), "zh")
    assert "蔡坚顺" in said
    _, said = answer(asked_district, ("records", "organ-003", "lecture"), "zh")
    assert "2005-03-29 由王发建撤回：讲课场次登记有误" in said
    _, said = answer(asked_district, ("records", "--campaign"), "en")
    assert said == "The campaign: no such record\n"
    _, said = answer(asked_district, ("records", "organ-003"), "en")
    assert "; --full shows them all, with their lines" in said


def test_records_as_json(asked_district: Path) -> None:
    plain = json.loads(answer(asked_district, ("records", "organ-003", "receipt", "--json"), "en")[1])
    assert [(each["fields"]["addressee"], each["by"], each["recorded"]) for each in plain] == [
        ("group", "zhong-su-2", "2005-03-14"),
        ("office", "liang-fushi", "2005-03-14"),
    ]


def test_a_case_and_all_that_was_done_to_it(asked_district: Path) -> None:
    _, said = answer(asked_district, ("case", "show", "organ-002", "rectification-1"), "en")
    lines = said.splitlines()
    assert lines[1] == "    in progress since 2005-03-31, opened 2005-02-25"
    assert "    what came back: 办事程序又停止公开" in lines
    assert [line.split("  ")[0] for line in lines if line.startswith("#")][-1] == "#118"
    plain = json.loads(answer(asked_district, ("case", "show", "organ-002", "rectification-1", "--json"), "en")[1])
    assert [event["kind"] for event in plain["events"]] == ["case_opened", *["case_moved"] * 7]


def test_the_versions_and_whom_they_touched(asked_district: Path) -> None:
    with Campaign.open(asked_district) as campaign:
        first, second = editions(campaign)
        assert (first.branches, second.branches, len(second.running)) == (0, 782, 782)
        assert (second.since, second.scope, second.by, second.reason, second.seq) == (
            "2005-04-05",
            "running",
            "shen-hewen",
            "补学四学时",
            4,
        )
        assert {each.path for each in second.changes} >= {"parameters.study_class_hours.value", "parameters.study_hours.value"}
        assert [len(each.changes) for each in editions(campaign, "study_hours")] == [0, 1]
        assert [each.number for each in editions(campaign, "test_sat")] == [1]
    _, said = answer(asked_district, ("audit", "versions", "test_sat"), "en")
    assert said.splitlines()[-1] == "No later version changed test_sat."
    plain = json.loads(answer(asked_district, ("audit", "versions", "--json"), "zh")[1])
    assert [each["number"] for each in plain] == [1, 2]

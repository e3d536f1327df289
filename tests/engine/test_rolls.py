"""Members who join, move, change and leave: what follows them counts once, where they are, and everything stays explained."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.conftest import Snapshot
from tests.engine.rolls_ground import ROLLS, Study
from workflow.errors import InputFault, KeyReused, Misuse, NotFound
from workflow.verdicts import Outlook, Verdict


@pytest.fixture
def study() -> Study:
    return Study()


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.standing]


def payloads(study: Study, branch: str | None, kind: str) -> list[dict[str, Any]]:
    return [event.payload for event in study.campaign.timeline(branch) if event.kind == kind]


# -- records follow ------------------------------------------------------------------------------------------------------


def read(study: Study, snapshot: Snapshot, name: str, *answers: Verdict | Outlook) -> None:
    for lang in ("en", "zh"):
        snapshot(f"{name}.{lang}", "\n\n".join(study.campaign.explain(answer, lang, full=True) for answer in answers))


def test_hours_and_essays_follow_in_the_middle_of_a_stage(study: Study) -> None:
    study.study("north", hours=3)
    sheet = study.enter("north", "essay", "bo", pages=2, day="2026-02-27", themes="law;duty", own="yes")
    before = study.total(), study.total("essay")
    verdict = study.transfer("bo", "east")
    assert verdict.detail["carried"] == {"records": 2, "cases": 0}
    assert (study.hours("bo"), study.total(), study.total("essay")) == ({"east": 3}, *before)
    assert study.finding("north", "studied").total == 2
    study.study("east", "bo", hours=1)
    found = study.finding("east", "studied")
    assert (found.total, found.met, [s.id for s in found.short]) == (3, 1, ["fay", "gus"])
    [joined] = payloads(study, "east", "joined")
    [essay] = [record for record in joined["records"] if record["record"] == "essay"]
    assert essay["of"] == {"branch": "north", "seq": sheet, "line": 1}
    assert essay["fields"] == {"pages": 2, "day": "2026-02-27", "themes": ["duty", "law"], "own": True}
    assert (essay["stage"], essay["passed"], essay["happened"], essay["by"]) == ("", False, "2026-03-02", "ada")
    study.whole()


def test_who_had_not_finished_finishes_in_the_branch_of_a_later_batch(study: Study, snapshot: Snapshot) -> None:
    """Batch 1 to batch 3, before the old branch was through with the stage."""
    study.study("north", hours=3)
    study.enter("north", "essay", "ada", "bo", "cy", pages=2)
    study.transfer("bo", "east")
    study.study("east", "fay", "gus", hours=4)
    study.enter("east", "essay", "fay", "gus", pages=2)
    refused = study.campaign.move("east", "apply", by="fay")
    assert [s.id for s in study.finding("east", "studied").short] == ["bo"]
    assert codes(refused) == ["studied"]
    read(study, snapshot, "rolls-unfinished", refused)
    study.study("east", "bo", hours=1)
    study.move("east", "apply", "approve")
    study.whole()


def test_what_was_passed_is_not_repeated_in_a_later_batch(study: Study, snapshot: Snapshot) -> None:
    """Batch 1 to batch 3, after the old branch went on to practice: the evidence is what came with the member."""
    study.through_learning("north")
    before = study.total(), study.total("essay")
    study.transfer("bo", "east")
    assert (study.total(), study.total("essay")) == (before[0] + 4, before[1])  # frozen in north, asked for again in east
    found = study.finding("east", "studied")
    assert (found.met, [s.id for s in found.short]) == (1, ["fay", "gus"])
    [joined] = [event for event in study.campaign.timeline("east") if event.kind == "joined"]
    assert joined.seq in found.evidence
    assert [(r["record"], r["stage"], r["passed"]) for r in joined.payload["records"]] == [
        ("study", "learning", True),
        ("essay", "", False),
    ]
    read(study, snapshot, "rolls-passed", study.campaign.why("east"))
    study.whole()


def test_a_stage_that_is_on_in_the_old_branch_waits_in_the_new_one_until_it_begins(study: Study) -> None:
    study.through_learning("north")
    study.enter("north", "plan", "bo", text="mend the dyke")
    study.transfer("bo", "east")
    assert study.finding("east", "studied").met == 1
    assert study.rows("SELECT kind, live FROM workflow_line WHERE branch = 'east' ORDER BY kind") == [
        ("essay", 1),
        ("plan", 0),
        ("study", 1),
    ]
    study.study("east", "fay", "gus", hours=4)
    study.enter("east", "essay", "fay", "gus", pages=2)
    study.move("east", "apply", "approve")
    found = study.finding("east", "planned")
    assert (found.met, [s.id for s in found.short]) == (1, ["fay", "gus"])
    assert found.evidence == tuple(event.seq for event in study.campaign.timeline("east") if event.kind == "joined")
    study.whole()


def test_carried_on_twice(study: Study) -> None:
    """north -> east -> west: what was entered in north is still known by where it was entered."""
    sheet = study.study("north", hours=3)
    study.transfer("bo", "east")
    study.study("east", "bo", hours=1)
    total = study.total()
    verdict = study.transfer("bo", "west")
    assert verdict.detail["carried"] == {"records": 2, "cases": 0}
    assert (study.hours("bo"), study.total()) == ({"west": 4}, total)
    [joined] = payloads(study, "west", "joined")
    assert [r["of"]["branch"] for r in joined["records"]] == ["north", "east"]
    assert joined["records"][0]["of"] == {"branch": "north", "seq": sheet, "line": 2}
    assert joined["from"]["branch"] == "east"
    study.whole()


def test_there_and_back(study: Study) -> None:
    study.study("north", hours=3)
    study.transfer("bo", "east")
    study.study("east", "bo", hours=1)
    total = study.total()
    study.transfer("bo", "north")
    assert (study.hours("bo"), study.total()) == ({"north": 4}, total)
    assert study.finding("north", "studied").met == 1
    study.study("north", "bo", hours=2)
    assert study.hours("bo") == {"north": 6}
    study.transfer("bo", "east")
    assert study.hours("bo") == {"east": 6}
    study.whole()


def test_what_waits_is_carried_on_while_it_waits(study: Study) -> None:
    """The plan of practice goes from north over east, which is still learning, to south, which practises."""
    study.through_learning("north", "south")
    study.enter("north", "plan", "bo", text="mend the dyke")
    study.transfer("bo", "east")
    study.transfer("bo", "south")
    found = study.finding("south", "planned")
    assert (found.met, found.total) == (1, 3)
    study.whole()


def test_a_redo_keeps_what_was_passed_elsewhere_and_starts_the_rest_afresh(study: Study) -> None:
    """bo was through with learning in north, hal was not in west; east learns anew."""
    study.through_learning("north")
    study.study("west", hours=3)
    study.transfer("bo", "east")
    study.transfer("hal", "east")
    study.study("east", "fay", "gus", hours=4)
    assert (study.hours("bo"), study.hours("hal"), study.hours("fay")) == ({"east": 4}, {"east": 3}, {"east": 4})
    study.move("east", "redo")
    assert (study.hours("bo"), study.hours("hal"), study.hours("fay")) == ({"east": 4}, {}, {})
    assert [s.id for s in study.finding("east", "studied").short] == ["fay", "gus", "hal"]
    study.transfer("hal", "west")  # what was redone stays behind
    assert study.hours("hal") == {}
    study.whole()


def test_what_was_redone_in_the_old_branch_stays_behind(study: Study) -> None:
    study.study("north", hours=3)
    study.move("north", "redo")
    study.study("north", "bo", hours=2)
    verdict = study.transfer("bo", "east")
    assert verdict.detail["carried"]["records"] == 1
    assert study.hours("bo") == {"east": 2}


def test_a_carried_line_is_passed_once_the_branch_it_came_to_has_passed_its_stage(study: Study) -> None:
    study.study("north", hours=4)
    study.enter("north", "essay", "bo", pages=2)
    study.transfer("bo", "south")
    study.study("south", "dan", "eve", hours=4)
    study.enter("south", "essay", "dan", "eve", pages=2)
    study.move("south", "apply", "approve")
    study.transfer("bo", "east")
    [joined] = payloads(study, "east", "joined")
    assert [(r["record"], r["passed"], r["of"]["branch"]) for r in joined["records"]] == [
        ("study", True, "north"),
        ("essay", False, "north"),
    ]
    study.move("east", "redo")
    assert study.hours("bo") == {"east": 4}
    study.whole()


def test_a_sheet_withdrawn_in_the_old_branch_is_recalled_in_the_new_one(study: Study) -> None:
    sheet = study.study("north", hours=3)
    study.transfer("bo", "east")
    study.transfer("cy", "west")
    study.transfer("cy", "south")
    verdict = study.campaign.withdraw("north", sheet, by="ada", reason="the wrong evening")
    assert verdict.allowed
    assert (study.total(), study.hours("bo"), study.hours("cy")) == (0, {}, {})
    assert payloads(study, "east", "recalled") == [{"of": {"branch": "north", "seq": sheet}, "reason": "the wrong evening"}]
    study.transfer("bo", "north")
    assert study.hours("bo") == {}
    study.whole()


def test_who_falls_behind_is_warned_of(study: Study) -> None:
    study.through_learning("south")
    verdict = study.transfer("bo", "south")
    [behind] = [f for f in verdict.findings if f.code == "rule.behind"]
    assert (behind.status, behind.level) == ("unmet", "warn")
    assert behind.detail == {"members": [{"id": "bo", "name": "Bo"}], "stages": ["learning"]}
    study.through_learning("north")
    [fine] = [f for f in study.transfer("cy", "south").findings if f.code == "rule.behind"]
    assert fine.status == "met"


@pytest.mark.parametrize("seed", range(6))
def test_wherever_people_go_nothing_counts_twice_and_nothing_is_lost(study: Study, seed: int) -> None:
    """Random studies, redos and transfers; now and then somebody goes there and comes straight back, which changes nothing."""
    chance = random.Random(seed)
    members = [member for roll in ROLLS.values() for member in roll[1:]]  # the clerks stay
    passed: set[str] = set()
    for _ in range(40):
        member, branch = chance.choice(members), chance.choice(list(ROLLS))
        here = str(study.campaign.member(member).branch)
        match chance.randrange(6):
            case 0 | 1:
                study.study(here, member, hours=1)
            case 2 if branch != here:
                study.transfer(member, branch)
            case 3 if branch != here:
                before = study.hours(member)
                study.transfer(member, branch)
                study.transfer(member, here)
                assert study.hours(member) == before
            case 4 if chance.random() < 0.4:
                study.move(branch, "redo")
            case 5 if branch not in passed and chance.random() < 0.4:
                study.through_learning(branch)
                passed.add(branch)
    places = """SELECT COALESCE(c.origin, l.branch), COALESCE(c.origin_seq, l.seq), l.member FROM workflow_line l
        LEFT JOIN workflow_carried c USING (branch, seq, line) WHERE l.live = 1 AND l.member <> ''"""
    found = study.rows(places)
    assert len(found) == len(set(found)) > 0
    study.whole()


# -- cases ---------------------------------------------------------------------------------------------------------------


def test_cases_go_along_under_new_ids(study: Study) -> None:
    def visit(branch: str, member: str, what: str) -> str:
        clerk = study.clerk(branch)
        return str(study.campaign.open_case(branch, "visit", by=clerk, member=member, fields={"what": what}).created)

    assert [visit("north", "bo", "roof"), visit("north", "bo", "well"), visit("east", "gus", "gate")] == ["visit-1", "visit-2", "visit-1"]
    study.campaign.move_case("north", "visit-1", "make", by="ada")
    verdict = study.transfer("bo", "east")
    assert verdict.detail["carried"]["cases"] == 2
    assert [(c.id, c.state, c.fields["what"]) for c in study.campaign.cases("east") if c.member == "bo"] == [
        ("visit-2", "made", "roof"),
        ("visit-3", "agreed", "well"),
    ]
    assert study.campaign.cases("north") == []
    with pytest.raises(NotFound, match="visit-2 of north went to east: it is visit-3 there"):
        study.campaign.move_case("north", "visit-2", "make", by="ada")
    assert study.campaign.move_case("east", "visit-3", "make", by="fay").allowed
    assert visit("north", "cy", "wall") == "visit-3"  # a number is never used twice
    study.whole()


def test_cases_of_who_leaves_for_good_end_and_are_taken_up_again(study: Study) -> None:
    study.campaign.open_case("north", "visit", by="ada", member="bo", fields={"what": "roof"})
    verdict = study.remove("bo")
    assert verdict.detail["cases"] == {"visit-1": "left"}
    assert study.campaign.cases("north") == []
    with pytest.raises(NotFound, match="visit-1 of north left with its member"):
        study.campaign.move_case("north", "visit-1", "make", by="ada")
    study.enrol("north", "bo")
    assert [(c.id, c.fields["what"]) for c in study.campaign.cases("north")] == [("visit-2", "roof")]
    study.remove("bo")
    study.enrol("east", "bo")
    assert [c.id for c in study.campaign.cases("east")] == ["visit-1"]  # once, though it left north twice
    study.whole()


# -- joining, changing, leaving ------------------------------------------------------------------------------------------


def test_somebody_new(study: Study) -> None:
    verdict = study.enrol("north", "zoe", name="Zoe", status="离退休", flags=["干部"], fields={"since": "1999-07-01"})
    assert verdict.detail["member"] == {
        "id": "zoe",
        "name": "Zoe",
        "status": "retired",
        "flags": ["cadre"],
        "fields": {"since": "1999-07-01"},
    }
    assert "carried" not in verdict.detail
    assert payloads(study, None, "people")[-1] == {"people": [{"id": "zoe", "name": "Zoe"}], "grants": [], "revoked": []}
    assert study.finding("north", "studied").total == 4
    assert study.enrol("north", "olga").detail["member"]["name"] == "Olga"  # known as a person, on no roll so far
    assert len(payloads(study, None, "people")) == 2
    study.whole()


def test_what_is_wrong_with_an_enrolment(study: Study) -> None:
    enrol = study.campaign.enrol
    with pytest.raises(Misuse, match="zoe is not known yet: give a name as well"):
        enrol("north", "zoe", by="olga", reason="new")
    with pytest.raises(Misuse, match=r"bo \(Bo\) is on the roll of north already: transfer them instead, or give another person"):
        enrol("east", "bo", by="olga", reason="new")
    with pytest.raises(NotFound, match="did you mean north"):
        enrol("nort", "zoe", name="Zoe", by="olga", reason="new")
    with pytest.raises(Misuse, match="a reason is needed"):
        enrol("north", "zoe", name="Zoe", by="olga", reason=" ")
    with pytest.raises(InputFault) as wrong:
        enrol("north", "zoe", name="Zoe", by="olga", reason="new", status="actve", flags=["lots"], fields={"sinc": "1999", "since": "soon"})
    assert wrong.value.say("en").split("\n") == [
        "sinc: unknown field; did you mean since?",
        "since: 'soon' is not a date such as 2005-01-31",
        "status: actve is unknown; did you mean active?",
        "flags: lots is unknown; did you mean contact lost (lost)?",
    ]
    assert "status: 未知 actve；是否指 在岗（active）？" in wrong.value.say("zh")
    assert study.campaign.names().get("zoe") is None


def test_lost_and_found(study: Study) -> None:
    study.study("north", "ada", "cy", hours=4)
    assert [s.id for s in study.finding("north", "studied").short] == ["bo"]
    lost = study.campaign.change("bo", by="ada", reason="moved, nobody knows where", flag=["lost"])
    assert lost.detail["member"]["flags"] == ["lost"]
    found = study.finding("north", "studied")
    assert (found.status, found.total, found.not_applicable) == ("met", 3, 1)  # not asked, but counted
    assert study.campaign.change("bo", by="ada", reason="rang up", unflag=["失联"]).allowed
    assert study.finding("north", "studied").status == "unmet"
    with pytest.raises(Misuse, match="nothing changes for bo"):
        study.campaign.change("bo", by="ada", reason="rang up", unflag=["lost"], status="active")
    with pytest.raises(InputFault, match="flags: lsot is unknown"):
        study.campaign.change("bo", by="ada", reason="rang up", flag=["lsot"])
    assert study.campaign.change("bo", by="olga", reason="at last", status="retired", fields={"since": "1971-05-04"}).allowed
    assert payloads(study, "north", "member_changed")[-1]["member"] == {
        "id": "bo", "name": "Bo", "status": "retired", "flags": [], "fields": {"since": "1971-05-04"},
    }  # fmt: skip
    study.whole()


def test_died(study: Study) -> None:
    study.study("north", hours=3)
    total = study.total()
    with pytest.raises(Misuse, match=r"say why: departure is one of died, moved away \(moved\)"):
        study.campaign.remove("ada", by="olga", reason="gone")
    with pytest.raises(InputFault) as wrong:
        study.campaign.remove("ada", by="olga", reason="gone", departure="die")
    assert wrong.value.say("en") == "departure: die is unknown; did you mean died?"
    verdict = study.remove("ada", "died")
    assert (verdict.detail["departure"], verdict.detail["ended_roles"]) == ("died", ["clerk"])
    assert study.total() == total - 3
    assert study.rows("SELECT 1 FROM workflow_grant WHERE person = 'ada'") == []
    assert payloads(study, None, "people")[-1]["revoked"] == [{"person": "ada", "role": "clerk", "target": "north"}]
    assert study.rows("SELECT came, gone, departure FROM workflow_stay WHERE member = 'ada'") == [("roster", "removed", "died")]
    with pytest.raises(NotFound, match="ada is on no roll: ada left that of north on 2026-03-02; `enrol` takes them up again"):
        study.campaign.transfer("ada", "east", by="olga", reason="moved")
    study.whole()


def test_who_comes_back_brings_along_what_is_on_file(study: Study) -> None:
    study.study("north", hours=3)
    study.enter("north", "essay", "bo", pages=2)
    study.remove("bo")
    assert (study.hours("bo"), study.total("essay")) == ({}, 0)
    study.move("north", "redo")  # after bo had gone
    verdict = study.enrol("east", "bo")
    assert verdict.detail["carried"] == {"records": 2, "cases": 0}
    assert (study.hours("bo"), study.total("essay")) == ({"east": 3}, 2)
    [joined] = payloads(study, "east", "joined")
    [left] = [event for event in study.campaign.timeline("north") if event.kind == "left"]
    assert joined["from"] == {"branch": "north", "seq": left.seq, "hash": left.hash}
    study.remove("bo")
    study.enrol("north", "bo")
    assert study.hours("bo") == {"north": 3}  # once, though it left twice
    study.whole()


def test_who_comes_back_where_they_were(study: Study) -> None:
    study.study("north", hours=3)
    study.remove("bo")
    study.enrol("north", "bo", status="retired", flags=["cadre"])
    study.study("north", "bo", hours=1)
    study.remove("bo")
    again = study.enrol("north", "bo", fields={"since": "1971-05-04"})  # what is not said stays as it was
    assert again.detail["member"] == {"id": "bo", "name": "Bo", "status": "retired", "flags": ["cadre"], "fields": {"since": "1971-05-04"}}
    assert study.hours("bo") == {"north": 4}
    assert len(study.rows("SELECT 1 FROM workflow_stay WHERE member = 'bo'")) == 3
    study.whole()


# -- roles ---------------------------------------------------------------------------------------------------------------


def test_roles_for_the_old_branch_end_and_others_stay(study: Study) -> None:
    study.campaign.appoint("ada", "liaison", by="olga", reason="speaks well")
    verdict = study.transfer("ada", "east", "clerk")
    assert verdict.detail["ended_roles"] == ["clerk"]
    held = study.rows("SELECT role, target FROM workflow_grant WHERE person = 'ada' ORDER BY role")
    assert held == [("clerk", "east"), ("liaison", "*")]
    assert study.campaign.record("east", "evening", by="ada", fields={"hours": 1}, lines=["ada"]).allowed
    refused = study.campaign.record("north", "evening", by="ada", fields={"hours": 1}, lines=["bo"])
    assert codes(refused) == ["rule.role"]
    with pytest.raises(Misuse, match="office is a role of the whole campaign, not of north"):
        study.campaign.transfer("ada", "north", by="olga", reason="back", roles=["office"])
    with pytest.raises(NotFound, match="there is no role clrk; did you mean clerk"):
        study.campaign.transfer("ada", "north", by="olga", reason="back", roles=["clrk"])


def test_a_guide_who_is_a_learner_elsewhere(study: Study, snapshot: Snapshot) -> None:
    """hal is on the roll of west, in group g2, and guides g1."""
    assert study.campaign.appoint("hal", "guide", of="group:g1", by="olga", reason="knows them").allowed
    study.study("north", hours=4)
    study.enter("north", "essay", "ada", "bo", "cy", pages=2)
    study.move("north", "apply")
    assert study.campaign.move("north", "approve", by="hal").allowed
    elsewhere = study.campaign.move("west", "redo", by="hal")
    assert codes(elsewhere) == ["rule.role"]
    study.transfer("hal", "south")
    study.study("south", hours=4)
    study.enter("south", "essay", "dan", "eve", "hal", pages=2)
    study.move("south", "apply")
    refused = study.campaign.move("south", "approve", by="hal")
    assert codes(refused) == ["rule.separation"]  # on the roll of the branch they would pass
    read(study, snapshot, "rolls-guide", elsewhere, refused)
    study.whole()


def test_appointed_and_relieved(study: Study) -> None:
    campaign = study.campaign
    assert campaign.appoint("tim", "guide", of="group:g2", name="Tim", by="olga", reason="helps out").allowed
    assert campaign.names()["tim"] == "Tim"
    with pytest.raises(Misuse, match=r"tim is guide there already \(group:g2\)"):
        campaign.appoint("tim", "guide", of="group:g2", by="olga", reason="again")
    with pytest.raises(Misuse, match=r"tim is not guide there \(group:g1\); held: guide \(group:g2\)"):
        campaign.relieve("tim", "guide", of="group:g1", by="olga", reason="done")
    assert campaign.relieve("tim", "guide", of="group:g2", by="olga", reason="done").detail["target"] == "group:g2"
    assert study.rows("SELECT 1 FROM workflow_grant WHERE person = 'tim'") == []
    with pytest.raises(Misuse, match="there is no role gide; did you mean guide"):
        campaign.relieve("tim", "gide", by="olga", reason="done")
    assert campaign.appoint("bo", "guide", of="west", by="olga", reason="one branch only").allowed
    study.whole()


@pytest.mark.parametrize(
    ("role", "of", "said"),
    [
        ("clerk", None, "clerk is a role of a branch: name it with `of`"),
        ("clerk", "group:g1", "clerk is a role of a branch: name it with `of`"),
        ("office", "north", "office is a role of the campaign as a whole: leave out `of`"),
        ("guide", None, "guide is a role of a branch or a group"),
        ("guide", "group:g9", "there is no group g9; known: g1, g2"),
        ("clerk", "nort", "there is no branch nort; did you mean north"),
        ("guide", "g1", "g1 is a group, not a branch: name it as group:g1"),
        ("clark", "north", "there is no role clark; did you mean clerk"),
    ],
)
def test_roles_of_what(study: Study, role: str, of: str | None, said: str) -> None:
    with pytest.raises(Misuse, match=said):
        study.campaign.appoint("bo", role, of=of, by="olga", reason="helps out")


# -- authority -----------------------------------------------------------------------------------------------------------


def test_who_may(study: Study) -> None:
    campaign = study.campaign
    refused = [
        campaign.enrol("north", "zoe", name="Zoe", by="fay", reason="new"),
        campaign.change("bo", by="fay", reason="lost", flag=["lost"]),
        campaign.remove("bo", by="fay", reason="gone", departure="died"),
        campaign.transfer("bo", "west", by="fay", reason="moved"),
        campaign.appoint("bo", "clerk", of="north", by="fay", reason="helps out"),
        campaign.relieve("ada", "clerk", of="north", by="fay", reason="too old"),
    ]
    assert [codes(verdict)[0] for verdict in refused] == ["rule.role"] * 6
    assert all(verdict.standing[0].detail["power"] for verdict in refused)
    assert study.rows("SELECT branch FROM workflow_member WHERE id = 'bo'") == [("north",)]
    assert campaign.names().get("zoe") is None
    assert campaign.enrol("north", "zoe", name="Zoe", by="ada", reason="new").allowed  # the clerk of that branch
    study.whole()


def test_a_transfer_needs_the_power_for_both_branches(study: Study) -> None:
    refused = study.campaign.transfer("bo", "east", by="ada", reason="moved")
    assert [(f.code, f.detail.get("of")) for f in refused.standing] == [("rule.role", "east")]
    refused = study.campaign.transfer("bo", "east", by="fay", reason="moved")
    assert [(f.code, f.detail.get("of")) for f in refused.standing] == [("rule.role", None)]
    study.campaign.appoint("ada", "clerk", of="east", by="olga", reason="helps out")
    assert study.transfer("bo", "east", by="ada").role == "clerk"


def test_a_suspended_branch_keeps_its_roll_and_an_ended_one_has_none(study: Study) -> None:
    campaign = study.campaign
    study.study("north", hours=3)
    assert all(campaign.suspend(branches=["east"], by="olga", reason="flood"))
    assert study.transfer("bo", "east").allowed
    assert campaign.change("bo", by="fay", reason="lost in the flood", flag=["lost"]).allowed
    assert campaign.merge("west", "east", by="olga", reason="too few").allowed
    assert {stay.branch: (stay.came, stay.origin) for stay in campaign.member("ivy").stays} == {
        "west": ("roster", None),
        "east": ("merged", "west"),
    }
    assert campaign.member("hal").roles == ()
    refused = [
        campaign.enrol("west", "zoe", name="Zoe", by="olga", reason="new"),
        campaign.transfer("bo", "west", by="olga", reason="moved"),
        campaign.appoint("bo", "clerk", of="west", by="olga", reason="helps out"),
    ]
    assert [codes(verdict) for verdict in refused] == [["rule.running"]] * 3
    assert refused[0].standing[0].detail == {"state": "merged", "on": "2026-03-02", "into": "east"}
    assert "the branch ended on 2026-03-02; East has taken over from it" in campaign.explain(refused[0])
    assert "该支部已于 2026-03-02 终止，由 East 承接" in campaign.explain(refused[0], "zh")
    study.whole()


def test_a_key_gives_the_first_answer_wherever_the_member_is_now(study: Study) -> None:
    first = study.campaign.transfer("bo", "east", by="olga", reason="moved", key="k1")
    again = study.campaign.transfer("bo", "east", by="olga", reason="moved", key="k1")
    assert (again.repeated, again.event) == (True, first.event)
    with pytest.raises(KeyReused):
        study.campaign.transfer("bo", "west", by="olga", reason="moved", key="k1")
    gone = study.campaign.remove("bo", by="olga", reason="gone", departure="died", key="k2")
    assert study.campaign.remove("bo", by="olga", reason="gone", departure="died", key="k2").event == gone.event
    with pytest.raises(Misuse, match="cy is on the roll of north already"):
        study.campaign.transfer("cy", "north", by="olga", reason="moved")
    study.whole()


# -- words ---------------------------------------------------------------------------------------------------------------


def test_the_words(study: Study, snapshot: Snapshot) -> None:
    study.through_learning("south")
    study.study("north", hours=3)
    study.campaign.open_case("north", "visit", by="ada", member="ada", fields={"what": "roof"})
    campaign = study.campaign
    verdicts = [
        campaign.enrol("north", "zoe", name="Zoe", by="olga", reason="new here", status="retired", flags=["cadre"]),
        study.transfer("ada", "south", "guide"),
        campaign.change("bo", by="olga", reason="nobody knows where", flag=["lost"]),
        study.remove("ada", "died"),
        study.enrol("east", "ada"),
        campaign.appoint("bo", "clerk", of="north", by="olga", reason="helps out"),
        campaign.relieve("bo", "clerk", of="north", by="olga", reason="too busy"),
        campaign.transfer("bo", "east", by="bo", reason="moved"),
        campaign.transfer("fay", "south", by="fay", reason="moved"),
        campaign.appoint("bo", "clerk", of="north", by="bo", reason="helps out"),
    ]
    for lang in ("en", "zh"):
        snapshot(f"rolls.{lang}", "\n\n".join(campaign.explain(verdict, lang) for verdict in verdicts))

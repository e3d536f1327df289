"""Branches are merged, split and dissolved: nobody and nothing is lost, and what is left open is named."""

from __future__ import annotations

import pytest

from tests.conftest import Snapshot
from tests.engine.structure_ground import Circles, done, ids, shortfalls, standing
from workflow.engine.board import ENDED, HALTED
from workflow.errors import KeyReused, Misuse, NotFound
from workflow.texts import LANGUAGES


@pytest.fixture
def circles() -> Circles:
    return Circles()


def behind(detail: object) -> list[str]:
    assert isinstance(detail, dict)
    return ids(detail["members"])


# -- merged ----------------------------------------------------------------------------------------------------------------


def in_make_up(circles: Circles) -> None:
    """mill is in make-up, with an open case of cid and two defects, one of them mended; dock has applied, with one of each of its own."""
    circles.study("mill", "ann", "bea")
    circles.study("mill", "cid", hours=1)
    done(circles.campaign.record("mill", "meeting", by="ann", fields={"present": 3}))
    circles.move("mill", "apply", "send_back")
    circles.case("mill", "make_up", "lesson 3", "cid")
    circles.case("mill", "defect", "old sign")
    done(circles.campaign.move_case("mill", "defect-1", "mend", by="ann"))
    circles.case("mill", "defect", "leaking roof")
    circles.study("dock")
    circles.case("dock", "make_up", "lesson 1", "eli")
    circles.case("dock", "defect", "broken lamp")
    circles.move("dock", "apply")


def test_a_branch_in_make_up_is_merged(circles: Circles, snapshot: Snapshot) -> None:
    campaign = circles.campaign
    in_make_up(circles)
    assert circles.totals() == (13, 17, 0, 4)
    assert shortfalls(campaign.ask("dock", "approve"), "made_up") == ["make_up-1"]
    verdict = done(campaign.merge("mill", "dock", by="leo", reason="too few are left"))
    told = {"how": "merged", "into": "dock", "members": 3, "cases": {"defect-2": "dock/defect-2"}, "reason": "too few are left"}
    assert verdict.detail == {**told, "homes": {"dock": 3}}
    assert circles.totals() == (13, 17, 0, 4)
    assert (circles.roll("mill"), circles.roll("dock")) == ([], ["ann", "bea", "cid", "dot", "eli"])
    circles.whole()
    # The gate of dock asks for what came from mill.
    asked = campaign.ask("dock", "approve")
    assert shortfalls(asked, "studied") == ["cid"]
    assert shortfalls(asked, "made_up") == ["make_up-2", "make_up-1"]  # cid's and eli's: by member
    assert shortfalls(asked, "rectified") == ["defect-1", "defect-2"]
    for lang in LANGUAGES:
        texts = [campaign.explain(verdict, lang), campaign.explain(asked, lang), campaign.explain(campaign.why("mill"), lang)]
        snapshot(f"merge.{lang}", "\n\n--\n\n".join(texts))
    circles.study("dock", "cid", hours=3)
    for case, move in (("make_up-1", "finish"), ("make_up-2", "finish"), ("defect-1", "mend"), ("defect-2", "mend")):
        done(campaign.move_case("dock", case, move, by="dot"))
    circles.move("dock", "approve")
    assert circles.state("dock") == "analysis.working"
    circles.whole()


def test_what_a_merged_branch_was_stays_its_own(circles: Circles) -> None:
    """The sheet of the branch as a whole, its closed case, its attempts; those who acted for it do not any more."""
    in_make_up(circles)
    assert circles.held("mill") == [("ann", "secretary")]
    done(circles.campaign.appoint("dot", "secretary", of="mill", by="olga", reason="for the merger"))
    done(circles.campaign.merge("mill", "dock", by="leo", reason="too few are left"))
    assert circles.held("mill") == []
    assert circles.held("dock") == [("dot", "secretary")]
    revoked = [[each["person"] for each in e.payload["revoked"]] for e in circles.campaign.timeline() if e.payload.get("revoked")]
    assert revoked == [["ann"], ["dot"]]
    assert circles.rows("SELECT branch, live FROM workflow_document WHERE kind = 'meeting'") == [("mill", 1)]
    gone = circles.rows("SELECT id, state, gone FROM workflow_case WHERE branch = 'mill' ORDER BY id")
    assert gone == [("defect-1", "gone", ""), ("defect-2", "found", "dock/defect-2"), ("make_up-1", "due", "dock/make_up-2")]
    assert [a["outcome"] for a in circles.campaign.attempts("mill")] == [None]
    assert circles.kinds("mill")[-4:] == ["dissolved", "left", "left", "left"]
    assert circles.kinds("dock")[-4:] == ["joined", "joined", "joined", "taken_over"]
    taken = list(circles.campaign.timeline("dock"))[-1]
    ended = next(e for e in circles.campaign.timeline("mill") if e.kind == "dissolved")
    assert taken.payload["from"] == {"branch": "mill", "seq": ended.seq, "hash": ended.hash}
    assert (taken.actor, taken.role, ended.payload["cases"]) == ("leo", "leaders", {"defect-2": "dock/defect-2"})


def test_merged_into_one_that_is_further_on(circles: Circles) -> None:
    circles.through("dock")
    circles.study("mill", "bea", hours=2.5)
    before = circles.totals()
    verdict = done(circles.campaign.merge("mill", "dock", by="leo", reason="moved in"))
    finding = next(f for f in verdict.findings if f.code == "rule.behind")
    assert (finding.level, finding.status, finding.detail["stages"]) == ("warn", "unmet", ["learning"])
    assert behind(finding.detail) == ["ann", "bea", "cid"]
    assert "has yet to finish learning" in circles.campaign.explain(verdict)
    assert "尚未完成学习阶段" in circles.campaign.explain(verdict, "zh")
    # The hours belong to learning, which dock has behind it: they wait, and count nowhere.
    assert (before, circles.totals()) == ((13, 2.5, 0, 0), (13, 0, 0, 0))
    assert circles.rows("SELECT branch, live, f1 FROM workflow_line WHERE kind = 'study' AND member = 'bea' ORDER BY branch") == [
        ("dock", 0, 2.5),
        ("mill", -2, 2.5),
    ]
    circles.whole()


def test_the_other_way_round_nobody_is_behind(circles: Circles) -> None:
    circles.through("dock")
    verdict = done(circles.campaign.merge("dock", "mill", by="leo", reason="moved in"))
    assert next(f for f in verdict.findings if f.code == "rule.behind").status == "met"
    circles.whole()


def test_a_suspended_branch_may_be_merged(circles: Circles) -> None:
    circles.campaign.suspend(branches=["mill"], by="olga", reason="flood")
    done(circles.campaign.merge("mill", "dock", by="leo", reason="washed away"))
    board = circles.campaign.board()
    assert (board.ended, board.suspended) == (("mill",), ())
    circles.whole()


def test_who_may_merge(circles: Circles) -> None:
    campaign = circles.campaign
    assert standing(campaign.merge("mill", "dock", by="olga", reason="r")) == ["rule.role", "rule.role"]  # at neither of them
    done(campaign.merge("mill", "dock", by="sup-1", reason="both are in the group"))
    verdict = campaign.merge("dock", "farm", by="sup-1", reason="r")
    assert standing(verdict) == ["rule.role"]
    assert verdict.standing[0].detail["of"] == "farm"
    assert "Farm: who may: Leo (leading group), Sup 2 (supervision group)" in campaign.explain(verdict)
    assert "Farm：有权者：Leo（领导小组）、Sup 2（督导组）" in campaign.explain(verdict, "zh")
    circles.whole()


def test_a_merger_said_twice_is_done_once(circles: Circles) -> None:
    first = circles.campaign.merge("mill", "dock", by="leo", reason="r", key="k")
    again = circles.campaign.merge("mill", "dock", by="leo", reason="r", key="k")
    assert (again, again.repeated, first.repeated) == (first, True, False)
    with pytest.raises(KeyReused):
        circles.campaign.merge("mill", "farm", by="leo", reason="r", key="k")
    assert circles.kinds("mill").count("dissolved") == 1


def test_mergers_that_make_no_sense(circles: Circles) -> None:
    for branch, into in (("mill", "mil"), ("mil", "mill")):
        with pytest.raises(NotFound, match="did you mean mill"):
            circles.campaign.merge(branch, into, by="leo", reason="r")
    with pytest.raises(Misuse, match="name another branch"):
        circles.campaign.merge("mill", "mill", by="leo", reason="r")
    with pytest.raises(Misuse, match="a reason is needed"):
        circles.campaign.merge("mill", "dock", by="leo", reason=" ")
    with pytest.raises(Misuse, match="not valid Unicode"):
        circles.campaign.merge("mill", "\ud800", by="leo", reason="r")
    assert circles.kinds("mill") == ["roster"]


def test_nothing_is_done_for_a_branch_that_has_ended(circles: Circles) -> None:
    campaign = circles.campaign
    done(campaign.appoint("olga", "secretary", of="dock", by="olga", reason="r"))
    done(campaign.merge("mill", "dock", by="leo", reason="r"))
    refused = [
        campaign.move("mill", "apply", by="ann"),
        campaign.merge("mill", "farm", by="leo", reason="r"),
        campaign.merge("farm", "mill", by="leo", reason="r"),
        campaign.split("mill", "lane", title="Lane", members=["ann"], by="leo", reason="r"),
        campaign.dissolve("mill", members={"ann": "dock"}, by="leo", reason="r"),
        campaign.dissolve("farm", members="mill", by="leo", reason="r"),
        *campaign.reassign("mill", batch="2", by="olga", reason="r"),
        campaign.transfer("fay", "mill", by="olga", reason="r"),
        campaign.enrol("mill", "zoe", name="Zoe", by="olga", reason="r"),
        campaign.record("mill", "meeting", by="ann", fields={"present": 1}),
        campaign.open_case("mill", "defect", by="ann", fields={"what": "w"}),
    ]
    assert all("rule.running" in standing(verdict) for verdict in refused)
    for verdict in refused:
        assert "the branch ended on 2026-03-02; Dock has taken over from it" in campaign.explain(verdict)
        assert "该支部已于 2026-03-02 终止，由 Dock 承接" in campaign.explain(verdict, "zh")
    circles.whole()


def test_a_case_that_went_elsewhere_is_found_there(circles: Circles) -> None:
    circles.case("dock", "make_up", "lesson 1", "eli")
    done(circles.campaign.merge("dock", "farm", by="leo", reason="r"))
    with pytest.raises(NotFound, match="make_up-1 of dock went to farm: it is make_up-1 there"):
        circles.campaign.move_case("dock", "make_up-1", "finish", by="olga")


# -- split -----------------------------------------------------------------------------------------------------------------


def test_a_branch_is_split(circles: Circles) -> None:
    campaign = circles.campaign
    circles.study("farm")
    done(campaign.record("farm", "essay", by="fay", fields={"pages": 3}, lines=["guy", "ida"]))
    done(campaign.record("farm", "meeting", by="fay", fields={"present": 4}))
    circles.case("farm", "make_up", "lesson 2", "guy")
    circles.case("farm", "defect", "fence")
    circles.move("farm", "apply")
    campaign.extend(10, branches=["farm"], by="olga", reason="harvest")
    circles.day("2026-03-05")
    campaign.suspend(branches=["farm"], by="olga", reason="flood")
    circles.day("2026-03-09")
    campaign.resume(branches=["farm"], by="olga", reason="dry")
    circles.day("2026-03-12")
    before = circles.totals()
    verdict = done(campaign.split("farm", "barn", title="Barn", members=["guy", "hal"], by="leo", reason="too many"))
    told = {"into": "barn", "members": ["guy", "hal"], "title": "Barn", "state": "learning.working", "reason": "too many"}
    assert (verdict.detail, before, circles.totals()) == (told, (13, 16, 6, 2), (13, 16, 6, 2))
    assert (circles.roll("farm"), circles.roll("barn")) == (["fay", "ida"], ["guy", "hal"])
    farm, barn = campaign.why("farm"), campaign.why("barn")
    assert (barn.batch, barn.group, barn.attempt, barn.planned_end) == (farm.batch, farm.group, 1, farm.planned_end)
    assert barn.planned_end == "2026-04-15"  # 30 days from 2 March, 10 more, 4 suspended
    assert circles.rows("SELECT entered, extended, pauses, parent FROM workflow_branch WHERE id = 'barn'") == circles.rows(
        "SELECT entered, extended, pauses, parent FROM workflow_branch WHERE id = 'farm'"
    )
    assert circles.kinds("barn") == ["founded", "joined", "joined"]
    # Hours, essays and cases went along; the meeting and the defect are the old one's.
    assert [case.id for case in campaign.cases("barn")] == ["make_up-1"]
    assert [case.id for case in campaign.cases("farm") if case.open] == ["defect-1"]
    assert circles.rows("SELECT DISTINCT branch FROM workflow_document WHERE kind = 'meeting'") == [("farm",)]
    done(campaign.appoint("guy", "secretary", of="barn", by="olga", reason="elected"))
    done(campaign.move("barn", "apply", by="guy"))
    asked = campaign.ask("barn", "approve")
    assert standing(asked) == ["made_up"]
    assert next(f for f in asked.findings if f.code == "studied").met == 2
    circles.whole()


def test_two_that_were_split_off_come_together_without_a_warning(circles: Circles) -> None:
    """They began in the second stage: the first is behind them all the same."""
    circles.through("farm", "dock")
    done(circles.campaign.split("farm", "barn", title="Barn", members=["guy"], by="leo", reason="r"))
    verdict = done(circles.campaign.merge("barn", "dock", by="leo", reason="r"))
    assert next(f for f in verdict.findings if f.code == "rule.behind").status == "met"
    verdict = done(circles.campaign.merge("mill", "farm", by="leo", reason="r"))
    assert behind(next(f for f in verdict.findings if f.code == "rule.behind").detail) == ["ann", "bea", "cid"]
    circles.whole()


def test_the_role_of_somebody_who_is_split_off_ends(circles: Circles) -> None:
    done(circles.campaign.split("farm", "barn", title="Barn", members=["fay"], by="leo", reason="r"))
    assert (circles.held("farm"), circles.held("barn")) == ([], [])
    assert circles.campaign.why("barn").hands == ()


def test_splits_that_make_no_sense(circles: Circles) -> None:
    def split(new: str = "barn", title: str = "Barn", members: tuple[str, ...] = ("guy",), branch: str = "farm") -> None:
        circles.campaign.split(branch, new, title=title, members=members, by="leo", reason="r")

    for taken in ("mill", "farm", "guy", "olga"):
        with pytest.raises(Misuse, match=f"{taken} is taken"):
            split(new=taken)
    for change in ({"new": " "}, {"title": " "}, {"members": ()}):
        with pytest.raises(Misuse, match="an id, a title, and at least one member"):
            split(**change)
    with pytest.raises(Misuse, match="somebody stays"):
        split(members=("fay", "guy", "hal", "ida"))
    with pytest.raises(NotFound, match="the roll of farm has no gay; did you mean guy"):
        split(members=("gay",))
    circles.through("farm", "farm", "farm")
    assert circles.state("farm") == "finished"
    with pytest.raises(Misuse, match="no branch begins there"):
        split()
    assert "split" not in circles.kinds("farm")
    circles.whole()


# -- dissolved -------------------------------------------------------------------------------------------------------------


def test_nobody_and_nothing_is_left_without_a_home(circles: Circles, snapshot: Snapshot) -> None:
    campaign = circles.campaign
    circles.study("mill", hours=2)
    circles.case("mill", "make_up", "lesson 3", "cid")
    circles.case("mill", "defect", "leaking roof")
    before = circles.totals()
    refused = campaign.dissolve("mill", members={"ann": "dock"}, by="leo", reason="closed down")
    assert standing(refused) == ["rule.members", "rule.cases"]
    assert [f.detail for f in refused.standing] == [
        {"members": [{"id": "bea", "name": "Bea"}, {"id": "cid", "name": "Cid"}]},
        {"cases": [{"id": "defect-1", "title": "leaking roof"}]},
    ]
    assert (circles.roll("mill"), circles.totals()) == (["ann", "bea", "cid"], before)
    homes = {"ann": "dock", "bea": "dock", "cid": "farm"}
    verdict = done(campaign.dissolve("mill", members=homes, cases="farm", by="leo", reason="closed down"))
    assert (verdict.detail["members"], verdict.detail["cases"]) == (3, {"defect-1": "farm/defect-1"})
    assert (before, circles.totals()) == ((13, 6, 0, 2), (13, 6, 0, 2))
    assert (circles.roll("mill"), circles.roll("dock")) == ([], ["ann", "bea", "dot", "eli"])
    assert [(case.id, case.member) for case in campaign.cases("farm")] == [("make_up-1", "cid"), ("defect-1", "")]
    assert circles.held("mill") == []
    for lang in LANGUAGES:
        snapshot(f"dissolve.{lang}", "\n\n--\n\n".join([campaign.explain(refused, lang), campaign.explain(verdict, lang)]))
    circles.whole()


def test_one_home_for_all(circles: Circles) -> None:
    verdict = done(circles.campaign.dissolve("mill", members="dock", by="leo", reason="r"))
    assert (verdict.detail["into"], circles.roll("dock")) == ("dock", ["ann", "bea", "cid", "dot", "eli"])  # all went there: it comes after
    said = circles.campaign.explain(circles.campaign.why("mill"))
    assert "ended on 2026-03-02" in said
    assert "Dock has taken over from it" in said
    circles.whole()


def test_a_branch_without_members_or_cases_is_just_dissolved(circles: Circles) -> None:
    for member in ("ann", "bea", "cid"):
        done(circles.campaign.transfer(member, "dock", by="olga", reason="r"))
    done(circles.campaign.dissolve("mill", by="leo", reason="nobody is left"))
    circles.whole()


def test_homes_that_make_no_sense(circles: Circles) -> None:
    with pytest.raises(NotFound, match="the roll of mill has no dot"):
        circles.campaign.dissolve("mill", members={"dot": "dock"}, by="leo", reason="r")
    with pytest.raises(NotFound, match="did you mean dock"):
        circles.campaign.dissolve("mill", members="dok", by="leo", reason="r")
    with pytest.raises(Misuse, match="name another branch"):
        circles.campaign.dissolve("mill", members="dock", cases="mill", by="leo", reason="r")


# -- the board -------------------------------------------------------------------------------------------------------------


def test_the_board_counts_everybody_once(circles: Circles) -> None:
    campaign = circles.campaign
    circles.through("yard", "yard", "yard")
    done(campaign.merge("mill", "dock", by="leo", reason="r"))
    done(campaign.dissolve("shop", members="farm", by="leo", reason="r"))
    circles.day("2026-03-05")
    campaign.suspend(branches=["farm"], by="olga", reason="flood")
    board = campaign.board()
    assert (board.total, board.members, board.done, board.ended, board.suspended) == (5, 13, ("yard",), ("mill", "shop"), ("farm",))
    assert {(cell.batch, cell.state): cell.branches for cell in board.cells} == {
        ("1", "learning.working"): ("dock", "farm"),
        ("1", ENDED): ("mill",),
        ("2", "finished"): ("yard",),
        ("2", ENDED): ("shop",),
    }
    assert {(hold.kind, hold.code): hold.branches for hold in board.holds} == {("move", "apply"): ("dock",), ("rule", HALTED): ("farm",)}
    circles.whole()


def test_the_board_as_a_sheet_names_what_has_ended_and_what_is_suspended(
    circles: Circles, tmp_path_factory: pytest.TempPathFactory
) -> None:
    done(circles.campaign.merge("mill", "dock", by="leo", reason="r"))
    circles.campaign.suspend(branches=["farm"], by="olga", reason="flood")
    for lang, ended, suspended in (("en", "merged or dissolved", "suspended"), ("zh", "已合并或撤销", "已暂停")):
        out = tmp_path_factory.mktemp(lang) / "board.csv"
        circles.campaign.export(out, what=["board"], lang=lang)
        rows = {line.split(",")[0]: line.split(",") for line in out.read_text("utf-8-sig").splitlines()}
        assert (rows["mill"][4], rows["farm"][6], rows["dock"][6]) == (ended, suspended, "")


def test_no_branch_is_called_like_a_group(circles: Circles) -> None:
    """`group:g1` stands for all branches of a group wherever a role is held."""
    with pytest.raises(Misuse, match="give it another"):
        circles.campaign.split("farm", "group:g1", title="Trap", members=["guy"], by="leo", reason="r")
    report = circles.campaign.import_roster([{"branch": "group:g1", "title": "Trap"}])
    assert any("the row is left out" in fault.text.say("en") and "此行未导入" in fault.text.say("zh") for fault in report.warnings)
    assert "group:g1" not in dict(circles.campaign.branches())

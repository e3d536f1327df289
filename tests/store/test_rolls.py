"""Members and branches that come and go, and what goes with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from store_sample import Sample, case, definition, definition_of, person, record

from workflow.definition.expressions.runtime import Measure
from workflow.errors import DatabaseFault
from workflow.store import compare
from workflow.store.facts import FactNeeds, Facts

ROLL = "SELECT id FROM workflow_member WHERE branch = ? ORDER BY id"
STAYS = 'SELECT branch, seq, joined, came, origin, "left", gone, successor, departure FROM workflow_stay WHERE member = ? ORDER BY joined'
LINES = "SELECT kind, seq, line, live FROM workflow_line WHERE branch = ? AND member = ? ORDER BY 1, 2, 3"
CASES = "SELECT id, gone FROM workflow_case WHERE branch = ? ORDER BY id"


def facts(sample: Sample, branch: str | None = None, **needs: Any) -> Facts:
    wanted = FactNeeds(members=True, children=True, cases={"travel", "rectification"}, **needs)
    return Facts.load(sample.store, definition(), wanted, datetime(2005, 1, 25, tzinfo=UTC), branch)


def two_branches(sample: Sample) -> None:
    sample.roster("b1")
    sample.roster("b2")


def dossier(sample: Sample, *records: dict[str, Any], **more: Any) -> int:
    """The number of the event by which b2-m1 joins b1 with these records."""
    return sample.joined("b2-m1", records=list(records), **more).seq


def live(sample: Sample, member: str = "b2-m1") -> list[int]:
    return [
        row[0]
        for row in sample.store.rows("SELECT live FROM workflow_line WHERE branch = 'b1' AND member = ? ORDER BY seq, line", (member,))
    ]


def enter(sample: Sample, stage: str, number: int, *, move: str = "approve") -> None:
    sample.move(move, f"{stage}.working", attempt={"stage": stage, "number": number})


# -- stays -----------------------------------------------------------------------------------------------------------


def test_a_roster_begins_a_stay_once(sample: Sample) -> None:
    at = sample.roster().recorded_at
    said = {"title": "x", "members": [person("b1-m1"), person("b1-m3")]}
    later = sample.branch("roster", said)
    assert sample.store.rows("SELECT member, seq, joined, came, gone FROM workflow_stay") == [
        ("b1-m1", 1, at, "roster", None),
        ("b1-m2", 1, at, "roster", None),
        ("b1-m3", 2, later.recorded_at, "roster", None),
    ]
    sample.left("b1-m3", how="removed", departure="resigned")
    back = sample.branch("roster", said)
    assert sample.store.rows("SELECT seq, left IS NULL FROM workflow_stay WHERE member = 'b1-m3'") == [(later.seq, 0), (back.seq, 1)]
    assert compare(sample.store, definition_of) == ()


def test_every_stay_says_whence_and_whither(sample: Sample) -> None:
    two_branches(sample)
    came = sample.store.row("SELECT joined FROM workflow_stay WHERE member = 'b2-m1'")
    went = sample.left("b2-m1", "b2", to="b1")
    joined = sample.joined("b2-m1")
    gone = sample.left("b2-m1", "b1", how="removed", departure="died")
    assert sample.store.rows(STAYS, ("b2-m1",)) == [
        ("b2", 1, *(came or ()), "roster", None, went.recorded_at, "transferred", "b1", None),
        ("b1", 2, joined.recorded_at, "transferred", "b2", gone.recorded_at, "removed", None, "died"),
    ]
    assert [sample.store.rows(ROLL, (branch,)) for branch in ("b1", "b2")] == [[("b1-m1",), ("b1-m2",)], [("b2-m2",)]]
    assert compare(sample.store, definition_of) == ()


def test_who_joins_before_leaving_is_on_one_roll_only(sample: Sample) -> None:
    two_branches(sample)
    sample.joined("b2-m1")
    sample.left("b2-m1", "b2", to="b1")
    assert [sample.store.rows(ROLL, (branch,)) for branch in ("b1", "b2")] == [[("b1-m1",), ("b1-m2",), ("b2-m1",)], [("b2-m2",)]]
    assert [row[5] is None for row in sample.store.rows(STAYS, ("b2-m1",))] == [False, True]
    assert compare(sample.store, definition_of) == ()


def test_who_comes_back_has_a_stay_more(sample: Sample) -> None:
    two_branches(sample)
    sample.left("b1-m1", to="b2")
    sample.joined("b1-m1", "b2", origin="b1")
    sample.left("b1-m1", "b2", to="b1")
    sample.joined("b1-m1")
    assert [(row[0], row[1], row[6]) for row in sample.store.rows(STAYS, ("b1-m1",))] == [
        ("b1", 1, "transferred"),
        ("b2", 2, "transferred"),
        ("b1", 3, None),
    ]
    assert compare(sample.store, definition_of) == ()


def test_somebody_new_comes_from_nowhere(sample: Sample) -> None:
    sample.roster()
    at = sample.joined("m9", how="enrolled", origin=None, member=person("m9", flags=["mobile", "infirm"], fields={"rank": "b"})).recorded_at
    assert sample.store.rows(STAYS, ("m9",)) == [("b1", 2, at, "enrolled", None, None, None, None, None)]
    row = sample.store.row("SELECT * FROM workflow_member WHERE id = 'm9'")
    assert row == ("m9", "b1", "党员m9", "in_post", '["infirm","mobile"]', '{"rank":"b"}')


def test_a_member_changed_is_a_whole_new_row(sample: Sample) -> None:
    sample.roster()
    sample.branch("member_changed", {"member": person("b1-m1", status="retired", flags=["infirm"]), "reason": "退休"})
    assert sample.store.rows("SELECT id, status, flags, fields FROM workflow_member ORDER BY id") == [
        ("b1-m1", "retired", '["infirm"]', "{}"),
        ("b1-m2", "in_post", '["infirm","mobile"]', '{"rank":"a"}'),
    ]
    assert sample.store.row("SELECT COUNT(*) FROM workflow_stay") == (2,)
    assert compare(sample.store, definition_of) == ()


# -- what stays behind, and what goes along --------------------------------------------------------------------------


def test_who_leaves_takes_lines_waivers_and_cases_away(sample: Sample) -> None:
    two_branches(sample)
    first, second = sample.session(), sample.session()
    sample.branch("withdrawn", {"of": first.seq, "reason": "日期有误"})
    sample.branch("waived", {"requirement": "q", "members": ["b1-m1", "b1-m2"], "reason": "病假"})
    for ident, member in (("travel-1", "b1-m1"), ("travel-2", "b1-m1"), ("travel-3", "b1-m2")):
        opened = {"case": ident, "member": member, "kind": "travel", "state": "away", "open": True, "fields": {}}
        sample.branch("case_opened", opened)
    grants = [{"person": "b1-m1", "role": "clerk", "target": "b1"}]
    sample.event("people", "campaign", {"people": [{"id": "b1-m1", "name": "党员1"}], "grants": grants})
    sample.left("b1-m1", to="b2", cases={"travel-1": "b2/travel-9"})

    assert sample.store.rows(LINES, ("b1", "b1-m1")) == [("attendance", first.seq, 1, -1), ("attendance", second.seq, 1, -2)]
    assert sample.store.rows(LINES, ("b1", "b1-m2")) == [("attendance", first.seq, 2, -1), ("attendance", second.seq, 2, 1)]
    assert sample.store.rows("SELECT seq, live FROM workflow_document ORDER BY seq") == [(first.seq, -1), (second.seq, 1)]
    assert sample.store.rows("SELECT member, live FROM workflow_waiver") == [("b1-m1", 0), ("b1-m2", 1)]
    assert sample.store.rows(CASES, ("b1",)) == [("travel-1", "b2/travel-9"), ("travel-2", "left"), ("travel-3", "")]
    assert sample.store.rows("SELECT person, target FROM workflow_grant") == [("b1-m1", "b1")]
    found = facts(sample, "b1")
    branch = found.branches["b1"]
    assert [m.id for m in found.members(branch)] == ["b1-m2"]
    assert [c.id for c in found.cases_of("travel", branch)] == ["travel-3"]
    hours = Measure("hours", "attendance", "sum", 1, ())
    counted = facts(sample, measures={"hours": hours})
    assert [(m.id, counted.measure(hours, m)) for m in counted.members(branch)] == [("b1-m2", 1.5)]
    assert compare(sample.store, definition_of) == ()


def test_frozen_lines_leave_too_and_a_withdrawn_sheet_takes_back_even_those(sample: Sample) -> None:
    sample.roster()
    sheet = sample.session()
    enter(sample, "learning", 2, move="redo")
    assert sample.store.rows(LINES, ("b1", "b1-m1")) == [("attendance", sheet.seq, 1, 0)]
    sample.left("b1-m1", how="removed", departure="died")
    assert sample.store.rows(LINES, ("b1", "b1-m1")) == [("attendance", sheet.seq, 1, -2)]
    sample.branch("withdrawn", {"of": sheet.seq, "reason": "日期有误"})
    assert sample.store.rows("SELECT DISTINCT live FROM workflow_line WHERE seq = ?", (sheet.seq,)) == [(-1,)]
    assert compare(sample.store, definition_of) == ()


def test_a_dossier_is_entered_line_by_line(sample: Sample) -> None:
    two_branches(sample)
    seq = dossier(
        sample,
        record("attendance", "learning", hours=2, mode="home"),
        record("essay", "", passed=True, seq=7, read=True, handed_in=None),
        record("attendance", "analysis", seq=8, hours=1.5),
        cases=[case("travel-4", "b2-m1"), case("travel-5", "b2-m1", state="home", open=False)],
    )
    told = ("2005-01-10", "2005-01-11T08:00:00.000000Z", "zhou")
    lines = 'SELECT kind, member, seq, line, happened, recorded, "by", live, f1, f2 FROM workflow_line ORDER BY line'
    assert sample.store.rows(lines) == [
        ("attendance", "b2-m1", seq, 1, *told, 1, 2, "home"),
        ("essay", "b2-m1", seq, 2, *told, 1, 1, None),
        ("attendance", "b2-m1", seq, 3, *told, 0, 1.5, None),
    ]
    assert sample.store.rows("SELECT * FROM workflow_carried") == [
        ("b1", seq, 1, "attendance", "b2-m1", "learning", 0, "b2", 2),
        ("b1", seq, 2, "essay", "b2-m1", "", 1, "b2", 7),
        ("b1", seq, 3, "attendance", "b2-m1", "analysis", 0, "b2", 8),
    ]
    times = ("2005-01-11T08:00:00.000000Z", "2005-01-12T08:00:00.000000Z", '{"to":"北京"}', '{"open":["zhou"]}', "")
    assert sample.store.rows("SELECT * FROM workflow_case") == [
        ("b1", "travel-4", "travel", "b2-m1", "away", 1, *times),
        ("b1", "travel-5", "travel", "b2-m1", "home", 0, *times),
    ]
    assert sample.store.row("SELECT COUNT(*) FROM workflow_document") == (0,)
    assert compare(sample.store, definition_of) == ()


# -- when what was brought along counts ------------------------------------------------------------------------------


def test_records_of_a_later_stage_wake_when_it_is_entered(sample: Sample) -> None:
    two_branches(sample)
    dossier(sample, record("attendance", "learning"), record("attendance", "analysis"), record("attendance", "analysis", passed=True))
    assert live(sample) == [1, 0, 0]
    enter(sample, "analysis", 1)
    assert live(sample) == [0, 1, 1]
    enter(sample, "analysis", 2, move="redo")
    assert live(sample) == [0, 0, 1]  # only who was through with the stage elsewhere need not do it again
    enter(sample, "learning", 2, move="back")
    assert live(sample) == [0, 0, 0]
    assert compare(sample.store, definition_of) == ()


def test_a_redo_keeps_what_was_passed_elsewhere(sample: Sample) -> None:
    two_branches(sample)
    dossier(sample, record("attendance", "learning"), record("attendance", "learning", passed=True), record("essay", ""))
    assert live(sample) == [1, 1, 1]
    sample.session()
    enter(sample, "learning", 2, move="redo")
    assert live(sample) == [0, 1, 1]
    assert live(sample, "b1-m1") == [0]
    assert compare(sample.store, definition_of) == ()


def test_records_of_a_stage_left_behind_wait_until_it_is_done_anew(sample: Sample) -> None:
    two_branches(sample)
    enter(sample, "analysis", 1)
    dossier(sample, record("attendance", "learning"), record("attendance", "learning", passed=True), record("inspection", ""))
    assert live(sample) == [0, 0, 0]
    enter(sample, "learning", 2, move="back")
    assert live(sample) == [0, 1, 0]


def test_what_left_or_was_recalled_never_wakes(sample: Sample) -> None:
    two_branches(sample)
    sample.joined("m9", records=[record("attendance", "analysis", passed=True)])
    seq = dossier(sample, record("attendance", "analysis", seq=5), record("attendance", "analysis", seq=6), record("essay", "", seq=5))
    sample.left("m9", to="b2")
    sample.branch("recalled", {"of": {"branch": "b2", "seq": 5}, "reason": "记录有误"})
    assert (live(sample, "m9"), live(sample)) == ([-2], [-1, 0, -1])
    enter(sample, "analysis", 1)
    assert (live(sample, "m9"), live(sample)) == ([-2], [-1, 1, -1])
    assert sample.store.row("SELECT COUNT(*) FROM workflow_carried WHERE seq = ?", (seq,)) == (3,)
    assert compare(sample.store, definition_of) == ()


# -- branches --------------------------------------------------------------------------------------------------------


def test_a_branch_is_reassigned_as_it_stands(sample: Sample) -> None:
    at = sample.roster().recorded_at
    sample.branch("reassigned", {"batch": "2", "group": None, "was": {"batch": "1", "group": "g1"}, "reason": "r"})
    assert sample.store.row("SELECT batch, grp, state, attempt, entered FROM workflow_branch") == ("2", None, "learning.working", 1, at)
    assert compare(sample.store, definition_of) == ()


def test_a_branch_that_starts_afresh_begins_an_attempt(sample: Sample) -> None:
    two_branches(sample)
    sample.session()
    dossier(sample, record("attendance", "learning"), record("attendance", "learning", passed=True))
    sample.branch("waived", {"requirement": "q", "members": [], "reason": "r"})
    sample.branch("extended", {"days": 5, "reason": "r"})
    sample.move("close_study", "learning.working", step="study")
    sample.move()
    restart = {"from": "learning.applied", "to": "learning.working", "attempt": {"stage": "learning", "number": 2}}
    said = {"batch": "2", "group": "g2", "was": {"batch": "1", "group": "g1"}, "reason": "r", "restart": restart}
    at = sample.branch("reassigned", said).recorded_at
    columns = "batch, grp, state, attempt, number, entered, since, extended, closed, done"
    row = sample.store.row(f"SELECT {columns} FROM workflow_branch WHERE id = 'b1'")
    assert row == ("2", "g2", "learning.working", 2, 2, at, at, 0, "[]", "{}")
    attempts = sample.store.rows("SELECT ordinal, stage, number, ended, outcome FROM workflow_attempt WHERE branch = 'b1'")
    assert attempts == [(1, "learning", 1, at, "reassign"), (2, "learning", 2, None, None)]
    assert sample.store.rows("SELECT live FROM workflow_waiver") == [(0,)]
    assert (live(sample, "b1-m1"), live(sample)) == ([0], [0, 1])
    assert compare(sample.store, definition_of) == ()


def test_a_branch_is_founded_where_the_other_stood(sample: Sample) -> None:
    entered = sample.roster("b2").recorded_at
    founded = {
        "title": "第二支部", "batch": "1", "group": "g1", "parent": "b2", "fields": {"sector": "organ"}, "state": "learning.applied",
        "entered": entered, "extended": 7, "pauses": [["2005-01-01", "2005-01-04"]], "reason": "r",
    }  # fmt: skip
    sample.branch("split", {"into": "b1", "members": ["b2-m1"], "reason": "r"}, branch="b2")
    at = sample.branch("founded", {**founded, "from": {"branch": "b2", "seq": 2, "hash": "0" * 64}}).recorded_at
    about = ("b1", "第二支部", "1", "g1", "b2", '{"sector":"organ"}')
    assert sample.store.rows("SELECT * FROM workflow_branch WHERE id = 'b1'") == [
        (*about, "learning.applied", 1, 1, entered, at, 7, "[]", "{}", '[["2005-01-01","2005-01-04"]]', None, None)
    ]
    assert sample.store.rows("SELECT * FROM workflow_attempt WHERE branch = 'b1'") == [("b1", 1, "learning", 1, entered, None, None)]
    assert sample.store.rows(ROLL, ("b2",)) == [("b2-m1",), ("b2-m2",)]  # until each says so itself
    sample.left("b2-m1", "b2", how="split", to="b1")
    sample.joined("b2-m1", how="split")
    found = facts(sample).branches["b1"]
    assert (found.entered, found.planned_end, found.paused) == ("2005-01-20", "2005-03-13", 3)
    assert compare(sample.store, definition_of) == ()


def test_a_dissolved_branch_is_there_but_nobodys_child(sample: Sample) -> None:
    sample.roster("b1")
    about = {"title": "下级", "batch": "1", "group": "g1", "parent": "b1", "fields": {}, "state": "learning.working", "members": []}
    for branch in ("b2", "b3"):
        sample.branch("roster", about, branch=branch)
    for ident, is_open in (("r-1", True), ("r-2", False)):
        said = {"case": ident, "kind": "rectification", "member": None, "state": "raised", "open": is_open, "fields": {}}
        sample.branch("case_opened", said, branch="b2")
    at = sample.branch("dissolved", {"how": "merged", "into": "b1", "cases": {"r-1": "b1/r-7"}, "reason": "r"}, branch="b2").recorded_at
    taken = {"from": {"branch": "b2", "seq": 4, "hash": "0" * 64}, "cases": [case("r-7", kind="rectification", state="raised")]}
    sample.branch("taken_over", taken)
    sample.branch("dissolved", {"how": "dissolved", "into": None, "cases": {}, "reason": "r"}, branch="b3")
    assert sample.store.row("SELECT ended, successor FROM workflow_branch WHERE id = 'b2'") == (at, "b1")
    assert sample.store.rows(CASES, ("b2",)) == [("r-1", "b1/r-7"), ("r-2", "")]
    found = facts(sample)
    ended = {b.id: (b.ended, b.successor) for b in found.branches.values()}
    assert ended == {"b1": (None, None), "b2": ("2005-01-20", "b1"), "b3": ("2005-01-20", None)}
    assert found.children(found.branches["b1"]) == ()
    assert [(c.id, c.open, c.opened) for c in found.cases("rectification", found.branches["b1"])] == [("r-7", True, "2005-01-11")]
    assert [c.id for c in found.cases("rectification", found.branches["b2"])] == ["r-2"]
    assert compare(sample.store, definition_of) == ()


# -- what does not fit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "payload", "branch", "said"),
    [
        ("joined", {"member": person("m9"), "how": "enrolled", "records": [], "cases": []}, "b9", "branch b9 is on no roster"),
        ("left", {"member": "m9", "how": "removed", "cases": {}}, "b1", "m9 is not on its roll"),
        ("member_changed", {"member": person("m9")}, "b1", "m9 is not on its roll"),
        ("reassigned", {"batch": "2", "group": None}, "b9", "branch b9 is on no roster"),
        ("dissolved", {"how": "dissolved", "into": None, "cases": {}}, "b9", "branch b9 is on no roster"),
        ("recalled", {"of": {"branch": "b2", "seq": 3}}, "b1", "nothing of record 3 of b2 came here"),
    ],
)
def test_what_does_not_fit_is_a_fault(sample: Sample, kind: str, payload: dict[str, Any], branch: str, said: str) -> None:
    sample.roster()
    before = sample.store.rows("SELECT COUNT(*) FROM workflow_event")
    with pytest.raises(DatabaseFault, match=said):
        sample.branch(kind, payload, branch=branch)
    assert sample.store.rows("SELECT COUNT(*) FROM workflow_event") == before

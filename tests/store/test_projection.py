"""Each kind of event, and the rows it makes."""

import pytest
from store_sample import HASH, START, Sample, definition

from workflow.clock import stamp
from workflow.errors import DatabaseFault
from workflow.store import Projector, Store
from workflow.store.events import Event
from workflow.store.migrations import CURRENT

T0 = stamp(START)


def line_rows(store: Store) -> list[tuple[object, ...]]:
    return store.rows("SELECT kind, member, seq, line, live, f1, f2, f3, f4, f5 FROM workflow_line ORDER BY 1, 2, 3, 4")


def test_created_brings_the_definition(sample: Sample) -> None:
    assert sample.store.rows("SELECT name, value FROM workflow_meta ORDER BY name") == [
        ("campaign", "试点"),
        ("definition", HASH),
        ("rehearsal", "0"),
        ("schema", str(CURRENT)),
    ]
    assert sample.store.rows("SELECT * FROM workflow_definition") == [(HASH, '{"definition":"sample","title":"样例"}', 1)]
    assert sample.store.rows("SELECT * FROM workflow_enactment") == [(1, HASH, "", "running", "{}", 1)]


def test_people_are_named_and_granted_once(sample: Sample) -> None:
    grants = [{"person": "li", "role": "clerk", "target": "b1"}, {"person": "wang", "role": "office", "target": "*"}]
    sample.event("people", "campaign", {"people": [{"id": "li", "name": "李"}, {"id": "wang", "name": "王"}], "grants": grants})
    sample.event("people", "campaign", {"people": [{"id": "li", "name": "李明"}], "grants": grants[:1]})
    assert sample.store.rows("SELECT * FROM workflow_person ORDER BY id") == [("li", "李明"), ("wang", "王")]
    assert sample.store.rows("SELECT * FROM workflow_grant") == [("li", "clerk", "b1"), ("wang", "office", "*")]


def test_a_grant_is_taken_back(sample: Sample) -> None:
    grants = [{"person": who, "role": "clerk", "target": "b1"} for who in ("li", "wang")]
    sample.event("people", "campaign", {"people": [], "grants": grants})
    moved = {"person": "li", "role": "clerk", "target": "b2"}
    sample.event("people", "campaign", {"people": [], "grants": [moved, grants[1]], "revoked": grants})
    assert sample.store.rows("SELECT person, target FROM workflow_grant ORDER BY person") == [("li", "b2"), ("wang", "b1")]


def test_a_batch_is_closed(sample: Sample) -> None:
    said = {"batch": "1", "stragglers": {"b7": "防汛", "b3": "合并中"}, "finished": 380, "total": 382, "reason": "如期收尾"}
    event = sample.event("batch_closed", "campaign", said)
    assert sample.store.rows("SELECT * FROM workflow_batch") == [("1", event.recorded_at, 2, '{"b3":"合并中","b7":"防汛"}', 380, 382)]


def test_a_first_roster_begins_attempt_one(sample: Sample) -> None:
    at = sample.roster().recorded_at
    about = ("b1", "劳动局支部", "1", "g1", None, '{"sector":"organ"}')
    assert sample.store.rows("SELECT * FROM workflow_branch") == [
        (*about, "learning.working", 1, 1, at, at, 0, "[]", "{}", "[]", None, None)
    ]
    assert sample.store.rows("SELECT * FROM workflow_attempt") == [("b1", 1, "learning", 1, at, None, None)]
    assert sample.store.rows("SELECT * FROM workflow_member ORDER BY id") == [
        (f"b1-m{n}", "b1", f"党员{n}", "in_post", '["infirm","mobile"]', '{"rank":"a"}') for n in (1, 2)
    ]


def test_a_later_roster_updates_and_removes_nobody(sample: Sample) -> None:
    at = sample.roster().recorded_at
    sample.move()
    retired = {"id": "b1-m2", "name": "党员二", "status": "retired"}
    sample.branch("roster", {"title": "新名", "batch": "2", "members": [retired, {"id": "b1-m3", "name": "三", "status": "in_post"}]})
    row = sample.store.row("SELECT title, batch, grp, fields, state, entered FROM workflow_branch")
    assert row == ("新名", "2", None, "{}", "learning.applied", at)
    assert sample.store.rows("SELECT id, status, flags FROM workflow_member ORDER BY id") == [
        ("b1-m1", "in_post", '["infirm","mobile"]'),
        ("b1-m2", "retired", "[]"),
        ("b1-m3", "in_post", "[]"),
    ]
    assert sample.store.row("SELECT count(*) FROM workflow_attempt") == (1,)


def test_a_sheet_makes_its_own_line_and_one_for_each_member(sample: Sample) -> None:
    sample.roster()
    at = sample.session().recorded_at
    assert sample.store.rows("SELECT * FROM workflow_document") == [("b1", 2, "session", "2005-01-19", at, "li", 1, 1)]
    assert line_rows(sample.store) == [
        ("attendance", "b1-m1", 2, 1, 1, 2, "collective", None, None, None),
        ("attendance", "b1-m2", 2, 2, 1, 1.5, "home", None, None, None),
        ("session", "", 2, 0, 1, "党章", 2, "collective", '["a","b"]', None),
    ]
    assert sample.store.rows('SELECT DISTINCT branch, happened, recorded, "by" FROM workflow_line') == [("b1", "2005-01-19", at, "li")]


def test_member_lines_share_what_the_document_says(sample: Sample) -> None:
    sample.roster()
    lines = [{"member": "b1-m1"}, {"member": "b1-m2", "read": False, "handed_in": None}]
    fields = {"read": True, "handed_in": "2005-01-18"}
    sample.branch("record", {"record": "essay", "happened": "2005-01-18", "fields": fields, "lines": lines})
    assert line_rows(sample.store) == [
        ("essay", "b1-m1", 2, 1, 1, 1, "2005-01-18", None, None, None),
        ("essay", "b1-m2", 2, 2, 1, 0, None, None, None, None),
    ]


def test_a_withdrawn_sheet_takes_its_lines_along(sample: Sample) -> None:
    sample.roster()
    first, second = sample.session(), sample.session()
    sample.branch("withdrawn", {"of": first.seq, "reason": "wrong day"})
    assert sample.store.rows("SELECT seq, live FROM workflow_document ORDER BY seq") == [(first.seq, -1), (second.seq, 1)]
    assert sample.store.rows("SELECT seq, live, count(*) FROM workflow_line GROUP BY 1, 2") == [(first.seq, -1, 3), (second.seq, 1, 3)]


def test_a_move_changes_state_and_keeps_who_made_it(sample: Sample) -> None:
    entered = sample.roster().recorded_at
    at = sample.move("apply", actor="zhang").recorded_at
    sample.move("remind", actor="wang")
    sample.move("remind", actor="zhao")
    sample.move("remind", actor="wang")
    row = sample.store.row("SELECT state, attempt, number, entered, since, extended, closed, done FROM workflow_branch")
    done = '{"apply":["zhang"],"remind":["wang","zhao"]}'
    assert row == ("learning.applied", 1, 1, entered, at, 0, "[]", done)


def test_closing_a_step_stays_in_the_phase(sample: Sample) -> None:
    entered = sample.roster().recorded_at
    for step in ("mobilisation", "study"):
        sample.move(f"close_{step}", "learning.working", step=step)
    row = sample.store.row("SELECT state, since, closed, done FROM workflow_branch")
    done = '{"close_mobilisation":["li"],"close_study":["li"]}'
    assert row == ("learning.working", entered, '["mobilisation","study"]', done)


def test_an_extension_adds_days(sample: Sample) -> None:
    sample.roster()
    sample.move("prolong", "learning.working", extend=7)
    sample.move("prolong", "learning.working", extend=3)
    assert sample.store.row("SELECT extended FROM workflow_branch") == (10,)


def test_a_new_attempt_freezes_what_counts_for_one_attempt(sample: Sample) -> None:
    began = sample.roster().recorded_at
    sample.roster("b2")
    sample.session()
    sample.session("b2")
    sample.branch("record", {"record": "inspection", "happened": "2005-01-19", "fields": {"passed": False}})
    sample.move("close_study", "learning.working", step="study", extend=5)
    at = sample.move("redo", "learning.working", attempt={"stage": "learning", "number": 2}).recorded_at
    row = sample.store.row("SELECT state, attempt, number, entered, since, extended, closed, done FROM workflow_branch WHERE id = 'b1'")
    assert row == ("learning.working", 2, 2, at, at, 0, "[]", '{"redo":["li"]}')
    assert sample.store.rows("SELECT * FROM workflow_attempt WHERE branch = 'b1'") == [
        ("b1", 1, "learning", 1, began, at, "redo"),
        ("b1", 2, "learning", 2, at, None, None),
    ]
    assert sample.store.rows("SELECT kind, branch, live, count(*) FROM workflow_line GROUP BY 1, 2, 3") == [
        ("attendance", "b1", 0, 2),
        ("attendance", "b2", 1, 2),
        ("inspection", "b1", 0, 1),
        ("session", "b1", 1, 1),
        ("session", "b2", 1, 1),
    ]
    live = sample.store.rows("SELECT branch, kind, live FROM workflow_document ORDER BY 1, 2")
    assert live == [("b1", "inspection", 0), ("b1", "session", 1), ("b2", "session", 1)]
    sample.session()
    assert sample.store.row("SELECT attempt FROM workflow_document WHERE branch = 'b1' ORDER BY seq DESC") == (2,)


def test_the_next_stage_counts_on_over_the_life_of_the_branch(sample: Sample) -> None:
    sample.roster()
    sample.move("redo", "learning.working", attempt={"stage": "learning", "number": 2})
    sample.move("approve", "analysis.working", attempt={"stage": "analysis", "number": 1}, extend=4)
    assert sample.store.row("SELECT state, attempt, number, extended FROM workflow_branch") == ("analysis.working", 3, 1, 4)
    attempts = sample.store.rows("SELECT ordinal, stage, number, outcome FROM workflow_attempt")
    assert attempts == [(1, "learning", 1, "redo"), (2, "learning", 2, "approve"), (3, "analysis", 1, None)]


def test_a_final_state_ends_the_attempt(sample: Sample) -> None:
    sample.roster()
    at = sample.move("stop", "learning.ended").recorded_at
    assert sample.store.row("SELECT ended, outcome FROM workflow_attempt") == (at, "stop")


def test_a_refusal_changes_no_table(sample: Sample) -> None:
    sample.roster()
    before = list(sample.store.connection().iterdump())
    sample.branch("refused", {"move": "apply", "findings": []})
    after = [line for line in sample.store.connection().iterdump() if line not in before]
    assert [line.split("(")[0] for line in after] == ['INSERT INTO "workflow_event" VALUES']


def test_a_waiver_is_kept_for_each_member_and_withdrawn_whole(sample: Sample) -> None:
    sample.roster()
    one = {"requirement": "study_hours", "members": ["b1-m1", "b1-m2"], "reason": "病假", "until": "2005-03-01"}
    event = sample.branch("waived", one, actor="wang", role="office")
    whole = sample.branch("waived", {"requirement": "minutes", "members": [], "reason": "fire"}, actor="wang", role="office")
    told = ("病假", "wang", "office", "2005-03-01", event.recorded_at)
    assert sample.store.rows("SELECT * FROM workflow_waiver WHERE seq = ?", (event.seq,)) == [
        ("b1", event.seq, "study_hours", "b1-m1", *told, 1),
        ("b1", event.seq, "study_hours", "b1-m2", *told, 1),
    ]
    assert sample.store.rows("SELECT member, until, live FROM workflow_waiver WHERE seq = ?", (whole.seq,)) == [("", None, 1)]
    sample.branch("withdrawn", {"of": event.seq, "reason": "recovered"})
    assert sample.store.rows("SELECT seq, live FROM workflow_waiver") == [(event.seq, 0), (event.seq, 0), (whole.seq, 1)]


def test_a_case_is_opened_and_moved(sample: Sample) -> None:
    sample.roster()
    opened = {"case": "r1", "kind": "rectification", "member": None, "state": "raised", "open": True, "fields": {"subject": "账目"}}
    at = sample.branch("case_opened", opened).recorded_at
    sample.branch("case_opened", opened | {"case": "t1", "kind": "travel", "member": "b1-m2"})
    assert sample.store.rows("SELECT * FROM workflow_case WHERE id = 'r1'") == [
        ("b1", "r1", "rectification", "", "raised", 1, at, at, '{"subject":"账目"}', '{"open":["li"]}', "")
    ]
    assert sample.store.row("SELECT member FROM workflow_case WHERE id = 't1'") == ("b1-m2",)
    plan = {"case": "r1", "move": "plan", "from": "raised", "to": "planned", "open": True, "takes": {"due": "2005-04-01"}}
    planned = sample.branch("case_moved", plan, actor="zhao").recorded_at
    sample.branch("case_moved", plan | {"move": "prolong", "from": "planned", "takes": {"due": "2005-05-01"}}, actor="zhao")
    fields, done = '{"due":"2005-05-01","subject":"账目"}', '{"open":["li"],"plan":["zhao"],"prolong":["zhao"]}'
    row = sample.store.row("SELECT state, open, opened, since, fields, done FROM workflow_case WHERE id = 'r1'")
    assert row == ("planned", 1, at, planned, fields, done)
    sample.branch("case_moved", {"case": "r1", "move": "accept", "from": "planned", "to": "closed", "open": False, "takes": {}})
    assert sample.store.row("SELECT state, open FROM workflow_case WHERE id = 'r1'") == ("closed", 0)


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        ("moved", {"move": "apply", "from": "?", "to": "learning.applied"}, "branch b9 is on no roster"),
        ("record", {"record": "inspection", "happened": "2005-01-19", "fields": {"passed": True}}, "branch b9 is on no roster"),
        ("withdrawn", {"of": 4, "reason": "?"}, "there is no record or waiver 4"),
        ("case_moved", {"case": "r9", "move": "plan", "to": "planned", "open": True}, "there is no case r9"),
        ("promoted", {}, "its kind promoted is unknown"),
    ],
)
def test_an_event_the_tables_do_not_fit_is_a_fault(sample: Sample, kind: str, payload: dict[str, object], said: str) -> None:
    with pytest.raises(DatabaseFault) as caught:
        sample.branch(kind, payload, branch="b9")
    assert caught.value.say("en") == f"event branch:b9 1 cannot be projected: {said}; run `workflow verify`"
    assert caught.value.say("zh").startswith("事件 branch:b9 1 无法投影")
    assert sample.store.rows("SELECT 1 FROM workflow_event WHERE stream = 'branch:b9'") == []


def test_stated_time_is_the_events_own(store: Store) -> None:
    event = Event(1, "branch:b1", 1, T0, "li", "clerk", "roster", "", {"title": "x", "state": "learning.working"}, HASH, "", "")
    with store.write():
        Projector(store, definition()).apply(event)
    assert store.row("SELECT entered, since FROM workflow_branch") == (T0, T0)

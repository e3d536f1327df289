"""What if a record were entered? The outlook is the one that entering it would give; nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Snapshot
from tests.engine.ground import LICENCES, START
from tests.engine.test_properties import TABLES
from tests.story import Story
from workflow import audit
from workflow.audit.unblock_text import explain_supposed, supposed_json
from workflow.audit.what_if import Change, parse_change, suppose, what_if
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, Misuse, NotFound, WorkflowError
from workflow.ledger import events


def short_of_hours() -> Story:
    """Only `he` lacks three hours."""
    return Story().mobilised().day("2005-03-10").learnt(hours={"he": (27, 10)})


def test_it_is_the_outlook_that_the_record_would_give() -> None:
    supposed, real = short_of_hours(), short_of_hours()
    assert supposed.campaign.why("b1").blocker == "study_hours"
    found = what_if(supposed.campaign, "b1", ["attendance:he:hours=3,mode=make_up"])
    real.record("attendance", lines=["he"], hours=3, mode="make_up", topic="topic_1")
    expected = real.campaign.why("b1")
    assert (found.blocker, found.waiting_for) == (None, "open_look_back") == (expected.blocker, expected.waiting_for)
    assert [w.verdict.findings for w in found.now] == [w.verdict.findings for w in expected.now]


def test_less_than_is_needed_is_less() -> None:
    found = what_if(short_of_hours().campaign, "b1", ["attendance:he:hours=2.5,mode=self"])
    short = next(f for w in found.now for f in w.standing if f.code == "study_hours").short
    assert [(s.id, s.figures[0].found) for s in short] == [("he", 39.5)]


def test_several_at_once_and_what_was_left_open_is_filled_in() -> None:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back()
    changes = ["analysis_meeting:present=4,group_present=1,resolution=ready", 'group_evaluation:opinion="solid, and agreed"']
    found = suppose(
        story.campaign, "b1", [*changes, "application:addressee=office", Change(kind="application", fields={"addressee": "group"})]
    )
    assert (found.outlook.blocker, found.outlook.waiting_for) == (None, "apply")
    assert [(a.subject, a.by.id if a.by else "", a.free) for a in found.actions] == [
        ("analysis_meeting", "li", ("minutes",)),
        ("group_evaluation", "group-sun", ("agrees",)),
        ("application", "li", ()),
        ("application", "li", ()),
    ]
    assert found.actions[1].fields["opinion"] == "solid, and agreed"


def test_a_sheet_with_its_lines() -> None:
    story = short_of_hours()
    found = suppose(story.campaign, "b1", ["session:he;li:form=lecture,hours=3,mode=collective"])
    assert found.actions[0].lines == ({"member": "he"}, {"member": "li"})
    assert found.outlook.blocker is None


def test_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    Story(path).mobilised().day("2005-03-10").learnt(hours={"he": (27, 10)}).campaign.close()
    before = path.read_bytes()
    with Campaign.open(path) as campaign:
        tables = {table: campaign.store.rows(f"SELECT * FROM {table}") for table in TABLES}
        count = len(list(events(campaign.store)))
        assert what_if(campaign, "b1", ["attendance:he:hours=3"]).blocker is None
        with pytest.raises(InputFault):
            what_if(campaign, "b1", ["attendance:he:hours=3", "session:he;he:form=lecture"])
        assert len(list(events(campaign.store))) == count
        assert {table: campaign.store.rows(f"SELECT * FROM {table}") for table in TABLES} == tables
        assert campaign.why("b1").blocker == "study_hours"
    assert path.read_bytes() == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_people_read(snapshot: Snapshot, lang: str) -> None:
    campaign = short_of_hours().campaign
    found = suppose(campaign, "b1", ["attendance:he:hours=3,mode=make_up", "mobile_register:he:destination=Hai Tan"])
    snapshot(f"what-if.{lang}", explain_supposed(campaign, found, lang))
    plain = supposed_json(campaign, found, lang)
    assert [action["subject"] for action in plain["if"]] == ["attendance", "mobile_register"]
    assert plain["outlook"]["waiting_for"] == "open_look_back"


# -- reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "members", "fields"),
    [
        ("attendance:li-ming:hours=4,mode=make_up", "attendance", ("li-ming",), {"hours": "4", "mode": "make_up"}),
        ("visit:passed=yes", "visit", (), {"passed": "yes"}),
        ("visit", "visit", (), {}),
        ("course: m1 ; m2 : hours = 4 ", "course", ("m1", "m2"), {"hours": "4"}),
        ('visit:remarks="one, two",passed=no', "visit", (), {"remarks": "one, two", "passed": "no"}),
        ("visit:remarks=a:b=c", "visit", (), {"remarks": "a:b=c"}),
        ("course:m1:", "course", ("m1",), {}),
    ],
)
def test_a_change_as_text(text: str, kind: str, members: tuple[str, ...], fields: dict[str, str]) -> None:
    if text.endswith(":"):
        with pytest.raises(Misuse, match="expected KIND"):
            parse_change(text)
        return
    found = parse_change(text)
    assert (found.kind, found.members, dict(found.fields)) == (kind, members, fields)


@pytest.mark.parametrize(
    ("text", "code", "mark", "said"),
    [
        ("attendence:he:hours=3", "kind", 0, "there is no record kind attendence; did you mean attendance?"),
        ("attendance:hee:hours=3", "member", 11, "on the roll of b1 there is no hee; did you mean he (He)?"),
        ("attendance:he; lee:hours=3", "member", 15, "on the roll of b1 there is no lee"),
        ("attendance:he:huors=3", "field", 14, "attendance has no field huors; did you mean hours?"),
        ("attendance:he:hours=3,mode=collectiv", "value", 27, "mode: 'collectiv' is not one of the options; did you mean collective?"),
        ("attendance:he:hours=30", "value", 20, "hours: 30 h is above 24 h"),
        ("attendance:he:hours", "name-value", 14, "expected FIELD=VALUE"),
        ("attendance:he:hours=3,", "name-value", None, ""),
        ("attendance:hours=3", "member", 18, "attendance: say whose it is"),
        ("inspection:he:result=pass", "member", 11, "inspection: it has no lines: name no member"),
        ('attendance:he:topic="a', "quote", 20, "this quotation mark is not closed"),
        (":he:hours=3", "change", 0, "expected KIND"),
        ("", "change", 0, "expected KIND"),
    ],
)
def test_a_fault_points_at_the_character(text: str, code: str, mark: int | None, said: str) -> None:
    campaign = short_of_hours().campaign
    if mark is None:  # a comma at the end does no harm
        assert what_if(campaign, "b1", [text]).blocker is None
        return
    with pytest.raises(Misuse) as fault:
        what_if(campaign, "b1", [text])
    assert fault.value.code == code
    lines = fault.value.say("en").split("\n")
    assert lines[0].startswith(said)
    if text:
        assert lines[1:] == [f"  {text}", " " * (mark + 2) + "^"]
        assert fault.value.say("zh").split("\n")[1:] == lines[1:]
        assert fault.value.say("zh").split("\n")[0] != lines[0]


def test_a_mark_below_characters_that_take_two_columns() -> None:
    with pytest.raises(NotFound) as fault:
        what_if(short_of_hours().campaign, "b1", ["attendance:he:mode=集中学习,huors=1"])
    assert fault.value.say("en").split("\n")[2] == "  " + " " * len("attendance:he:mode=集中学习,") + " " * 4 + "^"


def test_what_nobody_may_enter_or_is_not_there() -> None:
    campaign = Campaign.create(":memory:", LICENCES, clock=VirtualClock(START), rehearsal=True)
    campaign.import_roster([{"branch": "mill", "title": "Mill", "person": "m1", "name": "m1", "status": "journeyman"}])
    with pytest.raises(Misuse, match=r"nobody is there who may enter visit \(inspector\)"):
        what_if(campaign, "mill", ["visit:passed=yes"])
    with pytest.raises(NotFound, match="there is no branch mil"):
        what_if(campaign, "mil", ["visit:passed=yes"])


@given(st.text(alphabet='ab:;=,"é集 -', max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = parse_change(text)
    except Misuse:
        return
    assert found.kind
    assert all(0 <= place < len(text) or not text[place:] for place in found.places.values())


# -- the public surface --------------------------------------------------------------------------------------------------


def test_the_public_surface() -> None:
    for name in ("Action", "Remedies", "Unblocking", "carry_out", "suppose", "unblock", "what_if"):
        assert name in audit.__all__
        assert getattr(audit, name).__doc__
    assert issubclass(Misuse, WorkflowError)

"""What would unblock a move: every set proposed does when it is done for real, and no part of it does; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Snapshot
from tests.engine.ground import LICENCES, START, trial
from tests.engine.test_properties import TABLES, roster
from tests.story import Story
from workflow.audit.remedies import Action, carry_out
from workflow.audit.unblock import Unblocking, unblock
from workflow.audit.unblock_text import explain_unblocking, unblocking_json
from workflow.clock import VirtualClock, as_utc
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound, WorkflowError
from workflow.ledger import events

Build = Callable[[], tuple[Campaign, VirtualClock]]

# -- carrying out for real -----------------------------------------------------------------------------------------------


def do(campaign: Campaign, clock: VirtualClock, branch: str, action: Action) -> bool:
    """One action, for real; a refusal or misuse (what it rests on was left out) does nothing."""
    if action.kind == "wait":
        zone = ZoneInfo(campaign.definition.calendar.zone)
        clock.set(as_utc(datetime.combine(date.fromisoformat(action.subject), time(12), zone)))
        return True
    try:
        verdict = carry_out(campaign, branch, action, reason="as advised")
    except WorkflowError:
        return False
    return verdict is not None and verdict.allowed


def leads(build: Build, answer: Unblocking, actions: Sequence[Action], by: str | None) -> tuple[bool, bool]:
    """In a copy: could all be done, and is the move allowed then?"""
    campaign, clock = build()
    done = [do(campaign, clock, answer.branch, action) for action in actions]
    return all(done), campaign.ask(answer.branch, answer.move, by=by).allowed


def parts(actions: Sequence[Action], most: int = 6) -> Iterator[tuple[Action, ...]]:
    """Every proper subset; of large sets those without one or two actions."""
    sizes = range(len(actions)) if len(actions) <= most else (len(actions) - 2, len(actions) - 1)
    for size in sizes:
        yield from combinations(actions, size)


def prove(build: Build, answer: Unblocking, by: str | None = None) -> None:
    """Every set, done for real, leads to an allowed verdict for whoever is named; no proper subset does."""
    for remedies in answer.sets:
        mover = None if remedies.mover is None else remedies.mover.id
        assert by in (None, mover)
        assert leads(build, answer, remedies.actions, mover) == (True, True)
        assert all(not leads(build, answer, part, by)[1] for part in parts(remedies.actions))
        assert {action.by.id for action in remedies.actions if action.by} == {person.id for person in remedies.people}
    ranks = [(len(r.actions), len(r.people), r.day) for r in answer.sets]
    assert ranks == sorted(ranks)


def told(answer: Unblocking, number: int = 0) -> list[tuple[str, str, str]]:
    """The actions of one set: kind, subject and who."""
    return [(a.kind, a.subject, a.by.id if a.by else "") for a in answer.sets[number].actions]


# -- the 2005 campaign ---------------------------------------------------------------------------------------------------


def four_unmet() -> tuple[Campaign, VirtualClock]:
    """Hours, collective hours, essays and the test are missing."""
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (20, 7)}, but=["essays", "test"])
    return story.campaign, story.clock


def before_applying() -> tuple[Campaign, VirtualClock]:
    story = Story().mobilised().day("2005-03-10").learnt().looked_back()
    return story.campaign, story.clock


def test_a_branch_with_four_unmet_requirements() -> None:
    answer = unblock(four_unmet()[0], "b1", "open_look_back", most=8)
    assert [f.code for f in answer.verdict.standing] == ["study_hours", "collective_hours", "essays", "test_sat"]
    assert len(answer.sets) == 8
    first = answer.sets[0]
    assert told(answer) == [("record", "attendance", "li"), ("record", "test", "li"), ("waive", "essays", "office-wang")]
    # One lesson makes up for both: what the higher of the two demands, in a mode the other counts.
    assert (first.actions[0].fields["hours"], first.actions[0].fields["mode"]) == (13, "collective")
    assert first.actions[0].lines == ({"member": "he"},)
    assert first.actions[0].free == ("topic",)
    assert first.actions[2].members == ("chen", "he", "li", "lin")
    prove(four_unmet, answer)


def test_nothing_is_written_and_nothing_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    story = Story(path).mobilised().day("2005-03-10").learnt(hours={"he": (20, 7)}, but=["essays", "test"])
    story.campaign.close()
    before = path.read_bytes()
    with Campaign.open(path) as campaign:
        tables = {table: campaign.store.rows(f"SELECT * FROM {table}") for table in TABLES}
        count, now = len(list(events(campaign.store))), campaign.now
        assert unblock(campaign, "b1", "open_look_back").sets
        assert not campaign.store.in_transaction
        assert (len(list(events(campaign.store))), campaign.now) == (count, now)
        assert {table: campaign.store.rows(f"SELECT * FROM {table}") for table in TABLES} == tables
        assert campaign.verify().whole
    assert path.read_bytes() == before


def test_one_record_answers_all_that_is_asked_of_the_last_one() -> None:
    """The meeting's resolution, quorum and guests are three requirements; two applications stay two."""
    answer = unblock(before_applying()[0], "b1")
    assert answer.move == "apply"
    assert [f.code for f in answer.verdict.standing] == [
        "resolved_ready",
        "meeting_quorate",
        "group_present",
        "group_evaluated",
        "both_addressees",
    ]
    assert told(answer) == [
        ("record", "analysis_meeting", "li"),
        ("record", "group_evaluation", "group-sun"),
        ("record", "application", "li"),
        ("record", "application", "li"),
    ]
    meeting = answer.sets[0].actions[0].fields
    assert (meeting["resolution"], meeting["present"], meeting["group_present"]) == ("ready", 3, 1)
    prove(before_applying, answer)


def test_a_record_that_takes_the_place_of_another_keeps_what_nobody_asked_to_change() -> None:
    def build() -> tuple[Campaign, VirtualClock]:
        story = Story().mobilised().day("2005-03-10").learnt().looked_back().met(present=5, group_present=0).filed()
        return story.campaign, story.clock

    answer = unblock(build()[0], "b1")
    fields = answer.sets[0].actions[0].fields
    assert (fields["group_present"], fields["present"], fields["resolution"]) == (1, 5, "ready")
    prove(build, answer)


def test_steps_are_closed_after_what_they_ask_for_themselves() -> None:
    def build() -> tuple[Campaign, VirtualClock]:
        story = Story().mobilised().day("2005-03-10")
        return story.campaign, story.clock

    answer = unblock(build()[0], "b1", most=1)
    kinds = [action.kind for action in answer.sets[0].actions]
    assert (len(kinds), kinds.count("move"), kinds.count("waive")) == (12, 3, 3)
    assert [a.subject for a in answer.sets[0].actions if a.kind == "move"] == ["close_mobilisation", "close_study", "close_discussion"]
    assert ("record", "requirement_set", "li") in told(answer)  # asked for by the last step alone
    prove(build, answer)


def test_who_is_kept_from_the_move_is_told_who_is_not() -> None:
    story = Story().to_inspection()
    answer = unblock(story.campaign, "b1", "approve", by="li")
    assert answer.sets == ()
    assert [h.finding.code for h in answer.hopeless] == ["rule.separation"]
    assert [p.id for p in answer.others] == ["office-wang"]
    assert unblock(story.campaign, "b1", "approve", by="office-wang").verdict.allowed


def test_a_move_out_of_turn() -> None:
    answer = unblock(before_applying()[0], "b1", "approve")
    assert [h.finding.code for h in answer.hopeless] == ["rule.phase"]
    assert answer.ahead == ("apply",)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_people_read(snapshot: Snapshot, lang: str) -> None:
    campaign, _ = four_unmet()
    texts = [
        explain_unblocking(campaign, unblock(campaign, "b1", "open_look_back", most=2), lang),
        explain_unblocking(campaign, unblock(campaign, "b1", "start_inspection"), lang),
    ]
    for build, by in ((licences(defects=(("ivan", "mended"), ("omar", "found")), visit=False), None), (licences(), "omar")):
        campaign, clock = build()
        texts.append(explain_unblocking(campaign, unblock(campaign, "mill", by=by), lang))
        clock.advance(days=3)
        campaign.move("mill", "receive", by="nora")
        texts.append(explain_unblocking(campaign, unblock(campaign, "mill", by=by), lang))
    campaign, _ = trial()
    texts.append(explain_unblocking(campaign, unblock(campaign, "site-000", "close_people", by="mona"), lang))
    campaign.suspend(branches=["site-000"], by="spencer", reason="strike")
    texts.append(explain_unblocking(campaign, unblock(campaign, "site-000", "close_people", by="m0-0"), lang))
    said = "\n\n---\n\n".join(texts)
    snapshot(f"unblock.{lang}", said)


def test_as_json() -> None:
    campaign, _ = four_unmet()
    plain = unblocking_json(campaign, unblock(campaign, "b1", "open_look_back", most=1))
    action = plain["sets"][0]["actions"][0]
    assert (action["kind"], action["subject"], action["by"]["id"], action["fields"]["hours"]) == ("record", "attendance", "li", 13)
    assert action["text"].startswith("enter attendance for He: hours 13 h, mode collective; for example topic")
    assert plain["position"]["seq"] == len(list(campaign.timeline("b1")))
    assert plain["in_force"]["definition"] == campaign.definition.hash
    assert plain["untried"] > 0


# -- the licences --------------------------------------------------------------------------------------------------------


def licences(
    *,
    hours: Mapping[str, float] | None = None,
    away: Mapping[str, bool] | None = None,
    defects: Sequence[tuple[str, str]] = (),
    visit: bool | None = None,
    steps: int = 2,
    phase: int = 1,
    days: int = 0,
) -> Build:
    """The branch `mill` somewhere on its way; `phase` 0 is working, 1 the notice, 2 the inspection."""

    def build() -> tuple[Campaign, VirtualClock]:
        clock = VirtualClock(START)
        campaign = Campaign.create(":memory:", LICENCES, clock=clock, rehearsal=True)
        campaign.import_roster([*roster(away or {}), {"person": "nora", "name": "Nora", "group": "north", "roles": "inspector"}])
        for fixer, state in defects:
            case = str(campaign.open_case("mill", "defect", by="omar", fields={"what": "a loose wire", "fixer": fixer}).created)
            if state == "mended":
                campaign.move_case("mill", case, "mend", by="omar", takes={"measure": "none" if fixer == "nora" else "soldered"})
        taught = dict.fromkeys(("olga", "m1", "m2"), 4.0) | dict(hours or {})
        campaign.record("mill", "course", by="ivan", fields={"mode": "hall"}, lines=[{"member": m, "hours": h} for m, h in taught.items()])
        for move in ("close_papers", "close_teaching")[:steps]:
            campaign.move("mill", move, by="omar")
        for move, by in (("apply", "omar"), ("receive", "ivan"))[:phase]:
            if move == "receive":
                clock.advance(days=3)
            campaign.move("mill", move, by=by)
        if visit is not None:
            campaign.record("mill", "visit", by="ivan", fields={"passed": visit})
        clock.advance(days=days)
        return campaign, clock

    return build


def test_time_alone() -> None:
    answer = unblock(licences()()[0], "mill")
    assert (answer.move, told(answer), answer.sets[0].people, answer.sets[0].day) == (
        "receive",
        [("wait", "2026-03-05", "")],
        (),
        "2026-03-05",
    )
    prove(licences(), answer)


def test_cases_are_closed_by_whom_nothing_keeps_from_it_and_by_as_few_as_will_do() -> None:
    build = licences(defects=(("ivan", "found"), ("omar", "mended")), visit=False, phase=2)
    answer = unblock(build()[0], "mill")
    assert [(a.kind, a.subject) for a in answer.sets[0].actions] == [
        ("record", "visit"),
        ("case", "defect-1:mend"),
        ("case", "defect-1:accept"),
        ("case", "defect-2:accept"),
    ]
    assert len(answer.sets[0].people) == 2
    assert "ivan" not in {p.id for p in answer.sets[0].people}  # he is to fix the first, and may not accept it
    assert answer.sets[0].mover is not None
    assert answer.sets[0].mover.id == "ada"  # omar has applied
    prove(build, answer)


def test_a_visit_entered_by_mistake_can_be_withdrawn() -> None:
    def build() -> tuple[Campaign, VirtualClock]:
        campaign, clock = licences(visit=True, phase=2)()
        campaign.record("mill", "visit", by="ivan", fields={"passed": False})
        return campaign, clock

    answer = unblock(build()[0], "mill")
    assert [kind for kind, _, _ in (told(answer)[0], told(answer, 1)[0])] == ["record", "withdraw"]
    assert answer.sets[1].actions[0].of == "visit"
    prove(build, answer)


def test_nobody_left_who_could_put_it_right() -> None:
    campaign, _ = licences(defects=(("nora", "mended"),), visit=True, phase=2)()
    answer = unblock(campaign, "mill")
    assert answer.hopeless == () or answer.hopeless[0].finding.code == "no_defect"


@settings(max_examples=60)
@given(
    hours=st.dictionaries(st.sampled_from(["olga", "m1", "m2"]), st.sampled_from([0, 1.5, 3.999, 4])),
    away=st.dictionaries(st.just("m1"), st.booleans()),
    defects=st.lists(st.tuples(st.sampled_from(["ivan", "omar", "nora", "olga"]), st.sampled_from(["found", "mended"])), max_size=2),
    visit=st.none() | st.booleans(),
    steps=st.integers(0, 2),
    phase=st.integers(0, 2),
    days=st.integers(0, 2),
    by=st.none() | st.sampled_from(["omar", "ivan", "ada", "olga"]),
)
def test_whatever_the_story_each_set_unblocks_and_none_of_its_parts_does(by: str | None, **story: Any) -> None:
    build = licences(**story)
    answer = unblock(build()[0], "mill", by=by, most=3)
    assert answer.verdict.allowed or answer.sets or answer.hopeless
    assert not (answer.sets and answer.hopeless)
    prove(build, answer, by)


@settings(max_examples=12)
@given(
    hours=st.dictionaries(st.sampled_from(["li", "he", "xu"]), st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=2),
    but=st.sets(st.sampled_from(["essays", "test"])),
    briefed=st.booleans(),
)
def test_whatever_the_branch_of_2005_lacks(hours: Mapping[str, tuple[float, float]], but: set[str], briefed: bool) -> None:
    def build() -> tuple[Campaign, VirtualClock]:
        story = Story().mobilised().day("2005-03-10").learnt(hours=hours, but=but)
        if not briefed:
            lists = [e.seq for e in story.campaign.timeline("b1") if e.payload.get("record") == "briefing_list"]
            story.campaign.withdraw("b1", lists[0], by="li", reason="names were missing")
        return story.campaign, story.clock

    answer = unblock(build()[0], "b1", "open_look_back", most=2)
    assert answer.verdict.allowed or len(answer.sets) == 2
    for remedies in answer.sets:
        assert leads(build, answer, remedies.actions, "li") == (True, True)
        assert all(not leads(build, answer, part, "li")[1] for part in parts(remedies.actions, most=3))


# -- every shape of a check ----------------------------------------------------------------------------------------------

_SHAPES = """
definition: shapes
title: Shapes
roles: {clerk: {scope: branch}, boss: {scope: all}}
instruments: {act: {title: The act, issuer: parliament, issued: 2025-01-01}}
parameters: {three: {value: 3, basis: act}, topics: {value: [a, b], basis: act}}
members: {status: [one, two], flags: [away]}
records:
  note: {of: member, fields: {n: {type: number, min: 0, max: 10}, topic: [a, b, c], good: boolean, day: date, tags: {options: [x, y, z], many: true}}, by: clerk}
  sheet: {of: branch, fields: {count: integer, text: {type: text, min: 3}}, by: clerk}
  decree: {of: campaign, fields: {big: boolean}, by: boss}
requirements:
  shape: {title: The shape, %s owner: clerk, remedy: do it, basis: act}
gates: {only: {phases: {open: open, done: {title: done, final: true}}, moves: {finish: {from: open, to: done, by: boss, requires: shape}}}}
stages: {only: {gate: only, lasts: 30d}}
cases:
  task:
    of: member
    by: clerk
    fields: {what: text}
    states: {raised: raised, done: {title: done, final: true}}
    moves: {finish: {from: raised, to: done, by: clerk, takes: {grade: integer}}}
"""

SHAPES = {
    "len(branch.sheet) >= 2": 2,
    "len(branch.sheet) > 2 or len(campaign.decree) > 0": 1,
    "any(d.big for d in campaign.decree)": 1,
    "last(branch.sheet).count >= three + 2": 1,
    "last(branch.sheet).count * 2 - 1 > three": 1,
    "10 - last(branch.sheet).count <= three": 1,
    "1 < last(branch.sheet).count < three": 1,
    "last(branch.sheet).count == three and len(branch.members) == 2": 1,
    "last(branch.sheet).count / 4 >= three": 1,
    'last(branch.sheet).text != "yes" and last(branch.sheet).text in ["yes", "maybe"]': 1,
    "all(len(m.note) > 0 for m in branch.members)": 1,
    "all(sum(n.n for n in m.note) >= 25 for m in branch.members)": 3,
    "len(m for m in branch.members if any(n.good for n in m.note)) >= 1": 1,
    "all(any(t.open for t in m.task) for m in branch.members)": 2,
    "all(any(not t.open and t.grade >= 2 for t in m.task) for m in branch.members)": 4,
    "last(branch.sheet).count > last(branch.sheet).count": None,
    "len(branch.sheet) == 0": 0,
    "today >= branch.planned_end - 3": 1,
    "today - first(branch.sheet).happened >= 5": 2,
    "branch.planned_end > today + 100": None,
    "len(m for m in branch.members if m.away) > 0": None,
    "not (len(branch.sheet) == 0)": 1,
    "len(branch.sheet) > 0 if len(branch.members) > 1 else len(branch.sheet) > 5": 1,
}
EACH = {
    "sum(n.n for n in member.note) >= 12": 2,
    "sum(n.n for n in member.note if n.topic in topics and n.good) > 4": 1,
    "sum(n.n * 2 for n in member.note) >= 12": 1,
    "len(set(n.topic for n in member.note)) >= 3": 3,
    'len(set(n.topic for n in member.note if n.topic != "a")) == 2': 2,
    'last(member.note).tags == {"x", "z"}': 1,
    "len(last(member.note).tags) >= 2": 1,
    'any("y" in n.tags and n.day > date("2026-05-01") for n in member.note)': 1,
    "any(not n.good or n.n > 20 for n in member.note)": 1,
    "len(n for n in member.note if n.happened >= branch.entered) >= 1": 1,
    "len(member.task) >= 1": 2,
}


@pytest.mark.parametrize(("check", "actions"), [*SHAPES.items(), *((f"each: {c}", n) for c, n in EACH.items())])
def test_each_shape_of_a_check(check: str, actions: int | None) -> None:
    """How many actions put it right: 0 where nothing is wrong, None where nothing can be worked out."""
    each = "each: member, " if check.startswith("each: ") else ""
    quoted = check.removeprefix("each: ").replace("'", "''")
    definition = load_text(_SHAPES % f"{each}check: '{quoted}',", "shapes")

    def build() -> tuple[Campaign, VirtualClock]:
        clock = VirtualClock(START)
        campaign = Campaign.create(":memory:", definition, clock=clock, rehearsal=True)
        people = [
            {"branch": "b", "title": "B", "person": p, "name": p, "status": "one", "roles": "clerk" if p == "ann" else ""}
            for p in ("ann", "ben")
        ]
        campaign.import_roster([*people, {"person": "bob", "name": "Bob", "roles": "boss"}])
        return campaign, clock

    answer = unblock(build()[0], "b", "finish")
    assert answer.verdict.allowed == (actions == 0)
    assert bool(answer.hopeless) == (actions is None)
    assert (len(answer.sets[0].actions) if answer.sets else None) == (actions or None)
    prove(build, answer)


# -- misuse --------------------------------------------------------------------------------------------------------------


def test_what_is_not_there() -> None:
    campaign, _ = licences()()
    with pytest.raises(NotFound, match="there is no branch mil; did you mean mill"):
        unblock(campaign, "mil")
    with pytest.raises(NotFound, match="there is no move recieve; did you mean receive"):
        unblock(campaign, "mill", "recieve")
    with pytest.raises(NotFound, match="there is no person nobody"):
        unblock(campaign, "mill", by="nobody")
    assert not campaign.store.in_transaction


def test_at_the_end_no_move_is_ahead() -> None:
    campaign, _ = trial()
    campaign.waive("site-000", "trained", by="spencer", reason="all are")
    campaign.record("site-000", "contract", by="spencer", fields={"signed": True})
    campaign.record("site-000", "visit", by="mona", fields={"passed": True})
    for move, by in (("close_people", "m0-0"), ("close_papers", "m0-0"), ("invite", "m0-0"), ("activate", "spencer"), ("close", "spencer")):
        assert unblock(campaign, "site-000", move).verdict.allowed
        campaign.move("site-000", move, by=by)
    with pytest.raises(Misuse, match="no move is ahead"):
        unblock(campaign, "site-000")

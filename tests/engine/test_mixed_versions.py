"""Branches under different versions: what a member brings from the later one is not lost in the earlier one, nor counted twice."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.ground import START
from tests.engine.yards import roster, yards
from workflow.audit import verify
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, Misuse

LIVE = "SELECT branch, f1, f2 FROM workflow_line WHERE kind = ? AND member = 'h1-0' AND live = 1"


def wider() -> Definition:
    """With a record, a case of a member, one of the branch, and a field that the first version does not know."""
    document = dict(deepcopy(yards().document))
    document["version"] = "2"
    document["records"]["note"] = {"of": "member", "fields": {"score": "integer"}, "by": "office"}
    document["records"]["study"]["fields"] = {"place": {"type": "text", "optional": True}, **document["records"]["study"]["fields"]}
    case = {"fields": {"what": "text"}, "by": "office", "states": {"begun": "begun", "over": {"title": "over", "final": True}}}
    moves = {"carry": {"from": "begun", "to": "over", "by": "office"}}
    document["cases"] |= {"errand": {"of": "member", **case, "moves": moves}, "chore": {"of": "branch", **case, "moves": moves}}
    return load_document(document)


class Mixed:
    """y1 is under the second version, in force for new attempts only; y0 and y2 are under the first."""

    def __init__(self) -> None:
        clock = VirtualClock(START)
        self.campaign = Campaign.create(":memory:", yards(), clock=clock, rehearsal=True)
        self.campaign.import_roster(roster())
        clock.set(START + timedelta(days=1))
        assert self.campaign.enact(wider(), scope="new", by="bo", reason="r")
        self.campaign.record("y1", "lesson", by="bo", fields={"topic": "x"}, lines=[{"member": f"h1-{k}", "hours": 5} for k in range(3)])
        assert self.campaign.move("y1", "apply", by="kay")
        assert self.campaign.move("y1", "redo", by="bo")
        assert [self.campaign.version(self.campaign.why(b).definition).version for b in ("y0", "y1", "y2")] == ["4", "2", "4"]
        self.campaign.record("y1", "note", by="bo", fields={"score": 3}, lines=["h1-0"])
        self.campaign.record("y1", "study", by="bo", fields={"hours": 5, "place": "hall"}, lines=["h1-0"])
        self.campaign.open_case("y1", "errand", by="bo", member="h1-0", fields={"what": "fetch"})
        self.campaign.open_case("y1", "chore", by="bo", fields={"what": "sweep"})

    def send(self, to: str) -> None:
        assert self.campaign.transfer("h1-0", to, by="bo", reason="r")

    def live(self, kind: str) -> list[tuple[object, ...]]:
        return self.campaign.store.rows(LIVE, (kind,))

    def whole(self) -> None:
        assert self.campaign.verify().whole
        assert verify(self.campaign.store).clean


@pytest.fixture
def mixed() -> Mixed:
    return Mixed()


def test_nothing_is_lost_on_the_way_through_branches_under_the_first_version(mixed: Mixed) -> None:
    for branch in ("y0", "y2", "y1"):
        mixed.send(branch)
        assert mixed.live("note") == [(branch, 3, None)]
        assert mixed.live("study") == [(branch, 5, "hall")]
    mixed.whole()


def test_a_case_of_a_kind_that_is_not_known_yet_is_listed_and_waits(mixed: Mixed) -> None:
    mixed.send("y0")
    assert [case.id for case in mixed.campaign.cases("y0")] == ["errand-1"]
    with pytest.raises(
        Misuse, match="the rules in force for y0 know no case errand yet: errand-1 can be moved once a later version holds"
    ) as no:
        mixed.campaign.move_case("y0", "errand-1", "carry", by="bo")
    assert "对 y0 有效的方案尚无事项 errand" in no.value.text.say("zh")
    mixed.send("y1")
    assert mixed.campaign.move_case("y1", "errand-2", "carry", by="bo")
    mixed.whole()


def test_a_branch_that_took_over_such_a_case_can_end(mixed: Mixed) -> None:
    assert mixed.campaign.merge("y1", "y0", by="bo", reason="r")
    refused = mixed.campaign.dissolve("y0", members="y2", by="bo", reason="r")
    assert [f.detail["cases"] for f in refused.standing] == [[{"id": "chore-1", "title": "sweep"}]]
    assert mixed.campaign.dissolve("y0", members="y2", cases="y2", by="bo", reason="r")
    assert [case.id for case in mixed.campaign.cases("y2")] == ["errand-1", "chore-1"]
    mixed.whole()


def test_what_came_along_is_exported_and_read_again(mixed: Mixed, tmp_path: Path) -> None:
    """Two records of one kind come in one event: each is a document of its own."""
    mixed.campaign.record("y1", "study", by="bo", fields={"hours": 2}, lines=["h1-0"])
    mixed.send("y0")
    mixed.campaign.export(tmp_path / "all.csv.d", what=("roster", "records"))
    fresh = Campaign.create(":memory:", mixed.campaign.definition, clock=VirtualClock(mixed.campaign.now), rehearsal=True)
    for name in ("roster", "records"):
        report = fresh.import_tables(tmp_path / "all.csv.d" / f"{name}.csv", by="bo")
        assert report.records is None or report.records.left_out == ()
    assert sorted(fresh.store.rows(LIVE, ("study",)), key=str) == sorted(mixed.live("study"), key=str)
    assert len(mixed.live("study")) == 2


def test_half_a_character_is_no_name(mixed: Mixed) -> None:
    for ask in (
        lambda: mixed.campaign.why("\ud800"),
        lambda: mixed.campaign.member("\ud800"),
        lambda: mixed.campaign.transfer("\ud800", "y0", by="bo", reason="r"),
        lambda: mixed.campaign.enrol("y0", "\ud800", name="N", by="bo", reason="r"),
    ):
        with pytest.raises((Misuse, InputFault), match="not valid Unicode"):
            ask()


def test_trying_out_an_import_leaves_the_clock_alone(mixed: Mixed) -> None:
    before = mixed.campaign.now
    line = {"record": "badge", "branch": "y0", "fields": {"points": 1}, "lines": ["h0-0"], "by": "bo", "at": "2026-05-01T10:00:00"}
    mixed.campaign.preview(lambda campaign: campaign.import_records([line]))
    assert mixed.campaign.now == before

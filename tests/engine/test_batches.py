"""A batch is closed once enough of its branches have finished and every other one is named with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import Snapshot
from tests.engine.structure_ground import DEFINITION, ROLLS, TEXT, Circles, done, ids, standing
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.board import Closed
from workflow.engine.campaign import Campaign
from workflow.engine.motion.batches import BatchStanding
from workflow.errors import Misuse, NotFound
from workflow.texts import LANGUAGES

STAFF = [{"person": "olga", "name": "Olga", "roles": "office"}, {"person": "leo", "name": "Leo", "roles": "leaders"}]


class Batch:
    """Forty branches c01 to c40 of batch 1, one member each, who is the secretary; and one of batch 2."""

    def __init__(self, definition: Definition = DEFINITION) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.campaign = Campaign.create(":memory:", definition, clock=self.clock, rehearsal=True)
        self.names = [f"c{n:02}" for n in range(1, 41)]
        rows = [{"branch": c, "title": f"Circle {c[1:]}", "batch": "1"} for c in self.names]
        people = [{"branch": c, "person": f"s{c[1:]}", "name": f"S {c[1:]}", "status": "active", "roles": "secretary"} for c in self.names]
        self.campaign.import_roster([*rows, *people, {"branch": "late", "title": "Late", "batch": "2"}, *STAFF])

    def finish(self, *branches: str) -> None:
        for branch in branches:
            secretary = branch.replace("c", "s")
            done(self.campaign.record(branch, "study", by=secretary, fields={"hours": 4}, lines=[secretary]))
            done(self.campaign.move(branch, "apply", by=secretary))
            done(self.campaign.move(branch, "approve", by="olga"))

    def of(self, batch: str) -> BatchStanding:
        return next(each for each in self.campaign.batches() if each.batch == batch)

    def queries(self) -> int:
        """How many it takes to say how far all batches are."""
        seen: list[str] = []
        self.campaign.store.connection().set_trace_callback(seen.append)
        self.campaign.batches()
        self.campaign.store.connection().set_trace_callback(None)
        return sum(statement.startswith("SELECT") for statement in seen)


@pytest.fixture
def batch() -> Batch:
    return Batch()


def test_a_batch_of_forty_is_closed_with_two_stragglers(batch: Batch, snapshot: Snapshot) -> None:
    campaign = batch.campaign
    batch.finish(*batch.names[:37])
    late = dict.fromkeys(batch.names[37:], "flooded")
    three = campaign.close_batch("1", stragglers=late, by="olga", reason="the time is over")
    assert standing(three) == ["rule.share"]
    assert three.standing[0].detail == {"batch": "1", "finished": 37, "total": 40, "share": 0.95, "share_name": "enough"}
    batch.finish("c38")
    needless = campaign.close_batch("1", stragglers=late, by="olga", reason="the time is over")
    assert standing(needless) == ["rule.stragglers"]
    assert ids(needless.standing[0].detail["finished"]) == ["c38"]
    unnamed = campaign.close_batch("1", stragglers={"c39": "flooded"}, by="olga", reason="the time is over")
    assert standing(unnamed) == ["rule.stragglers"]
    assert ids(unnamed.standing[0].detail["unnamed"]) == ["c40"]
    assert batch.of("1").closed is None
    batch.clock.set(datetime(2026, 3, 9, 1, tzinfo=UTC))
    named = {"c39": "flooded", "c40": " the secretary is ill "}
    closed = done(campaign.close_batch("1", stragglers=named, by="olga", reason="the time is over"))
    kept = {"c39": "flooded", "c40": "the secretary is ill"}
    assert closed.detail == {"batch": "1", "stragglers": kept, "finished": 38, "total": 40, "reason": "the time is over"}
    assert batch.of("1").closed == Closed(batch="1", day="2026-03-09", finished=38, total=40, stragglers=kept)
    assert campaign.board().closed == (batch.of("1").closed,)
    for lang in LANGUAGES:
        texts = [campaign.explain(verdict, lang) for verdict in (three, needless, unnamed, closed)]
        snapshot(f"batch.{lang}", "\n\n--\n\n".join(texts))
    assert campaign.verify().whole


def test_a_closed_batch_is_closed_once_and_takes_nobody_in(batch: Batch) -> None:
    campaign = batch.campaign
    batch.finish(*batch.names)
    first = done(campaign.close_batch("1", by="olga", reason="r", key="k"))
    assert campaign.close_batch("1", by="olga", reason="r", key="k") == first
    again = campaign.close_batch("1", by="olga", reason="r")
    assert standing(again) == ["rule.closed"]
    assert "batch 1 was closed on 2026-03-02" in campaign.explain(again)
    assert "批次 1 已于 2026-03-02 收尾" in campaign.explain(again, "zh")
    [refused] = campaign.reassign("late", batch="1", by="olga", reason="r")
    assert standing(refused) == ["rule.closed"]
    [moved] = campaign.reassign("c01", batch="2", restart=True, by="olga", reason="once more")
    assert moved.allowed
    then = batch.of("1").closed
    assert then is not None
    assert (batch.of("1").total, then.total, batch.of("2").total) == (39, 40, 2)
    assert campaign.verify().whole


def test_who_has_ended_is_not_asked(batch: Batch) -> None:
    """Two of forty are merged away: 36 of 38 is not enough, 37 is."""
    campaign = batch.campaign
    for gone in ("c39", "c40"):
        done(campaign.merge(gone, "c01", by="leo", reason="r"))
    assert (batch.of("1").total, list(batch.of("1").ended)) == (38, ["c39", "c40"])
    done(campaign.record("c01", "study", by="s01", fields={"hours": 4}, lines=["s39", "s40"]))
    batch.finish(*batch.names[:36])
    late = {"c37": "ill", "c38": "ill"}
    short = campaign.close_batch("1", stragglers=late, by="olga", reason="r")
    assert short.standing[0].detail["finished"] == 36
    with pytest.raises(NotFound, match="c39 is none of the branches that run in batch 1"):
        campaign.close_batch("1", stragglers={**late, "c39": "merged"}, by="olga", reason="r")
    batch.finish("c37")
    closed = done(campaign.close_batch("1", stragglers={"c38": "ill"}, by="olga", reason="r"))
    assert (closed.detail["finished"], closed.detail["total"]) == (37, 38)
    assert campaign.verify().whole


def test_the_questions_do_not_grow_with_the_batch(batch: Batch) -> None:
    assert batch.queries() <= 6
    before = batch.queries()
    batch.campaign.import_roster([{"branch": f"d{n:02}", "title": f"D {n}", "batch": "3"} for n in range(60)])
    assert (batch.queries(), batch.of("3").total) == (before, 60)


def test_each_branch_is_asked_by_the_rules_in_force_for_it() -> None:
    """A later version, for attempts that begin from then on, calls a branch finished only after its second stage."""
    enacted = TEXT.replace("  suspend: office", "  enact: office\n  suspend: office")
    stricter = enacted.replace('check: branch.stage != "learning"', 'check: branch.stage != "learning" and branch.stage != "analysis"')
    batch = Batch(load_text(enacted, "circles"))
    batch.finish("c01")  # its analysis begins under the first
    batch.clock.set(datetime(2026, 3, 3, 1, tzinfo=UTC))
    done(batch.campaign.enact(load_text(stricter, "circles"), by="olga", reason="stricter", scope="new"))
    batch.finish("c02")  # its analysis begins under the second
    assert list(batch.of("1").finished) == ["c01"]
    batch.finish("c02")
    assert list(batch.of("1").finished) == ["c01", "c02"]
    assert batch.campaign.verify().whole


def test_commands_that_make_no_sense(batch: Batch) -> None:
    campaign = batch.campaign
    with pytest.raises(NotFound, match="there is no batch 3; known: 1, 2"):
        campaign.close_batch("3", by="olga", reason="r")
    with pytest.raises(NotFound, match="late is none of the branches that run in batch 1"):
        campaign.close_batch("1", stragglers={"late": "r"}, by="olga", reason="r")
    for stragglers, why in (({}, " "), ({"c01": " "}, "r")):
        with pytest.raises(Misuse, match="a reason is needed"):
            campaign.close_batch("1", stragglers=stragglers, by="olga", reason=why)
    assert standing(campaign.close_batch("2", stragglers={"late": "r"}, by="leo", reason="r")) == ["rule.role", "rule.share"]


def test_a_definition_that_says_nothing_of_batches() -> None:
    circles = Circles()
    silent = load_text(TEXT.replace("batches: {finished: over, share: enough}\n", ""), "circles")
    batch = Batch(silent)
    with pytest.raises(Misuse, match="no section `batches`"):
        batch.campaign.close_batch("1", by="olga", reason="r")
    assert (batch.of("1").finished, batch.of("1").total) == ({}, 40)
    assert circles.campaign.batches()[0].unfinished == {
        branch: branch.title() for branch in sorted(ROLLS) if branch in ("mill", "dock", "farm")
    }


def test_batches_stand_in_their_order() -> None:
    circles = Circles()
    for branch, name in (("mill", "10"), ("dock", "pilot"), ("farm", "3")):
        done(circles.campaign.reassign(branch, batch=name, by="olga", reason="r")[0])
    assert [each.batch for each in circles.campaign.batches()] == ["2", "3", "10", "pilot"]

"""A command tried out: what would change for every branch, and nothing written."""

from __future__ import annotations

from pathlib import Path

import peewee
import pytest

from tests.engine.enact_ground import FIRST, SECOND, START, Yard, ahead, version
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.engine.motion.impact import Impact
from workflow.errors import Misuse, NotFound
from workflow.ledger import events
from workflow.verdicts import Verdict


def ledger(campaign: Campaign) -> list[tuple[str, int, str]]:
    rows = campaign.store.rows("SELECT stream, seq, hash FROM workflow_event ORDER BY id")
    return [(row[0], row[1], row[2]) for row in rows]


def tried(yard: Yard, on: str | None = None, **how: str) -> Impact:
    return yard.campaign.preview(lambda c: c.enact(SECOND, by="aut", reason="r", **how), on=on)  # type: ignore[arg-type]


def test_a_dry_run_says_what_would_change_for_a_branch_in_each_phase_and_writes_nothing() -> None:
    yard = Yard(5)
    yard.to("w3", "inspection").to("w4", "full").to("w2", "notice").to("w1", "taught")
    before, now = ledger(yard.campaign), yard.clock.now()
    impact = tried(yard)
    assert ledger(yard.campaign) == before
    assert yard.clock.now() == now
    assert yard.campaign.definition == FIRST
    yard.sound()
    assert (impact.total, len(impact.changes), impact.unchanged, impact.governed) == (5, 5, 0, 5)
    w4 = impact.of("w4")
    assert w4 is not None
    assert w4.sorts == ("weighed",)  # its first stage is behind it; the second asks for the hours, too
    asked = {change.branch: {demand.code for demand in change.newly_unmet} for change in impact.changes}
    assert asked == {
        "w0": {"travelled"},
        "w1": {"taught", "travelled", "steps_closed"},
        "w2": {"taught", "travelled"},
        "w3": {"taught", "travelled"},
        "w4": set(),
    }
    w1 = impact.of("w1")
    assert w1 is not None
    assert w1.before is not None
    assert w1.after is not None
    assert (w1.before.planned_end, w1.after.planned_end) == ("2026-04-01", "2026-04-11")
    assert [demand.short for demand in w1.newly_unmet if demand.code == "taught"] == [(0, 2)]
    assert impact.demanded("unmet") == {"travelled": 4, "taught": 3, "steps_closed": 1}
    assert impact.counts()["planned_end"] == 4
    assert all(verdict.allowed and verdict.event is None for verdict in impact.answers)


def test_what_the_dry_run_says_is_what_comes() -> None:
    yard = Yard(5)
    yard.to("w3", "inspection").to("w4", "full").to("w2", "notice").to("w1", "taught")
    impact = tried(yard)
    yard.enact()
    for change in impact.changes:
        found = yard.campaign.why(change.branch)
        assert change.after is not None
        assert (found.state, found.planned_end) == (change.after.state, change.after.planned_end)
        assert set(change.after.unmet) == ahead(found)


def test_in_words() -> None:
    yard = Yard(2).to("w1", "notice")
    impact = tried(yard)
    said = yard.campaign.explain(impact)
    assert said.startswith("2 of 2 branches would change on 2026-03-02; nothing was written.\n    under other rules than before: 2\n")
    assert "newly in the way of 1: Everybody present has 6 h of courses" in said
    assert "planned end: 2026-04-01 → 2026-04-11" in said
    assert "✗ taught: 2 short as before, with other figures" in said
    zh = yard.campaign.explain(impact, "zh")
    assert zh.startswith("2026-03-02：2 个支部中 2 个将有变化；未作任何登记。\n    改按另一版本规则办理：2\n")
    assert "新成为 2 个支部的阻碍：已参观其他工坊" in zh
    change = impact.of("w1")
    assert change is not None
    full = yard.campaign.explain(change).splitlines()
    assert full[0] == "Workshop 1 (w1) on 2026-03-02:"
    assert "    before: not in the way" in full
    assert "    then: 0 of 2 members meet it, 2 fall short" in full
    assert "      ✗ Pat 10  found 5 h, required at least 6 h: short by 1 h" in full
    assert yard.campaign.explain(change, "zh").startswith("Workshop 1（w1），2026-03-02：")


def test_a_list_says_what_it_leaves_out() -> None:
    yard = Yard(23)
    impact = tried(yard)
    said = yard.campaign.explain(impact).splitlines()
    assert said[-1] == "and 3 more; --full lists them all, --branch ID tells one in full"
    full = yard.campaign.explain(impact, full=True).splitlines()
    assert sum(line.startswith("w") for line in full) == 23


def test_as_plain_values() -> None:
    yard = Yard(2).to("w1", "notice")
    plain = yard.campaign.as_json(tried(yard))
    assert (plain["day"], plain["total"], plain["changed"], plain["unchanged"], plain["allowed"]) == ("2026-03-02", 2, 2, 0, True)
    assert plain["newly_unmet"] == {"travelled": 2, "taught": 1}
    demand = next(d for d in plain["changes"][1]["demands"] if d["code"] == "taught")
    assert demand["before"] is None
    assert demand["after"]["short"] == ["p10", "p11"]
    assert plain["answers"][0]["command"] == "enact"


def test_a_later_day() -> None:
    """From a day in the future on: compared on that day, and nothing would change before."""
    yard = Yard(1)
    assert tried(yard, starts="2026-03-10").changes == ()
    impact = tried(yard, on="2026-03-10", starts="2026-03-10")
    assert (impact.day, len(impact.changes)) == ("2026-03-10", 1)
    assert yard.campaign.today == "2026-03-02"
    with pytest.raises(Misuse, match="2026-03-01 is past"):
        tried(yard, on="2026-03-01")
    with pytest.raises(Misuse, match="tomorrow"):
        tried(yard, on="tomorrow")


def test_refused() -> None:
    yard = Yard(1)
    before = ledger(yard.campaign)
    impact = yard.campaign.preview(lambda c: c.enact(SECOND, by="p00", reason="r"))
    assert (impact.allowed, impact.changes, impact.unchanged) == (False, (), 1)
    assert [f.code for f in impact.answers[0].standing] == ["rule.role"]
    assert ledger(yard.campaign) == before
    said = yard.campaign.explain(impact)
    assert said.startswith("It would be refused, and nothing would change; nothing was written.\n\nThe version is not enacted:")
    assert "将不予办理" in yard.campaign.explain(impact, "zh")


def test_misuse_passes_through_and_leaves_nothing_behind() -> None:
    yard = Yard(1)
    with pytest.raises(NotFound):
        yard.campaign.preview(lambda c: c.enact(SECOND, by="nobody", reason="r"))

    def twice(campaign: Campaign) -> Verdict:
        campaign.enact(SECOND, by="aut", reason="r")
        return campaign.enact(SECOND, by="aut", reason="r")

    with pytest.raises(Misuse, match="nothing would change"):
        yard.campaign.preview(twice)
    assert yard.campaign.definition == FIRST
    assert len(list(events(yard.campaign.store, "campaign"))) == 2
    yard.sound()
    yard.enact()
    assert yard.campaign.definition == SECOND


def test_inside_a_hosts_transaction(tmp_path: Path) -> None:
    host = peewee.SqliteDatabase(str(tmp_path / "host.db"))
    host.connect()
    yard = Yard(1, db=host)
    host.execute_sql("CREATE TABLE notes (text TEXT)")  # type: ignore[no-untyped-call]
    with host.atomic("IMMEDIATE"):
        host.execute_sql("INSERT INTO notes VALUES ('before')")  # type: ignore[no-untyped-call]
        before = ledger(yard.campaign)
        assert len(tried(yard).changes) == 1
        assert ledger(yard.campaign) == before
        yard.taught("w0")
    assert yard.campaign.store.rows("SELECT text FROM notes") == [("before",)]
    assert [event.kind for event in yard.campaign.timeline("w0")] == ["roster", "record"]
    yard.sound()
    host.close()


def test_any_command_can_be_tried_out() -> None:
    """A move, a record, several at once: not only those that change the plan."""
    yard = Yard(2).taught("w0")

    def several(campaign: Campaign) -> list[Verdict]:
        return [campaign.move("w0", name, by="p00") for name in ("close_papers", "close_teaching", "apply")]

    impact = yard.campaign.preview(several)
    change = impact.of("w0")
    assert change is not None
    assert change.sorts[0] == "moved"
    assert {demand.code for demand in change.newly_met} == {"steps_closed"}
    assert len(impact.answers) == 3
    assert "state: provisional · working → provisional · notice" in yard.campaign.explain(change)
    assert yard.campaign.why("w0").state == "provisional.working"


def test_a_clock_of_the_machine_and_a_virtual_one_stand_where_they_stood(tmp_path: Path) -> None:
    yard = Yard(1, db=tmp_path / "a.db")
    tried(yard, on="2026-05-01")
    assert yard.clock.now() == START
    with Campaign.open(tmp_path / "a.db") as again:
        again.preview(lambda c: c.enact(SECOND, by="aut", reason="r"), on="2026-05-01")
        assert isinstance(again._desk.clock, VirtualClock)
        assert again.now == START


def test_texts_alone_are_no_change() -> None:
    def renamed(document: dict[str, object]) -> None:
        document["title"] = {"en": "Other words", "zh": "另一种说法"}

    yard = Yard(2)
    impact = yard.campaign.preview(lambda c: c.enact(version(renamed, number="1a"), by="aut", reason="r"))
    assert (impact.changes, impact.governed) == ((), 2)
    assert yard.campaign.explain(impact).startswith("Nothing would change for any of 2 branches on 2026-03-02; nothing was written.")

"""Rules that change while branches run: who is under which version from when, and what becomes of what was done before."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.enact_ground import FIRST, SECOND, Document, Yard, ahead, stricter, version
from tests.story import unmet
from workflow.engine.campaign import Campaign
from workflow.errors import DefinitionFault, Misuse, NotFound, WorkflowError


def test_running_attempts_are_under_the_new_version_from_its_day_on() -> None:
    yard = Yard(1).taught("w0")
    assert "taught" not in ahead(yard.campaign.why("w0"))
    yard.enact(starts="2026-03-10")
    for day in ("2026-03-02", "2026-03-09"):  # nothing changes until the day
        found = yard.day(day).campaign.why("w0")
        assert (found.definition, found.planned_end) == (FIRST.hash, "2026-04-01")
        assert "taught" not in ahead(found)
        assert yard.campaign.definition == FIRST
    found = yard.day("2026-03-10").campaign.why("w0")  # everything on it
    assert (found.definition, found.planned_end) == (SECOND.hash, "2026-04-11")
    assert {"taught", "travelled"} <= ahead(found)
    assert yard.campaign.definition.hash == SECOND.hash
    assert [w.move for w in found.now if w.move.startswith("close_")] == ["close_papers", "close_teaching", "close_trip"]
    yard.sound()


def test_only_attempts_that_begin_afterwards() -> None:
    yard = Yard(2).to("w0", "notice")
    yard.enact(starts="2026-03-04", scope="new")
    yard.day("2026-03-06")
    assert {o.definition for o in yard.campaign.outlooks().values()} == {FIRST.hash}
    assert yard.campaign.definition.hash == SECOND.hash
    assert yard.campaign.move("w0", "redo", by="ins", takes={"reason": "gaps"})
    again = yard.campaign.why("w0")
    assert (again.definition, again.attempt, again.planned_end) == (SECOND.hash, 2, "2026-04-15")
    assert "travelled" in ahead(again)
    assert yard.campaign.why("w1").definition == FIRST.hash
    yard.campaign.import_roster([{"branch": "late", "title": "Late", "group": "g"}])
    assert yard.campaign.why("late").definition == SECOND.hash
    yard.sound()


def test_what_holds_for_new_attempts_may_later_hold_for_all() -> None:
    yard = Yard(1)
    yard.enact(starts="2026-03-03", scope="new")
    assert yard.day("2026-03-03").campaign.why("w0").definition == FIRST.hash
    yard.enact(scope="running")
    assert yard.campaign.why("w0").definition == SECOND.hash
    for scope in ("running", "new"):
        with pytest.raises(Misuse, match="nothing would change"):
            yard.campaign.enact(SECOND, by="aut", reason="r", scope=scope)  # type: ignore[arg-type]
    yard.sound()


def test_it_is_for_all_or_for_new_attempts() -> None:
    yard = Yard(1)
    with pytest.raises(Misuse, match="scope is one of running, new, found all"):
        yard.campaign.enact(SECOND, by="aut", reason="r", scope="all")  # type: ignore[arg-type]


def test_the_next_stage_is_under_the_version_of_the_day_it_begins() -> None:
    yard = Yard(1).to("w0", "inspection")
    yard.enact(scope="new")
    assert yard.campaign.record("w0", "visit", by="ins", fields={"passed": True})
    yard.move("w0", "approve", by="aut")
    found = yard.campaign.why("w0")
    assert (found.state, found.definition) == ("full.working", SECOND.hash)
    approval = next(e for e in yard.campaign.timeline("w0") if e.payload.get("move") == "approve")
    assert approval.definition == FIRST.hash
    yard.sound()


def test_records_of_a_new_kind_are_refused_before_the_day_and_taken_on_it() -> None:
    yard = Yard(1).enact(starts="2026-03-10")
    with pytest.raises(NotFound, match="trip"):
        yard.campaign.record("w0", "trip", by="p00", fields={"where": "Leeds"})
    yard.day("2026-03-10")
    assert yard.campaign.record("w0", "trip", by="p00", fields={"where": "Leeds"})
    yard.move("w0", "close_trip")
    assert "travelled" not in ahead(yard.campaign.why("w0"))
    yard.sound()


def test_a_waiver_of_what_is_no_longer_asked_does_no_harm() -> None:
    def easier(document: Document) -> None:
        del document["requirements"]["taught"]
        document["gates"]["licence"]["moves"]["apply"]["requires"] = ["steps_closed"]
        document["stages"]["provisional"]["steps"]["teaching"] = {"after": "papers", "by": "owner"}

    yard = Yard(1)
    assert yard.campaign.waive("w0", "taught", by="aut", reason="hall burnt down")
    waiver = list(yard.campaign.timeline("w0"))[-1].seq
    yard.enact(version(easier, number="2"))
    yard.move("w0", "close_papers", "close_teaching", "apply")
    assert "taught" not in ahead(yard.campaign.why("w0"))
    with pytest.raises(NotFound):
        yard.campaign.waive("w0", "taught", by="aut", reason="again")
    taken = yard.campaign.withdraw("w0", waiver, by="aut", reason="no longer needed")
    assert "taught" in yard.campaign.explain(taken)  # by its code: the title went with the requirement
    assert "taught" in yard.campaign.explain(taken, "zh")
    yard.sound()


def posted(name: str) -> Callable[[Document], None]:
    """The phase `notice` under another name."""

    def edit(document: Document) -> None:
        gate = document["gates"]["licence"]
        gate["phases"] = ["working", name, "inspection"]
        gate["moves"]["apply"]["to"] = name
        gate["moves"]["receive"]["from"] = name
        gate["moves"]["redo"]["from"] = [name, "inspection"]
        gate["moves"]["prolong"]["from"] = ["working", name]

    return edit


STATES = {"provisional.notice": "provisional.posted", "full.notice": "full.posted"}


def test_a_state_that_goes_away_needs_a_place_for_its_branches() -> None:
    yard = Yard(2).to("w0", "notice")
    with pytest.raises(DefinitionFault) as fault:
        yard.campaign.enact(version(posted("posted"), number="2"), by="aut", reason="r")
    assert "provisional.notice" in str(fault.value)
    assert "provisional.notice=STATE was expected" in fault.value.say("en")
    assert "应为 provisional.notice=状态" in fault.value.say("zh")
    impact = yard.campaign.preview(lambda c: c.enact(version(posted("posted"), number="2"), by="aut", reason="r", states=STATES))
    change = impact.of("w0")
    assert change is not None
    assert change.before is not None
    assert change.after is not None
    assert (change.before.state, change.after.state) == ("provisional.notice", "provisional.posted")
    assert impact.of("w1") is None
    yard.enact(version(posted("posted"), number="2"), states=STATES)
    assert yard.campaign.why("w0").state == "provisional.posted"
    assert {cell.state: cell.branches for cell in yard.campaign.board().cells} == {
        "provisional.working": ("w1",),
        "provisional.posted": ("w0",),
    }
    yard.clock.advance(days=3)
    yard.move("w0", "receive", by="ins")
    assert yard.campaign.why("w0").state == "provisional.inspection"
    yard.sound()


def test_a_name_that_was_spent_does_not_come_back_and_a_chain_is_followed() -> None:
    yard = Yard(1).to("w0", "notice").enact(version(posted("posted"), number="2"), states=STATES)
    with pytest.raises(DefinitionFault, match="earlier version did away with"):
        yard.campaign.enact(
            version(number="3"),
            by="aut",
            reason="back",
            states={"provisional.posted": "provisional.notice", "full.posted": "full.notice"},
        )
    onward = {f"{stage}.posted": f"{stage}.hung_out" for stage in ("provisional", "full")}
    yard.enact(version(posted("hung_out"), number="3"), states=onward)
    assert yard.campaign.why("w0").state == "provisional.hung_out"
    yard.clock.advance(days=3)
    yard.move("w0", "receive", by="ins")
    yard.sound()


def test_several_versions_in_force_at_once() -> None:
    """Six branches: two finished their first stage, two begin again, two have not moved; the board says of each what `why` says."""

    def third(document: Document) -> None:
        stricter(document)
        document["parameters"]["hours"]["value"] = 8

    yard = Yard(6).to("w0", "full").to("w1", "notice").to("w2", "taught")
    yard.enact(scope="new", starts="2026-03-06").day("2026-03-07")
    assert yard.campaign.move("w1", "redo", by="ins", takes={"reason": "gaps"})
    yard.enact(version(third, number="3"), scope="new", starts="2026-03-08").day("2026-03-09")
    yard.move("w2", "apply")
    assert yard.campaign.move("w2", "redo", by="ins", takes={"reason": "gaps"})
    found = yard.campaign.outlooks()
    assert [yard.campaign.version(o.definition).version for o in found.values()] == ["1", "2", "3", "1", "1", "1"]
    for branch, outlook in found.items():
        why = yard.campaign.why(branch)
        assert (why.now, why.blocker, why.planned_end) == (outlook.now, outlook.blocker, outlook.planned_end), branch
    board = yard.campaign.board()
    assert sum(len(cell.branches) for cell in board.cells) == 6
    held = {branch: hold.code for hold in board.holds for branch in hold.branches}
    assert held == {branch: outlook.blocker or outlook.waiting_for for branch, outlook in found.items()}
    yard.sound()


def test_what_was_decided_before_is_told_in_the_words_of_its_day() -> None:
    def reworded(document: Document) -> None:
        document["requirements"]["taught"]["title"] = {"en": "Nobody lacks {hours} of lessons", "zh": "无人缺课"}
        document["gates"]["licence"]["moves"]["apply"]["title"] = {"en": "hand in", "zh": "递交"}

    yard = Yard(1).move("w0", "close_papers")
    refusal = yard.campaign.move("w0", "apply", by="p00")
    assert not refusal
    before = yard.campaign.explain(refusal), yard.campaign.explain(refusal, "zh")
    yard.enact(version(reworded, number="2"))
    assert (yard.campaign.explain(refusal), yard.campaign.explain(refusal, "zh")) == before
    assert "Everybody present has 4 h of courses" in before[0]
    later = yard.campaign.move("w0", "apply", by="p00")
    assert "Nobody lacks 4 h of lessons" in yard.campaign.explain(later)
    assert "无人缺课" in yard.campaign.explain(later, "zh")
    yard.sound()


def test_who_may_enact_and_from_when() -> None:
    yard = Yard(1)
    refused = yard.campaign.enact(SECOND, by="p00", reason="r")
    assert list(unmet(refused)) == ["rule.role"]
    assert yard.campaign.definition == FIRST
    assert [event.kind for event in yard.campaign.timeline()][-1] == "refused"

    def ungranted(document: Document) -> None:
        del document["authority"]

    nobody = Yard(1, definition=version(ungranted))
    assert list(unmet(nobody.campaign.enact(SECOND, by="aut", reason="r"))) == ["rule.role"]
    for starts, text in (("2026-03-01", "is past"), ("soon", "soon")):
        with pytest.raises(Misuse, match=text):
            yard.campaign.enact(SECOND, by="aut", reason="r", starts=starts)
    with pytest.raises(Misuse):
        yard.campaign.enact(SECOND, by="aut", reason=" ")
    yard.enact(starts="2026-03-20")
    with pytest.raises(Misuse, match="cannot hold before it"):
        yard.campaign.enact(version(number="3"), by="aut", reason="r", starts="2026-03-19")
    yard.sound()


def test_the_same_key_again_enacts_once() -> None:
    yard = Yard(1)
    first = yard.campaign.enact(SECOND, by="aut", reason="r", key="k")
    again = yard.campaign.enact(SECOND, by="aut", reason="r", key="k")
    assert again.repeated
    assert again.event == first.event
    assert [event.kind for event in yard.campaign.timeline()].count("enacted") == 1


def test_what_is_on_file_must_stay_readable() -> None:
    def poorer(document: Document) -> None:
        document["records"]["course"]["fields"]["mode"] = ["hall"]
        document["records"]["evening"]["fields"]["mode"] = ["hall"]
        del document["records"]["visit"]
        document["requirements"]["passed"]["check"] = "branch.attempt > 0"

    yard = Yard(1)
    with pytest.raises(WorkflowError) as fault:
        yard.campaign.enact(version(poorer), by="aut", reason="r")
    lines = str(fault.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["records.course.fields.mode.options.home", "records.visit"]
    assert "what is on file must remain readable" in lines[1]
    assert "已入账的内容须始终可读" in fault.value.say("zh")
    yard.sound()


def _enact_elsewhere(db: str) -> None:
    with Campaign.open(db) as campaign:
        assert campaign.enact(SECOND, by="aut", reason="r")


def test_another_process_sees_it_at_its_next_command(tmp_path: Path) -> None:
    db = tmp_path / "c.db"
    yard = Yard(1, db=db).taught("w0")
    assert yard.campaign.why("w0").definition == FIRST.hash
    process = multiprocessing.get_context("spawn").Process(target=_enact_elsewhere, args=(str(db),))
    process.start()
    process.join()
    assert process.exitcode == 0
    verdict = yard.campaign.move("w0", "close_trip", by="p00")
    assert (verdict.definition, list(unmet(verdict))) == (SECOND.hash, ["travelled"])
    assert yard.campaign.definition.hash == SECOND.hash
    yard.sound()


def test_an_import_sees_what_another_process_enacted(tmp_path: Path) -> None:
    def another_start(document: Document) -> None:
        document["gates"]["licence"]["phases"] = ["enquiry", "working", "notice", "inspection"]
        document["gates"]["licence"]["moves"]["begin"] = {"from": "enquiry", "to": "working", "by": "owner"}

    db = tmp_path / "c.db"
    yard = Yard(1, db=db)
    with Campaign.open(db) as other:
        assert other.enact(version(another_start, number="2"), by="aut", reason="r")
    yard.campaign.import_roster([{"branch": "late", "title": "Late", "group": "g"}])
    assert yard.campaign.why("late").state == "provisional.enquiry"
    assert yard.campaign.why("w0").state == "provisional.working"
    yard.sound()


def test_a_campaign_opened_again_is_under_the_same_versions(tmp_path: Path) -> None:
    yard = Yard(2, db=tmp_path / "c.db").to("w0", "notice").enact()
    before = yard.campaign.outlooks()
    yard.campaign.close()
    with Campaign.open(tmp_path / "c.db") as again:
        assert again.outlooks() == before
        assert again.definition.hash == SECOND.hash
        assert again.verify().whole

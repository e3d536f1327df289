"""What happens in every real campaign, on the shipped 2005 definition, each with its explanation read."""

from __future__ import annotations

from contextlib import suppress

from tests.conftest import Snapshot
from tests.story import Story, unmet
from workflow.verdicts import Verdict

LANGUAGES = ("en", "zh")
WAIVERS = "SELECT seq, requirement FROM workflow_waiver WHERE branch = 'b1' AND live = 1 ORDER BY seq"


def read(snapshot: Snapshot, name: str, story: Story, answer: Verdict) -> None:
    for lang in LANGUAGES:
        snapshot(f"fixture-{name}.{lang}", story.campaign.explain(answer, lang))


def test_attendance_entered_after_the_approval(snapshot: Snapshot) -> None:
    """It is kept, it is said to be late, and the approval stays what it was."""
    story = Story().to_inspection()
    approval = story.day("2005-03-15").move("approve", by="office-wang")
    assert approval.event is not None
    kept = next(e for e in story.campaign.timeline("b1") if e.seq == approval.event.seq)
    story.day("2005-03-28")
    late = story.record(
        "session", lines=["li", "he"], happened="2005-03-08", form="lecture", topic="topic_1", hours=3, mode="collective", others=0
    )
    assert [(f.code, f.level, dict(f.detail)) for f in late.findings if f.status == "unmet"] == [
        ("rule.late", "warn", {"happened": "2005-03-08", "began": "2005-03-15"})
    ]
    assert next(e for e in story.campaign.timeline("b1") if e.seq == kept.seq) == kept
    assert story.campaign.verify().whole
    read(snapshot, "late", story, late)


def test_a_lost_member_found_on_the_last_day(snapshot: Snapshot) -> None:
    """What was accepted of somebody nobody could reach no longer holds once he is back: he is counted like everybody else."""
    story = Story().mobilised()
    story.campaign.enrol(
        "b1", "wu", name="Wu", status="other", flags=["lost_contact"], by="office-wang", reason="on the old roll, not seen since"
    )
    for channel in ("visit", "letter", "telephone"):
        story.record("contact", lines=["wu"], channel=channel, result="not_reached")
    story.day("2005-03-10")
    story.campaign.waive("b1", "participation", by="office-wang", members=["wu"], reason="sought three times")
    learnt_but_for(story, "wu")
    story.looked_back().met().filed().inspected()
    assert story.campaign.ask("b1", "approve", by="office-wang")

    story.day("2005-03-15")
    found = story.campaign.change("wu", unflag=["lost_contact"], by="office-wang", reason="came back from the coast")
    read(snapshot, "found", story, found)
    for seq, _ in story.campaign.store.rows(WAIVERS):
        by = "office-wang" if story.campaign.withdraw("b1", seq, by="office-wang", reason="Wu is back") else "lead-zhao"
        if by != "office-wang":
            assert story.campaign.withdraw("b1", seq, by=by, reason="Wu is back")
    refused = story.campaign.move("b1", "approve", by="office-wang")
    assert not refused
    assert all([s.id for s in finding.short] == ["wu"] for finding in unmet(refused).values())
    assert {"participation", "study_hours", "test_sat", "readings_done"} <= set(unmet(refused))
    assert unmet(refused)["study_hours"].total == 6  # he is one of the six, before and after
    read(snapshot, "back", story, refused)
    assert story.campaign.verify().whole


def learnt_but_for(story: Story, member: str) -> None:
    """The learning stage with everything accepted that `member` could not do."""
    with suppress(AssertionError):  # it comes to the step that cannot be closed
        story.learnt()
    for _ in range(20):
        refused = [v for v in (story.campaign.ask("b1", move) for move in ("close_study", "close_discussion", "open_look_back")) if not v]
        short = {f.code for v in refused for f in v.standing if f.each == "member" and [s.id for s in f.short] == [member]}
        if not short:
            break
        for code in sorted(short):
            by = "office-wang" if "office" in story.campaign.definition.requirements[code].waivable_by else "lead-zhao"
            assert story.campaign.waive("b1", code, by=by, members=[member], reason="out of contact")
        for move in ("close_mobilisation", "close_study", "close_discussion"):
            if story.campaign.ask("b1", move, by="li"):
                story.move(move)

"""What was so on a day, and what was known by a day: each answer right for its date, and where in the ledger it stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import settings
from hypothesis.stateful import invariant

from tests.conftest import Snapshot
from tests.definition.test_campaign_records import TEXT as WHOLE
from tests.engine.rolls_ground import Study
from tests.engine.test_acceptance import with_parameter
from tests.engine.test_motion import Motion
from tests.story import Story
from workflow.audit.then import Then, then
from workflow.audit.then_text import explain_then, then_json
from workflow.cli.app import cli
from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.ledger import CAMPAIGN, branch_stream
from workflow.store import Store
from workflow.store.replay import as_of
from workflow.verdicts import Outlook
from workflow.verdicts.findings import Finding

BY_BRANCH = ("attempt", "member", "stay", "document", "line", "carried", "case", "waiver")


def found(answer: Then, code: str) -> Finding:
    return next(f for point in answer.outlook.now for f in point.verdict.findings if f.code == code)


def hours(answer: Then) -> tuple[str, int, Any]:
    """Of study: met or unmet, by how many of the five, and what was required of those who fall short."""
    finding = found(answer, "study_hours")
    return finding.status, finding.met, {figure.required for short in finding.short for figure in short.figures}


@pytest.fixture(scope="module")
def forty() -> Story:
    """Refused on 10 March, for he has 38 of 40 hours; corrected on the 15th: his sheet said 11 for 14; from the 20th on it is 48 hours."""
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    assert not story.campaign.move("b1", "open_look_back", by="li").allowed
    story.day("2005-03-15")
    sheet = [e.seq for e in story.campaign.timeline("b1") if e.payload.get("record") == "attendance"][-1]
    assert story.campaign.withdraw("b1", sheet, by="li", reason="11 was written for 14").allowed
    lines = [{"member": m, "hours": 14.0} for m in story.members]
    story.record("attendance", lines=lines, happened="2005-03-09", mode="self", topic="general")
    later = with_parameter("study_class_hours", 48)
    assert story.campaign.enact(later, by="lead-zhao", reason="stricter from above", starts="2005-03-20").allowed
    return story.day("2005-03-21")


def test_three_dates_three_answers(forty: Story) -> None:
    refused, corrected, stricter = (then(forty.campaign, "b1", known_at=day) for day in ("2005-03-10", "2005-03-19", "2005-03-20"))
    assert hours(refused) == ("unmet", 4, {40})
    assert hours(corrected) == ("met", 5, set())
    assert hours(stricter) == ("unmet", 0, {48})
    assert [each.outlook.blocker for each in (refused, corrected, stricter)] == ["study_hours", None, "study_hours"]
    assert [(each.in_force.number, each.in_force.since) for each in (refused, corrected, stricter)] == [
        (1, "2005-01-18"), (1, "2005-01-18"), (2, "2005-03-20"),
    ]  # fmt: skip
    assert [(each.position.stream, each.position.day) for each in (refused, corrected)] == [
        ("branch:b1", "2005-03-10"), ("campaign", "2005-03-15"),
    ]  # fmt: skip
    assert all(each.decided is not None and not each.decided.verdict.allowed for each in (refused, corrected, stricter))


def test_what_was_learnt_later_counts_for_the_day_and_is_named(forty: Story) -> None:
    hindsight = then(forty.campaign, "b1", at="2005-03-10")
    assert hours(hindsight) == ("met", 5, set())
    assert (hindsight.at, hindsight.known_at, hindsight.outlook.day) == ("2005-03-10", "2005-03-21", "2005-03-10")
    assert [(d.record, d.happened, d.recorded, d.by) for d in hindsight.late] == [("attendance", "2005-03-09", "2005-03-15", "li")]
    assert [(d.recorded, d.withdrawn, d.reason) for d in hindsight.withdrawn] == [("2005-03-10", "2005-03-15", "11 was written for 14")]
    assert hindsight.in_force.number == 1  # the rule of the day, whatever came after
    assert hindsight.decided is not None
    assert not hindsight.decided.verdict.allowed  # what was decided stays as it was stored
    together = then(forty.campaign, "b1", at="2005-03-10", known_at="2005-03-14")
    assert hours(together) == ("unmet", 4, {40})
    assert (together.late, together.withdrawn) == ((), ())


def test_what_was_known_of_a_later_day(forty: Story) -> None:
    answer = then(forty.campaign, "b1", at="2005-03-20", known_at="2005-03-10")
    assert hours(answer) == ("unmet", 4, {40})  # the later version was not enacted yet
    assert (answer.outlook.day, answer.in_force.number, answer.position.day) == ("2005-03-20", 1, "2005-03-10")


def test_today_is_what_why_says(forty: Story) -> None:
    for answer in (
        then(forty.campaign, "b1"),
        then(forty.campaign, "b1", at="2005-03-21"),
        then(forty.campaign, "b1", known_at="2005-03-21"),
    ):
        assert answer.outlook == forty.campaign.why("b1")
        assert (answer.late, answer.withdrawn) == ((), ())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_words(forty: Story, snapshot: Snapshot, lang: str) -> None:
    campaign = forty.campaign
    asked = ({"known_at": "2005-03-10"}, {"at": "2005-03-10"}, {"at": "2005-03-10", "known_at": "2005-03-14"}, {})
    snapshot(f"then.{lang}", "\n\n\n".join(explain_then(campaign, then(campaign, "b1", **each), lang) for each in asked))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_json(forty: Story, lang: str) -> None:
    answer = then(forty.campaign, "b1", at="2005-03-10")
    plain = json.loads(json.dumps(then_json(forty.campaign, answer, lang)))
    assert (plain["at"], plain["known_at"]) == ("2005-03-10", "2005-03-21")
    assert plain["position"] == {"position": 35, "stream": "branch:b1", "seq": 33, "hash": answer.position.hash, "day": "2005-03-15"}
    assert plain["in_force"] == {"number": 1, "definition": answer.outlook.definition, "version": "1", "since": "2005-01-18"}
    assert plain["outlook"] == forty.campaign.as_json(answer.outlook, lang)
    assert [each["seq"] for each in (*plain["late"], *plain["withdrawn"])] == [33, 15]
    assert (plain["decided"]["move"], plain["decided"]["standing"]) == ("open_look_back", ["study_hours"])
    assert answer.outlook.definition[:8] in plain["as_of"]


def test_a_time_of_day_parts_what_was_known() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    story.clock.advance(hours=2)  # noon in Shanghai
    story.record("attendance", lines=["he"], hours=3, mode="make_up", topic="general")
    morning = then(story.campaign, "b1", known_at="2005-03-10T11:00")
    assert (hours(morning), morning.known_at) == (("unmet", 4, {40}), "2005-03-10T11:00")
    assert hours(then(story.campaign, "b1", known_at=datetime(2005, 3, 10, 4, 0, tzinfo=UTC)))[0] == "met"
    assert hours(then(story.campaign, "b1", at="2005-03-10T11:00"))[0] == "met"  # what was so that day, as is known now


def test_decisions_made_later_were_not_made_then() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    story.day("2005-03-14").campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away on official business")
    story.move("open_look_back")
    story.record("look_back_answer", look=1, evidence="e", happened="2005-03-14")
    before = then(story.campaign, "b1", at="2005-03-12")
    assert (before.outlook.state, before.outlook.blocker) == ("learning.working", "test_sat")
    assert before.late == ()  # what happened after the day is not of the day
    assert then(story.campaign, "b1", at="2005-03-14").outlook.state == "learning.look_back"


def test_what_was_entered_late_and_taken_back_again() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    story.day("2005-03-12").record("attendance", lines=["he"], happened="2005-03-10", hours=3, mode="make_up", topic="general")
    seq = max(e.seq for e in story.campaign.timeline("b1"))
    story.day("2005-03-15").campaign.withdraw("b1", seq, by="li", reason="he was not there")
    known = then(story.campaign, "b1", at="2005-03-10", known_at="2005-03-14")
    assert (hours(known)[0], [d.withdrawn for d in known.late]) == ("met", [None])
    now = then(story.campaign, "b1", at="2005-03-10")
    assert (hours(now)[0], [d.withdrawn for d in now.late], now.withdrawn) == ("unmet", ["2005-03-15"], ())
    line = f"#{seq}: attendance, of 2005-03-10, entered 2005-03-12 by Li; withdrawn 2005-03-15 by Li: he was not there"
    assert line in explain_then(story.campaign, now)


def test_a_gap_taken_back_later_was_accepted_then() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(but=["test"])
    accepted = story.campaign.waive("b1", "test_sat", by="office-wang", members=["lin"], reason="away")
    assert accepted.event is not None
    story.day("2005-03-14").campaign.withdraw("b1", accepted.event.seq, by="office-wang", reason="he is back")
    answer = then(story.campaign, "b1", at="2005-03-10")
    assert (found(answer, "test_sat").status, answer.withdrawn) == ("waived", ())


def test_a_branch_that_was_not_there() -> None:
    story = Story()
    story.day("2005-02-01").campaign.import_roster([{"branch": "b2", "title": "Tax Office"}])
    with pytest.raises(NotFound, match="b2 was not there yet at 2005-01-31: it has been on the roster since 2005-02-01"):
        then(story.campaign, "b2", at="2005-01-31")
    with pytest.raises(NotFound, match="was not there yet at 2005-01-31"):
        then(story.campaign, "b2", at="2005-02-01", known_at="2005-01-31")
    with pytest.raises(NotFound, match="there is no branch b3; known: b1, b2"):
        then(story.campaign, "b3", at="2005-02-01")
    assert then(story.campaign, "b2", at="2005-02-01").outlook.title == "Tax Office"


def test_days_that_are_none(forty: Story) -> None:
    with pytest.raises(Misuse, match="2005-03-22 lies ahead"):
        then(forty.campaign, "b1", at="2005-03-22")
    for raw in ("2005-13-01", "yesterday", "2005-03-10T25:00"):
        with pytest.raises(Misuse) as raised:
            then(forty.campaign, "b1", known_at=raw)
        assert raised.value.code == "date"


def test_branches_below_count_as_they_were_below_then() -> None:
    story = Story()
    story.campaign.import_roster([{"branch": "c1", "title": "Section 1", "parent": "b1"}, {"branch": "c2", "title": "Section 2"}])
    story.mobilised().day("2005-02-01").campaign.import_roster([{"branch": "c1", "title": "Section 1", "parent": "c2"}])
    story.campaign.import_roster([{"branch": "c2", "title": "Section 2", "parent": "b1"}])
    story.day("2005-02-02").campaign.import_roster([{"branch": "c3", "title": "Section 3", "parent": "b1"}])

    def below(answer: Outlook) -> int:
        return next(f.total for p in answer.later for f in p.verdict.findings if f.code == "children_transferred")

    days = ("2005-01-19", "2005-02-01", "2005-02-02")
    assert [below(then(story.campaign, "b1", at=day).outlook) for day in days] == [1, 1, 2]
    assert then(story.campaign, "b1").outlook == story.campaign.why("b1")


def test_a_dossier_recalled_later_counted_then() -> None:
    study = Study()
    seq = study.study("north", hours=4)
    study.clock.advance(days=1)
    study.transfer("cy", "south")
    study.study("south", "dan", "eve", hours=4)
    study.clock.advance(days=3)
    assert study.campaign.withdraw("north", seq, by="ada", reason="it was called off").allowed
    first = then(study.campaign, "south", known_at="2026-03-03")
    hindsight = then(study.campaign, "south", at="2026-03-03")
    assert [(found(each, "studied").met, found(each, "studied").total) for each in (first, hindsight)] == [(3, 3), (2, 3)]
    assert [(d.stream, d.seq, d.record, d.withdrawn) for d in hindsight.withdrawn] == [("branch:north", seq, "evening", "2026-03-06")]
    assert f"north #{seq}: evening, of 2026-03-02" in explain_then(study.campaign, hindsight)
    before = then(study.campaign, "south", at="2026-03-02")
    assert (found(before, "studied").total, before.withdrawn) == (2, ())  # she had not come yet


def test_records_of_the_campaign_as_a_whole_entered_late() -> None:
    clock = VirtualClock(datetime(2026, 2, 2, 9, tzinfo=UTC))
    campaign = Campaign.create(":memory:", load_text(WHOLE), clock=clock, rehearsal=True)
    rows = [{"branch": "b0", "title": "B", "person": "c", "name": "C", "roles": "clerk"}, {"person": "o", "name": "O", "roles": "office"}]
    campaign.import_roster(rows)
    clock.advance(days=2)
    assert campaign.record(None, "event", by="o", happened="2026-02-01", fields={"weight": 1, "grave": True}).allowed
    known, now = then(campaign, "b0", known_at="2026-02-02"), then(campaign, "b0", at="2026-02-02")
    assert (known.late, [(d.stream, d.happened) for d in now.late]) == ((), [("campaign", "2026-02-01")])
    assert now.position.stream == "campaign"
    assert "campaign #3: event, of 2026-02-01" in explain_then(campaign, now)
    assert known.outlook != now.outlook


def test_on_the_command_line(tmp_path: Path) -> None:
    db = tmp_path / "then.db"
    story = Story(db).mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    story.day("2005-03-12").record("attendance", lines=["he"], happened="2005-03-10", hours=3, mode="make_up", topic="general")
    answers = [
        explain_then(story.campaign, then(story.campaign, "b1", at="2005-03-10", known_at=day)) for day in ("2005-03-10", "2005-03-12")
    ]
    story.campaign.close()

    def run(*more: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["why", "b1", "--db", str(db), "--lang", "en", *more])
        assert result.exit_code == code, result.output
        return result.output

    assert run("--at", "2005-03-10", "--known-at", "2005-03-10") == answers[0] + "\n"
    assert run("--known-at", "2005-03-10") == answers[0] + "\n"
    assert run("--at", "2005-03-10") == answers[1] + "\n"
    assert json.loads(run("--at", "2005-03-10", "--json"))["late"][0]["record"] == "attendance"
    assert "lies ahead" in run("--at", "2005-04-01", code=2)
    assert "not both" in run("--at", "2005-03-10", "--attempt", "1", code=2)
    assert "--compare goes with --attempt N" in run("--compare", "1", code=2)
    assert "--move goes with --attempt N" in run("--move", "apply", code=2)


# -- whatever happens ------------------------------------------------------------------------------------------------------


class Past(Motion):
    """Whatever happens: what `why` said stays what it says of that moment, and one branch replayed alone is what it is among all."""

    said: list[tuple[datetime, dict[str, Outlook]]]

    def wait(self, days: int) -> None:
        """Before time goes on, what was said."""
        self.said = [*getattr(self, "said", []), (self.clock.now(), {each: self.campaign.why(each) for each in self.branches})]
        super().wait(days)

    @invariant()
    def now_is_now(self) -> None:
        if hasattr(self, "campaign"):
            for each in self.branches:
                answer = then(self.campaign, each)
                assert answer.outlook == self.campaign.why(each)
                assert answer.in_force.definition == answer.outlook.definition

    def teardown(self) -> None:
        if hasattr(self, "campaign"):
            for moment, outlooks in getattr(self, "said", []):
                for each, outlook in outlooks.items():
                    assert then(self.campaign, each, known_at=moment).outlook == outlook
                    assert then(self.campaign, each, at=moment).outlook.state == outlook.state
            for each in self.branches:
                self.alone_as_among_all(each)
        super().teardown()

    def alone_as_among_all(self, branch: str) -> None:
        store = self.campaign.store
        alone = as_of(store, self.campaign.version, 10**9, [CAMPAIGN, branch_stream(branch)])
        for table in BY_BRANCH:
            assert rows(alone, table, "branch", branch) == rows(store, table, "branch", branch)
        assert rows(alone, "branch", "id", branch) == rows(store, "branch", "id", branch)
        alone.close()


def rows(store: Store, table: str, column: str, branch: str) -> list[Any]:
    return sorted(store.rows(f"SELECT * FROM workflow_{table} WHERE {column} = ?", (branch,)), key=repr)


Past.TestCase.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)
TestPast = Past.TestCase

"""A campaign without stages: it repeats, quarter after quarter, and ends at an event."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import Snapshot
from tests.engine.cycles_ground import BRANCHES, EXCELLENCE, Quarters, people
from tests.story import loaded, unmet
from workflow.cli.app import cli
from workflow.clock import months_later
from workflow.definition.diagram import draw
from workflow.definition.graph import prove, to_next_cycle, to_next_stage
from workflow.definition.lint import lint
from workflow.errors import Misuse, NotFound

ENDS = ("2010-08-04", "2010-11-04", "2011-02-04", "2011-05-04")  # three calendar months after each began
DUE = ("2010-07-31", "2010-10-31", "2011-01-31", "2011-04-30", "2011-07-31")


def open_promises(told: Quarters, branch: str) -> list[str]:
    return [case.id for case in told.campaign.cases(branch, "promise") if case.open]


def promised(told: Quarters, branch: str, quarter: int) -> int:
    """Everybody without an open promise makes one; how many did."""
    bound = {case.member for case in told.campaign.cases(branch, "promise") if case.open}
    new = [told.promise(branch, member, DUE[quarter - 1]) for member in people(branch) if member not in bound]
    told.promised(branch)
    return len(new)


def under_way(db: str | Path = ":memory:") -> Quarters:
    """The first quarter, its first step closed in every branch; each has a pledge that runs for a year."""
    told = Quarters(db)
    told.mobilised()
    for branch in BRANCHES:
        told.unit_mobilised(branch)
        told.pledge(branch, DUE[3])
        promised(told, branch, 1)
    return told


def reported(told: Quarters, quarter: int) -> None:
    """Every branch keeps two of its open promises, carries the others over by a quarter, and reports."""
    for branch in BRANCHES:
        told.appraised(branch)
        still = open_promises(told, branch)
        for case in still[:2]:
            told.kept(branch, case)
        for case in still[2:]:
            told.case(branch, case, "carry_over", by="lin", due=DUE[quarter], reason="more time")
        told.move(branch, "report")


def next_quarter(told: Quarters, quarter: int) -> int:
    """The quarter after `quarter` begins, with all that is open; how many promises are new in it."""
    new = 0
    for branch in BRANCHES:
        before = {case.id: (case.state, case.fields, case.opened) for case in told.campaign.cases(branch) if case.open}
        moved = told.move(branch, "next_quarter", by="lin")
        assert (moved.source, moved.target, moved.attempt) == ("regular_work.reported", "regular_work.under_way", quarter)
        assert {case.id: (case.state, case.fields, case.opened) for case in told.campaign.cases(branch) if case.open} == before
        new += promised(told, branch, quarter + 1)  # what was mobilised once counts on; the notice board is new
    return new


# -- the whole campaign ------------------------------------------------------------------------------------------------


def test_four_quarters_with_carry_over_and_the_end() -> None:
    told = under_way()
    made, kept = 9, 0
    for quarter in range(1, 5):
        assert told.totals() == Counter(
            {"made": 9 if quarter == 1 else 6, "carried_over": made - kept - (9 if quarter == 1 else 6)}
        ) + Counter(confirmed=kept)
        reported(told.day(DUE[quarter - 1]), quarter)
        kept += 6
        assert told.totals() == Counter(confirmed=kept, carried_over=3)
        assert kept + 3 == made
        told.sound()
        if quarter < 4:
            new = next_quarter(told.day(ENDS[quarter - 1]), quarter)
            assert new == 6
            made += new
            assert told.totals().total() == made
    assert [[a["number"] for a in told.campaign.attempts(branch)] for branch in BRANCHES] == [[1, 2, 3, 4]] * 3
    assert [a["outcome"] for a in told.campaign.attempts("water")] == ["next_quarter"] * 3 + [None]

    told.day("2011-05-10").convened()
    for branch in BRANCHES:
        for case in told.campaign.cases(branch):
            if case.open:
                told.case(branch, case.id, "hand_over")
        told.move(branch, "conclude", by="wang")
        told.sound()
    assert told.totals() == Counter(confirmed=24, handed_over=3)
    assert told.totals("pledge") == Counter(handed_over=3)
    assert set(told.campaign.board().done) == set(BRANCHES)
    assert [a["outcome"] for a in told.campaign.attempts("water")] == ["next_quarter"] * 3 + ["conclude"]
    assert all(outlook.final and outlook.state == "finished" for outlook in told.campaign.outlooks().values())


def test_it_does_not_end_before_the_event() -> None:
    told = under_way()
    reported(told.day(DUE[0]), 1)
    refused = told.campaign.move("water", "conclude", by="wang")
    assert set(unmet(refused)) == {"congress_has_convened", "promises_settled", "pledges_settled"}
    said = told.campaign.explain(refused, "en")
    assert "The 18th Congress has convened" in said
    assert "found 0, required at least 1" in said
    assert "who acts: Wang Wei (campaign office)" in said
    assert "quarter 1" in said


def test_a_quarter_does_not_end_before_its_time_nor_begin_after_the_event() -> None:
    told = under_way()
    reported(told.day(DUE[0]), 1)
    early = told.campaign.move("water", "next_quarter", by="lin")
    assert set(unmet(early)) == {"quarter_is_over"}
    (figure,) = unmet(early)["quarter_is_over"].figures
    assert (figure.op, figure.found, figure.required) == ("<=", ENDS[0], DUE[0])
    told.day(ENDS[0]).convened()
    late = told.campaign.move("water", "next_quarter", by="lin")
    assert set(unmet(late)) == {"still_running"}


def test_what_a_quarter_asks_for_is_asked_anew_and_what_was_promised_stays() -> None:
    told = under_way()
    reported(told.day(DUE[0]), 1)
    told.day(ENDS[0]).move("water", "next_quarter", by="lin")
    refused = told.campaign.move("water", "close_promise", by="water-li")
    assert set(unmet(refused)) == {"members_have_promised", "promises_public"}  # not the mobilisations, not the pledge
    short = unmet(refused)["members_have_promised"].short
    assert [s.id for s in short] == ["water-chen", "water-he"]  # the promise of water-li was carried over


def test_an_overdue_promise_holds_up_the_report() -> None:
    told = under_way()
    told.day("2010-08-01").appraised("water")
    refused = told.campaign.move("water", "report", by="water-li")
    assert set(unmet(refused)) == {"promises_in_time"}
    assert len(unmet(refused)["promises_in_time"].short) == 3


# -- the event, a record of the campaign as a whole --------------------------------------------------------------------


def test_the_event_is_entered_once_and_counts_for_all() -> None:
    told = under_way()
    verdict = told.convened()
    assert (verdict.branch, verdict.attempt, verdict.event and verdict.event.stream) == ("", 0, "campaign")
    assert told.campaign.explain(verdict, "en").startswith("“convening of the 18th Congress” is entered for the campaign.")
    for branch in BRANCHES:
        refused = told.campaign.ask(branch, "conclude")
        assert set(unmet(refused)) == {"promises_settled", "pledges_settled"}
        (found,) = [f for f in refused.findings if f.code == "congress_has_convened"]
        assert (found.status, found.evidence, found.campaign_evidence) == ("met", (), (verdict.event and verdict.event.seq,))
    told.sound()


def test_the_event_can_be_withdrawn() -> None:
    told = under_way()
    seq = told.convened().event
    assert seq is not None
    assert told.campaign.withdraw(None, seq.seq, by="wang", reason="a rumour").allowed
    assert "congress_has_convened" in unmet(told.campaign.ask("water", "conclude"))
    with pytest.raises(Misuse):
        told.campaign.withdraw(None, seq.seq, by="wang", reason="again")
    with pytest.raises(NotFound, match="the campaign has no record or waiver #1"):
        told.campaign.withdraw(None, 1, by="wang", reason="the beginning")
    told.sound()


def test_evidence_in_the_campaigns_stream_is_named_and_sealed() -> None:
    told = under_way()
    (moved,) = [e for e in told.campaign.timeline("water") if e.kind == "moved"]
    (city,) = [e for e in told.campaign.timeline(None) if e.kind == "record"]
    assert moved.payload["campaign_evidence"] == [city.seq]
    assert len(moved.payload["digest"]) == 64
    verdict = told.campaign.ask("water", "close_promise")
    full = told.campaign.explain(verdict, "en", full=True)
    assert f"evidence: 1 document campaign #{city.seq}" in full
    assert f"活动台账 #{city.seq}" in told.campaign.explain(verdict, "zh", full=True)


def test_only_those_who_act_for_all_may_enter_it() -> None:
    told = under_way()
    refused = told.campaign.record(None, "congress_convened", by="water-li", fields={"source": "hearsay"})
    assert not refused.allowed
    assert "Water Li holds branch secretary, not for the whole campaign" in told.campaign.explain(refused, "en")
    assert "congress_has_convened" in unmet(told.campaign.ask("water", "conclude"))
    refusal = [event for event in told.campaign.timeline(None) if event.kind == "refused"]
    assert len(refusal) == 1
    told.sound()


def test_of_a_branch_or_of_the_campaign_but_not_the_other() -> None:
    told = under_way()
    with pytest.raises(Misuse, match="of the campaign as a whole: name no branch"):
        told.campaign.record("water", "congress_convened", by="wang", fields={"source": "the news"})
    with pytest.raises(Misuse, match="is a record of a branch: say of which"):
        told.campaign.record(None, "notice_board", by="wang", fields={"place": "the hall"})
    with pytest.raises(Misuse, match="of the campaign and has no lines"):
        told.campaign.record(None, "congress_convened", by="wang", fields={"source": "the news"}, lines=["water-li"])
    with pytest.raises(NotFound):
        told.campaign.record("", "notice_board", by="wang", fields={"place": "the hall"})


def test_a_key_used_again_gives_the_first_answer() -> None:
    told = under_way()
    fields = {"source": "the news"}
    first = told.campaign.record(None, "congress_convened", by="wang", fields=fields, key="k")
    again = told.campaign.record(None, "congress_convened", by="wang", fields=fields, key="k")
    assert (first.event, again.repeated) == (again.event, True)


def test_a_file_of_records_may_hold_some_of_the_campaign() -> None:
    told = Quarters()
    source = [
        {"record": "city_mobilisation", "by": "wang", "happened": "2010-04-29", "fields": {"place": "the city hall"}},
        {"branch": "water", "record": "unit_mobilisation", "by": "water-li", "fields": {"speaker": "lin", "present": 9}},
    ]
    report = told.campaign.import_records(source)
    assert dict(report.kinds) == {"city_mobilisation": 1, "unit_mobilisation": 1}
    assert told.campaign.import_records(source).repeated == 2
    assert "city_has_mobilised" not in unmet(told.campaign.ask("roads", "close_promise"))
    told.sound()


# -- the way on --------------------------------------------------------------------------------------------------------


def test_the_way_on_leads_round_and_the_way_out_beside_it() -> None:
    definition = loaded(EXCELLENCE)
    state = "regular_work.under_way"
    assert [edge.move.id for edge in to_next_cycle(definition, state)] == ["report", "next_quarter"]
    assert [edge.move.id for edge in to_next_stage(definition, state)] == ["conclude"]
    assert to_next_cycle(definition, "finished") == ()
    told = under_way()
    outlook = told.campaign.why("water")
    assert [w.move for w in outlook.now] == ["close_comment", "close_appraisal", "close_commendation", "report"]
    assert [w.move for w in outlook.later] == ["next_quarter"]
    assert [w.move for w in outlook.ending] == ["conclude"]
    assert (outlook.next_attempt, outlook.blocker) == (2, "leader_has_commented")


def test_once_everything_the_end_asks_for_is_there_it_is_what_the_branch_waits_for() -> None:
    told = under_way()
    told.convened()
    assert told.campaign.why("water").next_attempt == 2  # promises are open still
    for case in told.campaign.cases("water"):
        told.case("water", case.id, "hand_over")
    outlook = told.campaign.why("water")
    assert ([w.move for w in outlook.now], outlook.later, outlook.ending, outlook.next_attempt) == (["conclude"], (), (), None)
    assert told.campaign.outlooks()["water"].waiting_for == "conclude"
    assert [person.id for person in outlook.hands] == ["wang"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2010-05-04", 3, "2010-08-04"), ("2010-11-30", 3, "2011-02-28"), ("2011-11-30", 3, "2012-02-29"), ("2010-12-31", 12, "2011-12-31")],
)
def test_a_month_that_is_too_short_ends_on_its_last_day(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months).isoformat() == later


# -- what people read --------------------------------------------------------------------------------------------------


def middle(db: str | Path = ":memory:") -> Quarters:
    """In August: one branch is in the second quarter, one has reported on the first, one has closed but one step of it."""
    told = under_way(db)
    for branch in ("water", "parks"):
        told.day(DUE[0]).appraised(branch)
        for case in open_promises(told, branch):
            told.kept(branch, case)
        told.move(branch, "report")
    told.day("2010-08-09").move("parks", "next_quarter", by="lin")
    told.promise("parks", "parks-li", DUE[1])
    told.day("2010-08-12")
    return told


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cycles") / "told.db"
    middle(path).campaign.close()
    return path


def run(database: Path, *args: str, code: int = 0) -> str:
    """What the command line answers, on 12 August."""
    result = CliRunner(env={"COLUMNS": None}).invoke(cli, [*args, "--db", str(database), "--now", "2010-08-12T09:00"])
    assert result.exit_code == code, (args, result.stdout, result.stderr)
    return "\n".join(line.rstrip() for line in result.stdout.splitlines())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why(database: Path, snapshot: Snapshot, lang: str) -> None:
    said = [run(database, "why", branch, "--lang", lang) for branch in ("roads", "water", "parks")]
    snapshot(f"cycles-why.{lang}", "\n\n----\n\n".join(said))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_refusals_and_the_end(snapshot: Snapshot, lang: str) -> None:
    told = middle()
    campaign = told.campaign
    early = campaign.ask("parks", "conclude", by="wang")
    told.convened()
    for case in campaign.cases("parks"):
        if case.open:
            told.case("parks", case.id, "hand_over")
    open_end = campaign.why("parks")
    ended = told.move("parks", "conclude", by="wang")
    said = [campaign.explain(answer, lang) for answer in (early, open_end, ended, campaign.why("parks"))]
    snapshot(f"cycles-end.{lang}", "\n\n----\n\n".join(said))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_board_and_timeline(database: Path, snapshot: Snapshot, lang: str) -> None:
    asked = (
        ("board",), ("board", "--list", "regular_work"), ("timeline", "--campaign"), ("timeline", "parks"), ("timeline", "parks", "--attempts"),
    )  # fmt: skip
    snapshot(f"cycles-board.{lang}", "\n\n----\n\n".join(run(database, *args, "--lang", lang) for args in asked))


def test_the_event_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "told.db"
    middle(path).campaign.close()
    event = ("record", "--campaign", "congress_convened", "--by", "wang", "--set", "source=the news")
    assert run(path, *event).startswith("“convening of the 18th Congress” is entered for the campaign.")
    seq = json.loads(run(path, "timeline", "--campaign", "--json"))[-1]["seq"]
    assert f"#{seq} of the campaign (convening of the 18th Congress) is withdrawn" in run(
        path, "withdraw", "--campaign", str(seq), "--by", "wang", "--reason", "a rumour"
    )
    assert run(path, *event[:3], "--by", "lin", "--set", "source=x", code=1).startswith("“convening of the 18th Congress” is not entered")
    for wrong in (("record", "congress_convened", "--by", "wang"), ("record", "--campaign", "water", "congress_convened", "--by", "wang")):
        run(path, *wrong, code=2)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_drawing(snapshot: Snapshot, lang: str) -> None:
    snapshot(f"cycles-draw.{lang}", draw(loaded(EXCELLENCE), lang=lang, format="mermaid").rstrip())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_has_the_loop_and_the_end(lang: str) -> None:
    drawn = draw(loaded(EXCELLENCE), lang=lang, format="svg")
    assert ("↻ quarter · 3 months" if lang == "en" else "↻ 季度 · 3个月") in drawn
    assert ("starts the next quarter" if lang == "en" else "进入下一季度") in drawn
    assert ("next stage" if lang == "en" else "下一阶段") not in drawn


# -- the definition ----------------------------------------------------------------------------------------------------


def test_the_definition_is_in_order_and_proven() -> None:
    definition = loaded(EXCELLENCE)
    assert lint(definition) == ()
    assert [prove(definition, invariant) for invariant in definition.invariants.values()] == [None] * 3
    assert list(definition.stages) == ["regular_work"]

"""Stored verdicts, attempt by attempt, shown as they were stored; and which findings turned between two of them, on which evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from tests.conftest import Snapshot
from tests.engine.test_acceptance import with_parameter
from tests.story import DEFINITION, Story, loaded
from workflow.audit.attempts import Comparison, Turn, attempt, attempts, compare
from workflow.audit.attempts_text import attempt_json, comparison_json, explain_attempt, explain_comparison
from workflow.cli.app import cli
from workflow.definition import Definition, load_document
from workflow.errors import Misuse, NotFound
from workflow.verdicts.codec import to_plain


@pytest.fixture(scope="module")
def redone(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Learning twice: refused for the hours of he and inspected in vain, ordered to redo; then, under 48 hours, approved."""
    story = Story(tmp_path_factory.mktemp("redone") / "redone.db").mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    assert not story.campaign.move("b1", "open_look_back", by="li").allowed
    story.day("2005-03-12").record("attendance", lines=["he"], hours=3, mode="make_up", topic="general")
    story.looked_back().met().filed().inspected("redo")
    assert not story.campaign.move("b1", "approve", by="office-wang").allowed
    story.move("redo", by="lead-zhao", takes={"reason": "formalism"})
    later = with_parameter("study_class_hours", 48)
    assert story.campaign.enact(later, by="lead-zhao", reason="stricter from above", starts="2005-03-20").allowed
    story.day("2005-04-20").learnt(hours=dict.fromkeys(story.members, (33.0, 16.0)))
    return story.looked_back().met().filed().inspected()


def without(name: str) -> Definition:
    """The 2005 definition as it would be if one requirement were never asked."""
    document = json.loads(json.dumps(loaded(DEFINITION).document))
    del document["requirements"][name]
    return load_document(_dropped(document, name), validated=True)


def _dropped(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _dropped(each, name) for key, each in value.items()}
    return [_dropped(each, name) for each in value if each != name] if isinstance(value, list) else value


def turns(found: Comparison) -> dict[str, Turn]:
    return {turn.code: turn for turn in found.turns}


def test_each_attempt_has_its_verdicts_as_they_were_stored(redone: Story) -> None:
    found = attempts(redone.campaign, "b1")
    assert [(a.ordinal, a.stage, a.number, a.began, a.ended, a.outcome) for a in found] == [
        (1, "preparation", 1, "2005-01-18", "2005-01-18", "hold_mobilisation"),
        (2, "learning", 1, "2005-01-18", "2005-03-12", "redo"),
        (3, "learning", 2, "2005-03-12", None, None),
    ]
    assert [(each.move, each.verdict.allowed) for each in found[1].asked[3:5]] == [("open_look_back", False), ("open_look_back", True)]
    kept = {e.seq: e for e in redone.campaign.timeline("b1")}
    for each in (each for a in found for each in a.asked):
        event = kept[each.position.seq]
        assert to_plain(evolve(each.verdict, event=None)) == event.payload["verdict"]
        assert (each.position.hash, each.position.position) == (event.hash, event.position)
        assert each.in_force.definition == event.definition
    assert [a.asked[-1].in_force.number for a in found] == [1, 1, 2]


def test_an_attempt_is_told_by_what_decided_it(redone: Story) -> None:
    first, learning, again = attempts(redone.campaign, "b1")
    assert [each.telling() and each.telling().move for each in (first, learning)] == ["hold_mobilisation", "approve"]  # type: ignore[union-attr]
    assert learning.telling("redo") == learning.asked[-1]
    told = again.telling()
    assert told is not None
    assert (told.move, told.verdict.allowed) == ("start_inspection", True)
    with pytest.raises(NotFound, match="in attempt 3 nobody asked for the move redo"):
        again.telling("redo")


def test_an_attempt_by_its_number_or_its_stage(redone: Story) -> None:
    assert attempt(redone.campaign, "b1", 3) == attempt(redone.campaign, "b1", "learning 2")
    with pytest.raises(NotFound, match="b1 has no attempt 9; known: 1, 2, 3, preparation 1, learning 1, learning 2"):
        attempt(redone.campaign, "b1", 9)
    with pytest.raises(NotFound, match="there is no branch b9"):
        attempts(redone.campaign, "b9")


def test_an_attempt_in_which_nothing_was_asked() -> None:
    story = Story()
    assert "No move was asked for in it." in explain_attempt(story.campaign, attempt(story.campaign, "b1", 1))
    assert attempt_json(story.campaign, attempt(story.campaign, "b1", 1))["last"] is None


def test_what_turned_from_refusal_to_approval(redone: Story) -> None:
    story = redone
    verdict = story.campaign.ask("b1", "approve", by="office-wang")
    assert verdict.allowed
    found = compare(story.campaign, "b1", 2, 3, "open_look_back")
    assert (found.move, found.before.verdict.allowed, found.after.verdict.allowed) == ("open_look_back", True, True)
    rule = turns(found)["study_hours"]
    assert (rule.kind, [(d.path, str(d.was), str(d.now)) for d in rule.rules]) == (
        "rule", [("parameters.study_hours.value", "40 h", "48 h")],
    )  # fmt: skip
    derived = turns(found)["collective_hours"].rules  # two thirds of it
    assert [(d.path, str(d.was), str(d.now)) for d in derived] == [("parameters.collective_hours.value", "26.67 h", "32 h")]
    assert not {d.seq for d in rule.evidence} & {d.seq for d in rule.dropped}  # the second attempt rests on its own sheets
    assert (len(rule.evidence), len(rule.dropped)) == (6, 7)
    gone = turns(found)["replanned"]
    assert (gone.kind, gone.before and gone.before.status, gone.after and gone.after.status) == ("met", "unmet", "not_applicable")
    assert found.same + len(found.turns) == len({f.code for s in (found.before, found.after) for f in s.verdict.findings})


def test_without_a_move_the_one_that_led_on_or_the_last_that_both_asked_for(redone: Story) -> None:
    assert compare(redone.campaign, "b1", 2, 3).move == "start_inspection"  # approval was asked for in the first only
    with pytest.raises(Misuse, match=r"the move approve was not asked for in attempt 2 and in attempt 3; moves that were: apply, close_"):
        compare(redone.campaign, "b1", 2, 3, "approve")
    with pytest.raises(Misuse, match="no move was asked for in attempt 1 and in attempt 2; moves that were: none"):
        compare(redone.campaign, "b1", 1, 2)
    with pytest.raises(Misuse, match="no move was asked for twice in attempt 1"):
        compare(redone.campaign, "b1", 1, 1)


def test_within_one_attempt_from_the_first_answer_to_the_last(redone: Story) -> None:
    found = compare(redone.campaign, "b1", "learning 1", "learning 1")
    assert (found.move, found.before.verdict.allowed, found.after.verdict.allowed) == ("open_look_back", False, True)
    hours = turns(found)["study_hours"]
    assert (hours.kind, hours.rules, hours.dropped) == ("met", (), ())
    assert [(d.record, d.recorded, d.by) for d in hours.evidence] == [("attendance", "2005-03-12", "li")]
    assert [s.id for s in getattr(hours.before, "short", ())] == ["he"]
    assert {turn.kind for code, turn in turns(found).items() if code != "study_hours"} == {"still"}


def test_a_requirement_only_one_version_has() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    story.campaign.move("b1", "open_look_back", by="li")
    assert story.campaign.enact(without("study_hours"), by="lead-zhao", reason="lifted").allowed
    story.day("2005-03-11").move("open_look_back")
    found = compare(story.campaign, "b1", 2, 2)
    assert (turns(found)["study_hours"].kind, turns(found)["study_hours"].after) == ("gone", None)
    said = explain_comparison(story.campaign, found)
    assert "after: not asked: version 2 (" in said
    assert "has no such requirement" in said


def test_evidence_withdrawn_since_is_said_to_be() -> None:
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (27.0, 11.0)})
    story.campaign.move("b1", "open_look_back", by="li")
    sheet = [e.seq for e in story.campaign.timeline("b1") if e.payload.get("record") == "attendance"][-1]
    story.day("2005-03-15").campaign.withdraw("b1", sheet, by="li", reason="a wrong sheet")
    story.record("attendance", lines=[{"member": m, "hours": 14.0} for m in story.members], mode="self", topic="general")
    story.move("open_look_back")
    hours = turns(compare(story.campaign, "b1", 2, 2))["study_hours"]
    assert [(d.seq, d.withdrawn, d.reason) for d in hours.dropped] == [(sheet, "2005-03-15", "a wrong sheet")]
    assert [d.withdrawn for d in hours.evidence] == [None]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_words(redone: Story, snapshot: Snapshot, lang: str) -> None:
    campaign = redone.campaign
    one = explain_attempt(campaign, attempt(campaign, "b1", "learning 1"), lang)
    two = explain_comparison(campaign, compare(campaign, "b1", 2, 3, "open_look_back"), lang)
    within = explain_comparison(campaign, compare(campaign, "b1", 2, 2), lang)
    snapshot(f"attempts.{lang}", "\n\n\n".join((one, within, two)))


def test_in_full_nothing_is_cut(redone: Story) -> None:
    found = compare(redone.campaign, "b1", 2, 2)
    full, short = (explain_comparison(redone.campaign, found, full=full) for full in (True, False))
    assert "--full" in short
    assert "--full" not in full
    assert "before: 0 of 5 members meet it, 5 fall short; Chen, He, Li, Lin, Xu: found 0, required at least 1" in full


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_json(redone: Story, lang: str) -> None:
    campaign = redone.campaign
    found = compare(campaign, "b1", 2, 3, "open_look_back")
    plain = json.loads(json.dumps(comparison_json(campaign, found, lang)))
    assert [turn["code"] for turn in plain["turns"]] == [turn.code for turn in found.turns]
    assert (plain["before"]["in_force"]["number"], plain["after"]["in_force"]["number"]) == (1, 2)
    assert all(turn["title"] and turn["after"]["text"] for turn in plain["turns"])
    one = json.loads(json.dumps(attempt_json(campaign, found.first, lang)))
    assert one["last"]["verdict"]["findings"]
    assert [each["move"] for each in one["asked"]] == [each.move for each in found.first.asked]


def test_on_the_command_line(redone: Story) -> None:
    db = str(redone.campaign.store.db.database)

    def run(*more: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["why", "b1", "--db", db, "--lang", "en", *more])
        assert result.exit_code == code, result.output
        return result.output

    campaign = redone.campaign
    assert run("--attempt", "2") == explain_attempt(campaign, attempt(campaign, "b1", 2)) + "\n"
    assert run("--attempt", "learning 1", "--move", "redo") == explain_attempt(campaign, attempt(campaign, "b1", 2), move="redo") + "\n"
    said = run("--attempt", "2", "--compare", "3", "--move", "open_look_back")
    assert said == explain_comparison(campaign, compare(campaign, "b1", 2, 3, "open_look_back")) + "\n"
    assert json.loads(run("--attempt", "2", "--compare", "3", "--json"))["move"] == "start_inspection"
    assert "b1 has no attempt 9" in run("--attempt", "9", code=2)

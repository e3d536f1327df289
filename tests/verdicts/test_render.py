"""What people read: snapshots in both languages, and what no snapshot may lose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from tests.conftest import Snapshot
from tests.story import EXAMPLES, Story, loaded
from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.definition.expressions import Figure
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Shortfall, Verdict
from workflow.verdicts.outlook import Outlook
from workflow.verdicts.render import outlook_json, render_outlook, render_verdict, verdict_json
from workflow.verdicts.render.findings import numbers
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.schemas import schema

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])

BROKEN = """
definition: broken
title: Shares of two offices
languages: [en]
roles: {team: {scope: branch}}
instruments: {note-1: {title: Note 1}}
records:
  count: {of: branch, fields: {part: integer, whole: integer, checked: boolean}, by: team}
requirements:
  half:
    title: At least half is done
    check: last(branch.count).part / last(branch.count).whole >= 0.5
    owner: team
    remedy: go on
    basis: note-1
  checked:
    title: The last count was checked, and is of this attempt
    check: last(branch.count).checked and last(branch.count).happened >= branch.entered and branch.batch in ["1", "2"]
    owner: team
    remedy: check it
    basis: note-1
gates: {gate: {phases: [working], moves: {leave: {from: working, to: next_stage, by: team, requires: [half, checked]}}}}
stages: {first: {gate: gate}, second: {gate: gate}}
"""


@pytest.fixture(scope="module")
def learning() -> Iterator[Story]:
    """A branch in learning with gaps of several kinds: hours, essays, a test, an open item, an accepted gap."""
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (26.0, 15.0), "xu": (20.0, 1.0)}, but=["essays", "test"])
    story.campaign.waive("b1", "test_sat", by="office-wang", reason="in hospital", members=["lin"], until="2005-06-30")
    story.open_case("rectification", subject="dark stairs", origin="new", urgency="immediate")
    yield story
    story.campaign.close()


@pytest.fixture(scope="module")
def inspected() -> Iterator[Story]:
    story = Story().to_inspection()
    yield story
    story.campaign.close()


def shown(story: Story, verdict: Verdict, lang: str, *, full: bool = False) -> str:
    return render_verdict(
        story.campaign.definition, verdict, lang, full=full, names={"b1": "Labour Bureau" if lang == "en" else "劳动局党支部"}
    )


# -- verdicts ----------------------------------------------------------------------------------------------------------


@LANGUAGES
def test_a_refusal(learning: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"refusal.{lang}", shown(learning, learning.campaign.ask("b1", "open_look_back", by="li"), lang))


@LANGUAGES
def test_a_refusal_in_full(learning: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"refusal-full.{lang}", shown(learning, learning.campaign.ask("b1", "open_look_back", by="li"), lang, full=True))


@LANGUAGES
def test_rules_of_phase_role_and_step(learning: Story, snapshot: Snapshot, lang: str) -> None:
    asked = [
        learning.campaign.ask("b1", "approve", by="group-sun"),
        learning.campaign.ask("b1", "close_study", by="li"),
        learning.campaign.ask("b1", "open_look_back", by="he"),
    ]
    snapshot(f"rules.{lang}", "\n\n".join(shown(learning, rules_only(verdict), lang) for verdict in asked))


def rules_only(verdict: Verdict) -> Verdict:
    return evolve(verdict, findings=tuple(f for f in verdict.findings if f.is_rule))


@LANGUAGES
def test_the_applicant_may_not_approve(inspected: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"separation.{lang}", shown(inspected, inspected.campaign.ask("b1", "approve", by="li"), lang))


@LANGUAGES
def test_a_move_that_is_allowed(inspected: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"allowed.{lang}", shown(inspected, inspected.campaign.ask("b1", "approve", by="office-wang"), lang))


@LANGUAGES
def test_what_commands_answer(snapshot: Snapshot, lang: str) -> None:
    story = Story()
    campaign = story.campaign
    record = campaign.record("b1", "roll_count", by="li", fields={"staff": 20, "members": 5})
    answers = [
        record,
        campaign.record("b1", "roll_count", by="he", fields={"staff": 20, "members": 5}),
        campaign.withdraw("b1", record.event.seq if record.event else 0, by="li", reason="counted twice"),
        campaign.waive("b1", "test_sat", by="li", reason="no time", members=["he"]),
        campaign.waive("b1", "test_sat", by="office-wang", reason="in hospital", members=["he"]),
        campaign.open_case("b1", "rectification", by="li", fields={"subject": "stairs", "origin": "new", "urgency": "immediate"}),
        campaign.move_case("b1", "rectification-1", "verify", by="office-wang"),
        campaign.ask_case("b1", "rectification-1", "triage", by="li", takes={"responsible": "he", "due": "2005-03-01"}),
        campaign.move_case("b1", "rectification-1", "triage", by="li", takes={"responsible": "he", "due": "2005-03-01"}),
    ]
    snapshot(f"answers.{lang}", "\n\n".join(shown(story, verdict, lang) for verdict in answers))


@LANGUAGES
def test_who_is_named_in_a_case_may_not_decide_on_it(snapshot: Snapshot, lang: str) -> None:
    story = Story()
    case = story.open_case("rectification", subject="stairs", origin="new", urgency="immediate")
    story.case(case, "triage", responsible="office-wang", due="2005-03-01")
    story.case(case, "start", measures="m")
    story.case(case, "finish", closing_report="r")
    snapshot(f"case-separation.{lang}", shown(story, story.campaign.ask_case("b1", case, "verify", by="office-wang"), lang))


def broken() -> Campaign:
    campaign = Campaign.create(":memory:", load_text(BROKEN), clock=VirtualClock(Story().clock.now()), rehearsal=True)
    campaign.import_roster([{"branch": "north", "title": "North", "batch": "3", "person": "ann", "name": "Ann", "roles": "team"}])
    return campaign


def test_a_missing_fact_and_a_check_that_broke(snapshot: Snapshot) -> None:
    with broken() as campaign:
        missing = campaign.ask("north", "leave", by="ann")
        campaign.record("north", "count", by="ann", fields={"part": 1, "whole": 0, "checked": False})
        verdicts = [missing, campaign.ask("north", "leave", by="ann")]
        snapshot("unknown-and-error", "\n\n".join(render_verdict(campaign.definition, v, "en") for v in verdicts))


# -- outlooks ----------------------------------------------------------------------------------------------------------


@LANGUAGES
def test_an_outlook(learning: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"outlook.{lang}", render_outlook(learning.campaign.definition, learning.campaign.why("b1"), lang))


@LANGUAGES
def test_an_outlook_that_waits_for_somebody(inspected: Story, snapshot: Snapshot, lang: str) -> None:
    snapshot(f"outlook-waiting.{lang}", render_outlook(inspected.campaign.definition, inspected.campaign.why("b1"), lang))


@LANGUAGES
def test_steps_in_their_order(snapshot: Snapshot, lang: str) -> None:
    story = Story().mobilised()
    snapshot(f"outlook-steps.{lang}", render_outlook(story.campaign.definition, story.campaign.why("b1"), lang))


def test_the_words_of_a_definition_replace_ours(snapshot: Snapshot) -> None:
    definition = loaded(EXAMPLES / "trial-sites.yaml")
    with Campaign.create(":memory:", definition, clock=VirtualClock(Story().clock.now()), rehearsal=True) as campaign:
        rows = [{"branch": "s1", "title": "Site 1", "person": f"p{n}", "name": f"Person {n}", "status": "nurse"} for n in range(3)]
        campaign.import_roster([*rows, {"branch": "s1", "person": "c", "name": "Cho", "roles": "coordinator"}])
        asked = campaign.ask("s1", "activate", by="p1")
        said = f"{render_outlook(definition, campaign.why('s1'), 'en')}\n\n{render_verdict(definition, asked, 'en')}"
    assert "branch" not in said
    snapshot("labels", said)


@LANGUAGES
def test_a_final_state(inspected: Story, lang: str) -> None:
    outlook = evolve(inspected.campaign.why("b1"), state="conclusion.archived", now=(), later=())
    said = render_outlook(inspected.campaign.definition, outlook, lang)
    assert said.startswith({"en": "Labour Bureau has reached conclusion · archived", "zh": "Labour Bureau 已到达总结巩固 · 归档"}[lang])


# -- nothing is lost ---------------------------------------------------------------------------------------------------


def many_short(learning: Story) -> Verdict:
    verdict = learning.campaign.ask("b1", "open_look_back", by="li")
    short = tuple(
        Shortfall(id=f"m{n}", name=f"Member {n}", status="unmet", figures=(Figure(">=", 40, n, unit="h", met=False),)) for n in range(1, 31)
    )
    findings = tuple(evolve(f, short=short, total=400, met=370) if f.code == "study_hours" else f for f in verdict.findings)
    return evolve(verdict, findings=findings)


def test_a_list_that_is_cut_says_so(learning: Story) -> None:
    verdict = many_short(learning)
    said = shown(learning, verdict, "en")
    assert "370 of 400 members meet it, 30 fall short" in said
    assert "and 10 more; --full names them all" in said
    assert "Member 20 (m20)" in said
    assert "Member 21" not in said
    assert "另有 10 个未列出" in shown(learning, verdict, "zh")
    assert "Member 30 (m30)" in shown(learning, verdict, "en", full=True)


def test_many_alike_share_a_line_that_is_cut_aloud(learning: Story) -> None:
    verdict = many_short(learning)
    findings = tuple(
        evolve(f, short=tuple(evolve(s, figures=(Figure(">=", 40, 4, unit="h", met=False),)) for s in f.short))
        if f.code == "study_hours"
        else f
        for f in verdict.findings
    )
    said = shown(learning, evolve(verdict, findings=findings), "en")
    assert "found 4 h, required at least 40 h: short by 36 h (30): Member 1 (m1)" in said
    assert "(and 10 more; --full names them all)" in said


def test_numbers_of_events_run_together(learning: Story) -> None:
    voice = Voice(learning.campaign.definition, "en")
    assert numbers(voice, [3, 5, 6, 7, 9]) == "#3, #5-#7, #9"
    assert numbers(voice, list(range(1, 40, 2))).endswith("(and 8 more; --full names them all)")
    assert "#39" in numbers(Voice(learning.campaign.definition, "en", full=True), list(range(1, 40, 2)))


def test_every_requirement_in_the_way_is_told_once(learning: Story) -> None:
    outlook = learning.campaign.why("b1")
    said = render_outlook(learning.campaign.definition, outlook, "en")
    for code in {f.code for point in outlook.now for f in point.standing}:
        assert said.count(f"  [{code}]") == 1, code


# -- JSON --------------------------------------------------------------------------------------------------------------


def valid(name: str, value: Any) -> None:
    Draft202012Validator(schema(name)).validate(json.loads(json.dumps(value)))


@LANGUAGES
def test_json_of_verdicts(learning: Story, inspected: Story, lang: str) -> None:
    cases = [
        (learning, learning.campaign.ask("b1", "open_look_back", by="li")),
        (learning, learning.campaign.ask("b1", "approve", by="he")),
        (learning, learning.campaign.ask_case("b1", "rectification-1", "verify")),
        (inspected, inspected.campaign.ask("b1", "approve", by="li")),
        (inspected, inspected.campaign.record("b1", "leave", by="he", lines=["he"], fields=LEAVE)),
    ]
    for story, verdict in cases:
        valid("verdict", verdict_json(story.campaign.definition, verdict, lang))


LEAVE = {"starts": "2005-02-01", "ends": "2005-02-02", "reason": "ill", "granted": "yes"}


def test_json_of_a_broken_check() -> None:
    with broken() as campaign:
        campaign.record("north", "count", by="ann", fields={"part": 1, "whole": 0, "checked": False})
        plain = verdict_json(campaign.definition, campaign.ask("north", "leave"), "en")
    valid("verdict", plain)
    assert plain["findings"][1]["error"].startswith("ZeroDivisionError")


def test_json_has_texts_beside_codes(learning: Story) -> None:
    answer = learning.campaign.ask("b1", "open_look_back", by="li")
    plain = verdict_json(learning.campaign.definition, answer, "zh", names={"b1": "劳动局党支部"})
    assert plain["text"].startswith("劳动局党支部处于学习动员 · 进行中，不得作出动作“开始回头看”")
    hours = next(f for f in plain["findings"] if f["code"] == "study_hours")
    assert hours["title"].startswith("每名党员学习不少于40")
    assert hours["remedy"]
    assert (hours["blocks"], hours["owner_title"], hours["who"]) == (True, "支部书记", "Li（支部书记）")
    assert [f["code"] for f in plain["findings"] if f["blocks"]] == [f.code for f in answer.standing]
    assert "notes_checked" in [f["code"] for f in plain["findings"] if f["status"] == "unmet" and not f["blocks"]]  # only observed
    assert {"id": "inventory:132"} in hours["basis"]
    assert any(source.get("title") for source in hours["basis"])
    assert hours["short"][0]["figures"][0]["unit"] == "h"
    assert hours["short"][0]["text"].startswith("实为21小时，要求不少于40小时")


@LANGUAGES
def test_json_of_outlooks(learning: Story, inspected: Story, lang: str) -> None:
    outlooks: list[Outlook] = [learning.campaign.why("b1"), inspected.campaign.why("b1"), *learning.campaign.outlooks().values()]
    for outlook in outlooks:
        plain = outlook_json(learning.campaign.definition, outlook, lang)
        valid("outlook", plain)
        assert plain["text"]
    assert plain["final"] is False


def test_schemas_refuse_what_they_should(learning: Story) -> None:
    plain = verdict_json(learning.campaign.definition, learning.campaign.ask("b1", "open_look_back", by="li"), "en")
    for spoilt in ({**plain, "allowed": "no"}, {**plain, "more": 1}, {k: v for k, v in plain.items() if k != "text"}):
        validator = Draft202012Validator(schema("verdict"))
        assert not validator.is_valid(spoilt)

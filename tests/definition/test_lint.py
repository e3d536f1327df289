"""What lint says of each kind of fault: where, which, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest
from hand_made import case, gate, invariant, made, move, phases, requirement, said, stage, step

from workflow.definition.lint import LintFinding, lint
from workflow.definition.model import (
    Calendar,
    Deadline,
    Definition,
    Due,
    Field,
    Instrument,
    Members,
    Phase,
    RecordKind,
    Rung,
)
from workflow.texts import Text

APPLY = move("apply", "working > applied", "secretary")
APPROVE = move("approve", "applied > next_stage", "office")
TRANSFER = gate("transfer", "working applied", APPLY, APPROVE)
ONE, TWO = stage("one", "transfer"), stage("two", "transfer")


def found(definition: Definition) -> list[tuple[str, str, str, str]]:
    return [(finding.level, ".".join(finding.path), finding.code, finding.text.say("en")) for finding in lint(definition)]


def only(definition: Definition) -> LintFinding:
    [finding] = lint(definition)
    return finding


def test_a_sound_definition_has_no_findings() -> None:
    assert found(made(TRANSFER, ONE, TWO, invariant("consent", "each_stage > next_stage", "approve", "office"))) == []


def test_unreachable_states_and_states_without_a_way_out() -> None:
    hall = gate("hall", "working applied annex cellar", APPLY, APPROVE, move("fall", "working > cellar"), move("leave", "annex > working"))
    assert found(made(hall, stage("one", "hall"), stage("two", "hall"))) == [
        (
            "error",
            "gates.hall.phases.annex",
            "lint.unreachable",
            "no way leads to one.annex, two.annex; add a move to it or remove it",
        ),
        (
            "error",
            "gates.hall.phases.cellar",
            "lint.trap",
            "no way leads on from one.cellar, two.cellar to an end; add a move out of it or mark an end with final: true",
        ),
    ]


def test_a_final_state_is_no_trap() -> None:
    hall = gate("hall", "working applied given_up!", APPLY, APPROVE, move("give_up", "working > given_up"))
    assert found(made(hall, stage("one", "hall"))) == []


def test_a_gate_without_a_stage() -> None:
    assert found(made(TRANSFER, gate("spare", "open"), ONE)) == [
        ("warning", "gates.spare", "lint.unused-gate", "no stage has the gate spare; name it in a stage or remove it")
    ]


def test_states_and_moves_of_a_case() -> None:
    item = case("item", "raised stuck lost closed!", move("close", "raised > closed", ""), move("drop", "raised > stuck", "office"), by="")
    assert found(made(TRANSFER, ONE, item)) == [
        (
            "error",
            "cases.item.states.stuck",
            "lint.trap",
            "no way leads on from stuck to an end; add a move out of it or mark an end with final: true",
        ),
        ("error", "cases.item.states.lost", "lint.unreachable", "no way leads to lost; add a move to it or remove it"),
        ("error", "cases.item.moves.close.by", "lint.nobody", "nobody may make the move close; name at least one role in by:"),
        ("error", "cases.item.by", "lint.nobody", "nobody may open a case item; name at least one role in by:"),
    ]


def test_what_nobody_may_do() -> None:
    locked = gate("locked", "working applied", move("apply", "working > applied", ""), APPROVE)
    record = RecordKind(id="minutes", title=said("minutes"), of="branch", fields={}, by=())
    definition = made(locked, stage("one", "locked", step("study", by="")), records={"minutes": record})
    assert [row[1:] for row in found(definition)] == [
        ("gates.locked.moves.apply.by", "lint.nobody", "nobody may make the move apply; name at least one role in by:"),
        ("stages.one.steps.study.by", "lint.nobody", "nobody may close the step study; name at least one role in by:"),
        ("records.minutes.by", "lint.nobody", "nobody may enter a record minutes; name at least one role in by:"),
    ]


def test_those_on_the_roll_cannot_be_excluded_and_asked_at_once() -> None:
    own = gate("own", "working", move("approve", "working > next_stage", "secretary", not_by=("members",)))
    finding = only(made(own, stage("one", "own")))
    assert (finding.level, finding.path, finding.code) == ("warning", ("gates", "own", "moves", "approve", "not_by"), "lint.nobody")
    assert finding.text.say("en") == (
        "secretary usually stand on the branch's own roll, and not_by: members excludes them; add a role from outside"
    )


def test_a_requirement_nothing_requires() -> None:
    step_one = stage("one", "transfer", step("study", requires=("read",)), requires={"apply": ("filed",)})
    item = case("item", "raised closed!", move("close", "raised > closed", requires="proven"))
    needed = [requirement(name) for name in ("read", "filed", "proven", "idle")]
    assert found(made(TRANSFER, step_one, item, *needed)) == [
        ("warning", "requirements.idle", "lint.unused", "no move, step or case requires idle; name it in a requires: or remove it")
    ]


@pytest.mark.parametrize(
    ("missing", "code", "text"),
    [
        ({"owner": ""}, "lint.no-owner", "nobody has to act when it is unmet; name a role"),
        ({"remedy": Text({"en": " "})}, "lint.no-remedy", "it does not say what to do when it is unmet"),
        ({"basis": ()}, "lint.no-basis", "it does not say where the rule comes from; name an instrument or an outside reference"),
    ],
)
def test_a_requirement_nobody_answers_for(missing: dict[str, Any], code: str, text: str) -> None:
    needed = stage("one", "transfer", requires={"apply": ("filed",)})
    findings = {finding.code: finding for finding in lint(made(TRANSFER, needed, requirement("filed", **missing)))}
    assert findings[code].path == ("requirements", "filed", *missing)
    assert findings[code].text.say("en") == text


def deadline(due: Due, *ladder: Rung, owner: str = "secretary") -> Definition:
    due_time = Deadline(id="mobilise", title=said("mobilise"), due=due, owner=owner, ladder=ladder)
    return made(TRANSFER, ONE, deadlines={"mobilise": due_time})


def test_working_days_without_a_calendar() -> None:
    definition = deadline(Due(after="one", working_days=7), Rung(days=0, to="secretary"))
    finding = only(definition)
    assert (finding.path, finding.code) == (("deadlines", "mobilise", "due"), "lint.no-calendar")
    assert finding.text.say("zh") == "按工作日计算需要日历；请写明 calendar: {country: ...}，或改用 days"
    definition.calendar = Calendar(country="CN")
    assert lint(definition) == ()


def test_a_deadline_that_reminds_nobody() -> None:
    assert found(deadline(Due(after="one", days=7), Rung(days=-1, to="boss"))) == [
        ("error", "deadlines.mobilise", "lint.unknown-role", "there is no role boss; declare it in roles:")
    ]
    assert found(deadline(Due(after="one", days=7))) == [
        ("warning", "deadlines.mobilise.ladder", "lint.silent", "nobody is ever reminded; give it a ladder: of offsets")
    ]


def instruments(**parents: str | None) -> Definition:
    return made(TRANSFER, ONE, instruments={name: Instrument(id=name, title=said(name), parent=parent) for name, parent in parents.items()})


def test_instruments_with_unknown_parents_or_in_a_circle() -> None:
    assert found(instruments(plan="notice", notice=None)) == []
    assert found(instruments(plan="opinion")) == [
        ("error", "instruments.plan.parent", "lint.unknown-instrument", "there is no instrument opinion; declare it in instruments:")
    ]
    assert found(instruments(plan="a", a="b", b="a")) == [
        ("error", "instruments.a.parent", "lint.cycle", "the document descends from itself: a -> b -> a; remove one parent:")
    ]


def test_texts_missing_in_a_language_are_found_however_deep() -> None:
    both = Text.of("word", "词")
    options = {"home": Text({"en": "at home"}), "abroad": both}
    mode = Field(id="mode", title=both, type="choice", options=options)
    members = Members(
        status={"in_post": both}, flags={"mobile": Text({"zh": "流动"})}, fields={"rank": Field(id="rank", title=both, type="text")}
    )
    definition = made(
        TRANSFER,
        ONE,
        languages=("en", "zh"),
        branch_label=Text({"en": "plant"}),
        branch_fields={"sector": Field(id="sector", title=Text.same("sector"), type="text")},
        members=members,
        records={"talk": RecordKind(id="talk", title=both, of="member", fields={"mode": mode}, by=("office",))},
    )
    missing = {".".join(finding.path): finding.text.say("en") for finding in lint(definition)}
    assert missing["records.talk.fields.mode.options.home"] == "the text is missing in: zh; add it"
    assert missing["members.flags.mobile"] == "the text is missing in: en; add it"
    assert missing["branches.fields.sector.title"] == "the text is missing in: en, zh; add it"
    assert missing["labels.branch"] == "the text is missing in: zh; add it"
    assert missing["gates.transfer.phases.applied.title"] == "the text is missing in: zh; add it"
    assert missing["stages.one.title"] == "the text is missing in: zh; add it"
    assert not {"members.status.in_post", "labels.member", "members.fields.rank.title"} & set(missing)


def test_one_language_needs_no_titles() -> None:
    quiet = gate("quiet", "working", move("approve", "working > next_stage"))
    untitled = {name: Phase(id=name, title=Text.same(name)) for name in phases("working")}
    quiet = type(quiet)(id="quiet", title=Text.same("quiet"), phases=untitled, moves=quiet.moves, steps_in=quiet.steps_in)
    assert found(made(quiet, stage("one", "quiet"))) == []


def test_an_approval_that_can_be_bypassed_shows_the_way_round() -> None:
    approve = move("approve", "applied > next_stage", "office", "passed")
    fast = gate("fast", "working applied", APPLY, approve, move("fast_track", "working > next_stage", "secretary"))
    consent = invariant("consent", "each_stage > next_stage", "approve", "office", "passed")
    finding = only(made(fast, stage("learning", "fast"), stage("analysis", "fast"), requirement("passed"), consent))
    assert (finding.level, finding.path, finding.code) == ("error", ("invariants", "consent"), "lint.bypass")
    assert finding.text.say("en") == (
        "can be bypassed: learning.working --fast_track(secretary)--> analysis.working; "
        "no move on this way is {move: approve, by: [office], requires: passed}"
    )
    assert finding.text.say("zh") == (
        "可以被绕过：learning.working --fast_track(secretary)--> analysis.working；"
        "此途径上没有任何动作符合 {move: approve, by: [office], requires: passed}"
    )


def test_a_requirement_that_only_warns_is_named_as_the_reason() -> None:
    needed = stage("one", "transfer", requires={"approve": ("filed",)})
    asked = invariant("consent", "one > two", requires="filed")
    findings = lint(made(TRANSFER, needed, stage("two", "transfer"), requirement("filed", level="warn"), asked))
    [text] = [finding.text for finding in findings if finding.code == "lint.bypass"]
    assert text.say("en").endswith("no move on this way is {requires: filed} (filed has level: warn and stops nothing)")
    assert text.say("zh").endswith("{requires: filed}（filed 为 level: warn，不阻止任何动作）")


def test_a_longer_way_round_is_shown_step_by_step() -> None:
    consent = invariant("consent", "one > two", "approve", "group")
    assert found(made(TRANSFER, ONE, TWO, consent)) == [
        (
            "error",
            "invariants.consent",
            "lint.bypass",
            "can be bypassed: one.working --apply(secretary)--> one.applied --approve(office)--> two.working; "
            "no move on this way is {move: approve, by: [group]}",
        )
    ]


def test_an_invariant_that_says_nothing() -> None:
    assert found(made(TRANSFER, ONE, TWO, invariant("consent", "two > one", "approve"))) == [
        (
            "error",
            "invariants.consent",
            "lint.vacuous",
            "no way leads from two to one, so it proves nothing; correct every_way:",
        )
    ]


def test_every_finding_speaks_both_languages() -> None:
    item = case("item", "raised stuck lost closed!", move("close", "raised > closed", ""), by="")
    definition = made(
        TRANSFER, ONE, TWO, item, requirement("idle", basis=()), invariant("i", "two > one"), invariant("j", "one > two", "no")
    )
    for finding in lint(definition):
        assert set(finding.text.by_language) == {"en", "zh"}
        assert finding.code.startswith("lint.")

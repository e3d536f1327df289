"""Clocks in motion: a stage extended, branches suspended and resumed, one or a whole batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.engine.ground import START, Row
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign
from workflow.engine.moves import LONGEST
from workflow.errors import KeyReused, Misuse, NotFound
from workflow.verdicts.findings import Verdict

TEXT = """
definition: docks
version: "{lasts}"
title: Licences for docks
calendar: {{country: GB}}
roles: {{keeper: {{scope: branch}}, group: {{scope: assigned}}, office: {{scope: all}}}}
authority: {{enact: office, extend: [office, group], suspend: office, restructure: office}}
instruments: {{act: {{title: The act, issuer: parliament, issued: 2025-01-01}}}}
parameters: {{early_by: {{value: 5, unit: d, basis: act}}, minimum: {{value: 8, unit: d, basis: act}}}}
records: {{tide: {{of: branch, fields: {{metres: {{type: number, unit: m}}}}, by: keeper}}}}
requirements:
  not_early:
    title: Nobody leaves more than {{early_by}} before the planned end
    check: today >= branch.planned_end - early_by
    owner: keeper
    remedy: wait
    basis: act
  stood:
    title: The notice has hung for {{minimum}}
    check: today - branch.since - branch.paused >= minimum
    owner: keeper
    remedy: wait
    basis: act
  noticed: {{title: The tide is known, check: len(branch.tide) > 0, owner: keeper, remedy: measure it, basis: act, due: hung}}
  measured: {{title: The tide was measured, check: len(branch.tide) > 0, owner: keeper, remedy: measure it, basis: act, due: week}}
  seen: {{title: The tide was measured on time, check: len(branch.tide) > 0, owner: keeper, remedy: measure it, basis: act, due: feast, level: warn}}
deadlines:
  hung: {{title: Notice, due: {{after: first, days: 20}}, owner: keeper, until: branch.stage != "first", ladder: [0d]}}
  week: {{title: Ten working days, due: {{after: first, working_days: 10}}, owner: keeper, until: branch.stage != "first", ladder: [0d]}}
  feast: {{title: The feast, due: 2026-03-25, owner: keeper, until: branch.stage != "first", ladder: [0d]}}
gates:
  licence:
    phases: {{working: working, withdrawn: {{title: withdrawn, final: true}}}}
    moves:
      approve: {{from: working, to: next_stage, by: keeper, requires: [not_early, stood, noticed, measured, seen]}}
      pass_on: {{from: working, to: next_stage, by: office}}
      withdraw: {{from: working, to: withdrawn, by: keeper}}
stages:
  first: {{gate: licence, lasts: {lasts}d}}
  second: {{gate: licence, lasts: 20d}}
  third: {{gate: licence}}
"""
WHY = "the ice has not gone"


def roster(count: int = 8) -> list[Row]:
    """Docks `d0` ... in batches 1 and 2 and groups g1 and g2 in turn; kay keeps them all, bo is the office, gus the first group."""
    rows = [{"branch": f"d{n}", "title": f"Dock {n}", "batch": str(n % 2 + 1), "group": f"g{n % 2 + 1}"} for n in range(count)]
    rows += [{"branch": f"d{n}", "person": "kay", "name": "Kay", "roles": "keeper"} for n in range(count)]
    return [*rows, {"person": "gus", "name": "Gus", "group": "g1", "roles": "group"}, {"person": "bo", "name": "Bo", "roles": "office"}]


def rules(lasts: int = 30) -> Definition:
    return load_text(TEXT.format(lasts=lasts), "docks")


DOCKS = rules()


class Docks:
    """The campaign from 2026-03-02 on: the first stage is planned to end on 2026-04-01."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.campaign = Campaign.create(":memory:", DOCKS, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster())

    def day(self, day: str) -> Docks:
        self.clock.set(datetime.fromisoformat(f"{day}T09:00:00+00:00").astimezone(UTC))
        return self

    def due(self, branch: str) -> dict[str, str]:
        return {finding.code: finding.due for finding in self.campaign.ask(branch, "approve").findings if finding.due}

    def unmet(self, branch: str) -> list[str]:
        return [finding.code for finding in self.campaign.ask(branch, "approve").standing]

    def ends(self) -> dict[str, str | None]:
        return {ident: each.planned_end for ident, each in self.campaign.outlooks().items()}

    def count(self) -> int:
        row = self.campaign.store.row("SELECT COUNT(*) FROM workflow_event")
        return int(row[0]) if row else 0

    def passed(self, branch: str, times: int) -> None:
        for _ in range(times):
            assert self.campaign.move(branch, "pass_on", by="bo")

    def scattered(self) -> Docks:
        """Batch 1: d0 in the first stage, d2 in the second, d4 without a planned end, d6 withdrawn; d7 of batch 2 dissolved."""
        self.passed("d2", 1)
        self.passed("d4", 2)
        assert self.campaign.move("d6", "withdraw", by="kay")
        assert self.campaign.dissolve("d7", by="bo", reason="filled in")
        return self


@pytest.fixture
def docks() -> Iterator[Docks]:
    found = Docks()
    yield found
    proof = found.campaign.verify()
    assert proof.whole, (proof.breaks, proof.differences)
    found.campaign.close()


def only(verdicts: tuple[Verdict, ...]) -> Verdict:
    (verdict,) = verdicts
    return verdict


def test_an_extension_moves_the_planned_end_and_what_is_counted_from_the_beginning(docks: Docks) -> None:
    docks.day("2026-03-28")
    assert docks.due("d0") == {"noticed": "2026-03-22", "measured": "2026-03-16", "seen": "2026-03-25"}
    assert "not_early" not in docks.unmet("d0")  # five days before the end on 1 April
    verdict = only(docks.campaign.extend(10, branches=["d0"], by="bo", reason=f" {WHY} "))
    assert verdict.detail == {"days": 10, "reason": WHY, "planned_end": "2026-04-11", "was": "2026-04-01"}
    assert (verdict.command, verdict.role, verdict.source, verdict.target) == ("extend", "office", "first.working", "first.working")
    outlook = docks.campaign.why("d0")
    assert (outlook.planned_end, outlook.days, outlook.state) == ("2026-04-11", 26, "first.working")
    assert docks.due("d0") == {"noticed": "2026-04-01", "measured": "2026-03-26", "seen": "2026-03-25"}  # a feast stays
    assert "not_early" in docks.unmet("d0")
    assert "not_early" not in docks.unmet("d1")
    assert docks.ends()["d1"] == "2026-04-01"
    event = list(docks.campaign.timeline("d0"))[-1]
    assert (event.kind, event.actor, event.payload["days"], event.payload["reason"]) == ("extended", "bo", 10, WHY)


def test_extensions_add_up_and_end_with_the_attempt(docks: Docks) -> None:
    docks.campaign.extend(3, branches=["d0"], by="gus", reason=WHY)
    second = only(docks.campaign.extend(4, branches=["d0"], by="bo", reason=WHY))
    assert (second.detail["was"], second.detail["planned_end"]) == ("2026-04-04", "2026-04-08")
    docks.passed("d0", 1)
    assert docks.campaign.why("d0").planned_end == "2026-03-22"  # twenty days, from 2 March on


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_extension_is_said_in_words(docks: Docks, lang: str) -> None:
    said = docks.campaign.explain(only(docks.campaign.extend(10, branches=["d0"], by="bo", reason=WHY)), lang)
    assert said.startswith({"en": "Dock 0 is given 10 days more for first.", "zh": "Dock 0 的 first 延期 10 天。"}[lang])
    assert {"en": "planned end: 2026-04-01 → 2026-04-11", "zh": "计划结束日：2026-04-01 → 2026-04-11"}[lang] in said
    assert WHY in said


def test_while_suspended_no_move_is_made_and_facts_are_entered(docks: Docks) -> None:
    docks.day("2026-03-12")
    assert only(docks.campaign.suspend(branches=["d0"], by="bo", reason=WHY)).detail == {"on": "2026-03-12", "reason": WHY}
    docks.day("2026-03-15")
    refused = docks.campaign.move("d0", "withdraw", by="kay")
    assert [f.code for f in refused.standing] == ["rule.running"]
    assert refused.standing[0].detail == {"state": "suspended", "since": "2026-03-12"}
    en, zh = (docks.campaign.explain(refused, lang) for lang in ("en", "zh"))
    assert "suspended since 2026-03-12 (3 days); it goes on once it is resumed" in en
    assert "自 2026-03-12 起暂停（3 天），恢复后方可办理" in zh
    assert docks.campaign.record("d0", "tide", by="kay", fields={"metres": 3})
    assert docks.campaign.move("d1", "withdraw", by="kay")
    outlook = docks.campaign.why("d0")
    assert (outlook.suspended, outlook.blocker, [p.id for p in outlook.hands]) == ("2026-03-12", "rule.running", ["bo"])
    assert (outlook.state, outlook.days) == ("first.working", 10)  # until it was suspended


def test_resumed_a_clock_has_as_many_days_left_as_when_it_stopped(docks: Docks) -> None:
    docks.day("2026-03-12")
    docks.campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    before = docks.due("d0")
    assert before == {"noticed": "2026-03-22", "measured": "2026-03-16", "seen": "2026-03-25"}
    docks.day("2026-04-11")  # thirty days later: 20 days are left still
    assert docks.ends()["d0"] == "2026-05-01"
    assert only(docks.campaign.resume(branches=["d0"], by="bo", reason="open again")).detail == {"on": "2026-04-11", "reason": "open again"}
    outlook = docks.campaign.why("d0")
    assert (outlook.planned_end, outlook.days, outlook.suspended) == ("2026-05-01", 10, None)
    # of ten working days from Monday 2 March on seven were over, on 12 to 16 March three were to come: they come on 13 to 15 April
    assert docks.due("d0") == {"noticed": "2026-04-21", "measured": "2026-04-15", "seen": "2026-03-25"}
    assert docks.unmet("d0") == ["not_early", "noticed", "measured"]  # ten days stood, of eight; but twenty are left, not five
    docks.day("2026-04-26")
    assert docks.unmet("d0") == ["noticed", "measured"]
    assert docks.ends()["d0"] == "2026-05-01"
    assert docks.campaign.why("d0").days == 25


def test_time_is_not_served_while_suspended(docks: Docks) -> None:
    docks.day("2026-03-09").campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    docks.day("2026-03-19").campaign.resume(branches=["d0"], by="bo", reason=WHY)
    assert "stood" in docks.unmet("d0")  # seven days of eight
    assert "stood" not in docks.unmet("d1")
    assert "stood" not in docks.day("2026-03-20").unmet("d0")


def test_a_suspended_branch_is_extended_and_all_of_it_counts(docks: Docks) -> None:
    docks.day("2026-03-12").campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    docks.day("2026-03-14")
    extended = only(docks.campaign.extend(5, branches=["d0"], by="bo", reason=WHY))
    assert (extended.detail["was"], extended.detail["planned_end"]) == ("2026-04-03", "2026-04-08")
    assert docks.ends()["d0"] == "2026-04-08"
    docks.day("2026-03-20").campaign.resume(branches=["d0"], by="bo", reason=WHY)
    assert docks.ends()["d0"] == "2026-04-14"  # 1 April, and five, and eight
    docks.campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    docks.day("2026-03-21").campaign.resume(branches=["d0"], by="bo", reason=WHY)
    assert docks.ends()["d0"] == "2026-04-15"


def test_an_extension_reaches_a_pause_that_came_after_the_planned_end(docks: Docks) -> None:
    docks.day("2026-04-04").campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    docks.day("2026-04-10").campaign.resume(branches=["d0"], by="bo", reason=WHY)
    assert docks.ends()["d0"] == "2026-04-01"  # it had run out
    extended = only(docks.campaign.extend(10, branches=["d0"], by="bo", reason=WHY))
    assert (extended.detail["was"], extended.detail["planned_end"]) == ("2026-04-01", "2026-04-17")
    assert docks.ends()["d0"] == "2026-04-17"


def test_a_batch_is_extended_but_for_what_has_no_time_to_be_given(docks: Docks) -> None:
    docks.scattered()
    before = docks.ends()
    verdicts = docks.campaign.extend(10, batch="1", by="bo", reason=WHY)
    assert [(v.branch, v.detail["was"], v.detail["planned_end"]) for v in verdicts] == [
        ("d0", "2026-04-01", "2026-04-11"),
        ("d2", "2026-03-22", "2026-04-01"),
    ]
    assert docks.ends() == {**before, "d0": "2026-04-11", "d2": "2026-04-01"}
    everywhere = docks.campaign.extend(1, everywhere=True, by="bo", reason=WHY)
    assert [v.branch for v in everywhere] == ["d0", "d1", "d2", "d3", "d5"]


def test_a_stage_narrows_the_choice(docks: Docks) -> None:
    docks.scattered()
    assert [v.branch for v in docks.campaign.extend(1, everywhere=True, stage="second", by="bo", reason=WHY)] == ["d2"]
    assert [v.branch for v in docks.campaign.extend(1, batch="1", stage="first", by="bo", reason=WHY)] == ["d0"]
    assert [v.branch for v in docks.campaign.extend(1, stage="first", by="bo", reason=WHY)] == ["d0", "d1", "d3", "d5"]
    assert [v.branch for v in docks.campaign.extend(1, branches=["d2", "d1", "d1"], stage="first", by="bo", reason=WHY)] == ["d1"]


def test_a_batch_is_suspended_and_resumed_what_is_already_passed_over(docks: Docks) -> None:
    docks.scattered()
    docks.campaign.suspend(branches=["d2"], by="bo", reason=WHY)
    assert [v.branch for v in docks.campaign.suspend(batch="1", by="bo", reason=WHY)] == ["d0", "d4"]  # d6 is at its end
    docks.day("2026-03-05")
    assert [v.branch for v in docks.campaign.resume(everywhere=True, by="bo", reason=WHY)] == ["d0", "d2", "d4"]
    assert docks.ends()["d0"] == "2026-04-04"
    assert docks.ends()["d1"] == "2026-04-01"
    with pytest.raises(Misuse) as caught:
        docks.campaign.resume(everywhere=True, by="bo", reason=WHY)
    assert caught.value.say("en") == "nothing to resume: 8 branches chosen (not suspended: 7, ended: 1)"
    assert caught.value.say("zh") == "无可恢复：所选支部 8 个（并未暂停 7 个、已终止 1 个）"


def test_all_or_none(docks: Docks) -> None:
    before, written = docks.ends(), docks.count()
    refused = docks.campaign.extend(10, everywhere=True, by="gus", reason=WHY)  # of the first group only
    assert [(v.branch, v.allowed, [f.code for f in v.standing]) for v in refused] == [(f"d{n}", False, ["rule.role"]) for n in (1, 3, 5, 7)]
    assert docks.ends() == before
    assert docks.count() == written + 4
    assert [list(docks.campaign.timeline(f"d{n}"))[-1].kind for n in (0, 1)] == ["roster", "refused"]
    assert [v.allowed for v in docks.campaign.extend(10, batch="1", by="gus", reason=WHY)] == [True] * 4


def test_the_same_key_gives_the_first_answers_and_writes_nothing(docks: Docks) -> None:
    orders: list[Callable[[str], tuple[Verdict, ...]]] = [
        lambda key: docks.campaign.extend(10, batch="1", by="bo", reason=WHY, key=key),
        lambda key: docks.campaign.suspend(everywhere=True, by="bo", reason=WHY, key=key),
        lambda key: docks.campaign.resume(branches=["d3", "d1"], by="bo", reason=WHY, key=key),
    ]
    first = [order(f"k{n}") for n, order in enumerate(orders)]
    written = docks.count()
    docks.day("2026-03-09")
    again = [order(f"k{n}") for n, order in enumerate(orders)]  # there is nobody left to suspend, or to resume, by now
    assert again == first
    assert [v.branch for v in again[2]] == ["d3", "d1"]
    assert all(v.repeated for verdicts in again for v in verdicts)
    assert docks.count() == written
    for days, batch, by in ((11, "1", "bo"), (10, "2", "bo"), (10, "1", "gus")):
        with pytest.raises(KeyReused):
            docks.campaign.extend(days, batch=batch, by=by, reason=WHY, key="k0")
    with pytest.raises(KeyReused):
        docks.campaign.suspend(batch="1", by="bo", reason=WHY, key="k0")
    assert docks.count() == written


def test_a_refused_order_is_recognised_by_its_key_too(docks: Docks) -> None:
    first = docks.campaign.suspend(branches=["d0", "d1"], by="kay", reason=WHY, key="k")
    written = docks.count()
    again = docks.campaign.suspend(branches=["d0", "d1"], by="kay", reason=WHY, key="k")
    assert again == first
    assert [(v.branch, v.allowed, v.repeated) for v in again] == [("d0", False, True), ("d1", False, True)]
    assert docks.count() == written
    with pytest.raises(KeyReused):
        docks.campaign.suspend(branches=["d0"], by="kay", reason=WHY, key="k")


def test_a_branch_named_by_itself_is_one_branch(docks: Docks) -> None:
    assert only(docks.campaign.extend(3, branches="d0", by="bo", reason=WHY)).branch == "d0"
    assert only(docks.campaign.suspend(branches="d0", by="bo", reason=WHY)).allowed
    assert only(docks.campaign.resume(branches="d0", by="bo", reason=WHY)).allowed


def test_nobody_looks_ahead_to_the_end_of_the_calendar(docks: Docks) -> None:
    docks.campaign.suspend(branches="d0", by="bo", reason=WHY)
    with pytest.raises(Misuse, match="9999-12-31 is too far ahead: the next 3,650 days can be looked at"):
        docks.campaign.preview(lambda campaign: campaign.resume(branches="d0", by="bo", reason=WHY), on="9999-12-31")


def test_a_key_that_begins_with_another_is_another_key(docks: Docks) -> None:
    docks.campaign.extend(1, branches=["d0"], by="bo", reason=WHY, key="k/d1")
    assert [v.repeated for v in docks.campaign.extend(1, branches=["d1"], by="bo", reason=WHY, key="k")] == [False]
    assert (docks.ends()["d0"], docks.ends()["d1"]) == ("2026-04-02", "2026-04-02")


def test_each_branch_by_the_rules_in_force_for_it(docks: Docks) -> None:
    docks.passed("d2", 1)
    assert docks.campaign.enact(rules(40), by="bo", reason="longer", starts="2026-03-03", scope="running")
    assert docks.campaign.extend(1, branches=["d0"], by="bo", reason=WHY)[0].detail["planned_end"] == "2026-04-02"
    docks.day("2026-03-03")
    assert [v.detail["planned_end"] for v in docks.campaign.extend(1, batch="1", by="bo", reason=WHY)] == [
        "2026-04-13",  # d0: forty days, and two
        "2026-03-23",
        "2026-04-12",
        "2026-04-12",
    ]


def test_a_trial_run_writes_nothing(docks: Docks) -> None:
    before, written = docks.ends(), docks.count()
    impact = docks.campaign.preview(lambda campaign: campaign.extend(10, batch="1", by="bo", reason=WHY))
    assert impact.allowed
    assert (docks.ends(), docks.count()) == (before, written)


def test_who_may(docks: Docks) -> None:
    assert not only(docks.campaign.extend(1, branches=["d0"], by="kay", reason=WHY))
    assert not only(docks.campaign.suspend(branches=["d0"], by="gus", reason=WHY))
    docks.campaign.suspend(branches=["d0"], by="bo", reason=WHY)
    assert not only(docks.campaign.resume(branches=["d0"], by="gus", reason=WHY))
    with pytest.raises(NotFound):
        docks.campaign.suspend(branches=["d1"], by="nobody", reason=WHY)


def test_a_branch_that_has_ended_is_refused_where_it_is_named(docks: Docks) -> None:
    docks.scattered()
    for answers in (
        docks.campaign.extend(1, branches=["d0", "d7"], by="bo", reason=WHY),
        docks.campaign.suspend(branches=["d7"], by="bo", reason=WHY),
        docks.campaign.resume(branches=["d7"], by="bo", reason=WHY),
    ):
        verdict = only(answers)
        assert (verdict.branch, [f.code for f in verdict.standing]) == ("d7", ["rule.running"])
        assert "was dissolved on 2026-03-02" in docks.campaign.explain(verdict)
    assert docks.ends()["d0"] == "2026-04-01"


@pytest.mark.parametrize(
    ("command", "branches", "en", "zh"),
    [
        ("extend", ["d4"], "nothing to extend (d4: no planned end)", "无可延期（d4：没有计划结束日）"),
        ("extend", ["d0", "d6"], "nothing to extend (d6: in a final state)", "无可延期（d6：已处于终点状态）"),
        ("suspend", ["d0", "d2", "d6"], "nothing to suspend (d2: suspended already; d6: in a final state)", "无可暂停（d2：已经暂停；d6：已处于终点状态）"),
        ("resume", ["d0"], "nothing to resume (d0: not suspended)", "无可恢复（d0：并未暂停）"),
    ],
)  # fmt: skip
def test_what_is_named_must_make_sense(docks: Docks, command: str, branches: list[str], en: str, zh: str) -> None:
    docks.scattered().campaign.suspend(branches=["d2"], by="bo", reason=WHY)
    written = docks.count()
    days = [1] if command == "extend" else []
    with pytest.raises(Misuse) as caught:
        getattr(docks.campaign, command)(*days, branches=branches, by="bo", reason=WHY)
    assert (caught.value.say("en"), caught.value.say("zh")) == (en, zh)
    assert docks.count() == written


def test_a_choice_is_one_and_known(docks: Docks) -> None:
    def fault(**chosen: object) -> str:
        with pytest.raises(Misuse) as caught:
            docks.campaign.suspend(by="bo", reason=WHY, **chosen)  # type: ignore[arg-type]
        return caught.value.say("en")

    assert fault().startswith("no branch was chosen: name branches, or a batch, or all of them")
    for chosen in ({"branches": ["d0"], "batch": "1"}, {"batch": "1", "everywhere": True}, {"branches": ["d0"], "everywhere": True}):
        assert fault(**chosen).startswith("more than one way to choose branches was given")
    assert fault(branches=["d0", "dock 7"]) == "there is no branch dock 7; did you mean d7 (Dock 7)?"
    assert fault(batch="3") == "there is no batch 3; known: 1, 2"
    assert fault(everywhere=True, stage="secnd") == "there is no stage secnd; did you mean second?"
    assert fault(everywhere=True, stage="third") == "nothing to suspend: no branch is there"
    with pytest.raises(Misuse, match="a reason is needed"):
        docks.campaign.resume(everywhere=True, by="bo", reason=" ")
    with pytest.raises(Misuse, match="not valid Unicode"):
        docks.campaign.suspend(branches=["d0"], by="bo", reason=WHY, key="\ud800")


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1, 1.5, True, "7"])
def test_days_are_whole_and_within_reason(docks: Docks, days: int) -> None:
    with pytest.raises(Misuse, match="by 1 to 3,650 whole days"):
        docks.campaign.extend(days, branches=["d0"], by="bo", reason=WHY)


def test_extensions_have_an_end_in_all(docks: Docks) -> None:
    docks.campaign.extend(LONGEST - 5, branches=["d2"], by="bo", reason=WHY)
    written = docks.count()
    with pytest.raises(Misuse) as caught:
        docks.campaign.extend(6, batch="1", by="bo", reason=WHY)
    assert caught.value.say("en") == "d2: a stage is extended by at most 3,650 days in all; it has 3,645, and 6 more are asked for"
    assert docks.count() == written  # d0 came before it, and is as it was
    assert docks.ends()["d0"] == "2026-04-01"
    assert only(docks.campaign.extend(5, branches=["d2"], by="bo", reason=WHY)).detail["planned_end"] == "2036-03-29"

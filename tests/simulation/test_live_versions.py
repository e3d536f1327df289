"""Under rules that change: a planned end is that of the version in force for it, states are called as in the plan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.cli.conftest import Desk
from tests.simulation.forecasts import FIXED, branches
from tests.simulation.live_stories import ABLE, day, entered, finishes, stage, story, units
from tests.simulation.rehearsals import Stage
from workflow.definition import Definition
from workflow.definition import load_text as load_rules
from workflow.engine.campaign import Campaign
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.live import Fit, History, fit, forecast, score, seen, standing
from workflow.simulation.plan import load_text
from workflow.store.facts import FactNeeds

MANY = FIXED.replace("people: 1", "people: 50")


def rules(*changes: tuple[str, str]) -> Definition:
    text = ABLE.replace("authority: {", "authority: {enact: office, ")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return load_rules(text, "small.yaml")


FIRST, LONGER = rules(), rules(("lasts: 45d", "lasts: 75d"), ("definition: small\n", 'definition: small\nversion: "2"\n'))


def begun(text: str, days: int, *counts: int, db: str | Path = ":memory:") -> Stage:
    """Played up to the evening of a day; the branches of later batches are to come."""
    played = stage(compiled(text, FIRST, *counts), db)
    played.play(until=day(played, days))
    return played


def compiled(text: str, under: Definition, *counts: int) -> Compiled:
    return compile_plan(load_text(text, under, "plan.yaml"), under, branches(*counts))


def today(played: Stage) -> Compiled:
    """The plan under the rules in force for what begins today."""
    under = played.campaign.definition
    return entered(evolve(played, compiled=compile_plan(played.compiled.plan, under, played.compiled.branches)))


def enacted(played: Stage, later: Definition, **how: Any) -> None:
    assert played.campaign.enact(later, by="officer", reason="better so", **how)


def engines(campaign: Campaign, branch: str) -> date:
    with campaign._desk.hearing(branch, lambda _version: FactNeeds()) as heard:
        assert heard.branch.planned_end is not None
        return date.fromisoformat(heard.branch.planned_end)


@pytest.mark.parametrize(("scope", "days"), [("new", 45.0), ("running", 75.0)])
def test_a_planned_end_is_that_of_the_version_in_force_for_the_branch(scope: str, days: float) -> None:
    """From 45 to 75 days, on day 3: those that run before that keep their 45 where it is for new ones only; who comes later has 75."""
    played = begun(FIXED, 3, 2)
    played.compiled = evolve(played.compiled, branches=branches(3))
    enacted(played, LONGER, scope=scope)
    assert all(played.campaign.extend(9, branches="b02", by="officer", reason="harvest"))
    played.clock.set(datetime(2005, 1, 22, 8, tzinfo=UTC))
    played.enter("b03")
    there = standing(today(played), played.campaign)
    found = {branch: unit.planned_end for branch, unit in units(there).items()}
    assert found == {"b01": days, "b02": days + 9, "b03": 5 + 75.0}
    assert found == {branch: (engines(played.campaign, branch) - played.compiled.starts).days for branch in found}


def working(found: tuple[Fit, ...]) -> Fit:
    (one,) = [each for each in found if each.state == "learning.working"]
    return one


def test_stays_that_were_over_are_measured_by_the_rules_they_were_left_by() -> None:
    """31 branches left on the day they were to; then that stage was made longer, for all that run."""
    played = begun(MANY, 48, 31, 1)
    before = working(fit(entered(played), History.of(played.campaign, entered(played))).fits)
    enacted(played, LONGER)
    model = today(played)
    history = History.of(played.campaign, model)
    found = fit(model, history)
    assert (before.n, before.fit) == (31, 0.0)
    assert working(found.fits) == before
    assert {stays[0].planned_end for branch, stays in history.stays.items() if branch != "b32"} == {45.0}
    again = compile_plan(found.plan, model.definition, model.branches)
    assert finishes(standing(again, played.campaign, history).compiled)["b32"] == 106 + 10  # day 103 is a Saturday


def test_what_was_renamed_is_called_as_in_the_plan() -> None:
    played = begun(FIXED, 48, 3)
    before = History.of(played.campaign, played.compiled)
    names = {"learning.inspection": "learning.visit", "analysis.inspection": "analysis.visit"}
    enacted(played, rules(("inspection", "visit")), states=names)
    text = FIXED.replace("inspection", "visit")
    model = compile_plan(load_text(text, played.campaign.definition, "plan.yaml"), played.campaign.definition, played.compiled.branches)
    after = History.of(played.campaign, model)
    assert {stay.state for stays in after.stays.values() for stay in stays} >= {"learning.working", "learning.visit"}
    assert {
        branch: [evolve(stay, state=names.get(stay.state, stay.state)) for stay in stays] for branch, stays in before.stays.items()
    } == {branch: list(stays) for branch, stays in after.stays.items()}
    assert History.of(played.campaign, played.compiled).stays == before.stays


def test_what_was_done_away_with_is_still_what_it_was_in_an_earlier_plan() -> None:
    """There is no make-up any more: whoever was there, on day 46, is to be inspected."""
    played = begun(story(), 46, 2)
    before = History.of(played.campaign, played.compiled)
    assert [stays[-1].state for stays in before.stays.values()] == ["learning.make_up"] * 2
    phase, gone = ", make_up: {en: make-up, zh: 补课}", ("require_make_up: ", "inspect_again: ")
    moves = [line for line in ABLE.splitlines(keepends=True) if line.strip().startswith(gone)]
    later = rules((phase, ""), *((line, "") for line in moves))
    enacted(played, later, states={f"{stage}.make_up": f"{stage}.inspection" for stage in ("learning", "analysis")})
    assert played.campaign.why("b01").state == "learning.inspection"
    assert History.of(played.campaign, played.compiled).stays == before.stays


def test_a_branch_finished_where_the_forecast_said_whatever_that_is_called_since() -> None:
    """The plan calls a branch finished in analysis.working, which is analysis.busy since 10 February; it came there on 10 March."""
    text = "\n".join(["finished: analysis.working", *[line for line in FIXED.splitlines() if "  analysis." not in line]])
    played = begun(text, 20, 1)
    played.clock.set(datetime(2005, 2, 10, 20, tzinfo=UTC))
    names = {"learning.working": "learning.busy", "analysis.working": "analysis.busy"}
    enacted(played, rules(("working", "busy")), states=names)
    played.clock.set(datetime(2005, 3, 10, 18, tzinfo=UTC))
    played.campaign.record("b01", "minutes", by="secretary-b01", fields={"what": "…"})
    for move, by in (("apply", "secretary-b01"), ("start", "officer"), ("approve", "officer")):
        assert played.campaign.move("b01", move, by=by)
    with seen(played.campaign, date(2005, 2, 5)) as then:
        there = standing(played.compiled, then.campaign, then.history(played.compiled))
        found = score(forecast(there, seed=1, replications=3, keep=True), History.of(played.campaign, played.compiled))
    (hit,) = found.by_branch
    assert (hit.truth, found.branches.open) == (53.0, 0)
    assert {each.truth for each in found.by_end} == {53.0}


def test_an_enacted_version_that_lies_ahead_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    played = begun(FIXED, 3, 1, db=desk.db)
    played.clock.set(datetime(2005, 1, 21, 9, tzinfo=UTC))
    enacted(played, LONGER, starts=date(2005, 2, 1), scope="new")
    played.campaign.close()
    plan = desk.write("plan.yaml", FIXED)

    def head(lang: str, *args: str) -> list[str]:
        """Without the line on batch 2, which is not on the roster yet."""
        stand, _, *others = desk.run("forecast", plan, "--replications", "2", *args, "--lang", lang).stdout.splitlines()[1:5]
        return [stand, *others]

    name = LONGER.hash[:8]
    english = f"Enacted, but not in force yet, and not in this forecast: version 2 ({name}), in force from 2005-02-01 on, for attempts that"
    assert head("en")[1] == f"{english} begin from then on."
    assert head("zh")[1] == f"已决定施行但尚未生效、未计入本预测的：第 2 版（{name}），自 2005-02-01 起，仅适用于此后开始的轮次。"
    for told in (head("en", "--at", "2005-01-20"), head("en", "--now", "2005-02-01T09:00")):
        assert told[1].startswith("2 replications")

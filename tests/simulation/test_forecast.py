"""The command `forecast`: what it takes, what it says, how an earlier forecast is scored, and how it fails."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import Desk
from tests.simulation.forecasts import BY_CHANCE, FIXED, branches
from tests.simulation.live_stories import ABLE, finishes, model, next_morning, stage
from workflow.definition import load_text as load_rules
from workflow.engine.campaign import Campaign
from workflow.simulation.compiling import compile_plan
from workflow.simulation.live import History, Hit, Standing, Tally, forecast, score, seen, standing
from workflow.simulation.plan import load_text

CHANCE = BY_CHANCE.replace("people: 2", "people: 3")
FEW = ("--replications", "40")


def campaign(folder: Path, text: str, counts: tuple[int, ...], days: int | None = None) -> Desk:
    """A folder with a plan and a campaign that was played by it, to its end or up to the evening of a day."""
    desk = Desk(folder)
    desk.write("plan.yaml", text)
    played = stage(model(text, *counts), desk.db)
    played.play(5, until=None if days is None else next_morning(played, days))
    played.campaign.close()
    return desk


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return campaign(tmp_path_factory.mktemp("whole"), CHANCE, (45,))


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return campaign(tmp_path_factory.mktemp("half"), FIXED, (6, 4), 62)


def said(desk: Desk, *args: str, code: int = 0, lang: str = "en") -> str:
    done = desk.run("forecast", str(desk.folder / "plan.yaml"), *args, "--lang", lang, code=code)
    return done.stdout if code == 0 else done.stderr


def test_the_head_says_where_it_stands(half: Desk) -> None:
    lines = said(half, *FEW, "--now", "2005-03-22T20:00").splitlines()
    assert lines[0].endswith("10 branches in 2 batches from 2005-01-17; branches of test.db.")
    assert lines[1] == "As it stood on 2005-03-22 20:00: 6 finished, 4 under way, 0 not begun."
    assert lines[2] == "40 replications, seed 1: the same seed gives the same figures."
    assert lines[4] == "All durations and shares are those of the plan."
    assert lines[5].startswith("By the plan, seen less often: learning · at work 6; learning · inspection 6; analysis · at work 6")


def test_nothing_by_chance_ends_as_it_was_planned(half: Desk) -> None:
    found = said(half, *FEW, "--view", "finish")
    assert "batch 1  finished  6 of 6           2005-03-20 (-0 +0)" in found
    assert "batch 2  finished  4 of 4           2005-04-15 (-0 +0)" in found
    assert "batch 1  learning  6 of 6           2005-03-10 (-0 +0)" in found  # which was over by then


@pytest.mark.parametrize("view", ["summary", "finish", "risk", "drivers", "load", "queues", "makeup", "groups", "calendar"])
def test_every_view_in_both_languages(whole: Desk, view: str) -> None:
    args = (*FEW, "--at", "2005-03-20", "--score", "--view", view)
    english, chinese = (said(whole, *args, lang=lang) for lang in ("en", "zh"))
    assert "As it stood on 2005-03-20 23:59" in english
    assert "截至 2005-03-20 23:59" in chinese
    assert len(english.splitlines()) == len(chinese.splitlines()) > 12
    assert not any("一" <= char <= "鿿" for char in english)
    assert english == said(whole, *args)


def test_what_the_ledger_says_holds_unless_the_plan_is_to(whole: Desk) -> None:
    fitted = said(whole, *FEW, "--at", "2005-04-20")
    assert "What the ledger has seen 30 times and more, and so holds rather than the plan (Kaplan-Meier;" in fitted
    assert "learning · inspection  approve, attempt 1" in fitted
    planned = said(whole, *FEW, "--at", "2005-04-20", "--durations", "plan")
    assert "All durations and shares are those of the plan." in planned
    assert "Kaplan-Meier" not in planned
    changed = said(whole, *FEW, "--at", "2005-04-20", "--set", "learning.working.plus=4")
    assert "As it was set: learning · at work 46" in changed or "As it was set: learning · at work 4" in changed
    assert "Changed: learning.working.plus=4." in changed


def test_json_is_as_its_schema_says(whole: Desk) -> None:
    args = ("forecast", str(whole.folder / "plan.yaml"), *FEW, "--at", "2005-04-20", "--score")
    found = whole.json(*args)
    Draft202012Validator(workflow.schema("simulation")).validate(found)
    live = found["live"]
    assert (live["instant"][:10], live["now"]) == ("2005-04-20", 94.0)
    assert live["finished"] + live["under_way"] + live["not_begun"] == 45
    assert live["score"]["branches"]["within"]["of"] == len(live["score"]["by_branch"]) == live["under_way"]
    assert {each["method"] for each in live["fits"]} == {"product_limit", "shares", "plan"}
    assert json.dumps(whole.json(*args)) == json.dumps(found)
    assert whole.json("forecast", str(whole.folder / "plan.yaml"), *FEW)["live"]["score"] is None


def test_suspended_branches_are_named(tmp_path: Path) -> None:
    desk = campaign(tmp_path, FIXED, (3,), 20)
    desk.run("suspend", "b02", "--by", "officer", "--reason", "flood", "--now", "2005-02-07T09:00")
    assert "Suspended, and taken to go on today: 1 (b02)." in said(desk, *FEW)
    assert "已暂停、推演中视为今天恢复的：1 个（b02）。" in said(desk, *FEW, lang="zh")
    assert desk.json("forecast", str(desk.folder / "plan.yaml"), *FEW)["live"]["suspended"] == ["b02"]


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("--score",), "--score holds the forecast of an earlier day against what came of it: give that day, --at DATE"),
        (("--at", "2035-01-01"), "2035-01-01 lies ahead"),
        (("--at", "2004-01-01"), "on 2004-01-01 there was no campaign yet"),
        (("--at", "soon"), "soon is not a day such as 2005-03-14"),
        (("--view", "sensitivity"), "is about a plan before it begins"),
        (("--batch", "9"), "the plan has no batch 9"),
        (("--set", "ofice.people=3"), "did you mean office.people?"),
        (("--at", "2005-01-16"), "there was no campaign yet"),
    ],
)
def test_what_makes_no_sense_ends_with_2(half: Desk, args: tuple[str, ...], text: str) -> None:
    found = said(half, *args, code=2)
    assert text in found
    assert "Traceback" not in found


def test_without_a_campaign(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "which database?" in desk.run("forecast", "district-2005", code=2, global_options=False).stderr
    desk.write("small.yaml", ABLE)
    desk.run("new", str(tmp_path / "small.yaml"), "--rehearsal", "--now", "2005-01-03")
    assert "test.db has no branches to forecast" in desk.run("forecast", desk.write("plan.yaml", FIXED), code=2).stderr


# -- as of an earlier day --------------------------------------------------------------------------------------------------


def then(desk: Desk, at: date) -> tuple[Standing, History]:
    with Campaign.open(desk.db) as live, seen(live, at) as past:
        compiled = model(CHANCE, 45)
        return standing(compiled, past.campaign, past.history(compiled)), History.of(live, compiled)


@pytest.mark.parametrize("days", [20, 50, 62, 80, 110])
def test_an_earlier_day_stands_as_it_stood_then(tmp_path: Path, whole: Desk, days: int) -> None:
    """The campaign that was played on, as of a day, and the one that was played up to that day only."""
    until = campaign(tmp_path, CHANCE, (45,), days)
    with Campaign.open(until.db) as live, Campaign.open(whole.db) as other:
        compiled = model(CHANCE, 45)
        with seen(other, compiled.starts + timedelta(days=days)) as past, seen(live, None) as now:
            mine, its = past.history(compiled), now.history(compiled)
            assert {branch: [(stay.state, stay.began, stay.left) for stay in stays] for branch, stays in mine.stays.items()} == {
                branch: [(stay.state, stay.began, stay.left) for stay in stays] for branch, stays in its.stays.items()
            }
            assert mine.now == days + 1
            late = evolve(its, now=mine.now)  # it stands at its last event
            assert finishes(standing(compiled, past.campaign, mine).compiled) == finishes(standing(compiled, now.campaign, late).compiled)


def test_the_score_by_hand(whole: Desk) -> None:
    stood, truth = then(whole, date(2005, 4, 20))
    made = forecast(stood, seed=3, replications=60, keep=True)
    found = score(made, truth)
    finished = {branch: stays[-1].began for branch, stays in truth.stays.items()}
    bands = made.finishes(0.1, 0.5, 0.9)
    open_then = [branch for branch in finished if branch not in stood.finished]
    within = sum(bands[branch][0] <= finished[branch] <= bands[branch][2] for branch in open_then)
    assert found.branches.within is not None
    assert (found.branches.within.times, found.branches.within.of, found.branches.open, found.gone) == (within, len(open_then), 0, 0)
    errors = [made.means()[branch] - finished[branch] for branch in open_then]
    assert found.branches.error is not None
    assert found.branches.error.value == pytest.approx(sum(errors) / len(errors))
    (end,) = [hit for hit in found.by_end if hit.stage is None]
    assert end.truth == sorted(finished.values())[42]  # 43 of 45 are 95 %
    assert found.ends.open == 0


def test_midnight_comes_twice() -> None:
    """In Santiago, on 12 March 2005, it was between eleven and twelve twice: b01 applied when it was so for the second time."""
    rules = load_rules(ABLE.replace("definition: small\n", "definition: small\ncalendar: {zone: America/Santiago}\n"), "small.yaml")
    compiled = compile_plan(load_text(FIXED, rules, "plan.yaml"), rules, branches(1))
    played = stage(compiled)
    played.enter("b01")
    played.clock.set(datetime(2005, 3, 13, 3, 30, tzinfo=UTC))
    played.campaign.record("b01", "minutes", by="secretary-b01", fields={"what": "…"})
    assert played.campaign.move("b01", "apply", by="secretary-b01")
    assert played.campaign.today == "2005-03-12"
    played.clock.set(datetime(2005, 3, 20, 3, 30, tzinfo=UTC))
    with seen(played.campaign, date(2005, 3, 12)) as past:
        assert past.campaign.why("b01").state == "learning.applied"
    with seen(played.campaign, date(2005, 3, 11)) as past:
        assert past.campaign.why("b01").state == "learning.working"


def late(number: int, **truth: float | None) -> Hit:
    return Hit(branch=f"b{number:02}", low=50, middle=51, high=52, mean=51, truth=truth.get("truth"))


def test_who_is_later_than_the_band_lies_outside_although_it_is_open() -> None:
    """Ten were to finish on days 50 to 52: one did on day 51, nine have not by day 200."""
    hits = [late(1, truth=51), *(late(number) for number in range(2, 11))]
    found = Tally.of(hits, now=200)
    assert found.within is not None
    assert found.error is not None
    assert (found.within.times, found.within.of, found.error.value, found.open) == (1, 10, 0.0, 9)
    while_it_may_be = Tally.of(hits, now=52)
    assert while_it_may_be.within is not None
    assert (while_it_may_be.within.times, while_it_may_be.within.of, while_it_may_be.open) == (1, 1, 9)
    nobody = Tally.of(hits[1:], now=200)
    assert nobody.within is not None
    assert (nobody.within.times, nobody.within.of, nobody.error, nobody.open) == (0, 9, None, 9)
    assert Tally.of(hits[1:], now=51).within is None


def test_a_forecast_that_was_too_early_is_not_flattered(half: Desk) -> None:
    """On 10 March the first batch was to be through a fortnight later; four months on the second has not moved."""
    args = (*FEW, "--at", "2005-03-10", "--score", "--now", "2005-07-20T20:00")
    text, zh = said(half, *args), said(half, *args, lang="zh")
    assert (
        "of 10 that had not finished then, and have since or are later than their P90, 60% (31.3 to 83.2%) finished within their own"
        in text
    )
    assert "Of those that have finished, the mean was +0.0 (+0.0 to +0.0) days off on average (above 0: too late)." in text
    assert "\n4 have not finished yet.\n" in text
    assert "当时未结束、此后已结束或已过其 P90 的 10 个中，结束时间落在各自 P10 至 P90 区间内的占 60%" in zh
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("batch 2") and "not yet" in line] == ["no", "no"]
    early = said(half, *FEW, "--at", "2005-03-10", "--score", "--now", "2005-03-22T20:00")
    assert "of 6 that had not finished then" in early
    assert [line.split()[-1] for line in early.splitlines() if line.startswith("batch 2") and "not yet" in line] == ["yet", "yet"]


def test_who_computes_changes_nothing(half: Desk) -> None:
    assert said(half, *FEW, "--workers", "1") == said(half, *FEW, "--workers", "2")
    assert "either workers here or a scheduler, not both" in said(half, "--workers", "2", "--scheduler", "tcp://127.0.0.1:1", code=2)
    assert "here 不是调度器地址" in said(half, "--scheduler", "here", code=2, lang="zh")


def test_a_batch_that_is_not_on_the_roster_yet_is_named(tmp_path: Path) -> None:
    """On the 10th day only batch 1 has come."""
    desk = campaign(tmp_path, FIXED, (6, 4), 10)
    assert "Not on the roster yet, and so not in this forecast: batch 2." in said(desk, *FEW)
    assert "尚未列入名册、因而未计入本预测的：第 2 批。" in said(desk, *FEW, lang="zh")


def test_what_is_not_over_yet_is_counted(tmp_path: Path) -> None:
    desk = campaign(tmp_path, CHANCE, (45,), 80)
    stood, truth = then(desk, date(2005, 3, 10))
    found = score(forecast(stood, seed=3, replications=20, keep=True), truth)
    finished = sum(stays[-1].state == "finished" for stays in truth.stays.values())
    assert found.branches.open == 45 - finished
    assert [hit.truth for hit in found.by_end if hit.stage is None] == [None]
    text = said(desk, *FEW, "--at", "2005-03-10", "--score")
    assert f"{45 - finished} have not finished yet." in text
    assert "not yet" in text

"""The timeline of a campaign in motion: a line for each kind of event, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.structure_ground import TEXT, Circles
from workflow.cli.events import event_text
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.texts import LANGUAGES

GRANTED = TEXT.replace("authority:", "authority:\n  enact: leaders").replace(
    "default: active}", "default: active, departures: {died: {en: died, zh: 去世}}}"
)


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """Everything that can happen, once."""
    circles = Circles(definition=load_text(GRANTED, "circles"))
    c = circles.campaign
    circles.study("mill", "bea")
    circles.case("mill", "make_up", "notes", member="bea")
    circles.case("dock", "defect", "no minutes")
    by: dict[str, Any] = {"by": "olga", "reason": "r"}
    assert all(c.extend(10, branches=["mill"], **by))
    assert all(c.suspend(branches=["mill"], **by))
    circles.day("2026-03-05")
    assert all(c.resume(branches=["mill"], **by))
    assert c.enrol("yard", "ned", name="Ned", **by)
    assert c.change("ned", flag=["lost"], **by)
    assert c.remove("ned", departure="died", **by)
    assert c.transfer("bea", "farm", **by)
    assert all(c.reassign("yard", batch="1", group="g1", restart=True, **by))
    assert c.split("farm", "barn", title="Barn", members=["hal", "ida"], by="leo", reason="r")
    assert c.merge("dock", "shop", by="leo", reason="r")
    assert c.dissolve("barn", members="farm", by="leo", reason="r")
    assert c.appoint("guy", "secretary", of="farm", **by)
    assert c.relieve("guy", "secretary", of="farm", **by)
    assert c.withdraw("mill", 2, by="ann", reason="r")
    assert c.move_case("shop", "defect-1", "mend", by="jim")
    circles.through("shop")
    assert c.close_batch("2", **by)
    later = load_text(GRANTED.replace("hours: {value: 4", "hours: {value: 5"), "circles")
    assert c.enact(later, by="leo", reason="r")
    return c


def lines(campaign: Campaign, branch: str | None, lang: str) -> list[str]:
    names = campaign.names()
    return [event_text(campaign.version(event.definition), event, lang, names).split("  ")[-1] for event in campaign.timeline(branch)]


EXPECTED = {
    None: (
        ["known from now on: Ned", "登记人员：Ned"],
        ["role taken back: Dot, secretary (Dock)", "收回角色：Dot，书记（Dock）"],
        ["role given: Guy, secretary (Farm): r", "授予角色：Guy，书记（Farm）：r"],
        ["role taken back: Guy, secretary (Farm): r", "收回角色：Guy，书记（Farm）：r"],
        ["batch 2 closed: 1 of 1 finished, 0 named as not finished: r", "批次 2 收尾：1 个中已完成 1 个，列明未完成 0 个：r"],
        [
            "version 1 enacted, in force from 2026-03-05 on, also for attempts that are running: r",
            "施行版本 1，自 2026-03-05 起，正在进行的轮次一并适用：r",
        ],
    ),
    "mill": (
        ["extended by 10 days: r", "延期 10 天：r"],
        ["suspended from 2026-03-02 on: r", "自 2026-03-02 起暂停：r"],
        ["goes on from 2026-03-05: r", "自 2026-03-05 起恢复：r"],
        ["off the roll: Bea, transferred to Farm: r", "转出：Bea，转往 Farm：r"],
    ),
    "farm": (
        ["on the roll: Bea, transferred from Mill, with records: 1, cases: 1: r", "转入：Bea，由 Mill 转来，随转记录 1 份、事项 1 项：r"],
        ["split: 2 members go to Barn: r", "分设：党员 2 名转至 Barn：r"],
        ["off the roll: Hal, split off to Barn: r", "转出：Hal，分设至 Barn：r"],
        ["on the roll: Hal, Barn having been dissolved: r", "转入：Hal，因 Barn 撤销：r"],
        ["no longer counts: what came from Mill #2 was withdrawn there: r", "不再计入：Mill 第 2 号已在原处撤回：r"],
    ),
    "dock": (
        ["ended: merged into Shop, open cases taken over: 1: r", "终止：并入 Shop，移交未办结事项 1 项：r"],
        ["off the roll: Eli, merged into Shop: r", "转出：Eli，并入 Shop：r"],
    ),
    "shop": (
        ["on the roll: Dot, Dock having been merged: r", "转入：Dot，因 Dock 并入：r"],
        ["open cases taken over from Dock (1): defect-1", "承接 Dock 未办结事项（1 项）：defect-1"],
    ),
    "barn": (
        ["founded: split off from Farm, at learning · working: r", "设立：由 Farm 分设，处于学习阶段 · 学习中：r"],
        ["on the roll: Ida, split off from Farm: r", "转入：Ida，由 Farm 分设：r"],
        ["ended: dissolved: r", "终止：撤销：r"],
        ["off the roll: Ida, now of Farm: r", "转出：Ida，现属 Farm：r"],
    ),
    "yard": (
        ["on the roll: Ned: r", "入册：Ned：r"],
        ["entry on the roll changed: Ned: r", "名册登记变更：Ned：r"],
        ["off the roll for good: Ned (died): r", "除册：Ned（去世）：r"],
        [
            "now batch 1, group g1 (before: batch 2, group g2), begins again at learning · working: r",
            "现属批次 1、督导组 g1（原属批次 2、督导组 g2），自学习阶段 · 学习中重新开始：r",
        ],
    ),
}


@pytest.mark.parametrize("branch", EXPECTED)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_event_has_its_words(campaign: Campaign, branch: str | None, lang: str) -> None:
    said = lines(campaign, branch, lang)
    found = [texts[LANGUAGES.index(lang)] for texts in EXPECTED[branch]]
    assert [line for line in said if line in found] == found


def test_no_event_is_left_without_words(campaign: Campaign) -> None:
    for branch in (None, *EXPECTED):
        kinds = {event.kind for event in campaign.timeline(branch)}
        assert not kinds & set(lines(campaign, branch, "en"))
        assert not kinds & set(lines(campaign, branch, "zh"))
    assert campaign.verify().whole

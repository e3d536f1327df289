"""The calendar of one person: parsed back by the library, through days, moves and completion."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.cli.conftest import Desk
from tests.visits import DEFINITION, START, TEXT, on, opened
from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.reminders import feed
from workflow.verdicts.findings import Verdict

ROSTER = [
    {"branch": "b2", "title": "B2", "person": "cho", "name": "Cho", "status": "in_post", "roles": "clerk"},
    {"person": "olga", "name": "Olga", "roles": "office"},
]
LINK = "https://oa.example.org/branches/{branch}"


@pytest.fixture
def visits() -> Iterator[Campaign]:
    with opened() as made:
        made.import_roster([{"branch": "b1", "title": "市劳动和社会保障局机关第一党支部", "person": "ann", "name": "安宁"}])
        note(made, "bob")
        yield on(made, "2026-03-17")


def done(verdict: Verdict) -> None:
    assert verdict.allowed, verdict.standing


def note(made: Campaign, member: str) -> None:
    done(made.record("b1", "note", by="ann", lines=[{"member": member, "good": True}]))


def read(campaign: Campaign, person: str, lang: str = "en", link: str = "") -> Any:
    return Calendar.from_ical(feed(campaign, person, lang, link=link))


def events(campaign: Campaign, person: str, lang: str = "en", link: str = "") -> dict[tuple[str, str], Any]:
    """Each event by its summary without the mark of what is late, and its day."""
    found = list(read(campaign, person, lang, link).walk("VEVENT"))
    said = {(re.sub("^(Overdue - |【逾期】)", "", str(each["summary"])), each["dtstart"].dt.isoformat()): each for each in found}
    assert len(said) == len(found)
    return said


def summaries(campaign: Campaign, person: str, lang: str) -> list[tuple[str, str]]:
    return [(each["dtstart"].dt.isoformat(), str(each["summary"])) for each in read(campaign, person, lang).walk("VEVENT")]


# -- what it says ------------------------------------------------------------------------------------------------------


def test_whatever_is_in_somebodys_hands_and_has_a_day(visits: Campaign) -> None:
    where = "市劳动和社会保障局机关第一党支部"
    assert summaries(visits, "ann", "zh") == [
        ("2026-03-06", f"【逾期】{where}：每周批阅：安宁"),
        ("2026-03-07", f"【逾期】{where}：第二篇笔记：Bob"),
        ("2026-03-13", f"【逾期】{where}：七个工作日"),
        ("2026-03-13", f"【逾期】{where}：每周批阅（2 项）"),
        ("2026-03-20", f"{where}：固定"),
        ("2026-03-20", f"{where}：每周批阅（2 项）"),
        ("2026-03-21", f"{where}：月报"),
        ("2026-03-27", f"{where}：结束前"),
        ("2026-03-27", f"{where}：每周批阅（2 项）"),
        ("2026-04-01", f"{where}：结束"),
        ("2026-04-21", f"{where}：月报"),
        ("2027-02-02", f"{where}：年末（未公布，待定）"),
    ]
    mine = {(item.deadline, item.day, item.period or item.subject) for item in visits.dues("b1") if item.owner == "clerk" and item.day}
    assert len(mine) == 12


def test_what_has_come_up_to_somebody(visits: Campaign) -> None:
    assert summaries(visits, "gus", "en") == [
        ("2026-03-06", "Overdue - 市劳动和社会保障局机关第一党支部: weekly check: 安宁"),
        ("2026-03-06", "Overdue - B2: weekly check: Cho"),
        ("2026-03-13", "Overdue - 市劳动和社会保障局机关第一党支部: weekly check (2)"),
        ("2026-03-13", "Overdue - B2: weekly check: Cho"),
    ]
    assert summaries(visits, "olga", "en") == []  # the congress has no day yet


def test_what_is_said_of_each(visits: Campaign) -> None:
    found = events(visits, "cho")
    assert str(found["B2: weekly check: Cho", "2026-03-13"]["description"]).split("\n") == [
        "4 days late on 2026-03-17",
        "period: 2026-03-09 to 2026-03-15",
        "answers for it: Cho (clerk)",
        "told as well: Gus (group)",
        "see: workflow why b2",
    ]
    assert "url" not in found["B2: fixed", "2026-03-20"]
    with_names = events(visits, "ann", "zh", LINK)["市劳动和社会保障局机关第一党支部：每周批阅（2 项）", "2026-03-13"]
    assert str(with_names["description"]).split("\n") == [
        "截至 2026-03-17 逾期 4 天",
        "所属时段：2026-03-09 至 2026-03-15",
        "涉及：安宁、Bob",
        "责任人：安宁（经办人）",
        "已上报：Gus（督导组）",
        "详见：https://oa.example.org/branches/b1",
    ]
    assert with_names["url"] == "https://oa.example.org/branches/b1"


def test_a_day_that_is_not_confirmed_says_so(visits: Campaign) -> None:
    unsure = events(visits, "cho")["B2: year end (unconfirmed)", "2027-02-02"]
    assert str(unsure["description"]).split("\n")[1:3] == [
        "what to do: write",
        "The day is not confirmed: it rests on a year whose working days are not settled yet.",
    ]
    assert unsure["status"] == "TENTATIVE"
    zh = events(visits, "cho", "zh")["B2：年末（未公布，待定）", "2027-02-02"]
    assert "如何处理：补写\n日期未定：所涉年份的放假安排尚未公布。" in str(zh["description"])
    assert {str(each["status"]) for key, each in events(visits, "cho").items() if "unconfirmed" not in key[0]} == {"CONFIRMED"}


def test_what_programs_look_for(visits: Campaign) -> None:
    made = read(visits, "ann", "zh")
    assert {name: str(made[name]) for name in ("version", "prodid", "method", "x-wr-calname", "name", "x-wr-timezone")} == {
        "version": "2.0",
        "prodid": "-//campaign-workflow//reminders//ZH",
        "method": "PUBLISH",
        "x-wr-calname": "安宁：走访的期限",
        "name": "安宁：走访的期限",
        "x-wr-timezone": "Asia/Shanghai",
    }
    assert made["refresh-interval"].dt == timedelta(hours=6)
    assert made["refresh-interval"].params["VALUE"] == "DURATION"
    for each in made.walk("VEVENT"):
        start, end = each["dtstart"].dt, each["dtend"].dt
        assert (type(start), end - start) == (date, timedelta(days=1))
        assert (each["transp"], each["dtstamp"].dt) == ("TRANSPARENT", datetime(2026, 3, 17, 2, tzinfo=UTC))
    assert not list(made.walk("VALARM"))


def test_lines_are_folded_between_characters(visits: Campaign) -> None:
    raw = feed(visits, "ann", "zh")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert any(line.startswith(b" ") for line in lines)
    assert all(line.decode() for line in lines)  # no character is cut in two
    assert raw == feed(visits, "ann", "zh")


# -- what stays and what moves -----------------------------------------------------------------------------------------


def uids(campaign: Campaign, person: str, lang: str = "en") -> dict[str, tuple[str, int]]:
    """{UID: (day, sequence)}"""
    found = list(read(campaign, person, lang).walk("VEVENT"))
    said = {str(each["uid"]): (each["dtstart"].dt.isoformat(), int(each["sequence"])) for each in found}
    assert len(said) == len(found)
    return said


def test_an_event_keeps_its_uid_from_day_to_day_and_in_every_language(visits: Campaign) -> None:
    before = uids(visits, "cho")
    assert uids(visits, "cho", "zh") == before
    after = uids(on(visits, "2026-03-19"), "cho")
    assert after == before
    next_week = uids(on(visits, "2026-03-24"), "cho")
    assert before.items() <= next_week.items()
    assert [day for day, _ in (next_week[uid] for uid in next_week.keys() - before.keys())] == [
        "2026-04-03"
    ]  # a new week has come into view
    note(visits, "ann")
    assert uids(visits, "cho").keys() == next_week.keys()  # nothing of another branch


def test_another_campaign_has_other_uids(visits: Campaign) -> None:
    with Campaign.create(":memory:", DEFINITION, clock=VirtualClock(START + timedelta(hours=1)), rehearsal=True) as other:
        other.import_roster(ROSTER)
        on(other, "2026-03-17")
        assert len(uids(other, "cho")) == len(uids(visits, "cho")) == 11
        assert not uids(other, "cho").keys() & uids(visits, "cho").keys()


def test_a_day_that_is_moved_is_the_same_event_in_a_later_state(visits: Campaign) -> None:
    before = uids(visits, "cho")
    assert all(visits.extend(10, branches=["b2"], by="olga", reason="Spring Festival"))
    after = uids(visits, "cho")
    assert after.keys() == before.keys()
    moved = {before[uid][0]: after[uid][0] for uid in before if before[uid][0] != after[uid][0]}
    assert moved == {"2026-03-13": "2026-03-23", "2026-03-27": "2026-04-08", "2026-04-01": "2026-04-11", "2027-02-02": "2027-02-16"}
    assert all(after[uid][1] > before[uid][1] for uid in before)


def test_a_new_version_moves_days_too() -> None:
    more = ("suspend: office}", "suspend: office, enact: office}")
    with Campaign.create(":memory:", load_text(TEXT.replace(*more)), clock=VirtualClock(START), rehearsal=True) as visits:
        visits.import_roster(ROSTER)
        before = uids(visits, "cho")
        later = load_text(TEXT.replace(*more).replace("due: 2026-03-20", "due: 2026-03-25") + 'version: "2"\n')
        assert visits.enact(later, by="olga", reason="a week more")
        after = uids(visits, "cho")
    [uid] = [uid for uid in before if before[uid][0] != after[uid][0]]
    assert (before[uid][0], after[uid][0]) == ("2026-03-20", "2026-03-25")
    assert after[uid][1] > before[uid][1]


def test_what_is_done_disappears(visits: Campaign) -> None:
    before = events(visits, "cho")
    done(visits.record("b2", "plan", by="cho"))
    after = events(visits, "cho")
    assert before.keys() - after.keys() == {("B2: fixed", "2026-03-20"), ("B2: seven working days", "2026-03-13")}
    done(visits.move("b2", "skip", by="cho"))
    done(visits.move("b2", "pass", by="olga"))
    assert events(visits, "cho") == {}
    assert feed(visits, "cho").count(b"\r\n") == 11  # a calendar without events


def test_what_is_suspended_is_left_out_until_it_goes_on(visits: Campaign) -> None:
    before = uids(visits, "cho")
    assert all(visits.suspend(branches=["b2"], by="olga", reason="flood"))
    assert uids(visits, "cho") == {}
    assert {branch for branch, *_ in (key[0].split(":") for key in events(visits, "gus"))} == {"市劳动和社会保障局机关第一党支部"}
    assert all(visits.resume(branches=["b2"], by="olga", reason="over"))
    after = uids(visits, "cho")
    assert after.keys() == before.keys()
    assert all(after[uid][1] > before[uid][1] for uid in before)


# -- misuse and the command --------------------------------------------------------------------------------------------


def test_nobody_known(visits: Campaign) -> None:
    with pytest.raises(NotFound) as caught:
        feed(visits, "gs")
    assert caught.value.say("en") == "there is no person gs; did you mean gus (Gus)?"
    assert caught.value.say("zh") == "没有人员 gs；是否指 gus (Gus)？"
    with pytest.raises(NotFound):
        feed(visits, "b1")  # a branch


def test_without_the_library_it_says_how_to_get_it(visits: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(Misuse) as caught:
        feed(visits, "cho")
    assert caught.value.say("en") == "calendars need icalendar: pip install 'campaign-workflow[calendar]'"
    assert caught.value.say("zh") == "生成日历需要 icalendar：pip install 'campaign-workflow[calendar]'"


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    roster = "branch,title,person,name,status,roles\nb2,南支部,cho,Cho,in post,clerk\n"
    desk.run("new", desk.write("visits.yaml", TEXT), "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", roster))
    shown = desk.run("remind", "calendar", "cho", "--lang", "zh", "--now", "2026-03-17").stdout_bytes
    out = tmp_path / "cho.ics"
    monkeypatch.setenv("WORKFLOW_LINK", LINK)
    assert desk.run("remind", "calendar", "cho", "-o", str(out)).stdout == f"written: {out}\n"
    with_link = Calendar.from_ical(out.read_bytes())
    assert {str(each["url"]) for each in with_link.walk("VEVENT")} == {"https://oa.example.org/branches/b2"}
    found = [str(each["summary"]) for each in Calendar.from_ical(shown).walk("VEVENT")]
    assert found[0] == "【逾期】南支部：每周批阅：Cho"
    assert len(found) == 11
    said = desk.json("remind", "calendar", "cho", "-o", str(out))
    assert said == {"person": "cho", "file": str(out)}
    assert desk.json("remind", "calendar", "cho")["text"].encode() == out.read_bytes()
    assert "没有人员 chu" in desk.run("remind", "calendar", "chu", "--lang", "zh", code=2).stderr
    monkeypatch.setenv("WORKFLOW_LINK", "oa.example.org/branches/{branch}")
    assert "WORKFLOW_LINK" in desk.run("remind", "calendar", "cho", "-o", str(tmp_path / "no.ics"), code=2).stderr
    monkeypatch.delenv("WORKFLOW_LINK")
    missing = desk.run("remind", "calendar", "cho", "-o", str(tmp_path / "no" / "cho.ics"), code=2).stderr
    assert "No such file or directory" in missing

"""The district of 782 branches, lived through day by day, on the day on which the most rings: one letter for everybody it rings for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen

from tests.story import DEFINITION, loaded
from workflow.cli.examples import write_example
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.reminders import tick
from workflow.store.facts import group_target
from workflow.verdicts.dues import DueItem

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2005, 1, 4), date(2005, 4, 1)
FESTIVAL = [date(2005, 2, day) for day in range(9, 16)]
WORKED = [date(2005, 2, 5), date(2005, 2, 6)]  # a Saturday and a Sunday

_LETTERS = "SELECT person, day, body FROM workflow_notice ORDER BY id"
_HOLDERS = "SELECT person FROM workflow_grant WHERE role = ? AND target IN (?, ?, '*')"


@frozen
class Worst:
    """The day, the database as it was before it rang, and how many things were said on each of the days."""

    day: date
    database: Path
    announced: dict[date, int]


def is_open(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in FESTIVAL)


def at(day: date, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Worst:
    """What the example says is entered at five on each day; it ticks at nine."""
    folder = tmp_path_factory.mktemp("worst")
    write_example("district", folder)
    lines = (json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines())
    entered = {day: list(found) for day, found in groupby(lines, lambda line: line["at"][:10])}
    clock, day, before, most = VirtualClock(at(FIRST, "08:00")), FIRST, folder / "before.db", folder / "most.db"
    announced: dict[date, int] = {}
    with closing(Campaign.create(folder / "district.db", loaded(DEFINITION), clock=clock, rehearsal=True)) as campaign:
        campaign.import_roster(folder / "roster.csv")
        while day <= LAST:
            if is_open(day):
                clock.set(at(day, "09:00"))
                campaign.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
                shutil.copy(folder / "district.db", before)
                said = tick(campaign).announced
                if said > max(announced.values(), default=0):
                    before.replace(most)
                announced[day] = said
            if day.isoformat() in entered:
                campaign.import_records(entered[day.isoformat()])
            day += timedelta(days=1)
    return Worst(max(announced, key=announced.__getitem__), most, announced)


@pytest.fixture
def campaign(worst: Worst) -> Iterator[Campaign]:
    with closing(Campaign.open(worst.database, clock=VirtualClock(at(worst.day, "09:00")))) as opened:
        yield opened


def said_on(due: str, days: int) -> str:
    day = date.fromisoformat(due) + timedelta(days=days)
    while not is_open(day):
        day += timedelta(days=-1 if days <= 0 else 1)
    return day.isoformat()


def letters(campaign: Campaign) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """{(person, day): what the letter says}"""
    return {(person, day): json.loads(body)["items"] for person, day, body in campaign.store.rows(_LETTERS)}


def key(item: DueItem) -> tuple[Any, ...]:
    return item.branch, item.deadline, item.subject, item.period, item.day


def key_of(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["branch"], item["deadline"], item["subject"], item["period"] and tuple(item["period"]), item["day"]


def reckoned(campaign: Campaign, today: str) -> dict[str, set[tuple[Any, ...]]]:
    """Whoever something rings for, with what: every rung reached on what is open, unless a letter said it on its day or after."""
    told: dict[tuple[Any, ...], str] = {}
    for (_, day), items in letters(campaign).items():
        told |= {key_of(item): max(day, told.get(key_of(item), "")) for item in items}
    groups = dict(campaign.store.rows("SELECT id, grp FROM workflow_branch"))
    found: dict[str, set[tuple[Any, ...]]] = {}
    for item in campaign.dues():
        for rung in campaign.definition.deadlines[item.deadline].ladder if item.day else ():
            if told.get(key(item), "") < said_on(str(item.day), rung.days) <= today:
                holders = campaign.store.rows(_HOLDERS, (rung.to, item.branch, group_target(groups[item.branch])))
                assert holders, (item.branch, rung.to)
                for (person,) in holders:
                    found.setdefault(person, set()).add(key(item))
    return found


def test_on_the_worst_day_everybody_it_rings_for_has_one_letter(worst: Worst, campaign: Campaign) -> None:
    today = worst.day.isoformat()
    expected = reckoned(campaign, today)
    before = letters(campaign)
    ticked = [tick(campaign)]
    campaign._desk.clock.set(at(worst.day, "16:30"))  # type: ignore[attr-defined]
    ticked.append(tick(campaign))  # at four the office has its letters
    posted = {person: items for (person, day), items in letters(campaign).items() if (person, day) not in before}
    assert {person: {key_of(item) for item in items} for person, items in posted.items()} == expected
    assert sum(each.digests for each in ticked) == len(expected)
    assert {(day, len(posted)) for day in {day for _, day in letters(campaign).keys() - before.keys()}} == {(today, len(expected))}
    # So many things were said, in so few letters.
    assert (today, sum(map(len, expected.values())), len(expected)) == ("2005-02-21", 6_398, 114)


def test_another_tick_posts_nothing(worst: Worst, campaign: Campaign) -> None:
    campaign._desk.clock.set(at(worst.day, "17:00"))  # type: ignore[attr-defined]
    tick(campaign)
    posted = letters(campaign)
    for hour in ("17:00", "17:01", "19:59"):
        campaign._desk.clock.set(at(worst.day, hour))  # type: ignore[attr-defined]
        again = tick(campaign)
        assert (again.looked_at, again.announced, again.digests) == (0, 0, 0)
    assert letters(campaign) == posted


def test_the_worst_day_was_looked_for(worst: Worst) -> None:
    days = sorted(worst.announced.values(), reverse=True)
    assert days[:4] == [3_208, 2_400, 2_211, 2_107]
    assert len(days) == 61  # 4 January to 1 April, less weekends and the Spring Festival, with the two days of a weekend that were worked

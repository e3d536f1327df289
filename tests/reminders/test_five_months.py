"""The bureau through five months in one run: every letter, and that each rung of every ladder was said once to whoever was to hear it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.conftest import Snapshot
from tests.reminders.five_months import FiveMonths, Said
from workflow.texts import LANGUAGES
from workflow.verdicts.dues import DueItem

# The snapshots five-months.*.txt were read line by line against the ladders of definitions/advanced-nature-2005.yaml and against the
# calendar of 2005, by hand. The days below are those of the notice for 2005, with which that reading was done; they are written out
# here, so that nothing but the definition's ladders is shared with what is tested.
#
#   mobilise            due Mon 31 Jan   -7 Mon 24 Jan; held on 26 Jan: -3 (28 Jan), -1 (Sun 30, said Fri 28), 0, +1, +3 are not said
#   weekly notes        Fri 4 Feb        0 Fri 4; +1 Sat 5, which is worked; +3 Mon 7, to the group
#                       Fri 11 Feb       is within the Spring Festival: 0 on Tue 8 before it; +1 (12) and +3 (14) on Wed 16 after it
#                       Fri 25 Feb       0 on the day; done at ten: no +1. All other weeks were done by Thursday: nothing
#   theme report        due Sat 5 Mar    -7 Sat 26 Feb, said Fri 25; -3 Wed 2 Mar; 0 Fri 4; +1 Sun 6, said Mon 7, to the group;
#                                        +3 Tue 8, to the office, at four; filed on 10 March
#   end of learning     due Sat 12 Mar   26 Jan + 45 days. -10 Wed 2 Mar. On Thu 3 Mar moved to Tue 22 Mar, said the same day:
#                                        -10 Sat 12, said Fri 11; -3 Sat 19, said Fri 18; 0 Tue 22; +7 Tue 29, hours before it was left
#   missed lesson       due Thu 10 Mar   24 Feb + 14. -3 Mon 7, to the clerk, who is the secretary; 0 Thu 10; verified on 11 March
#   visits              every 14 days    -3 and 0, which are not said where the group has come meanwhile; of 13 Apr due Wed 27 Apr:
#                                        -3 Sun 24, said Fri 22; 0 Wed 27; +7 Wed 4 May, within the holiday: Sun 8 May, worked, the office
#   inspection          due Fri 25 Mar   applied on 18 Mar + 7. -2 Wed 23, 0 Fri 25, the office at four; +1 Sat 26, said Mon 28, the
#                                        leading group. The second one was held in time: nothing but -2 was to come. The third as well
#   openings            due Tue 5 Apr    29 Mar + 7. -3 Sat 2, said Fri 1; 0 Tue 5; held on 6 April: no +3
#                       due Wed 25 May   18 May + 7. -3 Sun 22, said Fri 20; held on the 24th
#   travel              due Fri 29 Apr   15 Apr + 14. -7 Fri 22, to the clerk; 0 Fri 29; +7 Fri 6 May, within the holiday: Sun 8 May, the group
#   end of analysis     due Fri 13 May   29 Mar + 45. -10 Tue 3 May, within the holiday: Sat 30 Apr, worked; -3 Tue 10; 0 Fri 13
#   monthly report      due Sat 21 May   -3 Wed 18, the stage was entered that day: at five; 0 Fri 20; +1 Sun 22, said Mon 23, the group
#                       due Tue 21 Jun   -3 Sat 18, said Fri 17; filed that day
#   first batch         due Thu 30 Jun   -30 Tue 31 May, -10 Mon 20 Jun; concluded on 29 June
#   end of third stage  due Sat 2 Jul    18 May + 45. -10 Wed 22 Jun; left on 28 June
OFF = {date(2005, 2, day) for day in range(9, 16)} | {date(2005, 5, day) for day in range(1, 8)}
WORKED = {date(2005, 2, 5), date(2005, 2, 6), date(2005, 4, 30), date(2005, 5, 8)}

HOLDS = {"secretary": "li", "clerk": "li", "chief": "li", "group": "group-sun", "office": "office-wang", "leading_group": "lead-zhao"}
HOURS = {"office": "16:00"}  # others at 08:30

Key = tuple[str, str, str, str]  # deadline, subject, first day of the period, due day


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FiveMonths]:
    told = FiveMonths(tmp_path_factory.mktemp("months"))
    told.january_and_february().march().april_and_may().june()
    yield told
    told.campaign.close()


def is_open(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def said_on(due: str | None, days: int) -> str:
    """The day on which a rung is to be said: before the due day there is time to act, so on the open day before; later, on the next."""
    day = date.fromisoformat(str(due)) + timedelta(days=days)
    while not is_open(day):
        day += timedelta(days=-1 if days <= 0 else 1)
    return day.isoformat()


def key(item: DueItem) -> Key:
    return item.deadline, item.subject, item.period[0] if item.period else "", str(item.day)


def key_of(item: dict[str, Any]) -> Key:
    return item["deadline"], item["subject"], item["period"][0] if item["period"] else "", item["day"]


Letter = tuple[str, str, tuple[Key, ...]]  # local time, person, what it says


def rungs(months: FiveMonths) -> Iterator[tuple[str, DueItem, str, str, str]]:
    """At every tick on an open day: what stands open, with each rung it has reached: its day, its role, from what hour it is said."""
    ladders = {code: deadline.ladder for code, deadline in months.campaign.definition.deadlines.items()}
    for ticking in months.ticks:
        for item in ticking.dues:
            for rung in ladders[item.deadline] if item.day else ():
                day, hour = said_on(item.day, rung.days), HOURS.get(rung.to, "08:30")
                if f"{day} {hour}" <= f"{ticking.at:%Y-%m-%d %H:%M}" and is_open(ticking.at.date()):
                    yield f"{ticking.at:%Y-%m-%d %H:%M}", item, day, rung.to, hour


def reckoned(months: FiveMonths) -> list[Letter]:
    """The letters as they should be: every rung once, as soon as it is reached on what is open, what moved once, one letter a day."""
    letters: dict[tuple[str, str], set[Key]] = {}
    said: set[tuple[str, Key, str]] = set()
    for at, item, day, role, _ in rungs(months):
        person = HOLDS[role]
        if (person, key(item), day) not in said:
            said.add((person, key(item), day))
            letters.setdefault((at, person), set()).add(key(item))
    for before, after in pairwise(months.ticks):
        days = {key(item)[:3]: item.day for item in before.dues}
        for item in after.dues:
            if days.get(key(item)[:3], item.day) != item.day:
                letters.setdefault((f"{after.at:%Y-%m-%d %H:%M}", "li"), set()).add(key(item))
    return sorted((at, person, tuple(sorted(keys))) for (at, person), keys in letters.items())


def sent(months: FiveMonths, lang: str = "en") -> list[Letter]:
    found = []
    for letter in months.said[lang]:
        items = tuple(sorted(key_of(item) for item in letter.message["items"]))
        found.append((f"{letter.at:%Y-%m-%d %H:%M}", letter.message["person"], items))
    return sorted(found)


def test_every_rung_that_is_reached_is_said_once_to_whoever_holds_its_role(months: FiveMonths) -> None:
    assert sent(months) == sent(months, "zh") == reckoned(months)
    assert Counter(person for _, person, _ in sent(months)) == {"li": 26, "group-sun": 16, "office-wang": 4, "lead-zhao": 1}


def test_nobody_has_two_letters_on_a_day_and_none_on_a_closed_one(months: FiveMonths) -> None:
    letters = Counter((at[:10], person) for at, person, _ in sent(months))
    assert set(letters.values()) == {1}
    days = {date.fromisoformat(day) for day, _ in letters}
    assert all(map(is_open, days))
    assert {day for day in days if day.weekday() >= 5} == {date(2005, 2, 5), date(2005, 4, 30), date(2005, 5, 8)}
    ticked = {ticking.at.date() for ticking in months.ticks}
    assert ticked > OFF  # it ticked through the Spring Festival and said nothing
    assert len(ticked) == (max(ticked) - min(ticked)).days + 1


def test_nothing_is_said_before_its_hour_or_late(months: FiveMonths) -> None:
    assert {at[11:] for at, _, _ in sent(months)} == {"09:00", "17:00"}
    assert {at[11:] for at, person, _ in sent(months) if person == "office-wang"} == {"17:00"}
    assert all(item["meant"] == letter.message["day"] for letter in months.said["en"] for item in letter.message["items"])


def test_a_missed_report_goes_up_rung_by_rung(months: FiveMonths) -> None:
    told = [(at, person) for at, person, keys in sent(months) if any(deadline == "theme_report_due" for deadline, *_ in keys)]
    assert told == [
        ("2005-02-25 09:00", "li"),
        ("2005-03-02 09:00", "li"),
        ("2005-03-04 09:00", "li"),
        ("2005-03-07 09:00", "group-sun"),
        ("2005-03-08 17:00", "office-wang"),
    ]


def test_that_a_day_moved_is_said_once_to_whom_it_concerns(months: FiveMonths) -> None:
    moved = [
        (f"{letter.at:%Y-%m-%d %H:%M}", letter.message["person"], item["deadline"], item["moved"], item["day"])
        for letter in months.said["en"]
        for item in letter.message["items"]
        if item["moved"]
    ]
    assert moved == [("2005-03-03 17:00", "li", "learning_end", "2005-03-12", "2005-03-22")]
    assert [letter.message["text"].count("调整为") for letter in months.said["zh"]].count(1) == 1


def test_what_is_done_is_not_said_any_more(months: FiveMonths) -> None:
    """Of the six rungs to the mobilisation meeting one was said before it was held, of the whole ladder of each stage the first ones."""
    said = Counter(deadline for _, _, keys in sent(months) for deadline in {deadline for deadline, *_ in keys})
    assert said["mobilise"] == 1
    assert (said["learning_end"], said["analysis_end"], said["rectification_end"], said["first_batch_end"]) == (4, 3, 1, 2)
    assert "transfer_target" not in said
    assert months.campaign.store.rows("SELECT * FROM workflow_announcement") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_was_said(months: FiveMonths, lang: str, snapshot: Snapshot) -> None:
    snapshot(f"five-months.{lang}", "\n\n".join(shown(letter) for letter in months.said[lang]))


def shown(letter: Said) -> str:
    """The letter without what stands in all of them."""
    head = f"{letter.at:%a %Y-%m-%d %H:%M}  {letter.message['person']}\n{letter.message['subject']}"
    greeting, *lines, whole, title = [line for line in letter.message["text"].splitlines() if line]
    assert greeting.endswith(("您好！", ","))
    assert whole.endswith(f"workflow due --for {letter.message['person']} --all")
    assert title.startswith(("Campaign to keep Party members advanced", "保持共产党员先进性教育活动"))
    return "\n".join([head, *(f"    {line}" for line in lines if not line.endswith("workflow why b1"))])

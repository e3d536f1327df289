"""The letters of a day: what they say, in what order, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.conftest import Snapshot
from tests.story import Story
from tests.visits import TEXT
from workflow.canonical import canonical
from workflow.clock import read_stamp
from workflow.definition import load_text
from workflow.reminders import Letter, Message, Notice
from workflow.reminders.digest import Announcement, digest
from workflow.verdicts.dues import DueItem
from workflow.verdicts.findings import Person
from workflow.verdicts.render import Tellers

DEFINITION = load_text(TEXT)
DAY = "2026-03-17"
NAMES = {"b1": "North", "b2": "South", "ann": "Ann", "gus": "Gus", "olga": "Olga"}
LANGUAGES = ("en", "zh")
LINK = "https://host.example/branches/{branch}?view=a&lang=b"


def open_item(deadline: str, day: str | None, branch: str = "b1", holders: Sequence[str] = ("ann",), **more: Any) -> DueItem:
    people = tuple(Person(id=person, name=NAMES.get(person, person.title()), role="clerk") for person in holders)
    return DueItem(definition=DEFINITION.hash, branch=branch, deadline=deadline, day=day, owner="clerk", holders=people, **more)


def said(item: DueItem, role: str = "clerk", meant: str = DAY, moved: str | None = None) -> Announcement:
    return Announcement(item=item, role=role, meant=meant, moved=moved)


def notice(*told: Announcement, person: str = "ann", link: str = "", **names: str) -> Notice:
    tellers = {lang: Tellers(lambda _: DEFINITION, lang, names=NAMES | names) for lang in LANGUAGES}
    return digest(tellers, person, DAY, told, link)


def letter(*told: Announcement, lang: str = "en", **more: str) -> Letter:
    return notice(*told, **more).letters[lang]


def weekly(subject: str, day: str = "2026-03-13", **more: Any) -> DueItem:
    begins = f"{day[:-2]}{int(day[-2:]) - 4:02}"
    ladder = ((day, "clerk"), (f"{day[:-2]}{int(day[-2:]) + 3:02}", "group"))
    return open_item("weekly", day, subject=subject, name=subject.title(), period=(begins, day), ladder=ladder, **more)


OVERDUE = open_item("stage", "2026-03-13", ladder=(("2026-03-13", "clerk"),))
TODAY = open_item("fixed", DAY, "b2")
AHEAD = open_item("monthly", "2026-03-21")
YEAR_END = open_item("year_end", "2027-02-02", confirmed=False)
AWAITED = open_item("congress_day", None)
ANNOUNCED = open_item("told", "2026-03-12")  # nothing says when it is done

KINDS: dict[str, tuple[str, Sequence[Announcement]]] = {
    "one": ("ann", [said(AHEAD)]),
    "many": (
        "ann",
        [
            said(AWAITED, moved="2026-03-30"),
            said(YEAR_END),
            said(ANNOUNCED),
            said(AHEAD, moved="2026-03-19"),
            said(TODAY),
            said(OVERDUE),
            *(said(weekly(subject, day)) for subject in ("bob", "cho") for day in ("2026-03-06", "2026-03-13")),
            said(weekly("dan")),
        ],
    ),
    "escalated": (
        "gus",
        [
            said(weekly("bob"), role="group"),
            said(open_item("fixed", "2026-03-16", "b2", (), ladder=(("2026-03-16", "group"),)), role="group"),
            said(open_item("monthly", "2026-03-21", ladder=(("2026-03-17", "group"),), holders=("ann", "cho")), role="group"),
        ],
    ),
    "late": ("ann", [said(OVERDUE, meant="2026-03-14")]),
    "late-in-part": ("ann", [said(OVERDUE, meant="2026-03-16"), said(TODAY), said(AHEAD, meant="2026-03-14")]),
    "two-roles": (
        "ann",
        [said(open_item("stage", "2026-03-16", holders=("ann", "cho", "dan"))), said(weekly("bob", holders=("cho",)), "group")],
    ),
}


def shown(found: Letter) -> str:
    return f"{found.subject}\n\n{found.text}".rstrip("\n")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_letter_says(snapshot: Snapshot, kind: str, lang: str) -> None:
    person, told = KINDS[kind]
    snapshot(f"digest-{kind}.{lang}", shown(letter(*told, person=person, lang=lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("person", ["li", "group-sun", "office-wang"])
def test_a_branch_that_has_fallen_behind(snapshot: Snapshot, person: str, lang: str) -> None:
    """Everything that is in somebody's hands, or has come up to them, on a Friday of the 2005 campaign."""
    day = "2005-03-18"
    with Story().mobilised().day(day).campaign as campaign:
        told = [
            Announcement(item=item, role=one.role, meant=day)
            for item in campaign.dues("b1", until="2005-03-31")
            for one in (*item.holders, *item.escalated)
            if one.id == person
        ]
        tellers = {lang: Tellers(campaign.version, lang, names=campaign.names())}
        snapshot(f"digest-2005-{person}.{lang}", shown(digest(tellers, person, day, told).letters[lang]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_says_the_same_and_means_no_more_than_it_shows(snapshot: Snapshot, lang: str) -> None:
    told = [said(OVERDUE), said(weekly("bob")), said(TODAY), said(AHEAD)]
    found = letter(*told, lang=lang, link=LINK, b1='<b>North</b> & "Co"', ann="A<script>nn")
    assert _Shown.of(found.html).split() == found.text.split()
    snapshot(f"digest-html.{lang}", found.html.rstrip("\n"))


def test_where_a_branch_is_seen() -> None:
    north = open_item("stage", "2026-03-13", "north/1 劳")
    assert "See and act: https://host.example/branches/north%2F1%20%E5%8A%B3?view=a&lang=b\n" in letter(said(north), link=LINK).text
    assert "See what is missing: workflow why 'north/1 劳'\n" in letter(said(north)).text
    assert "workflow why 'north/1 劳'\n" in letter(said(north), lang="zh").text


def test_the_most_urgent_comes_first() -> None:
    told = [said(AWAITED), said(AHEAD), said(TODAY), said(OVERDUE), said(weekly("bob", "2026-03-06")), said(ANNOUNCED)]
    heads = ["weekly check: Bob", "seven working days", "South: fixed", "a day announced", "monthly report", "until the congress"]
    for order in (told, told[::-1]):
        text = letter(*order).text
        assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
        assert letter(*order).subject == "Reminder of 2026-03-17: 6 items, 2 overdue; first: North, weekly check, 11 days overdue"
    assert letter(said(TODAY), said(AHEAD)).subject == "Reminder of 2026-03-17: 2 items; first: South, fixed, due today"
    assert letter(said(AWAITED), lang="zh").subject == "期限提醒（2026-03-17）：North，大会之前，期限待定"
    assert letter(said(ANNOUNCED)).subject == "Reminder of 2026-03-17: North, a day announced, 5 days ago"


def test_a_long_letter_says_what_it_leaves_out() -> None:
    branches = [f"b{number:02}" for number in range(1, 31)]
    told = [said(open_item("stage", "2026-03-13", branch)) for branch in branches]
    told += [said(open_item("made_up", "2026-03-20", "b1", subject=f"trip-{n:02}", name=f"Trip {n}")) for n in range(1, 13)]
    found = letter(*told)
    assert found.subject.startswith("Reminder of 2026-03-17: 42 items, 30 overdue")
    assert "Overdue (30)" in found.text
    assert "\n20. b20: seven working days\n" in found.text
    assert "21. " not in found.text
    assert "Ahead" not in found.text
    assert "And 22 more that are not listed here.\n\nThe whole list: workflow due --for ann --all\n" in found.text
    assert "另有 22 项未在此列出。\n\n全部事项：workflow due --for ann --all\n" in letter(*told, lang="zh").text
    assert len(notice(*told).items) == 42
    few = letter(*told[-12:])
    assert "make up, 12: Trip 1, Trip 2, Trip 3, Trip 4, Trip 5, Trip 6, Trip 7, Trip 8 and 4 more\n" in few.text
    assert "more that" not in few.text


def test_sections_number_on() -> None:
    told = [said(open_item("stage", "2026-03-13", f"b{number:02}")) for number in range(19)]
    found = letter(*told, said(TODAY), said(AHEAD))
    assert "20. South: fixed" in found.text
    assert '<ol start="20">\n<li><strong>South: fixed' in found.html
    assert "And 1 more that are not listed here." not in found.text
    assert "And 1 more that is not listed here." in found.text


def test_what_is_announced_twice_is_said_once() -> None:
    """A letter that comes late may hold several rungs of one ladder; somebody may hold several roles."""
    bob = weekly("bob")
    found = notice(said(bob, "group", "2026-03-16"), said(bob, meant="2026-03-13"), said(bob, meant="2026-03-14", moved="2026-03-12"))
    [item] = found.items
    assert (item["role"], item["meant"], item["moved"]) == ("clerk", "2026-03-13", "2026-03-12")
    text = found.letters["en"].text
    assert text.startswith("This reminder was to be written on 2026-03-13; it was written 4 days late.\n\nDear Ann,\n")
    assert text.count("weekly check") == 1


def test_who_answers_for_it_hears_of_it_as_such() -> None:
    """Whatever other role it came up in: nobody is told of themselves as of somebody else."""
    found = letter(said(OVERDUE, "group")).text
    assert "You answer for it as clerk." in found
    assert "Who answers for it" not in found


def test_what_programs_read() -> None:
    others = open_item("stage", "2026-03-13", holders=("bob",))
    found = notice(said(AHEAD, moved="2026-03-19"), said(others, "group", "2026-03-16"))
    assert (found.id, found.person, found.day) == ("digest:ann:2026-03-17", "ann", DAY)
    first, second = found.items
    assert list(first["holders"]) == [{"id": "bob", "name": "Bob", "role": "clerk"}]
    assert canonical(found.items)  # nothing in it that is not JSON
    assert {key: first[key] for key in ("branch", "branch_title", "deadline", "title", "day", "late", "role", "meant", "moved")} == {
        "branch": "b1",
        "branch_title": "North",
        "deadline": "stage",
        "title": "seven working days",
        "day": "2026-03-13",
        "late": 4,
        "role": "group",
        "meant": "2026-03-16",
        "moved": None,
    }
    assert (second["deadline"], second["moved"], second["late"]) == ("monthly", "2026-03-19", 0)


def test_a_letter_written_late_and_delivered_late_says_each_once() -> None:
    late = letter(said(OVERDUE, meant="2026-03-14"))
    message = Message("digest:ann:x", "ann", DAY, "a@example.org", "en", late, (), read_stamp("2026-03-17T00:00:00.000000Z"))
    assert message.at(read_stamp("2026-03-19T00:00:00.000000Z")).letter.text.startswith(
        "This was to reach you 2 days ago: it could not be delivered before.\n\n"
        "This reminder was to be written on 2026-03-14; it was written 3 days late.\n\nDear Ann,\n"
    )


class _Shown(HTMLParser):
    """The text a mail program shows; every tag that is opened is closed, and none is there but those a letter has."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.inside: list[str] = []
        self.numbers = [0]

    @classmethod
    def of(cls, html: str) -> str:
        found = cls()
        found.feed(html)
        found.close()
        assert found.inside == []
        return "".join(found.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"div", "p", "h3", "ol", "li", "strong", "br", "a", "code"}
        if tag == "ol":
            self.numbers.append(int(dict(attrs)["start"] or 0) - 1)
        if tag == "li":
            self.numbers[-1] += 1
            self.text.append(f"{self.numbers[-1]}. ")
        if tag == "a":
            assert (dict(attrs)["href"] or "").startswith("https://host.example/branches/b")
        if tag != "br":
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

"""One branch in learning, as a bureau reported it: 29 members, 12 sessions, 392 attendances; with gaps that can be made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from attrs import define

from workflow.cli.examples import learning
from workflow.cli.examples.learning import LESSONS
from workflow.cli.examples.names import Names
from workflow.cli.examples.story import Cast, Member, Story, Written, working_day, write_roster, write_story

BRANCH = "labour-bureau"
PRESENT = (34, 33, 32, 33, 31, 33, 34, 32, 33, 32, 33, 32)  # in each session
MEMBERS_PRESENT = (28, 28, 27, 28, 26, 28, 29, 27, 28, 27, 28, 27)
SIZE, RETIRED, EARLY_LEAVE = 29, 3, 2
WITHOUT_ESSAY = 5
CONTACT_POINTS = ("清河社区", "柳庄村", "东街居委会")
DEEDS = (  # what, for whom, how many: twelve in all
    ("为下岗职工办理再就业优惠证", "laid_off", 4),
    ("走访慰问农村贫困户", "rural_poor", 3),
    ("帮助城镇困难居民参加医疗保险", "urban_poor", 2),
    ("为群众追讨拖欠工资", "public", 3),
)
_MOBILISED = date(2005, 1, 19)
_SESSIONS = tuple(
    date(2005, month, day) for month, days in ((1, (21, 25, 28)), (2, (1, 4, 18, 22, 25)), (3, (1, 4, 8, 10))) for day in days
)
_CLOSED = date(2005, 3, 11)  # the steps
_MADE_UP = date(2005, 3, 14)
_LEADING, _UNABLE, _ELSEWHERE = frozenset({"leading_cadre"}), frozenset({"infirm", "cannot_write"}), frozenset({"mobile"})
_OFFICES = (
    ("group", 3),
    ("roving", 1),
    ("office", 3),
    ("leading_group", 1),
    ("superior", 1),
    ("cadre_authority", 1),
)


@define
class Bureau:
    """The branch, its people and what they did; the same for the same seed."""

    rng: Random
    cast: Cast
    roster: list[dict[str, str]]
    absent: list[list[str]]  # members by session

    @classmethod
    def of(cls, seed: int) -> Bureau:
        rng = Random(seed)
        names = Names(rng)
        members = tuple(_members(names))
        others = [(role, *names.draw()) for role, count in _OFFICES for _ in range(count)]
        held = {role: [ident for each, ident, _ in others if each == role] for role, _ in _OFFICES}
        cast = Cast(
            BRANCH, members, members[1].id, members[2].id, members[0].id, members[3].id,
            held["group"][0], held["office"][0], held["office"][1], held["leading_group"][0],
        )  # fmt: skip
        return cls(rng, cast, list(_roster(members, others)), _absences(rng, members))

    def until_now(self) -> Story:
        """From the assignment to a batch to the end of the steps, with all that is still wanting."""
        story, cast = Story(BRANCH), self.cast
        learning.prepare(story, cast, _MOBILISED, others=PRESENT[0] - MEMBERS_PRESENT[0])
        learning.mobilise(story, cast, _MOBILISED)
        story.move(date(2005, 2, 21), "prolong", cast.office, days=10, reason="按2月16日通知，学习动员阶段延长")
        self._study(story)
        self._beside(story)
        self._items(story)
        about: dict[str, Any] = {
            "sessions": 12,
            "attendances": sum(PRESENT),
            "others": sum(PRESENT) - sum(MEMBERS_PRESENT),
            "essays": 24,
            "deeds": 12,
        }
        story.record(_CLOSED, "stage_summary", cast.clerk, report="第一阶段小结", **about)
        learning.close_steps(story, cast, _CLOSED)
        return story

    def made_up(self) -> Story:
        """The lessons, essays and the item that were wanting. Who missed the test has still not sat it."""
        story, cast, day = Story(BRANCH), self.cast, _MADE_UP
        case = 0
        for number, absent in enumerate(self.absent):
            held = working_day(day, number // 4)
            learning.make_up(story, cast, held, LESSONS[number], absent)
            for _ in absent:
                case += 1
                story.move_case(held, f"make_up-{case}", "hold", cast.clerk)
                story.move_case(held, f"make_up-{case}", "verify", cast.secretary)
        lines = [{"member": ident, "characters": self.rng.randrange(800, 2600)} for ident in self.without_essay]
        story.record(working_day(day, 1), "essay", cast.marker, lines, accepted=True, original=True)
        self._finish(story, "rectification-2", working_day(day, 2))
        learning.look_through_notes(story, cast, _CLOSED - timedelta(days=2), working_day(day, 2))
        return story

    @property
    def without_essay(self) -> list[str]:
        """The last five in post who owe one."""
        return [member.id for member in self.cast.members if member.status == "in_post"][-WITHOUT_ESSAY:]

    @property
    def not_tested(self) -> str:
        """One of those who live elsewhere."""
        return self.cast.flagged("mobile")[-1]

    def _study(self, story: Story) -> None:
        cast = self.cast
        everybody = [member.id for member in cast.members]
        for lesson, day, absent, there, members in zip(LESSONS, _SESSIONS, self.absent, PRESENT, MEMBERS_PRESENT, strict=True):
            learning.hold_session(story, cast, day, lesson, [ident for ident in everybody if ident not in absent], there - members)
            for ident in absent:
                reason = "away" if ident in cast.flagged("mobile") else self.rng.choice(("sick", "official_trip", "leave"))
                story.open_case(day, "make_up", cast.clerk, ident, lesson=lesson.subject, missed_on=day.isoformat(), reason=reason)
        learning.study_alone(story, cast, _SESSIONS)
        learning.look_through_notes(story, cast, _MOBILISED, _CLOSED)
        lines = [{"member": ident, "score": self.rng.randrange(82, 101)} for ident in everybody if ident != self.not_tested]
        story.record(date(2005, 3, 8), "test_session", cast.clerk, lines, questions=100, sat=True)
        learning.essays(story, cast, date(2005, 3, 9), self.rng, self.without_essay)
        learning.discuss(story, cast, date(2005, 3, 9))

    def _beside(self, story: Story) -> None:
        cast = self.cast
        learning.lead(story, cast, date(2005, 2, 24), CONTACT_POINTS)
        learning.report(story, cast, _MOBILISED, date(2005, 3, 10))
        for number, (what, whom, count) in enumerate(DEEDS):
            story.record(working_day(date(2005, 2, 1), number * 4), "good_deed", cast.clerk, what=what, beneficiary=whom, count=count)
        visited = date(2005, 2, 23)
        visit = story.open_case(visited, "visit", cast.group, purpose="routine", announced=True)
        story.move_case(visited, visit, "arrive", cast.group)
        story.move_case(visited, visit, "draft", cast.group)
        story.move_case(visited, visit, "close", cast.group)

    def _items(self, story: Story) -> None:
        """Three items: one struck off, one that must be put right at once and is not, one by plan."""
        cast, raised = self.cast, date(2005, 2, 24)
        items = (("办事大厅缺少便民座椅", "immediate"), ("办理时限未公开", "immediate"), ("基层服务网点不足", "planned"))
        for subject, urgency in items:
            item = story.open_case(raised, "rectification", cast.clerk, subject=subject, origin="new", urgency=urgency, family="style")
            story.move_case(raised, item, "triage", cast.secretary, responsible=cast.marker, due="2005-03-10")
            if urgency == "immediate":
                story.move_case(raised, item, "start", cast.secretary, measures="限期整改并公示")
        self._finish(story, "rectification-1", date(2005, 3, 2))

    def _finish(self, story: Story, item: str, day: date) -> None:
        cast = self.cast
        story.move_case(day, item, "finish", cast.secretary, closing_report="已整改")
        story.move_case(day, item, "verify", cast.group)
        story.move_case(day, item, "publish", cast.secretary)
        story.move_case(day, item, "close", cast.office)


def _members(names: Names) -> Iterator[Member]:
    special = (("chief", "committee"), ("secretary", "committee"), ("clerk",), ("marker", "inspectors", "committee"))
    ranks = ("局长", "副局长", "科员", "股长")
    in_post = SIZE - RETIRED - EARLY_LEAVE - 1
    for number in range(SIZE):
        roles = (*(special[number] if number < len(special) else ()), "party_member")
        rank = ranks[number] if number < len(ranks) else ""
        if number < in_post:
            flags = _LEADING if number < 2 else frozenset()
            yield Member(*names.draw(), "in_post", flags, roles, rank)
        elif number < in_post + RETIRED:
            yield Member(*names.draw(), "retired", _UNABLE if number > in_post else frozenset(), roles)
        else:
            yield Member(*names.draw(), "early_leave" if number < SIZE - 1 else "other", _ELSEWHERE, roles)


def _roster(members: Sequence[Member], others: Sequence[tuple[str, str, str]]) -> Iterator[dict[str, str]]:
    about = {
        "title": "劳动局党支部 (Labour Bureau)",
        "batch": "1",
        "group": "group-1",
        "sector": "organ",
        "kind": "branch",
        "paired_village": "柳庄村",
    }
    yield {"branch": BRANCH, **about}
    for member in members:
        yield member.row(BRANCH)
    for role, ident, name in others:
        yield {"group": "group-1" if role in ("group", "roving") else "", "person": ident, "name": name, "roles": role}


def _absences(rng: Random, members: Sequence[Member]) -> list[list[str]]:
    """Who misses which session: mostly those who live elsewhere, nobody more than four and nobody all lessons on a topic."""
    weights = {m.id: 8.0 if "mobile" in m.flags else 3.0 if m.status == "retired" else 1.0 for m in members[4:]}
    missed: dict[str, list[int]] = {ident: [] for ident in weights}
    for number, present in enumerate(MEMBERS_PRESENT):
        topic = LESSONS[number].topic
        for _ in range(len(members) - present):
            free = [i for i, seen in missed.items() if len(seen) < 4 and topic not in {LESSONS[n].topic for n in seen}]
            missed[rng.choices(free, [weights[ident] for ident in free])[0]].append(number)
    return [sorted(ident for ident, seen in missed.items() if number in seen) for number in range(len(MEMBERS_PRESENT))]


def write(out: Path, seed: int, progress: Callable[[int, int], None]) -> tuple[int, int, list[Written]]:
    """Branches, members, and the files written."""
    bureau = Bureau.of(seed)
    write_roster(out / "roster.csv", bureau.roster)
    written = [write_story(out / "records.jsonl", [bureau.until_now()]), write_story(out / "make-up.jsonl", [bureau.made_up()])]
    progress(1, 1)
    return 1, len(bureau.cast.members), written

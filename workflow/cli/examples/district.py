"""A district on 28 March 2005: the first batch between learning and analysis, the other two not begun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from attrs import define, frozen

from workflow.cli.examples import learning
from workflow.cli.examples.gate import Gate
from workflow.cli.examples.learning import LESSONS
from workflow.cli.examples.names import Names
from workflow.cli.examples.population import GROUPS, TOWNS, Branch, populate
from workflow.cli.examples.story import (
    Cast,
    Story,
    Written,
    working_day,
    working_day_before,
    working_days_between,
    write_roster,
    write_story,
)
from workflow.progress import Progress

SNAPSHOT = date(2005, 3, 28)
# How many of the 148 branches of the first batch stand where, and why. The first two have passed to the second stage.
TROUBLES = {
    "none": 78,  # passed at the first inspection
    "again": 8,  # passed at the second, after make-up
    "studying": 8,  # began late, four sessions still to come
    "hours": 9,  # missed lessons not made up
    "test": 6,  # members who have not sat the test
    "essays": 4,  # members who owe an essay
    "make_up_open": 3,  # lessons made up and not verified
    "looks": 5,  # two of the four looks not answered
    "immediate": 4,  # a problem that could be put right at once is open
    "no_group": 5,  # nobody of the supervision group at the meeting
    "one_addressee": 4,  # applied to the office only
    "receipt": 3,  # the office has not signed for the application
    "waiting": 3,  # waiting for the inspection
    "inspecting": 3,
    "summary": 1,  # inspected and passed, the summary is missing
    "make_up": 2,  # gaps listed by the inspection
    "extended": 1,
    "redo": 1,
}
_PASSED = ("none", "again")
_A_DAY = 8  # inspections the office can make on a working day
_ABSENCE = {"in_post": 0.06, "retired": 0.09, "early_leave": 0.09, "farming": 0.14, "other": 0.09}
_MOBILE_ABSENCE = 0.45
_FIRST, _MODE, _LAST = (date(2005, 3, 12).toordinal(), date(2005, 3, 22).toordinal(), date(2005, 4, 8).toordinal())


@frozen
class Officials:
    """Everybody above the branches, as (id, name)."""

    office: list[tuple[str, str]]
    leading_group: list[tuple[str, str]]
    superior: tuple[str, str]
    cadre_authority: tuple[str, str]
    groups: dict[str, list[tuple[str, str]]]
    roving: dict[str, tuple[str, str]]

    @classmethod
    def drawn(cls, names: Names) -> Officials:
        """An office of 8, a leading group of 4, 10 groups of 3 for the first batch; 13 of 2 for the others, each with a roving one."""
        return cls(
            [names.draw() for _ in range(8)],
            [names.draw() for _ in range(4)],
            names.draw(),
            names.draw(),
            {group: [names.draw() for _ in range(3 if group in GROUPS else 2)] for group in (*GROUPS, *TOWNS)},
            {town: names.draw() for town in TOWNS},
        )

    def rows(self) -> Iterator[dict[str, str]]:
        for role, people in (
            ("office", self.office),
            ("leading_group", self.leading_group),
            ("superior", [self.superior]),
            ("cadre_authority", [self.cadre_authority]),
        ):
            yield from ({"person": ident, "name": name, "roles": role} for ident, name in people)
        for group, people in self.groups.items():
            yield from ({"group": group, "person": ident, "name": name, "roles": "group"} for ident, name in people)
        for group, (ident, name) in self.roving.items():
            yield {"group": group, "person": ident, "name": name, "roles": "roving"}


@define
class District:
    seed: int
    branches: list[Branch]
    officials: Officials
    plans: dict[str, tuple[str, date]]  # of the first batch: trouble, day of the look-back

    @classmethod
    def of(cls, seed: int) -> District:
        rng = Random(seed)
        names = Names(rng)
        branches = populate(rng, names)
        return cls(seed, branches, Officials.drawn(names), _plans(rng, [b.id for b in branches if b.batch == "1"]))

    def roster(self) -> Iterator[dict[str, str]]:
        for branch in self.branches:
            yield from branch.rows()
        yield from self.officials.rows()

    def stories(self, progress: Progress) -> list[Story]:
        told = []
        for number, branch in enumerate((b for b in self.branches if b.id in self.plans), 1):
            told.append(self._tell(branch, number))
            progress(number, len(self.plans))
        return told

    def _tell(self, branch: Branch, number: int) -> Story:
        trouble, opened = self.plans[branch.id]
        rng = Random(f"{self.seed} {branch.id}")
        story = Story(branch.id)
        cast = self._cast(branch, number)
        mobilised = working_day(date(2005, 1, 24 if trouble == "studying" else 17), rng.randrange(6 if trouble == "studying" else 11))
        return _Telling(rng, story, cast, mobilised, opened, trouble).tell()

    def _cast(self, branch: Branch, number: int) -> Cast:
        chief, secretary, clerk = (member.id for member in branch.members[:3])
        office = [ident for ident, _ in self.officials.office]
        group = self.officials.groups[branch.group]
        return Cast(
            branch.id, branch.members, secretary, clerk, chief, secretary,
            group[number % len(group)][0], office[number % 7], office[7], self.officials.leading_group[0][0],
        )  # fmt: skip


def _plans(rng: Random, ids: Sequence[str]) -> dict[str, tuple[str, date]]:
    """What happens to each branch of the first batch, and when it opens its look-back: four working days before its inspection."""
    troubles = [trouble for trouble, count in TROUBLES.items() for _ in range(count)]
    rng.shuffle(troubles)
    days = iter(_inspections(rng, sum(trouble == "none" for trouble in troubles)))
    plans = {}
    for ident, trouble in zip(ids, troubles, strict=True):
        if trouble == "none":
            day = next(days)
        elif trouble in ("again", "make_up", "extended", "redo", "summary"):
            day = working_day(date(2005, 3, 14), rng.randrange(6))
        else:
            day = working_day(date(2005, 3, 24), rng.randrange(3))
        plans[ident] = (trouble, working_day_before(day, 4))
    return plans


def _inspections(rng: Random, count: int) -> list[date]:
    """Days on which branches are inspected, drawn from a triangle and never more a day than the office can make."""
    drawn: list[int] = []
    while len(drawn) < count:
        ordinal = round(rng.triangular(_FIRST, _LAST, _MODE))
        if ordinal <= SNAPSHOT.toordinal():
            drawn.append(ordinal)
    days: list[date] = []
    for ordinal in sorted(drawn):
        day = max([working_day(date.fromordinal(ordinal), 0), *days[-1:]])
        days.append(working_day(day, 1) if days[-_A_DAY:].count(day) == _A_DAY else day)
    surplus = [day for day in days if day > SNAPSHOT]
    days = [day for day in days if day <= SNAPSHOT]
    for _ in surplus:
        days.append(next(d for d in (working_day(date(2005, 3, 14), n) for n in range(11)) if days.count(d) < _A_DAY))
    rng.shuffle(days)
    return days


@define
class _Telling:
    """The story of one branch of the first batch."""

    rng: Random
    story: Story
    cast: Cast
    mobilised: date
    opened: date  # the look-back
    trouble: str

    def tell(self) -> Story:
        story, cast = self.story, self.cast
        learning.prepare(story, cast, self.mobilised, others=max(1, len(cast.members) // 6))
        learning.mobilise(story, cast, self.mobilised)
        self._sessions()
        learning.look_through_notes(story, cast, self.mobilised, self.opened)
        learning.report(story, cast, self.mobilised, date(2005, 3, 7))
        self._item()
        if self.trouble == "studying":
            return story
        self._proofs()
        learning.close_steps(story, cast, working_day(self.opened, 0))
        passed = Gate(story, cast, self.opened, self.trouble).tell()
        if passed is not None:
            self._analysis(passed)
        return story

    def _sessions(self) -> None:
        """Twelve sessions between mobilisation and look-back; who missed one makes it up two working days later."""
        start, cast = working_day(self.mobilised, 2), self.cast
        span = working_days_between(start, self.opened) - 3
        days = [working_day(start, number * span // len(LESSONS)) for number in range(len(LESSONS))]
        held = 8 if self.trouble == "studying" else len(LESSONS)
        owing = 3  # lessons at the end that a branch short of hours did not make up
        for number, (lesson, day) in enumerate(zip(LESSONS[:held], days, strict=False)):
            absent = [member.id for member in cast.reached if self.rng.random() < _absence(member.status, member.flags)]
            if number == held - 1 and self.trouble in ("hours", "make_up_open") and not absent:
                absent = [cast.members[-1].id] if cast.members[-1] in cast.reached else [cast.clerk]
            there = [member.id for member in cast.reached if member.id not in absent]
            learning.hold_session(self.story, cast, day, lesson, there, self.rng.randrange(len(cast.members) // 5 + 1))
            again = min(working_day(day, 2), self.opened)
            if self.trouble not in ("hours", "studying") or number < held - owing:
                learning.make_up(self.story, cast, again, lesson, absent)
            if self.trouble == "make_up_open" and number >= held - owing:
                self._unverified(day, again, lesson.subject, absent)
        learning.study_alone(self.story, cast, days)

    def _unverified(self, day: date, again: date, subject: str, absent: Sequence[str]) -> None:
        for ident in absent:
            about = {"lesson": subject, "missed_on": day.isoformat(), "reason": "official_trip"}
            case = self.story.open_case(again, "make_up", self.cast.clerk, ident, **about)
            self.story.move_case(again, case, "hold", self.cast.clerk)

    def _proofs(self) -> None:
        """Essays, test, concrete requirements, and what leaders do."""
        story, cast, day = self.story, self.cast, self.opened
        reached = [member.id for member in cast.reached]
        wanting = [ident for ident in reached if ident not in cast.leaders and ident not in cast.flagged("cannot_write")]
        wanting = wanting[-self.rng.randrange(1, 4) :] or [cast.chief]
        learning.essays(story, cast, day, self.rng, wanting if self.trouble == "essays" else ())
        away = wanting if self.trouble == "test" else ()
        lines = [{"member": ident, "score": self.rng.randrange(75, 101)} for ident in reached if ident not in away]
        if lines:
            story.record(day, "test_session", cast.clerk, lines, questions=100, sat=True)
        learning.discuss(story, cast, day)
        learning.lead(story, cast, date(2005, 2, 24), ("联系点",))

    def _item(self) -> None:
        """Some branches found something to put right at once, and did; those in trouble did not finish."""
        if self.trouble != "immediate" and self.rng.random() > 0.3:
            return
        story, cast, day = self.story, self.cast, date(2005, 2, 25)
        item = story.open_case(
            day, "rectification", cast.clerk, subject="办事程序未公开", origin="new", urgency="immediate", family="style"
        )
        story.move_case(day, item, "triage", cast.secretary, responsible=cast.clerk, due="2005-03-08")
        story.move_case(day, item, "start", cast.secretary, measures="公开程序和时限")
        if self.trouble != "immediate":
            day = date(2005, 3, 2)
            story.move_case(day, item, "finish", cast.secretary, closing_report="已公开")
            story.move_case(day, item, "verify", cast.group)
            story.move_case(day, item, "publish", cast.secretary)
            story.move_case(day, item, "close", cast.office)

    def _analysis(self, passed: date) -> None:
        """The second stage, as far as it has come: its meeting, and opinions sought over three channels."""
        story, cast = self.story, self.cast
        steps = [working_day(passed, after) for after in (1, 2, 3, 4)]
        if steps[0] <= SNAPSHOT:
            story.record(steps[0], "stage_mobilisation", cast.secretary, report_by=cast.secretary, present=len(cast.reached))
        for day, channel, aimed_at in zip(steps[1:], ("form", "forum", "letter"), ("members", "responders", "units"), strict=True):
            if day <= SNAPSHOT:
                about: dict[str, Any] = {"asked": len(cast.members), "answered": len(cast.reached), "aimed_at": aimed_at}
                story.record(day, "consultation", cast.clerk, channel=channel, **about)
        if steps[-1] <= SNAPSHOT:
            story.move(steps[-1], "close_opinions", cast.secretary)


def _absence(status: str, flags: frozenset[str]) -> float:
    return _MOBILE_ABSENCE if "mobile" in flags else _ABSENCE[status]


def write(out: Path, seed: int, progress: Progress) -> tuple[int, int, list[Written]]:
    """Branches, members, and the files written."""
    district = District.of(seed)
    write_roster(out / "roster.csv", district.roster())
    members = sum(len(branch.members) for branch in district.branches)
    return len(district.branches), members, [write_story(out / "records.jsonl", district.stories(progress))]

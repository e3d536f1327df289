"""The bureau of the story from January to June 2005: what its people enter, day by day, and the letters they have meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from tests.story import Story
from workflow.reminders import Address, set_address, tick
from workflow.reminders.channels import File
from workflow.texts import LANGUAGES
from workflow.verdicts.dues import DueItem

ZONE = ZoneInfo("Asia/Shanghai")
TICKS = ("07:00", "09:00", "17:00")
CADRES = {"person": "cadre-wu", "name": "Wu Ping", "roles": "cadre_authority"}
PEOPLE = ("li", "group-sun", "office-wang", "lead-zhao", "super-qian", "cadre-wu")


@frozen
class Said:
    """A letter, and the local instant of the tick it came with."""

    at: datetime
    message: dict[str, Any]


@frozen
class Ticking:
    """What stood open when it ticked."""

    at: datetime
    dues: tuple[DueItem, ...]


class FiveMonths(Story):
    """It ticks three times a day; what is entered is entered at ten in the morning, between the second tick and the third."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "bureau.db")
        self.campaign.import_roster([CADRES])
        self.files = {lang: folder / f"{lang}.jsonl" for lang in LANGUAGES}
        for path in self.files.values():
            path.touch()
        self.channels = [File(path, name=lang) for lang, path in self.files.items()]
        for person in PEOPLE:
            for lang in LANGUAGES:
                set_address(self.campaign.store, Address(person, lang, person, lang), self.clock.now())
        self.read = dict.fromkeys(LANGUAGES, 0)
        self.said: dict[str, list[Said]] = {lang: [] for lang in LANGUAGES}
        self.ticks: list[Ticking] = []

    def day(self, day: str) -> FiveMonths:
        """Let the ticks come up to ten in the morning of this day."""
        until = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZONE)
        local = self.clock.now().astimezone(ZONE)
        while local < until:
            local = min(later for later in self._hours(local) if later > local)
            if local < until:
                self._tick(local)
        super().day(day)
        return self

    def _hours(self, local: datetime) -> Iterable[datetime]:
        for day in (local, local + timedelta(days=1)):
            for hour in TICKS:
                yield datetime.fromisoformat(f"{day:%Y-%m-%d}T{hour}").replace(tzinfo=ZONE)

    def _tick(self, local: datetime) -> None:
        self.clock.set(local)
        self.ticks.append(Ticking(local, self.campaign.dues()))
        tick(self.campaign, self.channels)
        for lang, path in self.files.items():
            lines = path.read_text("utf-8").splitlines()
            self.said[lang] += [Said(local, json.loads(line)) for line in lines[self.read[lang] :]]
            self.read[lang] = len(lines)

    # -- what recurs ---------------------------------------------------------------------------------------------------

    def notes(self, *days: str) -> None:
        for day in days:
            self.day(day).record("notes_round", lines=["li", "chen", "he", "lin"], good=True)

    def visited(self, day: str) -> None:
        """The supervision group comes, and comes again within a fortnight, or should."""
        self.day(day).open_case("visit", by="group-sun", purpose="routine", announced=True)

    def applied(self, day: str) -> None:
        self.day(day).met().filed()
        self.move("apply")
        self.record("receipt", by="office-wang", addressee="office")
        self.record("receipt", by="group-sun", addressee="group")

    def approved(self, inspected: str, approved: str) -> None:
        self.day(inspected).move("start_inspection", by="office-wang")
        self.record("inspection", by="office-wang", result="pass")
        self.record("stage_summary", sessions=5, attendances=25, others=0, essays=5, deeds=1, report="r")
        self.day(approved).move("approve", by="office-wang")

    # -- the months ----------------------------------------------------------------------------------------------------

    def january_and_february(self) -> FiveMonths:
        """Mobilised on Wednesday, 26 January: 45 days from then is 12 March. The notes of two weeks, one of them closed, are forgotten."""
        self.day("2005-01-26").mobilised()
        self.notes("2005-01-27", "2005-02-17")
        self.visited("2005-02-23")
        self.day("2005-02-24")
        self.lesson = self.open_case("make_up", member="lin", lesson="topic 2", missed_on="2005-02-23", reason="sick")
        self.notes("2005-02-25")
        return self

    def march(self) -> FiveMonths:
        """Ten days more for everybody; a report is forgotten, the office is late with its inspection."""
        self.day("2005-03-03")
        self.campaign.extend(10, by="lead-zhao", reason="notice of 16 February", everywhere=True)
        self.record("notes_round", lines=["li", "chen", "he", "lin"], good=True)
        self.visited("2005-03-08")
        self.day("2005-03-09").case(self.lesson, "hold")
        self.day("2005-03-10")
        self.record("theme_report", addressee="office")
        self.record("theme_report", addressee="group")
        self.learnt()
        self.notes("2005-03-10")
        self.day("2005-03-11").case(self.lesson, "verify", by="group-sun")
        self.day("2005-03-15").looked_back()
        self.notes("2005-03-17")
        self.applied("2005-03-18")
        self.visited("2005-03-21")
        self.notes("2005-03-24")
        self.approved("2005-03-28", "2005-03-29")
        return self

    def april_and_may(self) -> FiveMonths:
        """Analysis, from 29 March to 13 May, with a trip of the leading cadre; rectification from 18 May."""
        self.visited("2005-04-01")
        self.day("2005-04-06").record("stage_mobilisation", report_by="li", present=5)
        self._trip()
        self._analysed()
        self.day("2005-05-11").looked_back()
        self.applied("2005-05-13")
        self.approved("2005-05-17", "2005-05-18")
        self.visited("2005-05-20")
        self.day("2005-05-23").record("rectification_monthly", done=0, partly=1, not_started=2)
        self.day("2005-05-24").record("stage_mobilisation", report_by="li", present=5)
        return self

    def _trip(self) -> None:
        self.day("2005-04-07")
        words = {"destination": "Beijing", "ground": "important_meeting", "in_writing": True}
        self.trip = self.open_case("travel", member="chen", leaves="2005-04-11", returns="2005-04-15", **words)
        self.case(self.trip, "submit")
        self.case(self.trip, "consent", by="office-wang")
        self.case(self.trip, "approve", by="cadre-wu")
        self.day("2005-04-11").case(self.trip, "depart")

    def _analysed(self) -> None:
        self.day("2005-04-12")
        for channel in ("forum", "form", "box"):
            self.record("consultation", channel=channel, asked=20, answered=18, aimed_at="responders")
        self.move("close_opinions")
        self.visited("2005-04-13")
        self.day("2005-04-15").case(self.trip, "come_back")
        self.day("2005-04-20")
        for member in self.members:
            for relation in ("leaders", "up_and_down", "peers"):
                self.record("talk", lines=[member], relation=relation, form="one_to_one")
        self.move("close_talks")
        self.day("2005-04-26")
        paper = {"parts": ["problems", "roots", "direction"], "comparisons": ["charter", "requirements", "exemplars", "duties"]}
        self.record("analysis_paper", lines=self.members, accepted=True, revised=True, **paper)
        self.move("close_papers")
        self.day("2005-04-28")
        for meeting in ("organisation_life", "democratic_life"):
            self.record("life_meeting", lines=self.members, meeting=meeting, theme="t", minutes="m", read_out=True)
        self.move("close_meetings")
        self.visited("2005-05-09")
        self.case(self.trip, "close", by="group-sun")
        inputs = ["self", "peers", "public", "opinions", "conduct"]
        self.record("evaluation", lines=self.members, inputs=inputs, opinion="solid")
        self.record("feedback", lines=self.members, merits="m", problems="p", direction="d", acknowledged=True)
        self.day("2005-05-10").record("public_report", audience="public", means="board")
        self.move("close_evaluation", "close_feedback", "close_public_report")

    def june(self) -> FiveMonths:
        """Rectified and surveyed; concluded on the day before the first batch is to be finished."""
        self.visited("2005-06-01")
        self.record("rectification_plan", version=1, by_head=True, by_group=True, commented=True, filed=True)
        self.record("measure", lines=self.members, wording="w", done=True)
        self.move("close_plan")
        self.day("2005-06-08").record("mechanism", name="open hours", area="service")
        self.record("publication", subject="measures", audience="public")
        self.record("publication", subject="results", audience="public")
        self.move("close_rectify", "close_publish")
        self.visited("2005-06-14")
        self._surveyed()
        self.day("2005-06-17").record("rectification_monthly", done=3, partly=0, not_started=0)
        self.day("2005-06-22").looked_back()
        self.applied("2005-06-24")
        self.approved("2005-06-27", "2005-06-28")
        self.day("2005-06-29").record("summary_meeting", present=5, public_present=10)
        self.record("final_report", report="r")
        self.record("lesson", by="group-sun", wording="begin early")
        self.move("conclude")
        self.day("2005-07-01")
        return self

    def _surveyed(self) -> None:
        by = "super-qian"
        survey = self.open_case("survey", by=by, round=1, representatives=5, sampled=20, anonymous=True)
        self.case(survey, "brief", "open_poll", by=by)
        self.case(survey, "close_poll", by=by, issued=25, returned=24)
        self.case(survey, "tally", by=by, satisfied=20, neutral=3, dissatisfied=1)
        self.case(survey, "pass", by=by)
        self.move("close_survey")

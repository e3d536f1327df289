"""How a branch asks to pass to the next stage, and at which point, and why, it is held up."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import frozen

from workflow.cli.examples.story import Cast, Story, working_day

LOOKS = ("全体党员受到教育", "人人达到基本要求", "先进性要求已讨论通过", "具备条件的问题已整改")
GAPS = ("补齐心得体会原件", "补充宣传栏内容")


@frozen
class Gate:
    """The way through the gate of learning, from the day `opened` on; `trouble` says where it ends (see `district.TROUBLES`)."""

    story: Story
    cast: Cast
    opened: date
    trouble: str

    def tell(self) -> date | None:
        """Tells it; the day on which the branch passed to the next stage, if it did."""
        story, cast = self.story, self.cast
        story.move(self.opened, "open_look_back", cast.secretary)
        if self.trouble in ("hours", "test", "essays", "make_up_open"):
            return None
        self._look_back()
        if self.trouble in ("looks", "immediate"):
            return None
        self._meet()
        if self.trouble in ("no_group", "one_addressee"):
            return None
        self._hand_in()
        if self.trouble in ("receipt", "waiting"):
            return None
        return self._inspected()

    def _look_back(self) -> None:
        story, cast, day = self.story, self.cast, working_day(self.opened, 1)
        looks = LOOKS[:2] if self.trouble == "looks" else LOOKS
        for number, evidence in enumerate(looks, 1):
            story.record(day, "look_back_answer", cast.secretary, look=number, evidence=evidence)
        for item in range(1, 11):
            story.record(day, "checklist_answer", cast.clerk, list="five_checks_five_looks", item=item, answer="已查，见台账")
        story.move(day, "close_look_back", cast.secretary)

    def _meet(self) -> None:
        story, cast, day = self.story, self.cast, working_day(self.opened, 2)
        there = 0 if self.trouble == "no_group" else 1
        present = len(cast.reached)
        minutes = "会议记录：对照四看逐项分析"
        story.record(day, "analysis_meeting", cast.secretary, present=present, group_present=there, resolution="ready", minutes=minutes)
        story.record(day, "group_evaluation", cast.group, opinion="基本达到要求", agrees=True)
        for addressee in ("office",) if self.trouble == "one_addressee" else ("office", "group"):
            story.record(day, "application", cast.secretary, addressee=addressee)
        story.move(day, "apply", cast.secretary)

    def _hand_in(self) -> None:
        story, cast, day = self.story, self.cast, working_day(self.opened, 3)
        story.record(day, "receipt", cast.group, addressee="group")
        if self.trouble == "receipt":
            story.move(day, "start_inspection", cast.office)
            return
        story.record(day, "receipt", cast.office, addressee="office")
        if self.trouble != "summary":
            size = len(cast.members)
            about: dict[str, Any] = {
                "sessions": 12,
                "attendances": size * 11,
                "others": 0,
                "essays": size,
                "deeds": 3,
                "report": "第一阶段小结",
            }
            story.record(day, "stage_summary", cast.clerk, **about)

    def _inspected(self) -> date | None:
        story, cast, day = self.story, self.cast, working_day(self.opened, 4)
        story.move(day, "start_inspection", cast.office)
        result = {"again": "make_up", "make_up": "make_up", "extended": "extend", "redo": "redo"}.get(self.trouble, "pass")
        if self.trouble == "inspecting":
            return None
        findings: dict[str, Any] = {} if result == "pass" else {"findings": ["careless_writing", "empty_boards"]}
        story.record(day, "inspection", cast.office, result=result, notes_drawn=5, essays_drawn=5, **findings)
        match self.trouble:
            case "extended":
                story.move(day, "extend", cast.office, days=10, reason="学习时间不足，延长十天")
            case "redo":
                story.move(day, "redo", cast.head, reason="走过场，责令重来")
            case "make_up":
                self._make_up(day)
            case "again":
                return self._again(self._make_up(day), day)
            case _:
                story.move(day, "approve", cast.approver)
                return None if self.trouble == "summary" else day
        return None

    def _make_up(self, day: date) -> list[str]:
        story, cast = self.story, self.cast
        due = working_day(day, 8).isoformat()
        gaps = [story.open_case(day, "gap", cast.office, subject=subject, responsible=cast.clerk, due=due) for subject in GAPS]
        story.move(day, "require_make_up", cast.office)
        return gaps

    def _again(self, gaps: list[str], day: date) -> date:
        story, cast, done = self.story, self.cast, working_day(day, 5)
        for gap in gaps:
            story.move_case(done, gap, "make_good", cast.secretary, evidence="已补齐，附材料")
            story.move_case(done, gap, "accept", cast.group)
        story.move(done, "request_reinspection", cast.secretary)
        story.record(done, "inspection", cast.office, result="pass")
        story.move(done, "approve", cast.approver)
        return done

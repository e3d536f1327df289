"""How a branch goes through preparation and learning when all is well; what differs is left to each example."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from attrs import frozen

from workflow.cli.examples.story import Cast, Story, working_day, working_day_before

HOURS = 2.25  # of a session; twelve of them make 27 h, of which two thirds of 40 h are asked
SELF_STUDY = (3.5, 3.5, 3.5, 3.5)  # h
REQUIRED_WORKS = ("charter", "january_speech", "excerpts", "reader", "concise_reader")
WAIVED_FOR_LOST = ("collective_hours", "topics_covered", "readings_done", "essays", "test_sat", "requirements_acknowledged")
NOT_FOUND = "失联党员，经三次多渠道联系未果，先行认可缺项"


@frozen
class Lesson:
    form: str
    topic: str
    subject: str


LESSONS = (
    Lesson("lecture", "topic_1", "理想信念与党的宗旨"),
    Lesson("film", "topic_1", "电教片：为人民服务"),
    Lesson("exemplar_report", "topic_2", "先进事迹报告会"),
    Lesson("lecture", "topic_2", "党员先锋模范作用"),
    Lesson("discussion", "topic_3", "先进性具体要求讨论（一）"),
    Lesson("film", "topic_3", "电教片：公仆"),
    Lesson("lecture", "topic_4", "党课：权力观、地位观、利益观"),
    Lesson("exemplar_report", "topic_own", "身边的党员"),
    Lesson("discussion", "topic_4", "先进性具体要求讨论（二）"),
    Lesson("exchange", "topic_own", "学习心得交流会"),
    Lesson("film", "general", "电教片：警示教育"),
    Lesson("party_day", "general", "主题党日活动"),
)


def prepare(story: Story, cast: Cast, mobilised: date, others: int) -> None:
    """From the assignment to a batch to the mobilisation meeting on the day `mobilised`, with `others` present."""
    first = working_day(mobilised - timedelta(days=9), 0)
    size = len(cast.members)
    story.move(first, "assign_batch", cast.office)
    story.move(first, "start_preparation", cast.chief)
    story.record(first, "document_receipt", cast.clerk, document="关于开展先进性教育活动的意见", channel="platform")
    story.record(first, "leading_body", cast.chief, head=cast.chief, deputies=1, with_office=True)
    story.record(first, "roll_count", cast.clerk, staff=size + others, members=size)
    story.record(first, "plan", cast.secretary, **_plan(1, mobilised))
    present = len(cast.reached)
    story.record(mobilised, "mobilisation_meeting", cast.chief, report_by="chief", present=present, others=others, group_invited=True)
    story.move(mobilised, "hold_mobilisation", cast.chief)


def _plan(version: int, mobilised: date) -> dict[str, Any]:
    return {
        "version": version,
        "starts": mobilised.isoformat(),
        "ends": (mobilised + timedelta(days=45)).isoformat(),
        "content": "五个专题，五篇必读篇目",
        "hours": 41,
        "notes": 7,
        "essays": 1,
        "fifth_topic": "本单位自选专题",
        "approved": True,
    }


def mobilise(story: Story, cast: Cast, mobilised: date) -> None:
    """Everybody is told and has the books; the first step is closed four working days after the meeting."""
    start, end = working_day(mobilised, 1), working_day(mobilised, 4)
    at_home = cast.flagged("infirm")
    by_telephone = [ident for ident in cast.flagged("mobile") if ident not in at_home]
    told = {member.id for member in cast.reached}
    in_person = [ident for ident in (member.id for member in cast.reached) if ident not in {*at_home, *by_telephone}]
    for channel, whom in (("in_person", in_person), ("home", at_home), ("telephone", by_telephone)):
        whom = [ident for ident in whom if ident in told]
        if whom:
            story.record(start, "briefing_list", cast.clerk, whom, channel=channel)
    story.record(start, "material_list", cast.clerk, [member.id for member in cast.reached], items="读本、党章、学习计划")
    story.record(
        start, "supervision_plan", cast.group, content="学习动员", focus="学时、心得", method="查阅台账、抽查笔记", standard="四个不转段"
    )
    if mobile := cast.flagged("mobile"):
        gone = (mobilised - timedelta(days=200)).isoformat()
        story.record(start, "mobile_register", cast.clerk, mobile, departed=gone, destination="外地务工", occupation="务工")
    _seek(story, cast, start)
    story.move(end, "close_mobilisation", cast.secretary)


def _seek(story: Story, cast: Cast, start: date) -> None:
    """Those out of contact are looked for three times over three channels; the gap is disclosed and accepted."""
    lost = cast.flagged("lost_contact")
    if not lost:
        return
    for after, channel in enumerate(("telephone", "letter", "visit")):
        story.record(working_day(start, after), "contact", cast.clerk, lost, channel=channel, result="not_reached")
    found = working_day(start, 2)
    story.waive(found, "participation", cast.office, lost, NOT_FOUND)
    story.waive(found, "study_hours", cast.head, lost, NOT_FOUND)
    for requirement in WAIVED_FOR_LOST:
        story.waive(found, requirement, cast.office, lost, NOT_FOUND)


def hold_session(story: Story, cast: Cast, day: date, lesson: Lesson, present: Sequence[str], others: int) -> None:
    about = {"form": lesson.form, "topic": lesson.topic, "subject": lesson.subject}
    story.record(day, "session", cast.clerk, present, hours=HOURS, mode="collective", others=others, **about)


def make_up(story: Story, cast: Cast, day: date, lesson: Lesson, absent: Sequence[str]) -> None:
    if absent:
        story.record(day, "attendance", cast.clerk, absent, hours=HOURS, mode="make_up", topic=lesson.topic)


def study_alone(story: Story, cast: Cast, days: Sequence[date]) -> None:
    """Self-study and the five required works, spread over the sessions."""
    everybody = [member.id for member in cast.reached]
    for hours, day in zip(SELF_STUDY, days[2::3], strict=True):
        story.record(day, "attendance", cast.clerk, everybody, hours=hours, mode="self", topic="general")
    for work, day in zip(REQUIRED_WORKS, days[1::2], strict=False):
        story.record(day, "reading_list", cast.clerk, everybody, work=work)
    story.record(days[-1], "assessment", cast.secretary, everybody, self_study=True)


def look_through_notes(story: Story, cast: Cast, mobilised: date, until: date) -> None:
    """Every seven days, or on the last working day before."""
    writing = [member.id for member in cast.reached if "cannot_write" not in member.flags]
    day = mobilised + timedelta(days=7)
    while day <= until:
        story.record(working_day_before(day + timedelta(days=1), 1), "notes_round", cast.marker, writing, good=True)
        day += timedelta(days=7)


def discuss(story: Story, cast: Cast, day: date) -> None:
    """Concrete requirements, adopted and accepted by everybody."""
    wording = "坚定信念、勤奋学习、服务群众、遵守纪律"
    story.record(
        day, "requirement_set", cast.secretary, audience="ordinary", wording=wording, adopted=True, public_heard=True, published=True
    )
    if cast.leaders:
        wording += "、廉洁自律、带头示范"
        story.record(day, "requirement_set", cast.secretary, audience="leading_cadre", wording=wording, adopted=True, public_heard=True)
    story.record(day, "acknowledgement_list", cast.clerk, [member.id for member in cast.reached], accepted=True)


def essays(story: Story, cast: Cast, day: date, rng: Random, without: Sequence[str] = ()) -> None:
    """One each, two long ones of leading cadres; nothing from `without` nor from those who cannot write."""
    excused = {*without, *cast.flagged("cannot_write"), *cast.flagged("lost_contact"), *cast.leaders}
    ordinary = [member.id for member in cast.members if member.id not in excused]
    if ordinary:
        lines = [{"member": ident, "characters": rng.randrange(800, 2600)} for ident in ordinary]
        story.record(day, "essay", cast.marker, lines, accepted=True, original=True)
    leaders = [ident for ident in cast.leaders if ident not in without]
    for subject in ("学习心得（一）", "学习心得（二）") if leaders else ():
        lines = [{"member": ident, "characters": rng.randrange(3000, 4500)} for ident in leaders]
        story.record(day, "essay", cast.marker, lines, accepted=True, original=True, subject=subject)


def lead(story: Story, cast: Cast, day: date, places: Sequence[str]) -> None:
    """What leading cadres do beside: a lecture each, visits to the contact points in turn, the nine ones."""
    if not cast.leaders:
        return
    story.record(day, "lecture", cast.clerk, cast.leaders, subject="做合格党员", audience=len(cast.members))
    for number in range(max(len(places), len(cast.leaders))):
        visitor, place = cast.leaders[number % len(cast.leaders)], places[number % len(places)]
        story.record(day, "contact_visit", cast.clerk, [visitor], place=place, purpose="走访")
    for item in range(1, 10):
        story.record(day, "nine_one", cast.clerk, cast.leaders, item=item)


def report(story: Story, cast: Cast, mobilised: date, group_asks: date) -> None:
    """The plan made anew after the notice of 16 February, the theme activity, publicity, and the group's own poll."""
    again = date(2005, 2, 18)
    story.record(again, "plan", cast.secretary, **_plan(2, mobilised), reason="按2月16日通知重新制定")
    for addressee in ("office", "group"):
        story.record(date(2005, 3, 3), "theme_report", cast.clerk, addressee=addressee, report="主题实践活动情况")
    story.record(date(2005, 3, 4), "publicity_check", cast.group, channels=["wall", "board", "television", "radio", "bulletin"])
    size = len(cast.members)
    story.record(group_asks, "pulse", cast.group, satisfied=size * 2, neutral=size // 3, dissatisfied=size // 20)


def close_steps(story: Story, cast: Cast, day: date) -> None:
    story.move(day, "close_study", cast.secretary)
    story.move(day, "close_discussion", cast.secretary)

"""A branch of the 2005 campaign, told step by step through the public API, under a virtual clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workflow.clock import VirtualClock
from workflow.definition import Definition, load_file
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Finding, Verdict

ROOT = Path(__file__).parent.parent
DEFINITION = ROOT / "definitions" / "advanced-nature-2005.yaml"
EXAMPLES = ROOT / "examples"

_LOADED: dict[Path, Definition] = {}


def loaded(path: Path) -> Definition:
    """A definition, read once in a test run."""
    if path not in _LOADED:
        _LOADED[path] = load_file(path)
    return _LOADED[path]


STAFF = [
    {"person": "office-wang", "name": "Wang Wei", "roles": "office"},
    {"person": "lead-zhao", "name": "Zhao Min", "roles": "leading_group"},
    {"person": "super-qian", "name": "Qian Jun", "roles": "superior"},
    {"person": "group-sun", "name": "Sun Li", "group": "g1", "roles": "group"},
]


class Story:
    """One branch, `b1`, of five members: li (secretary and clerk), chen (leading cadre), he, lin, and xu, who cannot write.

    Every method records what its name says and returns the verdict of the last command. Dates move on with the clock.
    """

    def __init__(self, db: str | Path = ":memory:", definition: Definition | None = None, leader: str = "chen") -> None:
        self.clock = VirtualClock(datetime(2005, 1, 18, 1, tzinfo=UTC))
        self.campaign = Campaign.create(db, definition or loaded(DEFINITION), clock=self.clock, rehearsal=True)
        self.members = ("li", "chen", "he", "lin", "xu")
        flags = {"chen": "", "xu": "cannot_write"} | ({leader: "leading_cadre"} if leader else {})
        branch = {"branch": "b1", "title": "Labour Bureau", "batch": "1", "group": "g1", "sector": "organ"}
        roll = [
            {
                "branch": "b1",
                "person": m,
                "name": m.title(),
                "status": "in_post",
                "flags": flags.get(m, ""),
                "roles": "secretary;clerk;chief" if m == "li" else "",
            }
            for m in self.members
        ]
        self.campaign.import_roster([branch, *roll, *STAFF])

    def day(self, day: str) -> Story:
        self.clock.set(datetime.fromisoformat(f"{day}T02:00:00+00:00"))
        return self

    # -- entering ----------------------------------------------------------------------------------------------------

    def record(self, kind: str, by: str = "li", lines: Iterable[Any] = (), happened: str | None = None, **fields: Any) -> Verdict:
        verdict = self.campaign.record("b1", kind, by=by, fields=fields, lines=list(lines), happened=happened)
        assert verdict.allowed, verdict.standing
        return verdict

    def move(self, *moves: str, by: str = "li", takes: Mapping[str, Any] | None = None) -> Verdict:
        verdict = None
        for move in moves:
            verdict = self.campaign.move("b1", move, by=by, takes=takes)
            assert verdict.allowed, (move, [(f.code, f.status, f.figures, f.short, f.detail) for f in verdict.standing])
        assert verdict is not None
        return verdict

    def open_case(self, kind: str, by: str = "li", member: str | None = None, **fields: Any) -> str:
        verdict = self.campaign.open_case("b1", kind, by=by, member=member, fields=fields)
        assert verdict.allowed, verdict.standing
        return str(verdict.created)

    def case(self, case: str, *moves: str, by: str = "li", **takes: Any) -> Verdict:
        verdict = None
        for move in moves:
            verdict = self.campaign.move_case("b1", case, move, by=by, takes=takes)
            assert verdict.allowed, (move, [(f.code, f.status, f.figures, f.detail) for f in verdict.standing])
        assert verdict is not None
        return verdict

    # -- the campaign, in order --------------------------------------------------------------------------------------

    def mobilised(self) -> Story:
        """In stage learning, phase working."""
        self.record("leading_body", head="li", deputies=1, with_office=True)
        self.record(
            "plan",
            version=1,
            starts="2005-01-20",
            ends="2005-06-30",
            content="all",
            hours=41,
            notes=10,
            essays=1,
            fifth_topic="service",
            approved=True,
        )
        self.record("roll_count", staff=20, members=5)
        self.record("mobilisation_meeting", report_by="chief", present=5, others=0, group_invited=True)
        self.move("assign_batch", by="office-wang")
        self.move("start_preparation", "hold_mobilisation")
        return self

    def learnt(self, *, hours: Mapping[str, tuple[float, float]] | None = None, but: Iterable[str] = ()) -> Story:
        """Everything the learning stage asks of members, `hours` (collective, self) by member, but what is named."""
        left_out = set(but)
        study = dict.fromkeys(self.members, (27.0, 14.0)) | dict(hours or {})
        self.record("briefing_list", lines=self.members, channel="in_person")
        topics = ("topic_1", "topic_2", "topic_3", "topic_4", "topic_own")
        for topic in topics:
            lines = [{"member": m, "hours": study[m][0] / len(topics)} for m in self.members]
            self.record("session", lines=lines, form="discussion", topic=topic, hours=5.4, mode="collective", others=0)
        self.record("attendance", lines=[{"member": m, "hours": study[m][1]} for m in self.members], mode="self", topic="general")
        for work in ("charter", "january_speech", "excerpts", "reader", "concise_reader"):
            self.record("reading_list", lines=self.members, work=work)
        if "essays" not in left_out:
            self.essays()
        sat = [m for m in self.members if m != "lin"] if "test" in left_out else self.members
        self.record("test_session", lines=sat, questions=100, sat=True)
        self.record("requirement_set", audience="ordinary", wording="w", adopted=True, public_heard=True)
        self.record("requirement_set", audience="leading_cadre", wording="w", adopted=True, public_heard=True)
        self.record("acknowledgement_list", lines=self.members, accepted=True)
        self.move("close_mobilisation", "close_study", "close_discussion")
        return self

    def essays(self, lengths: Iterable[int] = (3000, 3200)) -> None:
        """One of 900 characters by everybody who can write, and those of the leading cadre."""
        self.record("essay", lines=["li", "he", "lin"], characters=900, accepted=True)
        for length in lengths:
            self.record("essay", lines=["chen"], characters=length, accepted=True)

    def looked_back(self) -> Story:
        """In phase analysis_meeting."""
        self.move("open_look_back")
        for look in range(1, 5):
            self.record("look_back_answer", look=look, evidence="see the ledger")
        self.move("close_look_back")
        return self

    def met(self, *, group_present: int = 1, present: int = 4) -> Story:
        self.record("analysis_meeting", present=present, group_present=group_present, resolution="ready", minutes="held")
        self.record("group_evaluation", by="group-sun", opinion="solid", agrees=True)
        return self

    def filed(self, *addressees: str) -> Story:
        for addressee in addressees or ("office", "group"):
            self.record("application", addressee=addressee)
        return self

    def inspected(self, result: str = "pass") -> Story:
        """Applied, received, inspected with a result; in phase inspection."""
        self.move("apply")
        self.record("receipt", by="office-wang", addressee="office")
        self.record("receipt", by="group-sun", addressee="group")
        self.move("start_inspection", by="office-wang")
        self.record("inspection", by="office-wang", result=result)
        self.record("stage_summary", sessions=5, attendances=25, others=0, essays=5, deeds=1, report="r")
        return self

    def to_inspection(self) -> Story:
        return self.mobilised().day("2005-03-10").learnt().looked_back().met().filed().inspected()


def unmet(verdict: Verdict) -> dict[str, Finding]:
    """What stands in the way, by code."""
    return {f.code: f for f in verdict.standing}

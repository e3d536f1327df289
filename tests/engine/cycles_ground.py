"""Three branches in the campaign of 2010, told quarter by quarter under a virtual clock."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.story import ROOT, loaded
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.ledger import verify_chain
from workflow.store import compare
from workflow.verdicts.findings import Verdict

EXCELLENCE = ROOT / "definitions" / "striving-for-excellence-2010.yaml"
BRANCHES = {"water": "Waterworks", "roads": "Roads", "parks": "Parks"}
ENDS = ("confirmed", "given_up", "handed_over")


def people(branch: str) -> tuple[str, str, str]:
    """The secretary, the clerk and another member."""
    return f"{branch}-li", f"{branch}-chen", f"{branch}-he"


def roster() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for branch, title in BRANCHES.items():
        rows.append({"branch": branch, "title": title, "group": "east"})
        for person, role in zip(people(branch), ("secretary", "clerk", ""), strict=True):
            rows.append({"branch": branch, "person": person, "name": person.title().replace("-", " "), "status": "in_post", "roles": role})
    leader = {"person": "lin", "name": "Lin Tao", "group": "east", "roles": "leader"}
    return [*rows, leader, {"person": "wang", "name": "Wang Wei", "roles": "office"}]


class Quarters:
    """The campaign, and what a secretary, a clerk, the leader in charge and the office do in it. Whatever is made must be allowed."""

    def __init__(self, db: str | Path = ":memory:") -> None:
        self.clock = VirtualClock(datetime(2010, 5, 4, 1, tzinfo=UTC))
        self.campaign = Campaign.create(db, loaded(EXCELLENCE), clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster())

    def day(self, day: str) -> Quarters:
        self.clock.set(datetime.fromisoformat(f"{day}T01:00:00+00:00"))
        return self

    # -- of the campaign as a whole ----------------------------------------------------------------------------------

    def mobilised(self) -> Verdict:
        return allowed(self.campaign.record(None, "city_mobilisation", by="wang", happened="2010-04-29"))

    def convened(self) -> Verdict:
        return allowed(self.campaign.record(None, "congress_convened", by="wang", fields={"source": "the news"}))

    # -- of one branch -----------------------------------------------------------------------------------------------

    def unit_mobilised(self, branch: str) -> None:
        self.record(branch, "unit_mobilisation", fields={"speaker": "lin", "present": 9})

    def record(self, branch: str, kind: str, by: str = "", **said: Any) -> Verdict:
        return allowed(self.campaign.record(branch, kind, by=by or people(branch)[0], **said))

    def move(self, branch: str, move: str, by: str = "") -> Verdict:
        return allowed(self.campaign.move(branch, move, by=by or people(branch)[0]))

    def promise(self, branch: str, member: str, due: str) -> str:
        fields = {"subject": "answer within a day", "due": due, "goal": "service"}
        opened = self.campaign.open_case(branch, "promise", by=people(branch)[1], member=member, fields=fields)
        return str(allowed(opened).created)

    def pledge(self, branch: str, due: str) -> str:
        fields = {"subject": "repair the leak", "due": due, "goal": "development", "origin": "left_over"}
        return str(allowed(self.campaign.open_case(branch, "pledge", by=people(branch)[1], fields=fields)).created)

    def case(self, branch: str, case: str, move: str, by: str = "", **takes: Any) -> Verdict:
        return allowed(self.campaign.move_case(branch, case, move, by=by or people(branch)[0], takes=takes))

    def kept(self, branch: str, case: str) -> None:
        """Fulfilled, and confirmed by somebody else."""
        self.case(branch, case, "fulfil", by=people(branch)[1])
        self.case(branch, case, "confirm")

    def promised(self, branch: str) -> None:
        """The first step; promises are made before."""
        self.record(branch, "notice_board", fields={"place": "the hall"})
        self.move(branch, "close_promise")

    def appraised(self, branch: str, content: int = 8) -> None:
        """The three steps after it, and the report."""
        self.record(branch, "leader_comment", by="lin", fields={"merits": "quick", "shortcomings": "few visits"})
        self.record(branch, "comment", fields={"words": "keeps the word"}, lines=list(people(branch)))
        self.record(branch, "mass_appraisal", fields={"votes": 10, "content": content}, lines=lines(branch))
        self.record(branch, "selection", fields={"held": True}, lines=[{"member": people(branch)[2], "merit": "the leak"}])
        for step in ("comment", "appraisal", "commendation"):
            self.move(branch, f"close_{step}")

    # -- what must be true at every step -----------------------------------------------------------------------------

    def sound(self) -> None:
        """The chain is whole, and the tables say what the ledger says."""
        assert verify_chain(self.campaign.store) == ()
        assert compare(self.campaign.store, lambda _hash: self.campaign.definition) == ()

    def totals(self, kind: str = "promise") -> Counter[str]:
        """Promises by state, over all branches; held against what the ledger says was opened."""
        states: Counter[str] = Counter()
        for branch in BRANCHES:
            cases = self.campaign.cases(branch, kind)
            opened = [e for e in self.campaign.timeline(branch) if e.kind == "case_opened" and e.payload["kind"] == kind]
            assert sorted(c.id for c in cases) == sorted(e.payload["case"] for e in opened)
            assert all(c.open == (c.state not in ENDS) for c in cases)
            states.update(c.state for c in cases)
        return states


def lines(branch: str) -> list[dict[str, str]]:
    """Everybody appraised, the last excellent."""
    secretary, clerk, other = people(branch)
    return [{"member": secretary, "result": "good"}, {"member": clerk, "result": "fair"}, {"member": other, "result": "excellent"}]


def allowed(verdict: Verdict) -> Verdict:
    assert verdict.allowed, [(f.code, f.status, f.figures, f.short, f.detail) for f in verdict.standing]
    return verdict

"""Campaigns whose rules change: six workshops under a small definition, and later versions of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peewee

from tests.engine.ground import LICENCES
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document
from workflow.engine.campaign import Campaign
from workflow.engine.proof import definitions
from workflow.store import compare
from workflow.verdicts import Outlook

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Document = dict[str, Any]


def version(edit: Callable[[Document], None] | None = None, *, number: str = "1", base: Definition = LICENCES) -> Definition:
    """The small definition with authority granted, and edited."""
    document = dict(deepcopy(base.document))
    document["authority"] = {"enact": "authority", "extend": "authority"}
    document["version"] = number
    document["requirements"]["taught"]["waivable_by"] = "authority"
    if edit is not None:
        edit(document)
    return load_document(document)


def stricter(document: Document) -> None:
    """Six hours for four, ten days more, and a visit to another workshop: a record, a requirement, a step."""
    document["parameters"]["hours"]["value"] = 6
    document["stages"]["provisional"]["lasts"] = "40d"
    document["records"]["trip"] = {"of": "branch", "fields": {"where": "text"}, "by": "owner", "span": "attempt"}
    document["requirements"]["travelled"] = {
        "title": {"en": "Another workshop was visited", "zh": "已参观其他工坊"},
        "check": "len(branch.trip) > 0",
        "owner": "owner",
        "remedy": {"en": "go and see one", "zh": "安排参观"},
        "basis": "act",
    }
    document["stages"]["provisional"]["steps"]["trip"] = {"by": "owner", "requires": "travelled"}
    document["stages"]["provisional"]["requires"] = {"approve": ["taught", "travelled"]}


FIRST, SECOND = version(), version(stricter, number="2")


class Yard:
    """Workshops w0, w1 ... of two journeymen each: `p00` of w0 is its owner, `ins` inspects, `aut` decides."""

    def __init__(self, count: int = 1, db: str | Path | peewee.SqliteDatabase = ":memory:", definition: Definition = FIRST) -> None:
        self.clock = VirtualClock(START)
        self.campaign = Campaign.create(db, definition, clock=self.clock, rehearsal=True)
        rows: list[dict[str, str]] = []
        for n in range(count):
            rows.append({"branch": f"w{n}", "title": f"Workshop {n}", "group": "g", "batch": str(n % 2)})
            rows += [_member(n, k) for k in range(2)]
        staff = [
            {"person": "ins", "name": "Ina", "group": "g", "roles": "inspector"},
            {"person": "aut", "name": "Aud", "roles": "authority"},
        ]
        self.campaign.import_roster([*rows, *staff])

    def day(self, day: str) -> Yard:
        self.clock.set(datetime.fromisoformat(f"{day}T09:00:00+00:00"))
        return self

    def move(self, branch: str, *moves: str, by: str = "") -> Yard:
        for name in moves:
            verdict = self.campaign.move(branch, name, by=by or _owner(branch))
            assert verdict.allowed, (name, verdict.standing)
        return self

    def taught(self, branch: str, hours: float = 5) -> Yard:
        owner = _owner(branch)
        roll = [owner, f"{owner[:-1]}1"]
        assert self.campaign.record(branch, "evening", by=owner, fields={"mode": "hall", "hours": hours}, lines=roll)
        return self

    def to(self, branch: str, phase: str) -> Yard:
        """Onward to a phase of the first stage, or to the second stage ("full"); the clock moves on three days for the notice."""
        steps: dict[str, Callable[[], object]] = {
            "taught": lambda: self.taught(branch).move(branch, "close_papers", "close_teaching"),
            "notice": lambda: self.move(branch, "apply"),
            "inspection": lambda: self.move(branch, "receive", by="ins"),
            "full": lambda: (
                self.campaign.record(branch, "visit", by="ins", fields={"passed": True}) and self.move(branch, "approve", by="aut")
            ),
        }
        for name, step in steps.items():
            if name == "inspection":
                self.clock.advance(days=3)
            step()
            if name == phase:
                return self
        return self

    def enact(self, definition: Definition = SECOND, by: str = "aut", **how: Any) -> Yard:
        verdict = self.campaign.enact(definition, by=by, reason="the act was amended", **how)
        assert verdict.allowed, verdict.standing
        return self

    def sound(self) -> None:
        """The chain is whole, and the tables say what the ledger says, across all versions."""
        assert compare(self.campaign.store, definitions(self.campaign.store)) == ()
        assert self.campaign.verify().whole


def ahead(outlook: Outlook) -> set[str]:
    """The requirements in the way, of all moves to the next stage."""
    return {finding.code for point in (*outlook.now, *outlook.later, *outlook.ending) for finding in point.standing}


def _owner(branch: str) -> str:
    return f"p{branch[1:]}0"


def _member(n: int, k: int) -> dict[str, str]:
    name = {"branch": f"w{n}", "person": f"p{n}{k}", "name": f"Pat {n}{k}"}
    return {**name, "status": "journeyman", "roles": "owner" if k == 0 else ""}

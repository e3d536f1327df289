"""Whatever is done in whatever order, by whomever, at whatever time: what must hold of a campaign holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.engine.ground import LICENCES, START, Row, sound
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import WorkflowError
from workflow.ledger import Event, events
from workflow.store.tables import PROJECTED
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Verdict
from workflow.verdicts.outlook import Outlook

BRANCHES = ("mill", "forge")
ROLLS = {"mill": ("olga", "m1", "m2"), "forge": ("f1", "f2")}
PEOPLE = ("olga", "omar", "ivan", "ada", "nora")  # two owners (olga on a roll, omar also of the authority), inspector, authority, nobody
ROLES = {
    "olga": {"owner"},
    "omar": {"owner", "authority"},
    "ivan": {"inspector"},
    "ada": {"authority"},
    "nora": {"inspector"},  # from the day a case needs her
}
MOVES = tuple(LICENCES.moves)
CASE_MOVES = tuple(LICENCES.cases["defect"].moves)
TABLES = tuple(str(model._meta.table_name) for model in PROJECTED)

branch, person = st.sampled_from(BRANCHES), st.sampled_from(PEOPLE)
Snapshot = dict[str, list[tuple[Any, ...]]]


def roster(away: Mapping[str, bool]) -> list[Row]:
    rows: list[Row] = [{"branch": name, "title": name.title(), "group": "north"} for name in BRANCHES]
    for name, roll in ROLLS.items():
        rows += [{"branch": name, "person": m, "name": m, "status": "journeyman", "flags": "away" if away.get(m) else ""} for m in roll]
        rows += [{"branch": name, "person": owner, "name": owner, "roles": "owner"} for owner in ("olga", "omar")]
    rows += [{"person": "ivan", "name": "Ivan", "group": "north", "roles": "inspector"}, {"person": "nora", "name": "Nora"}]
    return [*rows, *({"person": who, "name": who, "roles": "authority"} for who in ("ada", "omar"))]


class Licences(RuleBasedStateMachine):
    """Commands by chance on two branches of one campaign in a file."""

    @initialize()
    def create(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = VirtualClock(START)
        self.campaign = Campaign.create(self.folder / "c.db", LICENCES, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster({}))
        self.keys = 0
        self.last: tuple[Callable[[], Verdict], Verdict] | None = None

    def teardown(self) -> None:
        if hasattr(self, "campaign"):
            self.campaign.close()
            shutil.rmtree(self.folder)

    # -- one command, and what must be true of any -------------------------------------------------------------------

    def tables(self) -> Snapshot:
        return {table: self.campaign.store.rows(f"SELECT * FROM {table}") for table in TABLES}

    def count(self) -> int:
        return sum(1 for _ in events(self.campaign.store))

    def give(self, command: Callable[[str], Verdict]) -> Verdict | None:
        """Gives a command under a new key. None where it made no sense; then nothing has changed."""
        self.keys += 1
        key = f"key {self.keys}"
        tables, count = self.tables(), self.count()
        try:
            verdict = command(key)
        except WorkflowError:
            assert (self.tables(), self.count()) == (tables, count)
            return None
        assert self.count() == count + 1
        self.check_kept(verdict)
        if not verdict.allowed:
            assert verdict.standing
            assert self.tables() == tables, "a refused command changed more than the ledger"
        self.last = (lambda: command(key), verdict)
        return verdict

    def check_kept(self, verdict: Verdict) -> None:
        """What was answered is what was kept."""
        event = list(self.campaign.timeline(verdict.branch))[-1]
        assert verdict.event is not None
        assert (event.seq, event.hash) == (verdict.event.seq, verdict.event.hash)
        assert verdict_of(event.payload["verdict"], verdict.event) == verdict
        assert (event.kind == "refused") == (not verdict.allowed)

    def ask_and_give(self, ask: Callable[[], Verdict], command: Callable[[str], Verdict]) -> Verdict | None:
        """The same verdict is given to who asks and to who moves; asking writes nothing."""
        tables, count = self.tables(), self.count()
        try:
            asked = ask()
        except WorkflowError:
            asked = None
        assert (self.tables(), self.count()) == (tables, count)
        verdict = self.give(command)
        if verdict is not None:
            assert asked == evolve(verdict, command="ask", event=None)
        return verdict

    def move(self, branch: str, move: str, by: str, takes: Mapping[str, Any]) -> Verdict | None:
        campaign = self.campaign
        return self.ask_and_give(
            lambda: campaign.ask(branch, move, by=by, takes=takes),
            lambda key: self.campaign.move(branch, move, by=by, takes=takes, key=key),
        )

    def move_case(self, branch: str, case: str, move: str, by: str, takes: Mapping[str, Any]) -> Verdict | None:
        return self.ask_and_give(
            lambda: self.campaign.ask_case(branch, case, move, by=by, takes=takes),
            lambda key: self.campaign.move_case(branch, case, move, by=by, takes=takes, key=key),
        )

    # -- by chance ---------------------------------------------------------------------------------------------------

    @rule(branch=branch, by=person, lines=st.lists(st.sampled_from(["olga", "m1", "m2", "f1", "f2"]), max_size=3), hours=st.integers(-1, 4))
    def teach(self, branch: str, by: str, lines: list[str], hours: int) -> None:
        self.give(lambda key: self.campaign.record(branch, "evening", by=by, fields={"hours": hours, "mode": "hall"}, lines=lines, key=key))

    @rule(branch=branch, by=person, passed=st.booleans(), ahead=st.integers(-3, 1))
    def visit(self, branch: str, by: str, passed: bool, ahead: int) -> None:
        day = (self.clock.now() + timedelta(days=ahead)).date()
        self.give(lambda key: self.campaign.record(branch, "visit", by=by, happened=day, fields={"passed": passed}, key=key))

    @rule(branch=branch, by=person, back=st.integers(0, 4), reason=st.sampled_from(["a mistake", " "]))
    def withdraw(self, branch: str, by: str, back: int, reason: str) -> None:
        seq = max(1, len(list(self.campaign.timeline(branch))) - back)
        self.give(lambda key: self.campaign.withdraw(branch, seq, by=by, reason=reason, key=key))

    @rule(
        branch=branch,
        by=person,
        move=st.sampled_from(MOVES),
        takes=st.sampled_from([{}, {"reason": "again"}, {"reason": "x"}, {"days": 5}]),
    )
    def any_move(self, branch: str, by: str, move: str, takes: Mapping[str, Any]) -> None:
        self.move(branch, move, by, takes)

    @rule(branch=branch, by=person, members=st.sampled_from([(), ("m1",), ("f1", "f2"), ("nobody",)]), days=st.none() | st.integers(-2, 5))
    def waive(self, branch: str, by: str, members: tuple[str, ...], days: int | None) -> None:
        until = None if days is None else (self.clock.now() + timedelta(days=days)).date()
        self.give(lambda key: self.campaign.waive(branch, "taught", by=by, reason="short of time", members=members, until=until, key=key))

    @rule(branch=branch, by=person, fixer=person)
    def open_case(self, branch: str, by: str, fixer: str) -> None:
        self.give(lambda key: self.campaign.open_case(branch, "defect", by=by, fields={"what": "a loose wire", "fixer": fixer}, key=key))

    @rule(
        branch=branch, by=person, number=st.integers(1, 3), move=st.sampled_from(CASE_MOVES), measure=st.sampled_from(["none", "soldered"])
    )
    def any_case_move(self, branch: str, by: str, number: int, move: str, measure: str) -> None:
        self.move_case(branch, f"defect-{number}", move, by, {"measure": measure} if move == "mend" else {})

    @rule(days=st.integers(-5, 5), hours=st.integers(0, 23))
    def turn_the_clock(self, days: int, hours: int) -> None:
        self.clock.advance(days=days, hours=hours)

    @rule(away=st.fixed_dictionaries({"m1": st.booleans(), "f2": st.booleans()}))
    def import_the_roster_again(self, away: Mapping[str, bool]) -> None:
        self.campaign.import_roster(roster(away))
        count = self.count()
        assert not self.campaign.import_roster(roster(away)).changed
        assert self.count() == count

    @rule()
    def claim_a_member_for_another_branch(self) -> None:
        report = self.campaign.import_roster([{"branch": "forge", "person": "m1", "name": "m1", "status": "journeyman"}])
        assert [warning.code for warning in report.warnings] == ["two-rolls"]

    @rule()
    def close_and_open(self) -> None:
        tables, count = self.tables(), self.count()
        self.campaign.close()
        self.campaign = Campaign.open(self.folder / "c.db", clock=self.clock)
        assert (self.tables(), self.count()) == (tables, count)

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_command_again(self) -> None:
        assert self.last is not None
        again, verdict = self.last
        tables, count = self.tables(), self.count()
        assert again() == verdict
        assert (self.tables(), self.count()) == (tables, count)

    # -- on purpose: chance alone would hardly ever finish a stage ---------------------------------------------------

    @rule(branch=branch, steps=st.integers(1, 6))
    def go_on(self, branch: str, steps: int) -> None:
        """Does what the outlook asks for, and is let through where it said so."""
        for _ in range(steps):
            outlook = self.campaign.why(branch)
            if outlook.final:
                return
            if outlook.blocker:
                self.put_right(branch, outlook)
            else:
                by = next(p.id for p in outlook.hands if p.id not in self.done_apply(branch) | {"olga"})
                verdict = self.move(branch, outlook.waiting_for or "", by, {})
                assert verdict is not None
                assert verdict.allowed

    def done_apply(self, branch: str) -> set[str]:
        done = [e for e in self.campaign.timeline(branch) if e.kind == "moved" and e.payload["move"] == "apply"]
        return {done[-1].actor} if done and self.campaign.why(branch).state.endswith("inspection") else set()

    def put_right(self, branch: str, outlook: Outlook) -> None:
        match outlook.blocker:
            case "steps_closed":
                for waypoint in (w for w in outlook.now if w.verdict.allowed):
                    self.move(branch, waypoint.move, "omar", {})
            case "taught":
                self.teach(branch, "omar", list(ROLLS[branch]), 4)
            case "passed":
                self.visit(branch, "ivan", True, 0)
            case "waited":
                self.turn_the_clock(3, 0)
            case "no_defect":
                for case in (case for case in self.campaign.cases(branch) if case.open):
                    self.move_case(branch, case.id, "mend", "omar", {"measure": "soldered"})
                    self.move_case(branch, case.id, "accept", "ivan", {})
                    if case.fields["fixer"] == "ivan":  # nobody else may accept it
                        self.campaign.import_roster([{"person": "nora", "name": "Nora", "group": "north", "roles": "inspector"}])
                        self.move_case(branch, case.id, "accept", "nora", {})
            case blocker:
                raise AssertionError(f"nobody knows how to put {blocker} right")

    # -- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def the_tables_are_what_the_ledger_says(self) -> None:
        if hasattr(self, "campaign"):
            sound(self.campaign.store, LICENCES)

    @invariant()
    def nobody_is_lost_or_counted_twice(self) -> None:
        if not hasattr(self, "campaign"):
            return
        roll = self.campaign.store.rows("SELECT branch, id FROM workflow_member ORDER BY branch, id")
        assert roll == sorted((name, member) for name, members in ROLLS.items() for member in members)
        board = self.campaign.board()
        assert (board.total, board.members) == (2, 5)
        assert sorted(name for cell in board.cells for name in cell.branches) == sorted(BRANCHES)
        for name, outlook in self.campaign.outlooks().items():
            for finding in (f for waypoint in outlook.now for f in waypoint.verdict.findings if f.each == "member"):
                assert finding.total == len(ROLLS[name]) == finding.met + finding.not_applicable + len(finding.short)

    @invariant()
    def no_stage_was_left_without_approval(self) -> None:
        for name in BRANCHES if hasattr(self, "campaign") else ():
            history = History()
            for event in self.campaign.timeline(name):
                history.take(event)
            assert history.state == self.campaign.why(name).state


class History:
    """What is right, told from the events of one branch alone, with the rules of the licences written out by hand."""

    def __init__(self) -> None:
        self.state, self.at = LICENCES.initial, ""
        self.visits: dict[int, tuple[str, bool]] = {}  # of this attempt, those not withdrawn: seq -> day, passed
        self.applicants: set[str] = set()  # of this attempt

    def take(self, event: Event) -> None:
        assert event.recorded_at >= self.at
        self.at = event.recorded_at
        said = event.payload
        if event.kind not in ("roster", "refused"):
            assert event.role in ROLES[event.actor]
            assert verdict_of(said["verdict"]).allowed
        match event.kind:
            case "record" if said["record"] == "visit":
                self.visits[event.seq] = (said["happened"], said["fields"]["passed"])
            case "withdrawn":
                self.visits.pop(said["of"], None)
            case "moved":
                self.moved(event, verdict_of(said["verdict"]))

    def moved(self, event: Event, verdict: Verdict) -> None:
        said, before = event.payload, self.state
        assert (said["from"], verdict.source, verdict.standing) == (before, before, ())
        self.state = said["to"]
        if self.state.partition(".")[0] != before.partition(".")[0]:
            self.approved(event, verdict)
        if said["move"] == "apply":
            self.applicants.add(event.actor)
        if "attempt" in said:
            self.visits, self.applicants = {}, set()

    def approved(self, event: Event, verdict: Verdict) -> None:
        assert (verdict.subject, verdict.role, event.role) == ("approve", "authority", "authority")
        assert {"rule.phase", "rule.role", "rule.separation", "passed", "no_defect"} == {f.code for f in verdict.findings}
        assert all(finding.status in ("met", "not_applicable") for finding in verdict.findings)
        assert event.actor not in {*ROLLS[event.branch], *self.applicants}
        _, _, passed = max((day, seq, passed) for seq, (day, passed) in self.visits.items())
        assert passed, "the last visit of this attempt"


Licences.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
TestLicences = Licences.TestCase


def test_doing_what_is_asked_for_finishes_a_campaign() -> None:
    """Lest the machine above never leave its first state."""
    machine = Licences()
    machine.create()
    for branch in BRANCHES:
        machine.go_on(branch, 60)
    machine.no_stage_was_left_without_approval()
    assert [outlook.state for outlook in machine.campaign.outlooks().values()] == ["finished", "finished"]
    machine.teardown()

"""All commands in whatever order, rules, rolls and branches changing on the way: what must hold of a campaign holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.engine.ground import START
from tests.engine.yards import roster, yards
from workflow.clock import VirtualClock, read_stamp
from workflow.engine.campaign import Campaign
from workflow.errors import WorkflowError
from workflow.ledger import Event, events
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Verdict

WHY = "as was decided"
PEOPLE = ("bo", "bo", "kay", "gus", "gil", "nobody")  # the office acts most
BADGES = "SELECT COALESCE(SUM(f1), 0) FROM workflow_line WHERE kind = 'badge' AND live = 1 AND branch = ?"
ROLL = "SELECT id, branch FROM workflow_member"
number = st.integers(0, 10_000)  # one of however many there are by now
who = st.sampled_from(PEOPLE)


class Motion(RuleBasedStateMachine):
    """Three yards to begin with; a model of who is on which roll and what each has on file."""

    @initialize()
    def create(self) -> None:
        self.clock = VirtualClock(START)
        self.campaign = Campaign.create(":memory:", yards(), clock=self.clock, rehearsal=True)
        rows = roster()
        self.campaign.import_roster(rows)
        self.rolls = {row["person"]: row["branch"] for row in rows if row.get("status")}
        self.points: Counter[str] = Counter()  # of whoever is on a roll
        self.gone: dict[str, str] = {}  # who left -> from where
        self.ended: set[str] = set()
        self.enacted: list[tuple[int, str, str, str]] = [(1, "", "running", self.campaign.definition.hash)]  # from which event on
        self.names = count()
        self.hours = {self.campaign.definition.hash: 4.0}

    def teardown(self) -> None:
        if not hasattr(self, "campaign"):
            return
        for branch in self.branches:
            self.check_stages(branch)
        proof = self.campaign.verify()
        assert proof.whole, (proof.breaks, proof.differences)
        self.campaign.close()

    @property
    def branches(self) -> list[str]:
        return [ident for ident, _ in self.campaign.branches()]

    def one(self, choice: int) -> str:
        return self.branches[choice % len(self.branches)]

    def member(self, choice: int) -> str:
        return sorted(self.rolls)[choice % len(self.rolls)]

    def give(self, command: Callable[[], Verdict | tuple[Verdict, ...]]) -> bool:
        """Whether a command was carried out; one that made no sense has written nothing, one that was refused a refusal at most."""
        before = sum(1 for _ in events(self.campaign.store))
        try:
            answer = command()
        except WorkflowError:
            assert sum(1 for _ in events(self.campaign.store)) == before
            return False
        answers = answer if isinstance(answer, tuple) else (answer,)
        if all(each.allowed for each in answers):
            return True
        written = [event.kind for event in list(events(self.campaign.store))[before:]]
        assert written == ["refused"] * len(answers)
        return False

    # -- the campaign's own course -----------------------------------------------------------------------------------

    @rule(days=st.integers(0, 9))
    def wait(self, days: int) -> None:
        self.clock.advance(days=days, hours=1)

    @rule(at=number, by=who, hours=st.sampled_from([1, 2, 4, 6]))
    def lesson(self, at: int, by: str, hours: int) -> None:
        branch = self.one(at)
        lines: list[Any] = [{"member": m, "hours": hours} for m, where in self.rolls.items() if where == branch]
        self.give(lambda: self.campaign.record(branch, "lesson", by=by, fields={"topic": "care"}, lines=lines))

    @rule(at=number, points=st.integers(1, 9))
    def badge(self, at: int, points: int) -> None:
        member = self.member(at)
        if self.give(lambda: self.campaign.record(self.rolls[member], "badge", by="bo", fields={"points": points}, lines=[member])):
            self.points[member] += points

    @rule(at=number, by=who, move=st.sampled_from(["apply", "approve", "approve", "send_back", "apply_again", "redo"]))
    def move(self, at: int, by: str, move: str) -> None:
        self.give(lambda: self.campaign.move(self.one(at), move, by="kay" if move.startswith("apply") else by))

    @rule(at=number)
    def pass_the_gate(self, at: int) -> None:
        """A lesson for all, then the way to the next stage: by chance alone few would get there."""
        self.lesson(at, "kay", 6)
        self.move(at, "kay", "apply")
        self.move(at, "bo", "approve")

    @rule(at=number, of_member=st.booleans())
    def open_case(self, at: int, of_member: bool) -> None:
        if of_member:
            member = self.member(at)
            self.give(lambda: self.campaign.open_case(self.rolls[member], "make_up", by="kay", member=member, fields={"what": "care"}))
        else:
            self.give(lambda: self.campaign.open_case(self.one(at), "defect", by="kay", fields={"what": "a hole"}))

    @rule(at=number, nth=number)
    def settle_case(self, at: int, nth: int) -> None:
        branch = self.one(at)
        found = self.campaign.cases(branch)
        if found:
            case = found[nth % len(found)]
            self.give(lambda: self.campaign.move_case(branch, case.id, "mend" if case.kind == "defect" else "finish", by="kay"))

    @rule(at=number, seq=st.integers(1, 12))
    def withdraw(self, at: int, seq: int) -> None:
        branch = self.one(at)
        said = next((e for e in self.campaign.timeline(branch) if e.seq == seq), None)
        if said is None or said.kind != "record":
            return
        if self.give(lambda: self.campaign.withdraw(branch, seq, by="bo", reason=WHY)) and said.payload["record"] == "badge":
            owner = said.payload["lines"][0]["member"]
            self.points[owner] -= said.payload["fields"]["points"]

    @rule(at=number, by=who)
    def waive(self, at: int, by: str) -> None:
        self.give(lambda: self.campaign.waive(self.one(at), "studied", by=by, reason=WHY))

    # -- rules and clocks --------------------------------------------------------------------------------------------

    @rule(
        hours=st.integers(3, 7), days=st.sampled_from([30, 40]), scope=st.sampled_from(["running", "new"]), later=st.integers(0, 6), by=who
    )
    def enact(self, hours: int, days: int, scope: Any, later: int, by: str) -> None:
        definition, starts = yards(hours, days), self.clock.now().date() + timedelta(days=later)
        if self.give(lambda: self.campaign.enact(definition, by=by, reason=WHY, starts=starts, scope=scope)):
            self.enacted.append((sum(1 for _ in events(self.campaign.store)), starts.isoformat(), scope, definition.hash))
            self.hours[definition.hash] = float(hours)

    @rule(at=number, days=st.integers(1, 12), by=who)
    def extend(self, at: int, days: int, by: str) -> None:
        branch = self.one(at)
        before = self.campaign.why(branch).planned_end
        if self.give(lambda: self.campaign.extend(days, by=by, reason=WHY, branches=[branch])):
            after = self.campaign.why(branch).planned_end
            assert before is not None
            assert after is not None
            assert date.fromisoformat(after) - date.fromisoformat(before) == timedelta(days=days)

    @rule(at=number, by=who)
    def suspend(self, at: int, by: str) -> None:
        self.give(lambda: self.campaign.suspend(by=by, reason=WHY, branches=[self.one(at)]))

    @rule(at=number, by=who)
    def resume(self, at: int, by: str) -> None:
        halted = self.campaign.board().suspended or self.branches
        self.give(lambda: self.campaign.resume(by=by, reason=WHY, branches=[halted[at % len(halted)]]))

    # -- rolls -------------------------------------------------------------------------------------------------------

    @rule(at=number, by=who, again=st.booleans())
    def enrol(self, at: int, by: str, again: bool) -> None:
        branch, known = self.one(at), sorted(self.gone)
        member = known[at % len(known)] if again and known else f"new-{next(self.names)}"
        if self.give(lambda: self.campaign.enrol(branch, member, name=f"N {member}", by=by, reason=WHY)):
            self.rolls[member] = branch
            self.gone.pop(member, None)

    @rule(at=number, to=number, by=who)
    def transfer(self, at: int, to: int, by: str) -> None:
        member, target = self.member(at), self.one(to)
        if self.give(lambda: self.campaign.transfer(member, target, by=by, reason=WHY)):
            self.rolls[member] = target

    @rule(at=number, by=who, lost=st.booleans())
    def change(self, at: int, by: str, lost: bool) -> None:
        flags = {"flag" if lost else "unflag": ["away"]}
        self.give(lambda: self.campaign.change(self.member(at), by=by, reason=WHY, **flags))

    @rule(at=number, by=who)
    def remove(self, at: int, by: str) -> None:
        if len(self.rolls) < 4:
            return
        member = self.member(at)
        if self.give(lambda: self.campaign.remove(member, by=by, reason=WHY, departure="left")):
            self.gone[member] = self.rolls.pop(member)

    @rule(at=number, by=who, given=st.booleans())
    def office(self, at: int, by: str, given: bool) -> None:
        order = self.campaign.appoint if given else self.campaign.relieve
        self.give(lambda: order("kay", "keeper", of=self.one(at), by=by, reason=WHY))

    @rule(at=number, points=st.integers(1, 9))
    def import_files(self, at: int, points: int) -> None:
        """Somebody new from a roster, and a badge from a file of records."""
        branch, member = self.one(at), f"new-{next(self.names)}"
        report = self.campaign.import_roster([{"branch": branch, "person": member, "name": member, "status": "hand"}])
        if report.added["members"]:
            self.rolls[member] = branch
            line = {"record": "badge", "branch": branch, "by": "bo", "fields": {"points": points}, "lines": [member]}
            assert self.campaign.import_records([line]).documents == 1
            self.points[member] += points
        assert bool(report.added["members"]) == (branch not in self.ended)

    # -- branches ----------------------------------------------------------------------------------------------------

    @rule(at=number, batch=st.sampled_from(["1", "2", "3"]), restart=st.booleans(), by=who)
    def reassign(self, at: int, batch: str, restart: bool, by: str) -> None:
        self.give(lambda: self.campaign.reassign(self.one(at), batch=batch, restart=restart, by=by, reason=WHY))

    @rule(at=number, to=number, by=who)
    def merge(self, at: int, to: int, by: str) -> None:
        branch, target = self.one(at), self.one(to)
        if self.give(lambda: self.campaign.merge(branch, target, by=by, reason=WHY)):
            self.end(branch, target)

    @rule(at=number, to=number, by=who)
    def dissolve(self, at: int, to: int, by: str) -> None:
        branch, target = self.one(at), self.one(to)
        if self.give(lambda: self.campaign.dissolve(branch, members=target, cases=target, by=by, reason=WHY)):
            self.end(branch, target)

    def end(self, branch: str, target: str) -> None:
        self.ended.add(branch)
        self.rolls = {member: target if where == branch else where for member, where in self.rolls.items()}

    @rule(at=number, by=who)
    def split(self, at: int, by: str) -> None:
        branch = self.one(at)
        roll = sorted(m for m, where in self.rolls.items() if where == branch)
        some, new = roll[: len(roll) // 2], f"n{next(self.names)}"
        if self.give(lambda: self.campaign.split(branch, new, title=f"Yard {new}", members=some, by=by, reason=WHY)):
            self.rolls |= dict.fromkeys(some, new)
            self.campaign.appoint("kay", "keeper", of=new, by="bo", reason=WHY)

    @rule(batch=st.sampled_from(["1", "2", "3"]), by=who)
    def close_batch(self, batch: str, by: str) -> None:
        for at, _ in enumerate(self.branches):
            self.pass_the_gate(at)
        behind = {o.branch: WHY for o in self.campaign.outlooks().values() if o.batch == batch and o.state.startswith("first.")}
        self.give(lambda: self.campaign.close_batch(batch, by=by, reason=WHY, stragglers=behind))

    # -- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_lost_or_counted_twice(self) -> None:
        if hasattr(self, "campaign"):
            rows = self.campaign.store.rows(ROLL)
            assert len(rows) == len(self.rolls)
            assert dict(rows) == self.rolls

    @invariant()
    def totals_reconcile(self) -> None:
        if not hasattr(self, "campaign"):
            return
        board, expected = self.campaign.board(), Counter[str]()
        for member, where in self.rolls.items():
            expected[where] += self.points[member]
        assert {b: self.campaign.store.rows(BADGES, (b,))[0][0] for b in self.branches} == {b: expected[b] for b in self.branches}
        assert board.members == len(self.rolls)
        assert sum(len(cell.branches) for cell in board.cells) == board.total == len(self.branches)
        assert sum(len(hold.branches) for hold in board.holds) + len(board.done) + len(board.ended) == board.total
        assert set(board.ended) == self.ended

    @invariant()
    def everybody_can_be_told_why(self) -> None:
        if hasattr(self, "campaign"):
            for ident, each in self.campaign.outlooks().items():
                alone = self.campaign.why(ident)
                assert (alone.state, alone.blocker, alone.definition) == (each.state, each.blocker, each.definition)

    def check_stages(self, branch: str) -> None:
        """Every stage beyond the first was entered by an approval, judged by the version in force for that attempt on that day."""
        began = ""
        for event in self.campaign.timeline(branch):
            day = read_stamp(event.recorded_at).date().isoformat()
            said = event.payload
            if event.kind == "moved" and said["to"].partition(".")[0] != said["from"].partition(".")[0]:
                assert said["move"] == "approve"
                self.check_approval(event, began, day)
            if event.kind == "founded":
                began = read_stamp(said["entered"]).date().isoformat()
                old = [e for e in self.campaign.timeline(said["from"]["branch"]) if e.seq <= said["from"]["seq"]]
                assert said["state"].partition(".")[0] == stage_after(old)
            elif (event.kind == "roster" and "state" in said) or said.get("attempt") or said.get("restart"):
                began = day
        assert stage_after(list(self.campaign.timeline(branch))) == self.campaign.why(branch).state.partition(".")[0]

    def check_approval(self, event: Event, began: str, day: str) -> None:
        made = [(starts, scope, hashed) for position, starts, scope, hashed in self.enacted if position < event.position]
        holds = [hashed for starts, scope, hashed in made if starts <= (day if scope == "running" else min(began, day))]
        assert event.definition == holds[-1]
        verdict = verdict_of(event.payload["verdict"])
        assert verdict.allowed
        assert verdict.actor == "bo"
        studied = next(f for f in verdict.findings if f.code == "studied")
        assert studied.status in ("met", "waived")
        assert all(figure.required == self.hours[event.definition] for short in studied.short for figure in short.figures)


def stage_after(told: list[Event]) -> str:
    """The stage a branch is in after these events."""
    stage = ""
    for event in told:
        said = event.payload
        if event.kind in ("roster", "founded") and "state" in said:
            stage = said["state"].partition(".")[0]
        elif event.kind == "moved":
            stage = said["to"].partition(".")[0]
        elif said.get("restart"):
            stage = said["restart"]["to"].partition(".")[0]
    return stage


Motion.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMotion = Motion.TestCase

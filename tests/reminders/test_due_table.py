"""The due table says what the question `dues` says, whatever happened and however long nobody looked; and what it says rings once."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.visits import TEXT, opened
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign
from workflow.errors import WorkflowError
from workflow.reminders import tick
from workflow.reminders.due_table import catch_up
from workflow.reminders.entries import entries

GOES_BY_TODAY = TEXT.replace("until: not trip.open, ladder", "until: not trip.open or trip.returns > today + 5, ladder")


def stricter(text: str) -> Definition:
    return load_text(text.replace("lasts: 30d", "lasts: 20d").replace("working_days: 7}", "working_days: 5}"))


def table(made: Campaign) -> list[tuple[Any, ...]]:
    catch_up(made)
    found = entries(made.store, "1")
    rows = [(e.branch, e.deadline, e.subject, (e.period, e.ends), e.definition, e.name, e.day, bool(e.confirmed)) for e in found]
    return sorted(rows, key=repr)


def asked(made: Campaign) -> list[tuple[Any, ...]]:
    rows = [(i.branch, i.deadline, i.subject, i.period or ("", ""), i.definition, i.name, i.day, i.confirmed) for i in made.dues()]
    return sorted(rows, key=repr)


def told(made: Campaign) -> list[dict[str, Any]]:
    """Everything that was ever said, in the order of the letters."""
    rows = made.store.rows("SELECT day, person, body FROM workflow_notice ORDER BY day, person")
    return [{"said": day, "person": person, **item} for day, person, body in rows for item in json.loads(body)["items"]]


class Deadlines(RuleBasedStateMachine):
    """Whatever is entered and however the time passes, the table is what the question says."""

    @initialize(goes_by_today=st.booleans())
    def begin(self, goes_by_today: bool) -> None:
        self.text = GOES_BY_TODAY if goes_by_today else TEXT
        self.made = opened(definition=load_text(self.text))
        self.enacted = False

    def do(self, command: Any) -> None:
        """Some commands make no sense as things stand: then nothing happens."""
        with suppress(WorkflowError):
            command(self.made)

    @rule(days=st.integers(1, 20), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.made._desk.clock.advance(days=days, hours=hours)  # type: ignore[attr-defined]

    @rule(branch=st.sampled_from(["b1", "b2"]), member=st.sampled_from(["ann", "bob", "cho"]), back=st.integers(0, 9))
    def note(self, branch: str, member: str, back: int) -> None:
        if (member == "cho") == (branch == "b2"):
            happened = (date.fromisoformat(self.made.today) - timedelta(days=back)).isoformat()
            clerk = "cho" if branch == "b2" else "ann"
            self.do(lambda c: c.record(branch, "note", by=clerk, happened=happened, lines=[{"member": member}], fields={"good": True}))

    @rule(days=st.integers(1, 40))
    def plan(self, days: int) -> None:
        ends = (date.fromisoformat(self.made.today) + timedelta(days=days)).isoformat()
        self.do(lambda c: c.record("b1", "plan", by="ann", fields={"ends": ends}))

    @rule()
    def monthly(self) -> None:
        self.do(lambda c: c.record("b2", "monthly", by="cho", fields={"done": True}))

    @rule()
    def congress(self) -> None:
        self.do(lambda c: c.record(None, "congress", by="olga", fields={"held": True}))

    @rule(move=st.sampled_from(["skip", "pass"]), branch=st.sampled_from(["b1", "b2"]))
    def move(self, move: str, branch: str) -> None:
        by = "olga" if move == "pass" else "ann" if branch == "b1" else "cho"
        self.do(lambda c: c.move(branch, move, by=by))

    @rule(days=st.integers(1, 20))
    def trip(self, days: int) -> None:
        returns = (date.fromisoformat(self.made.today) + timedelta(days=days)).isoformat()
        self.do(lambda c: c.open_case("b1", "trip", by="ann", member="bob", fields={"returns": returns}))

    @rule(move=st.sampled_from(["land", "close"]), which=st.integers(0, 3))
    def case(self, move: str, which: int) -> None:
        cases = self.made.cases("b1")
        if cases:
            self.do(lambda c: c.move_case("b1", cases[which % len(cases)].id, move, by="ann"))

    @rule(days=st.integers(1, 15))
    def extend(self, days: int) -> None:
        self.do(lambda c: c.extend(days, branches="b1", by="olga", reason="time"))

    @rule(branch=st.sampled_from(["b1", "b2"]), resume=st.booleans())
    def pause(self, branch: str, resume: bool) -> None:
        self.do(lambda c: (c.resume if resume else c.suspend)(branches=branch, by="olga", reason="flood"))

    @rule(member=st.sampled_from(["bob", "dan"]))
    def transfer(self, member: str) -> None:
        here = dict(self.made.store.rows("SELECT id, branch FROM workflow_member")).get(member)
        if here is not None:
            self.do(lambda c: c.transfer(member, "b2" if here == "b1" else "b1", by="olga", reason="moved"))

    @precondition(lambda self: not self.enacted)
    @rule(ahead=st.integers(0, 20))
    def enact(self, ahead: int) -> None:
        starts = (date.fromisoformat(self.made.today) + timedelta(days=ahead)).isoformat()
        self.enacted = True
        self.do(lambda c: c.enact(stricter(self.text), starts=starts, by="olga", reason="stricter"))

    @rule()
    def ticked(self) -> None:
        tick(self.made)

    @invariant()
    def the_table_says_what_the_question_says(self) -> None:
        if hasattr(self, "made"):
            assert table(self.made) == asked(self.made)

    def teardown(self) -> None:
        if hasattr(self, "made"):
            self.made.close()


TestDeadlines = Deadlines.TestCase
TestDeadlines.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

"""All branches at once is the same as one by one, in every finding; and what it costs in queries does not grow with the branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.ground import START, TRIAL_SITES, Row, sites, trial
from tests.story import DEFINITION, Story, loaded
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document, load_text
from workflow.definition.model import CaseKind, Field, RecordKind
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, Misuse

ACTORS = ("one", "two")  # both hold every role; `one` is on a roll, and so kept from some moves


def unbarred(definition: Definition) -> Definition:
    """The same requirements, none of which stops a move: so that chance leads into every state."""
    document = dict(definition.document)
    document["requirements"] = {name: {**said, "level": "warn"} for name, said in document["requirements"].items()}
    return load_document(document, validated=True)


FREE = {path: unbarred(loaded(path)) for path in (TRIAL_SITES, DEFINITION)}


def same_one_by_one(campaign: Campaign) -> None:
    together = campaign.outlooks()
    assert list(together) == [branch for branch, _ in campaign.branches()]
    for branch, outlook in together.items():
        alone = campaign.why(branch)
        assert outlook.now == alone.now, branch
        assert outlook == evolve(alone, later=()), branch


# -- anything that can be entered --------------------------------------------------------------------------------------


def value_of(field: Field) -> st.SearchStrategy[Any]:
    low, high = int(field.min or 0), int(field.max if field.max is not None else 60)
    match field.type:
        case "integer":
            return st.integers(low, high)
        case "number":
            return st.integers(low * 10, high * 10).map(lambda n: n / 10)
        case "boolean":
            return st.booleans()
        case "date":
            return st.sampled_from(["2005-01-20", "2026-02-01", "2026-03-02", "2026-04-01"])
        case "choice":
            one = st.sampled_from(sorted(field.options))
            return st.lists(one, min_size=1, unique=True) if field.many else one
        case "person":
            return st.sampled_from([*ACTORS, "m0-1"])
        case _:
            return st.just("x" * max(low, 1))


def values_of(fields: Mapping[str, Field]) -> st.SearchStrategy[dict[str, Any]]:
    stated = {name: value_of(field) for name, field in fields.items()}
    needed = {name: values for name, values in stated.items() if not fields[name].optional}
    return st.fixed_dictionaries(needed, optional={name: values for name, values in stated.items() if name not in needed})


def roster(definition: Definition, staff: list[int]) -> list[Row]:
    """A branch for every number, with so many members; branches hang below one another in a chain, and stand in two groups."""
    rows: list[Row] = []
    members = definition.members
    assert members is not None
    statuses, flags = list(members.status), list(members.flags)
    for n, size in enumerate(staff):
        about = {"branch": f"b{n}", "title": f"B {n}", "batch": str(n % 2), "group": f"g{n % 2}", "parent": f"b{n - 1}" if n else ""}
        rows.append(about)
        for k in range(size):
            status, flag = statuses[(n + k) % len(statuses)], flags[(n + k) % len(flags)] if k % 2 else ""
            rows.append({"branch": f"b{n}", "person": f"m{n}-{k}", "name": f"M {n} {k}", "status": status, "flags": flag})
        roles = ";".join(definition.roles)
        rows += [{"branch": f"b{n}", "group": f"g{n % 2}", "person": who, "name": who, "roles": roles} for who in ACTORS]
    status = statuses[0]
    return [*rows, {"branch": "b0", "person": "one", "name": "one", "status": status}]


class Chance:
    """Commands drawn by chance, given to a campaign; what makes no sense is passed over."""

    def __init__(self, draw: Callable[..., Any], definition: Definition, staff: list[int]) -> None:
        self.draw = draw
        self.clock = VirtualClock(START)
        self.campaign = Campaign.create(":memory:", definition, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster(definition, staff))
        self.definition = definition
        self.staff = staff

    def command(self) -> None:
        n = self.draw(st.integers(0, len(self.staff) - 1))
        todo = [self.record, self.record, self.record, self.move, self.move, self.move, self.waive, self.wait, self.withdraw]
        todo += [self.open_case, self.move_case] if self.definition.cases else []
        try:
            self.draw(st.sampled_from(todo))(f"b{n}", n)
        except (Misuse, InputFault):
            return  # a branch without members, a record already withdrawn: nothing was written

    def by(self) -> str:
        return str(self.draw(st.sampled_from(ACTORS)))

    def record(self, branch: str, n: int) -> None:
        kind: RecordKind = self.draw(st.sampled_from(list(self.definition.records.values())))
        roll = [f"m{n}-{k}" for k in range(self.staff[n])]
        lined = kind.of == "member" or kind.lines
        chosen = self.draw(st.lists(st.sampled_from(roll), unique=True)) if lined and roll else []
        fields = self.draw(values_of(kind.fields))
        extra = self.definition.records[kind.lines].fields if kind.lines else {}
        own = self.draw(values_of({name: field for name, field in extra.items() if name not in fields}))
        happened = self.draw(st.sampled_from([None, "2005-03-01", "2026-02-20"]))
        self.campaign.record(branch, kind.id, by=self.by(), fields=fields, lines=[{"member": m, **own} for m in chosen], happened=happened)

    def withdraw(self, branch: str, _n: int) -> None:
        self.campaign.withdraw(branch, self.draw(st.integers(2, 12)), by=self.by(), reason="a mistake")

    def move(self, branch: str, _n: int) -> None:
        state = self.campaign.why(branch).state
        edges = list(self.definition.edges_by_state.get(state, {}).values())
        if edges:
            move = self.draw(st.sampled_from(edges)).move
            self.campaign.move(branch, move.id, by=self.by(), takes=self.draw(values_of(move.takes)))

    def waive(self, branch: str, _n: int) -> None:
        may = [r.id for r in self.definition.requirements.values() if r.waivable_by]
        until = self.draw(st.sampled_from([None, "2026-03-01", "2026-04-01"]))
        self.campaign.waive(branch, self.draw(st.sampled_from(may)), by=self.by(), reason="agreed", until=until)

    def open_case(self, branch: str, n: int) -> None:
        kind: CaseKind = self.draw(st.sampled_from(list(self.definition.cases.values())))
        fields = self.draw(values_of(kind.fields))
        self.campaign.open_case(branch, kind.id, by=self.by(), member=f"m{n}-0" if kind.of == "member" else None, fields=fields)

    def move_case(self, branch: str, _n: int) -> None:
        cases = self.campaign.cases(branch)
        if cases:
            case = self.draw(st.sampled_from(cases))
            move = self.draw(st.sampled_from(list(self.definition.cases[case.kind].moves.values())))
            self.campaign.move_case(branch, case.id, move.id, by=self.by(), takes=self.draw(values_of(move.takes)))

    def wait(self, _branch: str, _n: int) -> None:
        self.clock.advance(days=self.draw(st.integers(0, 20)))


@pytest.mark.parametrize("path", [TRIAL_SITES, DEFINITION], ids=["trial-sites", "advanced-nature-2005"])
def test_all_at_once_is_as_one_by_one(path: Any) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        staff = data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=4))
        chance = Chance(data.draw, FREE[path], staff)
        with chance.campaign:
            for _ in range(data.draw(st.integers(5, 30))):
                chance.command()
            same_one_by_one(chance.campaign)

    check()


def test_all_at_once_is_as_one_by_one_in_the_story_of_2005() -> None:
    story = Story()
    other = {"branch": "b2", "title": "Tax Bureau", "batch": "1", "group": "g1", "sector": "organ"}
    story.campaign.import_roster([other, {"branch": "b2", "person": "wu", "name": "Wu", "status": "in_post", "roles": "secretary;clerk"}])
    for step in (story.mobilised, story.learnt, story.looked_back, story.met, story.filed, story.inspected):
        same_one_by_one(story.campaign)
        step()
    same_one_by_one(story.campaign)
    assert story.campaign.why("b1").state == "learning.inspection"


# -- branches below branches -------------------------------------------------------------------------------------------

TREE = load_text(
    """
definition: tree
title: Branches below branches
roles: {clerk: {scope: all}}
instruments: {rule: {title: The rule, issued: 2025-01-01}}
records: {paper: {of: branch, fields: {pages: integer}, by: clerk}}
requirements:
  below: {title: All below have papers, each: child, check: len(child.paper) > 0, owner: clerk, remedy: write, basis: rule}
  further: {title: And all below them, each: child, check: all(len(g.paper) > 0 for g in child.children), owner: clerk, remedy: write, basis: rule}
  deep: {title: Nobody is three below, check: all(len(c.children) == 0 for c in branch.children), owner: clerk, remedy: none, basis: rule}
gates: {only: {phases: [working], moves: {go: {from: working, to: next_stage, by: clerk, requires: [below, further, deep]}}}}
stages: {one: {gate: only}}
""",
    "tree",
)


def test_what_lies_two_below_counts_one_by_one_too() -> None:
    with Campaign.create(":memory:", TREE) as campaign:
        people = [{"person": "kim", "name": "Kim", "roles": "clerk", "branch": "", "parent": ""}]
        chain = [{"branch": name, "title": name, "parent": parent} for name, parent in [("top", ""), ("mid", "top"), ("low", "mid")]]
        campaign.import_roster([*chain, *people])
        campaign.record("mid", "paper", by="kim", fields={"pages": 3})
        findings = {f.code: f for f in campaign.why("top").now[0].standing}
        assert [s.id for s in findings["further"].short] == ["mid"]
        assert findings["deep"].status == "unmet"
        assert campaign.ask("top", "go", by="kim").findings[2:] == campaign.outlooks()["top"].now[0].verdict.findings[1:]
        same_one_by_one(evolve_clock(campaign))


def evolve_clock(campaign: Campaign) -> Campaign:
    """The campaign with its clock stopped, so that what is asked twice is asked at one moment."""
    campaign._desk.clock = VirtualClock(START)
    return campaign


# -- queries -----------------------------------------------------------------------------------------------------------


def statements(campaign: Campaign, ask: Callable[[], object]) -> int:
    """How many SQL statements a question takes."""
    found: list[str] = []
    connection = campaign.store.connection()
    connection.set_trace_callback(found.append)
    ask()
    connection.set_trace_callback(None)
    return len(found)


def filled(count: int) -> Campaign:
    campaign, clock = trial(count)
    for n in range(count):
        campaign.record(f"site-{n:03}", "contract", by="spencer", fields={"signed": True})
        campaign.record(f"site-{n:03}", "training", by="mona", lines=[f"m{n}-0", f"m{n}-1"], fields={"hours": 8, "form": "self"})
        campaign.waive(f"site-{n:03}", "trained", by="spencer", reason="agreed", members=[f"m{n}-2"])
    clock.advance(days=1)
    campaign.move("site-000", "close_papers", by="m0-0")
    return campaign


def filled_2005(count: int) -> Campaign:
    story = Story()
    rows = [{"branch": f"x{n}", "title": f"X {n}", "batch": "1", "group": "g1", "sector": "organ"} for n in range(count - 1)]
    people = [{"branch": f"x{n}", "person": f"p{n}-{k}", "name": "P", "status": "in_post", "roles": ""} for n in range(count - 1) for k in range(3)]
    story.campaign.import_roster([*rows, *people])
    story.mobilised().learnt()
    return story.campaign


@pytest.mark.parametrize("make", [filled, filled_2005], ids=["trial-sites", "advanced-nature-2005"])
def test_the_number_of_queries_does_not_grow_with_the_branches(make: Callable[[int], Campaign]) -> None:
    few, many = make(5), make(50)
    assert (len(few.branches()), len(many.branches())) == (5, 50)
    for question in ("outlooks", "board"):
        counted = [statements(campaign, getattr(campaign, question)) for campaign in (few, many)]
        assert counted[0] == counted[1] <= 40, question
    branch = few.branches()[0][0]
    assert statements(few, lambda: few.why(branch)) == statements(many, lambda: many.why(branch))
    assert len(many.outlooks()) == 50
    assert sites(5)[0]["branch"] == "site-000"

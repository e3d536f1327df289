"""All branches at once is the same as one by one, in every finding; and what it costs in queries does not grow with the branches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.ground import START, TRIAL_SITES, Row, trial
from tests.story import DEFINITION, Story, loaded
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document, load_text
from workflow.definition.model import CaseKind, Field, RecordKind
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, Misuse
from workflow.ledger import events

ACTORS = ("one", "two")  # both hold every role; `one` is on a roll, and so kept from some moves


def unbarred(definition: Definition) -> Definition:
    """The same requirements, none of which stops a move: so that chance leads into every state."""
    document = dict(definition.document)
    document["requirements"] = {name: {**said, "level": "warn"} for name, said in document["requirements"].items()}
    document.pop("invariants", None)  # what only warns is no way past them
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


def value_of(field: Field, chance: Random) -> Any:
    low, high = int(field.min or 0), int(field.max if field.max is not None else 60)
    match field.type:
        case "integer":
            return chance.randint(low, high)
        case "number":
            return chance.randint(low * 10, high * 10) / 10
        case "boolean":
            return chance.random() < 0.5
        case "date":
            return chance.choice(["2005-01-20", "2026-02-01", "2026-03-02", "2026-04-01"])
        case "choice":
            options = sorted(field.options)
            return chance.sample(options, chance.randint(1, len(options))) if field.many else chance.choice(options)
        case "person":
            return chance.choice([*ACTORS, "m0-1"])
        case _:
            return "x" * max(low, 1)


def values_of(fields: Mapping[str, Field], chance: Random) -> dict[str, Any]:
    return {name: value_of(field, chance) for name, field in fields.items() if not field.optional or chance.random() < 0.5}


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
    """Commands by chance, given to a campaign; what makes no sense is passed over. `events` counts what came of them, by kind."""

    def __init__(self, seed: int, definition: Definition) -> None:
        self.chance = Random(seed)
        self.pick = self.chance.choice
        self.clock = VirtualClock(START)
        self.definition = definition
        self.staff = [self.chance.randrange(5) for _ in range(self.chance.randint(2, 4))]
        self.campaign = Campaign.create(":memory:", definition, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster(definition, self.staff))

    @property
    def events(self) -> Counter[str]:
        return Counter(event.kind for event in events(self.campaign.store))

    def command(self) -> None:
        n = self.chance.randrange(len(self.staff))
        todo = [self.record] * 5 + [self.move] * 5 + [self.waive, self.wait, self.withdraw]
        todo += [self.open_case, self.move_case] if self.definition.cases else []
        with suppress(Misuse, InputFault):  # a record of members in a branch without any, one already withdrawn: nothing was written
            self.pick(todo)(f"b{n}", n)

    def record(self, branch: str, n: int) -> None:
        kind: RecordKind = self.pick(list(self.definition.records.values()))
        roll = [f"m{n}-{k}" for k in range(self.staff[n])]
        chosen = self.chance.sample(roll, self.chance.randint(0, len(roll))) if kind.of == "member" or kind.lines else []
        fields = values_of(kind.fields, self.chance)
        extra = self.definition.records[kind.lines].fields if kind.lines else {}
        lines = [{"member": m, **values_of({k: f for k, f in extra.items() if k not in fields}, self.chance)} for m in chosen]
        happened = self.pick([None, "2005-03-01", "2026-02-20"])
        self.campaign.record(branch, kind.id, by=self.pick(ACTORS), fields=fields, lines=lines, happened=happened)

    def withdraw(self, branch: str, _n: int) -> None:
        self.campaign.withdraw(branch, self.chance.randint(2, 12), by=self.pick(ACTORS), reason="a mistake")

    def move(self, branch: str, _n: int) -> None:
        edges = list(self.definition.edges_by_state.get(self.campaign.why(branch).state, {}).values())
        if edges:
            move = self.pick(edges).move
            self.campaign.move(branch, move.id, by=self.pick(ACTORS), takes=values_of(move.takes, self.chance))

    def waive(self, branch: str, _n: int) -> None:
        requirement = self.pick([r.id for r in self.definition.requirements.values() if r.waivable_by])
        until = self.pick([None, "2026-03-01", "2026-04-01"])
        self.campaign.waive(branch, requirement, by=self.pick(ACTORS), reason="agreed", until=until)

    def open_case(self, branch: str, n: int) -> None:
        kind: CaseKind = self.pick(list(self.definition.cases.values()))
        member = f"m{n}-0" if kind.of == "member" else None
        self.campaign.open_case(branch, kind.id, by=self.pick(ACTORS), member=member, fields=values_of(kind.fields, self.chance))

    def move_case(self, branch: str, _n: int) -> None:
        cases = self.campaign.cases(branch)
        if cases:
            case = self.pick(cases)
            move = self.pick(list(self.definition.cases[case.kind].moves.values()))
            self.campaign.move_case(branch, case.id, move.id, by=self.pick(ACTORS), takes=values_of(move.takes, self.chance))

    def wait(self, _branch: str, _n: int) -> None:
        self.clock.advance(days=self.chance.randrange(20))


@pytest.mark.parametrize("path", [TRIAL_SITES, DEFINITION], ids=["trial-sites", "advanced-nature-2005"])
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_all_at_once_is_as_one_by_one(path: Path, seed: int) -> None:
    chance = Chance(seed, FREE[path])
    with chance.campaign as campaign:
        for n in range(200):
            chance.command()
            if n % 40 == 39:
                same_one_by_one(campaign)


def test_chance_leads_everywhere() -> None:
    """Lest the test above compare nothing with nothing."""
    found, states = Counter[str](), set()
    for seed in range(10):
        chance = Chance(seed, FREE[TRIAL_SITES])
        for _ in range(60):
            chance.command()
        states |= {outlook.state for outlook in chance.campaign.outlooks().values()}
        found += chance.events
    assert min(found[kind] for kind in ("record", "withdrawn", "moved", "waived", "refused")) >= 5
    assert states == set(loaded(TRIAL_SITES).states)


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
  further:
    title: And all below them
    each: child
    check: all(len(g.paper) > 0 for g in child.children)
    owner: clerk
    remedy: write
    basis: rule
  deep:
    title: Nobody is two below
    check: all(len(c.children) == 0 for c in branch.children)
    owner: clerk
    remedy: none
    basis: rule
gates: {only: {phases: [working], moves: {go: {from: working, to: next_stage, by: clerk, requires: [below, further, deep]}}}}
stages: {one: {gate: only}}
""",
    "tree",
)


def test_what_lies_two_below_counts_one_by_one_too() -> None:
    with Campaign.create(":memory:", TREE, clock=VirtualClock(START), rehearsal=True) as campaign:
        people = [{"person": "kim", "name": "Kim", "roles": "clerk", "branch": "", "parent": ""}]
        chain = [{"branch": name, "title": name, "parent": parent} for name, parent in [("top", ""), ("mid", "top"), ("low", "mid")]]
        campaign.import_roster([*chain, *people])
        campaign.record("mid", "paper", by="kim", fields={"pages": 3})
        findings = {f.code: f for f in campaign.why("top").now[0].standing}
        assert [s.id for s in findings["further"].short] == ["mid"]
        assert findings["deep"].status == "unmet"
        assert campaign.ask("top", "go", by="kim").findings[2:] == campaign.outlooks()["top"].now[0].verdict.findings[1:]
        same_one_by_one(campaign)


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
    people = [
        {"branch": f"x{n}", "person": f"p{n}-{k}", "name": "P", "status": "in_post", "roles": ""}
        for n in range(count - 1)
        for k in range(3)
    ]
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

"""What the store computes for all owners at once is what a walk through the rows would find: in every status and every figure."""

from __future__ import annotations

from random import Random
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.ground import START
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.definition.expressions import Figure, World, compile_check
from workflow.definition.expressions.runtime import SUBJECT
from workflow.definition.model import Requirement
from workflow.engine.campaign import Campaign
from workflow.store.facts import FactNeeds, Facts
from workflow.verdicts.evaluate import evaluate
from workflow.verdicts.findings import Finding

DEFINITION = load_text(
    """
definition: parity
title: Two kinds of records of members, two of branches
calendar: {zone: Asia/Shanghai}
roles: {clerk: {scope: all}}
instruments: {rule: {title: The rule, issued: 2025-01-01}}
parameters:
  few: {value: 2, basis: rule}
  tenths: {value: 0.3, basis: rule}
  nothing: {value: 0, basis: rule}
  day: {value: 2026-02-20, basis: rule}
  good: {value: [hall, make_up], basis: rule}
members: {status: [full, part], flags: [away], fields: {quota: {type: integer, optional: true}}}
records:
  hours:
    of: member
    fields:
      time: {type: number, min: -1, max: 9}
      score: integer
      mode: [hall, home, make_up]
      sat: boolean
      due: date
      note: {type: text, optional: true}
      extra: {type: integer, optional: true}
      tags: {options: [red, blue], many: true, optional: true}
    by: clerk
  essay: {of: member, fields: {length: integer, accepted: boolean}, by: clerk, span: attempt}
  evening:
    of: branch
    fields: {time: {type: number, min: -1, max: 9}, score: {type: integer, optional: true}, mode: [hall, home], place: {type: text, optional: true}}
    lines: hours
    by: clerk
  count: {of: branch, fields: {present: integer, open: boolean}, by: clerk}
requirements:
  any: {title: Anything, each: member, check: member.away, owner: clerk, remedy: none, basis: rule}
gates: {only: {phases: [working], moves: {go: {from: working, to: next_stage, by: clerk, requires: any}}}}
stages: {one: {gate: only}}
""",
    "parity",
)
MEMBERS = ("a", "b", "c")
MODES, TAGS = ("hall", "home", "make_up"), ("red", "blue")
DAYS = ("2026-02-18", "2026-02-20", "2026-03-01", "2026-03-02")

# -- records -----------------------------------------------------------------------------------------------------------

tenths = st.integers(-3, 12).map(lambda n: n / 10)
whole = st.integers(0, 3)
maybe = {
    "note": st.sampled_from(["", "x", "y"]),
    "extra": st.none() | whole,
    "tags": st.lists(st.sampled_from(TAGS), unique=True),
}
hours = {"time": tenths, "score": whole, "mode": st.sampled_from(MODES), "sat": st.booleans(), "due": st.sampled_from(DAYS)}
member = st.sampled_from(MEMBERS)
some = st.lists(member, min_size=1, unique=True)


def line(of_sheet: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A line of an evening: what the sheet does not say it must say, what the sheet says it may say differently."""
    needed = {name: values for name, values in hours.items() if name not in of_sheet}
    free = {name: values for name, values in hours.items() if name in of_sheet}
    return st.fixed_dictionaries({"member": member, **needed}, optional={**free, **maybe})


@st.composite
def evening(draw: st.DrawFn) -> dict[str, Any]:
    said = draw(
        st.fixed_dictionaries({"time": tenths, "mode": st.sampled_from(MODES[:2])}, optional={"score": whole, "place": st.just("here")})
    )
    lines = draw(st.lists(line(said), max_size=3, unique_by=lambda each: each["member"]))
    return {"kind": "evening", "fields": said, "lines": lines}


def of_members(kind: str, fields: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.fixed_dictionaries(fields, optional=optional)
    return st.fixed_dictionaries({"kind": st.just(kind), "fields": values, "lines": some})


counts = st.fixed_dictionaries({"present": whole, "open": st.booleans()})
record = st.one_of(
    of_members("hours", hours, maybe),
    of_members("essay", {"length": whole, "accepted": st.booleans()}, {}),
    evening(),
    st.fixed_dictionaries({"kind": st.just("count"), "fields": counts}),
)
entered = st.lists(
    st.tuples(record, st.sampled_from(DAYS), st.sampled_from([False, False, True])), min_size=2, max_size=10
)  # with: happened, withdrawn

# -- expressions -------------------------------------------------------------------------------------------------------

COMPARE, EQUAL = ("==", "!=", "<", "<=", ">", ">="), ("==", "!=")
DATES = ("day", "today", 'date("2026-02-20")', "today - 10", "day + 2", "today - 1 / nothing", "branch.since")
NUMBERS = ("0", "1", "2", "0.3", "1.5", "few", "few - 1", "tenths", "few / nothing", "0.1 * 3 / 0.3", "1.9999999999", "-" + "9" * 19)
WHOLE = {"hours": "score", "essay": "length", "count": "present", "evening": "score"}
FIELDS = {"hours": ("score", "time", "extra"), "essay": ("length",), "count": ("present",), "evening": ("score", "time")}
TRUTH = {"hours": "sat", "essay": "accepted", "count": "open"}
ODD = ('r.note == "x"', '"red" in r.tags', 'r.tags == {"red"}', "r.due < r.happened", "r.extra == r.score", "r.sat or r.extra > 0")


class Grammar:
    """Expressions by chance. Hypothesis gives the seed: its own choices repeat themselves too much to cover a grammar."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.pick = self.chance.choice

    def simple(self, kind: str) -> str:
        """A condition on one record, `r`, of a shape the store can compute."""
        whole = f"r.{WHOLE[kind]}"
        found = [
            f"{whole} {self.pick(COMPARE)} {self.pick(NUMBERS)}",
            f"{self.pick(NUMBERS)} {self.pick(COMPARE)} {whole}",
            f"{whole} {self.pick(('in [0, 1]', 'not in [1, few]', 'in [few / nothing]', 'in [1.0000000001, 3]'))}",
            f"r.happened {self.pick(COMPARE)} {self.pick(DATES)}",
        ]
        if kind in TRUTH:
            found += [f"r.{TRUTH[kind]}", f"not r.{TRUTH[kind]}", f"r.{TRUTH[kind]} == True", "True"]
        if kind in ("hours", "evening"):
            listed = self.pick(('["hall"]', '["hall", "home"]', "[]"))
            found += [
                f'r.mode {self.pick(EQUAL)} "hall"',
                f'"home" {self.pick(EQUAL)} r.mode',
                f"r.mode {self.pick(('in', 'not in'))} {listed}",
            ]
        if kind == "hours":
            found += [f"r.due {self.pick(COMPARE)} {self.pick(DATES)}", f"{self.pick(DATES)} {self.pick(COMPARE)} r.due", "r.mode in good"]
        return self.pick(found)

    def odd(self, kind: str) -> str:
        """A condition that only a walk through the rows can answer."""
        figure = f"r.{self.pick(FIELDS[kind])}"
        found = [f"{figure} {self.pick(COMPARE)} {self.pick(NUMBERS)}", f"{figure} in [0.3, few]", 'r.recorded_by == "clerk"']
        return self.pick([*found, *ODD] if kind == "hours" else found)

    def condition(self, kind: str) -> str:
        match self.chance.randrange(8):
            case 0:
                return self.odd(kind)
            case 1:
                return f"not ({self.simple(kind)})"
            case 2:
                return f"({self.simple(kind)} or {self.odd(kind)})"
            case 3 | 4:
                return f"{self.simple(kind)} and {self.simple(kind)}"
            case _:
                return self.simple(kind)

    def loop(self, owner: str, kind: str) -> str:
        tests = "".join(f" if {self.condition(kind)}" for _ in range(self.chance.randrange(3)))
        return f"for r in {owner}.{kind}{tests}"

    def number(self, owner: str, kind: str) -> str:
        over, figure = self.loop(owner, kind), self.pick(FIELDS[kind])
        return self.pick(
            [
                *(f"{aggregate}(r.{figure} {over})" for aggregate in ("sum", "min", "max", "len")),
                *[f"len(r {over})"] * 3,
                f"sum(1 {over})",
                f"len(set(r.happened {over}))",
                f"len({owner}.{kind})",
                f"{self.pick(('first', 'last'))}({owner}.{kind}).{figure}",
            ]
        )

    def part(self, owner: str, kind: str) -> str:
        figure, other = self.number(owner, kind), self.number(owner, kind)
        return self.pick(
            [
                f"{figure} {self.pick(COMPARE)} {self.pick(NUMBERS)}",
                f"{self.pick(NUMBERS)} {self.pick(COMPARE)} {figure}",
                f"{figure} {self.pick(('<=', '==', '+ 1 >'))} {other}",
                f"{figure} in [0, 1, 0.3, 0.6]",
                *[f"{self.pick(('any', 'all', 'not any'))}(({self.condition(kind)}) {self.loop(owner, kind)})"] * 2,
            ]
        )

    def check(self, owner: str, *kinds: str) -> str:
        """A condition on the records of an owner."""
        parts = [f"({self.part(owner, self.pick(kinds))})" for _ in range(self.chance.randint(1, 3))]
        return self.pick((" and ", " or ")).join(parts)

    def of_member(self) -> str:
        return self.check("member", "hours", "essay")

    def of_branch(self) -> str:
        match self.chance.randrange(4):
            case 0:
                return f"{self.pick(('all', 'any'))}({self.check('m', 'hours', 'essay')} for m in branch.members)"
            case 1:
                return f"sum({self.number('m', 'hours')} for m in branch.members if not m.away) >= few"
            case _:
                return self.check("branch", "count", "evening")


# -- both ways ---------------------------------------------------------------------------------------------------------


def world(definition: Definition, *, push: bool) -> World:
    return World(
        parameters=definition.parameters,
        branch_fields=definition.branch_fields,
        members=definition.members,
        records=definition.records,
        cases=definition.cases,
        stages=definition.stages,
        gates=definition.gates,
        push=push,
    )


WORLDS = {push: world(DEFINITION, push=push) for push in (True, False)}


def asking(text: str, each: str | None, *, push: bool) -> Requirement:
    checked = compile_check(text, WORLDS[push], each=each)
    return evolve(DEFINITION.requirements["any"], check=checked, each=each)


def campaign_with(records: list[tuple[dict[str, Any], str, bool]]) -> Campaign:
    campaign = Campaign.create(":memory:", DEFINITION, clock=VirtualClock(START), rehearsal=True)
    roll = [{"branch": "b", "person": m, "name": m, "status": "full", "flags": "away" if m == "c" else ""} for m in MEMBERS]
    campaign.import_roster([*roll, {"person": "clerk", "name": "Clerk", "roles": "clerk"}])
    for said, happened, withdrawn in records:
        verdict = campaign.record("b", said["kind"], by="clerk", fields=said["fields"], lines=said.get("lines", ()), happened=happened)
        assert verdict.event is not None
        if withdrawn:
            campaign.withdraw("b", verdict.event.seq, by="clerk", reason="a mistake")
    return campaign


def finding(campaign: Campaign, requirement: Requirement) -> Finding:
    facts = Facts.load(campaign.store, DEFINITION, FactNeeds.of(DEFINITION, [requirement]), START)
    return rounded(evaluate(DEFINITION, requirement, facts, facts.branches["b"]))


def figures(campaign: Campaign, requirement: Requirement) -> list[Any]:
    """The figures of a check for everybody, those who meet it included; what broke, where it breaks."""
    facts = Facts.load(campaign.store, DEFINITION, FactNeeds.of(DEFINITION, [requirement]), START)
    branch = facts.branches["b"]
    env = requirement.check.env(facts, facts.today, branch, None, None)
    found = []
    for subject in facts.members(branch) if requirement.each else [None]:
        env[SUBJECT] = subject
        try:
            found.append([(to_nine(f.required), to_nine(f.found), f.met) for f in requirement.check.figures(env)])
        except ArithmeticError as problem:
            found.append([(repr(problem), None, None)])
    return found


def rounded(found: Finding) -> Finding:
    """Figures to the nine decimals they are compared to: the store may add up in another order."""

    def of(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
        return tuple(evolve(f, required=to_nine(f.required), found=to_nine(f.found)) for f in figures)

    return evolve(found, figures=of(found.figures), short=tuple(evolve(s, figures=of(s.figures)) for s in found.short))


def to_nine(value: Any) -> Any:
    return round(value, 9) if isinstance(value, float) else value


def same_both_ways(campaign: Campaign, text: str, each: str | None) -> None:
    by_store, by_row = (asking(text, each, push=push) for push in (True, False))
    assert by_row.check.measures == ()
    assert finding(campaign, by_store) == finding(campaign, by_row), text
    assert figures(campaign, by_store) == figures(campaign, by_row), text


@settings(max_examples=60, deadline=None, derandomize=True)
@given(records=entered, seed=st.integers(0, 2**32))
def test_both_ways_give_the_same_finding(records: list[Any], seed: int) -> None:
    grammar = Grammar(seed)
    with campaign_with(records) as campaign:
        for _ in range(20):
            same_both_ways(campaign, grammar.of_member(), "member")
            same_both_ways(campaign, grammar.of_branch(), None)


def test_the_store_computes_most_of_what_was_asked() -> None:
    """Lest the test above compare a walk through the rows with itself."""
    grammar = Grammar(0)
    asked = [asking(grammar.of_member(), "member", push=True).check for _ in range(500)]
    kinds = {(m.aggregate, m.kind, bool(m.conditions)) for check in asked for m in check.measures}
    assert sum(bool(check.measures) for check in asked) > 250
    assert kinds == {(a, k, c) for a in ("sum", "count", "min", "max") for k in ("hours", "essay") for c in (True, False)}


def test_a_sum_of_tenths_is_in_a_list_as_it_equals_a_figure() -> None:
    tenth = {"time": 0.1, "score": 0, "mode": "hall", "sat": True, "due": "2026-03-01"}
    said = [({"kind": "hours", "fields": tenth, "lines": ["a"]}, "2026-03-01", False)] * 3
    with campaign_with(said) as campaign:
        for text in ("sum(r.time for r in member.hours) in [0, tenths]", "not sum(r.time for r in member.hours) not in [0, tenths]"):
            assert finding(campaign, asking(text, "member", push=True)).status == "met"
            same_both_ways(campaign, text, "member")

"""What the store computes for all owners at once is what a walk through the rows would find: in every status and every figure."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, settings
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
  evening: {of: branch, fields: {time: number, score: {type: integer, optional: true}, mode: [hall, home], place: {type: text, optional: true}}, lines: hours, by: clerk}
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
    said = draw(st.fixed_dictionaries({"time": tenths, "mode": st.sampled_from(MODES[:2])}, optional={"score": whole, "place": st.just("here")}))
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
entered = st.lists(st.tuples(record, st.sampled_from(DAYS), st.sampled_from([False, False, True])), min_size=1, max_size=8)  # with: happened, withdrawn

# -- expressions -------------------------------------------------------------------------------------------------------

COMPARE = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUAL = st.sampled_from(["==", "!="])
DATES = st.sampled_from(["day", 'date("2026-02-20")', "today", "today - 10", "day + 2", "today - 1 / nothing", "branch.since"])
NUMBERS = st.sampled_from(["0", "1", "2", "0.3", "1.5", "few", "few - 1", "tenths", "few / nothing"])
WHOLE, DECIMAL, OPTIONAL = "whole", "decimal", "optional"
FIELDS = {
    "hours": {WHOLE: "score", DECIMAL: "time", OPTIONAL: "extra"},
    "essay": {WHOLE: "length", DECIMAL: "length", OPTIONAL: "length"},
    "count": {WHOLE: "present", DECIMAL: "present", OPTIONAL: "present"},
    "evening": {WHOLE: "score", DECIMAL: "time", OPTIONAL: "score"},
}
TRUTH = {"hours": ["r.sat", "not r.sat", "r.sat == True"], "essay": ["r.accepted", "not r.accepted"], "count": ["r.open", "not r.open"], "evening": ["True"]}


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(" ".join)


def field(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from([WHOLE, DECIMAL, OPTIONAL]).map(lambda what: f"r.{FIELDS[kind][what]}")


def simple(kind: str) -> list[st.SearchStrategy[str]]:
    """Conditions on one record, `r`, of the shapes the store can compute."""
    found = [
        joined(st.just(f"r.{FIELDS[kind][WHOLE]}"), COMPARE, NUMBERS),
        joined(NUMBERS, COMPARE, st.just(f"r.{FIELDS[kind][WHOLE]}")),
        joined(st.just(f"r.{FIELDS[kind][WHOLE]}"), st.sampled_from(["in [0, 1]", "not in [1, few]", "in [few / nothing]"])),
        joined(st.just("r.happened"), COMPARE, DATES),
        st.sampled_from(TRUTH[kind]),
    ]
    if kind in ("hours", "evening"):
        choices = st.sampled_from(['"hall"', '"home"'])
        found += [
            joined(st.just("r.mode"), EQUAL, choices),
            joined(choices, EQUAL, st.just("r.mode")),
            joined(st.just("r.mode"), st.sampled_from(["in", "not in"]), st.sampled_from(['["hall"]', '["hall", "home"]', "[]"])),
        ]
    if kind == "hours":
        found += [joined(st.just("r.due"), COMPARE, DATES), st.just("r.mode in good")]
    return found


def odd(kind: str) -> list[st.SearchStrategy[str]]:
    """Conditions only a walk through the rows can answer."""
    found = [joined(field(kind), COMPARE, NUMBERS), joined(field(kind), st.just("in [0.3, few]")), st.just('r.recorded_by == "clerk"')]
    more = ['r.note == "x"', '"red" in r.tags', 'r.tags == {"red"}', "r.due < r.happened", "r.extra == r.score", "r.sat or r.extra > 0"]
    return [*found, st.sampled_from(more)] if kind == "hours" else found


def condition(kind: str) -> st.SearchStrategy[str]:
    plain, any_ = st.one_of(*simple(kind)), st.one_of(*simple(kind), *odd(kind))
    pair = st.tuples(any_, st.sampled_from(["and", "or"]), any_).map(" ".join)
    return st.one_of(plain, plain, st.tuples(plain, plain).map(" and ".join), any_, pair, any_.map(lambda test: f"not ({test})"))


def loop(owner: str, kind: str) -> st.SearchStrategy[str]:
    ifs = st.lists(condition(kind), max_size=2).map(lambda tests: "".join(f" if {test}" for test in tests))
    return ifs.map(lambda tests: f"for r in {owner}.{kind}{tests}")


def number(owner: str, kind: str) -> st.SearchStrategy[str]:
    over = loop(owner, kind)
    return st.one_of(
        st.tuples(st.sampled_from(["sum", "min", "max", "len"]), field(kind), over).map(lambda p: f"{p[0]}({p[1]} {p[2]})"),
        over.map(lambda each: f"len(r {each})"),
        over.map(lambda each: f"sum(1 {each})"),
        over.map(lambda each: f"len(set(r.happened {each}))"),
        st.just(f"len({owner}.{kind})"),
        st.tuples(st.sampled_from(["first", "last"]), field(kind)).map(lambda p: f"{p[0]}({owner}.{kind}).{p[1][2:]}"),
    )


def truth(owner: str, kind: str) -> st.SearchStrategy[str]:
    quantified = st.tuples(st.sampled_from(["any", "all", "not any"]), condition(kind), loop(owner, kind))
    return quantified.map(lambda p: f"{p[0]}(({p[1]}) {p[2]})")


@st.composite
def check(draw: st.DrawFn, owner: str, kinds: tuple[str, ...]) -> str:
    """A condition on the records of an owner."""
    kind = st.sampled_from(kinds)
    figure = kind.flatmap(lambda k: number(owner, k))
    part = st.one_of(
        joined(figure, COMPARE, NUMBERS),
        joined(NUMBERS, COMPARE, figure),
        joined(figure, st.sampled_from(["<=", "==", "+ 1 >"]), figure),
        joined(figure, st.just("in [0, 1, 0.3, 0.6]")),
        kind.flatmap(lambda k: truth(owner, k)),
    )
    parts = draw(st.lists(part, min_size=1, max_size=3))
    return draw(st.sampled_from([" and ", " or "])).join(f"({p})" for p in parts)


of_member = check("member", ("hours", "essay"))
of_branch = st.one_of(
    check("branch", ("count", "evening")),
    check("m", ("hours", "essay")).map(lambda inner: f"all({inner} for m in branch.members)"),
    check("m", ("hours", "essay")).map(lambda inner: f"any({inner} for m in branch.members if not m.away)"),
    number("m", "hours").map(lambda inner: f"sum({inner} for m in branch.members) >= few"),
)

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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True)
@given(records=entered, checks=st.lists(of_member, min_size=3, max_size=6), wider=st.lists(of_branch, min_size=2, max_size=4))
def test_both_ways_give_the_same_finding(records: list[Any], checks: list[str], wider: list[str]) -> None:
    with campaign_with(records) as campaign:
        for text in checks:
            same_both_ways(campaign, text, "member")
        for text in wider:
            same_both_ways(campaign, text, None)

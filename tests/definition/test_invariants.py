"""Ways through the machine, and the proof that none goes round an approval."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand_made import case, gate, invariant, made, move, requirement, stage
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.graph import (
    Way,
    case_edges,
    co_reachable,
    prove,
    reachable,
    satisfies,
    shortest_way,
    to_next_stage,
    vacuous,
)
from workflow.definition.lint import way_text
from workflow.definition.model import Definition, Edge

TRANSFER = (
    move("apply", "working > applied", "secretary"),
    move("back", "applied, approved > working", "office"),
    move("approve", "applied > approved", "office", "passed"),
    move("enter", "approved > next_stage", "secretary"),
)
PHASES = "working applied approved"


def campaign(*more: object) -> Definition:
    parts = gate("transfer", PHASES, *TRANSFER), stage("one", "transfer"), stage("two", "transfer"), requirement("passed")
    return made(*parts, *more)  # type: ignore[arg-type]


def names(way: Way | None) -> list[str] | None:
    return None if way is None else [edge.move.id for edge in way]


def test_reachable_and_co_reachable() -> None:
    definition = made(gate("g", "a b c d", move("x", "a > b"), move("y", "d > b"), move("z", "b > b")), stage("s", "g"))
    assert reachable(definition.edges, "s.a") == {"s.a", "s.b"}
    assert co_reachable(definition.edges, ["s.b"]) == {"s.a", "s.b", "s.d"}


def test_the_shortest_way_is_the_first_in_file_order_among_equals() -> None:
    moves = (move("long", "a > b"), move("left", "a > c"), move("right", "b > d"), move("on", "c > d"), move("twin", "a > b"))
    definition = made(gate("g", "a b c d", *moves), stage("s", "g"))
    assert names(shortest_way(definition, "s.a", lambda state: state == "s.d")) == ["long", "right"]
    assert names(shortest_way(definition, "s.a", lambda state: state == "s.a")) == []
    assert shortest_way(definition, "s.d", lambda state: state == "s.a") is None


def test_the_way_to_the_next_stage_and_to_the_end() -> None:
    definition = campaign()
    assert names(to_next_stage(definition, "one.working")) == ["apply", "approve", "enter"]
    assert way_text(to_next_stage(definition, "two.approved")) == "two.approved --enter(secretary)--> finished"
    assert to_next_stage(definition, "finished") == ()


def test_where_nothing_leads_to_the_next_stage_the_way_to_a_final_state_is_shown() -> None:
    definition = made(gate("g", "a b! c", move("stop", "a > b")), stage("one", "g"), stage("two", "g"))
    assert names(to_next_stage(definition, "one.a")) == ["stop"]
    assert to_next_stage(definition, "one.b") == ()
    assert to_next_stage(definition, "one.c") == ()


def test_an_approval_nobody_can_pass_by_is_proven() -> None:
    definition = campaign()
    assert prove(definition, invariant("i", "each_stage > next_stage", "approve", "office", "passed")) is None
    assert prove(definition, invariant("i", "one.working > two.approved", "apply")) is None
    assert prove(definition, invariant("i", "two > finished", "approve")) is None


def test_a_phase_behind_the_approval_is_no_way_into_the_stage() -> None:
    assert prove(campaign(), invariant("i", "one > two", "approve", "office")) is None
    assert (
        way_text(prove(campaign(), invariant("i", "one.approved > two", "approve")) or ())
        == "one.approved --enter(secretary)--> two.working"
    )


def test_a_way_round_is_found_whatever_makes_it_one() -> None:
    by_secretary = prove(campaign(), invariant("i", "one > two", "approve", "group"))
    assert names(by_secretary) == ["apply", "approve", "enter"]
    assert names(prove(campaign(), invariant("i", "one > two", "approve", requires="minutes"))) == ["apply", "approve", "enter"]
    assert prove(campaign(), invariant("i", "one > two", requires="passed")) is None
    assert prove(campaign(), invariant("i", "one > two", by="secretary")) is None


def test_a_move_another_role_may_make_too_does_not_count() -> None:
    shared = gate("shared", PHASES, TRANSFER[0], move("approve", "applied > next_stage", "office group"))
    definition = made(shared, stage("one", "shared"), stage("two", "shared"))
    assert names(prove(definition, invariant("i", "one > two", "approve", "office"))) == ["apply", "approve"]
    assert prove(definition, invariant("i", "one > two", "approve", "group office")) is None


@pytest.mark.parametrize("level", ["warn", "observe"])
def test_a_requirement_that_stops_nothing_is_not_passed(level: str) -> None:
    asked = invariant("i", "one > two", requires="passed")
    assert names(prove(campaign(requirement("passed", level=level)), asked)) == ["apply", "approve", "enter"]
    assert prove(campaign(requirement("passed", level="block")), asked) is None


def test_each_stage_to_the_next_is_also_the_last_stage_to_the_end() -> None:
    leave = gate("leaving", "working", move("leave", "working > next_stage", "secretary"))
    definition = made(gate("transfer", PHASES, *TRANSFER), leave, stage("one", "transfer"), stage("two", "leaving"))
    way = prove(definition, invariant("i", "each_stage > next_stage", "approve", "office"))
    assert way_text(way or ()) == "two.working --leave(secretary)--> finished"
    ending = gate("leaving", "working closed!", move("close", "working > closed", "secretary"))
    definition = made(gate("transfer", PHASES, *TRANSFER), ending, stage("one", "transfer"), stage("two", "leaving"))
    assert prove(definition, invariant("i", "each_stage > next_stage", "approve", "office")) is None


def test_a_leap_over_the_next_stage_is_a_way_round() -> None:
    leap = gate("leaping", PHASES, *TRANSFER, move("leap", "applied > three.working", "group"))
    definition = made(
        leap, gate("transfer", PHASES, *TRANSFER), stage("one", "leaping"), stage("two", "transfer"), stage("three", "transfer")
    )
    way = prove(definition, invariant("i", "each_stage > next_stage", "approve"))
    assert way_text(way or ()) == "one.working --apply(secretary)--> one.applied --leap(group)--> three.working"


def test_a_move_into_the_middle_of_a_stage_is_a_way_round() -> None:
    jump = gate("jumping", "start", move("jump", "start > two.approved", "office"))
    definition = made(
        jump, gate("transfer", PHASES, *TRANSFER), stage("one", "jumping"), stage("two", "transfer"), stage("three", "transfer")
    )
    way = prove(definition, invariant("i", "two > three", "approve"))
    assert way_text(way or ()) == "two.approved --enter(secretary)--> three.working"


def test_an_invariant_over_no_way_at_all_is_vacuous() -> None:
    assert vacuous(campaign(), invariant("i", "two > one", "approve"))
    assert vacuous(campaign(), invariant("i", "finished > next_stage", "approve"))
    assert not vacuous(campaign(), invariant("i", "one > two", "approve"))


def test_a_case_is_a_machine_too() -> None:
    edges = case_edges(case("item", "raised done closed!", move("note", "raised"), move("finish", "raised, done > closed")))
    assert [(edge.source, edge.target) for edge in edges] == [("raised", "raised"), ("raised", "closed"), ("done", "closed")]


# --- against every way there is -----------------------------------------------------------------------------------------

LETTERS = "abcd"


@st.composite
def machines(draw: st.DrawFn) -> Definition:
    gates = []
    for name in ("g", "h"):
        targets = st.sampled_from([*LETTERS, "next_stage", "one.c", "two.b", "three.a", ""])
        ways = draw(
            st.lists(st.tuples(st.sampled_from(LETTERS), targets, st.sampled_from(["office", "secretary", "office group"])), max_size=7)
        )
        requires = draw(st.lists(st.sampled_from(["", "passed"]), min_size=len(ways), max_size=len(ways)))
        ids = draw(st.lists(st.sampled_from(["approve", "other"]), min_size=len(ways), max_size=len(ways)))
        moves = [
            move(f"{kind}{n}", f"{way[0]} > {way[1]}", way[2], need)
            for n, (kind, way, need) in enumerate(zip(ids, ways, requires, strict=True))
        ]
        gates.append(gate(name, " ".join(LETTERS), *moves))
    level = draw(st.sampled_from(["block", "block", "warn"]))
    return made(*gates, *(stage(name, draw(st.sampled_from("gh"))) for name in ("one", "two", "three")), requirement("passed", level=level))


def every_way(definition: Definition, state: str, seen: tuple[str, ...] = ()) -> Iterator[Way]:
    """All ways from a state that come to no state twice."""
    yield ()
    for edge in definition.edges:
        if edge.source == state and edge.target not in (*seen, state):
            for rest in every_way(definition, edge.target, (*seen, state)):
                yield (edge, *rest)


PLACES = ["one", "two", "three", "one.b", "two.c", "finished", "next_stage"]


@given(
    machines(),
    st.sampled_from(["each_stage", "one", "two", "one.a", "three.d"]),
    st.sampled_from(PLACES),
    st.sampled_from([None, "approve0", "other1"]),
    st.sampled_from(["", "office"]),
    st.sampled_from([None, "passed"]),
)
def test_the_proof_agrees_with_trying_every_way(
    definition: Definition, start: str, goal: str, name: str | None, by: str, requires: str | None
) -> None:
    asked = invariant("i", f"{start} > {goal}", name, by, requires)
    journeys = [way for pair in pairs(definition, start, goal) for way in ways_between(definition, *pair)]
    round_it = [way for way in journeys if not any(satisfies(definition, edge, asked) for edge in way)]
    found = prove(definition, asked)
    assert vacuous(definition, asked) == (not journeys)
    assert (found is None) == (not round_it)
    if found is not None:
        assert found in round_it


def pairs(definition: Definition, start: str, goal: str) -> Iterator[tuple[str, list[str]]]:
    """Each start state with its goal states, spelt out anew."""
    order = list(definition.stages)
    states = list(definition.states)
    origins = order if start == "each_stage" else [start.partition(".")[0]]
    for origin in origins:
        later = order[order.index(origin) + 1 :]
        goals = later or ["finished"] if goal == "next_stage" else [goal]
        ends = [state for state in states if state in goals or state.partition(".")[0] in goals]
        entered = {f"{origin}.a"} | {edge.target for edge in definition.edges if not edge.source.startswith(f"{origin}.")}
        begins = [start] if "." in start else [state for state in states if state.startswith(f"{origin}.") and state in entered]
        yield from ((begin, ends) for begin in begins if begin not in ends)


def ways_between(definition: Definition, start: str, goals: list[str]) -> Iterator[tuple[Edge, ...]]:
    return (way for way in every_way(definition, start) if way and way[-1].target in goals)

"""The expression language: what parses, what types allow, what missing facts do, and what a finding can show."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from workflow.definition.expressions import Expression, ExpressionFault, World, compile_check, derive
from workflow.definition.expressions.parts import shown
from workflow.definition.expressions.runtime import HAPPENED, MISSING, SUBJECT
from workflow.definition.model import CaseKind, Field, Members, Parameter, Phase, RecordKind, Value
from workflow.texts import Text, humanise


def a_field(name: str, kind: str, **more: object) -> Field:
    return Field(id=name, title=humanise(name), type=kind, **more)  # type: ignore[arg-type]


def options(*names: str) -> dict[str, Text]:
    return {name: humanise(name) for name in names}


def parameter(name: str, value: Value, unit: str | None = None) -> Parameter:
    return Parameter(id=name, value=value, unit=unit)


ATTENDANCE = RecordKind(
    id="attendance",
    title=humanise("attendance"),
    of="member",
    fields={
        "hours": a_field("hours", "number", unit="h"),
        "mode": a_field("mode", "choice", options=options("collective", "self")),
        "remark": a_field("remark", "text", optional=True),
    },
    by=("clerk",),
)
OFFER = RecordKind(
    id="offer", title=humanise("offer"), of="branch", fields={"amount": a_field("amount", "number", unit="EUR")}, by=("clerk",)
)
ITEM = CaseKind(
    id="item",
    title=humanise("item"),
    of="branch",
    by=("clerk",),
    fields={"urgent": a_field("urgent", "boolean", optional=True)},
    states={"open": Phase(id="open", title=humanise("open")), "closed": Phase(id="closed", title=humanise("closed"), final=True)},
    moves={},
)
WORLD = World(
    parameters={
        "study_hours": parameter("study_hours", 40, "h"),
        "modes": parameter("modes", ("collective",)),
        "ceiling": parameter("ceiling", 100, "EUR"),
        "share": parameter("share", 0.5),
    },
    branch_fields={"size": a_field("size", "integer", optional=True)},
    members=Members(status=options("in_post", "retired"), flags=options("leader"), fields={}),
    records={"attendance": ATTENDANCE, "offer": OFFER},
    cases={"item": ITEM},
)


class Thing:
    """An owner or a case, with whatever attributes a test needs."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Rows:
    """A source that hands out rows and can push nothing."""

    def __init__(self, **rows: list[tuple[object, ...]]) -> None:
        self.rows = rows

    def records(self, kind: str, _owner: object) -> list[tuple[object, ...]]:
        return self.rows.get(kind, [])

    def cases(self, kind: str, _owner: object) -> list[tuple[object, ...]]:
        return self.rows.get(kind, [])

    def members(self, _branch: object) -> list[Thing]:
        return [Thing(id="a", flags={"leader"}), Thing(id="b", flags=set())]


def compiled(text: str, each: str | None = None) -> Expression:
    rows_only = World(
        parameters=WORLD.parameters,
        branch_fields=WORLD.branch_fields,
        members=WORLD.members,
        records=WORLD.records,
        cases=WORLD.cases,
        push=False,
    )
    return compile_check(text, rows_only, each=each)


def ask(text: str, rows: Rows, *, subject: object = None, branch: object = None, each: str | None = None) -> object:
    expression = compiled(text, each)
    return expression.run(expression.env(rows, "2005-03-20", branch, subject, None))


def attended(*hours: float, mode: str = "collective") -> list[tuple[object, ...]]:
    return [("2005-02-01", "2005-02-02", "li", n, h, mode, None) for n, h in enumerate(hours)]


@pytest.mark.parametrize(
    ("text", "each", "offset", "message"),
    [
        ("member.leder", "member", 0, "member has no leder; did you mean leader?"),
        ("sum(a.houres for a in member.attendance) >= 3", "member", 4, "attendance has no houres; did you mean hours?"),
        (
            "any(a.mode == 'colective' for a in member.attendance)",
            "member",
            4,
            "'colective' is not one of the options; did you mean collective?",
        ),
        ("last(branch.offer).amount <= study_hours", None, 0, "cannot compare EUR with h"),
        ("study_hours + ceiling > 3", None, 0, "cannot compare h with EUR"),
        ("study_hors >= 3", None, 0, "unknown name study_hors; did you mean study_hours?"),
        ("member.status > 'in_post'", "member", 0, "one of in_post, retired and text have no order"),
        ("sum(a.hours for a in member.attendance)", "member", 0, "expected true or false, found number (h)"),
        ("branch.offer", None, 0, "expected true or false, found list of offer"),
        ("len(3) > 1", None, 0, "len needs a collection, found number"),
        ("1 +", None, 3, "not an expression: invalid syntax"),
        ("[x for x in modes]", None, 0, "ListComp is not part of the language"),
        ("open('x')", None, 0, "only these can be called: all, any, sum, min, max, len, set, first, last, days, date"),
        ("branch.__class__", None, 0, "branch has no __class__; known:"),
        ("any(member.leader for member in branch.members)", "member", 22, "member already means something else here"),
        ("branch.offer is modes", None, 0, "`is` is not part of the language; use =="),
        ("last(modes) == 'x'", None, 0, "last needs records, found text"),
        ("today > date('2005-02-30')", None, 8, 'date needs a day such as "2005-01-31"'),
        ("'a' * 1000000000 == 'b'", None, 0, "cannot calculate with text and number like this"),
        # what may be either of two things
        ("sum([1] if share > 1 else ['a']) > 0", None, 4, "cannot compare number with text"),
        ("sum(sum(x) for x in [[1], ['a']]) > 0", None, 26, "cannot compare number with text"),
        ("any(z.amount > 0 for z in (branch.offer if share > 1 else branch.item))", None, 27, "cannot compare offer with item"),
        ("any(a.mode == ('self' if share > 1 else 'colective') for a in member.attendance)", "member", 4, "'colective' is not one"),
        ("any(a.mode in ['self', 'home'] for a in member.attendance)", "member", 4, "'home' is not one of the options"),
        ("branch.stage == member.status", "member", 0, "cannot compare one of finished with one of in_post, retired: no option in common"),
        # sets and order
        ("len(set(member.attendance)) > 5", "member", 4, "a set holds single values, not attendance"),
        ("len(set([a.hours] for a in member.attendance)) > 5", "member", 4, "a set holds single values, not list of number (h)"),
        ("len({[1]}) > 0", None, 4, "a set holds single values, not list of number"),
        ("modes < modes", None, 0, "list of text and list of text have no order"),
        ("[[1]] == [['a']]", None, 0, "cannot compare number with text"),
        # units
        ("max(0, study_hours, ceiling) > 3", None, 20, "cannot compare h with EUR"),
        ("min(5, study_hours) > ceiling", None, 0, "cannot compare h with EUR"),
        ("min([5, study_hours, 7]) > ceiling", None, 0, "cannot compare h with EUR"),
        ("study_hours * study_hours > ceiling", None, 0, "cannot compare h*h with EUR"),
        ("study_hours * study_hours > study_hours", None, 0, "cannot compare h*h with h"),
        ("study_hours * study_hours > share", None, 0, "cannot compare h*h with no unit"),
        ("ceiling / study_hours > ceiling", None, 0, "cannot compare EUR/h with EUR"),
        ("1 / study_hours > study_hours", None, 0, "cannot compare 1/h with h"),
        ("2 * share > study_hours", None, 0, "cannot compare no unit with h"),
        ("days(study_hours) > 5", None, 0, "cannot compare d with h"),
        # what cannot be kept, and what would never end
        ("1 > 1e999", None, 4, "1e309 is not part of the language"),
        ("1 > 1" + "0" * 400, None, 4, "1" + "0" * 29 + "... is not part of the language"),
        ("'\\ud800' == 'x'", None, 0, "'\\ud800' is not part of the language"),
        (
            "all(all(all(all(a.leader for d in branch.members) for c in branch.members) for b in branch.members) for a in branch.members)",
            None,
            15,
            "at most 3 loops inside each other; split the requirement",
        ),
        ("not " * 60 + "True", None, 0, "not an expression, or nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, each: str | None, offset: int, message: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        compiled(text, each)
    first = caught.value.problems[0]
    assert first.text.say("en").startswith(message)
    assert first.offset == offset
    assert first.text.say("zh") != first.text.say("en")


def test_all_problems_of_one_expression_are_found_at_once() -> None:
    with pytest.raises(ExpressionFault) as caught:
        compiled("sum(a.houres for a in member.attendance) >= study_hors and member.ledder", "member")
    assert [p.offset for p in caught.value.problems] == [4, 44, 59]


@pytest.mark.parametrize("nest", ["(" * 500 + "1" + ")" * 500 + " > 0", "not " * 900 + "True", "-" * 900 + "1 > 0", "x" * 5000, "1\0 > 0"])
def test_absurd_texts_are_clean_faults(nest: str) -> None:
    with pytest.raises(ExpressionFault):
        compiled(nest)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("last(branch.offer).amount <= ceiling", MISSING),
        ("last(branch.offer).amount <= ceiling and False", False),
        ("last(branch.offer).amount <= ceiling or True", True),
        ("not last(branch.offer).amount <= ceiling", MISSING),
        ("max(o.amount for o in branch.offer) <= ceiling", MISSING),
        ("sum(o.amount for o in branch.offer) <= ceiling", True),
        ("len(branch.offer) == 0", True),
        ("all(o.amount > 3 for o in branch.offer)", True),
        ("any(o.amount > 3 for o in branch.offer)", False),
        ("branch.size > 3", MISSING),
        ("(branch.size if len(branch.offer) > 0 else 5) > 3", True),
    ],
)
def test_a_missing_fact_is_unknown_not_false(text: str, value: object) -> None:
    assert ask(text, Rows(), branch=Thing(fields={})) is value


def test_a_case_field_not_yet_given_is_unknown_wherever_it_is_asked() -> None:
    cases = [Thing(id="item-1", state="open", open=True, fields={})]
    rows = Rows(item=cases)  # type: ignore[arg-type]
    assert ask("all(not i.open for i in branch.item if i.urgent)", rows) is MISSING
    assert ask("len(i for i in branch.item if i.urgent) == 0", rows) is MISSING


def test_sums_of_tenths_refuse_nobody() -> None:
    assert ask("sum(a.hours for a in member.attendance) >= study_hours", Rows(attendance=attended(*[0.1] * 400)), each="member") is True
    assert sum([0.1] * 400) != 40
    assert ask("sum(a.hours for a in member.attendance) >= study_hours", Rows(attendance=attended(39.99)), each="member") is False


def test_dates() -> None:
    branch = Thing(entered="2005-01-20", fields={})
    assert ask("today - branch.entered >= 59", Rows(), branch=branch) is True
    assert ask("today - branch.entered >= 60", Rows(), branch=branch) is False
    assert ask("branch.entered + 59 == today", Rows(), branch=branch) is True
    assert ask('date("2005-01-20") == branch.entered', Rows(), branch=branch) is True


def test_first_and_last_go_by_when_it_happened_then_by_entry() -> None:
    offers = [("2005-02-03", "", "", 1, 30.0), ("2005-02-01", "", "", 2, 10.0), ("2005-02-03", "", "", 3, 20.0)]
    assert ask("last(branch.offer).amount == 20", Rows(offer=offers)) is True
    assert ask("first(branch.offer).amount == 10", Rows(offer=offers)) is True
    assert offers[0][HAPPENED] == "2005-02-03"


def figures(text: str, rows: Rows, *, each: str | None = None, branch: object = None, subject: object = None) -> list[tuple[object, ...]]:
    expression = compiled(text, each)
    return [
        (f.op, f.required, f.found, f.unit, f.met) for f in expression.figures(expression.env(rows, "2005-03-20", branch, subject, None))
    ]


def test_figures_show_both_sides_with_the_unit() -> None:
    rows = Rows(attendance=attended(26, 10.5))
    assert figures("sum(a.hours for a in member.attendance) >= study_hours", rows, each="member") == [(">=", 40, 36.5, "h", False)]
    assert figures("study_hours <= sum(a.hours for a in member.attendance)", rows, each="member") == [(">=", 40, 36.5, "h", False)]


def test_figures_take_a_conjunction_apart() -> None:
    rows = Rows(offer=[("2005-02-03", "", "", 1, 130.0)])
    found = figures("last(branch.offer).amount <= ceiling and len(branch.members) >= 3 and any(m.leader for m in branch.members)", rows)
    assert found == [("<=", 100, 130.0, "EUR", False), (">=", 3, 2, None, False), (">=", 1, 1, None, True)]


def test_figures_of_all_count_how_many() -> None:
    assert figures("all(m.leader for m in branch.members)", Rows()) == [(">=", 2, 1, None, False)]


def test_figures_of_a_quota_by_category_are_those_that_apply() -> None:
    text = "len(member.attendance) >= (2 if member.leader else 1)"
    assert figures(text, Rows(attendance=attended(1)), each="member", subject=Thing(flags={"leader"})) == [(">=", 2, 1, None, False)]
    assert figures(text, Rows(attendance=attended(1)), each="member", subject=Thing(flags=set())) == [(">=", 1, 1, None, True)]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("max(0, study_hours, 3) == study_hours", True),
        ("study_hours * study_hours > 9", True),
        ("study_hours * study_hours / study_hours == study_hours", True),
        ("ceiling / study_hours * study_hours == ceiling", True),
        ("study_hours / study_hours * 100 >= 80", True),
        ("study_hours * share < study_hours", True),
        ("len(branch.members) * share == 1", True),
        ("sum([study_hours] if share > 1 else []) == 0", True),
        ("(last(branch.offer) if share > 1 else first(branch.offer)).amount == 30", True),
        ("set(['a', 'b']) == ['b', 'a', 'a'] and ['a'] != {'b'}", True),
        ("('collective' if share > 1 else 'self') in modes", False),
        ("date('2005-01-31') + 3 == date('2005-02-03')", True),
    ],
)
def test_what_fits_together_is_let_through(text: str, truth: bool) -> None:
    assert ask(text, Rows(offer=[("2005-02-03", "", "", 1, 30.0)])) is truth


MODES = RecordKind(
    id="essay",
    title=humanise("essay"),
    of="branch",
    fields={"modes": a_field("modes", "choice", many=True, options=options("x", "y"))},
    by=("clerk",),
)


def test_a_set_equals_a_list_of_the_same() -> None:
    world = World(parameters={"p": parameter("p", ("y", "x"))}, records={"essay": MODES}, push=False)
    takes = {"modes": MODES.fields["modes"], "sure": a_field("sure", "boolean")}
    rows = Rows(essay=[("2005-02-03", "", "", 1, ["x", "y"])])
    for text in ("last(branch.essay).modes == p", "last(branch.essay).modes == ['x', 'y']", "['y', 'x'] == last(branch.essay).modes"):
        expression = compile_check(text, world)
        env = expression.env(rows, "2005-03-20", None, None, None)
        assert expression.run(env) is True
        assert [(f.required, f.found, f.met) for f in expression.figures(env)] == [(["x", "y"], ["x", "y"], True)]
    taken = compile_check("move.modes == {'x', 'y'} and move.sure", world, takes=takes)
    assert taken.run(taken.env(rows, "2005-03-20", None, None, {"modes": ["x", "y"], "sure": True})) is True
    assert taken.run(taken.env(rows, "2005-03-20", None, None, {"modes": ["x"], "sure": True})) is False
    assert taken.run(taken.env(rows, "2005-03-20", None, None, None)) is MISSING


def test_what_a_finding_shows_can_be_written_down() -> None:
    assert shown([frozenset({"b", "a"}), [MISSING]]) == [["a", "b"], [None]]
    expression = compiled("ceiling * 1e300 * 1e300 > 1")
    with pytest.raises(OverflowError):
        expression.run(expression.env(None, "", None, None, None))


def test_figures_of_what_must_not_be_are_those_of_the_opposite() -> None:
    one = Rows(item=[Thing(fields={"urgent": True})])  # type: ignore[arg-type]
    assert figures("not any(i.urgent for i in branch.item)", one) == [("==", 0, 1, None, False)]
    assert figures("not all(i.urgent for i in branch.item)", one) == [("<", 1, 1, None, False)]
    assert figures("not (len(branch.members) >= 1)", Rows()) == [("<", 1, 2, None, False)]


def test_derived_lists_keep_their_order_dates_and_unit() -> None:
    day = dt.date(2005, 1, 31)
    assert derive("[date('2005-01-31'), date('2005-01-31') + 1]", {})[1:] == ((day, day + dt.timedelta(days=1)), None)
    assert derive("set([study_hours, 20, 30])", WORLD.parameters)[1:] == ((20, 30, 40), "h")
    with pytest.raises(ExpressionFault, match="it has no value"):
        derive("max(x for x in [1, 2] if x > 5)", {})
    with pytest.raises(ExpressionFault, match="one value or a list of such was expected, found list of list of number"):
        derive("[[1], [2]]", {})
    listed = World(parameters={"q": parameter("q", (day,))})
    expression = compile_check("today in q", listed)
    assert expression.run(expression.env(None, "2005-01-31", None, None, None)) is True


def test_derived_parameters_carry_their_unit() -> None:
    _, value, unit = derive("study_hours * 2 / 3", WORLD.parameters)
    assert (value, unit) == (pytest.approx(26.6667, abs=1e-4), "h")
    with pytest.raises(ExpressionFault, match="cannot be computed: division by zero"):
        derive("study_hours / 0", WORLD.parameters)
    with pytest.raises(ExpressionFault, match="may only use other parameters"):
        derive("today", WORLD.parameters)


def test_simple_aggregates_are_left_to_the_store_and_others_are_not() -> None:
    pushed = compile_check("sum(a.hours for a in member.attendance if a.mode in modes) >= 3", WORLD, each="member")
    assert (pushed.records, [m.kind for m in pushed.measures]) == (frozenset(), ["attendance"])
    by_row = compile_check("sum(a.hours for a in member.attendance if a.hours > 1) >= 3", WORLD, each="member")
    assert (by_row.records, by_row.measures) == (frozenset({"attendance"}), ())
    same = compile_check("sum(x.hours for x in member.attendance if x.mode in modes) >= 9", WORLD, each="member")
    assert same.measures[0].key == pushed.measures[0].key
    assert pushed.kinds == by_row.kinds == {"attendance"}


VISITS = World(
    parameters={"few": parameter("few", 2), "part": parameter("part", 0.3)},
    records={
        "visit": RecordKind(
            id="visit",
            title=humanise("visit"),
            of="branch",
            fields={"n": a_field("n", "integer"), "day": a_field("day", "date"), "note": a_field("note", "text")},
            by=("clerk",),
        )
    },
)


@pytest.mark.parametrize(
    ("condition", "pushed"),
    [
        ("v.n >= 7", True),
        ("v.n in [few, 3]", True),
        ("v.n > few + 1", True),
        ("v.n >= 7.0", True),
        ("v.n < 9007199254740991", True),
        ("v.n < 9007199254740992", False),
        ("v.n < 10000000000000000000", False),
        ("v.n >= 0.07*100", False),
        ("v.n in [7.0000000001, 3]", False),
        ("v.n > part", False),
        ("v.n >= 1 / (few - 2)", False),
        ("v.n >= (today - v.day) / days(1)", False),
        ("v.day >= today - 30", True),
        ("v.happened < today", True),
        ("v.happened < date('2005-01-31') + 2", True),
        ("v.day > today + 2913000", False),
        ("v.day > today - 1 / (few - 2)", False),
        ("v.day > today - 1 / ((today - date('2005-03-20')) / days(1))", False),
        ("v.note == 'x'", True),
    ],
)
def test_only_what_means_the_same_on_any_day_is_left_to_the_store(condition: str, pushed: bool) -> None:
    expression = compile_check(f"any({condition} for v in branch.visit)", VISITS)
    assert bool(expression.measures) is pushed
    for measure in expression.measures:
        for each in measure.conditions:
            for day in ("0101-01-01", "2005-03-20", "9898-12-31"):
                assert each.value([None, day, None, None, None]) is not MISSING


def test_a_kind_needed_row_by_row_anywhere_is_read_row_by_row() -> None:
    both = "any(a.remark == 'x' for a in member.attendance) and sum(a.hours for a in member.attendance) >= 3 and len(member.attendance) > 0"
    expression = compile_check(both, WORLD, each="member")
    assert expression.records == {"attendance"}
    assert [m.aggregate for m in expression.measures] == ["sum", "count"]


NUMBERS = st.recursive(
    st.integers(-50, 50).map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda t: f"max([{', '.join(t)}])"),
        st.lists(inner, min_size=1, max_size=3).map(lambda t: f"sum(x for x in [{', '.join(t)}])"),
    ),
    max_leaves=6,
)
CONDITIONS = st.recursive(
    st.tuples(NUMBERS, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), NUMBERS).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"(not {t})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.lists(inner, max_size=3).map(lambda t: f"all(x for x in [{', '.join(t)}])"),
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(CONDITIONS)
def test_where_nothing_is_missing_it_means_what_python_means(text: str) -> None:
    text = text.replace("all(x for x in [])", "all(x for x in [True])")
    assume(text.count("for x in") <= 1)  # a variable inside its own scope is refused
    expression = compiled(text)
    assert expression.run(expression.env(None, "", None, None, None)) is eval(text, {})
    assert SUBJECT == 3

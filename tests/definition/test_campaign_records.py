"""Records of the campaign as a whole, and stages that repeat, as a definition says them: what is right, and every wrong use."""

from __future__ import annotations

import pytest

from workflow.definition import load_text
from workflow.definition.expressions import ExpressionFault, World, compile_check, compile_value, derive
from workflow.definition.graph import to_next_cycle
from workflow.definition.model import RecordKind
from workflow.errors import DefinitionFault

TEXT = """\
definition: rounds
title: Round after round
roles: {clerk: {scope: branch}, group: {scope: assigned}, office: {scope: all}}
instruments: {rule: {title: The rule}}
parameters: {few: {value: 2, basis: rule}}
members: {status: [full], default: full}
records:
  line: {of: member, fields: {hours: number}, by: clerk}
  event: {of: campaign, fields: {weight: integer, grave: boolean}, by: office}
  sheet: {of: branch, fields: {hours: number}, by: clerk}
requirements:
  begun: {title: Begun, check: len(campaign.event) > 0, owner: office, remedy: begin, basis: rule}
gates:
  gate:
    phases: [working, done]
    moves:
      finish: {from: working, to: done, by: clerk, requires: begun}
      again: {from: done, to: working, by: office, effects: [new_attempt]}
      leave: {from: done, to: next_stage, by: office}
stages:
  round: {gate: gate, cycle: month, lasts: 1m}
"""


def faults(old: str, new: str, lang: str = "en") -> list[str]:
    """What is said of the text with `new` in it; the place of the first fault is held against the mark » in it, if there is one."""
    assert TEXT.count(old) == 1, old
    marked = TEXT.replace(old, new)
    with pytest.raises(DefinitionFault) as caught:
        load_text(marked.replace("»", ""))
    if "»" in marked:
        before = marked.partition("»")[0]
        assert caught.value.faults[0].where == f"<text>:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    return [f"{fault.path}: {fault.text.say(lang)}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "of: campaign, fields: {weight",
            "of: »campaign, lines: line, fields: {weight",
            "records.event.of: a sheet with lines is of: branch, found campaign",
            "带 lines 的记录应为 of: branch，实为 campaign",
        ),
        (
            "sheet: {of: branch,",
            "sheet: {of: branch, lines: »event,",
            "records.sheet.lines: there is no record kind of a member event, known: line",
            "没有党员记录种类 event",
        ),
        (
            "grave: boolean}, by: office}",
            "grave: boolean}, by: [office, »clerk]}",
            "records.event.by[1]: clerk has scope: branch, but a record of the campaign is entered by roles with scope: all",
            "clerk 为 scope: branch，而整个活动的记录只能由 scope: all 的角色录入",
        ),
        (
            "grave: boolean}, by: office}",
            "grave: boolean}, by: »group}",
            "records.event.by: group has scope: assigned, but a record of the campaign is entered by roles with scope: all",
            "group 为 scope: assigned",
        ),
        (
            "grave: boolean}, by: office}",
            "grave: boolean}, by: office, span: »attempt}",
            "records.event.span: a record of the campaign belongs to no attempt, span: campaign was expected",
            "整个活动的记录不属于任何轮次",
        ),
        (
            "len(campaign.event)",
            "len(»campaign.evnt)",
            "requirements.begun.check: campaign has no evnt; did you mean event?",
            "没有 evnt",
        ),
        (
            "len(campaign.event)",
            "len(»branch.event)",
            "requirements.begun.check: branch has no event",
            "没有 event",
        ),
        (
            "len(campaign.event)",
            "len(»campaign.sheet)",
            "requirements.begun.check: campaign has no sheet",
            "没有 sheet",
        ),
        (
            "parameters: {few",
            "parameters: {»campaign",
            "parameters.campaign: campaign is a word of expressions, another name was expected",
            "campaign 是表达式的用词",
        ),
        (
            ", effects: [new_attempt]",
            "",
            "stages.round.cycle: no move of the gate gate begins the next one, effects: [new_attempt] was expected in one of them",
            "关口 gate 没有进入下一轮的动作",
        ),
        (
            "lasts: 1m",
            "lasts: »1y",
            "stages.round.lasts: 1y does not fit, a number of days such as 45d or of months such as 3m was expected",
            "天数或月数，如 45d、3m",
        ),
        ("cycle: month", "cycle: »3", "stages.round.cycle: a number stands here (3)", "此处是数字（3）"),
    ],
)
def test_every_wrong_use_is_said_with_its_place(old: str, new: str, en: str, zh: str) -> None:
    assert faults(old, new)[0].startswith(en)
    assert zh in faults(old, new, "zh")[0]


def test_what_is_right() -> None:
    definition = load_text(TEXT)
    stage = definition.stages["round"]
    assert (stage.lasts, stage.months, stage.cycle and stage.cycle.say("en")) == (None, 1, "month")
    assert [edge.move.id for edge in to_next_cycle(definition, "round.working")] == ["finish", "again"]
    assert definition.cycle is not None
    assert definition.cycle_at("round.done") == definition.cycle
    assert definition.records["event"].of == "campaign"


def test_attempts_have_one_name_only_where_all_stages_agree() -> None:
    definition = load_text(TEXT + "  after: {gate: gate}\n")
    assert definition.cycle is None
    assert definition.cycle_at("after.working") is None
    assert definition.cycle_at("round.working") is not None
    assert to_next_cycle(definition, "after.working") == ()


def test_a_cycle_needs_words_in_every_language() -> None:
    assert "stages.round.cycle" in "\n".join(faults("definition: rounds", "definition: rounds\nlanguages: [en, zh]"))


# -- expressions -------------------------------------------------------------------------------------------------------


def world() -> World:
    fields = load_text(TEXT).records["event"].fields
    kind = RecordKind(id="event", title=load_text(TEXT).title, of="campaign", fields=fields, by=("office",))
    return World(records={"event": kind})


@pytest.mark.parametrize(
    "text",
    [
        "len(campaign.event) > 0",
        'last(campaign.event).happened >= date("2010-04-29")',
        "all(e.grave for e in campaign.event)",
        "any(e.weight > 2 for e in campaign.event if e.grave)",
        "min(e.happened for e in campaign.event) <= today",
    ],
)
def test_the_campaign_in_expressions(text: str) -> None:
    found = compile_check(text, world())
    assert "campaign" in found.names
    assert found.kinds == {"event"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("campaign.event > 0", "list of event and number have no order"),
        ("campaign.title == 'x'", "campaign has no title"),
        ("len(campaign.event.weight) > 0", "has no weight"),
        ("campaign", "expected true or false, found campaign"),
        ("last(campaign.event).missing", "has no missing"),
    ],
)
def test_what_the_campaign_does_not_say(text: str, said: str) -> None:
    with pytest.raises(ExpressionFault, match=said):
        compile_check(text, world())


def test_values_may_use_it_and_derived_parameters_may_not() -> None:
    assert compile_value("sum(e.weight for e in campaign.event)", world()).kinds == {"event"}
    with pytest.raises(ExpressionFault):
        derive("len(campaign.event)", {})

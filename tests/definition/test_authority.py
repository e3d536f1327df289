"""Who may change the plan and the rolls while branches run, and when a batch may be closed: what is right, and every wrong use."""

from __future__ import annotations

import json

import pytest
from hand_made import gate, made, move, requirement, said, stage

from workflow.definition import load_document, load_file, load_text
from workflow.definition.diagram import draw
from workflow.definition.expressions import ExpressionFault, World, compile_check, compile_value
from workflow.definition.lint import lint
from workflow.definition.loading import shipped
from workflow.definition.loading.schema import schema
from workflow.definition.model import POWER_TITLES, POWERS, Batches, Definition, Members
from workflow.errors import DefinitionFault

TEXT = """\
definition: rolls
title: {en: Rolls, zh: 名册}
languages: [en, zh]
roles:
  clerk: {scope: branch, title: {en: clerk, zh: 录入员}}
  group: {scope: assigned, title: {en: group, zh: 督导组}}
  office: {scope: all, title: {en: office, zh: 办公室}}
  head: {scope: all, title: {en: head, zh: 主任}}
authority:
  enact: head
  extend: [office, head]
  suspend: head
  roll: [clerk, office]
  transfer: office
  reassign: [group, office]
  restructure: head
  appoint: office
  close_batch: office
instruments: {rule: {title: {en: The rule, zh: 规定}}}
parameters:
  enough: {value: 0.95, basis: rule}
  halved: {derive: enough / 2}
  many: {value: 95, basis: rule}
  word: {value: most, basis: rule}
  sure: {value: true, basis: rule}
batches: {finished: over, share: enough}
members:
  status: {full: {en: full, zh: 正式}}
  departures: {died: {en: died, zh: 去世}, moved: {en: moved away, zh: 迁出}}
records:
  note: {title: {en: note, zh: 记录}, of: member, fields: {}, by: clerk}
requirements:
  over: {title: {en: Over, zh: 结束}, check: branch.phase == "done", owner: clerk, remedy: {en: end it, zh: 办结}, basis: rule}
  noted: {title: {en: Noted, zh: 已记}, each: member, check: len(member.note) > 0, owner: clerk, remedy: {en: note, zh: 录入}, basis: rule}
  soon: {title: {en: Soon, zh: 尽快}, check: move.days < 9, owner: clerk, remedy: {en: hurry, zh: 抓紧}, basis: rule}
gates:
  gate:
    title: {en: gate, zh: 关口}
    phases: {working: {en: working, zh: 进行}, done: {en: done, zh: 完成}}
    moves:
      finish:
        {title: {en: finish, zh: 完成}, from: working, to: done, by: clerk, requires: [noted, soon], takes: {days: {type: integer, title: {en: days, zh: 天数}}}}
      leave: {title: {en: leave, zh: 离开}, from: done, to: next_stage, by: office}
stages:
  stage: {title: {en: stage, zh: 阶段}, gate: gate}
"""


def faults(old: str, new: str, lang: str = "en") -> list[str]:
    """What is said of the text with `new` in it, the first fault at the mark » in it."""
    assert TEXT.count(old) == 1, old
    marked = TEXT.replace(old, new)
    before = marked.partition("»")[0]
    with pytest.raises(DefinitionFault) as caught:
        load_text(marked.replace("»", ""))
    assert caught.value.faults[0].where == f"<text>:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    return [f"{fault.path}: {fault.text.say(lang)}" for fault in caught.value.faults]


# -- what is right -----------------------------------------------------------------------------------------------------


def test_what_is_right() -> None:
    definition = load_text(TEXT)
    assert lint(definition) == ()
    assert tuple(definition.authority) == POWERS
    assert definition.authority["extend"] == ("office", "head")
    assert definition.authority["suspend"] == ("head",)
    assert definition.batches == Batches(finished="over", share=0.95, share_name="enough")
    assert definition.members is not None
    assert [text.say("zh") for text in definition.members.departures.values()] == ["去世", "迁出"]
    again = load_document(json.loads(json.dumps(definition.document)), validated=True)
    assert (again.hash, again.authority, again.batches) == (definition.hash, definition.authority, definition.batches)


@pytest.mark.parametrize(("share", "expected"), [("0.9", (0.9, None)), ("1", (1, None)), ("0", (0, None)), ("halved", (0.475, "halved"))])
def test_the_share_is_a_number_or_a_parameter_stated_or_derived(share: str, expected: tuple[float, str | None]) -> None:
    batches = load_text(TEXT.replace("share: enough", f"share: {share}")).batches
    assert batches is not None
    assert (batches.share, batches.share_name) == expected


def test_nobody_is_granted_what_is_not_named() -> None:
    definition = load_text(TEXT.replace("  suspend: head\n", ""))
    assert "suspend" not in definition.authority
    office_move = load_file(shipped()["advanced-nature-2005"].parents[1] / "examples" / "office-move.yaml")
    assert (office_move.authority, office_move.batches) == ({}, None)


def test_the_powers_are_the_same_everywhere() -> None:
    assert tuple(schema()["$defs"]["authority"]["properties"]) == POWERS
    assert all(set(title.by_language) == {"en", "zh"} for title in POWER_TITLES.values())
    readme = (shipped()["advanced-nature-2005"].parent / "README.md").read_text("utf-8")
    assert [power for power in POWERS if f"| `{power}` |" not in readme] == []


def test_the_2005_campaign() -> None:
    definition = load_file(shipped()["advanced-nature-2005"])
    assert definition.batches == Batches(finished="campaign_over", share=0.95, share_name="basically_finished")
    assert set(definition.authority) == set(POWERS)
    assert definition.members is not None
    assert list(definition.members.departures) == ["died", "relation_moved", "left_party"]
    concluded = definition.reports["progress"].lines["concluded"].value
    assert definition.requirements["campaign_over"].check.text == concluded.text


# -- every wrong use, in both languages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "  enact: head",
            "  »enakt: head",
            "authority.enakt: the key enakt is unknown here, did you mean enact?",
            "authority.enakt: 此处没有键 enakt，是否指 enact？",
        ),
        (
            "extend: [office, head]",
            "extend: [office, »haed]",
            "authority.extend[1]: there is no role haed, did you mean head?",
            "authority.extend[1]: 没有角色 haed，是否指 head？",
        ),
        (
            "suspend: head",
            "suspend: »[]",
            "authority.suspend: this is empty, at least one was expected",
            "authority.suspend: 此处为空，至少应有一项",
        ),
        (
            "enact: head",
            "enact: [head, »clerk]",
            "authority.enact[1]: clerk has scope: branch, but a definition is enacted by roles with scope: all",
            "authority.enact[1]: clerk 为 scope: branch，而施行方案只能由 scope: all 的角色作出",
        ),
        (
            "close_batch: office",
            "close_batch: »group",
            "authority.close_batch: group has scope: assigned, but a batch is closed by roles with scope: all",
            "authority.close_batch: group 为 scope: assigned，而批次收尾只能由 scope: all 的角色作出",
        ),
        (
            "finished: over",
            "finished: »ovr",
            "batches.finished: there is no requirement ovr, did you mean over?",
            "batches.finished: 没有条件 ovr，是否指 over？",
        ),
        (
            "finished: over",
            "finished: »noted",
            "batches.finished: noted is asked of each member, one question about the branch was expected: a requirement without each",
            "batches.finished: noted 针对每个 member，此处应为只问支部本身的条件，即不含 each",
        ),
        (
            "finished: over",
            "finished: »soon",
            "batches.finished: soon uses what a move takes, but no move is made when it is asked here",
            "batches.finished: soon 用到动作所填内容，而此处核查时并无动作",
        ),
        (
            "share: enough",
            "share: »enuogh",
            "batches.share: there is no parameter enuogh, did you mean enough?",
            "batches.share: 没有参数 enuogh，是否指 enough？",
        ),
        (
            "share: enough",
            "share: »many",
            "batches.share: many is 95, a number from 0 to 1 was expected",
            "batches.share: many 为 95，应为 0 到 1 的数字",
        ),
        (
            "share: enough",
            "share: »word",
            "batches.share: word is most, a number from 0 to 1 was expected",
            "batches.share: word 为 most，应为 0 到 1 的数字",
        ),
        (
            "share: enough",
            "share: »sure",
            "batches.share: sure is yes, a number from 0 to 1 was expected",
            "batches.share: sure 为 是，应为 0 到 1 的数字",
        ),
        (
            "share: enough",
            "share: »1.1",
            "batches.share: 1.1 is too great, at most 1 was expected",
            "batches.share: 1.1 过大，应不大于 1",
        ),
        (
            "share: enough",
            "share: »-0.1",
            "batches.share: -0.1 is too small, at least 0 was expected",
            "batches.share: -0.1 过小，应不小于 0",
        ),
        (
            "share: enough",
            "share: »95%",
            "batches.share: 95% does not fit, a number from 0 to 1 or a parameter was expected",
            "batches.share: 95% 不合要求，应为0 到 1 的数字或参数",
        ),
        (
            "batches: {finished: over, share: enough}",
            "»batches: {finished: over}",
            "batches: share is missing, it is required here",
            "batches: 缺少 share，此处必填",
        ),
        (
            "moved: {en: moved away, zh: 迁出}",
            "moved: »{en: moved away}",
            "members.departures.moved: the text in zh is missing",
            "members.departures.moved: 缺少 zh 文本",
        ),
        (
            "departures: {died: {en: died, zh: 去世}, moved: {en: moved away, zh: 迁出}}",
            "departures: »[died, moved]",
            "members.departures: these have no titles, {id: {en: ..., zh: ...}} was expected",
            "members.departures: 各项没有标题，应为 {id: {en: ..., zh: ...}}",
        ),
    ],
)
def test_every_wrong_use_is_said_with_its_place(old: str, new: str, en: str, zh: str) -> None:
    assert faults(old, new) == [en]
    assert faults(old, new, "zh") == [zh]


def test_several_faults_are_said_at_once() -> None:
    found = faults("batches: {finished: over, share: enough}", "batches: {finished: »noted, share: many}")
    assert [fault.partition(":")[0] for fault in found] == ["batches.finished", "batches.share"]


def test_a_parameter_that_does_not_compute_is_blamed_once() -> None:
    assert faults("halved: {derive: enough / 2}", "halved: {derive: »enugh / 2}")[0].startswith(
        "parameters.halved.derive: unknown name enugh"
    )
    with pytest.raises(DefinitionFault) as caught:
        load_text(TEXT.replace("derive: enough / 2", "derive: enugh / 2").replace("share: enough", "share: halved"))
    assert [fault.path for fault in caught.value.faults] == ["parameters.halved.derive"]


# -- lint --------------------------------------------------------------------------------------------------------------

TRANSFER = gate("transfer", "working", move("approve", "working > next_stage", "office"))


def linted(**more: object) -> list[tuple[str, str, str, str, str]]:
    definition = made(TRANSFER, stage("one", "transfer"), requirement("over"), **more)
    return [(f.level, ".".join(f.path), f.code, f.text.say("en"), f.text.say("zh")) for f in lint(definition)]


def test_what_only_a_batch_asks_is_used() -> None:
    assert [path for _, path, *_ in linted()] == ["requirements.over"]
    assert linted(batches=Batches(finished="over", share=0.9), authority={"close_batch": ("office",)}) == []


def test_a_batch_nobody_may_close() -> None:
    assert linted(batches=Batches(finished="over", share=0.9), authority={"enact": ("office",)}) == [
        (
            "warning",
            "batches",
            "lint.nobody",
            "it says when a batch may be closed, but nobody may close one; name a role in authority: {close_batch: ...}",
            "规定了批次何时可以收尾，却没有人可以收尾；请在 authority: {close_batch: ...} 中写明角色",
        )
    ]


def test_departures_nobody_may_enter_and_powers_over_members_that_are_not_there() -> None:
    members = Members(status={"full": said("full")}, flags={}, fields={}, departures={"died": said("died")})
    batches = Batches(finished="over", share=0.9)
    assert linted(batches=batches, members=members, authority={"close_batch": ("office",)}) == [
        (
            "warning",
            "members.departures",
            "lint.nobody",
            "it says why members leave the roll, but nobody may take one off it; name a role in authority: {roll: ...}",
            "规定了除册的缘由，却没有人可以除册；请在 authority: {roll: ...} 中写明角色",
        )
    ]
    assert linted(batches=batches, authority={"close_batch": ("office",), "transfer": ("office",)}) == [
        (
            "warning",
            "authority.transfer",
            "lint.no-members",
            "transfer is about members, and the definition declares none; declare members: or remove it",
            "transfer 针对党员，而方案未声明 members；请声明 members: 或将其删除",
        )
    ]


def test_a_departure_wants_its_words_in_every_language() -> None:
    members = Members(status={"full": said("full")}, flags={}, fields={}, departures={"died": said(" ")})
    found = linted(batches=Batches(finished="over", share=0.9), members=members, authority=dict.fromkeys(POWERS, ("office",)))
    assert [(path, code) for _, path, code, *_ in found] == [("members.departures.died", "lint.untranslated")]


# -- suspended days in expressions -------------------------------------------------------------------------------------


class Branch:
    """A branch that was suspended for a while."""

    paused = 12
    entered = "2005-01-31"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today - branch.entered - branch.paused >= 36", True),  # 48 days since, 12 of them suspended
        ("today - branch.entered - branch.paused >= 37", False),
        ("today - (branch.entered + branch.paused) >= days(36)", True),
        ("branch.entered + branch.paused < date('2005-02-13')", True),
        ("branch.paused * 2 == 24", True),
    ],
)
def test_suspended_days_are_days(text: str, expected: bool) -> None:
    expression = compile_check(text, World())
    assert expression.run(expression.env(None, "2005-03-20", Branch(), None, None)) is expected


def test_the_unit_of_suspended_days() -> None:
    definition = load_file(shipped()["advanced-nature-2005"])
    assert "- branch.paused >=" in definition.requirements["minimum_total_reached"].check.text
    world = World(parameters=definition.parameters)
    assert compile_value("today - branch.entered - branch.paused", world).type.unit == "d"
    with pytest.raises(ExpressionFault) as caught:
        compile_check("branch.paused >= study_hours", world)
    assert [problem.text.say("en") for problem in caught.value.problems] == ["cannot compare d with h"]


def test_a_field_of_a_branch_is_not_called_so() -> None:
    assert faults("instruments: {rule", "branches: {fields: {»paused: {type: integer, title: {en: p, zh: 停}}}}\ninstruments: {rule") == [
        "branches.fields.paused: paused is an attribute of every branch, another name was expected"
    ]


# -- the page ----------------------------------------------------------------------------------------------------------


def rows(definition: Definition, lang: str, title: str) -> str:
    page = draw(definition, lang=lang, format="html")
    return page[page.index(f"<h2>{title}</h2>") :].partition("</table>")[0]


def test_the_page_says_who_may_do_what() -> None:
    definition = load_text(TEXT)
    shown = rows(definition, "en", "authority")
    assert shown.count("<tr><td>") == len(POWERS)
    assert "<td><b>put a new version into force</b><br><i>enact</i></td><td>head</td><td></td>" in shown
    assert "<td><b>extend</b></td><td>office, head</td>" in shown
    assert "<mark>R1</mark> Over <i>· The rule</i></li><li><i>≥</i> 95% of the batch</li>" in shown
    shown = rows(definition, "zh", "职权")
    assert "<td><b>调整批次或督导组</b><br><i>reassign</i></td><td>督导组、办公室</td>" in shown
    assert "<i>≥</i> 批次的95%" in shown
    assert "<h2>authority" not in draw(made(TRANSFER, stage("one", "transfer")), lang="en", format="html")

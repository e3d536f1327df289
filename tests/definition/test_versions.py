"""One definition follows another: what must stay, what moves along, and what people are told has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.story import ROOT
from workflow.definition import Definition, load_document, load_file, load_text, model, reporting
from workflow.definition.differences import _ATTRIBUTES, _DEFINITION, Difference, _Part, differences
from workflow.definition.versions import succeed
from workflow.errors import DefinitionFault
from workflow.store.layout import slots
from workflow.texts import LANGUAGES

TEXT = """\
definition: round-plan
version: "1"
title: The plan
calendar: {country: CN, zone: Asia/Shanghai}
units: {h: hours}
instruments: {rule: {title: The rule}}
parameters: {least: {value: 4, unit: h, basis: rule}}
roles: {clerk: {scope: branch}, office: {scope: all}}
branches: {fields: {sector: [organ, firm]}}
members:
  status: [full, retired]
  flags: [infirm]
  departures: {died: died}
  fields: {rank: text}
records:
  study: {of: member, fields: {hours: {type: number, unit: h}, mode: [hall, home], what: text}, by: clerk}
  sheet: {of: branch, lines: study, fields: {hours: {type: number, unit: h}}, by: clerk}
  note: {of: branch, fields: {text: text, tags: {options: [red, blue], many: true}}, by: clerk}
requirements:
  studied: {title: "At least {least}", each: member, check: sum(s.hours for s in member.study) >= least, owner: clerk, remedy: study, basis: rule}
gates:
  gate:
    phases: [working, applied]
    moves:
      apply: {from: working, to: applied, by: clerk, requires: studied}
      back: {from: applied, to: working, by: office}
      approve: {from: applied, to: next_stage, by: office}
stages:
  first: {gate: gate, lasts: 45d}
  second: {gate: gate}
cases:
  item:
    of: branch
    by: clerk
    fields: {subject: text}
    states: {raised: raised, settled: {title: settled, final: true}}
    moves: {settle: {from: raised, to: settled, by: office, takes: {how: text}}}
"""
SHIPPED = sorted((ROOT / "definitions").glob("*.yaml"))
EVERY = [*SHIPPED, *sorted(path for path in (ROOT / "examples").glob("*.yaml") if not path.stem.endswith("-plan"))]
STAY_EN, STAY_ZH = "is missing, it was expected to stay: what is on file must remain readable", "应予保留：已入账的内容须始终可读"
READ_EN, READ_ZH = "was expected as before: what is on file is read by it", "已入账的内容据此读取"


def changed(*replacements: tuple[str, str]) -> Definition:
    text = TEXT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_text(text)


def refused(new: Definition, states: dict[str, str] | None = None, spent: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Path and text in both languages of every fault."""
    with pytest.raises(DefinitionFault) as caught:
        succeed(load_text(TEXT), new, states or {}, spent)
    return [(fault.path, *(fault.text.say(lang) for lang in LANGUAGES)) for fault in caught.value.faults]


# -- what must stay ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "path", "what", "zh"),
    [
        (
            "  note: {of: branch, fields: {text: text, tags: {options: [red, blue], many: true}}, by: clerk}\n",
            "",
            "records.note",
            "the record note",
            "记录 note",
        ),
        (", what: text", "", "records.study.fields.what", "the field what", "字段 what"),
        ("mode: [hall, home]", "mode: [hall]", "records.study.fields.mode.options.home", "the option home", "选项 home"),
        ("fields: {subject: text}\n", "\n", "cases.item.fields.subject", "the field subject", "字段 subject"),
        (", takes: {how: text}", "", "cases.item.moves.settle.takes.how", "the field how", "字段 how"),
        ("fields: {sector: [organ, firm]}", "fields: {}", "branches.fields.sector", "the field sector", "字段 sector"),
        ("[organ, firm]", "[firm]", "branches.fields.sector.options.organ", "the option organ", "选项 organ"),
        ("[full, retired]", "[full]", "members.status.retired", "the status retired", "党员状态 retired"),
        ("  flags: [infirm]\n", "", "members.flags.infirm", "the flag infirm", "标记 infirm"),
        ("  departures: {died: died}\n", "", "members.departures.died", "the departure died", "除册缘由 died"),
        ("  fields: {rank: text}\n", "", "members.fields.rank", "the field rank", "字段 rank"),
    ],
)
def test_what_facts_are_made_of_may_not_go_away(old: str, new: str, path: str, what: str, zh: str) -> None:
    assert refused(changed((old, new))) == [(path, f"{what} {STAY_EN}", f"缺少{zh}，{STAY_ZH}")]


def test_neither_may_a_kind_of_case_nor_a_state_of_one() -> None:
    without = load_text(TEXT.partition("cases:")[0])
    assert refused(without) == [("cases.item", f"the case item {STAY_EN}", f"缺少事项 item，{STAY_ZH}")]
    states = "{raised: raised, settled: {title: settled, final: true}}"
    renamed = changed((states, "{raised: raised, done: {title: done, final: true}}"), ("to: settled", "to: done"))
    assert refused(renamed) == [("cases.item.states.settled", f"the state settled {STAY_EN}", f"缺少状态 settled，{STAY_ZH}")]


def test_neither_may_all_members() -> None:
    document = {key: value for key, value in load_text(TEXT).document.items() if key not in ("members", "requirements")}
    document["records"] = {"note": document["records"]["note"]}
    document["gates"]["gate"]["moves"]["apply"].pop("requires")
    assert [path for path, *_ in refused(load_document(document))] == ["members", "records.study", "records.sheet"]


@pytest.mark.parametrize(
    ("old", "new", "path", "was", "now"),
    [
        ("what: text", "what: integer", "records.study.fields.what.type", "text", "integer"),
        ("mode: [hall, home], what", "mode: text, what", "records.study.fields.mode.type", "choice", "text"),
        (", many: true", "", "records.note.fields.tags.many", "true", "false"),
        ("note: {of: branch", "note: {of: member", "records.note.of", "branch", "member"),
        ("lines: study, ", "", "records.sheet.lines", "study", "none|无"),
        ("    of: branch\n", "    of: member\n", "cases.item.of", "branch", "member"),
        ("settled: {title: settled, final: true}", "settled: settled", "cases.item.states.settled.final", "true", "false"),
        ("subject: text", "subject: date", "cases.item.fields.subject.type", "text", "date"),
        ("how: text", "how: person", "cases.item.moves.settle.takes.how.type", "text", "person"),
        ("rank: text", "rank: integer", "members.fields.rank.type", "text", "integer"),
        ("Asia/Shanghai", "Europe/Berlin", "calendar.zone", "Asia/Shanghai", "Europe/Berlin"),
    ],
)
def test_nor_be_read_in_another_way(old: str, new: str, path: str, was: str, now: str) -> None:
    en, _, zh = now.partition("|")
    assert refused(changed((old, new))) == [(path, f"found {en}, {was} {READ_EN}", f"实为 {zh or en}，应仍为 {was}：{READ_ZH}")]


def test_a_unit_belongs_to_the_figures_on_file() -> None:
    found = refused(load_text(TEXT.replace("unit: h", "unit: min")))
    assert found == [
        ("records.study.fields.hours.unit", f"found min, h {READ_EN}", f"实为 min，应仍为 h：{READ_ZH}"),
        ("records.sheet.fields.hours.unit", f"found min, h {READ_EN}", f"实为 min，应仍为 h：{READ_ZH}"),
    ]


def test_another_definition_is_no_later_version() -> None:
    en, zh = (
        "this is another definition, other-plan; a later version of round-plan was expected",
        "这是另一个方案 other-plan；应为 round-plan 的新版本",
    )
    other = ("definition: round-plan", "definition: other-plan")
    assert refused(changed(other)) == [("definition", en, zh)]
    assert refused(changed(other, ("[full, retired]", "[full]"), ("first: {", "begin: {"))) == [("definition", en, zh)], "that says it all"


def test_all_faults_are_said_at_once() -> None:
    new = changed(
        ("Asia/Shanghai", "Europe/Berlin"),
        ("[full, retired]", "[full]"),
        (", what: text", ""),
        ("subject: text", "subject: date"),
        ("first: {", "begin: {"),
    )
    assert [path for path, *_ in refused(new, {"second.working": "begin.working"})] == [
        "calendar.zone",
        "members.status.retired",
        "records.study.fields.what",
        "cases.item.fields.subject.type",
        "stages.first",
        "states.second.working",
    ]


@pytest.mark.parametrize(
    "replacements",
    [
        [("value: 4", "value: 6")],
        [("lasts: 45d", "lasts: 2m")],
        [(", requires: studied", "")],
        [("country: CN, ", "")],
        [("by: clerk, requires", "by: office, requires"), ("      back: {from: applied, to: working, by: office}\n", "")],
        [("note: {of: branch, fields: {text: text,", "note: {of: branch, span: attempt, fields: {text: {type: text, optional: true},")],
        [("  second: {gate: gate}\n", "  second: {gate: gate}\n  third: {gate: gate}\n")],
        [("[hall, home]", "[home, hall, field]"), ("[full, retired]", "[full, retired, away]")],
        [("note: {of: branch, fields: {text: text,", "note: {of: branch, fields: {text: text, grade: integer,")],
        [("phases: [working, applied]", "phases: {working: working, applied: {title: applied, final: true}}")],
        [("fields: {subject: text}", "fields: {subject: text, how: text}"), (", takes: {how: text}", "")],
    ],
)
def test_rules_may_change_and_anything_may_come(replacements: list[tuple[str, str]]) -> None:
    old, new = load_text(TEXT), changed(*replacements)
    found = succeed(old, new, {})
    assert found.records.keys() == new.records.keys()
    assert differences(old, found)


def test_a_role_may_vanish() -> None:
    assert (
        "office" not in succeed(load_text(TEXT), load_text(TEXT.replace(", office: {scope: all}", "").replace("office", "clerk")), {}).roles
    )


# -- states that go away -----------------------------------------------------------------------------------------------------


LOOKED = changed(
    ("phases: [working, applied]", "phases: [working, sent]"),
    ("to: applied", "to: sent"),
    ("back: {from: applied", "back: {from: sent"),
    ("approve: {from: applied", "approve: {from: sent"),
)
GOING = {"first.applied": "first.sent", "second.applied": "second.sent"}


def test_a_state_that_goes_away_says_where_its_branches_go() -> None:
    assert succeed(load_text(TEXT), LOOKED, GOING).hash == LOOKED.hash
    assert refused(LOOKED, {"second.applied": "second.sent"}) == [
        (
            "states.first.applied",
            "the new version has no such state and nothing says where branches in it go, first.applied=STATE was expected; did you mean first.sent?",
            "新版本没有此状态，也未说明其中的支部转往何处，应为 first.applied=状态；是否指 first.sent？",
        )
    ]


def test_a_stage_stays() -> None:
    one = changed(("  second: {gate: gate}\n", ""))
    assert refused(one, {}) == [
        (
            "stages.second",
            "the stage second is missing, it was expected to stay: what is on file must remain readable",
            "缺少阶段 second，应予保留：已入账的内容须始终可读",
        )
    ]


def test_nobody_comes_into_another_stage_by_a_name() -> None:
    assert refused(LOOKED, {**GOING, "first.applied": "second.working"}) == [
        (
            "states.first.applied",
            "second.working is in another stage, a state of first was expected: nobody comes into a stage without its approval; "
            "did you mean first.working?",
            "second.working 属于另一阶段，应为 first 阶段的状态：未经批准不得进入其他阶段；是否指 first.working？",
        )
    ]


@pytest.mark.parametrize(
    ("states", "path", "en", "zh"),
    [
        (
            {"first.applied": "first.snt"},
            "states.first.applied",
            "first.snt is no state of the new version, one it has was expected; did you mean first.sent?",
            "first.snt 不是新版本的状态，应为新版本已有的状态；是否指 first.sent？",
        ),
        (
            {"first.working": "first.sent"},
            "states.first.working",
            "this state stays, only one that the new version lacks was expected here; known: first.applied, second.applied",
            "此状态仍然保留，此处只应写新版本没有的状态；已有：first.applied、second.applied",
        ),
        (
            {"finished": "second.sent"},
            "states.finished",
            "this state stays, only one that the new version lacks was expected here; known: first.applied, second.applied",
            "此状态仍然保留，此处只应写新版本没有的状态；已有：first.applied、second.applied",
        ),
        (
            {"first.aplied": "first.sent"},
            "states.first.aplied",
            "the version in force has no such state, one that goes away was expected; did you mean first.applied?",
            "现行版本没有此状态，应为将被取消的状态；是否指 first.applied？",
        ),
    ],
)
def test_states_are_mapped_rightly(states: dict[str, str], path: str, en: str, zh: str) -> None:
    assert refused(LOOKED, {**GOING, **states}) == [(path, en, zh)]


def test_where_no_state_goes_away_none_is_mapped() -> None:
    assert refused(load_text(TEXT), {"first.working": "first.applied"}) == [
        (
            "states.first.working",
            "this state stays, only one that the new version lacks was expected here; there are none",
            "此状态仍然保留，此处只应写新版本没有的状态；目前没有",
        )
    ]


def test_finished_never_goes_away() -> None:
    endless = changed(
        ("second: {gate: gate}", "second: {gate: last}"),
        ("stages:\n", "  last:\n    phases: [working, applied]\n    moves: {apply: {from: working, to: applied, by: clerk}}\nstages:\n"),
    )
    assert "finished" not in endless.states
    assert succeed(load_text(TEXT), endless, {}).hash == endless.hash


def test_a_name_that_was_given_up_never_means_another_state() -> None:
    back = load_text(TEXT)
    with pytest.raises(DefinitionFault) as caught:
        succeed(LOOKED, back, {new: old for old, new in GOING.items()}, GOING.keys())
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [
        ("states.first.applied", "spent"),
        ("states.second.applied", "spent"),
    ]
    assert (
        caught.value.faults[0].text.say("en")
        == "this was the name of a state that an earlier version did away with, another name was expected"
    )
    assert caught.value.faults[0].text.say("zh") == "此名称属于先前版本已取消的状态，应另取名"


# -- order of fields --------------------------------------------------------------------------------------------------------


def test_fields_keep_their_columns_and_new_ones_come_after_them() -> None:
    old = load_text(TEXT)
    new = changed(
        (
            "fields: {hours: {type: number, unit: h}, mode: [hall, home], what: text}",
            "fields: {topic: text, what: text, mode: [home, hall], place: {type: text, title: Place}, hours: {type: number, unit: h}}",
        )
    )
    found = succeed(old, new, {})
    assert slots(found.records["study"]) == {"hours": 1, "mode": 2, "what": 3, "topic": 4, "place": 5}
    assert slots(found.records["study"]).items() >= slots(old.records["study"]).items()
    assert found.hash != new.hash
    assert found.hash == load_document(json.loads(json.dumps(found.document))).hash
    assert found.document == new.document  # but for the order, which two mappings are not compared by
    assert list(found.document) == list(new.document)
    assert next(iter(new.document["records"]["study"]["fields"])) == "topic"  # what was handed over is not touched
    assert succeed(found, new, {}).hash == found.hash


def test_expressions_read_the_columns_as_they_lie() -> None:
    fields = "{hours: {type: number, unit: h}, mode: [hall, home], what: text}"
    turned = changed((fields, "{what: text, mode: [hall, home], hours: {type: number, unit: h}}"))
    found = succeed(load_text(TEXT), turned, {})
    columns = [[measure.column for measure in each.requirements["studied"].check.measures] for each in (turned, found)]
    assert columns == [[3], [1]]


def test_nothing_is_rewritten_where_the_order_stands() -> None:
    new = changed(("what: text", "what: text, place: text"))
    assert succeed(load_text(TEXT), new, {}) is new


def test_no_more_fields_than_a_line_has_columns() -> None:
    many = ", ".join(f"f{n}: text" for n in range(22))
    with pytest.raises(DefinitionFault, match="study has 25 fields, at most 24 can be kept"):
        changed(("what: text", f"what: text, {many}"))


@given(order=st.permutations(["hours", "mode", "what", "a", "b"]))
def test_in_whatever_order_fields_are_written(order: list[str]) -> None:
    document = json.loads(json.dumps(load_text(TEXT).document))
    fields = {**document["records"]["study"]["fields"], "a": "text", "b": "date"}
    document["records"]["study"]["fields"] = {name: fields[name] for name in order}
    found = succeed(load_text(TEXT), load_document(document), {})
    assert list(found.records["study"].fields) == ["hours", "mode", "what", *(name for name in order if name in "ab")]


# -- differences ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_what_has_not_changed_is_no_difference(path: Path) -> None:
    one, other = load_file(path), load_file(path)
    assert differences(one, other) == ()
    assert succeed(one, other, {}).hash == one.hash


def told(found: Difference, lang: str) -> str:
    was, now = (text.say(lang) if text else "-" for text in (found.was, found.now))
    return f"{found.path} {found.kind} [{found.title.say(lang)}] {was} -> {now}"


def compared(change: Callable[[Any], None], lang: str = "en") -> list[str]:
    """What is told of a change made to the document of the shipped definition."""
    old = load_file(ROOT / "definitions" / "advanced-nature-2005.yaml")
    document = json.loads(json.dumps(old.document))
    change(document)
    return [told(found, lang) for found in differences(old, load_document(document))]


def later(document: Any) -> None:
    document["version"] = "2"
    document["parameters"]["study_class_hours"]["value"] = 48
    document["records"]["drill"] = {
        "title": {"en": "drill", "zh": "演练"},
        "of": "branch",
        "by": ["clerk", "secretary"],
        "fields": {"hours": {"type": "number", "title": {"en": "hours", "zh": "学时"}}},
    }
    document["records"]["briefing"]["title"] = {"en": "told", "zh": "通气"}
    document["requirements"]["drilled"] = {
        "title": {"en": "There was a drill", "zh": "已演练"},
        "check": "len(branch.drill) > 0",
        "owner": "clerk",
        "remedy": {"en": "drill", "zh": "演练"},
        "basis": "assumption",
    }
    document["requirements"]["study_hours"]["level"] = "warn"
    learning = document["stages"]["learning"]
    learning["lasts"] = "55d"
    learning["steps"]["drilling"] = {"title": {"en": "drill", "zh": "演练"}, "by": "secretary", "requires": "drilled"}
    document["gates"]["transfer"]["moves"]["approve"]["by"] = ["office", "leading_group"]


def test_what_is_told_of_a_later_version() -> None:
    assert compared(later) == [
        "version changed [Campaign to keep Party members advanced 2005-2006] 1 -> 2",
        "parameters.study_class_hours.value changed [study_class_hours] 40 -> 48",
        "parameters.study_hours.value changed [least hours of study] 40 h -> 48 h",
        "parameters.collective_hours.value changed [least hours of collective study] 26.67 h -> 32 h",
        "records.briefing.title changed [told] member told of aims and steps -> told",
        "records.drill added [drill] - -> keeper of the ledger, branch secretary",
        "requirements.study_hours.level changed [Every member has studied at least 48 h] blocks -> only warns",
        "requirements.drilled added [There was a drill] - -> len(branch.drill) > 0",
        "gates.transfer.moves.approve.by changed [approve the transfer] campaign office -> campaign office, leading group",
        "stages.learning.lasts changed [learning and mobilisation] 45 d -> 55 d",
        "stages.learning.steps.drilling added [drill] - -> branch secretary",
    ]
    assert compared(later, "zh")[1:] == [
        "parameters.study_class_hours.value changed [study_class_hours] 40 -> 48",
        "parameters.study_hours.value changed [最低学习时间] 40小时 -> 48小时",
        "parameters.collective_hours.value changed [最低集中学习时间] 26.67小时 -> 32小时",
        "records.briefing.title changed [通气] 党员思想发动 -> 通气",
        "records.drill added [演练] - -> 台账专人、支部书记",
        "requirements.study_hours.level changed [每名党员学习不少于48小时] 不满足即阻止 -> 仅警示",
        "requirements.drilled added [已演练] - -> len(branch.drill) > 0",
        "gates.transfer.moves.approve.by changed [同意转段] 教育活动办公室 -> 教育活动办公室、领导小组",
        "stages.learning.lasts changed [学习动员] 45天 -> 55天",
        "stages.learning.steps.drilling added [演练] - -> 支部书记",
    ]


def told_of(*replacements: tuple[str, str]) -> list[str]:
    return [told(found, "en") for found in differences(load_text(TEXT), changed(*replacements))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (", requires: studied", "", ["gates.gate.moves.apply.requires.studied removed [At least 4 hours] - -> -"]),
        ("second: {gate: gate}", "second: {gate: gate, requires: {apply: studied}}", ["stages.second.requires.apply.studied added [At least 4 hours] - -> -"]),
        ("lasts: 45d", "lasts: 2m", ["stages.first.lasts changed [first] 45 d -> 2 months"]),
        (", lasts: 45d", "", ["stages.first.lasts changed [first] 45 d -> -"]),
        ("back: {from: applied, to: working, by: office}", "back: {from: applied, to: working, by: office, effects: [new_attempt, {extend: 2 + 3}]}", ["gates.gate.moves.back.effects changed [back] - -> new_attempt, extend: 2 + 3"]),
        ("approve: {from: applied,", "approve: {from: [working, applied],", ["gates.gate.moves.approve.from changed [approve] applied -> working, applied"]),
        ("title: The plan", "title: A plan", ["title changed [A plan] The plan -> A plan"]),
        ("cases:", "deadlines: {begin: {title: Begin, due: {after: first.applied, working_days: 7}, owner: clerk, ladder: [-7d, 0d, +1d: office]}}\ncases:", ["deadlines.begin added [Begin] - -> 7 working days after first · applied"]),
        ("[infirm]", "[infirm, mobile]", ["members.flags.mobile added [mobile] - -> -"]),
        ("value: 4, unit: h", "value: 4.5, unit: h", ["parameters.least.value changed [least] 4 hours -> 4.5 hours"]),
        ("roles:", "authority: {enact: office, extend: [clerk, office]}\nroles:", ["authority.enact added [enact] - -> office", "authority.extend added [extend] - -> clerk, office"]),
        ("phases: [working, applied]", "phases: [applied, working]", ["gates.gate.steps_in changed [gate] working -> applied", "gates.gate.phases changed [gate] working, applied -> applied, working"]),
        ("raised: raised,", "raised: raised, planned: planned,", ["cases.item.states changed [item] raised, settled -> raised, planned, settled", "cases.item.states.planned added [planned] - -> -"]),
        ("takes: {how: text}", "takes: {how: text, when: {type: date, optional: true}}", ["cases.item.moves.settle.takes.when added [when] - -> date"]),
        ("owner: clerk, remedy: study", "owner: clerk, waivable_by: office, remedy: learn", ["requirements.studied.remedy changed [At least 4 hours] study -> learn", "requirements.studied.waivable_by changed [At least 4 hours] - -> office"]),
        ("each: member, check: sum(s.hours for s in member.study) >= least", "check: len(branch.note) > 0", ["requirements.studied.check changed [At least 4 hours] sum(s.hours for s in member.study) >= least -> len(branch.note) > 0", "requirements.studied.each changed [At least 4 hours] member -> -"]),
        ("of: branch, fields: {text: text,", "of: branch, fields: {text: {type: text, optional: true, min: 3},", ["records.note.fields.text.optional changed [text] no -> yes", "records.note.fields.text.min changed [text] - -> 3"]),
    ],
)  # fmt: skip
def test_what_is_told_of_one_change(old: str, new: str, expected: list[str]) -> None:
    assert told_of((old, new)) == expected


def test_a_batch_may_be_closed_under_other_conditions() -> None:
    text = TEXT.replace("parameters: {", "parameters: {most: {value: 0.9, basis: rule}, ").replace(
        "each: member, check: sum(s.hours for s in member.study) >= least", "check: len(branch.note) > 0"
    )
    found = differences(load_text(text), load_text(text + "batches: {finished: studied, share: most}\n"))
    assert [told(each, "en") for each in found] == [
        "batches.finished changed [The plan] - -> At least 4 hours",
        "batches.share changed [The plan] - -> 0.9",
        "batches.share_name changed [The plan] - -> most",
    ]


def test_steps_of_a_ladder_are_told_with_whom_they_go_to() -> None:
    text = TEXT.replace("cases:", "deadlines: {begin: {title: Begin, due: 2005-01-31, owner: clerk, ladder: [0d]}}\ncases:")
    found = differences(load_text(text), load_text(text.replace("2005-01-31", "2005-02-28").replace("[0d]", "[-7d, +1d: office]")))
    assert [told(each, "en") for each in found] == [
        "deadlines.begin.due changed [Begin] 2005-01-31 -> 2005-02-28",
        "deadlines.begin.ladder changed [Begin] 0 d clerk -> -7 d clerk, +1 d office",
    ]
    assert told(found[1], "zh") == "deadlines.begin.ladder changed [Begin] 0天clerk -> -7天clerk、+1天office"


def test_what_goes_away_is_told_last_in_its_section() -> None:
    renamed = load_text(TEXT.replace("studied", "learned"))
    assert [told(found, "en") for found in differences(load_text(TEXT), renamed)] == [
        "requirements.learned added [At least 4 hours] - -> sum(s.hours for s in member.study) >= least",
        "requirements.studied removed [At least 4 hours] sum(s.hours for s in member.study) >= least -> -",
        "gates.gate.moves.apply.requires.learned added [At least 4 hours] - -> -",
        "gates.gate.moves.apply.requires.studied removed [At least 4 hours] - -> -",
    ]


@pytest.mark.parametrize("one", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("other", SHIPPED, ids=lambda path: path.stem)
def test_any_two_are_compared_both_ways(one: Path, other: Path) -> None:
    here, there = load_file(one), load_file(other)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    forth = {(found.path, found.kind) for found in differences(here, there)}
    back = {(found.path, turned[found.kind]) for found in differences(there, here)}
    assert forth == back


# What is no difference by itself: names of things, and what the loader adds for overlays.
_BESIDE = {"id", "number", "step", "origin", "tightened", "hash", "document", "layers"}
_KINDS = {
    "instruments": model.Instrument,
    "parameters": model.Parameter,
    "roles": model.Role,
    "branches.fields": model.Field,
    "records": model.RecordKind,
    "requirements": model.Requirement,
    "gates": model.Gate,
    "phases": model.Phase,
    "moves": model.Move,
    "stages": model.Stage,
    "steps": model.Step,
    "cases": model.CaseKind,
    "deadlines": model.Deadline,
    "invariants": model.Invariant,
    "reports": reporting.ReportKind,
    "lines": reporting.ReportLine,
}


def parts(part: _Part) -> list[_Part]:
    return [part, *(found for inner in part.parts for found in parts(inner))]


@pytest.mark.parametrize("name", _KINDS)
def test_nothing_an_item_says_is_passed_over(name: str) -> None:
    part = next(found for found in parts(_DEFINITION) if found.name == name)
    seen = (
        {_ATTRIBUTES.get(look, look) for look in part.looks}
        | {inner.name for inner in part.parts}
        | ({"months"} if name == "stages" else set())
    )
    said = {each.name for each in attrs.fields(_KINDS[name])} - _BESIDE
    assert said - seen == set()


def test_no_section_is_passed_over() -> None:
    seen = {_ATTRIBUTES.get(name, name).partition(".")[0] for name in (*_DEFINITION.looks, *(part.name for part in _DEFINITION.parts))}
    assert {each.name for each in attrs.fields(Definition)} - _BESIDE - seen == {"branch_fields"}
    assert {each.name for each in attrs.fields(model.Members)} == {"status", "flags", "fields", "default", "departures"}

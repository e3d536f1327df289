"""What is said of a faulty definition: every fault at once, each at its line and column, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.definition.expressions import World
from workflow.definition.loading import load_file, load_text
from workflow.definition.loading.collisions import BRANCH, CASE, MEMBER, RECORD
from workflow.definition.loading.rules import MOST_FIELDS
from workflow.definition.model import Definition
from workflow.errors import DefinitionFault
from workflow.store.tables import SLOTS

HERE = Path(__file__).parent

TEN_EN = """\
7:12: roles.office.scop: the key scop is unknown here, did you mean scope?
9:60: instruments.notice-6.issued: 2005-13-16 does not exist in the calendar, a date such as 2005-01-31 was expected
10:94: members.default: there is no status retird, did you mean retired?
12:44: parameters.study_hours.basis: there is no instrument notice-7, did you mean notice-6?
21:40: requirements.study_hours.title.en: {study_hour} is no parameter, {PARAMETER} was expected; did you mean study_hours?
25:26: requirements.study_hours.check: member has no sick; known: attendance, id, name, status
27:13: requirements.study_hours.remedy: one text only, one in en and zh was expected
33:62: gates.transfer.moves.apply.to: there is no phase aplied, did you mean applied?
36:68: stages.learning.lasts: a number stands here (45), a number of days such as 45d or of months such as 3m was expected
38:3: stages.analysis: analysis stands here twice, first in line 37"""

TEN_ZH = """\
7:12: roles.office.scop: 此处没有键 scop，是否指 scope？
9:60: instruments.notice-6.issued: 历法中没有 2005-13-16，应为日期，如 2005-01-31
10:94: members.default: 没有身份状态 retird，是否指 retired？
12:44: parameters.study_hours.basis: 没有文件依据 notice-7，是否指 notice-6？
21:40: requirements.study_hours.title.en: {study_hour} 不是参数，应为 {参数}；是否指 study_hours？
25:26: requirements.study_hours.check: member 没有 sick；已有：attendance、id、name、status
27:13: requirements.study_hours.remedy: 只有一种文本，应有 en、zh 文本
33:62: gates.transfer.moves.apply.to: 没有关口状态 aplied，是否指 applied？
36:68: stages.learning.lasts: 此处是数字（45），应为天数或月数，如 45d、3m
38:3: stages.analysis: analysis 重复出现，首次在第 37 行"""


@pytest.mark.parametrize(("language", "expected"), [("en", TEN_EN), ("zh", TEN_ZH)])
def test_ten_faults_are_said_in_one_go(language: str, expected: str) -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_file(HERE / "faulty.yaml")
    assert caught.value.say(language).replace(f"{HERE / 'faulty.yaml'}:", "") == expected


BASE = """\
definition: base
title: Base
calendar: {country: CN, zone: Asia/Shanghai}
labels: {branch: site}
instruments: {rule-1: {title: Rule 1}, rule-2: {title: Rule 2, parent: rule-1}}
parameters: {hours: {value: 40, unit: h, basis: rule-1}, more: {derive: hours * 2}}
roles: {clerk: {scope: branch}, office: {scope: all}}
branches: {fields: {sector: [organ, firm]}}
members: {status: [in_post, retired], default: in_post, flags: [infirm], fields: {rank: {type: text, optional: true}}}
records:
  line: {of: member, fields: {hours: {type: number, unit: h}}, by: clerk}
  sheet: {of: branch, fields: {hours: {type: number, unit: h}}, by: clerk, lines: line}
requirements:
  studied:
    {title: "Studied {hours}", each: member, check: sum(a.hours for a in member.line) >= hours,
     owner: clerk, remedy: Study, basis: [rule-1, "book:1"]}
  closed: {title: Closed, each: item, check: not item.open, owner: clerk, remedy: Close, basis: rule-2, waivable_by: office, due: by_march}
gates:
  gate:
    phases: [working, applied]
    moves:
      apply: {from: working, to: applied, by: clerk, requires: studied, takes: {days: integer}}
      approve: {from: applied, to: next_stage, by: office, not_by: [apply, members]}
      redo: {from: applied, to: first.working, by: office, effects: [new_attempt]}
stages:
  first:
    gate: gate
    lasts: 45d
    steps: {read: {by: clerk}, talk: {by: clerk, after: read, requires: closed}}
    requires: {approve: closed}
  second: {gate: gate, requires: studied}
cases:
  item:
    of: branch
    by: clerk
    fields: {subject: text}
    states: {raised: raised, done: {title: done, final: true}}
    moves: {finish: {from: raised, to: done, by: clerk, not_by: [open, keeper], requires: closed, takes: {keeper: person}}}
deadlines:
  by_march: {title: March, due: 2005-03-01, owner: clerk, ladder: [-7d, 0d, +3d: office]}
  item_done: {title: Done, due: {after: item, days: 7}, each: item, until: not item.open, owner: clerk, ladder: [0d]}
invariants:
  consent: {title: Consent, every_way: {from: each_stage, to: next_stage}, passes: {move: approve, by: office}}
"""


def test_the_base_of_the_table_has_no_fault() -> None:
    assert isinstance(load_text(BASE), Definition)


# What is replaced in the base, by what (» marks where the fault is expected), and what is said of it.
TABLE = [
    # keys, types, values
    (
        "moves: {finish: {from: raised, to: done, by: clerk, not_by: [open, keeper], requires: closed, takes: {keeper: person}}}",
        "moves: »{}",
        "cases.item.moves: this is empty, at least one was expected",
    ),
    ("title: Base", "»titel: Base", "titel: the key titel is unknown here, did you mean title?"),
    ("  first:\n    gate: gate", "  »first:\n    ", "stages.first: gate is missing, it is required here"),
    ("title: Base", "title: »[]", "title: a list stands here, a text or a mapping was expected"),
    ("title: Base", "title: »12", "title: a number stands here (12), a text or a mapping in quotes was expected"),
    ("title: Base", "»title: ", "title: nothing stands here, a text or a mapping was expected"),
    (
        "{scope: branch}",
        "{scope: »brunch}",
        "roles.clerk.scope: brunch is unknown, one of branch, assigned, all was expected; did you mean branch?",
    ),
    (
        "definition: base",
        "definition: »Base_1",
        "definition: Base_1 does not fit, lower-case words joined by -, such as notice-6 was expected",
    ),
    (
        "roles: {clerk",
        "roles: {»Old-Clerk: {scope: all}, clerk",
        "roles.Old-Clerk: Old-Clerk does not fit, lower-case words joined by _, such as study_hours was expected",
    ),
    ("phases: [working, applied]", "phases: »[]", "gates.gate.phases: this is empty, at least one was expected"),
    (
        "ladder: [0d]",
        "ladder: [»soon]",
        "deadlines.item_done.ladder[0]: soon does not fit, a number of days such as -7d, 0d or +1d was expected",
    ),
    ("days: 7}", "days: »-7}", "deadlines.item_done.due.days: -7 is too small, at least 0 was expected"),
    (
        "{derive: hours * 2}",
        "{derive: hours * 2, »value: 3}",
        "parameters.more.value: value may not stand here: give either value or derive",
    ),
    ("more: {derive: hours * 2}", "»more: {unit: h}", "parameters.more: value is missing, value or derive was expected here"),
    (
        "sector: [organ, firm]",
        "sector: {»unit: h, options: [organ, firm]}",
        "branches.fields.sector.unit: unit may not stand here: only a number has it",
    ),
    ("rank: {type: text,", "rank: {type: text, »max: 3,", "members.fields.rank.max: max may not stand here: only a number has it"),
    (
        "hours: {type: number, unit: h}}, by: clerk}",
        "hours: {type: number, unit: h, min: 3, max: »2}}, by: clerk}",
        "records.line.fields.hours.max: max 2 is less than min 3",
    ),
    (
        "      redo: {from: applied, to: first.working, by: office, effects: [new_attempt]}",
        "      »redo: {from: applied, by: office}",
        "gates.gate.moves.redo: to is missing, to or effects was expected here",
    ),
    (
        "title: March, due: 2005-03-01",
        "title: March, due: »2005-02-30",
        "deadlines.by_march.due: 2005-02-30 does not exist in the calendar",
    ),
    ("zone: Asia/Shanghai", "zone: »Asia/Shanghigh", "calendar.zone: there is no time zone Asia/Shanghigh"),
    ("country: CN", "country: »ZZ", "calendar.country: the working days of ZZ are not known, a country code such as CN was expected"),
    # texts
    ("labels: {branch: site}", "labels: {branch: »'a {b'}", "labels.branch: a brace without its partner"),
    ("title: March", "title: 'Before »{hours.real}'", "deadlines.by_march.title: {hours.real} is no parameter"),
    ("title: March", "title: »{zh: 三月}", "deadlines.by_march.title: the text in en is missing"),
    # references
    ("parent: rule-1", "parent: »rule-3", "instruments.rule-2.parent: there is no instrument rule-3, did you mean rule-2?"),
    ('basis: [rule-1, "book:1"]', "basis: [rule-1, »rule-9]", "requirements.studied.basis[1]: there is no instrument rule-9"),
    ("lines: line}", "lines: »sheet}", "records.sheet.lines: there is no record kind of a member sheet, known: line"),
    ("sheet: {of: branch", "sheet: {of: »member", "records.sheet.of: a sheet with lines is of: branch, found member"),
    (
        "sheet: {of: branch, fields: {hours: {type: number, unit: h}}",
        "sheet: {of: branch, fields: {»hours: {type: number, unit: d}}",
        "records.sheet.fields.hours: hours does not fit the field hours of line",
    ),
    (
        "hours: {type: number, unit: h}}, by: clerk}",
        "hours: {type: number, unit: h, max: 24}}, by: clerk}",
        "records.sheet.fields.hours: hours may lie outside min and max of the field hours of line, the same bounds were expected",
    ),
    (
        "by: clerk, lines: line}",
        "by: clerk, lines: line, span: »attempt}",
        "records.sheet.span: span: attempt, but its lines line have span: campaign; the same was expected",
    ),
    (
        "owner: clerk, remedy: Close",
        "owner: »clark, remedy: Close",
        "requirements.closed.owner: there is no role clark, did you mean clerk?",
    ),
    ("waivable_by: office", "waivable_by: [office, »offices]", "requirements.closed.waivable_by[1]: there is no role offices"),
    ("due: by_march", "due: »by_may", "requirements.closed.due: there is no deadline by_may, did you mean by_march?"),
    (
        "each: member",
        "each: »membre",
        "requirements.studied.each: there is no member, step, child or case kind membre, did you mean member?",
    ),
    ("default: in_post", "default: »on_post", "members.default: there is no status on_post, did you mean in_post?"),
    (
        "moves:\n      apply: {from: working",
        "steps_in: »reading\n    moves:\n      apply: {from: working",
        "gates.gate.steps_in: there is no phase reading",
    ),
    ("apply: {from: working", "apply: {from: [working, »waiting]", "gates.gate.moves.apply.from[1]: there is no phase waiting"),
    ("to: next_stage, by", "to: »last_stage, by", "gates.gate.moves.approve.to: there is no phase last_stage"),
    ("to: first.working", "to: »third.working", "gates.gate.moves.redo.to: there is no phase third.working, known: first, second"),
    ("to: first.working", "to: »first.walking", "gates.gate.moves.redo.to: there is no phase first.walking, did you mean first.working?"),
    (
        "requires: studied, takes",
        "requires: [»study], takes",
        "gates.gate.moves.apply.requires[0]: there is no requirement study, did you mean studied?",
    ),
    (
        "not_by: [apply, members]",
        "not_by: [»applied, members]",
        "gates.gate.moves.approve.not_by[0]: there is no move of this gate applied, did you mean apply?",
    ),
    ("second: {gate: gate", "second: {gate: »gates", "stages.second.gate: there is no gate gates, did you mean gate?"),
    ("after: read", "after: »reed", "stages.first.steps.talk.after: there is no step of this stage reed, did you mean read?"),
    (
        "{read: {by: clerk}",
        "{read: {by: clerk, after: »talk}",
        "stages.first.steps.read.after: closed only after each other: read -> talk -> read",
    ),
    (
        "requires: {approve: closed}",
        "requires: {»aprove: closed}",
        "stages.first.requires.aprove: there is no move aprove in the gate gate, did you mean approve?",
    ),
    ("requires: {approve: closed}", "requires: {approve: »shut}", "stages.first.requires.approve: there is no requirement shut"),
    (
        "not_by: [open, keeper]",
        "not_by: [open, »subject]",
        "cases.item.moves.finish.not_by[1]: there is no move or person of this case subject",
    ),
    ("{from: raised, to: done", "{from: raised, to: »dome", "cases.item.moves.finish.to: there is no state dome, did you mean done?"),
    (
        "keeper], requires: closed",
        "keeper], requires: »studied",
        "cases.item.moves.finish.requires: studied is not asked of each item, each: item was expected in it",
    ),
    (
        "after: item, days",
        "after: »items, days",
        "deadlines.item_done.due.after: there is no stage, state, record kind or case kind items, did you mean item?",
    ),
    (
        "after: item, days: 7}, each: item, until: not item.open",
        "after: »item, days: 7}",
        "deadlines.item_done.due.after: it is due for each item, each: item was expected beside due",
    ),
    (
        "after: item, days: 7}, each: item",
        "after: first, days: 7}, each: »item",
        "deadlines.item_done.each: each: item goes with after: item, found after: first",
    ),
    ("+3d: office", "+3d: »offices", "deadlines.by_march.ladder[2].+3d: there is no role offices, did you mean office?"),
    (
        "from: each_stage",
        "from: »every_stage",
        "invariants.consent.every_way.from: there is no stage or state every_stage, did you mean each_stage?",
    ),
    ("passes: {move: approve", "passes: {move: »consent", "invariants.consent.passes.move: there is no move consent"),
    (
        "rule-1: {title: Rule 1}",
        "rule-1: {title: Rule 1, parent: »rule-2}",
        "instruments.rule-1.parent: parents of each other: rule-1 -> rule-2 -> rule-1",
    ),
    (
        "gate: gate, requires: studied}",
        "gate: gate, requires: »[studied, studied]}",
        "stages.second.requires: something stands here twice, each was expected once",
    ),
    # names that mean two things
    ("more: {derive", "»member: {derive", "parameters.member: member is a word of expressions, another name was expected"),
    (
        "more: {derive: hours * 2}}\n",
        "item: {value: 2}}\n",
        "cases.item: item is declared at parameters.item too, another name was expected",
    ),
    ("more: {derive", "»class: {derive", "parameters.class: class is a word of expressions, another name was expected"),
    ("sector: [organ", "»phase: [organ", "branches.fields.phase: phase is an attribute of every branch, another name was expected"),
    ("flags: [infirm]", "flags: [»status]", "members.flags[0]: status is an attribute of every member, another name was expected"),
    (
        "fields: {rank:",
        "fields: {»infirm: boolean, rank:",
        "members.fields.infirm: infirm is declared at members.flags[0] too, another name was expected",
    ),
    (
        "fields: {subject: text}",
        "fields: {subject: text, keeper: text}",
        "cases.item.moves.finish.takes.keeper: keeper is of another type elsewhere in item, another name was expected",
    ),
    (
        "fields: {subject: text}",
        "fields: {»member: text}",
        "cases.item.fields.member: member is an attribute of every case, another name was expected",
    ),
    (
        "sheet: {of: branch, fields: {hours",
        "sheet: {of: branch, fields: {»seq: integer, hours",
        "records.sheet.fields.seq: seq is an attribute of every record, another name was expected",
    ),
    (
        "line: {of: member, fields: {hours",
        "line: {of: member, fields: {»member: text, hours",
        "records.line.fields.member: member is an attribute of every record, another name was expected",
    ),
    (
        "fields: {subject: text}",
        "fields: {»state: text}",
        "cases.item.fields.state: state is an attribute of every case, another name was expected",
    ),
    (
        "      redo: {",
        "      close_read: {from: applied, to: working, by: clerk}\n      redo: {",
        "stages.first.steps.read: read is closed by close_read, also a move of gate",
    ),
    ("  second: {gate", "  »finished: {gate", "stages.finished: finished is a word of the language, another name was expected"),
    # expressions
    ("check: not item.open", "check: not »item.opn", "requirements.closed.check: item has no opn; did you mean open?"),
    ("check: not item.open", "check: »__import__('os').system('true')", "requirements.closed.check: "),
    ("until: not item.open", "until: »no item.open", "deadlines.item_done.until: not an expression"),
    ("more: {derive: hours * 2}", "more: {derive: »hour * 2}", "parameters.more.derive: unknown name hour"),
    (
        "more: {derive: hours * 2}",
        "more: {derive: \"»max(x for x in [date('2005-01-01')] if False)\"}",
        "parameters.more.derive: it has no value: min or max of nothing",
    ),
    (
        "more: {derive: hours * 2}",
        "more: {derive: '»[[1], [2]]'}",
        "parameters.more.derive: one value or a list of such was expected, found list of list of number",
    ),
    (
        "more: {derive: hours * 2}",
        "more: {derive: »less * 2}, less: {derive: more / 2}",
        "parameters.more.derive: derived in a circle: more -> less -> more",
    ),
    (
        "more: {derive: hours * 2}",
        "more: {derive: hours * 2, unit: »d}",
        "parameters.more.unit: the unit is stated as d, but the expression gives h",
    ),
]


# Where faults are expected that do not lie in what was replaced.
ELSEWHERE = {
    "records.sheet.fields.hours": "hours: {type: number, unit: h}}, by: clerk, lines",
    "cases.item": "item:\n    of: branch",
    "cases.item.moves.finish.takes.keeper": "keeper: person",
    "stages.first.steps.read": "read: {by: clerk}",
}


def _place(marked: str) -> str:
    before = marked[: marked.index("»")]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(("old", "new", "said"), TABLE, ids=[row[2] for row in TABLE])
def test_each_fault_is_found_at_its_place(old: str, new: str, said: str) -> None:
    assert BASE.count(old) == 1
    marked = BASE.replace(old, new)
    if "»" not in marked:
        place = ELSEWHERE[said.partition(":")[0]]
        marked = marked.replace(place, f"»{place}", 1)
    with pytest.raises(DefinitionFault) as caught:
        load_text(marked.replace("»", ""))
    print(caught.value.say("en"))
    assert [fault.where for fault in caught.value.faults] == [f"<text>:{_place(marked)}"]
    assert f": {said}" in caught.value.say("en")
    assert caught.value.faults[0].text.say("zh") != caught.value.faults[0].text.say("en")


def _said(text: str, language: str = "en") -> str:
    with pytest.raises(DefinitionFault) as caught:
        load_text(text, "f")
    return caught.value.say(language)


def test_without_members_nothing_may_be_asked_of_them() -> None:
    lines = [line for line in BASE.splitlines(keepends=True) if not line.startswith("members:")]
    assert _said("".join(lines)).splitlines() == [
        "f:10:14: records.line.of: member stands here, but the definition declares no members",
        "f:14:38: requirements.studied.each: there is no member, step, child or case kind member, known: step, child, item",
        "f:22:76: gates.gate.moves.approve.not_by[1]: members stands here, but the definition declares no members",
    ]


BILINGUAL = """\
definition: both
title: {en: Both, zh: 双语}
languages: [en, zh]
roles: {clerk: {scope: all, title: {en: clerk, zh: 录入员}}}
records:
  paper: {title: {en: paper, zh: 材料}, of: branch, by: clerk, fields: {kind: [essay, note], pages: number}}
gates:
  gate:
    phases: [working, {done: final}]
    moves: {finish: {from: working, to: next_stage, by: clerk}}
stages:
  only: {title: {en: only}, gate: gate}
"""


def test_texts_must_exist_in_every_language() -> None:
    assert _said(BILINGUAL.replace(", {done: final}", ", done")).splitlines() == [
        "f:6:71: records.paper.fields.kind: kind has no title, one in en and zh was expected",
        "f:6:77: records.paper.fields.kind: these have no titles, {id: {en: ..., zh: ...}} was expected",
        "f:6:92: records.paper.fields.pages: pages has no title, one in en and zh was expected",
        "f:9:13: gates.gate.phases: these have no titles, {id: {en: ..., zh: ...}} was expected",
        "f:10:13: gates.gate.moves.finish: finish has no title, one in en and zh was expected",
        "f:12:17: stages.only.title: the text in zh is missing",
    ]
    assert _said(BILINGUAL.replace(", {done: final}", ", done"), "zh").splitlines()[-1] == "f:12:17: stages.only.title: 缺少 zh 文本"


def test_a_fault_in_one_piece_is_not_held_against_those_that_use_it() -> None:
    broken = BASE.replace("hours: {value: 40, unit: h, basis: rule-1}", "hours: {valeu: 40}").replace("default: in_post", "default: 5")
    assert _said(broken).splitlines() == [
        "f:6:22: parameters.hours.valeu: the key valeu is unknown here, did you mean value?",
        "f:9:48: members.default: a number stands here (5), lower-case words joined by _, such as study_hours was expected",
    ]
    assert _said(BASE.replace("records:", "recrods:")) == "f:10:1: recrods: the key recrods is unknown here, did you mean records?"
    assert _said(BASE.replace("\nroles:", "\nrolls:")) == "f:7:1: rolls: the key rolls is unknown here, did you mean roles?"


CHECK = "check: not item.open"


@pytest.mark.parametrize(
    "written",
    [
        'check: "not »item.opn"',
        "check: 'item.id == ''a'' and »item.opn'",
        'check: "item.id == \\"a\\" and »item.opn"',
        'check: "item.id == \\x22a\\u0022 and\\n »item.opn"',
        'check: "item.id == \\\n      \\"a\\" and \\\n      »item.opn"',
        "check: not\n      »item.opn",
        "check: »(not",
        "check: not item.open and»",
    ],
)
def test_an_expression_fault_is_placed_inside_its_scalar(written: str) -> None:
    assert BASE.count(CHECK) == 1
    marked = BASE.replace(CHECK, written)
    assert _said(marked.replace("»", "")).startswith(f"f:{_place(marked)}: requirements.closed.check: ")


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)

SYNTAX = [
    ("", "f:1:1: the file is empty, a mapping was expected at the top"),
    ("# nothing\n", "f:1:1: the file is empty, a mapping was expected at the top"),
    ("- a\n", "f:1:1: this is no definition, a mapping was expected at the top"),
    ("just words", "f:1:1: this is no definition, a mapping was expected at the top"),
    ("a:\n\t- b\n", "f:2:1: a tab cannot indent, blanks were expected"),
    ("a: b: c\n", "f:1:5: a second `:` in one line, quotes were expected around a text with `: `"),
    ("a: {b: at most {hours}}\n", "f:1:16: quotes were expected around a text with braces"),
    ("a: [1, 2\nb: 3\n", "f:2:2: not valid YAML: expected ',' or ']', but got ':' (while parsing a flow sequence, begun in line 1)"),
    ("a: 1\n---\nb: 2\n", "f:2:1: a second document begins, one was expected"),
    ("a: *b\n", "f:1:4: not valid YAML: found undefined alias 'b'"),
    ("%YAML 1.1\n---\na: no\n", "f:1:1: only YAML 1.2 is read"),
    ("title: a\x00b\n", "f:1:9: the character U+0000 may not stand in a file"),
    ('title: "\\U00110000"\n', "f:1:9: this escape stands for no character"),
    ('title: "\\ud800"\n', "f:1:8: title: half a surrogate pair is no character"),
    ("a: " + "[" * 3000, "f:1:43: nested more than 40 levels deep"),
    ("a: &a [*a]\n", "f:1:4: a" + "[0]" * 40 + ": nested more than 40 levels deep"),
    (LAUGHS, "more than 100,000 values with all aliases written out"),
    (
        "title: !!python/object/apply:os.system [touch pwned]\n",
        "f:1:8: title: the tag tag:yaml.org,2002:python/object/apply:os.system is not read",
    ),
    ("title: !who x\n", "f:1:8: title: the tag !who is not read, plain data was expected"),
    ("title: !!int x\n", "f:1:8: title: x is no int that can be kept"),
    ("title: !!bool maybe\n", "f:1:8: title: maybe is no bool that can be kept"),
    ("parameters: {a: {value: .inf}}\n", "f:1:25: parameters.a.value: .inf is no float that can be kept"),
    ("parameters: {a: {value: 1" + "0" * 5000 + "}}\n", "f:1:25: parameters.a.value: 1000"),
    ("2005: x\n", "f:1:1: a key must be a text, in quotes if it looks like a number"),
    ("? [a]\n: x\n", "f:1:3: a key must be a text"),
    ("labels: {<<: {branch: x}}\n", "f:1:10: labels: `<<` is not read, the keys themselves were expected"),
    ("title: x\ntitle: y\ntitle: z\n", "f:3:1: title: title stands here twice, first in line 1"),
]


@pytest.mark.parametrize(("text", "said"), SYNTAX, ids=[row[1][:60] for row in SYNTAX])
def test_what_is_no_yaml_is_a_clean_fault(text: str, said: str) -> None:
    assert said in _said(text)


def test_all_duplicate_keys_are_said() -> None:
    assert [line.partition(": ")[0] for line in _said("title: x\ntitle: y\ntitle: z\n").splitlines() if "twice" in line] == [
        "f:2:1",
        "f:3:1",
    ]


def test_bytes_that_are_not_utf_8_are_a_clean_fault(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("definition: x\ntitle: 支部".encode("gbk"))
    with pytest.raises(DefinitionFault) as caught:
        load_file(path)
    assert caught.value.say("en") == f"{path}:2:9: this byte is not UTF-8, save the file as UTF-8"
    assert caught.value.say("zh") == f"{path}:2:9: 此字节不是 UTF-8，请以 UTF-8 保存文件"


def test_a_record_has_no_more_fields_than_can_be_kept() -> None:
    many = BASE.replace("fields: {hours: {type: number, unit: h}}, by: clerk, lines", f"fields: {{{fields(25)}}}, by: clerk, lines")
    assert _said(many).startswith(
        "f:12:334: records.sheet.fields.n24: sheet has 25 fields, at most 24 can be kept: split it into two records"
    )
    assert load_text(many.replace(fields(25), fields(24)))
    assert MOST_FIELDS == SLOTS


def fields(number: int) -> str:
    return ", ".join(f"n{each}: number" for each in range(number))


def test_whatever_expressions_read_of_an_entity_is_no_name_for_a_field() -> None:
    definition = load_text(BASE)
    world = World(members=definition.members, records=definition.records, cases=definition.cases)
    built_in = {"branch": BRANCH, "member": MEMBER, "record:line": RECORD, "case:item": CASE}
    declared = {"line", "sheet", "item", "infirm", "rank", "hours", "subject", "keeper"}
    for entity, taken in built_in.items():
        assert set(world.entities[entity]) - declared <= set(taken)


def test_an_anchor_may_be_used_twice() -> None:
    assert load_text(BASE.replace("basis: rule-2, waivable_by", "basis: &b rule-2, waivable_by").replace("title: Base", "title: &b Base"))


def test_what_moves_take_under_one_name_must_be_of_one_type_where_a_requirement_uses_it() -> None:
    text = BASE.replace(
        "check: sum(a.hours for a in member.line) >= hours", "check: sum(a.hours for a in member.line) >= hours and move.days > 1"
    )
    text = text.replace("not_by: [apply, members]", "not_by: [apply, members], takes: {days: text}")
    assert _said(text) == "f:15:100: requirements.studied.check: move.days is of two types in the moves that require this, one was expected"

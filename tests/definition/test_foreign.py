"""What Python, YAML, JSON and the operating system complain of is said in the reader's language, with nothing English left in it."""

from __future__ import annotations

import ast
import json
import os

import pytest

from workflow.definition.foreign import foreign, foreign_json
from workflow.definition.loading import load_text
from workflow.errors import DefinitionFault, Fault

BASE = """definition: base
title: Base
roles: {a: {scope: branch}}
instruments: {n: {title: N}}
records: {att: {of: branch, fields: {hours: {type: number, unit: h}, mode: text, day: date, done: boolean}, by: a}}
requirements: {r: {title: x, check: CHECK, owner: a, remedy: r, basis: n}}
gates: {g: {phases: [w], moves: {go: {from: w, to: next_stage, by: a, requires: r}}}}
stages: {s: {gate: g}}
"""


def said(text: str, lang: str = "zh") -> str:
    with pytest.raises(DefinitionFault) as caught:
        load_text(text, "f")
    return caught.value.say(lang)


@pytest.mark.parametrize(
    ("expression", "zh"),
    [
        ("a b", "语法有误，是否漏了逗号或运算符？"),
        ("a = 1", "语法有误，比较是否相等应写“==”"),
        ("(a", "“(”没有配对的右括号"),
        ("a)", "多出一个“)”"),
        ("[a)", "“)”与“[”不配对"),
        ("'abc", "引号没有配对"),
        ("01", "整数不能以 0 开头"),
        ("a ，b", "不能使用字符“，”（U+FF0C）"),
        ("a\u200b > 1", "不能使用字符“”（U+200B）"),
        ("sum(a for a in b, 3)", "此生成式应加括号"),
        ("1a", "数字写法有误"),
        ("a \\ b", "反斜杠之后不应有字符"),
        ("a +", "语法有误"),
    ],
)
def test_python(expression: str, zh: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ast.parse(f"(\n{expression}\n)", mode="eval")
    assert foreign(caught.value.msg).say("zh") == zh
    assert " line 2" not in foreign(caught.value.msg).say("en")


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("a: [1, 2\nb: 3\n", "f:2:2: 不是有效的 YAML：应为“,”或“]”，实为“:”（所在结构始于第 1 行）"),
        ("a: {b: 1\nc: [\n", "f:2:2: 不是有效的 YAML：应为“,”或“}”，实为“:”（所在结构始于第 1 行）"),
        ("a: *b\n", "f:1:4: 不是有效的 YAML：未定义的“b”"),
        ("a: 'b\n", "f:2:1: 不是有效的 YAML：文件在引号配对之前结束（所在结构始于第 1 行）"),
        ('a: "\\q"\n', "f:1:6: 不是有效的 YAML：没有转义“\\q”，可改用单引号"),
        ("a: @b\n", "f:1:4: 不是有效的 YAML：内容不能以“@”开头，应加引号"),
        ("a: - b\n", "f:1:4: 不是有效的 YAML：此处不能出现列表项"),
        ("a:\n  - b\n c: d\n", "f:3:2: 不是有效的 YAML：此行缩进与上文不符，实为映射（所在结构始于第 1 行）"),
    ],
)
def test_yaml(text: str, zh: str) -> None:
    assert said(text) == zh


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("[", "此处应有值（第 2 列）"),
        ("{a: 1}", "此处应有双引号括起的名称（第 2 列）"),
        ('{"a" 1}', "此处应为“:”（第 6 列）"),
        ('{"a": 1 "b"}', "此处应为“,”（第 9 列）"),
        ("{} {}", "一个值之后还有内容（第 4 列）"),
        ('{"a": "b', "引号没有配对，始于此处（第 7 列）"),
        ('\n{"a": "\\q"}', "反斜杠之后的转义有误（第 2 行第 8 列）"),
    ],
)
def test_json(text: str, zh: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        json.loads(text)
    assert foreign_json(caught.value).say("zh") == zh


def test_json_that_nests_too_deep() -> None:
    assert foreign_json(RecursionError("maximum recursion depth exceeded")).say("zh") == "嵌套过深，或数字过长"


def test_the_operating_system() -> None:
    assert foreign(os.strerror(2)).say("zh") == "没有这个文件或文件夹"
    assert foreign(os.strerror(13)).say("zh") == "没有权限"


def test_what_is_not_known_stays_as_it_is() -> None:
    assert foreign("the sky has fallen").say("zh") == "the sky has fallen"
    assert foreign(None).say("zh") == ""


@pytest.mark.parametrize(
    ("check", "zh"),
    [
        ("sum(z.hours for z in branch.att)", "应为真或假，实为数字（h）"),
        ("last(branch.att).mode > today", "文本与日期不能比较大小"),
        ("last(branch.att).done == 3", "是/否与数字不能比较"),
        ("branch.att == 3", "att列表与数字不能比较"),
        ("all(x for x in today)", "不能遍历日期"),
    ],
)
def test_types_in_chinese(check: str, zh: str) -> None:
    assert said(BASE.replace("CHECK", check)).endswith(f"requirements.r.check: {zh}")


def test_an_unknown_type_hides_no_other_fault() -> None:
    text = BASE.replace("type: number", "type: nmber, min: 2").replace("day: date", "day: dat")
    text = text.replace("CHECK", "sum(z.hours for z in branch.att) >= 4 and last(branch.att).day > today and branch.nothere > 3")
    assert said(text.replace("by: a, requires", "by: b, requires"), "en").split("\n") == [
        "f:5:52: records.att.fields.hours.type: nmber is unknown, one of number, integer, text, boolean, date, person was expected;"
        " did you mean number?",
        "f:5:94: records.att.fields.day: dat is unknown, one of number, integer, text, boolean, date, person was expected;"
        " did you mean date?",
        "f:6:112: requirements.r.check: branch has no nothere; did you mean entered?",
        "f:7:68: gates.g.moves.go.by: there is no role b, known: a",
    ]


def test_a_line_of_an_unknown_type_fits_its_sheet() -> None:
    line = "records: {line: {of: member, fields: {hours: nmber}, by: a}, sheet: {of: branch, lines: line, fields: {hours: number}, by: a}, "
    text = BASE.replace("records: {", line).replace("CHECK", "today > today").replace("roles:", "members: {status: [x]}\nroles:")
    assert [fault.path for fault in faults(text)] == ["records.line.fields.hours"]


def faults(text: str) -> list[Fault]:
    with pytest.raises(DefinitionFault) as caught:
        load_text(text, "f")
    return list(caught.value.faults)

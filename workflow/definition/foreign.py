"""What Python, YAML, JSON and the operating system say when something is wrong, in our languages.

A message that is not known stays as it is: English in a Chinese sentence is better than nothing.
"""

from __future__ import annotations

import re
from json import JSONDecodeError

from workflow.texts import Text

_PLACE = re.compile(r" \(detected at line \d+\)| on line \d+")  # lines of a text we wrapped: not the reader's

_TOKENS = {
    "<block end>": "结构结尾",
    "<block mapping start>": "映射",
    "<block sequence start>": "列表",
    "<stream end>": "文件结尾",
    "<document start>": "文档开头",
    "<document end>": "文档结尾",
    "<scalar>": "文本",
    "<alias>": "别名",
    "<anchor>": "锚点",
    "<tag>": "标签",
}

_SAID = [
    # Python
    (r"invalid syntax\. Perhaps you forgot a comma\?", "语法有误，是否漏了逗号或运算符？"),
    (r"invalid syntax\. Maybe you meant '==' .*", "语法有误，比较是否相等应写“==”"),
    (r"cannot assign to .*", "此处不能赋值，比较是否相等应写“==”"),
    (r"expression cannot contain assignment.*", "此处不能赋值，比较是否相等应写“==”"),
    (r"invalid syntax.*", "语法有误"),
    (r"'(.)' was never closed", r"“\1”没有配对的右括号"),
    (r"unmatched '(.)'", r"多出一个“\1”"),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", r"“\1”与“\2”不配对"),
    (r"unterminated .*string literal", "引号没有配对"),
    (r"unexpected indent", "缩进有误"),
    (r"unindent does not match any outer indentation level", "缩进与上文各级都不一致"),
    (r"unexpected EOF while parsing", "表达式不完整"),
    (r"expected 'else' after 'if' expression", "if 之后应有 else"),
    (r"Generator expression must be parenthesized", "此生成式应加括号"),
    (r"invalid (?:decimal|hexadecimal|octal|binary) literal", "数字写法有误"),
    (r"leading zeros in decimal integer literals .*", "整数不能以 0 开头"),
    (r"invalid (?:non-printable )?character '?(.)?'? ?\(?(U\+[0-9A-F]+)\)?", r"不能使用字符“\1”（\2）"),
    (r"unexpected character after line continuation character", "反斜杠之后不应有字符"),
    (r"positional argument follows keyword argument", "参数次序有误"),
    (r"source code (?:string )?cannot contain null bytes", "含有空字符"),
    (r"too many nested parentheses", "括号嵌套过深"),
    # YAML
    (r"expected ',' or '([\]}])', but got '(.+)'", r"应为“,”或“\1”，实为“\2”"),
    (r"expected <block end>, but found '(.+)'", r"此行缩进与上文不符，实为“\1”"),
    (r"expected the node content, but found '(.+)'", r"此处应有内容，实为“\1”"),
    (r"expected alphabetic or numeric character, but found '(.+)'", r"应为字母或数字，实为“\1”"),
    (r"expected '<document start>', ?but found '(.+)'", r"此行不属于上文的结构，实为“\1”"),
    (r"expected .*but found '?(.+?)'?", r"写法有误，实为“\1”"),
    (r"found character '(.+)' that cannot start any token", r"内容不能以“\1”开头，应加引号"),
    (r"found unexpected end of stream", "文件在引号配对之前结束"),
    (r"found unexpected document separator", "引号配对之前出现文档分隔符"),
    (r"found unknown escape character '(.+)'", r"没有转义“\\\1”，可改用单引号"),
    (r"found unexpected ':'", "“:”的位置有误，含“:”的文本应加引号"),
    (r"found undefined (?:alias|tag handle) '?(.+?)'?", r"未定义的“\1”"),
    (r"found duplicate anchor '?(.+?)'?.*", r"锚点“\1”重复"),
    (r"sequence entries are not allowed here", "此处不能出现列表项"),
    (r"mapping keys are not allowed here", "此处不能出现键"),
    (r"invalid intendation or unclosed '\[' or '\{'", "缩进有误，或“[”“{”没有配对"),
    # JSON
    (r"Expecting value", "此处应有值"),
    (r"Expecting property name enclosed in double quotes", "此处应有双引号括起的名称"),
    (r"Expecting '(.)' delimiter", r"此处应为“\1”"),
    (r"Extra data", "一个值之后还有内容"),
    (r"Unterminated string starting at", "引号没有配对，始于此处"),
    (r"Invalid control character at", "含有控制字符"),
    (r"Invalid \\.*", "反斜杠之后的转义有误"),
    (r"Illegal trailing comma before end of .*", "最后一项之后不能有逗号"),
    # the operating system
    (r"No such file or directory", "没有这个文件或文件夹"),
    (r"Permission denied", "没有权限"),
    (r"Is a directory", "这是文件夹，不是文件"),
    (r"Not a directory", "这不是文件夹"),
    (r"File exists", "已有同名文件"),
    (r"File name too long", "文件名过长"),
    (r"No space left on device", "磁盘已满"),
    (r"Read-only file system", "磁盘只读"),
]
_KNOWN = [(re.compile(pattern), zh) for pattern, zh in _SAID]


def foreign(message: str | None) -> Text:
    """A message of Python, YAML or the operating system."""
    en = _PLACE.sub("", message or "")
    for pattern, zh in _KNOWN:
        found = pattern.fullmatch(en)
        if found:
            return Text.of(en, _in_words(found.expand(zh)))
    return Text.same(en)


def _in_words(zh: str) -> str:
    for token, word in _TOKENS.items():
        zh = zh.replace(f"“{token}”", word)
    return zh


def foreign_json(problem: Exception) -> Text:
    """Why something is no JSON, with the column."""
    if not isinstance(problem, JSONDecodeError):
        return Text.of("nested too deeply, or a number with too many digits", "嵌套过深，或数字过长")
    said = foreign(problem.msg)
    line, column = problem.lineno, problem.colno
    where = Text.of(f"column {column}", f"第 {column} 列")
    if line > 1:
        where = Text.of(f"line {line}, column {column}", f"第 {line} 行第 {column} 列")
    return Text.of(f"{said.say('en')} ({where.say('en')})", f"{said.say('zh')}（{where.say('zh')}）")

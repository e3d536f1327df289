"""What is typed on a command line, as values: `k=v`, lines of a sheet, files of lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workflow.definition.foreign import foreign_json
from workflow.errors import Misuse
from workflow.texts import Text

_FORM = Text.of("name=value", "名称=值")


def pairs(given: Iterable[str], option: str = "", form: str = "") -> dict[str, str]:
    """`("hours=4", "mode=self")` as a mapping. Raises `Misuse` for what has no `=`: it says of which `option` and in which `form`."""
    return dict(_pair(each, option, Text.same(form) if form else _FORM) for each in given)


def line(given: str) -> dict[str, str]:
    """`li-ming:hours=4,mode=self` as a line of a sheet."""
    member, _, rest = given.partition(":")
    return {**pairs(part for part in rest.split(",") if part.strip()), "member": member.strip()}


def lines_in(path: str) -> list[Any]:
    """The lines of a sheet in a CSV file with a column `member`, or in a JSON file: a list of ids or of mappings."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        said = Text.of(f"{path} is not UTF-8; save it as UTF-8", f"{path} 不是 UTF-8 编码；请存为 UTF-8")
        raise Misuse(said, "lines-file") from problem
    if Path(path).suffix.lower() != ".json":
        return _csv_lines(path, text)
    try:
        found = json.loads(text)
    except ValueError as problem:
        why = foreign_json(problem)
        raise Misuse(Text.of(f"{path} is not JSON: {why.say('en')}", f"{path} 不是 JSON：{why.say('zh')}"), "lines-file") from problem
    if not isinstance(found, list) or not all(isinstance(each, (str, dict)) for each in found):
        said = Text.of(
            f"{path}: expected a list of members' ids, or of mappings with `member`",
            f"{path}：应为党员编号的列表，或含 member 的映射的列表",
        )
        raise Misuse(said, "lines-file")
    return found


def _csv_lines(path: str, text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    if "member" not in (reader.fieldnames or ()):
        raise Misuse(Text.of(f"{path} has no column `member`", f"{path} 没有 member 列"), "lines-file")
    return [
        {key.strip(): value.strip() for key, value in row.items() if key and isinstance(value, str) and value.strip()} for row in reader
    ]


def _pair(given: str, option: str, form: Text) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name.strip():
        of = (f"{option}: ", f"{option}：") if option else ("", "")
        said = f"{of[0]}{given!r} is not of the form {form.say('en')}", f"{of[1]}{given!r} 不是 {form.say('zh')} 的形式"
        raise Misuse(Text.of(*said), "name-value")
    return name.strip(), value

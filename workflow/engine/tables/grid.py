"""The cells of one sheet as texts, before anybody asks what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from workflow.definition.foreign import foreign
from workflow.errors import Fault, InputFault
from workflow.texts import Text


@define
class Grid:
    """One sheet: a CSV file, or a worksheet of a workbook.

    `name` is what faults call it, `title` the file's or worksheet's own name. `rows` have their number in the file and their cells.
    `broken` are cells whose value cannot be known, by row and column (from 0): what is wrong with them.
    """

    name: str
    title: str
    rows: list[tuple[int, list[str]]]
    faults: list[Fault] = field(factory=list)
    broken: Mapping[tuple[int, int], Text] = field(factory=dict)


def fatal(where: str, en: str, zh: str, code: str) -> InputFault:
    return InputFault([Fault(where, "", Text.of(en, zh), code)])


def read_bytes(path: Path) -> bytes:
    """The file's content. Raises `InputFault` if it cannot be read or is empty."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        why = foreign(problem.strerror)
        en, zh = f"cannot be read: {why.say('en')}; check the path", f"无法读取：{why.say('zh')}；请检查路径"
        raise fatal(str(path), en, zh, "unreadable") from problem
    if not data.strip():
        raise fatal(path.name, "the file is empty", "文件为空", "empty")
    return data

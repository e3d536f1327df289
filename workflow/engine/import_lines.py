"""The lines of a file of commands: what each says, and what is wrong with how it says it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from workflow.clock import as_utc
from workflow.definition.foreign import foreign_json
from workflow.engine.asked import Asked
from workflow.engine.tables.grid import read_bytes
from workflow.errors import Fault, InputFault, did_you_mean
from workflow.texts import Text

_ANY = {"branch": str, "by": str, "key": str, "at": str}
_KEYS: dict[str, dict[str, type]] = {
    "record": {"record": str, "happened": str, "fields": dict, "lines": list},
    "open_case": {"open_case": str, "member": str, "fields": dict},
    "case": {"case": str, "move": str, "takes": dict},
    "waive": {"waive": str, "members": list, "reason": str, "until": str},
    "move": {"move": str, "takes": dict},  # after `case`, which has a move too
}
_NAMES: dict[type, tuple[str, str]] = {
    str: ("a text", "文本"),
    dict: ("a mapping {...}", "映射 {...}"),
    list: ("a list [...]", "列表 [...]"),
}


@frozen
class Command:
    """One line. `verb` is record, open_case, case, waive or move; `subject` its kind, case, requirement or move.

    `branch` is empty in a record of the campaign as a whole.
    """

    where: str
    verb: str
    branch: str
    subject: str
    by: str
    said: Mapping[str, Any]
    key: str | None = None
    at: datetime | None = None

    @property
    def asked(self) -> Asked:
        """What the campaign's own command would have asked, by which a repeated key is recognised."""
        said = {name: self.said.get(name) for name in _KEYS[self.verb] if name not in (self.verb, "move")}
        match self.verb:
            case "open_case":
                return Asked.of("case", f"open:{self.subject}", **said)
            case "case":
                return Asked.of("case", f"{self.subject}:{self.said['move']}", **said)
            case "move":
                return Asked.of("move", self.subject, **said)
            case verb:
                return Asked.of(verb, f"{verb}:{self.subject}", **said)

    def own_key(self, day: str) -> str:
        """The key of a line that states none, by its content: the same file imported again writes nothing twice.

        What may rightly be done again in the same words (a move) is the same only within a day, unless the line states its time.
        """
        lasting = self.at is not None or self.verb == "open_case" or (self.verb == "record" and self.said.get("happened"))
        when = [self.at.isoformat() if self.at else "", "" if lasting else day]
        return "line:" + Asked.of(self.branch, self.by, when=when, asked=self.asked.fingerprint).fingerprint


def read_commands(source: str | Path | Iterable[Mapping[str, Any]], by: str, whole: Collection[str]) -> tuple[list[Command], list[Fault]]:
    """Every line that is a command, and the faults of those that are not; records of the kinds `whole` are of no branch.

    Raises `InputFault` for a file that cannot be read.
    """
    commands: list[Command] = []
    faults: list[Fault] = []
    for where, said in _objects(source, faults):
        command = _command(where, said, by, whole, faults)
        if command is not None:
            commands.append(command)
    return commands, faults


def _objects(source: str | Path | Iterable[Mapping[str, Any]], faults: list[Fault]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if not isinstance(source, (str, Path)):
        yield from ((f"line {number}", said) for number, said in enumerate(source, 1))
        return
    path = Path(source)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        said = Text.of(f"not UTF-8: {problem.reason}; save it as UTF-8", f"不是 UTF-8 编码：{problem.reason}；请存为 UTF-8")
        raise InputFault([Fault(path.name, "", said, "encoding")]) from problem
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found = _object(f"{path.name}:{number}", line, faults)
            if found is not None:
                yield f"{path.name}:{number}", found


def _object(where: str, line: str, faults: list[Fault]) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as problem:
        why = foreign_json(problem)
        said = Text.of(f"not JSON: {why.say('en')}; each line is one {{...}}", f"不是 JSON：{why.say('zh')}；每行应为一个 {{...}}")
        faults.append(Fault(where, "", said, "not-json"))
        return None
    if not isinstance(found, dict):
        said = Text.of("expected a mapping {...}, one command a line", "应为映射 {...}，每行一条命令")
        faults.append(Fault(where, "", said, "not-a-command"))
        return None
    return found


def _command(where: str, said: Mapping[str, Any], by: str, whole: Collection[str], faults: list[Fault]) -> Command | None:
    verb = next((verb for verb in _KEYS if verb in said), None)
    if verb is None:
        verbs = ", ".join(_KEYS)
        faults.append(
            Fault(where, "", Text.of(f"says not what to do: one of {verbs}", f"未说明做什么：应有 {verbs} 之一"), "not-a-command")
        )
        return None
    allowed = _ANY | _KEYS[verb]
    wrong = [*_misshapen(where, said, allowed), *_missing(where, said, verb, by, whole)]
    at, problem = _moment(where, said.get("at"))
    wrong += problem
    faults += wrong
    if wrong:
        return None
    return Command(where, verb, said.get("branch", "").strip(), said[verb], said.get("by") or by, said, said.get("key"), at)


def _misshapen(where: str, said: Mapping[str, Any], allowed: Mapping[str, type]) -> Iterable[Fault]:
    for key, value in said.items():
        if key not in allowed:
            hint = did_you_mean(str(key), list(allowed))
            yield Fault(where, str(key), Text.of(f"unknown key; {hint.say('en')}", f"未知键；{hint.say('zh')}"), "key")
        elif not isinstance(value, allowed[key]):
            en, zh = _NAMES[allowed[key]]
            yield Fault(where, key, Text.of(f"expected {en}", f"应为{zh}"), "value")
        elif isinstance(value, str) and not _is_unicode(value):
            yield Fault(where, key, Text.of("not valid Unicode; enter it again", "不是有效的 Unicode；请重新输入"), "not-unicode")
    lines, members = said.get("lines", ()), said.get("members", ())
    if isinstance(lines, list) and not all(isinstance(line, (str, dict)) for line in lines):
        yield Fault(
            where,
            "lines",
            Text.of("each line is a member's id, or a mapping with `member`", "每行应为党员编号，或含 member 的映射"),
            "value",
        )
    if isinstance(members, list) and not all(isinstance(member, str) for member in members):
        yield Fault(where, "members", Text.of("expected a list of ids", "应为编号列表"), "value")


def _is_unicode(text: str) -> bool:
    """Half a surrogate pair, which JSON can say, is no text."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _missing(where: str, said: Mapping[str, Any], verb: str, by: str, whole: Collection[str]) -> Iterable[Fault]:
    wanted = [*([] if verb == "record" and said["record"] in whole else ["branch"]), *(["move"] if verb == "case" else [])]
    for key in wanted:
        if not said.get(key):
            yield Fault(where, key, Text.of("is missing", "缺少"), "missing")
    if not (said.get("by") or by):
        yield Fault(where, "by", Text.of("is missing: say who acts", "缺少：请写明由谁办理"), "missing")


def _moment(where: str, raw: Any) -> tuple[datetime | None, list[Fault]]:
    """An instant with its offset, such as 2005-01-17T09:00:00+08:00; without one it is taken as UTC."""
    if not isinstance(raw, str):
        return None, []
    try:
        return as_utc(datetime.fromisoformat(raw)), []
    except (ValueError, OverflowError):
        said = Text.of(f"{raw!r} is not a time such as 2005-01-17T09:00:00+08:00", f"{raw!r} 不是形如 2005-01-17T09:00:00+08:00 的时间")
        return None, [Fault(where, "at", said, "value")]

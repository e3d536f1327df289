"""The shape of a definition, held against the shipped JSON Schema; each fault is said in our own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import define, field
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workflow.definition.loading.faults import Path
from workflow.definition.loading.source import Source
from workflow.errors import did_you_mean
from workflow.texts import Text


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the definition language, as plain data."""
    found: dict[str, Any] = json.loads((files("workflow.definition") / "definition.schema.json").read_text("utf-8"))
    return found


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


@define
class Shape:
    """What is left of a document when all that has a wrong shape is taken out.

    `gone` are the paths taken out or missing, `names` what expressions might have meant by them: neither must be held against the
    author a second time. An item of a list that is taken out leaves None behind, so that the other paths stay true.
    `unknown` are words nobody knows, and what stands for them: an unknown type of a field is taken as `any`.
    """

    data: dict[str, Any]
    gone: set[Path] = field(factory=set)
    names: set[str] = field(factory=set)
    unknown: dict[Path, str] = field(factory=dict)

    def take_out(self) -> None:
        """Take everything that is gone out of the data, the innermost first."""
        for path, instead in self.unknown.items():
            _put(self.data, path, instead)
        for path in sorted(self.gone, key=len, reverse=True):
            value = _pop(self.data, path)
            if path[0] in _SEEN_BY_EXPRESSIONS and path[-1] not in _UNSEEN:
                self.names.update(str(part) for part in path[1:])
                self.names.update(_names_in(value))
            elif len(path) == 1:
                self.names.update(_names_in(value))


_SEEN_BY_EXPRESSIONS = frozenset({"extensions", "parameters", "branches", "members", "records", "cases", "stages", "gates"})
_UNSEEN = frozenset(
    {"title", "basis", "by", "not_by", "from", "to", "requires", "span", "lines", "lasts", "effects", "default", "final", "departures"}
)


def _pop(data: Any, path: tuple[Any, ...]) -> object:
    """Take the value at `path` out; None if it is not there."""
    for part in path[:-1]:
        if not _has(data, part):
            return None
        data = data[part]
    last = path[-1]
    if not _has(data, last):
        return None
    value: object = data[last]
    if isinstance(data, list):
        data[last] = None
    else:
        del data[last]
    return value


def _put(data: Any, path: Path, value: str) -> None:
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = value


def _has(holder: object, part: str | int) -> bool:
    return (isinstance(holder, list) and isinstance(part, int)) or (isinstance(holder, dict) and part in holder)


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names_in(item)


def check_shape(source: Source, validator: Draft202012Validator | None = None) -> Shape:
    """Report every fault of shape to the source and give what is sound. `validator`: of another language than that of definitions."""
    errors = list((validator or _validator()).iter_errors(source.data))
    shape = Shape(_copy(source.data) if errors else source.data)
    unknown = {tuple(error.absolute_path): _extra(error) for error in errors if error.validator == "additionalProperties"}
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator == "required":
            _missing(source, shape, error, unknown.get(path, ()))
        elif error.validator == "additionalProperties":
            for key in unknown[path]:
                _unknown_key(source, shape, error, key)
        elif "propertyNames" in error.relative_schema_path:
            _report(source, shape, (*path, error.instance), error, key=True)
        else:
            _report(source, shape, path, error, key=error.validator == "not")
    shape.take_out()
    return shape


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _extra(error: ValidationError) -> tuple[str, ...]:
    return tuple(key for key in error.instance if key not in error.schema.get("properties", {}))


def _unknown_key(source: Source, shape: Shape, error: ValidationError, key: str) -> None:
    path = (*error.absolute_path, key)
    known = list(error.schema["properties"])
    meant = get_close_matches(key, [name for name in known if name not in error.instance], n=1)
    hint = did_you_mean(key, meant or known)
    shown = _shown(key)
    said = Text.of(f"the key {shown} is unknown here, {hint.say('en')}", f"此处没有键 {shown}，{hint.say('zh')}")
    source.fault(path, said, "unknown-key", key=True)
    shape.gone.add(path)
    shape.gone.update((*error.absolute_path, name) for name in meant)


def _missing(source: Source, shape: Shape, error: ValidationError, unknown: Sequence[str]) -> None:
    """One error for each key that is missing; none for a key that was only misspelt."""
    path = tuple(error.absolute_path)
    for key in error.validator_value:
        if key in error.instance:
            continue
        shape.gone.add((*path, key))
        if any(get_close_matches(name, [key]) for name in unknown):
            continue
        expected = _expected(error)
        if expected is None:
            said = Text.of(f"{key} is missing, it is required here", f"缺少 {key}，此处必填")
        else:
            said = Text.of(f"{key} is missing, {expected.say('en')} was expected here", f"缺少 {key}，此处应有 {expected.say('zh')}")
        source.fault(path, said, "missing", key=True)


def _report(source: Source, shape: Shape, path: Path, error: ValidationError, *, key: bool) -> None:
    source.fault(path, _MESSAGES[error.validator](error), error.validator, key=key)
    if "x-unknown" in error.schema:
        shape.unknown[path] = error.schema["x-unknown"]
    elif error.validator in ("type", "enum", "pattern", "not", "minItems", "minProperties", "maxProperties", "maxLength"):
        shape.gone.add(path)


def _expected(error: ValidationError) -> Text | None:
    expected = error.schema.get("x-expected")
    return Text(expected) if expected else None


_TYPES = {
    "string": Text.of("a text", "文本"),
    "number": Text.of("a number", "数字"),
    "integer": Text.of("a whole number", "整数"),
    "boolean": Text.of("true or false", "true 或 false"),
    "array": Text.of("a list", "列表"),
    "object": Text.of("a mapping", "映射"),
    "null": Text.of("nothing", "空值"),
}


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)) or value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (bool, int, float)) else " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


def _wrong_type(error: ValidationError) -> Text:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    found, shown, expected = _type_of(error.instance), _shown(error.instance), _expected(error)
    if expected is None or wanted != ["string"]:
        quotes = "string" in wanted and found in ("number", "boolean")
        en = " or ".join(_TYPES[name].say("en") for name in wanted) + (" in quotes" if quotes else "")
        expected = Text.of(en, "或".join(_TYPES[name].say("zh") for name in wanted) + ("（加引号）" if quotes else ""))
    return Text.of(
        f"{_TYPES[found].say('en')} stands here{shown and f' ({shown})'}, {expected.say('en')} was expected",
        f"此处是{_TYPES[found].say('zh')}{shown and f'（{shown}）'}，应为{expected.say('zh')}",
    )


def _not_one_of(error: ValidationError) -> Text:
    found, allowed = _shown(error.instance) or "this", [str(value) for value in error.validator_value]
    near = get_close_matches(str(error.instance), allowed, n=1)
    listed = ", ".join(allowed)
    return Text.of(
        f"{found} is unknown, one of {listed} was expected{f'; did you mean {near[0]}?' if near else ''}",
        f"{_shown(error.instance) or '此值'} 不可用，应为 {listed} 之一{f'；是否指 {near[0]}？' if near else ''}",
    )


def _not_like(error: ValidationError) -> Text:
    expected = _expected(error)
    shown = _shown(error.instance)
    if expected is None:
        return Text.of(f"{shown} does not fit", f"{shown} 不合要求")
    return Text.of(f"{shown} does not fit, {expected.say('en')} was expected", f"{shown} 不合要求，应为{expected.say('zh')}")


def _not_here(error: ValidationError) -> Text:
    expected, key = _expected(error), error.absolute_path[-1]
    why = expected or Text.same("")
    return Text.of(f"{key} may not stand here: {why.say('en')}", f"此处不得有 {key}：{why.say('zh')}")


def _limit(en: str, zh: str) -> Callable[[ValidationError], Text]:
    def said(error: ValidationError) -> Text:
        shown, limit = _shown(error.instance), error.validator_value
        return Text.of(en.format(shown=shown, limit=limit), zh.format(shown=shown, limit=limit))

    return said


_EMPTY = _limit("this is empty, at least one was expected", "此处为空，至少应有一项")
_MESSAGES: dict[str, Callable[[ValidationError], Text]] = {
    "type": _wrong_type,
    "enum": _not_one_of,
    "pattern": _not_like,
    "not": _not_here,
    "minItems": _EMPTY,
    "minProperties": _EMPTY,
    "minLength": _limit("this text is empty, at least one character was expected", "文本为空，至少应有一个字符"),
    "maxLength": _limit("this is too long, at most {limit} characters were expected", "过长，至多 {limit} 个字符"),
    "maxProperties": _limit("too much stands here, one entry was expected", "内容过多，应只有一项"),
    "uniqueItems": _limit("something stands here twice, each was expected once", "有重复项，每项应只出现一次"),
    "minimum": _limit("{shown} is too small, at least {limit} was expected", "{shown} 过小，应不小于 {limit}"),
    "maximum": _limit("{shown} is too great, at most {limit} was expected", "{shown} 过大，应不大于 {limit}"),
}

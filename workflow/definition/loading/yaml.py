"""YAML 1.2 to plain data. The text is only composed into nodes: no object is ever constructed from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from workflow.definition.foreign import foreign
from workflow.definition.loading.faults import START, Faults, Path, Place, place_at
from workflow.definition.loading.source import LARGEST, MAX_DEPTH, TOO_DEEP, Bounded, Source, Spot
from workflow.texts import Text

_TAG = "tag:yaml.org,2002:"
_OTHER_VERSION = re.compile(r"^%YAML[ \t]+(?!1\.2\s)", re.MULTILINE)
_NO_CHARACTER = re.compile(r"\\U(?!000[0-9a-fA-F]|0010)[0-9a-fA-F]{8}")


def read_text(text: str, faults: Faults) -> Source:
    """Raises `DefinitionFault` where the text is no YAML 1.2 or holds anything but plain data in a mapping at the top."""
    text = text.removeprefix("\ufeff")
    source = Source({}, faults, text)
    root = _compose(text, faults)
    if isinstance(root, MappingNode):
        source.data = _Conversion(source).value(root, (), None)
    else:
        found = Text.of("the file is empty", "文件为空") if root is None else Text.of("this is no definition", "这不是方案")
        faults.add(
            START, (), Text.of(f"{found.say('en')}, a mapping was expected at the top", f"{found.say('zh')}，最外层应为映射"), "type"
        )
        faults.raise_any()
    return source


def read_bytes(content: bytes, faults: Faults) -> Source:
    """As `read_text`; also raises `DefinitionFault` for bytes that are not UTF-8."""
    try:
        return read_text(content.decode("utf-8"), faults)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        faults.add(
            place_at(before, len(before)),
            (),
            Text.of("this byte is not UTF-8, save the file as UTF-8", "此字节不是 UTF-8，请以 UTF-8 保存文件"),
            "encoding",
        )
        faults.raise_any()
        raise


def _compose(text: str, faults: Faults) -> Node | None:
    other = _OTHER_VERSION.search(text)
    if other:
        faults.add(place_at(text, other.start()), (), Text.of("only YAML 1.2 is read", "只读取 YAML 1.2"), "yaml")
        faults.raise_any()
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    try:
        node: Node | None = yaml.compose(text)
    except YAMLError as error:
        faults.add(*_syntax(text, error))
    except ValueError:  # the scanner hands the number of any \U escape to chr()
        escape = _NO_CHARACTER.search(text)
        place = place_at(text, escape.start()) if escape else START
        faults.add(place, (), Text.of("this escape stands for no character", "此转义不代表任何字符"), "yaml")
    else:
        return node
    faults.raise_any()
    return None


def _syntax(text: str, error: YAMLError) -> tuple[Place, Path, Text, str]:
    if isinstance(error, ReaderError):
        shown = f"U+{error.character:04X}"
        said = Text.of(f"the character {shown} may not stand in a file", f"文件中不得出现字符 {shown}")
        return place_at(text, error.position), (), said, "yaml"
    if isinstance(error, MaxDepthExceededError):
        return _place(error.problem_mark), (), TOO_DEEP, "depth"
    if not isinstance(error, MarkedYAMLError):
        return START, (), Text.of(f"not valid YAML: {error}", f"不是有效的 YAML：{error}"), "yaml"
    mark, begun = error.problem_mark, error.context_mark
    why = foreign(error.problem)
    said = _PROBLEMS.get(error.problem, Text.of(f"not valid YAML: {why.say('en')}", f"不是有效的 YAML：{why.say('zh')}"))
    if begun is not None and mark is not None and begun.line != mark.line and error.problem not in _PROBLEMS:
        en, zh = said.say("en"), said.say("zh")
        said = Text.of(f"{en} ({error.context}, begun in line {begun.line + 1})", f"{zh}（所在结构始于第 {begun.line + 1} 行）")
    return _place(mark or begun), (), said, "yaml"


_PROBLEMS = {
    "found character '\\t' that cannot start any token": Text.of(
        "a tab cannot indent, blanks were expected", "不能用制表符缩进，应使用空格"
    ),
    "mapping values are not allowed here": Text.of(
        "a second `:` in one line, quotes were expected around a text with `: `", "一行中出现第二个“:”，含“: ”的文本应加引号"
    ),
    "expected ',' or '}', but got '{'": Text.of("quotes were expected around a text with braces", "含花括号的文本应加引号"),
    "could not find expected ':'": Text.of("`:` was expected after this key", "此键之后应为“:”"),
    "but found another document": Text.of("a second document begins, one was expected", "出现第二个文档，应只有一个"),
}


def _place(mark: StreamMark, file: str = "") -> Place:
    return Place(mark.line + 1, mark.column + 1, file)


class _Conversion(Bounded):
    """Nodes to plain data by their tags; each value's place goes to the source."""

    def value(self, node: Node, path: Path, key: Place | None) -> Any:
        scalar = node if isinstance(node, ScalarNode) else None
        absent = scalar is not None and not scalar.value and not scalar.style  # a key with nothing after it
        place = key if key and absent else _place(node.start_mark, self.source.faults.name)
        self.source.spots[path] = Spot(place, key, scalar, self.source.text)
        self.enter(path)
        name = str(node.tag).removeprefix(_TAG)
        if scalar is not None:
            return self._scalar(scalar, name, path)
        if isinstance(node, MappingNode):
            self._expect_tag(name == "map", node, path)
            return self._mapping(node, path)
        self._expect_tag(name == "seq", node, path)
        return [self.value(item, (*path, index), None) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            place = _place(key.start_mark, self.source.faults.name)
            name = self._key(key, place, path)
            if name is None:
                continue
            if name in found:
                line = first[name]
                said = Text.of(f"{name} stands here twice, first in line {line}", f"{name} 重复出现，首次在第 {line} 行")
                self.source.faults.add(place, (*path, name), said, "duplicate-key")
                continue
            first[name] = place.line
            found[name] = self.value(value, (*path, name), place)
        return found

    def _key(self, node: Node, place: Place, path: Path) -> str | None:
        name = str(node.tag).removeprefix(_TAG)
        if isinstance(node, ScalarNode) and name in ("str", "timestamp", "value"):
            self._expect_characters(node.value, path, place)
            return str(node.value)
        if name == "merge":
            said = Text.of("`<<` is not read, the keys themselves were expected", "不读取“<<”，应直接写出各键")
        else:
            said = Text.of("a key must be a text, in quotes if it looks like a number", "键必须是文本，形似数字时应加引号")
        self.source.faults.add(place, path, said, "key")
        return None

    def _scalar(self, node: ScalarNode, name: str, path: Path) -> Any:
        convert = _SCALARS.get(name)
        self._expect_tag(convert is not None, node, path)
        if convert is None or convert is str:
            self._expect_characters(node.value, path, None)
            return node.value
        try:
            return convert(node.value)
        except ValueError:
            said = Text.of(f"{node.value[:40]} is no {name} that can be kept", f"{node.value[:40]} 不是可保存的 {name}")
            self.source.fault(path, said, "number")
            return 0

    def _expect_tag(self, known: bool, node: Node, path: Path) -> None:
        if not known:
            said = Text.of(f"the tag {node.tag} is not read, plain data was expected", f"不读取标签 {node.tag}，应为普通数据")
            self.source.fault(path, said, "tag")

    def _expect_characters(self, value: str, path: Path, place: Place | None) -> None:
        if _SURROGATE.search(value):
            said = Text.of("half a surrogate pair is no character", "半个代理对不是字符")
            self.source.faults.add(place or self.source.spots[path].value, path, said, "yaml")
            self.source.faults.raise_any()


_SURROGATE = re.compile("[\ud800-\udfff]")


def _integer(value: str) -> int:
    number = int(value, 0) if value.lstrip("+-")[:2] in ("0x", "0o", "0b") else int(value)
    if abs(number) > LARGEST:
        raise ValueError(value)
    return number


def _number(value: str) -> float:
    number = float(value)
    if not abs(number) <= LARGEST:  # so said, it refuses "not a number" too
        raise ValueError(value)
    return number


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError(value)
    return value.lower() == "true"


_SCALARS: dict[str, type[str] | Callable[[str], Any]] = {
    "str": str,
    "timestamp": str,
    "value": str,
    "int": _integer,
    "float": _number,
    "bool": _boolean,
    "null": lambda _: None,
}

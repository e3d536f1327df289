"""An effective definition as YAML, every line with the level it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflow.definition.loading.faults import Path, dotted
from workflow.definition.loading.overlay import origin
from workflow.definition.model import Definition
from workflow.texts import Text

_WIDTH = 120  # columns a mapping or list may take in one line
_KEPT = ("layers", "origins", "tightened")
_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff /.()（），、。：；“”-]*(?<! )|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_TEXT = re.compile(r"(?i:true|false|null|yes|no|on|off|y|n)")
_HEAD = Text.of("# Effective definition, merged from:", "# 合并后的方案，各层依次为：")
_LAYER = Text.of("#   {level}: {definition}, version {version} (hash {hash})", "#   {level}：{definition}，第 {version} 版（哈希 {hash}）")
_WAS = Text.of("{origin}, tightened at {changes}", "{origin}，从严：{changes}")
_CHANGE = Text.of("{level} (was {was})", "{level}（原为 {was}）")


def effective_yaml(definition: Definition, lang: str) -> str:
    """The whole definition as one file would say it, with the level of each line as a comment where there are several."""
    layers = [_LAYER.say(lang, level=x.level, definition=x.definition, version=x.version, hash=x.hash[:12]) for x in definition.layers]
    head = [_HEAD.say(lang), *layers] if layers else []
    shown = {key: value for key, value in definition.document.items() if key not in _KEPT}
    return "\n".join((*head, *_Printer(definition, lang).block(shown, (), ""))) + "\n"


class _Printer:
    def __init__(self, definition: Definition, lang: str) -> None:
        self.definition = definition
        self.lang = lang
        self.split = {path for name in (*_mapping(definition, "origins"), *definition.tightened) for path in _above(name)}

    def block(self, value: Any, path: Path, indent: str) -> Iterator[str]:
        """The lines of a mapping or list."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._entry(item, (*path, key), indent, f"{_scalar(key)}:")
        else:
            for index, item in enumerate(value):
                yield from self._entry(item, (*path, index), indent, "-")

    def _entry(self, item: Any, path: Path, indent: str, key: str) -> Iterator[str]:
        line = f"{indent}{key} {_flow(item)}"
        if not isinstance(item, (Mapping, list)) or not item or (dotted(path) not in self.split and len(line) <= _WIDTH):
            yield line + self._comment(path)
        else:
            yield f"{indent}{key}{self._comment(path)}"
            yield from self.block(item, path, indent + "  ")

    def _comment(self, path: Path) -> str:
        own = len(path) == 1 and path[0] in ("definition", "version", "title", "level")
        level = self.definition.layers[-1].level if own and self.definition.layers else origin(self.definition.document, path)
        changes = [_CHANGE.say(self.lang, level=c.level, was=_flow(c.was)) for c in self.definition.tightened.get(dotted(path), ())]
        if changes:
            level = _WAS.say(self.lang, origin=level, changes=("、" if self.lang == "zh" else ", ").join(changes))
        return f"  # {level}" if level else ""


def _mapping(definition: Definition, key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = definition.document.get(key, {})
    return found


def _above(name: str) -> Iterator[str]:
    """All that holds the item of a dotted path."""
    parts = [part for part in re.split(r"\.|(?=\[)", name) if part]
    yield from ("".join(f"{'' if part[0] == '[' else '.'}{part}" for part in parts[:n])[1:] for n in range(1, len(parts)))


def _flow(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Texts plain where that cannot be misread, otherwise in double quotes."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)

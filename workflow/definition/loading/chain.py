"""From a file to its chain: what it extends, what that extends, and so on up to the top, merged into one effective document."""

from __future__ import annotations

from pathlib import Path

from workflow.definition.foreign import foreign
from workflow.definition.loading.allowances import overlaid
from workflow.definition.loading.source import Source
from workflow.definition.loading.yaml import read_bytes
from workflow.errors import did_you_mean
from workflow.texts import Text

MOST_LAYERS = 16
_PACKAGE = Path(__file__).parents[2]
_SHIPPED = (_PACKAGE / "definitions", _PACKAGE.parent / "definitions")  # installed, and in a checkout
_EXTENDS = ("extends",)


def shipped() -> dict[str, Path]:
    """The definitions that come with the program, by name."""
    return {path.stem: path for folder in reversed(_SHIPPED) for path in sorted(folder.glob("*.yaml"))}


def effective(own: Source, path: Path) -> Source:
    """What the file at `path` stands for: itself, or, where it extends another, its whole chain merged from the top downwards.

    Raises `DefinitionFault` where the chain cannot be followed to its end; what is wrong in the layers is reported to `own.faults`.
    """
    layers, files = [own], [path]
    while "extends" in layers[-1].data:
        found = _extended(layers[-1], files)
        if found is None:
            own.faults.raise_any()
            break
        files.append(found[0])
        layers.append(found[1])
    merged = layers.pop()
    while layers:
        merged = overlaid(merged, layers.pop())
    return merged


def _extended(source: Source, files: list[Path]) -> tuple[Path, Source] | None:
    """The file a definition extends; None, with the reason reported, if there is no such file or it may not be extended."""
    name = source.data["extends"]
    if not isinstance(name, str) or not name:
        source.fault(_EXTENDS, Text.of("the name of a definition was expected here", "此处应为方案名称"), "extends")
        return None
    try:
        path = _find(files[-1].parent, name)
        if path is None:
            _missing(source, name)
        elif _soundly(source, files, path):
            return path, read_bytes(path.read_bytes(), source.faults.of(str(path)))
    except OSError as error:
        why = foreign(error.strerror)
        said = Text.of(f"the definition {name} cannot be read: {why.say('en')}", f"无法读取方案 {name}：{why.say('zh')}")
        source.fault(_EXTENDS, said, "extends")
    return None


def _find(folder: Path, name: str) -> Path | None:
    """A file beside the one that names it, with or without .yaml, or a definition that comes with the program."""
    beside = (folder / name, folder / f"{name}.yaml")
    return next((path for path in beside if path.is_file()), shipped().get(name))


def _missing(source: Source, name: str) -> None:
    hint = did_you_mean(name, list(shipped()))
    en = f"there is no file {name} or {name}.yaml beside this one, and no definition of that name comes with the program; {hint.say('en')}"
    source.fault(_EXTENDS, Text.of(en, f"此文件旁没有 {name} 或 {name}.yaml，程序也未附带同名方案；{hint.say('zh')}"), "extends")


def _soundly(source: Source, files: list[Path], path: Path) -> bool:
    if path.resolve() in [file.resolve() for file in files]:
        shown = " -> ".join(file.name for file in (*files, path))
        source.fault(_EXTENDS, Text.of(f"extended in a circle: {shown}", f"循环继承：{shown}"), "circle")
        return False
    if len(files) == MOST_LAYERS:
        said = Text.of(f"more than {MOST_LAYERS} layers, one above the other", f"层级超过 {MOST_LAYERS} 层")
        source.fault(_EXTENDS, said, "size")
        return False
    return True

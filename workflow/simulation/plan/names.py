"""What a change is about: from `office.people` to the place in the plan it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from workflow.definition.model import Definition
from workflow.errors import did_you_mean
from workflow.simulation.plan.outcomes import ways_on
from workflow.texts import Text

Way = tuple[str, ...]

_ALONE = ("starts", "finished")
_SECTIONS = ("capacities", "stages", "steps", "policies", "effects", "absence", "batches")
_STEP = ("takes", "unit", "until", "plus", "served_by", "then", "because")


class Unclear(Exception):
    """The name of a change stands for nothing, or for several things; `text` says so."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.say("en"))
        self.text = text


def meant(document: Mapping[str, Any], definition: Definition, name: str) -> list[Way]:
    """The paths a change is written to: several where it is about a phase that has entries for single states. Raises `Unclear`.

    The name of a section may be left out, and `then` before a move: `office.people`, `learning.extend`, `inspection.approve`.
    """
    if not name:
        raise Unclear(Text.of("a name was expected before `=`, such as office.people", "“=”之前应有名称，如 office.people"))
    first, *rest = name.split(".")
    if first in _ALONE and not rest:
        return [(first,)]
    if first in _SECTIONS:
        found = [(first, *way) for way in _within(document, definition, first, rest)]
    else:
        found = [(section, *way) for section in _SECTIONS for way in _within(document, definition, section, [first, *rest])]
    if not found:
        raise Unclear(_nothing(document, definition, name))
    if len(found) > 1:
        listed = [path[0] for path in found]
        en = f"{name} stands for several things, the section was expected before it: {' or '.join(listed)}"
        raise Unclear(Text.of(en, f"{name} 有多种含义，前面应写明所属部分：{'或'.join(listed)}"))
    path = found[0]
    return [("steps", key, *path[2:]) for key in _entries(document, definition, path[1])] if path[0] == "steps" else [path]


def _entries(document: Mapping[str, Any], definition: Definition, key: str) -> list[str]:
    """The entry of a state; or all there are for a phase, with that of the phase itself where some state needs it."""
    if "." in key:
        return [key]
    own = [f"{stage}.{key}" for stage in definition.stages if f"{stage}.{key}" in document["steps"]]
    everywhere = len(own) == sum(state.partition(".")[2] == key for state in definition.states)
    return own if everywhere and key not in document["steps"] else [key, *own]


def _within(document: Mapping[str, Any], definition: Definition, section: str, parts: list[str]) -> list[Way]:
    """The ways parts of a name can be read within a section: one at most, but for a state that is a phase as well."""
    if len(parts) < 1 or section == "steps":
        return _step(definition, parts)
    first, *rest = parts
    if section == "stages":
        return [(first, *rest)] if first in definition.stages and rest == ["extend"] else []
    if first not in document.get(section, {}) and (section, first) not in _ALWAYS:
        return []
    if section == "capacities" and rest == ["capacity"]:
        rest = ["people"]
    return [(first, *rest)]


_ALWAYS = {("policies", "order"), ("policies", "focus"), ("effects", "extend")}


def _step(definition: Definition, parts: list[str]) -> list[Way]:
    """A state and what stands there, or a phase and what stands there."""
    state = ".".join(parts[:2])
    if len(parts) > 2 and state in definition.states:
        return _inside(definition, state, [state], parts[2:])
    if len(parts) < 2:
        return []
    states = [state for state in definition.states if state.partition(".")[2] == parts[0]]
    return _inside(definition, parts[0], states, parts[1:]) if states else []


def _inside(definition: Definition, key: str, states: list[str], parts: list[str]) -> list[Way]:
    if parts[0] in _STEP:
        return [(key, *parts)]
    moves = {move for state in states for move in ways_on(definition, state)}
    return [(key, "then", *parts)] if parts[0] in moves else []


def _nothing(document: Mapping[str, Any], definition: Definition, name: str) -> Text:
    """That a name stands for nothing, and what may have been meant."""
    known = _names(document, definition)
    near = get_close_matches(name, known, n=1) or get_close_matches(name.partition(".")[2], known, n=1)
    hint = did_you_mean(name, near or [each for each in known if each.rpartition(".")[2] in ("people", "extend", "takes")])
    return Text.of(f"{name} is nothing that can be changed; {hint.say('en')}", f"{name} 不是可以更改的内容；{hint.say('zh')}")


def _names(document: Mapping[str, Any], definition: Definition) -> list[str]:
    """What people change most, by its shortest name."""
    found = [f"{name}.people" for name in document.get("capacities", {})]
    found += [f"{stage.id}.extend" for stage in definition.stages.values() if stage.lasts or stage.months]
    for key, step in document["steps"].items():
        then = step.get("then")
        found += [f"{key}.{part}" for part in (*(part for part in step if part != "then"), *(then if isinstance(then, dict) else ()))]
    return [*found, *document["batches"], "starts", "finished"]

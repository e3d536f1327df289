"""What if: a plan with some of its figures changed, checked like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from math import fsum
from typing import Any, get_args

from attrs import evolve

from workflow.definition.loading.faults import Faults, dotted
from workflow.definition.loading.yaml import read_text
from workflow.definition.model import Definition
from workflow.errors import DefinitionFault, Fault
from workflow.simulation.plan.load import load_document
from workflow.simulation.plan.model import Kind, Plan
from workflow.simulation.plan.names import Unclear, Way, meant
from workflow.simulation.plan.outcomes import only_way
from workflow.texts import Text

_KINDS = frozenset(get_args(Kind))


def changed(plan: Plan, changes: Mapping[str, str], definition: Definition) -> Plan:
    """The plan with each change made: `{"office.people": "10", "learning.extend": "10", "inspection.approve": "[0.6, 0.8]"}`.

    A value is written as in the file. Shares that are set take from the others of that step, or leave to them, in proportion. A state
    that has no entry of its own gets one, a copy of that of its phase. Raises `DefinitionFault` with all that is wrong, each with the
    change it comes from.
    """
    document = deepcopy(dict(plan.document))
    made: dict[Way, str] = {}
    order: dict[str, int] = {}
    faults: list[Fault] = []
    for name, text in changes.items():
        written = " ".join(f"{name}={text}".split())
        order[written] = len(order)
        try:
            value = _value(text)
            for path in meant(document, definition, name.strip()):
                _put(document, definition, path, value)
                made[path] = written
        except Unclear as unclear:
            faults.append(Fault(written, "", unclear.text, "change"))
        except DefinitionFault as wrong:
            faults += [evolve(fault, where=written, path="") for fault in wrong.faults]
    _balance(document, made)
    try:
        found = load_document(document, definition)
    except DefinitionFault as wrong:
        faults += [evolve(fault, where=_origin(fault.path, made)) for fault in wrong.faults]
    if faults:
        raise DefinitionFault(sorted(faults, key=lambda fault: order.get(fault.where, len(order))))
    return found


def _value(text: str) -> Any:
    """What stands behind `=`, as YAML. Raises `DefinitionFault`."""
    data = read_text(f"value: {text}", faults := Faults("")).data
    faults.raise_any()
    if list(data) != ["value"]:
        said = Text.of("one value was expected", "应只有一个值")
        raise DefinitionFault([Fault("", "", said, "change")])
    return data["value"]


def _put(document: dict[str, Any], definition: Definition, path: Way, value: Any) -> None:
    """Write a value to a path, and what must be there above it."""
    if path[0] == "steps":
        _prepare_step(document["steps"], definition, path)
    if path[0] == "batches":
        path = _prepare_batch(document["batches"], path, value)
    holder: dict[str, Any] = document
    for part, following in pairwise(path):
        below = holder.get(part)
        if not isinstance(below, dict) or (following in _KINDS and following not in below):
            below = holder[part] = {}
        holder = below
    holder[path[-1]] = value


def _prepare_batch(batches: dict[str, Any], path: Way, value: Any) -> Way:
    """A batch is a date, or a mapping with the date under `from`: either can be changed by a date, and be given what else there is."""
    name = path[1]
    if isinstance(batches[name], str) and len(path) > 2:
        batches[name] = {"from": batches[name]}
    return (*path, "from") if isinstance(batches[name], dict) and len(path) == 2 and isinstance(value, str) else path


def _prepare_step(steps: dict[str, Any], definition: Definition, path: Way) -> None:
    """See that a state has an entry of its own, and its way on a share of its own where shares are to be changed."""
    key = path[1]
    phase = key.partition(".")[2]
    step = steps.setdefault(key, deepcopy(steps.get(phase, {})) if phase else {})
    then = step.get("then")
    if len(path) > 3 and path[2] == "then" and not isinstance(then, dict):
        states = [state for state in definition.states if key in (state, state.partition(".")[2])]
        moves = [then] if isinstance(then, str) and then else [outcome.move for outcome in only_way(definition, states[0])]
        step["then"] = dict.fromkeys(moves, 1)


def _balance(document: dict[str, Any], made: Mapping[Way, str]) -> None:
    """Let the shares nobody changed make room for those that were, so that each attempt makes 1 again."""
    by_step: dict[str, set[str]] = {}
    for path in made:
        if path[0] == "steps" and path[2] == "then" and len(path) == 4:
            by_step.setdefault(path[1], set()).add(path[3])
    for key, moves in by_step.items():
        then = document["steps"][key]["then"]
        if isinstance(then, dict) and all(_are_shares(value) for value in then.values()):
            _make_room(then, moves)


def _are_shares(value: Any) -> bool:
    each = value if isinstance(value, list) else [value]
    return bool(each) and all(isinstance(share, (int, float)) and not isinstance(share, bool) and 0 <= share <= 1 for share in each)


def _make_room(then: dict[str, Any], moves: set[str]) -> None:
    attempts = max(len(value) if isinstance(value, list) else 1 for value in then.values())
    table = {move: list(_by_attempt(value, attempts)) for move, value in then.items()}
    for number in range(attempts):
        left = 1 - fsum(table[move][number] for move in moves)
        others = fsum(shares[number] for move, shares in table.items() if move not in moves)
        if left >= 0 and others > 0:
            for move in table.keys() - moves:
                table[move][number] = min(1.0, table[move][number] * left / others)
    then.update((move, shares) for move, shares in table.items() if move not in moves)


def _by_attempt(value: Any, attempts: int) -> Iterator[float]:
    listed = value if isinstance(value, list) else [value]
    yield from (listed[min(number, len(listed) - 1)] for number in range(attempts))


def _origin(path: str, made: Mapping[Way, str]) -> str:
    """The change a fault comes from: the last one made in its place; where none was made there, all of them together."""
    near = [written for its, written in made.items() if _related(dotted(its), path)]
    return near[-1] if near else ", ".join(dict.fromkeys(made.values()))


def _related(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return bool(short) and long.startswith(short) and long[len(short) :][:1] in ("", ".", "[")

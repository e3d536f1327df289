"""Records held against a host's own validator, once every field is what its type says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from workflow.definition.extensions import HostFault, HostValidator, handed, unusable
from workflow.definition.model import Definition, RecordKind
from workflow.errors import Fault


def validated(
    definition: Definition,
    kind: RecordKind,
    lines: RecordKind | None,
    happened: str,
    values: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
) -> list[Fault]:
    """What the host finds wrong with a record of a kind and with its `rows`, which are of the kind `lines`.

    Raises `WorkflowError` (code "extension-broke") where a validator breaks: then nobody knows, and nothing is written.
    """
    try:
        found = [] if kind is lines else list(_faults(definition, kind, "", happened, values))
        for number, row in enumerate(rows, 1) if lines is not None else ():
            inherited = {name: value for name, value in values.items() if lines and name in lines.fields}
            found += _faults(definition, lines, f"line {number}", happened, {**inherited, **row})
    except HostFault as fault:
        raise unusable(fault) from fault
    return found


def _faults(definition: Definition, kind: RecordKind | None, where: str, happened: str, values: Mapping[str, Any]) -> Iterator[Fault]:
    validator = None if kind is None or kind.validate is None else definition.extensions[kind.validate]
    if kind is None or not isinstance(validator, HostValidator):
        return
    plain = {name: handed(value, kind.fields[name].type if name in kind.fields else "") for name, value in values.items()}
    for place, text in validator.faults({"happened": date.fromisoformat(happened), **plain}, kind.fields):
        yield Fault(where, place, text, "validate")

"""Loading a plan: every fault at once, each at its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from workflow.definition.foreign import foreign
from workflow.definition.loading import load_file, shipped
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Faults
from workflow.definition.loading.schema import check_shape
from workflow.definition.loading.source import Source, read_document
from workflow.definition.loading.yaml import read_bytes, read_text
from workflow.definition.model import Definition
from workflow.errors import DefinitionFault, Fault, did_you_mean
from workflow.simulation.plan import sections
from workflow.simulation.plan.distributions import distribution
from workflow.simulation.plan.model import Distribution, Plan
from workflow.simulation.plan.shape import validator
from workflow.simulation.plan.steps import read_steps
from workflow.simulation.plan.ways import complete
from workflow.texts import Text

_DEFINITION = ("definition",)
_TEN_DAYS = Distribution("constant", (10.0,))


def load_plan(path: str | PathLike[str], definition: Definition) -> Plan:
    """The plan in a YAML file, held against the definition. Raises `DefinitionFault` with all that is wrong."""
    return from_source(_read(path), definition)


def load_text(text: str, definition: Definition, name: str = "<text>") -> Plan:
    """The plan in a YAML text, called `name` in faults. Raises `DefinitionFault` with all that is wrong."""
    return from_source(read_text(text, Faults(name)), definition)


def load_document(document: Mapping[str, Any], definition: Definition) -> Plan:
    """The plan in plain data, as `Plan.document` has it; faults are located by path only. Raises `DefinitionFault`."""
    return from_source(read_document(document, Faults("")), definition)


def planned_definition(path: str | PathLike[str]) -> Definition:
    """The definition a plan is written for: beside it, or one that comes with the program.

    Raises `DefinitionFault` where the plan cannot be read, names none, or that one is faulty.
    """
    source, known = _read(path), shipped()
    name = source.data.get("definition")
    if not isinstance(name, str):
        source.fault(_DEFINITION, Text.of("the id of a definition was expected here", "此处应为方案的标识"), "definition")
        source.faults.raise_any()
    beside = Path(fspath(path)).parent / f"{name}.yaml"
    found = beside if beside.is_file() else known.get(str(name))
    if found is None:
        hint = did_you_mean(str(name), list(known))
        en = f"there is no definition {name}.yaml beside this file, and none of that name comes with the program; {hint.say('en')}"
        said = Text.of(en, f"此文件旁没有方案 {name}.yaml，程序也未附带同名方案；{hint.say('zh')}")
        raise DefinitionFault([Fault(str(source.place(_DEFINITION) or ""), "definition", said, "definition")])
    return load_file(found)


def shipped_plans() -> dict[str, Path]:
    """The plans that come with the program, by name."""
    folders = dict.fromkeys(path.parent / "plans" for path in shipped().values())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def _read(path: str | PathLike[str]) -> Source:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        why = foreign(error.strerror)
        said = Text.of(f"the file cannot be read: {why.say('en')}", f"无法读取文件：{why.say('zh')}")
        raise DefinitionFault([Fault(fspath(path), "", said, "file")]) from None
    return read_bytes(content, Faults(fspath(path)))


def from_source(source: Source, definition: Definition) -> Plan:
    """The plan in what was read. Raises `DefinitionFault` with the faults of reading and all others."""
    draft = Draft(source, check_shape(source, validator()), definition.languages, frozenset())
    plan = _pieces(draft, definition)
    source.faults.raise_any()
    return Plan(id=source.data["plan"], definition=source.data["definition"], document=source.data, **plan)


def _pieces(draft: Draft, definition: Definition) -> dict[str, Any]:
    """All parts of a plan, every fault in them reported."""
    starts = draft.date(("starts",))
    parts = {
        "title": draft.text(("title",)),
        "starts": starts,
        "batches": sections.batches(draft, starts),
        "capacities": sections.capacities(draft),
        "extend_days": distribution(draft, ("effects", "extend", "days"), _TEN_DAYS),
    }
    if not _fits(draft, definition):
        return parts  # held against another definition, every name would be wrong
    goals, found = sections.goals(draft, definition), read_steps(draft, definition)
    return {
        **parts,
        "goals": goals,
        "steps": {} if goals is None else complete(draft, definition, goals, found),
        "policy": sections.policy(draft),
        "extended": sections.extended(draft, definition),
        "absence": sections.absence(draft, definition),
    }


def _fits(draft: Draft, definition: Definition) -> bool:
    """Is the plan written for this definition, or for one it extends?"""
    named, known = draft.get(_DEFINITION), [definition.id, *(layer.definition for layer in definition.layers)]
    if named is None or named in known:
        return True
    en = f"this plan is written for {named}, it cannot be simulated with {definition.id}"
    draft.fault(_DEFINITION, en, f"此计划是为 {named} 编写的，不能用于 {definition.id}", "definition")
    return False

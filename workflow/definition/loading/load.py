"""Loading a definition: every fault at once, each at its line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

from workflow.canonical import in_order
from workflow.definition.expressions import World
from workflow.definition.extensions import NONE, Extensions, functions
from workflow.definition.foreign import foreign
from workflow.definition.loading import build, guards
from workflow.definition.loading.audits import audits
from workflow.definition.loading.authority import authority, batches
from workflow.definition.loading.calendar import calendar
from workflow.definition.loading.chain import effective
from workflow.definition.loading.collisions import check_collisions
from workflow.definition.loading.deadlines import check_deadlines, deadlines
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.extensions import check_validators, extensions
from workflow.definition.loading.faults import Faults
from workflow.definition.loading.references import check_references
from workflow.definition.loading.reminders import reminders
from workflow.definition.loading.reports import reports
from workflow.definition.loading.rules import check_rules
from workflow.definition.loading.schema import Shape, check_shape
from workflow.definition.loading.source import Source, read_document
from workflow.definition.loading.yaml import read_bytes, read_text
from workflow.definition.model import Definition, Layer, Tightening
from workflow.errors import DefinitionFault, Fault
from workflow.texts import Text

_BRANCH = Text.of("branch", "支部")
_MEMBER = Text.of("member", "党员")


def load_file(path: str | PathLike[str], *, extensions: Extensions = NONE) -> Definition:
    """The definition in a YAML file; it may call on the `extensions`, and without any on nothing but the language.

    Raises `DefinitionFault` with all that is wrong, also where the file cannot be read.
    """
    return from_source(read_file(path), extensions=extensions)


def load_text(text: str, name: str = "<text>", *, extensions: Extensions = NONE) -> Definition:
    """The definition in a YAML text, called `name` in faults; what it extends is looked for beside a file of that name.

    Raises `DefinitionFault` with all that is wrong.
    """
    return from_source(effective(read_text(text, Faults(name)), Path(name)), extensions=extensions)


def load_document(document: Mapping[str, Any], *, validated: bool = False, extensions: Extensions = NONE) -> Definition:
    """The definition in plain data, as `Definition.document` has it; faults are located by path only.

    `validated`: the document was loaded before, so its shape need not be checked again. Raises `DefinitionFault`.
    """
    source = read_document(document, Faults(""))
    if "extends" in source.data:
        en = "plain data stands alone, the effective document was expected: load the file instead"
        source.fault(("extends",), Text.of(en, "普通数据须自成一体，应为合并后的方案；请改为读取文件"), "extends")
    return from_source(source, validated=validated, extensions=extensions)


def read_file(path: str | PathLike[str]) -> Source:
    """The plain data of a YAML file, merged with what it extends, and where each piece of it stands.

    Raises `DefinitionFault` where it is no YAML, or extends what cannot be found.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        why = foreign(error.strerror)
        said = Text.of(f"the file cannot be read: {why.say('en')}", f"无法读取文件：{why.say('zh')}")
        raise DefinitionFault([Fault(str(path), "", said, "file")]) from None
    return effective(read_bytes(content, Faults(str(path))), Path(path))


def from_source(source: Source, *, validated: bool = False, extensions: Extensions = NONE) -> Definition:
    """The definition in what was read. Raises `DefinitionFault` with the faults of reading and all others."""
    draft = Draft.of(source, Shape(source.data) if validated else check_shape(source))
    pieces = _pieces(draft, extensions)
    source.faults.raise_any()
    document = source.data
    return Definition(
        id=document["definition"],
        version=document.get("version", "1"),
        hash=document_hash(document),
        document=document,
        languages=draft.languages,
        time_policy=document.get("time_policy", "quality-first"),
        layers=tuple(Layer(**layer) for layer in document.get("layers", ())),
        tightened={path: _tightenings(changes) for path, changes in document.get("tightened", {}).items()},
        **pieces,
    )


def document_hash(document: Mapping[str, Any]) -> str:
    """The hash of a definition's plain data: it covers the names and versions of the extensions it calls on."""
    return sha256(in_order(document).encode()).hexdigest()


def _tightenings(changes: Sequence[Mapping[str, Any]]) -> tuple[Tightening, ...]:
    return tuple(Tightening(**change) for change in changes)


def _pieces(draft: Draft, registered: Extensions) -> dict[str, Any]:
    """All parts of a definition, every fault in them reported."""
    found = extensions(draft, registered)
    gates, cases, records, members = build.gates(draft), build.cases(draft), build.records(draft), build.members(draft)
    stages, parameters, branch_fields = build.stages(draft, gates), guards.parameters(draft), build.fields(draft, ("branches", "fields"))
    check_references(draft)
    check_rules(draft, records)
    check_validators(draft, found)
    check_deadlines(draft)
    check_collisions(draft, gates, stages, cases)
    known: dict[str, Any] = {
        "parameters": parameters,
        "branch_fields": branch_fields,
        "members": members,
        "records": records,
        "cases": cases,
    }
    world = World(**known, stages=stages, gates=gates, functions=functions(found))
    requirements = guards.requirements(draft, world, guards.takes_by_requirement(gates, stages, cases))
    return {
        **known,
        "title": draft.text(("title",)),
        "branch_label": _label(draft, "branch", _BRANCH),
        "member_label": _label(draft, "member", _MEMBER),
        "calendar": calendar(draft, found),
        "extensions": found,
        "units": {unit: draft.text(path) for path, unit, _ in draft.entries(("units",))},
        "instruments": build.instruments(draft),
        "roles": build.roles(draft),
        "requirements": requirements,
        "gates": guards.with_effects(draft, gates, world),
        "stages": stages,
        "deadlines": deadlines(draft, world),
        "reminders": reminders(draft),
        "invariants": build.invariants(draft),
        "reports": reports(draft, world),
        "audits": audits(draft, world),
        "authority": authority(draft),
        "batches": batches(draft, requirements, parameters),
    }


def _label(draft: Draft, key: str, instead: Text) -> Text:
    path = ("labels", key)
    return instead if draft.get(path) is None else draft.text(path)

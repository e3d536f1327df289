"""Definitions for tests: a small one that is in order, and others made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition import Definition, load_document, load_text
from workflow.texts import humanise

MINIMAL = """\
definition: minimal
title: A minimal campaign
roles: {secretary: {scope: branch}, office: {scope: all}}
instruments: {rules: {title: The rules, issuer: the office, issued: 2026-01-05}}
parameters: {study_hours: {value: 8, unit: h, basis: rules}}
members: {status: [member]}
records:
  study: {of: member, fields: {hours: {type: number, unit: h, min: 0}}, by: secretary}
  report: {of: branch, fields: {accepted: boolean}, by: office}
requirements:
  study_hours:
    title: Every member has studied at least {study_hours}
    each: member
    check: sum(s.hours for s in member.study) >= study_hours
    owner: secretary
    remedy: study the hours that are missing
    basis: rules
    waivable_by: office
  report_accepted:
    title: The latest report is accepted
    check: last(branch.report).accepted
    owner: office
    remedy: accept the report
    basis: rules
gates:
  transfer:
    phases: [working, applied]
    moves:
      apply: {from: working, to: applied, by: secretary}
      approve: {from: applied, to: next_stage, by: office, not_by: apply}
stages:
  learning: {gate: transfer, lasts: 30d, requires: [study_hours, report_accepted]}
  practice: {gate: transfer, lasts: 30d}
deadlines:
  transfer_due:
    title: The first stage is over
    due: {after: learning, days: 30}
    owner: secretary
    until: branch.stage != "learning"
    ladder: [-7d, 0d]
"""

_GO_TOGETHER = ("records", "requirements", "stages", "deadlines")  # what names each other


def minimal() -> Definition:
    """The definition in the text `MINIMAL`."""
    return load_text(MINIMAL, "minimal")


def definition(parts: Mapping[str, Any] | None = None, /, **more: Any) -> Definition:
    """A definition of which only what matters is said: top-level parts as plain data, the others those of `MINIMAL`.

    With `records` or `requirements` of its own it has none of the minimal ones, and the first stage requires all of them unless
    `stages` says otherwise. A requirement only needs its `check`: title, owner, remedy and basis are filled in. A part that is None is
    left out. Raises `DefinitionFault` with all that is wrong.
    """
    given = {**(parts or {}), **more}
    document = dict(minimal().document)
    if any(name in given for name in _GO_TOGETHER):
        for name in _GO_TOGETHER:
            document.pop(name, None)
    document |= given
    if document.get("requirements"):
        document["requirements"] = {name: _requirement(name, each, document) for name, each in document["requirements"].items()}
    if "stages" not in document:
        gate = next(iter(document["gates"]))
        document["stages"] = {"learning": {"gate": gate, "requires": list(document.get("requirements") or ())}, "practice": {"gate": gate}}
    return load_document({name: part for name, part in document.items() if part is not None})


def _requirement(name: str, said: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What a requirement has to say beside its check, if it does not."""
    instruments = document.get("instruments") or {}
    instead = {
        "title": humanise(name).say("en").capitalize(),
        "owner": next(iter(document["roles"]), ""),
        "remedy": "see to it",
        "basis": next(iter(instruments), "none"),
    }
    return {**instead, **said}

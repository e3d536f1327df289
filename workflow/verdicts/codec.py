"""Verdicts and outlooks as plain JSON values and back. What stands at its default is left out: a ledger keeps millions of these."""

from __future__ import annotations

from typing import Any

import cattrs
from attrs import evolve
from cattrs.gen import make_dict_unstructure_fn

from workflow.definition.expressions import Figure
from workflow.verdicts.findings import Finding, Person, Position, Shortfall, Verdict, Waived
from workflow.verdicts.outlook import Outlook, Waypoint


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True, unstruct_collection_overrides={tuple: list})
    for kind in (Person, Waived, Position, Figure, Shortfall, Finding, Verdict, Waypoint, Outlook):
        converter.register_unstructure_hook(kind, make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True))
    return converter


_CONVERTER = _converter()


def to_plain(value: Verdict | Outlook | Finding) -> dict[str, Any]:
    """Plain values for JSON, with stable codes and no texts."""
    plain: dict[str, Any] = _CONVERTER.unstructure(value)
    return plain


def verdict_of(plain: dict[str, Any], event: Position | None = None) -> Verdict:
    """The verdict as it was stored, not computed again."""
    return evolve(_CONVERTER.structure(plain, Verdict), event=event)

"""The shape of a plan: the shipped JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of plans, as plain data."""
    found: dict[str, Any] = json.loads((files("workflow.simulation.plan") / "plan.schema.json").read_text("utf-8"))
    return found


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())

"""The JSON Schemas that come with the package: of the definition language, and of what the program answers in JSON."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from workflow.errors import NotFound, did_you_mean
from workflow.texts import Text

SCHEMAS = {
    "definition": "workflow.definition",
    "verdict": "workflow.verdicts",
    "outlook": "workflow.verdicts",
    "board": "workflow.verdicts",
    "cases": "workflow.verdicts",
    "timeline": "workflow.verdicts",
    "due": "workflow.verdicts",
    "simulation": "workflow.simulation.answers",
    "rehearsal": "workflow.simulation.rehearsal",
}  # name -> package


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one of the names in `SCHEMAS`, such as "verdict" or "simulation".

    Each refers to nothing outside itself. Raises `NotFound` for another name.
    """
    package = SCHEMAS.get(name)
    if package is None:
        hint = did_you_mean(name, list(SCHEMAS))
        raise NotFound(Text.of(f"there is no schema {name}; {hint.say('en')}", f"没有模式 {name}；{hint.say('zh')}"), "schema")
    found: dict[str, Any] = json.loads((files(package) / f"{name}.schema.json").read_text("utf-8"))
    return found

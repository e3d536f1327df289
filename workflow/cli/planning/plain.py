"""The answers of a simulation as plain data: `workflow.schema("simulation")` describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import fields, has

from workflow.simulation.answers import Answers, Comparison
from workflow.simulation.answers.assignment import GroupShare
from workflow.simulation.answers.collisions import Collisions
from workflow.simulation.answers.model import Chance
from workflow.simulation.answers.sensitivity import Swing
from workflow.texts import LANGUAGES, Text


def plain(
    answers: Answers,
    comparison: Comparison | None,
    assigned: Sequence[GroupShare],
    collided: Collisions,
    where: Text,
    *,
    swings: Sequence[Swing] | None = None,
    pictures: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything; `compared` is None where nothing was, and so is `sensitivity`. `pictures` are the files written."""
    compared = None
    if comparison is not None:
        compared = {
            "changes": dict(comparison.changes),
            "answers": to_plain(comparison.after),
            "differences": to_plain(comparison.differences),
        }
    return {
        "branches_of": to_plain(where),
        "answers": to_plain(answers),
        "compared": compared,
        "assignment": to_plain(assigned),
        "calendar": to_plain(collided),
        "sensitivity": to_plain(swings),
        "pictures": list(pictures),
    }


def to_plain(value: Any) -> Any:
    """Objects as mappings, texts by language, days as ISO; a chance with its value."""
    if isinstance(value, Text):
        return {lang: value.say(lang) for lang in dict.fromkeys([*LANGUAGES, *filter(None, value.by_language)])}
    if isinstance(value, date):
        return value.isoformat()
    if has(type(value)):
        found = {each.name: to_plain(getattr(value, each.name)) for each in fields(type(value))}
        return {"value": value.value, **found} if isinstance(value, Chance) else found
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value

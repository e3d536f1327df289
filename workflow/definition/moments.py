"""What a due time may be reckoned from, by the name a definition gives it.

| name | the day |
|---|---|
| `STAGE`, `STAGE.PHASE` | the branch entered the stage (its present attempt), or the state; only while it stands there |
| `STAGE.planned_end` | the stage is planned to end, extensions and pauses included; only while the branch is in it |
| `RECORD` | the first record of that kind happened |
| `RECORD.FIELD` | the latest record of that kind says in a date field |
| `CASE` | the case was opened |
| `CASE.STATE` | the case came into that state; only while it is in it |
| `CASE.FIELD` | the case says in a date field |
"""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from workflow.definition.model import Definition

PLANNED_END = "planned_end"

Kind = Literal["stage", "state", "planned_end", "record", "case"]


@frozen
class Moment:
    """What kind of event a name stands for; `of` is the stage, state, record kind or case kind, `part` a date field or a case's state."""

    kind: Kind
    of: str
    part: str = ""


def moment(definition: Definition, name: str) -> Moment:
    """The event a name stands for, in a definition that loads."""
    owner, _, part = name.partition(".")
    if name in definition.stages:
        return Moment("stage", name)
    if name in definition.states:
        return Moment("state", name)
    if owner in definition.stages:
        return Moment("planned_end", owner)
    return Moment("record" if owner in definition.records else "case", owner, part)

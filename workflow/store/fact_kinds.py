"""One fact each: a branch, a member, a case, a step, a waiver, a grant, as they stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import define, frozen

from workflow.store.pauses import Pause


@define(eq=False)
class BranchFact:
    """A branch as it stands. `state` is "stage.phase"; `entered`, `since`, `planned_end`, `ended` are local dates as ISO texts or None.

    One that `ended` was merged or dissolved; `successor` is the branch that took it over. `paused` are the days it was
    suspended until today, in all.
    """

    id: str
    title: str
    batch: str | None
    group: str | None
    parent: str | None
    fields: Mapping[str, Any]
    state: str
    ordinal: int  # attempts over the branch's whole life
    attempt: int  # attempt in this stage
    entered_at: str
    since_at: str
    extended: int
    closed: frozenset[str]
    done: dict[str, list[str]]
    entered: str
    since: str
    planned_end: str | None
    pauses: tuple[Pause, ...] = ()
    paused: int = 0
    ended: str | None = None
    successor: str | None = None

    @property
    def suspended(self) -> str | None:
        """The day the pause began that lasts; None where the branch is not suspended."""
        return self.pauses[-1][0] if self.pauses and self.pauses[-1][1] is None else None

    @property
    def stage(self) -> str:
        return self.state.partition(".")[0]

    @property
    def phase(self) -> str:
        return self.state.partition(".")[2] or self.state


@define(eq=False)
class MemberFact:
    """A member; flags and fields are decoded only when asked for: most rules ask for neither.

    `came` is the local date on which they came onto this roll, empty where nobody needs it.
    """

    id: str
    branch: str
    name: str
    status: str
    _flags: str
    _fields: str
    came: str = ""

    @property
    def flags(self) -> frozenset[str]:
        return _flags(self._flags)

    @property
    def fields(self) -> Mapping[str, Any]:
        return _fields(self._fields)


@lru_cache(maxsize=1024)
def _flags(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


@lru_cache(maxsize=1024)
def _fields(text: str) -> Mapping[str, Any]:
    return MappingProxyType(json.loads(text))


@define(eq=False)
class CaseFact:
    """A case as it stands; `opened` and `since` are local dates."""

    id: str
    kind: str
    branch: str
    member: str
    state: str
    open: bool
    opened: str
    since: str
    fields: dict[str, Any]
    done: dict[str, list[str]]


@frozen
class StepFact:
    id: str
    closed: bool


@frozen
class WaiverFact:
    seq: int
    requirement: str
    member: str  # "" is the whole requirement
    reason: str
    by: str
    role: str
    until: str | None
    recorded: str


@frozen
class Grant:
    person: str
    name: str
    role: str
    target: str  # a branch, group:GROUP, or "*"


GROUP = "group:"  # what the target of a grant begins with that holds for a group; the id of no branch does


def group_target(group: str) -> str:
    """The target of a grant that holds for the branches of a group: never the id of a branch."""
    return f"{GROUP}{group}"

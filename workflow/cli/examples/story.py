"""What an example consists of: people, a roster, and a story told in commands, day by day."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from attrs import Factory, define, field, frozen

from workflow.calendars import Calendar

COLUMNS = (
    "branch", "title", "batch", "group", "parent", "sector", "kind", "focus", "paired_village",
    "person", "name", "status", "flags", "roles", "rank",
)  # fmt: skip
_ENTERED = "T17:00:00+08:00"  # everything of a day is entered in the evening


@frozen
class Member:
    id: str
    name: str
    status: str
    flags: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()
    rank: str = ""

    def row(self, branch: str) -> dict[str, str]:
        listed = {"flags": ";".join(sorted(self.flags)), "roles": ";".join(self.roles)}
        return {"branch": branch, "person": self.id, "name": self.name, "status": self.status, "rank": self.rank, **listed}


@frozen
class Cast:
    """Who acts in the story of one branch. `members` is its whole roll."""

    branch: str
    members: tuple[Member, ...]
    secretary: str
    clerk: str
    chief: str
    marker: str
    group: str
    office: str
    approver: str
    head: str  # of the leading group

    @property
    def reached(self) -> list[Member]:
        """All but those out of contact."""
        return [member for member in self.members if "lost_contact" not in member.flags]

    @property
    def leaders(self) -> list[str]:
        return [member.id for member in self.members if "leading_cadre" in member.flags]

    def flagged(self, flag: str) -> list[str]:
        return [member.id for member in self.members if flag in member.flags]


@define
class Story:
    """The commands of one branch. Days need not come in order; what is of one day stays in the order it was told."""

    branch: str
    told: list[dict[str, Any]] = Factory(list)
    _cases: Counter[str] = field(factory=Counter, init=False)

    def record(self, day: date, kind: str, by: str, lines: Sequence[Any] = (), **fields: Any) -> None:
        said: dict[str, Any] = {"record": kind, "happened": day.isoformat(), "by": by, "fields": fields}
        if lines:
            said["lines"] = list(lines)
        self._tell(day, said)

    def move(self, day: date, move: str, by: str, **takes: Any) -> None:
        self._tell(day, {"move": move, "by": by, **({"takes": takes} if takes else {})})

    def open_case(self, day: date, kind: str, by: str, member: str | None = None, **fields: Any) -> str:
        """Opens a case, and says what its id will be: cases of a kind must be told in the order of their days."""
        self._cases[kind] += 1
        self._tell(day, {"open_case": kind, "by": by, **({"member": member} if member else {}), "fields": fields})
        return f"{kind}-{self._cases[kind]}"

    def move_case(self, day: date, case: str, move: str, by: str, **takes: Any) -> None:
        self._tell(day, {"case": case, "move": move, "by": by, **({"takes": takes} if takes else {})})

    def waive(self, day: date, requirement: str, by: str, members: Sequence[str], reason: str) -> None:
        self._tell(day, {"waive": requirement, "by": by, "members": list(members), "reason": reason})

    def _tell(self, day: date, said: dict[str, Any]) -> None:
        self.told.append({"at": day.isoformat() + _ENTERED, "branch": self.branch, **said})


@frozen
class Written:
    """One file of commands: how many documents, lines of members, and other commands are in it."""

    path: Path
    documents: int
    lines: int
    commands: int


def write_story(path: Path, stories: Iterable[Story]) -> Written:
    """All stories in one file, in the order of their days."""
    told = sorted((said for story in stories for said in story.told), key=lambda said: said["at"])
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n" for said in told)
    documents = [said for said in told if "record" in said]
    return Written(path, len(documents), sum(len(said.get("lines", ())) for said in documents), len(told) - len(documents))


def write_roster(path: Path, rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@cache
def _working_days() -> tuple[date, ...]:
    days = (date(2005, 1, 1) + timedelta(days=n) for n in range(200))
    return tuple(day for day in days if Calendar(country="CN").is_working_day(day))


def working_day(start: date, after: int) -> date:
    """The `after`-th working day from `start` on; with 0, `start` itself or the first one after it."""
    return [day for day in _working_days() if day >= start][after]


def working_day_before(end: date, before: int) -> date:
    """The `before`-th working day before `end`."""
    return [day for day in _working_days() if day < end][-before]


def working_days_between(start: date, end: date) -> int:
    """How many working days come after `start`, up to `end`."""
    return sum(start < day <= end for day in _working_days())

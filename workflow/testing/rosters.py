"""Rosters for tests: branches, members, and people with their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field

from workflow.definition import Definition
from workflow.engine.entry import several
from workflow.engine.tables.roster_words import OF_BRANCH, OF_MEMBER

Names = str | Sequence[str]
Row = dict[str, str]


@define
class Roster:
    """Written down in one chain, read by `workflow.testing.campaign`:

        Roster().branch("north", members=3, secretary="ann").people(office="bea")

    Names are made of ids, titles too; the status of a member is the definition's first or default one.
    """

    _rows: list[Row] = field(factory=list)
    _members: list[Row] = field(factory=list)

    def branch(
        self,
        branch: str,
        *,
        members: int | Names | Mapping[str, str] = 0,
        title: str = "",
        batch: str = "",
        group: str = "",
        parent: str = "",
        fields: Mapping[str, Any] | None = None,
        **roles: Names,
    ) -> Roster:
        """A branch. `members`: how many (called BRANCH-1, BRANCH-2, ...), their ids, or ids with the status of each. `roles`: who holds
        which role there; they are members only if they are named as such."""
        about = {"branch": branch, "title": title or _called(branch), "batch": batch, "group": group, "parent": parent}
        self._rows.append(_without_blanks({**about, **_fields(OF_BRANCH, fields)}))
        if isinstance(members, int):
            members = [f"{branch}-{n}" for n in range(1, members + 1)]
        found = members if isinstance(members, Mapping) else dict.fromkeys(several(members), "")
        for person, status in found.items():
            self.member(branch, person, status=status)
        for role, people in roles.items():
            for person in several(people):
                self._rows.append({"branch": branch, "person": person, "name": _called(person), "roles": role})
        return self

    def member(
        self,
        branch: str,
        person: str,
        *,
        name: str = "",
        status: str = "",
        flags: Names = (),
        roles: Names = (),
        fields: Mapping[str, Any] | None = None,
    ) -> Roster:
        """Somebody on the roll of a branch, of whom there is more to say."""
        about = {"branch": branch, "person": person, "name": name or _called(person), "status": status, "flags": ";".join(several(flags))}
        self._members.append(_without_blanks({**about, "roles": ";".join(several(roles)), **_fields(OF_MEMBER, fields)}))
        return self

    def person(self, person: str, *, name: str = "", roles: Names = (), group: str = "", branch: str = "") -> Roster:
        """Somebody on no roll, with roles for the whole campaign, for the branches of a `group`, or for one `branch`."""
        about = {"branch": branch, "person": person, "name": name or _called(person), "roles": ";".join(several(roles)), "group": group}
        self._rows.append(_without_blanks(about))
        return self

    def people(self, **roles: Names) -> Roster:
        """Who holds which role for the whole campaign: `people(office="bea", board=["cy", "dee"])`."""
        for role, people in roles.items():
            for person in several(people):
                self.person(person, roles=role)
        return self

    def rows(self, definition: Definition) -> list[Row]:
        """Rows as `Campaign.import_roster` takes them."""
        members = definition.members
        first = "" if members is None else members.default or next(iter(members.status))
        enrolled = [_without_blanks({**row, "status": row.get("status", first)}) for row in self._members]
        return _squared([*self._rows, *enrolled])


def _called(ident: str) -> str:
    return ident.replace("_", " ").replace("-", " ").title()


def _fields(prefix: str, fields: Mapping[str, Any] | None) -> Row:
    return {prefix + name: str(value) for name, value in (fields or {}).items()}


def _without_blanks(row: Row) -> Row:
    return {column: cell for column, cell in row.items() if cell}


def _squared(rows: Iterable[Row]) -> list[Row]:
    """Every row with the same columns, as in a table."""
    found = list(rows)
    columns = dict.fromkeys(column for row in found for column in row)
    return [{column: row.get(column, "") for column in columns} for row in found]

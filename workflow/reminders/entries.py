"""A row of the due table: one open deadline, what was said of it, and when it rings next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from attrs import evolve, frozen

from workflow.store import Store
from workflow.verdicts.dues import DueItem

Key = tuple[str, str, str, str]  # branch, deadline, subject, first day of the period
Rung = tuple[str, str]  # the local day (ISO), and the role that is to hear

COLUMNS = "branch, deadline, subject, period, ends, definition, name, day, confirmed, known, told, agreed, ring"

_PUT = f"INSERT OR REPLACE INTO workflow_due ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"
_ROW = attrgetter(*COLUMNS.split(", "))


@frozen
class Entry:
    """Days are local, as ISO texts; the fields stand in the order of `COLUMNS`.

    It stands as it does since `known`, as far as anybody could tell. What was to be said up to the day `told` has rung ("" for
    nothing); `agreed` is the due day people know of: once it is another, they are to be told. It rings on `ring`, or (None) never again.
    """

    branch: str
    deadline: str
    subject: str
    period: str
    ends: str
    definition: str
    name: str
    day: str | None
    confirmed: int
    known: str
    told: str
    agreed: str | None
    ring: str | None

    @property
    def key(self) -> Key:
        return self.branch, self.deadline, self.subject, self.period

    @property
    def moved(self) -> str | None:
        """The day people take it to be due, where that is another by now."""
        return None if self.agreed == self.day else self.agreed

    @classmethod
    def of(cls, item: DueItem, known: str) -> Entry:
        """One that is new."""
        begins, ends = item.period or ("", "")
        about = (item.branch, item.deadline, item.subject, begins, ends, item.definition, item.name, item.day, int(item.confirmed))
        return cls(*about, known, "", item.day, None)

    def after(self, before: Entry | None) -> Entry:
        """This one in the place of what stood in the table `before`: what has rung has rung, unless nobody knew of any day."""
        if before is None or (before.agreed is None and before.day != self.day):
            return self
        if before.day == self.day and before.ring is not None:
            return evolve(self, known=before.known, told=before.told, agreed=before.agreed)
        # Another day, or silent until now: nothing of it could be said before. A clock that was wrong must not have the last word.
        return evolve(self, told=min(before.told, self.known), agreed=before.agreed)

    def ringing(self, rungs: tuple[Rung, ...], *, silent: bool = False) -> Entry:
        """With the day it rings next: at once if its day moved, `silent` ones not at all."""
        if silent:
            return evolve(self, ring=None)
        ahead = next((day for day, _ in rungs if day > self.told), None)
        return evolve(self, ring=self.known if self.moved is not None else ahead)

    def reached(self, rungs: tuple[Rung, ...], today: str) -> dict[str, str]:
        """The roles whose rungs were reached by `today` and have not rung yet, each with the day on which it was to hear of it."""
        roles: dict[str, str] = {}
        for day, role in rungs:
            if self.told < day <= today:
                roles.setdefault(role, max(day, self.known))
        return roles

    def rung(self, rungs: tuple[Rung, ...]) -> frozenset[str]:
        """The roles that have heard of it up to now, by a ladder."""
        return frozenset(role for day, role in rungs if day <= self.told)


def entries(store: Store, where: str, parameters: Sequence[object] = ()) -> list[Entry]:
    """The entries of which an SQL condition is true."""
    return [Entry(*row) for row in store.rows(f"SELECT {COLUMNS} FROM workflow_due WHERE {where}", parameters)]


def put(store: Store, changed: Iterable[Entry]) -> None:
    store.executemany(_PUT, map(_ROW, changed))

"""A row of the due table: one open deadline, what was said of it, and when it rings next."""

from __future__ import annotations

from attrs import evolve, frozen

from workflow.reminders.ladders import Rung
from workflow.verdicts.dues import DueItem

Key = tuple[str, str, str, str]  # branch, deadline, subject, first day of the period

COLUMNS = "branch, deadline, subject, period, ends, definition, name, day, confirmed, known, told, moved, ring"


@frozen
class Entry:
    """Days are local, as ISO texts; the fields stand in the order of `COLUMNS`.

    It is open since `known` as far as anybody could tell. What was to be said up to the day `told` has been said ("" for nothing);
    `moved` is the day it was due before, as long as nobody was told that it moved. It rings on `ring`, or (None) never again.
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
    moved: str | None
    ring: str | None

    @property
    def key(self) -> Key:
        return self.branch, self.deadline, self.subject, self.period

    @classmethod
    def of(cls, item: DueItem, known: str) -> Entry:
        """One that is new."""
        begins, ends = item.period or ("", "")
        about = (item.branch, item.deadline, item.subject, begins, ends, item.definition, item.name, item.day, int(item.confirmed))
        return cls(*about, known, "", None, None)

    def after(self, before: Entry | None) -> Entry:
        """This one, in the place of what stood in the table `before`: what was said stays said, and that the day moved is to be said."""
        if before is None:
            return self
        moved = before.moved
        if moved is None and None not in (before.day, self.day) and before.day != self.day:
            moved = before.day
        return evolve(self, known=before.known, told=before.told, moved=None if moved == self.day else moved)

    def ringing(self, rungs: tuple[Rung, ...], *, silent: bool) -> Entry:
        """With the day it rings next: at once if its day moved, `silent` ones not at all."""
        if silent:
            return evolve(self, ring=None)
        ahead = next((day for day, _ in rungs if day > self.told), None)
        return evolve(self, ring=self.known if self.moved is not None else ahead)

    def heard(self, rungs: tuple[Rung, ...], owner: str, today: str) -> dict[str, str]:
        """The roles that are to hear of it by `today`, each with the day on which they were to.

        Of one whose day moved, its owner and all who were told of the old day hear, if of nothing else.
        """
        roles: dict[str, str] = {}
        for day, role in rungs:
            if self.told < day <= today:
                roles.setdefault(role, max(day, self.known))
        if self.moved is not None:
            for role in (owner, *(role for day, role in rungs if day <= self.told)):
                roles.setdefault(role, today)
        return roles

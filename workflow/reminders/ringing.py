"""What rings is put down for whoever is to hear it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import define, evolve, field

from workflow.definition.model import Deadline
from workflow.engine.campaign import Campaign
from workflow.reminders.due_table import entries, put
from workflow.reminders.entries import Entry
from workflow.reminders.hearers import Hearers
from workflow.reminders.ladders import Ladders, open_day
from workflow.store import Store

_MANY = 5_000  # entries that ring in one transaction

_RINGING = f"ring <= ? ORDER BY ring, branch LIMIT {_MANY}"
_PUT_DOWN = """INSERT INTO workflow_announcement (person, branch, deadline, subject, period, role, meant, moved)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET moved = COALESCE(moved, excluded.moved), meant = MIN(meant, excluded.meant)"""
_WRITTEN_TO = "SELECT person FROM workflow_notice WHERE id = 'digest:' || person || ':' || ?"


@define
class Rung:
    """What one round of ringing came to: how many things were put down, and the roles nobody holds, each with its branch."""

    announced: int = 0
    unheard: set[tuple[str, str]] = field(factory=set)


def ring(campaign: Campaign, today: str) -> Rung:
    """Put down what rings up to today, for everybody who is to hear it. Whatever rings is said to somebody or named as unheard."""
    found = Rung()
    while _ring_some(campaign, today, found):
        pass
    return found


def _ring_some(campaign: Campaign, today: str, found: Rung) -> bool:
    store = campaign.store
    if store.row("SELECT 1 FROM workflow_due WHERE ring <= ? LIMIT 1", (today,)) is None:
        return False
    with store.write():
        ringing = entries(store, _RINGING, (today,))
        round_ = _Round(campaign, today, Hearers.load(campaign, sorted({entry.branch for entry in ringing})), _written_to(store, today))
        rows = [row for entry in ringing for row in round_.of(entry, found)]
        store.executemany(_PUT_DOWN, rows)
        put(store, (round_.rung(entry) for entry in ringing))
    found.announced += len(rows)
    return True


def _written_to(store: Store, today: str) -> frozenset[str]:
    """Whoever has had their letter of today already: what rings for them now is for the next day."""
    return frozenset(person for (person,) in store.rows(_WRITTEN_TO, (today,)))


@define
class _Round:
    campaign: Campaign
    today: str
    hearers: Hearers
    written_to: frozenset[str]
    ladders: Ladders = field(factory=Ladders)

    def of(self, entry: Entry, found: Rung) -> Iterator[Sequence[object]]:
        """One row for everybody who is to hear of an entry."""
        deadline, rungs = self._deadline(entry), self._rungs(entry)
        said: set[str] = set()
        for role, meant in entry.heard(rungs, deadline.owner, self.today).items():
            upwards = [role, *(above for _, above in rungs if above != deadline.owner)]
            held = next(((each, people) for each in upwards if (people := self.hearers.of(entry.branch, each))), None)
            if held is None:
                found.unheard.add((entry.branch, role))
                continue
            for person in held[1]:
                if person.id not in said:
                    said.add(person.id)
                    yield person.id, *entry.key, held[0], self._meant(deadline, entry, person.id, meant), entry.moved

    def rung(self, entry: Entry) -> Entry:
        """The entry once this has been said."""
        return evolve(entry, told=max(entry.told, self.today), moved=None).ringing(self._rungs(entry), silent=False)

    def _meant(self, deadline: Deadline, entry: Entry, person: str, meant: str) -> str:
        """On a day that is not worked, or after the letter of the day, it was never to be said but on the next."""
        day = date.fromisoformat(meant)
        if person in self.written_to and meant == self.today:
            day += timedelta(days=1)
        if not deadline.urgent:
            day = open_day(self.campaign.version(entry.definition).calendar, day)
        return day.isoformat()

    def _deadline(self, entry: Entry) -> Deadline:
        return self.campaign.version(entry.definition).deadlines[entry.deadline]

    def _rungs(self, entry: Entry) -> tuple[tuple[str, str], ...]:
        return self.ladders.of(self.campaign.version(entry.definition), entry.deadline, entry.day)

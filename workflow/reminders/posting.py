"""From what was put down to one letter a day for each person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from workflow.canonical import canonical
from workflow.engine.campaign import Campaign
from workflow.progress import Progress, silent
from workflow.reminders.digest import Announcement, digest
from workflow.reminders.entries import COLUMNS, Entry
from workflow.reminders.hearers import Hearers
from workflow.reminders.ladders import Ladders
from workflow.reminders.notices import Notice, post
from workflow.texts import LANGUAGES
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import Tellers

_SOME = 200  # people in one transaction: others may write in between

_UNWRITTEN = "NOT EXISTS (SELECT 1 FROM workflow_notice n WHERE n.id = 'digest:' || a.person || ':' || ?)"
_PEOPLE = f"SELECT DISTINCT person FROM workflow_announcement a WHERE {_UNWRITTEN} AND meant < ? ORDER BY person"
_WAITING = f"""SELECT a.person, a.role, a.meant, a.moved, {", ".join(f"d.{name.strip()}" for name in COLUMNS.split(","))}
    FROM workflow_announcement a JOIN workflow_due d USING (branch, deadline, subject, period)
    WHERE {_UNWRITTEN} AND a.person IN (SELECT value FROM json_each(?)) ORDER BY a.person"""
_NAMES = """SELECT id, name FROM workflow_person WHERE id IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT id, title FROM workflow_branch WHERE id IN (SELECT value FROM json_each(?2))"""
_OFF_THE_PILE = "DELETE FROM workflow_announcement WHERE person = ? AND branch = ? AND deadline = ? AND subject = ? AND period = ?"


@frozen
class _Waiting:
    """One thing that is to be said to a person, in a role."""

    person: str
    role: str
    meant: str
    moved: str | None
    entry: Entry

    @property
    def place(self) -> tuple[str, ...]:
        return self.person, *self.entry.key


def post_digests(campaign: Campaign, now: datetime, link: str = "", progress: Progress = silent) -> int:
    """Post the letters whose time has come by this instant; returns how many. A person has one a day."""
    local, times = now.astimezone(ZoneInfo(campaign.definition.calendar.zone)), campaign.definition.reminders
    if times.is_quiet(local.time()):
        return 0
    work = _Work(campaign, local, link)
    begun = local.time() >= min((times.at, *times.roles.values()))
    meant_before = work.today + "~" if begun else work.today  # too early for what is meant for today, but not for what is late
    people = [person for (person,) in campaign.store.rows(_PEOPLE, (work.today, meant_before))]
    posted = 0
    for start in range(0, len(people), _SOME):
        with campaign.store.write():
            posted += post(campaign.store, work.letters(people[start : start + _SOME]), now)
        progress(min(start + _SOME, len(people)), len(people))
    return posted


@define
class _Work:
    campaign: Campaign
    local: datetime
    link: str
    ladders: Ladders = field(factory=Ladders)
    _names: dict[str, str] = field(factory=dict)  # of whoever and whatever is in the letters, not of all there are
    _tellers: dict[str, Tellers] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._tellers = {lang: Tellers(self.campaign.version, lang, names=self._names) for lang in LANGUAGES}

    @property
    def today(self) -> str:
        return self.local.date().isoformat()

    def letters(self, people: Sequence[str]) -> list[Notice]:
        """The letters of these people that go out now; what they say is taken off the pile."""
        rows = self.campaign.store.rows(_WAITING, (self.today, canonical(people)))
        waiting = [_Waiting(who, role, meant, moved, Entry(*entry)) for who, role, meant, moved, *entry in rows]
        branches = sorted({each.entry.branch for each in waiting})
        hearers = Hearers.load(self.campaign, branches)
        self._names.update(self.campaign.store.rows(_NAMES, (canonical(people), canonical(branches))))
        found, said = [], []
        for person, theirs in groupby(waiting, lambda each: each.person):
            here, gone = self._sorted_out(list(theirs), hearers)
            said += [each.place for each in gone]
            if any(self._due_now(each) for each in here):
                said += [each.place for each in here]
                found.append(digest(self._tellers, person, self.today, [self._announced(each, hearers) for each in here], self.link))
        self.campaign.store.executemany(_OFF_THE_PILE, said)
        return found

    def _sorted_out(self, theirs: Sequence[_Waiting], hearers: Hearers) -> tuple[list[_Waiting], list[_Waiting]]:
        """What a person is to hear today, and what they need not hear any more: they do not hold the role now.

        What is neither waits: for a day that is worked, or until the branch goes on.
        """
        gone = [each for each in theirs if all(other.id != each.person for other in hearers.of(each.entry.branch, each.role))]
        open_today = self.campaign.definition.calendar.is_working_day(self.local.date())
        here = [
            each
            for each in theirs
            if each not in gone and hearers.branch(each.entry.branch).suspended is None and (open_today or self._urgent(each.entry))
        ]
        return here, gone

    def _due_now(self, each: _Waiting) -> bool:
        """Whether the time of its role has come; what is late waits for no time of the day."""
        return each.meant < self.today or self.local.time() >= self.campaign.definition.reminders.time_for(each.role)

    def _urgent(self, entry: Entry) -> bool:
        return self.campaign.version(entry.definition).deadlines[entry.deadline].urgent

    def _announced(self, each: _Waiting, hearers: Hearers) -> Announcement:
        entry = each.entry
        definition = self.campaign.version(entry.definition)
        owner = definition.deadlines[entry.deadline].owner
        item = DueItem(
            definition=entry.definition,
            branch=entry.branch,
            deadline=entry.deadline,
            subject=entry.subject,
            name=entry.name,
            day=entry.day,
            confirmed=bool(entry.confirmed),
            period=(entry.period, entry.ends) if entry.period else None,
            owner=owner,
            holders=hearers.of(entry.branch, owner),
            ladder=self.ladders.of(definition, entry.deadline, entry.day),
        )
        return Announcement(item=item, role=each.role, meant=each.meant, moved=each.moved)

"""From what has rung to one letter a day for each person."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from workflow.canonical import canonical
from workflow.engine.campaign import Campaign
from workflow.engine.naming import Names
from workflow.progress import Progress, silent
from workflow.reminders.digest import Announcement, digest
from workflow.reminders.due_table import changed_since_seen
from workflow.reminders.entries import COLUMNS, Entry
from workflow.reminders.hearers import Hearers
from workflow.reminders.ladders import Ladders
from workflow.reminders.notices import post
from workflow.texts import LANGUAGES
from workflow.verdicts.dues import DueItem
from workflow.verdicts.findings import Person
from workflow.verdicts.render import Tellers

_MANY = 2_000  # things said in one transaction: others may write in between

_TIME_HAS_COME = """SELECT 1 FROM workflow_announcement
    WHERE retry <= ?1 AND (meant < ?1 OR role IN (SELECT value FROM json_each(?2))) LIMIT 1"""
_WAITING = f"""SELECT a.role, a.reached, a.meant, a.moved, a.heard, {", ".join(f"d.{name.strip()}" for name in COLUMNS.split(","))}
    FROM workflow_announcement a JOIN workflow_due d USING (branch, deadline, subject, period)
    WHERE a.retry <= ?"""
_WAITING_IN = f"{_WAITING} AND a.branch IN (SELECT value FROM json_each(?))"
_LAST_LETTERS = """SELECT person, MAX(day) FROM workflow_notice
    WHERE person IN (SELECT value FROM json_each(?)) AND day <= ? GROUP BY person"""
_PLACE = "branch = ? AND deadline = ? AND subject = ? AND period = ? AND role = ?"
_HEARD = f"UPDATE workflow_announcement SET heard = ? WHERE {_PLACE}"
_OFF_THE_PILE = f"DELETE FROM workflow_announcement WHERE {_PLACE}"
_LATER = f"UPDATE workflow_announcement SET retry = ? WHERE {_PLACE}"
_HELD = f"UPDATE workflow_announcement SET retry = ?, meant = ? WHERE {_PLACE}"


@frozen
class Waiting:
    """One thing that has rung for a role; `reached`: one of its rungs was, not only that its day has moved."""

    role: str
    reached: bool
    meant: str
    moved: str | None
    heard: frozenset[str]
    entry: Entry

    @property
    def place(self) -> tuple[str, ...]:
        return *self.entry.key, self.role

    @property
    def void(self) -> bool:
        """Whether there is nothing to say: the day that had moved has moved back."""
        return not self.reached and self.moved == self.entry.day


@frozen
class Posted:
    """So many letters; and the roles something waits for that nobody holds, nor any above it on the ladder, each with its branch."""

    digests: int = 0
    unheard: tuple[tuple[str, str], ...] = ()


def post_digests(campaign: Campaign, now: datetime, link: str = "", progress: Progress = silent) -> Posted:
    """Post the letters whose time has come by this instant. A person has one a day."""
    pile = _Pile(campaign, now.astimezone(ZoneInfo(campaign.definition.calendar.zone)))
    if not pile.time_has_come:
        return Posted()
    with campaign.store.read():
        pile.sort()
    writer, posted = _Writer(pile, now, link), 0
    groups = list(pile.groups())
    for done, people in enumerate(groups, 1):
        with campaign.store.write():
            posted += writer.write(people)
        progress(done, len(groups))
    with campaign.store.write():
        pile.put_off()
    return Posted(posted, tuple(sorted(pile.unheard)))


@define
class _Pile:
    """What waits, sorted by who is to hear it."""

    campaign: Campaign
    local: datetime
    ladders: Ladders = field(init=False)
    hearers: Hearers = field(init=False)
    of: dict[str, list[Waiting]] = field(factory=dict)  # by person
    heard_as: dict[tuple[str, ...], str] = field(factory=dict)  # by place: the role, its own or one above, of those who hear it
    unheard: set[tuple[str, str]] = field(factory=set)
    left: set[tuple[str, ...]] = field(factory=set)  # to the next tick
    _held: list[Waiting] = field(factory=list)
    _later: list[Waiting] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.ladders = Ladders(self.campaign)

    @property
    def today(self) -> str:
        return self.local.date().isoformat()

    @property
    def _begun(self) -> frozenset[str]:
        """The roles whose time of the day has come."""
        times = self.campaign.definition.reminders
        roles = {role for each in self.campaign._desk.versions.all for role in each.definition.roles}
        return frozenset(role for role in roles if self.local.time() >= times.time_for(role))

    @property
    def time_has_come(self) -> bool:
        if self.campaign.definition.reminders.is_quiet(self.local.time()):
            return False
        return self.campaign.store.row(_TIME_HAS_COME, (self.today, canonical(sorted(self._begun)))) is not None

    def waiting(self, branches: Sequence[str] | None = None) -> list[Waiting]:
        store, today = self.campaign.store, self.today
        rows = store.rows(_WAITING, (today,)) if branches is None else store.rows(_WAITING_IN, (today, canonical(branches)))
        return [
            Waiting(role, bool(reached), meant, moved, frozenset(json.loads(heard)), Entry(*entry))
            for role, reached, meant, moved, heard, *entry in rows
        ]

    def sort(self) -> None:
        """Find out who is to hear what; whoever holds a role above on the ladder hears what nobody below could."""
        waiting = self.waiting()
        self.hearers = Hearers.load(self.campaign, sorted({each.entry.branch for each in waiting}))
        for each in waiting:
            if self.hearers.branch(each.entry.branch).suspended is not None:
                self._held.append(each)
            elif not self.ladders.may_ring(each.entry, self.local.date()):
                self._later.append(each)
            else:
                self._hand_out(each)

    def _hand_out(self, each: Waiting) -> None:
        people = self.people(each)
        if people:
            self.heard_as[each.place] = people[0].role
        else:
            self.unheard.add((each.entry.branch, each.role))
        self._later.append(each)
        for person in people:
            if person.id not in each.heard:
                self.of.setdefault(person.id, []).append(each)

    def people(self, each: Waiting) -> tuple[Person, ...]:
        entry = each.entry
        upwards = [role for _, role in self.ladders.of(entry, entry.day)]
        above = upwards[upwards.index(each.role) + 1 :] if each.role in upwards else upwards
        return next((people for role in (each.role, *above) if (people := self.hearers.of(entry.branch, role))), ())

    def groups(self) -> Iterator[list[str]]:
        """The people whose time has come, so many at once."""
        begun = self._begun
        some: list[str] = []
        count = 0
        for person, theirs in self.of.items():
            if any(each.meant < self.today or each.role in begun for each in theirs):
                some.append(person)
                count += len(theirs)
            if count >= _MANY:
                yield some
                some, count = [], 0
        if some:
            yield some

    def put_off(self) -> None:
        """What was not heard by everybody today is for tomorrow; of a branch that is suspended nothing was to be said today."""
        tomorrow = (self.local.date() + timedelta(days=1)).isoformat()
        begun = self._begun
        later = [each for each in self._later if (each.meant < self.today or each.role in begun) and each.place not in self.left]
        self.campaign.store.executemany(_LATER, [(tomorrow, *each.place) for each in later])
        self.campaign.store.executemany(_HELD, [(tomorrow, tomorrow, *each.place) for each in self._held])


@define
class _Writer:
    """Letters from the pile, written in the caller's transaction."""

    pile: _Pile
    now: datetime
    link: str
    _names: Names = field(init=False)
    _tellers: dict[str, Tellers] = field(init=False)

    def __attrs_post_init__(self) -> None:
        version, self._names = self.pile.campaign.version, Names(self.pile.campaign.store)
        self._tellers = {lang: Tellers(version, lang, names=self._names) for lang in LANGUAGES}

    def write(self, people: Sequence[str]) -> int:
        """Post the letters of these people, and take off the pile what everybody has heard; returns how many letters there were."""
        store, today = self.pile.campaign.store, self.pile.today
        waiting = self._as_it_stands(people)
        branches = sorted({each.entry.branch for each in waiting.values()})
        self._names.read([*people, *branches])
        last: dict[str, str] = dict(store.rows(_LAST_LETTERS, (canonical(people), today)))
        letters, heard = [], defaultdict[tuple[str, ...], set[str]](set)
        for person in people:
            if last.get(person) == today:
                continue  # another process was faster, or it rang after the letter of today
            theirs = [waiting[each.place] for each in self.pile.of[person] if each.place in waiting]
            theirs = [each for each in theirs if person not in each.heard]
            for each in theirs:
                heard[each.place].add(person)
            if said := [self._announced(each, last.get(person)) for each in theirs if not each.void]:
                letters.append(digest(self._tellers, person, today, said, self.link))
        for place, who in heard.items():
            self._take_off(waiting[place], who)
        return post(store, letters, self.now)

    def _as_it_stands(self, people: Sequence[str]) -> Mapping[tuple[str, ...], Waiting]:
        """What waits for them still. Where something has been entered meanwhile, what is due is worked out first, at the next tick."""
        branches = sorted({each.entry.branch for person in people for each in self.pile.of[person]})
        news = changed_since_seen(self.pile.campaign.store)
        found = self.pile.waiting(branches)
        self.pile.left.update(each.place for each in found if each.entry.branch in news)
        return {each.place: each for each in found if each.place not in self.pile.left}

    def _take_off(self, each: Waiting, who: set[str]) -> None:
        store, heard = self.pile.campaign.store, each.heard | who
        if heard.issuperset(person.id for person in self.pile.people(each)):
            store.execute(_OFF_THE_PILE, each.place)
        else:
            store.execute(_HEARD, (canonical(sorted(heard)), *each.place))

    def _announced(self, each: Waiting, last: str | None) -> Announcement:
        """In the words of the letter."""
        entry, ladders = each.entry, self.pile.ladders
        owner = ladders.deadline(entry).owner
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
            holders=self.pile.hearers.of(entry.branch, owner),
            ladder=ladders.of(entry, entry.day),
        )
        role, moved = self.pile.heard_as[each.place], each.moved if each.moved != entry.day else None
        return Announcement(item=item, role=role, meant=self._meant(each, last), moved=moved)

    def _meant(self, each: Waiting, last: str | None) -> str:
        """The day on which it was to be said to somebody: not before their next letter if it rang after the last, nor in a pause."""
        entry, meant = each.entry, each.meant
        if last is not None and meant <= last:
            meant = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
        pauses = self.pile.hearers.branch(entry.branch).pauses
        if pauses and (resumed := pauses[-1][1]) is not None:
            meant = max(meant, resumed)
        return self.pile.ladders.next_day(entry, date.fromisoformat(meant)).isoformat()

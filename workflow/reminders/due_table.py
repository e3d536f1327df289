"""The due table: every open deadline at hand, as the ledger has it.

No command writes to it. What has changed since somebody last looked, the ledger itself says: the branches with events since. So a
command costs nothing more, nothing is forgotten whichever way an event came in, and whoever rings finds by an index what rings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from workflow.canonical import canonical
from workflow.clock import read_stamp
from workflow.engine.campaign import Campaign
from workflow.engine.chasing import Duties, duties
from workflow.ledger import CAMPAIGN, branch_of
from workflow.progress import Progress, silent
from workflow.reminders.entries import Entry, Key, entries, put
from workflow.reminders.ladders import Ladders
from workflow.reminders.successors import hand_over
from workflow.store import Store
from workflow.verdicts.dues import due_needs

_CHUNK = 2_000  # branches in one transaction: others may write in between

_SEEN = "SELECT event, (SELECT COALESCE(MAX(id), 0) FROM workflow_event) FROM workflow_due_seen"
# What waits because nobody held the role, or the branch stood still, need not wait any longer.
_OTHER_PEOPLE = "SELECT 1 FROM workflow_event WHERE id > ? AND id <= ? AND kind IN ('people', 'roster', 'reassigned', 'resumed') LIMIT 1"
_TRY_NOW = "UPDATE workflow_announcement SET retry = ?1 WHERE retry > ?1"
_UNSEEN = "SELECT DISTINCT stream FROM workflow_event WHERE id > (SELECT event FROM workflow_due_seen)"
_SEE = "UPDATE workflow_due_seen SET event = ?1 WHERE event < ?1"
_SINCE = "SELECT stream, MIN(recorded_at) FROM workflow_event WHERE id > ? AND id <= ? GROUP BY stream"
# Found by their place in the ledger (+): all events of the campaign as a whole would be many more.
_OF_ALL = """SELECT MIN(recorded_at) FROM workflow_event WHERE id > ? AND id <= ?
    AND (+stream = 'campaign' AND (kind = 'enacted' OR ? AND kind IN ('record', 'withdrawn')) OR ? AND kind = 'roster')"""
_ALL = "SELECT id FROM workflow_branch ORDER BY id"
_ABOVE = """WITH RECURSIVE line (id, child) AS (SELECT parent, id FROM workflow_branch WHERE id IN (SELECT value FROM json_each(?))
    UNION SELECT b.parent, l.child FROM line l JOIN workflow_branch b ON b.id = l.id) SELECT id, child FROM line WHERE id IS NOT NULL"""
_LOOK = "SELECT branch, day FROM workflow_due_look WHERE day <= ?"
_LOOK_AGAIN = "INSERT OR REPLACE INTO workflow_due_look (branch, day) VALUES (?, ?)"
_LOOK_NO_MORE = "DELETE FROM workflow_due_look WHERE branch = ?"

_DROP = "DELETE FROM workflow_due WHERE branch = ? AND deadline = ? AND subject = ? AND period = ?"
_UNSAY = "DELETE FROM workflow_announcement WHERE branch = ? AND deadline = ? AND subject = ? AND period = ?"


def catch_up(campaign: Campaign, progress: Progress = silent) -> int:
    """Work out anew what is due in the branches where that may have changed, by events or by time; returns how many those are."""
    store, today = campaign.store, campaign._desk.day(campaign.now)
    campaign._desk.versions.refresh()
    with store.read():
        seen, last = store.row(_SEEN) or (0, 0)
        stale = _stale(campaign, seen, last, today)
    names = sorted(stale)
    work = _Work(campaign, stale)
    for start in range(0, len(names), _CHUNK):
        with store.write():
            work.renew(names[start : start + _CHUNK])
        progress(min(start + _CHUNK, len(names)), len(names))
    if last > seen:
        with store.write():
            if store.row(_OTHER_PEOPLE, (seen, last)) is not None:
                store.execute(_TRY_NOW, (today,))
                if seen:
                    hand_over(campaign, seen, last, today)
            store.execute(_SEE, (last,))
    return len(names)


def changed_since_seen(store: Store) -> frozenset[str]:
    """The branches of which the table may not know the latest yet."""
    return frozenset(branch_of(stream) for (stream,) in store.rows(_UNSEEN))


# -- where to look -----------------------------------------------------------------------------------------------------


def _stale(campaign: Campaign, seen: int, last: int, today: str) -> dict[str, str]:
    """The branches to be looked at, each with the day since which it may be otherwise."""
    store, day = campaign.store, campaign._desk.day
    stale: dict[str, str] = dict(store.rows(_LOOK, (today,)))
    if last == seen:
        return stale
    found = {branch_of(stream): day(read_stamp(at)) for stream, at in store.rows(_SINCE, (seen, last)) if stream != CAMPAIGN}
    for above, child in store.rows(_ABOVE, (canonical(list(found)),)):
        found[above] = min(found.get(above, "~"), found[child])
    whole, children = _heeds(campaign)
    (of_all,) = store.row(_OF_ALL, (seen, last, whole, children)) or (None,)
    if of_all is not None:
        found = {branch: day(read_stamp(of_all)) for (branch,) in store.rows(_ALL)} | found
    if seen == 0:  # nobody has looked before: nothing is late for that
        found = dict.fromkeys(found, today)
    return stale | found


def _heeds(campaign: Campaign) -> tuple[bool, bool]:
    """Whether a record of the campaign as a whole, or who is whose child, can change what is due in a branch."""
    whole = children = False
    for version in campaign._desk.versions.all:
        needs, kinds = due_needs(version.definition), version.definition.records
        read = needs.records | {measure.kind for measure in needs.measures.values()}
        whole |= any(kinds[kind].of == "campaign" for kind in read)
        children |= needs.children
    return whole, children


# -- what is there ------------------------------------------------------------------------------------------------------


@define
class _Work:
    """Entries made anew. `stale` says since when a branch may be otherwise."""

    campaign: Campaign
    stale: Mapping[str, str]
    ladders: Ladders = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ladders = Ladders(self.campaign)

    @property
    def store(self) -> Store:
        return self.campaign.store

    def renew(self, branches: Sequence[str]) -> None:
        """Bring the entries of these branches up to date, in the caller's transaction."""
        today = self.campaign._desk.day(self.campaign.now)
        before = {entry.key: entry for entry in entries(self.store, "branch IN (SELECT value FROM json_each(?))", (canonical(branches),))}
        now: dict[Key, Entry] = {}
        looks: list[tuple[str, str]] = []
        turns = [each.enactment.starts for each in self.campaign._desk.versions.all if each.enactment.starts > today]
        for each in duties(self.campaign._desk, branches):
            now |= self._entries(each, before)
            look = min([*turns, *([each.another_day] if each.another_day else [])], default=None)
            looks += [(each.branch.id, look)] if look is not None else []
        gone = [key for key in before if key not in now]
        self.store.executemany(_DROP, gone)
        self.store.executemany(_UNSAY, gone)
        put(self.store, (entry for key, entry in now.items() if before.get(key) != entry))
        self.store.executemany(_LOOK_NO_MORE, [(branch,) for branch in branches])
        self.store.executemany(_LOOK_AGAIN, looks)

    def _entries(self, duty: Duties, before: Mapping[Key, Entry]) -> dict[Key, Entry]:
        silent = duty.branch.suspended is not None
        found = {}
        for item in duty.items:
            entry = Entry.of(item, self.stale[item.branch])
            entry = entry.after(before.get(entry.key))
            found[entry.key] = entry.ringing(self.ladders.of(entry, entry.day), silent=silent)
        return found

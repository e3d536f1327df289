"""Then and now: why a branch stood where it did on a day, by what was known on that day or is known now.

Two times count. `at` is the day asked about: the moves, cases, gaps and rolls of that day, under the rules of that day.
`known_at` is until when the ledger is read: what was entered after `at` about that day or before (a sheet handed in late, a
sheet taken back) is known then, though it was not on the day itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from workflow.audit import bearings
from workflow.audit.attempts import Stored, stored
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.clock import VirtualClock, in_zone, stamp
from workflow.engine import board
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Desk
from workflow.engine.entry import read_day
from workflow.engine.versions import Versions
from workflow.errors import Misuse, NotFound
from workflow.ledger import CAMPAIGN, Event, branch_stream, event, events
from workflow.store import Projector, Store
from workflow.store.facts import FactNeeds
from workflow.store.replay import as_of
from workflow.texts import Text
from workflow.verdicts import Outlook

Moment = date | str  # a day, to its end; or an instant (a datetime, or its ISO text; without an offset in the definition's zone)

_FIRST = "SELECT recorded_at FROM workflow_event WHERE stream = ? AND seq = 1"
_LAST = "SELECT id, seq FROM workflow_event WHERE stream = ? AND recorded_at <= ? ORDER BY seq DESC LIMIT 1"
_DEFINITIONS = "SELECT DISTINCT definition FROM workflow_enactment"
_PARENTS = """SELECT DISTINCT stream, json_extract(payload, '$.parent') FROM workflow_event
    WHERE kind IN ('roster', 'founded') AND json_extract(payload, '$.parent') IS NOT NULL"""
_ON_FILE = "SELECT 1 FROM workflow_document WHERE branch = ? AND seq = ?"
_CAME = "SELECT 1 FROM workflow_carried WHERE branch = ? AND origin = ? AND origin_seq = ? LIMIT 1"
_FACTS = ("record", "withdrawn", "recalled")


@frozen(kw_only=True)
class Then:
    """What stood between a branch and its next stage at `at`, by what was recorded until `known_at` (local days, or minutes).

    `position` is the last event taken into account, `in_force` the version of the rules the branch was under. `decided` is the verdict
    on the last move asked for by then, as it was stored: what was learnt later has not changed it. `late` are the records
    entered after `at` about that day or before, `withdrawn` those that counted then and were withdrawn since, both until `known_at`.
    """

    outlook: Outlook
    at: str
    known_at: str
    position: AsOf
    in_force: InForce
    decided: Stored | None = None
    late: tuple[Document, ...] = ()
    withdrawn: tuple[Document, ...] = ()


def then(campaign: Campaign, branch: str, *, at: Moment | None = None, known_at: Moment | None = None) -> Then:
    """Why the branch stood where it did `at` a day or instant (default: `known_at`), by what was recorded until `known_at` (default:
    now). Nothing is written.

    Raises `NotFound` for a branch that was not there yet, `Misuse` for what lies ahead or is no day.
    """
    with campaign.store.read():
        known = _When.read(campaign, branch, known_at)
        asked = known if at is None else _When.read(campaign, branch, at)
        return _Look(campaign, branch, asked, known).answer()


@frozen
class _When:
    """Until which instant, and how that is said."""

    until: datetime
    shown: str

    @classmethod
    def read(cls, campaign: Campaign, branch: str, given: Moment | None) -> _When:
        zone = campaign.definition.calendar.zone
        now = campaign._desk.now(branch_stream(branch))
        if given is None:
            return cls(now, campaign._desk.day(now))
        moment = _instant(given)
        if moment is None:
            day = read_day(given, zone)
            begins = in_zone(datetime.fromisoformat(day), zone)
            until, shown = datetime.combine(begins, time.max, tzinfo=begins.tzinfo), day
        else:
            begins = until = in_zone(moment, zone)
            shown = begins.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")
        if begins > now:
            en = f"{shown} lies ahead: what will be so then is not in the ledger"
            raise Misuse(Text.of(en, f"{shown} 尚未到来：台账中没有届时的情况"), "ahead")
        return cls(min(until, now), shown)


def _instant(given: Moment) -> datetime | None:
    """A time of day, where one was given; None for a day, or for what is neither."""
    if not isinstance(given, str):
        return given if isinstance(given, datetime) else None
    try:
        return datetime.fromisoformat(given.strip()) if ":" in given else None
    except ValueError:
        return None


@define
class _Look:
    """One look back at one branch."""

    campaign: Campaign
    branch: str
    at: _When
    known: _When
    late: list[Document] = field(factory=list, init=False)
    withdrawn: dict[tuple[str, int], Document] = field(factory=dict, init=False)

    @property
    def store(self) -> Store:
        return self.campaign.store

    def answer(self) -> Then:
        self._require_branch()
        streams = [CAMPAIGN, *map(branch_stream, _family(self.campaign, self.branch))]
        last = before = self._last(streams)
        past = as_of(self.store, self.campaign.version, last.position, streams)
        try:
            for learnt in self._learn(past, streams, last.position):
                last = learnt
            versions = Versions(past)
            for (hashed,) in past.rows(_DEFINITIONS):
                versions.remember(self.campaign.version(hashed))
            desk = Desk(past, versions, VirtualClock(self.at.until))
            outlook = board.why(desk, self.branch)
            version = desk.in_force(self.branch, desk.now())
        finally:
            past.close()
        return Then(
            outlook=outlook,
            at=self.at.shown,
            known_at=self.known.shown,
            position=bearings.as_of(self.campaign, last),
            in_force=bearings.in_force(self.campaign, version),
            decided=self._decided(before),
            late=tuple(self.late),
            withdrawn=tuple(self.withdrawn.values()),
        )

    def _require_branch(self) -> None:
        """Raises `NotFound` for a branch that is not, or was not yet."""
        row = self.store.row(_FIRST, (branch_stream(self.branch),))
        if row is None:
            raise self.campaign._desk.unknown_branch(self.branch)
        when = min(self.at, self.known, key=lambda each: each.until)
        if row[0] > stamp(when.until):
            day = bearings.day_of(self.campaign, row[0])
            en = f"{self.branch} was not there yet at {when.shown}: it has been on the roster since {day}"
            raise NotFound(Text.of(en, f"{when.shown} 时尚无 {self.branch}：它自 {day} 起列入名册"), "not-yet")

    def _last(self, streams: Sequence[str]) -> Event:
        """The last event until the day asked about, or until which the ledger is read."""
        until = stamp(min(self.at.until, self.known.until))
        heads = [(*row, stream) for stream in streams if (row := self.store.row(_LAST, (stream, until))) is not None]
        _, seq, stream = max(heads)
        return event(self.store, stream, seq)

    def _decided(self, last: Event) -> Stored | None:
        """The last verdict on a move that was kept until the event `last`."""
        asked = [each for each in stored(self.campaign, self.branch) if each.position.position <= last.position]
        return asked[-1] if asked else None

    def _learn(self, past: Store, streams: Sequence[str], after: int) -> Iterator[Event]:
        """Bring to the tables of the day what was learnt of it later: facts only, for moves and decisions made later were not made."""
        if self.known.until <= self.at.until:
            return
        until, projectors = stamp(self.known.until), dict[str, Projector]()
        later = [each for stream in streams for each in events(self.store, stream, after, _FACTS) if each.recorded_at <= until]
        with past.write():
            for each in sorted(later, key=lambda event: event.position):
                if not self._is_of_then(past, each):
                    continue
                if each.definition not in projectors:
                    projectors[each.definition] = Projector(past, self.campaign.version(each.definition))
                projectors[each.definition].apply(each)
                self._note(each)
                yield each

    def _is_of_then(self, past: Store, told: Event) -> bool:
        """A record of what was so by then; the withdrawal of one that is on file."""
        said = told.payload
        if told.kind == "record":
            return bool(said["happened"] <= self.campaign._desk.day(self.at.until))
        if told.kind == "withdrawn":
            return past.row(_ON_FILE, (told.branch, said["of"])) is not None
        return past.row(_CAME, (told.branch, said["of"]["branch"], said["of"]["seq"])) is not None

    def _note(self, told: Event) -> None:
        if told.kind == "record":
            self.late.append(bearings.document(self.campaign, told))
            return
        of = told.payload["of"]
        place = (told.stream, of) if told.kind == "withdrawn" else (branch_stream(of["branch"]), of["seq"])
        found = bearings.document(self.campaign, event(self.store, *place), told)
        entered = next((n for n, each in enumerate(self.late) if (each.stream, each.seq) == place), None)
        if entered is None:
            self.withdrawn[place] = found
        else:
            self.late[entered] = found


def _family(campaign: Campaign, branch: str) -> list[str]:
    """The branch and, where a definition asks about branches below it, all that ever were."""
    definitions = [campaign.version(hashed) for (hashed,) in campaign.store.rows(_DEFINITIONS)]
    found = [branch]
    if not any(FactNeeds.of(each, each.requirements.values()).children for each in definitions):
        return found
    below = defaultdict[str, list[str]](list)
    for stream, parent in campaign.store.rows(_PARENTS):
        below[parent].append(stream.removeprefix(branch_stream("")))
    for each in found:
        found += [child for child in below[each] if child not in found]
    return found

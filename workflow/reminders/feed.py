"""The deadlines of one person as an iCalendar feed, for calendar programs to subscribe to. The library is an extra."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid5

from attrs import field, frozen

from workflow.canonical import canonical
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.ledger import CAMPAIGN, branch_stream, event
from workflow.reminders.addresses import name_of
from workflow.reminders.links import where_to_act
from workflow.store import Store
from workflow.texts import Text
from workflow.verdicts.dues import DueItem
from workflow.verdicts.render import Tellers, words
from workflow.verdicts.render.dues import due_title
from workflow.verdicts.render.voice import Voice

_AGAIN = timedelta(hours=6)  # after which a calendar program asks anew
_PRODUCT = "-//campaign-workflow//reminders//{lang}"
_WRITTEN = "SELECT value, (SELECT COALESCE(MAX(seq), 0) FROM workflow_event WHERE stream = value) FROM json_each(?)"

_NAME = Text.of("{person}: due in {title}", "{person}：{title}的期限")
_SUMMARY = Text.of("{branch}: {what}", "{branch}：{what}")
_OVERDUE = Text.of("Overdue - {said}", "【逾期】{said}")
_FOR_ONE = Text.of("{title}: {name}", "{title}：{name}")
_FOR_SOME = Text.of("{title} ({n})", "{title}（{n} 项）")
_LATE = Text.of("{days} late on {today}", "截至 {today} 逾期 {days}")
_PERIOD = Text.of("period: {first} to {last}", "所属时段：{first} 至 {last}")
_CONCERNS = Text.of("for: {names}", "涉及：{names}")
_HANDS = Text.of("answers for it: {people}", "责任人：{people}")
_TOLD = Text.of("told as well: {people}", "已上报：{people}")
_REMEDY = Text.of("what to do: {remedy}", "如何处理：{remedy}")
_UNCONFIRMED = Text.of(
    "The day is not confirmed: it rests on a year whose working days are not settled yet.",
    "日期未定：所涉年份的放假安排尚未公布。",
)
_SEE = Text.of("see: {where}", "详见：{where}")


def icalendar() -> ModuleType:
    """The library. Raises `Misuse` with the line to install it if it is not there."""
    try:
        import icalendar
    except ImportError:
        line = "pip install 'campaign-workflow[calendar]'"
        raise Misuse(Text.of(f"calendars need icalendar: {line}", f"生成日历需要 icalendar：{line}"), "no-icalendar") from None
    found: ModuleType = icalendar
    return found


def feed(campaign: Campaign, person: str, lang: str = "en", *, link: str = "") -> bytes:
    """What is in a person's hands or has come up to them, as far as it has a day: one all-day event for each deadline, in UTF-8.

    What is due of a branch that is suspended is left out until it is resumed.

    An event keeps its UID for as long as it is open, whatever day it is moved to; of what recurs there is one for each period, which names
    all it is for. `link` is where a branch is looked at, such as `https://host/branches/{branch}`; without it the command is named.
    Raises `NotFound` for nobody known, `Misuse` without the library.
    """
    library = icalendar()
    name = name_of(campaign.store, person)
    groups = list(_together(item for item in campaign.dues() if item.day is not None and not item.suspended and _hears(item, person)))
    revisions = _revisions(campaign.store, {items[0].branch for items in groups})
    writer = _Writer(library, campaign, Tellers(campaign.version, lang, full=True, names=campaign.names()), link)
    calendar = writer.calendar(name)
    for items in groups:
        calendar.add_component(writer.event(items, revisions[items[0].branch]))
    found: bytes = calendar.to_ical()
    return found


def _hears(item: DueItem, person: str) -> bool:
    return any(each.id == person for each in (*item.holders, *item.escalated))


def _together(found: Iterable[DueItem]) -> Iterator[tuple[DueItem, ...]]:
    """What is one event. The day of what recurs is that of its period, so it need not be said for each member or case apart."""
    groups: dict[tuple[str, ...], list[DueItem]] = {}
    for item in found:
        groups.setdefault((item.branch, item.deadline, *(item.period or (item.subject,))), []).append(item)
    yield from map(tuple, groups.values())


def _revisions(store: Store, branches: Iterable[str]) -> Mapping[str, int]:
    """A number for each branch that never falls, and rises with whatever may move a deadline: so many events were written."""
    streams = {branch: branch_stream(branch) for branch in branches}
    written: dict[str, int] = dict(store.rows(_WRITTEN, (canonical([CAMPAIGN, *streams.values()]),)))
    return {branch: written[CAMPAIGN] + written[stream] for branch, stream in streams.items()}


@frozen
class _Writer:
    library: ModuleType
    campaign: Campaign
    tellers: Tellers
    link: str
    identity: UUID = field(init=False)

    @identity.default
    def _of_the_ledger(self) -> UUID:
        return UUID(event(self.campaign.store, CAMPAIGN, 1).hash[:32])

    @property
    def today(self) -> str:
        return self.campaign.today

    def calendar(self, person: str) -> Any:
        """A calendar without events, as programs that subscribe to it want it."""
        definition = self.campaign.definition
        voice = self.tellers.of(definition.hash)
        name = voice.say(_NAME, person=person, title=definition.title)
        made = self.library.Calendar()
        for key, value in {
            "prodid": _PRODUCT.format(lang=voice.lang.upper()),
            "version": "2.0",
            "calscale": "GREGORIAN",
            "method": "PUBLISH",
            "name": name,
            "x-wr-calname": name,
            "x-wr-timezone": definition.calendar.zone,
        }.items():
            made.add(key, value)
        made.add("refresh-interval", _AGAIN, {"VALUE": "DURATION"})
        made.add("x-published-ttl", self.library.vDuration(_AGAIN))
        return made

    def event(self, items: Sequence[DueItem], revision: int) -> Any:
        first = items[0]
        day = date.fromisoformat(str(first.day))
        voice = self.tellers.of(first.definition)
        made = self.library.Event()
        made.add("uid", str(self._uid(first)))
        made.add("sequence", revision)
        for stamp in ("dtstamp", "last-modified"):
            made.add(stamp, self.campaign.now.replace(microsecond=0))
        made.add("dtstart", day)
        made.add("dtend", day + timedelta(days=1))
        made.add("summary", _summary(voice, items, self.today))
        made.add(
            "description", "\n".join([*_about(voice, items, self.today), voice.say(_SEE, where=where_to_act(self.link, first.branch))])
        )
        made.add("status", "CONFIRMED" if first.confirmed else "TENTATIVE")
        made.add("transp", "TRANSPARENT")  # nobody is busy all day because something is due
        if self.link:
            made.add("url", where_to_act(self.link, first.branch))
        return made

    def _uid(self, item: DueItem) -> UUID:
        return uuid5(self.identity, canonical([item.branch, item.deadline, *(item.period or (item.subject,))]))


def _names(items: Sequence[DueItem]) -> list[str]:
    return [item.name or item.subject for item in items if item.subject]


def _summary(voice: Voice, items: Sequence[DueItem], today: str) -> str:
    first, what, names = items[0], due_title(voice, items[0]), _names(items)
    if names:
        what = voice.say(_FOR_ONE, title=what, name=names[0]) if len(names) == 1 else voice.say(_FOR_SOME, title=what, n=len(names))
    said = voice.say(_SUMMARY, branch=voice.name(first.branch), what=what) + ("" if first.confirmed else voice.say(words.UNCONFIRMED))
    return voice.say(_OVERDUE, said=said) if first.days_late(today) > 0 else said


def _about(voice: Voice, items: Sequence[DueItem], today: str) -> Iterator[str]:
    """Line by line: how late, for whom, in whose hands, and what to do about it."""
    first, names = items[0], _names(items)
    late = first.days_late(today)
    if late > 0:
        yield voice.say(_LATE, days=voice.days(late), today=today)
    if first.period is not None:
        yield voice.say(_PERIOD, first=first.period[0], last=first.period[1])
    if len(names) > 1:  # one stands in the summary
        yield voice.say(_CONCERNS, names=voice.cut(names))
    yield voice.say(_HANDS, people=voice.who([first.owner], first.holders))
    if first.escalated:
        yield voice.say(_TOLD, people=voice.who([], first.escalated))
    for code, requirement in voice.definition.requirements.items():
        if requirement.due == first.deadline:
            yield voice.say(_REMEDY, remedy=voice.remedy(code))
    if not first.confirmed:
        yield voice.say(_UNCONFIRMED)

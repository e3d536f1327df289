"""From a draft to the calendar: the country and the zone there are, and the periods a campaign closes."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflow.calendars import Calendar, Closed, known_country
from workflow.definition.extensions import HostCalendar
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.extensions import Found, named
from workflow.definition.loading.faults import Path

_CLOSED: Path = ("calendar", "closed")


def calendar(draft: Draft, extensions: Found) -> Calendar:
    """The calendar, of a country or of one of the `extensions`.

    Its closed periods in the order of their days, whichever way the file has them.
    """
    found = draft.get(("calendar",)) or {}
    country, zone = found.get("country"), found.get("zone", "UTC")
    _check_zone(draft, zone)
    _check_country(draft, country)
    days = _source(draft, extensions) if "source" in found else None
    return Calendar(country=country, zone=zone, closed=_closed(draft), source=None if days is None else days.name, days=days)


def _source(draft: Draft, extensions: Found) -> HostCalendar | None:
    """Where working days come from instead of a country: it cannot be both."""
    path = ("calendar", "source")
    if draft.get(("calendar", "country")) is not None:
        en = "working days come from the country or from a source, one of the two was expected"
        draft.fault(path, en, "工作日取自 country 或 source，只能写其一", "source", key=True)
        return None
    found = named(draft, path, extensions, HostCalendar, "calendar", "日历")
    return found if isinstance(found, HostCalendar) else None


def _check_zone(draft: Draft, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        draft.fault(
            ("calendar", "zone"),
            f"there is no time zone {zone}, one such as Asia/Shanghai was expected",
            f"没有时区 {zone}，应为 Asia/Shanghai 之类",
            "reference",
        )


def _check_country(draft: Draft, country: str | None) -> None:
    if country is not None and not known_country(country):
        draft.fault(
            ("calendar", "country"),
            f"the working days of {country} are not known, a country code such as CN was expected",
            f"没有 {country} 的工作日历，应为国家代码，如 CN",
            "reference",
        )


def _closed(draft: Draft) -> tuple[Closed, ...]:
    found: list[tuple[Closed, Path]] = []
    for index, stated in enumerate(draft.get(_CLOSED) or ()):
        path: Path = (*_CLOSED, index)
        if stated is None or draft.touched(path):
            continue
        start, end, title = draft.date((*path, "from")), draft.date((*path, "to")), draft.text((*path, "title"))
        if start is None or end is None:
            continue
        if end < start:
            en, zh = f"it ends before it begins on {start}, that day or a later one was expected", f"早于开始日期 {start}，应为当日或之后"
            draft.fault((*path, "to"), en, zh, "order")
        else:
            found.append((Closed(start, end, title), path))
    found.sort(key=lambda each: each[0].start)
    for (first, _), (second, path) in pairwise(found):
        if second.start <= first.end:
            _overlaps(draft, path, first)
    return tuple(closed for closed, _ in found)


def _overlaps(draft: Draft, path: Path, other: Closed) -> None:
    """The days would be said twice: whoever opens one of the two would still find them closed."""
    draft.fault(
        (*path, "from"),
        f"within {other.title.say('en')} ({other.start} to {other.end}), a day after it was expected",
        f"在“{other.title.say('zh')}”（{other.start} 至 {other.end}）之内，应在其后",
        "overlap",
    )

"""From a draft to the model: when the letter of the day goes out, and when nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import Reminders
from workflow.errors import did_you_mean

_AT: Path = ("reminders", "at")
_ROLES: Path = ("reminders", "roles")
_QUIET: Path = ("reminders", "quiet")


def reminders(draft: Draft) -> Reminders:
    """What `reminders` says; a letter that would have to go out in the quiet hours is a fault, since it never would."""
    at, quiet = _time(draft, _AT), _quiet(draft)
    roles = {role: time.fromisoformat(found) for _, role, found in draft.entries(_ROLES)}
    said = Reminders(roles=roles, quiet=quiet) if at is None else Reminders(at=at, roles=roles, quiet=quiet)
    _check_roles(draft)
    for path, stated in _letters(draft, said):
        if said.is_quiet(stated):
            _never(draft, path, stated)
    return said


def _time(draft: Draft, path: Path) -> time | None:
    found = draft.get(path)
    return None if found is None else time.fromisoformat(found)


def _quiet(draft: Draft) -> tuple[time, time] | None:
    start, end = (_time(draft, (*_QUIET, key)) for key in ("from", "to"))
    if start is None or end is None:
        return None
    if start == end:
        shown = f"{start:%H:%M}"
        draft.fault(
            (*_QUIET, "to"),
            f"the quiet hours begin and end at {shown}, another time was expected",
            f"免打扰时段起止均为 {shown}，应为另一时刻",
            "order",
        )
        return None
    return start, end


def _check_roles(draft: Draft) -> None:
    known = draft.declared(("roles",))
    for role in draft.declared(_ROLES) or ():
        if known is not None and role not in known:
            hint = did_you_mean(role, known)
            en, zh = f"there is no role {role}, {hint.say('en')}", f"没有角色 {role}，{hint.say('zh')}"
            draft.fault((*_ROLES, role), en, zh, "reference", key=True)


def _letters(draft: Draft, said: Reminders) -> Iterator[tuple[Path, time]]:
    """Every time a letter goes out, and where it is said; without `at`, the quiet hours are what stands in its way."""
    if draft.get(_AT) is not None:
        yield _AT, said.at
    elif not draft.touched(_AT):
        yield _QUIET, said.at
    yield from (((*_ROLES, role), stated) for role, stated in said.roles.items())


def _never(draft: Draft, path: Path, stated: time) -> None:
    start, end = (draft.get((*_QUIET, key)) for key in ("from", "to"))
    shown = f"{stated:%H:%M}"
    if path == _QUIET:
        en = f"letters go out at {shown} unless at: says otherwise, and never from {start} to {end}; at: was expected outside these hours"
        zh = f"未写 at 时提醒于 {shown} 发出，而此时段（{start} 至 {end}）内从不发送；应写明该时段以外的 at"
    else:
        en = f"{shown} lies in the quiet hours ({start} to {end}), so nothing would ever go out; a time outside them was expected"
        zh = f"{shown} 在免打扰时段（{start} 至 {end}）之内，提醒将永不发出；应为该时段以外的时刻"
    draft.fault(path, en, zh, "quiet")

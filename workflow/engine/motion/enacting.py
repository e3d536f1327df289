"""Rules that change while branches run: a later version of the definition, in force from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from workflow.canonical import in_order
from workflow.definition import Definition, load_file
from workflow.definition.extensions import Extensions
from workflow.definition.lint import lint
from workflow.definition.versions import succeed
from workflow.engine.asked import Asked
from workflow.engine.desk import Accepted, Desk, Hearing
from workflow.engine.entry import read_day
from workflow.engine.records import require_reason
from workflow.engine.versions import Reach, Version
from workflow.errors import DefinitionFault, Fault, Misuse
from workflow.store.facts import FactNeeds
from workflow.texts import Text
from workflow.verdicts.findings import Verdict


def sound(definition: Definition | str | Path, extensions: Extensions) -> Definition:
    """A definition a campaign may run under, which calls on nothing but the `extensions`.

    Raises `DefinitionFault` with everything that is wrong with it, `Misuse` for one that was loaded with other extensions.
    """
    found = definition if isinstance(definition, Definition) else load_file(definition, extensions=extensions)
    extensions.require(found.document)
    errors = [finding for finding in lint(found) if finding.level == "error"]
    if errors:
        raise DefinitionFault([Fault("", ".".join(map(str, e.path)), e.text, e.code) for e in errors])
    return found


def enact(
    desk: Desk,
    definition: Definition | str | Path,
    starts: date | str | None,
    scope: Reach,
    states: Mapping[str, str],
    by: str,
    reason: str,
    key: str | None,
) -> Verdict:
    require_reason(reason)
    _require_scope(scope)
    later = sound(definition, desk.versions.extensions)

    def judged(hearing: Hearing) -> Verdict:
        return hearing.judge.power(hearing.branch, "enact", "enact", "enact", by)

    def accept(hearing: Hearing, _verdict: Verdict) -> Accepted:
        before = desk.versions.all[-1]
        day = _from(hearing, before, starts)
        found = succeed(before.definition, later, states, before.states)
        _require_other(before, found, scope)
        desk.versions.remember(found)
        told = {
            "hash": found.hash,
            "was": before.definition.hash,
            "version": found.version,
            "starts": day,
            "scope": scope,
            "states": dict(states),
            "reason": reason.strip(),
        }
        return Accepted("enacted", {**told, "document": in_order(found.document)}, told, then=lambda _event: desk.versions.refresh())

    asked = Asked.of("enact", "enact", hash=later.hash, starts=starts, scope=scope, states=states, reason=reason)
    return desk.command(None, lambda _: FactNeeds(), judged, accept, by=by, key=key, asked=asked)


def _require_scope(scope: str) -> None:
    known = get_args(Reach)
    if scope not in known:
        en = f"a version is for running attempts too, or for new ones only: scope is one of {', '.join(known)}, found {scope}"
        zh = f"版本或适用于进行中的轮次，或只适用于新轮次：scope 应为 {'、'.join(known)} 之一，实为 {scope}"
        raise Misuse(Text.of(en, zh), "scope")


def _require_other(before: Version, later: Definition, scope: Reach) -> None:
    """Raises `Misuse` where nothing would change; what held for new attempts only may be enacted again, for all."""
    widened = (before.enactment.scope, scope) == ("new", "running")
    if later.hash == before.definition.hash and not widened:
        text = Text.of("this is the version that was enacted last: nothing would change", "这正是最近施行的版本：没有变化")
        raise Misuse(text, "same")


def _from(hearing: Hearing, before: Version, starts: date | str | None) -> str:
    """The first day the version holds. Raises `Misuse` for one that is past: no rule reaches back behind the day it was made."""
    day = hearing.today if starts is None else read_day(starts, hearing.definition.calendar.zone)
    if day < hearing.today:
        en = f"{day} is past (today is {hearing.today}): a version holds from today on at the earliest"
        raise Misuse(Text.of(en, f"{day} 已过（今天是 {hearing.today}）：版本最早自今日起施行"), "past")
    if day < before.enactment.starts:
        earlier = before.enactment.starts
        en = f"the version enacted last holds from {earlier}: this one cannot hold before it, from {day}; give {earlier} or a later day"
        raise Misuse(Text.of(en, f"上一版本自 {earlier} 起施行：本版本不能早于该日（{day}）；请写 {earlier} 或以后的日期"), "order")
    return day

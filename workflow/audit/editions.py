"""The versions of the rules one after the other: what each changed, from when on, and which branches it touched on their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from workflow.audit.bearings import in_force
from workflow.clock import read_stamp
from workflow.definition.differences import Difference, differences
from workflow.engine.board import by_version
from workflow.engine.campaign import Campaign
from workflow.engine.versions import Reach, Version
from workflow.errors import not_found
from workflow.ledger import CAMPAIGN, Event, events

_BRANCHES = "SELECT id, entered FROM workflow_branch WHERE ended IS NULL ORDER BY id"


@frozen(kw_only=True)
class Edition:
    """One version of the rules, `number` from 1: what it calls itself, its hash, the first day it holds, and for whom.

    `by`, `reason` and `seq` are those of the event in the campaign's stream; `changes` against the version before. Of the branches on
    their way that are under it now, `running` were in the same attempt already when it took effect, `begun` have begun one since.
    """

    number: int
    version: str | None
    definition: str
    since: str
    scope: Reach
    by: str
    reason: str
    seq: int
    changes: tuple[Difference, ...]
    running: tuple[str, ...]
    begun: tuple[str, ...]

    @property
    def branches(self) -> int:
        return len(self.running) + len(self.begun)


def editions(campaign: Campaign, item: str | None = None) -> tuple[Edition, ...]:
    """Every version the campaign is or was under, the first included. With `item` (the id of a requirement, a parameter, a record ...)
    the first, and those that changed it, with these changes only.

    Raises `NotFound` for an item no version has.
    """
    with campaign.store.read():
        versions = campaign._desk.versions
        versions.refresh()
        if item is not None:
            _require_item(versions.all, item)
        told = list(events(campaign.store, CAMPAIGN, kinds=["created", "enacted"]))
        under = _under(campaign)
        found = list(_editions(campaign, versions.all, told, under, item))
    return tuple(each for each in found if item is None or each.number == 1 or each.changes)


def _require_item(versions: Iterable[Version], item: str) -> None:
    known = sorted({name for version in versions for name in _items(version)})
    if item not in known:
        raise not_found("no version has", "没有版本包含", item, known, "item")


def _items(version: Version) -> Iterator[str]:
    """The ids of all that is declared in a version's sections."""
    for section in version.definition.document.values():
        if isinstance(section, dict):
            yield from section


def _editions(
    campaign: Campaign, versions: Sequence[Version], told: Sequence[Event], under: Mapping[int, Mapping[str, str]], item: str | None
) -> Iterator[Edition]:
    for place, (version, event) in enumerate(zip(versions, told, strict=True)):
        known = in_force(campaign, version)
        changes = differences(versions[place - 1].definition, version.definition) if place else ()
        entered = under.get(version.enactment.number, {})
        yield Edition(
            number=known.number,
            version=known.version,
            definition=known.definition,
            since=known.since,
            scope=version.enactment.scope,
            by=event.actor,
            reason=event.payload.get("reason", ""),
            seq=event.seq,
            changes=tuple(each for each in changes if item is None or item in each.path.split(".")),
            running=tuple(branch for branch, day in entered.items() if place and day < known.since),
            begun=tuple(branch for branch, day in entered.items() if not place or day >= known.since),
        )


def _under(campaign: Campaign) -> dict[int, dict[str, str]]:
    """By number of a version: the branches on their way that are under it now, with the day their attempt began."""
    desk = campaign._desk
    entered = {branch: desk.day(read_stamp(stamp)) for branch, stamp in campaign.store.rows(_BRANCHES)}
    found: dict[int, dict[str, str]] = {}
    for version, states in by_version(desk, campaign.now):
        final = {state for state, phase in version.definition.states.items() if phase.final}
        under = {branch: entered[branch] for branch, state in sorted(states.items()) if branch in entered and state not in final}
        found[version.enactment.number] = under
    return found

"""What holds up how many, in whose hands, since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from attrs import frozen

from workflow.engine.board import HoldKind, held_by
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.texts import Text
from workflow.verdicts import Outlook

Sort = Literal["reason", "group", "person", "batch"]
NOBODY = ""  # the key of what is in nobody's hands, in no group or in no batch


@frozen(kw_only=True)
class Hold:
    """The branches with one reason, group, person or batch in common, the longest first.

    `kind` says of a reason what it is: a requirement or rule in the way, or a move that waits to be made. `roles` are those
    who must act, `since` is the day from which the first of them has stood where it does, `longest` how many days that is.
    """

    key: str
    kind: HoldKind | None
    roles: tuple[str, ...]
    branches: tuple[Outlook, ...]

    @property
    def longest(self) -> int:
        return max(each.days for each in self.branches)

    @property
    def since(self) -> str:
        return min(each.since for each in self.branches)

    @property
    def reasons(self) -> list[tuple[tuple[HoldKind, str], int]]:
        """What is first in the way of these branches, by kind and code, and of how many; of most of them first."""
        return Counter(held_by(each) for each in self.branches).most_common()


@frozen(kw_only=True)
class Blocked:
    """All branches that are on the way on a day: those held up for more than `longer_than` days in `holds`, the others `shorter`.

    `held` + `shorter` = `running`; `running` + `done` + `ended` = `total`. By reason, group or batch a branch stands in one hold, so
    the holds add up to `held`. By person it stands with everybody in whose hands it is, so they may add up to more.
    """

    by: Sort
    day: str
    longer_than: int | None
    holds: tuple[Hold, ...]
    held: int
    shorter: int
    done: int
    ended: int

    @property
    def running(self) -> int:
        return self.held + self.shorter

    @property
    def total(self) -> int:
        return self.running + self.done + self.ended

    @property
    def counted(self) -> int:
        """How often branches are counted in all holds together."""
        return sum(len(hold.branches) for hold in self.holds)

    def hold(self, key: str) -> Hold:
        """The hold of that key. Raises `NotFound`."""
        found = next((hold for hold in self.holds if hold.key == key), None)
        if found is None:
            hint = did_you_mean(key, sorted(hold.key for hold in self.holds if hold.key))
            raise NotFound(Text.of(f"nothing is held up by {key}; {hint.say('en')}", f"没有支部卡在 {key}；{hint.say('zh')}"), "hold")
        return found


def blocked(campaign: Campaign, by: Sort = "reason", *, longer_than: int | None = None) -> Blocked:
    """What holds up the branches that are on the way, those held up most often first. `longer_than` leaves out those that have stood
    in their phase for so many days or less. The number of queries does not grow with the branches. Raises `Misuse`.
    """
    if by not in get_args(Sort):
        raise Misuse(Text.of(f"by: one of {', '.join(get_args(Sort))} was expected", f"by：应为 {'、'.join(get_args(Sort))} 之一"), "by")
    outlooks = campaign.outlooks()
    running = [each for each in outlooks.values() if not each.final]
    held = [each for each in running if longer_than is None or each.days > longer_than]
    ended = sum(1 for each in outlooks.values() if each.ended)
    return Blocked(
        by=by,
        day=next((each.day for each in outlooks.values()), campaign.today),
        longer_than=longer_than,
        holds=tuple(_holds(held, by)),
        held=len(held),
        shorter=len(running) - len(held),
        done=len(outlooks) - len(running) - ended,
        ended=ended,
    )


def _holds(held: Iterable[Outlook], by: Sort) -> list[Hold]:
    found: dict[tuple[HoldKind | None, str], list[Outlook]] = {}
    for each in held:
        for key in _keys(each, by):
            found.setdefault(key, []).append(each)
    holds = [_hold(kind, key, branches) for (kind, key), branches in found.items()]
    return sorted(holds, key=lambda hold: (-len(hold.branches), hold.key))


def _hold(kind: HoldKind | None, key: str, branches: list[Outlook]) -> Hold:
    roles = tuple(dict.fromkeys(role for each in branches for role in each.roles))
    ordered = tuple(sorted(branches, key=lambda each: (-each.days, each.branch)))
    return Hold(key=key, kind=kind, roles=roles, branches=ordered)


def _keys(outlook: Outlook, by: Sort) -> Iterator[tuple[HoldKind | None, str]]:
    match by:
        case "reason":
            yield held_by(outlook)
        case "group":
            yield None, outlook.group or NOBODY
        case "batch":
            yield None, outlook.batch or NOBODY
        case _:
            yield from ((None, ident) for ident in dict.fromkeys(person.id for person in outlook.hands) or (NOBODY,))

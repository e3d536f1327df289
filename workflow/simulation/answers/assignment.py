"""How a batch's branches can be shared out among its groups evenly, and which of them to look at most closely."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from attrs import define, field, frozen

from workflow.simulation.compiling import Branch

_FOCUS = (2, 3)  # focus units a group has
_FOCUS_SHARE = 0.17  # of its branches


@frozen(kw_only=True)
class GroupShare:
    """A group of a batch as it is and as proposed: `branches` by id, `members` of them all. `focus` are the largest of those proposed."""

    batch: str
    group: str
    branches: tuple[str, ...]
    members: int
    proposed: tuple[str, ...]
    proposed_members: int
    focus: tuple[str, ...]


@define
class _Group:
    id: str
    members: int = 0
    branches: list[Branch] = field(factory=list)

    def take(self, branch: Branch) -> None:
        self.branches.append(branch)
        self.members += branch.size


def assign(branches: Sequence[Branch]) -> tuple[GroupShare, ...]:
    """For each batch: the largest branch that is left goes to the group with the fewest members that still has room for one more.

    No group gets more than its even share of branches, rounded up. (Longest processing time first, with a bound on the count.)
    """
    found = []
    for batch in dict.fromkeys(branch.batch for branch in branches):
        ours = [branch for branch in branches if branch.batch == batch and branch.group is not None]
        now = _as_they_are(ours)
        proposed = _evenly(ours, sorted(now))
        found += [_share(batch, now[group], proposed[group]) for group in sorted(now)]
    return tuple(found)


def _as_they_are(branches: Sequence[Branch]) -> dict[str, _Group]:
    found: dict[str, _Group] = {}
    for branch in branches:
        assert branch.group is not None
        found.setdefault(branch.group, _Group(branch.group)).take(branch)
    return found


def _evenly(branches: Sequence[Branch], groups: Sequence[str]) -> dict[str, _Group]:
    found = {group: _Group(group) for group in groups}
    room = ceil(len(branches) / max(len(groups), 1))
    for branch in sorted(branches, key=lambda each: (-each.size, each.id)):
        free = [group for group in found.values() if len(group.branches) < room]
        min(free, key=lambda group: (group.members, len(group.branches), group.id)).take(branch)
    return found


def _share(batch: str, now: _Group, proposed: _Group) -> GroupShare:
    least, most = _FOCUS
    count = min(most, max(least, round(len(proposed.branches) * _FOCUS_SHARE)))
    return GroupShare(
        batch=batch,
        group=now.id,
        branches=tuple(branch.id for branch in now.branches),
        members=now.members,
        proposed=tuple(branch.id for branch in proposed.branches),
        proposed_members=proposed.members,
        focus=tuple(branch.id for branch in proposed.branches[:count]),
    )

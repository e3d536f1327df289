"""What would change for every branch if a command were carried out: where it stands, and what its way still asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from attrs import frozen

from workflow.verdicts.findings import STANDING, Finding, Person, Verdict
from workflow.verdicts.outlook import Outlook

Sort = Literal[
    "founded", "ended", "moved", "placed", "suspended", "resumed", "unmet", "met", "weighed",
    "planned_end", "due", "members", "moves", "hands",
]  # fmt: skip


@frozen(kw_only=True)
class Standing:
    """Where a branch stands, and what is in its way.

    `unmet` are the requirements in the way by code, those of the moves after the next one included; `moves` the moves that are still to
    be made; `hands` whoever must act now. Days are local, as ISO texts.
    """

    title: str
    batch: str | None
    group: str | None
    state: str
    attempt: int
    planned_end: str | None
    suspended: str | None
    ended: str | None
    successor: str | None
    members: int
    moves: tuple[str, ...]
    unmet: Mapping[str, Finding]
    hands: tuple[Person, ...]
    definition: str

    @classmethod
    def of(cls, outlook: Outlook, members: int) -> Standing:
        """From an outlook with the whole way ahead."""
        points = (*outlook.now, *outlook.later, *outlook.ending)
        unmet: dict[str, Finding] = {}
        for finding in (finding for point in points for finding in point.standing):
            unmet.setdefault(finding.code, finding)
        return cls(
            title=outlook.title,
            batch=outlook.batch,
            group=outlook.group,
            state=outlook.state,
            attempt=outlook.attempt,
            planned_end=outlook.planned_end,
            suspended=outlook.suspended,
            ended=outlook.ended,
            successor=outlook.successor,
            members=members,
            moves=tuple(dict.fromkeys(point.move for point in points)),
            unmet=unmet,
            hands=outlook.hands,
            definition=outlook.definition,
        )


@frozen(kw_only=True)
class Demand:
    """A requirement in the way before or afterwards, with what was found each time; None where it was (or is) not in the way."""

    code: str
    before: Finding | None
    after: Finding | None

    @property
    def short(self) -> tuple[int, int]:
        """How many fall short, before and afterwards; for a requirement without `each` one or none."""
        return _short(self.before), _short(self.after)

    @property
    def weighed(self) -> bool:
        """In the way before and afterwards, but with other figures."""
        return self.before is not None and self.after is not None and _figures(self.before) != _figures(self.after)

    @property
    def due(self) -> tuple[str | None, str | None] | None:
        """By when, before and afterwards, where it stays in the way and its deadline moves."""
        if self.before is None or self.after is None or self.before.due == self.after.due:
            return None
        return self.before.due, self.after.due


@frozen(kw_only=True)
class Change:
    """What would change for one branch on a `day`; `before` is None where it is founded, `after` where it ceases to be."""

    branch: str
    day: str
    before: Standing | None
    after: Standing | None
    into: str | None = None  # the branch that takes over from one that ends

    @property
    def known(self) -> Standing:
        """As it will stand; for one that ends, as it stood."""
        standing = self.after or self.before
        assert standing is not None
        return standing

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Requirements that come into the way, go out of it, or stay in it and ask for something else."""
        before, after = (side.unmet if side else {} for side in (self.before, self.after))
        pairs = [(code, before.get(code), after.get(code)) for code in dict.fromkeys((*after, *before))]
        return tuple(Demand(code=code, before=was, after=now) for code, was, now in pairs if _weight(was) != _weight(now))

    @property
    def newly_unmet(self) -> tuple[Demand, ...]:
        return tuple(demand for demand in self.demands if demand.before is None)

    @property
    def newly_met(self) -> tuple[Demand, ...]:
        """No longer in the way: met, or no longer asked."""
        return tuple(demand for demand in self.demands if demand.after is None)

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The kinds of change, each once."""
        before, after = self.before, self.after
        if before is None or after is None:
            return ("founded",) if before is None else ("ended",)
        demands = self.demands
        found: dict[Sort, bool] = {
            "moved": (before.state, before.attempt) != (after.state, after.attempt),
            "placed": (before.batch, before.group) != (after.batch, after.group),
            "suspended": after.suspended is not None and before.suspended is None,
            "resumed": before.suspended is not None and after.suspended is None,
            "unmet": any(demand.before is None for demand in demands),
            "met": any(demand.after is None for demand in demands),
            "weighed": any(demand.weighed for demand in demands),
            "planned_end": before.planned_end != after.planned_end,
            "due": any(demand.due for demand in demands),
            "members": before.members != after.members,
            "moves": before.state == after.state and before.moves != after.moves,
            "hands": before.hands != after.hands,
        }
        return tuple(sort for sort, holds in found.items() if holds)


@frozen(kw_only=True)
class Impact:
    """What a command would come to on a `day`; nothing of it was written.

    `answers` are its verdicts, as they would be. `changes` has the branches something would change for, `unchanged` counts the others;
    `governed` how many would be under other rules than before. `definition` is what would be in force for whatever begins that day.
    """

    day: str
    answers: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    unchanged: int
    total: int
    governed: int
    definition: str

    @property
    def allowed(self) -> bool:
        return all(self.answers)

    def of(self, branch: str) -> Change | None:
        """What would change for one branch; None if nothing."""
        return next((change for change in self.changes if change.branch == branch), None)

    def counts(self) -> dict[Sort, int]:
        """How many branches each kind of change concerns."""
        return dict(Counter(sort for change in self.changes for sort in change.sorts))

    def demanded(self, sort: Literal["unmet", "met"]) -> dict[str, int]:
        """Requirements that come into the way (or go out of it), and of how many branches; the most frequent first."""
        found = Counter(d.code for change in self.changes for d in (change.newly_unmet if sort == "unmet" else change.newly_met))
        return dict(found.most_common())


def compared(
    day: str, definition: str, answers: tuple[Verdict, ...], before: Mapping[str, Standing], after: Mapping[str, Standing]
) -> Impact:
    """Compares how all branches stand. One that ended before is not counted."""
    was, now = ({ident: each for ident, each in side.items() if each.ended is None} for side in (before, after))
    idents = sorted(was.keys() | now.keys())
    changes = [
        Change(branch=ident, day=day, before=was.get(ident), after=now.get(ident), into=after[ident].successor if ident in after else None)
        for ident in idents
    ]
    changed = tuple(change for change in changes if change.sorts)
    return Impact(
        day=day,
        answers=answers,
        changes=changed,
        unchanged=len(changes) - len(changed),
        total=len(changes),
        definition=definition,
        governed=sum(1 for c in changes if c.before and c.after and c.before.definition != c.after.definition),
    )


def _short(finding: Finding | None) -> int:
    if finding is None:
        return 0
    return sum(1 for short in finding.short if short.status in STANDING) if finding.each else 1


def _figures(finding: Finding) -> tuple[Any, ...]:
    """What is asked and found, without the events it rests on."""
    return finding.status, finding.figures, tuple((short.id, short.status, short.figures) for short in finding.short)


def _weight(finding: Finding | None) -> object:
    return None if finding is None else (_figures(finding), finding.due)

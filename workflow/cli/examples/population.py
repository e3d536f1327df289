"""Who lives in the example district: 782 branches with 14,972 members in three batches. Totals are exact by construction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, log
from random import Random

from attrs import define, evolve, frozen

from workflow.cli.examples.names import Names
from workflow.cli.examples.story import Member

SIGMA = 0.62
MEAN = 14_972 / 782
BINS = ((3, 6, 60, 303), (7, 12, 216, 2_080), (13, 20, 242, 3_912), (21, 35, 188, 4_964), (36, 60, 63, 2_750), (61, 110, 13, 963))
_BY_CALLING = ("in_post", "farming", "other", "early_leave", "retired")  # who is asked first to hold an office in the branch


@frozen
class Batch:
    """One batch: its counts, exact. `kinds` are committees, general branches and branches."""

    id: str
    prefix: str
    branches: int
    members: int
    status: dict[str, int]
    flags: dict[str, int]
    kinds: tuple[int, int, int]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    infirm_among: tuple[str, ...] = ("retired",)
    unable_among: tuple[str, ...] = ("retired", "other")


GROUPS = tuple(f"group-{n:02}" for n in range(1, 11))
TOWNS = tuple(f"town-{n:02}" for n in range(1, 14))
BATCHES = (
    Batch(
        "1", "organ", 148, 2_986,
        {"in_post": 2_224, "retired": 582, "early_leave": 90, "other": 90},
        {"mobile": 60, "lost_contact": 6, "infirm": 134, "leading_cadre": 478, "cannot_write": 15},
        (8, 14, 126), GROUPS, ("organ",),
    ),
    Batch(
        "2", "unit", 211, 3_840,
        {"in_post": 2_150, "retired": 1_267, "early_leave": 77, "other": 346},
        {"mobile": 192, "lost_contact": 23, "infirm": 422, "leading_cadre": 192, "cannot_write": 115},
        (9, 20, 182), TOWNS, ("institution", "enterprise", "community"),
    ),
    Batch(
        "3", "village", 423, 8_146,
        {"farming": 4_236, "in_post": 896, "retired": 1_059, "other": 1_955},
        {"mobile": 1_140, "lost_contact": 98, "infirm": 1_222, "leading_cadre": 81, "cannot_write": 978},
        (17, 34, 372), TOWNS, ("rural",), ("retired", "farming"), ("farming", "retired", "other"),
    ),
)  # fmt: skip


@frozen
class Branch:
    """A branch of the district. Its first three members hold its offices: chief, secretary, clerk."""

    id: str
    title: str
    batch: str
    group: str
    parent: str
    sector: str
    kind: str
    focus: bool
    members: tuple[Member, ...]

    def rows(self) -> Iterator[dict[str, str]]:
        about = {"title": self.title, "batch": self.batch, "group": self.group, "parent": self.parent}
        yield {"branch": self.id, **about, "sector": self.sector, "kind": self.kind, "focus": "yes" if self.focus else "no"}
        for member in self.members:
            yield member.row(self.id)


def populate(rng: Random, names: Names) -> list[Branch]:
    """All branches, batch by batch."""
    found: list[Branch] = []
    for batch, sizes in zip(BATCHES, _dealt(rng, _sizes(rng)), strict=True):
        rolls = _rolls(rng, names, batch, sizes)
        found += _branches(rng, batch, rolls)
    return found


# -- sizes -----------------------------------------------------------------------------------------------------------


def _sizes(rng: Random) -> list[int]:
    """Log-normal sizes, as many and with as many members in each bin as the district has."""
    mu = log(MEAN) - SIGMA**2 / 2
    bins: list[list[int]] = [[] for _ in BINS]
    while any(len(sizes) < count for sizes, (_, _, count, _) in zip(bins, BINS, strict=True)):
        size = round(exp(rng.gauss(mu, SIGMA)))
        for sizes, (low, high, count, _) in zip(bins, BINS, strict=True):
            if low <= size <= high and len(sizes) < count:
                sizes.append(size)
    for sizes, (low, high, _, total) in zip(bins, BINS, strict=True):
        _adjust(rng, sizes, low, high, total)
    return [size for sizes in bins for size in sizes]


def _adjust(rng: Random, sizes: list[int], low: int, high: int, total: int) -> None:
    """One member more or less here and there, until the sum is right; nobody leaves the bounds."""
    while (wanting := total - sum(sizes)) != 0:
        step = 1 if wanting > 0 else -1
        n = rng.randrange(len(sizes))
        if low <= sizes[n] + step <= high:
            sizes[n] += step


def _dealt(rng: Random, sizes: list[int]) -> list[list[int]]:
    """The sizes dealt to the batches, with exactly as many members in each."""
    rng.shuffle(sizes)
    ends = [sum(batch.branches for batch in BATCHES[: n + 1]) for n in range(len(BATCHES))]
    hands = [sizes[end - batch.branches : end] for batch, end in zip(BATCHES, ends, strict=True)]
    for n in range(len(hands) - 1):
        _exchange(rng, hands[n], hands[-1], BATCHES[n].members)
    return hands


def _exchange(rng: Random, hand: list[int], rest: list[int], total: int) -> None:
    """Swaps branches between two batches until the first has `total` members."""
    while (wanting := total - sum(hand)) != 0:
        a, b = rng.randrange(len(hand)), rng.randrange(len(rest))
        if abs(wanting - (rest[b] - hand[a])) < abs(wanting):
            hand[a], rest[b] = rest[b], hand[a]


# -- members ---------------------------------------------------------------------------------------------------------


def _rolls(rng: Random, names: Names, batch: Batch, sizes: Sequence[int]) -> list[list[Member]]:
    statuses = [status for status, count in batch.status.items() for _ in range(count)]
    rng.shuffle(statuses)
    rolls, start = [], 0
    for size in sizes:
        drawn = sorted(statuses[start : start + size], key=_BY_CALLING.index)
        rolls.append([Member(*names.draw(), status) for status in drawn])
        start += size
    flags = _Flags(rng, batch, rolls).drawn()
    return [[evolve(m, flags=frozenset(flags.get(m.id, ())), roles=_roles(n)) for n, m in enumerate(roll)] for roll in rolls]


def _roles(place: int) -> tuple[str, ...]:
    offices = (("chief", "committee"), ("secretary", "marker", "committee"), ("clerk",))
    return offices[place] if place < len(offices) else ()


@define
class _Flags:
    """Draws who bears which flag in one batch, each exactly as often as the batch has it."""

    rng: Random
    batch: Batch
    rolls: list[list[Member]]

    def drawn(self) -> dict[str, set[str]]:
        """person -> flags"""
        wanted = self.batch.flags
        plain = [member for roll in self.rolls for member in roll[3:]]
        mobile = self._sample(plain, wanted["mobile"])
        settled = [m for m in plain if m.id not in {x.id for x in mobile}]
        found = {
            "leading_cadre": self._leaders(wanted["leading_cadre"], settled),
            "mobile": mobile,
            "lost_contact": self._sample(mobile, wanted["lost_contact"]),
            "infirm": self._sample([m for m in settled if m.status in self.batch.infirm_among], wanted["infirm"]),
            "cannot_write": self._sample([m for m in settled if m.status in self.batch.unable_among], wanted["cannot_write"]),
        }
        by_person: dict[str, set[str]] = {}
        for flag, members in found.items():
            for member in members:
                by_person.setdefault(member.id, set()).add(flag)
        return by_person

    def _leaders(self, count: int, settled: list[Member]) -> list[Member]:
        """The chiefs of the branches first, then others in post."""
        chiefs = [roll[0] for roll in self.rolls]
        if count <= len(chiefs):
            return self._sample(chiefs, count)
        return chiefs + self._sample([m for m in settled if m.status == "in_post"], count - len(chiefs))

    def _sample(self, members: Sequence[Member], count: int) -> list[Member]:
        return self.rng.sample(members, count)


# -- branches --------------------------------------------------------------------------------------------------------


def _branches(rng: Random, batch: Batch, rolls: list[list[Member]]) -> Iterator[Branch]:
    """Committees first, then general branches, each under a committee; a branch is under one of the general branches."""
    committees, generals, _ = batch.kinds
    ids = [f"{batch.prefix}-{n:03}" for n in range(1, batch.branches + 1)]
    groups = [batch.groups[n % len(batch.groups)] for n in range(batch.branches)]
    focus = {ident for group in GROUPS for ident in _focus(rng, group, ids, groups)}
    for n, (ident, roll) in enumerate(zip(ids, rolls, strict=True)):
        kind = "committee" if n < committees else "general_branch" if n < committees + generals else "branch"
        above = {"committee": "", "general_branch": ids[n % committees], "branch": ids[committees + n % generals]}[kind]
        sector = batch.sectors[n % len(batch.sectors)]
        yield Branch(ident, _title(batch, n, kind), batch.id, groups[n], above, sector, kind, ident in focus, tuple(roll))


def _focus(rng: Random, group: str, ids: Sequence[str], groups: Sequence[str]) -> list[str]:
    """The two or three focus units of one supervision group."""
    supervised = [ident for ident, its in zip(ids, groups, strict=True) if its == group]
    return rng.sample(supervised, rng.choice((2, 3))) if supervised else []


_PLACES = {
    "1": ("财政", "水务", "林业", "交通", "教育", "卫生", "民政", "统计", "审计", "档案", "文化", "农业", "商务", "环保", "司法", "物价"),
    "2": ("第一中学", "人民医院", "供水公司", "纺织厂", "东街社区", "图书馆", "粮站", "机械厂", "西街社区", "广播站"),
    "3": ("柳庄", "清河", "石桥", "东岭", "南坡", "大湾", "杨树", "双井", "北沟", "上坪", "下坪", "王家", "李家", "高台"),
}
_SUFFIX = {"1": "局", "2": "", "3": "村"}
_KIND_TITLE = {"committee": "党委", "general_branch": "党总支", "branch": "党支部"}


def _title(batch: Batch, n: int, kind: str) -> str:
    places = _PLACES[batch.id]
    round_of = n // len(places)
    number = f"第{round_of + 1}" if round_of else ""
    return f"{places[n % len(places)]}{_SUFFIX[batch.id]}{number}{_KIND_TITLE[kind]}"

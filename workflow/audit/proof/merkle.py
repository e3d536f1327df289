"""Merkle trees as in RFC 6962, section 2: roots, inclusion proofs and consistency proofs, and how each is checked.

Everything is over SHA-256. Nothing here keeps the leaves: a root takes memory in the logarithm of their number, and a proof asks
for the roots of the few subtrees it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from attrs import define, field

Subroot = Callable[[int, int], bytes]  # the root over the leaves from the first number up to, not including, the second

EMPTY = sha256(b"").digest()  # the root of a tree without leaves


def leaf(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@define
class Frontier:
    """A tree that grows: the roots of its full subtrees, the largest first."""

    size: int = 0
    _roots: list[bytes] = field(factory=list)

    def add(self, hashed: bytes) -> None:
        """One more leaf, by its hash."""
        full = self.size  # every trailing 1 of the old size is a subtree that is complete now
        while full & 1:
            hashed = node(self._roots.pop(), hashed)
            full >>= 1
        self._roots.append(hashed)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node(left, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves, given by their hashes."""
    tree = Frontier()
    for each in leaves:
        tree.add(each)
    return tree.root


# -- proofs ----------------------------------------------------------------------------------------------------------------


def inclusion(index: int, size: int, subroot: Subroot) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of the first `size` leaves, from the leaf up (2.1.1)."""
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(subroot(middle, stop))
            stop = middle
        else:
            path.append(subroot(start, middle))
            start = middle
    return path[::-1]


def consistency(first: int, second: int, subroot: Subroot) -> list[bytes]:
    """That the tree of `first` leaves is the beginning of the tree of `second` (2.1.2); empty where they are the same, or `first` is 0."""
    path: list[bytes] = []
    start, stop, known = 0, second, True  # `known`: this subtree is the old tree itself, whose root the reader has
    while 0 < first < stop:
        middle = start + _split(stop - start)
        if first <= middle:
            path.append(subroot(middle, stop))
            stop = middle
        else:
            path.append(subroot(start, middle))
            start, known = middle, False
    if not known:
        path.append(subroot(start, stop))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


# -- checking them (RFC 9162, sections 2.1.3.2 and 2.1.4.2) ------------------------------------------------------------------


def included(hashed: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Does the path lead from the leaf to the expected root?"""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, hashed
    for each in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(each, found)
            at, last = _up(at, last)
        else:
            found = node(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def consistent(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Does the path show that the tree with root `new` begins with the one with root `old`?"""
    if first == second or first == 0:
        return not path and (old == new if first == second else old == EMPTY)
    path = [old, *path] if first & (first - 1) == 0 else list(path)
    if not path or first > second:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(each, before), node(each, after)
            at, last = _up(at, last)
        else:
            after = node(after, each)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old and after == new


def _up(at: int, last: int) -> tuple[int, int]:
    """Past the levels on which a node at the right edge has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last

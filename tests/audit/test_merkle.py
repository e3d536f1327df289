"""Merkle trees against the vectors of RFC 6962's authors, against the definition written out, and against another program."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.audit.proof import merkle

# From the certificate-transparency project: eight entries, and the root over the first of them, the first two ...
ENTRIES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf(entry) for entry in ENTRIES]
trees = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = max(1 << n for n in range(len(leaves).bit_length()) if 1 << n < len(leaves))
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def subroots(leaves: list[bytes]) -> merkle.Subroot:
    return lambda start, stop: merkle.root(leaves[start:stop])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_known_vectors(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_paths_of_the_known_vectors() -> None:
    def inclusion(index: int, size: int) -> list[str]:
        return [each.hex() for each in merkle.inclusion(index, size, subroots(LEAVES))]

    def consistency(first: int, second: int) -> list[str]:
        return [each.hex() for each in merkle.consistency(first, second, subroots(LEAVES))]

    assert inclusion(0, 1) == consistency(1, 1) == []
    assert inclusion(0, 8) == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert inclusion(5, 8)[0] == "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    assert consistency(6, 8) == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(trees)
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    leaves = [merkle.leaf(entry) for entry in entries]
    assert merkle.root(leaves) == by_definition(leaves)


@given(trees, st.data())
def test_a_path_leads_from_its_own_leaf_only(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(bytes([n]) + entry) for n, entry in enumerate(entries)]
    size = len(leaves)
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    path, root = merkle.inclusion(index, size, subroots(leaves)), merkle.root(leaves)
    assert merkle.included(leaves[index], index, size, path, root)
    assert merkle.included(leaves[other], index, size, path, root) == (other == index)
    assert merkle.included(leaves[index], other, size, path, root) == (other == index)
    assert not merkle.included(leaves[index], index, size, [*path, root], root)
    assert not merkle.included(leaves[index], size, size, path, root)
    if path:
        assert not merkle.included(leaves[index], index, size, path[:-1], root)


@given(trees, st.data())
def test_only_a_beginning_is_consistent(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(entry) for entry in entries]
    second = len(leaves)
    first = data.draw(st.integers(0, second))
    path = merkle.consistency(first, second, subroots(leaves))
    old, new = merkle.root(leaves[:first]), merkle.root(leaves)
    assert merkle.consistent(first, second, old, new, path)
    assert not merkle.consistent(first, second, merkle.leaf(b"another"), new, path)
    if first:
        assert not merkle.consistent(first, second, old, merkle.leaf(b"another"), path)
    if path:
        assert not merkle.consistent(first, second, old, new, path[:-1])
        assert not merkle.consistent(first, second, old, new, [*path, old])
    assert not merkle.consistent(second + 1, second, new, new, [new])


@given(trees, st.data())
def test_another_program_comes_to_the_same(entries: list[bytes], data: st.DataObject) -> None:
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle (GPL, for tests only) is not installed: pip install pymerkle")
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    leaves = [merkle.leaf(entry) for entry in entries]
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    assert merkle.root(leaves[:size]) == tree.get_root(size)
    proof = tree.prove_inclusion(index + 1, size)  # it counts from 1, and its paths begin with the leaf
    assert proof.path[0] == leaves[index]
    pymerkle.verify_inclusion(leaves[index], merkle.root(leaves[:size]), proof)
    assert proof.path[1:] == merkle.inclusion(index, size, subroots(leaves))

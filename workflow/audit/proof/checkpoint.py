"""Checkpoints: what a ledger was at one moment, in three lines that are kept elsewhere.

The tree is that of RFC 6962 over all events in the order of the ledger, whatever their streams: the entry of an event is the 32
bytes of its hash. (Over the heads of the streams, as once designed, a checkpoint would say as much about what is there, but its
"size" would count streams, and neither the standard proofs nor the standard tools would apply.) Since every event's hash covers
the one before it in its stream, the tree covers all that was ever said.

The text is that of c2sp.org/tlog-checkpoint, a note as in c2sp.org/signed-note; a proof of inclusion is that of
c2sp.org/tlog-proof. Any program that knows these can check ours.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from urllib.parse import quote

from attrs import evolve, frozen

from workflow.audit.proof import merkle
from workflow.audit.proof.readable import readable
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, Misuse
from workflow.ledger import CAMPAIGN, branch_stream, event
from workflow.store import Store
from workflow.texts import Text

_SIZE = "SELECT COUNT(*) FROM workflow_event"
_FIRST = "SELECT payload, hash FROM workflow_event WHERE stream = ? AND seq = 1"
_HASHES = "SELECT hash FROM workflow_event ORDER BY id LIMIT ? OFFSET ?"
_BEFORE = "SELECT COUNT(*) FROM workflow_event WHERE id < ?"
_HEX = re.compile("[0-9a-f]{64}")
_DIGITS = re.compile("0|[1-9][0-9]{0,17}")
_DASH = "— "  # an em dash and a blank begin a signature
_PROOF = "c2sp.org/tlog-proof@v1"


@frozen
class Signature:
    """`key` is the key's id, 4 bytes; `value` what it made of the note's text."""

    name: str
    key: bytes
    value: bytes


@frozen
class Checkpoint:
    """`size` events of the ledger `origin` have this root (32 bytes). `extensions` are lines others added before it was signed."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def body(self) -> str:
        """What is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, _base64(self.root), *self.extensions))

    @property
    def text(self) -> str:
        """The whole note."""
        signed = "".join(f"{_DASH}{s.name} {_base64(s.key + s.value)}\n" for s in self.signatures)
        return f"{self.body}\n{signed}" if signed else self.body

    def signed(self, signature: Signature) -> Checkpoint:
        return evolve(self, signatures=(*self.signatures, signature))


@frozen
class Inclusion:
    """That an event is in the ledger of a checkpoint: its number there (`index`, from 0), and the audit path."""

    stream: str
    seq: int
    hash: str
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    @property
    def holds(self) -> bool:
        about = self.index, self.checkpoint.size, self.path, self.checkpoint.root
        return merkle.included(leaf_of(self.hash), *about)

    @property
    def text(self) -> str:
        """As in c2sp.org/tlog-proof; the entry is the event's hash as 32 bytes."""
        lines = [_PROOF, f"index {self.index}", *map(_base64, self.path)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.checkpoint.text}"


# -- made from a ledger --------------------------------------------------------------------------------------------------------


def checkpoint(campaign: Campaign) -> Checkpoint:
    """The ledger as it stands, unsigned. Nothing is written. One pass over the ledger, in the memory of a few hashes."""
    store = campaign.store
    with readable(store), store.read():
        return _at(store, _count(store))


def inclusion(campaign: Campaign, branch: str | None, seq: int, of: Checkpoint | None = None) -> Inclusion:
    """That event `seq` of a branch, or (None) of the campaign, is in the ledger of a checkpoint (default: as it stands).

    Raises `NotFound` for no such event, `Misuse` for one that was written after the checkpoint, or a checkpoint that is not of
    this ledger as it is now.
    """
    store = campaign.store
    with readable(store), store.read():
        found = event(store, CAMPAIGN if branch is None else branch_stream(branch), seq)
        index = store.rows(_BEFORE, (found.position,))[0][0]
        known = _own(store, of)
        if index >= known.size:
            en = f"{found.stream} #{seq} is event {index + 1:,} of the ledger, the checkpoint ends with event {known.size:,}"
            zh = f"{found.stream} 第 {seq} 号是台账第 {index + 1:,} 个事件，检查点止于第 {known.size:,} 个"
            raise Misuse(Text.of(en, zh), "after-checkpoint")
        path = merkle.inclusion(index, known.size, lambda start, stop: merkle.root(leaves(store, start, stop)))
    return Inclusion(found.stream, seq, found.hash, index, tuple(path), known)


def consistency(campaign: Campaign, old: Checkpoint, new: Checkpoint | None = None) -> tuple[Checkpoint, tuple[bytes, ...]]:
    """The proof that the ledger of one checkpoint begins with that of an older one, and the newer of the two (default: as it stands).

    Raises `Misuse` where one of them is not of this ledger as it is now: then there is no such proof.
    """
    store = campaign.store
    with readable(store), store.read():
        newer, older = _own(store, new), _own(store, old)
        if older.size > newer.size:
            en = f"the first checkpoint is the newer one: {older.size:,} events, against {newer.size:,}"
            raise Misuse(Text.of(en, f"前一检查点较新：{older.size:,} 个事件，后者 {newer.size:,} 个"), "order")
        path = merkle.consistency(older.size, newer.size, lambda start, stop: merkle.root(leaves(store, start, stop)))
    return newer, tuple(path)


def leaves(store: Store, start: int, stop: int) -> Iterator[bytes]:
    """The leaves of the ledger's events from number `start` (from 0) up to, not including, `stop`."""
    return (leaf_of(row[0]) for row in store.execute(_HASHES, (stop - start, start)))


def leaf_of(hashed: object) -> bytes:
    """The leaf of an event. What is no hash at all (the chain says so too) gives a leaf no ledger of ours has."""
    sound = isinstance(hashed, str) and _HEX.fullmatch(hashed) is not None
    return merkle.leaf(bytes.fromhex(str(hashed)) if sound else b"")


def origin_of(store: Store) -> str:
    """Which ledger this is: the campaign's name, and the beginning of its first event's hash. Raises `DatabaseFault` if damaged."""
    row = store.row(_FIRST, (CAMPAIGN,))
    try:
        name, hashed = ("", "") if row is None else (str(json.loads(row[0])["name"]), str(row[1]))
    except (ValueError, LookupError, TypeError) as problem:
        text = Text.of(
            "the ledger's first event is damaged; run `workflow audit verify`", "台账的首个事件已损坏；请运行 `workflow audit verify`"
        )
        raise DatabaseFault(text, "ledger-broken") from problem
    # A key's name is its log's origin, and has neither blanks nor plus signs.
    plain = "".join(quote(c, safe="") if c.isspace() or not c.isprintable() or c in "%+" else c for c in name)
    return f"workflow/{plain}/{hashed[:16]}"


def _own(store: Store, found: Checkpoint | None) -> Checkpoint:
    """A checkpoint that this ledger still fits, or the one of now. Raises `Misuse` for any other."""
    total = _count(store)
    if found is None:
        return _at(store, total)
    here = _at(store, min(found.size, total))
    if (here.origin, here.size, here.root) != (found.origin, found.size, found.root):
        en = "the checkpoint is not of this ledger as it is now: `workflow audit verify --checkpoint FILE` says what is wrong"
        raise Misuse(Text.of(en, "检查点与现有台账不符：请用 `workflow audit verify --checkpoint 文件` 查明原因"), "other-ledger")
    return found


def _at(store: Store, size: int) -> Checkpoint:
    return Checkpoint(origin_of(store), size, merkle.root(leaves(store, 0, size)))


def _count(store: Store) -> int:
    return int(store.rows(_SIZE)[0][0])


# -- read from a text ----------------------------------------------------------------------------------------------------------


def parse(text: str) -> Checkpoint:
    """A checkpoint out of its text, signed or not. Raises `Misuse` that says what is wrong with it."""
    body, blank, signed = text.rpartition("\n\n")
    if not blank:
        body, signed = text.removesuffix("\n"), ""
    lines = body.split("\n")
    if len(lines) < 3 or not text.endswith("\n") or not all(lines) or not _plain(text):
        raise _malformed(
            "three lines are expected (origin, size, root), then an empty line before the signatures",
            "应为三行（来源、规模、根哈希），空一行后为签名",
        )
    origin, size, hashed, *extensions = lines
    root = _decoded(hashed)
    if not _DIGITS.fullmatch(size):
        raise _malformed(f"the second line should be the number of events, found {size!r}", f"第二行应为事件数，实为 {size!r}")
    if root is None or len(root) != 32:
        raise _malformed(f"the third line should be a hash in Base64, found {hashed!r}", f"第三行应为 Base64 哈希，实为 {hashed!r}")
    signatures = tuple(_signature(line) for line in signed.removesuffix("\n").split("\n") if line)
    return Checkpoint(origin, int(size), root, tuple(extensions), signatures)


def _signature(line: str) -> Signature:
    name, blank, encoded = line.removeprefix(_DASH).partition(" ")
    value = _decoded(encoded)
    if not line.startswith(_DASH) or not blank or not name or value is None or len(value) < 5:
        raise _malformed(f"not a signature: {line!r}", f"不是签名：{line!r}")
    return Signature(name, value[:4], value[4:])


def _plain(text: str) -> bool:
    return not any(char < " " and char != "\n" for char in text)


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):  # ValueError: characters beyond ASCII
        return None


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _malformed(en: str, zh: str) -> Misuse:
    return Misuse(Text.of(f"not a checkpoint: {en}", f"不是检查点：{zh}"), "not-a-checkpoint")

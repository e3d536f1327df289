"""Signed checkpoints: Ed25519 as in c2sp.org/signed-note, by the library `cryptography`."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from workflow.audit.proof.checkpoint import Checkpoint, Signature
from workflow.errors import Misuse, NotFound
from workflow.texts import Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"  # the type of a signature, in ids of keys
_MODE = 0o600


@frozen
class Verifier:
    """What a signature is checked with: the name of a key, and its public half (32 bytes)."""

    name: str
    public: bytes

    @property
    def key(self) -> bytes:
        """The key's id, 4 bytes."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def line(self) -> str:
        """As it is handed to whoever is to check: name, id and public key, joined by plus signs."""
        return f"{self.name}+{self.key.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, line: str) -> Verifier:
        """Raises `Misuse` for anything but a verifier line of an Ed25519 key."""
        name, _, rest = line.strip().partition("+")
        identity, _, encoded = rest.partition("+")
        try:
            raw = b64decode(encoded, validate=True)
        except (NotBase64, ValueError):
            raw = b""
        found = cls(name, raw[1:])
        if not name or len(raw) != 33 or raw[:1] != _ED25519 or identity != found.key.hex():
            en = "not a verifier key: one line NAME+ID+KEY is expected, as `workflow audit key` printed it"
            raise Misuse(Text.of(en, "不是验签公钥：应为 `workflow audit key` 输出的一行：名称+编号+公钥"), "not-a-key")
        return found

    def verify(self, checkpoint: Checkpoint) -> Text | None:
        """What is wrong with this key's signature on a checkpoint; None where it is sound. Signatures of other keys are passed over."""
        own = [s for s in checkpoint.signatures if (s.name, s.key) == (self.name, self.key)]
        if not own:
            others = ", ".join(dict.fromkeys(s.name for s in checkpoint.signatures))
            en, zh = (f"it is signed by {others}", f"签名者为 {others}") if others else ("it is not signed", "未签名")
            return Text.of(f"it is not signed by {self.name} with this key: {en}", f"没有 {self.name} 以此密钥所作的签名：{zh}")
        if not all(self.sound(s.value, checkpoint.body) for s in own):
            return Text.of(
                f"the signature of {self.name} is not one of this text: the checkpoint was changed after it was signed",
                f"{self.name} 的签名与文本不符：检查点在签名后被改动过",
            )
        return None

    def sound(self, value: bytes, body: str) -> bool:
        """Is that what this key makes of this text?"""
        library = _library()
        try:
            library.ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(value, body.encode())
        except library.InvalidSignature:
            return False
        return True


def create_key(path: Path, name: str) -> Verifier:
    """A new private key in a new file that only its owner may read (PEM, PKCS 8). Raises `Misuse` if there is one already."""
    library = _library()
    key = library.ed25519.Ed25519PrivateKey.generate()
    forms = library.serialization
    pem = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    except FileExistsError:
        en = f"{path} is there already: a key is never overwritten; choose another file, or print its public half with --existing"
        raise Misuse(Text.of(en, f"{path} 已存在：密钥不会被覆盖；请另选文件，或加 --existing 输出其公钥"), "key-exists") from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    return _verifier(key, name)


def verifier_of(path: Path, name: str) -> Verifier:
    """The public half of a private key in a file. Raises `NotFound`, or `Misuse` for what is no such key."""
    return _verifier(_private(path), name)


def sign(checkpoint: Checkpoint, path: Path) -> Checkpoint:
    """The checkpoint with one more signature, by the key in a file. The key is named by the origin, as the standard advises."""
    key = _private(path)
    identity = _verifier(key, checkpoint.origin).key
    return checkpoint.signed(Signature(checkpoint.origin, identity, key.sign(checkpoint.body.encode())))


def _private(path: Path) -> Ed25519PrivateKey:
    library = _library()
    if not path.is_file():
        hint = Text.of(
            f"there is no key {path}: make one with `workflow audit key {path}`", f"没有密钥 {path}：请用 `workflow audit key {path}` 生成"
        )
        raise NotFound(hint, "key-missing")
    wrong = Text.of(f"{path} is not an Ed25519 key without a passphrase (PEM)", f"{path} 不是无口令的 Ed25519 密钥（PEM）")
    try:
        key = library.serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, library.UnsupportedAlgorithm) as problem:
        raise Misuse(wrong, "not-a-key") from problem
    if not isinstance(key, library.ed25519.Ed25519PrivateKey):
        raise Misuse(wrong, "not-a-key")
    return key  # type: ignore[no-any-return]


def _verifier(key: Ed25519PrivateKey, name: str) -> Verifier:
    return Verifier(name, key.public_key().public_bytes_raw())


def _library() -> Any:
    """The parts of `cryptography` we use. Raises `Misuse` with the line to install it if it is not there."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        line = "pip install 'campaign-workflow[sign]'"
        raise Misuse(Text.of(f"signatures need cryptography: {line}", f"签名需要 cryptography：{line}"), "no-cryptography") from None
    return _Library(serialization, ed25519, InvalidSignature, UnsupportedAlgorithm)


@frozen
class _Library:
    serialization: Any
    ed25519: Any
    InvalidSignature: Any
    UnsupportedAlgorithm: Any

"""Signatures by the Standard Webhooks scheme: https://www.standardwebhooks.com, version 1.0.0 of the specification."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from workflow.clock import SystemClock, as_utc
from workflow.errors import Misuse
from workflow.texts import Text

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_SIZES = range(24, 65)  # bytes of a key, by the specification
_SCHEME = "v1"


def key_of(secret: str, name: str = "secret") -> bytes:
    """The key a secret holds: `whsec_` and 24 to 64 bytes in base64. Raises `Misuse`, which does not repeat it, under its `name`."""
    plain = secret.removeprefix(PREFIX).rstrip("=")
    try:
        key = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _SIZES:
        en = f"{name}: expected {PREFIX} and 24 to 64 random bytes in base64, as from: echo {PREFIX}$(openssl rand -base64 32)"
        zh = f"{name}：应为 {PREFIX} 加 24 至 64 个随机字节的 base64，可由此生成：echo {PREFIX}$(openssl rand -base64 32)"
        raise Misuse(Text.of(en, zh), "webhook-secret")
    return key


def signed(secrets: Sequence[str], ident: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with a body: one signature for each of the secrets."""
    moment = str(int(as_utc(now).timestamp()))
    signatures = " ".join(f"{_SCHEME},{b64encode(_mac(key_of(secret), ident, moment, body)).decode()}" for secret in secrets)
    return {ID: ident, TIMESTAMP: moment, SIGNATURE: signatures}


def verify_signature(
    secret: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes | str,
    *,
    now: datetime | None = None,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Whether a request was signed with the secret, or one of several, no longer than `tolerance` ago (or ahead).

    For receivers written in Python: `body` is what came, to the byte; names of headers count in any case. `now` is the machine's
    time if it is not given. Raises `Misuse` for what is no secret.
    """
    keys = [key_of(each) for each in ([secret] if isinstance(secret, str) else secret)]
    given = {name.lower(): value for name, value in headers.items()}
    ident, moment = given.get(ID, ""), given.get(TIMESTAMP, "")
    if not ident or not _fresh(moment, now or SystemClock().now(), tolerance):
        return False
    said = body.encode() if isinstance(body, str) else body
    ours = [b64encode(_mac(key, ident, moment, said)) for key in keys]
    theirs = [each.partition(",")[2].encode() for each in given.get(SIGNATURE, "").split() if each.startswith(f"{_SCHEME},")]
    return any(hmac.compare_digest(our, their) for our in ours for their in theirs)


def _fresh(moment: str, now: datetime, tolerance: timedelta) -> bool:
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12):
        return False
    return abs(as_utc(now).timestamp() - int(moment)) <= tolerance.total_seconds()


def _mac(key: bytes, ident: str, moment: str, body: bytes) -> bytes:
    return hmac.new(key, f"{ident}.{moment}.".encode() + body, sha256).digest()

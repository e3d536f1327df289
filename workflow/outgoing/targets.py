"""Where events go, and what they are signed with. Both may be secret: they come from the host or the environment, and are kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import Attribute, field, frozen, validators

from workflow.errors import Misuse
from workflow.outgoing.signature import key_of
from workflow.texts import Text
from workflow.web import PATIENCE, is_address

LONGEST_PATIENCE = 120.0  # seconds; well within a lease


def _several(secrets: str | Iterable[str]) -> tuple[str, ...]:
    return (secrets,) if isinstance(secrets, str) else tuple(secrets)


def _check_url(_instance: object, _attribute: Attribute[str], url: str) -> None:
    require_address("url", url)


def _check_secrets(_instance: object, _attribute: Attribute[tuple[str, ...]], secrets: Sequence[str]) -> None:
    for secret in secrets or ("",):  # nothing goes out unsigned
        key_of(secret)


def require_address(name: str, url: str) -> None:
    """Raises `Misuse`, which does not repeat the URL, under its `name`."""
    if not is_address(url):
        en = f"{name}: expected http:// or https://, a host and no password"
        raise Misuse(Text.of(en, f"{name}：应以 http:// 或 https:// 开头，含主机名，不含密码"), "webhook-url")


@frozen
class Target:
    """Where the events of a subscription go: a URL, and the secrets they are signed with, as `verify_signature` takes them.

    While a secret is replaced there are two, the new one first, and the receiver may know either. `patience` is how many seconds it
    has to answer. Raises `Misuse` for what is no URL or no secret; neither is repeated.
    """

    url: str = field(repr=False, validator=_check_url)
    secrets: tuple[str, ...] = field(repr=False, converter=_several, validator=_check_secrets)
    patience: float = field(default=PATIENCE, validator=[validators.gt(0), validators.le(LONGEST_PATIENCE)])


def variables(name: str) -> tuple[str, str]:
    """The variables the URL and the secrets of a subscription are read from."""
    stem = f"WORKFLOW_OUTGOING_{name.upper().replace('-', '_')}"
    return f"{stem}_URL", f"{stem}_SECRET"


def from_environment(env: Mapping[str, str], names: Iterable[str]) -> dict[str, Target]:
    """The targets set up in the environment, of the subscriptions `names`: WORKFLOW_OUTGOING_<NAME>_URL and ..._SECRET.

    <NAME> is the subscription's in capitals, with _ for -. Two secrets are separated by a blank, the new one first. A subscription
    without a URL is left out. Raises `Misuse` for a variable that makes no sense; its value is not repeated.
    """
    found = {}
    for name in names:
        url, secret = variables(name)
        if not env.get(url):
            continue
        require_address(url, env[url])
        secrets = env.get(secret, "").split()
        for each in secrets or [""]:
            key_of(each, secret)
        found[name] = Target(env[url], tuple(secrets))
    return found

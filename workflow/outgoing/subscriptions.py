"""What other systems are sent, and how far that has come in the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from workflow.canonical import canonical
from workflow.clock import stamp
from workflow.errors import Misuse, not_found
from workflow.ledger import branch_of
from workflow.outgoing.exposed import KINDS
from workflow.store import Store
from workflow.texts import Text

OF_KIND = "(?1 = '[]' OR kind IN (SELECT value FROM json_each(?1)))"  # ?1: the kinds of a subscription
OF_OTHERS = "stream NOT IN (SELECT stream FROM workflow_stuck WHERE subscription = ?2)"  # ?2: its name

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_INSERT = """INSERT INTO workflow_subscription (name, kinds, whole, created, position, failures, next_at, lease)
    VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 THEN 0 ELSE (SELECT COALESCE(MAX(id), 0) FROM workflow_event) END, 0, ?4, ?4)
    ON CONFLICT (name) DO NOTHING"""
_TABLES = {"workflow_subscription": "name", "workflow_stuck": "subscription", "workflow_dead_letter": "subscription"}
_NAMES = "SELECT name FROM workflow_subscription ORDER BY name"
_ALL = "SELECT name, kinds, whole, created, position, failures, next_at, error FROM workflow_subscription ORDER BY name"
_STUCK = "SELECT stream, seq, attempts, next_at, error FROM workflow_stuck WHERE subscription = ? ORDER BY stream"
_DEAD = "SELECT COUNT(*) FROM workflow_dead_letter WHERE subscription = ?"
# CROSS JOIN keeps to the few that are stuck: nothing that was sent is read again.
_WAITING = f"""SELECT COUNT(*), MIN(recorded_at) FROM (
    SELECT recorded_at FROM workflow_event WHERE id > ?3 AND {OF_KIND} AND {OF_OTHERS}
    UNION ALL SELECT recorded_at FROM workflow_stuck s CROSS JOIN workflow_event e ON e.stream = s.stream AND e.seq >= s.seq
    WHERE s.subscription = ?2 AND {OF_KIND}
    UNION ALL SELECT died FROM workflow_dead_letter WHERE subscription = ?2 AND again = 1)"""


def text_of(error: str | None) -> Text | None:
    """A reason as the tables keep it."""
    return None if error is None else Text(json.loads(error))


def _check_name(_instance: object, _attribute: object, name: str) -> None:
    if not _NAME.fullmatch(name):
        en = f"{name!r} is no name for a subscription: up to 40 of a-z, 0-9 and -, a letter first"
        raise Misuse(Text.of(en, f"{name!r} 不能作为订阅名：限 40 个以内的 a-z、0-9 和 -，以字母开头"), "subscription-name")


def _each_once(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kinds))


def _check_kinds(_instance: object, _attribute: object, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise not_found("there is no kind of event", "没有事件种类", kind, KINDS, "event-kind", "")


@frozen
class Subscription:
    """What another system wants to know: events of some `kinds`, or of all, under a `name` of small letters, digits and hyphens.

    It begins with what is recorded from now on or, with `from_start`, with the first event of the campaign. With `whole` events go
    out with all they hold: names, reasons, fields of records. Raises `Misuse` for a name, `NotFound` for a kind there is not.
    """

    name: str = field(validator=_check_name)
    kinds: tuple[str, ...] = field(default=(), converter=_each_once, validator=_check_kinds)
    from_start: bool = field(default=False, kw_only=True)
    whole: bool = field(default=False, kw_only=True)


@frozen
class Stuck:
    """A stream whose event `seq` was not taken: tried so often, and again at `next_at` (a stamp); its later events wait behind it."""

    stream: str
    seq: int
    attempts: int
    next_at: str
    error: Text | None = field(converter=text_of)

    @property
    def branch(self) -> str:
        """Empty for what concerns the campaign as a whole."""
        return branch_of(self.stream)


@frozen(kw_only=True)
class Standing:
    """How far a subscription has come: `waiting` events are still to be sent, the `oldest` of them recorded then (a stamp).

    `stuck` are the streams the receiver does not take for now, `dead` is how many events were given up. After `failures` in a row
    the receiver is left alone until `next_at`, because of `error`. `position` is how far the ledger was read.
    """

    name: str
    kinds: tuple[str, ...]
    whole: bool
    created: str
    position: int
    waiting: int
    oldest: str | None
    stuck: tuple[Stuck, ...]
    dead: int
    failures: int
    next_at: str
    error: Text | None


def subscribe(store: Store, subscription: Subscription, now: datetime) -> None:
    """Begin to keep what another system is to be sent. Raises `Misuse` for a name that is taken."""
    kinds = canonical(list(subscription.kinds))
    row = (subscription.name, kinds, int(subscription.whole), stamp(now), int(subscription.from_start))
    with store.write():
        if not store.execute(_INSERT, row).rowcount:
            en = f"there is a subscription {subscription.name} already: remove it first, or choose another name"
            raise Misuse(Text.of(en, f"已有订阅 {subscription.name}：请先移除，或另取名称"), "subscription-exists")


def unsubscribe(store: Store, name: str) -> None:
    """Forget a subscription: how far it had come, and its dead letters. The ledger keeps all events. Raises `NotFound`."""
    with store.write():
        require_subscription(store, name)
        for table, column in _TABLES.items():
            store.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))


def subscriptions(store: Store) -> list[Standing]:
    """Every subscription and how far it has come."""
    with store.read():
        return [_standing(store, *row) for row in store.rows(_ALL)]


def require_subscription(store: Store, name: str) -> None:
    """Raises `NotFound` if there is none of that name."""
    names = [known for (known,) in store.rows(_NAMES)]
    if name not in names:
        raise not_found("there is no subscription", "没有订阅", name, names, "subscription")


def waiting(store: Store, name: str, kinds: str, position: int) -> tuple[int, str | None]:
    """How many events a subscription has still to send, and when the oldest was recorded; `kinds` is JSON."""
    found, oldest = store.row(_WAITING, (kinds, name, position)) or (0, None)
    return found, oldest


def _standing(
    store: Store, name: str, kinds: str, whole: int, created: str, position: int, failures: int, next_at: str, error: str | None
) -> Standing:
    left, oldest = waiting(store, name, kinds, position)
    return Standing(
        name=name,
        kinds=tuple(json.loads(kinds)),
        whole=bool(whole),
        created=created,
        position=position,
        waiting=left,
        oldest=oldest,
        stuck=tuple(Stuck(*row) for row in store.rows(_STUCK, (name,))),
        dead=(store.row(_DEAD, (name,)) or (0,))[0],
        failures=failures,
        next_at=next_at,
        error=text_of(error),
    )

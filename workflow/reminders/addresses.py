"""Who is reached how. Personal data: it stands in no ledger, and can be deleted."""

from __future__ import annotations

import re
from datetime import datetime

from attrs import frozen

from workflow.clock import stamp
from workflow.errors import Misuse, not_found
from workflow.store import Store
from workflow.texts import LANGUAGES, Text

MAIL = "mail"
_MAILBOX = re.compile(r"[!-~]+@[!-~]+")

_SET = """INSERT INTO workflow_address (person, channel, address, lang) VALUES (?, ?, ?, ?)
    ON CONFLICT (person, channel) DO UPDATE SET address = excluded.address, lang = excluded.lang"""
_LATEST = """INSERT INTO workflow_delivery (notice, channel, state, attempts, next_at)
    SELECT n.id, ?, 'waiting', 0, ? FROM workflow_notice n
    WHERE n.person = ?3 AND n.day = (SELECT MAX(day) FROM workflow_notice WHERE person = ?3)
    AND NOT EXISTS (SELECT 1 FROM workflow_delivery d WHERE d.notice = n.id)"""
_LIST = "SELECT person, channel, address, lang FROM workflow_address WHERE ?1 = '' OR person = ?1 ORDER BY person, channel"
_PEOPLE = "SELECT id, name FROM workflow_person"
_NAME = "SELECT name FROM workflow_person WHERE id = ?"
_MINE = "channel = ? AND notice IN (SELECT id FROM workflow_notice WHERE person = ?)"
_DROP = f"DELETE FROM workflow_delivery WHERE state <> 'sent' AND {_MINE}"
_BLANK = f"UPDATE workflow_delivery SET receipt = '', error = NULL WHERE {_MINE}"
_FORGET = "DELETE FROM workflow_address WHERE channel = ? AND person = ?"


@frozen
class Address:
    """`address` is what the channel makes of it: a mailbox, or who is meant at the other end of a webhook."""

    person: str
    channel: str
    address: str
    lang: str


def set_address(store: Store, address: Address, now: datetime) -> None:
    """Reach a person so from now on; what waits for this channel goes there too.

    What was posted while the person could not be reached at all is sent as far as it is of the latest day: the digests before
    are out of date, and nobody is flooded. Raises `NotFound` for an unknown person, `Misuse` for what is no address.
    """
    _check(address)
    with store.write():
        name_of(store, address.person)
        store.execute(_SET, (address.person, address.channel, address.address, address.lang))
        store.execute(_LATEST, (address.channel, stamp(now), address.person))


def name_of(store: Store, person: str) -> str:
    """What a person is called. Raises `NotFound` for nobody known."""
    found = store.row(_NAME, (person,))
    if found is None:
        raise not_found("there is no person", "没有人员", person, dict(store.rows(_PEOPLE)), "person", "people")
    return str(found[0])


def addresses(store: Store, person: str = "") -> list[Address]:
    """The addresses of a person, or of everybody."""
    return [Address(*row) for row in store.rows(_LIST, (person,))]


def forget(store: Store, person: str) -> list[Address]:
    """Delete a person's addresses, and what was to go there; returns what was deleted. That notices were sent stays, not where to."""
    with store.write():
        known = addresses(store, person)
        for each in known:
            for statement in (_DROP, _BLANK, _FORGET):
                store.execute(statement, (each.channel, person))
    return known


def _check(address: Address) -> None:
    said, channel = address.address, address.channel
    if address.lang not in LANGUAGES:
        raise _misuse(
            f"{address.lang!r} is no language: expected one of {', '.join(LANGUAGES)}",
            f"没有语言 {address.lang!r}：应为 {'、'.join(LANGUAGES)} 之一",
        )
    if "://" in said:
        # Not repeated in the message: it may hold a password.
        raise _misuse(
            f"the address for {channel} is a URL: URLs may hold secrets and come from the environment; give who is meant at the other end",
            f"{channel} 的地址是 URL：URL 可能含有密钥，须由环境变量给出；此处只填写对方系统中的接收人",
        )
    if not said.strip() or not said.isprintable() or (channel == MAIL and not _MAILBOX.fullmatch(said)):
        raise _misuse(
            f"{said!r} is no address for {channel}" + ("; expected one such as li@example.org" if channel == MAIL else ""),
            f"{said!r} 不能作为 {channel} 的地址" + ("；应形如 li@example.org" if channel == MAIL else ""),
        )


def _misuse(en: str, zh: str) -> Misuse:
    return Misuse(Text.of(en, zh), "address")

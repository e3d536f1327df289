"""What is to be said to whom, put down to be delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import asdict, field, frozen, validators

from workflow.canonical import canonical
from workflow.clock import read_stamp, stamp
from workflow.errors import Misuse
from workflow.reminders.message import Letter, Message
from workflow.store import Store
from workflow.texts import Text

_INSERT = "INSERT INTO workflow_notice (id, person, day, created, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_ON_ITS_WAY = """INSERT INTO workflow_delivery (notice, channel, state, attempts, next_at)
    SELECT ?, channel, 'waiting', 0, ? FROM workflow_address WHERE person = ?"""


@frozen
class Notice:
    """`id` makes it the only one of its kind (`digest:li-ming:2005-03-18`), `day` (ISO) is the day it is meant for.

    `letters` is {language: letter}, one at least; `items` says the same for programs, as plain values.
    """

    id: str = field(validator=validators.min_len(1))
    person: str
    day: str
    letters: Mapping[str, Letter] = field(validator=validators.min_len(1))
    items: Sequence[Mapping[str, Any]] = ()


def post(store: Store, notices: Sequence[Notice], now: datetime) -> int:
    """Put down what is to be said, in the caller's transaction; returns how many are new.

    A notice whose id was posted before stays as it was. It goes to every address the person has; without one it waits until
    there is one (`outbox` shows it). Raises `Misuse` outside a transaction and for items that are not JSON.
    """
    if not store.in_transaction:
        raise Misuse(Text.of("a notice is posted inside store.write() only", "只能在 store.write() 内登记通知"))
    new, at = 0, stamp(now)
    for notice in notices:
        letters = {lang: asdict(letter) for lang, letter in notice.letters.items()}
        body = canonical({"letters": letters, "items": [dict(item) for item in notice.items]})
        if store.execute(_INSERT, (notice.id, notice.person, notice.day, at, body)).rowcount:
            store.execute(_ON_ITS_WAY, (notice.id, at, notice.person))
            new += 1
    return new


def message(ident: str, person: str, day: str, created: str, body: str, address: str, lang: str) -> Message:
    """A notice as it stands in the table, in the language of who is to read it or, failing that, the first it has."""
    said = json.loads(body)
    letters = said["letters"]
    spoken = lang if lang in letters else next(iter(letters))
    return Message(ident, person, day, address, spoken, Letter(**letters[spoken]), said["items"], read_stamp(created))

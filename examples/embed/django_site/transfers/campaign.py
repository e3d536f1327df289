"""The campaign of this site: in Django's database, on Django's connection, in Django's transactions."""

import logging
import sqlite3
from functools import cache
from pathlib import Path

from django.db import connection, transaction

from workflow import Campaign, Event, PersonRow
from workflow.hosting import borrowed

RULES = Path(__file__).parents[2]  # transfer.yaml, and roster.csv: who is who

log = logging.getLogger("transfers")


def lent() -> sqlite3.Connection:
    """Django's connection of the thread that asks."""
    connection.ensure_connection()
    return connection.connection


def create(*_: object) -> None:
    """The first migration: what it is given is of no use here."""
    created = Campaign.create(borrowed(lent), RULES / "transfer.yaml")
    created.import_roster(RULES / "roster.csv")


@cache
def campaign() -> Campaign:
    """One for the process, opened when it is first asked for: before the first migration there is none."""
    opened = Campaign.open(borrowed(lent, on_commit=transaction.on_commit))
    opened.after_commit(committed)
    return opened


@cache
def people() -> dict[str, PersonRow]:
    """Everybody on the roster by id: stands for the users you have."""
    return {person.id: person for person in campaign().people()}


def committed(events: tuple[Event, ...]) -> None:
    """Django has committed: here a site would send its messages."""
    for event in events:
        log.info("committed: %s #%d %s", event.branch, event.seq, event.kind)

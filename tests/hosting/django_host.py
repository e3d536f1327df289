"""A Django application with one table, in whose database and transactions the campaign lives: run by test_borrowed.py.

`python django_host.py DATABASE DEFINITION` prints one line for everything it found to be so.
"""

from __future__ import annotations

import sqlite3
import sys
from functools import partial

import django
from django.conf import settings
from django.db import connection, models, transaction

from workflow import Campaign, Misuse
from workflow.hosting import borrowed

settings.configure(
    INSTALLED_APPS=[],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1], "OPTIONS": {"transaction_mode": "IMMEDIATE"}}},
    USE_TZ=True,
)
django.setup()


class Transfer(models.Model):
    branch = models.CharField(max_length=40)

    class Meta:
        app_label = "host"


class Unwanted(Exception):
    pass


def lent() -> sqlite3.Connection:
    connection.ensure_connection()
    return connection.connection


def found() -> tuple[int, int]:
    """Rows of the host, events of the ledger, as another connection sees them: what is committed."""
    other = sqlite3.connect(sys.argv[1])
    rows = tuple(other.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("host_transfer", "workflow_event"))
    other.close()
    return rows


def apply(campaign: Campaign, branch: str) -> None:
    Transfer.objects.create(branch=branch)
    assert campaign.move(branch, "apply", by="ann").allowed


with connection.schema_editor() as editor:
    editor.create_model(Transfer)
campaign = Campaign.create(borrowed(lent, on_commit=transaction.on_commit), sys.argv[2])
campaign.import_roster(
    [{"branch": f"office-{n}", "title": f"Office {n}", "person": "ann", "name": "Ann", "roles": "team"} for n in range(6)]
)
told: list[list[str]] = []
campaign.after_commit(lambda events: told.append([event.branch for event in events]))
assert connection.get_autocommit()
rows, events = found()

try:
    with transaction.atomic():
        apply(campaign, "office-0")
        assert campaign.why("office-0").state == "plan.applied"
        raise Unwanted
except Unwanted:
    pass
assert (found(), told, campaign.why("office-0").state) == ((rows, events), [], "plan.working")
print("a host roll-back leaves neither")

with transaction.atomic():
    apply(campaign, "office-0")
    assert (found(), told) == ((rows, events), [])
assert (found(), told) == ((rows + 1, events + 1), [["office-0"]])
print("the host's commit brings both, and only then is the hook told")

with transaction.atomic():
    apply(campaign, "office-1")
    try:
        with transaction.atomic():
            apply(campaign, "office-2")
            raise Unwanted
    except Unwanted:
        pass
    with transaction.atomic():
        apply(campaign, "office-3")
    campaign.preview(lambda it: it.move("office-4", "apply", by="ann"))
assert (found(), told[1:]) == ((rows + 3, events + 3), [["office-1", "office-3"]])
with transaction.atomic():
    try:
        with transaction.atomic():
            apply(campaign, "office-2")
            raise Unwanted
    except Unwanted:
        pass
    Transfer.objects.create(branch="none")
assert (found(), len(told)) == ((rows + 4, events + 3), 2)
print("an inner roll-back takes only what is inside")

assert campaign.move("office-4", "apply", by="ann").allowed
assert (found(), told[2:]) == ((rows + 4, events + 4), [["office-4"]])
print("without a transaction of the host's a command commits by itself")

mute = Campaign.open(borrowed(lent))
mute.after_commit(print)
caught = ""
try:
    with transaction.atomic():
        apply(mute, "office-5")
except Misuse as misuse:
    caught = misuse.code
assert caught == "commit-unheard"
assert found() == (rows + 4, events + 4)

using = Campaign.open(borrowed(lent, on_commit=partial(transaction.on_commit, using="default")))
with transaction.atomic():
    apply(using, "office-5")
proof = campaign.verify()
assert (proof.breaks, proof.differences) == ((), ())
connection.close()  # as at the end of a request: the next one has a new connection
assert campaign.why("office-5").state == "plan.applied"
campaign.close()
assert connection.is_usable()
print("sound")

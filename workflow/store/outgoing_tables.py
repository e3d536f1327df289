"""The tables of events to other systems, as peewee models beside those of `tables`."""

from __future__ import annotations

from peewee import CompositeKey, IntegerField, Model, TextField


class Subscription(Model):
    """What another system is sent, and how far that has come: every event up to the one at `position` is done with, but for stuck streams.

    JSON: `kinds` of events, all if empty; `error` {language: text}, why the receiver is left alone until `next_at` after so many
    `failures`. While a process is at it, `claimed_by` says which, and `lease` until when.
    """

    name = TextField(primary_key=True)
    kinds = TextField()
    whole = IntegerField()
    created = TextField()
    position = IntegerField()
    failures = IntegerField()
    next_at = TextField()
    error = TextField(null=True)
    claimed_by = TextField(null=True)
    lease = TextField()

    class Meta:
        table_name = "workflow_subscription"
        without_rowid = True


class Stuck(Model):
    """A stream that is left behind by its subscription: its event `seq` is tried again at `next_at`, and no later one before."""

    subscription = TextField()
    stream = TextField()
    seq = IntegerField()
    attempts = IntegerField()
    next_at = TextField()
    error = TextField(null=True)

    class Meta:
        table_name = "workflow_stuck"
        primary_key = CompositeKey("subscription", "stream")
        without_rowid = True


class DeadLetter(Model):
    """An event that was given up; `again`: 1 if it is to be sent once more."""

    subscription = TextField()
    stream = TextField()
    seq = IntegerField()
    attempts = IntegerField()
    died = TextField()
    again = IntegerField()
    error = TextField()

    class Meta:
        table_name = "workflow_dead_letter"
        primary_key = CompositeKey("subscription", "stream", "seq")
        without_rowid = True

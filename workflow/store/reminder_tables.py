"""The tables of reminders, as peewee models beside those of `tables`: what is due, what is to be said, and how it gets there."""

from __future__ import annotations

from peewee import CompositeKey, IntegerField, Model, TextField


class Due(Model):
    """An open deadline of a branch, for a `subject` (a member or case, or ""), of the `period` that begins on a day (or "") and `ends`.

    It is open since `known`; what was to be said up to the day `told` has rung; `agreed` is the due day people know of; it rings on `ring`.
    """

    branch = TextField()
    deadline = TextField()
    subject = TextField()
    period = TextField()
    ends = TextField()
    definition = TextField()
    name = TextField()
    day = TextField(null=True)
    confirmed = IntegerField()
    known = TextField()
    told = TextField()
    agreed = TextField(null=True)
    ring = TextField(null=True)

    class Meta:
        table_name = "workflow_due"
        primary_key = CompositeKey("branch", "deadline", "subject", "period")
        without_rowid = True


class DueLook(Model):
    """The day on which time alone may change what is due in a branch."""

    branch = TextField(primary_key=True)
    day = TextField()

    class Meta:
        table_name = "workflow_due_look"
        without_rowid = True


class DueSeen(Model):
    """One row: up to which event of the ledger the table of what is due was worked out."""

    event = IntegerField()

    class Meta:
        table_name = "workflow_due_seen"
        primary_key = False


class Announcement(Model):
    """What has rung for a `role`, because a rung was `reached` or the day `moved` from another; it was to be said on the day `meant`.

    JSON: `heard`, who has had it in a letter. It is tried from the day `retry` on.
    """

    branch = TextField()
    deadline = TextField()
    subject = TextField()
    period = TextField()
    role = TextField()
    reached = IntegerField()
    meant = TextField()
    moved = TextField(null=True)
    heard = TextField()
    retry = TextField()

    class Meta:
        table_name = "workflow_announcement"
        primary_key = CompositeKey("branch", "deadline", "subject", "period", "role")
        without_rowid = True


class Address(Model):
    """How a person is reached, and in which language. Personal: it can be deleted, and stands nowhere else."""

    person = TextField()
    channel = TextField()
    address = TextField()
    lang = TextField()

    class Meta:
        table_name = "workflow_address"
        primary_key = CompositeKey("person", "channel")
        without_rowid = True


class Notice(Model):
    """What is to be said to a person on a `day`. JSON: `body` as `workflow.reminders.notices` writes it."""

    id = TextField(primary_key=True)
    person = TextField()
    day = TextField()
    created = TextField()
    body = TextField()

    class Meta:
        table_name = "workflow_notice"
        indexes = ((("person", "day"), False),)


class Delivery(Model):
    """A notice on its way through one channel: "waiting", "sent" or "dead"; `next_at` is when it may be tried.

    While a process is at it, `claimed_by` says which, and `next_at` when its lease runs out. JSON: `error` {language: text}.
    """

    notice = TextField()
    channel = TextField()
    state = TextField()
    attempts = IntegerField()
    next_at = TextField()
    claimed_by = TextField(null=True)
    receipt = TextField(null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "workflow_delivery"
        primary_key = CompositeKey("notice", "channel")
        without_rowid = True

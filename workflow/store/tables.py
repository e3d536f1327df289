"""The tables as peewee models, for queries off the command path.

The models are bound to no database: `Branch.select().bind(store.db)`. They describe the newest schema; what creates it
stands in `schema/`, and a test holds the two together.
"""

from __future__ import annotations

from peewee import BareField, CompositeKey, IntegerField, Model, TextField

SLOTS = 24  # columns f1..f24 of a line


class Event(Model):
    id = IntegerField(primary_key=True)
    stream = TextField()
    seq = IntegerField()
    recorded_at = TextField(index=True)
    actor = TextField()
    role = TextField()
    kind = TextField()
    subject = TextField()
    payload = TextField()
    definition = TextField()
    prev = TextField()
    hash = TextField()
    key = TextField(null=True)

    class Meta:
        table_name = "workflow_event"


class Meta(Model):
    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "workflow_meta"


class DefinitionText(Model):
    hash = TextField(primary_key=True)
    document = TextField()
    event = IntegerField()

    class Meta:
        table_name = "workflow_definition"


class Person(Model):
    id = TextField(primary_key=True)
    name = TextField()

    class Meta:
        table_name = "workflow_person"


class Grant(Model):
    """`target` is a branch, a group, or "*"."""

    person = TextField()
    role = TextField()
    target = TextField()

    class Meta:
        table_name = "workflow_grant"
        primary_key = CompositeKey("target", "role", "person")
        indexes = ((("person", "role"), False),)
        without_rowid = True


class Branch(Model):
    """`attempt` counts over the branch's life, `number` within the stage; `extended` is in days.

    JSON: `fields` {field: value}, `closed` [step], `done` {move: [person]}, the last two of this attempt only.
    """

    id = TextField(primary_key=True)
    title = TextField()
    batch = TextField(null=True)
    grp = TextField(null=True)
    parent = TextField(null=True)
    fields = TextField()
    state = TextField()
    attempt = IntegerField()
    number = IntegerField()
    entered = TextField()
    since = TextField()
    extended = IntegerField()
    closed = TextField()
    done = TextField()

    class Meta:
        table_name = "workflow_branch"
        indexes = ((("parent",), False),)
        without_rowid = True


class Attempt(Model):
    """`outcome` is the move that ended it."""

    branch = TextField()
    ordinal = IntegerField()
    stage = TextField()
    number = IntegerField()
    began = TextField()
    ended = TextField(null=True)
    outcome = TextField(null=True)

    class Meta:
        table_name = "workflow_attempt"
        primary_key = CompositeKey("branch", "ordinal")
        without_rowid = True


class Member(Model):
    """Kept branch by branch, as rolls are read; a member is on one roll only."""

    id = TextField()
    branch = TextField()
    name = TextField()
    status = TextField()
    flags = TextField()
    fields = TextField()

    class Meta:
        table_name = "workflow_member"
        primary_key = CompositeKey("branch", "id")
        indexes = ((("id",), True),)
        without_rowid = True


class Document(Model):
    """A record as it was entered; what it says stands in its lines. One of the campaign as a whole has no `branch` and attempt 0."""

    branch = TextField()
    seq = IntegerField()
    kind = TextField()
    happened = TextField()
    recorded = TextField()
    by = TextField()
    attempt = IntegerField()
    live = IntegerField()

    class Meta:
        table_name = "workflow_document"
        primary_key = CompositeKey("branch", "seq")
        without_rowid = True


class Line(Model):
    """One record of the campaign (`branch` is empty), of one branch (`member` is empty, `line` 0) or of one member; f1.. by
    `layout.slots`."""

    kind = TextField()
    branch = TextField()
    member = TextField()
    seq = IntegerField()
    line = IntegerField()
    happened = TextField()
    recorded = TextField()
    by = TextField()
    live = IntegerField()

    class Meta:
        table_name = "workflow_line"
        primary_key = CompositeKey("kind", "branch", "member", "seq", "line")
        without_rowid = True


for _slot in range(1, SLOTS + 1):
    Line._meta.add_field(f"f{_slot}", BareField(null=True))


class Case(Model):
    """`member` is empty for a case of the branch. JSON: `fields`, `done` {move or "open": [person]}."""

    branch = TextField()
    id = TextField()
    kind = TextField()
    member = TextField()
    state = TextField()
    open = IntegerField()
    opened = TextField()
    since = TextField()
    fields = TextField()
    done = TextField()

    class Meta:
        table_name = "workflow_case"
        primary_key = CompositeKey("branch", "id")
        without_rowid = True


class Waiver(Model):
    """`member` is empty where the whole requirement is waived."""

    branch = TextField()
    seq = IntegerField()
    requirement = TextField()
    member = TextField()
    reason = TextField()
    by = TextField()
    role = TextField()
    until = TextField(null=True)
    recorded = TextField()
    live = IntegerField()

    class Meta:
        table_name = "workflow_waiver"
        primary_key = CompositeKey("branch", "seq", "member")
        without_rowid = True


PROJECTED = (Meta, DefinitionText, Person, Grant, Branch, Attempt, Member, Document, Line, Case, Waiver)
TABLES = (Event, *PROJECTED)

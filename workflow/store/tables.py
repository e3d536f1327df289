"""The tables as peewee models, for queries off the command path.

The models are bound to no database: `Branch.select().bind(store.db)`. They describe the newest schema; what creates it
stands in `schema/`, and a test holds the two together.
"""

from __future__ import annotations

from peewee import SQL, BareField, CompositeKey, IntegerField, Model, TextField

from workflow.store.outgoing_tables import DeadLetter, Stuck, Subscription
from workflow.store.reminder_tables import Address, Announcement, Delivery, Due, DueLook, DueSeen, Notice

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


class Enactment(Model):
    """A version of the definition put in force, in order: for the branches `running` or only for "new" ones, from the day `starts`.

    The first came with the campaign: it has no `starts`. JSON: `states` {state of the version before: its name now}.
    """

    n = IntegerField(primary_key=True)
    definition = TextField()
    starts = TextField()
    scope = TextField()
    states = TextField()
    event = IntegerField()

    class Meta:
        table_name = "workflow_enactment"


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

    JSON: `fields` {field: value}, `closed` [step], `done` {move: [person]}, the last two of this attempt only; `pauses` as
    `workflow.store.pauses` reads them. `ended` is when it was merged or dissolved, `successor` what took it over.
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
    pauses = TextField(constraints=[SQL("DEFAULT '[]'")])
    ended = TextField(null=True)
    successor = TextField(null=True)

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
    """Kept branch by branch, as rolls are read; a member is on one roll only: here the one it is on, in `Stay` all of them."""

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


class Stay(Model):
    """A member's time on the roll of a branch, begun by the event `seq`. `joined` and `left` are stamps.

    `came` is "roster" or how the member joined, `origin` the branch it came from; `gone` how it left, `successor` the branch
    it went to, `departure` why it left for good.
    """

    branch = TextField()
    member = TextField()
    seq = IntegerField()
    joined = TextField()
    came = TextField()
    origin = TextField(null=True)
    left = TextField(null=True)
    gone = TextField(null=True)
    successor = TextField(null=True)
    departure = TextField(null=True)

    class Meta:
        table_name = "workflow_stay"
        primary_key = CompositeKey("branch", "member", "seq")
        indexes = ((("member",), False),)
        without_rowid = True


class Document(Model):
    """A record as it was entered; what it says stands in its lines. One of the campaign as a whole has no `branch` and attempt 0.

    `live`, here and in lines: 1 counts; 0 belongs to an earlier attempt, or came with a member from a stage that is not on;
    -1 was withdrawn; -2 left with its member.
    """

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


class Carried(Model):
    """Where a line comes from that a member brought along: the event `origin_seq` of the branch `origin`.

    `stage` is the stage it was entered in, empty where it counts throughout; `passed`: the branch it comes from has left
    that stage for a later one.
    """

    branch = TextField()
    seq = IntegerField()
    line = IntegerField()
    kind = TextField()
    member = TextField()
    stage = TextField()
    passed = IntegerField()
    origin = TextField()
    origin_seq = IntegerField()

    class Meta:
        table_name = "workflow_carried"
        primary_key = CompositeKey("branch", "seq", "line")
        indexes = ((("origin", "origin_seq"), False),)
        without_rowid = True


class Case(Model):
    """`member` is empty for a case of the branch. JSON: `fields`, `done` {move or "open": [person]}.

    `gone` is where it went: "BRANCH/ID", or "left" with a member who left for good; empty while it is here.
    """

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
    gone = TextField(constraints=[SQL("DEFAULT ''")])

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


class Batch(Model):
    """A batch that was closed: so many of its branches had `finished`. JSON: `stragglers` {branch: reason}."""

    batch = TextField(primary_key=True)
    closed = TextField()
    event = IntegerField()
    stragglers = TextField()
    finished = IntegerField()
    total = IntegerField()

    class Meta:
        table_name = "workflow_batch"
        without_rowid = True


PROJECTED = (
    Meta, DefinitionText, Enactment, Person, Grant, Branch, Attempt, Member, Stay, Document, Line, Carried, Case, Waiver, Batch,
)  # fmt: skip
OPERATIONAL = (
    Due,
    DueLook,
    DueSeen,
    Announcement,
    Address,
    Notice,
    Delivery,
    Subscription,
    Stuck,
    DeadLetter,
)  # not made from the ledger, and never compared with it
TABLES = (Event, *PROJECTED, *OPERATIONAL)

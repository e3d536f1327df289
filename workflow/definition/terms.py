"""The pieces of a definition, as plain frozen values. Ids are strings; texts are `Text`; every mapping keeps the order of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from workflow.clock import months_later
from workflow.texts import Text

if TYPE_CHECKING:
    from workflow.definition.expressions import Expression

Scalar = bool | int | float | str | date
Value = Scalar | tuple[Scalar, ...]
Scope = Literal["branch", "assigned", "all"]
Level = Literal["block", "warn", "observe"]

FINISHED = "finished"
NEXT_STAGE = "next_stage"
EACH_STAGE = "each_stage"
CLOSE = "close_"  # prefix of the move that closes a step
MEMBERS = "members"  # in `not_by`: anybody on the branch's roll
OPEN = "open"  # in a case's `not_by`: who opened it
POWER_TITLES = {  # what `authority` grants
    "enact": Text.of("put a new version into force", "施行新版方案"),
    "extend": Text.of("extend", "延期"),
    "suspend": Text.of("suspend and resume", "暂停与恢复"),
    "roll": Text.of("enrol, change, remove", "入册、变更、除册"),
    "transfer": Text.of("transfer to another roll", "转接"),
    "reassign": Text.of("assign another batch or group", "调整批次或督导组"),
    "restructure": Text.of("merge, split, dissolve", "合并、分设、撤销"),
    "appoint": Text.of("appoint and relieve", "任命与免去"),
    "close_batch": Text.of("close a batch", "批次收尾"),
}
POWERS = tuple(POWER_TITLES)


@frozen(kw_only=True)
class Layer:
    """One of the documents a definition was merged from: an id, version and hash of its own, and the level it speaks for."""

    definition: str
    version: str
    level: str
    hash: str


@frozen(kw_only=True)
class Tightening:
    """A prescribed value `was`, made stricter to `value` at a lower level."""

    level: str
    value: Any
    was: Any


@frozen(kw_only=True)
class Instrument:
    """A document a rule comes from."""

    id: str
    title: Text
    issuer: Text | None = None
    number: str | None = None
    issued: date | None = None
    parent: str | None = None


@frozen(kw_only=True)
class Parameter:
    """A named figure. Exactly one of `value` and `derive` is given; `value` is filled in at load when derived."""

    id: str
    value: Value
    derive: Expression | None = None
    unit: str | None = None
    title: Text | None = None
    basis: tuple[str, ...] = ()
    stricter: Literal["higher", "lower"] | None = None  # the direction in which a lower level may change it
    origin: str = ""
    tightened: tuple[Tightening, ...] = ()


@frozen(kw_only=True)
class Role:
    id: str
    title: Text
    scope: Scope


FieldType = Literal["number", "integer", "text", "boolean", "date", "person", "choice"]


@frozen(kw_only=True)
class Field:
    """One value to be entered. `choice` has `options`; with `many` the value is a set of them."""

    id: str
    title: Text
    type: FieldType
    unit: str | None = None
    options: Mapping[str, Text] = field(factory=dict)
    many: bool = False
    optional: bool = False
    min: float | None = None
    max: float | None = None


@frozen(kw_only=True)
class Members:
    status: Mapping[str, Text]
    flags: Mapping[str, Text]
    fields: Mapping[str, Field]
    default: str | None = None
    departures: Mapping[str, Text] = field(factory=dict)  # why somebody leaves the roll for good


@frozen(kw_only=True)
class Batches:
    """When a batch may be closed: at least the `share` (0 to 1) of its branches meets the requirement `finished`.

    `share_name` is the parameter the share was taken from, if it was not stated as a number.
    """

    finished: str
    share: float
    share_name: str | None = None


@frozen(kw_only=True)
class RecordKind:
    """A fact that can be entered. One of the campaign is entered once for all branches, and belongs to none of them."""

    id: str
    title: Text
    of: Literal["member", "branch", "campaign"]
    fields: Mapping[str, Field]
    by: tuple[str, ...]
    span: Literal["attempt", "campaign"] = "campaign"
    lines: str | None = None
    validate: str | None = None  # the host's validator
    origin: str = ""


@frozen(kw_only=True)
class Requirement:
    """A guard. `each` is None (one question about the branch), "member", "step", "child" or the id of a case kind."""

    id: str
    title: Text
    check: Expression
    owner: str
    remedy: Text
    basis: tuple[str, ...]
    each: str | None = None
    when: Expression | None = None
    level: Level = "block"
    waivable_by: tuple[str, ...] = ()
    due: str | None = None
    origin: str = ""  # the level it comes from; empty where the definition stands alone


@frozen(kw_only=True)
class AuditRule:
    """What an auditor looks for, and no move asks: either a `check` that ought to hold, of the branch or of `each`; or an `act` that
    ought not to be done by whoever did, or is named by, one of `not_by` (nothing there: that ought not to be done at all).

    An act is a move of the branch, the entry of a record, `CASE.MOVE` or `CASE.open`. In `not_by` a person field may stand too:
    `CASE.FIELD`, `RECORD.FIELD`, `RECORD.member`, `branch.FIELD`.
    """

    id: str
    title: Text
    basis: tuple[str, ...] = ()
    check: Expression | None = None
    each: str | None = None
    when: Expression | None = None
    act: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    origin: str = ""


@frozen(kw_only=True)
class Phase:
    """Where a branch stands inside a stage; also a state of a case."""

    id: str
    title: Text
    final: bool = False


@frozen(kw_only=True)
class Effect:
    kind: Literal["new_attempt", "extend"]
    days: Expression | None = None


@frozen(kw_only=True)
class Move:
    """A named transition of a gate or of a case. `to` is a phase, "next_stage", "stage.phase", or None (stay)."""

    id: str
    title: Text
    sources: tuple[str, ...]
    to: str | None
    by: tuple[str, ...]
    not_by: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    takes: Mapping[str, Field] = field(factory=dict)
    effects: tuple[Effect, ...] = ()
    step: str | None = None  # the step this move closes
    origin: str = ""


@frozen(kw_only=True)
class Gate:
    id: str
    title: Text
    phases: Mapping[str, Phase]
    moves: Mapping[str, Move]
    steps_in: tuple[str, ...]

    @property
    def first(self) -> str:
        return next(iter(self.phases))


@frozen(kw_only=True)
class Step:
    id: str
    title: Text
    by: tuple[str, ...]
    after: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    origin: str = ""


@frozen(kw_only=True)
class Stage:
    """A stage. Where it has a `cycle`, a branch goes through it again and again: that is what each time round is called (quarter)."""

    id: str
    title: Text
    number: int  # from 1, in order
    gate: str
    lasts: int | None = None  # days
    months: int | None = None  # or calendar months
    cycle: Text | None = None
    steps: Mapping[str, Step] = field(factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(factory=dict)  # by move

    def planned_end(self, entered: date, extended: int = 0) -> date | None:
        """The day an attempt that began on `entered` is to be over; None where nothing is planned."""
        if self.months is not None:
            return months_later(entered, self.months) + timedelta(days=extended)
        return None if self.lasts is None else entered + timedelta(days=self.lasts + extended)


@frozen(kw_only=True)
class CaseKind:
    id: str
    title: Text
    of: Literal["member", "branch"]
    by: tuple[str, ...]
    fields: Mapping[str, Field]
    states: Mapping[str, Phase]
    moves: Mapping[str, Move]
    origin: str = ""

    @property
    def first(self) -> str:
        return next(iter(self.states))

    @cached_property
    def all_fields(self) -> dict[str, Field]:
        """What is given at opening and, possibly still missing, what its moves take."""
        return {**{k: f for move in self.moves.values() for k, f in move.takes.items()}, **self.fields}


@frozen(kw_only=True)
class Due:
    """When something is due: the day `on`; or so many `days` or `working_days` after the event `after`, or before the day `before`.

    Or `every` week or month on its `day` (of the week, Monday is 1; of the month, or its last day where that is shorter), beginning
    after the event `after`. What events there are, `moments` says.
    """

    on: date | None = None
    after: str | None = None
    before: str | None = None
    days: int | None = None
    working_days: int | None = None
    every: Literal["week", "month"] | None = None
    day: int | None = None

    @property
    def event(self) -> str | None:
        """What it is reckoned from; None for a fixed day."""
        return self.after or self.before


@frozen(kw_only=True)
class Rung:
    """One announcement: `days` before (negative) or after the due day, to a role."""

    days: int
    to: str


@frozen(kw_only=True)
class Deadline:
    id: str
    title: Text
    due: Due
    owner: str
    ladder: tuple[Rung, ...]
    until: Expression | None = None
    each: str | None = None
    urgent: bool = False  # its rungs ring on closed days too
    basis: tuple[str, ...] = ()
    origin: str = ""


@frozen(kw_only=True)
class Reminders:
    """When the one letter a day goes out, in the local time of the calendar: `at`, other times by role, and the hours in which
    nothing is sent (`quiet`: from the first to before the second; they may run over midnight)."""

    at: time = time(8)
    roles: Mapping[str, time] = field(factory=dict)
    quiet: tuple[time, time] | None = None

    def time_for(self, role: str) -> time:
        return self.roles.get(role, self.at)

    def is_quiet(self, local: time) -> bool:
        if self.quiet is None:
            return False
        start, end = self.quiet
        return start <= local < end if start < end else local >= start or local < end


@frozen(kw_only=True)
class Invariant:
    """Every way from a state of `start` to a state of `goal` makes the move `move` by none but the roles `by`, requiring `requires`."""

    id: str
    title: Text
    start: str
    goal: str
    move: str | None
    by: tuple[str, ...] = ()
    requires: str | None = None
    basis: tuple[str, ...] = ()

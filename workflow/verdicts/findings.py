"""Findings and verdicts: plain frozen values that say what was required, what was found, and who must act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

from workflow.definition.expressions import Figure

Status = Literal["met", "unmet", "unknown", "error", "waived", "not_applicable"]
STANDING: tuple[Status, ...] = ("unmet", "unknown", "error")  # what stands in the way of a move
_OF_MOVES = ("move", "ask", "why")
PASSED: tuple[Status, ...] = ("met", "waived", "not_applicable")


@frozen(kw_only=True)
class Person:
    """Somebody who holds a role for the branch; `role` is given where it is one of several."""

    id: str
    name: str
    role: str = ""


@frozen(kw_only=True)
class Waived:
    """The disclosed gap that was accepted: the event it stands in, the authority, the reason and the end."""

    seq: int
    by: str
    role: str
    reason: str
    until: str | None = None


@frozen(kw_only=True)
class Shortfall:
    """A member, step, case or child branch that falls short, with figures of its own."""

    id: str
    name: str
    status: Status
    figures: tuple[Figure, ...] = ()
    evidence: tuple[int, ...] = ()
    since: str | None = None
    waived: Waived | None = None
    error: str | None = None


@frozen(kw_only=True)
class Finding:
    """The answer to one requirement or built-in rule.

    `code` is the requirement's id, or one of the rules' `rule.phase rule.role rule.separation rule.step rule.running rule.started
    rule.cases rule.members rule.share rule.stragglers rule.behind rule.closed`. For `each`, `total` is everybody asked about (nobody is
    left out of the count), `met` and `not_applicable` how many of them; `short` names all others. `evidence` are the numbers of events
    in the branch's stream, `campaign_evidence` in the campaign's. `since` and `due` are local dates; `unconfirmed` says
    of a due day that it rests on a year whose working days are not settled yet.
    """

    code: str
    status: Status
    level: Literal["block", "warn", "observe"] = "block"
    each: str | None = None
    total: int = 1
    met: int = 0
    not_applicable: int = 0
    figures: tuple[Figure, ...] = ()
    short: tuple[Shortfall, ...] = ()
    owner: str | None = None
    holders: tuple[Person, ...] = ()
    since: str | None = None
    due: str | None = None
    unconfirmed: bool = False
    evidence: tuple[int, ...] = ()
    campaign_evidence: tuple[int, ...] = ()
    waived: Waived | None = None
    error: str | None = None
    detail: Mapping[str, Any] = field(factory=dict, hash=False)

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way."""
        return self.level == "block" and self.status in STANDING

    @property
    def is_rule(self) -> bool:
        return self.code.startswith("rule.")


@frozen(kw_only=True)
class Position:
    """Where in the ledger something stands."""

    stream: str
    seq: int
    hash: str


@frozen(kw_only=True)
class Verdict:
    """The answer to "may this be done now?": allowed or not, and all findings, in the order of the definition.

    `subject` is what was asked about: a move, `record:KIND`, `withdraw:SEQ`, `waive:REQUIREMENT`, `open:CASE_KIND` or
    `CASE_ID:MOVE`; `command` is how: move, ask, record, withdraw, waive, case or why. Of what changes the plan and the rolls the command
    is the word the subject begins with: `extend suspend resume reassign merge split dissolve enact`, `enrol:MEMBER transfer:MEMBER
    change:MEMBER remove:MEMBER`, `close_batch:BATCH`, `appoint:PERSON relieve:PERSON`. `source` and `target` are states.
    `branch` is empty, and `attempt` 0, where it is about the campaign as a whole.
    `event` is where the answer was kept: that of a command, allowed or refused, always has it; None when it was only asked (`ask`,
    `ask_case`, a verdict inside an outlook) or tried (`preview`). `asked_at` is a stamp (UTC); `day` the local date.

    A refusal is false: `if verdict:` asks whether it was allowed. Whether there is a verdict at all is `if verdict is not None:`.
    """

    branch: str
    subject: str
    command: str
    allowed: bool
    findings: tuple[Finding, ...]
    source: str
    target: str | None
    attempt: int
    actor: str | None
    role: str | None
    asked_at: str
    day: str
    definition: str
    event: Position | None = None
    created: str | None = None  # id of the case opened
    detail: Mapping[str, Any] = field(factory=dict, hash=False)  # what the command did: as the event keeps it, less what is long
    repeated: bool = field(default=False, eq=False)  # the first answer, to a key used again: nothing was written

    @property
    def standing(self) -> tuple[Finding, ...]:
        """What stands in the way."""
        return tuple(f for f in self.findings if f.blocks)

    @property
    def about(self) -> tuple[str, str]:
        """What kind of thing was asked about, and which: ("move", "apply"), ("record", KIND), (CASE_ID, MOVE), ("extend", "")."""
        kind, colon, name = self.subject.partition(":")
        return ("move", kind) if not colon and self.command in _OF_MOVES else (kind, name)

    def __bool__(self) -> bool:
        """Allowed? Of a `Verdict | None` this cannot tell a refusal from None."""
        return self.allowed

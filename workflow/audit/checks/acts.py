"""Who did what, and who is named in it: the acts a definition's audits speak of, read from the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import define, field, frozen

from workflow.audit.checks.decisions import deed
from workflow.audit.checks.ground import Ground, branch_of, stream_of
from workflow.audit.checks.model import Place, Row
from workflow.canonical import canonical
from workflow.definition.model import OPEN, AuditRule, Definition
from workflow.store.layout import column_of
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_DONE = """SELECT stream, seq, recorded_at, actor, kind, subject FROM workflow_event
    WHERE kind IN ('moved', 'record', 'case_opened', 'case_moved') AND (?1 IS NULL OR stream = ?1) ORDER BY id"""
_OF_CASES = """SELECT stream, seq, kind, payload FROM workflow_event
    WHERE kind IN ('case_opened', 'case_moved') AND (?1 IS NULL OR stream = ?1) ORDER BY id"""
_CAME = "SELECT stream, payload FROM workflow_event WHERE kind IN ('joined', 'taken_over') ORDER BY id"
_OWNERS = "SELECT DISTINCT branch, seq, member, happened FROM workflow_line WHERE kind = ?2 AND member <> '' AND (?1 IS NULL OR branch = ?1)"
_NAMED = "SELECT branch, seq, {slot}, happened FROM workflow_line WHERE kind = ?2 AND {slot} IS NOT NULL AND (?1 IS NULL OR branch = ?1)"
_FIELDS = "SELECT id, fields FROM workflow_branch WHERE (?1 IS NULL OR id = ?1) AND fields <> '{}'"

_DID = Text.of("“{what}” by {name}", "“{what}”由 {name} 作出")
_SAME = Text.of("“{what}” was done by {name}, who also did: {others}", "“{what}”由 {name} 作出，而其还曾：{others}")
_TIMES = Text.of("{what} ({n} times)", "{what}（{n} 次）")
_IS_NAMED = Text.of("is named as {field}", "是{field}")
_MEMBER_OF = Text.of("has {kind}", "本人有{kind}")


@frozen
class Act:
    """One thing done: `name` as a definition writes it; `case` is empty for what is not done to a case."""

    name: str
    branch: str
    case: str
    who: str
    day: str
    place: Place
    kind: str
    subject: str


Naming = Literal["field", "member"]


@define
class Ledger:
    """All acts, by their names, and the cases they were done to, however often a case has changed its branch."""

    ground: Ground
    acts: Mapping[str, Sequence[Act]]
    _aliases: Mapping[tuple[str, str], tuple[str, str]]
    _named: dict[str, dict[tuple[str, str], list[tuple[int, str, Place]]]] = field(factory=dict, init=False)

    @classmethod
    def read(cls, ground: Ground, names: Iterable[str]) -> Ledger:
        """Those of these names, in one pass over the ledger."""
        wanted = set(names)
        found: dict[str, list[Act]] = defaultdict(list)
        for stream, seq, recorded, actor, kind, subject in ground.rows(_DONE, ground.stream):
            name, case = _name(kind, subject)
            if name in wanted:
                act = Act(name, branch_of(stream), case, actor, ground.day(recorded), Place(stream, seq), kind, subject)
                found[name].append(act)
        return cls(ground, found, _aliases(ground))

    def case(self, branch: str, case: str) -> tuple[str, str]:
        """Branch and id under which a case was opened."""
        return self._aliases.get((branch, case), (branch, case))

    def people(self, name: str, act: Act) -> Iterator[tuple[str, str, Place | None]]:
        """Who did, or is named by, `name` in the matter of an act: the person, what they have to do with it, and where it stands."""
        raise NotImplementedError


def _name(kind: str, subject: str) -> tuple[str, str]:
    """What an act is called in a definition, and the case it was done to."""
    first, _, rest = subject.partition(":")
    match kind:
        case "record":
            return rest, ""
        case "case_opened":
            return f"{rest}.{OPEN}", ""
        case "case_moved":
            return f"{first.rpartition('-')[0]}.{rest}", first
        case _:
            return first, ""

"""Who did what, and who is named in it: what a definition's audits call acts, read from the ledger in one pass."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, frozen

from workflow.audit.checks.ground import Ground, branch_of, stream_of
from workflow.audit.checks.model import Place
from workflow.definition.model import OPEN, Definition
from workflow.store.layout import slots

_DONE = """SELECT id, stream, seq, recorded_at, actor, kind, subject,
        CASE kind WHEN 'case_opened' THEN json_extract(payload, '$.case') END
    FROM workflow_event
    WHERE kind IN ('moved', 'record', 'case_opened', 'case_moved') AND (?1 IS NULL OR stream = ?1) ORDER BY id"""
_OF_CASES = """SELECT id, stream, seq, recorded_at, kind, subject, payload FROM workflow_event
    WHERE kind IN ('case_opened', 'case_moved') AND (?1 IS NULL OR stream = ?1) ORDER BY id"""
_CAME = "SELECT stream, payload FROM workflow_event WHERE kind IN ('joined', 'taken_over') ORDER BY id"
_LINES = """SELECT DISTINCT branch, seq, {who}, happened FROM workflow_line
    WHERE kind = ?2 AND COALESCE({who}, '') <> '' AND branch <> '' AND (?1 IS NULL OR branch = ?1) ORDER BY branch, seq"""
_BRANCHES = "SELECT id, fields FROM workflow_branch WHERE fields <> '{}' AND (?1 IS NULL OR id = ?1) ORDER BY id"

Matter = tuple[str, ...]  # a branch, or the branch and id under which a case was opened


@frozen
class Tie:
    """That somebody did, or is named by, `name`. `position` is that of the event in the whole ledger, 0 where no order is asked for."""

    name: str
    branch: str
    who: str
    day: str
    place: Place
    position: int = 0
    case: str = ""  # the id it has in that branch


@define
class Ties:
    """All ties of the names asked for, by name."""

    ground: Ground
    by_name: dict[str, list[Tie]]
    _cases: dict[Matter, Matter]

    @classmethod
    def read(cls, ground: Ground, names: Iterable[str]) -> Ties:
        wanted = set(names)
        found: dict[str, list[Tie]] = defaultdict(list)
        for source in (_done(ground, wanted), *_named(ground, wanted)):
            for tie in source:
                found[tie.name].append(tie)
        return cls(ground, found, _cases(ground))

    def matter(self, tie: Tie, *, of_case: bool) -> Matter:
        """What two ties must have in common: the case, however often it has changed its branch, or else the branch."""
        own = (tie.branch, tie.case)
        return self._cases.get(own, own) if of_case else (tie.branch,)


def case_of(definition: Definition, name: str) -> str:
    """The kind of case an act or a field belongs to; empty where it is none."""
    owner, dot, _ = name.partition(".")
    return owner if dot and owner in definition.cases else ""


def is_field(definition: Definition, name: str) -> bool:
    """Is it a field of a case, which a later value replaces?"""
    kind = definition.cases.get(case_of(definition, name))
    part = name.partition(".")[2]
    return kind is not None and part not in kind.moves and part in kind.all_fields


def is_named(definition: Definition, name: str) -> bool:
    """Does it say who is named somewhere, rather than who did something?"""
    owner, dot, _ = name.partition(".")
    return is_field(definition, name) or (bool(dot) and owner not in definition.cases)


def _done(ground: Ground, wanted: set[str]) -> Iterator[Tie]:
    for position, stream, seq, recorded, actor, kind, subject, opened in ground.rows(_DONE, ground.stream):
        name, case = _name(kind, subject)
        if name in wanted:
            yield Tie(name, branch_of(stream), actor, ground.day(recorded), Place(stream, seq), position, opened or case)


def _name(kind: str, subject: str) -> tuple[str, str]:
    """What an event's act is called in a definition, and the case it was done to."""
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


# -- who is named --------------------------------------------------------------------------------------------------------


def _named(ground: Ground, wanted: set[str]) -> Iterator[Iterator[Tie]]:
    definition = ground.definition
    in_cases = {name for name in wanted if is_field(definition, name)}
    if in_cases:
        yield _in_cases(ground, in_cases)
    for name in sorted(wanted - in_cases):
        owner, dot, field = name.partition(".")
        if owner == "branch":
            yield _of_branches(ground, name, field)
        elif dot and owner in definition.records:
            yield _in_records(ground, name, owner, field)


def _in_cases(ground: Ground, wanted: set[str]) -> Iterator[Tie]:
    for position, stream, seq, recorded, kind, _subject, payload in ground.rows(_OF_CASES, ground.stream):
        said = json.loads(payload)
        given = said.get("fields" if kind == "case_opened" else "takes") or {}
        owner = said["kind"] if kind == "case_opened" else said["case"].rpartition("-")[0]
        for field, value in given.items():
            if f"{owner}.{field}" in wanted:
                about = (ground.day(recorded), Place(stream, seq), position, said["case"])
                yield Tie(f"{owner}.{field}", branch_of(stream), str(value), *about)


def _in_records(ground: Ground, name: str, kind: str, field: str) -> Iterator[Tie]:
    declared = ground.definition.records[kind]
    who = "member" if field == "member" else f"f{slots(declared)[field]}"
    for branch, seq, person, happened in ground.rows(_LINES.format(who=who), ground.branch, kind):
        yield Tie(name, branch, person, happened, Place(stream_of(branch), seq))


def _of_branches(ground: Ground, name: str, field: str) -> Iterator[Tie]:
    for branch, fields in ground.rows(_BRANCHES, ground.branch):
        person = json.loads(fields).get(field)
        if person:
            yield Tie(name, branch, person, "", Place(stream_of(branch), 1))


def _cases(ground: Ground) -> dict[Matter, Matter]:
    """Branch and id of a case that came from elsewhere -> where it was opened."""
    found: dict[Matter, Matter] = {}
    for stream, payload in ground.rows(_CAME):
        for case in json.loads(payload).get("cases", ()):
            came: Sequence[str] = (case["of"]["branch"], case["of"]["case"])
            found[branch_of(stream), case["id"]] = found.get(tuple(came), tuple(came))
    return found

"""The facts requirements are judged by, read in bulk.

`Facts.load` asks the database once per kind of thing (branches, members, one query per kind of record or its measures, cases,
waivers, grants), whether for one branch or for all: the number of queries never grows with the branches.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, starmap
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from attrs import Factory, define, field

from workflow.canonical import canonical
from workflow.clock import local_date, read_stamp
from workflow.definition.expressions import Expression
from workflow.definition.expressions.runtime import MISSING, Measure, Whole
from workflow.definition.model import FINISHED, Deadline, Definition, RecordKind, Requirement
from workflow.definition.moments import moment
from workflow.store.database import Store
from workflow.store.fact_kinds import GROUP, BranchFact, CaseFact, Grant, MemberFact, StepFact, WaiverFact, group_target
from workflow.store.measures import measure_query
from workflow.store.pauses import Pause, paused_days, read_pauses, stretched

__all__ = ["GROUP", "BranchFact", "CaseFact", "FactNeeds", "Facts", "Grant", "MemberFact", "StepFact", "WaiverFact", "group_target"]

_GRANTS = (
    "SELECT g.person, COALESCE(p.name, g.person), g.role, g.target FROM workflow_grant g LEFT JOIN workflow_person p ON p.id = g.person"
)
_GRANTS_FOR = _GRANTS + " WHERE g.target IN (SELECT value FROM json_each(?))"
# A child's own children matter too: `all(len(c.children) > 0 for c in branch.children)`. UNION ends circles.
_FAMILY = """ IN (WITH RECURSIVE family (id) AS
    (SELECT value FROM json_each(?) UNION SELECT b.id FROM workflow_branch b JOIN family f ON b.parent = f.id) SELECT id FROM family)"""
_LISTED = " IN (SELECT value FROM json_each(?))"
_BRANCH_COLUMNS = (
    "id, title, batch, grp, parent, fields, state, attempt, number, entered, since, extended, closed, done, pauses, ended, successor"
)
_MEMBER_COLUMNS = "id, branch, name, status, flags, fields"
_JOINED = """, (SELECT s.joined FROM workflow_stay s
    WHERE s.branch = workflow_member.branch AND s.member = workflow_member.id AND s."left" IS NULL)"""
_HELD = "SELECT DISTINCT role FROM workflow_grant WHERE person = ?"


_NOTHING: Mapping[str, Any] = MappingProxyType({})  # most rows say nothing here: spare them the JSON
_NONE: frozenset[str] = frozenset()


@define
class FactNeeds:
    """What has to be read to judge a set of requirements."""

    records: set[str] = Factory(set)
    cases: set[str] = Factory(set)
    measures: dict[str, Measure] = Factory(dict)
    members: bool = False
    arrivals: bool = False  # the days on which members came
    children: bool = False
    waivers: bool = False

    @classmethod
    def of(cls, definition: Definition, requirements: Iterable[Requirement]) -> FactNeeds:
        needs = cls()
        for requirement in requirements:
            needs.members |= requirement.each == "member"
            needs.children |= requirement.each == "child"
            needs.waivers |= bool(requirement.waivable_by)
            if requirement.due is not None:
                needs.add_deadline(definition, definition.deadlines[requirement.due])
            if requirement.each in definition.cases:
                needs.cases.add(str(requirement.each))
            for expression in (requirement.check, requirement.when):
                if expression is not None:
                    needs.add(expression)
        return needs

    def add_deadline(self, definition: Definition, deadline: Deadline) -> None:
        """What tells the day of a deadline; of what is due for many, or recurs, also for whom and when it is settled."""
        event = None if deadline.due.event is None else moment(definition, deadline.due.event)
        if event is not None and event.kind == "record":
            self.records.add(event.of)
        if deadline.each in definition.cases:
            self.cases.add(str(deadline.each))
        self.members |= deadline.each == "member"
        self.arrivals |= deadline.each == "member" and deadline.due.every is not None
        if deadline.until is not None and (deadline.each is not None or deadline.due.every is not None):
            self.add(deadline.until)

    def add(self, expression: Expression) -> None:
        self.records |= expression.records
        self.cases |= expression.cases
        self.members |= expression.members
        self.children |= expression.children
        self.measures |= {m.key: m for m in expression.measures}


@define
class Facts:
    """Facts about one branch or about all, with the interface expressions read them by (`runtime.FactSource`)."""

    today: str
    branches: dict[str, BranchFact]
    _closed_steps: Mapping[str, Sequence[str]]  # stage -> its steps
    _members: Mapping[str, list[MemberFact]] = field(factory=dict)
    _children: Mapping[str, list[BranchFact]] = field(factory=dict)
    _records: dict[str, Mapping[str, list[tuple[Any, ...]]]] = field(factory=dict)
    _measures: dict[str, Mapping[str, Any]] = field(factory=dict)
    _cases: Mapping[tuple[str, str], list[CaseFact]] = field(factory=dict)
    waivers: Mapping[str, list[WaiverFact]] = field(factory=dict)
    grants: Mapping[tuple[str, str], list[Grant]] = field(factory=dict)  # by role and target
    held: Callable[[str], Sequence[str]] = field(default=lambda _person: ())  # the roles a person holds anywhere

    # -- what expressions read ---------------------------------------------------------------------------------------

    def members(self, branch: BranchFact) -> Sequence[MemberFact]:
        return self._members.get(branch.id, ())

    def member(self, case: CaseFact) -> MemberFact:
        return next(member for member in self._members[case.branch] if member.id == case.member)

    def children(self, branch: BranchFact) -> Sequence[BranchFact]:
        return self._children.get(branch.id, ())

    def steps(self, branch: BranchFact) -> Sequence[StepFact]:
        return [StepFact(step, step in branch.closed) for step in self._closed_steps.get(branch.stage, ())]

    def records(self, kind: str, owner: BranchFact | MemberFact | Whole) -> Sequence[tuple[Any, ...]]:
        return self._records[kind].get(owner.id, ())

    def cases(self, kind: str, owner: BranchFact | MemberFact) -> Sequence[CaseFact]:
        return self._cases.get((kind, owner.id), ())

    def measure(self, measure: Measure, owner: BranchFact | MemberFact | Whole) -> Any:
        value = self._measures[measure.key].get(owner.id)
        if value is None:
            return 0 if measure.aggregate in ("sum", "count") else MISSING
        return value

    def has_records(self, kind: str) -> bool:
        """Whether the records of a kind were read row by row."""
        return kind in self._records

    # -- what verdicts read beside -----------------------------------------------------------------------------------

    def cases_of(self, kind: str, branch: BranchFact) -> list[CaseFact]:
        """All cases of a kind in a branch, its members' included."""
        own = list(self.cases(kind, branch))
        return own + [case for member in self.members(branch) for case in self.cases(kind, member)]

    @classmethod
    def load(
        cls,
        store: Store,
        definition: Definition,
        needs: FactNeeds,
        now: datetime,
        branch: str | Sequence[str] | None = None,
        *,
        states: Mapping[str, str] = _NOTHING,
        ever: bool = False,
    ) -> Facts:
        """Facts about `branch`, about several branches, or about all; for one branch only the grants that can hold for it.

        An unknown branch leaves `branches` empty; those that were merged or dissolved are there, but are nobody's children.
        `states` says what the states of an earlier version are called in this definition. With `ever` the records of earlier attempts
        are there too: all that were entered and not withdrawn.
        """
        return _Loader(store, definition, now, branch, needs.children, states, ever).load(needs)


@define
class _Loader:
    store: Store
    definition: Definition
    now: datetime
    branch: str | Sequence[str] | None
    children: bool
    states: Mapping[str, str]
    ever: bool
    today: date = field(init=False)
    _days: dict[str, str] = field(factory=dict)  # stamp -> local date; bulk imports share stamps

    def __attrs_post_init__(self) -> None:
        self.today = local_date(self.now, self.definition.calendar.zone)

    def load(self, needs: FactNeeds) -> Facts:
        steps = {stage.id: tuple(stage.steps) for stage in self.definition.stages.values()}
        facts = Facts(self.today.isoformat(), {b.id: b for b in self._branches()}, steps)
        members = needs.members or any(self.definition.cases[kind].of == "member" for kind in needs.cases)
        if members:
            facts._members = self._members(needs.arrivals)
        if needs.children:
            facts._children = self._grouped((b for b in facts.branches.values() if b.ended is None), lambda b: b.parent or "")
        for kind in sorted(needs.records):
            facts._records[kind] = self._rows(kind)
        self._load_measures(facts, needs.measures.values())
        if needs.cases:
            cases = sorted(self._load_cases(needs.cases), key=lambda c: (len(c.id), c.id))  # make_up-2 before make_up-10
            facts._cases = self._grouped(cases, lambda c: (c.kind, c.member or c.branch))
        if needs.waivers:
            facts.waivers = self._grouped(self._waivers(), lambda w: w[0], lambda w: w[1])
        facts.grants = self._grouped(self._grants(facts), lambda g: (g.role, g.target))
        facts.held = lambda person: [row[0] for row in self.store.rows(_HELD, (person,))]
        return facts

    @staticmethod
    def _grouped(items: Iterable[Any], key: Any, value: Any = None) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        for item in items:
            found[key(item)].append(item if value is None else value(item))
        return dict(found)

    def _select(self, columns: str, table: str, where: str = "1", params: Sequence[Any] = (), order: str = "") -> Iterable[tuple[Any, ...]]:
        """Constant SQL with the branch filter added; nothing of a definition ever becomes SQL text."""
        only, scope = self._scope("id" if table == "workflow_branch" else "branch")
        return self.store.rows(f"SELECT {columns} FROM {table} WHERE {where}{only} {order}", (*params, *scope))

    def _scope(self, column: str) -> tuple[str, list[str]]:
        """SQL that keeps to the branches asked about (and those below them, where they matter), and its parameters."""
        if self.branch is None:
            return "", []
        if isinstance(self.branch, str) and not self.children:
            return f" AND {column} = ?", [self.branch]
        asked = [self.branch] if isinstance(self.branch, str) else list(self.branch)
        return f" AND {column}{_FAMILY if self.children else _LISTED}", [canonical(asked)]

    def _scope_of(self, kind: RecordKind) -> tuple[str, list[str]]:
        """The same for the lines of a kind that count: those of the campaign as a whole are kept under no branch, and read whoever asks."""
        only, scope = (" AND branch = ''", []) if kind.of == "campaign" else self._scope("branch")
        return f" AND live {'>= 0' if self.ever else '= 1'}{only}", scope

    def _day(self, stamp: str) -> str:
        found = self._days.get(stamp)
        if found is None:
            found = self._days[stamp] = local_date(read_stamp(stamp), self.definition.calendar.zone).isoformat()
        return found

    def _branches(self) -> Iterable[BranchFact]:
        for row in self._select(_BRANCH_COLUMNS, "workflow_branch", order="ORDER BY id"):
            ident, title, batch, group, parent, fields, state, ordinal, number, entered_at, since_at, extended, *more = row
            closed, done, paused, ended, successor = more
            state = self.states.get(state, state)
            entered = self._day(entered_at)
            pauses = () if paused == "[]" else read_pauses(paused)
            yield BranchFact(
                id=ident,
                title=title,
                batch=batch,
                group=group,
                parent=parent,
                fields=_NOTHING if fields == "{}" else json.loads(fields),
                state=state,
                ordinal=ordinal,
                attempt=number,
                entered_at=entered_at,
                since_at=since_at,
                extended=extended,
                closed=_NONE if closed == "[]" else frozenset(json.loads(closed)),
                done={} if done == "{}" else json.loads(done),
                entered=entered,
                since=self._day(since_at),
                planned_end=self._planned_end(state, entered, extended, pauses),
                pauses=pauses,
                paused=paused_days(pauses, date.min, self.today) if pauses else 0,
                ended=None if ended is None else self._day(ended),
                successor=successor,
            )

    def _planned_end(self, state: str, entered: str, extended: int, pauses: Sequence[Pause]) -> str | None:
        stage = None if state == FINISHED else self.definition.stage_of(state)
        start = date.fromisoformat(entered)
        end = None if stage is None else stage.planned_end(start, extended)
        if end is not None and pauses:
            end = stretched(start, end, pauses, self.today)
        return None if end is None else end.isoformat()

    def _members(self, arrivals: bool) -> dict[str, list[MemberFact]]:
        columns = _MEMBER_COLUMNS + _JOINED if arrivals else _MEMBER_COLUMNS
        rows = self._select(columns, "workflow_member", order="ORDER BY branch, id")
        if arrivals:
            rows = ((*row, self._day(joined)) for *row, joined in rows)
        return {branch: list(starmap(MemberFact, group)) for branch, group in groupby(rows, itemgetter(1))}

    def _rows(self, kind: str) -> dict[str, list[tuple[Any, ...]]]:
        declared = self.definition.records[kind]
        slots = "".join(f", f{n}" for n in range(1, len(declared.fields) + 1))
        sets = [4 + n for n, f in enumerate(declared.fields.values()) if f.many]
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        columns = f'member, branch, happened, recorded, "by", seq{slots}'
        only, scope = self._scope_of(declared)
        query = f"SELECT {columns} FROM workflow_line WHERE kind = ?{only}"
        for owner, branch, *row in self.store.rows(query, (kind, *scope)):
            row[1] = self._day(row[1])
            for column in sets:
                row[column] = row[column] and json.loads(row[column])
            found[owner or branch].append(tuple(row))
        return found

    def _load_measures(self, facts: Facts, measures: Iterable[Measure]) -> None:
        env = [None, facts.today, None, None, None]
        for kind, group in self._grouped(measures, lambda m: m.kind).items():
            only, scope = self._scope_of(self.definition.records[kind])
            sql, params = measure_query(group, env, only)
            rows = self.store.rows(sql, (*params, kind, *scope))
            for column, measure in enumerate(group, 1):
                facts._measures[measure.key] = dict(rows) if len(group) == 1 else {row[0]: row[column] for row in rows}

    def _load_cases(self, kinds: set[str]) -> Iterable[CaseFact]:
        columns = "id, kind, branch, member, state, open, opened, since, fields, done"
        marks = ", ".join("?" * len(kinds))
        for row in self._select(columns, "workflow_case", f"gone = '' AND kind IN ({marks})", sorted(kinds)):
            ident, kind, branch, member, state, is_open, opened, since, fields, done = row
            days = self._day(opened), self._day(since)
            yield CaseFact(ident, kind, branch, member, state, bool(is_open), *days, json.loads(fields), json.loads(done))

    def _waivers(self) -> Iterable[tuple[str, WaiverFact]]:
        columns = 'branch, seq, requirement, member, reason, "by", role, until, recorded'
        for row in self._select(columns, "workflow_waiver", "live = 1"):
            yield row[0], WaiverFact(*row[1:])

    def _grants(self, facts: Facts) -> Iterable[Grant]:
        """All grants; for the branches asked about those that can hold for them."""
        sql, params = _GRANTS, list[str]()
        if self.branch is not None:
            groups = {group_target(branch.group) for branch in facts.branches.values() if branch.group}
            sql, params = _GRANTS_FOR, [canonical(["*", *facts.branches, *sorted(groups)])]
        for row in self.store.rows(f"{sql} ORDER BY g.role, g.target, g.person", params):
            yield Grant(*row)

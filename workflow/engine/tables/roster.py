"""Rosters: branches, members, people and their roles from a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from workflow.clock import read_stamp
from workflow.engine.desk import Desk
from workflow.engine.tables.roster_rows import BranchDraft, Grant, MemberDraft, RosterReader
from workflow.engine.tables.roster_words import known_columns
from workflow.engine.tables.tabular import Table, read_table
from workflow.errors import Fault, InputFault
from workflow.ledger import CAMPAIGN, branch_stream, events
from workflow.progress import Progress, silent
from workflow.texts import Text, counted

Branch = dict[str, Any]  # title, batch, group, parent, fields
Member = dict[str, Any]  # id, name, status, flags, fields

_EVERY = 50  # branches between two reports of progress
_BRANCHES = "SELECT id, title, batch, grp, parent, fields FROM workflow_branch"
_MEMBERS = "SELECT id, branch, name, status, flags, fields FROM workflow_member"
_PEOPLE = "SELECT id, name FROM workflow_person"
_GRANTS = "SELECT person, role, target FROM workflow_grant"
_REASSIGNED = "SELECT 1 FROM workflow_event WHERE stream = ? AND kind = 'reassigned' LIMIT 1"
_ENDED = "SELECT id, ended FROM workflow_branch WHERE ended IS NOT NULL"
_LEFT = """SELECT member, branch, MAX("left") FROM workflow_stay WHERE member NOT IN (SELECT id FROM workflow_member) GROUP BY member"""


@frozen(kw_only=True)
class RosterReport:
    """What a roster held and what came of it.

    `branches`, `members`, `people` and `grants` count what the file says, each once; `added` and `updated` how many of them
    were new or different, by the same four words. `warnings` has everything that was put right or left out, by row.
    """

    branches: int
    members: int
    people: int
    grants: int
    added: Mapping[str, int]
    updated: Mapping[str, int]
    warnings: tuple[Fault, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return any(self.added.values()) or any(self.updated.values())

    @property
    def text(self) -> Text:
        held = Text.of(
            f"{counted(self.branches, 'branch', 'branches')}, {counted(self.members, 'member')},"
            f" {counted(self.people, 'person', 'people')}, {counted(self.grants, 'role')} granted",
            f"支部 {self.branches:,} 个，党员 {self.members:,} 名，人员 {self.people:,} 名，授予角色 {self.grants:,} 项",
        )
        if not self.branches + self.people:
            return Text.of("no rows, nothing was written", "没有数据行，未写入任何内容")
        if not self.changed:
            return Text.of(f"{held.say('en')}: all known already, nothing was written", f"{held.say('zh')}：均已在册，未写入任何内容")
        added, updated = sum(self.added.values()), sum(self.updated.values())
        return Text.of(
            f"{held.say('en')}; {added:,} added, {updated:,} updated", f"{held.say('zh')}；新增 {added:,} 项，更新 {updated:,} 项"
        )


def import_roster(desk: Desk, source: str | Path | Iterable[Mapping[str, str]], by: str, progress: Progress | None) -> RosterReport:
    """Reads a roster and writes what is new in it, in one transaction. Raises `InputFault` for what is no roster."""
    desk.versions.refresh()
    return import_table(desk, read_table(source, known_columns(desk.definition)), by, progress)


def import_table(desk: Desk, table: Table, by: str, progress: Progress | None) -> RosterReport:
    """As `import_roster`, of a table that was read."""
    if not {"branch", "person"} & set(table.columns):
        said = Text.of(
            "no usable heading: a roster has a column `branch` or `person` (支部, 人员编号)",
            "没有可用的表头：名册须有“支部”或“人员编号”列（branch, person）",
        )
        raise InputFault([table.fault(1, "", said, "no-header")])
    if not table.rows:
        said = Text.of("no rows: there is nothing below the heading", "没有数据行：表头之下为空")
        table.faults.append(Fault(table.name, "", said, "no-rows"))
    with desk.store.write():
        return _Import(desk, table, by, progress or silent).run()


@define
class _Import:
    """One roster on its way into the tables: only what differs from them is written."""

    desk: Desk
    table: Table
    by: str
    progress: Progress
    added: dict[str, int] = field(factory=lambda: dict.fromkeys(("branches", "members", "people", "grants"), 0))
    updated: dict[str, int] = field(factory=lambda: dict.fromkeys(("branches", "members", "people", "grants"), 0))
    _branches: dict[str, Branch] = field(factory=dict)
    _members: dict[str, Member] = field(factory=dict)
    _revoked: set[Grant] = field(factory=set)
    _called: dict[str, str] = field(factory=dict)  # everybody in the file: id -> name

    def run(self) -> RosterReport:
        rows = self.desk.store.rows
        self._branches = {row[0]: _branch(row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows(_BRANCHES)}
        rolls: dict[str, str] = {}
        for ident, branch, name, status, flags, fields in rows(_MEMBERS):
            rolls[ident] = branch
            self._members[ident] = _member(ident, name, status, json.loads(flags), json.loads(fields))
        told = (each.payload.get("revoked", ()) for each in events(self.desk.store, CAMPAIGN, kinds=["people"]))
        self._revoked = {(grant["person"], grant["role"], grant["target"]) for revoked in told for grant in revoked}
        names = {row[0]: row[1] for row in rows(_PEOPLE)}
        day = self.desk.day
        ended = {branch: day(read_stamp(ended)) for branch, ended in rows(_ENDED)}
        left = {member: (branch, day(read_stamp(left))) for member, branch, left in rows(_LEFT)}
        reader = RosterReader(self.desk.definition, self.table, rolls, names, ended, left)
        reader.read(self._branches)
        self._write_people(reader, names)
        for done, draft in enumerate(reader.branches.values(), 1):
            self._write_branch(draft)
            if done % _EVERY == 0 or done == len(reader.branches):
                self.progress(done, len(reader.branches))
        return RosterReport(
            branches=len(reader.branches),
            members=sum(len(branch.members) for branch in reader.branches.values()),
            people=len(reader.people),
            grants=len(reader.grants),
            added=self.added,
            updated=self.updated,
            warnings=tuple(self.table.faults),
        )

    def _write_people(self, reader: RosterReader, names: Mapping[str, str]) -> None:
        granted: set[Grant] = {(row[0], row[1], row[2]) for row in self.desk.store.rows(_GRANTS)}
        self._called = {ident: name or names.get(ident, ident) for ident, name in reader.people.items()}
        people = [{"id": ident, "name": name} for ident, name in self._called.items() if names.get(ident) != name]
        given = [grant for grant in reader.grants if grant not in granted and not self._taken_back(grant, reader.grants[grant])]
        grants = [{"person": p, "role": r, "target": t} for p, r, t in given]
        self.added["grants"] = len(grants)
        self.added["people"] = sum(person["id"] not in names for person in people)
        self.updated["people"] = len(people) - self.added["people"]
        if people or grants:
            self.desk.write_campaign("people", "roster", {"people": people, "grants": grants}, self.by)

    def _taken_back(self, grant: Grant, row: int) -> bool:
        """Whether a role was ended by a decision: a list, which may be older, does not give it again."""
        if grant not in self._revoked:
            return False
        person, role, target = grant
        en = f"{person} was {role} of {target} until that was ended, and does not get it again; `appoint` gives it"
        self.table.warn(row, "roles", en, f"{person} 的 {role}（{target}）已被终止，未重新授予；重新授予请用 appoint", "revoked")
        return True

    def _write_branch(self, draft: BranchDraft) -> None:
        known = self._branches.get(draft.id)
        self._settle(draft, known)
        branch = _merged(draft, known)
        members = [self._settled(member) for member in draft.members.values()]
        if self._count("branches", known, branch) + sum(self._count("members", self._members.get(m["id"]), m) for m in members) == 0:
            return
        payload = {**branch, "members": members}
        if known is None:
            payload["state"] = self.desk.definition.initial
        self.desk.write(branch_stream(draft.id), "roster", draft.id, payload, self.by, "", self.desk.clock.now())

    def _settle(self, draft: BranchDraft, known: Branch | None) -> None:
        """A branch that was reassigned stays where it was put: the list may be older than that."""
        before = known or {}
        other = [column for column in ("batch", "group") if draft.about.get(column, before.get(column)) != before.get(column)]
        if not (known and other and self.desk.store.row(_REASSIGNED, (branch_stream(draft.id),))):
            return
        for column in other:
            stands, said = known[column], draft.about.pop(column)
            en = f"{draft.id} was put in {column} {stands} and stays there; `branch reassign` puts it in {said}"
            zh = f"{draft.id} 已调整至 {stands}，保持不变；改为 {said} 请用 branch reassign"
            self.table.warn(draft.row, column, en, zh, "reassign")

    def _settled(self, draft: MemberDraft) -> Member:
        """A member as the file has it; what the file is silent on stays as it was."""
        known = self._members.get(draft.id, _member(draft.id, "", "", [], {}))
        flags = known["flags"] if draft.flags is None else list(draft.flags)
        return _member(draft.id, self._called[draft.id], draft.status, flags, {**known["fields"], **draft.fields})

    def _count(self, what: str, known: object, now: object) -> bool:
        self.added[what] += known is None
        self.updated[what] += known is not None and known != now
        return known != now


def _merged(draft: BranchDraft, known: Branch | None) -> Branch:
    """A branch as the file has it; what the file is silent on stays as it was."""
    before = known or _branch(draft.id, None, None, None, {})
    about = {name: draft.about.get(name, before[name]) for name in ("title", "batch", "group", "parent")}
    return {**about, "fields": {**before["fields"], **draft.fields}}


def _branch(title: str, batch: str | None, group: str | None, parent: str | None, fields: dict[str, Any]) -> Branch:
    return {"title": title, "batch": batch, "group": group, "parent": parent, "fields": fields}


def _member(ident: str, name: str, status: str, flags: list[str], fields: dict[str, Any]) -> Member:
    return {"id": ident, "name": name, "status": status, "flags": flags, "fields": fields}

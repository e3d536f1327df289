"""What the rows of a roster mean. Whatever is dirty is put right or left out with a warning; nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import Factory, define, field

from workflow.definition.model import Definition, Field
from workflow.engine.entry import read_value
from workflow.engine.tabular import Row, Table, heading
from workflow.errors import did_you_mean
from workflow.texts import Text

Grant = tuple[str, str, str]  # person, role, target

_COLUMNS = {
    "branch": ("支部", "支部编号"),
    "title": ("名称", "支部名称"),
    "batch": ("批次",),
    "group": ("督导组",),
    "parent": ("上级", "上级组织"),
    "person": ("人员编号", "人员"),
    "name": ("姓名",),
    "status": ("类别", "党员类别"),
    "flags": ("标记",),
    "roles": ("角色",),
}
_ABOUT_BRANCH = ("title", "batch", "group", "parent")
_OF_BRANCH, _OF_MEMBER = "branch.", "member."  # prefixes of the columns for declared fields
_SEPARATORS = re.compile("[;；、]")


@define
class MemberDraft:
    """A member as a roster has it. `flags` is None where the roster has no such column."""

    id: str
    status: str
    flags: tuple[str, ...] | None
    fields: dict[str, Any]


@define
class BranchDraft:
    """A branch as a roster has it: only what it says."""

    id: str
    row: int  # where it first stands
    about: dict[str, str] = Factory(dict)
    fields: dict[str, Any] = Factory(dict)
    members: dict[str, MemberDraft] = Factory(dict)
    nameless: int = 0


def known_columns(definition: Definition) -> dict[str, str]:
    """Heading -> id of the column. What every roster has goes before a declared field of the same title."""
    found = {heading(word): column for column, words in _COLUMNS.items() for word in (column, *words)}
    declared = [(_OF_BRANCH, definition.branch_fields), (_OF_MEMBER, definition.members.fields if definition.members else {})]
    for prefix, fields in declared:
        for name, each in fields.items():
            for word in (prefix + name, name, *(each.title.say(lang) for lang in definition.languages)):
                found.setdefault(heading(word), prefix + name)
    return found


def _about_member(row: Row) -> list[str]:
    """The columns in which a row says something of a member."""
    return [column for column in row.cells if column in ("status", "flags") or column.startswith(_OF_MEMBER)]


def _named(items: Mapping[str, Text], languages: Sequence[str]) -> dict[str, str]:
    """Id and titles -> id."""
    return {heading(word): name for name, title in items.items() for word in (*(title.say(lang) for lang in languages), name)}


@define
class RosterReader:
    """Reads the rows of one table into drafts. `rolls` says on whose roll a person stands already; `names` what people are called."""

    definition: Definition
    table: Table
    rolls: Mapping[str, str]
    names: Mapping[str, str]
    branches: dict[str, BranchDraft] = field(factory=dict, init=False)
    people: dict[str, str] = field(factory=dict, init=False)  # id -> name, "" where none is given
    grants: dict[Grant, None] = field(factory=dict, init=False)
    _enrolled: dict[str, tuple[str, int]] = field(factory=dict, init=False)  # person -> branch, row
    _ids: frozenset[str] = field(default=frozenset(), init=False)
    _said: set[tuple[str, str, str]] = field(factory=set, init=False)
    _words: dict[str, dict[str, str]] = field(factory=dict, init=False)

    def read(self, known_branches: Iterable[str]) -> None:
        """Fills `branches`, `people` and `grants`, and adds to the table's warnings."""
        languages, members = self.definition.languages, self.definition.members
        self._words = {
            "roles": _named({r.id: r.title for r in self.definition.roles.values()}, languages),
            "status": _named(members.status, languages) if members else {},
            "flags": _named(members.flags, languages) if members else {},
        }
        self._ids = frozenset(row.cells["person"] for row in self.table.rows if "person" in row.cells)
        for row in self.table.rows:
            self._row(row)
        self._check_parents({*known_branches, *self.branches})

    def _row(self, row: Row) -> None:
        branch = self._branch(row)
        person = self._person(row, branch)
        if branch is None and person is None:
            self._warn(row, "", "neither a branch nor a person; the row is left out", "既无支部也无人员编号，该行未导入", "nobody")
        if person is None:
            if "roles" in row.cells or "status" in row.cells:
                self._warn(row, "person", "nobody is named; status and roles are left out", "未写明人员，类别和角色未导入", "nobody")
            return
        before = self._enrolled.get(person)
        if before is not None and branch is not None and before[0] == branch.id and _about_member(row):
            self._warn(
                row,
                "person",
                f"{person} stands in row {before[1]} already; this row is ignored",
                f"{person} 已在第 {before[1]} 行，本行已忽略",
                "twice",
            )
            return
        self._call(row, person)
        self._member(row, branch, person)
        self._roles(row, branch, person)

    # -- branches ----------------------------------------------------------------------------------------------------

    def _branch(self, row: Row) -> BranchDraft | None:
        name = row.cells.get("branch")
        if name is None:
            return None
        branch = self.branches.get(name)
        if branch is None:
            branch = self.branches[name] = BranchDraft(name, row.number)
        for column in _ABOUT_BRANCH:
            if column in row.cells:
                self._settle(row, branch, column, branch.about, column, row.cells[column])
        for name, declared in self.definition.branch_fields.items():
            value = self._value(row, _OF_BRANCH + name, declared)
            if value is not None:
                self._settle(row, branch, _OF_BRANCH + name, branch.fields, name, value)
        return branch

    def _settle(self, row: Row, branch: BranchDraft, column: str, said: dict[str, Any], name: str, value: Any) -> None:
        """The first row that says something is right."""
        first = said.setdefault(name, value)
        if first != value and (branch.id, column, str(value)) not in self._said:
            self._said.add((branch.id, column, str(value)))
            en = f"{branch.id}: {value} contradicts {first}, given before, which stays"
            self._warn(row, column, en, f"{branch.id}：{value} 与此前的 {first} 不一致，保留此前的", "contradiction")

    def _check_parents(self, known: set[str]) -> None:
        for branch in self.branches.values():
            parent = branch.about.get("parent")
            if parent is None or (parent in known and parent != branch.id):
                continue
            del branch.about["parent"]
            hint = did_you_mean(parent, sorted(known - {branch.id}))
            en = f"{branch.id}: there is no branch {parent}; {hint.say('en')}; left without a parent"
            zh = f"{branch.id}：没有支部 {parent}；{hint.say('zh')}；上级留空"
            self.table.warn(branch.row, "parent", en, zh, "parent")

    # -- people ------------------------------------------------------------------------------------------------------

    def _person(self, row: Row, branch: BranchDraft | None) -> str | None:
        given, name = row.cells.get("person"), row.cells.get("name")
        if given is not None or name is None or branch is None:
            return given
        while True:
            branch.nameless += 1
            made = f"{branch.id}-{branch.nameless}"
            if made not in self._ids and self.names.get(made, name) == name:
                break
        self._warn(row, "person", f"{name} has no id; {made} was made for it", f"{name} 没有人员编号，已编为 {made}", "no-id")
        return made

    def _call(self, row: Row, person: str) -> None:
        name = row.cells.get("name", "")
        first = self.people.get(person) or name
        self.people[person] = first
        if name and name != first:
            self._warn(
                row,
                "name",
                f"{person}: {name} contradicts {first}, given before, which stays",
                f"{person}：{name} 与此前的 {first} 不一致，保留此前的",
                "contradiction",
            )

    def _member(self, row: Row, branch: BranchDraft | None, person: str) -> None:
        members, cells = self.definition.members, row.cells
        about = _about_member(row)
        if members is None or branch is None:
            if about:
                self._homeless(row, about[0], person, members is None)
            return
        if not about and ("roles" in cells or person in self._enrolled):
            return
        if self._elsewhere(row, branch, person):
            return
        status = self._status(row, person)
        flags = tuple(sorted(set(self._listed(row, "flags")))) if "flags" in self.table.columns else None
        values = {name: self._value(row, _OF_MEMBER + name, declared) for name, declared in members.fields.items()}
        fields = {name: value for name, value in values.items() if value is not None}
        branch.members[person] = MemberDraft(person, status, flags, fields)
        self._enrolled[person] = (branch.id, row.number)

    def _homeless(self, row: Row, column: str, person: str, no_members: bool) -> None:
        if no_members:
            self._warn(row, column, "this campaign keeps no roll of members; ignored", "本活动不设名册，已忽略", "no-roll")
        else:
            self._warn(row, "branch", f"{person} has no branch and is put on no roll", f"{person} 未写支部，未列入任何名册", "no-branch")

    def _elsewhere(self, row: Row, branch: BranchDraft, person: str) -> bool:
        """Whether somebody stands on another roll, where they stay: nobody is counted twice."""
        there, at = self._enrolled.get(person, (self.rolls.get(person, branch.id), 0))
        if there == branch.id:
            return False
        place_en, place_zh = (f" (row {at})", f"（第 {at} 行）") if at else ("", "")
        en = f"{person} is on the roll of {there}{place_en} and stays there; not counted twice"
        self._warn(row, "person", en, f"{person} 已在 {there} 名册上{place_zh}，不重复计入", "two-rolls")
        return True

    def _status(self, row: Row, person: str) -> str:
        members, raw = self.definition.members, row.cells.get("status")
        assert members is not None
        default = members.default or next(iter(members.status))
        if raw is None:
            self._warn(row, "status", f"{person} has no status; taken as {default}", f"{person} 未写类别，按 {default} 处理", "status")
            return default
        found = self._words["status"].get(heading(raw))
        if found is None:
            hint = did_you_mean(raw, list(members.status))
            self._warn(
                row,
                "status",
                f"{raw} is unknown; {hint.say('en')}; taken as {default}",
                f"未知类别 {raw}；{hint.say('zh')}；按 {default} 处理",
                "status",
            )
        return found or default

    def _roles(self, row: Row, branch: BranchDraft | None, person: str) -> None:
        for role in self._listed(row, "roles"):
            scope = self.definition.roles[role].scope
            own = branch.id if branch else None
            target = {"all": "*", "assigned": row.cells.get("group") or own, "branch": own}[scope]
            if target is None:
                wanted = ("a branch", "支部") if scope == "branch" else ("a group", "督导组")
                self._warn(
                    row,
                    "roles",
                    f"{role} needs {wanted[0]} in its row; {person} does not get it",
                    f"{role} 须在同一行写明{wanted[1]}，未授予 {person}",
                    "no-target",
                )
            else:
                self.grants[(person, role, target)] = None

    # -- cells -------------------------------------------------------------------------------------------------------

    def _listed(self, row: Row, column: str) -> list[str]:
        """The ids in a cell that lists several things; what is unknown is dropped with a warning."""
        found = []
        words = self._words[column]
        for word in filter(None, map(str.strip, _SEPARATORS.split(row.cells.get(column, "")))):
            if heading(word) in words:
                found.append(words[heading(word)])
                continue
            hint = did_you_mean(word, sorted(set(words.values())))
            self._warn(row, column, f"{word} is unknown; {hint.say('en')}; left out", f"未知 {word}；{hint.say('zh')}；已略去", column)
        return found

    def _value(self, row: Row, column: str, declared: Field) -> Any:
        raw = row.cells.get(column)
        if raw is None:
            return None
        value, fault = read_value(declared, raw)
        if fault is not None:
            self._warn(row, column, f"{fault.say('en')}; left empty", f"{fault.say('zh')}；留空", "value")
        return value

    def _warn(self, row: Row, column: str, en: str, zh: str, code: str) -> None:
        shown = column.removeprefix(_OF_BRANCH).removeprefix(_OF_MEMBER)
        self.table.warn(row.number, shown, en, zh, code)

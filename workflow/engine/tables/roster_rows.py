"""What the rows of a roster mean. Whatever is dirty is put right or left out with a warning; nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from attrs import Factory, define, field

from workflow.definition.model import Definition, Field
from workflow.engine.entry import read_value
from workflow.engine.tables.roster_cells import Cleaner, plain_id
from workflow.engine.tables.roster_words import OF_BRANCH, OF_MEMBER, Vocabulary, standard_headings
from workflow.engine.tables.tabular import Row, Table
from workflow.errors import did_you_mean
from workflow.store.facts import GROUP, group_target

Grant = tuple[str, str, str]  # person, role, target

_ABOUT_BRANCH = ("title", "batch", "group", "parent")
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


def _about_member(row: Row) -> list[str]:
    """The columns in which a row says something of a member."""
    return [column for column in row.cells if column in ("status", "flags") or column.startswith(OF_MEMBER)]


@define
class RosterReader:
    """Reads the rows of one table into drafts. `rolls` says on whose roll a person stands already; `names` what people are called.

    `ended` are branches that were merged or dissolved, with the day; `left` who is on no roll any more, with the last branch and the day.
    """

    definition: Definition
    table: Table
    rolls: Mapping[str, str]
    names: Mapping[str, str]
    ended: Mapping[str, str]
    left: Mapping[str, tuple[str, str]]
    branches: dict[str, BranchDraft] = field(factory=dict, init=False)
    people: dict[str, str] = field(factory=dict, init=False)  # id -> name, "" where none is given
    grants: dict[Grant, int] = field(factory=dict, init=False)  # with the row each stands in
    _enrolled: dict[str, tuple[str, int]] = field(factory=dict, init=False)  # person -> branch, row
    _ids: frozenset[str] = field(default=frozenset(), init=False)
    _above: str = field(default="", init=False)  # the branch named last, in this row or above it
    _said: set[tuple[str, str, str]] = field(factory=set, init=False)
    _words: dict[str, Vocabulary] = field(factory=dict, init=False)

    def read(self, known_branches: Collection[str]) -> None:
        """Fills `branches`, `people` and `grants`, and adds to the table's warnings."""
        members = self.definition.members
        named = {
            "roles": {r.id: r.title for r in self.definition.roles.values()},
            "status": members.status if members else {},
            "flags": members.flags if members else {},
        }
        self._words = {column: Vocabulary.of(items, self.definition) for column, items in named.items()}
        self._ids = frozenset(plain_id(row.cells["person"]) for row in self.table.rows if "person" in row.cells)
        self.table.headings = standard_headings() | self.table.headings
        cleaner = Cleaner.of(self.table, {"branch": known_branches, "person": self.names})
        for row in filter(None, map(cleaner.clean, self.table.rows)):
            self._row(row)
        self._check_parents({*known_branches, *self.branches})

    def _row(self, row: Row) -> None:
        branch = self._branch(row)
        person = self._person(row, branch)
        if branch is None and person is None:
            en, zh = self._merged(row)
            said = f"neither a branch nor a person; the row is left out{en}"
            self._warn(row, "", said, f"既无支部也无人员编号，该行未导入{zh}", "nobody")
        if person is None:
            if "roles" in row.cells or "status" in row.cells:
                self._warn(row, "person", "nobody is named; status and roles are left out", "未写明人员，状态和角色未导入", "nobody")
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
        if name.startswith(GROUP):
            en = f"{name}: an id beginning with {GROUP} would mean all branches of a group; the row is left out"
            self._warn(row, "branch", en, f"{name}：以 {GROUP} 开头的编号会被当作整个督导组；此行未导入", "branch")
            return None
        self._above = name
        branch = self.branches.get(name)
        if branch is None:
            branch = self.branches[name] = BranchDraft(name, row.number)
        for column in _ABOUT_BRANCH:
            if column in row.cells:
                self._settle(row, branch, column, branch.about, column, row.cells[column])
        for name, declared in self.definition.branch_fields.items():
            value = self._value(row, OF_BRANCH + name, declared)
            if value is not None:
                self._settle(row, branch, OF_BRANCH + name, branch.fields, name, value)
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
            forgotten = "branch" in self.table.columns and person not in self.rolls and "roles" not in cells
            if about or (members is not None and forgotten):
                self._homeless(row, next(iter(about), ""), person, members is None)
            return
        if not about and ("roles" in cells or person in self._enrolled):
            return
        if self._elsewhere(row, branch, person) or self._over(row, branch, person):
            return
        status = self._status(row, person)
        flags = tuple(sorted(set(self._listed(row, "flags")))) if "flags" in self.table.columns else None
        values = {name: self._value(row, OF_MEMBER + name, declared) for name, declared in members.fields.items()}
        fields = {name: value for name, value in values.items() if value is not None}
        branch.members[person] = MemberDraft(person, status, flags, fields)
        self._enrolled[person] = (branch.id, row.number)

    def _homeless(self, row: Row, column: str, person: str, no_members: bool) -> None:
        if no_members:
            self._warn(row, column, "this campaign keeps no roll of members; ignored", "本活动不设名册，已忽略", "no-roll")
        else:
            en, zh = self._merged(row)
            said = f"{person} has no branch and is put on no roll{en}"
            self._warn(row, "branch", said, f"{person} 未写支部，未列入任何名册{zh}", "no-branch")

    def _merged(self, row: Row) -> tuple[str, str]:
        """What to do where somebody stands below a branch's own rows without one: nothing is guessed."""
        if not self._above or not {"person", "name"} & set(row.cells):
            return "", ""
        en = f"; if it belongs to {self._above} as the rows above do (merged cells), fill the branch down"
        return en, f"；若与上方各行同属 {self._above}（合并单元格），请将支部向下填充"

    def _elsewhere(self, row: Row, branch: BranchDraft, person: str) -> bool:
        """Whether somebody stands on another roll, where they stay: nobody is counted twice."""
        there, at = self._enrolled.get(person, (self.rolls.get(person, branch.id), 0))
        if there == branch.id:
            return False
        place_en, place_zh = (f" (row {at})", f"（第 {at} 行）") if at else ("", "")
        en = f"{person} is on the roll of {there}{place_en} and stays there; not counted twice"
        self._warn(row, "person", en, f"{person} 已在 {there} 名册上{place_zh}，不重复计入", "two-rolls")
        return True

    def _over(self, row: Row, branch: BranchDraft, person: str) -> bool:
        """Whether the list is older than what was decided: the branch has ended, or the member has left for good."""
        if branch.id in self.ended:
            day = self.ended[branch.id]
            en, zh = f"{branch.id} ended on {day}; {person} is put on no roll", f"{branch.id} 已于 {day} 终止，{person} 未列入任何名册"
            self._warn(row, "branch", en, zh, "ended")
        elif person in self.left:
            there, day = self.left[person]
            en = f"{person} left the roll of {there} on {day} and stays off it; `member enrol` takes them up again"
            self._warn(row, "person", en, f"{person} 已于 {day} 离开 {there} 名册，未重新列入；重新入册请用 member enrol", "left")
        else:
            return False
        return True

    def _status(self, row: Row, person: str) -> str:
        members, raw = self.definition.members, row.cells.get("status")
        assert members is not None
        default = members.default or next(iter(members.status))
        words = self._words["status"]
        shown = words.shown(default)
        if raw is None:
            en = f"{person} has no status; taken as {shown.say('en')}"
            self._warn(row, "status", en, f"{person} 未写状态，按 {shown.say('zh')} 处理", "status")
            return default
        found = self._meant(row, "status", raw)
        if found is None:
            hint = words.hint(raw)
            en = f"{raw} is unknown; {hint.say('en')}; taken as {shown.say('en')}"
            self._warn(row, "status", en, f"未知状态 {raw}；{hint.say('zh')}；按 {shown.say('zh')} 处理", "status")
        return found or default

    def _meant(self, row: Row, column: str, word: str) -> str | None:
        """The id a word means; that only a part of a title was given is said."""
        words = self._words[column]
        found = words.find(word)
        if found is None and (found := words.find_part(word)) is not None:
            shown = words.shown(found)
            self._warn(row, column, f"{word} is taken as {shown.say('en')}", f"{word} 按 {shown.say('zh')} 处理", "part")
        return found

    def _roles(self, row: Row, branch: BranchDraft | None, person: str) -> None:
        for role in self._listed(row, "roles"):
            scope = self.definition.roles[role].scope
            own = branch.id if branch else None
            target = {"all": "*", "assigned": group_target(group) if (group := row.cells.get("group")) else own, "branch": own}[scope]
            if target is None:
                wanted = ("a branch", "支部") if scope == "branch" else ("a group", "督导组")
                self._warn(
                    row,
                    "roles",
                    f"{role} needs {wanted[0]} in its row; {person} does not get it",
                    f"{role} 须在同一行写明{wanted[1]}，未授予 {person}",
                    "no-target",
                )
            elif target in self.ended:
                day = self.ended[target]
                en, zh = f"{target} ended on {day}; {person} does not get {role}", f"{target} 已于 {day} 终止，未授予 {person} {role}"
                self._warn(row, "roles", en, zh, "ended")
            else:
                self.grants.setdefault((person, role, target), row.number)

    # -- cells -------------------------------------------------------------------------------------------------------

    def _listed(self, row: Row, column: str) -> list[str]:
        """The ids in a cell that lists several things; what is unknown is dropped with a warning."""
        found = []
        for word in filter(None, map(str.strip, _SEPARATORS.split(row.cells.get(column, "")))):
            meant = self._meant(row, column, word)
            if meant is not None:
                found.append(meant)
                continue
            hint = self._words[column].hint(word)
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
        self.table.warn(row.number, column, en, zh, code)

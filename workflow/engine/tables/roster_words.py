"""The words of rosters: what columns may be called, and what cells may call a status, a flag or a role."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from attrs import frozen

from workflow.definition.model import Definition
from workflow.engine.tables.tabular import heading
from workflow.texts import Text

OF_BRANCH, OF_MEMBER = "branch.", "member."  # prefixes of the columns for declared fields
_ALIKE = 0.75  # how near a word must be to another to be taken for a slip

# The first two of each column go before a declared field of the same title, the others after it.
HEADINGS: dict[str, tuple[str, ...]] = {
    "branch": ("branch", "支部", "支部编号", "branch id", "支部代码"),
    "title": ("title", "支部名称", "名称", "branch title", "branch name"),
    "batch": ("batch", "批次"),
    "group": ("group", "督导组", "组", "supervision group"),
    "parent": ("parent", "上级", "上级组织", "上级支部", "parent branch"),
    "person": ("person", "人员编号", "编号", "工号", "人员", "person id"),
    "name": ("name", "姓名"),
    "status": ("status", "状态", "类别", "党员类别", "在岗情况", "category"),
    "flags": ("flags", "标记", "标志", "flag"),
    "roles": ("roles", "角色", "职务", "role"),
}


def known_columns(definition: Definition) -> dict[str, str]:
    """Heading -> id of the column."""
    found = {heading(word): column for column, words in HEADINGS.items() for word in words[:2]}
    declared = [(OF_BRANCH, definition.branch_fields), (OF_MEMBER, definition.members.fields if definition.members else {})]
    for prefix, fields in declared:
        for name, each in fields.items():
            for word in (prefix + name, name, *(each.title.say(lang) for lang in definition.languages)):
                found.setdefault(heading(word), prefix + name)
    branch, member = definition.branch_label, definition.member_label
    labelled = [("branch", branch), ("person", member)]
    for column, label in labelled:
        for word in (label.say("en"), label.say("zh"), f"{label.say('en')} id", f"{label.say('zh')}编号"):
            found.setdefault(heading(word), column)
    for column, label, (en, zh) in (("title", branch, ("name", "名称")), ("name", member, ("name", "姓名"))):
        for word in (f"{label.say('en')} {en}", f"{label.say('zh')}{zh}"):
            found.setdefault(heading(word), column)
    for column, words in HEADINGS.items():
        for word in words[2:]:
            found.setdefault(heading(word), column)
    return found


def standard_headings() -> dict[str, Text]:
    """What a column is called where a file has none of that kind."""
    return {column: Text.of(words[0], words[1]) for column, words in HEADINGS.items()}


@frozen
class Vocabulary:
    """Ids with their titles, and the words that mean them."""

    items: Mapping[str, Text]
    words: Mapping[str, str]  # as `heading` writes them -> id

    @classmethod
    def of(cls, items: Mapping[str, Text], definition: Definition) -> Vocabulary:
        """A title may stand with the word for a member behind it: `离退休党员`."""
        found: dict[str, str] = {}
        for lang in definition.languages:
            member = definition.member_label.say(lang)
            found |= {heading(title.say(lang) + member): ident for ident, title in items.items()}
        for lang in definition.languages:
            found |= {heading(title.say(lang)): ident for ident, title in items.items()}
        return cls(items, found | {heading(ident): ident for ident in items})

    def find(self, word: str) -> str | None:
        """The id a word means in full."""
        return self.words.get(heading(word))

    def find_part(self, word: str) -> str | None:
        """The one id of which a word is a part; never the other way round: `不在岗` is not `在岗`."""
        part = heading(word)
        if len(part) < (4 if part.isascii() else 2):
            return None
        found = {ident for known, ident in self.words.items() if part in known}
        return found.pop() if len(found) == 1 else None

    def shown(self, ident: str) -> Text:
        """An id with its title: `leading cadre (leading_post)`, `在岗（in_post）`; the id alone where the title says no more."""
        title = self.items[ident]
        en, zh = (title.say(lang) for lang in ("en", "zh"))
        return Text.of(
            ident if heading(en) == heading(ident) else f"{en} ({ident})",
            ident if heading(zh) == heading(ident) else f"{zh}（{ident}）",
        )

    def hint(self, word: str) -> Text:
        """What may have been meant, or all there is. Whoever says more than a title (`不在岗`) has not merely mistyped it."""
        said = heading(word)
        near = get_close_matches(said, [known for known in self.words if known not in said], n=1, cutoff=_ALIKE)
        if near:
            meant = self.shown(self.words[near[0]])
            return Text.of(f"did you mean {meant.say('en')}?", f"是否指 {meant.say('zh')}？")
        if not self.items:
            return Text.of("there are none", "目前没有")
        shown = [self.shown(ident) for ident in self.items]
        return Text.of(f"known: {', '.join(each.say('en') for each in shown)}", f"已有：{'、'.join(each.say('zh') for each in shown)}")

"""The audits a definition declares: acts that ought not to be done, or not by the same person; and what ought to be so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set

from attrs import define

from workflow.audit.checks.acts import Matter, Tie, Ties, case_of, is_field, is_named
from workflow.audit.checks.ground import Ground, record_title
from workflow.audit.checks.model import Check, Found, Row
from workflow.definition.model import OPEN, AuditRule, Definition
from workflow.texts import LANGUAGES, Text
from workflow.verdicts.render.voice import Voice

_OF_ACTS = Text.of("acts", "次行为")
_NEVER = Text.of("Looks for: {acts}.", "查找：{acts}。")
_APART = Text.of("Looks for: {acts} by somebody who {others}.", "查找：{acts}由同一人作出，而此人{others}。")
_DID = Text.of("“{what}”{case} was done by {name}", "“{what}”{case}由{name}作出")
_ALSO = Text.of("{did}, who {others}", "{did}，而此人{others}")
_CASE = Text.of(" of {case}", "（{case}）")
_MADE = Text.of("did “{what}”", "作过“{what}”")
_ENTERED = Text.of("entered “{what}”", "录入“{what}”")
_OPENED = Text.of("opened “{what}”", "提出“{what}”")
_IS = Text.of("is the “{what}”", "是“{what}”")
_HAS = Text.of("is named in “{what}”", "在“{what}”中列名")
_TIMES = Text.of("{what} ({n} times)", "{what}（{n} 次）")
_OR = Text.of(" or ", "或")


def check_of(ground: Ground, rule: AuditRule, definition: Definition) -> Check:
    """What is shown of a declared audit."""
    names = [definition.instruments[name].title if name in definition.instruments else Text.same(name) for name in rule.basis]
    title = rule.title.filled(**definition.texts)
    looks_for = (
        Text.same(rule.check.text) if rule.check is not None else ground.told(lambda voice: _looks_for(voice, rule), definition.hash)
    )
    basis = Text({lang: ("；" if lang == "zh" else "; ").join(name.say(lang) for name in names) for lang in LANGUAGES})
    return Check(id=rule.id, title=title, looks_for=looks_for, basis=basis, source="definition")


def _looks_for(voice: Voice, rule: AuditRule) -> str:
    either = voice.say(_OR)
    acts = either.join(f"“{_title(voice, name)}”" for name in rule.act)
    if not rule.not_by:
        return voice.say(_NEVER, acts=acts)
    return voice.say(_APART, acts=acts, others=either.join(said(voice, name) for name in rule.not_by))


def said(voice: Voice, name: str) -> str:
    """What somebody has to do with a name: `entered “study session”`, `is the “responsible”`."""
    definition = voice.definition
    owner, dot, part = name.partition(".")
    what = _title(voice, name)
    if not dot:
        return voice.say(_ENTERED if name in definition.records else _MADE, what=what)
    if owner in definition.cases and not is_field(definition, name):
        return voice.say(_OPENED if part == OPEN else _MADE, what=what)
    return voice.say(_HAS if part == "member" and owner in definition.records else _IS, what=what)


def _title(voice: Voice, name: str) -> str:
    definition = voice.definition
    owner, dot, part = name.partition(".")
    if not dot:
        return record_title(voice, name) if name in definition.records else voice.move(name)
    if owner == "branch":
        return voice.say(definition.branch_fields[part].title)
    if owner in definition.records:
        return record_title(voice, owner) if part == "member" else voice.say(definition.records[owner].fields[part].title)
    kind = definition.cases[owner]
    if part == OPEN:
        return voice.say(kind.title)
    return voice.say(kind.moves[part].title if part in kind.moves else kind.all_fields[part].title)


# -- acts ----------------------------------------------------------------------------------------------------------------


def acts_found(ground: Ground, names: Set[str]) -> list[Found]:
    """Of the declared audits of these names that are about acts, in one pass over the ledger."""
    rules = [rule for rule in ground.definition.audits.values() if rule.act and rule.id in names]
    if not rules:
        return []
    ties = Ties.read(ground, (name for rule in rules for name in (*rule.act, *rule.not_by)))
    return [_Looking(ground, ties, rule).found() for rule in rules]


@define
class _Looking:
    ground: Ground
    ties: Ties
    rule: AuditRule

    def found(self) -> Found:
        acts = [tie for name in self.rule.act for tie in self.ties.by_name.get(name, ())]
        others = {name: self._by_matter(name) for name in self.rule.not_by}
        rows = [self._row(act, also) for act in acts if (also := self._also(act, others)) or not self.rule.not_by]
        ordered = tuple(sorted(rows, key=lambda row: (row.day, row.branch, row.events[0])))
        unknown = sum(1 for act in acts if self._unknown(act, others))
        check = check_of(self.ground, self.rule, self.ground.definition)
        return Found(check=check, rows=ordered, looked_at=len(acts), of=_OF_ACTS, unknown=unknown)

    def _of_case(self, name: str) -> str:
        """The case kind two names must share to be about one case."""
        kinds = {case_of(self.ground.definition, act) for act in self.rule.act}
        own = case_of(self.ground.definition, name)
        return own if kinds == {own} else ""

    def _by_matter(self, name: str) -> Mapping[Matter, Sequence[Tie]]:
        found: dict[Matter, list[Tie]] = defaultdict(list)
        for tie in self.ties.by_name.get(name, ()):
            found[self.ties.matter(tie, of_case=bool(self._of_case(name)))].append(tie)
        return found

    def _also(self, act: Tie, others: Mapping[str, Mapping[Matter, Sequence[Tie]]]) -> list[Tie]:
        """What else whoever did this has to do with the matter."""
        found: list[Tie] = []
        for name, ties in others.items():
            of_case = bool(self._of_case(name))
            there = [tie for tie in ties.get(self.ties.matter(act, of_case=of_case), ()) if tie.place != act.place]
            if of_case and is_field(self.ground.definition, name):
                there = [tie for tie in there if tie.position < act.position][-1:]  # whoever was named last by then
            found += [tie for tie in there if tie.who == act.who]
        return found

    def _unknown(self, act: Tie, others: Mapping[str, Mapping[Matter, Sequence[Tie]]]) -> bool:
        """Is it only asked whom a field names, and nobody has filled it in?"""
        if not others or not all(is_named(self.ground.definition, name) for name in others):
            return False
        return not any(ties.get(self.ties.matter(act, of_case=bool(self._of_case(name)))) for name, ties in others.items())

    def _row(self, act: Tie, also: Sequence[Tie]) -> Row:
        def say(voice: Voice) -> str:
            case = voice.say(_CASE, case=act.case) if act.case else ""
            did = voice.say(_DID, what=_title(voice, act.name), case=case, name=voice.name(act.who))
            return voice.say(_ALSO, did=did, others=voice.listed(_times(voice, also))) if also else did

        events = tuple(dict.fromkeys((act.place, *(tie.place for tie in also))))
        return Row(branch=act.branch, day=act.day, who=(act.who,), what=self.ground.told(say), events=events)


def _times(voice: Voice, ties: Sequence[Tie]) -> Iterator[str]:
    counts: dict[str, int] = defaultdict(int)
    for tie in ties:
        counts[tie.name] += 1
    for name, n in counts.items():
        yield said(voice, name) if n == 1 else voice.say(_TIMES, what=said(voice, name), n=f"{n:,}")

"""What a definition's audits say ought to be so: asked of all branches at once, as requirements are, though no move asks it.

Other than a requirement they look at every attempt: at all records that were entered and not withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from attrs import define, field, frozen

from workflow.audit.checks.declared import check_of
from workflow.audit.checks.ground import Ground, stream_of
from workflow.audit.checks.model import Found, Place, Row
from workflow.canonical import canonical
from workflow.definition.model import AuditRule, Definition, Requirement
from workflow.engine.board import by_version
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.texts import Text
from workflow.verdicts.evaluate import evaluate
from workflow.verdicts.findings import Finding, Shortfall
from workflow.verdicts.render.figures import figures_text
from workflow.verdicts.render.voice import Voice

_STEPS, _MEMBERS, _BRANCHES = Text.of("steps", "个环节"), Text.of("{label}", "名{label}"), Text.of("{label}", "个{label}")
_CASES = Text.of("cases", "件")
_LINES = """SELECT branch, member, seq, recorded FROM workflow_line
    WHERE live >= 0 AND kind IN (SELECT value FROM json_each(?1)) AND branch IN (SELECT value FROM json_each(?2)) ORDER BY branch, seq"""
_STAYS = (
    "SELECT branch, member, MAX(seq), joined FROM workflow_stay WHERE branch IN (SELECT value FROM json_each(?1)) GROUP BY branch, member"
)
_OF_CASES = """SELECT stream, seq, json_extract(payload, '$.case'), recorded_at FROM workflow_event
    WHERE kind IN ('case_opened', 'case_moved') AND stream IN (SELECT value FROM json_each(?1)) ORDER BY id"""
Rest = tuple[int, str]  # the number of an event, and its stamp
_ROSTER: Rest = (1, "")  # by which a branch came on the roster
_ONE = Text.of("{name}: {figures}", "{name}：{figures}")
_BREAKS = Text.of("the check broke: {error}", "核查出错：{error}")
_BARE = Text.of("it is not so", "并非如此")


@frozen
class _Short:
    """A branch, or somebody or something in it, that falls short of a rule."""

    rule: AuditRule
    definition: Definition
    branch: BranchFact
    finding: Finding
    short: Shortfall | None = None  # None for the branch as a whole
    who: str = ""  # the member it is about

    @property
    def figures_of(self) -> Shortfall | Finding:
        return self.short or self.finding

    def say(self, voice: Voice) -> str:
        given = self.figures_of
        if given.error:
            said = voice.say(_BREAKS, error=given.error)
        else:
            wrong = [figure for figure in given.figures if not figure.met]
            said = figures_text(voice, wrong, self.rule.check.text if self.rule.check else "") or voice.say(_BARE)
        if self.short is None:
            return said
        name = self.short.name
        if not name or self.rule.each in self.definition.cases:
            name = " · ".join(part for part in (self.short.id, name) if part)
        return voice.say(_ONE, name=name, figures=said)


@define
class _Sum:
    looked_at: int = 0
    unknown: int = 0
    short: list[_Short] = field(factory=list)


def asked_found(ground: Ground, names: Set[str]) -> list[Found]:
    """Of the declared audits of these names with a check, each by the version that holds for a branch.

    A handful of queries for each version.
    """
    sums: dict[str, _Sum] = defaultdict(_Sum)
    newest = [rule for rule in ground.definition.audits.values() if rule.check is not None and rule.id in names]
    if not newest:
        return []
    now = ground.campaign.now
    for version, states in by_version(ground.campaign._desk, now):
        own = [rule for rule in version.definition.audits.values() if rule.check is not None and rule.id in names]
        needs = FactNeeds.of(version.definition, map(_requirement, own))
        facts = Facts.load(ground.campaign.store, version.definition, needs, now, ground.branch, states=version.states, ever=True)
        for ident in states if ground.branch is None else [ground.branch] if ground.branch in states else []:
            if facts.branches[ident].ended is None:
                for rule in own:
                    _ask(sums[rule.id], rule, version.definition, facts, facts.branches[ident])
    return [_found(ground, sums[rule.id], rule, ground.definition) for rule in newest]


def _requirement(rule: AuditRule) -> Requirement:
    """A rule as something that can be asked, and stops nobody."""
    assert rule.check is not None
    return Requirement(
        id=rule.id,
        title=rule.title,
        check=rule.check,
        owner="",
        remedy=rule.title,
        basis=rule.basis,
        each=rule.each,
        when=rule.when,
        level="observe",
    )


def _ask(total: _Sum, rule: AuditRule, definition: Definition, facts: Facts, branch: BranchFact) -> None:
    finding = evaluate(definition, _requirement(rule), facts, branch)
    total.looked_at += finding.total - finding.not_applicable
    if rule.each is None:
        total.unknown += finding.status == "unknown"
        if finding.status in ("unmet", "error"):
            total.short.append(_Short(rule, definition, branch, finding))
        return
    total.unknown += sum(1 for short in finding.short if short.status == "unknown")
    short = [each for each in finding.short if each.status in ("unmet", "error")]
    if short:
        people = _people(rule, definition, facts, branch)
        total.short += [_Short(rule, definition, branch, finding, each, people.get(each.id, "")) for each in short]


def _people(rule: AuditRule, definition: Definition, facts: Facts, branch: BranchFact) -> Mapping[str, str]:
    """The member a member, or a case of theirs, is about."""
    if rule.each in definition.cases:
        return {case.id: case.member for case in facts.cases_of(str(rule.each), branch)}
    return {member.id: member.id for member in facts.members(branch)} if rule.each == "member" else {}


def _found(ground: Ground, total: _Sum, rule: AuditRule, definition: Definition) -> Found:
    rests = _Rests.read(ground, rule, total.short)
    rows = tuple(_row(ground, each, rests) for each in sorted(total.short, key=lambda s: (s.branch.id, s.short.id if s.short else "")))
    check = check_of(ground, rule, definition)
    return Found(
        check=check, rows=rows, looked_at=total.looked_at, of=ground.told(lambda voice: _subjects(voice, rule.each)), unknown=total.unknown
    )


def _subjects(voice: Voice, each: str | None) -> str:
    """What a question is asked of, as the definition calls it."""
    match each:
        case "step":
            return voice.say(_STEPS)
        case "member":
            return voice.say(_MEMBERS, label=voice.plural(voice.say(voice.definition.member_label)))
        case None | "child":
            return voice.say(_BRANCHES, label=voice.plural(voice.branch))
        case _:
            return voice.say(_CASES)


def _row(ground: Ground, short: _Short, rests: _Rests) -> Row:
    rested = rests.of(short)
    day = max((ground.day(stamp) for _, stamp in rested if stamp), default=ground.campaign.today)
    events = tuple(Place(stream_of(short.branch.id), seq) for seq in sorted({seq for seq, _ in rested}))
    who, what = (short.who,) if short.who else (), ground.told(short.say, short.definition.hash)
    return Row(branch=short.branch.id, day=day, who=who, what=what, events=events)


@define
class _Rests:
    """The events behind what falls short: its records, those of its case, or that by which it came on the roll."""

    lines: Mapping[tuple[str, str], Sequence[Rest]]
    cases: Mapping[tuple[str, str], Sequence[Rest]]
    stays: Mapping[tuple[str, str], Rest]

    @classmethod
    def read(cls, ground: Ground, rule: AuditRule, shorts: Iterable[_Short]) -> _Rests:
        branches = sorted({short.branch.id for short in shorts})
        kinds = sorted({kind for short in shorts for kind in _kinds(short)})
        lines: dict[tuple[str, str], list[Rest]] = defaultdict(list)
        cases: dict[tuple[str, str], list[Rest]] = defaultdict(list)
        stays: dict[tuple[str, str], Rest] = {}
        if branches and rule.each == "member":
            stays = {(branch, member): (seq, joined) for branch, member, seq, joined in ground.rows(_STAYS, canonical(branches))}
        if branches and kinds:
            for branch, member, seq, recorded in ground.rows(_LINES, canonical(kinds), canonical(branches)):
                lines[branch, member].append((seq, recorded))
        if branches and rule.each in ground.definition.cases:
            for stream, seq, case, recorded in ground.rows(_OF_CASES, canonical([stream_of(branch) for branch in branches])):
                cases[stream, case].append((seq, recorded))
        return cls(lines, cases, stays)

    def of(self, short: _Short) -> Sequence[Rest]:
        branch = short.branch.id
        if short.short is None:
            found = self.lines.get((branch, ""), ())
        elif short.rule.each == "member":
            found = self.lines.get((branch, short.short.id)) or [self.stays.get((branch, short.short.id), _ROSTER)]
        else:
            found = self.cases.get((stream_of(branch), short.short.id), ())
        return found or [_ROSTER]


def _kinds(short: _Short) -> Iterator[str]:
    for expression in (short.rule.check, short.rule.when):
        if expression is not None:
            yield from expression.kinds

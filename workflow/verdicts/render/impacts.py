"""An impact in words: how many would change, in what, and a line for each; or all that would change for one branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from attrs import define, field

from workflow.definition.model import Definition
from workflow.texts import Text
from workflow.verdicts.findings import STANDING, Finding
from workflow.verdicts.impact import Change, Demand, Impact, Standing
from workflow.verdicts.render import impact_words as words
from workflow.verdicts.render import words as common
from workflow.verdicts.render.findings import finding_text, shortfall_text
from workflow.verdicts.render.verdicts import render_verdict
from workflow.verdicts.render.voice import MOST, Voice, padded, width

DefinitionOf = Callable[[str], Definition]

_INDENT = "    "
_BATCH = 2  # its column in the table
_REFUSALS = 3  # told in full


@define
class Tellers:
    """A voice for each definition: what was and what will be is told in the words of its own version."""

    definition_of: DefinitionOf
    lang: str
    full: bool = False
    names: Mapping[str, str] = field(default=MappingProxyType({}))
    _voices: dict[str, Voice] = field(factory=dict, init=False)

    def of(self, definition: str) -> Voice:
        if definition not in self._voices:
            self._voices[definition] = Voice(self.definition_of(definition), self.lang, self.full, self.names)
        return self._voices[definition]

    def by(self, standing: Standing) -> Voice:
        return self.of(standing.definition)


def render_impact(tellers: Tellers, impact: Impact | Change) -> str:
    """The impact as plain text for a person: the conclusion, counts, and the first changes (with `full` all of them); or all that would
    change for one branch."""
    if isinstance(impact, Change):
        return _change(tellers, impact)
    voice = tellers.of(impact.definition)
    if not impact.allowed:
        return "\n".join(_refused(tellers, impact))
    lines = [conclusion(voice, impact), *(_INDENT + line for line in _counts(tellers, voice, impact))]
    if impact.changes:
        shown = impact.changes if tellers.full else impact.changes[:MOST]
        lines += ["", *_table(tellers, voice, shown)]
        if len(impact.changes) > len(shown):
            lines.append(voice.say(words.MORE, n=f"{len(impact.changes) - len(shown):,}"))
    return "\n".join(lines)


def conclusion(voice: Voice, impact: Impact) -> str:
    if not impact.allowed:
        return voice.say(words.REFUSED)
    branches = voice.branch if impact.total == 1 else voice.plural(voice.branch)
    text = words.CHANGES if impact.changes else words.UNCHANGED
    return voice.say(text, n=f"{len(impact.changes):,}", total=f"{impact.total:,}", branches=branches, day=impact.day)


def _refused(tellers: Tellers, impact: Impact) -> Iterator[str]:
    refused = [verdict for verdict in impact.answers if not verdict.allowed]
    yield tellers.of(refused[0].definition).say(words.REFUSED)
    for verdict in refused[:_REFUSALS]:
        yield ""
        yield render_verdict(tellers.definition_of(verdict.definition), verdict, tellers.lang, full=tellers.full, names=tellers.names)
    if len(refused) > _REFUSALS:
        yield ""
        yield tellers.of(refused[0].definition).say(common.AND_MORE, n=len(refused) - _REFUSALS)


def _counts(tellers: Tellers, voice: Voice, impact: Impact) -> Iterator[str]:
    if impact.governed:
        yield voice.say(words.GOVERNED, n=f"{impact.governed:,}")
    counts = impact.counts()
    titles = _titles(tellers, impact)
    for sort, text in words.COUNTS.items():
        if sort in counts:
            yield voice.say(text, n=f"{counts[sort]:,}")
        if sort == "unmet" or sort == "met":
            for code, n in impact.demanded(sort).items():
                branches = voice.branch if n == 1 else voice.plural(voice.branch)
                yield "  " + voice.with_code(voice.say(words.DEMANDED[sort], n=f"{n:,}", title=titles[code], branches=branches), code)


def _titles(tellers: Tellers, impact: Impact) -> dict[str, str]:
    """What requirements are called: by the rules under which they are in the way."""
    found: dict[str, str] = {}
    for change in impact.changes:
        for standing in (change.after, change.before):
            if standing is not None:
                found |= {code: tellers.by(standing).title(code) for code in standing.unmet if code not in found}
    return found


# -- a line for each -------------------------------------------------------------------------------------------------


def _table(tellers: Tellers, voice: Voice, changes: Sequence[Change]) -> list[str]:
    head = [voice.branch, *(voice.say(text) for text in (words.TITLE, words.BATCH, words.STATE, words.WHAT))]
    rows = [head, *(_row(tellers, change) for change in changes)]
    if not any(row[_BATCH] for row in rows[1:]):
        rows = [row[:_BATCH] + row[_BATCH + 1 :] for row in rows]
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]) - 1)]
    return ["  ".join([*(padded(cell, w) for cell, w in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip() for row in rows]


def _row(tellers: Tellers, change: Change) -> list[str]:
    standing = change.known
    voice = tellers.by(standing)
    demanded = (said for demand in change.demands for said in _demanded(voice, demand))
    what = voice.clauses([*_particulars(tellers, change), *demanded])
    return [change.branch, standing.title, standing.batch or "", voice.state(standing.state), what]


def _demanded(voice: Voice, demand: Demand) -> Iterator[str]:
    """`✗ study_hours: 2 → 5 short`, `study_hours: due 2005-04-01 → 2005-04-11`"""
    was, now = demand.short
    if demand.after is None:
        yield f"{common.MARKS['met']} {demand.code}"
    elif demand.before is None or demand.weighed:
        said = voice.say(_short(demand), what=demand.code, was=was, n=now) if demand.after.each else demand.code
        yield f"{common.MARKS[demand.after.status]} {said}"
    if demand.due is not None:
        yield voice.say(words.DUE, what=demand.code, change=_from_to(voice, *demand.due))


def _short(demand: Demand) -> Text:
    was, now = demand.short
    return words.SHORT if demand.before is None else words.SHORT_AS_BEFORE if was == now else words.SHORT_NOW


def _particulars(tellers: Tellers, change: Change) -> Iterator[str]:
    """Everything that changes but requirements."""
    before, after = change.before, change.after
    if after is None:
        yield _ends(tellers.by(change.known), change)
        return
    voice = tellers.by(after)
    if before is None:
        yield voice.say(words.IS_NEW)
        return
    field = partial(_field, voice)
    yield from field("state", tellers.by(before).state(before.state), voice.state(after.state))
    yield from field("attempt", before.attempt, after.attempt)
    yield from field("batch", before.batch, after.batch)
    yield from field("group", before.group, after.group)
    if before.suspended != after.suspended:
        yield voice.say(words.RESUMED) if after.suspended is None else voice.say(words.SUSPENDED, day=after.suspended)
    yield from field("planned_end", before.planned_end, after.planned_end)
    yield from field("members", before.members, after.members)
    yield from _moves(tellers, before, after)
    yield from field("hands", _people(voice, before), _people(voice, after))


def _ends(voice: Voice, change: Change) -> str:
    return voice.say(words.ENDS) if change.into is None else voice.say(words.ENDS_INTO, into=voice.name(change.into))


def _field(voice: Voice, name: str, was: object, now: object) -> Iterator[str]:
    if was != now:
        yield voice.say(words.FIELDS[name], change=_from_to(voice, was, now))


def _from_to(voice: Voice, was: object, now: object) -> str:
    said = [voice.say(words.NOTHING) if each in (None, "") else str(each) for each in (was, now)]
    return voice.say(words.FROM_TO, was=said[0], now=said[1])


def _moves(tellers: Tellers, before: Standing, after: Standing) -> Iterator[str]:
    """Moves that come or go where the branch stands; in another state all are others."""
    if before.state != after.state:
        return
    for name, mine, other in (("moves", after, before), ("dropped", before, after)):
        moves = [move for move in mine.moves if move not in other.moves]
        if moves:
            voice = tellers.by(mine)
            yield voice.say(words.FIELDS[name], moves=voice.listed(voice.move(move, mine.state) for move in moves))


def _people(voice: Voice, standing: Standing) -> str:
    return voice.cut([person.name for person in standing.hands])


# -- one branch in full ----------------------------------------------------------------------------------------------


def _change(tellers: Tellers, change: Change) -> str:
    """All that would change for one branch, requirement by requirement, with the figures before and then."""
    voice = tellers.by(change.known)
    lines = [voice.say(words.ONE, title=change.known.title, branch=change.branch, day=change.day)]
    said = [*_rules(tellers, change), *_particulars(tellers, change)]
    lines += [_INDENT + line for line in said]
    for demand in change.demands:
        lines += ["", *_demand(tellers, change, demand)]
    return "\n".join(lines)


def _rules(tellers: Tellers, change: Change) -> Iterator[str]:
    before, after = change.before, change.after
    if before is not None and after is not None and before.definition != after.definition:
        was, now = tellers.by(before).definition.version, tellers.by(after).definition.version
        yield from _field(tellers.by(after), "version", f"{was} [{before.definition[:8]}]", f"{now} [{after.definition[:8]}]")


def _demand(tellers: Tellers, change: Change, demand: Demand) -> Iterator[str]:
    voice = tellers.by(change.known) if demand.after or change.before is None else tellers.by(change.before)
    mark = common.MARKS["met" if demand.after is None else demand.after.status]
    yield voice.with_code(f"{mark} {voice.title(demand.code)}", demand.code)
    yield _INDENT + _found(tellers, change.before, demand.before, words.BEFORE, words.WAS_NOT)
    yield _INDENT + _found(tellers, change.after, demand.after, words.AFTER, words.IS_NOT)
    if demand.after is not None and change.after is not None:
        yield from (f"{_INDENT}  {line}" for line in _shortfalls(tellers.by(change.after), demand.after))


def _found(tellers: Tellers, standing: Standing | None, finding: Finding | None, text: Text, without: Text) -> str:
    """What was found, in the words of its own version."""
    if standing is None or finding is None:
        return without.say(tellers.lang)
    voice = tellers.by(standing)
    line = voice.say(text, text=finding_text(voice, finding))
    if finding.due is None:
        return line
    return line + voice.say(common.BY_DAY, day=finding.due) + (voice.say(common.UNCONFIRMED) if finding.unconfirmed else "")


def _shortfalls(voice: Voice, finding: Finding) -> Iterator[str]:
    standing = [short for short in finding.short if short.status in STANDING]
    names = [voice.step(short.id) if finding.each == "step" else short.name or short.id for short in standing]
    column = max(map(width, names), default=0)
    for short, name in zip(standing, names, strict=True):
        yield f"{common.MARKS[short.status]} {padded(name, column)}  {shortfall_text(voice, finding.code, short)}"

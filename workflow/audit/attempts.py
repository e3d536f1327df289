"""The verdicts of each attempt, as they were stored, and what turned from one to another. Nothing here is judged again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from attrs import evolve, frozen

from workflow.audit import bearings
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.definition.differences import Difference, differences
from workflow.definition.model import Definition, Requirement
from workflow.engine.campaign import Campaign
from workflow.engine.desk import verdict_in
from workflow.errors import Misuse, NotFound, did_you_mean, not_found
from workflow.ledger import CAMPAIGN, Event, branch_stream, events
from workflow.texts import Text
from workflow.verdicts.findings import STANDING, Finding, Verdict

Turned = Literal["met", "unmet", "new", "gone", "rule", "still"]
TURNED: tuple[Turned, ...] = ("met", "unmet", "new", "gone", "still", "rule")


@frozen(kw_only=True)
class Stored:
    """The verdict on a move as the ledger keeps it: where, since which local `day`, under which version. `onward`: by that move the
    branch left the stage, or came to its end."""

    attempt: int
    verdict: Verdict
    day: str
    position: AsOf
    in_force: InForce
    onward: bool

    @property
    def move(self) -> str:
        return self.verdict.subject


@frozen(kw_only=True)
class Attempt:
    """A run through a stage. `ordinal` counts over the branch's life, `number` in the stage; `outcome` is the move that ended it.

    `asked` are all moves asked for in it, steps to be closed included, with the verdicts stored.
    """

    branch: str
    ordinal: int
    stage: str
    number: int
    began: str
    ended: str | None
    outcome: str | None
    asked: tuple[Stored, ...]

    def telling(self, move: str | None = None) -> Stored | None:
        """The last refusal, or the move that led out of the stage, whichever came later; without either the last move made, None where
        none was asked for. With `move` the last verdict on that: raises `NotFound` where it was never asked for."""
        if move is None:
            found = [each for each in self.asked if each.onward or not each.verdict.allowed]
            return next(reversed(found or self.asked), None)
        of_it = [each for each in self.asked if each.move == move]
        if not of_it:
            known = list(dict.fromkeys(each.move for each in self.asked))
            n = self.ordinal
            raise not_found(f"in attempt {n} nobody asked for the move", f"第 {n} 轮次中无人申请动作", move, known, "move")
        return of_it[-1]


@frozen(kw_only=True)
class Turn:
    """A finding that turned: `kind` is what became of it.

    "met" and "unmet" as it is after, "new" and "gone" where only one verdict has it, "still" where it stands in the way in both,
    "rule" where it is met in both, under a rule that is another. `rules` is what changed in the rule itself. `evidence` is what it rests
    on after and did not before, `dropped` the other way round.
    """

    code: str
    kind: Turned
    before: Finding | None
    after: Finding | None
    rules: tuple[Difference, ...] = ()
    evidence: tuple[Document, ...] = ()
    dropped: tuple[Document, ...] = ()


@frozen(kw_only=True)
class Comparison:
    """Two stored verdicts on the same move, and the findings that turned from one to the other; `same` is how many did not."""

    branch: str
    move: str
    before: Stored
    after: Stored
    first: Attempt
    second: Attempt
    turns: tuple[Turn, ...]
    same: int


def attempts(campaign: Campaign, branch: str) -> tuple[Attempt, ...]:
    """Every attempt of a branch with its stored verdicts. Raises `NotFound` for an unknown branch."""
    with campaign.store.read():
        rows = campaign.attempts(branch)
        if not rows:
            raise campaign._desk.unknown_branch(branch)
        asked = list(stored(campaign, branch))
        return tuple(
            Attempt(
                branch=branch,
                ordinal=row["ordinal"],
                stage=row["stage"],
                number=row["number"],
                began=bearings.day_of(campaign, row["began"]),
                ended=bearings.day_of(campaign, row["ended"]) if row["ended"] else None,
                outcome=row["outcome"],
                asked=tuple(each for each in asked if each.attempt == row["ordinal"]),
            )
            for row in rows
        )


def attempt(campaign: Campaign, branch: str, which: int | str) -> Attempt:
    """One attempt: the how manieth of the branch (`2`), or of a stage (`"learning 2"`). Raises `NotFound`."""
    found = attempts(campaign, branch)
    wanted = str(which).split()
    for each in found:
        if wanted in ([str(each.ordinal)], [each.stage, str(each.number)]):
            return each
    known = [*(str(each.ordinal) for each in found), *(f"{each.stage} {each.number}" for each in found)]
    hint, said = did_you_mean(" ".join(wanted), known), " ".join(wanted)
    raise NotFound(Text.of(f"{branch} has no attempt {said}; {hint.say('en')}", f"{branch} 没有轮次 {said}；{hint.say('zh')}"), "attempt")


def stored(campaign: Campaign, branch: str) -> Iterator[Stored]:
    """The verdicts on all moves ever asked for, made or refused, in order."""
    ordinal = 1
    for event in events(campaign.store, branch_stream(branch), kinds=("moved", "refused", "reassigned")):
        said = event.payload
        verdict = verdict_in(event)
        if verdict is not None and verdict.command == "move":
            yield _stored(campaign, event, verdict, ordinal)
        if event.kind in ("moved", "reassigned") and (said.get("attempt") or said.get("restart")):
            ordinal += 1


def _stored(campaign: Campaign, event: Event, verdict: Verdict, ordinal: int) -> Stored:
    definition, target = campaign.version(event.definition), event.payload.get("to")
    left = target is not None and target.partition(".")[0] != verdict.source.partition(".")[0]
    phase = None if target is None else definition.states.get(target)
    return Stored(
        attempt=ordinal,
        verdict=verdict,
        day=bearings.day_of(campaign, event.recorded_at),
        position=bearings.as_of(campaign, event),
        in_force=bearings.version_named(campaign, event.definition, verdict.day),
        onward=left or (phase is not None and phase.final),
    )


# -- what turned -----------------------------------------------------------------------------------------------------------


def compare(campaign: Campaign, branch: str, first: int | str, second: int | str, move: str | None = None) -> Comparison:
    """The last stored verdict on a move in one attempt against that in another; of an attempt with itself, the first against the last.

    Without `move`: the one that led out of the stage, if both asked for it, else the last that both did. Raises `NotFound`, or
    `Misuse` where there is nothing to compare.
    """
    with campaign.store.read():
        one, other = attempt(campaign, branch, first), attempt(campaign, branch, second)
        before, after = _pair(one, other, move)
        turns = _turns(campaign, before, after)
        codes = {f.code for each in (before, after) for f in each.verdict.findings}
    return Comparison(
        branch=branch,
        move=after.move,
        before=before,
        after=after,
        first=one,
        second=other,
        turns=tuple(sorted(turns, key=lambda turn: TURNED.index(turn.kind))),
        same=len(codes) - len(turns),
    )


def _pair(one: Attempt, other: Attempt, move: str | None) -> tuple[Stored, Stored]:
    def last(asked: Sequence[Stored], name: str) -> Stored:
        return next(each for each in reversed(asked) if each.move == name)

    both = {each.move for each in one.asked} & {each.move for each in other.asked}
    if one.ordinal == other.ordinal:
        names = [each.move for each in one.asked]
        both = {name for name in names if names.count(name) > 1}
    chosen = [each.move for each in sorted(other.asked, key=lambda each: (each.onward, each.position.position)) if each.move in both]
    if move is not None:
        chosen = [name for name in chosen if name == move]
    if not chosen:
        raise _nothing(one, other, move, both)
    name = chosen[-1]
    before = next(each for each in one.asked if each.move == name) if one.ordinal == other.ordinal else last(one.asked, name)
    return before, last(other.asked, name)


def _nothing(one: Attempt, other: Attempt, move: str | None, both: set[str]) -> Misuse:
    n, m, what = one.ordinal, other.ordinal, move or ""
    known_en, known_zh = ", ".join(sorted(both)) or "none", "、".join(sorted(both)) or "无"
    if n == m:
        en, zh = f"asked for twice in attempt {n}", f"在第 {n} 轮次中申请过两次"
    else:
        en, zh = f"asked for in attempt {n} and in attempt {m}", f"在第 {n} 轮次和第 {m} 轮次中都申请过"
    lead_en = f"the move {what} was not {en}" if what else f"no move was {en}"
    lead_zh = f"动作 {what} 并未{zh}" if what else f"没有动作{zh}"
    return Misuse(Text.of(f"{lead_en}; moves that were: {known_en}", f"{lead_zh}；符合的动作：{known_zh}"), "nothing-to-compare")


def _turns(campaign: Campaign, before: Stored, after: Stored) -> list[Turn]:
    was, now = ({f.code: f for f in each.verdict.findings} for each in (before, after))
    old, new = (campaign.version(each.verdict.definition) for each in (before, after))
    changed = () if old.hash == new.hash else differences(old, new)
    found = []
    for code in dict.fromkeys((*now, *was)):
        rules = _rules(changed, (old, new), code)
        kind = _kind(was.get(code), now.get(code), rules)
        if kind is not None:
            turn = Turn(code=code, kind=kind, before=was.get(code), after=now.get(code), rules=rules)
            found.append(_on_evidence(campaign, after.verdict.branch, turn))
    return found


def _kind(was: Finding | None, now: Finding | None, rules: Sequence[Difference]) -> Turned | None:
    if was is None or now is None:
        return "new" if was is None else "gone"
    stood, stands = was.status in STANDING, now.status in STANDING
    if stood and stands:
        return "still"
    return "met" if stood else "unmet" if stands else "rule" if rules else None


def _rules(changed: Sequence[Difference], both: tuple[Definition, Definition], code: str) -> tuple[Difference, ...]:
    """What changed in a requirement, and in the figures it uses; of derived figures as they come out."""
    asked = [each.requirements[code] for each in both if code in each.requirements]
    names = {name for requirement in asked for name in _names(requirement)}
    own = (f"requirements.{code}.", *(f"parameters.{name}.value" for name in names))
    return tuple(each for each in changed if each.path.startswith(own) and each.kind == "changed") if len(asked) == len(both) else ()


def _names(requirement: Requirement) -> set[str]:
    return set(requirement.check.names) | (set(requirement.when.names) if requirement.when else set())


def _on_evidence(campaign: Campaign, branch: str, turn: Turn) -> Turn:
    places = ((branch_stream(branch), "evidence"), (CAMPAIGN, "campaign_evidence"))
    found: dict[str, list[Document]] = {"evidence": [], "dropped": []}
    for stream, name in places:
        was, now = (set[int](getattr(each, name)) if each else set[int]() for each in (turn.before, turn.after))
        found["evidence"] += bearings.documents(campaign, stream, list(now - was))
        found["dropped"] += bearings.documents(campaign, stream, list(was - now))
    return evolve(turn, evidence=tuple(found["evidence"]), dropped=tuple(found["dropped"]))

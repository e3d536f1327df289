"""Batches: how far each of them is, and how one is closed with a few branches still on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import define, field

from workflow.engine.asked import Asked
from workflow.engine.board import Closed, by_version, closed_batches
from workflow.engine.desk import Accepted, Desk, Hearing, Payload
from workflow.engine.records import require_reason
from workflow.errors import Misuse, NotFound, did_you_mean, not_found
from workflow.store.facts import BranchFact, FactNeeds, Facts
from workflow.texts import Text
from workflow.verdicts import rules
from workflow.verdicts.findings import PASSED, Finding, Verdict
from workflow.verdicts.judge import Judge

Where = Literal["finished", "unfinished", "ended"]


@define(kw_only=True)
class BatchStanding:
    """The branches of a batch today, id to title: those that meet the requirement by which it may be closed, those that do not, and those
    that were merged or dissolved and are asked nothing any more. Where the definition has no such requirement none is `finished`.

    `closed` says what was found when the batch was closed.
    """

    batch: str
    finished: dict[str, str] = field(factory=dict)
    unfinished: dict[str, str] = field(factory=dict)
    ended: dict[str, str] = field(factory=dict)
    closed: Closed | None = None

    @property
    def total(self) -> int:
        """How many branches the share is taken of."""
        return len(self.finished) + len(self.unfinished)


def standings(desk: Desk) -> tuple[BatchStanding, ...]:
    """All batches, in order. A handful of queries for each version in force, however many branches there are."""
    with desk.store.read():
        closed = {each.batch: each for each in closed_batches(desk)}
        found: dict[str, BatchStanding] = {}
        for branch, where in _asked(desk):
            if branch.batch is not None:
                batch = found.setdefault(branch.batch, BatchStanding(batch=branch.batch, closed=closed.get(branch.batch)))
                getattr(batch, where)[branch.id] = branch.title
    return tuple(found[batch] for batch in sorted(found, key=lambda name: (not name.isdecimal(), len(name) * name.isdecimal(), name)))


def _asked(desk: Desk) -> Iterator[tuple[BranchFact, Where]]:
    """Every branch, and what the rules in force for it make of it; where these say nothing of batches, the newest are asked."""
    now = desk.now()
    for version, states in by_version(desk, now):
        rule = version if version.definition.batches is not None else desk.versions.newest(desk.day(now))
        batches = rule.definition.batches
        needs = FactNeeds() if batches is None else FactNeeds.of(rule.definition, [rule.definition.requirements[batches.finished]])
        facts = Facts.load(desk.store, rule.definition, needs, now, states=rule.states)
        judge = Judge(rule.definition, facts, now)
        for branch in (facts.branches[ident] for ident in sorted(states)):
            if branch.ended is not None:
                yield branch, "ended"
            else:
                over = batches is not None and judge.requirement(branch, batches.finished).status in PASSED
                yield branch, "finished" if over else "unfinished"


def close_batch(desk: Desk, batch: str, stragglers: Mapping[str, str], by: str, reason: str, key: str | None) -> Verdict:
    require_reason(reason)
    for why in stragglers.values():
        require_reason(why)

    subject = f"close_batch:{batch}"
    counted: Payload = {}

    def judged(hearing: Hearing) -> Verdict:
        standing = _standing(desk, batch)
        _require_of(standing, stragglers)
        counted.update(finished=len(standing.finished), total=standing.total)
        findings = _findings(hearing, standing, stragglers)
        return hearing.judge.power(hearing.branch, subject, "close_batch", "close_batch", by, also=findings)

    def accept(_hearing: Hearing, _verdict: Verdict) -> Accepted:
        named = {branch: why.strip() for branch, why in stragglers.items()}
        payload: Payload = {"batch": batch, "stragglers": named, **counted, "reason": reason.strip()}
        return Accepted("batch_closed", payload, payload)

    asked = Asked.of("close_batch", subject, stragglers=stragglers, reason=reason)
    return desk.command(None, lambda _: FactNeeds(), judged, accept, by=by, key=key, asked=asked)


def _standing(desk: Desk, batch: str) -> BatchStanding:
    found = {each.batch: each for each in standings(desk)}
    if batch not in found:
        raise not_found("there is no batch", "没有批次", batch, list(found), "batch")
    return found[batch]


def _require_of(standing: BatchStanding, named: Mapping[str, str]) -> None:
    """Raises `NotFound` for a straggler that is no branch of the batch, or has ended."""
    known = standing.finished | standing.unfinished
    stranger = next((branch for branch in named if branch not in known), None)
    if stranger is None:
        return
    hint = did_you_mean(stranger, standing.unfinished)
    en = f"{stranger} is none of the branches that run in batch {standing.batch}; {hint.say('en')}"
    raise NotFound(Text.of(en, f"{stranger} 不是批次 {standing.batch} 现有的支部；{hint.say('zh')}"), "branch")


def _findings(hearing: Hearing, standing: BatchStanding, named: Mapping[str, str]) -> list[Finding]:
    """What a batch has to meet. Raises `Misuse` where the definition does not say when one may be closed."""
    batches = hearing.definition.batches
    if batches is None:
        en = "the definition does not say when a batch may be closed: it has no section `batches`"
        raise Misuse(Text.of(en, "方案未规定批次何时可以收尾：缺少 batches 一节"), "no-batches")
    unnamed = [(branch, title) for branch, title in standing.unfinished.items() if branch not in named]
    needless = [(branch, title) for branch, title in standing.finished.items() if branch in named]
    return [
        rules.closed(standing.batch, None if standing.closed is None else standing.closed.day),
        rules.share(standing.batch, len(standing.finished), standing.total, batches.share, batches.share_name),
        rules.stragglers(unnamed, needless),
    ]

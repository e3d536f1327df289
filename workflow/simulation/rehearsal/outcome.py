"""What a rehearsal came to, read from its ledger: how the batches fared, and what the guards refused on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from attrs import frozen

from workflow.engine.campaign import Campaign
from workflow.engine.desk import verdict_in
from workflow.ledger import branch_stream, events
from workflow.simulation.answers.statistics import share_of
from workflow.simulation.answers.times import finished_share
from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import kernel
from workflow.simulation.rehearsal.rehearsing import Rehearsed

_COUNTS = "SELECT COUNT(*), COUNT(*) FILTER (WHERE kind = 'moved') FROM workflow_event"


@frozen(kw_only=True)
class BatchOutcome:
    """Of so many `branches` so many have `finished`: on `half` a half of them, on `most` the share with which a batch is called finished
    (`needed`), on `last` the last; None where it has not come to that. `planned` is when so many as are `needed` would have by the plan
    alone, with the same luck: what comes later is due to rules the plan does not know. `in_time`: those by the day `by`, if one is set."""

    batch: str
    branches: int
    needed: int
    finished: int
    half: date | None
    most: date | None
    last: date | None
    planned: date | None
    by: date | None
    in_time: int | None


@frozen(kw_only=True)
class Refusal:
    """A requirement or rule that stood in the way: how often a command was refused for it, of how many branches."""

    code: str
    times: int
    branches: int


@frozen(kw_only=True)
class Outcome:
    """`moves` were made, steps that were closed among them, and `events` written, among them `refused` commands."""

    moves: int
    events: int
    refused: int
    batches: tuple[BatchOutcome, ...]
    refusals: tuple[Refusal, ...]  # those met most often first


def outcome(campaign: Campaign, compiled: Compiled, done: Rehearsed, *, seed: int) -> Outcome:
    """Of a rehearsal that has just been played with this seed in this campaign."""
    verdicts = [
        (branch.id, verdict)
        for branch in compiled.branches
        for event in events(campaign.store, branch_stream(branch.id), kinds=("refused",))
        if (verdict := verdict_in(event)) is not None
    ]
    times, whose = Counter[str](), defaultdict[str, set[str]](set)
    for branch, verdict in verdicts:
        for finding in verdict.standing:
            times[finding.code] += 1
            whose[finding.code].add(branch)
    planned = kernel(compiled.network, compiled=False).run(seed, 0).finished  # one run: not worth compiling
    events_written, moves_made = campaign.store.row(_COUNTS) or (0, 0)
    return Outcome(
        moves=moves_made,
        events=events_written,
        refused=len(verdicts),
        batches=tuple(_batch(compiled, done, planned, batch) for batch in compiled.plan.batches),
        refusals=tuple(
            Refusal(code=code, times=count, branches=len(whose[code]))
            for code, count in sorted(times.items(), key=lambda each: (-each[1], each[0]))
        ),
    )


def _batch(compiled: Compiled, done: Rehearsed, planned: Sequence[float], batch: str) -> BatchOutcome:
    ours = [branch.id for branch in compiled.branches if branch.batch == batch]
    ends = sorted(done.days[branch] for branch in ours if branch in done.days)
    alone = sorted(time for branch, time in zip(compiled.branches, planned, strict=True) if branch.batch == batch)
    needed, by = share_of(finished_share(compiled), len(ours)) if ours else 0, compiled.plan.batches[batch].by

    def day(count: int) -> date | None:
        return ends[count - 1] if 0 < count <= len(ends) else None

    return BatchOutcome(
        batch=batch,
        branches=len(ours),
        needed=needed,
        finished=len(ends),
        half=day((len(ours) + 1) // 2),
        most=day(needed),
        last=day(len(ours)),
        planned=compiled.day(alone[needed - 1]) if needed else None,
        by=by,
        in_time=None if by is None else sum(end <= by for end in ends),
    )

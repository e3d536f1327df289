"""On what evidence: the documents a finding rests on, by their numbers in the branch's stream, or in the campaign's."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from attrs import evolve

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store import CAMPAIGN, Store, branch_stream
from workflow.verdicts.findings import Finding, Verdict

_LINES = (
    "SELECT kind, member, seq FROM workflow_line WHERE branch IN (?, '') AND live = 1"
    " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq"
)  # fmt: skip
_HASHES = "SELECT seq, hash FROM workflow_event WHERE stream = ? AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq"


def with_evidence(store: Store, definition: Definition, verdict: Verdict) -> Verdict:
    """The verdict with the evidence of each finding filled in, in two queries at most."""
    kinds = {f.code: _kinds(definition, f) for f in verdict.findings if not f.is_rule}
    wanted = sorted(set().union(*kinds.values())) if kinds else []
    if not wanted:
        return verdict
    by_kind: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for kind, member, seq in store.rows(_LINES, (verdict.branch, canonical(wanted))):
        by_kind[kind][member].append(seq)
    whole = frozenset(kind for kind in wanted if definition.records[kind].of == "campaign")
    return evolve(verdict, findings=tuple(_filled(f, kinds.get(f.code, frozenset()), whole, by_kind) for f in verdict.findings))


def resting_on(store: Store, verdict: Verdict) -> dict[str, Any]:
    """What an event keeps of the evidence: the numbers of every document any finding rests on, and their `digest`; empty without any.

    `campaign_evidence` are those in the campaign's stream, after those of the branch in the digest.
    """
    own = sorted({seq for f in verdict.findings for seq in f.evidence})
    common = sorted({seq for f in verdict.findings for seq in f.campaign_evidence})
    if not own and not common:
        return {}
    kept = {"evidence": own, **({"campaign_evidence": common} if common else {})}
    return {**kept, "digest": digest(store, verdict.branch, own, common)}


def digest(store: Store, branch: str, seqs: list[int], common: list[int]) -> str:
    """SHA-256 over the numbers and hashes of the evidence, in order: whoever changes one of these events changes this."""
    places = ((branch_stream(branch), seqs), (CAMPAIGN, common))
    rows = [list(row) for stream, numbers in places if numbers for row in store.rows(_HASHES, (stream, canonical(numbers)))]
    return hashlib.sha256(canonical(rows).encode()).hexdigest()


def _kinds(definition: Definition, finding: Finding) -> frozenset[str]:
    requirement = definition.requirements[finding.code]
    if requirement.each == "child":
        return frozenset()  # what a child rests on lies in the child's own stream
    return requirement.check.kinds | (requirement.when.kinds if requirement.when else frozenset())


def _filled(finding: Finding, kinds: frozenset[str], whole: frozenset[str], by_kind: dict[str, dict[str, list[int]]]) -> Finding:
    """`whole` are the kinds that are of the campaign as a whole."""
    if not kinds:
        return finding
    own, common = (sorted({q for kind in some for seqs in by_kind[kind].values() for q in seqs}) for some in (kinds - whole, kinds & whole))
    if finding.each == "member":
        short = tuple(
            evolve(s, evidence=tuple(sorted({q for k in kinds - whole for q in by_kind[k].get(s.id, ())}))) for s in finding.short
        )
        finding = evolve(finding, short=short)
    return evolve(finding, evidence=tuple(own), campaign_evidence=tuple(common))

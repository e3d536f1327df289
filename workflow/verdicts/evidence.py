"""On what evidence: the documents a finding rests on, by their numbers in the branch's stream."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from attrs import evolve

from workflow.canonical import canonical
from workflow.definition.model import Definition
from workflow.store import Store, branch_stream
from workflow.verdicts.findings import Finding, Verdict

_LINES = (
    "SELECT kind, member, seq FROM workflow_line WHERE branch = ? AND live = 1"
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
    return evolve(verdict, findings=tuple(_filled(f, kinds.get(f.code, frozenset()), by_kind) for f in verdict.findings))


def digest(store: Store, branch: str, seqs: list[int]) -> str:
    """SHA-256 over the numbers and hashes of the evidence, in order: whoever changes one of these events changes this."""
    rows = [list(row) for row in store.rows(_HASHES, (branch_stream(branch), canonical(seqs)))]
    return hashlib.sha256(canonical(rows).encode()).hexdigest()


def all_evidence(verdict: Verdict) -> list[int]:
    """Every document any finding rests on."""
    return sorted({seq for f in verdict.findings for seq in f.evidence})


def _kinds(definition: Definition, finding: Finding) -> frozenset[str]:
    requirement = definition.requirements[finding.code]
    return requirement.check.kinds | (requirement.when.kinds if requirement.when else frozenset())


def _filled(finding: Finding, kinds: frozenset[str], by_kind: dict[str, dict[str, list[int]]]) -> Finding:
    if not kinds:
        return finding
    documents = sorted({seq for kind in kinds for seqs in by_kind[kind].values() for seq in seqs})
    if finding.each == "member":
        short = tuple(evolve(s, evidence=tuple(sorted({q for k in kinds for q in by_kind[k].get(s.id, ())}))) for s in finding.short)
        finding = evolve(finding, short=short)
    return evolve(finding, evidence=tuple(documents))

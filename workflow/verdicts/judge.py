"""Verdicts: may this be done now, by this person? Rules and requirements are findings alike, and all of them are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, evolve, field

from workflow.clock import stamp
from workflow.definition.model import MEMBERS, CaseKind, Definition, Edge, Move
from workflow.store.facts import BranchFact, CaseFact, FactNeeds, Facts
from workflow.verdicts.evaluate import evaluate
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.people import role_finding, separation_finding
from workflow.verdicts.rules import rule, running


@define
class Judge:
    """Gives verdicts on facts as they were loaded, at one instant. Requirements shared by several moves are evaluated once a branch."""

    definition: Definition
    facts: Facts
    now: datetime
    _asked: dict[tuple[str, str], Finding] = field(factory=dict)

    def move(
        self, branch: BranchFact, edge: Edge, actor: str | None, takes: Mapping[str, Any] | None = None, command: str = "move"
    ) -> Verdict:
        """On a move of the branch, as `Definition.edge_of` found it. Without an actor the question is whether anybody entitled could
        make it. Out of turn, what it requires in this stage is asked all the same."""
        move = edge.move
        possible = edge.source == branch.state
        findings = [*_halted(branch), self._phase(branch, move, possible)]
        if move.step is not None and possible:
            findings.append(self._step(branch, move))
        role = None
        if actor is not None:
            finding, role = role_finding(self.definition, self.facts, branch, move.by, actor)
            findings.append(finding)
            roll = [m.id for m in self.facts.members(branch)] if MEMBERS in move.not_by else ()
            separation = separation_finding(move, branch.done, roll, {}, {}, actor)
            findings += [separation] if separation else []
        if edge.source.partition(".")[0] == branch.stage and branch.ended is None:  # nothing can be put right in one that has ended
            findings += [self.requirement(branch, name, takes) for name in edge.requires]
        return self._verdict(branch, move.id, command, findings, branch.state, edge.target if possible else None, actor, role)

    def case_move(
        self,
        branch: BranchFact,
        kind: CaseKind,
        case: CaseFact,
        move: Move,
        actor: str | None,
        takes: Mapping[str, Any] | None = None,
        command: str = "case",
    ) -> Verdict:
        """On a move of a case."""
        possible = case.state in move.sources
        phase = rule("rule.phase", possible, {"state": case.state, "sources": list(move.sources), "case": kind.id})
        findings = [*_halted(branch), phase]
        role = None
        if actor is not None:
            finding, role = role_finding(self.definition, self.facts, branch, move.by, actor)
            findings.append(finding)
            roll = [m.id for m in self.facts.members(branch)] if MEMBERS in move.not_by else ()
            separation = separation_finding(move, case.done, roll, case.fields, kind.all_fields, actor)
            findings += [separation] if separation else []
        for name in move.requires if branch.ended is None else ():
            findings.append(evaluate(self.definition, self.definition.requirements[name], self.facts, branch, takes=takes, case=case))
        return self._verdict(branch, f"{case.id}:{move.id}", command, findings, case.state, move.to if possible else None, actor, role)

    def entry(self, branch: BranchFact, subject: str, command: str, by: Sequence[str], actor: str, also: Sequence[Finding] = ()) -> Verdict:
        """On entering, withdrawing or waiving something: the role is asked for, and what whoever knows the matter has found (`also`)."""
        finding, role = role_finding(self.definition, self.facts, branch, by, actor)
        return self._verdict(branch, subject, command, [finding, *also], branch.state, branch.state, actor, role)

    def power(self, branch: BranchFact, subject: str, command: str, power: str, actor: str, also: Sequence[Finding] = ()) -> Verdict:
        """On changing the plan or the rolls: as `entry`, for whoever the definition gives this authority; if to nobody, nobody may."""
        finding, role = role_finding(self.definition, self.facts, branch, self.definition.authority.get(power, ()), actor)
        if role is None:
            finding = evolve(finding, detail={**finding.detail, "power": power})
        return self._verdict(branch, subject, command, [finding, *also], branch.state, branch.state, actor, role)

    def given(self, branch: BranchFact, edge: Edge, findings: list[Finding]) -> Verdict:
        """On a move that is not yet the branch's turn to make, from findings already made."""
        return self._verdict(branch, edge.move.id, "why", findings, edge.source, edge.target, None, None)

    def requirement(self, branch: BranchFact, name: str, takes: Mapping[str, Any] | None = None) -> Finding:
        requirement = self.definition.requirements[name]
        if "move" in requirement.check.names or (requirement.when is not None and "move" in requirement.when.names):
            return evaluate(self.definition, requirement, self.facts, branch, takes=takes)
        found = self._asked.get((branch.id, name))
        if found is None:
            found = self._asked[(branch.id, name)] = evaluate(self.definition, requirement, self.facts, branch)
        return found

    def _phase(self, branch: BranchFact, move: Move, possible: bool) -> Finding:
        if possible:
            return rule("rule.phase", True, {})
        sources = [e.source for e in self.definition.edges if e.move.id == move.id]
        detail = {"state": branch.state, "sources": sources, "since": branch.since_at, "closing": move.step is not None}
        return rule("rule.phase", False, detail)

    def _step(self, branch: BranchFact, move: Move) -> Finding:
        stage = self.definition.stages[branch.stage]
        step = stage.steps[str(move.step)]
        waiting = [name for name in step.after if name not in branch.closed]
        again = step.id in branch.closed
        detail = {"step": step.id, "stage": stage.id, "waiting": waiting, "closed": again}
        by = {"by": branch.done.get(move.id, [])} if again else {}
        return rule("rule.step", not waiting and not again, {**detail, **by})

    def _verdict(
        self,
        branch: BranchFact,
        subject: str,
        command: str,
        findings: list[Finding],
        source: str,
        target: str | None,
        actor: str | None,
        role: str | None,
    ) -> Verdict:
        return Verdict(
            branch=branch.id,
            subject=subject,
            command=command,
            allowed=not any(f.blocks for f in findings),
            findings=tuple(findings),
            source=source,
            target=target,
            attempt=branch.attempt,
            actor=actor,
            role=role,
            asked_at=stamp(self.now),
            day=self.facts.today,
            definition=self.definition.hash,
        )


def _halted(branch: BranchFact) -> list[Finding]:
    found = running(branch)
    return [] if found is None else [found]


def needs_of_moves(definition: Definition, edges: Sequence[Edge]) -> FactNeeds:
    """What has to be read to judge these moves."""
    names = dict.fromkeys(name for edge in edges for name in edge.requires)
    needs = FactNeeds.of(definition, [definition.requirements[name] for name in names])
    needs.members |= any(MEMBERS in edge.move.not_by for edge in edges)
    return needs


def needs_of_case_move(definition: Definition, kind: CaseKind, move: Move) -> FactNeeds:
    needs = FactNeeds.of(definition, [definition.requirements[name] for name in move.requires])
    needs.cases.add(kind.id)
    needs.members |= MEMBERS in move.not_by
    return needs

"""A decision made once more: the same question, put to the facts as they stood when it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.audit.proof.acts import Decision
from workflow.clock import read_stamp
from workflow.definition.model import Edge
from workflow.store.facts import Facts
from workflow.texts import Text
from workflow.verdicts.findings import Finding
from workflow.verdicts.judge import Judge, needs_of_moves

Answer = tuple[str, int, int, tuple[tuple[str, str], ...]]  # status, how many meet it, of how many, and who does not with their own


def rejudged(decision: Decision) -> Iterator[Text]:
    """Requirements of a move that come out otherwise than its kept verdict says. What was given with a refused move is not on file:
    where a move takes something, only those that were made are judged again."""
    edge = _edge(decision)
    if edge is None or (decision.event.kind == "refused" and edge.move.takes):
        return
    kept = {each["code"]: _kept(each) for each in decision.verdict["findings"] if not each["code"].startswith("rule.")}
    found = {each.code: _found(each) for each in _asked_again(decision, edge) if not each.is_rule}
    for code in sorted(kept.keys() | found.keys()):
        if kept.get(code) != found.get(code):
            was, now = _said(kept.get(code)), _said(found.get(code))
            yield Text.of(
                f"{code} was found {was.say('en')}; judged again on what was on file then, it is {now.say('en')}",
                f"{code} 当时核查结果为{was.say('zh')}；按当时在案的事实重新核查为{now.say('zh')}",
            )


def _edge(decision: Decision) -> Edge | None:
    """The move of a branch that was asked for; None for any other act."""
    asked = decision.event.kind == "moved" or (decision.event.kind == "refused" and decision.verdict["command"] == "move")
    return decision.definition.edge_of(decision.state, decision.event.subject) if asked else None


def _asked_again(decision: Decision, edge: Edge) -> tuple[Finding, ...]:
    definition, version, now = decision.definition, decision.version, read_stamp(decision.verdict["asked_at"])
    branch = decision.event.branch
    facts = Facts.load(decision.past, definition, needs_of_moves(definition, [edge]), now, branch, states=version.states)
    takes = decision.event.payload.get("takes", {})
    return Judge(definition, facts, now).move(facts.branches[branch], edge, decision.event.actor, takes).findings


def _kept(finding: Mapping[str, Any]) -> Answer:
    short = tuple((each["id"], each["status"]) for each in finding.get("short", ()))
    return finding["status"], finding.get("met", 0), finding.get("total", 1), short


def _found(finding: Finding) -> Answer:
    return finding.status, finding.met, finding.total, tuple((each.id, each.status) for each in finding.short)


def _said(answer: Answer | None) -> Text:
    if answer is None:
        return Text.of("not asked for", "未要求")
    status, met, total, _ = answer
    return Text.of(f"{status} ({met} of {total})", f"{status}（{total} 中 {met}）")

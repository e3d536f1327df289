"""An impact as JSON values, with texts beside the codes."""

from __future__ import annotations

from typing import Any

from workflow.verdicts.findings import STANDING, Finding
from workflow.verdicts.impact import Change, Demand, Impact, Standing
from workflow.verdicts.render.findings import finding_text
from workflow.verdicts.render.impacts import Tellers, conclusion
from workflow.verdicts.render.plain import verdict_json

Plain = dict[str, Any]


def impact_json(tellers: Tellers, impact: Impact | Change) -> Plain:
    """The impact: its counts, every change, the answers the command would give, and the conclusion in words; or one change of it."""
    if isinstance(impact, Change):
        return _change(tellers, impact)
    return {
        "day": impact.day,
        "allowed": impact.allowed,
        "total": impact.total,
        "changed": len(impact.changes),
        "unchanged": impact.unchanged,
        "governed": impact.governed,
        "counts": impact.counts(),
        "newly_unmet": impact.demanded("unmet"),
        "newly_met": impact.demanded("met"),
        "changes": [_change(tellers, change) for change in impact.changes],
        "answers": [
            verdict_json(tellers.definition_of(verdict.definition), verdict, tellers.lang, names=tellers.names)
            for verdict in impact.answers
        ],
        "text": conclusion(tellers.of(impact.definition), impact),
    }


def _change(tellers: Tellers, change: Change) -> Plain:
    """What would change for one branch."""
    return {
        "branch": change.branch,
        "title": change.known.title,
        "sorts": list(change.sorts),
        "before": change.before and _standing(tellers, change.before),
        "after": change.after and _standing(tellers, change.after),
        "into": change.into,
        "demands": [_demand(tellers, change, demand) for demand in change.demands],
        "newly_unmet": [demand.code for demand in change.newly_unmet],
        "newly_met": [demand.code for demand in change.newly_met],
    }


def _standing(tellers: Tellers, standing: Standing) -> Plain:
    voice = tellers.by(standing)
    return {
        "state": standing.state,
        "state_title": voice.state(standing.state),
        "attempt": standing.attempt,
        "batch": standing.batch,
        "group": standing.group,
        "planned_end": standing.planned_end,
        "suspended": standing.suspended,
        "members": standing.members,
        "moves": list(standing.moves),
        "unmet": list(standing.unmet),
        "hands": [{"id": person.id, "name": person.name} for person in standing.hands],
        "version": voice.definition.version,
        "definition": standing.definition,
    }


def _demand(tellers: Tellers, change: Change, demand: Demand) -> Plain:
    side = change.after if demand.after is not None else change.before
    assert side is not None
    return {
        "code": demand.code,
        "title": tellers.by(side).title(demand.code),
        "before": _found(tellers, change.before, demand.before),
        "after": _found(tellers, change.after, demand.after),
    }


def _found(tellers: Tellers, standing: Standing | None, finding: Finding | None) -> Plain | None:
    if standing is None or finding is None:
        return None
    short = [each.id for each in finding.short if each.status in STANDING]
    found = {"status": finding.status, "each": finding.each, "total": finding.total, "short": short}
    return {**found, "due": finding.due, "text": finding_text(tellers.by(standing), finding)}

"""What the plan adds to the length of a stage, granted as a branch begins it."""

from __future__ import annotations

from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.simulation.plan.model import Plan
from workflow.store.facts import BranchFact, FactNeeds
from workflow.texts import Text
from workflow.verdicts.people import holders, persons

_REASON = "stages.{stage}.extend"
_NOBODY = Text.of(
    "{branch}: nobody may extend {stage} by {days} days, as the plan has it (stages.{stage}.extend); the definition has to grant it under"
    " `authority`, and the roster to name who holds that role",
    "{branch}：计划规定 {stage} 延长 {days} 天（stages.{stage}.extend），但无人有权延长；须由方案在 authority 中授权，并由名册写明任职人员",
)


def extended(campaign: Campaign, plan: Plan, branch: str) -> BranchFact:
    """Where a branch stands; if it has just begun a stage of which the plan says so, it has been given the days.

    Raises `Misuse` where nobody may give them.
    """
    fact, people = _standing(campaign, branch)
    days = round(plan.extended.get(fact.stage, 0.0))
    if days <= 0 or fact.entered_at != fact.since_at or fact.extended:
        return fact
    for person in people:
        answers = campaign.extend(days, branches=[branch], by=person, reason=_REASON.format(stage=fact.stage))
        if all(answer.allowed for answer in answers):
            return _standing(campaign, branch)[0]
    raise Misuse(_NOBODY.filled(branch=branch, stage=fact.stage, days=days), "extend")


def _standing(campaign: Campaign, branch: str) -> tuple[BranchFact, list[str]]:
    """And everybody who may extend its stages."""
    with campaign._desk.hearing(branch, lambda _version: FactNeeds()) as heard:
        roles = heard.definition.authority.get("extend", ())
        found = persons([grant for role in roles for grant in holders(heard.definition, heard.facts, role, heard.branch)])
        return heard.branch, [person.id for person in found]

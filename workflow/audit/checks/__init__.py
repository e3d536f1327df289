"""What changed and what smells: checks over the ledger that come with the program, and those a definition declares under `audits`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow.audit.checks.asked import asked_found
from workflow.audit.checks.declared import acts_found, check_of
from workflow.audit.checks.ground import Ground
from workflow.audit.checks.model import Check, Checked, Found, Place, Row
from workflow.audit.checks.shipped import SHIPPED
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, not_found
from workflow.progress import Progress
from workflow.texts import Text

__all__ = ["LATE", "Check", "Checked", "Found", "Place", "Row", "check", "checklist"]

LATE = 7  # days after which a record is back-dated, if nothing else is asked for


def checklist(campaign: Campaign) -> tuple[Check, ...]:
    """Every check there is for this campaign: those of the program, then those of the definition in force."""
    ground = Ground(campaign, None, LATE)
    own = (check_of(ground, rule, campaign.definition) for rule in campaign.definition.audits.values())
    return (*(shipped.check for shipped in SHIPPED), *own)


def check(
    campaign: Campaign, names: Sequence[str] = (), *, branch: str | None = None, days: int = LATE, progress: Progress | None = None
) -> Checked:
    """What the checks of these names (default: all) find, in one branch or in all. Nothing is written.

    `days` is how much later than it happened a record may be entered before it counts as back-dated. The number of queries does not
    grow with the branches; `progress` is told after each check how many of how many were made. Raises `NotFound` for a check or a
    branch there is not, `Misuse` for days below 0.
    """
    if days < 0:
        raise Misuse(Text.of(f"days: 0 or more were expected, found {days}", f"days：应不小于 0，实为 {days}"), "days")
    known = {each.id: each.title.say("en") for each in checklist(campaign)}
    for name in names:
        if name not in known:
            raise not_found("there is no check", "没有核查项", name, known, "check", "checks")
    with campaign.store.read():
        if branch is not None and branch not in dict(campaign.branches()):
            raise campaign._desk.unknown_branch(branch)
        ground = Ground(campaign, branch, days)
        found = {each.check.id: each for each in _found(ground, set(names), progress)}
    return Checked(day=campaign.today, branch=branch, found=tuple(found[name] for name in known if name in found))


def _found(ground: Ground, names: set[str], progress: Progress | None) -> Iterator[Found]:
    wanted = [shipped for shipped in SHIPPED if not names or shipped.check.id in names]
    declared = {rule.id for rule in ground.definition.audits.values() if not names or rule.id in names}
    steps = len(wanted) + bool(declared)
    for done, shipped in enumerate(wanted, 1):
        yield shipped.found(ground)
        if progress is not None:
            progress(done, steps)
    if declared:
        yield from acts_found(ground, declared)
        yield from asked_found(ground, declared)
        if progress is not None:
            progress(steps, steps)

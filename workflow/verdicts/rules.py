"""The built-in rules of a campaign in motion, as findings: whoever knows the facts works out whether they hold, here is how it is said.

Every detail is plain and in no language: days are local ISO days, names are those of the roll.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from workflow.store.facts import BranchFact
from workflow.verdicts.findings import Finding

Named = Iterable[tuple[str, str]]  # ids with what they are called


def rule(code: str, met: bool, detail: Mapping[str, Any]) -> Finding:
    """A built-in rule's finding; its detail is kept only where it has something to explain."""
    return Finding(code=code, status="met" if met else "unmet", met=int(met), detail={} if met else detail)


def running(branch: BranchFact) -> Finding | None:
    """A branch that is suspended or has ended makes no moves. None where it runs: then there is nothing to say."""
    if branch.ended is not None:
        state = "dissolved" if branch.successor is None else "merged"
        return rule("rule.running", False, {"state": state, "on": branch.ended, "into": branch.successor})
    if branch.suspended is not None:
        return rule("rule.running", False, {"state": "suspended", "since": branch.suspended})
    return None


def lasting(branch: BranchFact) -> list[Finding]:
    """What is entered for a branch asks that it has not ended; facts of one that is suspended may be entered."""
    found = running(branch)
    return [] if found is None or branch.ended is None else [found]


def late(branch: BranchFact, day: str) -> list[Finding]:
    """Warns of a paper of an attempt about something that happened before that attempt began: it counts now, and changes nothing that
    was decided before. Nothing to say in the first attempt of all, or of a paper in time."""
    if branch.ordinal < 2 or day >= branch.entered:
        return []
    return [Finding(code="rule.late", status="unmet", level="warn", met=0, detail={"happened": day, "began": branch.entered})]


def started(branch: BranchFact, *, begun: bool) -> Finding:
    """A branch that has begun changes its batch only if it starts afresh."""
    return rule("rule.started", not begun, {"state": branch.state, "since": branch.since})


def cases(left: Named) -> Finding:
    """Open cases need a branch that takes them over; `left` are those without."""
    found = _named(left)
    return rule("rule.cases", not found, {"cases": found})


def members(left: Named) -> Finding:
    """Nobody is left out of the count: every member of a branch that ends goes to another; `left` are those who do not."""
    found = _named(left, "name")
    return rule("rule.members", not found, {"members": found})


def share(batch: str, finished: int, total: int, least: float, name: str | None) -> Finding:
    """A batch is closed once at least this share of it (0..1) has finished; `name` is the parameter the share comes from."""
    detail = {"batch": batch, "finished": finished, "total": total, "share": least, "share_name": name}
    return rule("rule.share", finished >= enough(least, total), detail)


def enough(least: float, total: int) -> int:
    """How many of `total` make up a share of at least `least`."""
    return next((n for n in range(total) if n / total >= least), total)


def stragglers(unnamed: Named, finished: Named) -> Finding:
    """Whoever closes a batch names the branches that have not finished, each with a reason: all of these (`unnamed` are missing) and no
    others (`finished` were named although they have)."""
    missing, needless = _named(unnamed), _named(finished)
    return rule("rule.stragglers", not missing and not needless, {"unnamed": missing, "finished": needless})


def behind(late: Named, stages: Sequence[str]) -> Finding:
    """Warns of members whose old branch has yet to finish `stages` the new one has left behind. Never blocks."""
    found = _named(late, "name")
    return evolve(rule("rule.behind", not found, {"members": found, "stages": list(stages)}), level="warn")


def closed(batch: str, day: str | None) -> Finding:
    """A batch is closed once; `day` is when it was, None where it is still open."""
    return rule("rule.closed", day is None, {"batch": batch, "day": day})


def _named(found: Named, key: str = "title") -> list[dict[str, str]]:
    return [{"id": ident, key: name} for ident, name in found]

"""Campaigns to try the engine on: rosters of the small examples, and a definition with all that the language has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.story import EXAMPLES, loaded
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign
from workflow.ledger import verify_chain
from workflow.store import Store, compare

OFFICE_MOVE = EXAMPLES / "office-move.yaml"
TRIAL_SITES = EXAMPLES / "trial-sites.yaml"

Row = dict[str, str]

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def offices(count: int) -> list[Row]:
    """`count` offices, one team member `ann` for all of them, and `bea` of the board."""
    rows = [{"branch": f"office-{n:03}", "title": f"Office {n}"} for n in range(count)]
    team = [{"branch": f"office-{n:03}", "person": "ann", "name": "Ann", "roles": "team"} for n in range(count)]
    return [*rows, *team, {"person": "bea", "name": "Bea", "roles": "board"}]


def sites(count: int, staff: int = 3) -> list[Row]:
    """`count` trial sites of `staff` members each, the first of whom coordinates; `mona` monitors, `spencer` is the sponsor."""
    rows = []
    for n in range(count):
        site = {"branch": f"site-{n:03}", "title": f"Site {n}", "batch": str(n % 3), "group": "north"}
        rows.append(site)
        for k in range(staff):
            status = ("investigator", "nurse", "pharmacist")[k % 3]
            roles = "coordinator" if k == 0 else ""
            rows.append({"branch": site["branch"], "person": f"m{n}-{k}", "name": f"M {n} {k}", "status": status, "roles": roles})
    monitor = {"person": "mona", "name": "Mona", "group": "north", "roles": "monitor"}
    return [*rows, monitor, {"person": "spencer", "name": "Spencer", "roles": "sponsor"}]


def trial(count: int = 3, staff: int = 3, db: str | Path = ":memory:") -> tuple[Campaign, VirtualClock]:
    """A rehearsal of the trial sites, under a clock that stands at `START`."""
    clock = VirtualClock(START)
    campaign = Campaign.create(db, loaded(TRIAL_SITES), clock=clock, rehearsal=True)
    campaign.import_roster(sites(count, staff))
    return campaign, clock


def sound(store: Store, definition: Definition) -> None:
    """The chain is whole, and the tables say what the ledger says."""
    assert verify_chain(store) == ()
    assert compare(store, lambda _hash: definition) == ()


LICENCES = load_text(
    """
definition: licences
title: Licences for workshops
roles: {owner: {scope: branch}, inspector: {scope: assigned}, authority: {scope: all}}
instruments: {act: {title: The act, issuer: parliament, issued: 2025-01-01}}
parameters: {hours: {value: 4, unit: h, basis: act}, wait: {value: 3, unit: d, basis: act}}
members: {status: [journeyman, apprentice], flags: [away], default: apprentice}
records:
  course: {of: member, fields: {hours: {type: number, unit: h, min: 0}, mode: [hall, home]}, by: [owner, inspector], span: attempt}
  evening: {of: branch, fields: {hours: {type: number, unit: h, min: 0}, mode: [hall]}, lines: course, by: owner, span: attempt}
  visit: {of: branch, fields: {passed: boolean}, by: inspector, span: attempt}
requirements:
  taught:
    title: Everybody present has {hours} of courses
    each: member
    when: not member.away
    check: sum(c.hours for c in member.course) >= hours
    owner: owner
    remedy: hold an evening
    basis: act
    waivable_by: authority
  steps_closed: {title: All steps are closed, each: step, check: step.closed, owner: owner, remedy: close it, basis: act}
  passed: {title: The last visit was passed, check: last(branch.visit).passed, owner: inspector, remedy: visit, basis: act}
  waited: {title: "The notice has hung for {wait}", check: today - branch.since >= wait, owner: owner, remedy: wait, basis: act}
  no_defect: {title: No defect is open, each: defect, check: not defect.open, owner: owner, remedy: mend it, basis: act}
  remedied: {title: The remedy is described, each: defect, check: defect.measure != "none", owner: owner, remedy: describe it, basis: act}
gates:
  licence:
    phases: [working, notice, inspection]
    moves:
      apply: {from: working, to: notice, by: owner, requires: [steps_closed, taught]}
      receive: {from: notice, to: inspection, by: inspector, requires: waited}
      approve: {from: inspection, to: next_stage, by: authority, not_by: [apply, members], requires: [passed, no_defect]}
      redo: {from: [notice, inspection], to: working, by: inspector, effects: [new_attempt], takes: {reason: {type: text, min: 2}}}
      prolong: {from: [working, notice], by: authority, takes: {days: integer}, effects: [{extend: move.days}]}
stages:
  provisional:
    gate: licence
    lasts: 30d
    steps:
      papers: {by: owner}
      teaching: {after: papers, by: owner, requires: taught}
  full: {gate: licence, lasts: 60d, steps: {premises: {by: owner, requires: no_defect}}}
cases:
  defect:
    of: branch
    by: [inspector, owner]
    fields: {what: text, fixer: person}
    states: {found: found, mended: mended, closed: {title: closed, final: true}}
    moves:
      mend: {from: found, to: mended, by: owner, takes: {measure: text}}
      reopen: {from: mended, to: found, by: inspector}
      accept: {from: mended, to: closed, by: inspector, not_by: [mend, fixer], requires: remedied}
""",
    "licences",
)

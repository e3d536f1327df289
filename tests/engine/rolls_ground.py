"""A campaign whose rolls change: four branches in two groups, two stages, hours and essays that follow the members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import define, field

from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Finding, Verdict

DEFINITION = load_text(
    """
definition: study
title: {en: Study, zh: 学习}
languages: [en, zh]
roles:
  clerk: {scope: branch, title: {en: clerk, zh: 资料员}}
  guide: {scope: assigned, title: {en: guide, zh: 指导员}}
  liaison: {scope: all, title: {en: liaison, zh: 联络员}}
  office: {scope: all, title: {en: office, zh: 办公室}}
authority: {roll: [office, clerk], transfer: [office, clerk], appoint: office, suspend: office, restructure: office}
instruments: {act: {title: {en: The act, zh: 办法}, issuer: {en: board, zh: 委员会}, issued: 2026-01-01}}
parameters: {hours: {value: 4, unit: h, basis: act}}
members:
  status: {active: {en: active, zh: 在岗}, retired: {en: retired, zh: 离退休}}
  flags: {lost: {en: contact lost, zh: 失联}, cadre: {en: cadre, zh: 干部}}
  fields: {since: {type: date, optional: true, title: {en: member since, zh: 入党时间}}}
  default: active
  departures: {died: {en: died, zh: 去世}, moved: {en: moved away, zh: 迁出}}
records:
  study: {of: member, fields: {hours: {type: number, unit: h, min: 0, title: {en: hours, zh: 学时}}}, by: clerk, span: attempt, title: {en: study, zh: 学习}}
  essay:
    of: member
    by: clerk
    span: campaign
    title: {en: essay, zh: 心得}
    fields:
      pages: {type: integer, title: {en: pages, zh: 页数}}
      day: {type: date, optional: true, title: {en: day, zh: 日期}}
      themes: {options: {duty: {en: duty, zh: 责任}, law: {en: law, zh: 法治}}, many: true, optional: true, title: {en: themes, zh: 主题}}
      own: {type: boolean, optional: true, title: {en: own work, zh: 本人撰写}}
  evening: {of: branch, fields: {hours: {type: number, unit: h, min: 0, title: {en: hours, zh: 学时}}}, lines: study, by: clerk, span: attempt, title: {en: evening, zh: 夜校}}
  plan: {of: member, fields: {text: {type: text, title: {en: text, zh: 内容}}}, by: clerk, span: attempt, title: {en: plan, zh: 计划}}
requirements:
  studied:
    title: {en: "Every member has studied {hours}", zh: "每人学习满{hours}"}
    each: member
    when: not member.lost
    check: sum(s.hours for s in member.study) >= hours
    owner: clerk
    remedy: {en: see to it, zh: 组织补齐}
    basis: act
  written:
    title: {en: "Everybody has written", zh: "人人有心得"}
    each: member
    when: not member.lost
    check: sum(e.pages for e in member.essay) >= 2
    owner: clerk
    remedy: {en: see to it, zh: 组织补齐}
    basis: act
  planned:
    title: {en: "Everybody has a plan", zh: "人人有计划"}
    each: member
    when: not member.lost
    check: len(member.plan) > 0
    owner: clerk
    remedy: {en: see to it, zh: 组织补齐}
    basis: act
  visits_done:
    title: {en: No visit is open, zh: 走访均已完成}
    each: visit
    check: not visit.open
    owner: clerk
    remedy: {en: make the visit, zh: 完成走访}
    basis: act
gates:
  gate:
    title: {en: gate, zh: 关口}
    phases: {working: {en: working, zh: 学习中}, review: {en: review, zh: 审核}}
    moves:
      apply: {from: working, to: review, by: [clerk, guide], title: {en: apply, zh: 申请}}
      approve: {from: review, to: next_stage, by: guide, not_by: [members], title: {en: approve, zh: 通过}}
      redo: {from: [working, review], to: working, by: [guide, office], effects: [new_attempt], title: {en: start again, zh: 重来}}
stages:
  learning: {title: {en: learning, zh: 学习阶段}, gate: gate, requires: {apply: [studied, written]}}
  practice: {title: {en: practice, zh: 实践阶段}, gate: gate, requires: {apply: [planned, visits_done]}}
cases:
  visit:
    of: member
    by: clerk
    title: {en: visit, zh: 走访}
    fields: {what: {type: text, title: {en: what, zh: 事由}}}
    states: {agreed: {en: agreed, zh: 已约}, made: {title: {en: made, zh: 已走访}, final: true}}
    moves: {make: {from: agreed, to: made, by: clerk, title: {en: make, zh: 完成}}}
""",
    "study",
)

ROLLS: Mapping[str, tuple[str, ...]] = {
    "north": ("ada", "bo", "cy"),
    "south": ("dan", "eve"),
    "east": ("fay", "gus"),
    "west": ("hal", "ivy"),
}
GROUPS = {"north": "g1", "south": "g1", "east": "g2", "west": "g2"}


def rows() -> list[dict[str, str]]:
    rows = []
    for number, (branch, members) in enumerate(ROLLS.items(), 1):
        rows.append({"branch": branch, "title": branch.title(), "batch": str(number), "group": GROUPS[branch]})
        rows += [
            {"branch": branch, "person": m, "name": m.title(), "status": "active", "roles": "clerk" if m == members[0] else ""}
            for m in members
        ]
    guides = [{"person": f"guide-{n}", "name": f"Guide {n}", "group": f"g{n}", "roles": "guide"} for n in (1, 2)]
    return [*rows, *guides, {"person": "olga", "name": "Olga", "roles": "office"}]


@define
class Study:
    """Every method does what its name says, as somebody who may, and asserts that it was allowed. An hour passes before each command."""

    clock: VirtualClock = field(factory=lambda: VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC)))
    campaign: Campaign = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.campaign = Campaign.create(":memory:", DEFINITION, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(rows())

    def clerk(self, branch: str) -> str:
        return ROLLS[branch][0]

    def study(self, branch: str, *members: str, hours: float) -> int:
        """Hours of some members, or (without any) an evening of all of them; the number of the event."""
        found = members or tuple(row[0] for row in self.rows("SELECT id FROM workflow_member WHERE branch = ? ORDER BY id", branch))
        kind = "study" if members else "evening"
        return _seq(self.campaign.record(branch, kind, by=self.clerk(branch), fields={"hours": hours}, lines=found))

    def enter(self, branch: str, kind: str, *members: str, **fields: Any) -> int:
        return _seq(self.campaign.record(branch, kind, by=self.clerk(branch), fields=fields, lines=members))

    def move(self, branch: str, *moves: str) -> None:
        guide = GROUPS[branch].replace("g", "guide-")
        for move in moves:
            by = self.clerk(branch) if move == "apply" else guide
            verdict = self.campaign.move(branch, move, by=by)
            assert verdict.allowed, [(f.code, f.short, f.detail) for f in verdict.standing]

    def through_learning(self, *branches: str) -> None:
        """Everybody on these rolls studies and writes, and the branch goes on to practice."""
        for branch in branches:
            roll = [row[0] for row in self.rows("SELECT id FROM workflow_member WHERE branch = ?", branch)]
            self.study(branch, hours=4)
            self.enter(branch, "essay", *roll, pages=2)
            self.move(branch, "apply", "approve")

    def transfer(self, member: str, to: str, *roles: str, by: str = "olga") -> Verdict:
        return _done(self.campaign.transfer(member, to, by=by, reason="moved house", roles=roles))

    def remove(self, member: str, departure: str = "moved") -> Verdict:
        return _done(self.campaign.remove(member, by="olga", reason="gone", departure=departure))

    def enrol(self, branch: str, member: str, **said: Any) -> Verdict:
        return _done(self.campaign.enrol(branch, member, by="olga", reason="new here", **said))

    # -- figures -----------------------------------------------------------------------------------------------------

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.campaign.store.rows(sql, parameters)

    def hours(self, member: str) -> dict[str, float]:
        """The hours that count, by branch."""
        sql = "SELECT branch, SUM(f1) FROM workflow_line WHERE kind = 'study' AND member = ? AND live = 1 GROUP BY branch"
        return dict(self.rows(sql, member))

    def total(self, kind: str = "study") -> float:
        """Of all branches."""
        return float(self.rows("SELECT COALESCE(SUM(f1), 0) FROM workflow_line WHERE kind = ? AND live = 1", kind)[0][0])

    def finding(self, branch: str, requirement: str, move: str = "apply") -> Finding:
        verdict = self.campaign.ask(branch, move)
        return next(f for f in verdict.findings if f.code == requirement)

    def whole(self) -> None:
        """The chain is whole, the tables say what the ledger says, and every stay adds up to the roll."""
        assert self.campaign.verify().whole
        sql = """SELECT branch, COUNT(*) - COUNT("left") FROM workflow_stay GROUP BY branch"""
        on_roll = dict(self.rows("SELECT branch, COUNT(*) FROM workflow_member GROUP BY branch"))
        assert {branch: n for branch, n in self.rows(sql) if n} == on_roll


def _done(verdict: Verdict) -> Verdict:
    assert verdict.allowed, [(f.code, f.detail) for f in verdict.standing]
    return verdict


def _seq(verdict: Verdict) -> int:
    event = _done(verdict).event
    assert event is not None
    return event.seq

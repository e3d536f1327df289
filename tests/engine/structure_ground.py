"""A campaign whose branches are reassigned, merged, split and dissolved: five branches in two batches, three stages, two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import define, field

from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign
from workflow.verdicts.findings import Verdict

TEXT = """
definition: circles
title: {en: Circles, zh: 学习小组}
labels: {branch: {en: branch, zh: 支部}, member: {en: member, zh: 党员}}
units: {h: {en: h, zh: 小时}}
roles:
  secretary: {scope: branch, title: {en: secretary, zh: 书记}}
  group: {scope: assigned, title: {en: supervision group, zh: 督导组}}
  office: {scope: all, title: {en: office, zh: 办公室}}
  leaders: {scope: all, title: {en: leading group, zh: 领导小组}}
authority:
  suspend: office
  extend: office
  roll: office
  transfer: office
  reassign: office
  restructure: [leaders, group]
  appoint: office
  close_batch: office
batches: {finished: over, share: enough}
instruments: {act: {title: {en: The act, zh: 办法}, issuer: {en: board, zh: 委员会}, issued: 2026-01-01}}
parameters:
  hours: {value: 4, unit: h, basis: act}
  enough: {value: 0.95, basis: act, title: {en: share that must have finished, zh: 应完成比例}}
members: {status: {active: {en: active, zh: 在岗}}, flags: {lost: {en: contact lost, zh: 失联}}, default: active}
records:
  study: {of: member, fields: {hours: {type: number, unit: h, min: 0}}, by: secretary, span: attempt, title: {en: study, zh: 学习}}
  essay: {of: member, fields: {pages: {type: integer, min: 0}}, by: secretary, title: {en: essay, zh: 心得}}
  meeting: {of: branch, fields: {present: {type: integer, min: 0}}, by: secretary, span: attempt, title: {en: meeting, zh: 支部会议}}
requirements:
  studied:
    title: {en: "Every member has studied {hours}", zh: "每人学习满{hours}"}
    each: member
    check: sum(s.hours for s in member.study) >= hours
    owner: secretary
    remedy: {en: hold an evening, zh: 组织补齐}
    basis: act
  made_up:
    title: {en: Nobody has anything to make up, zh: 无人尚需补课}
    each: make_up
    check: not make_up.open
    owner: secretary
    remedy: {en: make it up, zh: 组织补课}
    basis: act
  rectified:
    title: {en: Everything is put right, zh: 问题均已整改}
    each: defect
    check: not defect.open
    owner: secretary
    remedy: {en: put it right, zh: 抓紧整改}
    basis: act
  met: {title: {en: A meeting was held, zh: 已召开会议}, check: len(branch.meeting) > 0, owner: secretary, remedy: {en: hold it, zh: 召开会议}, basis: act}
  over:
    title: {en: The stage of study is over, zh: 学习阶段已结束}
    check: branch.stage != "learning"
    owner: secretary
    remedy: {en: go on, zh: 抓紧推进}
    basis: act
gates:
  gate:
    phases: {working: {en: working, zh: 学习中}, applied: {en: applied, zh: 已申请}, make_up: {en: make-up, zh: 补课}}
    moves:
      apply: {title: {en: apply, zh: 申请转段}, from: working, to: applied, by: secretary}
      send_back: {title: {en: send back, zh: 退回补课}, from: applied, to: make_up, by: group}
      apply_again: {title: {en: apply again, zh: 再次申请}, from: make_up, to: applied, by: secretary, requires: made_up}
      approve: {title: {en: approve, zh: 批准转段}, from: applied, to: next_stage, by: office, requires: [studied, made_up, rectified]}
      redo: {title: {en: start again, zh: 重来}, from: [applied, make_up], to: working, by: office, effects: [new_attempt]}
stages:
  learning: {title: {en: learning, zh: 学习阶段}, gate: gate, lasts: 30d}
  analysis: {title: {en: analysis, zh: 分析阶段}, gate: gate, lasts: 20d}
  summary: {title: {en: summary, zh: 总结阶段}, gate: gate}
cases:
  make_up:
    of: member
    by: [secretary, group]
    title: {en: make-up, zh: 补课}
    fields: {what: {type: text, title: {en: what, zh: 内容}}}
    states: {due: {en: due, zh: 待补}, done: {title: {en: done, zh: 已补}, final: true}}
    moves: {finish: {title: {en: finish, zh: 完成}, from: due, to: done, by: secretary}}
  defect:
    of: branch
    by: [secretary, group]
    title: {en: defect, zh: 问题}
    fields: {what: {type: text, title: {en: what, zh: 内容}}}
    states: {found: {en: found, zh: 已发现}, gone: {title: {en: gone, zh: 已整改}, final: true}}
    moves: {mend: {title: {en: mend, zh: 整改}, from: found, to: gone, by: secretary}}
"""
DEFINITION = load_text(TEXT, "circles")

ROLLS: Mapping[str, tuple[str, ...]] = {
    "mill": ("ann", "bea", "cid"),
    "dock": ("dot", "eli"),
    "farm": ("fay", "guy", "hal", "ida"),
    "shop": ("jim", "kim"),
    "yard": ("lea", "max"),
}
PLACES = {"mill": ("1", "g1"), "dock": ("1", "g1"), "farm": ("1", "g2"), "shop": ("2", "g2"), "yard": ("2", "g2")}


def _roster() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for branch, members in ROLLS.items():
        batch, group = PLACES[branch]
        rows.append({"branch": branch, "title": branch.title(), "batch": batch, "group": group})
        rows += [
            {"branch": branch, "person": m, "name": m.title(), "status": "active", "roles": "secretary" if m == members[0] else ""}
            for m in members
        ]
    groups = [{"person": f"sup-{n}", "name": f"Sup {n}", "group": f"g{n}", "roles": "group"} for n in (1, 2)]
    return [*rows, *groups, {"person": "olga", "name": "Olga", "roles": "office"}, {"person": "leo", "name": "Leo", "roles": "leaders"}]


@define
class Circles:
    """Every method does what its name says, as somebody who may, and asserts that it was allowed."""

    db: str = ":memory:"
    clock: VirtualClock = field(factory=lambda: VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC)))
    definition: Definition = DEFINITION
    campaign: Campaign = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.campaign = Campaign.create(self.db, self.definition, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(_roster())

    def day(self, day: str) -> None:
        self.clock.set(datetime.fromisoformat(f"{day}T02:00:00+00:00"))

    def study(self, branch: str, *members: str, hours: float = 4) -> None:
        """Hours of some members, or of everybody on the roll."""
        found = members or self.roll(branch)
        done(self.campaign.record(branch, "study", by=ROLLS[branch][0], fields={"hours": hours}, lines=found))

    def case(self, branch: str, kind: str, what: str, member: str | None = None) -> str:
        verdict = done(self.campaign.open_case(branch, kind, by=ROLLS[branch][0], member=member, fields={"what": what}))
        return str(verdict.created)

    def move(self, branch: str, *moves: str) -> None:
        for move in moves:
            by = {"approve": "olga", "redo": "olga", "send_back": PLACES[branch][1].replace("g", "sup-")}.get(move, ROLLS[branch][0])
            done(self.campaign.move(branch, move, by=by))

    def through(self, *branches: str) -> None:
        """Through the stage they are in."""
        for branch in branches:
            self.study(branch)
            self.move(branch, "apply", "approve")

    # -- figures -----------------------------------------------------------------------------------------------------

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.campaign.store.rows(sql, parameters)

    def roll(self, branch: str) -> list[str]:
        return [row[0] for row in self.rows("SELECT id FROM workflow_member WHERE branch = ? ORDER BY id", branch)]

    def totals(self) -> tuple[int, float, int, int]:
        """Members, hours, pages and open cases that count, of all branches."""
        members = self.rows("SELECT COUNT(*) FROM workflow_member")[0][0]
        hours, pages = (
            self.rows("SELECT COALESCE(SUM(f1), 0) FROM workflow_line WHERE kind = ? AND live = 1", kind)[0][0]
            for kind in ("study", "essay")
        )
        cases = self.rows("SELECT COUNT(*) FROM workflow_case WHERE open = 1 AND gone = ''")[0][0]
        return members, hours, pages, cases

    def state(self, branch: str) -> str:
        return str(self.rows("SELECT state FROM workflow_branch WHERE id = ?", branch)[0][0])

    def held(self, target: str) -> list[tuple[Any, ...]]:
        return self.rows("SELECT person, role FROM workflow_grant WHERE target = ? ORDER BY role, person", target)

    def kinds(self, branch: str | None) -> list[str]:
        """The kinds of the events of a branch, or of the campaign, in order."""
        return [event.kind for event in self.campaign.timeline(branch)]

    def whole(self) -> None:
        """The chain is whole, the tables say what the ledger says, the board and every stay add up."""
        assert self.campaign.verify().whole
        board = self.campaign.board()
        assert sum(len(cell.branches) for cell in board.cells) == board.total
        assert sum(len(hold.branches) for hold in board.holds) + len(board.done) + len(board.ended) == board.total
        on_roll = dict(self.rows("SELECT branch, COUNT(*) FROM workflow_member GROUP BY branch"))
        stays = self.rows("""SELECT branch, COUNT(*) - COUNT("left") FROM workflow_stay GROUP BY branch""")
        assert {branch: n for branch, n in stays if n} == on_roll


def done(verdict: Verdict) -> Verdict:
    assert verdict.allowed, [(f.code, f.detail) for f in verdict.standing]
    return verdict


def standing(*verdicts: Verdict) -> list[str]:
    """What stands in the way, of all of them."""
    assert not any(verdict.allowed for verdict in verdicts)
    return [finding.code for verdict in verdicts for finding in verdict.standing]


def shortfalls(verdict: Verdict, code: str) -> list[str]:
    """Who or what falls short of a requirement."""
    return [short.id for finding in verdict.findings if finding.code == code for short in finding.short]


def ids(findings: Sequence[Mapping[str, str]]) -> list[str]:
    return [each["id"] for each in findings]
